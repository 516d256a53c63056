//! How places are put into words: names, hours, distances, numbers to call.

use casework::directory::{Keeper, Spot};
use domain::pack::Pack;
use domain::services::hours::{DAYS, Hours, written};
use leptos::prelude::*;

use crate::kit::{Content, Tag};
use crate::shell::Page;
use crate::words::Lang;

/// The name of a provider.
pub(crate) fn name_of(page: &Page, pack: &Pack, spot: &Spot) -> String {
    let own = || spot.provider.name.clone().unwrap_or_else(|| spot.provider.code.clone());
    let key = format!("provider.{}.name", spot.provider.code);
    pack.words.find(page.lang.code(), &key).map_or_else(own, str::to_owned)
}

/// A language's own name, else its code.
pub(crate) fn language_name(code: &str) -> String {
    Lang::parse(code).map_or_else(|| code.to_owned(), |lang| lang.own_name().to_owned())
}

/// A number as `tel:` links have it.
fn tel(number: &str) -> String {
    number.chars().filter(|ch| ch.is_ascii_digit() || *ch == '+').collect()
}

/// A number to call.
pub(crate) fn phone(number: &str) -> Content {
    let href = format!("tel:{}", tel(number));
    let number = number.to_owned();
    Content::view(view! { <a class="govuk-link app-nowrap" href=href dir="ltr">{number}</a> })
}

/// Who looked last whether an entry is right.
pub(super) fn keeper_of(page: &Page, keeper: Keeper) -> String {
    page.t_of("place-keeper", keeper.code())
}

/// The hours of a week, a line for each run of days.
pub(crate) fn days_of_week(page: &Page, hours: &Hours) -> Vec<String> {
    let day = |at: usize| page.t_of("place-day", DAYS.get(at).map_or("mon", |(name, _)| name));
    let row = |row: &domain::services::hours::Row| {
        let days = if row.from == row.until {
            day(row.from)
        } else {
            page.t_with("place-days", &[("from", day(row.from).into()), ("until", day(row.until).into())])
        };
        let spans: Vec<String> =
            row.spans.iter().map(|(from, until)| format!("{}–{}", written(*from), written(*until))).collect();
        page.t_with("place-hours-line", &[("days", days.into()), ("hours", page.list(spans).into())])
    };
    hours.rows().iter().map(row).collect()
}

/// When it is open: from its hours, else in the words of the pack.
pub(super) fn opening(page: &Page, pack: &Pack, spot: &Spot) -> Vec<String> {
    let place = &spot.place;
    if let Some(hours) = place.open.as_deref().and_then(|text| text.parse::<Hours>().ok()) {
        return days_of_week(page, &hours);
    }
    let words = pack.words.find(page.lang.code(), &format!("place.{}.hours", place.code));
    words.map(str::to_owned).or_else(|| place.hours.clone()).into_iter().collect()
}

/// Where it is: the address, else the area.
pub(super) fn address_of(page: &Page, pack: &Pack, spot: &Spot) -> String {
    let lang = page.lang.code();
    let own = pack.words.find(lang, &format!("place.{}.address", spot.place.code));
    let address = own.or_else(|| pack.words.find(lang, &format!("provider.{}.address", spot.provider.code)));
    address.map_or_else(|| pack.area_name(lang, &spot.place.area).to_owned(), str::to_owned)
}

/// The area with what it lies in.
pub(super) fn area_of(page: &Page, pack: &Pack, spot: &Spot) -> String {
    let path = pack.areas.path(&spot.place.area);
    page.list(path.iter().rev().map(|area| pack.area_name(page.lang.code(), &area.code)))
}

/// How far, rounded: under ten kilometres to halves.
pub(super) fn distance(page: &Page, km: f64) -> String {
    let far = if km < 10.0 { (km * 2.0).round() / 2.0 } else { km.round() };
    if far < 0.5 { page.t("place-here") } else { page.t_with("place-km", &[("km", far.into())]) }
}

/// Whether somebody can go there: closed, full, or how many places are free.
pub(super) fn room(page: &Page, casework: &casework::Casework, spot: &Spot) -> Content {
    let today = casework.today();
    if let Some(until) = spot.closed_until.filter(|_| spot.is_closed(today)) {
        let words = page.t_with("place-closed-until", &[("date", page.date(until).into())]);
        return Tag::new(words).colour("red").into();
    }
    match spot.free() {
        None => Content::default(),
        Some(0) => Tag::new(page.t("place-full")).colour("orange").into(),
        Some(free) => Tag::new(page.t_with("place-free", &[("count", free.into())])).colour("green").into(),
    }
}

/// Whether it is open at this moment, where its hours say so.
pub(super) fn open_now(page: &Page, casework: &casework::Casework, spot: &Spot) -> Option<Tag> {
    if spot.is_closed(casework.today()) {
        return None;
    }
    spot.is_open(casework.here(casework.now())).map(|open| {
        let key = if open { "place-open-now" } else { "place-shut-now" };
        Tag::new(page.t(key)).colour(if open { "green" } else { "grey" })
    })
}

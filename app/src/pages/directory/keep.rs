//! Saying what is so of a place now: hours, telephone, places, languages, who can use it, and closed until when. Or that all
//! is as it stands there.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::directory::{self, Change, Spot};
use casework::{Casework, Error};
use domain::pack::Pack;
use domain::services::Access;
use leptos::prelude::*;

use super::words::{language_name, name_of};
use crate::kit::{Button, Checkboxes, Day, Input, InsetText, Problems};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{self, Pairs, SignedIn};

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    version: String,
    open: String,
    phone: String,
    capacity: String,
    languages: Vec<String>,
    access: Vec<String>,
    closed_until: Day,
}

impl Typed {
    fn of(spot: &Spot) -> Self {
        let now = Change::of(spot);
        Self {
            version: spot.version.to_string(),
            open: now.open,
            phone: now.phone,
            capacity: now.capacity.map(|count| count.to_string()).unwrap_or_default(),
            languages: now.languages,
            access: now.access.iter().map(|one| one.code().to_owned()).collect(),
            closed_until: now.closed_until.map(Day::of).unwrap_or_default(),
        }
    }

    fn read(pairs: &[(String, String)]) -> Self {
        let value = |name: &str| state::value(pairs, name).to_owned();
        let all = |name: &str| {
            pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
        };
        Self {
            version: value("version"),
            open: value("open"),
            phone: value("phone"),
            capacity: value("capacity"),
            languages: all("languages"),
            access: all("access"),
            closed_until: Day::read("closed_until", &value),
        }
    }

    /// What it says; what cannot be read is a problem.
    fn change(&self, page: &Page, problems: &mut Problems) -> Change {
        let capacity = match self.capacity.as_str() {
            "" => None,
            typed => {
                let count: Option<u32> = typed.parse().ok();
                if count.is_none() {
                    problems.add("capacity", page.t("keep-capacity-wrong"));
                }
                count
            }
        };
        let closed_until = self.closed_until.parse();
        if closed_until.is_none() && self.closed_until.is_typed() {
            problems.add("closed_until", page.t("keep-closed-wrong"));
        }
        Change {
            open: self.open.clone(),
            phone: self.phone.clone(),
            capacity,
            languages: self.languages.clone(),
            access: self.access.iter().filter_map(|code| code.parse().ok()).collect(),
            closed_until,
        }
    }
}

/// The place, for who keeps it. `NotFound` where there is none, `Forbidden` for everybody else.
async fn kept(casework: &Casework, actor: &casework::Actor, code: &str) -> Result<Spot, Failure> {
    actor.require_anywhere(domain::role::Right::KeepDirectory)?;
    let spot = directory::spot(casework, code).await?;
    let pack = casework.pack()?;
    match directory::keep::keeper(&pack, actor, &spot) {
        Some(_) => Ok(spot),
        None => Err(Failure::forbidden()),
    }
}

/// `GET /services/{place}/edit`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(code): Path<String>,
) -> Answer {
    let spot = kept(&casework, &actor, &code).await?;
    show(&casework, &page, &spot, &Typed::of(&spot), &Problems::new())
}

/// `POST /services/{place}/edit`: `act=verify` says that all is right.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(code): Path<String>,
    Pairs(pairs): Pairs,
) -> Answer {
    let spot = kept(&casework, &actor, &code).await?;
    let mut problems = Problems::new();
    let is_right = state::value(&pairs, "act") == "verify";
    let typed = if is_right {
        Typed { version: state::value(&pairs, "version").to_owned(), ..Typed::of(&spot) }
    } else {
        Typed::read(&pairs)
    };
    let change = if is_right { Change::of(&spot) } else { typed.change(&page, &mut problems) };
    if problems.is_empty() {
        let version: i64 = typed.version.parse().unwrap_or(-1);
        match directory::change(&casework, &actor, &code, version, &change).await {
            Ok(()) => return Ok(Redirect::to(&format!("/services/{code}?done=kept")).into_response()),
            Err(Error::Stale) => problems.add("open", page.t("keep-stale")),
            Err(Error::Invalid("place.open")) => problems.add("open", page.t("keep-open-wrong")),
            Err(Error::Invalid("place.phone")) => problems.add("phone", page.t("keep-phone-wrong")),
            Err(Error::Invalid("place.capacity")) => problems.add("capacity", page.t("keep-capacity-wrong")),
            Err(Error::Invalid("place.languages")) => {
                problems.add("languages", page.t("keep-languages-wrong"))
            }
            Err(Error::Invalid("place.closed_until")) => {
                problems.add("closed_until", page.t("keep-closed-wrong"))
            }
            Err(error) => return Err(error.into()),
        };
    }
    // What another keeper said meanwhile is what the next try starts from.
    let typed = Typed { version: spot.version.to_string(), ..typed };
    show(&casework, &page.failed(), &spot, &typed, &problems)
}

fn show(casework: &Casework, page: &Page, spot: &Spot, typed: &Typed, problems: &Problems) -> Answer {
    let pack = casework.pack()?;
    let place = format!("/services/{}", spot.place.code);
    let title = page.t("keep-title");
    let page = page.clone().back(place.clone());
    Ok(render(&page, &title, || view(&page, &pack, spot, typed, problems, &title)))
}

fn view(page: &Page, pack: &Pack, spot: &Spot, typed: &Typed, problems: &Problems, title: &str) -> AnyView {
    let action = format!("/services/{}/edit", spot.place.code);
    let service = page.of_pack(pack, &format!("service.{}.name", spot.service.code));
    let mut codes: Vec<&str> = pack.about.languages.iter().map(String::as_str).collect();
    codes.extend(pack.directory.places.iter().flat_map(|place| &place.languages).map(String::as_str));
    codes.sort_unstable();
    codes.dedup();
    let languages = Checkboxes::new("languages", page.t("keep-languages"))
        .small()
        .items(codes.into_iter().map(|code| (code, language_name(code))))
        .values(typed.languages.clone())
        .error(problems.of("languages"));
    let access = Checkboxes::new("access", page.t("keep-access"))
        .small()
        .items(Access::ALL.iter().map(|one| (one.code(), page.t_of("place-access", one.code()))))
        .values(typed.access.clone());
    let closed = typed
        .closed_until
        .input("closed_until", page.t("keep-closed"))
        .hint(page.t("keep-closed-hint"))
        .error(problems.of("closed_until"));
    let verified =
        spot.place.verified.map(|day| page.t_with("keep-verified", &[("date", page.date(day).into())]));
    view! {
        {problems.summary()}
        <div class="govuk-grid-row">
            <div class="govuk-grid-column-two-thirds">
                <span class="govuk-caption-l">{service} " – " <bdi>{name_of(page, pack, spot)}</bdi></span>
                <h1 class="govuk-heading-l">{title.to_owned()}</h1>
                <p class="govuk-body">{page.t("keep-lead")}</p>
                {verified.map(InsetText::new)}
                <form method="post" action=action.clone()>
                    <input type="hidden" name="version" value=typed.version.clone()/>
                    <input type="hidden" name="act" value="verify"/>
                    {Button::new(page.t("keep-all-right")).secondary()}
                </form>
                <form method="post" action=action novalidate>
                    <input type="hidden" name="version" value=typed.version.clone()/>
                    {Input::new("open", page.t("keep-open"))
                        .hint(page.t("keep-open-hint"))
                        .value(&typed.open)
                        .attribute("dir", "ltr")
                        .error(problems.of("open"))}
                    {Input::new("phone", page.t("place-phone"))
                        .kind("tel")
                        .width(20)
                        .value(&typed.phone)
                        .attribute("dir", "ltr")
                        .error(problems.of("phone"))}
                    {Input::new("capacity", page.t("keep-capacity"))
                        .hint(page.t("keep-capacity-hint"))
                        .numeric()
                        .width(5)
                        .value(&typed.capacity)
                        .error(problems.of("capacity"))}
                    {closed}
                    {languages}
                    {access}
                    {Button::new(page.t("keep-save"))}
                </form>
            </div>
        </div>
    }
    .into_any()
}

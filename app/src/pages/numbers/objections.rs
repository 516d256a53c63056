//! `/numbers/objections`: complaints and appeals of a time, in figures, as bars, as tables and as CSV.

use axum::extract::State;
use casework::Casework;
use casework::numbers::{self, Appeals, Complaints, Objections, Period};
use domain::pack::Pack;
use leptos::prelude::*;
use serde::Deserialize;
use time::{Date, Month};

use crate::kit::{BarChart, Button, Cell, Select, Table};
use crate::pages::csv;
use crate::shell::{Answer, Page, address, render};
use crate::state::{Asked, SignedIn};

/// Where it is.
const HERE: &str = "/numbers/objections";
/// Times that can be asked for, the first where nothing is asked.
const PERIODS: [&str; 4] = ["12_months", "3_months", "this_year", "last_year"];

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// One of [`PERIODS`].
    pub period: String,
}

impl Query {
    fn code(&self) -> &'static str {
        PERIODS.into_iter().find(|known| *known == self.period).unwrap_or(PERIODS[0])
    }

    fn period(&self, today: Date) -> Period {
        let year =
            |year: i32, month: Month, day: u8| Date::from_calendar_date(year, month, day).unwrap_or(today);
        // Whole months: the one that runs and those before it.
        let months_ago = |months: u32| {
            let back = i32::try_from(months).unwrap_or(0);
            let counted = i32::from(u8::from(today.month())) - 1 - back;
            let month = u8::try_from(counted.rem_euclid(12) + 1).unwrap_or(1);
            let month = Month::try_from(month).unwrap_or(Month::January);
            year(today.year() + counted.div_euclid(12), month, 1)
        };
        match self.code() {
            "3_months" => Period { from: months_ago(2), until: today },
            "this_year" => Period { from: year(today.year(), Month::January, 1), until: today },
            "last_year" => Period {
                from: year(today.year() - 1, Month::January, 1),
                until: year(today.year() - 1, Month::December, 31),
            },
            _ => Period { from: months_ago(11), until: today },
        }
    }
}

/// `GET /numbers/objections`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    let period = query.period(casework.today());
    let found = numbers::objections(&casework, &actor, period).await?;
    let pack = casework.pack()?;
    let title = page.t("numbers-title");
    Ok(render(&page, &title, || {
        let times = PERIODS.map(|code| (code.to_owned(), page.t_of("numbers-period", code)));
        let args = [("from", page.date(period.from).into()), ("until", page.date(period.until).into())];
        let file = address("/numbers/objections.csv", &[("period", query.code())]);
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("numbers-lead")}</p>
            <form method="get" action=HERE>
                {Select::new("period", page.t("numbers-period")).items(times).value(query.code())}
                {Button::new(page.t("numbers-show")).secondary()}
            </form>
            <p class="govuk-body">{page.t_with("numbers-days", &args)}</p>
            <p class="govuk-body"><a class="govuk-link" href=file>{page.t("numbers-csv")}</a></p>
            <h2 class="govuk-heading-m">{page.t("numbers-complaints")}</h2>
            {complaints(&page, &pack, &found)}
            <h2 class="govuk-heading-m">{page.t("numbers-appeals")}</h2>
            {appeals(&page, &pack, &found)}
            {reasons(&page, &found)}
        }
        .into_any()
    }))
}

/// An office in words; where none is named, so.
fn office(page: &Page, pack: &Pack, code: &str) -> String {
    if code.is_empty() {
        page.t("numbers-no-office")
    } else {
        page.of_pack(pack, &format!("office.{code}.name"))
    }
}

fn complaint_figures(one: &Complaints) -> [i64; 7] {
    [
        one.received,
        one.acknowledged,
        one.acknowledged_in_time,
        one.resolved,
        one.resolved_in_time,
        one.reopened,
        one.escalated,
    ]
}

const COMPLAINTS: [&str; 9] = [
    "numbers-office",
    "numbers-category",
    "numbers-received",
    "numbers-acknowledged",
    "numbers-acknowledged-in-time",
    "numbers-resolved",
    "numbers-resolved-in-time",
    "numbers-reopened",
    "numbers-escalated",
];

fn complaints(page: &Page, pack: &Pack, found: &Objections) -> AnyView {
    if found.complaints.is_empty() {
        return view! { <p class="govuk-body">{page.t("numbers-none")}</p> }.into_any();
    }
    let mut by_category: Vec<(&str, i64)> = Vec::new();
    for one in &found.complaints {
        match by_category.iter_mut().find(|(code, _)| *code == one.category) {
            Some((_, count)) => *count += one.received,
            None => by_category.push((&one.category, one.received)),
        }
    }
    by_category.sort_by_key(|(code, count)| (-count, *code));
    let mut chart = BarChart::new(page.t("numbers-received"));
    for (code, count) in by_category {
        chart = chart.bar(page.t_of("complaint-category", code), count, page.number(count));
    }
    let mut table = Table::new(page.t("numbers-complaints-table"))
        .head(COMPLAINTS.map(|key| page.t(key)))
        .row_heads()
        .scroll();
    for one in &found.complaints {
        let names = [office(page, pack, &one.office), page.t_of("complaint-category", &one.category)];
        let figures = complaint_figures(one).map(|count| Cell::number(page.number(count)));
        table = table.row(names.map(Cell::new).into_iter().chain(figures));
    }
    view! { {chart} {table} }.into_any()
}

fn appeal_figures(one: &Appeals) -> [i64; 6] {
    [one.lodged, one.reconsidered, one.revised, one.determined, one.overturned, one.remitted]
}

const APPEALS: [&str; 7] = [
    "numbers-office",
    "numbers-lodged",
    "numbers-reconsidered",
    "numbers-revised",
    "numbers-determined",
    "numbers-overturned",
    "numbers-remitted",
];

fn appeals(page: &Page, pack: &Pack, found: &Objections) -> AnyView {
    if found.appeals.is_empty() {
        return view! { <p class="govuk-body">{page.t("numbers-none")}</p> }.into_any();
    }
    let mut chart = BarChart::new(page.t("numbers-lodged"));
    let mut table =
        Table::new(page.t("numbers-appeals-table")).head(APPEALS.map(|key| page.t(key))).row_heads().scroll();
    for one in &found.appeals {
        let name = office(page, pack, &one.office);
        chart = chart.bar(name.clone(), one.lodged, page.number(one.lodged));
        let figures = appeal_figures(one).map(|count| Cell::number(page.number(count)));
        table = table.row(std::iter::once(Cell::new(name)).chain(figures));
    }
    view! { {chart} {table} }.into_any()
}

fn reasons(page: &Page, found: &Objections) -> Option<AnyView> {
    if found.reasons.is_empty() {
        return None;
    }
    let mut chart = BarChart::new(page.t("numbers-reasons"));
    let head = ["numbers-reason", "numbers-count"].map(|key| page.t(key));
    let mut table = Table::new(page.t("numbers-reasons-table")).head(head).row_heads();
    for one in &found.reasons {
        let name = page.t_of("numbers-reason", &one.code);
        chart = chart.bar(name.clone(), one.count, page.number(one.count));
        table = table.row([Cell::new(name), Cell::number(page.number(one.count))]);
    }
    let title = page.t("numbers-reasons");
    Some(view! { <h2 class="govuk-heading-m">{title}</h2> {chart} {table} }.into_any())
}

/// `GET /numbers/objections.csv`: the same figures, codes in words.
pub async fn file(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    let found = numbers::objections(&casework, &actor, query.period(casework.today())).await?;
    let pack = casework.pack()?;
    let mut text = csv::begin();
    let plain = |figures: &[i64]| figures.iter().map(ToString::to_string).collect::<Vec<_>>();
    csv::line(&mut text, &COMPLAINTS.map(|key| page.t(key)));
    for one in &found.complaints {
        let mut cells =
            vec![office(&page, &pack, &one.office), page.t_of("complaint-category", &one.category)];
        cells.extend(plain(&complaint_figures(one)));
        csv::line(&mut text, &cells);
    }
    csv::line(&mut text, &[]);
    csv::line(&mut text, &APPEALS.map(|key| page.t(key)));
    for one in &found.appeals {
        let mut cells = vec![office(&page, &pack, &one.office)];
        cells.extend(plain(&appeal_figures(one)));
        csv::line(&mut text, &cells);
    }
    csv::line(&mut text, &[]);
    csv::line(&mut text, &["numbers-reason", "numbers-count"].map(|key| page.t(key)));
    for one in &found.reasons {
        csv::line(&mut text, &[page.t_of("numbers-reason", &one.code), one.count.to_string()]);
    }
    Ok(csv::file(&format!("objections-{}", query.code()), text))
}

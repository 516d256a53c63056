//! A sheet: everybody of a cycle with one field each, and a good cause where there was one. What is left empty is not
//! recorded. The same form takes what a list said after it was looked at.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use casework::life::records::{self, Handed, ON_SHEET, Row, Sheet, Source, Which};
use casework::{Casework, Error};
use domain::digits::ascii;
use domain::life::condition::{Excuse, Given, RecordKind};
use leptos::prelude::*;

use super::{At, address, asked, days, named, pack, which};
use crate::kit::{Button, Cell, Content, Input, NotificationBanner, Problems, Select, Table};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn};

/// `GET /records/{programme}/{condition}/{cycle}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(at): Path<At>,
    Asked(done): Asked<Done>,
) -> Answer {
    let which = which(at)?;
    let sheet = records::sheet(&casework, &actor, &which, ON_SHEET).await?;
    let news = match done.done.as_str() {
        "taken" => Some(NotificationBanner::success(page.t("records-taken"))),
        "same" => Some(NotificationBanner::new(page.t("records-same"))),
        _ => None,
    };
    show(&casework, &page, &which, &sheet, &[], &Problems::new(), news)
}

/// `POST /records/{programme}/{condition}/{cycle}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(at): Path<At>,
    Pairs(pairs): Pairs,
) -> Answer {
    let which = which(at)?;
    let sheet = records::sheet(&casework, &actor, &which, ON_SHEET).await?;
    let typed = typed(&pairs);
    let (rows, mut problems) = read(&page, sheet.record, &typed);
    let source = if pairs.iter().any(|(name, value)| name == "source" && value == "list") {
        Source::List
    } else {
        Source::Form
    };
    if problems.is_empty() && rows.is_empty() {
        problems.add(field("said", 0), page.t("records-nothing"));
    }
    if problems.is_empty() {
        match records::hand_in(&casework, &actor, &which, source, rows).await {
            Ok(taken) => {
                let done = if taken.new + taken.corrected > 0 { "taken" } else { "same" };
                let there = address(&which.programme, &which.condition, which.from);
                return Ok(Redirect::to(&format!("{there}?done={done}")).into_response());
            }
            Err(Error::Stale) => problems.add(field("said", 0), page.t("records-stale")),
            Err(error) => return Err(error.into()),
        };
    }
    show(&casework, &page.failed(), &which, &sheet, &typed, &problems, None)
}

/// A row as it was sent.
pub struct Typed {
    /// Whose, and beside which version: household, award, person, version.
    key: String,
    said: String,
    cause: String,
}

fn field(name: &str, at: usize) -> String {
    format!("{name}-{at}")
}

fn typed(pairs: &[(String, String)]) -> Vec<Typed> {
    let find =
        |name: String| pairs.iter().find(|(own, _)| *own == name).map(|(_, value)| value.trim().to_owned());
    let mut rows = Vec::new();
    while let Some(key) = find(field("row", rows.len())) {
        let at = rows.len();
        rows.push(Typed {
            key,
            said: find(field("said", at)).unwrap_or_default(),
            cause: find(field("cause", at)).unwrap_or_default(),
        });
    }
    rows
}

/// What a hidden field says of a row.
pub fn key(
    household: impl std::fmt::Display,
    enrolment: uuid::Uuid,
    person: uuid::Uuid,
    seen: i64,
) -> String {
    format!("{household} {enrolment} {person} {seen}")
}

fn read(page: &Page, record: RecordKind, typed: &[Typed]) -> (Vec<Handed>, Problems) {
    let (mut rows, mut problems) = (Vec::new(), Problems::new());
    for (at, row) in typed.iter().enumerate() {
        if row.said.is_empty() && row.cause.is_empty() {
            continue;
        }
        let value = if row.said.is_empty() { Ok(None) } else { value(record, &row.said).map(Some).ok_or(()) };
        let excuse = if row.cause.is_empty() { Ok(None) } else { row.cause.parse::<Excuse>().map(Some) };
        let Ok(value) = value else {
            problems.add(field("said", at), page.t_of("records-wrong", record.code()));
            continue;
        };
        let Ok(excuse) = excuse else {
            problems.add(field("cause", at), page.t("field-not-a-choice"));
            continue;
        };
        let mut parts = row.key.split(' ');
        let mut next = || parts.next().unwrap_or_default();
        let (household, enrolment, person, seen) =
            (next().parse(), next().parse(), next().parse(), next().parse());
        if let (Ok(household), Ok(enrolment), Ok(person), Ok(seen)) = (household, enrolment, person, seen) {
            let given = Given { value, excuse };
            rows.push(Handed { household, enrolment, person, seen, given });
        }
    }
    (rows, problems)
}

fn value(record: RecordKind, said: &str) -> Option<i64> {
    if record.is_number() {
        let number: i64 = ascii(said).trim_end_matches('%').trim().parse().ok()?;
        return (0..=record.most()).contains(&number).then_some(number);
    }
    match said {
        "1" => Some(1),
        "0" => Some(0),
        _ => None,
    }
}

/// Good causes with their words.
pub fn causes(page: &Page) -> Vec<(String, String)> {
    let said = |one: &Excuse| (one.code().to_owned(), page.t_of("condition-excuse", one.code()));
    std::iter::once((String::new(), page.t("records-no-cause"))).chain(Excuse::ALL.iter().map(said)).collect()
}

fn show(
    casework: &Casework,
    page: &Page,
    which: &Which,
    sheet: &Sheet,
    typed: &[Typed],
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> Result<axum::response::Response, Failure> {
    let pack = pack(casework)?;
    let (programme, condition) = named(page, &pack, which);
    let page = page.clone().back("/records");
    let there = address(&which.programme, &which.condition, which.from);
    let title = days(&page, which.from, sheet.until);
    Ok(render(&page, &format!("{programme} – {title}"), || {
        let head = ["referral-person", "work-case", "records-said", "records-cause"].map(|key| page.t(key));
        let mut table = Table::new(page.t("records-sheet")).head(head).row_heads().scroll();
        table.caption_classes = "govuk-visually-hidden".into();
        for (at, row) in sheet.rows.iter().enumerate() {
            table = table.row(cells(&page, sheet.record, (at, row), typed.get(at), problems));
        }
        let by = page.t_with("records-by", &[("date", page.date(sheet.by).into())]);
        let more = sheet.more.then(|| {
            let most = i64::try_from(ON_SHEET).unwrap_or(i64::MAX);
            view! { <p class="govuk-body">{page.t_with("records-more", &[("count", most.into())])}</p> }
        });
        view! {
            {problems.summary()}
            {news}
            <span class="govuk-caption-l">{programme}</span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{condition}</p>
            <p class="govuk-body">{by} " " {page.t("records-empty-is-open")}</p>
            {more}
            <p class="govuk-body">
                <a class="govuk-link" href=format!("{there}/list")>{page.t("records-as-list")}</a>
            </p>
            <form method="post" action=there novalidate>
                {table}
                {Button::new(page.t("records-send"))}
            </form>
        }
        .into_any()
    }))
}

fn cells(
    page: &Page,
    record: RecordKind,
    (at, row): (usize, &Row),
    typed: Option<&Typed>,
    problems: &Problems,
) -> [Cell; 4] {
    let value = row.given.and_then(|given| given.value).map(|value| value.to_string()).unwrap_or_default();
    let excuse =
        row.given.and_then(|given| given.excuse).map(|one| one.code().to_owned()).unwrap_or_default();
    let (said, cause) = match typed {
        Some(typed) => (typed.said.clone(), typed.cause.clone()),
        None => (value, excuse),
    };
    let label = |key: String| {
        let name = row.name.clone();
        Content::view(view! { <span class="govuk-visually-hidden">{key} ": " {name}</span> })
    };
    let said_name = field("said", at);
    let field_of = if record.is_number() {
        let field = Input::new(said_name.clone(), label(asked(page, record)))
            .value(said)
            .width(3)
            .numeric()
            .autocomplete("off")
            .error(problems.of(&said_name));
        if record == RecordKind::Attendance { field.suffix("%").into_any() } else { field.into_any() }
    } else {
        Select::new(said_name.clone(), label(asked(page, record)))
            .item("", page.t("records-open"))
            .item("1", page.t("records-done"))
            .item("0", page.t("records-not-done"))
            .value(&said)
            .error(problems.of(&said_name))
            .into_any()
    };
    let cause_name = field("cause", at);
    let cause = Select::new(cause_name.clone(), label(page.t("records-cause")))
        .items(causes(page))
        .value(&cause)
        .error(problems.of(&cause_name));
    let key = key(row.household, row.enrolment, row.person, row.number);
    let (name, reference) = (row.name.clone(), row.reference.to_string());
    [
        Cell::new(Content::view(view! { <bdi>{name}</bdi> })),
        Cell::new(Content::view(view! { <bdi class="app-nowrap">{reference}</bdi> })),
        Cell::new(Content::view(view! { <input type="hidden" name=field("row", at) value=key/> {field_of} })),
        Cell::new(Content::view(view! { {cause} })),
    ]
}

//! One pair: both files beside each other, what each field speaks for, and what the two are.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::duplicates::{self, Compared};
use casework::enrolments::{self, Enrolment};
use casework::error::Conflict;
use casework::households::file::File;
use casework::{Actor, Casework, Error};
use domain::ids::PersonId;
use domain::matching::{Said, Scored};
use leptos::prelude::*;

use super::queue::sure;
use crate::kit::{Button, Cell, InsetText, Problems, Radios, Table, Textarea};
use crate::pages::casefile::frame::{Shown, name, or_reason, to_read, version};
use crate::pages::casefile::merge::beside;
use crate::pages::matching::figures::{bits, chance};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Pairs, SignedIn};

/// Longest reason.
const MOST: usize = 1000;

/// What is filled in.
#[derive(Clone, Debug, Default)]
struct Typed {
    said: String,
    reason: String,
    version: i64,
}

/// Both sides, for one request.
struct Sides {
    compared: Compared,
    one: File,
    other: File,
    first: Vec<Enrolment>,
    second: Vec<Enrolment>,
}

impl Sides {
    async fn read(
        casework: &Casework,
        actor: &Actor,
        one: PersonId,
        other: PersonId,
    ) -> Result<Self, Failure> {
        let compared = duplicates::pair(casework, actor, one, other).await?;
        let (home, there) = (compared.pair.household, compared.pair.other_household);
        let one = to_read(casework, actor, home).await?;
        let other = if home == there { one.clone() } else { to_read(casework, actor, there).await? };
        // What came of a record that went into another is with that one.
        let list = async |file: &File| {
            if file.applications.is_empty() {
                return Ok(Vec::new());
            }
            or_reason(enrolments::list(casework, actor, file.id).await, actor, file.id)
        };
        Ok(Self { first: list(&one).await?, second: list(&other).await?, compared, one, other })
    }
}

/// `GET /duplicates/{first}/{second}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((one, other)): Path<(PersonId, PersonId)>,
) -> Answer {
    let sides = Sides::read(&casework, &actor, one, other).await?;
    let typed = Typed { version: sides.compared.version, ..Typed::default() };
    show(&casework, &actor, &page, &sides, &typed, &Problems::new())
}

/// `POST /duplicates/{first}/{second}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((one, other)): Path<(PersonId, PersonId)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let mut sides = Sides::read(&casework, &actor, one, other).await?;
    let value = |name: &str| {
        pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim().to_owned()).unwrap_or_default()
    };
    let typed = Typed { said: value("said"), reason: value("reason"), version: version(&value("version")) };
    let page = page.failed();
    let mut problems = Problems::new();
    let said: Option<Said> = typed.said.parse().ok();
    if said.is_none() {
        problems.add("said", page.t("duplicates-said-missing"));
    }
    if typed.reason.is_empty() {
        problems.add("reason", page.t("merge-reason-missing"));
    } else if typed.reason.chars().count() > MOST {
        problems.add("reason", page.t_with("field-too-long", &[("most", MOST.into())]));
    }
    let (Some(said), true) = (said, problems.is_empty()) else {
        return show(&casework, &actor, &page, &sides, &typed, &problems);
    };
    sides.compared.version = typed.version;
    match duplicates::say(&casework, &actor, &sides.compared, said, &typed.reason).await {
        Ok(()) => {
            let pair = sides.compared.pair;
            let to = match said {
                Said::Same => to_merge(&sides.compared),
                // One household: the two files are brought together.
                Said::SameHousehold if pair.household != pair.other_household => to_merge(&sides.compared),
                Said::NotSame | Said::SameHousehold => "/duplicates?done=said".to_owned(),
            };
            Ok(Redirect::to(&to).into_response())
        }
        Err(Error::Stale) => {
            problems.add("main", page.t("duplicates-stale"));
            let sides = Sides::read(&casework, &actor, one, other).await?;
            show(&casework, &actor, &page, &sides, &typed, &problems)
        }
        Err(Error::Conflict(Conflict::SamePerson)) => {
            problems.add("said", page.t("duplicates-second-person"));
            show(&casework, &actor, &page, &sides, &typed, &problems)
        }
        Err(error) => Err(error.into()),
    }
}

/// Where the two files are brought together.
fn to_merge(compared: &Compared) -> String {
    format!("/households/{}/merge/{}", compared.pair.other_household, compared.pair.household)
}

fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    sides: &Sides,
    typed: &Typed,
    problems: &Problems,
) -> Result<Response, Failure> {
    let pack = casework.pack()?;
    let page = &page.clone().back("/duplicates");
    let one = Shown::new(page, &pack, &sides.one, actor, casework);
    let other = Shown::new(page, &pack, &sides.other, actor, casework);
    let compared = &sides.compared;
    let title = page.t("duplicates-pair-title");
    let who = |shown: &Shown<'_>, person: PersonId| {
        let member = shown.file.members.iter().find(|member| member.id == person);
        member.map(name).unwrap_or_default()
    };
    let names =
        [("one", who(&one, compared.pair.person)), ("other", who(&other, compared.pair.other_person))];
    Ok(render(page, &title, || {
        let lead = page.t_with("duplicates-pair-lead", &names.map(|(key, name)| (key, name.into())));
        let answered = (compared.state != "open").then(|| {
            let said = page.t_of("duplicates-say", &compared.state);
            InsetText::new(page.t_with("duplicates-answered", &[("said", said.into())]))
        });
        let to_merge = (compared.state == "same" && compared.can_be_said).then(|| {
            let link = Button::link(to_merge(compared), page.t("duplicates-merge"));
            view! { <p class="govuk-body">{page.t("duplicates-to-merge-text")}</p> {link} }
        });
        let answer = compared.can_be_said.then(|| {
            let options =
                Said::ALL.iter().map(|said| (said.code(), page.t_of("duplicates-say", said.code())));
            view! {
                <form method="post" novalidate>
                    <input type="hidden" name="version" value=typed.version.to_string()/>
                    {Radios::new("said", page.t("duplicates-question"))
                        .legend_class("govuk-fieldset__legend--m")
                        .items(options)
                        .value(&typed.said)
                        .error(problems.of("said"))}
                    {Textarea::new("reason", page.t("duplicates-reason"))
                        .hint(page.t("merge-reason-hint"))
                        .rows(4)
                        .value(&typed.reason)
                        .error(problems.of("reason"))}
                    {Button::new(page.t("duplicates-button"))}
                </form>
            }
            .into_any()
        });
        let money = compared.holds_money.then(|| InsetText::new(page.t("duplicates-money")));
        view! {
            {problems.summary()}
            <h1 class="govuk-heading-l" id="main">{title.clone()}</h1>
            <p class="govuk-body-l">{lead}</p>
            {money}
            {beside::table(&one, &other, &sides.first, &sides.second)}
            <h2 class="govuk-heading-m">{page.t("duplicates-why")}</h2>
            {reasons(page, compared)}
            {answered}
            {to_merge}
            {answer}
        }
        .into_any()
    }))
}

/// What each field says, in words with its sign, and the sum.
fn reasons(page: &Page, compared: &Compared) -> AnyView {
    let Some(scored) = &compared.scored else {
        return view! { <p class="govuk-body">{page.t("duplicates-no-score")}</p> }.into_any();
    };
    let head = ["duplicates-field", "duplicates-level", "duplicates-weight", "duplicates-bits"];
    let mut table =
        Table::new(page.t("duplicates-why")).head(head.map(|key| page.t(key))).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for one in scored.fields() {
        table = table.row([
            Cell::new(page.t_of("match-field", one.field.code())),
            Cell::new(page.t_of("match-level", one.level.code())),
            Cell::new(page.t(speaks(one.bits))),
            Cell::number(bits(page, one.bits)),
        ]);
    }
    for (key, value) in [("duplicates-prior", scored.prior_bits), ("duplicates-home", scored.household_bits)]
    {
        table = table.row([
            Cell::new(page.t(key)),
            Cell::new(""),
            Cell::new(page.t(speaks(value))),
            Cell::number(bits(page, value)),
        ]);
    }
    let sum = sum(page, scored, compared.model);
    view! { {table} {sum} }.into_any()
}

fn sum(page: &Page, scored: &Scored, model: i64) -> AnyView {
    let args = [
        ("sure", page.t(sure(scored.probability)).into()),
        ("percent", chance(page, scored.probability).into()),
        ("bits", bits(page, scored.bits).into()),
        ("model", model.into()),
    ];
    view! { <p class="govuk-body">{page.t_with("duplicates-sum", &args)}</p> }.into_any()
}

/// The key of a weight in words: each bit doubles or halves the odds.
fn speaks(bits: f64) -> &'static str {
    match bits {
        bits if bits >= 6.0 => "duplicates-strongly-for",
        bits if bits >= 0.5 => "duplicates-for",
        bits if bits > -0.5 => "duplicates-neither",
        bits if bits > -6.0 => "duplicates-against",
        _ => "duplicates-strongly-against",
    }
}

//! Single values of a programme: the law, from when to when, for how long, when it is looked at again.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Casework;
use casework::policy;
use domain::definitions::{Literal, ProgrammeDef};
use domain::ids::ChangeId;
use domain::num::Num;
use leptos::prelude::*;

use super::{Matter, Said, version};
use crate::kit::{Button, Day, Input, Problems};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};

/// Longest text of a value.
const LONGEST: usize = 300;
/// Most months: fifty years.
const MONTHS: u32 = 600;

type Set = Vec<(String, Option<Literal>)>;

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    legal_basis: String,
    budget_line: String,
    from: Day,
    until: Day,
    review: String,
    duration: String,
}

impl Typed {
    fn of(def: &ProgrammeDef) -> Self {
        let months = |months: Option<u32>| months.map(|months| months.to_string()).unwrap_or_default();
        Self {
            legal_basis: def.legal_basis.clone(),
            budget_line: def.budget_line.clone().unwrap_or_default(),
            from: Day::of(def.valid_from),
            until: def.valid_until.map(Day::of).unwrap_or_default(),
            review: months(def.review_months),
            duration: months(def.duration_months),
        }
    }

    fn read(pairs: &[(String, String)]) -> Self {
        let text = |name: &str| value(pairs, name).to_owned();
        Self {
            legal_basis: text("legal_basis"),
            budget_line: text("budget_line"),
            from: Day::read("valid_from", &text),
            until: Day::read("valid_until", &text),
            review: text("review_months"),
            duration: text("duration_months"),
        }
    }

    /// What differs from the programme as it stands, or what is wrong with what was typed.
    fn set(&self, page: &Page, def: &ProgrammeDef) -> Result<Set, Problems> {
        let mut problems = Problems::new();
        for (field, text) in [("legal_basis", &self.legal_basis), ("budget_line", &self.budget_line)] {
            if text.chars().count() > LONGEST {
                problems.add(field, page.t_with("field-too-long", &[("most", LONGEST.into())]));
            }
        }
        if self.legal_basis.is_empty() {
            problems.add("legal_basis", page.t("desk-law-missing"));
        }
        let from = self.from.parse();
        if from.is_none() {
            problems.add("valid_from-day", page.t("policy-day-wrong"));
        }
        let until = self.until.parse();
        if until.is_none() && self.until.is_typed() {
            problems.add("valid_until-day", page.t("policy-day-wrong"));
        }
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            problems.add("valid_until-day", page.t("desk-until-before-from"));
        }
        let mut months = |field: &str, text: &str| -> Option<u32> {
            let number = domain::digits::ascii(text).parse().ok();
            let number = number.filter(|number| (1..=MONTHS).contains(number));
            if number.is_none() && !text.is_empty() {
                problems.add(field, page.t("desk-months-wrong"));
            }
            number
        };
        let review = months("review_months", &self.review);
        let duration = months("duration_months", &self.duration);
        if !problems.is_empty() {
            return Err(problems);
        }
        let text = |text: &str| (!text.is_empty()).then(|| Literal::Text(text.to_owned()));
        let count = |count: Option<u32>| count.map(|count| Literal::Num(Num::from(i64::from(count))));
        let wished = [
            ("legal_basis", text(&self.legal_basis), text(&def.legal_basis)),
            ("budget_line", text(&self.budget_line), def.budget_line.as_deref().and_then(text)),
            ("valid_from", from.map(Literal::Date), Some(Literal::Date(def.valid_from))),
            ("valid_until", until.map(Literal::Date), def.valid_until.map(Literal::Date)),
            ("review_months", count(review), count(def.review_months)),
            ("duration_months", count(duration), count(def.duration_months)),
        ];
        Ok(wished
            .into_iter()
            .filter(|(_, wished, held)| wished != held)
            .map(|(key, wished, _)| (key.to_owned(), wished))
            .collect())
    }
}

/// `GET …/values`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let said = Said::done(&page, &done.done);
    Ok(show(&page, &matter, &Typed::of(&matter.def), &said))
}

/// `POST …/values`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let typed = Typed::read(&pairs);
    let set = match typed.set(&page, &matter.def) {
        Ok(set) => set,
        Err(problems) => return Ok(show(&page, &matter, &typed, &Said::wrong(problems))),
    };
    if set.is_empty() {
        return Ok(show(&page, &matter, &typed, &Said::same(&page)));
    }
    let edited = policy::edit_fields(&casework, &actor, change, version(&pairs), &programme, set).await;
    let Some(said) = Said::of(&page, edited, "legal_basis")? else {
        return Ok(Redirect::to(&format!("{}/values?done=saved", matter.address())).into_response());
    };
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    Ok(show(&page, &matter, &typed, &said))
}

fn show(page: &Page, matter: &Matter, typed: &Typed, said: &Said) -> Response {
    let page = &said.page(page).back(matter.address());
    let title = page.t_with("desk-values-title", &[("name", matter.name(page).as_str().into())]);
    render(page, &title, || {
        let problems = &said.problems;
        let months = |name: &str, label: &str, value: &str| {
            Input::new(name, page.t(label))
                .numeric()
                .width(4)
                .suffix(page.t("desk-months"))
                .value(value)
                .error(problems.of(name))
        };
        let form = matter.is_open().then(|| {
            view! {
                <form method="post" action=format!("{}/values", matter.address()) novalidate>
                    <input type="hidden" name="version" value=matter.drafted.change.version.to_string()/>
                    {Input::new("legal_basis", page.t("programme-law"))
                        .value(&typed.legal_basis)
                        .error(problems.of("legal_basis"))}
                    {Input::new("budget_line", page.t("programme-budget"))
                        .width(20)
                        .value(&typed.budget_line)
                        .error(problems.of("budget_line"))}
                    {typed.from.input("valid_from", page.t("programme-from")).error(problems.of("valid_from-day"))}
                    {typed.until
                        .input("valid_until", page.t("desk-until"))
                        .hint(page.t("desk-until-hint"))
                        .error(problems.of("valid_until-day"))}
                    {months("review_months", "programme-review", &typed.review)}
                    {months("duration_months", "programme-duration", &typed.duration)}
                    {Button::new(page.t("desk-save"))}
                </form>
            }
        });
        let printed = (!matter.is_open()).then(|| super::super::printed::facts(&matter.printed(page)));
        view! {
            {matter.head(page, "/values", said)}
            {printed}
            {form}
        }
        .into_any()
    })
}

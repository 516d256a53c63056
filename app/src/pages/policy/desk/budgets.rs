//! What a programme has to give, by area and period: a table, and a form for one line of it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Casework;
use casework::policy;
use domain::definitions::BudgetDef;
use domain::fault::At;
use domain::ids::ChangeId;
use leptos::prelude::*;
use serde::Deserialize;

use super::{Matter, Said, number, version};
use crate::kit::{Button, Cell, Content, Day, Input, Problems, Select, Table};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Pairs, SignedIn, value};
use crate::words;

/// Which line is changed, and what was just done.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Its place, counted from 1; a new one when empty.
    pub row: String,
    /// What was just done.
    pub done: String,
}

/// What is typed of one line.
#[derive(Clone, Debug, Default)]
struct Typed {
    row: String,
    area: String,
    from: Day,
    until: Day,
    places: String,
    money: String,
}

impl Typed {
    fn of(row: &str, budget: &BudgetDef) -> Self {
        Self {
            row: row.to_owned(),
            area: budget.area.clone().unwrap_or_default(),
            from: Day::of(budget.from),
            until: Day::of(budget.until),
            places: budget.places.map(|places| places.to_string()).unwrap_or_default(),
            money: budget.money.map(|money| money.to_string()).unwrap_or_default(),
        }
    }

    fn read(pairs: &[(String, String)]) -> Self {
        let text = |name: &str| value(pairs, name).to_owned();
        Self {
            row: text("row"),
            area: text("area"),
            from: Day::read("from", &text),
            until: Day::read("until", &text),
            places: text("places"),
            money: text("money"),
        }
    }

    /// The line that is meant, or what is wrong with it.
    fn budget(&self, page: &Page, matter: &Matter) -> Result<BudgetDef, Problems> {
        let mut problems = Problems::new();
        if !self.area.is_empty() && matter.drafted.pack.areas.get(&self.area).is_none() {
            problems.add("area", page.t("desk-area-unknown"));
        }
        let (from, until) = (self.from.parse(), self.until.parse());
        for (field, day) in [("from-day", from), ("until-day", until)] {
            if day.is_none() {
                problems.add(field, page.t("policy-day-wrong"));
            }
        }
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            problems.add("until-day", page.t("desk-until-before-from"));
        }
        let places: Option<u32> = domain::digits::ascii(&self.places).parse().ok();
        if places.is_none() && !self.places.is_empty() {
            problems.add("places", page.t("desk-places-wrong"));
        }
        let money = number(page, &self.money);
        if money.is_none() && !self.money.is_empty() {
            problems.add("money", page.t("desk-number-wrong"));
        } else if money.is_some_and(domain::num::Num::is_negative) {
            problems.add("money", page.t("desk-budget-negative"));
        } else if money.is_some() && matter.def.amount.is_none() {
            problems.add("money", page.t("desk-budget-no-amount"));
        }
        if self.places.is_empty() && self.money.is_empty() {
            problems.add("places", page.t("desk-budget-empty"));
        }
        match from.zip(until) {
            Some((from, until)) if problems.is_empty() => {
                let area = (!self.area.is_empty()).then(|| self.area.clone());
                Ok(BudgetDef { area, from, until, places, money, at: At::default() })
            }
            _ => Err(problems),
        }
    }
}

/// The place of a line that is there.
fn place(matter: &Matter, row: &str) -> Option<usize> {
    let place: usize = row.parse::<usize>().ok()?.checked_sub(1)?;
    (place < matter.def.budgets.len()).then_some(place)
}

/// `GET …/budgets?row=…`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Asked(query): Asked<Query>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let budget = place(&matter, &query.row).and_then(|place| matter.def.budgets.get(place));
    let typed = budget.map(|budget| Typed::of(&query.row, budget)).unwrap_or_default();
    let said = Said::done(&page, &query.done);
    Ok(show(&page, &matter, &typed, &said))
}

/// `POST …/budgets`: a line is saved, added or taken out, named by `act`.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let typed = Typed::read(&pairs);
    let (mut budgets, place) = (matter.def.budgets.clone(), place(&matter, &typed.row));
    let done = match (value(&pairs, "act"), place) {
        ("remove", Some(place)) => {
            budgets.remove(place);
            "removed"
        }
        ("remove", None) => return Ok(show(&page, &matter, &typed, &Said::not_possible(&page))),
        (_, place) => match (typed.budget(&page, &matter), place.and_then(|place| budgets.get_mut(place))) {
            (Err(problems), _) => return Ok(show(&page, &matter, &typed, &Said::wrong(problems))),
            (Ok(budget), Some(held)) => {
                *held = budget;
                "saved"
            }
            (Ok(budget), None) => {
                budgets.push(budget);
                "added"
            }
        },
    };
    let edited = policy::edit_budgets(&casework, &actor, change, version(&pairs), &programme, budgets).await;
    let Some(said) = Said::of(&page, edited, "area")? else {
        return Ok(Redirect::to(&format!("{}/budgets?done={done}", matter.address())).into_response());
    };
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    Ok(show(&page, &matter, &typed, &said))
}

fn show(page: &Page, matter: &Matter, typed: &Typed, said: &Said) -> Response {
    let page = &said.page(page).back(matter.address());
    let title = page.t_with("desk-budgets-title", &[("name", matter.name(page).as_str().into())]);
    render(page, &title, || {
        let list = if matter.def.budgets.is_empty() {
            view! { <p class="govuk-body">{page.t("desk-budgets-none")}</p> }.into_any()
        } else {
            table(page, matter).into_any()
        };
        view! {
            {matter.head(page, "/budgets", said)}
            <p class="govuk-body">{page.t("desk-budgets-lead")}</p>
            {list}
            {matter.is_open().then(|| form(page, matter, typed, &said.problems))}
        }
        .into_any()
    })
}

fn area(page: &Page, matter: &Matter, code: Option<&str>) -> String {
    match code {
        Some(code) => matter.drafted.pack.area_name(page.lang.code(), code).to_owned(),
        None => page.t("desk-area-all"),
    }
}

fn table(page: &Page, matter: &Matter) -> Table {
    let head = ["desk-area", "desk-from", "desk-last-day", "desk-places", "desk-money", "policy-document-do"];
    let mut table =
        Table::new(page.t("desk-part-budgets")).head(head.map(|key| page.t(key))).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for (place, budget) in matter.def.budgets.iter().enumerate() {
        let named = area(page, matter, budget.area.as_deref());
        let day = |day| {
            let day = page.date(day);
            Cell::new(Content::view(view! { <bdi class="app-nowrap">{day}</bdi> }))
        };
        let places = budget.places.map(|places| page.number(places.into())).unwrap_or_default();
        let money =
            budget.money.map(|money| words::decimal(page.lang, &money.to_string())).unwrap_or_default();
        let row = (place + 1).to_string();
        let step = matter.is_open().then(|| {
            let href = format!("{}/budgets?row={row}#one", matter.address());
            let (one, two) = (named.clone(), named.clone());
            view! {
                <form method="post" action=format!("{}/budgets", matter.address()) class="app-tree__do">
                    <input type="hidden" name="version" value=matter.drafted.change.version.to_string()/>
                    <input type="hidden" name="row" value=row.clone()/>
                    <a class="govuk-link" href=href>
                        {page.t("desk-change")} <span class="govuk-visually-hidden">" " {one}</span>
                    </a>
                    <button class="app-link-button" name="act" value="remove" type="submit">
                        {page.t("desk-remove")} <span class="govuk-visually-hidden">" " {two}</span>
                    </button>
                </form>
            }
        });
        table = table.row([
            Cell::new(named.clone()),
            day(budget.from),
            day(budget.until),
            Cell::number(places),
            Cell::number(money),
            Cell::new(Content::view(step)),
        ]);
    }
    table
}

fn form(page: &Page, matter: &Matter, typed: &Typed, problems: &Problems) -> AnyView {
    let is_new = place(matter, &typed.row).is_none();
    let heading = if is_new { "desk-budget-new" } else { "desk-budget-change" };
    let pack = &matter.drafted.pack;
    let areas = pack.areas.all().map(|area| {
        let name = pack.area_name(page.lang.code(), &area.code);
        (area.code.clone(), format!("{name} ({})", area.code))
    });
    let all = std::iter::once((String::new(), page.t("desk-area-all")));
    let currency = pack.about.currency.code.clone();
    view! {
        <h2 class="govuk-heading-m" id="one">{page.t(heading)}</h2>
        <form method="post" action=format!("{}/budgets", matter.address()) novalidate>
            <input type="hidden" name="version" value=matter.drafted.change.version.to_string()/>
            <input type="hidden" name="row" value=typed.row.clone()/>
            {Select::new("area", page.t("desk-area"))
                .items(all.chain(areas))
                .value(typed.area.as_str())
                .error(problems.of("area"))}
            {typed.from.input("from", page.t("desk-from")).error(problems.of("from-day"))}
            {typed.until.input("until", page.t("desk-last-day")).error(problems.of("until-day"))}
            {Input::new("places", page.t("desk-places"))
                .hint(page.t("desk-places-hint"))
                .numeric()
                .width(10)
                .value(&typed.places)
                .error(problems.of("places"))}
            {Input::new("money", page.t("desk-money"))
                .decimal()
                .width(20)
                .prefix(currency)
                .value(&typed.money)
                .error(problems.of("money"))}
            {Button::new(page.t("desk-save")).named("act", "save")}
        </form>
    }
    .into_any()
}

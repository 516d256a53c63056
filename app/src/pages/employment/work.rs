//! Work that was found is written down: with an employer and a contract, or of one's own. It completes the plan.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use casework::employment::placement::{self, NewPlacement};
use casework::employment::plan::{Adults, Standing};
use casework::{Casework, Error};
use domain::employment::{Contract, PlacementKind};
use domain::form::number::{Decimals, parse_number};
use domain::ids::HouseholdId;
use domain::lifecycle::plan::PlanState;
use leptos::prelude::*;

use super::person::require;
use super::{address, of, one, options};
use crate::kit::{Button, Day, Input, InsetText, Problems, Radios, Select};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Pairs, SignedIn, value};

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    version: i64,
    kind: String,
    employer: String,
    sector: String,
    contract: String,
    from: Day,
    until: Day,
    hours: String,
    wage: String,
}

fn following(all: &Adults, own: &Standing) -> Result<i64, Failure> {
    require(all)?;
    let follows = |state| matches!(state, PlanState::Active | PlanState::ReviewDue);
    let plan = own.plan.as_ref().filter(|plan| follows(plan.state));
    plan.map(|plan| plan.version)
        .ok_or_else(|| Failure::elsewhere(address(all.home.household, own.person.id)))
}

/// `GET /households/{household}/plan/{person}/work`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, person)): Path<(HouseholdId, String)>,
) -> Answer {
    let (all, own) = one(&casework, &actor, household, &person).await?;
    let version = following(&all, &own)?;
    show(&page, &all, &own, &Typed { version, ..Typed::default() }, &Problems::new())
}

/// An amount of money as it is typed, in minor units.
pub(super) fn minor(text: &str, digits: u32) -> Option<i64> {
    let number = parse_number(text, Decimals::AtMost(digits)).ok()?;
    number.mul(10_i64.checked_pow(digits)?.into()).ok()?.integer().filter(|minor| *minor >= 0)
}

/// `POST /households/{household}/plan/{person}/work`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, person)): Path<(HouseholdId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let (all, own) = one(&casework, &actor, household, &person).await?;
    following(&all, &own)?;
    let read = |name: &str| value(&pairs, name).to_owned();
    let mut typed = Typed {
        version: read("version").parse().unwrap_or(0),
        kind: read("kind"),
        employer: read("employer"),
        sector: read("sector"),
        contract: read("contract"),
        from: Day::read("from", &read),
        until: Day::read("until", &read),
        hours: read("hours"),
        wage: read("wage"),
    };
    let mut problems = Problems::new();
    let kind: Option<PlacementKind> = typed.kind.parse().ok();
    if kind.is_none() {
        problems.add("kind", page.t("work-wrong-kind"));
    }
    let from = typed.from.parse();
    if from.is_none() {
        problems.add("from-day", page.t("plan-wrong-day"));
    }
    if typed.until.is_typed() && typed.until.parse().is_none() {
        problems.add("until-day", page.t("plan-wrong-day"));
    }
    let hours: Option<i64> = domain::digits::ascii(&typed.hours).parse().ok();
    if !typed.hours.is_empty() && hours.is_none() {
        problems.add("hours", page.t("work-wrong-hours"));
    }
    let wage = minor(&typed.wage, all.pack.about.currency.minor_digits);
    if !typed.wage.is_empty() && wage.is_none() {
        problems.add("wage", page.t("work-wrong-wage"));
    }
    if let (Some(kind), Some(from), true) = (kind, from, problems.is_empty()) {
        let contract: Option<Contract> =
            typed.contract.parse().ok().filter(|_| kind == PlacementKind::Employed);
        let new = NewPlacement {
            kind,
            employer: typed.employer.clone(),
            sector: typed.sector.clone(),
            area: String::new(),
            contract,
            from,
            until: typed.until.parse(),
            hours,
            wage_minor: wage,
        };
        let plan = own.plan.as_ref().ok_or(Error::NotFound)?.id;
        match placement::record(&casework, &actor, (household, plan), typed.version, new).await {
            Ok(_) => {
                let there = format!("{}?done=work", address(household, own.person.id));
                return Ok(Redirect::to(&there).into_response());
            }
            Err(Error::Stale | Error::Conflict(_)) => problems.add("employer", page.t("plan-moved")),
            Err(Error::Invalid("placement.contract")) => {
                problems.add("contract", page.t("work-wrong-contract"))
            }
            Err(Error::Invalid("placement.days")) => problems.add("from-day", page.t("work-wrong-days")),
            Err(Error::Invalid("placement.hours")) => problems.add("hours", page.t("work-wrong-hours")),
            Err(Error::Invalid(_)) => problems.add("employer", page.t("work-wrong-employer")),
            Err(error) => return Err(error.into()),
        };
    }
    if let Some(plan) = &own.plan {
        typed.version = plan.version;
    }
    show(&page.failed(), &all, &own, &typed, &problems)
}

fn show(
    page: &Page,
    all: &Adults,
    own: &Standing,
    typed: &Typed,
    problems: &Problems,
) -> Result<Response, Failure> {
    let there = address(all.home.household, own.person.id);
    let page = page.clone().back(there.as_str());
    let title = page.t_with("work-for", &[("name", own.person.name.as_str().into())]);
    let skills = of(&all.pack)?.reads.skills.clone();
    Ok(render(&page, &title, || {
        view! {
            {problems.summary()}
            <h1 class="govuk-heading-l"><bdi>{title.clone()}</bdi></h1>
            {InsetText::new(page.t("work-lead"))}
            <form method="post" action=format!("{there}/work") novalidate>
                <input type="hidden" name="version" value=typed.version.to_string()/>
                {Radios::new("kind", page.t("work-kind"))
                    .items(PlacementKind::ALL.iter().map(|kind| (kind.code(), page.t_of("placement-kind", kind.code()))))
                    .value(typed.kind.clone())
                    .error(problems.of("kind"))}
                {Input::new("employer", page.t("work-employer"))
                    .hint(page.t("work-employer-hint"))
                    .value(typed.employer.clone())
                    .error(problems.of("employer"))}
                {Select::new("sector", page.t("work-sector"))
                    .item("", page.t("work-unknown"))
                    .items(options(&page, &all.pack, &skills))
                    .value(&typed.sector)}
                {Select::new("contract", page.t("work-contract"))
                    .item("", page.t("work-contract-none"))
                    .items(Contract::ALL.iter().map(|one| (one.code(), page.t_of("contract", one.code()))))
                    .value(&typed.contract)
                    .error(problems.of("contract"))}
                {typed.from.input("from", page.t("work-from")).error(problems.of("from-day"))}
                {typed.until.input("until", page.t("work-until")).error(problems.of("until-day"))}
                {Input::new("hours", page.t("work-hours"))
                    .numeric()
                    .width(3)
                    .value(typed.hours.clone())
                    .error(problems.of("hours"))}
                {Input::new("wage", page.t("work-wage"))
                    .hint(page.t("work-wage-hint"))
                    .decimal()
                    .width(10)
                    .prefix(all.pack.about.currency.code.clone())
                    .value(typed.wage.clone())
                    .error(problems.of("wage"))}
                {Button::new(page.t("work-save"))}
            </form>
        }
        .into_any()
    }))
}

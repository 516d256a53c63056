//! Plans for work of a demo: a few adults of the first office in every stage, from the questions to what is asked weeks after an
//! outcome, and a board to propose from; each made through its use case by the demo accounts.

use std::collections::BTreeSet;

use domain::employment::matching::Needs;
use domain::employment::{Contract, Doer, EntryKind, PlacementKind};
use domain::form::Kind;
use domain::form::page::PageLogic;
use domain::form::raw::{RawAnswer, RawPage};
use domain::ids::{HouseholdId, PlanId};
use domain::lifecycle::plan::{PlanOutcome, StepEvent};
use domain::pack::Pack;
use time::Duration;
use uuid::Uuid;

use super::dice::Dice;
use crate::employment::board::{self, Written};
use crate::employment::placement::{self, NewPlacement};
use crate::employment::plan::{self, Act, Words};
use crate::employment::steps::{self, Happened, NewStep};
use crate::employment::{WATCHED, profile};
use crate::error::{Error, Result};
use crate::life::records::{self, Handed, IN_GROUP, Source, Which};
use crate::{Actor, Casework, args, clocks, proposals, staff};

/// What the answers are drawn from, apart from the households themselves.
const PLANS: u64 = 0x706c_616e;
/// Adults who are asked about work.
const PEOPLE: i64 = 27;

/// Who makes them.
struct Hands {
    counter: Actor,
    supervisor: Actor,
}

async fn account(cw: &Casework, login: &str) -> Result<Actor> {
    let id: Option<Uuid> = cw.db.value("SELECT id FROM staff WHERE login = $1", args![login]).await?;
    staff::actor(cw, id.ok_or(Error::NotFound)?.into()).await?.ok_or(Error::NotFound)
}

/// Makes the board and the plans; nothing in a country without plans for work.
pub async fn plans(cw: &Casework, pack: &Pack, seed: u64) -> Result<()> {
    if pack.employment.is_none() {
        return Ok(());
    }
    let Some(office) = pack.offices.first() else { return Ok(()) };
    let system = cw.acting(&Actor::system());
    let hands = Hands {
        counter: account(&system, "counter").await?,
        supervisor: account(&system, "supervisor").await?,
    };
    let mut dice = Dice::new(seed ^ PLANS, 0);
    let courses = announce(cw, pack, &hands, &office.code, &office.area).await?;
    let assessed: Vec<(Uuid,)> = system
        .db
        .all(
            "SELECT DISTINCT assessment.household_id FROM assessment
             JOIN household ON household.household_id = assessment.household_id
             WHERE household.office = $1 AND assessment.as_of IS NOT NULL ORDER BY assessment.household_id LIMIT $2",
            args![office.code.as_str(), PEOPLE],
        )
        .await?;
    for (stage, (household,)) in assessed.into_iter().enumerate() {
        let household = HouseholdId::new(household);
        let all = plan::adults(cw, &hands.counter, household).await?;
        let Some(adult) = all.people.first() else { continue };
        let at = (household, adult.person.id);
        if !asked(cw, &hands, at, &mut dice).await? {
            continue;
        }
        one(cw, &hands, at, stage % 9, courses.get(stage % courses.len().max(1)).copied()).await?;
    }
    attendance(cw, &system).await?;
    while clocks::run_due(cw).await? > 0 {}
    Ok(())
}

/// Some vacancies and courses of the office.
async fn announce(
    cw: &Casework,
    pack: &Pack,
    hands: &Hands,
    office: &str,
    area: &str,
) -> Result<Vec<domain::ids::BoardId>> {
    let today = cw.today();
    let place = |kind: EntryKind| {
        let service = pack.directory.services.iter().find(|service| service.kind == kind.service())?;
        let places = pack.directory.places_near(&service.code, area, &pack.areas);
        Some((places.first()?.provider.clone(), places.first()?.area.clone()))
    };
    let offers = [
        (EntryKind::Course, "Bricklaying, three months", "", "isco_71", 30, true, 12),
        (EntryKind::Course, "Sewing and repairs, two months", "", "isco_75", 20, false, 10),
        (EntryKind::Works, "Drainage works before the rains", "", "isco_93", 40, true, 25),
        (EntryKind::Vacancy, "Driver for the market", "Cooperative of the market", "isco_83", 45, false, 2),
        (EntryKind::Vacancy, "Help in a kitchen", "Hotel by the bridge", "isco_94", 30, false, 3),
    ];
    let mut made = Vec::new();
    for (kind, title, employer, skill, hours, is_heavy, places) in offers {
        let (provider, there) = place(kind).unwrap_or_default();
        let is_vacancy = kind == EntryKind::Vacancy;
        if provider.is_empty() && !is_vacancy {
            continue;
        }
        let new = Written {
            office: office.to_owned(),
            kind,
            title: title.to_owned(),
            employer: employer.to_owned(),
            provider: if is_vacancy { String::new() } else { provider },
            needs: Needs {
                area: if there.is_empty() { area.to_owned() } else { there },
                skills: if kind == EntryKind::Vacancy { [skill.to_owned()].into() } else { BTreeSet::new() },
                hours: Some(hours),
                demands: if is_heavy { ["heavy".to_owned()].into() } else { BTreeSet::new() },
                accessible: !is_heavy,
                childcare: kind == EntryKind::Course,
                ..Needs::default()
            },
            wage_minor: None,
            places,
            from: Some(today + Duration::days(7)),
            until: Some(today + Duration::days(97)),
            last_day: today + Duration::days(30),
        };
        let id = board::announce(cw, &hands.counter, new).await?;
        if !is_vacancy {
            made.push(id);
        }
    }
    Ok(made)
}

/// Answers to a page, drawn by the kinds of its questions.
fn drawn(logic: &PageLogic, dice: &mut Dice) -> RawPage {
    let mut page = RawPage::new();
    for question in logic.questions() {
        let options: Vec<&String> =
            question.typing.options.iter().filter(|option| *option != "none").collect();
        let text = match question.typing.kind {
            Kind::Bool => (if dice.chance(20) { "yes" } else { "no" }).to_owned(),
            Kind::SelectOne | Kind::SelectMany => {
                dice.pick(&options).map(|one| (*one).clone()).unwrap_or_default()
            }
            Kind::Integer => dice.between(10, 40).to_string(),
            _ => continue,
        };
        page.insert(question.id.clone(), RawAnswer::typed(text));
    }
    page
}

/// Asks an adult about work to the end; whether that went.
async fn asked(cw: &Casework, hands: &Hands, at: (HouseholdId, Uuid), dice: &mut Dice) -> Result<bool> {
    profile::begin(cw, &hands.counter, at.0, at.1).await?;
    // Each page once, and once more where a later answer brought one back.
    for _ in 0..12 {
        let sitting = profile::open(cw, &hands.counter, at.0, at.1).await?;
        let version = sitting.profile.version;
        let Some(group) = sitting.next(None) else {
            profile::finish(cw, &hands.counter, at, version).await?;
            return Ok(true);
        };
        let Some(logic) = sitting.page(&group) else { return Ok(false) };
        let page = drawn(&logic, dice);
        if matches!(
            profile::save(cw, &hands.counter, at, &group, page, version).await?,
            profile::Saved::Rejected(_)
        ) {
            return Ok(false);
        }
    }
    Ok(false)
}

async fn version(cw: &Casework, hands: &Hands, at: (HouseholdId, Uuid)) -> Result<(PlanId, i64)> {
    let all = plan::adults(cw, &hands.counter, at.0).await?;
    let own = all.people.into_iter().find(|one| one.person.id == at.1).and_then(|one| one.plan);
    own.map(|plan| (plan.id, plan.version)).ok_or(Error::NotFound)
}

/// One plan, as far as its stage goes: 0 none yet, 1 a draft, 2 signed, 3 followed, 4 a step under way, 5 to be looked at again,
/// 6 stands still, 7 training, 8 work that is asked about.
async fn one(
    cw: &Casework,
    hands: &Hands,
    at: (HouseholdId, Uuid),
    stage: usize,
    course: Option<domain::ids::BoardId>,
) -> Result<()> {
    if stage == 0 {
        return Ok(());
    }
    let words = Words { goal: "Steady work near home".into(), office_does: String::new() };
    let id = plan::draft(cw, &hands.counter, at, &words).await?;
    let plan_at = (at.0, id);
    let new = NewStep {
        service: "skills_assessment".into(),
        title: if course.is_some() { String::new() } else { "Find out what I can do".into() },
        doer: Doer::Person,
        provider: String::new(),
        area: String::new(),
        entry: course,
        from: None,
        until: None,
    };
    let step = match steps::add(cw, &hands.counter, plan_at, version(cw, hands, at).await?.1, new).await {
        Ok(step) => step,
        // All places of the course are taken.
        Err(Error::Conflict(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    if stage == 1 {
        return Ok(());
    }
    plan::sign(cw, &hands.counter, plan_at, version(cw, hands, at).await?.1, cw.today()).await?;
    if stage == 2 {
        return Ok(());
    }
    let waits = {
        let mut view = cw.acting(&Actor::system()).db.read().await?;
        let all = proposals::of_household(&mut view, &cw.keys, at.0).await?;
        all.into_iter().find(|one| one.kind == plan::APPROVAL).ok_or(Error::NotFound)?
    };
    plan::approve(cw, &hands.supervisor, waits.id, waits.version, String::new()).await?;
    let now = version(cw, hands, at).await?.1;
    match stage {
        4 => {
            let what = Happened { event: StepEvent::Begin, good_cause: None, reason: String::new() };
            steps::happened(cw, &hands.counter, (at.0, id, step), now, what).await
        }
        5 => bring_forward(cw, at.0, id).await,
        6 => {
            plan::act(cw, &hands.counter, plan_at, now, Act::Suspend("In hospital for some weeks".into()))
                .await
        }
        7 => {
            let what = Act::Complete(PlanOutcome::Training, cw.today());
            plan::act(cw, &hands.counter, plan_at, now, what).await
        }
        8 => {
            let new = NewPlacement {
                kind: PlacementKind::Employed,
                employer: "Cooperative of the market".into(),
                sector: "isco_83".into(),
                area: String::new(),
                contract: Some(Contract::FixedTerm),
                from: cw.today(),
                until: None,
                hours: Some(40),
                wage_minor: None,
            };
            placement::record(cw, &hands.counter, plan_at, now, new).await?;
            bring_forward(cw, at.0, id).await
        }
        _ => Ok(()),
    }
}

/// As if what waits for its day had waited already: the next round of the clocks does what is due.
async fn bring_forward(cw: &Casework, household: HouseholdId, plan: PlanId) -> Result<()> {
    let cw = cw.acting(&Actor::system());
    cw.write(async move |tx| {
        let (now, today) = (tx.now() - Duration::HOUR, tx.today());
        tx.run(
            "UPDATE plan_follow_up SET due_on = $1 WHERE household_id = $2 AND plan_id = $3 AND weeks = 13",
            args![today, household, plan],
        )
        .await?;
        tx.run(
            "UPDATE clock SET due_at = $1 WHERE household_id = $2 AND subject_id = $3 AND state = 'running'
             AND due_at = (SELECT MIN(other.due_at) FROM clock AS other WHERE other.household_id = $2
                           AND other.subject_id = $3 AND other.state = 'running')",
            args![now, household, plan],
        )
        .await?;
        Ok(())
    })
    .await
}

/// The month that runs, handed in for those whose step is under way.
async fn attendance(cw: &Casework, system: &Casework) -> Result<()> {
    let there: Vec<(String, String)> = system
        .db
        .all(
            "SELECT DISTINCT provider, condition FROM condition_watch WHERE programme = $1 AND until_date IS NULL",
            args![WATCHED],
        )
        .await?;
    for (provider, condition) in there {
        let login: Option<String> = system
            .db
            .value(
                "SELECT staff.login FROM staff JOIN staff_grant ON staff_grant.staff_id = staff.id
                 WHERE staff_grant.scope_kind = 'provider' AND staff_grant.scope_code = $1",
                args![provider.as_str()],
            )
            .await?;
        let Some(login) = login else { continue };
        let officer = account(system, &login).await?;
        let from = domain::life::condition::Cycle::Month.first_of(cw.today());
        let which = Which { programme: WATCHED.into(), condition, from };
        let sheet = records::sheet(cw, &officer, &which, IN_GROUP).await?;
        let rows = sheet.rows.iter().map(|row| Handed {
            household: row.household,
            enrolment: row.enrolment,
            person: row.person,
            seen: row.number,
            given: domain::life::condition::Given {
                value: Some(sheet.record.most().min(90) / 2),
                excuse: None,
            },
        });
        records::hand_in(cw, &officer, &which, Source::Form, rows.collect()).await?;
    }
    Ok(())
}

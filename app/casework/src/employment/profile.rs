//! Profiling: what a person can do, wants and cannot do, on the way to work. Answers of the household's assessment that still
//! hold are taken over and not asked again; what the person does not know or does not say stays so.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::answers::{Answered, Answers};
use domain::employment::Employment;
use domain::form::page::{PageLogic, PageRef, PageState};
use domain::form::raw::{RawAnswer, RawPage};
use domain::form::{Form, Situation};
use domain::ids::{HouseholdId, ProfileId};
use domain::pack::Pack;
use domain::role::Right;
use time::Date;
use uuid::Uuid;

use super::shape::{self, Profile};
use super::{PROFILE, adult, country, of};
use crate::assessments::household::Person;
use crate::assessments::{Household, validity};
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::{Actor, Casework, args};

/// A profile as it is filled in or read.
#[derive(Debug, Clone)]
pub struct Sitting {
    /// The household.
    pub home: Household,
    /// Whose.
    pub person: Person,
    /// The country.
    pub pack: Arc<Pack>,
    /// The profile.
    pub profile: Profile,
    /// The questions: those whose answers were taken over are not among those asked.
    pub form: Form,
    /// What is asked, and what counts.
    pub situation: Situation,
    /// The day.
    pub as_of: Date,
}

/// A page and how far it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its group.
    pub group: String,
    /// Whether everything that must be answered is.
    pub is_whole: bool,
}

/// What came of saving a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// Saved; the next page with something open, if there is one.
    Next(Option<String>),
    /// Not saved: what is wrong, by question.
    Rejected(PageState),
}

/// The answers of a profile with what the register knows of the person.
pub(super) fn with_registry(person: &Person, answers: &Answered) -> Answered {
    use domain::answers::Answer;
    use domain::value::Value;
    let mut all = answers.clone();
    all.insert("birth_date".into(), Answer::Value(Value::Date(person.birth.for_rules())));
    all.insert("relation".into(), Answer::Value(Value::Choice(person.relation.clone())));
    all
}

/// Reads stored answers of a profile.
pub(super) fn answered(work: &Employment, body: &str, person: Uuid, on: Date) -> Result<Answered> {
    let json: serde_json::Value = serde_json::from_str(body).map_err(Error::internal)?;
    let read = Answers::from_json(&work.form, &json, on);
    let answers = read.map_err(|faults| Error::internal(format!("{} faults in a profile", faults.len())))?;
    let own = answers.members.into_iter().find(|member| member.id == person.to_string());
    Ok(own.map(|member| member.answers).unwrap_or_default())
}

/// The current profiles of a household by the questions of the pack in force; answers to questions that it does not have any
/// more are left out.
pub(super) async fn profiles(
    tx: &mut Tx,
    work: &Employment,
    household: HouseholdId,
    on: Date,
) -> Result<Vec<Profile>> {
    shape::profiles(tx, household, |_, body, person| {
        answered(work, body, person, on).or_else(|_| Ok(Answered::new()))
    })
    .await
}

fn body(person: Uuid, answers: &Answered) -> String {
    Employment::one(&person.to_string(), answers).to_json().to_string()
}

/// Begins a person's profile, or goes on with the one that was begun. After one that is done a new one begins with its
/// answers, and takes its place when it is done itself.
pub async fn begin(cw: &Casework, actor: &Actor, household: HouseholdId, person: Uuid) -> Result<ProfileId> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let (actor, own, today) = (actor.clone(), cw.clone(), cw.today());
    cw.write(async move |tx| {
        let work = of(&pack)?;
        let home = Household::read(tx, &actor, household, Right::Plan).await?;
        let who = adult(&home, work, person, today)?;
        let before = profiles(tx, work, household, today).await?.into_iter().find(|one| one.person == who.id);
        if let Some(open) = before.as_ref().filter(|one| one.done_at.is_none()) {
            return Ok(open.id);
        }
        let known = validity::holding(tx, &own, &pack, household, today).await?;
        let mut answers = before.as_ref().map(|one| one.answers.clone()).unwrap_or_default();
        let mut taken = BTreeSet::new();
        if let Some((known, _)) = &known {
            let of_person = known.members.iter().find(|member| {
                Uuid::try_parse(&member.id).is_ok_and(|id| home.now(id) == person)
            });
            for id in &work.taken {
                let answer = of_person.and_then(|member| member.answers.get(id));
                if let Some(answer) = answer.filter(|answer| answer.value().is_some()) {
                    answers.insert(id.clone(), answer.clone());
                    taken.insert(id.clone());
                }
            }
        }
        if let Some(before) = &before {
            replace(tx, household, before).await?;
        }
        let id: ProfileId = tx.new_id();
        let found = work.profile(&person.to_string(), &with_registry(who, &answers), today);
        tx.run(
            "INSERT INTO work_profile (household_id, profile_id, person_id, office, pack_hash, answers, taken, taken_on, found,
                                       begun_at, begun_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            args![
                household,
                id,
                person,
                home.office.as_str(),
                pack.hash(),
                body(person, &answers),
                taken.iter().cloned().collect::<Vec<_>>().join(","),
                known.as_ref().filter(|_| !taken.is_empty()).map(|(_, on)| *on),
                serde_json::to_string(&found).map_err(Error::internal)?,
                tx.now(),
                actor.staff_id
            ],
        )
        .await?;
        let event = Event::new("profile.begun").id("person", person).number("taken", count(taken.len()));
        journal::append(tx, &actor, household, event).await?;
        Ok(id)
    })
    .await
}

fn count(many: usize) -> i64 {
    i64::try_from(many).unwrap_or(i64::MAX)
}

async fn replace(tx: &mut Tx, household: HouseholdId, before: &Profile) -> Result<()> {
    tx.run_one(
        "UPDATE work_profile SET replaced_at = $1, version = version + 1
         WHERE household_id = $2 AND profile_id = $3 AND version = $4",
        args![tx.now(), household, before.id, before.version],
    )
    .await
}

/// A person's profile, for who may read the file. The reading is an entry of the journal. `NotFound` when there is none.
pub async fn open(cw: &Casework, actor: &Actor, household: HouseholdId, person: Uuid) -> Result<Sitting> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (home, reader) = Household::for_reading(&mut view, actor, household).await?;
    let sitting = sitting(&mut view, pack, home, person, cw.today()).await?;
    drop(view);
    journal::record(cw, &reader, household, Event::new("profile.read").id("person", person)).await?;
    Ok(sitting)
}

async fn sitting(
    tx: &mut Tx,
    pack: Arc<Pack>,
    home: Household,
    person: Uuid,
    as_of: Date,
) -> Result<Sitting> {
    let work = of(&pack)?;
    let who = adult(&home, work, person, as_of)?.clone();
    let all = profiles(tx, work, home.household, as_of).await?;
    let profile = all.into_iter().find(|one| one.person == person).ok_or(Error::NotFound)?;
    let form = work.form.retiring(&profile.taken);
    let logic = domain::form::Logic::compile(&form, &pack.definitions().parameters)
        .map_err(|faults| Error::internal(format!("{} faults in the questions of work", faults.len())))?;
    let one = Employment::one(&person.to_string(), &with_registry(&who, &profile.answers));
    let situation = logic.situation(&one, as_of);
    Ok(Sitting { home, person: who, pack, profile, form, situation, as_of })
}

impl Sitting {
    /// What the pack says of employment.
    pub fn work(&self) -> Result<&Employment> {
        of(&self.pack)
    }

    /// What decides over a page; none for one that this person is not asked.
    pub fn page(&self, group: &str) -> Option<PageLogic> {
        let page = PageRef { group: group.to_owned(), member: Some(self.person.id.to_string()) };
        let digits = self.pack.about.currency.minor_digits;
        let parameters = &self.pack.definitions().parameters;
        let logic = PageLogic::new(&self.form, parameters, digits, &self.situation, &page, self.as_of)?;
        logic.questions().iter().any(|question| logic.can_show(&question.id)).then_some(logic)
    }

    /// What is stored, as a page shows it.
    pub fn raw(&self, logic: &PageLogic) -> RawPage {
        let stored = |id: &str| self.profile.answers.get(id).map(RawAnswer::from_answer);
        logic.questions().iter().filter_map(|one| Some((one.id.clone(), stored(&one.id)?))).collect()
    }

    fn check(&self, logic: &PageLogic, raw: &RawPage) -> PageState {
        logic.check(raw, |code| self.pack.areas.get(code).is_some())
    }

    /// The pages in their order.
    pub fn pages(&self) -> Vec<Page> {
        let page = |group: &domain::form::Group| {
            let logic = self.page(&group.id)?;
            let state = self.check(&logic, &self.raw(&logic));
            Some(Page { group: group.id.clone(), is_whole: state.is_good() })
        };
        self.form.groups.iter().filter_map(page).collect()
    }

    /// The next page with something open after this one, from the first again behind the last.
    pub fn next(&self, after: Option<&str>) -> Option<String> {
        let pages = self.pages();
        let at =
            after.and_then(|group| pages.iter().position(|page| page.group == group)).map_or(0, |at| at + 1);
        let (before, behind) = pages.split_at(at.min(pages.len()));
        behind.iter().chain(before).find(|page| !page.is_whole).map(|page| page.group.clone())
    }
}

/// Saves one page. `Stale` when somebody else saved the profile since `version` was read, `Conflict` when it is done,
/// `NotFound` for a page that is not asked of this person.
pub async fn save(
    cw: &Casework,
    actor: &Actor,
    (household, person): (HouseholdId, Uuid),
    group: &str,
    typed: RawPage,
    version: i64,
) -> Result<Saved> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let (actor, group, today) = (actor.clone(), group.to_owned(), cw.today());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Plan).await?;
        let mut sitting = sitting(tx, pack.clone(), home, person, today).await?;
        if sitting.profile.done_at.is_some() {
            return Err(Error::Conflict(Conflict::State));
        }
        let logic = sitting.page(&group).ok_or(Error::NotFound)?;
        let state = sitting.check(&logic, &typed);
        if !state.is_good() {
            return Ok(Saved::Rejected(state));
        }
        let shown: BTreeSet<String> = state.answers.keys().cloned().collect();
        for (id, answer) in state.answers {
            match answer {
                Some(answer) => drop(sitting.profile.answers.insert(id, answer)),
                None => drop(sitting.profile.answers.remove(&id)),
            }
        }
        // An answer that nobody asks for any more is not kept.
        for question in logic.questions().iter().filter(|question| !shown.contains(&question.id)) {
            sitting.profile.answers.remove(&question.id);
        }
        keep(tx, &sitting, version).await?;
        let event = Event::new("profile.saved").id("person", person).code("page", &group);
        journal::append(tx, &actor, household, event).await?;
        let work = of(&pack)?;
        let all = with_registry(&sitting.person, &sitting.profile.answers);
        let one = Employment::one(&person.to_string(), &all);
        let logic = domain::form::Logic::compile(&sitting.form, &pack.definitions().parameters);
        sitting.situation = logic.unwrap_or_else(|_| work.logic.clone()).situation(&one, today);
        Ok(Saved::Next(sitting.next(Some(&group))))
    })
    .await
}

/// Writes the answers, and what they come to.
async fn keep(tx: &mut Tx, sitting: &Sitting, version: i64) -> Result<()> {
    let (profile, person) = (&sitting.profile, sitting.person.id);
    let all = with_registry(&sitting.person, &profile.answers);
    let found = sitting.work()?.profile(&person.to_string(), &all, sitting.as_of);
    tx.run_one(
        "UPDATE work_profile SET answers = $1, found = $2, pack_hash = $3, version = version + 1
         WHERE household_id = $4 AND profile_id = $5 AND version = $6 AND done_at IS NULL",
        args![
            body(person, &profile.answers),
            serde_json::to_string(&found).map_err(Error::internal)?,
            sitting.pack.hash(),
            sitting.home.household,
            profile.id,
            version
        ],
    )
    .await
}

/// The profile is done: the clock of the first plan starts, unless the person has a plan that is followed.
/// `Invalid("profile.open")` while a page is not answered.
pub async fn finish(
    cw: &Casework,
    actor: &Actor,
    (household, person): (HouseholdId, Uuid),
    version: i64,
) -> Result<()> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let (actor, today) = (actor.clone(), cw.today());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Plan).await?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let scope = home.scope();
        let sitting = sitting(tx, pack.clone(), home, person, today).await?;
        if sitting.profile.done_at.is_some() {
            return Err(Error::Conflict(Conflict::State));
        }
        if sitting.next(None).is_some() {
            return Err(Error::Invalid("profile.open"));
        }
        let all = with_registry(&sitting.person, &sitting.profile.answers);
        let work = sitting.work()?;
        let found = work.profile(&person.to_string(), &all, today);
        tx.run_one(
            "UPDATE work_profile SET done_at = $1, done_by = $2, found = $3, version = version + 1
             WHERE household_id = $4 AND profile_id = $5 AND version = $6",
            args![
                tx.now(),
                actor.staff_id,
                serde_json::to_string(&found).map_err(Error::internal)?,
                household,
                sitting.profile.id,
                version
            ],
        )
        .await?;
        let plans = shape::plans(tx, household).await?;
        if !plans.iter().any(|plan| plan.person == person && plan.current && plan.state.is_open()) {
            let clock = NewClock {
                household_id: household,
                kind: "plan_first".into(),
                subject: Subject::new(PROFILE, person),
                scope,
                term: work.first_plan.term,
                legal_basis: work.first_plan.source.clone(),
                at_breach: AtBreach::Escalate,
                started_at: tx.now(),
            };
            clocks::cancel(tx, &actor, household, &clock.subject, "profiled_again").await?;
            clocks::start(tx, &actor, &calendar, clock).await?;
        }
        let event = Event::new("profile.done")
            .id("person", person)
            .code("band", found.band.as_deref().unwrap_or("open"));
        journal::append(tx, &actor, household, event).await
    })
    .await
}

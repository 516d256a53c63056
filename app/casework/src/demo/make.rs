//! Filling a new database: accounts, colleagues at every office, and the registry, each through its use case.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{HouseholdId, StaffId};
use domain::life::condition::RecordKind;
use domain::pack::Pack;
use domain::registration::Registration;
use domain::role::{Grant, Right, Role, Scope};
use time::macros::time;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;

use super::accounts::{ACCOUNTS, Account, PASSWORD, Where};
use super::answers;
use super::dice::Dice;
use super::names::Culture;
use super::registry::Registry;
use crate::assessments::pages::save_all;
use crate::assessments::sitting::look;
use crate::db::Kind;
use crate::error::{Error, Outage, Result};
use crate::staff::{self, NewStaff};
use crate::time::{Clock, TestClock};
use crate::{Actor, Casework, assessments, households, meta, notices};

/// Over how many days the households came to their offices: less than the law gives for a decision, so that a demo
/// begins without broken deadlines.
const DAYS: i64 = 25;
/// Registrations under way at once. On SQLite they share commits; on PostgreSQL more would only be in each other's way.
const fn together(kind: Kind) -> u32 {
    match kind {
        Kind::Sqlite => 64,
        Kind::Postgres => 8,
    }
}
/// Of so many households one is assessed and decided at once, …
const ASSESSED: u64 = 4;
/// … up to so many: enough for every list to have something in it.
const MOST_ASSESSED: u64 = 400;
/// How often a registration that met others is begun again.
const PATIENCE: u32 = 50;

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Households registered.
    pub households: u64,
    /// Their members.
    pub people: u64,
    /// Households assessed and decided.
    pub assessed: u64,
}

/// The clock of a demo that is being made: it begins some weeks ago and is moved on as households come. `now`: the
/// machine's clock.
pub fn clock(now: OffsetDateTime) -> TestClock {
    TestClock::at((now - Duration::days(DAYS)).replace_time(time!(8:00)))
}

/// Marks the database as a demo and adds the accounts. They stand in it from the first day.
pub async fn accounts(cw: &Casework, pack: &Pack) -> Result<()> {
    cw.write(async |tx| meta::set(tx, meta::DEMO, "true").await).await?;
    let me = Actor::command_line();
    for account in ACCOUNTS {
        let new = NewStaff {
            login: account.login.into(),
            name: account.name.into(),
            language: "en".into(),
            grants: vec![Grant { role: account.role, scope: scope(account, pack)? }],
            password: Some(PASSWORD.into()),
        };
        staff::add(cw, &me, new).await?;
    }
    Ok(())
}

fn scope(account: &Account, pack: &Pack) -> Result<Scope> {
    let missing = || Error::Setup("the pack has no office or no provider for the demo accounts".into());
    Ok(match account.scope {
        Where::Office => Scope::Office(pack.offices.first().ok_or_else(missing)?.code.clone()),
        Where::Provider => {
            Scope::Provider(pack.directory.providers.first().ok_or_else(missing)?.code.clone())
        }
        Where::School => Scope::Provider(school(pack).ok_or_else(missing)?),
        Where::Nation => Scope::National,
    })
}

/// The provider of the first place of the service that records attendance.
fn school(pack: &Pack) -> Option<String> {
    let checks = pack.definitions().programmes.iter().flat_map(|def| &def.conditions);
    let mut checks = checks.filter_map(|one| one.check.as_ref());
    let check = checks.find(|check| check.record == RecordKind::Attendance)?;
    let place = pack.directory.places.iter().find(|place| place.service == check.service)?;
    Some(place.provider.clone())
}

/// A counter officer for every office. Without a password they cannot sign in; the households of their offices were
/// registered by somebody, and these are their names.
async fn colleagues(cw: &Casework, pack: &Pack, seed: u64) -> Result<BTreeMap<String, Arc<Actor>>> {
    let cultures = Culture::all();
    let mut at = BTreeMap::new();
    for (number, office) in (0_u64..).zip(&pack.offices) {
        let mut dice = Dice::new(seed ^ 0x5374_6166, number);
        let culture = dice.pick(&cultures).ok_or_else(|| Error::internal("no cultures"))?;
        let given = culture.given(dice.chance(50), &mut dice);
        let name = culture.family(&mut dice).map_or(given.clone(), |family| format!("{given} {family}"));
        let new = NewStaff {
            login: format!("counter.{}", office.code.to_lowercase()),
            name,
            language: pack.about.default_language.clone(),
            grants: vec![Grant { role: Role::CounterOfficer, scope: Scope::Office(office.code.clone()) }],
            password: None,
        };
        let id: StaffId = staff::add(cw, &Actor::command_line(), new).await?;
        let actor = staff::actor(cw, id).await?.ok_or(Error::NotFound)?;
        at.insert(office.code.clone(), Arc::new(actor));
    }
    Ok(at)
}

/// Registers so many households of the seed, moving `clock` (the one that `cw` reads) towards `now` as they come.
/// `drawn_one` sees each before it is registered, `progress` hears how many are done.
pub async fn registry(
    cw: &Casework,
    clock: &TestClock,
    now: OffsetDateTime,
    pack: &Pack,
    (count, seed): (u32, u64),
    mut drawn_one: impl FnMut(&Registration),
    progress: impl Fn(u64),
) -> Result<Made> {
    let keepers = colleagues(cw, pack, seed).await?;
    let first = pack.offices.first().ok_or_else(|| Error::Setup("the pack has no office".into()))?;
    let begun = clock.now();
    let mut drawn = Registry::new(pack, seed, begun.date());
    let mut made = Made::default();
    let mut left = count;
    while left > 0 {
        let batch = left.min(together(cw.db.kind()));
        // Evenly through the days, and through the hours in which offices are open.
        let done = i64::from(count - left) * 10_000 / i64::from(count);
        let day = done * DAYS / 10_000;
        let minute = (done * DAYS % 10_000) * 8 * 60 / 10_000;
        clock.set((begun + Duration::days(day) + Duration::minutes(minute)).min(now));
        let mut under_way = JoinSet::new();
        for _ in 0..batch {
            let registration = drawn.next(clock.now());
            drawn_one(&registration);
            let offices = pack.offices_for(&registration.contact.area);
            let code = offices.first().map_or(&first.code, |office| &office.code).clone();
            let keeper = keepers.get(&code).cloned().ok_or(Error::NotFound)?;
            made.people += registration.members.len() as u64;
            let cw = cw.clone();
            let number = u64::from(count - left) + under_way.len() as u64;
            let dice = (number.is_multiple_of(ASSESSED) && made.assessed < MOST_ASSESSED)
                .then(|| Dice::new(!seed, number));
            made.assessed += u64::from(dice.is_some());
            under_way.spawn(async move {
                register(&cw, &keeper, &code, &registration).await?;
                match dice {
                    Some(dice) => assess(&cw, &keeper, registration.id, dice).await,
                    None => Ok(()),
                }
            });
        }
        while let Some(outcome) = under_way.join_next().await {
            outcome.map_err(Error::internal)??;
        }
        left -= batch;
        made.households += u64::from(batch);
        progress(made.households);
    }
    clock.set(now);
    // What was told in the weeks before is not told to anybody today.
    notices::office::file_old(cw, now - Duration::DAY).await?;
    Ok(made)
}

/// Waits for a use case, and begins it again when it met others. (A closure's future would not be `Send`.)
macro_rules! patiently {
    ($use_case:expr) => {{
        let mut tries = 0;
        loop {
            match $use_case.await {
                Err(Error::Unavailable(Outage::Contention)) if tries < PATIENCE => tries += 1,
                outcome => break outcome,
            }
        }
    }};
}

/// One registration. The form's id makes it safe to begin again.
async fn register(cw: &Casework, officer: &Actor, office: &str, registration: &Registration) -> Result<()> {
    patiently!(households::register::register_drawn(cw, officer, office, registration)).map(drop)
}

/// One assessment, from the first page to the decisions. Each of its steps may be begun again.
async fn assess(cw: &Casework, officer: &Actor, household: HouseholdId, mut dice: Dice) -> Result<()> {
    let assessment = patiently!(assessments::start(cw, officer, household))?.assessment;
    let sitting = look(cw, officer, household, assessment, Right::Assess).await?;
    let answers = answers::draw(&sitting, &mut dice);
    patiently!(save_all(cw, officer, household, assessment, answers.clone()))?;
    patiently!(assessments::submit(cw, officer, household, assessment)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packs;
    use crate::test_support::{demo_pack, each_engine};

    #[tokio::test]
    async fn a_demo_has_its_accounts_and_as_many_households_as_were_asked_for() {
        each_engine(async |world| {
            let me = Actor::command_line();
            let packs::Loading::InForce(pack) = packs::load(world, &me, demo_pack()).await.unwrap() else {
                panic!("the demo pack is faulty")
            };
            let now = world.now();
            world.clock.set(clock(now).now());
            accounts(world, &pack).await.unwrap();
            assert!(meta::is_demo(&world.db).await.unwrap());
            let made = registry(world, &world.clock, now, &pack, (70, 3), |_| {}, |_| {}).await.unwrap();
            assert_eq!(made.households, 70);
            let count = async |sql| world.db.value::<i64>(sql, vec![]).await.unwrap();
            assert_eq!(count("SELECT COUNT(*) FROM household").await, Some(70));
            assert_eq!(count("SELECT COUNT(*) FROM person").await, i64::try_from(made.people).ok());
            assert_eq!(world.now(), now);
            assert_eq!(made.assessed, 18);
            assert_eq!(count("SELECT COUNT(*) FROM receipt").await, Some(18), "every assessment is decided");
            let staff::SignIn::In(actor) = staff::sign_in(world, "counter", PASSWORD).await.unwrap() else {
                panic!("the counter officer cannot sign in")
            };
            assert!(actor.may(Right::RegisterHousehold));
            assert_eq!(crate::journal::verify(world).await.unwrap().first_break, None);
        })
        .await;
    }
}

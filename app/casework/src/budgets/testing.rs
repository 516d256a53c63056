//! Stories with a budget: the small pack with `[[budget]]` tables at its list, and families that differ.

use domain::ids::HouseholdId;
use domain::name::PersonName;

use crate::decisions::{self, Decision};
use crate::enrolments::{self, Enrolment};
use crate::households::Distinct;
use crate::households::register::register;
use crate::packs::{self, Loading};
use crate::test_support::small::{Typed, assess, small_family, small_pack};
use crate::test_support::{OFFICE, World, counter_officer};

use super::Line;
use crate::args;

/// The programme with the list: 30 a month for 24 months, so that an award commits 72 000 minor units.
pub const LIST: &str = "cash-transfer";
/// What its award commits.
pub const AWARD: i64 = 72_000;
/// The whole year, for the country.
pub const YEAR: &str = "\n[[budget]]\nfrom = 2026-01-01\nuntil = 2026-12-31\n";

/// Puts the small pack in force with these tables at the end of the list's file.
pub async fn load(world: &World, budgets: &str) {
    load_changed(world, |text| text.push_str(budgets)).await;
}

/// Puts the small pack in force with the list's file changed.
pub async fn load_changed(world: &World, change: impl FnOnce(&mut String)) {
    let mut files = small_pack();
    change(files.get_mut("programmes/cash-transfer.toml").unwrap());
    let loading = packs::load(world, &crate::Actor::command_line(), files).await.unwrap();
    assert!(matches!(loading, Loading::InForce(_)), "{loading:?}");
}

/// Registers a family of its own; nothing waits for the answer whether it is registered twice.
pub async fn family(world: &World, form: u128) -> HouseholdId {
    const NAMES: [&str; 8] = ["Ba", "Cisse", "Ndiaye", "Okoro", "Traore", "Keita", "Sow", "Mendy"];
    let mut registration = small_family(form);
    let name = NAMES[usize::try_from(form).unwrap() % NAMES.len()];
    for member in &mut registration.members {
        member.name = PersonName::parse(member.name.given().unwrap(), name, "").unwrap();
    }
    let distinct = Distinct { reason: "Only for the test of what comes after".into() };
    register(world, &counter_officer(), OFFICE, &registration, Some(&distinct)).await.unwrap();
    world.write(async |tx| tx.run("DELETE FROM possible_duplicate", args![]).await).await.unwrap();
    registration.id
}

/// A family with this income, assessed.
pub async fn assessed(world: &World, form: u128, income: &'static str) -> HouseholdId {
    let household = family(world, form).await;
    assess(world, household, typed(income)).await;
    household
}

/// A family's answers, but for the income.
pub fn typed(income: &'static str) -> Typed {
    Typed { income, rooms: "2", paper: "yes", training: "no" }
}

/// What a household has of the list's programme, the newest.
pub async fn place(world: &World, household: HouseholdId) -> Enrolment {
    let mut view = world.db.read().await.unwrap();
    let all = enrolments::of_household(&mut view, household).await.unwrap();
    all.into_iter().find(|one| one.programme == LIST).unwrap()
}

/// The newest decision on the list's programme.
pub async fn decision(world: &World, household: HouseholdId) -> Decision {
    let mut view = world.db.read().await.unwrap();
    let all = decisions::of_household(&mut view, household).await.unwrap();
    all.into_iter().find(|one| one.programme == LIST).unwrap()
}

/// Every line, by programme, area and first day.
pub async fn lines(world: &World) -> Vec<Line> {
    world.db.all(super::line_query!("ORDER BY programme, area, from_date"), args![]).await.unwrap()
}

/// That every balance is what is held.
pub async fn balanced(world: &World) {
    let (_, off) = super::check::run(world).await.unwrap();
    assert_eq!(off, []);
}

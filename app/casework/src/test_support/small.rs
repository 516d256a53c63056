//! A country small enough to hold in one's head, and a family in it: for stories that need decisions.
//!
//! The pack has six programmes, one for each thing a verdict can lead to: a grant that needs a paper, a pension, a list, a
//! waiver that the pension opens, help whose rule can fail, and a service with a provider.

use std::collections::BTreeMap;

use domain::birth::Birth;
use domain::form::page::PageRef;
use domain::form::raw::{RawAnswer, RawPage};
use domain::household::{ConsentGiven, ConsentHow, Contact, Person, Relation, Sex};
use domain::ids::{AssessmentId, HouseholdId};
use domain::name::PersonName;
use domain::registration::Registration;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::{OFFICE, World, counter_officer};
use crate::Actor;
use crate::assessments::{self, PageInput, Saved};
use crate::households::register::{Registered, register};
use crate::packs::{self, Loading};

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("small_pack/", $name)))),+]
    };
}

/// The files of the small pack.
pub fn small_pack() -> BTreeMap<String, String> {
    files![
        "pack.toml",
        "areas.toml",
        "offices.toml",
        "agencies.toml",
        "calendar.toml",
        "form.toml",
        "facts.toml",
        "scores.toml",
        "parameters.toml",
        "packages.toml",
        "links.toml",
        "services.toml",
        "documents.toml",
        "consent.toml",
        "employment.toml",
        "programmes/cash-transfer.toml",
        "programmes/child-grant.toml",
        "programmes/fee-waiver.toml",
        "programmes/old-age-pension.toml",
        "programmes/room-help.toml",
        "programmes/skills-training.toml",
        "words/en.toml",
        "words/fr.toml",
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .collect()
}

/// Puts the small pack in force.
pub async fn load_small_pack(world: &World) {
    let loading =
        packs::load(world, &Actor::command_line(), small_pack()).await.expect("the small pack is kept");
    assert!(matches!(loading, Loading::InForce(_)), "the small pack is faulty: {loading:?}");
}

fn person(given: &str, relation: Relation, sex: Sex, born: Date) -> Person {
    Person {
        name: PersonName::parse(given, "Diallo", "").expect("a name"),
        sex,
        birth: Birth::Date(born),
        relation,
        identifiers: vec![],
    }
}

/// A mother of 36 as head, a grandmother of 70, children of 2 and 3, in the north town. They agreed that both agencies may
/// see their data.
pub fn small_family(form: u128) -> Registration {
    Registration {
        // Small numbers are the registry's own chains.
        id: HouseholdId::new(Uuid::from_u128(0xfa_0000 + form)),
        contact: Contact {
            area: "P01-C1".into(),
            directions: None,
            phone: None,
            language: "fr".into(),
            safe_contact: false,
        },
        members: vec![
            person("Awa", Relation::Head, Sex::Female, date!(1990 - 02 - 05)),
            person("Fatou", Relation::Parent, Sex::Female, date!(1956 - 03 - 01)),
            person("Moussa", Relation::Child, Sex::Male, date!(2024 - 01 - 10)),
            person("Ali", Relation::Child, Sex::Male, date!(2023 - 05 - 10)),
        ],
        consent_by: 0,
        consent: ConsentGiven {
            agencies: vec!["msp".into(), "labour".into()],
            words: "registration-1".into(),
            how: ConsentHow::Signed,
        },
        apart: vec![],
    }
}

/// Registers a family at the counter, under the small pack.
pub async fn register_family(world: &World, registration: &Registration) -> Registered {
    register(world, &counter_officer(), OFFICE, registration, None).await.expect("a registered family")
}

/// What is typed on the pages of the small form.
#[derive(Clone, Copy, Debug)]
pub struct Typed {
    /// Income of last month, in major units.
    pub income: &'static str,
    /// Rooms.
    pub rooms: &'static str,
    /// Whether the birth paper was shown: `yes`, `no`, or nothing.
    pub paper: &'static str,
    /// Whether each person of 15 to 64 wants training.
    pub training: &'static str,
}

/// A poor family that shows its paper.
pub const POOR: Typed = Typed { income: "20", rooms: "2", paper: "yes", training: "yes" };

/// One page's inputs.
pub fn raw(pairs: &[(&str, &str)]) -> RawPage {
    pairs
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(id, text)| ((*id).to_owned(), RawAnswer::typed(*text)))
        .collect()
}

/// Fills in every page of an assessment.
pub async fn fill_in(world: &World, household: HouseholdId, assessment: AssessmentId, typed: Typed) {
    let officer = counter_officer();
    let sitting = assessments::open(world, &officer, household, assessment).await.expect("an assessment");
    let pages = sitting.progress().pages();
    for page in pages {
        let inputs = match page.group.as_str() {
            "income" => raw(&[("income_month", typed.income), ("rooms", typed.rooms)]),
            "work_wishes" => raw(&[("wants_training", typed.training)]),
            _ => raw(&[("document_birth_paper", typed.paper)]),
        };
        let input = PageInput { version: sitting.version(&page), page, typed: inputs, leave: false };
        let saved = assessments::save_page(world, &officer, household, assessment, input)
            .await
            .expect("a saved page");
        assert_eq!(saved, Saved::Next);
    }
}

/// The page of a group that is asked of the household.
pub fn page(group: &str) -> PageRef {
    PageRef { group: group.to_owned(), member: None }
}

/// Registers a family, assesses it and submits the assessment.
pub async fn decided_family(world: &World, typed: Typed) -> (Registered, AssessmentId) {
    let registered = register_family(world, &small_family(1)).await;
    let assessment = assess(world, registered.household, typed).await;
    (registered, assessment)
}

/// Assesses a household from the first page to the decisions.
pub async fn assess(world: &World, household: HouseholdId, typed: Typed) -> AssessmentId {
    let officer = counter_officer();
    let started = assessments::start(world, &officer, household).await.expect("an assessment").assessment;
    fill_in(world, household, started, typed).await;
    let submitted = assessments::submit(world, &officer, household, started).await.expect("decisions");
    assert_eq!(submitted, assessments::Submitted::Decided { again: false });
    started
}

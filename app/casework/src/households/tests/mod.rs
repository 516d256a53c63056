//! Stories about households, each told on SQLite and on PostgreSQL.

mod editing;
mod registering;
mod searching;
mod splitting;

use std::sync::{Arc, OnceLock};

use domain::birth::Birth;
use domain::household::{ConsentGiven, ConsentHow, Contact, Person, Relation, Sex};
use domain::identifier::{Identifier, IdentifierKind};
use domain::ids::HouseholdId;
use domain::life_event::LifeEvents;
use domain::name::PersonName;
use domain::pack::Pack;
use domain::phone::Phone;
use domain::registration::Registration;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::register::{Registered, register};
use crate::test_support::{OFFICE, World, counter_officer, demo_pack, each_engine};

/// Tells a story in the demo pack's country.
async fn in_the_country<F>(story: F)
where
    F: AsyncFn(&World),
{
    static PACK: OnceLock<Arc<Pack>> = OnceLock::new();
    let pack = PACK.get_or_init(|| {
        let mut pack = Pack::load(&demo_pack()).unwrap();
        // What a second person signs has its own stories.
        pack.about.life_events = LifeEvents::default();
        Arc::new(pack)
    });
    each_engine(async |world| {
        world.packs.put(pack.clone(), true);
        story(world).await;
    })
    .await;
}

fn person(given: &str, relation: Relation, born: Date) -> Person {
    Person {
        name: PersonName::parse(given, "Diallo", "").unwrap(),
        sex: Sex::Female,
        birth: Birth::Date(born),
        relation,
        identifiers: vec![],
    }
}

fn uin(number: &str) -> Identifier {
    Identifier::parse(IdentifierKind::Uin, number).unwrap()
}

/// A mother with an identifier, and a child; the number makes the form's id.
fn family(form: u128) -> Registration {
    let mut mother = person("Aïssatou", Relation::Head, date!(1990 - 02 - 05));
    mother.identifiers.push(uin("A-123 456"));
    Registration {
        id: HouseholdId::new(Uuid::from_u128(form)),
        contact: Contact {
            area: "P01-D1-C1".into(),
            directions: Some("behind the mill".into()),
            phone: Some(Phone::parse("+257 79 123 456").unwrap()),
            language: "fr".into(),
            safe_contact: false,
        },
        members: vec![mother, person("Moussa", Relation::Child, date!(2018 - 07 - 01))],
        consent_by: 0,
        consent: ConsentGiven {
            agencies: vec!["moh".into(), "msp".into()],
            words: "registration-2026".into(),
            how: ConsentHow::Signed,
        },
        apart: vec![],
    }
}

/// A household of one person without identifier or phone.
fn alone(form: u128, given: &str, birth: Birth) -> Registration {
    let mut registration = family(form);
    registration.contact.phone = None;
    registration.members = vec![Person { birth, ..person(given, Relation::Head, date!(1990 - 01 - 01)) }];
    registration
}

async fn registered(world: &World, registration: &Registration) -> Registered {
    register(world, &counter_officer(), OFFICE, registration, None).await.unwrap()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.db.value(sql, vec![]).await.unwrap().unwrap()
}

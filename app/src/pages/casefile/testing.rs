//! What the tests of these pages share: a family that is registered, and an officer of another office.

use casework::Actor;
use casework::households::register;
use casework::staff::{self, NewStaff};
use casework::test_support::{OFFICE, OTHER_OFFICE, World, administrator, counter_officer};
use domain::registration::RegistrationForm;
use domain::role::{Grant, Role, Scope};

use crate::test_support::{Browser, PHRASE};

/// Registers Awa Ba (1980, the head) and Fatou Ba (2015); gives the address of the file.
pub async fn family(world: &World) -> String {
    registered(world, "Ba", "A-123 456").await
}

/// Registers Awa and Fatou of another name.
pub async fn registered(world: &World, name: &str, number: &str) -> String {
    register_as(world, &counter_officer(), name, number).await
}

/// The same, by the officer who signs in with this login.
pub async fn registered_by(world: &World, login: &str) -> String {
    let staff = staff::list(world, &administrator()).await.unwrap();
    let own = staff.iter().find(|member| member.login == login).unwrap();
    let actor = staff::actor(world, own.id).await.unwrap().unwrap();
    register_as(world, &actor, "Ba", "A-123 456").await
}

async fn register_as(world: &World, actor: &Actor, name: &str, number: &str) -> String {
    let id: uuid::Uuid = world.new_id();
    let id = id.to_string();
    let pack = world.pack().unwrap();
    let words = pack.registration_consent().unwrap().id.clone();
    // Another number, another family, another telephone: 079 123 456 for A-123 456.
    let phone = format!("079 {}", number.trim_start_matches(|c: char| !c.is_ascii_digit()));
    let typed = [
        ("form_id", id.as_str()),
        ("area", "P01-D1-C1"),
        ("directions", "Blue door"),
        ("phone", &phone),
        ("language", "fr"),
        ("member-0-given", "Awa"),
        ("member-0-family", name),
        ("member-0-sex", "female"),
        ("member-0-birth_year", "1980"),
        ("member-0-relation", "head"),
        ("member-0-id_uin", number),
        ("member-1-given", "Fatou"),
        ("member-1-family", name),
        ("member-1-sex", "female"),
        ("member-1-age", "11"),
        ("member-1-relation", "child"),
        ("consent_agency", "nspa"),
        ("consent_by", "0"),
        ("consent_how", "signed"),
        ("consent_words", words.as_str()),
    ];
    let form = RegistrationForm::from_pairs(
        typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    let registration = form.validate(&*pack, world.today()).unwrap();
    register::register(world, actor, OFFICE, &registration, None).await.unwrap();
    format!("/households/{id}")
}

/// A counter officer of another office.
pub async fn elsewhere(world: &World) -> Browser {
    let login = format!("elsewhere.{}", world.new_id::<uuid::Uuid>().simple());
    let new = NewStaff {
        login: login.clone(),
        name: "Noor Elsewhere".into(),
        language: "en".into(),
        grants: vec![Grant { role: Role::CounterOfficer, scope: Scope::Office(OTHER_OFFICE.into()) }],
        password: Some(PHRASE.into()),
    };
    staff::add(world, &administrator(), new).await.unwrap();
    Browser::signed_in(world, &login).await
}

/// The reference of the file that a page is of: its title ends with it.
pub fn reference(html: &str) -> String {
    format!("SP-{}", between(html, "SP-", " "))
}

/// The part of an address between two texts: `between(html, "/members/", "/edit")`.
pub fn between<'a>(html: &'a str, before: &str, after: &str) -> &'a str {
    html.split(before).nth(1).and_then(|rest| rest.split(after).next()).expect("both texts")
}

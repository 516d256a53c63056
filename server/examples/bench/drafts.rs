//! Registrations that only wait for their last page to be sent: as many drafts as a round needs, put in beforehand.

use std::sync::Arc;

use casework::db::Address;
use casework::households::drafts;
use casework::staff::{self, SignIn};
use casework::time::SystemClock;
use casework::{Actor, Casework};
use domain::pack::Pack;
use domain::registration::{ConsentForm, ContactForm, Country as _, MemberForm, RegistrationForm};
use domain::role::{Right, Scope};

/// Opens the database a second time, as a second server would.
pub async fn open(database: &str) -> Casework {
    let address: Address = database.parse().unwrap();
    Casework::open(&address, None, Arc::new(SystemClock::default())).await.unwrap()
}

/// Makes so many drafts for the account that signs in as `login`, and gives their ids. `round` keeps their people apart.
pub async fn make(casework: &Casework, login: &str, round: usize, count: usize) -> Vec<String> {
    let SignIn::In(actor) =
        staff::sign_in(casework, login, casework::demo::accounts::PASSWORD).await.unwrap()
    else {
        panic!("{login} cannot sign in")
    };
    let pack = casework.pack().unwrap();
    let office = office(&actor);
    let mut ids = Vec::with_capacity(count);
    for number in 0..count {
        let id = casework.new_id::<domain::ids::DraftId>().to_string();
        let form = form(&pack, id.clone(), round * count + number);
        drafts::save(casework, &actor, &office, &form, None).await.unwrap();
        ids.push(id);
    }
    ids
}

fn office(actor: &Actor) -> String {
    let mut scopes = actor.scopes(Right::RegisterHousehold);
    scopes.find_map(|scope| if let Scope::Office(code) = scope { Some(code.clone()) } else { None }).unwrap()
}

/// A mother, a father and a child whom nobody registered before.
fn form(pack: &Pack, form_id: String, number: usize) -> RegistrationForm {
    // Letters only: a name has no digits.
    let family: String = format!("{number:06}")
        .bytes()
        .map(|digit| char::from(b'a' + (digit - b'0')))
        .chain("bench".chars())
        .collect();
    let member = |given: &str, sex: &str, year: &str, relation: &str| MemberForm {
        given: given.into(),
        family: family.clone(),
        sex: sex.into(),
        birth_day: "5".into(),
        birth_month: "6".into(),
        birth_year: year.into(),
        relation: relation.into(),
        ..MemberForm::default()
    };
    RegistrationForm {
        form_id,
        contact: ContactForm {
            area: pack.areas.leaves().next().unwrap().code.clone(),
            language: pack.about.default_language.clone(),
            ..ContactForm::default()
        },
        members: vec![
            member("Halima", "female", "1988", "head"),
            member("Joseph", "male", "1985", "spouse"),
            member("Neema", "female", "2014", "child"),
        ],
        consent: ConsentForm {
            agencies: pack.agencies.iter().map(|agency| agency.code.clone()).collect(),
            by: "0".into(),
            how: "signed".into(),
            words: pack.consent_words().to_owned(),
        },
    }
}

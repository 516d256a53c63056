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

/// So many households of the first office: id, a word of somebody's name, their year of birth.
pub async fn known(casework: &Casework, count: i64) -> Vec<(String, String, i64)> {
    let rows: Vec<(uuid::Uuid, String, i64)> = casework
        .db
        .all(
            "SELECT h.household_id, MIN(w.word), MIN(w.birth_year) FROM household h
             JOIN person p ON p.household_id = h.household_id AND p.replaced_at IS NULL AND p.relation = 'head'
             JOIN person_word w ON w.household_id = h.household_id AND w.person_id = p.person_id
             WHERE h.office = (SELECT scope_code FROM staff_grant JOIN staff ON staff.id = staff_grant.staff_id
                               WHERE staff.login = $1)
             GROUP BY h.household_id ORDER BY h.household_id LIMIT $2",
            casework::args![crate::LOGIN, count],
        )
        .await
        .unwrap();
    rows.into_iter().map(|(id, word, year)| (id.to_string(), word, year)).collect()
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

/// Why a family passes that the matcher takes for another: of so many drawn names a few look alike.
pub const REASON: &str = "Both families were here today";

/// A name of six syllables drawn from a number: two numbers give two names.
fn name(number: u64) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "de", "ki", "lo", "mu", "na", "re", "si", "to", "wu", "za", "fe", "gi", "ho", "ju", "ka"];
    // The finaliser of splitmix64.
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^= mixed >> 27;
    (0..6).map(|place| SYLLABLES[usize::try_from(mixed >> (place * 4) & 15).unwrap()]).collect()
}

/// A mother, a father and a child whom nobody registered before.
fn form(pack: &Pack, form_id: String, row: usize) -> RegistrationForm {
    let number = u64::try_from(row).unwrap();
    let areas: Vec<&String> = pack.areas.leaves().map(|area| &area.code).collect();
    let family = name(number * 4);
    let member = |place: u64, sex: &str, year: u64, relation: &str| MemberForm {
        given: name(number * 4 + place),
        family: family.clone(),
        sex: sex.into(),
        birth_day: (1 + (number * 7 + place * 11) % 28).to_string(),
        birth_month: (1 + (number * 5 + place * 3) % 12).to_string(),
        birth_year: (year + number % 12).to_string(),
        relation: relation.into(),
        ..MemberForm::default()
    };
    RegistrationForm {
        form_id,
        contact: ContactForm {
            area: areas[row % areas.len()].to_owned(),
            language: pack.about.default_language.clone(),
            ..ContactForm::default()
        },
        members: vec![
            member(1, "female", 1980, "head"),
            member(2, "male", 1976, "spouse"),
            member(3, "female", 2010, "child"),
        ],
        consent: ConsentForm {
            agencies: pack.agencies.iter().map(|agency| agency.code.clone()).collect(),
            by: "0".into(),
            how: "signed".into(),
            words: pack.consent_words().to_owned(),
        },
    }
}

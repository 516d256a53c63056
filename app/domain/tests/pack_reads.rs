//! What a loaded pack gives: words wherever they are kept, why a question is asked, offices and calendars.

#![expect(clippy::unwrap_used, reason = "what cannot fail in a test fails the test")]

mod small;

use domain::{
    calendar::Term,
    form::{Form, Question},
    pack::Pack,
    registration::Country,
};
use serde_json::json;
use time::macros::date;

fn pack() -> Pack {
    Pack::load(&small::small_pack()).unwrap()
}

fn question<'f>(form: &'f Form, id: &str) -> &'f Question {
    form.question(id).unwrap()
}

#[test]
fn questions_have_their_words() {
    let pack = pack();
    let label = |id: &str| pack.question_label("en", question(&pack.form, id));
    let short = |id: &str| pack.question_short("en", question(&pack.form, id));
    assert_eq!(label("rooms"), "How many rooms?");
    assert_eq!(short("rooms"), "the number of rooms");
    assert_eq!(label("document_lease"), "the lease");
    assert_eq!(short("document_lease"), "the lease");
    assert_eq!(short("birth_date"), "the birth date");
    assert_eq!(pack.option_label("fr", question(&pack.form, "tenure"), "own"), "own home");
    assert_eq!(pack.option_label("en", question(&pack.form, "province"), "01"), "North");
    assert_eq!(pack.unit_label("en", question(&pack.form, "rooms")).as_deref(), Some("rooms"));
    assert_eq!(pack.unit_label("en", question(&pack.form, "rent")).as_deref(), Some("SML"));
    assert_eq!(pack.constraint_message("en", question(&pack.form, "rent")), "The rent cannot be below 0.");
    assert_eq!(pack.area_name("en", "P01-C1"), "Town");
    assert_eq!(pack.area_name("en", "P01-C2"), "Countryside");
}

#[test]
fn a_question_says_who_asks() {
    let pack = pack();
    assert_eq!(pack.why_asked("rent"), ["rent-help"]);
    assert_eq!(
        pack.why_asked("rooms"),
        ["rent-help"],
        "the amount reads the crowding, which reads the rooms"
    );
    assert_eq!(pack.why_asked("tenure"), ["rent-help", "workshop"], "whether the rent is asked hangs on it");
    assert_eq!(pack.why_asked("document_lease"), ["workshop"]);
    assert_eq!(pack.why_asked("crowding"), [""; 0], "a fact is not asked");
}

#[test]
fn the_form_stops_when_nothing_is_open() {
    let pack = pack();
    let today = date!(2026 - 11 - 22);
    let open = |answers: serde_json::Value| {
        let answers = pack
            .answers_from_json(&json!({ "answers": answers, "members": [{ "age": 30 }] }), today)
            .unwrap();
        pack.open_questions(&answers, today).into_keys().collect::<Vec<_>>()
    };
    assert!(open(json!({})).contains(&"tenure".to_owned()));
    assert_eq!(open(json!({ "tenure": "own", "document_lease": true })), Vec::<String>::new());
    assert_eq!(open(json!({ "tenure": "rented", "rent": 150, "rooms": 2 })), ["document_lease"]);
}

#[test]
fn places_are_checked() {
    let pack = pack();
    let read =
        |area: &str| pack.answers_from_json(&json!({ "answers": { "area": area } }), date!(2026 - 11 - 22));
    assert!(read("P01-C1").is_ok());
    let faults = read("P09").unwrap_err();
    assert_eq!(faults[0].key, "answers.area");
}

#[test]
fn the_country_answers_the_register() {
    let pack = pack();
    assert!(pack.is_dwelling_area("P01-C1") && !pack.is_dwelling_area("P01"));
    assert!(pack.has_language("fr") && !pack.has_language("ar"));
    assert!(pack.has_agency("msp"));
    assert_eq!(pack.consent_words(), "registration-1");
    let offices: Vec<&str> = pack.offices_for("P01-C2").iter().map(|office| office.code.as_str()).collect();
    assert_eq!(offices, ["OFF-01"]);
    assert_eq!(pack.about.law.override_review.term, Term::WorkingDays(2));
    assert_eq!(pack.about.law.other["reopen"].term, Term::Days(90));
    let calendar = pack.working_calendar("P01-C1").unwrap();
    assert!(!calendar.is_working(date!(2026 - 12 - 25)) && calendar.is_working(date!(2026 - 12 - 24)));
}

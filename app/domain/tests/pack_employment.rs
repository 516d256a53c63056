//! The part of a pack that says who is asked about work, and what the answers come to.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::path::Path;

use domain::answers::{Answer, Answered};
use domain::employment::Employment;
use domain::pack::Pack;
use domain::value::Value;
use time::Date;
use time::macros::date;

const TODAY: Date = date!(2026 - 11 - 23);
const WHO: &str = "a";

fn files() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/packs/demo");
    let mut files = BTreeMap::new();
    for inner in ["", "programmes", "words"] {
        for entry in std::fs::read_dir(folder.join(inner)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "toml") {
                let name = path.file_name().unwrap().to_str().unwrap();
                let name = if inner.is_empty() { name.to_owned() } else { format!("{inner}/{name}") };
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn demo() -> Pack {
    Pack::load(&files())
        .unwrap_or_else(|faults| panic!("{:?}", faults.iter().map(ToString::to_string).collect::<Vec<_>>()))
}

fn faults_with(from: &str, to: &str) -> Vec<String> {
    let mut files = files();
    let text = files.get_mut("employment.toml").unwrap();
    assert!(text.contains(from), "{from}");
    *text = text.replacen(from, to, 1);
    match Pack::load(&files) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

fn choice(id: &str) -> Answer {
    Answer::Value(Value::Choice(id.into()))
}

fn yes(yes: bool) -> Answer {
    Answer::Value(Value::Bool(yes))
}

/// Somebody who is ready: born in 1990, looking for work, and can do building.
fn ready() -> Answered {
    BTreeMap::from([
        ("birth_date".into(), Answer::Value(Value::Date(date!(1990 - 05 - 01)))),
        ("work_status".into(), choice("looking")),
        ("wants_work".into(), yes(true)),
        ("work_wish".into(), choice("job")),
        ("available_from".into(), choice("now")),
        ("last_occupation".into(), choice("isco_7")),
        ("skill_certificate".into(), yes(false)),
        ("heavy_work".into(), yes(true)),
        ("care_load".into(), choice("none")),
        ("can_do".into(), Answer::Value(Value::Many(["isco_71".to_owned()].into()))),
        ("health_first".into(), yes(false)),
        ("papers_missing".into(), yes(false)),
    ])
}

fn with(own: &[(&str, Answer)]) -> Answered {
    let mut answers = ready();
    answers.extend(own.iter().map(|(id, answer)| ((*id).to_owned(), answer.clone())));
    answers
}

fn band(employment: &Employment, answers: &Answered) -> (Option<String>, Vec<String>, Vec<String>) {
    let found = employment.profile(WHO, answers, TODAY);
    (found.band, found.reasons, found.ask.into_iter().collect())
}

#[test]
fn each_band_has_its_people_and_its_reasons() {
    let pack = demo();
    let work = pack.employment.as_ref().unwrap();
    let of = |own: &[(&str, Answer)]| band(work, &with(own));
    let is = |code: &str, reasons: &[&str]| {
        (Some(code.to_owned()), reasons.iter().map(|one| (*one).to_owned()).collect(), Vec::new())
    };
    assert_eq!(of(&[]), is("ready", &[]));
    assert_eq!(of(&[("available_from", choice("not_possible"))]), is("cannot_now", &["not_now"]));
    assert_eq!(of(&[("wants_work", yes(false))]), is("cannot_now", &["not_wanted"]));
    assert_eq!(
        of(&[("health_first", yes(true)), ("papers_missing", yes(true))]),
        is("support_first", &["health_first", "papers_first"])
    );
    let all_day = [("care_load", choice("all_day")), ("childcare_would_help", yes(true))];
    assert_eq!(of(&all_day), is("ready", &[]), "a crèche would do");
    assert_eq!(of(&[("work_wish", choice("training"))]), is("needs_skills", &["wants_training"]));
    assert_eq!(work.review_days(Some("cannot_now")), 90);
    assert_eq!(work.review_days(None), 30, "what is open is looked at soonest");
}

#[test]
fn a_missing_answer_puts_nobody_into_a_band_and_is_named() {
    let pack = demo();
    let work = pack.employment.as_ref().unwrap();
    let (found, _, ask) = band(work, &with(&[("health_first", Answer::Refused)]));
    assert_eq!((found, ask), (None, vec!["health_first".to_owned()]));
    // What would decide it later does not matter where something before it does.
    let (found, _, ask) =
        band(work, &with(&[("health_first", Answer::DontKnow), ("papers_missing", yes(true))]));
    assert_eq!((found.as_deref(), ask.len()), (Some("support_first"), 0));
    let (found, _, ask) = band(work, &Answered::new());
    assert!(found.is_none() && ask.contains(&"work_status".to_owned()), "{ask:?}");
}

#[test]
fn what_the_household_said_is_taken_over_with_its_words() {
    let pack = demo();
    let work = pack.employment.as_ref().unwrap();
    for id in &work.taken {
        let own = work.form.question(id).unwrap();
        assert_eq!(own.kind, pack.form.question(id).unwrap().kind);
        assert_eq!(own.choices, pack.form.question(id).unwrap().choices);
        for language in &pack.about.languages {
            assert!(!pack.question_label(language, own).is_empty());
        }
    }
    assert!(work.concerns(16) && work.concerns(59) && !work.concerns(15) && !work.concerns(60));
}

#[test]
fn faults_of_the_file_are_told_with_their_place() {
    let told = |from: &str, to: &str, part: &str| {
        let faults = faults_with(from, to);
        assert!(
            faults.iter().any(|fault| fault.contains("employment.toml") && fault.contains(part)),
            "{part}: {faults:?}"
        );
    };
    told("when = \"health_first\"", "when = \"sex = 'female'\"", "does not hang on their sex");
    told("when = \"health_first\"", "when = \"healthy\"", "healthy");
    told(
        "\"education_level\", \"work_status\"",
        "\"schooling_level\", \"work_status\"",
        "asks no question 'schooling_level'",
    );
    told("id = \"can_do\"\ngroup", "id = \"skills\"\ngroup", "is a question of the household's form");
    told("hours = \"hours_week\"", "hours = \"spoken\"", "no question 'spoken' of the kind");
    told("service = \"public_works\"", "service = \"holidays\"", "there is no service 'holidays'");
    told("code = \"ready\"\nreview_days = 30", "code = \"ready\"\nreview_days = 0", "1 to 366 days");
    told("income_module = \"income\"", "income_module = \"money\"", "no such module");
}

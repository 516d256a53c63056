//! `complaints.toml`: what a pack says of complaints, what holds without it, and what is not taken.

#![expect(clippy::unwrap_used, reason = "what cannot fail in a test fails the test")]

mod small;

use std::path::Path;

use domain::calendar::Term;
use domain::complaint::rules::Rules;
use domain::complaint::{Category, Level};
use domain::pack::Pack;
use small::{Files, small_pack};

fn demo() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/packs/demo/complaints.toml");
    std::fs::read_to_string(file).unwrap()
}

fn with(text: &str) -> Files {
    let mut files = small_pack();
    files.insert("complaints.toml".into(), text.into());
    files
}

fn faults(text: &str) -> Vec<String> {
    let faults = Pack::load(&with(text)).err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_pack_without_the_file_keeps_to_what_is_usual() {
    let mut files = small_pack();
    files.remove("complaints.toml");
    assert_eq!(Pack::load(&files).unwrap().complaints, Rules::default());
}

#[test]
fn a_pack_says_its_terms_with_the_law_that_sets_them() {
    let longer = demo().replace(
        "answer_days = { value = 21, source = \"Grievance",
        "answer_days = { value = 14, source = \"Our",
    );
    let rules = Pack::load(&with(&longer)).unwrap().complaints;
    let targeting = rules.of(Category::Targeting);
    assert_eq!((targeting.answer.term, targeting.level), (Term::Days(14), Level::Office));
    assert!(targeting.answer.source.starts_with("Our Redress Regulations"), "{}", targeting.answer.source);
    assert_eq!(rules.acknowledge_of(Category::Abuse).term, Term::Hours(24));
    for category in Category::ALL {
        assert_eq!(rules.of(*category).sensitive, Rules::default().of(*category).sensitive, "{category}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let without_fraud: String = {
        let demo = demo();
        let (before, rest) = demo.split_once("[[category]]\ncode = \"fraud\"").unwrap();
        let (_, after) = rest.split_once("[[category]]").unwrap();
        format!("{before}[[category]]{after}")
    };
    for (text, place, message) in [
        (without_fraud, "category: ", "'fraud' is missing"),
        (
            demo().replace("value = 2\n", "value = 0\n"),
            "terms.acknowledge_working_days.value: ",
            "a term is 1 to 3660",
        ),
        (
            demo().replacen("value = 3, ", "value = 0, ", 1),
            "category.information.answer_working_days.value: ",
            "a term is",
        ),
        (
            demo().replace("[terms.triage_working_days]", "[terms.triage_weeks]"),
            "terms",
            "the term 'triage' is missing",
        ),
        (
            demo().replace(
                "[terms.triage_working_days]",
                "[terms.wait_hours]\nvalue = 3\nsource = \"x\"\n\n[terms.triage_working_days]",
            ),
            "terms.wait",
            "counted in two ways",
        ),
        (
            demo().replace("code = \"targeting\"", "code = \"information\""),
            "category.information.code: ",
            "there twice",
        ),
        (demo().replace("code = \"targeting\"", "code = \"noise\""), "category.noise.code: ", "noise"),
        (
            demo().replace(
                "code = \"fraud\"\nlevel = \"ombudsman\"\nsensitive = true",
                "code = \"fraud\"\nlevel = \"ombudsman\"",
            ),
            "category.fraud.sensitive: ",
            "always restricted",
        ),
        (
            demo().replace(
                "code = \"discrimination\"\nlevel = \"ombudsman\"",
                "code = \"discrimination\"\nlevel = \"office\"",
            ),
            "category.discrimination.sensitive: ",
            "begins with the ombudsman",
        ),
        (
            demo().replacen("level = \"office\"", "level = \"village\"", 1),
            "category.information.level: ",
            "village",
        ),
    ] {
        let told = faults(&text);
        let fits = |fault: &&String| {
            fault.starts_with("complaints.toml:") && fault.contains(place) && fault.contains(message)
        };
        assert!(told.iter().find(fits).is_some(), "{place} {message}: {told:?}");
    }
}

//! The table `second_signature` of `pack.toml`: what a pack says, what holds without it, and what is not taken.

#![expect(clippy::unwrap_used, reason = "what cannot fail in a test fails the test")]

mod small;

use domain::pack::Pack;
use domain::signature::{Above, Rules};
use small::{Files, small_pack};

/// The small pack with this in the place of its table.
fn with(table: &str) -> Files {
    let mut files = small_pack();
    let text = files["pack.toml"].clone();
    let (before, _) = text.split_once("[second_signature]").unwrap();
    files.insert("pack.toml".into(), format!("{before}{table}"));
    files
}

fn faults(table: &str) -> Vec<String> {
    Pack::load(&with(table)).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn a_pack_without_the_table_draws_five_in_a_hundred() {
    let rules = Pack::load(&with("")).unwrap().about.second_signature;
    assert_eq!(rules, Rules { sample_percent: 5, above: Vec::new() });
    let named = "[second_signature]\noverride = true\ntermination = true\nback_pay = true\nmerge = true\n";
    assert_eq!(Pack::load(&with(named)).unwrap().about.second_signature, rules);
}

#[test]
fn a_pack_says_its_rate_and_its_limits() {
    let table = "[second_signature]\nsample_percent = 12\n[[second_signature.above]]\namount = 900\n\
                 [[second_signature.above]]\namount = 100\nprogrammes = [\"rent-help\"]\n";
    let rules = Pack::load(&with(table)).unwrap().about.second_signature;
    let limits = vec![
        Above { amount: 900, programmes: Vec::new() },
        Above { amount: 100, programmes: vec!["rent-help".into()] },
    ];
    assert_eq!(rules, Rules { sample_percent: 12, above: limits });
}

#[test]
fn what_the_law_wants_signed_cannot_be_switched_off() {
    for key in ["override", "termination", "back_pay", "merge"] {
        let told = faults(&format!("[second_signature]\n{key} = false\n"));
        let fits = |fault: &&String| fault.contains(key) && fault.contains("always signs this");
        assert!(told.iter().find(fits).is_some(), "{key}: {told:?}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (table, message) in [
        ("[second_signature]\nsample_percent = 101\n", "0 to 100"),
        ("[second_signature]\nsample = 5\n", "sample"),
        ("[[second_signature.above]]\namount = 5\nprogrammes = [\"nowhere\"]\n", "nowhere"),
        ("[[second_signature.above]]\nprogrammes = []\n", "amount"),
    ] {
        let told = faults(table);
        let fits = |fault: &&String| fault.starts_with("pack.toml:") && fault.contains(message);
        assert!(told.iter().find(fits).is_some(), "{table}: {told:?}");
    }
}

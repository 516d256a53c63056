//! The gates of a change: each fails where something is missing, says what, and lets through what is whole.

#![expect(clippy::unwrap_used, reason = "what cannot fail in a test fails the test")]

mod small;

use std::collections::BTreeMap;

use domain::definitions::Guarantee;
use domain::pack::{Lack, Pack, Survey};
use domain::policy::gates::{Beside, Finding, Gate, GateName, Simulated, check};
use small::{Files, small_pack};
use time::macros::date;

/// The gates of the small pack with changes, held against the small pack, with a simulation of yesterday.
fn gates_with(files: &Files, reasons: &BTreeMap<Guarantee, String>) -> Vec<Gate> {
    let before = Pack::load(&small_pack()).unwrap();
    let survey = Survey::of(files);
    let simulated = [Simulated { bundle: survey.hash.clone(), days: 1 }];
    let beside = Beside {
        ids: &[],
        before: &before,
        live_on: date!(2026 - 12 - 01),
        acknowledged: reasons,
        simulated: &simulated,
    };
    check(&survey, &beside)
}

fn changed(file: &str, from: &str, to: &str) -> Files {
    let mut files = small_pack();
    let text = &files[file];
    assert_eq!(text.matches(from).count(), 1, "{file} has '{from}' once");
    let text = text.replace(from, to);
    files.insert(file.into(), text);
    files
}

fn gates(file: &str, from: &str, to: &str) -> Vec<Gate> {
    gates_with(&changed(file, from, to), &BTreeMap::new())
}

/// The gates that do not let through.
fn shut(gates: &[Gate]) -> Vec<GateName> {
    gates.iter().filter(|gate| !gate.passed).map(|gate| gate.name).collect()
}

fn found(gates: &[Gate], name: GateName) -> Vec<Finding> {
    gates.iter().find(|gate| gate.name == name).unwrap().found.clone()
}

fn untried(leaf: &str, lack: Lack) -> Finding {
    Finding::Untried { programme: "rent-help".into(), leaf: leaf.into(), lack }
}

#[test]
fn a_whole_pack_passes_every_gate() {
    let gates = gates_with(&small_pack(), &BTreeMap::new());
    assert_eq!(gates.iter().map(|gate| gate.name).collect::<Vec<_>>(), GateName::ALL);
    assert_eq!(shut(&gates), []);
}

#[test]
fn types_bands_and_rings_are_told_apart() {
    let types = gates("programmes/rent-help.toml", "param = \"rent_line\"", "limit = \"high\"");
    // What does not compile was not run; that proves nothing about the others.
    assert!(shut(&types).contains(&GateName::Types) && shut(&types).contains(&GateName::Examples));
    assert_eq!(found(&types, GateName::Bands), [Finding::NotRun]);
    let bands = gates("scores.toml", "from = \"10\"", "above = \"10\"");
    assert!(
        matches!(&found(&bands, GateName::Bands)[..], [Finding::Fault(fault)] if fault.file == "scores.toml")
    );
    assert_eq!(found(&bands, GateName::Types), []);
    let ring =
        "[[link]]\nid = \"back\"\nkind = \"opens\"\nfrom = \"workshop\"\nto = \"rent-help\"\n\n[[cap]]";
    let ring = gates("links.toml", "[[cap]]", ring);
    assert!(
        matches!(&found(&ring, GateName::Cycles)[..], [Finding::Fault(fault)] if fault.file == "links.toml")
    );
    assert_eq!(found(&ring, GateName::Types), []);
    let ring = gates("facts.toml", "count(members)", "crowding");
    assert!(
        matches!(&found(&ring, GateName::Cycles)[..], [Finding::Fault(fault)] if fault.file == "facts.toml")
    );
}

#[test]
fn a_reason_that_one_language_lacks_shuts_the_gate() {
    let mut files = small_pack();
    let french = files.get_mut("words/fr.toml").unwrap();
    assert!(french.contains("high_rent.needs"));
    *french = french.replace("high_rent.needs", "high_rent.neads");
    let gates = gates_with(&files, &BTreeMap::new());
    assert_eq!(shut(&gates), [GateName::Reasons]);
    let found = found(&gates, GateName::Reasons);
    // The sentence is missing, and nothing reads the other.
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found.iter().all(|found| matches!(found, Finding::Fault(fault) if fault.file == "words/fr.toml"))
    );
}

/// By running them: an example that is called "on the line" and is not is none.
#[test]
fn every_comparison_needs_its_four_examples() {
    let help = "programmes/rent-help.toml";
    let lacking = |from: &str, to: &str| {
        let gates = gates(help, from, to);
        assert_eq!(shut(&gates), [GateName::Examples]);
        found(&gates, GateName::Examples)
    };
    assert_eq!(lacking("rent = 100", "rent = 101"), [untried("high_rent", Lack::OnLimit)]);
    let no = "[[example]]\nname = \"no rent\"\nexpect = \"no\"\nanswers = { tenure = \"own\" }\n\n";
    assert_eq!(lacking(no, ""), [untried("high_rent", Lack::Fails)]);
    let needs = "[[example]]\nname = \"not told\"\nexpect = \"needs\"\nanswers = { tenure = \"rented\" }\n";
    assert_eq!(lacking(needs, ""), [untried("high_rent", Lack::Missing)]);
    let wrong = lacking("rent = 150", "rent = 50");
    assert!(matches!(&wrong[..], [Finding::Fault(fault)] if fault.key == "example.high rent"), "{wrong:?}");
    let survey = Survey::of(&small_pack());
    let rent = survey.tried.iter().find(|tried| tried.leaf == "high_rent").unwrap();
    assert_eq!(rent.on_limit, ["on the line"]);
    assert_eq!((rent.holds.len(), rent.fails.len(), rent.missing.len()), (2, 1, 1));
}

#[test]
fn a_guarantee_without_a_programme_must_be_acknowledged() {
    let mut files = small_pack();
    for programme in ["rent-help", "workshop"] {
        let text = files.get_mut(&format!("programmes/{programme}.toml")).unwrap();
        *text = text.replace("guarantee = \"working_age\"", "guarantee = \"health\"");
    }
    let before = vec!["rent-help".to_owned(), "workshop".to_owned()];
    let gap =
        |reason| Finding::Uncovered { guarantee: Guarantee::WorkingAge, before: before.clone(), reason };
    let open = gates_with(&files, &BTreeMap::new());
    assert_eq!(shut(&open), [GateName::Guarantees]);
    assert_eq!(found(&open, GateName::Guarantees), [gap(None)]);
    let reason = "The Labour Act takes it over on that day.".to_owned();
    let accepted = gates_with(&files, &BTreeMap::from([(Guarantee::WorkingAge, reason.clone())]));
    assert_eq!(shut(&accepted), []);
    assert_eq!(found(&accepted, GateName::Guarantees), [gap(Some(reason))]);
    // A programme that ends before the day covers nothing on it.
    let ends = |text: &mut String| {
        *text = text.replace("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_until = 2026-11-30");
    };
    let mut files = small_pack();
    files.iter_mut().filter(|(name, _)| name.starts_with("programmes/")).for_each(|(_, text)| ends(text));
    assert_eq!(shut(&gates_with(&files, &BTreeMap::new())), [GateName::Guarantees]);
}

#[test]
fn a_simulation_is_of_this_bundle_and_not_older_than_a_week() {
    let (before, survey) = (Pack::load(&small_pack()).unwrap(), Survey::of(&small_pack()));
    let with = |simulated: &[Simulated]| {
        let beside = Beside {
            ids: &[],
            before: &before,
            live_on: date!(2026 - 12 - 01),
            acknowledged: &BTreeMap::new(),
            simulated,
        };
        found(&check(&survey, &beside), GateName::Simulation)
    };
    let of = |bundle: &str, days| Simulated { bundle: bundle.into(), days };
    assert_eq!(with(&[]), [Finding::NoSimulation]);
    assert_eq!(with(&[of("another", 0)]), [Finding::OtherBundle]);
    assert_eq!(with(&[of("another", 0), of(&survey.hash, 7)]), []);
    assert_eq!(with(&[of("another", 0), of(&survey.hash, 8)]), [Finding::OldSimulation { days: 8 }]);
}

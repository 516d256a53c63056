//! The worked households of the demo pack (`server/packs/demo/checks`): what its published figures and its
//! links must give, and that its form asks each family exactly what concerns it.
//!
//! One more: a JSON file there, in the shape of `guichet assess`, with what it must give under `expect`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests: what is missing must stop the test"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use domain::{
    answers::{Answer, Answers},
    decide::Decided,
    expr::Level,
    pack::Pack,
    value::parse_iso_date,
    verdict::Verdict,
};
use serde_json::{Map, Value as Json};
use time::Date;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/packs/demo")
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

fn pack() -> Pack {
    let mut files = BTreeMap::new();
    collect(&folder(), "", &mut files);
    Pack::load(&files).unwrap_or_else(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!(
            "{}",
            lines.join(
                "
"
            )
        );
    })
}

/// One worked household.
struct Check {
    name: String,
    as_of: Date,
    answers: Answers,
    expect: Map<String, Json>,
}

fn checks(pack: &Pack) -> Vec<Check> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder().join("checks")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| check(pack, path)).collect()
}

/// The households of which everything was asked.
fn stories(pack: &Pack) -> Vec<Check> {
    let stories: Vec<Check> =
        checks(pack).into_iter().filter(|check| check.name.starts_with("story-")).collect();
    assert!(stories.len() >= 8, "only {} stories were found", stories.len());
    stories
}

fn check(pack: &Pack, path: &Path) -> Check {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let json: Json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let as_of = parse_iso_date(json["as_of"].as_str().unwrap()).unwrap();
    let answers = pack.answers_from_json(&json, as_of).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
    let expect = json["expect"].as_object().unwrap().clone();
    Check { name, as_of, answers, expect }
}

/// The entries of one part of what is expected.
fn part<'c>(check: &'c Check, key: &str) -> impl Iterator<Item = (&'c String, &'c Json)> {
    check.expect.get(key).and_then(Json::as_object).into_iter().flatten()
}

/// What was decided of one programme: of the household, or of each member considered.
fn lines<'d>(decided: &'d Json, programme: &str) -> Vec<&'d Json> {
    let all = decided["programmes"].as_array().unwrap().iter();
    all.filter(|line| line["programme"] == programme).collect()
}

fn score<'d>(decided: &'d Json, id: &str) -> &'d Json {
    decided["scores"].as_array().unwrap().iter().find(|score| score["score"] == id).unwrap()
}

/// Where a decision differs from what the check expects, in words.
fn differences(check: &Check, decided: &Decided) -> Vec<String> {
    let decided: Json = serde_json::from_slice(&decided.bytes()).unwrap();
    let mut found = Vec::new();
    let mut compare = |what: String, wanted: &Json, given: &Json| {
        if wanted != given {
            found.push(format!("{}: {what}: wanted {wanted}, got {given}", check.name));
        }
    };
    for (id, wanted) in part(check, "scores") {
        compare(format!("score {id}"), wanted, &score(&decided, id)["total"]);
    }
    for (id, wanted) in part(check, "bands") {
        compare(format!("band {id}"), wanted, &score(&decided, id)["band"]);
    }
    for (id, wanted) in part(check, "facts") {
        compare(format!("fact {id}"), wanted, &decided["facts"]["household"][id]);
    }
    for (member, facts) in part(check, "member_facts") {
        for (id, wanted) in facts.as_object().unwrap() {
            compare(format!("fact {id} of {member}"), wanted, &decided["facts"]["members"][member][id]);
        }
    }
    for (id, wanted) in part(check, "verdicts") {
        // `null`: nobody in the household is considered for it.
        let wanted = if wanted == "needs" { Json::from("needs_information") } else { wanted.clone() };
        let verdicts: Vec<&Json> = lines(&decided, id).iter().map(|line| &line["verdict"]).collect();
        let given = verdicts.iter().find(|verdict| ***verdict == wanted).or(verdicts.first());
        compare(format!("verdict {id}"), &wanted, given.copied().unwrap_or(&Json::Null));
    }
    for (key, at) in [("amounts", "minor"), ("times", "times")] {
        for (id, wanted) in part(check, key) {
            let given: Vec<&Json> = lines(&decided, id).iter().map(|line| &line["amount"][at]).collect();
            let given = given.iter().find(|amount| **amount == wanted).or(given.first());
            compare(format!("{key} {id}"), wanted, given.copied().unwrap_or(&Json::Null));
        }
    }
    for wanted in check.expect.get("links").and_then(Json::as_array).into_iter().flatten() {
        let links = decided["links_applied"].as_array().unwrap();
        let given = links.iter().map(|link| &link["link"]).find(|link| *link == wanted);
        compare("link".into(), wanted, given.unwrap_or(&Json::Null));
    }
    found
}

#[test]
fn every_worked_household_gets_what_was_worked_out() {
    let pack = pack();
    let checks = checks(&pack);
    assert!(checks.len() >= 40, "only {} checks were found", checks.len());
    let found: Vec<String> = checks
        .iter()
        .flat_map(|check| differences(check, &pack.decide(&check.answers, check.as_of)))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_check_can_fail() {
    let pack = pack();
    let mut check = check(&pack, &folder().join("checks/story-family-of-five.json"));
    let decided = pack.decide(&check.answers, check.as_of);
    assert_eq!(differences(&check, &decided), Vec::<String>::new());
    for (key, id) in
        [("scores", "pmt"), ("bands", "fcs"), ("verdicts", "child-grant"), ("amounts", "child-grant")]
    {
        check.expect = Map::from_iter([(key.into(), serde_json::json!({ id: "another" }))]);
        assert_eq!(differences(&check, &decided).len(), 1, "{key}");
    }
    check.expect = Map::from_iter([("links".into(), serde_json::json!(["another"]))]);
    assert_eq!(differences(&check, &decided).len(), 1, "links");
}

/// A family that was asked everything has no open page, and none of its answers was to a question that does
/// not concern it: the conditions of the form are false where a question they read was not asked.
#[test]
fn the_form_asks_each_family_what_concerns_it_and_no_more() {
    let pack = pack();
    let mut found = Vec::new();
    for check in &stories(&pack) {
        let situation = pack.situation(&check.answers, check.as_of);
        for question in pack.form.questions.iter().filter(|question| question.is_asked()) {
            let whose: Vec<Option<&str>> = match question.level {
                Level::Household => vec![None],
                Level::Member => situation.members().map(Some).collect(),
            };
            for member in whose {
                let asked = situation.is_asked(&question.id, member);
                let given = match member {
                    None => check.answers.household.contains_key(&question.id),
                    Some(id) => check
                        .answers
                        .members
                        .iter()
                        .any(|member| member.id == id && member.answers.contains_key(&question.id)),
                };
                let wanted = question.required && !question.is_implied();
                if (asked && wanted && !given) || (given && !asked) {
                    let what = if given { "is not asked but answered" } else { "is asked but not answered" };
                    found.push(format!("{}: {} of {member:?} {what}", check.name, question.id));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The same answers with one of them left out or not known, in turn.
fn with_one_gap(answers: &Answers) -> Vec<(String, Answers)> {
    let mut gaps = Vec::new();
    for id in answers.household.keys() {
        let mut gap = answers.clone();
        gap.household.remove(id);
        gaps.push((id.clone(), gap));
    }
    for (at, member) in answers.members.iter().enumerate() {
        for id in member.answers.keys() {
            let mut gap = answers.clone();
            gap.members[at].answers.insert(id.clone(), Answer::DontKnow);
            gaps.push((format!("{id} of {}", member.id), gap));
        }
    }
    gaps
}

/// A gap never opens a door: what was no stays no or becomes open, and no calculation of the pack fails.
#[test]
fn a_missing_answer_never_grants_and_never_breaks_a_rule() {
    let pack = pack();
    // Between them these three meet every kind of rule and link of the pack.
    for name in ["story-large-family", "story-lost-job", "story-widow-alone"] {
        let check = check(&pack, &folder().join(format!("checks/{name}.json")));
        let whole = pack.decide(&check.answers, check.as_of);
        for (gap, answers) in with_one_gap(&check.answers) {
            let decided = pack.decide(&answers, check.as_of);
            for line in &decided.programmes {
                let place = format!("{} without {gap}: {} {:?}", check.name, line.programme, line.member);
                assert_ne!(line.verdict, Verdict::Fault, "{place}: {:?}", line.faults);
                let before = whole
                    .programmes
                    .iter()
                    .find(|known| known.programme == line.programme && known.member == line.member);
                let was = before.map_or(Verdict::No, |line| line.verdict);
                if line.verdict == Verdict::Yes {
                    assert!(matches!(was, Verdict::Yes), "{place}: was {was:?}");
                }
            }
        }
    }
}

#[test]
fn the_order_of_members_changes_nothing() {
    let pack = pack();
    for check in &stories(&pack) {
        let mut turned = check.answers.clone();
        turned.members.reverse();
        let (one, two) = (pack.decide(&check.answers, check.as_of), pack.decide(&turned, check.as_of));
        assert_eq!(one.bytes(), two.bytes(), "{}", check.name);
    }
}

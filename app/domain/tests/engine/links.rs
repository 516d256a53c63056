//! Every kind of link, and caps over a household's programmes.

use domain::amount::StepDone;
use domain::decide::Origin;
use domain::definitions::*;
use domain::verdict::{Effect, Verdict};
use serde_json::json;

use crate::build::*;

/// Programmes `pa` to `pd`, each eligible by its own question, giving 100, 200, 300, 400 a month.
fn four(links: Vec<LinkDef>) -> Definitions {
    let mut definitions = definitions();
    for (i, id) in ["a", "b", "c", "d"].iter().enumerate() {
        let mut one = programme(&format!("p{id}"), Level::Household, is(id));
        one.amount = Some(amount(&format!("{}", (i + 1) * 100)));
        definitions.programmes.push(one);
    }
    definitions.links = links;
    definitions
}

fn verdicts(definitions: &Definitions, answers: impl serde::Serialize) -> Vec<(String, Verdict)> {
    let decided = decide(&program(definitions.clone()), &json!({ "answers": answers }));
    decided.programmes.into_iter().map(|d| (d.programme, d.verdict)).collect()
}

fn of(verdicts: &[(String, Verdict)], id: &str) -> Verdict {
    verdicts.iter().find(|(programme, _)| programme == id).unwrap().1
}

#[test]
fn opens() {
    let pack = four(vec![link("l", LinkKind::Opens, "pa", "pb")]);
    let decided = decide(&program(pack.clone()), &json!({"answers": {"a": true, "b": false}}));
    let b = decision(&decided, "pb");
    let decisive: Vec<&str> = b.reasons.iter().filter(|r| r.decisive).map(|r| r.leaf.as_str()).collect();
    assert_eq!((b.verdict, decisive), (Verdict::Yes, vec!["l"]));
    assert_eq!(of(&verdicts(&pack, json!({"a": false, "b": false})), "pb"), Verdict::No);
    // Undecided upstream: not a no.
    let decided = decide(&program(pack.clone()), &json!({"answers": {"b": false}}));
    assert_eq!(needed(decision(&decided, "pb")), ["a"]);
    // Its own rules suffice: nothing to wait for.
    assert_eq!(of(&verdicts(&pack, json!({"b": true})), "pb"), Verdict::Yes);
}

#[test]
fn requires() {
    let pack = four(vec![link("l", LinkKind::Requires, "pb", "pa")]);
    assert_eq!(of(&verdicts(&pack, json!({"a": true, "b": true})), "pb"), Verdict::Yes);
    let refused = decide(&program(pack.clone()), &json!({"answers": {"a": false, "b": true}}));
    let b = decision(&refused, "pb");
    assert_eq!((b.verdict, b.reasons.last().unwrap().origin), (Verdict::No, Origin::Link));
    assert!(!b.reasons[0].decisive);
    assert_eq!(of(&verdicts(&pack, json!({"b": true})), "pb"), Verdict::NeedsInformation);
    assert_eq!(of(&verdicts(&pack, json!({"b": false})), "pb"), Verdict::No);
    // A place on a list is not yet the programme: what requires it waits as well.
    let mut waiting = pack.clone();
    waiting.programmes[0].selection =
        Selection::WaitingList { priority: "income".into(), ascending: true, expires_months: None };
    let answers = json!({"a": true, "b": true, "income": 1});
    assert_eq!(of(&verdicts(&waiting, answers.clone()), "pb"), Verdict::Waiting);
    waiting.links[0].holding = Holding::Waiting;
    assert_eq!(of(&verdicts(&waiting, answers), "pb"), Verdict::Yes);
}

#[test]
fn excludes_the_lower_value() {
    let pack = four(vec![link("l", LinkKind::Excludes { prefer: Prefer::HigherValue }, "pa", "pb")]);
    let both = verdicts(&pack, json!({"a": true, "b": true}));
    assert_eq!((of(&both, "pa"), of(&both, "pb")), (Verdict::No, Verdict::Yes));
    // The higher one is safe whatever becomes of the lower; the lower one is not.
    let open = verdicts(&pack, json!({"b": true}));
    assert_eq!((of(&open, "pa"), of(&open, "pb")), (Verdict::No, Verdict::Yes));
    let open = verdicts(&pack, json!({"a": true}));
    assert_eq!((of(&open, "pa"), of(&open, "pb")), (Verdict::NeedsInformation, Verdict::NeedsInformation));
    let one = verdicts(&pack, json!({"a": true, "b": false}));
    assert_eq!((of(&one, "pa"), of(&one, "pb")), (Verdict::Yes, Verdict::No));
}

#[test]
fn excludes_by_the_applicants_choice() {
    let pack = four(vec![link("l", LinkKind::Excludes { prefer: Prefer::ApplicantChooses }, "pa", "pb")]);
    let decided = decide(&program(pack.clone()), &json!({"answers": {"a": true, "b": true}}));
    for id in ["pa", "pb"] {
        assert_eq!(decision(&decided, id).verdict, Verdict::NeedsInformation);
        assert_eq!(needed(decision(&decided, id)), ["choice_l"]);
    }
    let chosen = verdicts(&pack, json!({"a": true, "b": true, "choice_l": "pa"}));
    assert_eq!((of(&chosen, "pa"), of(&chosen, "pb")), (Verdict::Yes, Verdict::No));
    // Only one can be had: nothing to choose.
    assert_eq!(of(&verdicts(&pack, json!({"a": true, "b": false})), "pa"), Verdict::Yes);
}

#[test]
fn excludes_the_later_enrolled_and_a_waiting_place_when_it_says_so() {
    let mut pack = four(vec![link("l", LinkKind::Excludes { prefer: Prefer::FirstEnrolled }, "pa", "pb")]);
    let dates = json!({"a": true, "b": true, "enrolled_pa": "2026-05-01", "enrolled_pb": "2026-02-01"});
    assert_eq!(of(&verdicts(&pack, dates), "pa"), Verdict::No);
    assert_eq!(of(&verdicts(&pack, json!({"a": true, "b": true})), "pb"), Verdict::No);
    pack.programmes[0].selection =
        Selection::WaitingList { priority: "income".into(), ascending: true, expires_months: None };
    let waiting = json!({"a": true, "b": true, "income": 5});
    let both = verdicts(&pack, waiting.clone());
    assert_eq!((of(&both, "pa"), of(&both, "pb")), (Verdict::Waiting, Verdict::Yes));
    pack.links[0].holding = Holding::Waiting;
    assert_eq!(of(&verdicts(&pack, waiting), "pb"), Verdict::No);
}

#[test]
fn counts_as_income() {
    let mut pack = four(vec![link("l", LinkKind::CountsAsIncome { fact: "income".into() }, "pb", "pc")]);
    pack.programmes[2].eligible = compared("income_per_person", Op::Lt, "600");
    let program = program(pack);
    let answers = |b| json!({"answers": {"b": b, "income": 1000}, "members": [{"id": "x"}, {"id": "y"}]});
    let decided = decide(&program, &answers(json!(true)));
    // (1000 + 200) / 2 = 600 is not below 600.
    assert_eq!(verdict(&decided, "pc"), Verdict::No);
    let effect = decided.links_applied.iter().find(|applied| applied.on == "pc").unwrap().effect;
    assert_eq!(effect, Effect::CountedAsIncome(n("200")));
    // Elsewhere the household's income is its own.
    assert_eq!(
        decided.facts.household["income_per_person"].value(),
        Some(&domain::value::Value::Num(n("500")))
    );
    assert_eq!(verdict(&decide(&program, &answers(json!(false))), "pc"), Verdict::Yes);
    assert_eq!(verdict(&decide(&program, &answers(json!(null))), "pc"), Verdict::NeedsInformation);
}

#[test]
fn offsets() {
    let pack = four(vec![link("l", LinkKind::Offsets, "pa", "pb")]);
    let decided = decide(&program(pack.clone()), &json!({"answers": {"a": true, "b": true}}));
    let amount = decision(&decided, "pb").amount.clone().unwrap();
    assert_eq!((amount.minor, amount.steps.last().unwrap().kind), (100, StepDone::Offset));
    // What leaves nothing is no award.
    let mut reverse = pack.clone();
    reverse.links = vec![link("l", LinkKind::Offsets, "pb", "pa")];
    assert_eq!(of(&verdicts(&reverse, json!({"a": true, "b": true})), "pa"), Verdict::No);
    assert_eq!(of(&verdicts(&pack, json!({"b": true})), "pb"), Verdict::NeedsInformation);
}

#[test]
fn boosts_priority_and_refers_and_ends_with() {
    let mut pack = four(vec![
        link("boost", LinkKind::BoostsPriority { by: n("50") }, "pa", "pb"),
        link("refer", LinkKind::Refers, "pa", "home_help"),
        link("end", LinkKind::EndsWith, "pc", "pa"),
    ]);
    pack.services.insert("home_help".into());
    pack.programmes[1].selection =
        Selection::WaitingList { priority: "income".into(), ascending: true, expires_months: None };
    let program = program(pack);
    let decided = decide(&program, &json!({"answers": {"a": true, "b": true, "c": true, "income": 700}}));
    assert_eq!(decision(&decided, "pb").priority.as_ref().map(|p| p.value), Some(n("650")));
    assert!(
        decided
            .links_applied
            .iter()
            .any(|l| l.link == "refer" && l.effect == Effect::Referred && l.to == "home_help")
    );
    assert_eq!(decision(&decided, "pc").ends_with, ["pa"]);
    let none = decide(&program, &json!({"answers": {"a": false, "b": true, "c": true, "income": 700}}));
    assert_eq!(decision(&none, "pb").priority.as_ref().map(|p| p.value), Some(n("700")));
}

#[test]
fn a_person_and_the_household_count_for_each_other() {
    let mut pack = four(vec![
        link("down", LinkKind::Opens, "pa", "person"),
        link("up", LinkKind::Requires, "pb", "person"),
        link("own", LinkKind::Requires, "next", "person"),
    ]);
    pack.programmes.push(programme("person", Level::Member, is("works")));
    pack.programmes.push(programme("next", Level::Member, compared("age", Op::Ge, "18")));
    let program = program(pack);
    let members = json!([{"id": "x", "works": true, "age": 30}, {"id": "y", "works": false, "age": 40}]);
    let decided = decide(&program, &json!({"answers": {"a": false, "b": true}, "members": members}));
    let of = |programme: &str, member: &str| {
        let found = |d: &&domain::decide::ProgrammeDecision| {
            d.programme == programme && d.member.as_deref() == Some(member)
        };
        decided.programmes.iter().find(found).unwrap().verdict
    };
    assert_eq!((of("person", "x"), of("person", "y")), (Verdict::Yes, Verdict::No));
    assert_eq!((of("next", "x"), of("next", "y")), (Verdict::Yes, Verdict::No));
    assert_eq!(verdict(&decided, "pb"), Verdict::Yes);
    let opened = decide(&program, &json!({"answers": {"a": true, "b": true}, "members": members}));
    assert!(opened.programmes.iter().filter(|d| d.programme == "person").all(|d| d.verdict == Verdict::Yes));
}

fn capped(limit: &str, reduce: &[&str]) -> Definitions {
    let mut pack = four(vec![]);
    pack.caps = vec![CapDef {
        id: "cap".into(),
        over: vec!["pa".into(), "pb".into(), "pc".into()],
        limit: text(limit),
        reduce: reduce.iter().map(|id| (*id).to_owned()).collect(),
        at: at(),
    }];
    pack
}

#[test]
fn a_cap_cuts_in_order_and_records_every_cut() {
    let all = json!({"a": true, "b": true, "c": true, "d": true});
    let decided = decide(&program(capped("450", &["pb", "pa"])), &json!({ "answers": all }));
    // 600 is 150 too much: pb is cut from 200 to 50; pd is not under the cap.
    let amount = |id| decision(&decided, id).amount.as_ref().map(|amount| amount.minor);
    assert_eq!(
        [amount("pa"), amount("pb"), amount("pc"), amount("pd")],
        [Some(100), Some(50), Some(300), Some(400)]
    );
    let applied = &decided.household_cap[0];
    assert_eq!((applied.before, applied.after, applied.provisional), (n("600"), n("450"), false));
    assert_eq!((applied.cuts[0].before, applied.cuts[0].after), (200, 50));
    // Cut to nothing, and then the next.
    let decided = decide(&program(capped("350", &["pb", "pa"])), &json!({ "answers": all }));
    let b = decision(&decided, "pb");
    assert_eq!((b.verdict, b.reasons.last().unwrap().origin), (Verdict::No, Origin::Cap));
    assert_eq!(decision(&decided, "pa").amount.as_ref().map(|amount| amount.minor), Some(50));
    // What may not be cut stays.
    let decided = decide(&program(capped("0", &["pa"])), &json!({ "answers": all }));
    assert_eq!(decided.household_cap[0].after, n("500"));
}

#[test]
fn a_cap_that_is_not_known_promises_nothing_it_could_cut() {
    let program = program(capped("income", &["pa"]));
    let decided = decide(&program, &json!({"answers": {"a": true, "b": true, "c": false}}));
    assert_eq!(needed(decision(&decided, "pa")), ["income"]);
    assert_eq!(verdict(&decided, "pb"), Verdict::Yes);
}

#[test]
fn rings_and_contradictions_are_refused() {
    let ring = four(vec![
        link("one", LinkKind::Opens, "pa", "pb"),
        link("two", LinkKind::Requires, "pa", "pc"),
        link("three", LinkKind::Opens, "pb", "pc"),
    ]);
    assert_eq!(refused(ring), "pack.toml:7: link.one: the links run in a ring: pa → pc → pb → pa");
    let both = four(vec![
        link("out", LinkKind::Excludes { prefer: Prefer::HigherValue }, "pa", "pb"),
        link("in", LinkKind::Requires, "pb", "pa"),
    ]);
    assert!(refused(both).contains("link.in: “pb” and “pa” exclude each other"));
    let endless =
        four(vec![link("x", LinkKind::EndsWith, "pa", "pb"), link("y", LinkKind::EndsWith, "pb", "pa")]);
    assert!(refused(endless).contains("link.x: these end with each other in a ring: pa → pb → pa"));
    assert!(
        refused(four(vec![link("l", LinkKind::Opens, "pa", "pz")])).contains("there is no programme “pz”")
    );
    assert!(refused(four(vec![link("l", LinkKind::Opens, "pa", "pa")])).contains("two different programmes"));
    assert!(refused(capped("450", &["pd"])).contains("cap.cap.reduce: “pd” is not among the programmes"));
    assert!(refused(capped("450", &[])).contains("must say which programmes are cut"));
}

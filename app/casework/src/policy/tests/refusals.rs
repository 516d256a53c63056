//! What is refused with its place and its reason, and changes nothing.

use domain::fault::Fault;
use domain::policy::gates::GateName;

use super::*;
use crate::args;
use crate::error::{Conflict, Error};
use crate::test_support::each_engine;
use crate::test_support::small::{load_small_pack, small_pack};

/// Everything that a refusal must leave as it was.
async fn everything(world: &World) -> Vec<(String, String)> {
    let sql = "SELECT name, number || ' ' || state || ' ' || body AS said FROM policy_version
               UNION ALL SELECT title AS name, state || ' ' || version AS said FROM policy_change
               UNION ALL SELECT key AS name, value AS said FROM meta ORDER BY 1, 2";
    world.db.all(sql, args![]).await.unwrap()
}

fn place(fault: &Fault) -> (&str, usize, &str) {
    (&fault.file, fault.line, &fault.key)
}

#[tokio::test]
async fn a_text_that_is_wrong_by_itself_is_not_kept() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let id = opened(world, DAY).await;
        let before = everything(world).await;
        let grant = "programmes/child-grant.toml";
        let cases: [(Swap, (usize, &str)); 4] = [
            ((grant, "review_months = 12", "review_monthz = 12"), (10, "review_monthz")),
            (
                (
                    grant,
                    "[[condition]]",
                    "[[budget]]\nfrom = 2027-01-01\nuntil = 2027-12-31\nmoney = -5\n\n[[condition]]",
                ),
                (28, "budget.1.money"),
            ),
            ((grant, "[amount]", "[amount"), (15, "")),
            (
                ("parameters.toml", "from = 2026-01-01, value = 40", "from = 2026-01-01, value = \"forty\""),
                (6, "parameter.child_rate.values.1.value"),
            ),
        ];
        for (one, (line, key)) in cases {
            let edited = swap_as(world, &policy_officer(), id, one).await;
            let Edited::Refused(faults) = &edited else { panic!("{one:?}: {edited:?}") };
            let wanted = (one.0, line, key);
            assert!(faults.iter().any(|fault| place(fault) == wanted), "{wanted:?}: {faults:?}");
        }
        let officer = policy_officer();
        let unknown = edit(world, &officer, id, at(world, id).await, "programmes/../x.toml", "").await;
        assert_eq!(unknown, Err(Error::Invalid("document.unknown")));
        let same = edit(world, &officer, id, at(world, id).await, grant, &small_pack()[grant]).await;
        assert_eq!(same, Err(Error::Conflict(Conflict::Taken)));
        let absent = remove(world, &officer, id, at(world, id).await, "programmes/none.toml").await;
        assert_eq!(absent, Err(Error::NotFound));
        assert_eq!(everything(world).await, before);
    })
    .await;
}

#[tokio::test]
async fn what_only_the_whole_can_say_is_refused_when_it_is_handed_in() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let rooms = "kind = \"integer\"\nrequired = true";
        let retired = ("form.toml", rooms, "kind = \"integer\"\nretired = true\nrequired = true");
        let unit = (
            "parameters.toml",
            "unit = \"RVD\"\nsource = \"Amounts Order, sch. 3\"",
            "unit = \"years\"\nsource = \"Amounts Order, sch. 3\"",
        );
        let cases: [(&[Swap], &str, &str); 2] = [
            (&[retired], "programmes/room-help.toml", "eligible.crowded.fact"),
            (&[unit], "programmes/cash-transfer.toml", ".param"),
        ];
        for (swaps, file, key) in cases {
            let id = opened(world, DAY).await;
            for one in swaps {
                swap(world, id, *one).await;
            }
            let before = everything(world).await;
            let outcome = submit(world, &policy_officer(), id, at(world, id).await).await.unwrap();
            let Outcome::Refused(faults) = &outcome else { panic!("{outcome:?}") };
            assert!(
                faults.iter().any(|fault| fault.file == file && fault.line > 0 && fault.key.ends_with(key)),
                "{faults:?}"
            );
            assert_eq!(compile(world, &policy_officer(), id).await.unwrap(), *faults);
            assert_eq!(everything(world).await, before);
        }
    })
    .await;
}

/// A rule needs its words: the gate says which, and both go together.
#[tokio::test]
async fn a_new_comparison_without_words_and_examples_does_not_pass() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let id = opened(world, DAY).await;
        let leaf = "{ id = \"crowded\"";
        let more = "{ id = \"spare\", fact = \"people_per_room\", op = \"<\", limit = 9, reason = \"spare\" }, { id = \"crowded\"";
        swap(world, id, ("programmes/room-help.toml", leaf, more)).await;
        let looked = gates(world, &policy_officer(), id).await.unwrap();
        let shut: Vec<GateName> =
            looked.gates.iter().filter(|gate| !gate.passed).map(|gate| gate.name).collect();
        assert_eq!(shut, [GateName::Reasons, GateName::Examples, GateName::Simulation]);
        let missing = looked.faults.iter().filter(|fault| fault.key.starts_with("programme.room-help.reason.spare."));
        assert_eq!(missing.count(), 6, "three sentences in two languages: {:?}", looked.faults);
    })
    .await;
}

#[tokio::test]
async fn a_day_that_is_over_and_an_empty_change_are_refused() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let officer = policy_officer();
        let intent =
            |title: &str, why: &str, live_on| Intent { title: title.into(), why: why.into(), live_on };
        for (intent, word) in [
            (intent("a", "b", date!(2026 - 11 - 01)), "live_on.past"),
            (intent(" ", "b", DAY), "title.missing"),
            (intent("a", " ", DAY), "reason.missing"),
        ] {
            assert_eq!(open(world, &officer, intent).await, Err(Error::Invalid(word)));
        }
        let id = opened(world, DAY).await;
        assert_eq!(submit(world, &officer, id, 1).await, Err(Error::Invalid("change.empty")));
        swap(world, id, RATE).await;
        assert_eq!(submit(world, &officer, id, at(world, id).await).await, Ok(Outcome::Done));
        world.clock.advance(time::Duration::days(40));
        simulated(world, id).await;
        let late = approve(world, &second_policy_officer(), id, at(world, id).await).await;
        assert_eq!(late, Err(Error::Invalid("live_on.past")));
    })
    .await;
}

/// Two versions of one document would hold at once.
#[tokio::test]
async fn a_document_that_waits_approved_is_in_no_other_change() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let first = approved(world, &[RATE], DAY).await;
        let second = opened(world, date!(2027 - 01 - 01)).await;
        swap(world, second, ("parameters.toml", "value = 55 }]", "value = 60 }]")).await;
        let outcome = submit(world, &policy_officer(), second, at(world, second).await).await.unwrap();
        let holder = Holder {
            name: "parameters.toml".into(),
            change: first,
            title: "A higher rate".into(),
            live_on: DAY,
        };
        assert_eq!(outcome, Outcome::Held(vec![holder]));
        // Another document may wait beside it, and is looked at with what comes before it.
        let third = submitted(world, &[("links.toml", "[[link]]", "# Looked at.\n[[link]]")], DAY).await;
        let beside = bundle(world, &policy_officer(), third).await.unwrap();
        assert!(beside.files["parameters.toml"].contains("value = 45"));
        assert!(beside.after.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_change_on_documents_that_moved_is_stale() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (draft, officer) = (opened(world, DAY).await, policy_officer());
        swap(world, draft, RATE).await;
        let handed_in = submitted(world, &[RATE], DAY).await;
        simulated(world, handed_in).await;
        let mut files = small_pack();
        files.get_mut("parameters.toml").unwrap().push_str("# Loaded meanwhile.\n");
        load(world, &Actor::command_line(), files).await.unwrap().unwrap();
        assert_eq!(submit(world, &officer, draft, at(world, draft).await).await, Err(Error::Stale));
        let again = edit(world, &officer, draft, at(world, draft).await, "parameters.toml", "").await;
        assert_eq!(again, Err(Error::Stale));
        let whole = show(world, &officer, draft).await.unwrap();
        assert!(whole.documents[0].is_stale());
        simulated(world, handed_in).await;
        let stale = approve(world, &second_policy_officer(), handed_in, at(world, handed_in).await).await;
        assert_eq!(stale, Err(Error::Stale));
        // Taken out and edited again, it builds on what holds now.
        take_out(world, &officer, draft, at(world, draft).await, "parameters.toml").await.unwrap();
        swap(world, draft, RATE).await;
        assert_eq!(submit(world, &officer, draft, at(world, draft).await).await, Ok(Outcome::Done));
    })
    .await;
}

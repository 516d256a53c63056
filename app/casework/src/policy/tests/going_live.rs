//! On its day: in order, once, and what was decided before stays explained.

use domain::policy::{ChangeState, VersionState};
use time::Duration;
use time::macros::datetime;

use super::*;
use crate::decisions;
use crate::test_support::small::{POOR, assess, decided_family, load_small_pack, small_pack};
use crate::test_support::{counter_officer, each_engine};
use crate::{Casework, args, packs};

#[tokio::test]
async fn on_its_day_a_change_goes_live_once_though_several_servers_run() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let before = world.pack().unwrap().hash().to_owned();
        let officer = policy_officer();
        let second = approved(world, &[("links.toml", "[[link]]", "# Looked at.\n[[link]]")], DAY).await;
        let first = approved(world, &[RATE], date!(2026 - 11 - 20)).await;
        world.clock.set(datetime!(2026-12-01 00:00 UTC));
        let other = Casework::new(world.db.clone(), world.casework.clock.clone(), world.keys.clone());
        packs::refresh(&other).await.unwrap();
        let mut live = 0;
        // A round that another server was faster in does the rest in its next.
        for _ in 0..2 {
            let (one, two) = tokio::join!(put_due_in_force(world), Box::pin(put_due_in_force(&other)));
            live += one.unwrap() + two.unwrap();
        }
        assert_eq!(live, 2);
        assert_eq!(put_due_in_force(world).await, Ok(0));
        for id in [first, second] {
            assert_eq!(state(world, id).await, "live");
        }
        packs::refresh(world).await.unwrap();
        let pack = world.pack().unwrap();
        assert_ne!(pack.hash(), before);
        let whole = Box::pin(show(world, &officer, second)).await.unwrap();
        assert_eq!(whole.change.pack.as_deref(), Some(pack.hash()));
        // The one that came first was put in force first: the pack of the second has both.
        let exported = export(world, &officer).await.unwrap();
        assert!(
            exported["parameters.toml"].contains("value = 45")
                && exported["links.toml"].contains("Looked at")
        );
        let entries: i64 = world
            .db
            .value("SELECT COUNT(*) FROM journal WHERE kind = 'policy.live'", args![])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(entries, 2);
        let versions = versions(world, &officer, "parameters.toml").await.unwrap();
        let told: Vec<_> =
            versions.iter().map(|v| (v.number, v.state, v.valid_from, v.valid_until)).collect();
        let day = date!(2026 - 11 - 20);
        assert_eq!(
            told,
            [
                (2, VersionState::Live, Some(day), None),
                (1, VersionState::Superseded, Some(date!(2026 - 11 - 02)), day.previous_day()),
            ]
        );
        let of_first = packs_of(world, &officer, "parameters.toml", 1).await.unwrap();
        assert_eq!(of_first.iter().map(|pack| pack.hash.as_str()).collect::<Vec<_>>(), [before.as_str()]);
        assert_eq!(packs_of(world, &officer, "parameters.toml", 2).await.unwrap().len(), 2);
        let consists = versions_of(world, &officer, pack.hash()).await.unwrap();
        assert_eq!(consists.len(), small_pack().len());
        assert_eq!(consists.iter().filter(|version| version.number == 2).count(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_change_whose_ground_moved_does_not_go_live_and_says_so() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let moved = approved(world, &[RATE], DAY).await;
        let mut files = small_pack();
        files.get_mut("parameters.toml").unwrap().push_str("# Loaded meanwhile.\n");
        let loaded = load(world, &Actor::command_line(), files).await.unwrap().unwrap();
        world.clock.set(datetime!(2026-12-02 09:00 UTC));
        assert_eq!(put_due_in_force(world).await, Ok(0));
        let change = show(world, &policy_officer(), moved).await.unwrap().change;
        assert_eq!((change.state, change.note.as_str()), (ChangeState::Withdrawn, "base.moved"));
        assert_eq!(world.pack().unwrap().hash(), loaded.pack.hash());
        // Both who had a hand in it are told, each until they have read it.
        let told = async |who: Actor| {
            let changes = notices::unread(world, &who).await.unwrap();
            changes.into_iter().map(|change| change.id).collect::<Vec<_>>()
        };
        assert_eq!(
            (told(policy_officer()).await, told(second_policy_officer()).await),
            (vec![moved], vec![moved])
        );
        notices::read(world, &policy_officer(), moved).await.unwrap();
        assert_eq!(
            (told(policy_officer()).await, told(second_policy_officer()).await),
            (vec![], vec![moved])
        );
        let clerk = notices::unread(world, &counter_officer()).await;
        assert_eq!(clerk.unwrap_err(), crate::Error::Forbidden);
        // The document is free again.
        let next = submitted(world, &[RATE], date!(2026 - 12 - 10)).await;
        assert_eq!(state(world, next).await, "in_review");
    })
    .await;
}

/// Each fits what was in force; together one figure is of a month and the other of a year.
#[tokio::test]
async fn a_change_that_no_longer_fits_the_others_does_not_go_live() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let unit = "unit = \"RVD\"\nsource = \"Amounts Order, sch. 3\"";
        let a_year = "unit = \"RVD/year\"\nsource = \"Amounts Order, sch. 3\"";
        let id = approved(world, &[("parameters.toml", unit, a_year)], DAY).await;
        let mut files = small_pack();
        let facts = files.get_mut("facts.toml").unwrap();
        *facts = facts.replace("unit = \"RVD\"", "unit = \"RVD/month\"");
        for language in ["words/en.toml", "words/fr.toml"] {
            files.get_mut(language).unwrap().push_str("\n\"unit.RVD/month\" = \"RVD\"\n");
        }
        let loaded = load(world, &Actor::command_line(), files).await.unwrap().unwrap();
        world.clock.set(datetime!(2026-12-02 09:00 UTC));
        assert_eq!(put_due_in_force(world).await, Ok(0));
        let change = show(world, &policy_officer(), id).await.unwrap().change;
        assert_eq!((change.state, change.note.as_str()), (ChangeState::Withdrawn, "faulty"));
        assert_eq!(world.pack().unwrap().hash(), loaded.pack.hash());
    })
    .await;
}

/// A file opened three versions later shows and runs its own.
#[tokio::test]
async fn a_decision_of_three_versions_ago_runs_again_to_the_same_bytes() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, assessment) = decided_family(world, POOR).await;
        let household = registered.household;
        let old = world.pack().unwrap().hash().to_owned();
        let steps: [(Swap, time::Date); 3] = [
            (("parameters.toml", "value = 40 }]", "value = 41 }]"), date!(2026 - 11 - 10)),
            (("parameters.toml", "value = 41 }]", "value = 42 }]"), date!(2026 - 11 - 17)),
            (("programmes/child-grant.toml", "cap = \"100\"", "cap = \"60\""), date!(2026 - 11 - 24)),
        ];
        for (one, day) in steps {
            approved(world, &[one], day).await;
            world.clock.set(day.midnight().assume_utc() + Duration::HOUR);
            assert_eq!(put_due_in_force(world).await, Ok(1));
        }
        let new = world.pack().unwrap().hash().to_owned();
        assert_ne!(new, old);
        // Nothing of before is in memory.
        let fresh = Casework::new(world.db.clone(), world.casework.clock.clone(), world.keys.clone());
        packs::refresh(&fresh).await.unwrap();
        let officer = counter_officer();
        let results = decisions::results(&fresh, &officer, household, assessment).await.unwrap();
        let amount = |results: &decisions::Results| {
            let grant =
                results.decided.programmes.iter().find(|told| told.programme == "child-grant").unwrap();
            grant.amount.as_ref().unwrap().minor
        };
        assert_eq!(amount(&results), 8000, "two children at 40, as it was");
        for decision in &results.decisions {
            let again = decisions::redo(&fresh, &officer, household, decision.id).await.unwrap();
            assert!(again.is_same(), "{again:?}");
        }
        // Another decision is taken under the new rules.
        let next = assess(world, household, POOR).await;
        let results = decisions::results(&fresh, &officer, household, next).await.unwrap();
        assert_eq!(amount(&results), 6000, "the cap of 60");
        let names: Vec<i64> = versions_of(world, &policy_officer(), &old)
            .await
            .unwrap()
            .iter()
            .filter(|version| version.name == "parameters.toml")
            .map(|version| version.number)
            .collect();
        assert_eq!(names, [1]);
    })
    .await;
}

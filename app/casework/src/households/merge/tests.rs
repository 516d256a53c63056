use std::collections::{BTreeMap, BTreeSet};

use domain::household::Relation;
use domain::ids::{HouseholdId, PersonId};
use domain::name::PersonName;
use domain::search::Query;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use super::rows::{self, TABLES};
use super::*;
use crate::args;
use crate::budgets;
use crate::db::Kind;
use crate::enrolments;
use crate::error::{Conflict, Error};
use crate::households::file::{File, file};
use crate::households::register::register;
use crate::households::search::search;
use crate::households::{Distinct, edit};
use crate::journal;
use crate::snapshot::tests::tells_the_truth;
use crate::test_support::small::{POOR, Typed, assess, load_small_pack, small_family};
use crate::test_support::{
    OFFICE, OTHER_OFFICE, World, counter_officer, each_engine, officer_elsewhere, second_supervisor,
    supervisor,
};

/// Kinds of work that a merge itself leaves behind.
const OWN_WORK: &str = "('look_at_double', 'household_merge', 'household_unmerge')";

/// Every row of every case table as text, without the journal, versions of records, visits and the merges' own.
async fn everything(world: &World) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (table, fate) in TABLES {
        if *fate == rows::Fate::Apart {
            continue;
        }
        let keep = match *table {
            "task" | "clock" | "proposal" => format!(
                " WHERE kind NOT IN {OWN_WORK} AND subject_id NOT IN (SELECT id FROM proposal WHERE kind IN {OWN_WORK})"
            ),
            _ => String::new(),
        };
        let sql = match world.db.kind() {
            Kind::Sqlite => {
                let names: Vec<(String,)> =
                    world.db.all("SELECT name FROM pragma_table_info($1)", args![*table]).await.unwrap();
                let quoted: Vec<String> = names
                    .iter()
                    .filter(|(name,)| !(*table == "household" && name == "version"))
                    .map(|(name,)| format!("quote(\"{name}\")"))
                    .collect();
                format!("SELECT {} FROM \"{table}\"{keep}", quoted.join("||','||"))
            }
            Kind::Postgres if *table == "household" => {
                "SELECT (to_jsonb(t) - 'version')::text FROM household t".to_owned()
            }
            Kind::Postgres => format!("SELECT to_jsonb(t)::text FROM \"{table}\" t{keep}"),
        };
        let found: Vec<(String,)> = world.db.all(Box::leak(sql.into_boxed_str()), args![]).await.unwrap();
        all.extend(found.into_iter().map(|(row,)| format!("{table}: {row}")));
    }
    all
}

/// The small family once more, under other names, with the same people.
async fn family(world: &World, form: u128, name: &str) -> HouseholdId {
    let mut registration = small_family(form);
    for member in &mut registration.members {
        member.name = PersonName::parse(member.name.given().unwrap(), name, "").unwrap();
    }
    let distinct = Distinct { reason: "Only for the test of what comes after".into() };
    register(world, &counter_officer(), OFFICE, &registration, Some(&distinct)).await.unwrap();
    // What waits for the answer whether they are one is told with the queue.
    world.write(async |tx| tx.run("DELETE FROM possible_duplicate", args![]).await).await.unwrap();
    registration.id
}

async fn read(world: &World, id: HouseholdId) -> File {
    file(world, &supervisor(), id).await.unwrap()
}

/// All of `gives` are the same people as those of `survivor`, save the last `joining`, who join.
async fn plan(world: &World, survivor: HouseholdId, gives: HouseholdId, joining: usize) -> Plan {
    let (stay, give) = (read(world, survivor).await, read(world, gives).await);
    let pairs: Vec<Pair> = stay
        .present()
        .zip(give.present())
        .map(|(stays, gives)| Pair { gives: gives.id, stays: stays.id })
        .collect();
    let apart = pairs.len().saturating_sub(joining);
    let joins = give.present().skip(apart);
    Plan {
        survivor,
        survivor_version: stay.version,
        gives,
        gives_version: give.version,
        pairs: pairs[..apart].to_vec(),
        joining: joins.map(|one| Joining { person: one.id, relation: Relation::OtherRelative }).collect(),
        whole: true,
        keep: vec![],
        reason: "The mother came twice".into(),
    }
}

/// Says which of two stays: ours, or with `theirs` the one that comes.
async fn keep(world: &World, plan: Plan, theirs: bool) -> Plan {
    let weighed = weigh(world, &supervisor(), &plan).await.unwrap();
    let keep = weighed
        .doubles
        .iter()
        .map(|double| {
            let (stays, ends) =
                if theirs { (&double.comes, &double.own) } else { (&double.own, &double.comes) };
            Keep { stays: stays.id.uuid(), ends: ends.id.uuid(), from: world.today() }
        })
        .collect();
    Plan { keep, ..plan }
}

/// Merges, with the second person where one is needed.
async fn done(world: &World, plan: &Plan) -> Uuid {
    let asked = merge(world, &counter_officer(), plan.clone()).await.unwrap();
    agreed(world, asked).await
}

async fn agreed(world: &World, asked: Done) -> Uuid {
    match asked {
        Done::Now(merge) => merge,
        Done::Waits(proposal) => approve(world, &supervisor(), proposal, 1, "Seen".into()).await.unwrap(),
    }
}

async fn undone(world: &World, gives: HouseholdId, merge: Uuid, survivor: HouseholdId) {
    let version = read(world, survivor).await.version;
    let asked = undo(world, &counter_officer(), gives, merge, version, "They are cousins").await.unwrap();
    agreed(world, asked).await;
}

async fn running(world: &World, household: HouseholdId) -> BTreeMap<String, usize> {
    let mut programmes = BTreeMap::new();
    for one in enrolments::list(world, &supervisor(), household).await.unwrap() {
        if one.is_running() {
            *programmes.entry(one.programme).or_default() += 1;
        }
    }
    programmes
}

fn differences(before: &BTreeSet<String>, after: &BTreeSet<String>) -> String {
    let lost = before.difference(after).take(6).map(|row| format!("- {row}"));
    let new = after.difference(before).take(6).map(|row| format!("+ {row}"));
    lost.chain(new).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_table_of_a_case_has_its_fate_and_every_column_moves() {
    let world = World::sqlite().await;
    let tables: Vec<(String,)> = world
        .db
        .all(
            "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'household_id'
             WHERE m.type = 'table' ORDER BY m.name",
            args![],
        )
        .await
        .unwrap();
    let there: BTreeSet<&str> = tables.iter().map(|(name,)| name.as_str()).collect();
    let told: BTreeSet<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(there, told, "a table of a case: what does a merge do with it?");
    let moved = [
        &rows::ASSESSMENT,
        &rows::PAPERS[0],
        &rows::PAPERS[1],
        &rows::PAPERS[2],
        &rows::LETTER,
        &rows::DECISION,
        &rows::ENROLMENT,
        &rows::COMMITMENT,
        &rows::AWARD_STEP,
        &rows::CONDITIONS[0],
        &rows::CONDITIONS[1],
        &rows::CONDITIONS[2],
        &rows::REFERRAL,
        &rows::APPLICATION,
        &rows::TASK,
        &rows::CLOCK,
        &rows::PROPOSAL,
    ];
    for table in moved {
        let columns: Vec<(String,)> =
            world.db.all("SELECT name FROM pragma_table_info($1)", args![table.name]).await.unwrap();
        let there: BTreeSet<String> =
            columns.into_iter().map(|(name,)| name).filter(|name| name != "household_id").collect();
        let told: BTreeSet<String> = table.columns.split(',').map(|name| name.trim().to_owned()).collect();
        assert_eq!(there, told, "{}", table.name);
    }
    world.end().await;
}

/// Any two records, any of the three shapes, any answer to the doubles: undone, every row is what it was.
#[tokio::test]
async fn merge_then_unmerge_is_the_identity() {
    each_engine(async |world| {
        // Places that are given, and then none: what is held of a budget goes along, ends and comes back as all else does.
        let budget = format!("{}places = 5\nmoney = 9000\n", budgets::testing::YEAR);
        budgets::testing::load(world, &budget).await;
        let rich = Typed { income: "900", rooms: "1", paper: "no", training: "no" };
        let mut runner = TestRunner::deterministic();
        let shapes = (0_usize..5, 0_u8..4, proptest::bool::ANY);
        for round in 0..9_u128 {
            let some = round % 3 == 1;
            let (joining, assessed, theirs) = shapes.new_tree(&mut runner).unwrap().current();
            let survivor = family(world, 10 + round * 2, &format!("Ba{round}")).await;
            let gives = family(world, 11 + round * 2, &format!("Bah{round}")).await;
            if assessed & 1 == 1 {
                assess(world, survivor, POOR).await;
            }
            if assessed & 2 == 2 {
                assess(world, gives, if theirs { POOR } else { rich }).await;
            }
            let mut plan = plan(world, survivor, gives, joining).await;
            if some {
                plan.whole = false;
                plan.joining.clear();
                plan.pairs = plan.pairs.into_iter().skip(1).collect();
                if plan.pairs.is_empty() {
                    continue;
                }
            }
            let plan = keep(world, plan, theirs).await;
            let before = everything(world).await;
            let merge = done(world, &plan).await;
            assert_ne!(everything(world).await, before, "round {round}: nothing was done");
            tells_the_truth(world).await;
            undone(world, gives, merge, survivor).await;
            let after = everything(world).await;
            tells_the_truth(world).await;
            let cancelled = |row: &&String| !row.starts_with("task: ") || !row.contains("look_at_double");
            let after: BTreeSet<String> = after.iter().filter(cancelled).cloned().collect();
            assert!(
                before == after,
                "round {round} ({joining}, {assessed}, {theirs}, {some}):\n{}",
                differences(&before, &after)
            );
        }
        budgets::testing::balanced(world).await;
        let report = journal::verify(world).await.unwrap();
        assert_eq!(report.first_break, None);
    })
    .await;
}

#[tokio::test]
async fn two_members_of_one_household_are_made_one_and_two_again() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let mut twice = small_family(1);
        let grandmother = twice.members[1].clone();
        // A day apart: what a person remembers and what the paper says.
        let born = domain::birth::Birth::Date(time::macros::date!(1956 - 03 - 02));
        twice.members[2] = domain::household::Person { birth: born, ..grandmother };
        twice.members[2].name = PersonName::parse("Fatoumata", "Diallo", "").unwrap();
        register(world, &counter_officer(), OFFICE, &twice, None).await.unwrap();
        let home = twice.id;
        assess(world, home, POOR).await;
        let read_home = read(world, home).await;
        let by =
            |name: &str| read_home.present().find(|one| one.person.name.given() == Some(name)).unwrap().id;
        let (again, once) = (by("Fatoumata"), by("Fatou"));
        let plan = Plan {
            survivor: home,
            survivor_version: read_home.version,
            gives: home,
            gives_version: read_home.version,
            pairs: vec![Pair { gives: again, stays: once }],
            joining: vec![],
            whole: false,
            keep: vec![],
            reason: "One grandmother, written twice".into(),
        };
        let plan = keep(world, plan, false).await;
        assert!(!plan.keep.is_empty(), "both have the pension");
        let before = everything(world).await;
        let merge = done(world, &plan).await;
        assert_eq!(read(world, home).await.present().count(), 3);
        assert_eq!(running(world, home).await["old-age-pension"], 1);
        let all = enrolments::list(world, &supervisor(), home).await.unwrap();
        assert!(all.iter().all(|one| one.person != Some(again.uuid())), "all is the one woman's");
        undone(world, home, merge, home).await;
        let after = everything(world).await;
        assert!(before == after, "{}", differences(&before, &after));
    })
    .await;
}

#[tokio::test]
async fn everything_is_found_at_the_survivor_and_the_old_reference_leads_there() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (survivor, gives) = (family(world, 1, "Sow").await, family(world, 2, "Sou").await);
        let assessment = assess(world, gives, POOR).await;
        let old = read(world, gives).await.reference;
        let letters = count(world, "SELECT COUNT(*) FROM letter").await;
        let plan = plan(world, survivor, gives, 1).await;
        done(world, &plan).await;
        let whole = crate::households::overview::overview(world, &counter_officer(), survivor).await.unwrap();
        assert!(!whole.enrolments.is_empty() && whole.assessments.iter().any(|one| one.id == assessment));
        assert_eq!(whole.file.applications.len(), 2);
        assert_eq!(whole.file.present().count(), 5, "the fourth child joined");
        crate::decisions::show::results(world, &counter_officer(), survivor, assessment).await.unwrap();
        assert_eq!(count(world, "SELECT COUNT(*) FROM letter").await, letters);
        // By the old reference, by the old name: the one that goes on, and it says so.
        let found = search(world, &counter_officer(), &Query::Reference(old)).await.unwrap().found;
        assert_eq!((found[0].household, found[0].was.as_ref()), (survivor, Some(&old)));
        let query = Query::NameBirth {
            words: vec!["sou".into(), "awa".into()],
            birth: domain::birth::Birth::Year(1990),
        };
        let found = search(world, &counter_officer(), &query).await.unwrap().found;
        assert_eq!((found[0].household, found[0].was.as_ref()), (survivor, Some(&old)));
        // The record that gave is kept, and nothing of it changes any more.
        let kept = read(world, gives).await;
        assert_eq!(kept.present().count(), 4);
        let contact = kept.contact.clone();
        let edited = edit::change_contact(world, &counter_officer(), gives, kept.version, &contact).await;
        assert_eq!(edited, Err(Error::Conflict(Conflict::State)));
        assert!(crate::assessments::start(world, &counter_officer(), gives).await.is_err());
        let (into, _) = links(world, &counter_officer(), gives).await.unwrap();
        assert_eq!(into.unwrap().household, survivor);
        let (_, from) = links(world, &counter_officer(), survivor).await.unwrap();
        assert_eq!(from[0].reference, old);
        // The head may be given the other record's name: it is her own.
        let mut awa = read(world, survivor).await.members[0].clone();
        awa.person.name = PersonName::parse("Awa", "Sou", "").unwrap();
        let version = read(world, survivor).await.version;
        edit::change_member(world, &counter_officer(), survivor, version, awa.id, &awa.person, None)
            .await
            .unwrap();
        assert_eq!(journal::verify(world).await.unwrap().first_break, None);
    })
    .await;
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.db.value(sql, args![]).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_benefit_that_both_have_waits_for_a_second_person() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (survivor, gives) = (family(world, 1, "Sow").await, family(world, 2, "Sou").await);
        assess(world, survivor, POOR).await;
        assess(world, gives, POOR).await;
        let unanswered = plan(world, survivor, gives, 0).await;
        let officer = counter_officer();
        assert_eq!(merge(world, &officer, unanswered.clone()).await, Err(Error::Invalid("merge.doubles")));
        let plan = keep(world, unanswered, true).await;
        let before = running(world, survivor).await;
        let Done::Waits(proposal) = merge(world, &supervisor(), plan.clone()).await.unwrap() else {
            panic!("one person alone");
        };
        assert_eq!(running(world, survivor).await, before, "nothing is done yet");
        assert_eq!(merge(world, &officer, plan.clone()).await, Err(Error::Conflict(Conflict::Held)));
        assert_eq!(
            approve(world, &supervisor(), proposal, 1, "Mine".into()).await,
            Err(Error::Conflict(Conflict::SamePerson))
        );
        let done = approve(world, &second_supervisor(), proposal, 1, "Seen".into()).await.unwrap();
        assert!(running(world, survivor).await.values().all(|times| *times >= 1));
        let kept: BTreeSet<Uuid> = plan.keep.iter().map(|keep| keep.stays).collect();
        let all = enrolments::list(world, &supervisor(), survivor).await.unwrap();
        for one in all.iter().filter(|one| plan.keep.iter().any(|keep| keep.ends == one.id.uuid())) {
            assert!(!one.is_running() && one.ends_on.is_some());
        }
        assert!(
            all.iter().filter(|one| kept.contains(&one.id.uuid())).all(enrolments::Enrolment::is_running)
        );
        assert!(count(world, "SELECT COUNT(*) FROM task WHERE kind = 'look_at_double'").await > 0);
        // To let it run again takes a second person too.
        let version = read(world, survivor).await.version;
        let back = undo(world, &officer, gives, done, version, "Two families").await.unwrap();
        assert!(matches!(back, Done::Waits(_)));
    })
    .await;
}

#[tokio::test]
async fn another_offices_record_is_given_by_its_own_supervisor() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let survivor = family(world, 1, "Sow").await;
        let mut other = small_family(2);
        for member in &mut other.members {
            member.name = PersonName::parse(member.name.given().unwrap(), "Sou", "").unwrap();
        }
        let distinct = Distinct { reason: "Only for the test of what comes after".into() };
        register(world, &officer_elsewhere(), OTHER_OFFICE, &other, Some(&distinct)).await.unwrap();
        let there = crate::test_support::actor(
            20,
            domain::role::Role::Supervisor,
            domain::role::Scope::Office(OTHER_OFFICE.into()),
        );
        let officer = counter_officer();
        let give = file(world, &there, other.id).await.unwrap();
        let stay = read(world, survivor).await;
        let plan = Plan {
            survivor,
            survivor_version: stay.version,
            gives: other.id,
            gives_version: give.version,
            pairs: stay
                .present()
                .zip(give.present())
                .map(|(s, g)| Pair { gives: g.id, stays: s.id })
                .collect(),
            joining: vec![],
            whole: true,
            keep: vec![],
            reason: "They moved".into(),
        };
        assert_eq!(merge(world, &officer, plan.clone()).await, Err(Error::Forbidden), "without a reason");
        crate::households::file::open_with_reason(world, &officer, other.id, "The same family")
            .await
            .unwrap();
        let Done::Waits(proposal) = merge(world, &officer, plan).await.unwrap() else { panic!("taken") };
        let own = approve(world, &supervisor(), proposal, 1, "Seen".into()).await;
        assert!(own.is_err(), "it is not theirs to give: {own:?}");
        approve(world, &there, proposal, 1, "Seen".into()).await.unwrap();
        // Who keeps the record that goes on may read the other one's history.
        assert!(file(world, &supervisor(), other.id).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn what_happened_since_goes_to_its_own_side() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (survivor, gives) = (family(world, 1, "Sow").await, family(world, 2, "Sou").await);
        assess(world, gives, POOR).await;
        let before = running(world, gives).await;
        let plan = plan(world, survivor, gives, 1).await;
        let joined = plan.joining[0].person;
        let merge = done(world, &plan).await;
        // Since: the child who joined is named otherwise, and all are assessed together.
        let home = read(world, survivor).await;
        let mut child = home.members.iter().find(|one| one.id == joined).unwrap().clone();
        child.person.name = PersonName::parse("Moussa", "Sou", "").unwrap();
        let distinct = Distinct { reason: "A name that many have".into() };
        edit::change_member(
            world,
            &counter_officer(),
            survivor,
            home.version,
            joined,
            &child.person,
            Some(&distinct),
        )
        .await
        .unwrap();
        world.clock.advance(time::Duration::DAY);
        let together = assess(world, survivor, POOR).await;
        let new_baby = domain::household::Person { relation: Relation::Child, ..child.person.clone() };
        let new_baby =
            domain::household::Person { name: PersonName::parse("Zeinab", "Sow", "").unwrap(), ..new_baby };
        let version = read(world, survivor).await.version;
        let (baby, _) =
            edit::add_member(world, &counter_officer(), survivor, version, &new_baby, world.today(), None)
                .await
                .unwrap();
        undone(world, gives, merge, survivor).await;
        let back = read(world, gives).await;
        let child = back.members.iter().find(|one| one.id == joined).unwrap();
        assert_eq!(child.person.name.display(), "Moussa Sou", "what was learnt of the child goes with it");
        assert_ne!(child.person.relation, Relation::OtherRelative, "the relation is that to the own head");
        assert!(!read(world, survivor).await.members.iter().any(|one| one.id == joined));
        assert!(read(world, survivor).await.members.iter().any(|one| one.id == baby), "the baby stays");
        let again = running(world, gives).await;
        for programme in before.keys() {
            assert!(again.contains_key(programme), "{programme} goes back: {again:?}");
        }
        // The decision that took the old one's place since can be explained on its own side.
        let decisions =
            crate::decisions::show::results(world, &counter_officer(), gives, together).await.unwrap();
        assert!(!decisions.decisions.is_empty());
        assert_eq!(count(world, NO_DECISION).await, 0);
        assert_eq!(journal::verify(world).await.unwrap().first_break, None);
    })
    .await;
}

/// Enrolments that rest on a decision for somebody else.
const NO_DECISION: &str = "SELECT COUNT(*) FROM enrolment e WHERE NOT EXISTS (SELECT 1 FROM decision d
    WHERE d.household_id = e.household_id AND d.decision_id = e.decision_id AND d.programme = e.programme
    AND (d.person_id = e.person_id OR (d.person_id IS NULL AND e.person_id IS NULL)))";

#[tokio::test]
async fn two_merges_that_cross_and_an_edit_meanwhile_leave_nothing_half_done() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (one, two) = (family(world, 1, "Sow").await, family(world, 2, "Sou").await);
        let there = plan(world, one, two, 0).await;
        let back = plan(world, two, one, 0).await;
        let contact = read(world, two).await.contact;
        let (a, b, c) = (counter_officer(), supervisor(), second_supervisor());
        let (first, second, edited) = tokio::join!(
            merge(world, &a, there.clone()),
            merge(world, &b, back.clone()),
            edit::change_contact(world, &c, two, there.gives_version, &contact),
        );
        let won = [first.is_ok(), second.is_ok(), edited.is_ok()].iter().filter(|ok| **ok).count();
        assert_eq!(won, 1, "{first:?} {second:?} {edited:?}");
        for lost in [first.err(), second.err(), edited.err()].into_iter().flatten() {
            assert!(matches!(lost, Error::Stale | Error::Conflict(_)), "{lost:?}");
        }
        let merges = count(world, "SELECT COUNT(*) FROM household_merge").await;
        assert!(merges <= 1);
        assert_eq!(count(world, "SELECT COUNT(*) FROM application").await, 2);
        // A merge on what was read before is refused, whoever comes.
        assert!(matches!(merge(world, &a, there).await, Err(Error::Stale | Error::Conflict(_))));
    })
    .await;
}

#[tokio::test]
async fn a_plan_that_does_not_fit_is_refused_whole() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (survivor, gives) = (family(world, 1, "Sow").await, family(world, 2, "Sou").await);
        let good = plan(world, survivor, gives, 1).await;
        let officer = counter_officer();
        let mut faults: Vec<(&str, Plan, Error)> = Vec::new();
        let mut forgets = good.clone();
        forgets.joining.clear();
        faults.push(("somebody is left out", forgets, Error::Invalid("merge.people")));
        let mut twice = good.clone();
        twice.pairs[1].stays = twice.pairs[0].stays;
        faults.push(("two are one", twice, Error::Invalid("merge.people")));
        let mut stranger = good.clone();
        stranger.pairs[0].gives = PersonId::new(Uuid::from_u128(9));
        faults.push(("nobody", stranger, Error::Invalid("merge.people")));
        let mut heads = good.clone();
        heads.joining[0].relation = Relation::Head;
        faults.push(("two heads", heads, Error::Invalid("relation.head")));
        let mut head_leaves = good.clone();
        head_leaves.whole = false;
        head_leaves.joining.clear();
        faults.push(("a household without a head", head_leaves, Error::Invalid("merge.head")));
        let mut old = good.clone();
        old.gives_version += 1;
        faults.push(("read before", old, Error::Stale));
        let mut silent = good.clone();
        silent.reason = " ".into();
        faults.push(("no reason", silent, Error::Invalid("reason.missing")));
        let before = everything(world).await;
        for (what, plan, expected) in faults {
            assert_eq!(merge(world, &officer, plan).await, Err(expected), "{what}");
        }
        assert_eq!(everything(world).await, before);
        done(world, &good).await;
        let again = Plan {
            survivor_version: good.survivor_version + 1,
            gives_version: good.gives_version + 1,
            ..good
        };
        assert_eq!(merge(world, &officer, again).await, Err(Error::Conflict(Conflict::State)));
    })
    .await;
}

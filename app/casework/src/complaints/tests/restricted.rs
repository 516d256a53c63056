//! The restricted queue: the office complained about sees it nowhere, by no way.

use super::*;
use crate::error::Error;
use crate::test_support::{administrator, auditor, each_engine, tribunal_member};
use crate::{clocks, tasks};
use domain::role::Right;

fn sensitive() -> impl Iterator<Item = Category> {
    let rules = domain::complaint::rules::Rules::default();
    Category::ALL.iter().copied().filter(move |category| rules.of(*category).sensitive)
}

/// Everybody of the office and the agency.
fn office() -> Vec<Actor> {
    vec![counter_officer(), second_counter_officer(), officer_elsewhere(), supervisor(), agency_supervisor()]
}

async fn lodged_all(world: &World) -> Vec<Lodged> {
    let mut all = Vec::new();
    for category in sensitive() {
        all.push(lodged(world, category).await);
    }
    all
}

#[tokio::test]
async fn no_office_sees_it_finds_it_or_opens_it() {
    each_engine(async |world| {
        hire_all(world).await;
        let all = lodged_all(world).await;
        assert_eq!(all.len(), 5);
        for one in &all {
            let kept = read(world, one.id).await;
            assert_eq!((kept.level, kept.scope), (Level::Ombudsman, Scope::National), "{}", kept.category);
        }
        let everything = Filter { ended: true, ..Filter::default() };
        for actor in office() {
            let listed = list(world, &actor, &everything, None, 50).await.unwrap();
            assert_eq!(listed.rows, [], "{} lists it", actor.name);
            for one in &all {
                assert_eq!(show(world, &actor, one.id).await.unwrap_err(), Error::NotFound);
                assert_eq!(find(world, &actor, &one.code.to_string()).await.unwrap_err(), Error::NotFound);
                // The same answer as for a code that nobody has.
                let nobody = domain::reference::Reference::from_random([3; 8]).to_string();
                assert_eq!(find(world, &actor, &nobody).await.unwrap_err(), Error::NotFound);
                let now = read(world, one.id).await.version;
                assert_eq!(acknowledge(world, &actor, one.id, now, "").await, Err(Error::NotFound));
                assert_eq!(escalate(world, &actor, one.id, now, "x").await, Err(Error::NotFound));
            }
        }
        let listed = list(world, &ombudsman(), &everything, None, 50).await.unwrap();
        assert_eq!(listed.rows.len(), all.len());
        assert_eq!(find(world, &ombudsman(), &all[0].code.to_string()).await, Ok(all[0].id));
    })
    .await;
}

#[tokio::test]
async fn its_tasks_clocks_and_journal_are_no_offices() {
    each_engine(async |world| {
        hire_all(world).await;
        let all = lodged_all(world).await;
        let cases: Vec<uuid::Uuid> = all.iter().map(|one| one.id.uuid()).collect();
        // Over every term: what is late must not come to light by that either.
        world.clock.advance(time::Duration::days(60));
        clocks::run_due(world).await.unwrap();
        for actor in office() {
            let any = tasks::Filter::default();
            let mut seen = tasks::available(world, &actor, &any, None, 200).await.unwrap().tasks;
            seen.extend(tasks::mine(world, &actor, &any, None, 200).await.unwrap().tasks);
            if actor.may(Right::AssignTasks) {
                seen.extend(tasks::team(world, &actor, &any, None, 200).await.unwrap().tasks);
            }
            assert!(
                !seen.iter().any(|task| cases.contains(&task.household_id.uuid())),
                "{}: a task",
                actor.name
            );
            let running = clocks::live_of(world, &actor, None, 200).await.unwrap().rows;
            assert!(
                !running.iter().any(|clock| cases.contains(&clock.household_id.uuid())),
                "{}: a clock",
                actor.name
            );
        }
        let registry: Vec<(String,)> = world
            .db
            .all("SELECT detail FROM journal WHERE file_id = $1", args![crate::journal::REGISTRY])
            .await
            .unwrap();
        for (detail,) in registry {
            assert!(
                cases.iter().all(|case| !detail.contains(&case.to_string())),
                "told in the registry's chain"
            );
        }
    })
    .await;
}

/// On PostgreSQL a use case that forgot its `WHERE` would still show none of it.
#[tokio::test]
async fn row_level_security_shows_it_to_the_ombudsman_alone() {
    let world = World::postgres().await;
    hire_all(&world).await;
    let all = lodged_all(&world).await;
    let open = lodged(&world, Category::Information).await;
    let mut everybody = office();
    everybody.extend([tribunal_member(), auditor(), administrator()]);
    for actor in everybody {
        let db = world.db.seen_with(actor.sight());
        for table in ["complaint", "complaint_note", "complaint_staff", "complaint_session"] {
            let sql: &'static str = Box::leak(
                format!(
                    "SELECT COUNT(*) FROM {table} JOIN complaint AS c USING (household_id) WHERE c.sensitive"
                )
                .into_boxed_str(),
            );
            assert_eq!(db.value::<i64>(sql, args![]).await, Ok(Some(0)), "{}: {table}", actor.name);
        }
        let sees: Vec<(uuid::Uuid,)> = db.all("SELECT household_id FROM complaint", args![]).await.unwrap();
        let of_office = ["counter_officer", "supervisor"].iter().any(|role| actor.name.starts_with(role));
        let is_here = of_office && actor != officer_elsewhere();
        let expected = if is_here { vec![(open.id.uuid(),)] } else { vec![] };
        // The agency's supervisor reaches its offices.
        assert_eq!(sees, expected, "{}", actor.name);
    }
    let count =
        world.db.seen_with(ombudsman().sight()).value::<i64>("SELECT COUNT(*) FROM complaint", args![]).await;
    assert_eq!(count, Ok(Some(i64::try_from(all.len()).unwrap() + 1)));
    world.end().await;
}

#[tokio::test]
async fn what_turns_out_to_be_an_accusation_leaves_the_office_that_had_it() {
    each_engine(async |world| {
        hire_all(world).await;
        let id = lodged(world, Category::ServiceQuality).await.id;
        investigated(world, id, &supervisor(), &counter_officer()).await;
        triage(world, &supervisor(), id, version(world, id).await, found(Category::Fraud)).await.unwrap();
        let one = read(world, id).await;
        assert!(one.sensitive && one.readers.is_empty() && one.owner.is_none());
        for actor in office() {
            assert_eq!(show(world, &actor, id).await.unwrap_err(), Error::NotFound, "{}", actor.name);
        }
        assert_eq!(tasks_of(world, id).await, [("complaint_assign".into(), "national".into(), None)]);
        assign(world, &ombudsman(), id, version(world, id).await, second_ombudsman().staff_id).await.unwrap();
        let refused = assign(world, &ombudsman(), id, version(world, id).await, supervisor().staff_id).await;
        assert_eq!(refused, Err(Error::Invalid("complaint.owner")));
    })
    .await;
}

#[tokio::test]
async fn a_name_told_in_confidence_is_the_ombudsmans() {
    each_engine(async |world| {
        hire_all(world).await;
        let household = decided(world).await;
        let mut new = complaint(Category::ServiceQuality, Identity::Confidential);
        (new.channel, new.household) = (Channel::Track, Some(household));
        let id = lodge(world, &Actor::applicant(), &new).await.unwrap().id;
        for actor in [supervisor(), second_counter_officer(), agency_supervisor()] {
            let shown = show(world, &actor, id).await.unwrap();
            assert_eq!((shown.who, shown.household), (None, None), "{}", actor.name);
        }
        let shown = show(world, &ombudsman(), id).await.unwrap();
        assert_eq!(shown.who.unwrap().name, "Awa Diallo");
        assert_eq!(shown.household.unwrap().0, household);
    })
    .await;
}

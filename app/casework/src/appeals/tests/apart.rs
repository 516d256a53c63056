//! Nobody judges the own act: each path on which somebody could is tried.

use domain::appeal::Finding;
use domain::lifecycle::decision::Outcome;
use time::Duration;
use time::macros::date;

use crate::appeals::testing::*;
use crate::appeals::*;
use crate::assessments;
use crate::enrolments;
use crate::error::Conflict;
use crate::overrides;
use crate::test_support::small::{POOR, fill_in, register_family, small_family};
use crate::test_support::{
    OTHER_OFFICE, counter_officer, each_engine, officer_elsewhere, second_counter_officer, second_supervisor,
    supervisor,
};

const PART: Error = Error::Conflict(Conflict::TookPart);

#[tokio::test]
async fn who_decided_looks_at_it_on_no_path_and_another_officer_changes_it_from_its_day() {
    each_engine(async |world| {
        let (household, refused) = refused(world).await;
        world.clock.advance(Duration::days(10));
        let id = appealed(world, household, &refused).await;
        let officer = counter_officer();
        let task = live_task(world, household, "reconsider_appeal").await.unwrap();

        // Claiming, being given, being handed over, being offered.
        assert_eq!(tasks::claim(world, &officer, task.id).await, Err(PART));
        let given = tasks::assign(world, &supervisor(), task.id, task.version, officer.staff_id).await;
        assert_eq!(given, Err(PART));
        let able = tasks::able(world, &supervisor(), &task).await.unwrap();
        assert!(able.iter().any(|(one, _)| *one == second_counter_officer().staff_id));
        assert!(!able.iter().any(|(one, _)| *one == officer.staff_id));
        tasks::claim(world, &second_counter_officer(), task.id).await.unwrap();
        let held = live_task(world, household, "reconsider_appeal").await.unwrap();
        let handed = tasks::replace(
            world,
            &supervisor(),
            held.id,
            held.version,
            Some(officer.staff_id),
            String::new(),
        )
        .await;
        assert_eq!(handed, Err(PART));

        // Deciding, in favour (which proposes) or not.
        for finding in [Finding::Revised, Finding::Upheld] {
            let own = answers(world, household, id, finding).await;
            let at = at(world, household, id).await;
            assert_eq!(reconsider(world, &officer, at, own).await, Err(PART), "{finding}");
        }
        let shown = bundle::show(world, &officer, household, id).await.unwrap();
        assert!(!shown.may_reconsider);

        // Another officer proposes; signs neither that one nor who decided.
        let now = at(world, household, id).await;
        let own = answers(world, household, id, Finding::Revised).await;
        let state = reconsider(world, &second_counter_officer(), now, own.clone()).await.unwrap();
        assert_eq!(state, AppealState::Acknowledged, "it waits for the second person");
        let again = at(world, household, id).await;
        let twice = reconsider(world, &second_counter_officer(), again, own).await;
        assert_eq!(twice, Err(Error::Conflict(Conflict::State)), "nothing is left to answer");
        let proposal = the_proposal(world, household).await;
        for nobody in [counter_officer(), second_counter_officer()] {
            let signed = sign(world, &nobody, proposal.id, proposal.version, "Seen.".into()).await;
            assert!(signed.is_err(), "{signed:?}");
        }
        let back = crate::proposals::send_back(
            world,
            &supervisor(),
            proposal.id,
            proposal.version,
            domain::signature::ReturnReason::Other,
            "Hm".into(),
        )
        .await;
        assert_eq!(back, Err(Error::Conflict(Conflict::State)));
        sign(world, &supervisor(), proposal.id, proposal.version, "Seen.".into()).await.unwrap();

        let (appeal, issues) = read(world, household, id).await;
        assert_eq!((appeal.state, appeal.reconsidered.as_str()), (AppealState::Revised, "revised"));
        let made = decision(world, household, "room-help").await;
        assert_eq!((issues[0].finding(), issues[0].new_decision()), (Some(Finding::Revised), Some(made.id)));
        assert_eq!((made.outcome, made.supersedes), (Outcome::Award, Some(refused.id)));
        assert_eq!(made.approved_by, Some(supervisor().staff_id.uuid()));
        let from = made.body.overridden.unwrap().from;
        assert_eq!(from, Some(date!(2026 - 11 - 02)), "from the day of the one that was wrong");
        let mut view = world.db.read().await.unwrap();
        let all = enrolments::of_household(&mut view, household).await.unwrap();
        let own = all.iter().find(|one| one.decision == made.id).unwrap();
        assert!(own.is_running() && own.since == date!(2026 - 11 - 02), "{own:?}");
        drop(view);
        assert!(live_task(world, household, "reconsider_appeal").await.is_none());
    })
    .await;
}

#[tokio::test]
async fn who_reports_to_somebody_who_took_part_does_not_look_again_and_another_office_does() {
    each_engine(async |world| {
        staffed(world).await;
        let household = register_family(world, &small_family(1)).await.household;
        let assessment = assessments::start(world, &counter_officer(), household).await.unwrap().assessment;
        fill_in(world, household, assessment, POOR).await;
        // A supervisor sat at the counter: everybody of the office reports to that one, save the other supervisor.
        assessments::submit(world, &supervisor(), household, assessment).await.unwrap();
        let refused = decision(world, household, "room-help").await;
        let id = appealed(world, household, &refused).await;
        let now = at(world, household, id).await;
        let own = answers(world, household, id, Finding::Upheld).await;
        for barred in [second_counter_officer(), supervisor()] {
            assert_eq!(reconsider(world, &barred, now, own.clone()).await, Err(PART), "{}", barred.name);
        }
        let (appeal, _) = read(world, household, id).await;
        assert_eq!(appeal.review_scope(), Ok(appeal.scope()), "the other supervisor is there");
        let elsewhere = reconsider(world, &officer_elsewhere(), now, own.clone()).await;
        assert_eq!(elsewhere, Err(Error::NotFound), "it is not before that office");
        // Who assesses or saves a page took part too, and who approves an override of it.
        withdraw(world, household, id).await;
        let change = overrides::Change {
            decision: refused.id,
            outcome: Outcome::Award,
            amount_minor: None,
            period: None,
        };
        let why = overrides::Why { code: "hardship".into(), words: "No roof.".into() };
        overrides::propose(world, &second_counter_officer(), household, change, why).await.unwrap();
        let mut view = world.db.read().await.unwrap();
        let waiting =
            crate::proposals::of_household(&mut view, &world.keys, household).await.unwrap().remove(0);
        drop(view);
        overrides::refuse(world, &second_supervisor(), waiting.id, waiting.version, "No.".into())
            .await
            .unwrap();
        let mut next = new(&[Against::Decision(refused.id)]);
        next.id = AppealId::new(uuid::Uuid::from_u128(0xa9_9ea2));
        let id = lodge(world, &counter_officer(), household, next).await.unwrap().id;
        let (appeal, _) = read(world, household, id).await;
        assert_eq!(appeal.review_scope(), Ok(Scope::Office(OTHER_OFFICE.into())), "nobody is left at home");
        let now = at(world, household, id).await;
        let own = answers(world, household, id, Finding::Upheld).await;
        assert_eq!(reconsider(world, &second_supervisor(), now, own.clone()).await, Err(Error::Forbidden));
        let seen = bundle::bundle(world, &officer_elsewhere(), household, id).await.unwrap();
        assert!(seen.shown.may_reconsider && seen.papers.len() == 1, "they see what they look at");
        let state = reconsider(world, &officer_elsewhere(), now, own).await.unwrap();
        assert_eq!(state, AppealState::Forwarded, "what stays is forwarded by itself");
        let after = bundle::show(world, &officer_elsewhere(), household, id).await;
        assert!(matches!(after, Err(Error::NotFound)), "and then no more");
    })
    .await;
}

async fn withdraw(world: &crate::test_support::World, household: HouseholdId, id: AppealId) {
    let now = at(world, household, id).await;
    act(world, &Actor::applicant(), now, Act::Withdraw("Another way was found.".into())).await.unwrap();
}

#[tokio::test]
async fn the_table_itself_refuses_who_decided() {
    each_engine(async |world| {
        let (household, refused) = refused(world).await;
        let id = appealed(world, household, &refused).await;
        let officer = counter_officer().staff_id;
        for sql in [
            "UPDATE appeal_issue SET finding = 'upheld', reconsidered_by = $1 WHERE household_id = $2 AND appeal_id = $3",
            "UPDATE appeal_issue SET outcome = 'dismissed', determined_by = $1 WHERE household_id = $2 AND appeal_id = $3",
            "UPDATE appeal_issue SET signed_by = $1 WHERE household_id = $2 AND appeal_id = $3",
        ] {
            let done = world.write(async move |tx| tx.run(sql, args![officer, household, id]).await).await;
            assert!(done.is_err(), "{sql}");
        }
    })
    .await;
}

//! How appeals come in: in time, late, about silence, twice; and that nobody waits for us.

use domain::appeal::told::AppealNext;
use domain::appeal::{Channel, Finding};
use domain::lifecycle::Phrase;
use time::Duration;
use time::macros::date;

use crate::appeals::testing::*;
use crate::appeals::*;
use crate::error::Conflict;
use crate::test_support::small::{register_family, small_family};
use crate::test_support::{auditor, counter_officer, each_engine, officer_elsewhere, second_counter_officer};

#[tokio::test]
async fn the_person_concerned_lodges_sees_what_comes_next_and_nobody_else_does() {
    each_engine(async |world| {
        let (household, refused) = refused(world).await;
        let me = Actor::applicant();
        let all = contestable(world, &me, household).await.unwrap();
        assert!(all.iter().any(|one| one.decision.as_ref().is_some_and(|own| own.id == refused.id)));
        assert!(all.iter().all(|one| one.late_since.is_none() && !one.is_late));
        let against = [Against::Decision(refused.id)];
        for (wrong, said) in [
            (NewAppeal { against: vec![], ..new(&against) }, "appeal.nothing"),
            (NewAppeal { grounds: " ".into(), ..new(&against) }, "appeal.grounds"),
            (NewAppeal { received_on: Some(date!(2026 - 11 - 03)), ..new(&against) }, "appeal.received"),
            (NewAppeal { received_on: Some(date!(2026 - 10 - 30)), ..new(&against) }, "appeal.received"),
        ] {
            assert_eq!(lodge(world, &me, household, wrong).await, Err(Error::Invalid(said)));
        }
        let delay = lodge(world, &me, household, new(&[Against::Delay])).await;
        assert_eq!(delay, Err(Error::Conflict(Conflict::State)), "everything was decided in time");
        for nobody in [auditor(), officer_elsewhere()] {
            let refused = lodge(world, &nobody, household, new(&against)).await;
            assert_eq!(refused, Err(Error::Forbidden), "{}", nobody.name);
        }

        let sent = NewAppeal { channel: Channel::Online, ..new(&against) };
        let lodged = lodge(world, &me, household, sent.clone()).await.unwrap();
        assert_eq!(lodge(world, &me, household, sent.clone()).await, Ok(lodged), "sent twice, lodged once");
        let other = NewAppeal { id: AppealId::new(uuid::Uuid::from_u128(9)), ..sent };
        assert_eq!(lodge(world, &me, household, other).await, Err(Error::Conflict(Conflict::Taken)));

        let told = of_household(world, &me, household).await.unwrap().remove(0);
        assert_eq!((told.phrase, told.next), (Phrase::BeingChecked, AppealNext::WeReconsider));
        // Fifteen working days after Monday, over one holiday.
        assert_eq!((told.lodged_on, told.by), (date!(2026 - 11 - 02), Some(date!(2026 - 11 - 24))));
        assert_eq!(told.programmes, ["room-help"]);
        assert_eq!(of_household(world, &officer_elsewhere(), household).await, Err(Error::Forbidden));
    })
    .await;
}

#[tokio::test]
async fn a_letter_keeps_its_day_and_silence_of_ours_carries_it_to_the_tribunal() {
    each_engine(async |world| {
        let (household, refused) = refused(world).await;
        world.clock.advance(Duration::days(4));
        let mut sent = new(&[Against::Decision(refused.id)]);
        sent.channel = Channel::Letter;
        sent.received_on = Some(date!(2026 - 11 - 03));
        let lodged = lodge(world, &counter_officer(), household, sent).await.unwrap();
        assert_eq!(lodged.state, AppealState::Lodged);
        let (appeal, _) = read(world, household, lodged.id).await;
        assert_eq!(appeal.lodged_at.date(), date!(2026 - 11 - 03));
        // Nobody does anything: week by week it goes on by itself, and only once.
        let states = async |days: i64| {
            world.clock.advance(Duration::days(days));
            crate::clocks::run_due(world).await.unwrap();
            crate::clocks::run_due(world).await.unwrap();
            read(world, household, lodged.id).await.0
        };
        let told = states(10).await;
        assert_eq!(told.state, AppealState::Acknowledged, "at the latest after a week");
        let forwarded = states(25).await;
        assert_eq!(forwarded.state, AppealState::Forwarded);
        assert_eq!((forwarded.reconsidered.as_str(), forwarded.reconsidered_at), ("not_in_time", None));
        assert!(live_task(world, household, "reconsider_appeal").await.is_none());
        let ready = states(31).await;
        assert_eq!((ready.state, ready.response.as_str()), (AppealState::ReadyToList, ""));
        let told = of_household(world, &Actor::applicant(), household).await.unwrap().remove(0);
        assert_eq!(told.next, AppealNext::TribunalLists);
    })
    .await;
}

#[tokio::test]
async fn what_comes_late_is_let_in_or_the_tribunal_is_asked() {
    each_engine(async |world| {
        let (household, refused) = refused(world).await;
        world.clock.advance(Duration::days(120));
        let me = Actor::applicant();
        let late = new(&[Against::Decision(refused.id)]);
        let silent = lodge(world, &me, household, late.clone()).await;
        assert_eq!(silent, Err(Error::Invalid("appeal.late_reason")));
        let told = NewAppeal { late_reason: "We were in hospital.".into(), ..late };
        let id = lodge(world, &me, household, told).await.unwrap().id;
        let now = at(world, household, id).await;
        let own = condone(world, &counter_officer(), now, true, "Ill.").await;
        assert_eq!(own, Err(Error::Conflict(Conflict::TookPart)));
        let task = live_task(world, household, "condone_appeal").await.unwrap();
        let claimed = tasks::claim(world, &counter_officer(), task.id).await;
        assert_eq!(claimed, Err(Error::Conflict(Conflict::TookPart)));
        condone(world, &second_counter_officer(), now, false, "No paper of it.").await.unwrap();
        let told = of_household(world, &me, household).await.unwrap().remove(0);
        assert_eq!(told.next, AppealNext::YouMayContest);
        let now = at(world, household, id).await;
        assert_eq!(act(world, &me, now, Act::Contest).await, Ok(AppealState::Forwarded));
        assert!(read(world, household, id).await.0.is_late());
    })
    .await;
}

#[tokio::test]
async fn lateness_that_is_forgiven_is_looked_at_as_if_it_came_in_time() {
    each_engine(async |world| {
        let (household, refused) = refused(world).await;
        world.clock.advance(Duration::days(120));
        let late = new(&[Against::Decision(refused.id)]);
        let told = NewAppeal { late_reason: "We were in hospital.".into(), ..late };
        let id = lodge(world, &counter_officer(), household, told).await.unwrap().id;
        let now = at(world, household, id).await;
        condone(world, &second_counter_officer(), now, true, "The clinic wrote.").await.unwrap();
        assert_eq!(read(world, household, id).await.0.state, AppealState::Acknowledged);
        assert!(live_task(world, household, "reconsider_appeal").await.is_some());
    })
    .await;
}

#[tokio::test]
async fn that_nothing_was_decided_in_time_is_appealed_too() {
    each_engine(async |world| {
        staffed(world).await;
        let household = register_family(world, &small_family(1)).await.household;
        world.clock.advance(Duration::days(40));
        let me = Actor::applicant();
        let found = contestable(world, &me, household).await.unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].decision.is_none() && found[0].late_since.is_some());
        let id = lodge(world, &me, household, new(&[Against::Delay])).await.unwrap().id;
        let told = of_household(world, &me, household).await.unwrap().remove(0);
        assert!(told.is_delay && told.programmes.is_empty());
        let now = at(world, household, id).await;
        let settled = answers(world, household, id, Finding::Revised).await;
        let early = reconsider(world, &second_counter_officer(), now, settled.clone()).await;
        assert_eq!(early, Err(Error::Conflict(Conflict::State)), "it is still not decided");
        crate::test_support::small::assess(world, household, crate::test_support::small::POOR).await;
        let now = at(world, household, id).await;
        let done = reconsider(world, &second_counter_officer(), now, settled).await;
        assert_eq!(done, Ok(AppealState::Revised));
    })
    .await;
}

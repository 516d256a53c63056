//! The provider's side: what it sees, what it does, and what happens when it does nothing.

use domain::lifecycle::Lifecycle;
use domain::lifecycle::referral::{
    Confirmation, FailureReason, HoldReason, ReferralEvent, RejectReason, ServiceOutcome,
};

use super::*;
use crate::error::Conflict;
use crate::households::consents;
use crate::referrals::expected::{Seen, expected};
use crate::referrals::{Shelf, end, inbox, own, tally};
use crate::test_support::{counter_officer, officer_elsewhere};

#[tokio::test]
async fn a_service_is_followed_until_the_person_says_that_it_happened() {
    each_engine(async |world| {
        let (household, first) = sent(world).await;
        let own = provider_officer();
        let shown = expected(world, &own, household, first.id).await.unwrap();
        let all = Seen { name: Some("Awa Diallo".into()), birth_year: Some(1990), ..Seen::default() };
        assert_eq!(
            shown.seen, all,
            "what the service needs: no sex, no area, no papers; there is no telephone"
        );
        assert_eq!(shown.referral.seen_at, Some(world.now()));
        assert_eq!(running(world, household).await, ["referral_answer"], "it was seen in time");
        assert_eq!(shown.steps, [ReferralEvent::Accept, ReferralEvent::Reject]);

        let steps = [
            Act::Accept,
            Act::Begin,
            Act::Hold(HoldReason::CannotCome),
            Act::Resume,
            Act::Complete(ServiceOutcome::Given),
        ];
        let done = walk(world, &own, household, &steps).await;
        assert_eq!((done.state, done.outcome.as_str()), (ReferralState::Completed, "given"));
        assert!(done.accepted_at.is_some() && done.contacted_at.is_some() && done.ended_at.is_some());
        assert_eq!(to_do(world, household).await, ["confirm_referral"]);
        assert_eq!(running(world, household).await, Vec::<String>::new());
        assert_eq!(messages(world).await, 2, "that they are expected, and that they are asked");
        assert_eq!(tally(world, &own).await.unwrap()[&Shelf::Done], 1);

        // Nobody but the person ends it: not the provider, not time.
        world.clock.advance(Duration::days(400));
        clocks::run_due(world).await.unwrap();
        assert_eq!(newest(world, household).await.state, ReferralState::Completed);
        assert!(crate::referrals::provider::steps(&own, &done).is_empty());

        let said = end::Act::Said(Confirmation::Yes);
        let elsewhere = end::act(world, &officer_elsewhere(), household, done.id, done.version, said).await;
        assert_eq!(elsewhere, Err(Error::Forbidden));
        let now = newest(world, household).await;
        end::act(world, &counter_officer(), household, now.id, now.version, said).await.unwrap();
        let closed = newest(world, household).await;
        assert_eq!((closed.state, closed.said.as_str()), (ReferralState::Closed, "yes"));
        assert!(closed.confirmed_at.is_some() && closed.state.is_final() && !closed.access);
        assert_eq!(to_do(world, household).await, Vec::<String>::new());
        assert_eq!(expected(world, &own, household, first.id).await.unwrap_err(), Error::NotFound);
        assert!(inbox(world, &own, Shelf::Done, None, 10).await.unwrap().rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_says_that_it_did_not_happen_goes_on_waiting_and_an_officer_looks() {
    each_engine(async |world| {
        let (household, _) = sent(world).await;
        let own = provider_officer();
        let steps = [Act::Accept, Act::Begin, Act::Complete(ServiceOutcome::Given)];
        let done = walk(world, &own, household, &steps).await;
        assert_eq!(count(world, "SELECT taken FROM place_use").await, 0, "the place is free again");
        let said = end::Act::Said(Confirmation::No);
        end::act(world, &counter_officer(), household, done.id, done.version, said).await.unwrap();
        let again = newest(world, household).await;
        assert_eq!((again.state, again.outcome.as_str()), (ReferralState::InProgress, ""));
        assert_eq!(to_do(world, household).await, ["look_into_referral"]);
        assert_eq!(count(world, "SELECT taken FROM place_use").await, 1);
        let waiting = inbox(world, &own, Shelf::Waiting, None, 10).await.unwrap().rows;
        assert!(waiting.len() == 1 && waiting[0].disputed);
        walk(world, &own, household, &[Act::Complete(ServiceOutcome::GivenInPart)]).await;
        assert_eq!(to_do(world, household).await, ["confirm_referral"], "the question is asked again");
    })
    .await;
}

#[tokio::test]
async fn what_is_rejected_goes_to_the_next_place_and_the_first_sees_nothing_any_more() {
    each_engine(async |world| {
        let (household, first) = sent(world).await;
        let (north, south) = (provider_officer(), south());
        assert_eq!(expected(world, &south, household, first.id).await.unwrap_err(), Error::NotFound);
        let denied = "SELECT COUNT(*) FROM journal WHERE kind = 'referral.denied'";
        assert_eq!(count(world, denied).await, 1, "who reaches for what is not theirs is told of");
        let reject = Act::Reject(RejectReason::NoPlace);
        let stale = act(world, &north, household, first.id, first.version + 1, reject).await;
        assert_eq!(stale, Err(Error::Stale));
        let other = act(world, &south, household, first.id, first.version, reject).await;
        assert_eq!(other, Err(Error::NotFound));
        assert_eq!(act(world, &north, household, first.id, first.version, reject).await, Ok(Came::WentOn));

        let all = referrals(world, household).await;
        let (next, before) = (&all[0], &all[1]);
        assert_eq!((before.state, before.reason.as_str()), (ReferralState::Closed, "no_place"));
        assert_eq!((next.state, next.place.as_deref()), (ReferralState::Requested, Some("PLC-02")));
        assert_eq!((next.follows, next.decision), (Some(first.id), first.decision));
        assert_eq!(messages(world).await, 1);
        assert_eq!(expected(world, &north, household, first.id).await.unwrap_err(), Error::NotFound);
        let name = expected(world, &south, household, next.id).await.unwrap().seen.name;
        assert_eq!(name.as_deref(), Some("Awa Diallo"));

        // There is no third: an officer looks.
        let now = newest(world, household).await;
        assert_eq!(act(world, &south, household, now.id, now.version, reject).await, Ok(Came::ToOffice));
        assert_eq!(newest(world, household).await.state, ReferralState::Rejected);
        assert_eq!(to_do(world, household).await, ["refer_elsewhere"]);
        assert_eq!(running(world, household).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn another_place_is_no_answer_where_the_service_is_the_wrong_one() {
    each_engine(async |world| {
        let (household, first) = sent(world).await;
        let reject = Act::Reject(RejectReason::WrongService);
        let came = act(world, &provider_officer(), household, first.id, first.version, reject).await;
        assert_eq!(came, Ok(Came::ToOffice));
        let now = newest(world, household).await;
        assert_eq!(to_do(world, household).await, ["refer_elsewhere"]);
        let made_up = end::Act::Close("because");
        let officer = counter_officer();
        assert_eq!(
            end::act(world, &officer, household, now.id, now.version, made_up).await,
            Err(Error::Invalid("reason.missing"))
        );
        let close = end::Act::Close("nothing_suitable");
        end::act(world, &officer, household, now.id, now.version, close).await.unwrap();
        assert_eq!(to_do(world, household).await, Vec::<String>::new());
        let over = newest(world, household).await;
        let again = end::act(world, &officer, household, over.id, over.version, close).await;
        assert_eq!(again, Err(Error::Conflict(Conflict::State)));
    })
    .await;
}

#[tokio::test]
async fn who_does_not_come_is_looked_for_and_who_cannot_be_served_goes_on() {
    each_engine(async |world| {
        let (household, _) = sent(world).await;
        let own = provider_officer();
        let failed = walk(world, &own, household, &[Act::Accept, Act::Fail(FailureReason::NoShow)]).await;
        assert_eq!((failed.state, failed.reason.as_str()), (ReferralState::Failed, "no_show"));
        assert_eq!(to_do(world, household).await, ["find_person"]);
        assert_eq!(count(world, "SELECT taken FROM place_use").await, 0);
    })
    .await;
    each_engine(async |world| {
        let (household, _) = sent(world).await;
        let own = provider_officer();
        let now = walk(world, &own, household, &[Act::Accept, Act::Begin]).await;
        let fail = Act::Fail(FailureReason::ServiceUnavailable);
        assert_eq!(act(world, &own, household, now.id, now.version, fail).await, Ok(Came::WentOn));
        assert_eq!(newest(world, household).await.provider.as_deref(), Some("PRV-02"));
    })
    .await;
}

#[tokio::test]
async fn a_consent_that_is_taken_back_ends_what_a_provider_sees() {
    each_engine(async |world| {
        let (household, first) = sent(world).await;
        let own = provider_officer();
        walk(world, &own, household, &[Act::Accept]).await;
        let version: i64 = world
            .db
            .value("SELECT version FROM household WHERE household_id = $1", args![household])
            .await
            .unwrap()
            .unwrap();
        consents::withdraw(world, &counter_officer(), household, version, "labour").await.unwrap();
        let over = newest(world, household).await;
        assert_eq!((over.state, over.reason.as_str()), (ReferralState::Cancelled, "consent_withdrawn"));
        assert_eq!(count(world, "SELECT taken FROM place_use").await, 0);
        assert_eq!(running(world, household).await, Vec::<String>::new());
        assert_eq!(expected(world, &own, household, first.id).await.unwrap_err(), Error::NotFound);
        assert!(inbox(world, &own, Shelf::Open, None, 10).await.unwrap().rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_does_not_answer_is_reminded_and_then_the_supervisor_is_told() {
    each_engine(async |world| {
        let (household, first) = sent(world).await;
        let own = provider_officer();
        world.clock.advance(Duration::days(2));
        clocks::run_due(world).await.unwrap();
        assert_eq!(to_do(world, household).await, ["answer_referral"], "one reminder, in its own queue");
        let mine = "SELECT COUNT(*) FROM task WHERE kind = 'answer_referral' AND scope_code = 'PRV-01'";
        assert_eq!(count(world, mine).await, 1);
        world.clock.advance(Duration::days(20));
        clocks::run_due(world).await.unwrap();
        let late = to_do(world, household).await;
        assert_eq!(late.iter().filter(|kind| *kind == "clock_breached").count(), 2, "not seen, not answered");
        assert_eq!(newest(world, household).await.state, ReferralState::Requested, "silence ends nothing");
        let theirs = "SELECT COUNT(*) FROM task WHERE kind = 'clock_breached' AND needs = 'assign_tasks'";
        assert_eq!(count(world, theirs).await, 2);
        act(world, &own, household, first.id, first.version, Act::Accept).await.unwrap();
        assert_eq!(to_do(world, household).await, Vec::<String>::new(), "late is answered too");
    })
    .await;
}

#[tokio::test]
async fn applicants_see_where_they_are_sent_and_say_what_came_of_it() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, _) = decided_family(world, POOR).await;
        let household = registered.household;
        let knock = tracking::Knock {
            reference: registered.reference.to_string(),
            born: ["5".into(), "2".into(), "1990".into()],
            pin: registered.pin.as_ref().unwrap().reveal().to_owned(),
            address: "192.0.2.1".into(),
            kiosk: false,
        };
        let tracking::Opened::In(token) =
            tracking::open(world, &knock, tracking::Limits::PUBLIC).await.unwrap()
        else {
            panic!("not let in")
        };
        let told = own::of(world, &token).await.unwrap();
        assert_eq!(told.len(), 1);
        assert!(told[0].answer_by.is_some() && told[0].spot.is_some());
        let early = own::say(world, &token, told[0].id, told[0].version, Confirmation::Yes).await;
        assert_eq!(early, Err(Error::Conflict(Conflict::State)), "nobody asked yet");
        let steps = [Act::Accept, Act::Begin, Act::Complete(ServiceOutcome::Given)];
        let done = walk(world, &provider_officer(), household, &steps).await;
        own::say(world, &token, done.id, done.version, Confirmation::Problem).await.unwrap();
        let over = newest(world, household).await;
        assert_eq!((over.state, over.said.as_str()), (ReferralState::Closed, "problem"));
        let entries =
            "SELECT COUNT(*) FROM journal WHERE kind = 'referral.stepped' AND purpose = 'applicant'";
        assert_eq!(count(world, entries).await, 1);
        assert_eq!(own::of(world, &token).await.unwrap().len(), 1, "what is over is told of for a while");
        world.clock.advance(Duration::days(91));
        let tracking::Opened::In(later) =
            tracking::open(world, &knock, tracking::Limits::PUBLIC).await.unwrap()
        else {
            panic!("not let in")
        };
        assert!(own::of(world, &later).await.unwrap().is_empty());
    })
    .await;
}

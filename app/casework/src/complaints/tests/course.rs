//! The ordinary course, what the complainant sees of it, and its branches.

use super::*;
use crate::appeals::Against;
use crate::complaints::handle::Asked;
use crate::complaints::own::{Doing, Next};
use crate::error::{Conflict, Error};
use crate::test_support::each_engine;
use domain::lifecycle::Phrase;

#[tokio::test]
async fn from_the_first_word_to_a_content_complainant() {
    each_engine(async |world| {
        hire_all(world).await;
        let own = lodged(world, Category::PaymentDelay).await;
        let id = own.id;
        let token = enter(world, &own).await;
        let first = own::status(world, &token).await.unwrap();
        assert_eq!((first.phrase, first.next), (Phrase::Received, Next::WeAcknowledge(own.acknowledge_by)));
        investigated(world, id, &supervisor(), &counter_officer()).await;
        ask(world, &counter_officer(), id, version(world, id).await, (Asked::Complainant, "Which agent?"))
            .await
            .unwrap();
        let asked = own::status(world, &token).await.unwrap();
        assert!(matches!(asked.next, Next::YouAnswer(_)) && asked.phrase == Phrase::NeedsYou);
        own::act(world, &token, Doing::Say("The one at the market.".into(), vec![])).await.unwrap();
        note(world, &counter_officer(), id, version(world, id).await, ("She is right.", false))
            .await
            .unwrap();
        let now = version(world, id).await;
        propose_response(world, &counter_officer(), id, now, response(Outcome::Upheld)).await.unwrap();
        assert_eq!(own::status(world, &token).await.unwrap().outcome, None, "not before it is signed");
        resolve(world, &supervisor(), id, version(world, id).await).await.unwrap();
        let status = own::status(world, &token).await.unwrap();
        assert_eq!(status.outcome, Some(Outcome::Upheld));
        let said: Vec<&str> = status.notes.iter().map(|note| note.text.as_str()).collect();
        let told = "The agent was closed; the money is at the other one.";
        assert_eq!(said, ["We have it.", "Which agent?", "The one at the market.", told]);
        own::act(world, &token, Doing::Reply(true, String::new())).await.unwrap();
        let one = read(world, id).await;
        assert_eq!((one.state, one.ending.as_str()), (ComplaintState::Closed, "accepted"));
        assert_eq!(tasks_of(world, id).await, []);
        assert!(clocks_of(world, id).await.iter().all(|(_, state)| state == "met" || state == "cancelled"));
        let mut view = world.db.read().await.unwrap();
        let told = crate::journal::entries(&mut view, id, None, 100).await.unwrap();
        assert!(told.iter().all(|entry| !entry.detail.contains("market")), "words in the journal");
    })
    .await;
}

#[tokio::test]
async fn the_same_form_sent_twice_is_one_complaint() {
    each_engine(async |world| {
        hire_all(world).await;
        let new = complaint(Category::Information, Identity::Anonymous);
        let first = lodge(world, &Actor::applicant(), &new).await.unwrap();
        assert_eq!(lodge(world, &Actor::applicant(), &new).await.unwrap(), first);
        let count: Option<i64> = world.db.value("SELECT COUNT(*) FROM complaint", args![]).await.unwrap();
        assert_eq!(count, Some(1));
    })
    .await;
}

#[tokio::test]
async fn an_unknown_code_and_a_wrong_pin_are_the_same_and_are_counted() {
    each_engine(async |world| {
        hire_all(world).await;
        let own = lodged(world, Category::Information).await;
        let right = knock(&own);
        let wrong_pin = if own.pin == "000000" { "000001" } else { "000000" };
        let other = domain::reference::Reference::from_random([9; 8]).to_string();
        for knock in [
            Knock { pin: wrong_pin.into(), ..right.clone() },
            Knock { code: other, ..right.clone() },
            Knock { code: "nonsense".into(), ..right.clone() },
            Knock { pin: "12".into(), ..right.clone() },
        ] {
            assert_eq!(own::enter(world, &knock, Limits::PUBLIC).await.unwrap(), Opened::Refused);
        }
        for _ in 0..4 {
            let knock = Knock { pin: wrong_pin.into(), ..right.clone() };
            own::enter(world, &knock, Limits::PUBLIC).await.unwrap();
        }
        assert_eq!(own::enter(world, &right, Limits::PUBLIC).await.unwrap(), Opened::TooMany);
        world.clock.advance(time::Duration::HOUR);
        let token = enter(world, &own).await;
        world.clock.advance(time::Duration::minutes(31));
        assert_eq!(own::status(world, &token).await.unwrap_err(), Error::Forbidden);
        assert_eq!(own::sweep(world).await, Ok(1));
    })
    .await;
}

#[tokio::test]
async fn who_is_not_content_is_heard_a_level_up_and_at_last_again() {
    each_engine(async |world| {
        hire_all(world).await;
        let own = lodged(world, Category::ServiceQuality).await;
        let id = own.id;
        answered_by(world, id, &supervisor(), &counter_officer()).await;
        let token = enter(world, &own).await;
        let silent = own::act(world, &token, Doing::Reply(false, " ".into())).await;
        assert_eq!(silent, Err(Error::Invalid("note.missing")));
        own::act(world, &token, Doing::Reply(false, "That is not so.".into())).await.unwrap();
        let one = read(world, id).await;
        assert_eq!((one.level, one.state, one.outcome), (Level::Region, ComplaintState::Triaged, None));
        assert_eq!(one.readers, [counter_officer().staff_id]);
        // Who had it reads on, and does nothing any more.
        let shown = show(world, &counter_officer(), id).await.unwrap();
        assert_eq!(shown.acts, []);
        for (chief, handler) in
            [(agency_supervisor(), second_agency_supervisor()), (ombudsman(), second_ombudsman())]
        {
            assign(world, &chief, id, version(world, id).await, handler.staff_id).await.unwrap();
            begin(world, &handler, id, version(world, id).await).await.unwrap();
            let now = version(world, id).await;
            propose_response(world, &handler, id, now, response(Outcome::NotUpheld)).await.unwrap();
            resolve(world, &chief, id, version(world, id).await).await.unwrap();
            own::act(world, &token, Doing::Reply(false, "Still not.".into())).await.unwrap();
        }
        let one = read(world, id).await;
        assert_eq!((one.level, one.escalated, one.reopened), (Level::Ombudsman, 2, 1));
        assert_eq!(one.state, ComplaintState::Triaged);
    })
    .await;
}

#[tokio::test]
async fn silence_closes_an_answer_after_ten_days_and_it_may_be_opened_again_in_time() {
    each_engine(async |world| {
        hire_all(world).await;
        let own = lodged(world, Category::Information).await;
        answered_by(world, own.id, &supervisor(), &counter_officer()).await;
        world.clock.advance(time::Duration::days(20));
        crate::clocks::run_due(world).await.unwrap();
        let one = read(world, own.id).await;
        assert_eq!((one.state, one.ending.as_str()), (ComplaintState::Closed, "no_reply"));
        let token = enter(world, &own).await;
        assert!(own::status(world, &token).await.unwrap().may_reply);
        own::act(world, &token, Doing::Reply(false, "Nothing has come.".into())).await.unwrap();
        let one = read(world, own.id).await;
        assert_eq!((one.state, one.reopened), (ComplaintState::Triaged, 1));
        answer_again(world, own.id).await;
        world.clock.advance(time::Duration::days(20));
        crate::clocks::run_due(world).await.unwrap();
        world.clock.advance(time::Duration::days(200));
        let token = enter(world, &own).await;
        let late = own::act(world, &token, Doing::Reply(false, "Again.".into())).await;
        assert_eq!(late, Err(Error::Conflict(Conflict::State)));
    })
    .await;
}

async fn answer_again(world: &World, id: ComplaintId) {
    assign(world, &supervisor(), id, version(world, id).await, counter_officer().staff_id).await.unwrap();
    begin(world, &counter_officer(), id, version(world, id).await).await.unwrap();
    let now = version(world, id).await;
    propose_response(world, &counter_officer(), id, now, response(Outcome::Explained)).await.unwrap();
    resolve(world, &supervisor(), id, version(world, id).await).await.unwrap();
}

#[tokio::test]
async fn a_decision_carries_a_change_that_a_second_person_approves() {
    each_engine(async |world| {
        hire_all(world).await;
        let household = decided(world).await;
        let mut new = complaint(Category::DataError, Identity::Identified);
        new.channel = Channel::Track;
        new.household = Some(household);
        let own = lodge(world, &Actor::applicant(), &new).await.unwrap();
        let id = own.id;
        // Who assessed the family is out: the second officer handles it.
        investigated(world, id, &supervisor(), &second_counter_officer()).await;
        let remedy = Some((Remedy::DataChange, "The second child is called Ali.".to_owned()));
        let answer = Response { remedy, ..response(Outcome::Upheld) };
        let now = version(world, id).await;
        propose_response(world, &second_counter_officer(), id, now, answer).await.unwrap();
        resolve(world, &supervisor(), id, version(world, id).await).await.unwrap();
        let proposal = read(world, id).await.remedy_proposal.unwrap();
        let waiting = crate::proposals::proposal(world, &second_supervisor(), proposal.into()).await.unwrap();
        assert_eq!(
            (waiting.household_id, waiting.reason.as_str()),
            (household, "The second child is called Ali.")
        );
        let own_hand =
            remedy::approve(world, &supervisor(), proposal.into(), waiting.version, "ok".into()).await;
        assert_eq!(own_hand, Err(Error::Conflict(Conflict::SamePerson)));
        remedy::approve(world, &second_supervisor(), proposal.into(), waiting.version, "ok".into())
            .await
            .unwrap();
        let task: Option<String> = world
            .db
            .value(
                "SELECT instructions FROM task WHERE household_id = $1 AND kind = 'correct_data'",
                args![household],
            )
            .await
            .unwrap();
        assert_eq!(task.as_deref(), Some("The second child is called Ali."));
        // Nothing in the household's case leads to the complaint.
        let told: Vec<(String,)> =
            world.db.all("SELECT detail FROM journal WHERE file_id = $1", args![household]).await.unwrap();
        assert!(told.iter().all(|(detail,)| !detail.contains(&id.to_string())));
        // Whose name is kept from the office has no such change.
        let mut secret = complaint(Category::DataError, Identity::Confidential);
        (secret.channel, secret.household) = (Channel::Track, Some(household));
        let secret = lodge(world, &Actor::applicant(), &secret).await.unwrap().id;
        // Both supervisors had a hand in the household's case meanwhile.
        investigated(world, secret, &agency_supervisor(), &second_counter_officer()).await;
        let answer = Response { remedy: Some((Remedy::Repay, "x".into())), ..response(Outcome::Upheld) };
        let now = version(world, secret).await;
        let refused = propose_response(world, &second_counter_officer(), secret, now, answer).await;
        assert_eq!(refused, Err(Error::Invalid("complaint.remedy")));
    })
    .await;
}

#[tokio::test]
async fn what_contests_a_decision_becomes_an_appeal_with_its_first_date() {
    each_engine(async |world| {
        hire_all(world).await;
        let household = decided(world).await;
        let mut new = complaint(Category::Targeting, Identity::Identified);
        (new.channel, new.household) = (Channel::Track, Some(household));
        let id = lodge(world, &Actor::applicant(), &new).await.unwrap().id;
        world.clock.advance(time::Duration::DAY);
        let shown = show(world, &supervisor(), id).await.unwrap();
        let against: Vec<Against> = shown
            .contested
            .iter()
            .filter_map(|(own, _)| own.decision.as_ref().map(|decision| Against::Decision(decision.id)))
            .collect();
        assert!(!against.is_empty());
        let redirect = async |against| {
            let now = version(world, id).await;
            redirect_to_appeal(world, &supervisor(), id, now, ("It is about the decision.", against)).await
        };
        assert_eq!(redirect(vec![]).await, Err(Error::Invalid("appeal.nothing")));
        redirect(against.clone()).await.unwrap();
        let one = read(world, id).await;
        assert_eq!((one.state, one.ending.as_str()), (ComplaintState::Redirected, "appeal"));
        assert_eq!(tasks_of(world, id).await, []);
        let appeals: Vec<(Uuid, String, time::OffsetDateTime, String, Option<Uuid>)> = world
            .db
            .all(
                "SELECT appeal_id, channel, lodged_at, grounds, complaint_id FROM appeal WHERE household_id = $1",
                args![household],
            )
            .await
            .unwrap();
        let [(appeal, channel, at, grounds, of)] = &appeals[..] else { panic!("{appeals:?}") };
        assert_eq!((Some(*appeal), channel.as_str()), (one.led_to, "complaint"));
        assert_eq!(world.here(*at).date(), world.here(one.received_at).date());
        assert_eq!((grounds.as_str(), *of), (new.statement.what.as_str(), Some(id.uuid())));
        // What is appealed already is not appealed twice.
        let mut again = complaint(Category::Targeting, Identity::Identified);
        (again.channel, again.household) = (Channel::Track, Some(household));
        let second = lodge(world, &Actor::applicant(), &again).await.unwrap().id;
        let now = version(world, second).await;
        let refused = redirect_to_appeal(world, &supervisor(), second, now, ("Again.", against.clone())).await;
        assert_eq!(refused, Err(Error::Conflict(Conflict::Taken)));
        assert_eq!(read(world, second).await.state, ComplaintState::Received);
        // Of whom nobody knows the household there is nothing to appeal for.
        let nobody = lodged(world, Category::Targeting).await.id;
        let now = version(world, nobody).await;
        let refused = redirect_to_appeal(world, &supervisor(), nobody, now, ("It is.", against)).await;
        assert_eq!(refused, Err(Error::Invalid("complaint.household")));
    })
    .await;
}

#[tokio::test]
async fn a_household_finds_what_it_said_itself_and_nothing_that_others_say() {
    each_engine(async |world| {
        hire_all(world).await;
        let household = decided(world).await;
        let about = async |channel, identity, actor: Actor| {
            let mut new = complaint(Category::Targeting, identity);
            (new.channel, new.household) = (channel, Some(household));
            lodge(world, &actor, &new).await.unwrap().id
        };
        let own = about(Channel::Track, Identity::Identified, Actor::applicant()).await;
        let told = about(Channel::Counter, Identity::Identified, counter_officer()).await;
        about(Channel::Track, Identity::Confidential, Actor::applicant()).await;
        about(Channel::Track, Identity::Anonymous, Actor::applicant()).await;
        let listed = track::of_household(world, household).await.unwrap();
        assert_eq!(listed.iter().map(|one| one.id).collect::<Vec<_>>(), [own]);
        let token = track::enter(world, household, own).await.unwrap();
        assert_eq!(own::status(world, &token).await.unwrap().category, Category::Targeting);
        assert_eq!(track::enter(world, household, told).await.unwrap_err(), Error::NotFound);
    })
    .await;
}

#[tokio::test]
async fn two_who_act_at_once_do_not_overwrite_each_other() {
    each_engine(async |world| {
        hire_all(world).await;
        let id = lodged(world, Category::Information).await.id;
        let now = version(world, id).await;
        acknowledge(world, &supervisor(), id, now, "").await.unwrap();
        assert_eq!(acknowledge(world, &counter_officer(), id, now, "").await, Err(Error::Stale));
    })
    .await;
}

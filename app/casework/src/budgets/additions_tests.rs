//! Stories about places and money that come in the course of the year: two people, then the list in its order.

use domain::ids::AdditionId;
use domain::lifecycle::enrolment::EnrolmentState;
use time::Duration;

use super::additions::{self, Addition, New, State};
use super::testing::*;
use crate::args;
use crate::error::{Conflict, Error};
use crate::test_support::{
    World, counter_officer, each_engine, policy_officer, second_policy_officer, supervisor,
};

fn new(id: u128, places: Option<i64>, money: Option<i64>) -> New {
    New {
        id: AdditionId::new(uuid::Uuid::from_u128(0xadd_0000 + id)),
        places,
        money,
        reason: "A donor gave for ten more.".into(),
        legal_basis: "Finance Act 2026, amendment 3".into(),
    }
}

async fn propose(world: &World, new: &New) -> Result<(), Error> {
    let budget = lines(world).await[0].budget_id;
    additions::propose(world, &policy_officer(), budget, new.clone()).await
}

async fn all(world: &World) -> Vec<Addition> {
    let budget = lines(world).await[0].budget_id;
    additions::of_line(world, &policy_officer(), budget).await.unwrap()
}

#[tokio::test]
async fn what_a_second_person_adds_is_offered_in_the_order_of_the_list() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 1\n")).await;
        super::follow::lines(world).await.unwrap();
        assessed(world, 1, "20").await;
        // Lower income goes first, whoever came first.
        let (third, second, first) =
            (assessed(world, 2, "40").await, assessed(world, 3, "30").await, assessed(world, 4, "25").await);
        let wanted = new(1, Some(2), None);
        assert_eq!(propose(world, &wanted).await, Ok(()));
        assert_eq!(propose(world, &wanted).await, Ok(()), "the same form sent twice");
        assert_eq!(all(world).await.len(), 1);
        assert_eq!(lines(world).await[0].added_places, 0, "one person adds nothing");

        let own = additions::approve(world, &policy_officer(), wanted.id).await;
        assert_eq!(own, Err(Error::Conflict(Conflict::SamePerson)));
        let clerk = additions::approve(world, &supervisor(), wanted.id).await;
        assert_eq!(clerk, Err(Error::Forbidden));
        assert_eq!(additions::approve(world, &second_policy_officer(), wanted.id).await, Ok(2));
        let again = additions::approve(world, &second_policy_officer(), wanted.id).await;
        assert_eq!(again, Err(Error::Conflict(Conflict::State)), "once");

        let line = lines(world).await.remove(0);
        assert_eq!((line.added_places, line.taken_places), (2, 3));
        for (household, state) in [
            (first, EnrolmentState::Offered),
            (second, EnrolmentState::Offered),
            (third, EnrolmentState::Waiting),
        ] {
            let place = place(world, household).await;
            assert_eq!(place.state, state);
            let until = place.offer_until;
            assert_eq!(until, (state == EnrolmentState::Offered).then(|| world.today() + Duration::days(30)));
        }
        let told = all(world).await.remove(0);
        assert_eq!(
            (told.state, told.places, told.by.id),
            (State::Added, 2, policy_officer().account().unwrap())
        );
        assert_eq!(told.settled.unwrap().0.id, second_policy_officer().account().unwrap());
        let entries: Vec<(String,)> = world
            .db
            .all("SELECT kind FROM journal WHERE kind LIKE 'budget.%' ORDER BY kind", args![])
            .await
            .unwrap();
        assert_eq!(entries, [("budget.added".to_owned(),), ("budget.addition_proposed".to_owned(),)]);
        balanced(world).await;
        // A later pack keeps what was added.
        load(world, &format!("{YEAR}places = 5\n")).await;
        super::follow::lines(world).await.unwrap();
        assert_eq!(lines(world).await[0].all_places(), Some(7));
    })
    .await;
}

#[tokio::test]
async fn what_adds_nothing_or_has_no_ground_is_refused_with_its_field() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 1\n")).await;
        super::follow::lines(world).await.unwrap();
        let refused = async |wanted: New, word: &'static str| {
            assert_eq!(propose(world, &wanted).await, Err(Error::Invalid(word)));
        };
        refused(new(1, Some(0), None), "places.wrong").await;
        refused(new(1, Some(-3), None), "places.wrong").await;
        refused(new(1, Some(i64::MAX), None), "places.wrong").await;
        refused(new(1, None, Some(-1)), "money.wrong").await;
        refused(new(1, None, None), "addition.nothing").await;
        refused(new(1, None, Some(500)), "money.unlimited").await;
        refused(New { reason: "  ".into(), ..new(1, Some(1), None) }, "reason.missing").await;
        refused(New { legal_basis: String::new(), ..new(1, Some(1), None) }, "legal_basis.missing").await;
        let budget = lines(world).await[0].budget_id;
        let clerk = additions::propose(world, &counter_officer(), budget, new(1, Some(1), None)).await;
        assert_eq!(clerk, Err(Error::Forbidden));
        let nowhere = uuid::Uuid::from_u128(9);
        let nowhere = additions::propose(world, &policy_officer(), nowhere, new(1, Some(1), None)).await;
        assert_eq!(nowhere, Err(Error::NotFound));
        assert_eq!(all(world).await, []);

        // Returned with its reason, it adds nothing.
        propose(world, &new(2, Some(3), None)).await.unwrap();
        let id = new(2, None, None).id;
        let (one, two) = (policy_officer(), second_policy_officer());
        assert_eq!(additions::send_back(world, &two, id, " ").await, Err(Error::Invalid("reason.missing")));
        assert_eq!(
            additions::send_back(world, &one, id, "No.").await,
            Err(Error::Conflict(Conflict::SamePerson))
        );
        assert_eq!(additions::send_back(world, &two, id, "The order is not signed.").await, Ok(()));
        let told = all(world).await.remove(0);
        assert_eq!((told.state, told.note.as_str()), (State::Returned, "The order is not signed."));
        assert_eq!(additions::approve(world, &two, id).await, Err(Error::Conflict(Conflict::State)));
        assert_eq!(lines(world).await[0].added_places, 0);

        // Its year is over before the second person looks.
        propose(world, &new(3, Some(3), None)).await.unwrap();
        world.clock.advance(Duration::days(90));
        let late = additions::approve(world, &two, new(3, None, None).id).await;
        assert_eq!(late, Err(Error::Conflict(Conflict::State)));
        assert_eq!(all(world).await[0].state, State::Proposed, "nothing of it is done");
    })
    .await;
}

/// Whoever reaches the database past the use case is held as well.
#[tokio::test]
async fn the_database_wants_a_second_person_and_something_to_add() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 1\n")).await;
        super::follow::lines(world).await.unwrap();
        propose(world, &new(1, Some(1), None)).await.unwrap();
        let statements: [&'static str; 4] = [
            "UPDATE budget_addition SET state = 'added', settled_by = proposed_by, settled_at = proposed_at",
            "UPDATE budget_addition SET state = 'added'",
            "UPDATE budget_addition SET places = 0",
            "UPDATE budget_addition SET places = -1",
        ];
        for sql in statements {
            let done = world.write(async move |tx| tx.run(sql, args![]).await).await;
            assert!(done.is_err(), "{sql}");
        }
        assert_eq!(all(world).await[0].state, State::Proposed);
    })
    .await;
}

#[tokio::test]
async fn two_second_persons_at_one_moment_add_once() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 1\n")).await;
        super::follow::lines(world).await.unwrap();
        let wanted = new(1, Some(2), None);
        let budget = lines(world).await[0].budget_id;
        additions::propose(world, &second_policy_officer(), budget, wanted.clone()).await.unwrap();
        let (one, two) = (policy_officer(), policy_officer());
        let (first, second) = tokio::join!(
            additions::approve(world, &one, wanted.id),
            additions::approve(world, &two, wanted.id)
        );
        assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
        assert_eq!(lines(world).await[0].added_places, 2);
    })
    .await;
}

//! No officer judges an act of their own: every path is refused, by the use cases and by the tables.

use super::*;
use crate::error::{Conflict, Error};
use crate::test_support::each_engine;

const KEPT_OUT: Error = Error::Conflict(Conflict::TookPart);

#[tokio::test]
async fn who_took_part_is_not_given_it_and_does_not_answer_it() {
    each_engine(async |world| {
        hire_all(world).await;
        // Assessed and decided by the counter officer.
        let household = decided(world).await;
        let mut new = complaint(Category::PaymentAmount, Identity::Identified);
        (new.channel, new.household) = (Channel::Track, Some(household));
        let id = lodge(world, &Actor::applicant(), &new).await.unwrap().id;
        let took_part = counter_officer();
        let refused = acknowledge(world, &took_part, id, version(world, id).await, "").await;
        assert_eq!(refused, Err(KEPT_OUT));
        acknowledge(world, &supervisor(), id, version(world, id).await, "").await.unwrap();
        triage(world, &supervisor(), id, version(world, id).await, found(Category::PaymentAmount))
            .await
            .unwrap();
        let shown = show(world, &supervisor(), id).await.unwrap();
        assert!(!shown.able.iter().any(|(id, _)| *id == took_part.staff_id), "offered to who took part");
        assert!(shown.able.iter().any(|(id, _)| *id == second_counter_officer().staff_id));
        let given = assign(world, &supervisor(), id, version(world, id).await, took_part.staff_id).await;
        assert_eq!(given, Err(KEPT_OUT));
        // They read it and give their account, and that is all.
        let theirs = show(world, &took_part, id).await.unwrap();
        assert!(theirs.acts.is_empty() && theirs.may_note);
        note(world, &took_part, id, version(world, id).await, ("This is how it was.", false)).await.unwrap();
        let told = note(world, &took_part, id, version(world, id).await, ("You are wrong.", true)).await;
        assert_eq!(told, Err(KEPT_OUT));
    })
    .await;
}

#[tokio::test]
async fn who_is_complained_about_does_not_know_of_it_and_who_reports_to_them_does_not_handle_it() {
    each_engine(async |world| {
        hire_all(world).await;
        let id = lodged(world, Category::ServiceQuality).await.id;
        acknowledge(world, &counter_officer(), id, version(world, id).await, "").await.unwrap();
        let accused = Triage { about: Some(supervisor().staff_id), ..found(Category::ServiceQuality) };
        triage(world, &second_supervisor(), id, version(world, id).await, accused).await.unwrap();
        let one = read(world, id).await;
        // The supervisor would direct it at the office: it is the agency's.
        assert_eq!((one.level, one.state), (Level::Region, ComplaintState::Triaged));
        assert_eq!(show(world, &supervisor(), id).await.unwrap_err(), Error::NotFound);
        let listed = list(world, &supervisor(), &Filter::default(), None, 10).await.unwrap();
        assert_eq!(listed.rows, []);
        for reports in [counter_officer(), second_counter_officer(), supervisor()] {
            let given =
                assign(world, &agency_supervisor(), id, version(world, id).await, reports.staff_id).await;
            assert!(given.is_err(), "{} was given it", reports.name);
        }
        let other = second_agency_supervisor().staff_id;
        assign(world, &agency_supervisor(), id, version(world, id).await, other).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_officer_is_not_let_near_a_complaint_about_the_own_supervisor_or_self() {
    each_engine(async |world| {
        hire_all(world).await;
        let id = lodged(world, Category::ServiceQuality).await.id;
        investigated(world, id, &supervisor(), &counter_officer()).await;
        // It comes out that it is about the one who has it: it is taken from them.
        let accused = Triage { about: Some(counter_officer().staff_id), ..found(Category::ServiceQuality) };
        triage(world, &supervisor(), id, version(world, id).await, accused).await.unwrap();
        assert_eq!(read(world, id).await.owner, None);
        assert_eq!(show(world, &counter_officer(), id).await.unwrap_err(), Error::NotFound);
        let given =
            assign(world, &supervisor(), id, version(world, id).await, counter_officer().staff_id).await;
        assert_eq!(given, Err(KEPT_OUT));
        assign(world, &supervisor(), id, version(world, id).await, second_counter_officer().staff_id)
            .await
            .unwrap();
        // Nobody says of themselves that it is about them to get rid of it.
        let own = Triage { about: Some(supervisor().staff_id), ..found(Category::ServiceQuality) };
        begin(world, &second_counter_officer(), id, version(world, id).await).await.unwrap();
        let refused = triage(world, &supervisor(), id, version(world, id).await, own).await;
        assert_eq!(refused, Err(Error::Invalid("complaint.about")));
    })
    .await;
}

#[tokio::test]
async fn nobody_signs_the_own_answer() {
    each_engine(async |world| {
        hire_all(world).await;
        let id = lodged(world, Category::Information).await.id;
        investigated(world, id, &supervisor(), &supervisor()).await;
        let now = version(world, id).await;
        propose_response(world, &supervisor(), id, now, response(Outcome::Explained)).await.unwrap();
        let own = Error::Conflict(Conflict::SamePerson);
        assert_eq!(resolve(world, &supervisor(), id, version(world, id).await).await, Err(own.clone()));
        let back = send_back(world, &supervisor(), id, version(world, id).await, "No.").await;
        assert_eq!(back, Err(own));
        let officer = resolve(world, &counter_officer(), id, version(world, id).await).await;
        assert_eq!(officer, Err(Error::Forbidden));
        let shown = show(world, &supervisor(), id).await.unwrap();
        assert!(!shown.acts.contains(&ComplaintEvent::Resolve), "offered");
        resolve(world, &second_supervisor(), id, version(world, id).await).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_tables_refuse_it_whatever_the_program_does() {
    each_engine(async |world| {
        hire_all(world).await;
        let id = lodged(world, Category::ServiceQuality).await.id;
        acknowledge(world, &supervisor(), id, version(world, id).await, "").await.unwrap();
        let accused = Triage { about: Some(counter_officer().staff_id), ..found(Category::ServiceQuality) };
        triage(world, &supervisor(), id, version(world, id).await, accused).await.unwrap();
        let about = counter_officer().staff_id;
        for sql in [
            "UPDATE complaint SET owner = $1 WHERE household_id = $2",
            "UPDATE complaint SET proposed_by = $1 WHERE household_id = $2",
            "UPDATE complaint SET resolved_by = $1 WHERE household_id = $2",
            "INSERT INTO complaint_staff (household_id, staff_id, part, since) SELECT household_id, $1, 'handles', received_at FROM complaint WHERE household_id = $2",
            "UPDATE complaint SET state = 'closed' WHERE household_id = $2 AND owner IS DISTINCT FROM $1",
        ] {
            let done = world.write(async move |tx| tx.run(sql, args![about, id]).await).await;
            assert!(done.is_err(), "{sql}");
        }
        let both = "UPDATE complaint SET proposed_by = owner, resolved_by = owner WHERE household_id = $1";
        let id = lodged(world, Category::Information).await.id;
        investigated(world, id, &supervisor(), &second_counter_officer()).await;
        assert!(world.write(async move |tx| tx.run(both, args![id]).await).await.is_err());
    })
    .await;
}

use domain::matching::{Band, Said};
use domain::name::PersonName;

use super::*;
use crate::households::Distinct;
use crate::households::edit;
use crate::households::file::file;
use crate::households::register::register;
use crate::test_support::small::{load_small_pack, small_family};
use crate::test_support::{
    OFFICE, World, counter_officer, each_engine, officer_elsewhere, policy_officer, supervisor,
};

async fn family(world: &World, form: u128, name: &str) {
    let mut registration = small_family(form);
    for member in &mut registration.members {
        member.name = PersonName::parse(member.name.given().unwrap(), name, "").unwrap();
    }
    let distinct = Distinct { reason: "Two families of one village".into() };
    register(world, &counter_officer(), OFFICE, &registration, Some(&distinct)).await.unwrap();
}

async fn open(world: &World) -> i64 {
    let sql = "SELECT COUNT(*) FROM possible_duplicate WHERE state = 'open'";
    world.db.value(sql, args![]).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_pair_is_looked_at_once_and_again_when_a_record_changes() {
    each_engine(async |world| {
        load_small_pack(world).await;
        family(world, 1, "Sow").await;
        family(world, 2, "Sou").await;
        // The counter let them pass with a reason: four pairs wait for a second look.
        let officer = counter_officer();
        let (waiting, more) = queue(world, &officer).await.unwrap();
        assert!(!waiting.is_empty() && !more);
        let first = waiting[0].pair;
        assert_eq!(queue(world, &policy_officer()).await.unwrap_err(), Error::Forbidden);
        assert!(queue(world, &officer_elsewhere()).await.unwrap().0.is_empty(), "another office's");
        let elsewhere = pair(world, &officer_elsewhere(), first.person, first.other_person).await;
        assert_eq!(elsewhere.unwrap_err(), Error::Forbidden);
        let compared = pair(world, &supervisor(), first.person, first.other_person).await.unwrap();
        let scored = compared.scored.unwrap();
        assert_eq!(scored.band(), Band::VeryLikely);
        assert!(scored.fields().iter().any(|one| one.bits > 0.0));
        assert_eq!(
            say(world, &supervisor(), &compared, Said::NotSame, " ").await,
            Err(Error::Invalid("reason.missing"))
        );
        let before = open(world).await;
        say(world, &supervisor(), &compared, Said::NotSame, "Cousins, both were here").await.unwrap();
        assert_eq!(open(world).await, before - 1);
        assert_eq!(
            say(world, &supervisor(), &compared, Said::Same, "No, one").await,
            Err(Error::Stale),
            "somebody said it already"
        );
        // Not asked again by the job, whoever it comes to first.
        while find::round(world).await.unwrap() > 0 {}
        let said = pair(world, &supervisor(), first.person, first.other_person).await.unwrap();
        assert_eq!(said.state, "not_same");
        // One of the two is corrected: it is a new question.
        let home = file(world, &officer, first.household).await.unwrap();
        let mut member = home.members.iter().find(|one| one.id == first.person).unwrap().clone();
        member.person.name = PersonName::parse(member.person.name.given().unwrap(), "Soow", "").unwrap();
        let distinct = Distinct { reason: "A slip in the name".into() };
        edit::change_member(
            world,
            &officer,
            first.household,
            home.version,
            first.person,
            &member.person,
            Some(&distinct),
        )
        .await
        .unwrap();
        assert_eq!(journal::verify(world).await.unwrap().first_break, None);
    })
    .await;
}

#[tokio::test]
async fn the_job_finds_who_was_registered_twice_each_pair_once() {
    each_engine(async |world| {
        load_small_pack(world).await;
        family(world, 1, "Sow").await;
        family(world, 2, "Sou").await;
        let none = async |tx: &mut Tx| {
            tx.run("DELETE FROM possible_duplicate", args![]).await?;
            tx.run("DELETE FROM match_verdict", args![]).await.map(drop)
        };
        world.write(none).await.unwrap();
        let mut rounds = 0;
        while find::round(world).await.unwrap() > 0 {
            rounds += 1;
            assert!(rounds < 5, "a job that does not end");
        }
        assert_eq!(open(world).await, 4, "four people, each once");
        assert_eq!(find::round(world).await.unwrap(), 0, "nobody is new");
        // The same two are made one: the queue shows them no more.
        let (waiting, _) = queue(world, &counter_officer()).await.unwrap();
        assert_eq!(waiting.len(), 4);
    })
    .await;
}

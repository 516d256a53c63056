//! Stories about applicants: who gets in, who does not, and what they are shown.

use domain::lifecycle::Phrase;
use domain::track::Next;
use time::Duration;

use super::*;
use crate::households::register::Registered;
use crate::test_support::small::*;
use crate::test_support::{World, each_engine};

fn knock(registered: &Registered) -> Knock {
    Knock {
        reference: registered.reference.to_string().to_lowercase(),
        born: ["5".into(), "2".into(), "1990".into()],
        pin: registered.pin.as_ref().unwrap().reveal().to_owned(),
        address: "192.0.2.1".into(),
    }
}

async fn enter(world: &World, knock: &Knock) -> Token {
    match open(world, knock, Limits::PUBLIC).await.unwrap() {
        Opened::In(token) => token,
        other => panic!("not let in: {other:?}"),
    }
}

#[tokio::test]
async fn an_applicant_sees_what_happened_and_what_is_next() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &small_family(1)).await;
        let token = enter(world, &knock(&registered)).await;
        let first = view(world, &token).await.unwrap();
        assert_eq!((first.shown.phrase, first.shown.next), (Phrase::Received, Next::WeAssess));
        assert!(!first.has_letter);
        assess(world, registered.household, POOR).await;
        let after = view(world, &token).await.unwrap();
        assert_eq!(after.shown.next, Next::WeSetUp);
        assert!(after.has_letter && after.shown.appeal_until.is_some());
        let grant = after.shown.lines.iter().find(|line| line.programme == "cash-transfer").unwrap();
        assert_eq!(grant.phrase, Phrase::WaitingList);
        assert_eq!(letter(world, &token, "fr").await.unwrap().language, "fr");
        assert_eq!(letter(world, &token, "en").await.unwrap().language, "en");
        end(world, &token).await.unwrap();
        assert_eq!(view(world, &token).await.unwrap_err(), Error::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &small_family(1)).await;
        let right = knock(&registered);
        let wrong = [
            Knock { reference: "SP-0000-0000".into(), ..right.clone() },
            Knock { reference: "nonsense".into(), ..right.clone() },
            Knock { born: ["6".into(), "2".into(), "1990".into()], ..right.clone() },
            Knock { born: [String::new(), String::new(), "1990".into()], ..right.clone() },
            Knock { pin: "000000".into(), ..right.clone() },
            Knock { pin: "no".into(), ..right.clone() },
        ];
        for knock in &wrong {
            let opened = open(world, knock, Limits { reference: 50, address: 50 }).await.unwrap();
            assert_eq!(opened, Opened::Refused);
        }
        enter(world, &right).await;
    })
    .await;
}

#[tokio::test]
async fn tries_are_counted_for_the_reference_and_for_the_address() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &small_family(1)).await;
        let right = knock(&registered);
        let wrong = Knock { pin: "000000".into(), ..right.clone() };
        for _ in 0..5 {
            assert_eq!(open(world, &wrong, Limits::PUBLIC).await.unwrap(), Opened::Refused);
        }
        assert_eq!(open(world, &right, Limits::PUBLIC).await.unwrap(), Opened::TooMany, "even the right one");
        let elsewhere = Knock { address: "192.0.2.2".into(), ..right.clone() };
        assert_eq!(open(world, &elsewhere, Limits::PUBLIC).await.unwrap(), Opened::TooMany);
        world.clock.advance(Duration::HOUR);
        enter(world, &right).await;
        for n in 0..20 {
            let other =
                Knock { reference: format!("nobody {n}"), address: "192.0.2.9".into(), ..right.clone() };
            open(world, &other, Limits { reference: 1000, ..Limits::PUBLIC }).await.unwrap();
        }
        let full = Knock { address: "192.0.2.9".into(), ..right.clone() };
        assert_eq!(open(world, &full, Limits::PUBLIC).await.unwrap(), Opened::TooMany);
        world.clock.advance(Duration::hours(3));
        assert!(sweep(world).await.unwrap() >= 3);
    })
    .await;
}

#[tokio::test]
async fn a_visit_ends_by_itself_and_a_new_pin_ends_the_old() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &small_family(1)).await;
        let token = enter(world, &knock(&registered)).await;
        world.clock.advance(VISIT);
        assert_eq!(view(world, &token).await.unwrap_err(), Error::Forbidden);
        let officer = crate::test_support::counter_officer();
        let printed = letters::receipt(world, &officer, registered.household, "fr", true).await.unwrap();
        let old = knock(&registered);
        assert_eq!(open(world, &old, Limits::PUBLIC).await.unwrap(), Opened::Refused);
        let new = Knock { pin: printed.pin.unwrap().reveal().to_owned(), ..old };
        enter(world, &new).await;
        assert_eq!(printed.slip.reference, registered.reference.to_string());
        assert!(!printed.slip.officer.contains(' '), "a number, never a name");
    })
    .await;
}

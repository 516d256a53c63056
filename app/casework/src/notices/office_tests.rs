//! Stories about what an office does with messages, and about messages that come in.

use domain::household::Contact;
use domain::notice::{Kind, NoticeState};
use domain::phone::Phone;
use domain::registration::Registration;
use time::Duration;
use uuid::Uuid;

use super::inbound::{Inbound, Outcome};
use super::office::Became;
use super::testing::{Basket, states};
use super::*;
use crate::error::Conflict;
use crate::households::register::Registered;
use crate::test_support::small::*;
use crate::test_support::{World, counter_officer, each_engine, officer_elsewhere, policy_officer};
use crate::{Actor, args};

/// What is sealed of a message, and what is not.
type Kept = (Option<Vec<u8>>, Option<Vec<u8>>, String);

const PHONE: &str = "+257 79 123 456";

fn with_phone(number: Option<&str>) -> Registration {
    let family = small_family(1);
    let phone = number.map(|number| Phone::parse(number).unwrap());
    Registration { contact: Contact { phone, ..family.contact.clone() }, ..family }
}

async fn is_state(world: &World, states_now: &[&str]) {
    let now: Vec<String> = states(world).await.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(now, states_now);
}

#[tokio::test]
async fn an_office_prints_hands_over_and_sends_again() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (officer, elsewhere) = (counter_officer(), officer_elsewhere());
        let home = register_family(world, &with_phone(None)).await.household;
        let (basket, carriers) = Basket::new();
        deliver::round(world, &carriers).await.unwrap();
        let board = office::board(world, &officer).await.unwrap();
        assert_eq!((board.to_print.len(), board.printed.len()), (1, 0));
        let one = &board.to_print[0];
        assert_eq!((one.household, one.kind, one.trouble.as_str()), (home, Kind::Receipt, "no_phone"));
        assert!(office::board(world, &elsewhere).await.unwrap().to_print.is_empty());
        assert_eq!(office::board(world, &policy_officer()).await.unwrap_err(), Error::Forbidden);
        let settle =
            async |actor: &Actor, id: Uuid, became| office::settle(world, actor, home, id, became).await;
        assert_eq!(settle(&officer, one.id, Became::HandedOver).await, Err(Error::Conflict(Conflict::State)));
        assert_eq!(office::print_all(world, &elsewhere).await, Ok(0));
        assert_eq!(office::print_all(world, &officer).await, Ok(1));
        assert!(office::sheets(world, &elsewhere).await.unwrap().is_empty());
        let sheets = office::sheets(world, &officer).await.unwrap();
        assert_eq!(sheets.len(), 1);
        assert_eq!((sheets[0].addressee.as_str(), sheets[0].area.as_str()), ("Awa Diallo", "P01-C1"));
        assert!(sheets[0].text.contains("votre demande est inscrite"), "{}", sheets[0].text);
        assert_eq!(settle(&elsewhere, one.id, Became::Posted).await, Err(Error::NotFound));
        settle(&officer, one.id, Became::HandedOver).await.unwrap();
        assert_eq!(settle(&officer, one.id, Became::Resent).await, Err(Error::Conflict(Conflict::State)));
        is_state(world, &["handed_over"]).await;

        // The number is put on file: what goes on paper is sent to it, under another key.
        let put = Notice::new(Kind::Complaint, Subject::new("test", Uuid::from_u128(3)));
        world.write(async move |tx| super::put(tx, home, put.clone()).await).await.unwrap();
        deliver::round(world, &carriers).await.unwrap();
        is_state(world, &["handed_over", "to_print"]).await;
        let sealed_for = with_phone(Some(PHONE)).contact;
        crate::households::edit::change_contact(world, &officer, home, 1, &sealed_for).await.unwrap();
        let again = office::board(world, &officer).await.unwrap().to_print[0].id;
        settle(&officer, again, Became::Resent).await.unwrap();
        deliver::round(world, &carriers).await.unwrap();
        is_state(world, &["handed_over", "sent"]).await;
        assert_eq!(basket.got()[0].key, format!("{again}-1"));
        assert!(deliver::report(world, &format!("{again}-1"), deliver::Report::Delivered).await.unwrap());
        assert_eq!(office::board(world, &officer).await.unwrap().sent, (1, 1));
        let filed = office::of_household(world, &officer, home).await.unwrap();
        assert_eq!((filed.len(), filed[0].state), (2, NoticeState::Delivered));
        assert!(filed[0].text.as_deref().unwrap().contains("ce que vous nous avez dit"));
        assert_eq!(office::of_household(world, &elsewhere, home).await.unwrap_err(), Error::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn an_office_with_an_address_of_mail_is_written_to_once_a_day() {
    each_engine(async |world| {
        let mut files = small_pack();
        let offices =
            files["offices.toml"].replacen("phone =", "email = \"one@offices.example\"\nphone =", 1);
        files.insert("offices.toml".into(), offices);
        crate::packs::load(world, &Actor::command_line(), files).await.unwrap();
        register_family(world, &with_phone(None)).await;
        let (basket, sms) = Basket::new();
        let carriers = Carriers { email: sms.sms.clone(), sms: None, ..sms };
        assert_eq!(office::remind(world).await, Ok(0));
        deliver::round(world, &carriers).await.unwrap();
        for _ in 0..3 {
            assert_eq!(office::remind(world).await, Ok(1));
            deliver::round(world, &carriers).await.unwrap();
        }
        let got = basket.got();
        assert_eq!(got.len(), 1);
        assert_eq!(
            (got[0].to.as_str(), got[0].text.as_str()),
            ("one@offices.example", "Messages wait to be printed at Office OFF-01.")
        );
        world.clock.advance(Duration::DAY);
        office::remind(world).await.unwrap();
        deliver::round(world, &carriers).await.unwrap();
        assert_eq!(basket.got().len(), 2, "the next day");
        office::print_all(world, &counter_officer()).await.unwrap();
        assert_eq!(office::remind(world).await, Ok(0));
    })
    .await;
}

fn asks(id: &str, from: &str, text: &str) -> Inbound {
    Inbound { id: id.into(), from: from.into(), text: text.into() }
}

async fn answers(world: &World) -> i64 {
    let count = "SELECT COUNT(*) FROM notice WHERE kind = 'status'";
    world.db.value(count, args![]).await.unwrap().unwrap()
}

#[tokio::test]
async fn only_the_number_on_file_is_answered_and_everybody_else_hears_nothing() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let Registered { household: home, reference, .. } =
            register_family(world, &with_phone(Some(PHONE))).await;
        let (basket, carriers) = Basket::new();
        deliver::round(world, &carriers).await.unwrap();
        let take = async |id: &str, from: &str, text: &str| {
            inbound::take(world, &asks(id, from, text)).await.unwrap()
        };
        let status = format!("status {}", reference.to_string().to_lowercase());
        assert_eq!(take("1", "+257 79 000 000", &status).await, Outcome::Silent);
        assert_eq!(take("2", PHONE, "STATUS SP-0000-0000").await, Outcome::Silent);
        assert_eq!(take("3", PHONE, "STATSU SP-0000-0000").await, Outcome::Unreadable);
        assert_eq!(take("4", "no number", &status).await, Outcome::Unreadable);
        assert_eq!(answers(world).await, 0);
        // At night too: they sit waiting.
        world.clock.advance(Duration::hours(14));
        assert_eq!(take("5", "79 123 456", &status).await, Outcome::Answered);
        assert_eq!(take("5", "79 123 456", &status).await, Outcome::Repeated);
        deliver::round(world, &carriers).await.unwrap();
        assert_eq!(basket.texts()[1], format!("{reference} : nous avons votre demande."));
        for n in 6..10 {
            assert_eq!(take(&n.to_string(), PHONE, &status).await, Outcome::Answered);
        }
        assert_eq!(take("10", PHONE, &status).await, Outcome::TooMany);
        assert_eq!(answers(world).await, 5);
        let counted: Vec<(String, i64)> = world
            .db
            .all("SELECT outcome, COUNT(*) FROM inbound GROUP BY outcome ORDER BY outcome", args![])
            .await
            .unwrap();
        let counted: Vec<(&str, i64)> = counted.iter().map(|(outcome, n)| (outcome.as_str(), *n)).collect();
        assert_eq!(counted, [("answered", 5), ("silent", 2), ("too_many", 1), ("unreadable", 2)]);
        // A message could put them in danger: silence.
        world.clock.advance(Duration::hours(2));
        let mut careful = with_phone(Some(PHONE)).contact;
        careful.safe_contact = true;
        crate::households::edit::change_contact(world, &counter_officer(), home, 1, &careful).await.unwrap();
        assert_eq!(take("11", PHONE, &status).await, Outcome::Silent);
        world.clock.advance(Duration::days(31));
        assert!(inbound::sweep(world).await.unwrap() > 10);
        let left: Option<i64> = world.db.value("SELECT COUNT(*) FROM inbound", args![]).await.unwrap();
        assert_eq!(left, Some(0));
    })
    .await;
}

#[tokio::test]
async fn the_tables_keep_no_number_no_text_and_no_code() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &with_phone(Some(PHONE))).await;
        let (keys, home) = (world.keys.clone(), registered.household);
        let asked = Subject::new("asked", Uuid::from_u128(1));
        world.write(async move |tx| put_code(tx, &keys, home, asked.clone(), "73519").await).await.unwrap();
        let (_, carriers) = Basket::new();
        let look = async || {
            let rows: Vec<Kept> = world
                .db
                .all("SELECT secret, body, part || reference || gateway_ref || trouble FROM notice", args![])
                .await
                .unwrap();
            let bytes: Vec<u8> = rows
                .iter()
                .flat_map(|(secret, body, text)| {
                    [
                        secret.clone().unwrap_or_default(),
                        body.clone().unwrap_or_default(),
                        text.clone().into_bytes(),
                    ]
                    .concat()
                })
                .collect();
            for plain in ["73519", "79123456", "votre"] {
                assert!(!bytes.windows(plain.len()).any(|window| window == plain.as_bytes()), "{plain}");
            }
        };
        look().await;
        deliver::round(world, &carriers).await.unwrap();
        look().await;
        // A change of keys reaches what is sealed.
        world.keys.add_key().unwrap();
        crate::crypt::rotate::rotate(world).await.unwrap();
        world.keys.forget_old_keys().unwrap();
        let filed = office::of_household(world, &counter_officer(), home).await.unwrap();
        assert!(filed.iter().any(|one| one.text.as_deref().is_some_and(|text| text.contains("inscrite"))));
    })
    .await;
}

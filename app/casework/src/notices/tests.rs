//! Stories about messages: what is told, in which words, which way, and when; and that none is lost or sent twice.

use domain::household::Contact;
use domain::ids::HouseholdId;
use domain::notice::{Kind, TRIES};
use domain::phone::Phone;
use domain::registration::Registration;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::testing::{Basket, states};
use super::*;
use crate::Casework;
use crate::args;
use crate::db::Sight;
use crate::test_support::small::*;
use crate::test_support::{World, each_engine};

fn with_phone(form: u128) -> Registration {
    let family = small_family(form);
    let phone = Some(Phone::parse("+257 79 123 456").unwrap());
    Registration { contact: Contact { phone, ..family.contact.clone() }, ..family }
}

fn a_visit() -> Subject {
    Subject::new("test", Uuid::from_u128(7))
}

async fn tell(world: &World, household: HouseholdId, notice: Notice) {
    world.write(async move |tx| put(tx, household, notice.clone()).await).await.unwrap();
}

async fn go(world: &World, carriers: &Carriers) -> deliver::Done {
    deliver::round(world, carriers).await.unwrap()
}

async fn codes(world: &World) -> Vec<(String, String)> {
    states(world).await.into_iter().map(|(kind, state, _)| (kind, state)).collect()
}

fn row(kind: &str, state: &str, trouble: &str) -> (String, String, String) {
    (kind.into(), state.into(), trouble.into())
}

#[tokio::test]
async fn who_registers_and_is_assessed_is_told_in_their_language_once() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (basket, carriers) = Basket::new();
        let registered = register_family(world, &with_phone(1)).await;
        register_family(world, &with_phone(1)).await;
        assert_eq!(go(world, &carriers).await.sent, 1);
        assess(world, registered.household, POOR).await;
        assert_eq!(go(world, &carriers).await.sent, 1);
        assert!(!go(world, &carriers).await.any());
        let texts = basket.texts();
        let reference = registered.reference.to_string();
        let day = registered.decide_by;
        let day = format!("{:02}/{:02}/{}", day.day(), u8::from(day.month()), day.year());
        assert_eq!(
            texts,
            [
                format!(
                    "{reference} : votre demande est inscrite. Nous décidons avant le {day}. Gardez ce numéro. Questions, \
                     plaintes, recours : Bureau OFF-01."
                ),
                format!(
                    "{reference} : une nouvelle lettre est là pour vous : Bureau OFF-01. Elle dit comment contester. C'est \
                     gratuit."
                ),
            ]
        );
        assert!(basket.got().iter().all(|parcel| parcel.to == "+25779123456"));
        let mut view = world.db.read().await.unwrap();
        let told = crate::journal::entries(&mut view, registered.household, None, 100).await.unwrap();
        drop(view);
        let told = format!("{told:?}");
        assert!(told.contains("notice.sent") && !told.contains("79123456"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn what_was_told_once_is_not_told_again_and_a_unit_that_fails_tells_nothing() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let home = register_family(world, &with_phone(1)).await.household;
        let hearing = || Notice::new(Kind::Hearing, a_visit()).on(date!(2026 - 11 - 20));
        for _ in 0..3 {
            tell(world, home, hearing()).await;
        }
        tell(world, home, hearing().part("moved")).await;
        let failed: Result<()> = world
            .write(async move |tx| {
                put(tx, home, Notice::new(Kind::Appeal, a_visit())).await?;
                Err(Error::Invalid("on.purpose"))
            })
            .await;
        assert!(failed.is_err());
        let (basket, carriers) = Basket::new();
        go(world, &carriers).await;
        assert_eq!(basket.got().len(), 3, "{:?}", basket.texts());
        assert!(basket.texts()[1].contains("20/11/2026"));
        let undated = world.write(async move |tx| put(tx, home, Notice::new(Kind::Hearing, a_visit())).await);
        assert!(matches!(undated.await, Err(Error::Internal(_))));
    })
    .await;
}

#[tokio::test]
async fn whoever_acts_may_have_something_told_and_sees_no_message() {
    let world = World::postgres().await;
    load_small_pack(&world).await;
    let home = register_family(&world, &with_phone(1)).await.household;
    let stranger = world.acting(&crate::test_support::provider_officer());
    stranger
        .write(async move |tx| put(tx, home, Notice::new(Kind::Complaint, a_visit())).await)
        .await
        .unwrap();
    let seen =
        async |cw: &Casework| cw.db.value::<i64>("SELECT COUNT(*) FROM notice", args![]).await.unwrap();
    assert_eq!(seen(&stranger).await, Some(0));
    assert_eq!(seen(&world.seen_with(Sight::household(home))).await, Some(2));
    assert_eq!(seen(&world.acting(&crate::Actor::system())).await, Some(2));
    // Who acts for nobody writes nothing.
    let nobody = world.seen_with(Sight::default());
    let written = nobody.write(async move |tx| put(tx, home, Notice::new(Kind::Appeal, a_visit())).await);
    assert!(written.await.is_err());
    world.end().await;
}

#[tokio::test]
async fn whom_a_message_could_put_in_danger_gets_one_that_says_nothing_but_the_code_they_asked_for() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let mut family = with_phone(1);
        family.contact.safe_contact = true;
        let home = register_family(world, &family).await.household;
        let keys = world.keys.clone();
        world.write(async move |tx| put_code(tx, &keys, home, a_visit(), "04711").await).await.unwrap();
        let (basket, carriers) = Basket::new();
        go(world, &carriers).await;
        let office = world.pack().unwrap().office("OFF-01").unwrap().phone.clone();
        let texts = basket.texts();
        assert!(texts[1].starts_with("04711 est votre code."), "{texts:?}");
        match office {
            Some(phone) => assert_eq!(texts[0], format!("Merci d'appeler le {phone}.")),
            None => assert_eq!(texts.len(), 1),
        }
        // Nobody reads a code again.
        let kept: Option<i64> = world
            .db
            .value(
                "SELECT COUNT(*) FROM notice WHERE kind = 'code' AND secret IS NULL AND body IS NULL",
                args![],
            )
            .await
            .unwrap();
        assert_eq!(kept, Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_code_goes_at_night_and_not_after_it_has_run_out_and_the_rest_waits_for_the_morning() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let home = register_family(world, &with_phone(1)).await.household;
        let night = datetime!(2026-11-02 23:10 UTC);
        world.clock.set(night);
        let ask = async |n: u128| {
            let keys = world.keys.clone();
            let asked = Subject::new("asked", Uuid::from_u128(n));
            world
                .write(async move |tx| put_code(tx, &keys, home, asked.clone(), "00815").await)
                .await
                .unwrap();
        };
        ask(1).await;
        let (basket, carriers) = Basket::new();
        go(world, &carriers).await;
        assert_eq!(
            basket.texts(),
            ["00815 est votre code. Il vaut 15 minutes. Ne le donnez à personne, ni à nous."]
        );
        basket.fail(Trouble::Later("unreachable"));
        ask(2).await;
        assert_eq!(go(world, &carriers).await.failed, 1);
        basket.fail(None);
        world.clock.advance(CODE_HOLDS);
        assert_eq!(go(world, &carriers).await.ended, 1);
        assert_eq!(basket.got().len(), 1, "what has run out is not sent");
        let receipt: (OffsetDateTime,) = world
            .db
            .one("SELECT next_at FROM notice WHERE kind = 'receipt'", args![])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(receipt.0, datetime!(2026-11-03 8:00 UTC));
        world.clock.set(receipt.0);
        assert_eq!(go(world, &carriers).await.sent, 1);
        let all = codes(world).await;
        assert_eq!(all[2], ("code".into(), "expired".into()));
    })
    .await;
}

#[tokio::test]
async fn who_has_no_number_gets_paper_and_so_does_everybody_where_there_is_no_gateway() {
    each_engine(async |world| {
        load_small_pack(world).await;
        register_family(world, &small_family(1)).await;
        let (basket, carriers) = Basket::new();
        assert_eq!(go(world, &carriers).await.ended, 1);
        assert_eq!(states(world).await, [row("receipt", "to_print", "no_phone")]);
        assert_eq!(basket.handed(), 0);

        let mut other = with_phone(2);
        other.members.truncate(1);
        other.members[0].birth = domain::birth::Birth::Date(date!(1980 - 01 - 01));
        let home = register_family(world, &other).await.household;
        let nothing = Carriers::default();
        assert!(!go(world, &nothing).await.any(), "a gateway may come");
        world.clock.advance(Duration::minutes(59));
        assert!(!go(world, &nothing).await.any());
        world.clock.advance(Duration::minutes(1));
        assert_eq!(go(world, &nothing).await.ended, 1);
        assert_eq!(states(world).await[1], row("receipt", "to_print", "no_gateway"));
        let keys = world.keys.clone();
        world.write(async move |tx| put_code(tx, &keys, home, a_visit(), "1").await).await.unwrap();
        assert_eq!(go(world, &nothing).await.ended, 1);
        assert_eq!(states(world).await[2], row("code", "given_up", "no_gateway"));
    })
    .await;
}

#[tokio::test]
async fn a_try_that_fails_is_made_again_later_and_later_and_at_last_it_goes_on_paper() {
    each_engine(async |world| {
        load_small_pack(world).await;
        register_family(world, &with_phone(1)).await;
        let (basket, carriers) = Basket::new();
        basket.fail(Trouble::Later("unreachable"));
        let mut tries = 0;
        for _ in 0..600 {
            tries += go(world, &carriers).await.failed;
            world.clock.advance(Duration::minutes(1));
        }
        assert_eq!(i64::try_from(tries).unwrap(), TRIES - 1);
        assert_eq!(basket.handed(), u64::try_from(TRIES).unwrap());
        assert_eq!(states(world).await, [row("receipt", "to_print", "unreachable")]);

        let mut other = with_phone(2);
        other.members.truncate(1);
        other.members[0].birth = domain::birth::Birth::Date(date!(1980 - 01 - 01));
        basket.fail(Trouble::Never("no_such_number"));
        register_family(world, &other).await;
        world.clock.set(datetime!(2026-11-03 9:00 UTC));
        assert_eq!(go(world, &carriers).await.ended, 1);
        assert_eq!(states(world).await[1], row("receipt", "to_print", "no_such_number"));
    })
    .await;
}

/// What a server that died left behind: taken, and perhaps handed over.
async fn die_after_taking(world: &World, until: OffsetDateTime) {
    world
        .write(async move |tx| {
            tx.run(
                "UPDATE notice SET state = 'sending', next_at = $1, tries = 1, version = version + 1
                 WHERE state = 'queued'",
                args![until],
            )
            .await
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn what_a_server_took_and_did_not_record_is_handed_over_again_under_the_same_key() {
    each_engine(async |world| {
        load_small_pack(world).await;
        register_family(world, &with_phone(1)).await;
        let (basket, carriers) = Basket::new();
        // The gateway has it, and the server dies before it can record that: the version it knew is gone.
        let lost = world.now() + carriers.lease;
        go(world, &carriers).await;
        let undo = "UPDATE notice SET state = 'queued', sent_at = NULL, version = version + 1";
        world.write(async move |tx| tx.run(undo, args![]).await).await.unwrap();
        die_after_taking(world, lost).await;
        assert!(!go(world, &carriers).await.any(), "it is another's until the claim runs out");
        world.clock.advance(carriers.lease);
        assert_eq!(go(world, &carriers).await.sent, 1);
        assert_eq!((basket.handed(), basket.got().len()), (2, 1), "handed over twice, sent once");
    })
    .await;
}

#[tokio::test]
async fn many_servers_at_once_send_each_message_once() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let home = register_family(world, &with_phone(1)).await.household;
        for n in 0..20_u128 {
            tell(world, home, Notice::new(Kind::Complaint, Subject::new("test", Uuid::from_u128(n)))).await;
        }
        let (basket, carriers) = Basket::new();
        let rounds: Vec<_> = (0..4)
            .map(|_| {
                let (cw, carriers) = (world.casework.clone(), carriers.clone());
                tokio::spawn(async move { deliver::round(&cw, &carriers).await })
            })
            .collect();
        let mut sent = 0;
        for round in rounds {
            sent += round.await.unwrap().unwrap().sent;
        }
        // Under contention one may be left for the next round; none is handed over twice.
        sent += go(world, &carriers).await.sent;
        assert_eq!((sent, basket.handed(), basket.got().len()), (21, 21, 21));
    })
    .await;
}

#[tokio::test]
async fn a_report_may_come_twice_too_early_or_about_nothing() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let home = register_family(world, &with_phone(1)).await.household;
        tell(world, home, Notice::new(Kind::Complaint, a_visit())).await;
        let (basket, carriers) = Basket::new();
        die_after_taking(world, world.now() + Duration::HOUR).await;
        let ids: Vec<(Uuid,)> =
            world.db.all("SELECT notice_id FROM notice ORDER BY notice_id", args![]).await.unwrap();
        let (first, second) = (ids[0].0.to_string(), ids[1].0.to_string());
        let report = async |key: &str, what| deliver::report(world, key, what).await.unwrap();
        assert!(report(&first, deliver::Report::Delivered).await);
        assert!(!report(&first, deliver::Report::Delivered).await);
        assert!(!report(&first, deliver::Report::Undelivered).await);
        assert!(!report(&format!("{second}-1"), deliver::Report::Delivered).await, "of another round");
        assert!(report(&second, deliver::Report::Undelivered).await);
        for nonsense in ["", "x", "01931e6e-7d5a-7c3e-8f10-0123456789ab", "ééééééééééééééééééééééé"]
        {
            assert!(!report(nonsense, deliver::Report::Delivered).await, "{nonsense}");
        }
        assert_eq!(
            states(world).await,
            [row("receipt", "delivered", ""), row("complaint", "to_print", "undelivered")]
        );
        world.clock.advance(Duration::HOUR * 2);
        assert!(!go(world, &carriers).await.any() && basket.got().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_message_can_go_to_the_number_that_was() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let home = register_family(world, &small_family(1)).await.household;
        let keys = world.keys.clone();
        world
            .write(async move |tx| {
                let old = Address {
                    phone: Some(Phone::parse("+257 70 000 001").map_err(Error::internal)?),
                    email: None,
                    language: "en".into(),
                    office: "OFF-01".into(),
                };
                put_to(tx, &keys, home, Notice::new(Kind::Change, a_visit()), old).await
            })
            .await
            .unwrap();
        let (basket, carriers) = Basket::new();
        go(world, &carriers).await;
        let got = basket.got();
        assert_eq!((got.len(), got[0].to.as_str()), (1, "+25770000001"));
        assert!(got[0].text.contains("somebody asked to change"), "{}", got[0].text);
        let has = world.write(async move |tx| has_phone(tx, home).await).await.unwrap();
        assert!(!has);
    })
    .await;
}

#[tokio::test]
async fn one_that_cannot_be_written_waits_and_holds_up_nobody() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let home = register_family(world, &with_phone(1)).await.household;
        tell(world, home, Notice::new(Kind::Complaint, a_visit())).await;
        // Sealed for another place: it does not open.
        let spoil = "UPDATE notice SET secret = $1 WHERE kind = 'receipt'";
        world.write(async move |tx| tx.run(spoil, args![vec![1_u8; 60]]).await).await.unwrap();
        let (basket, carriers) = Basket::new();
        assert_eq!(go(world, &carriers).await.sent, 1);
        assert_eq!(states(world).await, [row("receipt", "queued", "fault"), row("complaint", "sent", "")]);
        world.clock.advance(Duration::minutes(9));
        go(world, &carriers).await;
        assert_eq!(basket.handed(), 1);
        let mend = "UPDATE notice SET secret = NULL";
        world.write(async move |tx| tx.run(mend, args![]).await).await.unwrap();
        world.clock.advance(Duration::minutes(1));
        assert_eq!(go(world, &carriers).await.sent, 1);
    })
    .await;
}

#[tokio::test]
async fn who_brings_nothing_is_reminded_twice_and_who_waits_too_long_is_told_that_they_may_object() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (basket, carriers) = Basket::new();
        let home = register_family(world, &with_phone(1)).await.household;
        assess(world, home, Typed { paper: "no", ..POOR }).await;
        let said = async |days: i64| {
            world.clock.advance(Duration::days(days));
            crate::clocks::run_due(world).await.unwrap();
            go(world, &carriers).await;
            basket.texts()
        };
        let texts = said(0).await;
        assert!(
            texts.len() == 2 && texts[1].contains("il nous faut quelque chose de vous avant le"),
            "{texts:?}"
        );
        let texts = said(9).await;
        assert!(
            texts.len() == 3 && texts[2].contains("nous attendons encore quelque chose de vous"),
            "{texts:?}"
        );
        let texts = said(4).await;
        assert!(texts.len() == 4 && texts[3] == texts[2], "{texts:?}");
        assert_eq!(said(20).await.len(), 4, "silence refuses nothing, and is not written to for ever");

        let mut other = with_phone(2);
        other.members.truncate(1);
        other.members[0].birth = domain::birth::Birth::Date(date!(1980 - 01 - 01));
        register_family(world, &other).await;
        assert_eq!(said(0).await.len(), 5);
        let texts = said(60).await;
        assert!(texts.iter().any(|text| text.contains("notre décision tarde")), "{texts:?}");
        assert_eq!(said(1).await.len(), texts.len());
    })
    .await;
}

//! Stories about the directory: looking for a place, keeping it right, and being asked to.

use domain::services::{Access, ServiceKind};
use time::{Date, Duration};

use super::*;
use crate::journal;
use crate::test_support::small::load_small_pack;
use crate::test_support::{
    World, counter_officer, demo_pack, each_engine, hire, plan, policy_officer, provider_officer, supervisor,
};
use crate::{Actor, packs};

/// The codes that a search finds, in order.
async fn found(world: &World, asked: &Asked) -> Vec<String> {
    let found = search(world, asked).await.unwrap();
    found.into_iter().map(|one| one.spot.place.code).collect()
}

async fn said(world: &World, by: &Actor, code: &str, now: impl Fn(Change) -> Change) -> Result<()> {
    let there = spot(world, code).await.unwrap();
    change(world, by, code, there.version, &now(Change::of(&there))).await
}

#[tokio::test]
async fn a_need_is_found_in_any_language_with_accents_or_without() {
    let world = World::sqlite().await;
    packs::load(&world, &Actor::command_line(), demo_pack()).await.unwrap();
    let words = |words: &str| Asked { words: words.into(), ..Asked::default() };
    let lawyers = found(&world, &words("lawyer")).await;
    assert_eq!(lawyers, ["PLC-22", "PLC-23"]);
    for same in ["AVOCAT", "محامي", "Lawy", "lawyer court"] {
        let these = found(&world, &words(same)).await;
        assert!(these.contains(&"PLC-22".to_owned()), "{same}: {these:?}");
    }
    let clinics = found(&world, &words("medecin")).await;
    assert_eq!(clinics, found(&world, &words("médecin")).await);
    assert!(clinics.contains(&"PLC-14".to_owned()), "{clinics:?}");
    assert!(found(&world, &words("lawyer vaccine")).await.is_empty(), "every word counts");
    assert_eq!(found(&world, &words("")).await.len(), 26);

    let near = Asked { area: "P16-D1-C1".into(), kind: Some(ServiceKind::Health), ..Asked::default() };
    let nearest = search(&world, &near).await.unwrap();
    assert_eq!(nearest[0].spot.place.code, "PLC-16");
    let far: Vec<f64> = nearest.iter().map(|one| one.km.unwrap()).collect();
    assert!(far.is_sorted() && far[0] < 20.0 && far[1] > 50.0, "{far:?}");
    let close = Asked { km: Some(20), ..near.clone() };
    assert_eq!(found(&world, &close).await, ["PLC-16"]);
    let within = Asked { within: "P18".into(), ..Asked::default() };
    assert_eq!(found(&world, &within).await, ["PLC-03", "PLC-06", "PLC-13", "PLC-25"]);
    let signed = Asked { access: Some(Access::SignLanguage), ..Asked::default() };
    assert_eq!(found(&world, &signed).await, ["PLC-01", "PLC-22"]);
    let arabic = Asked { language: "ar".into(), kind: Some(ServiceKind::Legal), ..Asked::default() };
    assert_eq!(found(&world, &arabic).await, ["PLC-20", "PLC-22"]);
    // A Monday at eight; the registry of the villages opens on Tuesdays and Thursdays.
    let open = Asked { open_now: true, kind: Some(ServiceKind::Legal), ..Asked::default() };
    assert_eq!(found(&world, &open).await, ["PLC-20", "PLC-22"]);
    world.end().await;
}

#[tokio::test]
async fn a_provider_keeps_its_own_places_and_an_office_those_around_it() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let own = provider_officer();
        let hours = |change: Change| Change { open: "mon 09:00-10:00".into(), ..change };
        assert_eq!(said(world, &own, "PLC-02", hours).await, Err(Error::Forbidden));
        assert_eq!(
            said(world, &supervisor(), "PLC-02", hours).await,
            Err(Error::Forbidden),
            "another province"
        );
        assert_eq!(said(world, &counter_officer(), "PLC-01", hours).await, Err(Error::Forbidden));
        assert_eq!(said(world, &policy_officer(), "PLC-01", hours).await, Err(Error::Forbidden));
        for (wrong, change) in [
            ("place.open", Change { open: "whenever".into(), ..Change::default() }),
            ("place.phone", Change { phone: "call me".into(), ..Change::default() }),
            ("place.capacity", Change { capacity: Some(9_000_000), ..Change::default() }),
            ("place.languages", Change { languages: vec!["xx".into()], ..Change::default() }),
            ("place.closed_until", Change { closed_until: Some(world.today()), ..Change::default() }),
        ] {
            assert_eq!(
                said(world, &own, "PLC-01", |_| change.clone()).await,
                Err(Error::Invalid(wrong)),
                "{wrong}"
            );
        }
        said(world, &own, "PLC-01", hours).await.unwrap();
        let now = spot(world, "PLC-01").await.unwrap();
        assert_eq!((now.version, now.place.open.as_deref()), (1, Some("mon 09:00-10:00")));
        assert_eq!((now.place.verified, now.keeper), (Some(world.today()), Keeper::Provider));
        assert_eq!(now.is_open(world.here(world.now())), Some(false));
        let before = Change::of(&now);
        assert_eq!(change(world, &supervisor(), "PLC-01", 0, &before).await, Err(Error::Stale));
        change(world, &supervisor(), "PLC-01", 1, &before).await.unwrap();
        let looked = spot(world, "PLC-01").await.unwrap();
        assert_eq!((looked.version, looked.keeper), (2, Keeper::Office));
        let mut view = world.db.read().await.unwrap();
        let entries = journal::entries(&mut view, journal::REGISTRY, None, 50).await.unwrap();
        let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
        assert!(kinds.contains(&"place.changed") && kinds.contains(&"place.verified"), "{kinds:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_closed_or_full_takes_nobody() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let pack = world.pack().unwrap();
        let near = async |world: &World| -> Vec<String> {
            let mut view = world.db.read().await.unwrap();
            let spots =
                suitable(&mut view, &pack, "skills_training", "P01-C1", &BTreeSet::new()).await.unwrap();
            spots.into_iter().map(|spot| spot.place.code).collect()
        };
        assert_eq!(near(world).await, ["PLC-01", "PLC-02"]);
        let until: Date = world.today() + Duration::days(3);
        said(world, &provider_officer(), "PLC-01", |now| Change { closed_until: Some(until), ..now })
            .await
            .unwrap();
        assert_eq!(near(world).await, ["PLC-02"]);
        let all = search(world, &Asked::default()).await.unwrap();
        assert_eq!(all.last().unwrap().spot.place.code, "PLC-01", "what is closed stands last");
        world.clock.advance(Duration::days(3));
        assert_eq!(near(world).await, ["PLC-01", "PLC-02"]);
        said(world, &provider_officer(), "PLC-01", |now| Change { capacity: Some(0), ..now }).await.unwrap();
        assert_eq!(near(world).await, ["PLC-02"]);
        let with_places = Asked { with_places: true, ..Asked::default() };
        assert_eq!(found(world, &with_places).await, ["PLC-02"]);
    })
    .await;
}

#[tokio::test]
async fn a_keeper_is_asked_to_look_when_nobody_has_for_long() {
    each_engine(async |world| {
        load_small_pack(world).await;
        assert_eq!(stale::round(world).await, Ok(0), "both were looked at in September");
        world.clock.advance(Duration::days(130));
        hire(world, &[provider_officer(), supervisor()]).await;
        assert_eq!(stale::round(world).await, Ok(2));
        assert_eq!(stale::round(world).await, Ok(0), "each is asked for once");
        let theirs = "SELECT subject_id FROM task WHERE state = 'open' AND scope_kind = 'provider' AND scope_code = 'PRV-01'";
        let about: Vec<(uuid::Uuid,)> = world.db.all(theirs, args![]).await.unwrap();
        assert_eq!(about.len(), 1);
        let pack = world.pack().unwrap();
        let subject = crate::subject::Subject::new(stale::SUBJECT, about[0].0);
        assert_eq!(stale::of_task(&pack, &subject), Some("PLC-01"));
        let sql = "SELECT COUNT(*) FROM task WHERE scope_kind = 'office' AND scope_code = 'OFF-02'";
        assert_eq!(world.db.value::<i64>(sql, args![]).await, Ok(Some(1)), "where nobody of it can sign in");
        said(world, &provider_officer(), "PLC-01", |now| now).await.unwrap();
        let left: Vec<(uuid::Uuid,)> = world.db.all(theirs, args![]).await.unwrap();
        assert!(left.is_empty());
        assert_eq!(stale::round(world).await, Ok(0));
    })
    .await;
}

#[tokio::test]
async fn the_lists_of_a_provider_are_read_by_their_index() {
    each_engine(async |world| {
        let sql = "SELECT r.referral_id FROM referral r WHERE r.provider = $1 AND r.access AND r.state IN ('requested')
                   AND (r.requested_at, r.referral_id) > ($2, $3) ORDER BY r.requested_at, r.referral_id LIMIT 26";
        let steps = plan(world, sql, args!["PRV-01", world.now(), uuid::Uuid::nil()]).await.join("\n");
        assert!(steps.contains("referral_inbox"), "{steps}");
    })
    .await;
}

//! Accounts and signing in, on both engines.

use domain::role::Role;
use time::Duration;

use super::*;
use crate::test_support::{OFFICE, OTHER_OFFICE, World, administrator, each_engine, supervisor};

const PASSWORD: &str = "marché du samedi à Gitega";
const NEW_PASSWORD: &str = "sept collines, un lac et la pluie";

fn grant(role: Role, office: &str) -> Grant {
    Grant { role, scope: Scope::Office(office.into()) }
}

async fn aline(world: &World) -> StaffId {
    add(
        world,
        &administrator(),
        NewStaff {
            login: " Aline.N ".into(),
            name: "Aline Niyonzima".into(),
            language: "fr".into(),
            grants: vec![grant(Role::CounterOfficer, OFFICE)],
            password: Some(PASSWORD.into()),
        },
    )
    .await
    .unwrap()
}

async fn try_in(world: &World, login: &str, password: &str) -> SignIn {
    sign_in(world, login, password).await.unwrap()
}

#[tokio::test]
async fn an_account_signs_in_with_its_rights() {
    each_engine(async |world| {
        let id = aline(world).await;
        let SignIn::In(actor) = try_in(world, "ALINE.N", PASSWORD).await else { panic!("refused") };
        assert_eq!((actor.account(), actor.name.as_str()), (Some(id), "Aline Niyonzima"));
        assert!(actor.may_in(Right::OpenFile, &Scope::Office(OFFICE.into())));
        assert_eq!(super::actor(world, id).await.unwrap(), Some(*actor));
        assert_eq!(try_in(world, "aline.n", NEW_PASSWORD).await, SignIn::Refused);
        assert_eq!(try_in(world, "nobody", PASSWORD).await, SignIn::Refused);
        let mut view = world.db.read().await.unwrap();
        let told = journal::entries(&mut view, id, None, 10).await.unwrap();
        assert_eq!(
            told.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>(),
            ["staff.signed_in", "staff.added"]
        );
        assert_eq!(told[1].told("grants"), Some(serde_json::json!(["counter_officer:office:OFF-01"])));
    })
    .await;
}

#[tokio::test]
async fn failures_slow_down_a_known_and_an_unknown_name_alike() {
    each_engine(async |world| {
        aline(world).await;
        for name in ["aline.n", "nobody"] {
            for _ in 0..5 {
                assert_eq!(try_in(world, name, "wrong").await, SignIn::Refused, "{name}");
            }
            let until = world.now() + Duration::MINUTE;
            assert_eq!(try_in(world, name, PASSWORD).await, SignIn::Slowed { until }, "{name}");
        }
        world.clock.advance(Duration::MINUTE);
        assert!(matches!(try_in(world, "aline.n", PASSWORD).await, SignIn::In(_)));
        assert_eq!(try_in(world, "aline.n", "wrong").await, SignIn::Refused, "the count starts anew");
        assert!(matches!(try_in(world, "aline.n", PASSWORD).await, SignIn::In(_)));
    })
    .await;
}

#[tokio::test]
async fn many_tries_at_once_do_not_get_more_tries() {
    let world = World::sqlite().await;
    aline(&world).await;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let cw = world.casework.clone();
        tries.spawn(async move { sign_in(&cw, "aline.n", "wrong").await.unwrap() });
    }
    let answers = tries.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == SignIn::Refused).count(), 5);
    world.end().await;
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_comes_back_when_enabled() {
    each_engine(async |world| {
        let id = aline(world).await;
        sessions::create(world, b"hers", Some(id), vec![]).await.unwrap();
        assert_eq!(sessions::load(world, b"hers").await.unwrap().unwrap().staff_id, Some(id));
        disable(world, &administrator(), id, 1).await.unwrap();
        assert_eq!(sessions::load(world, b"hers").await.unwrap(), None);
        assert_eq!(super::actor(world, id).await.unwrap(), None);
        assert_eq!(try_in(world, "aline.n", PASSWORD).await, SignIn::Refused);
        assert_eq!(enable(world, &administrator(), id, 1).await, Err(Error::Stale));
        enable(world, &administrator(), id, 2).await.unwrap();
        assert!(matches!(try_in(world, "aline.n", PASSWORD).await, SignIn::In(_)));
    })
    .await;
}

#[tokio::test]
async fn new_grants_end_the_sessions_with_the_old_ones() {
    each_engine(async |world| {
        let id = aline(world).await;
        sessions::create(world, b"hers", Some(id), vec![]).await.unwrap();
        let grants = vec![grant(Role::Supervisor, OTHER_OFFICE)];
        regrant(world, &administrator(), id, 1, grants.clone()).await.unwrap();
        assert_eq!(sessions::load(world, b"hers").await.unwrap(), None);
        assert_eq!(member(world, &administrator(), id).await.unwrap().grants, grants);
        assert_eq!(regrant(world, &administrator(), id, 1, vec![]).await, Err(Error::Stale));
    })
    .await;
}

#[tokio::test]
async fn only_who_manages_the_place_manages_its_accounts() {
    each_engine(async |world| {
        let id = aline(world).await;
        let elsewhere =
            crate::test_support::actor(70, Role::Administrator, Scope::Office(OTHER_OFFICE.into()));
        for actor in [supervisor(), elsewhere.clone()] {
            assert_eq!(disable(world, &actor, id, 1).await, Err(Error::Forbidden), "{}", actor.name);
            assert!(set_password(world, &actor, id, NEW_PASSWORD).await.is_err());
        }
        assert_eq!(list(world, &elsewhere).await.unwrap(), []);
        assert_eq!(list(world, &supervisor()).await, Err(Error::Forbidden));
        assert_eq!(list(world, &administrator()).await.unwrap().len(), 1);
        // An office's administrator cannot raise anybody beyond the office.
        let raised =
            regrant(world, &elsewhere, id, 1, vec![Grant { role: Role::Auditor, scope: Scope::National }]);
        assert_eq!(raised.await, Err(Error::Forbidden));
        let own = crate::test_support::actor(71, Role::Administrator, Scope::National);
        assert_eq!(disable(world, &own, own.staff_id, 1).await, Err(Error::Conflict(Conflict::SamePerson)));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_an_account_is_refused_by_name() {
    let world = World::sqlite().await;
    aline(&world).await;
    let good = NewStaff {
        login: "jean".into(),
        name: "Jean".into(),
        language: "fr".into(),
        grants: vec![grant(Role::CounterOfficer, OFFICE)],
        password: None,
    };
    let cases = [
        (NewStaff { login: "aline.n".into(), ..good.clone() }, Error::Conflict(Conflict::Taken)),
        (NewStaff { login: "je an".into(), ..good.clone() }, Error::Invalid("staff.login")),
        (NewStaff { name: " ".into(), ..good.clone() }, Error::Invalid("staff.name")),
        (NewStaff { password: Some("short".into()), ..good.clone() }, Error::Invalid("password.short")),
        (
            NewStaff {
                grants: vec![Grant { role: Role::CounterOfficer, scope: Scope::National }],
                ..good.clone()
            },
            Error::Invalid("staff.grants"),
        ),
    ];
    for (new, error) in cases {
        assert_eq!(add(&world, &administrator(), new).await, Err(error));
    }
    add(&world, &Actor::command_line(), good).await.unwrap();
    assert_eq!(try_in(&world, "jean", "").await, SignIn::Refused, "no password yet");
    world.end().await;
}

#[tokio::test]
async fn the_own_password_is_changed_by_who_knows_it() {
    each_engine(async |world| {
        let id = aline(world).await;
        let actor = super::actor(world, id).await.unwrap().unwrap();
        sessions::create(world, b"hers", Some(id), vec![]).await.unwrap();
        assert_eq!(change_password(world, &actor, "wrong", NEW_PASSWORD).await, Err(Error::Forbidden));
        assert_eq!(
            change_password(world, &actor, PASSWORD, "weak").await,
            Err(Error::Invalid("password.short"))
        );
        change_password(world, &actor, PASSWORD, NEW_PASSWORD).await.unwrap();
        assert_eq!(sessions::load(world, b"hers").await.unwrap(), None);
        assert_eq!(try_in(world, "aline.n", PASSWORD).await, SignIn::Refused);
        assert!(matches!(try_in(world, "aline.n", NEW_PASSWORD).await, SignIn::In(_)));
    })
    .await;
}

#[tokio::test]
async fn a_hash_made_with_weaker_parameters_is_renewed_at_sign_in() {
    let world = World::sqlite().await;
    let id = aline(&world).await;
    // Argon2id of PASSWORD with 8 MiB and one pass.
    let weak = {
        use argon2::PasswordHasher;
        let params = argon2::Params::new(8192, 1, 1, None).unwrap();
        let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        let hash: argon2::password_hash::phc::PasswordHash =
            argon2.hash_password(PASSWORD.as_bytes()).unwrap();
        hash.to_string()
    };
    world
        .write(async move |tx| {
            tx.run("UPDATE staff SET password_hash = $1 WHERE id = $2", args![&weak, id]).await
        })
        .await
        .unwrap();
    assert!(matches!(try_in(&world, "aline.n", PASSWORD).await, SignIn::In(_)));
    let kept: Option<String> =
        world.db.value("SELECT password_hash FROM staff WHERE id = $1", args![id]).await.unwrap();
    assert!(!password::is_outdated(&kept.unwrap()));
    assert!(matches!(try_in(&world, "aline.n", PASSWORD).await, SignIn::In(_)));
    world.end().await;
}

#[tokio::test]
async fn tries_are_forgotten_after_a_day_whoever_the_name_was() {
    each_engine(async |world| {
        aline(world).await;
        for _ in 0..5 {
            assert_eq!(try_in(world, "nobody", "wrong").await, SignIn::Refused);
        }
        world.clock.advance(Duration::hours(23));
        assert_eq!(try_in(world, "aline.n", "wrong").await, SignIn::Refused);
        assert_eq!(forget_tries(world).await, Ok(0), "a day has not gone by");
        world.clock.advance(Duration::hours(1));
        assert_eq!(forget_tries(world).await, Ok(1));
        let left: Option<i64> =
            world.db.value("SELECT COUNT(*) FROM sign_in_attempt", args![]).await.unwrap();
        assert_eq!(left, Some(1), "the one of an hour ago counts on");
    })
    .await;
}

#[tokio::test]
async fn nobody_gives_rights_or_a_password_to_the_own_account() {
    each_engine(async |world| {
        let new = NewStaff {
            login: "boss".into(),
            name: "Office administrator".into(),
            language: "fr".into(),
            grants: vec![grant(Role::Administrator, OFFICE)],
            password: None,
        };
        let id = add(world, &administrator(), new).await.unwrap();
        let own = super::actor(world, id).await.unwrap().unwrap();
        let more = vec![grant(Role::Administrator, OFFICE), grant(Role::CounterOfficer, OFFICE)];
        let same = Error::Conflict(Conflict::SamePerson);
        assert_eq!(regrant(world, &own, id, 1, more.clone()).await, Err(same.clone()));
        assert_eq!(set_password(world, &own, id, NEW_PASSWORD).await, Err(same));
        assert_eq!(super::actor(world, id).await.unwrap(), Some(own));
        regrant(world, &administrator(), id, 1, more).await.unwrap();
    })
    .await;
}

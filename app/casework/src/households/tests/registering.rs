use domain::household::Relation;
use domain::ids::{DraftId, HouseholdId};
use domain::lifecycle::application::ApplicationState;
use domain::registration::{MemberForm, RegistrationForm};
use domain::role::Right;
use time::Duration;
use time::macros::date;
use uuid::Uuid;

use super::super::register::{is_pin, register, renew_pin};
use super::super::{Distinct, Likeness, drafts, file};
use super::*;
use crate::args;
use crate::error::{Conflict, Error};
use crate::test_support::{
    MONDAY, OTHER_OFFICE, administrator, auditor, officer_elsewhere, second_counter_officer, supervisor,
};
use crate::{journal, tasks};

#[tokio::test]
async fn a_family_is_registered_and_its_file_tells_it() {
    in_the_country(async |world| {
        let form = family(1);
        let done = registered(world, &form).await;
        assert_eq!((done.household, done.date_of_claim), (form.id, MONDAY.date()));
        // Thirty days by the demo pack's law; 2 December is a Wednesday.
        assert_eq!(done.decide_by, date!(2026 - 12 - 02));

        let file = file::file(world, &counter_officer(), form.id).await.unwrap();
        assert_eq!(file.reference, done.reference);
        assert_eq!(file.contact, form.contact);
        let people: Vec<_> = file.present().map(|member| member.person.clone()).collect();
        assert_eq!(people, form.members);
        assert_eq!(file.applications.len(), 1);
        assert_eq!(file.applications[0].state, ApplicationState::Submitted);
        let agencies: Vec<_> = file.consents.iter().map(|consent| consent.agency.as_str()).collect();
        assert_eq!(agencies, ["moh", "msp"]);
        assert!(file.consents.iter().all(|consent| consent.by == file.members[0].id));
        assert_eq!((file.version, file.by_reason), (1, false));

        let told = file::history(world, &counter_officer(), form.id, None, 10).await.unwrap();
        let kinds: Vec<_> = told.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["file.opened", "clock.started", "household.registered"]);
        assert!(journal::verify(world).await.unwrap().first_break.is_none());
    })
    .await;
}

#[tokio::test]
async fn numbers_and_pins_do_not_lie_in_the_database() {
    in_the_country(async |world| {
        let done = registered(world, &family(1)).await;
        let sealed: Vec<u8> = world.db.value("SELECT sealed FROM identifier", vec![]).await.unwrap().unwrap();
        let phone: Vec<u8> = world.db.value("SELECT phone FROM contact", vec![]).await.unwrap().unwrap();
        for (kept, plain) in [(&sealed, "A123456"), (&phone, "79123456")] {
            assert!(!kept.windows(plain.len()).any(|part| part == plain.as_bytes()));
        }
        let pin = done.pin.unwrap();
        let kept: Vec<u8> =
            world.db.value("SELECT pin_hash FROM application", vec![]).await.unwrap().unwrap();
        assert!(is_pin(&world.keys, done.application.uuid(), &pin, &kept));

        let new = renew_pin(world, &counter_officer(), done.household, done.application).await.unwrap();
        let kept: Vec<u8> =
            world.db.value("SELECT pin_hash FROM application", vec![]).await.unwrap().unwrap();
        assert!(is_pin(&world.keys, done.application.uuid(), &new, &kept));
        assert!(new == pin || !is_pin(&world.keys, done.application.uuid(), &pin, &kept));
        let refused = renew_pin(world, &officer_elsewhere(), done.household, done.application).await;
        assert_eq!(refused, Err(Error::Forbidden));
    })
    .await;
}

#[tokio::test]
async fn a_form_sent_twice_registers_once() {
    in_the_country(async |world| {
        let first = registered(world, &family(1)).await;
        world.clock.advance(Duration::SECOND);
        let second = registered(world, &family(1)).await;
        assert_eq!(second.pin, None);
        assert_eq!(
            (second.reference, second.application, second.at),
            (first.reference, first.application, first.at)
        );
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 1);
        assert_eq!(count(world, "SELECT COUNT(*) FROM person").await, 2);
        // The same id from another office is not its household.
        let other = register(world, &officer_elsewhere(), OTHER_OFFICE, &family(1), None).await;
        assert_eq!(other, Err(Error::Conflict(Conflict::Taken)));
    })
    .await;
}

#[tokio::test]
async fn the_same_identifier_stops_the_save_whatever_is_said() {
    in_the_country(async |world| {
        let first = registered(world, &family(1)).await;
        let mut again = family(2);
        again.members[0].name = PersonName::One("Someone Else".into());
        again.members[1] = person("Other", Relation::Child, date!(2020 - 01 - 01));
        for distinct in [None, Some(Distinct { reason: "two people, I am sure".into() })] {
            let refused = register(world, &counter_officer(), OFFICE, &again, distinct.as_ref()).await;
            let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
            assert_eq!(alike.len(), 1);
            assert_eq!((alike[0].member, alike[0].by), (0, Likeness::Identifier(IdentifierKind::Uin)));
            assert_eq!((alike[0].household, alike[0].reference), (first.household, Some(first.reference)));
        }
        // Who may not open the file is told the office, not the reference.
        let refused = register(world, &officer_elsewhere(), OTHER_OFFICE, &again, None).await;
        let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
        assert_eq!((alike[0].reference, alike[0].office.as_str()), (None, OFFICE));
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 1);
        assert_eq!(count(world, "SELECT COUNT(*) FROM reference").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_name_and_birth_stops_the_save_until_a_reason_is_given() {
    in_the_country(async |world| {
        let first = registered(world, &alone(1, "Aïssatou", Birth::Year(1990))).await;
        // Folded, and the parts the other way round.
        let mut again = alone(2, "x", Birth::Year(1990));
        again.members[0].name = PersonName::One("DIALLO aissatou".into());
        let refused = register(world, &counter_officer(), OFFICE, &again, None).await;
        let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
        assert_eq!((alike[0].by, alike[0].household), (Likeness::NameAndBirth, first.household));
        let empty = Distinct { reason: "  ".into() };
        assert!(register(world, &counter_officer(), OFFICE, &again, Some(&empty)).await.is_err());

        let reason = Distinct { reason: "cousins of one name; both stood before me".into() };
        register(world, &counter_officer(), OFFICE, &again, Some(&reason)).await.unwrap();
        assert_eq!(count(world, "SELECT COUNT(*) FROM distinct_people").await, 1);
        // A supervisor looks at it; two working days after a Monday.
        let work =
            tasks::team(world, &supervisor(), &tasks::Filter::default(), None, 10).await.unwrap().tasks;
        assert_eq!((work.len(), work[0].kind.as_str(), work[0].needs), (1, "check_distinct", Right::Approve));
        assert_eq!(
            (work[0].instructions.as_str(), work[0].due_at.date()),
            (reason.reason.as_str(), date!(2026 - 11 - 04))
        );
        // A day where the others have a year alone is not the same; the matcher asks all the same.
        let third = alone(3, "Aïssatou", Birth::Date(date!(1990 - 07 - 01)));
        let refused = register(world, &counter_officer(), OFFICE, &third, None).await;
        let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
        assert!(alike.iter().all(|one| one.by == Likeness::Likely), "{alike:?}");
        // Another name is nobody's double.
        registered(world, &alone(4, "Coumba", Birth::Date(date!(1971 - 03 - 12)))).await;
    })
    .await;
}

#[tokio::test]
async fn two_counters_cannot_register_one_family_in_the_same_second() {
    in_the_country(async |world| {
        // Without identifiers: name and birth alone must hold, where no unique key stands behind.
        let [mut a, mut b] = [family(1), family(2)];
        a.members[0].identifiers.clear();
        b.members[0].identifiers.clear();
        let (one, two) = (counter_officer(), second_counter_officer());
        for round in 0..5_u128 {
            a.id = HouseholdId::new(Uuid::from_u128(100 + round));
            b.id = HouseholdId::new(Uuid::from_u128(200 + round));
            let given = ["Awa", "Binta", "Coumba", "Dado", "Fanta"][usize::try_from(round).unwrap()];
            for member in [&mut a.members[0], &mut b.members[0]] {
                member.name = PersonName::parse(given, "Ba", "").unwrap();
            }
            for member in [&mut a.members[1], &mut b.members[1]] {
                member.name = PersonName::parse(given, "Ba junior", "").unwrap();
            }
            let (first, second) = tokio::join!(
                register(world, &one, OFFICE, &a, None),
                register(world, &two, OFFICE, &b, None)
            );
            let stopped = |outcome: &crate::Result<Registered>| {
                matches!(outcome, Err(Error::Conflict(Conflict::Registered(_))))
            };
            assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
            assert!(stopped(&first) || stopped(&second), "{first:?} {second:?}");
        }
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 5);
    })
    .await;
}

#[tokio::test]
async fn one_form_sent_by_two_windows_at_once_is_one_household() {
    in_the_country(async |world| {
        let (form, officer) = (family(1), counter_officer());
        let (first, second) = tokio::join!(
            register(world, &officer, OFFICE, &form, None),
            register(world, &officer, OFFICE, &form, None)
        );
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!(first.reference, second.reference);
        assert!(first.pin.is_some() != second.pin.is_some());
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 1);
    })
    .await;
}

#[tokio::test]
async fn only_who_sits_at_the_office_registers_there() {
    in_the_country(async |world| {
        for actor in [officer_elsewhere(), auditor(), administrator()] {
            let refused = register(world, &actor, OFFICE, &family(1), None).await;
            assert_eq!(refused, Err(Error::Forbidden));
        }
        register(world, &supervisor(), OFFICE, &family(1), None).await.unwrap();
        let mut headless = family(2);
        headless.members[0].relation = Relation::Spouse;
        let refused = register(world, &counter_officer(), OFFICE, &headless, None).await;
        assert_eq!(refused, Err(Error::Invalid("members.head")));
    })
    .await;
}

fn half_filled(form: u128, given: &str) -> RegistrationForm {
    RegistrationForm {
        form_id: HouseholdId::new(Uuid::from_u128(form)).to_string(),
        members: vec![MemberForm { given: given.into(), ..MemberForm::default() }],
        ..RegistrationForm::default()
    }
}

#[tokio::test]
async fn a_draft_is_kept_resumed_and_gone_once_registered() {
    in_the_country(async |world| {
        let me = counter_officer();
        let id = DraftId::new(Uuid::from_u128(1));
        assert_eq!(drafts::save(world, &me, OFFICE, &half_filled(1, "A"), None).await, Ok(1));
        world.clock.advance(Duration::days(2));
        assert_eq!(drafts::save(world, &me, OFFICE, &half_filled(1, "Aïs"), Some(1)).await, Ok(2));
        // Another window still shows the first version.
        let late = drafts::save(world, &me, OFFICE, &half_filled(1, "B"), Some(1)).await;
        assert_eq!(late, Err(Error::Stale));
        assert_eq!(drafts::save(world, &me, OFFICE, &half_filled(1, "B"), None).await, Err(Error::Stale));

        let draft = drafts::draft(world, &me, id).await.unwrap();
        assert_eq!((draft.form, draft.version), (half_filled(1, "Aïs"), 2));
        assert_eq!(draft.started_at, MONDAY);
        assert_eq!(drafts::drafts(world, &me).await.unwrap().len(), 1);
        let body: Vec<u8> = world.db.value("SELECT body FROM draft", vec![]).await.unwrap().unwrap();
        assert!(!body.windows(4).any(|part| part == "Aïs".as_bytes()));

        // Nobody else's, not even at the same counter.
        let colleague = second_counter_officer();
        assert_eq!(drafts::draft(world, &colleague, id).await, Err(Error::NotFound));
        assert_eq!(drafts::drafts(world, &colleague).await, Ok(vec![]));
        assert_eq!(drafts::discard(world, &colleague, id).await, Err(Error::NotFound));

        // Registered: the draft is gone, and the claim counts from first contact.
        let done = registered(world, &family(1)).await;
        assert_eq!(done.date_of_claim, MONDAY.date());
        assert_eq!(drafts::drafts(world, &me).await, Ok(vec![]));
        let again = drafts::save(world, &me, OFFICE, &half_filled(1, "A"), None).await;
        assert_eq!(again, Err(Error::Conflict(Conflict::State)));
    })
    .await;
}

#[tokio::test]
async fn a_draft_can_be_thrown_away() {
    in_the_country(async |world| {
        let me = counter_officer();
        drafts::save(world, &me, OFFICE, &half_filled(1, "A"), None).await.unwrap();
        drafts::discard(world, &me, DraftId::new(Uuid::from_u128(1))).await.unwrap();
        assert_eq!(drafts::drafts(world, &me).await, Ok(vec![]));
        assert_eq!(
            drafts::save(world, &auditor(), OFFICE, &half_filled(2, "A"), None).await,
            Err(Error::Forbidden)
        );
    })
    .await;
}

#[tokio::test]
async fn a_change_of_keys_reaches_what_households_seal() {
    in_the_country(async |world| {
        registered(world, &family(1)).await;
        drafts::save(world, &counter_officer(), OFFICE, &half_filled(2, "A"), None).await.unwrap();
        world.keys.add_key().unwrap();
        assert_eq!(crate::crypt::rotate::rotate(world).await, Ok(3));
        world.keys.forget_old_keys().unwrap();
        let file = file::file(world, &counter_officer(), family(1).id).await.unwrap();
        assert_eq!(file.contact, family(1).contact);
        assert_eq!(file.members[0].person.identifiers, family(1).members[0].identifiers);
        assert_eq!(drafts::drafts(world, &counter_officer()).await.unwrap().len(), 1);
        let left: Option<i64> =
            world.db.value("SELECT COUNT(*) FROM sealing WHERE key_id = $1", args![2]).await.unwrap();
        assert_eq!(left, i64::try_from(crate::crypt::rotate::SEALED.len()).ok());
    })
    .await;
}

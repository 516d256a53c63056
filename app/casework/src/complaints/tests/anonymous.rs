//! Anonymous means no link to a person: whoever hands it in, from wherever, nothing of them is kept anywhere.

use super::*;
use crate::attachments::File;
use crate::test_support::each_engine;
use crate::test_support::search::{hex, holding};
use crate::test_support::small::{POOR, decided_family};

#[tokio::test]
async fn nothing_in_any_table_leads_to_whoever_handed_it_in() {
    each_engine(async |world| {
        hire_all(world).await;
        let (family, _) = decided_family(world, POOR).await;
        let staff = counter_officer().staff_id;
        let needles = [
            staff.to_string(),
            hex(staff.uuid().as_bytes()),
            family.household.to_string(),
            hex(family.household.uuid().as_bytes()),
            family.application.to_string(),
            hex(family.application.uuid().as_bytes()),
            family.reference.symbols().to_owned(),
            family.reference.to_string(),
            hex(&shape::household_hash(&world.keys, family.household)),
            "Awa".to_owned(),
            hex(b"Awa"),
            "79 123 456".to_owned(),
            "79123456".to_owned(),
        ];
        let before = holding(world, &needles).await;
        assert!(!before.is_empty(), "the search finds nothing at all");
        // By the one who is signed in, about the household that is open, with a name and a reference typed.
        let mut new = complaint(Category::ServiceQuality, Identity::Anonymous);
        (new.channel, new.household) = (Channel::Counter, Some(family.household));
        new.reference = family.reference.to_string();
        new.files = vec![File::read("Awa Diallo.pdf", b"%PDF-1.4\n%%EOF\n".to_vec()).unwrap()];
        let own = lodge(world, &counter_officer(), &new).await.unwrap();
        assert_eq!(holding(world, &needles).await, before);
        // Nor is it found when what is sealed is opened.
        let mut view = world.db.read().await.unwrap();
        let (told, who, about) = shape::sealed_of(&mut view, &world.keys, own.id).await.unwrap();
        assert_eq!((told.reference.as_str(), who, about), ("", None, None));
        let files = crate::attachments::list(
            &mut view,
            &world.keys,
            own.id.uuid().into(),
            &read(world, own.id).await.subject(),
        )
        .await
        .unwrap();
        assert_eq!(files[0].name, "file-1.pdf");
        drop(view);
        // Whoever follows it leaves nothing either.
        let token = enter(world, &own).await;
        own::act(world, &token, own::Doing::Say("There is more.".into(), vec![])).await.unwrap();
        assert_eq!(holding(world, &needles).await, before);
    })
    .await;
}

#[tokio::test]
async fn the_table_itself_keeps_nobody() {
    each_engine(async |world| {
        hire_all(world).await;
        let anonymous = complaint(Category::Information, Identity::Anonymous);
        let id = lodge(world, &Actor::applicant(), &anonymous).await.unwrap().id;
        for sql in [
            "UPDATE complaint SET who = told WHERE household_id = $1",
            "UPDATE complaint SET about = told WHERE household_id = $1",
            "UPDATE complaint SET about_hash = told WHERE household_id = $1",
            "UPDATE complaint SET entered_by = household_id WHERE household_id = $1",
        ] {
            assert!(world.write(async move |tx| tx.run(sql, args![id]).await).await.is_err(), "{sql}");
        }
    })
    .await;
}

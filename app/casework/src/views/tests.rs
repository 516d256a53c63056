//! Saved views on both engines.

use super::*;
use crate::test_support::{
    OFFICE, OTHER_OFFICE, counter_officer, each_engine, officer_elsewhere, second_counter_officer, supervisor,
};

#[tokio::test]
async fn a_view_is_kept_renamed_made_the_default_and_thrown_away() {
    each_engine(async |world| {
        let me = counter_officer();
        let late = save(world, &me, " What is late ", "view=available&due=late").await.unwrap();
        let visits = save(world, &me, "Visits", "kind=visit").await.unwrap();
        assert_eq!(save(world, &me, "Visits", "kind=call").await, Err(Error::Conflict(Conflict::Taken)));
        for name in ["", "  ", &"x".repeat(61)] {
            assert_eq!(save(world, &me, name, "").await, Err(Error::Invalid("view.name")));
        }
        // Another person may use the same name, and sees nothing of it.
        save(world, &second_counter_officer(), "Visits", "kind=call").await.unwrap();
        let names = async |actor: &Actor| -> Vec<(String, bool)> {
            let views = list(world, actor).await.unwrap();
            views.into_iter().map(|view| (view.name, view.is_default)).collect()
        };
        assert_eq!(names(&me).await, [("Visits".into(), false), ("What is late".into(), false)]);
        set_default(world, &me, Some(late)).await.unwrap();
        set_default(world, &me, Some(visits)).await.unwrap();
        assert_eq!(names(&me).await, [("Visits".into(), true), ("What is late".into(), false)]);
        set_default(world, &me, None).await.unwrap();
        assert_eq!(rename(world, &me, late, "Visits").await, Err(Error::Conflict(Conflict::Taken)));
        rename(world, &me, late, "Late").await.unwrap();
        assert_eq!(names(&me).await, [("Late".into(), false), ("Visits".into(), false)]);
        for other in [supervisor(), second_counter_officer()] {
            assert_eq!(rename(world, &other, late, "Mine").await, Err(Error::NotFound));
            assert_eq!(delete(world, &other, late).await, Err(Error::NotFound));
            assert_eq!(set_default(world, &other, Some(late)).await, Err(Error::NotFound));
        }
        delete(world, &me, late).await.unwrap();
        assert_eq!(names(&me).await, [("Visits".into(), false)]);
    })
    .await;
}

#[tokio::test]
async fn who_leads_an_office_shares_a_view_with_it_and_nobody_else_does() {
    each_engine(async |world| {
        let (boss, me) = (supervisor(), counter_officer());
        let id = save(world, &boss, "Today first", "due=today").await.unwrap();
        let here = Scope::Office(OFFICE.into());
        let there = Scope::Office(OTHER_OFFICE.into());
        assert_eq!(share(world, &boss, id, Some(there)).await, Err(Error::Forbidden));
        assert_eq!(share(world, &me, id, Some(here.clone())).await, Err(Error::Forbidden));
        assert!(list(world, &me).await.unwrap().is_empty());
        share(world, &boss, id, Some(here.clone())).await.unwrap();
        let seen = list(world, &me).await.unwrap().remove(0);
        assert_eq!((seen.name.as_str(), seen.is_own, seen.shared), ("Today first", false, Some(here)));
        assert!(list(world, &officer_elsewhere()).await.unwrap().is_empty());
        assert_eq!(delete(world, &me, id).await, Err(Error::NotFound));
        share(world, &boss, id, None).await.unwrap();
        assert!(list(world, &me).await.unwrap().is_empty());
        assert_eq!(list(world, &boss).await.unwrap().len(), 1);
    })
    .await;
}

//! A list from the comparison to the import, on both engines.

use domain::lists::{Category, Choice, Column, Outcome};
use domain::search::Query;

use super::tests::{COLUMNS, checked, mapping};
use super::*;
use crate::households::search;
use crate::test_support::small::{POOR, decided_family, load_small_pack, register_family, small_family};
use crate::test_support::{World, each_engine, supervisor};

const LIST: &str = "hh;relation;prénom;nom;sexe;né le;nid;commune\n\
    1;chef;Awa;Dialo;F;05/02/1990;;P01-C1\n\
    1;fille;Salimata;Diallo;F;11/06/2019;;P01-C1\n\
    2;chef;Ngozi;Bello;F;14/09/1981;NG-1981-77;P01-C1\n\
    2;fils;Emeka;Bello;M;03/08/2009;;P01-C1\n\
    3;chef;Chinwe;Okafor;F;22/12/1974;;P01-C1\n\
    4;chef;Ngozi;Belo;F;14/09/1981;NG-1981-77;P01-C1\n";

async fn matched(world: &World, text: &str) -> List {
    let list = checked(world, text.as_bytes(), &mapping(COLUMNS)).await;
    assert_eq!((list.state, list.faulty), (ListState::Checked, 0));
    start_matching(world, &supervisor(), list.id, list.version).await.unwrap();
    assert!(work(world).await.unwrap());
    super::list(world, &supervisor(), list.id).await.unwrap()
}

async fn categories(world: &World, id: ListId) -> Vec<(i64, String)> {
    let sql = "SELECT line, category FROM partner_list_row WHERE list_id = $1 ORDER BY place";
    world.db.all(sql, args![id]).await.unwrap()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.db.value(sql, vec![]).await.unwrap().unwrap()
}

#[tokio::test]
async fn each_row_has_its_category_and_nothing_is_changed_before_it_is_accepted() {
    each_engine(async |world| {
        load_small_pack(world).await;
        register_family(world, &small_family(1)).await;
        let list = matched(world, LIST).await;
        assert_eq!((list.state, list.model), (ListState::Matched, Some(1)));
        let found = categories(world, list.id).await;
        let expected = ["registered", "household_served", "new", "new", "new", "twice_in_list"];
        assert_eq!(found.iter().map(|(_, category)| category.as_str()).collect::<Vec<_>>(), expected);
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 1);
        let report = super::report(world, &supervisor(), list.id).await.unwrap();
        assert_eq!(report.bands.iter().map(|tally| tally.rows).sum::<i64>(), 6);
        assert_eq!((report.sample.drawn, report.sample.range), (3, None), "all that was linked");
        assert!(report.precision.unwrap() > 0.5);
        let band =
            report.bands.iter().find(|tally| tally.band.category == Category::Registered).unwrap().band;
        let rows = super::rows(world, &supervisor(), list.id, band, -1).await.unwrap();
        assert_eq!((rows.len(), rows[0].line), (1, 2));
        let registered = rows[0].registered.as_ref().unwrap();
        assert!(registered.reference.is_some() && registered.name == "Awa Diallo", "{registered:?}");
        let sample = super::sample(world, &supervisor(), list.id).await.unwrap();
        let verdicts: Vec<_> = sample.iter().map(|row| (row.place, row.place != 0)).collect();
        judge(world, &supervisor(), list.id, &verdicts).await.unwrap();
        let seen = super::report(world, &supervisor(), list.id).await.unwrap().sample;
        assert_eq!((seen.yes, seen.no, seen.range.is_some()), (2, 1, true));
        // What was found cannot be registered as new, nor the new be "the same".
        let wrong = choose(world, &supervisor(), list.id, &[(0, Choice::Register)]).await;
        assert_eq!(wrong, Err(Error::Invalid("list.choice")));
        let new = Band { category: Category::New, sure: true };
        let wrong = choose_band(world, &supervisor(), list.id, new, Choice::Same).await;
        assert_eq!(wrong, Err(Error::Invalid("list.choice")));
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_accepted_is_registered_once_and_found_and_the_rows_are_gone() {
    each_engine(async |world| {
        load_small_pack(world).await;
        register_family(world, &small_family(1)).await;
        let supervisor = account(world).await;
        let list = matched(world, LIST).await;
        for sure in [true, false] {
            let band = Band { category: Category::New, sure };
            choose_band(world, &supervisor, list.id, band, Choice::Register).await.unwrap();
        }
        choose(world, &supervisor, list.id, &[(4, Choice::Leave), (0, Choice::Same)]).await.unwrap();
        import(world, &supervisor, list.id, list.version).await.unwrap();
        assert!(work(world).await.unwrap());
        let done = super::list(world, &supervisor, list.id).await.unwrap();
        assert_eq!(done.state, ListState::Imported);
        let report = super::report(world, &supervisor, list.id).await.unwrap();
        assert_eq!(report.outcomes, [(Outcome::Registered, 2)], "the household of two; one was left out");
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 2);
        let form = domain::search::SearchForm {
            name: "Ngozi Bello".into(),
            birth_year: "1981".into(),
            ..Default::default()
        };
        let query: Query = form.validate(world.today()).unwrap();
        let found = search::search(world, &supervisor, &query).await.unwrap();
        assert_eq!(found.found.len(), 1);
        let how: Option<String> =
            world.db.value("SELECT how FROM consent WHERE words = 'MoU-2026-7'", vec![]).await.unwrap();
        assert_eq!(how.as_deref(), Some("partner_agreement"));
        assert_eq!(count(world, "SELECT COUNT(*) FROM consent WHERE words = 'MoU-2026-7'").await, 1);
        assert_eq!(count(world, "SELECT COUNT(*) FROM partner_list_part").await, 0);
        assert_eq!(count(world, "SELECT COUNT(*) FROM application WHERE state = 'submitted'").await, 2);
        assert!(!work(world).await.unwrap());
    })
    .await;
}

/// A supervisor who has an account: the import is done in that name.
async fn account(world: &World) -> crate::Actor {
    let new = crate::staff::NewStaff {
        login: "lists".into(),
        name: "Lists".into(),
        language: "en".into(),
        grants: supervisor().grants,
        password: Some("correct horse battery staple 9".into()),
    };
    let id = crate::staff::add(world, &crate::test_support::administrator(), new).await.unwrap();
    crate::staff::actor(world, id).await.unwrap().unwrap()
}

#[tokio::test]
async fn who_receives_another_programme_is_told_apart() {
    each_engine(async |world| {
        load_small_pack(world).await;
        decided_family(world, POOR).await;
        let list = matched(world, LIST).await;
        assert_eq!(categories(world, list.id).await[0].1, "two_programmes");
    })
    .await;
}

#[tokio::test]
async fn an_import_that_was_cut_off_registers_nobody_twice() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let supervisor = account(world).await;
        let list = matched(world, LIST).await;
        let new = Band { category: Category::New, sure: true };
        choose_band(world, &supervisor, list.id, new, Choice::Register).await.unwrap();
        import(world, &supervisor, list.id, list.version).await.unwrap();
        assert!(work(world).await.unwrap());
        let households = count(world, "SELECT COUNT(*) FROM household").await;
        assert!(households > 0);
        // As if the server had stopped before it noted what it had done, with the rows still there.
        let id = list.id;
        let again = matched(world, LIST).await.id;
        let undo = async move |tx: &mut Tx| {
            tx.run("UPDATE partner_list_part SET list_id = $1 WHERE list_id = $2", args![id, again]).await?;
            tx.run("UPDATE partner_list SET state = 'importing' WHERE list_id = $1", args![id]).await?;
            tx.run("UPDATE partner_list_row SET outcome = '' WHERE list_id = $1", args![id]).await
        };
        world.write(undo).await.unwrap();
        assert!(work(world).await.unwrap());
        assert_eq!(super::list(world, &supervisor, id).await.unwrap().state, ListState::Imported);
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, households);
    })
    .await;
}

#[test]
fn columns_of_the_tests_fit_the_list() {
    assert_eq!(LIST.lines().next().unwrap().split(';').count(), COLUMNS.len());
    assert!(COLUMNS.contains(&Column::Uin));
}

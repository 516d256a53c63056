use domain::search::{Query, SearchForm};
use time::Duration;

use super::super::search::{MOST, Results, registered_since, resembled, search};
use super::super::{Distinct, edit, file, resemblance};
use super::*;
use crate::actor::Actor;
use crate::error::{Conflict, Error};
use crate::test_support::{
    MONDAY, OTHER_OFFICE, administrator, auditor, officer_elsewhere, provider_officer, supervisor,
};

async fn look(world: &World, actor: &Actor, form: SearchForm) -> Results {
    search(world, actor, &form.validate(MONDAY.date()).unwrap()).await.unwrap()
}

fn by_name(name: &str, year: &str) -> SearchForm {
    SearchForm { name: name.into(), birth_year: year.into(), ..SearchForm::default() }
}

#[tokio::test]
async fn a_household_is_found_four_ways() {
    in_the_country(async |world| {
        let done = registered(world, &family(1)).await;
        registered(world, &alone(2, "Someone", Birth::Year(1951))).await;
        let forms = [
            SearchForm { reference: done.reference.to_string().to_lowercase(), ..SearchForm::default() },
            SearchForm { identifier: "a123456".into(), ..SearchForm::default() },
            SearchForm { phone: "079-123-456".into(), ..SearchForm::default() },
            by_name("diallo AISSATOU", "1990"),
            by_name("aissatou", "1990"),
            SearchForm { birth_day: "5".into(), birth_month: "2".into(), ..by_name("Aïssatou", "1990") },
            SearchForm { name: "Aissatou".into(), age: "36".into(), ..SearchForm::default() },
        ];
        for form in forms {
            let results = look(world, &counter_officer(), form.clone()).await;
            assert_eq!(results.found.len(), 1, "{form:?}");
            let found = &results.found[0];
            assert_eq!(
                (found.household, found.reference, found.masked),
                (done.household, done.reference, false)
            );
            assert_eq!((found.name.as_str(), found.area.as_str()), ("Aïssatou Diallo", "P01-D1-C1"));
        }
        for form in [
            by_name("aissatou", "1992"),
            by_name("aissatou sow", "1990"),
            SearchForm { identifier: "a123457".into(), ..SearchForm::default() },
            SearchForm { birth_day: "6".into(), birth_month: "2".into(), ..by_name("Aïssatou", "1990") },
        ] {
            assert_eq!(look(world, &counter_officer(), form.clone()).await, Results::default(), "{form:?}");
        }
        // A child is found as itself.
        let child = look(world, &counter_officer(), by_name("Moussa", "2018")).await;
        assert_eq!(child.found[0].name, "Moussa Diallo");
    })
    .await;
}

#[tokio::test]
async fn a_birth_known_by_year_or_age_is_found_by_a_near_one() {
    in_the_country(async |world| {
        let told = Birth::Age { years: 40, told_on: MONDAY.date() };
        registered(world, &alone(1, "Khadija", told)).await;
        registered(world, &alone(2, "Yusuf", Birth::Year(1970))).await;
        let me = counter_officer();
        for year in ["1985", "1986", "1987"] {
            assert_eq!(look(world, &me, by_name("khadija", year)).await.found.len(), 1, "{year}");
        }
        assert_eq!(look(world, &me, by_name("khadija", "1989")).await.found.len(), 0);
        assert_eq!(look(world, &me, by_name("yusuf", "1970")).await.found.len(), 1);
        assert_eq!(look(world, &me, by_name("yusuf", "1971")).await.found.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn another_offices_household_is_shown_masked() {
    in_the_country(async |world| {
        registered(world, &family(1)).await;
        let results = look(world, &officer_elsewhere(), by_name("aissatou diallo", "1990")).await;
        let found = &results.found[0];
        assert!(found.masked);
        assert_eq!(
            (found.name.as_str(), found.birth, found.office.as_str()),
            ("A… D…", Birth::Year(1990), OFFICE)
        );
        for actor in [administrator(), provider_officer()] {
            let query = by_name("aissatou", "1990").validate(MONDAY.date()).unwrap();
            assert_eq!(search(world, &actor, &query).await, Err(Error::Forbidden));
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_registered_already_is_shown_as_a_search_would() {
    in_the_country(async |world| {
        let first = registered(world, &family(1)).await;
        let refused = super::register(world, &officer_elsewhere(), OTHER_OFFICE, &family(2), None).await;
        let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
        // The mother by number and by name, the child by name.
        assert_eq!(alike.len(), 3);
        let shown = resembled(world, &officer_elsewhere(), &alike).await.unwrap();
        let names: Vec<_> = shown.iter().map(|found| (found.name.as_str(), found.masked)).collect();
        assert_eq!(names, [("A… D…", true), ("M… D…", true)]);
        let shown = resembled(world, &counter_officer(), &alike).await.unwrap();
        assert_eq!((shown[0].name.as_str(), shown[0].reference), ("Aïssatou Diallo", first.reference));
        assert_eq!(resembled(world, &administrator(), &alike).await, Err(Error::Forbidden));
    })
    .await;
}

#[tokio::test]
async fn an_officer_sees_what_was_registered_today() {
    in_the_country(async |world| {
        registered(world, &alone(1, "Fatou", Birth::Year(1990))).await;
        world.clock.advance(Duration::days(1));
        let today = registered(world, &alone(2, "Awa", Birth::Year(1990))).await;
        let since = MONDAY + Duration::hours(12);
        let seen = registered_since(world, &counter_officer(), since).await.unwrap();
        assert_eq!(seen.iter().map(|found| found.household).collect::<Vec<_>>(), [today.household]);
        assert_eq!(registered_since(world, &supervisor(), since).await, Ok(vec![]));
    })
    .await;
}

#[tokio::test]
async fn too_many_are_cut_and_said_so() {
    in_the_country(async |world| {
        let reason = Distinct { reason: "all of them were here".into() };
        for n in 0..25_u8 {
            let born = date!(1990 - 01 - 01) + Duration::days(i64::from(n));
            let one = alone(u128::from(n) + 1, "Fatou", Birth::Date(born));
            register(world, &counter_officer(), OFFICE, &one, Some(&reason)).await.unwrap();
        }
        let results = look(world, &counter_officer(), by_name("fatou", "1990")).await;
        assert_eq!((results.found.len(), results.more), (MOST, true));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_changed_is_found_as_it_is_now() {
    in_the_country(async |world| {
        let done = registered(world, &alone(1, "Fatou", Birth::Year(1990))).await;
        let me = counter_officer();
        let before = file::file(world, &me, done.household).await.unwrap();
        let mut person = before.members[0].person.clone();
        person.name = PersonName::parse("Fatoumata", "Sow", "").unwrap();
        edit::change_member(world, &me, done.household, 1, before.members[0].id, &person, None)
            .await
            .unwrap();
        assert_eq!(look(world, &me, by_name("diallo", "1990")).await.found.len(), 0);
        assert_eq!(look(world, &me, by_name("sow", "1990")).await.found.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn no_search_reads_a_whole_table() {
    let world = World::sqlite().await;
    for sql in [
        super::super::search::BY_REFERENCE,
        super::super::search::BY_IDENTIFIER,
        super::super::search::BY_PHONE,
        super::super::search::BY_WORD,
        super::super::search::BY_PERSON,
        super::super::search::BY_OFFICER,
        resemblance::BY_IDENTIFIER,
        resemblance::BY_NAME,
    ] {
        let question: &'static str = Box::leak(format!("EXPLAIN QUERY PLAN {sql}").into_boxed_str());
        let plan: Vec<(i64, i64, i64, String)> = world.db.all(question, vec![]).await.unwrap();
        assert!(!plan.is_empty());
        for (_, _, _, step) in plan {
            assert!(!step.starts_with("SCAN"), "{step}\nin {sql}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn a_file_is_opened_by_its_office_and_each_opening_is_told() {
    in_the_country(async |world| {
        let id = registered(world, &family(1)).await.household;
        for actor in [counter_officer(), supervisor(), auditor()] {
            file::file(world, &actor, id).await.unwrap();
        }
        for actor in [officer_elsewhere(), administrator(), provider_officer()] {
            assert_eq!(file::file(world, &actor, id).await.unwrap_err(), Error::Forbidden);
            assert_eq!(file::history(world, &actor, id, None, 10).await.unwrap_err(), Error::Forbidden);
        }
        let nobody = HouseholdId::new(Uuid::from_u128(99));
        assert_eq!(file::file(world, &counter_officer(), nobody).await.unwrap_err(), Error::NotFound);
        let told = file::history(world, &auditor(), id, None, 10).await.unwrap();
        assert_eq!(told.iter().filter(|entry| entry.kind == "file.opened").count(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_reason_opens_another_offices_file_for_a_while_and_is_told_to_its_supervisor() {
    in_the_country(async |world| {
        let id = registered(world, &family(1)).await.household;
        let guest = officer_elsewhere();
        let short = file::open_with_reason(world, &guest, id, " because ").await;
        assert_eq!(short.unwrap_err(), Error::Invalid("reason.length"));
        let reason = "She moved here last week and stands before me";
        assert!(file::open_with_reason(world, &guest, id, reason).await.unwrap().by_reason);

        world.clock.advance(Duration::hours(7));
        assert!(file::file(world, &guest, id).await.unwrap().by_reason);
        let refused = edit::change_contact(world, &guest, id, 1, &family(1).contact).await;
        assert_eq!(refused, Err(Error::Forbidden), "reading only");
        world.clock.advance(Duration::hours(1));
        assert_eq!(file::file(world, &guest, id).await.unwrap_err(), Error::Forbidden);

        let seen = file::openings(world, &supervisor(), OFFICE, None).await.unwrap();
        assert_eq!((seen.len(), seen[0].reason.as_str(), seen[0].household_id), (1, reason, id.uuid()));
        let refused = file::openings(world, &counter_officer(), OFFICE, None).await;
        assert_eq!(refused.unwrap_err(), Error::Forbidden);
        let told = file::history(world, &supervisor(), id, None, 10).await.unwrap();
        let purposes: Vec<_> = told
            .iter()
            .filter(|entry| entry.kind.starts_with("file."))
            .map(|entry| entry.purpose.as_str())
            .collect();
        assert_eq!(purposes, ["break_glass", "break_glass"]);
        // The reason may name people: the journal does not repeat it.
        assert!(told.iter().all(|entry| !entry.detail.contains("moved")));
    })
    .await;
}

#[test]
fn a_query_shows_no_number_in_a_log() {
    let form = SearchForm { identifier: "A123456".into(), ..SearchForm::default() };
    let query: Query = form.validate(MONDAY.date()).unwrap();
    assert!(!format!("{query:?}").contains("123456"));
}

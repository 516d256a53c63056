//! The models as they are read and decided on.

use axum::http::StatusCode;
use casework::args;
use casework::matching::learning::report::{Example, Moved, Report, failed};
use casework::test_support::World;
use domain::matching::model::Weight;
use domain::matching::{Field, Level, Model, Said};

use crate::test_support::{
    Browser, as_administrator, as_auditor, as_counter_officer, as_supervisor, world_with_pack,
};
use crate::words::Lang;

/// A proposal of model 1, with so many known pairs and this share of people whose given names are the same.
async fn proposed(world: &World, version: i64, same: u64, names: f64) {
    let mut model = Model::shipped();
    model.set(Field::Given, Level::Exact, Weight { m: names, u: 0.003, h: 0.012 });
    let moved = Moved { pairs: 200, half: 2, sure: 1, against: 1 };
    let (a, b) = (uuid::Uuid::from_u128(7), uuid::Uuid::from_u128(8));
    let mut report = Report {
        base: 1,
        same,
        household: 12,
        strangers: 34,
        random_pairs: 40_000,
        household_pairs: 512,
        people: 2000,
        estimated: 79.4,
        judged: moved,
        compared: moved,
        examples: vec![Example { a, b, said: Some(Said::Same), before: 0.94, after: 0.96 }],
        ..Report::default()
    };
    report.failed = failed(&model, &report);
    let report = serde_json::to_string(&report).unwrap();
    let rows = model.rows();
    world
        .write(async move |tx| {
            tx.run(
                "INSERT INTO match_model (version, state, made_at, report, base) VALUES ($1, 'proposed', $2, $3, 1)",
                args![version, tx.now(), &report],
            )
            .await?;
            for row in &rows {
                tx.run(
                    "INSERT INTO match_weight (version, field, level, m, u, h) VALUES ($1, $2, $3, $4, $5, $6)",
                    args![
                        version,
                        row.field.code(),
                        row.level.code(),
                        row.weight.m,
                        row.weight.u,
                        row.weight.h
                    ],
                )
                .await?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

async fn each_language(browser: &mut Browser, path: &str) {
    for lang in [Lang::Fr, Lang::En] {
        browser.get(&format!("{path}?lang={}", lang.code())).await.assert_page(lang);
    }
}

#[tokio::test]
async fn whoever_answers_for_matching_reads_models_and_how_it_is_done() {
    let world = world_with_pack().await;
    proposed(&world, 2, 80, 0.8).await;
    for mut reader in [as_auditor(&world).await, as_supervisor(&world).await, as_administrator(&world).await]
    {
        for path in ["/matching", "/matching/1", "/matching/2", "/matching/how"] {
            each_language(&mut reader, path).await;
        }
        assert_eq!(reader.get("/matching/3").await.status, StatusCode::NOT_FOUND);
        assert_eq!(reader.get("/matching/what").await.status, StatusCode::NOT_FOUND);
    }
    let mut auditor = as_auditor(&world).await;
    let list = auditor.get("/matching").await.html;
    for words in ["Model 2", "Waits for an administrator", "Model 1", "In force", "126"] {
        assert!(list.contains(words), "{words}: {list}");
    }
    let model = auditor.get("/matching/2").await.html;
    for words in [
        "40,000",
        "79.4 found, 80 by officers",
        "2 of 400",
        "94 %",
        "96 %",
        "Makes one person",
        "1 in 330",
        "Weight in model 1, in force",
        "Day and month exchanged",
    ] {
        assert!(model.contains(words), "{words}: {model}");
    }
    assert!(!model.contains("<textarea"), "an auditor decides nothing: {model}");
    let how = auditor.get("/matching/how").await.html;
    for words in ["Ouattara", "Maryam", "Day and month exchanged", "Probability of one person", "Not yet"] {
        assert!(how.contains(words), "{words}: {how}");
    }
    assert_eq!(as_counter_officer(&world).await.get("/matching").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_administrator_puts_a_model_in_force_and_goes_back() {
    let world = world_with_pack().await;
    proposed(&world, 2, 80, 0.8).await;
    let mut admin = as_administrator(&world).await;
    let shown = admin.get("/matching/2").await.html;
    assert!(shown.contains("Put in force") && shown.contains("Refuse"), "{shown}");
    let form = |reason| [("act", "activate"), ("in_force", "1"), ("reason", reason)];
    let empty = admin.post("/matching/2", &form(" ")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.html.contains("href=\"#reason\""), "{}", empty.html);
    let done = admin.post("/matching/2", &form("Names are misheard")).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/matching?done=activated"));
    let told = admin.get(&done.location).await;
    assert!(told.html.contains("The model is in force"), "{}", told.html);
    assert_eq!(world.scales().await.unwrap().model.version(), 2);

    // Who still has the page from before is told; an answer to what is over changes nothing.
    let late = admin.post("/matching/2", &form("Once more")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.html.contains("meanwhile"), "{}", late.html);

    let first = admin.get("/matching/1").await.html;
    assert!(first.contains("Put in force again") && !first.contains("value=\"refuse\""), "{first}");
    let back = [("act", "activate"), ("in_force", "2"), ("reason", "Too many pairs")];
    assert_eq!(admin.post("/matching/1", &back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.scales().await.unwrap().model.version(), 1);
    let second = admin.get("/matching/2").await.html;
    assert!(second.contains("Earlier") && second.contains("Put in force again"), "{second}");
    let journal = as_auditor(&world).await.get("/journal").await.html;
    assert!(journal.contains("A matching model was put in force"), "{journal}");
}

#[tokio::test]
async fn a_model_that_fails_a_guard_has_no_way_into_force() {
    let world = world_with_pack().await;
    proposed(&world, 2, 49, 0.3).await;
    let mut admin = as_administrator(&world).await;
    let shown = admin.get("/matching/2").await.html;
    assert!(shown.contains("Failed") && shown.contains("cannot be put in force"), "{shown}");
    assert!(!shown.contains("value=\"activate\"") && shown.contains("value=\"refuse\""), "{shown}");
    let form = [("act", "activate"), ("in_force", "1"), ("reason", "All the same")];
    let refused = admin.post("/matching/2", &form).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.html.contains("fails a guard"), "{}", refused.html);
    assert_eq!(world.scales().await.unwrap().model.version(), 1);
    let no = [("act", "refuse"), ("reason", "Somebody guessed")];
    assert_eq!(admin.post("/matching/2", &no).await.location, "/matching?done=refused");
    assert!(admin.get("/matching/2").await.html.contains("Somebody guessed"));
    for mut reader in [as_supervisor(&world).await, as_auditor(&world).await] {
        assert_eq!(reader.post("/matching/2", &form).await.status, StatusCode::FORBIDDEN);
    }
}

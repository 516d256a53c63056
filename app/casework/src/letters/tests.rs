//! The letter as a family reads it, word by word: a change of words or of what is told is seen in review.

use std::fmt::Write as _;

use domain::letter::{Letter, Line};

use super::*;
use crate::test_support::small::*;
use crate::test_support::{World, counter_officer, each_engine, officer_elsewhere};

/// The letter in plain lines.
fn lines(letter: &Letter) -> String {
    let money = |minor: i64| format!("{} {}.{:02}", letter.currency.code, minor / 100, minor % 100);
    let line = |line: &Line| {
        let mut text = format!("  {} {}", line.person.as_deref().unwrap_or("-"), line.standing);
        if let Some(amount) = &line.amount {
            let _ = write!(text, " {} a {}", money(amount.minor), amount.period);
            for step in &amount.steps {
                let label = step.label.as_ref().map_or_else(|| step.kind.clone(), |label| label.text(money));
                let _ = write!(text, " [{label}: {}]", money(step.minor));
            }
        }
        for reason in &line.reasons {
            let _ = write!(text, "\n    {}", reason.text(money));
        }
        for need in &line.needs {
            let _ = write!(text, "\n    needs {need}");
        }
        if let Some(sent) = &line.referral {
            let _ = write!(
                text,
                "\n    to {} {}",
                sent.provider.as_deref().unwrap_or("?"),
                sent.hours.as_deref().unwrap_or("")
            );
        }
        text + "\n"
    };
    let mut text = format!("{} {} {}\n", letter.addressee, letter.issued_on, letter.office.name);
    for section in &letter.sections {
        let _ = writeln!(text, "{} ({})", section.name, section.agency);
        text.extend(section.lines.iter().map(line));
        for said in section.when.iter().chain(&section.place).chain(&section.conditions) {
            let _ = writeln!(text, "  * {said}");
        }
    }
    for said in &letter.together {
        let _ = writeln!(text, "{}", said.text(money));
    }
    for missing in &letter.missing {
        let _ = writeln!(text, "missing: {} for {}", missing.what, missing.programmes.join(", "));
    }
    let _ = writeln!(text, "until {} ({})", letter.objection.until, letter.objection.source);
    text
}

async fn told(world: &World, typed: Typed, language: &str) -> String {
    let (registered, id) = decided_family(world, typed).await;
    lines(&read(world, &counter_officer(), registered.household, id, language).await.unwrap())
}

#[tokio::test]
async fn the_letter_of_a_family() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let text = told(world, POOR, "en").await;
        assert_eq!(text, include_str!("tests/family.en.txt"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_asks_for_a_paper_and_an_answer() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let text = told(world, Typed { income: "250", paper: "", ..POOR }, "fr").await;
        assert_eq!(text, include_str!("tests/missing.fr.txt"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_letter_is_kept_as_it_was_issued() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, id) = decided_family(world, POOR).await;
        let household = registered.household;
        let officer = counter_officer();
        let first = read(world, &officer, household, id, "fr").await.unwrap();
        world.clock.advance(time::Duration::days(30));
        assert_eq!(read(world, &officer, household, id, "fr").await.unwrap(), first);
        let english = read(world, &officer, household, id, "en").await.unwrap();
        assert_eq!(english.issued_on, first.issued_on, "another language is no other letter");
        assert_eq!(
            read(world, &officer, household, id, "zz").await.unwrap(),
            english,
            "an unknown one falls back"
        );
        assert_eq!(list(world, &officer, household).await.unwrap().len(), 2);
        assert_eq!(read(world, &officer_elsewhere(), household, id, "fr").await, Err(Error::Forbidden));
    })
    .await;
}

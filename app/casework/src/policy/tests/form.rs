//! The questionnaire through its versions: what is refused, what old answers stay, what a draft under way goes on with.

use std::collections::BTreeMap;

use domain::answers::Answer;
use domain::form::{Kind, Sensitivity};
use domain::name::PersonName;
use domain::policy::edit::{FormEdit, NewQuestion};
use domain::policy::gates::GateName;
use domain::value::Value;
use time::Duration;

use super::*;
use crate::assessments::{self, PageInput, Saved, Sitting};
use crate::error::{Conflict, Error};
use crate::test_support::small::{
    POOR, decided_family, fill_in, load_small_pack, page, raw, register_family, small_family,
};
use crate::test_support::{counter_officer, each_engine};
use crate::{Casework, decisions, packs};

const FORM: &str = "form.toml";

fn question(id: &str, kind: Kind, after: &str) -> NewQuestion {
    NewQuestion {
        id: id.into(),
        group: "income".into(),
        new_group: None,
        after: Some(after.into()),
        kind,
        choices: None,
        new_options: Vec::new(),
        required: false,
        dont_know: true,
        refused: true,
        relevant: None,
        constraint: None,
        expression: None,
        unit: None,
        period: None,
        sensitivity: Sensitivity::Normal,
    }
}

/// A question on what the floor is of, with a list of its own.
fn floor() -> FormEdit {
    let question = NewQuestion {
        choices: Some("floor".into()),
        new_options: vec!["earth".into(), "tile".into()],
        ..question("floor", Kind::SelectOne, "rooms")
    };
    FormEdit::Add(Box::new(question))
}

fn words(set: &[(&str, &str)]) -> FormWords {
    let set: Vec<(String, Option<String>)> =
        set.iter().map(|(key, text)| ((*key).to_owned(), Some((*text).to_owned()))).collect();
    BTreeMap::from([("en".to_owned(), set.clone()), ("fr".to_owned(), set)])
}

fn floor_words() -> FormWords {
    words(&[
        ("question.floor", "What is the floor of?"),
        ("question.floor.short", "the floor"),
        ("choice.floor.earth", "Earth"),
        ("choice.floor.tile", "Tiles"),
    ])
}

async fn make(world: &World, id: ChangeId, edit: FormEdit, words: FormWords) -> Edited {
    let now = at(world, id).await;
    edit_form(world, &policy_officer(), id, now, Some(edit), words).await.unwrap()
}

async fn kept(world: &World, id: ChangeId, edit: FormEdit, words: FormWords) {
    let edited = make(world, id, edit, words).await;
    assert_eq!(edited, Edited::Kept(at(world, id).await));
}

async fn refused(world: &World, id: ChangeId, edit: FormEdit) -> Vec<(String, String, String)> {
    let before = (at(world, id).await, text(world, &policy_officer(), id, FORM).await.unwrap());
    let Edited::Refused(faults) = make(world, id, edit, FormWords::new()).await else { panic!("kept") };
    assert_eq!(before, (at(world, id).await, text(world, &policy_officer(), id, FORM).await.unwrap()));
    faults.into_iter().map(|fault| (fault.file, fault.key, fault.message)).collect()
}

/// Has a change approved and its day come.
async fn in_force(world: &World, id: ChangeId, day: Date) {
    let outcome = submit(world, &policy_officer(), id, at(world, id).await).await.unwrap();
    assert_eq!(outcome, Outcome::Done);
    simulated(world, id).await;
    let outcome = approve(world, &second_policy_officer(), id, at(world, id).await).await.unwrap();
    assert_eq!(outcome, Outcome::Done);
    world.clock.set(day.midnight().assume_utc() + Duration::hours(8));
    assert_eq!(put_due_in_force(world).await, Ok(1));
}

fn asked(sitting: &Sitting) -> Vec<&str> {
    let pages = sitting.progress().check_answers();
    let group = pages.into_iter().find(|check| check.page.group == "income").unwrap();
    group.rows.iter().map(|(question, _)| question.id.as_str()).collect()
}

fn retire(id: &str, retired: bool) -> FormEdit {
    FormEdit::Retire { id: id.into(), retired }
}

#[tokio::test]
async fn old_answers_are_read_in_the_words_of_their_own_version_three_versions_later() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (first, of_first) = decided_family(world, POOR).await;
        let officer = counter_officer();

        let id = opened(world, DAY).await;
        kept(world, id, floor(), floor_words()).await;
        let renamed = words(&[("question.rooms", "How many rooms do you sleep in?")]);
        let now = at(world, id).await;
        let edited = edit_form(world, &policy_officer(), id, now, None, renamed).await.unwrap();
        assert!(matches!(edited, Edited::Kept(version) if version == now + 2), "two languages: {edited:?}");
        in_force(world, id, DAY).await;

        // Somebody is asked under the second version.
        let mut others = small_family(2);
        for (member, given) in others.members.iter_mut().zip(["Binta", "Khady", "Omar", "Idrissa"]) {
            member.name = PersonName::parse(given, "Sow", "").unwrap();
        }
        let second = register_family(world, &others).await.household;
        let begun = assessments::start(world, &officer, second).await.unwrap().assessment;
        fill_in(world, second, begun, POOR).await;
        let typed = raw(&[("income_month", "20"), ("rooms", "2"), ("floor", "tile")]);
        let input = PageInput { page: page("income"), typed, version: 1, leave: false };
        let saved = assessments::save_page(world, &officer, second, begun, input).await.unwrap();
        assert_eq!(saved, Saved::Next);
        assessments::submit(world, &officer, second, begun).await.unwrap();

        // The third renames, moves and retires an option, the fourth retires the question.
        let day = date!(2026 - 12 - 10);
        let id = opened(world, day).await;
        let option = FormEdit::RetireOption { list: "floor".into(), option: "tile".into() };
        kept(world, id, option, words(&[("choice.floor.tile", "Tiles (no longer)")])).await;
        let first_of_all = FormEdit::Move { id: "floor".into(), group: "income".into(), after: None };
        kept(world, id, first_of_all, FormWords::new()).await;
        in_force(world, id, day).await;
        let day = date!(2026 - 12 - 20);
        let id = opened(world, day).await;
        kept(world, id, retire("floor", true), FormWords::new()).await;
        in_force(world, id, day).await;

        // Nothing of before is in memory.
        let fresh = Casework::new(world.db.clone(), world.casework.clock.clone(), world.keys.clone());
        packs::refresh(&fresh).await.unwrap();
        let old = assessments::open(&fresh, &officer, first.household, of_first).await.unwrap();
        assert_eq!(asked(&old), ["income_month", "rooms"]);
        assert_eq!(old.pack.words.text("en", "question.rooms"), "How many rooms are there?");
        let middle = assessments::open(&fresh, &officer, second, begun).await.unwrap();
        assert_eq!(asked(&middle), ["income_month", "rooms", "floor"]);
        assert_eq!(middle.pack.words.text("en", "question.rooms"), "How many rooms do you sleep in?");
        assert_eq!(middle.pack.words.text("fr", "choice.floor.tile"), "Tiles");
        let tile = Answer::Value(Value::Choice("tile".into()));
        assert_eq!(middle.answers.household.get("floor"), Some(&tile));
        for (household, assessment) in [(first.household, of_first), (second, begun)] {
            let results = decisions::results(&fresh, &officer, household, assessment).await.unwrap();
            for decision in &results.decisions {
                let again = decisions::redo(&fresh, &officer, household, decision.id).await.unwrap();
                assert!(again.is_same(), "{again:?}");
            }
        }
        // Asked again today, the question is gone and the rest is taken over.
        let next = assessments::start(&fresh, &officer, second).await.unwrap().assessment;
        let next = assessments::open(&fresh, &officer, second, next).await.unwrap();
        assert_eq!(asked(&next), ["income_month", "rooms"]);
        assert!(
            next.answers.household.contains_key("rooms") && !next.answers.household.contains_key("floor")
        );
    })
    .await;
}

#[tokio::test]
async fn a_draft_under_way_goes_on_under_its_own_form_and_loses_nothing() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let officer = counter_officer();
        let household = register_family(world, &small_family(1)).await.household;
        let draft = assessments::start(world, &officer, household).await.unwrap().assessment;
        let typed = raw(&[("income_month", "20"), ("rooms", "1")]);
        let input = PageInput { page: page("income"), typed, version: 0, leave: true };
        assessments::save_page(world, &officer, household, draft, input).await.unwrap();
        let own = world.pack().unwrap().hash().to_owned();

        let id = opened(world, DAY).await;
        kept(world, id, floor(), floor_words()).await;
        in_force(world, id, DAY).await;
        assert_ne!(world.pack().unwrap().hash(), own);

        let started = assessments::start(world, &officer, household).await.unwrap();
        assert_eq!((started.assessment, started.resumed), (draft, true));
        let sitting = assessments::open(world, &officer, household, draft).await.unwrap();
        assert_eq!((asked(&sitting), sitting.pack.hash()), (vec!["income_month", "rooms"], own.as_str()));
        assert!(sitting.answers.household.contains_key("rooms"), "what was typed is there");
        let unknown = raw(&[("income_month", "20"), ("rooms", "1"), ("floor", "tile")]);
        let input = PageInput { page: page("income"), typed: unknown, version: 1, leave: false };
        assessments::save_page(world, &officer, household, draft, input).await.unwrap();
        fill_in(world, household, draft, POOR).await;
        assessments::submit(world, &officer, household, draft).await.unwrap();
        let results = decisions::results(world, &officer, household, draft).await.unwrap();
        assert_eq!(results.pack.hash(), own, "decided by the rules it was begun with");
        // The next one is asked the new form.
        let next = assessments::start(world, &officer, household).await.unwrap().assessment;
        let next = assessments::open(world, &officer, household, next).await.unwrap();
        assert_eq!(asked(&next), ["income_month", "rooms", "floor"]);
    })
    .await;
}

#[tokio::test]
async fn an_edit_that_would_turn_a_meaning_or_leave_a_rule_without_an_answer_is_refused() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let id = opened(world, DAY).await;
        let told = |faults: &[(String, String, String)], file: &str, key: &str, says: &str| {
            let is = |(own, place, message): &(String, String, String)| {
                own == file && place == key && message.contains(says)
            };
            assert!(faults.iter().any(is), "{file} {key} {says}: {faults:?}");
        };
        let rooms = refused(world, id, retire("rooms", true)).await;
        told(&rooms, "facts.toml", "fact.people_per_room.expression", "'rooms', which is retired");
        told(&rooms, "programmes/room-help.toml", "eligible.crowded.fact", "'rooms', which is retired");
        let later = NewQuestion {
            relevant: Some("rooms > 1".into()),
            ..question("shared", Kind::Bool, "income_month")
        };
        let later = refused(world, id, FormEdit::Add(Box::new(later))).await;
        told(&later, FORM, "question.shared.relevant", "'rooms' is asked later");
        let unit = FormEdit::Set { id: "rooms".into(), fields: vec![("unit".into(), None)] };
        told(&refused(world, id, unit).await, FORM, "question.rooms.unit", "never changes");

        // An option that a condition names stays, as long as it does.
        kept(world, id, floor(), floor_words()).await;
        let leaks = NewQuestion {
            relevant: Some("floor != 'tile'".into()),
            ..question("leaks", Kind::Bool, "floor")
        };
        kept(
            world,
            id,
            FormEdit::Add(Box::new(leaks)),
            words(&[("question.leaks", "Does it leak?"), ("question.leaks.short", "leaks")]),
        )
        .await;
        let tile = FormEdit::RetireOption { list: "floor".into(), option: "tile".into() };
        told(
            &refused(world, id, tile.clone()).await,
            FORM,
            "question.leaks.relevant",
            "the option 'tile' of 'floor'",
        );
        let behind =
            FormEdit::Move { id: "floor".into(), group: "income".into(), after: Some("leaks".into()) };
        told(&refused(world, id, behind).await, FORM, "question.leaks.relevant", "'floor' is asked later");
        in_force(world, id, DAY).await;

        // Once in force, an id stays what it is, also for who writes the text.
        let id = opened(world, date!(2027 - 01 - 01)).await;
        kept(
            world,
            id,
            FormEdit::Set { id: "leaks".into(), fields: vec![("relevant".into(), None)] },
            FormWords::new(),
        )
        .await;
        kept(world, id, tile, FormWords::new()).await;
        kept(world, id, retire("leaks", true), FormWords::new()).await;
        let again = NewQuestion { ..question("leaks", Kind::Integer, "rooms") };
        told(&refused(world, id, FormEdit::Add(Box::new(again))).await, FORM, "question.leaks.id", "already");
        let shut = async |from: &str, to: &str| {
            let id = opened(world, date!(2027 - 02 - 01)).await;
            let body = text(world, &policy_officer(), id, FORM).await.unwrap();
            assert_eq!(body.matches(from).count(), 1, "{from}");
            let body = body.replace(from, to);
            let edited = edit(world, &policy_officer(), id, at(world, id).await, FORM, &body).await.unwrap();
            assert!(matches!(edited, Edited::Kept(_)), "{edited:?}");
            let looked = gates(world, &policy_officer(), id).await.unwrap();
            let gate = looked.gates.into_iter().find(|gate| gate.name == GateName::Ids).unwrap();
            let outcome = submit(world, &policy_officer(), id, at(world, id).await).await.unwrap();
            assert!(matches!(outcome, Outcome::Shut(_) | Outcome::Refused(_)), "{outcome:?}");
            assert!(!gate.passed);
            format!("{:?}", gate.found)
        };
        let turned = shut(
            "id = \"leaks\"\ngroup = \"income\"\nkind = \"bool\"",
            "id = \"leaks\"\ngroup = \"income\"\nkind = \"integer\"",
        )
        .await;
        assert!(turned.contains("question.leaks.kind") && turned.contains("version 2"), "{turned}");
        let gone = shut("id = \"leaks\"", "id = \"drips\"").await;
        assert!(gone.contains("\"question.leaks\"") && gone.contains("retire it"), "{gone}");
        let option = shut("options = [\"earth\", \"tile\"]", "options = [\"earth\"]").await;
        assert!(option.contains("choices.floor.options"), "{option}");
    })
    .await;
}

#[tokio::test]
async fn an_edit_of_the_form_is_kept_whole_or_not_at_all() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let id = opened(world, DAY).await;
        let officer = policy_officer();
        let version = at(world, id).await;
        // Empty words are wrong by themselves: the question does not come without them.
        let edited =
            edit_form(world, &officer, id, version, Some(floor()), words(&[("question.floor", " ")])).await;
        assert!(
            matches!(&edited, Ok(Edited::Refused(faults)) if faults[0].file.starts_with("words/")),
            "{edited:?}"
        );
        assert_eq!(show(world, &officer, id).await.unwrap().documents.len(), 0);
        let nothing = edit_form(world, &officer, id, version, None, FormWords::new()).await;
        assert_eq!(nothing, Err(Error::Conflict(Conflict::Taken)));
        let stale = edit_form(world, &officer, id, version + 1, Some(floor()), floor_words()).await;
        assert_eq!(stale, Err(Error::Stale));
        let clerk = edit_form(world, &counter_officer(), id, version, Some(floor()), floor_words()).await;
        assert_eq!(clerk, Err(Error::Forbidden));
        let elsewhere = BTreeMap::from([("../x".to_owned(), vec![("a".to_owned(), None)])]);
        let elsewhere = edit_form(world, &officer, id, version, None, elsewhere).await;
        assert_eq!(elsewhere, Err(Error::Invalid("document.unknown")));

        kept(world, id, floor(), floor_words()).await;
        assert_eq!(show(world, &officer, id).await.unwrap().documents.len(), 3);
        let draft = draft(world, &officer, id).await.unwrap();
        assert_eq!(draft.words["fr"]["question.floor"], "What is the floor of?");
        assert!(draft.form.question("floor").is_some_and(|own| own.level == domain::expr::Level::Household));
        assert!(draft.in_force.contains("rooms") && !draft.in_force.contains("floor"));
        assert!(draft.pack.is_some_and(|pack| pack.form.question("floor").is_some()));
        let taken_out = take_out(world, &officer, id, at(world, id).await, FORM).await;
        assert!(taken_out.is_ok());
    })
    .await;
}

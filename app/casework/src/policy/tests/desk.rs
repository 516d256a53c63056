//! What a desk asks: parts of documents given as what they say, and what two versions say differently.

use std::collections::BTreeMap;

use domain::definitions::{
    BudgetDef, ExampleDef, Expected, Holding, LeafDef, LimitDef, LinkDef, LinkKind, Literal, Op, RuleNode,
};
use domain::fault::At;
use domain::num::Num;
use domain::policy::difference::Difference;
use domain::policy::gates::GateName;
use time::Duration;

use super::*;
use crate::error::Error;
use crate::test_support::each_engine;
use crate::test_support::small::load_small_pack;

fn crowded(limit: i64) -> RuleNode {
    RuleNode::All(vec![RuleNode::Leaf(LeafDef {
        id: "crowded".into(),
        fact: "people_per_room".into(),
        op: Op::Ge,
        limit: LimitDef::Value(Literal::Num(Num::from(limit))),
        reason: "crowded".into(),
        source: None,
        at: At::default(),
    })])
}

fn kept(edited: Edited) -> i64 {
    match edited {
        Edited::Kept(version) => version,
        Edited::Refused(faults) => panic!("{faults:?}"),
    }
}

/// A programme officer makes the rule milder, gives it its example, a budget, a figure, a link and words, without a line of
/// text; the gates say what is missing on the way.
#[tokio::test]
async fn a_rule_is_changed_by_what_it_says() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (id, officer) = (opened(world, DAY).await, policy_officer());
        let mut at = at(world, id).await;
        at = kept(edit_programme(world, &officer, id, at, "room-help", crowded(4)).await.unwrap());
        let looked = gates(world, &officer, id).await.unwrap();
        // An example expected a yes at three to a room; four to one room sits on the limit now.
        let examples = looked.gates.iter().find(|gate| gate.name == GateName::Examples).unwrap();
        assert!(!examples.passed, "{examples:?}");
        at = kept(remove_example(world, &officer, id, at, "room-help", "three in one room").await.unwrap());
        let members = |number: u32| -> Vec<serde_json::Value> {
            let person = |n| json!({ "id": format!("p{n}"), "relation": if n == 1 { "head" } else { "child" }, "sex": "female", "age": 9 });
            (1..=number).map(person).collect()
        };
        let example = ExampleDef {
            name: "five in one room".into(),
            answers: json!({ "answers": { "rooms": 1 }, "members": members(5) }),
            as_of: None,
            expect: Expected::Yes,
            at: At::default(),
        };
        at = kept(edit_example(world, &officer, id, at, "room-help", example).await.unwrap());
        let budget = BudgetDef {
            area: None,
            from: date!(2027 - 01 - 01),
            until: date!(2027 - 12 - 31),
            places: Some(500),
            money: None,
            at: At::default(),
        };
        at = kept(edit_budgets(world, &officer, id, at, "room-help", vec![budget.clone()]).await.unwrap());
        let value = (DAY, Literal::Num(Num::from(45)));
        at = kept(edit_figure(world, &officer, id, at, "child_rate", value).await.unwrap());
        let link = LinkDef {
            id: "room_help_refers".into(),
            kind: LinkKind::Refers,
            from: "room-help".into(),
            to: "skills-training".into(),
            holding: Holding::Receiving,
            at: At::default(),
        };
        at = kept(edit_link(world, &officer, id, at, link).await.unwrap());
        for language in ["en", "fr"] {
            let words = vec![("link.room_help_refers".to_owned(), Some("{from}: {to}.".to_owned()))];
            at = kept(edit_words(world, &officer, id, at, language, words).await.unwrap());
        }
        let looked = gates(world, &officer, id).await.unwrap();
        assert_eq!(looked.faults, []);
        let found: BTreeMap<String, Vec<Difference>> =
            differences(world, &officer, id).await.unwrap().into_iter().collect();
        assert_eq!(found.len(), 5);
        let room = &found["programmes/room-help.toml"];
        let Difference::Condition { before: Some(before), after: Some(after), .. } = &room[0] else {
            panic!("{room:?}")
        };
        let figure = |number: i64| LimitDef::Value(Literal::Num(Num::from(number)));
        assert_eq!((&before.limit, &after.limit), (&figure(3), &figure(4)));
        assert!(matches!(&room[1], Difference::Budget { before: None, after: Some(_) }), "{room:?}");
        let examples = room.iter().filter(|found| matches!(found, Difference::Example { .. })).count();
        assert_eq!((room.len(), examples), (4, 2), "{room:?}");
        assert!(matches!(&found["links.toml"][..], [Difference::Link { before: None, after: Some(_), .. }]));
        assert!(matches!(&found["words/fr.toml"][..], [Difference::Words { before: None, after: Some(_), .. }]));
        let figures = &found["parameters.toml"];
        assert!(matches!(&figures[..], [Difference::Figure { from, before: None, .. }] if *from == DAY), "{figures:?}");

        // Refused without changing anything: below zero, another version, a programme that is not there.
        let below = BudgetDef { places: None, money: Some(Num::from(-5)), ..budget };
        let refused = edit_budgets(world, &officer, id, at, "room-help", vec![below]).await.unwrap();
        let Edited::Refused(faults) = refused else { panic!("{refused:?}") };
        assert!(faults.iter().any(|fault| fault.key == "budget.1.money" && fault.line > 0), "{faults:?}");
        let moved = edit_programme(world, &officer, id, at - 1, "room-help", crowded(5)).await;
        assert_eq!(moved, Err(Error::Stale));
        assert!(matches!(remove_link(world, &officer, id, at, "none").await, Ok(Edited::Refused(_))));
        let absent = edit_programme(world, &officer, id, at, "none", crowded(5)).await.unwrap();
        assert!(matches!(absent, Edited::Refused(_)), "{absent:?}");

        // It goes its way like any other, and the versions are compared by their numbers.
        assert_eq!(submit(world, &officer, id, at).await, Ok(Outcome::Done));
        simulated(world, id).await;
        let now = super::at(world, id).await;
        assert_eq!(approve(world, &second_policy_officer(), id, now).await, Ok(Outcome::Done));
        world.clock.set(DAY.midnight().assume_utc() + Duration::HOUR);
        assert_eq!(put_due_in_force(world).await, Ok(1));
        let told = difference(world, &officer, "programmes/room-help.toml", 1, 2).await.unwrap();
        assert_eq!(told.len(), room.len());
        let none = difference(world, &officer, "programmes/room-help.toml", 1, 3).await;
        assert_eq!(none.unwrap_err(), Error::NotFound);
    })
    .await;
}

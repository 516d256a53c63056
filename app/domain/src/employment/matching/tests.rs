//! Tables of what fits, and properties that hold for all people and entries.

use proptest::prelude::*;

use super::*;
use crate::area::Area;

fn area(code: &str, parent: Option<&str>) -> Area {
    Area {
        code: code.into(),
        parent: parent.map(Into::into),
        level: "place".into(),
        setting: None,
        province: None,
        name: Some(code.into()),
        at: None,
    }
}

fn areas() -> AreaTree {
    AreaTree::new(vec![
        area("P1", None),
        area("P1-A", Some("P1")),
        area("P1-A-1", Some("P1-A")),
        area("P1-A-2", Some("P1-A")),
        area("P1-B", Some("P1")),
        area("P1-B-1", Some("P1-B")),
        area("P2", None),
        area("P2-A", Some("P2")),
        area("P2-A-1", Some("P2-A")),
    ])
}

fn reads() -> Reads {
    let map = |pairs: &[(&str, u8)]| pairs.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect();
    Reads {
        skills: "can_do".into(),
        schooling: "schooling".into(),
        hours: "hours".into(),
        travel: "travel".into(),
        reach: map(&[("walking", 1), ("hour", 2), ("anywhere", 3)]),
        care: "care".into(),
        care_leaves: BTreeMap::from([("none".into(), 60), ("half_day".into(), 20)]),
        limits: "limits".into(),
        heavy: ("heavy_work".into(), "heavy".into()),
        access: "access".into(),
        languages: "languages".into(),
        weights: Weights { skills: 40, distance: 20, hours: 15, schooling: 15, languages: 10 },
    }
}

fn set(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

fn someone() -> Person {
    Person {
        area: "P1-A-1".into(),
        skills: Some(set(&["isco_71", "isco_83"])),
        schooling: Some(2),
        hours: Some(40),
        reach: Some(Some(2)),
        free_hours: Some(60),
        limits: Some(set(&[])),
        heavy: Some(true),
        needs_access: Some(false),
        languages: Some(set(&["fr"])),
    }
}

fn site() -> Needs {
    Needs {
        area: "P1-A-2".into(),
        skills: set(&["isco_71"]),
        hours: Some(40),
        demands: set(&["heavy", "heights"]),
        languages: set(&["fr"]),
        ..Needs::default()
    }
}

fn weighed(person: &Person, needs: &Needs) -> Match {
    weigh(&reads(), &Form::default(), &areas(), person, needs)
}

fn fit(found: &Match, about: Criterion) -> Option<Fit> {
    found.reasons.iter().find(|reason| reason.about == about).map(|reason| reason.fit)
}

#[test]
fn all_that_is_asked_is_a_hundred_and_says_why() {
    let found = weighed(&someone(), &site());
    assert_eq!((found.score, found.is_excluded(), found.to_ask()), (100, false, 0));
    let named = &found.reasons[0];
    assert_eq!(
        (named.about, named.fit, named.named.as_slice()),
        (Criterion::Skills, Fit::Fits, &["isco_71".to_owned()][..])
    );
}

#[test]
fn distances_are_counted_in_areas() {
    let far = |other| apart(&areas(), "P1-A-1", other);
    assert_eq!([far("P1-A-1"), far("P1-A-2"), far("P1-B-1"), far("P2-A-1")], [0, 1, 2, 3]);
    assert_eq!(far("P1-A"), 1, "somewhere in the district");
}

#[test]
fn who_walks_is_not_sent_to_another_province() {
    let walks = Person { reach: Some(Some(1)), ..someone() };
    let there = Needs { area: "P1-B-1".into(), ..site() };
    assert_eq!(fit(&weighed(&walks, &there), Criterion::Distance), Some(Fit::Excluded));
    assert_eq!(fit(&weighed(&walks, &site()), Criterion::Distance), Some(Fit::Fits));
    assert_eq!(fit(&weighed(&someone(), &there), Criterion::Distance), Some(Fit::Partly));
    let at_home = Person { reach: Some(None), ..someone() };
    assert_eq!(fit(&weighed(&at_home, &site()), Criterion::Distance), Some(Fit::Excluded));
    assert_eq!(fit(&weighed(&at_home, &Needs { area: String::new(), ..site() }), Criterion::Distance), None);
}

#[test]
fn care_rules_out_hours_that_nobody_has_unless_children_are_looked_after() {
    let cares = Person { free_hours: Some(20), ..someone() };
    assert_eq!(fit(&weighed(&cares, &site()), Criterion::Care), Some(Fit::Excluded));
    assert_eq!(fit(&weighed(&cares, &Needs { hours: Some(20), ..site() }), Criterion::Care), Some(Fit::Fits));
    assert!(!weighed(&cares, &Needs { childcare: true, ..site() }).is_excluded());
}

#[test]
fn what_the_body_cannot_do_is_named() {
    let found = weighed(&Person { heavy: Some(false), ..someone() }, &site());
    let limits = found.reasons.iter().find(|reason| reason.about == Criterion::Limits).unwrap();
    assert_eq!((limits.fit, limits.named.as_slice()), (Fit::Excluded, &["heavy".to_owned()][..]));
    let unsaid = Person { limits: None, heavy: None, ..someone() };
    assert_eq!(fit(&weighed(&unsaid, &site()), Criterion::Limits), Some(Fit::Ask));
}

#[test]
fn steps_at_the_door_rule_it_out_for_who_cannot_climb_them() {
    let chair = Person { needs_access: Some(true), ..someone() };
    assert_eq!(fit(&weighed(&chair, &site()), Criterion::Access), Some(Fit::Excluded));
    assert!(!weighed(&chair, &Needs { accessible: true, ..site() }).is_excluded());
}

#[test]
fn a_missing_answer_is_neither_for_nor_against() {
    let unsaid = Person { skills: None, languages: None, ..someone() };
    let found = weighed(&unsaid, &site());
    assert_eq!((found.score, found.to_ask()), (100, 2));
    let nobody = Person { area: "P1-A-1".into(), ..Person::default() };
    let found = weighed(&nobody, &site());
    assert!(!found.is_excluded() && found.score == 0 && found.to_ask() >= 5, "{found:?}");
    assert!(weighed(&someone(), &site()).rank() < found.rank());
}

fn maybe<T: std::fmt::Debug + Clone + 'static>(
    of: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Option<T>> {
    proptest::option::of(of).boxed()
}

fn some_of(all: &'static [&'static str]) -> BoxedStrategy<BTreeSet<String>> {
    proptest::sample::subsequence(all.to_vec(), 0..=all.len()).prop_map(|list| set(&list)).boxed()
}

fn people() -> impl Strategy<Value = Person> {
    (
        maybe(some_of(&["isco_71", "isco_83", "isco_51"])),
        maybe(0usize..5),
        maybe(0u32..60),
        maybe(proptest::option::of(0u8..=3)),
        maybe(0u32..60),
        maybe(some_of(&["heavy", "heights", "dust"])),
        maybe(any::<bool>()),
        maybe(any::<bool>()),
        maybe(some_of(&["fr", "ar", "en"])),
    )
        .prop_map(
            |(skills, schooling, hours, reach, free_hours, limits, heavy, needs_access, languages)| Person {
                area: "P1-A-1".into(),
                skills,
                schooling,
                hours,
                reach,
                free_hours,
                limits,
                heavy,
                needs_access,
                languages,
            },
        )
}

fn entries() -> impl Strategy<Value = Needs> {
    (
        proptest::sample::select(vec!["", "P1-A-1", "P1-A-2", "P1-B-1", "P2-A-1"]),
        some_of(&["isco_71", "isco_83"]),
        maybe(1u32..60),
        some_of(&["heavy", "heights"]),
        some_of(&["fr", "ar"]),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(area, skills, hours, demands, languages, accessible, childcare)| Needs {
            area: area.into(),
            skills,
            hours,
            demands,
            languages,
            accessible,
            childcare,
            ..Needs::default()
        })
}

proptest! {
    /// The score is the sum of what is told, and between 0 and 100.
    #[test]
    fn the_score_is_what_its_reasons_say(person in people(), needs in entries()) {
        let found = weighed(&person, &needs);
        let (points, of) = found.reasons.iter().fold((0, 0), |(p, o), reason| (p + reason.points, o + reason.of));
        prop_assert!(found.score <= 100 && points <= of);
        prop_assert_eq!(found.score, (points * 100).checked_div(of).unwrap_or(0));
        prop_assert!(found.reasons.iter().all(|reason| reason.points <= reason.of));
    }

    /// Forgetting an answer never rules an entry out, and nothing that stays known changes.
    #[test]
    fn what_is_not_known_rules_nothing_out(person in people(), needs in entries(), which in 0usize..8) {
        // Who says both that heavy work is possible and that it is not is not known better by one answer less.
        let says_both = person.heavy == Some(true) && person.limits.iter().flatten().any(|limit| limit == "heavy");
        prop_assume!(!says_both);
        let mut less = person.clone();
        match which {
            0 => less.skills = None,
            1 => less.schooling = None,
            2 => less.hours = None,
            3 => less.reach = None,
            4 => less.free_hours = None,
            5 => less.limits = None,
            6 => less.needs_access = None,
            _ => less.languages = None,
        }
        let (before, after) = (weighed(&person, &needs), weighed(&less, &needs));
        prop_assert!(before.is_excluded() || !after.is_excluded());
        for reason in after.reasons.iter().filter(|reason| reason.fit != Fit::Ask) {
            // What rules it out still does, for what of it is known.
            let names_less = |own: &Reason| {
                reason.fit == Fit::Excluded
                    && (own.about, own.fit) == (reason.about, reason.fit)
                    && reason.named.iter().all(|one| own.named.contains(one))
            };
            prop_assert!(before.reasons.contains(reason) || before.reasons.iter().any(names_less));
        }
    }
}

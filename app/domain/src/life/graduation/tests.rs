use super::*;
use proptest::prelude::*;
use time::macros::date;

const FIRST: Date = date!(2026 - 01 - 31);

/// Reviews so many months after one another.
fn reviews(found: &[(u32, Reading)]) -> Vec<Review> {
    let mut months = 0;
    let mut reviews = Vec::new();
    for (later, reading) in found {
        months += later;
        reviews.push(Review { on: add_months(FIRST, months), reading: *reading });
    }
    reviews
}

#[test]
fn two_in_a_row_count_and_one_between_begins_anew() {
    use Reading as R;
    let count = |found: &[Reading]| {
        let yearly: Vec<(u32, Reading)> = found.iter().map(|one| (12, *one)).collect();
        row(&reviews(&yearly), 6).len()
    };
    assert_eq!(count(&[R::Above]), 1);
    assert_eq!(count(&[R::Above, R::Above]), 2);
    assert_eq!(count(&[R::Above, R::Between, R::Above]), 1);
    assert_eq!(count(&[R::Above, R::Below, R::Above]), 1);
    assert_eq!(count(&[R::Above, R::Above, R::Below]), 0);
    assert_eq!(count(&[R::Above, R::Unknown, R::Above]), 2, "what is not known is no review");
    assert_eq!(count(&[R::Unknown, R::Unknown, R::Unknown]), 0);
}

#[test]
fn the_same_answers_twice_are_one_review() {
    let close = reviews(&[(12, Reading::Above), (1, Reading::Above), (4, Reading::Above)]);
    assert_eq!(row(&close, 6), [close[0].on]);
    let later = reviews(&[(12, Reading::Above), (1, Reading::Above), (5, Reading::Above)]);
    assert_eq!(row(&later, 6), [later[0].on, later[2].on]);
}

#[test]
fn half_for_three_months_and_then_it_ends() {
    let plan = schedule(&[StepDown { percent: 50, months: 3 }], 1501, date!(2026 - 11 - 30), None);
    assert_eq!(
        plan,
        [Planned {
            number: 1,
            percent: 50,
            minor: 751,
            from: date!(2026 - 11 - 30),
            until: date!(2027 - 02 - 27),
            months: 3
        }]
    );
    let short = schedule(
        &[StepDown { percent: 50, months: 3 }],
        1501,
        date!(2026 - 11 - 30),
        Some(date!(2026 - 12 - 31)),
    );
    assert_eq!(short[0].until, date!(2026 - 12 - 31), "it is never longer for stepping down");
}

fn any_reading() -> impl Strategy<Value = Reading> {
    proptest::sample::select(Reading::ALL)
}

fn any_reviews() -> impl Strategy<Value = Vec<(u32, Reading)>> {
    proptest::collection::vec((1_u32..30, any_reading()), 0..10)
}

proptest! {
    /// What is not known never ends anything, wherever it stands, and never keeps anything from ending.
    #[test]
    fn a_review_that_knows_nothing_changes_nothing(found in any_reviews(), apart in 1_u32..24) {
        let all = reviews(&found);
        let known: Vec<Review> = all.iter().filter(|one| one.reading != Reading::Unknown).copied().collect();
        prop_assert_eq!(row(&all, apart), row(&known, apart));
    }

    /// So many are in a row only if so many found it, all after the last one that did not, and far enough from one another.
    #[test]
    fn a_row_is_only_of_high_scores_after_the_last_lower_one(found in any_reviews(), apart in 1_u32..24) {
        let all = reviews(&found);
        let row = row(&all, apart);
        let lower = all.iter().rev().find(|one| matches!(one.reading, Reading::Below | Reading::Between));
        for on in &row {
            prop_assert!(all.iter().any(|one| one.on == *on && one.reading == Reading::Above));
            prop_assert!(lower.is_none_or(|lower| lower.on < *on));
        }
        prop_assert!(row.windows(2).all(|two| two[1] >= add_months(two[0], apart)));
        let high = all.iter().filter(|one| one.reading == Reading::Above).count();
        prop_assert!(row.len() <= high);
        if all.last().is_some_and(|last| last.reading == Reading::Above) {
            prop_assert!(!row.is_empty());
        }
    }

    /// Up and down around the line to leave, for as long as one likes: nobody goes.
    #[test]
    fn who_is_above_by_turns_is_never_let_go(turns in 1_usize..20, lower in 0_usize..2, gap in 1_u32..30) {
        let lower = [Reading::Below, Reading::Between][lower];
        let found: Vec<(u32, Reading)> =
            (0..turns).map(|turn| (gap, if turn % 2 == 0 { Reading::Above } else { lower })).collect();
        prop_assert!(row(&reviews(&found), 1).len() < 2);
    }

    /// The steps follow one another without a gap, each gives less, and the last one ends when all their months are over.
    #[test]
    fn a_step_down_ends_when_it_was_declared_to(
        percents in proptest::collection::btree_set(1_u32..100, 1..5),
        months in proptest::collection::vec(1_u32..12, 5),
        minor in 1_i64..10_000_000, day in 0_i64..2000, ends in proptest::option::of(1_i64..900),
    ) {
        let from = FIRST + time::Duration::days(day);
        let ends_on = ends.map(|days| from + time::Duration::days(days));
        let steps: Vec<StepDown> = percents.iter().rev().zip(&months)
            .map(|(percent, months)| StepDown { percent: *percent, months: *months }).collect();
        let plan = schedule(&steps, minor, from, ends_on);
        let declared = add_months(from, steps.iter().map(|step| step.months).sum()).previous_day().unwrap();
        prop_assert_eq!(plan[0].from, from);
        prop_assert_eq!(plan.last().unwrap().until, ends_on.map_or(declared, |own| own.min(declared)));
        for two in plan.windows(2) {
            prop_assert_eq!(two[0].until.next_day().unwrap(), two[1].from);
            prop_assert!(two[0].minor >= two[1].minor);
        }
        prop_assert!(plan.iter().all(|step| step.minor <= minor && step.minor > 0 && step.from <= step.until));
    }
}

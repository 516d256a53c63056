//! Reads the table `[graduation]` of a programme. Whether the lines are lines of numbers, and the one to leave above the one to
//! enter, is for `crate::rules` to say.

use super::programmes::Known;
use super::table::Table;
use crate::definitions::{GraduationDef, LimitDef, Literal, StepDownDef};

/// More reviews or steps than this are a slip of the pen.
const MOST: u32 = 12;
/// The longest step and the longest time between two reviews, in months.
const MOST_MONTHS: u32 = 60;

/// How a programme lets go.
pub(super) fn graduation(table: &Table<'_>, known: &Known<'_>) -> Option<GraduationDef> {
    let entry = table.text("entry");
    let (number, param) = (table.opt_number("leave"), table.opt_text("param"));
    known.parameters.check_opt(table, "param", param.as_deref());
    match (number, &param) {
        (Some(_), Some(_)) => {
            table.fault("param", "there are two lines to leave: keep one of leave and param");
        }
        (None, None) if !table.has("leave") => {
            table.fault(
                "leave",
                "say from which score on it is no longer needed: add leave = … or param = \"…\"",
            );
        }
        _ => {}
    }
    let (reviews, apart_months) = (table.whole("reviews"), table.whole("apart_months"));
    if reviews.is_some_and(|reviews| !(2..=MOST).contains(&reviews)) {
        table.fault("reviews", "one high score alone ends nothing: between 2 and 12 reviews in a row");
    }
    if apart_months.is_some_and(|months| !(1..=MOST_MONTHS).contains(&months)) {
        table.fault("apart_months", "reviews that count are between 1 and 60 months apart");
    }
    let steps: Vec<Option<StepDownDef>> = table.tables("step").iter().map(step).collect();
    if steps.is_empty() {
        table.fault(
            "step",
            "say how it steps down before it ends: add [[graduation.step]] with percent and months",
        );
    }
    if steps.len() > MOST as usize {
        table.fault("step", "it steps down in 12 steps at most");
    }
    let refer = table.opt_text("refer");
    known.services.check_opt(table, "refer", refer.as_deref());
    table.done();
    let steps: Option<Vec<StepDownDef>> = steps.into_iter().collect();
    let steps = steps?;
    if !steps.is_sorted_by(|before, after| before.percent > after.percent) {
        table.fault("step", "each step gives less than the one before");
    }
    let leave = number.map(|number| LimitDef::Value(Literal::Num(number))).or(param.map(LimitDef::Param));
    Some(GraduationDef {
        entry: entry?,
        leave: leave?,
        reviews: reviews?,
        apart_months: apart_months?,
        steps,
        refer,
        at: table.at(),
    })
}

fn step(table: &Table<'_>) -> Option<StepDownDef> {
    let (percent, months) = (table.whole("percent"), table.whole("months"));
    if percent.is_some_and(|percent| !(1..=99).contains(&percent)) {
        table.fault("percent", "a step gives between 1 and 99 percent of the amount");
    }
    if months.is_some_and(|months| !(1..=MOST_MONTHS).contains(&months)) {
        table.fault("months", "a step lasts between 1 and 60 months");
    }
    table.done();
    Some(StepDownDef { percent: percent?, months: months? })
}

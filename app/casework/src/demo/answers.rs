//! Plausible answers to the combined assessment: every page in its order, checked by the page's own logic, drawn again
//! where it refuses. The weights make some households poor and some not; a question nobody weighed here is answered
//! evenly, so that a pack may add questions without this file knowing.

use std::collections::BTreeSet;

use domain::answers::Answers;
use domain::form::Kind;
use domain::form::page::{PageLogic, PageState};
use domain::form::progress::Progress;
use domain::form::raw::{DONT_KNOW, RawAnswer, RawPage, Typing};
use time::{Date, Duration};

use super::dice::Dice;
use crate::assessments::Sitting;
use crate::assessments::pages::put;

/// How often a page is drawn again before its refused questions are left open.
const DRAWS: usize = 30;

/// One option in so many of a hundred; what is left is shared by the others.
const OFTEN: &[(&str, &str, u32)] = &[
    ("tenure", "own", 60),
    ("tenure", "no_home", 2),
    ("toilet", "latrine_open_pit", 50),
    ("displacement", "no", 90),
    ("legal_problem", "none", 88),
    ("work_status", "family_farm", 30),
    ("work_status", "cannot_work", 5),
    ("work_status", "retired", 4),
    ("care_load", "none", 45),
];

/// Yes in so many of a hundred.
const YES: &[(&str, u32)] = &[
    ("birth_registered", 80),
    ("lives_with_parent", 92),
    ("attends_school", 78),
    ("vaccinated", 75),
    ("health_card", 35),
    ("pregnant", 7),
    ("birth_recent", 6),
    ("child_died", 6),
    ("long_illness", 8),
    ("daily_care", 3),
    ("medical_certificate", 4),
    ("undernourished", 12),
    ("private_talk", 5),
    ("day_without_food", 25),
    ("has_electricity", 30),
    ("wants_work", 55),
];

/// A whole number between these, for the questions that have a usual range.
const BETWEEN: &[(&str, i32, i32)] = &[
    ("rooms", 1, 5),
    ("water_minutes", 0, 60),
    ("pregnancy_month", 1, 9),
    ("antenatal_visits", 0, 5),
    ("school_days_missed", 0, 6),
    ("contribution_months", 0, 24),
    ("large_animals", 0, 4),
    ("small_animals", 0, 12),
    ("child_work_hours", 0, 10),
];

/// Answers to everything that a sitting asks.
pub fn draw(sitting: &Sitting, dice: &mut Dice) -> Answers {
    let (mut known, mut asked) = (sitting.answers.clone(), Answers::default());
    let pack = &sitting.pack;
    let means = means(dice);
    let mut done = BTreeSet::new();
    loop {
        // What was answered decides what is asked next.
        let situation = pack.situation(&known, sitting.as_of);
        let progress = Progress { form: &pack.form, situation: &situation, needed: None };
        let Some(page) = progress.pages().into_iter().find(|page| !done.contains(page)) else { return asked };
        if let Some(logic) = pack.page_logic(&situation, &page, sitting.as_of) {
            let state = fill(sitting, &logic, means, dice);
            let good: Vec<_> =
                state.answers.into_iter().filter(|(id, _)| !state.errors.contains_key(id)).collect();
            put(&mut known, &page, good.iter().cloned().collect());
            put(&mut asked, &page, good.into_iter().collect());
        }
        done.insert(page);
    }
}

/// From 0 (nothing) to 9 (well off); most are on the lower side.
pub(super) fn means(dice: &mut Dice) -> usize {
    dice.weighted(&[8, 14, 18, 17, 14, 10, 8, 5, 4, 2])
}

fn fill(sitting: &Sitting, logic: &PageLogic, means: usize, dice: &mut Dice) -> PageState {
    let is_area = |code: &str| sitting.pack.areas.get(code).is_some();
    let mut typed = RawPage::new();
    let mut state = logic.check(&typed, is_area);
    for _ in 0..DRAWS {
        for question in logic.questions() {
            let wrong = state.errors.contains_key(&question.id);
            if wrong || (state.shown.contains(&question.id) && !typed.contains_key(&question.id)) {
                let typing = &question.typing;
                let answer = if typing.dont_know && dice.chance(1) {
                    RawAnswer { state: Some(DONT_KNOW.into()), ..RawAnswer::default() }
                } else {
                    answer((&sitting.home.area, sitting.as_of), &question.id, typing, means, dice)
                };
                typed.insert(question.id.clone(), answer);
            }
        }
        let before = (state.shown.len(), state.errors.len());
        state = logic.check(&typed, is_area);
        let all = state.shown.iter().all(|id| typed.contains_key(id));
        if state.is_good() && all && before.0 == state.shown.len() {
            break;
        }
    }
    state
}

/// What a household living in `area` and with so many `means` types on the day.
pub(super) fn answer(
    (area, as_of): (&str, Date),
    id: &str,
    typing: &Typing,
    means: usize,
    dice: &mut Dice,
) -> RawAnswer {
    let (means, options) = (i32::try_from(means).unwrap_or(0), &typing.options);
    match typing.kind {
        Kind::Bool => {
            let usual = if id.starts_with("document_") { 60 } else { 30 };
            let percent = YES.iter().find(|(known, _)| *known == id).map_or(usual, |(_, percent)| *percent);
            RawAnswer::typed(if dice.chance(percent) { "yes" } else { "no" })
        }
        Kind::SelectOne => RawAnswer::typed(one_of(id, options, dice)),
        Kind::SelectMany => RawAnswer { values: some_of(options, means, dice), ..RawAnswer::default() },
        Kind::Money => {
            // Each household has one or two sources; the others are nothing.
            let amount = if dice.chance(40) { means * means * dice.between(1, 8) * 500 } else { 0 };
            RawAnswer::typed(amount.to_string())
        }
        Kind::Integer => RawAnswer::typed(whole(id, means, dice).to_string()),
        Kind::Decimal => RawAnswer::typed(format!("{}.{}", dice.between(0, 2), dice.between(0, 9))),
        Kind::Date => {
            let day = as_of - Duration::days(i64::from(dice.below(300)));
            RawAnswer {
                date: Some([
                    day.day().to_string(),
                    u8::from(day.month()).to_string(),
                    day.year().to_string(),
                ]),
                ..RawAnswer::default()
            }
        }
        Kind::Place => RawAnswer::typed(area),
        Kind::Text | Kind::Note | Kind::Calc => RawAnswer::default(),
    }
}

fn one_of(id: &str, options: &[String], dice: &mut Dice) -> String {
    // The questions on what a body can do have four steps; most people have no difficulty.
    if let [none, some, lot, cannot] = options
        && none == "none"
        && cannot == "cannot"
    {
        return [none, some, lot, cannot][dice.weighted(&[84, 11, 4, 1])].clone();
    }
    let mut left = dice.below(100);
    let mut others: Vec<&String> = options.iter().collect();
    for (_, option, percent) in OFTEN.iter().filter(|(known, ..)| *known == id) {
        if left < *percent {
            return (*option).to_owned();
        }
        left -= percent;
        others.retain(|other| other != option);
    }
    dice.pick(&others).map(|option| (*option).clone()).unwrap_or_default()
}

fn some_of(options: &[String], means: i32, dice: &mut Dice) -> Vec<String> {
    let others: Vec<&String> = options.iter().filter(|option| *option != "none").collect();
    let percent = u32::try_from(10 + 3 * means).unwrap_or(10);
    let chosen: Vec<String> =
        others.iter().filter(|_| dice.chance(percent)).map(|option| (*option).clone()).collect();
    match (chosen.is_empty(), options.len() > others.len()) {
        (true, true) => vec!["none".into()],
        (true, false) => others.first().map(|option| vec![(*option).clone()]).unwrap_or_default(),
        _ => chosen,
    }
}

fn whole(id: &str, means: i32, dice: &mut Dice) -> i32 {
    if let Some((_, low, high)) = BETWEEN.iter().find(|(known, ..)| *known == id) {
        return dice.between(*low, *high);
    }
    // Days of the last seven: more of the food, less of the coping, where there is more.
    match id {
        "fcs_staples" => dice.between(5, 7),
        food if food.starts_with("fcs_") => (means / 2 + dice.between(-1, 3)).clamp(0, 7),
        coping if coping.starts_with("rcsi_") => (4 - means / 2 + dice.between(-2, 1)).clamp(0, 7),
        _ => dice.between(0, 7),
    }
}

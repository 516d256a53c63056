//! The letter's sentences, figures and lists in one language. Figures, names and dates stand in `<bdi>`, so that they
//! keep their own direction inside Arabic sentences.

use domain::country::Currency;
use domain::letter::{AmountLines, OnList, Part, Sentence};
use domain::life::condition::CycleVerdict;
use domain::life::graduation::StepDown;
use domain::life::{About, Act, Because, Cause, Note};
use domain::lifecycle::enrolment::WaitsFor;
use time::Date;

use crate::kit::{Content, Html};
use crate::words::{self, Arg, Lang, decimal, t, t_of, t_with};

/// Writes for one letter.
#[derive(Clone, Debug)]
pub struct Voice {
    /// Its language.
    pub lang: Lang,
    /// How its amounts are written.
    pub currency: Currency,
}

impl Voice {
    /// The words of a key.
    pub fn t(&self, key: &str) -> String {
        t(self.lang, key)
    }

    /// The words of a key with values put in.
    pub fn t_with(&self, key: &str, args: &[(&'static str, Arg<'_>)]) -> String {
        t_with(self.lang, key, args)
    }

    /// The words for one value of a set.
    pub fn t_of(&self, set: &str, value: &str) -> String {
        t_of(self.lang, set, value)
    }

    /// A day.
    pub fn date(&self, date: Date) -> String {
        words::date(self.lang, date)
    }

    /// Money.
    pub fn money(&self, minor: i64) -> String {
        words::amount(self.lang, minor, &self.currency)
    }

    /// A sentence with its figures.
    pub fn sentence(&self, sentence: &Sentence) -> Content {
        let mut out = Html::new();
        for part in &sentence.0 {
            match part {
                Part::Text(text) => {
                    out.text(text);
                }
                Part::Apart(text) => out.tag("bdi").text(text),
                Part::Number(plain) => out.tag("bdi").text(&decimal(self.lang, plain)),
                Part::Money(minor) => out.tag("bdi").class("app-nowrap").text(&self.money(*minor)),
                Part::Date(date) => out.tag("bdi").text(&self.date(*date)),
            }
        }
        Content::Html(out.finish())
    }

    /// How much, and how often.
    pub fn amount(&self, amount: &AmountLines) -> String {
        let money = || Arg::from(self.money(amount.minor));
        match amount.times {
            Some(times) => {
                self.t_with("letter-amount-times", &[("amount", money()), ("times", times.into())])
            }
            None => match amount.period.as_str() {
                "year" => self.t_with("letter-amount-year", &[("amount", money())]),
                "once" => self.t_with("letter-amount-once", &[("amount", money())]),
                _ => self.t_with("letter-amount-month", &[("amount", money())]),
            },
        }
    }

    /// Where a place on a list is, why one waits and how long it is kept; what is offered, by when to answer.
    pub fn on_list(&self, on: &OnList) -> Vec<String> {
        let date = |date: Date| Arg::from(self.date(date));
        if let Some(until) = on.offered_until {
            return vec![self.t_with("letter-list-offer-text", &[("date", date(until))])];
        }
        let place = if on.place > OnList::COUNTED {
            let args = [("count", OnList::COUNTED.into()), ("date", date(on.since))];
            self.t_with("letter-list-far", &args)
        } else {
            self.t_with("letter-list-number", &[("place", on.place.into()), ("date", date(on.since))])
        };
        let area = on.area.clone().unwrap_or_else(|| self.t("letter-list-country"));
        let reason = match on.reason {
            WaitsFor::Money => self.t_with("letter-list-waits-money", &[("area", area.into())]),
            WaitsFor::Places => self.t_with("letter-list-waits-places", &[("area", area.into())]),
            WaitsFor::Turn => self.t_with("letter-list-waits-turn", &[("area", area.into())]),
            WaitsFor::Budget => self.t("letter-list-waits-budget"),
        };
        let until = |key: &str, day: Option<Date>| day.map(|day| self.t_with(key, &[("date", date(day))]));
        let period = until("letter-list-period", on.period_until);
        let ends = until("letter-list-ends", on.ends_on);
        [Some(place), Some(reason), period, ends].into_iter().flatten().collect()
    }

    /// What is told of an award's life.
    pub fn life(&self, note: &Note) -> Vec<String> {
        let date = |date: Date| Arg::from(self.date(date));
        let because = |because: &Because, about: &About, is_done: bool| match &because.cause {
            Cause::Age { years, on } => {
                let args = [("years", (*years).into()), ("date", date(*on))];
                if is_done {
                    self.t_with("letter-life-done-age", &args)
                } else {
                    self.t_with("letter-life-intended-age", &args)
                }
            }
            Cause::Condition { missed, from, until, .. } => {
                let args = [
                    ("what", about.words.as_str().into()),
                    ("person", words::apart(&about.person).into()),
                    ("count", (*missed).into()),
                    ("from", date(*from)),
                    ("until", date(*until)),
                ];
                match (because.act, is_done) {
                    (Act::Suspend, false) => self.t_with("letter-life-intended-suspend", &args),
                    (Act::Suspend, true) => self.t_with("letter-life-done-suspend", &args),
                    (Act::End | Act::StepDown, false) => self.t_with("letter-life-intended-end", &args),
                    (Act::End | Act::StepDown, true) => self.t_with("letter-life-done-end", &args),
                }
            }
            Cause::Graduation { reviews, last, steps } => {
                let one = |step: &StepDown| {
                    let args = [("percent", step.percent.into()), ("months", step.months.into())];
                    self.t_with("letter-life-one-step", &args)
                };
                let steps: Vec<String> = steps.iter().map(one).collect();
                let steps = steps.join(", ");
                let args = [("count", (*reviews).into()), ("date", date(*last)), ("steps", steps.into())];
                if is_done {
                    self.t_with("letter-life-done-step_down", &args)
                } else {
                    self.t_with("letter-life-intended-step_down", &args)
                }
            }
        };
        match note {
            Note::LastDay { on } => vec![self.t_with("letter-life-last_day", &[("date", date(*on))])],
            Note::Over { on } => vec![self.t_with("letter-life-over", &[("date", date(*on))])],
            Note::UpToAge { years, on } => {
                let args = [("years", (*years).into()), ("date", date(*on))];
                vec![self.t_with("letter-life-up_to_age", &args)]
            }
            Note::Intended { because: why, about, until } => {
                let heard = until.map(|until| self.t_with("letter-life-heard", &[("date", date(until))]));
                let to_do = until.map(|_| about.what_to_do.clone()).filter(|text| !text.is_empty());
                [Some(because(why, about, false)), to_do, heard].into_iter().flatten().collect()
            }
            Note::Done { because: why, about } => {
                let to_do = Some(about.what_to_do.clone()).filter(|text| !text.is_empty());
                [Some(because(why, about, true)), to_do].into_iter().flatten().collect()
            }
            Note::ReviewOn { on } => vec![self.t_with("letter-life-review_on", &[("date", date(*on))])],
            Note::Graduated { on } => vec![self.t_with("letter-life-graduated", &[("date", date(*on))])],
            Note::Kept { above, of } => {
                let args = [("above", (*above).into()), ("of", (*of).into())];
                vec![self.t_with("letter-life-kept", &args)]
            }
            Note::Step { step } => {
                let args = [
                    ("from", date(step.from)),
                    ("until", date(step.until)),
                    ("amount", self.money(step.minor).into()),
                    ("percent", step.percent.into()),
                ];
                vec![self.t_with("letter-life-step", &args)]
            }
            Note::Cycle { about, from, until, verdict } => {
                let args = [
                    ("what", about.words.as_str().into()),
                    ("person", words::apart(&about.person).into()),
                    ("from", date(*from)),
                    ("until", date(*until)),
                ];
                match verdict {
                    CycleVerdict::Met => vec![self.t_with("letter-cycle-met", &args)],
                    CycleVerdict::Excused => vec![self.t_with("letter-cycle-excused", &args)],
                    CycleVerdict::Unknown => vec![self.t_with("letter-cycle-unknown", &args)],
                    CycleVerdict::NotMet => {
                        vec![self.t_with("letter-cycle-not_met", &args), about.what_to_do.clone()]
                    }
                }
            }
        }
    }

    /// "Ali, Fatou and Moussa", each with its own direction.
    pub fn names(&self, names: &[&str]) -> String {
        match names {
            [] => String::new(),
            [only] => words::apart(only),
            [first @ .., last] => {
                format!("{}{}{}", words::list(self.lang, first), self.t("letter-and"), words::apart(last))
            }
        }
    }
}

/// Something that keeps its own direction.
pub fn apart(text: &str) -> Content {
    let mut out = Html::new();
    out.tag("bdi").text(text);
    Content::Html(out.finish())
}

/// One piece as it is, several as a list.
pub fn listed(items: &[Content]) -> Content {
    match items {
        [] => Content::default(),
        [only] => only.clone(),
        several => {
            let mut out = Html::new();
            out.tag("ul").class("govuk-list govuk-list--bullet app-letter__list").with(|out| {
                for item in several {
                    out.tag("li").content(item);
                }
            });
            Content::Html(out.finish())
        }
    }
}

/// Pieces below one another.
pub fn lines(items: &[Content]) -> Content {
    let mut out = Html::new();
    for item in items {
        out.tag("div").content(item);
    }
    Content::Html(out.finish())
}

//! Which vacancies and courses fit a person, and why: a score out of 100 made of criteria that are each told.
//!
//! A criterion of which the answer is missing is named as one to ask and counts neither for nor against. What rules an entry
//! out is named too. Neither sex nor origin is among what is read ([`Person`] has no place for them).
//!
//! To add a criterion: a variant of [`Criterion`], its weight in [`Weights`], its line in [`weigh`], its words in the app.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::answers::Answer;
use crate::area::AreaTree;
use crate::codes::codes;
use crate::form::Form;
use crate::value::Value;

codes! {
    /// What is looked at.
    pub enum Criterion {
        /// What the person can do and has done.
        Skills = "skills",
        /// How far it is.
        Distance = "distance",
        /// Hours a week beside what the person wants.
        Hours = "hours",
        /// Hours beside those in which the person takes care of somebody.
        Care = "care",
        /// Schooling.
        Schooling = "schooling",
        /// Languages.
        Languages = "languages",
        /// What work is not possible.
        Limits = "limits",
        /// Whether one gets in and around.
        Access = "access",
    }
}

codes! {
    /// How an entry and a person go together in one respect.
    pub enum Fit {
        /// They do.
        Fits = "fits",
        /// In part.
        Partly = "partly",
        /// They do not, which does not rule it out.
        Poor = "poor",
        /// Not known: to be asked.
        Ask = "ask",
        /// They cannot.
        Excluded = "excluded",
    }
}

/// What each criterion weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    /// Of what the person can do.
    pub skills: u32,
    /// Of the distance.
    pub distance: u32,
    /// Of the hours.
    pub hours: u32,
    /// Of schooling.
    pub schooling: u32,
    /// Of languages.
    pub languages: u32,
}

/// Which answers say what, by the ids of questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reads {
    /// Several of a list: what the person can do.
    pub skills: String,
    /// One of a list that goes from little to much.
    pub schooling: String,
    /// A number: hours a week.
    pub hours: String,
    /// One of a list: how far the person can go.
    pub travel: String,
    /// How far each of its options reaches: 0 the same place, 1 the same district, 2 the same province, 3 anywhere. What is not
    /// among them goes nowhere.
    pub reach: BTreeMap<String, u8>,
    /// One of a list: hours of care.
    pub care: String,
    /// Hours a week that each of its options leaves.
    pub care_leaves: BTreeMap<String, u32>,
    /// Several of a list: what work is not possible.
    pub limits: String,
    /// A yes or no: heavy work is possible; and the limit that stands for no.
    pub heavy: (String, String),
    /// A yes or no: must be able to get in with a wheelchair or the like.
    pub access: String,
    /// Several of a list.
    pub languages: String,
    /// What each criterion weighs.
    pub weights: Weights,
}

/// A person as matching sees one. What is missing is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Where the person lives.
    pub area: String,
    /// What the person can do.
    pub skills: Option<BTreeSet<String>>,
    /// The place of the schooling in its list.
    pub schooling: Option<usize>,
    /// Hours a week wanted.
    pub hours: Option<u32>,
    /// How far; `Some(None)` for nowhere.
    pub reach: Option<Option<u8>>,
    /// Hours a week that care leaves.
    pub free_hours: Option<u32>,
    /// What work is not possible.
    pub limits: Option<BTreeSet<String>>,
    /// Whether heavy work is possible.
    pub heavy: Option<bool>,
    /// Whether access without steps is needed.
    pub needs_access: Option<bool>,
    /// Languages.
    pub languages: Option<BTreeSet<String>>,
}

/// What an entry asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Needs {
    /// Where; empty for work at home.
    pub area: String,
    /// Skills of which one is enough; none asked where empty.
    pub skills: BTreeSet<String>,
    /// The least schooling, as an option.
    pub schooling: Option<String>,
    /// Whether less schooling rules it out.
    pub strict: bool,
    /// Hours a week.
    pub hours: Option<u32>,
    /// What it demands of the body, as limits name it.
    pub demands: BTreeSet<String>,
    /// Languages that are needed.
    pub languages: BTreeSet<String>,
    /// Whether one gets in without steps.
    pub accessible: bool,
    /// Whether children are looked after there.
    pub childcare: bool,
}

/// One criterion of a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Which.
    pub about: Criterion,
    /// How it goes.
    pub fit: Fit,
    /// Options or numbers that it rests on.
    pub named: Vec<String>,
    /// Points given.
    pub points: u32,
    /// Points there are.
    pub of: u32,
}

/// How a person and an entry go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Match {
    /// Points out of 100 of what is known; 0 where nothing is.
    pub score: u32,
    /// Each criterion that the entry raises.
    pub reasons: Vec<Reason>,
}

impl Match {
    /// Whether something rules it out.
    pub fn is_excluded(&self) -> bool {
        self.reasons.iter().any(|reason| reason.fit == Fit::Excluded)
    }

    /// How many criteria are to be asked.
    pub fn to_ask(&self) -> usize {
        self.reasons.iter().filter(|reason| reason.fit == Fit::Ask).count()
    }

    /// The order of proposals: what is not ruled out first, then the better score, then what is better known.
    pub fn rank(&self) -> (bool, std::cmp::Reverse<u32>, usize) {
        (self.is_excluded(), std::cmp::Reverse(self.score), self.to_ask())
    }
}

impl Reads {
    /// A person by the answers of a profile.
    pub fn person(&self, form: &Form, area: &str, answers: &BTreeMap<String, Answer>) -> Person {
        let value = |id: &str| answers.get(id).and_then(Answer::value);
        let many = |id: &str| match value(id)? {
            Value::Many(options) => Some(options.clone()),
            _ => None,
        };
        let choice = |id: &str| match value(id)? {
            Value::Choice(option) | Value::Text(option) => Some(option.clone()),
            _ => None,
        };
        let yes = |id: &str| match value(id)? {
            Value::Bool(yes) => Some(*yes),
            _ => None,
        };
        let number = |id: &str| match value(id)? {
            Value::Num(number) => number.integer().and_then(|whole| u32::try_from(whole).ok()),
            _ => None,
        };
        Person {
            area: area.to_owned(),
            skills: many(&self.skills),
            schooling: choice(&self.schooling).and_then(|option| self.rank_of(form, &option)),
            hours: number(&self.hours),
            reach: choice(&self.travel).map(|option| self.reach.get(&option).copied()),
            free_hours: choice(&self.care).and_then(|option| self.care_leaves.get(&option).copied()),
            limits: many(&self.limits),
            heavy: yes(&self.heavy.0),
            needs_access: yes(&self.access),
            languages: many(&self.languages),
        }
    }

    /// The place of a schooling in its list.
    pub fn rank_of(&self, form: &Form, option: &str) -> Option<usize> {
        let question = form.question(&self.schooling)?;
        form.choices_of(question)?.options.iter().position(|own| own == option)
    }
}

/// How far apart two areas are: 0 the same, 1 the same but for the smallest part, and so on; at most 3.
pub fn apart(areas: &AreaTree, one: &str, other: &str) -> u8 {
    let (one, other) = (areas.path(one), areas.path(other));
    // From the highest down.
    let same = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a.code == b.code).count();
    if same == 0 {
        return 3;
    }
    // An entry for a whole district is in each of its places.
    let deepest = one.len().max(other.len());
    u8::try_from(deepest - same).unwrap_or(3).min(3)
}

/// How a person and an entry go together.
pub fn weigh(reads: &Reads, form: &Form, areas: &AreaTree, person: &Person, needs: &Needs) -> Match {
    let weights = &reads.weights;
    let mut reasons = Vec::new();
    let mut add = |about: Criterion, fit: Fit, named: Vec<String>, weight: u32| {
        let (points, of) = match fit {
            Fit::Fits => (weight, weight),
            Fit::Partly => (weight / 2, weight),
            Fit::Poor => (0, weight),
            // What is not known counts neither way; what rules it out needs no points.
            Fit::Ask | Fit::Excluded => (0, 0),
        };
        reasons.push(Reason { about, fit, named, points, of });
    };
    if !needs.skills.is_empty() {
        let (fit, named) = skills(person, needs);
        add(Criterion::Skills, fit, named, weights.skills);
    }
    if !needs.area.is_empty() {
        let far = apart(areas, &person.area, &needs.area);
        let fit = match person.reach {
            None => Fit::Ask,
            Some(None) => Fit::Excluded,
            Some(Some(reach)) if reach < far => Fit::Excluded,
            Some(Some(_)) if far <= 1 => Fit::Fits,
            Some(Some(_)) => Fit::Partly,
        };
        add(Criterion::Distance, fit, vec![far.to_string()], weights.distance);
    }
    if let Some(hours) = needs.hours {
        let fit = match person.hours {
            None => Fit::Ask,
            Some(wanted) if hours <= wanted => Fit::Fits,
            Some(wanted) if hours <= wanted.saturating_add(wanted / 4) => Fit::Partly,
            Some(_) => Fit::Poor,
        };
        add(Criterion::Hours, fit, vec![hours.to_string()], weights.hours);
        if !needs.childcare {
            let fit = match person.free_hours {
                None => Fit::Ask,
                Some(free) if hours <= free => Fit::Fits,
                Some(_) => Fit::Excluded,
            };
            add(Criterion::Care, fit, vec![hours.to_string()], 0);
        }
    }
    if let Some(least) = &needs.schooling {
        let fit = match (person.schooling, reads.rank_of(form, least)) {
            (None, _) | (_, None) => Fit::Ask,
            (Some(own), Some(asked)) if own >= asked => Fit::Fits,
            _ if needs.strict => Fit::Excluded,
            _ => Fit::Poor,
        };
        add(Criterion::Schooling, fit, vec![least.clone()], weights.schooling);
    }
    if !needs.languages.is_empty() {
        let fit = match &person.languages {
            None => Fit::Ask,
            Some(own) if needs.languages.is_subset(own) => Fit::Fits,
            Some(own) if own.is_disjoint(&needs.languages) => Fit::Poor,
            Some(_) => Fit::Partly,
        };
        add(Criterion::Languages, fit, needs.languages.iter().cloned().collect(), weights.languages);
    }
    if !needs.demands.is_empty() {
        let (fit, named) = limits(reads, person, needs);
        add(Criterion::Limits, fit, named, 0);
    }
    if !needs.accessible {
        match person.needs_access {
            Some(false) => {}
            Some(true) => add(Criterion::Access, Fit::Excluded, Vec::new(), 0),
            None => add(Criterion::Access, Fit::Ask, Vec::new(), 0),
        }
    }
    let (points, of) =
        reasons.iter().fold((0, 0), |(points, of), reason| (points + reason.points, of + reason.of));
    Match { score: (points * 100).checked_div(of).unwrap_or(0), reasons }
}

fn skills(person: &Person, needs: &Needs) -> (Fit, Vec<String>) {
    let Some(own) = &person.skills else { return (Fit::Ask, needs.skills.iter().cloned().collect()) };
    let shared: Vec<String> = own.intersection(&needs.skills).cloned().collect();
    if shared.is_empty() { (Fit::Poor, needs.skills.iter().cloned().collect()) } else { (Fit::Fits, shared) }
}

fn limits(reads: &Reads, person: &Person, needs: &Needs) -> (Fit, Vec<String>) {
    let heavy = &reads.heavy.1;
    let mut against: Vec<String> =
        person.limits.iter().flatten().filter(|limit| needs.demands.contains(*limit)).cloned().collect();
    if person.heavy == Some(false) && needs.demands.contains(heavy) && !against.contains(heavy) {
        against.push(heavy.clone());
    }
    if !against.is_empty() {
        return (Fit::Excluded, against);
    }
    // Of heavy work alone it is enough to know whether that is possible.
    let only_heavy = needs.demands.iter().all(|demand| demand == heavy);
    let is_known = person.limits.is_some() || (only_heavy && person.heavy.is_some());
    let named = needs.demands.iter().cloned().collect();
    if is_known { (Fit::Fits, named) } else { (Fit::Ask, named) }
}

#[cfg(test)]
mod tests;

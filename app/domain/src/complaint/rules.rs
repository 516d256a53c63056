//! The terms of complaints, and where each category begins: data of the pack (`complaints.toml`), with what holds where a pack
//! has no such file.

use std::collections::BTreeMap;

use super::{Category, Level};
use crate::calendar::Term;
use crate::country::Limit;

/// Where a pack says nothing else: the practice of grievance mechanisms, as the casework of this service was drawn up by it.
const PRACTICE: &str = "Good practice of grievance redress; the country has set no term of its own";

/// What holds for complaints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// To write one down that came otherwise than by a page.
    pub register: Limit,
    /// To tell the complainant that we have it.
    pub acknowledge: Limit,
    /// To give it its category and its level.
    pub triage: Limit,
    /// For the complainant to answer what we ask.
    pub wait: Limit,
    /// For the complainant to say what they think of the answer.
    pub reply: Limit,
    /// In which one that is closed may be opened again.
    pub reopen: Limit,
    categories: BTreeMap<Category, CategoryRule>,
}

/// What holds for one category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryRule {
    /// To answer it.
    pub answer: Limit,
    /// To tell the complainant that we have it, where that must be sooner than for others.
    pub acknowledge: Option<Limit>,
    /// Who answers it first.
    pub level: Level,
    /// Whether it is in the restricted queue.
    pub sensitive: bool,
}

impl CategoryRule {
    /// What is wrong with it in itself, if anything is.
    pub fn fault(&self, category: Category) -> Option<&'static str> {
        if category.is_always_sensitive() && !self.sensitive {
            return Some(
                "complaints of this category are always restricted: the office would read what it is accused of",
            );
        }
        if self.sensitive && self.level != Level::Ombudsman {
            return Some(
                "a restricted category begins with the ombudsman: no office and no agency may read it",
            );
        }
        None
    }
}

impl Rules {
    /// The rules with these for each category; a category that is not among them keeps what holds by default.
    #[must_use]
    pub fn with(mut self, categories: impl IntoIterator<Item = (Category, CategoryRule)>) -> Self {
        self.categories.extend(categories);
        self
    }

    /// What holds for a category.
    pub fn of(&self, category: Category) -> CategoryRule {
        self.categories.get(&category).cloned().unwrap_or_else(|| usual(category))
    }

    /// By when the complainant must know that we have it.
    pub fn acknowledge_of(&self, category: Category) -> Limit {
        self.of(category).acknowledge.unwrap_or_else(|| self.acknowledge.clone())
    }
}

fn limit(term: Term) -> Limit {
    Limit { term, source: PRACTICE.to_owned() }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            register: limit(Term::WorkingDays(1)),
            acknowledge: limit(Term::WorkingDays(2)),
            triage: limit(Term::WorkingDays(3)),
            wait: limit(Term::Days(15)),
            reply: limit(Term::WorkingDays(10)),
            reopen: limit(Term::Days(90)),
            categories: BTreeMap::new(),
        }
    }
}

/// What holds for a category by default.
fn usual(category: Category) -> CategoryRule {
    use Category as C;
    let (term, sensitive) = match category {
        C::Information => (Term::WorkingDays(3), false),
        C::Targeting => (Term::Days(21), false),
        C::PaymentAmount | C::PaymentDelay | C::DataError => (Term::WorkingDays(10), false),
        C::ServiceQuality => (Term::WorkingDays(15), false),
        C::StaffConduct | C::Discrimination => (Term::WorkingDays(15), true),
        C::Fraud | C::Abuse => (Term::Days(21), true),
        // One month, as in the General Data Protection Regulation, article 12(3).
        C::DataProtection => (Term::Days(30), true),
    };
    CategoryRule {
        answer: limit(term),
        acknowledge: (category == C::Abuse).then(|| limit(Term::Hours(24))),
        level: if sensitive { Level::Ombudsman } else { Level::Office },
        sensitive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_by_default_is_sound() {
        let rules = Rules::default();
        for category in Category::ALL {
            let rule = rules.of(*category);
            assert_eq!(rule.fault(*category), None, "{category}");
            assert!(rule.answer.term.count() > 0);
        }
        assert_eq!(rules.acknowledge_of(Category::Abuse).term, Term::Hours(24));
        assert_eq!(rules.acknowledge_of(Category::Fraud).term, Term::WorkingDays(2));
    }

    #[test]
    fn no_pack_lets_an_office_read_what_it_is_accused_of() {
        let open = CategoryRule { sensitive: false, ..usual(Category::Fraud) };
        assert!(open.fault(Category::Fraud).is_some());
        assert_eq!(
            CategoryRule { level: Level::Office, ..open.clone() }.fault(Category::Discrimination),
            None
        );
        let low = CategoryRule { level: Level::Region, ..usual(Category::Discrimination) };
        assert!(low.fault(Category::Discrimination).is_some());
    }
}

//! The terms an appeal runs under: `[law.appeal_…]` of a pack's `pack.toml`, each with its legal source. A term that a pack does
//! not set has the default here; a name that begins with `appeal_` and is not known is a fault of the pack ([`unknown`]).
//!
//! To add a term: a value of [`Step`], its default in [`Step::default_term`], and the clock that keeps it in casework.

use std::collections::BTreeMap;

use crate::calendar::Term;
use crate::codes::codes;
use crate::country::{Law, Limit};

/// How the terms of appeals begin in `pack.toml`.
const PREFIX: &str = "appeal_";

codes! {
    /// What must happen within a term. The code is the name in `pack.toml` without its unit, and the kind of the clock.
    pub enum Step {
        /// The person is told that we have it.
        Acknowledge = "appeal_acknowledge",
        /// Lateness is forgiven or not.
        Condone = "appeal_condone",
        /// The person asks the tribunal about lateness that was not forgiven.
        Contest = "appeal_contest",
        /// An officer who took no part looks again.
        Reconsider = "appeal_reconsider",
        /// The agency answers to the tribunal.
        Response = "appeal_response",
        /// A day is set.
        List = "appeal_list",
        /// So long before a hearing the person knows of it.
        Notice = "appeal_notice",
        /// What was decided is given in writing.
        Issue = "appeal_issue",
        /// What was ordered is done.
        Implement = "appeal_implement",
        /// What went back is decided again.
        Remit = "appeal_remit",
        /// The person goes further, or it is closed.
        Further = "appeal_further",
        /// The whole, from the day of lodging.
        Target = "appeal_target",
    }
}

impl Step {
    /// Where a pack sets none. Acknowledging within 7 and deciding within 90 days: South Africa, Social Assistance Act 2004,
    /// s. 18 and its Regulations on Appeals; response within 28 days: United Kingdom, Tribunal Procedure (First-tier Tribunal)
    /// (Social Entitlement Chamber) Rules 2008, r. 24, and 14 days' notice of a hearing, r. 29.
    pub const fn default_term(self) -> Term {
        match self {
            Self::Acknowledge => Term::Days(7),
            Self::Condone | Self::Reconsider => Term::WorkingDays(15),
            Self::Response => Term::Days(28),
            Self::Issue => Term::Days(10),
            Self::Implement | Self::Notice | Self::Remit => Term::Days(14),
            Self::Contest | Self::Further | Self::List => Term::Days(30),
            Self::Target => Term::Days(90),
        }
    }
}

/// The terms of a pack.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a>(&'a BTreeMap<String, Limit>);

impl<'a> Terms<'a> {
    /// Of the law of a pack.
    pub const fn of(law: &'a Law) -> Self {
        Self(&law.other)
    }

    /// How long.
    pub fn term(&self, step: Step) -> Term {
        self.0.get(step.code()).map_or(step.default_term(), |limit| limit.term)
    }

    /// The legal source; empty where the pack sets none.
    pub fn source(&self, step: Step) -> &'a str {
        self.0.get(step.code()).map(|limit| limit.source.as_str()).unwrap_or_default()
    }
}

/// Whether a limit's name is of appeals and none of theirs.
pub fn is_unknown(name: &str) -> bool {
    name.starts_with(PREFIX) && name.parse::<Step>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_sets_a_term_and_its_source_and_the_rest_has_defaults() {
        let own = Limit { term: Term::WorkingDays(5), source: "Act, s. 1".into() };
        let law = BTreeMap::from([("appeal_reconsider".to_owned(), own)]);
        let terms = Terms(&law);
        assert_eq!(terms.term(Step::Reconsider), Term::WorkingDays(5));
        assert_eq!(terms.source(Step::Reconsider), "Act, s. 1");
        assert_eq!((terms.term(Step::Acknowledge), terms.source(Step::Acknowledge)), (Term::Days(7), ""));
    }

    #[test]
    fn a_name_that_looks_like_a_term_of_appeals_must_be_one() {
        assert!(is_unknown("appeal_reconsidder"));
        for known in Step::ALL {
            assert!(known.code().starts_with(PREFIX) && !is_unknown(known.code()));
        }
        assert!(!is_unknown("reopen"));
    }
}

//! The codes that stand on an appeal and on each of its issues.

use crate::codes::codes;

codes! {
    /// How it came in.
    pub enum Channel {
        /// Said or handed in at a counter.
        Counter = "counter",
        /// Sent by the person from the own page.
        Online = "online",
        /// A letter.
        Letter = "letter",
        /// By phone.
        Phone = "phone",
        /// A complaint that was about a decision; its first day is kept.
        Complaint = "complaint",
    }
}

codes! {
    /// What is contested.
    pub enum IssueKind {
        /// A decision.
        Decision = "decision",
        /// That no decision was taken in time.
        Delay = "delay",
    }
}

codes! {
    /// What an officer who took no part found.
    pub enum Finding {
        /// It is changed in favour of the person.
        Revised = "revised",
        /// It stays as it was; the tribunal decides.
        Upheld = "upheld",
    }
}

codes! {
    /// What the tribunal decided of an issue.
    pub enum IssueOutcome {
        /// The person is right: the tribunal says what holds instead.
        Allowed = "allowed",
        /// Right in part: the tribunal says what holds instead.
        Varied = "varied",
        /// The decision stays.
        Dismissed = "dismissed",
        /// The agency decides again, and heeds why.
        Remitted = "remitted",
        /// It cannot be decided here.
        StruckOut = "struck_out",
        /// Taken back by the person.
        Withdrawn = "withdrawn",
    }
}

impl IssueOutcome {
    /// Whether the decision did not stand.
    pub const fn is_overturned(self) -> bool {
        matches!(self, Self::Allowed | Self::Varied | Self::Remitted)
    }
}

codes! {
    /// Why an issue goes back.
    pub enum RemandReason {
        /// Facts were missing or were not asked.
        FactsMissing = "facts_missing",
        /// Facts were taken down wrongly.
        FactsWrong = "facts_wrong",
        /// A paper that was there was not heeded.
        EvidenceIgnored = "evidence_ignored",
        /// The rule was read wrongly, or the wrong one was used.
        RuleMisapplied = "rule_misapplied",
        /// The reasons do not say why.
        NoReasons = "no_reasons",
        /// The person was not heard or not told.
        NotHeard = "not_heard",
        /// Who decided had an interest.
        Bias = "bias",
        /// Things changed since.
        NewFacts = "new_facts",
    }
}

codes! {
    /// Why a member of the tribunal does not sit.
    pub enum ConflictReason {
        /// Kin of somebody of the household.
        Kin = "kin",
        /// Knows them well, or lives with them.
        Acquainted = "acquainted",
        /// Dealt with the case before.
        DealtBefore = "dealt_before",
        /// Has something to win or lose.
        Interest = "interest",
    }
}

codes! {
    /// How the tribunal looks at it.
    pub enum Hearing {
        /// In a room.
        InPerson = "in_person",
        /// By phone or video.
        Remote = "remote",
        /// On the papers alone.
        Paper = "paper",
    }
}

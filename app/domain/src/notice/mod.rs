//! What is sent to people: its kinds, where a message stands, when it is tried again and when people are left in peace.
//!
//! A message says that something happened and where to ask, never a reason, an amount, anything about health, or an
//! address of a page. Its words are the pack's, `notice.<kind>` ([`text`] says how long they may be); the rows are
//! casework's. To add a kind: a line in [`Kind`], its placeholders in [`Kind::places`], its words in every pack.

pub mod text;

use time::{Duration, OffsetDateTime};

use crate::codes::codes;
use crate::lifecycle::hands::{OFFICER, SUPERVISOR, SYSTEM};
use crate::lifecycle::{HeldBy, lifecycle};

codes! {
    /// What is told.
    pub enum Kind {
        /// The request is registered; the date is the day by which we decide.
        Receipt = "receipt",
        /// Something is missing; the date is the day by which it should come.
        Needed = "needed",
        /// A letter with decisions is there.
        Decision = "decision",
        /// No decision came in time: there is a right to complain or appeal.
        Pending = "pending",
        /// A place is offered; the date is the last day to answer.
        Offer = "offer",
        /// Something is to be taken away; the date is the last day to be heard.
        Proposed = "proposed",
        /// An award ends; the date is its last day.
        EndsSoon = "ends_soon",
        /// An award has ended.
        Ended = "ended",
        /// An award becomes less; the date is its last day as it is.
        StepDown = "step_down",
        /// An award is to be looked at again; the date is the day for it.
        Review = "review",
        /// A hearing, or a visit to the office; the date is its day.
        Hearing = "hearing",
        /// There is news about a complaint; the reference may be the complaint's own.
        Complaint = "complaint",
        /// There is news about an appeal.
        Appeal = "appeal",
        /// There is news about a service that somebody was sent to.
        Referral = "referral",
        /// What was asked for has not come; the date is the day by which it should.
        Reminder = "reminder",
        /// Somebody asked to change the number or the account.
        Change = "change",
        /// A code to type; it holds for [`CODE_HOLDS`].
        Code = "code",
        /// Somebody tried to read the file and failed.
        Tries = "tries",
        /// To an office, by mail: messages wait there to be printed.
        Desk = "desk",
        /// The answer to a question about where a request stands: one text for each public phrase.
        Status = "status",
    }
}

/// How long a code holds. Casework.md, "Tracking without e-mail".
pub const CODE_HOLDS: Duration = Duration::minutes(15);

/// The words of a message that says nothing of what it is about, for people whom a message could put in danger.
pub const SILENT: &str = "notice.silent";
/// What they may be filled with: the office's number.
pub const SILENT_PLACES: &[&str] = &["phone"];

impl Kind {
    /// The placeholders that its words may use; each is filled whenever a message of the kind is written.
    pub const fn places(self) -> &'static [&'static str] {
        match self {
            Self::Receipt
            | Self::Needed
            | Self::Offer
            | Self::Proposed
            | Self::EndsSoon
            | Self::StepDown
            | Self::Review
            | Self::Hearing
            | Self::Reminder => &["reference", "date", "office"],
            Self::Decision
            | Self::Pending
            | Self::Ended
            | Self::Complaint
            | Self::Appeal
            | Self::Referral
            | Self::Change
            | Self::Tries => &["reference", "office"],
            Self::Desk => &["office"],
            Self::Code => &["code"],
            Self::Status => &["reference"],
        }
    }

    /// Whether a date belongs to it.
    pub fn has_date(self) -> bool {
        self.places().contains(&"date")
    }

    /// The keys of its words: one, save for an answer, which has one for each phrase.
    pub fn keys(self) -> Vec<String> {
        match self {
            Self::Status => {
                let phrases = crate::lifecycle::Phrase::ALL.iter();
                phrases.map(|phrase| self.key(phrase.code())).collect()
            }
            _ => vec![self.key("")],
        }
    }

    /// The key of its words. `part` is the phrase of an answer and says nothing for every other kind.
    pub fn key(self, part: &str) -> String {
        match self {
            Self::Status => format!("notice.status.{part}"),
            _ => format!("notice.{}", self.code()),
        }
    }

    /// Whether somebody sits waiting for it, or nobody is woken by it: it goes at any hour, and is worth nothing on paper.
    pub const fn is_awaited(self) -> bool {
        matches!(self, Self::Code | Self::Status | Self::Desk)
    }

    /// Whether what was sent may be read again in the file by an officer: not the text of a code.
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Code)
    }
}

codes! {
    /// How a message goes.
    pub enum Channel {
        /// As a text message, through a gateway.
        Sms = "sms",
        /// By mail.
        Email = "email",
        /// On paper, handed over or posted by the office.
        Print = "print",
    }
}

codes! {
    /// Where a message stands.
    pub enum NoticeState {
        /// Written with what it tells of; it has not been tried yet.
        Queued = "queued",
        /// A server has taken it and hands it over now.
        Sending = "sending",
        /// The gateway has it.
        Sent = "sent",
        /// The gateway says that it arrived.
        Delivered = "delivered",
        /// A try failed; it is tried again.
        Failed = "failed",
        /// It could not be sent and is worth nothing on paper.
        GivenUp = "given_up",
        /// It came too late to be of use.
        Expired = "expired",
        /// It waits to be printed at the office.
        ToPrint = "to_print",
        /// It is on paper, and lies at the office.
        Printed = "printed",
        /// It was given to the person.
        HandedOver = "handed_over",
        /// It went by post.
        Posted = "posted",
    }
}

codes! {
    /// What happens to a message.
    pub enum NoticeEvent {
        /// A server takes it; again when the one that had it did not come back.
        Claim = "claim",
        /// The gateway took it.
        Send = "send",
        /// The try failed, another follows.
        Fail = "fail",
        /// It was tried often enough, or cannot arrive: it goes on paper.
        GiveUp = "give_up",
        /// The same, for what is worth nothing on paper.
        Abandon = "abandon",
        /// It is of no use any more.
        Expire = "expire",
        /// The gateway says that it arrived.
        Deliver = "deliver",
        /// It goes on paper: there is no other way to this person, or none is set up.
        Paper = "paper",
        /// The office printed it.
        Print = "print",
        /// The office gave it to the person.
        HandOver = "hand_over",
        /// The office posted it.
        Post = "post",
        /// The office has it tried again.
        Resend = "resend",
    }
}

lifecycle! {
    NoticeState, NoticeEvent, "notice", first Queued;
    states {
        Queued: BeingChecked, HeldBy::Queue("the outbox");
        Sending: BeingChecked, HeldBy::Queue("the outbox, when the claim has run out");
        Sent: Decided, HeldBy::Nothing;
        Delivered: Decided, HeldBy::Nothing;
        Failed: BeingChecked, HeldBy::Queue("the outbox, at the next try");
        GivenUp: Ended, HeldBy::Nothing;
        Expired: Ended, HeldBy::Nothing;
        ToPrint: BeingChecked, HeldBy::Queue("the office's print queue");
        Printed: BeingChecked, HeldBy::Queue("the office's print queue");
        HandedOver: Decided, HeldBy::Nothing;
        Posted: Decided, HeldBy::Nothing;
    }
    steps {
        Queued: Claim -> Sending, by [SYSTEM];
        Queued: Paper -> ToPrint, by [SYSTEM];
        Queued: Expire -> Expired, by [SYSTEM];
        Queued: Abandon -> GivenUp, by [SYSTEM];
        Failed: Claim -> Sending, by [SYSTEM];
        Failed: Paper -> ToPrint, by [SYSTEM];
        Failed: Expire -> Expired, by [SYSTEM];
        Failed: Abandon -> GivenUp, by [SYSTEM];
        Sending: Claim -> Sending, by [SYSTEM], needs [TermPassed];
        Sending: Send -> Sent, by [SYSTEM];
        Sending: Fail -> Failed, by [SYSTEM];
        Sending: GiveUp -> ToPrint, by [SYSTEM];
        Sending: Abandon -> GivenUp, by [SYSTEM];
        Sending: Expire -> Expired, by [SYSTEM], needs [TermPassed];
        Sent: Deliver -> Delivered, by [SYSTEM];
        Sent: GiveUp -> ToPrint, by [SYSTEM];
        Sent: Abandon -> GivenUp, by [SYSTEM];
        ToPrint: Print -> Printed, by [OFFICER, SUPERVISOR];
        ToPrint: Resend -> Queued, by [OFFICER, SUPERVISOR];
        Printed: Print -> Printed, by [OFFICER, SUPERVISOR];
        Printed: HandOver -> HandedOver, by [OFFICER, SUPERVISOR];
        Printed: Post -> Posted, by [OFFICER, SUPERVISOR];
        Printed: Resend -> Queued, by [OFFICER, SUPERVISOR];
    }
}

/// Tries before a message goes on paper: a little over four hours of them.
pub const TRIES: i64 = 10;
/// How long the first try that failed is waited for.
const FIRST_WAIT: Duration = Duration::seconds(30);
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::hours(2);

/// How long to wait after the try with this number (from 1) failed: twice as long each time, and up to a quarter more by
/// `jitter` thousandths, so that what failed together does not come back together.
pub fn wait_after(tries: i64, jitter: u16) -> Duration {
    let doubled = u32::try_from(tries.clamp(1, 16) - 1).unwrap_or(0);
    let wait = (FIRST_WAIT * 2_i32.pow(doubled)).min(LONGEST_WAIT);
    wait + wait * i32::from(jitter.min(1000)) / 4000
}

/// The hours in which people are left in peace, by the office's wall clock: from one full hour to another, over midnight
/// where the first is the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QuietHours {
    /// The hour at which they begin, 0 to 23.
    pub from: u8,
    /// The hour at which they end, 0 to 23; the same hour means that there are none.
    pub until: u8,
}

impl Default for QuietHours {
    /// From eight in the evening until eight in the morning.
    fn default() -> Self {
        Self { from: 20, until: 8 }
    }
}

impl QuietHours {
    /// When a message may go that would go at `here`, a moment as the office's wall clock shows it.
    pub fn after(self, here: OffsetDateTime) -> OffsetDateTime {
        let hour = here.hour();
        let is_quiet = if self.from <= self.until {
            (self.from..self.until).contains(&hour)
        } else {
            hour >= self.from || hour < self.until
        };
        if !is_quiet {
            return here;
        }
        let days = i64::from(hour >= self.until);
        let Ok(morning) = time::Time::from_hms(self.until, 0, 0) else { return here };
        here.replace_time(morning) + Duration::days(days)
    }
}

#[cfg(test)]
mod tests;

//! Programmes: what is given, by whom, under which law, and worked examples of it.

use serde::Serialize;
use time::Date;

use super::{AmountDef, ConditionDef, GraduationDef, Level, RuleNode};
use crate::fault::At;
use crate::num::Num;

/// What a programme gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Money.
    Cash,
    /// Goods.
    InKind,
    /// A voucher.
    Voucher,
    /// A fee that need not be paid.
    FeeWaiver,
    /// A service by a provider.
    Service,
    /// An employment service by a provider.
    Employment,
}

impl Kind {
    /// Reads the word a pack uses.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "cash" => Self::Cash,
            "in_kind" => Self::InKind,
            "voucher" => Self::Voucher,
            "fee_waiver" => Self::FeeWaiver,
            "service" => Self::Service,
            "employment" => Self::Employment,
            _ => return None,
        })
    }
}

/// The four basic guarantees of a social protection floor (ILO Recommendation 202, paragraph 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarantee {
    /// Essential health care, including maternity care.
    Health,
    /// Basic income security for children.
    Children,
    /// Basic income security in active age: sickness, unemployment, maternity, disability.
    WorkingAge,
    /// Basic income security for older persons.
    Older,
}

impl Guarantee {
    /// All four, in the Recommendation's order.
    pub const ALL: [Self; 4] = [Self::Health, Self::Children, Self::WorkingAge, Self::Older];

    /// The word packs and receipts use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Children => "children",
            Self::WorkingAge => "working_age",
            Self::Older => "older",
        }
    }

    /// Reads the word a pack uses.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|guarantee| guarantee.as_str() == text)
    }
}

/// A programme of an agency.
#[derive(Clone, Debug, Serialize)]
pub struct ProgrammeDef {
    /// Its id.
    pub id: String,
    /// The agency that decides and gives.
    pub agency: String,
    /// What it gives.
    pub kind: Kind,
    /// The code of the DCI benefit-type list: 1 cash, 2 voucher, 3 in kind, 4 training, 5 work
    /// opportunity, 6 insurance.
    pub benefit_type: u8,
    /// Who it is for: one decision for the household, or one for each member.
    pub unit: Level,
    /// Which guarantee of the social protection floor it serves.
    pub guarantee: Guarantee,
    /// The budget line it is paid from.
    pub budget_line: Option<String>,
    /// The law it rests on.
    pub legal_basis: String,
    /// The first day decisions can be taken under it.
    #[serde(serialize_with = "crate::value::as_iso_date")]
    pub valid_from: Date,
    /// The last day, if it ends.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_optional_date")]
    pub valid_until: Option<Date>,
    /// For a service or employment programme: the service the referral goes to.
    pub service: Option<String>,
    /// Documents needed to say yes; without one the verdict is "we need…", never "no".
    pub documents: Vec<String>,
    /// Months until the award is looked at again.
    pub review_months: Option<u32>,
    /// Months the award lasts.
    pub duration_months: Option<u32>,
    /// For a programme for persons: the age, in completed years, at which its end is proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at_age: Option<u32>,
    /// How places are given.
    pub selection: Selection,
    /// How those of equal priority are put in order.
    #[serde(skip_serializing_if = "TieBreak::is_usual")]
    pub tie_break: TieBreak,
    /// What there is to give, by area and period. Unlimited where nothing is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<BudgetDef>,
    /// For a programme for persons: the yes/no member fact that says who is considered at all.
    pub who: Option<String>,
    /// Who is eligible.
    pub eligible: RuleNode,
    /// How much; none for a service.
    pub amount: Option<AmountDef>,
    /// What must be kept up to stay in the programme; checked each cycle, apart from entry.
    pub conditions: Vec<ConditionDef>,
    /// When a household needs it no longer, and how it steps down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graduation: Option<GraduationDef>,
    /// Worked examples, run when the pack is checked.
    pub examples: Vec<ExampleDef>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
fn as_optional_date<S: serde::Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => crate::value::as_iso_date(date, serializer),
        None => serializer.serialize_none(),
    }
}

impl ProgrammeDef {
    /// The service that an award of this programme sends to, where it is a referral and nothing is given by the agency.
    pub fn referred_to(&self) -> Option<&str> {
        self.service.as_deref().filter(|_| matches!(self.kind, Kind::Service | Kind::Employment))
    }
}

/// How a programme's places are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Selection {
    /// Whoever is eligible is in.
    #[default]
    Open,
    /// Places are limited: whoever is eligible waits, in the order of a fact or score.
    WaitingList {
        /// The number fact or score that orders the queue.
        priority: String,
        /// Whether the lowest goes first (a poverty score) or the highest.
        ascending: bool,
        /// Months after which a place on the list runs out, unless the household is assessed again; never when none.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_months: Option<u32>,
    },
}

/// How a queue orders those of equal priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TieBreak {
    /// Whoever registered first goes first.
    #[default]
    FirstRegistered,
    /// A lot, drawn from the programme's id and the place in the registry: the same each time it is drawn.
    Lot,
}

impl Selection {
    /// Whether places are limited, so that somebody may have to wait.
    pub fn is_limited(&self) -> bool {
        matches!(self, Self::WaitingList { .. })
    }

    /// Months after which a place on the list runs out.
    pub fn expires_months(&self) -> Option<u32> {
        match self {
            Self::Open => None,
            Self::WaitingList { expires_months, .. } => *expires_months,
        }
    }
}

impl TieBreak {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// What a programme has to give in an area and a period: places, money, or both. An award counts with all it
/// commits to, for its whole duration, in the period in which it begins.
#[derive(Clone, Debug, Serialize)]
pub struct BudgetDef {
    /// The area with everything inside it; the whole country when none.
    pub area: Option<String>,
    /// The first day.
    #[serde(serialize_with = "crate::value::as_iso_date")]
    pub from: Date,
    /// The last day.
    #[serde(serialize_with = "crate::value::as_iso_date")]
    pub until: Date,
    /// How many awards may begin.
    pub places: Option<u32>,
    /// How much they may commit, in major units.
    pub money: Option<Num>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A worked example of a programme.
#[derive(Clone, Debug, Serialize)]
pub struct ExampleDef {
    /// What it shows.
    pub name: String,
    /// Answers in the shape of `guichet assess`: `{answers: {…}, members: [{…}]}`.
    pub answers: serde_json::Value,
    /// The day of the decision; the pack's first day when absent.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_optional_date")]
    pub as_of: Option<Date>,
    /// The verdict the rules alone must give: the members' best one for a programme for persons.
    pub expect: Expected,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// The verdict an example expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Eligible (also when places are limited).
    Yes,
    /// Not eligible.
    No,
    /// Undecided.
    Needs,
}

//! What a country's pack declares for the rule engine, as plain data: the pack reader fills these, and
//! the engine compiles them into a `Program`. Names are still names here, expressions are still text;
//! whether they make sense is decided when they are compiled.
//!
//! Every definition says where it stands (`at`), so that a fault found later names file and line. `at` is
//! left out of the serialised form: the hashes in a receipt are over what the rules say, not over where
//! they stand.
//!
//! To add a kind of thing that rules can use: its definition here, its reading in `pack`, its meaning in
//! `compile` and its evaluation.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use time::Date;

use crate::fault::At;
use crate::num::{Num, Rounding};

pub use crate::expr::{Level, Type};

/// Everything the engine needs of a pack.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Definitions {
    /// Digits of the currency's minor unit: 0 for none, 2 for cents.
    pub minor_digits: u32,
    /// The questions of the form and the registry inputs: whatever an answer can be given to.
    pub inputs: Vec<InputDef>,
    /// What is said of an area by its code, so that `setting` and `province` follow from `area`.
    pub areas: BTreeMap<String, AreaInputs>,
    /// Facts, in any order.
    pub facts: Vec<FactDef>,
    /// Scores, in any order.
    pub scores: Vec<ScoreDef>,
    /// Parameters, effective-dated.
    pub parameters: Vec<ParameterDef>,
    /// Programmes, in the order in which people should read them.
    pub programmes: Vec<ProgrammeDef>,
    /// Packages: programmes offered together.
    pub packages: Vec<PackageDef>,
    /// Links between programmes.
    pub links: Vec<LinkDef>,
    /// Caps over a household's programmes.
    pub caps: Vec<CapDef>,
    /// Documents a programme can ask for; each is an implied yes/no question `document_<id>`.
    pub documents: Vec<DocumentDef>,
    /// Codes of the services in the directory, which programmes and `refers` links name.
    pub services: BTreeSet<String>,
}

/// An expression as written in the pack, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ExprText {
    /// The text of the expression.
    pub text: String,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A value written in a pack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Literal {
    /// `true`, `false`.
    Bool(bool),
    /// A number, exact; decimals are written as strings in TOML (`"0.048"`).
    Num(Num),
    /// A TOML date.
    Date(#[serde(serialize_with = "crate::value::as_iso_date")] Date),
    /// Text, or the id of a choice.
    Text(String),
}

/// A question or a registry input.
#[derive(Clone, Debug, Serialize)]
pub struct InputDef {
    /// The question's immutable id; the name expressions use.
    pub id: String,
    /// Whether there is one answer for the household or one for each member.
    pub level: Level,
    /// What an answer is. A place is [`Type::Text`] (its code), money is [`Type::Num`] in major units.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Conditions that must all hold for the question to be asked: the group's and its own. An answer
    /// to a question that is not to be asked does not count.
    pub relevant: Vec<ExprText>,
    /// The value that stands for the answer when the question is certainly not to be asked (`false`
    /// for "is she pregnant" of a man). Without one, such a question is unknown to the rules.
    pub when_irrelevant: Option<Literal>,
    /// For a `calc`: the answer is calculated from this and never asked.
    pub calculation: Option<ExprText>,
    /// Whether the form asks it. Registry inputs and calculations are never asked.
    pub asked: bool,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// What follows from a household's area.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AreaInputs {
    /// `urban` or `rural`, where the area's level knows it.
    pub setting: Option<String>,
    /// The province's digits, `01` to `18` in the demo pack.
    pub province: Option<String>,
}

/// What a fact's value is declared to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactType {
    /// `bool`.
    Bool,
    /// `number`.
    Number,
    /// `date`.
    Date,
    /// `choice`.
    Choice,
    /// `text`.
    Text,
    /// `set`.
    Set,
}

/// A rounding: the mode, and the step to whose multiples it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RoundDef {
    /// How.
    pub mode: Rounding,
    /// To multiples of what; `1` for whole units.
    pub to: Num,
}

/// What a fact is when its expression is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Unknown stays unknown.
    #[default]
    Propagate,
    /// A declared value stands in, and every decision that used it says so.
    Default {
        /// The value.
        value: Literal,
        /// The reason for assuming it.
        why: String,
    },
}

/// A fact: something the rules know, calculated from answers.
#[derive(Clone, Debug, Serialize)]
pub struct FactDef {
    /// Its id; the name expressions use.
    pub id: String,
    /// One value for the household, or one for each member.
    pub level: Level,
    /// The declared type; the expression must have it.
    #[serde(rename = "type")]
    pub ty: FactType,
    /// The unit, for people to read.
    pub unit: Option<String>,
    /// How it is calculated.
    pub expression: ExprText,
    /// A declared rounding of a number.
    pub round: Option<RoundDef>,
    /// What an unknown becomes.
    pub missing: Missing,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// One figure for all strata, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Strata {
    /// The same everywhere.
    Same(Num),
    /// By stratum; a stratum that is not named has 0 (an intercept must name them all).
    By(BTreeMap<String, Num>),
}

/// A score: intercept, terms, transform, bands. It is a number fact by its id, and its band a choice fact
/// by `<id>_band`.
#[derive(Clone, Debug, Serialize)]
pub struct ScoreDef {
    /// Its id.
    pub id: String,
    /// One score for the household, or one for each member.
    pub level: Level,
    /// The choice whose value picks the coefficients.
    pub stratum: Option<String>,
    /// The constant.
    pub intercept: Strata,
    /// The terms, in order.
    pub terms: Vec<TermDef>,
    /// The sum is multiplied by this before rounding.
    pub multiply: Num,
    /// The rounding of the result, in whole units unless said otherwise.
    pub round: Option<RoundDef>,
    /// The bands, from the lowest to the highest; proved total and disjoint.
    pub bands: Vec<BandDef>,
    /// Where the figures were published.
    pub source: Option<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// One term of a score.
#[derive(Clone, Debug, Serialize)]
pub struct TermDef {
    /// Its id within the score.
    pub id: String,
    /// The fact, question or score it reads.
    pub fact: String,
    /// How the input becomes points.
    #[serde(flatten)]
    pub kind: TermKind,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// How a term's input becomes points.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TermKind {
    /// A yes/no input: the coefficient when yes.
    Indicator {
        /// Points when the input is true.
        coefficient: Strata,
    },
    /// A number times the coefficient.
    Linear {
        /// Points for each unit.
        coefficient: Strata,
    },
    /// The natural logarithm (12 decimals) times the coefficient.
    Log {
        /// Points for each unit of the logarithm.
        coefficient: Strata,
    },
    /// A number looked up in bands, which must be total and disjoint.
    Band {
        /// The bands, from the lowest to the highest.
        bands: Vec<PointsBand>,
    },
    /// A choice looked up in a table, which must name every option or have `otherwise`.
    Lookup {
        /// Points by option.
        points: BTreeMap<String, Strata>,
        /// Points for the options not named (`else` in the pack).
        otherwise: Option<Strata>,
    },
}

/// A band of a term's input.
#[derive(Clone, Debug, Serialize)]
pub struct PointsBand {
    /// Its limits.
    #[serde(flatten)]
    pub limits: Limits,
    /// Its points.
    pub points: Strata,
}

/// A band of a score.
#[derive(Clone, Debug, Serialize)]
pub struct BandDef {
    /// Its id: the value of `<score>_band`.
    pub id: String,
    /// Its limits.
    #[serde(flatten)]
    pub limits: Limits,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// The limits of a band. The first band has no lower limit, the last no upper one; where one band ends
/// the next must begin. A limit is a number or `param.x`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// At least (`from`).
    pub from: Option<ExprText>,
    /// More than (`above`).
    pub above: Option<ExprText>,
    /// Less than (`below`).
    pub below: Option<ExprText>,
    /// At most (`up_to`).
    pub up_to: Option<ExprText>,
}

/// A figure of the law, with its dates.
#[derive(Clone, Debug, Serialize)]
pub struct ParameterDef {
    /// Its id; `param.<id>` in expressions.
    pub id: String,
    /// The unit, for people to read (`DMF/month`).
    pub unit: Option<String>,
    /// The law or paper the figure is from.
    pub source: Option<String>,
    /// The values, each in force from its date until the next one's; all of one type.
    pub values: Vec<DatedValue>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A parameter's value from a date on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatedValue {
    /// The first day it is in force.
    #[serde(serialize_with = "crate::value::as_iso_date")]
    pub from: Date,
    /// The value.
    pub value: Literal,
}

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
    /// How places are given.
    pub selection: Selection,
    /// For a programme for persons: the yes/no member fact that says who is considered at all.
    pub who: Option<String>,
    /// Who is eligible.
    pub eligible: RuleNode,
    /// How much; none for a service.
    pub amount: Option<AmountDef>,
    /// What must be kept up to stay in the programme; checked each cycle, apart from entry.
    pub conditions: Vec<ConditionDef>,
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
    },
}

/// A node of a rule tree.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleNode {
    /// All must hold.
    All(Vec<RuleNode>),
    /// One must hold.
    Any(Vec<RuleNode>),
    /// It must not hold.
    Not(Box<RuleNode>),
    /// A comparison.
    Leaf(LeafDef),
}

impl RuleNode {
    /// Every leaf, in the order written.
    pub fn leaves(&self) -> Vec<&LeafDef> {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().flat_map(Self::leaves).collect(),
            Self::Not(node) => node.leaves(),
            Self::Leaf(leaf) => vec![leaf],
        }
    }
}

/// One comparison of a fact with a limit.
#[derive(Clone, Debug, Serialize)]
pub struct LeafDef {
    /// Its id, unique within the programme.
    pub id: String,
    /// The fact, question, registry input, score or `<score>_band` it reads.
    pub fact: String,
    /// The comparison; a yes/no fact without `op` is compared with true.
    pub op: Op,
    /// What it is compared with.
    pub limit: LimitDef,
    /// The key of its sentences: `programme.<id>.reason.<reason>.yes|no|needs`.
    pub reason: String,
    /// The law or paper the limit is from, if it is not a parameter's or a score's.
    pub source: Option<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Op {
    /// `=`
    #[serde(rename = "=")]
    Eq,
    /// `!=`
    #[serde(rename = "!=")]
    Ne,
    /// `<`
    #[serde(rename = "<")]
    Lt,
    /// `<=`
    #[serde(rename = "<=")]
    Le,
    /// `>`
    #[serde(rename = ">")]
    Gt,
    /// `>=`
    #[serde(rename = ">=")]
    Ge,
    /// `in`: one of several.
    #[serde(rename = "in")]
    In,
    /// `not_in`: none of several.
    #[serde(rename = "not_in")]
    NotIn,
}

impl Op {
    /// Reads the sign a pack uses.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "=" => Self::Eq,
            "!=" => Self::Ne,
            "<" => Self::Lt,
            "<=" => Self::Le,
            ">" => Self::Gt,
            ">=" => Self::Ge,
            "in" => Self::In,
            "not_in" => Self::NotIn,
            _ => return None,
        })
    }

    /// Whether it speaks of order, so that an example exactly on the limit means something.
    pub fn is_ordering(self) -> bool {
        matches!(self, Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }
}

/// What a leaf's fact is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitDef {
    /// A value (`limit = 5`).
    Value(Literal),
    /// Several values, for `in` and `not_in` (`limit = ["a", "b"]`).
    Values(Vec<Literal>),
    /// A parameter (`param = "child_max_age"`).
    Param(String),
    /// Another fact (`limit_fact = "rent_ceiling"`).
    Fact(String),
}

/// How much a programme gives. Every step is recorded.
#[derive(Clone, Debug, Serialize)]
pub struct AmountDef {
    /// The start, in major units.
    pub base: ExprText,
    /// The steps, in order.
    pub steps: Vec<StepDef>,
    /// Never less than this (an amount already 0 stays 0).
    pub floor: Option<ExprText>,
    /// Never more than this.
    pub cap: Option<ExprText>,
    /// The rounding; to the minor unit, a half up, when none is declared.
    pub round: Option<RoundDef>,
    /// The period it is paid for.
    pub period: Period,
    /// How many periods a year it is paid (10 months of school).
    pub times: Option<u32>,
}

/// A step of an amount.
#[derive(Clone, Debug, Serialize)]
pub struct StepDef {
    /// Its id; words `programme.<id>.step.<step>`.
    pub id: String,
    /// What it does.
    #[serde(flatten)]
    pub kind: StepKind,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// What a step does to the amount so far.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// `add = "expr"`: added.
    Add(ExprText),
    /// `subtract = "expr"`: taken away, not below 0.
    Subtract(ExprText),
    /// `each = "expr", per = "expr"`: so much for each of so many.
    Per {
        /// The amount for one.
        each: ExprText,
        /// How many.
        per: ExprText,
    },
    /// `multiply = "expr"`: a share or a factor.
    Multiply(ExprText),
    /// `taper = { of = "expr", above = "expr", rate = "expr" }`: less `rate` × what `of` is above the
    /// threshold, not below 0.
    Taper {
        /// The income that counts.
        of: ExprText,
        /// Where the taper starts.
        above: ExprText,
        /// How much is withdrawn per unit.
        rate: ExprText,
    },
}

/// The period an amount is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Every month.
    Month,
    /// Every year.
    Year,
    /// One time.
    Once,
}

impl Period {
    /// Reads the word a pack uses.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "month" => Self::Month,
            "year" => Self::Year,
            "once" => Self::Once,
            _ => return None,
        })
    }
}

/// A condition to keep a benefit.
#[derive(Clone, Debug, Serialize)]
pub struct ConditionDef {
    /// Its id; words `programme.<id>.condition.<condition>`.
    pub id: String,
    /// The yes/no fact that says whether it is kept, where one can.
    pub fact: Option<String>,
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

/// Programmes offered together.
#[derive(Clone, Debug, Serialize)]
pub struct PackageDef {
    /// Its id.
    pub id: String,
    /// The programmes.
    pub programmes: Vec<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A link between two programmes.
#[derive(Clone, Debug, Serialize)]
pub struct LinkDef {
    /// Its id; words `link.<id>`.
    pub id: String,
    /// What it does.
    #[serde(flatten)]
    pub kind: LinkKind,
    /// The programme it starts from.
    pub from: String,
    /// The programme it acts on; for `refers` also a service code.
    pub to: String,
    /// Whether a place on a waiting list counts as being in the programme.
    #[serde(rename = "while")]
    pub holding: Holding,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// What a link does. `from` and `to` are programmes; between a household's and a person's programme a
/// household verdict counts for every member, and one member's counts for the household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LinkKind {
    /// Who is in `from` is eligible for `to`, whatever its own rules say.
    Opens,
    /// `from` can be had only by who is in `to`.
    Requires,
    /// Not both.
    Excludes {
        /// Which one stays.
        prefer: Prefer,
    },
    /// The amount of `from`, a month, is added to the number fact when `to` is decided.
    CountsAsIncome {
        /// The number fact or question it is added to.
        fact: String,
    },
    /// The amount of `from`, a month, is taken off the amount of `to`.
    Offsets,
    /// Who is in `from` goes before others in the queue of `to`.
    BoostsPriority {
        /// How far, in the units of the priority.
        by: Num,
    },
    /// Who is in `from` is referred to `to`.
    Refers,
    /// An award of `from` ends when the award of `to` ends.
    EndsWith,
}

/// Which of two programmes that exclude each other stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prefer {
    /// The one worth more a month; `from` when equal.
    HigherValue,
    /// The one the applicant says: implied question `choice_<link>`.
    ApplicantChooses,
    /// The one already held: implied registry input `enrolled_<programme>`; `from` when neither is.
    FirstEnrolled,
}

/// Whether a waiting place counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holding {
    /// Only an award counts.
    #[default]
    Receiving,
    /// A waiting place counts as well.
    Waiting,
}

/// A cap over what a household gets from several programmes.
#[derive(Clone, Debug, Serialize)]
pub struct CapDef {
    /// Its id; words `cap.<id>`.
    pub id: String,
    /// The programmes it is over; amounts are compared a month.
    pub over: Vec<String>,
    /// The limit a month, in major units: a number or `param.x` or an expression over household facts.
    pub limit: ExprText,
    /// Which programmes are cut, first to last; each of `over` at most once. One that is not named is
    /// never cut.
    pub reduce: Vec<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A document a programme can ask for.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentDef {
    /// Its id; the implied yes/no question is `document_<id>`.
    pub id: String,
    /// Whether it is the household's or each member's.
    pub level: Level,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

impl Definitions {
    /// The questions that need no declaring, because a document or a link implies them:
    /// `document_<id>` (yes/no), `choice_<link>` (one of the two programmes) and the registry input
    /// `enrolled_<programme>` (a date).
    pub fn implied_inputs(&self) -> Vec<InputDef> {
        let input = |id: String, level, ty, asked, at: &At| InputDef {
            id,
            level,
            ty,
            relevant: Vec::new(),
            when_irrelevant: None,
            calculation: None,
            asked,
            at: at.clone(),
        };
        let mut inputs: Vec<InputDef> = self
            .documents
            .iter()
            .map(|document| {
                let id = format!("document_{}", document.id);
                input(id, document.level, Type::Bool, true, &document.at)
            })
            .collect();
        for link in &self.links {
            let LinkKind::Excludes { prefer } = &link.kind else { continue };
            let pair = [&link.from, &link.to];
            match prefer {
                Prefer::HigherValue => {}
                Prefer::ApplicantChooses => {
                    let options = pair.iter().map(|id| (*id).clone()).collect();
                    let id = format!("choice_{}", link.id);
                    inputs.push(input(id, self.level_of_choice(link), Type::Choice(options), true, &link.at));
                }
                Prefer::FirstEnrolled => {
                    for programme in pair {
                        let id = format!("enrolled_{programme}").replace('-', "_");
                        if inputs.iter().all(|known| known.id != id) {
                            let level = self.unit_of(programme);
                            inputs.push(input(id, level, Type::Date, false, &link.at));
                        }
                    }
                }
            }
        }
        inputs
    }

    fn unit_of(&self, programme: &str) -> Level {
        self.programmes.iter().find(|p| p.id == programme).map_or(Level::Household, |p| p.unit)
    }

    fn level_of_choice(&self, link: &LinkDef) -> Level {
        if self.unit_of(&link.from) == Level::Member && self.unit_of(&link.to) == Level::Member {
            Level::Member
        } else {
            Level::Household
        }
    }
}

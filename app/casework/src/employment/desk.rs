//! The desk of employment: the plans of the actor's offices, by what is next; what is to be asked after outcomes; profiles that
//! have no plan yet.

use domain::codes;
use domain::ids::HouseholdId;
use domain::lifecycle::plan::PlanState;
use domain::name::PersonName;
use domain::reference::Reference;
use domain::role::Right;
use time::Date;
use uuid::Uuid;

use super::country;
use crate::error::{Error, Result};
use crate::{Actor, Casework, args};

/// Lines of one list.
pub const ROWS: i64 = 100;

/// What a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Profiles that are done without a plan: the first plan is due.
    First,
    /// Plans that wait: to be signed, agreed to.
    Waiting,
    /// Plans to be looked at again.
    Review,
    /// Plans that are followed.
    Active,
    /// Questions after an outcome that are due.
    Ask,
}

impl List {
    /// Every list, in the order shown.
    pub const ALL: [Self; 5] = [Self::First, Self::Review, Self::Ask, Self::Waiting, Self::Active];

    /// The word in the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Waiting => "waiting",
            Self::Review => "review",
            Self::Active => "active",
            Self::Ask => "ask",
        }
    }

    /// From the word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.code() == code)
    }
}

/// A person on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whose file.
    pub household: HouseholdId,
    /// What it is found by.
    pub reference: Reference,
    /// The person.
    pub person: Uuid,
    /// The name.
    pub name: String,
    /// Where the plan stands; none without one.
    pub state: Option<PlanState>,
    /// The day that matters: since when, by when, or from when it is asked.
    pub on: Option<Date>,
    /// After how many weeks it is asked.
    pub weeks: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    household_id: Uuid,
    reference: String,
    person_id: Uuid,
    given: Option<String>,
    family: Option<String>,
    one_name: Option<String>,
    state: String,
    on_date: Option<Date>,
    weeks: Option<i64>,
}

macro_rules! people {
    ($columns:literal, $from:literal, $rest:literal) => {
        concat!(
            "SELECT work.household_id, household.reference, work.person_id, person.given, person.family, person.one_name, ",
            $columns,
            " FROM ",
            $from,
            " JOIN household ON household.household_id = work.household_id
              JOIN person ON person.household_id = work.household_id AND person.person_id = work.person_id
                   AND person.replaced_at IS NULL WHERE ",
            $rest
        )
    };
}

/// The statement of a list: $1 the office, $2 today, $3 lines.
pub(super) const fn statement(list: List) -> &'static str {
    match list {
        List::First => people!(
            "'' AS state, CAST(NULL AS DATE) AS on_date, CAST(NULL AS BIGINT) AS weeks",
            "work_profile AS work",
            "work.office = $1 AND work.replaced_at IS NULL AND work.done_at IS NOT NULL AND $2 = $2
             AND NOT EXISTS (SELECT 1 FROM work_plan AS plan WHERE plan.household_id = work.household_id
                             AND plan.person_id = work.person_id)
             ORDER BY work.done_at, work.profile_id LIMIT $3"
        ),
        List::Waiting => people!(
            "work.state, work.signed_on AS on_date, CAST(NULL AS BIGINT) AS weeks",
            "work_plan AS work",
            "work.office = $1 AND work.current = TRUE AND work.state IN ('draft', 'agreed', 'approved') AND $2 = $2
             ORDER BY work.drafted_at, work.plan_id LIMIT $3"
        ),
        List::Review => people!(
            "work.state, work.review_on AS on_date, CAST(NULL AS BIGINT) AS weeks",
            "work_plan AS work",
            "work.office = $1 AND work.current = TRUE AND work.state = 'review_due' AND $2 = $2
             ORDER BY work.review_on, work.household_id LIMIT $3"
        ),
        List::Active => people!(
            "work.state, work.review_on AS on_date, CAST(NULL AS BIGINT) AS weeks",
            "work_plan AS work",
            "work.office = $1 AND work.current = TRUE AND work.state IN ('active', 'suspended') AND $2 = $2
             ORDER BY work.review_on, work.household_id LIMIT $3"
        ),
        List::Ask => people!(
            "work.state, later.due_on AS on_date, later.weeks",
            "plan_follow_up AS later JOIN work_plan AS work ON work.household_id = later.household_id
              AND work.plan_id = later.plan_id",
            "later.office = $1 AND later.answer = '' AND later.due_on <= $2
             ORDER BY later.due_on, later.household_id, later.weeks LIMIT $3"
        ),
    }
}

/// A list of the actor's offices. `Forbidden` for who draws up no plans.
pub async fn list(cw: &Casework, actor: &Actor, which: List) -> Result<Vec<Line>> {
    country(cw)?;
    actor.require_anywhere(Right::Plan)?;
    let cw = &cw.acting(actor);
    let (mut view, today) = (cw.db.read().await?, cw.today());
    let mut lines = Vec::new();
    for office in actor.offices(Right::Plan) {
        let rows: Vec<Row> = view.all(statement(which), args![office.as_str(), today, ROWS]).await?;
        for row in rows {
            let name = PersonName::from_columns(row.given, row.family, row.one_name);
            let state: Option<PlanState> = match row.state.as_str() {
                "" => None,
                code => Some(code.parse().map_err(|unknown: codes::UnknownCode| Error::internal(unknown))?),
            };
            lines.push(Line {
                household: HouseholdId::new(row.household_id),
                reference: Reference::parse(&row.reference).map_err(Error::internal)?,
                person: row.person_id,
                name: name.map(|name| name.display()).unwrap_or_default(),
                state,
                on: row.on_date,
                weeks: row.weeks,
            });
        }
    }
    lines.sort_by(|a, b| a.on.cmp(&b.on).then(a.name.cmp(&b.name)));
    lines.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
    Ok(lines)
}

//! The desks: what lies before the office, before whoever looks again, and before the tribunal; the most pressing and the oldest
//! first.

use domain::appeal::AppealState;
use domain::ids::{AppealId, HouseholdId};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::subject::stored_reference;
use crate::{Actor, Casework, args};

/// Rows on one desk at once.
const AT_MOST: i64 = 200;

/// An appeal in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Whose.
    pub household: HouseholdId,
    /// The case's reference.
    pub reference: Option<Reference>,
    /// The appeal.
    pub id: AppealId,
    /// 1, 2, … within the household.
    pub number: i64,
    /// The office that keeps the file.
    pub office: String,
    /// Where it stands.
    pub state: AppealState,
    /// When it reached us.
    pub lodged_at: OffsetDateTime,
    /// Codes of `domain::appeal::Priority` with commas.
    pub priority: String,
    /// The day of the hearing, when one is set.
    pub hearing_at: Option<OffsetDateTime>,
    /// The member who has it, by name.
    pub member: Option<String>,
    /// By when the next thing must happen.
    pub due_at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct Row {
    household_id: Uuid,
    reference: String,
    appeal_id: Uuid,
    number: i64,
    office: String,
    #[sqlx(try_from = "String")]
    state: AppealState,
    lodged_at: OffsetDateTime,
    priority: String,
    hearing_at: Option<OffsetDateTime>,
    member_name: Option<String>,
    due_at: Option<OffsetDateTime>,
}

impl Row {
    fn read(self) -> Result<Listed> {
        Ok(Listed {
            household: self.household_id.into(),
            reference: stored_reference(Some(self.reference))?,
            id: self.appeal_id.into(),
            number: self.number,
            office: self.office,
            state: self.state,
            lodged_at: self.lodged_at,
            priority: self.priority,
            hearing_at: self.hearing_at,
            member: self.member_name,
            due_at: self.due_at,
        })
    }
}

macro_rules! desk_query {
    ($rest:literal) => {
        concat!(
            "SELECT appeal.household_id, appeal.reference, appeal.appeal_id, appeal.number, appeal.office, appeal.state, appeal.lodged_at, appeal.priority,
                    appeal.hearing_at, staff.name AS member_name,
                    (SELECT MIN(clock.due_at) FROM clock WHERE clock.household_id = appeal.household_id
                     AND clock.subject_kind = 'appeal' AND clock.subject_id = appeal.appeal_id
                     AND clock.state IN ('running', 'breached')) AS due_at
             FROM appeal LEFT JOIN staff ON staff.id = appeal.member ",
            $rest
        )
    };
}

/// What lies before this person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    /// To be told that we have them, to say whether they are late, to look at again.
    pub review: Vec<Listed>,
    /// Of the own office, wherever they are: with another who looks again, with the tribunal, to be carried out.
    pub office: Vec<Listed>,
    /// Before the tribunal.
    pub tribunal: Vec<Listed>,
}

/// The desk of this person. `Forbidden` for who has nothing to do with appeals.
pub async fn desk(cw: &Casework, actor: &Actor) -> Result<Desk> {
    let cw = &cw.acting(actor);
    let mut desk = Desk::default();
    if !actor.is_machine() && actor.may(Right::DecideAppeals) {
        let rows: Vec<Row> = cw
            .db
            .all(
                desk_query!(
                    "WHERE appeal.forwarded_at IS NOT NULL
                       AND appeal.state IN ('forwarded', 'ready_to_list', 'adjourned', 'listed', 'heard', 'determined',
                                            'issued', 'implemented')
                       AND NOT EXISTS (SELECT 1 FROM appeal_conflict AS own WHERE own.household_id = appeal.household_id
                                       AND own.appeal_id = appeal.appeal_id AND own.staff_id = $1)
                     ORDER BY CASE WHEN appeal.priority = '' THEN 1 ELSE 0 END, appeal.lodged_at, appeal.appeal_id LIMIT $2"
                ),
                args![actor.staff_id, AT_MOST],
            )
            .await?;
        desk.tribunal = rows.into_iter().map(Row::read).collect::<Result<_>>()?;
        return Ok(desk);
    }
    if !actor.may(Right::Propose) {
        return Err(Error::Forbidden);
    }
    for scope in actor.scopes(Right::Propose) {
        let (kind, code) = (scope.kind(), scope.code().unwrap_or_default());
        let rows: Vec<Row> = cw
            .db
            .all(
                desk_query!(
                    "WHERE appeal.state IN ('lodged', 'condonation_asked', 'acknowledged')
                       AND (appeal.review_scope_kind = $1 AND appeal.review_scope_code = $2
                            OR $1 = 'agency' AND appeal.agency = $2)
                     ORDER BY CASE WHEN appeal.priority = '' THEN 1 ELSE 0 END, appeal.lodged_at, appeal.appeal_id LIMIT $3"
                ),
                args![kind, code, AT_MOST],
            )
            .await?;
        add(&mut desk.review, rows)?;
        let rows: Vec<Row> = match scope {
            Scope::Office(office) => {
                cw.db
                    .all(
                        desk_query!(
                            "WHERE appeal.office = $1
                               AND appeal.state NOT IN ('closed', 'further', 'withdrawn')
                             ORDER BY appeal.lodged_at, appeal.appeal_id LIMIT $2"
                        ),
                        args![office, AT_MOST],
                    )
                    .await?
            }
            Scope::Agency(agency) => {
                cw.db
                    .all(
                        desk_query!(
                            "WHERE appeal.agency = $1
                               AND appeal.state NOT IN ('closed', 'further', 'withdrawn')
                             ORDER BY appeal.lodged_at, appeal.appeal_id LIMIT $2"
                        ),
                        args![agency, AT_MOST],
                    )
                    .await?
            }
            Scope::Provider(_) | Scope::National => Vec::new(),
        };
        add(&mut desk.office, rows)?;
    }
    let reviewed: Vec<AppealId> = desk.review.iter().map(|one| one.id).collect();
    desk.office.retain(|one| !reviewed.contains(&one.id));
    Ok(desk)
}

fn add(list: &mut Vec<Listed>, rows: Vec<Row>) -> Result<()> {
    for row in rows {
        let row = row.read()?;
        if !list.iter().any(|one| one.id == row.id) {
            list.push(row);
        }
    }
    Ok(())
}

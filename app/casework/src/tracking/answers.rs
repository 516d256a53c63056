//! What applicants answer when something was asked of them: a text, and files. The office reads it beside the file and goes on
//! with the assessment; the time to answer is met by the first of them, and the time to decide runs on.

use domain::ids::{AttachmentId, HouseholdId};
use domain::lifecycle::application::ApplicationState;
use domain::representative::Reach;
use domain::role::Right;
use domain::task::Priority;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Token, representatives, visitor};
use crate::assessments::{Household, course, of_household};
use crate::attachments::{self, Attachment, File, Opened};
use crate::crypt::Place;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::households::file::require_reader;
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, Keys, args};

/// The noun of an answer, as subject of its files.
const SUBJECT: &str = "applicant_answer";
/// Signs of an answer at most.
pub const LONGEST: usize = 4_000;
/// Answers to one request at most: a person talks to the household then.
const MOST: usize = 20;
/// By when an officer reads it.
const READ_WITHIN: Duration = Duration::days(2);

/// An answer as the office reads it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Id.
    pub id: Uuid,
    /// What they wrote.
    pub text: String,
    /// When.
    pub at: OffsetDateTime,
    /// The name of who wrote it for the household, if it was not the household itself.
    pub by: Option<String>,
    /// What they sent with it.
    pub files: Vec<Attachment>,
}

/// Whether something is asked of the household now, that it may answer.
pub fn may_answer(state: ApplicationState) -> bool {
    matches!(state, ApplicationState::InfoRequested | ApplicationState::InfoReceived)
}

/// Answers what was asked. `Conflict(State)` when nothing is asked any more; `Invalid("answer.missing")` without text and
/// file; `Invalid("answer.too_long")`; `Invalid("answer.too_many")`.
pub async fn answer(cw: &Casework, token: &Token, text: &str, files: Vec<File>) -> Result<()> {
    let visitor = visitor(cw, token).await?;
    visitor.require(Reach::Act)?;
    let text = text.trim().to_owned();
    if text.is_empty() && files.is_empty() {
        return Err(Error::Invalid("answer.missing"));
    }
    if text.chars().count() > LONGEST {
        return Err(Error::Invalid("answer.too_long"));
    }
    let household = visitor.household;
    let own = cw.clone();
    cw.acting(&Actor::system())
        .write(async move |tx| {
            let home = Household::read_unchecked(tx, household).await?.ok_or(Error::Forbidden)?;
            if !may_answer(home.application.state) {
                return Err(Error::Conflict(Conflict::State));
            }
            let assessment = of_household(tx, household).await?.first().ok_or(Error::NotFound)?.id;
            if days(tx, household).await?.len() >= MOST {
                return Err(Error::Invalid("answer.too_many"));
            }
            let actor = Actor::applicant();
            let id: Uuid = tx.new_id();
            tx.run(
                "INSERT INTO applicant_answer (household_id, answer_id, assessment_id, body, told_at, representative_id)
                 VALUES ($1, $2, $3, $4, $5, $6)",
                args![
                    household,
                    id,
                    assessment,
                    own.keys.seal(&place(id), text.as_bytes())?,
                    tx.now(),
                    visitor.by
                ],
            )
            .await?;
            let told = Event::new("answer.given").id("answer", id).id("assessment", assessment);
            journal::append(tx, &actor, household, told).await?;
            for file in &files {
                attachments::add(tx, &own.keys, &actor, household, &Subject::new(SUBJECT, id), file).await?;
            }
            if home.application.state == ApplicationState::InfoRequested {
                let calendar = own.working_calendar(&home.area)?;
                course::receive(tx, &Actor::system(), &home, &calendar, assessment).await?;
                let task = NewTask {
                    household_id: household,
                    kind: "read_answer".into(),
                    subject: Subject::new(course::ASSESSMENT, assessment),
                    scope: home.scope(),
                    needs: Right::WorkTasks,
                    priority: Priority::High,
                    due_at: tx.now() + READ_WITHIN,
                    instructions: String::new(),
                };
                tasks::open(tx, &Actor::system(), task).await?;
            }
            Ok(())
        })
        .await
}

/// What the household answered, the newest first; the reading is an entry of the journal.
pub async fn of(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Told>> {
    let cw = &cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| {
        require_reader(tx, &actor, household).await?;
        let told = all(tx, &keys, household).await?;
        journal::append(tx, &actor, household, Event::new("answer.read")).await?;
        Ok(told)
    })
    .await
}

/// Whether there is anything to read.
pub(crate) async fn any(tx: &mut Tx, household: HouseholdId) -> Result<bool> {
    Ok(!days(tx, household).await?.is_empty())
}

/// A file that came with an answer.
pub async fn file(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    answer: Uuid,
    file: AttachmentId,
) -> Result<Opened> {
    let cw = &cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| {
        require_reader(tx, &actor, household).await?;
        attachments::open(tx, &keys, &actor, household, &Subject::new(SUBJECT, answer), file).await
    })
    .await
}

/// When the household answered.
pub(super) async fn days(tx: &mut Tx, household: HouseholdId) -> Result<Vec<OffsetDateTime>> {
    let rows: Vec<(OffsetDateTime,)> = tx
        .all(
            "SELECT told_at FROM applicant_answer WHERE household_id = $1 ORDER BY answer_id LIMIT 100",
            args![household],
        )
        .await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

async fn all(tx: &mut Tx, keys: &Keys, household: HouseholdId) -> Result<Vec<Told>> {
    let rows: Vec<(Uuid, Vec<u8>, OffsetDateTime, Option<Uuid>)> = tx
        .all(
            "SELECT answer_id, body, told_at, representative_id FROM applicant_answer
             WHERE household_id = $1 ORDER BY answer_id DESC LIMIT 100",
            args![household],
        )
        .await?;
    let mut told = Vec::new();
    for (id, body, at, by) in rows {
        let by = match by {
            Some(by) => representatives::name(tx, keys, household, by).await?,
            None => None,
        };
        told.push(Told {
            id,
            text: keys.open_text(&place(id), &body)?,
            at,
            by,
            files: attachments::list(tx, keys, household, &Subject::new(SUBJECT, id)).await?,
        });
    }
    Ok(told)
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: SUBJECT, column: "body", row: id, agency: "" }
}

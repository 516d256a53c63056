//! Writing a complaint down: by who complains, from the public page or from the page of their own request, or by staff for
//! somebody at the counter, on the telephone or by letter.
//!
//! Of an anonymous one nothing that leads to a person is kept: no name, no household, not who was signed in, not the names
//! of files; whoever calls, it is written as the person concerned. The code and the PIN are shown once.

use domain::complaint::form::Statement;
use domain::complaint::{Category, Channel, ComplaintState, Identity, Level};
use domain::ids::{ComplaintId, HouseholdId};
use domain::lifecycle::Lifecycle;
use domain::pin::Pin;
use domain::reference::Reference;
use domain::role::{Right, Scope};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, Time};
use uuid::Uuid;

use super::shape::{Complaint, Told, Who, household_hash, seal};
use super::{apart, arrange, calendar, clock, rules, scope_of, start_clock};
use crate::attachments::{self, File};
use crate::db::{Sight, Tx};
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, Keys, args};

/// A complaint to be written down.
#[derive(Debug, Clone)]
pub struct NewComplaint {
    /// The form's own id (UUIDv7): sent twice, the first answer is given again.
    pub form: Uuid,
    /// How it came.
    pub channel: Channel,
    /// What was said; see `domain::complaint::form`.
    pub statement: Statement,
    /// The office it is about, by its code; empty where it is about none or nobody knows.
    pub office: String,
    /// The household it is about, if any. Of an anonymous complaint it is not kept.
    pub household: Option<HouseholdId>,
    /// The reference of a request, as they wrote it; for who handles it, it leads nowhere by itself.
    pub reference: String,
    /// The language to answer in.
    pub language: String,
    /// The day it came, where that was before today: the stamp on a letter.
    pub received_on: Option<Date>,
    /// Files handed in with it.
    pub files: Vec<File>,
}

/// A complaint as it was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lodged {
    /// The complaint.
    pub id: ComplaintId,
    /// The code by which it is followed.
    pub code: Reference,
    /// The six digits that go with it, shown once.
    pub pin: String,
    /// By when the complainant hears that we have it.
    pub acknowledge_by: OffsetDateTime,
    /// By when it is answered.
    pub answer_by: OffsetDateTime,
}

/// What is kept of a PIN: as of an application's, keyed and with the complaint in it.
pub(super) fn pin_hash(keys: &Keys, id: ComplaintId, pin: &Pin) -> [u8; 32] {
    keys.blind("complaint.pin", &format!("{id}:{}", pin.reveal()))
}

/// Writes a complaint down. Staff need [`Right::LodgeComplaint`] for what they enter; from the public page and from a
/// household's own the actor is [`Actor::applicant`]. `Invalid("complaint.office")` for an office that the pack does not
/// have, `("complaint.received")` for a day that is to come or over a year ago, `("file.too_many")`; `Forbidden` for a
/// channel that is not the actor's.
pub async fn lodge(cw: &Casework, actor: &Actor, new: &NewComplaint) -> Result<Lodged> {
    let (pack, rules) = rules(cw)?;
    let provider = provider_of(actor, new.channel)?;
    let household = match (new.statement.identity, new.household) {
        (Identity::Anonymous, _) | (_, None) => None,
        (_, Some(household)) => Some((household, office_of(cw, actor, household).await?)),
    };
    let mut office = new.office.trim().to_owned();
    if office.is_empty()
        && let Some((_, kept_at)) = &household
    {
        office.clone_from(kept_at);
    }
    if !office.is_empty() && pack.office(&office).is_none() {
        return Err(Error::Invalid("complaint.office"));
    }
    let today = cw.today();
    let received = match new.received_on {
        Some(day) if day > today || (today - day).whole_days() > 366 => {
            return Err(Error::Invalid("complaint.received"));
        }
        Some(day) if day < today => Some(day),
        _ => None,
    };
    let is_anonymous = new.statement.identity == Identity::Anonymous;
    let actor = if is_anonymous { Actor::applicant() } else { actor.clone() };
    let files: Vec<File> = if is_anonymous {
        new.files.iter().enumerate().map(|(at, file)| file.clone().nameless(at + 1)).collect()
    } else {
        new.files.clone()
    };
    let (keys, new, offset) = (cw.keys.clone(), new.clone(), cw.clock.offset());
    cw.write_once(&Actor::system(), "complaint.lodge", new.form, async move |tx| {
        let category = new.statement.category;
        let rule = rules.of(category);
        let level = if office.is_empty() { Level::Ombudsman } else { rule.level };
        let received_at =
            received.map_or(tx.now(), |day| day.with_time(Time::MIDNIGHT).assume_offset(offset));
        let calendar = calendar(&pack, &office)?;
        let due = |limit: &domain::country::Limit| calendar.due_at(tx.here(received_at), limit.term);
        let pin = Pin::from_random(rand::random());
        let id: ComplaintId = tx.new_id();
        let complaint = Complaint {
            id,
            code: Reference::from_random(rand::random()),
            channel: new.channel,
            identity: new.statement.identity,
            category,
            sensitive: rule.sensitive,
            office: office.clone(),
            provider: if is_anonymous { String::new() } else { provider.clone() },
            level,
            scope: scope_of(&pack, level, &office),
            state: ComplaintState::FIRST,
            owner: None,
            readers: Vec::new(),
            about_staff: None,
            language: new.language.clone(),
            proposed_by: None,
            resolved_by: None,
            outcome: None,
            remedy: None,
            remedy_proposal: None,
            ending: String::new(),
            led_to: None,
            received_at,
            registered_at: tx.now(),
            acknowledge_due_at: due(&rules.acknowledge_of(category)),
            acknowledged_at: None,
            triage_due_at: due(&rules.triage),
            triaged_at: None,
            answer_due_at: due(&rule.answer),
            resolved_at: None,
            reply_due_at: None,
            closed_at: None,
            reopened: 0,
            escalated: 0,
            version: 1,
        };
        let sealed =
            Sealed { told: told_of(&new), who: who_of(&new.statement), household: household.clone() };
        let complaint = insert(tx, &keys, &actor, complaint, &pin, due(&rules.register), &sealed).await?;
        let told = Event::new("complaint.lodged")
            .code("channel", complaint.channel.code())
            .code("identity", complaint.identity.code())
            .code("category", category.code())
            .code("level", level.code());
        journal::begin(tx, &actor, complaint.case(), told).await?;
        if let Some((household, _)) = &household {
            apart::note_parts(tx, &complaint, *household).await?;
        }
        for (kind, limit) in
            [(clock::ACKNOWLEDGE, rules.acknowledge_of(category)), (clock::ANSWER, rule.answer.clone())]
        {
            start_clock(tx, &actor, &pack, &complaint, (kind, &limit), received_at).await?;
        }
        arrange(tx, &actor, &complaint).await?;
        for file in &files {
            attachments::add(tx, &keys, &actor, complaint.case(), &complaint.subject(), file).await?;
        }
        Ok(Lodged {
            id,
            code: complaint.code,
            pin: pin.reveal().to_owned(),
            acknowledge_by: complaint.acknowledge_due_at,
            answer_by: complaint.answer_due_at,
        })
    })
    .await
}

/// Whether this actor hands complaints in by this way; the provider that does.
fn provider_of(actor: &Actor, channel: Channel) -> Result<String> {
    match channel {
        Channel::Public | Channel::Track => {
            if actor.account().is_none() {
                Ok(String::new())
            } else {
                Err(Error::Forbidden)
            }
        }
        Channel::Counter | Channel::Letter | Channel::Phone => {
            let own = |scope: &Scope| !matches!(scope, Scope::Provider(_));
            if actor.is_machine() || actor.scopes(Right::LodgeComplaint).any(own) {
                Ok(String::new())
            } else {
                Err(Error::Forbidden)
            }
        }
        Channel::Provider => actor
            .scopes(Right::LodgeComplaint)
            .find_map(|scope| match scope {
                Scope::Provider(code) => Some(code.clone()),
                _ => None,
            })
            .ok_or(Error::Forbidden),
    }
}

/// The office that keeps the file of the household it is about. Staff must be able to search it; who comes from the
/// household's own page was let in there.
async fn office_of(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<String> {
    let sight = if actor.account().is_some() {
        actor.require_anywhere(Right::SearchRegistry)?;
        actor.sight()
    } else {
        Sight::household(household)
    };
    let office: Option<String> = cw
        .seen_with(sight)
        .db
        .value("SELECT office FROM household WHERE household_id = $1", args![household])
        .await?;
    office.ok_or(Error::NotFound)
}

fn told_of(new: &NewComplaint) -> Told {
    let statement = &new.statement;
    // A reference is a person's.
    let is_anonymous = statement.identity == Identity::Anonymous;
    Told {
        what: statement.what.clone(),
        wanted: statement.wanted.clone(),
        whom: statement.whom.clone(),
        reference: if is_anonymous { String::new() } else { new.reference.trim().chars().take(40).collect() },
    }
}

fn who_of(statement: &Statement) -> Option<Who> {
    let phone = |phone: &Option<domain::phone::Phone>| {
        phone.as_ref().map(|phone| phone.reveal().to_owned()).unwrap_or_default()
    };
    statement.who.as_ref().map(|(name, number)| Who { name: name.clone(), phone: phone(number) })
}

/// What is sealed in the row.
struct Sealed {
    told: Told,
    who: Option<Who>,
    household: Option<(HouseholdId, String)>,
}

/// Writes the row, under a code that nobody has.
async fn insert(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    mut complaint: Complaint,
    pin: &Pin,
    register_due_at: OffsetDateTime,
    sealed: &Sealed,
) -> Result<Complaint> {
    let id = complaint.id;
    let told = seal(keys, "told", id, &sealed.told)?;
    let who = sealed.who.as_ref().map(|who| seal(keys, "who", id, who)).transpose()?;
    let household = sealed.household.as_ref().map(|(household, _)| *household);
    let about = household.map(|household| seal(keys, "about", id, &household)).transpose()?;
    let about_hash = household.map(|household| household_hash(keys, household).to_vec());
    for _ in 0..8 {
        let free = tx
            .run(
                "INSERT INTO complaint (household_id, symbols, pin_hash, channel, identity, category, sensitive, office,
                                        provider, level, scope_kind, scope_code, state, told, who, about, about_hash,
                                        language, entered_by, received_at, registered_at, register_due_at,
                                        acknowledge_due_at, triage_due_at, answer_due_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                         $22, $23, $24, $25) ON CONFLICT DO NOTHING",
                args![
                    id,
                    complaint.code.symbols(),
                    pin_hash(keys, id, pin),
                    complaint.channel.code(),
                    complaint.identity.code(),
                    complaint.category.code(),
                    complaint.sensitive,
                    &complaint.office,
                    &complaint.provider,
                    complaint.level.code(),
                    complaint.scope.kind(),
                    complaint.scope.code().unwrap_or_default(),
                    complaint.state.code(),
                    told.clone(),
                    who.clone(),
                    about.clone(),
                    about_hash.clone(),
                    &complaint.language,
                    actor.account(),
                    complaint.received_at,
                    complaint.registered_at,
                    register_due_at,
                    complaint.acknowledge_due_at,
                    complaint.triage_due_at,
                    complaint.answer_due_at
                ],
            )
            .await?;
        if free == 1 {
            return Ok(complaint);
        }
        complaint.code = Reference::from_random(rand::random());
    }
    Err(Error::internal("no free code in eight draws"))
}

/// Whether a category is restricted under the pack in force: for the form, which says what happens with it.
pub fn is_sensitive(cw: &Casework, category: Category) -> Result<bool> {
    Ok(rules(cw)?.1.of(category).sensitive)
}

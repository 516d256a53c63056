//! Letters: what was told, exactly as it was told.
//!
//! A letter is written from the decisions and the pack's words (`domain::letter`) in the unit of work that makes the
//! decisions, in the household's language, and kept as it is. Read in another language it is written once more from the
//! same decisions and kept too. When a decision changes, a new letter is issued: it has the next number, the old one stays.

pub mod slip;

use std::collections::BTreeMap;

use domain::decide::Decided;
use domain::ids::{AssessmentId, HouseholdId, LetterId};
use domain::letter::Letter;
use domain::letter::compose::{Matter, Sent, Told, compose};
use domain::lifecycle::By;
use domain::lifecycle::decision::{DecisionState, Outcome};
use domain::lifecycle::referral::ReferralState;
use domain::notice::Kind;
use domain::pack::Pack;
use domain::reference::Reference;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::assessments::submit::decide;
use crate::assessments::{Assessment, Household, answers_of, find, of_household};
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::decisions::follow::Desk;

use crate::decisions::{self, Decision};
use crate::enrolments::Enrolment;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::life::{graduation, notes};
use crate::notices::{self, Notice};
use crate::subject::Subject;
use crate::{Actor, Casework, args, budgets, enrolments, packs, referrals};

pub use slip::{Printed, receipt};

/// The noun of a letter, as subject of the clock by which an appeal can be lodged.
pub(crate) const LETTER: &str = "letter";

/// What a letter is written from.
pub(crate) struct Writing<'a> {
    pub desk: Desk<'a>,
    pub assessment: AssessmentId,
    pub decided: &'a Decided,
    pub receipt: &'a str,
    pub appeal_until: Date,
    pub bring_by: Option<Date>,
}

impl Writing<'_> {
    /// Issues the letter in the household's language, starts the clock by which it can be appealed, and has the household told
    /// that it is there: by a message of this kind, with the day that such a message names.
    pub async fn issue(&self, tx: &mut Tx, kind: Kind, on: Option<Date>) -> Result<LetterId> {
        let Desk { actor, home, pack, calendar, today, .. } = self.desk;
        let letter = self.write(tx, &home.language, today).await?;
        let number = newest_number(tx, home.household, self.assessment).await? + 1;
        let id = keep(tx, home.household, self.assessment, &letter, number, actor).await?;
        let appeal = &pack.about.law.appeal;
        let clock = NewClock {
            household_id: home.household,
            kind: "appeal".into(),
            subject: Subject::new(LETTER, id),
            scope: home.scope(),
            term: appeal.term,
            legal_basis: appeal.source.clone(),
            at_breach: AtBreach::Record,
            started_at: tx.now(),
        };
        clocks::start(tx, actor, calendar, clock).await?;
        let event = Event::new("letter.issued")
            .id("letter", id)
            .id("assessment", self.assessment)
            .code("language", &home.language)
            .number("number", number);
        journal::append(tx, actor, home.household, event).await?;
        let told = Notice::new(kind, Subject::new(LETTER, id));
        notices::put(tx, home.household, on.into_iter().fold(told, Notice::on)).await?;
        Ok(id)
    }

    async fn write(&self, tx: &mut Tx, language: &str, issued_on: Date) -> Result<Letter> {
        let Desk { home, pack, .. } = self.desk;
        let outcomes = outcomes(tx, home, pack, self.assessment).await?;
        let names = home.names();
        let reference = Reference::parse(&home.reference).map_err(Error::internal)?;
        Ok(compose(&Matter {
            pack,
            language: if pack.about.languages.iter().any(|own| own == language) {
                language
            } else {
                &pack.about.default_language
            },
            decided: self.decided,
            outcomes: &outcomes,
            names: &names,
            reference: reference.to_string(),
            addressee: home.addressee(),
            office: &home.office,
            issued_on,
            appeal_until: self.appeal_until,
            bring_by: self.bring_by,
            receipt: self.receipt,
        }))
    }
}

/// What became of each programme's part of an assessment.
pub(crate) async fn outcomes(
    tx: &mut Tx,
    home: &Household,
    pack: &Pack,
    assessment: AssessmentId,
) -> Result<BTreeMap<(String, Option<String>), Told>> {
    let decisions = decisions::of_household(tx, home.household).await?;
    let referrals = referrals::of_household(tx, home.household).await?;
    let enrolments = enrolments::of_household(tx, home.household).await?;
    let mut outcomes = BTreeMap::new();
    // The newest first: of a decision and the one that took its place the newer one is told.
    for decision in decisions.iter().filter(|one| one.assessment == assessment && is_told(one)) {
        let key = (decision.programme.clone(), decision.person.map(|id| id.to_string()));
        let sent = referrals
            .iter()
            .find(|one| one.decision == Some(decision.id) && one.programme == decision.programme);
        let overridden = decision.body.overridden.as_ref();
        let own = enrolments.iter().find(|one| one.decision == decision.id);
        let standing = match own.map(|one| one.state) {
            Some(state) => decision.standing().on_list(state),
            None => decision.standing(),
        };
        let on_list = match own.filter(|_| decision.outcome == Outcome::WaitingList) {
            Some(one) => budgets::list::told(tx, one).await?,
            None => None,
        };
        let told = Told {
            standing: Some(standing),
            on_list,
            amount: given(decision, own),
            sent: sent.map(|one| Sent {
                service: one.service.clone(),
                place: one.place.clone(),
                awaits_consent: one.state == ReferralState::Draft,
            }),
            decided_by_person: overridden.map(|one| one.reason.clone()),
            life: notes::of(tx, pack, home, decision, own).await?,
            after_entry: decision.body.because.is_some() || decision.body.kept.is_some(),
        };
        // What the rules said names who they were in the record that the assessment came with.
        let then =
            home.merged.iter().filter(|(_, now)| Some(**now) == decision.person).map(|(then, _)| *then);
        for then in then {
            outcomes
                .entry((decision.programme.clone(), Some(then.to_string())))
                .or_insert_with(|| told.clone());
        }
        outcomes.entry(key).or_insert(told);
    }
    Ok(outcomes)
}

/// How much is given, where it is not what the rules said: a person decided it, it is kept, or it steps down.
fn given(decision: &Decision, own: Option<&Enrolment>) -> Option<(i64, String)> {
    let body = &decision.body;
    let minor = if body.kept.is_some() || graduation::steps_down(decision) {
        own.and_then(|one| one.amount_minor).or(decision.amount_minor)
    } else {
        body.overridden.as_ref().and(decision.amount_minor)
    };
    minor.zip(decision.period.clone())
}

/// Whether a decision is what a letter tells: not one that was given up or taken away.
fn is_told(decision: &Decision) -> bool {
    !matches!(decision.state, DecisionState::Dropped | DecisionState::SetAside | DecisionState::Replaced)
}

async fn newest_number(tx: &mut Tx, household: HouseholdId, assessment: AssessmentId) -> Result<i64> {
    let newest: Option<Option<i64>> = tx
        .value(
            "SELECT MAX(number) FROM letter WHERE household_id = $1 AND assessment_id = $2",
            args![household, assessment],
        )
        .await?;
    Ok(newest.flatten().unwrap_or(0))
}

async fn keep(
    tx: &mut Tx,
    household: HouseholdId,
    assessment: AssessmentId,
    letter: &Letter,
    number: i64,
    actor: &Actor,
) -> Result<LetterId> {
    let id: LetterId = tx.new_id();
    let body = serde_json::to_string(letter).map_err(Error::internal)?;
    tx.run(
        "INSERT INTO letter (household_id, letter_id, assessment_id, language, number, issued_at, issued_by, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            household,
            id,
            assessment,
            letter.language.as_str(),
            number,
            tx.now(),
            actor.account().map(domain::ids::StaffId::uuid),
            body
        ],
    )
    .await?;
    Ok(id)
}

/// A letter as it was kept, in this language or, with none, in the one it was issued in.
async fn kept(
    tx: &mut Tx,
    household: HouseholdId,
    assessment: AssessmentId,
    number: i64,
    language: Option<&str>,
) -> Result<Option<Letter>> {
    let body: Option<String> = tx
        .value(
            "SELECT body FROM letter WHERE household_id = $1 AND assessment_id = $2 AND number = $3
             AND ($4 IS NULL OR language = $4) ORDER BY letter_id LIMIT 1",
            args![household, assessment, number, language.map(str::to_owned)],
        )
        .await?;
    body.map(|body| serde_json::from_str(&body).map_err(Error::internal)).transpose()
}

/// The letter that told of what was decided then, as it was issued.
pub(crate) async fn first_after(
    tx: &mut Tx,
    household: HouseholdId,
    assessment: AssessmentId,
    decided_at: OffsetDateTime,
) -> Result<Option<Letter>> {
    let body: Option<String> = tx
        .value(
            "SELECT body FROM letter WHERE household_id = $1 AND assessment_id = $2 AND issued_at >= $3
             ORDER BY number, letter_id LIMIT 1",
            args![household, assessment, decided_at],
        )
        .await?;
    body.map(|body| serde_json::from_str(&body).map_err(Error::internal)).transpose()
}

/// The newest letter of an assessment, in a language of the pack or, with none, in the household's own. The reading is an
/// entry of the journal.
pub async fn read(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    assessment: AssessmentId,
    language: impl Into<Option<&str>>,
) -> Result<Letter> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (home, reader) = Household::for_reading(&mut view, actor, household).await?;
    let own = find(&mut view, household, assessment).await?.ok_or(Error::NotFound)?;
    drop(view);
    in_language(cw, &reader, own, language.into().unwrap_or(&home.language)).await
}

/// The newest letter of a household for the applicant.
pub(crate) async fn read_by_applicant(
    cw: &Casework,
    household: HouseholdId,
    language: &str,
) -> Result<Letter> {
    let mut view = cw.db.read().await?;
    let all = of_household(&mut view, household).await?;
    drop(view);
    let newest = all.into_iter().find(Assessment::is_decided).ok_or(Error::NotFound)?;
    in_language(cw, &Actor::applicant(), newest, language).await
}

/// The letter as it is kept in this language, or written in it now from the same decisions and kept.
async fn in_language(cw: &Casework, actor: &Actor, of: Assessment, language: &str) -> Result<Letter> {
    if !of.is_decided() {
        return Err(Error::Conflict(Conflict::State));
    }
    let pack = packs::by_hash(cw, &of.pack_hash).await?;
    let (actor, language) = (actor.clone(), language.to_owned());
    cw.write(async move |tx| {
        let home = Household::read_unchecked(tx, of.household).await?.ok_or(Error::NotFound)?;
        let known = pack.about.languages.iter().find(|own| **own == language);
        let language = known.unwrap_or(&pack.about.default_language);
        let number = newest_number(tx, of.household, of.id).await?;
        let event = Event::new("letter.read").id("assessment", of.id).code("language", language);
        journal::append(tx, &actor, of.household, event).await?;
        if let Some(letter) = kept(tx, of.household, of.id, number, Some(language)).await? {
            return Ok(letter);
        }
        let issued = kept(tx, of.household, of.id, number, None).await?.ok_or(Error::NotFound)?;
        let (decided, receipt) = again(tx, &of, &pack).await?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let desk = Desk {
            actor: &actor,
            by: By::System,
            home: &home,
            pack: &pack,
            calendar: &calendar,
            today: issued.issued_on,
        };
        let writing = Writing {
            desk,
            assessment: of.id,
            decided: &decided,
            receipt: &receipt,
            appeal_until: issued.objection.until,
            bring_by: issued.objection.bring_by,
        };
        let mut letter = writing.write(tx, language, issued.issued_on).await?;
        as_told(&mut letter, &issued);
        keep(tx, of.household, of.id, &letter, number, &actor).await?;
        Ok(letter)
    })
    .await
}

/// A letter in another language tells the places on lists that the first one told: they move, and who reads may not see who
/// goes before.
fn as_told(letter: &mut Letter, issued: &Letter) {
    for section in &mut letter.sections {
        let same = issued.sections.iter().find(|other| other.programme == section.programme);
        for line in &mut section.lines {
            let first = same.and_then(|other| other.lines.iter().find(|first| first.person == line.person));
            if let (Some(on), Some(first)) =
                (&mut line.on_list, first.and_then(|first| first.on_list.as_ref()))
            {
                on.place = first.place;
            }
        }
    }
}

/// What the rules said of a decided assessment, from its stored answers, with the hash of its receipt.
pub(crate) async fn again(
    tx: &mut Tx,
    of: &Assessment,
    pack: &domain::pack::Pack,
) -> Result<(Decided, String)> {
    let answers = answers_of(tx, pack, of).await?;
    let as_of = of.as_of.ok_or(Error::Conflict(Conflict::State))?;
    let hash: Option<String> = tx
        .value(
            "SELECT hash FROM receipt WHERE household_id = $1 AND assessment_id = $2",
            args![of.household, of.id],
        )
        .await?;
    Ok((decide(pack, &answers, as_of), hash.ok_or(Error::NotFound)?))
}

/// A letter in a list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    /// The letter.
    pub letter_id: Uuid,
    /// The assessment it is about.
    pub assessment_id: Uuid,
    /// Its language.
    pub language: String,
    /// Its number within the assessment.
    pub number: i64,
    /// When it was issued.
    pub issued_at: OffsetDateTime,
}

/// A household's letters, the newest first.
pub async fn list(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Listed>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    Household::for_reading(&mut view, actor, household).await?;
    view.all(
        "SELECT letter_id, assessment_id, language, number, issued_at FROM letter
         WHERE household_id = $1 ORDER BY letter_id DESC LIMIT 200",
        args![household],
    )
    .await
}

#[cfg(test)]
mod tests;

//! Reading decisions: all of an assessment, or one with its history and what the rules said.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::decide::{Decided, ProgrammeDecision};
use domain::ids::{AssessmentId, DecisionId, HouseholdId};
use domain::letter::compose::Told;
use domain::pack::Pack;

use super::{Decision, find, of_household};
use crate::assessments::{self, Assessment, Household};
use crate::enrolments::{self, Enrolment};
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::proposals::{self, Proposal};
use crate::referrals::{self, Referral};
use crate::subject::Subject;
use crate::{Actor, Casework, letters, packs};

/// Everything that came of an assessment.
#[derive(Clone, Debug)]
pub struct Results {
    /// Who was assessed.
    pub home: Household,
    /// The assessment.
    pub assessment: Assessment,
    /// The pack it was decided under.
    pub pack: Arc<Pack>,
    /// What the rules said: facts, scores, every verdict, links, caps, the way into work.
    pub decided: Decided,
    /// The decisions, the newest of each programme and person.
    pub decisions: Vec<Decision>,
    /// The household's enrolments.
    pub enrolments: Vec<Enrolment>,
    /// The household's referrals.
    pub referrals: Vec<Referral>,
    /// What became of each programme's part beyond what the rules said: what its letter tells.
    pub told: BTreeMap<(String, Option<String>), Told>,
}

impl Results {
    /// The decision on a programme's part of what the rules said.
    pub fn decision(&self, of: &ProgrammeDecision) -> Option<&Decision> {
        let person = of.member.as_deref().and_then(|id| uuid::Uuid::try_parse(id).ok());
        let person = person.map(|id| self.home.now(id));
        self.decisions.iter().find(|decision| decision.is_for(&of.programme, person))
    }
}

/// Everything that came of an assessment. The reading is an entry of the journal.
pub async fn results(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    assessment: AssessmentId,
) -> Result<Results> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (home, reader) = Household::for_reading(&mut view, actor, household).await?;
    let own = assessments::find(&mut view, household, assessment).await?.ok_or(Error::NotFound)?;
    let pack = packs::by_hash(cw, &own.pack_hash).await?;
    let (decided, _) = letters::again(&mut view, &own, &pack).await?;
    let mut decisions: Vec<Decision> = Vec::new();
    for decision in of_household(&mut view, household).await? {
        let is_newer_there = decisions.iter().any(|one| one.is_for(&decision.programme, decision.person));
        if decision.assessment == assessment && !is_newer_there {
            decisions.push(decision);
        }
    }
    let enrolments = enrolments::of_household(&mut view, household).await?;
    let referrals = referrals::of_household(&mut view, household).await?;
    let told = letters::outcomes(&mut view, &home, &pack, assessment).await?;
    drop(view);
    let event = Event::new("results.read").id("assessment", assessment);
    journal::record(cw, &reader, household, event).await?;
    Ok(Results { home, assessment: own, pack, decided, decisions, enrolments, referrals, told })
}

/// One decision with all that explains it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Who it is about.
    pub home: Household,
    /// The decision.
    pub decision: Decision,
    /// Every decision on the same programme and person, the newest first.
    pub history: Vec<Decision>,
    /// The pack it was decided under.
    pub pack: Arc<Pack>,
    /// What the rules said of everything: the receipt.
    pub decided: Decided,
    /// SHA-256 of the receipt, in hex.
    pub receipt: String,
    /// What became of each programme's part beyond what the rules said: what its letter tells.
    pub told: BTreeMap<(String, Option<String>), Told>,
    /// Changes that wait for a second person.
    pub waiting: Vec<Proposal>,
}

impl Shown {
    /// The programme's part of what the rules said.
    pub fn rules(&self) -> Option<&ProgrammeDecision> {
        let now = |member: &str| uuid::Uuid::try_parse(member).ok().map(|id| self.home.now(id));
        self.decided.programmes.iter().find(|one| {
            one.programme == self.decision.programme
                && one.member.as_deref().and_then(now) == self.decision.person
        })
    }
}

/// One decision with its receipt and history. The reading is an entry of the journal.
pub async fn show(cw: &Casework, actor: &Actor, household: HouseholdId, id: DecisionId) -> Result<Shown> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (home, reader) = Household::for_reading(&mut view, actor, household).await?;
    let decision = find(&mut view, household, id).await?.ok_or(Error::NotFound)?;
    let all = of_household(&mut view, household).await?;
    let history = all.into_iter().filter(|one| one.is_for(&decision.programme, decision.person)).collect();
    let of = assessments::find(&mut view, household, decision.assessment).await?.ok_or(Error::NotFound)?;
    let pack = packs::by_hash(cw, &of.pack_hash).await?;
    let (decided, receipt) = letters::again(&mut view, &of, &pack).await?;
    let subject = Subject::new(super::issue::SUBJECT, id);
    let waiting = proposals::waiting_about(&mut view, &cw.keys, household, &subject).await?;
    let told = letters::outcomes(&mut view, &home, &pack, of.id).await?;
    drop(view);
    journal::record(cw, &reader, household, Event::new("decision.read").id("decision", id)).await?;
    Ok(Shown { home, decision, history, pack, decided, receipt, told, waiting })
}

//! Making the decisions of an assessment, and everything that follows from each in the same unit of work: an enrolment or
//! a place on a list, a referral, a task where a person must look, a proposal where something would be taken away.
//!
//! What a decision does depends on what the household has already: [`Before`] is read first, and one decision of the
//! rules at a time is then settled against it.

use std::collections::{BTreeMap, BTreeSet};

use domain::decide::{Decided, ProgrammeDecision};
use domain::definitions::ProgrammeDef;
use domain::ids::{AssessmentId, DecisionId};
use domain::life::graduation::only_the_line;
use domain::lifecycle::decision::{DecisionEvent as E, DecisionState, Outcome};
use domain::lifecycle::enrolment::EnrolmentState;
use domain::lifecycle::{By, Guard, Lifecycle};
use domain::num::{Num, Rounding};
use domain::signature::Why;
use domain::task::Priority as Pressing;
use domain::verdict::{Effect, Verdict};
use uuid::Uuid;

use super::follow::{Asked, Before, Desk};
use super::{Body, Decision, insert, set_state};
use crate::budgets::Draw;
use crate::db::Tx;
use crate::enrolments::Enrolment;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::life::graduation::{self, Kept};
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework, Keys, clocks, overrides, proposals, signatures, tasks};

/// The noun of a decision, as subject of tasks and proposals.
pub const SUBJECT: &str = "decision";

/// What the decisions of an assessment are made from.
pub(crate) struct Issue<'a> {
    pub cw: &'a Casework,
    pub desk: Desk<'a>,
    pub assessment: AssessmentId,
    pub decided: &'a Decided,
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Issued {
    /// Decisions in all.
    pub decisions: i64,
    /// Of them awards.
    pub awards: i64,
    /// Of them places on lists.
    pub waiting: i64,
    /// Of them such that lack something.
    pub missing: i64,
    /// Of them such that a person must look at or sign.
    pub open: i64,
}

impl Issue<'_> {
    /// Makes every decision and what follows from it.
    pub async fn run(&self, tx: &mut Tx) -> Result<Issued> {
        let before = Before::read(tx, self.desk.home).await?;
        // What waited for a second person and was not decided yet is overtaken by this assessment.
        for old in before.decisions.iter().filter(|one| one.is_pending()) {
            drop_pending(tx, &self.cw.keys, self.desk.actor, old, "assessed_anew").await?;
        }
        let mut issued = Issued::default();
        let mut drawn = Event::new("decisions.drawn");
        let mut made: BTreeMap<(String, Option<Uuid>), DecisionId> = BTreeMap::new();
        for told in &self.decided.programmes {
            let person = person_of(told.member.as_deref())?;
            let Some(def) = self.desk.pack.programme(&told.programme) else {
                return Err(Error::internal("a decision on a programme the pack does not have"));
            };
            let (decision, place, signs) = self.decide(tx, &before, def, told, person).await?;
            issued.count(&decision);
            if signs == Some(Why::Sample) {
                drawn = drawn.listed("drawn", &decision.id.to_string());
            }
            made.insert((told.programme.clone(), person), decision.id);
            if decision.state.governs() {
                self.desk.follow(tx, &before, def, &decision, &place).await?;
            } else {
                self.hand_over(tx, &before, told, &decision, signs.map(|why| (why, place.key))).await?;
            }
        }
        self.refer_by_links(tx, &before, &made).await?;
        self.look_at_forgotten(tx, &before, &made).await?;
        let percent = self.desk.pack.about.second_signature.sample_percent;
        if percent > 0 {
            let drawn = drawn.number("of", issued.decisions).number("percent", percent.into());
            journal::append(tx, self.desk.actor, self.desk.home.household, drawn).await?;
        }
        Ok(issued)
    }

    /// Writes the decision. One that the rules could not make stays a draft; one against a running benefit waits for a
    /// second person while the benefit goes on; every other is in force with the letter.
    async fn decide(
        &self,
        tx: &mut Tx,
        before: &Before,
        def: &ProgrammeDef,
        told: &ProgrammeDecision,
        person: Option<Uuid>,
    ) -> Result<(Decision, Asked, Option<Why>)> {
        let running = before.enrolment(&def.id, person, Enrolment::is_running);
        let kept = self.kept(tx, def, told, running).await?;
        let (minor, period) = match running.filter(|_| kept.is_some()) {
            Some(one) => (one.amount_minor, one.period.clone()),
            None => (
                told.amount.as_ref().map(|amount| amount.minor),
                told.amount.as_ref().map(|amount| period_code(amount.period).to_owned()),
            ),
        };
        let mut outcome =
            if kept.is_some() { Outcome::Award } else { outcome(told.verdict, running.is_some()) };
        let mut place = Asked { key: queue_key(told)?, draw: None };
        let waiting = before.enrolment(&def.id, person, Enrolment::is_waiting);
        let is_offered = waiting.is_some_and(|one| one.state == EnrolmentState::Offered);
        // A service's places are its provider's. What is offered is the person's to take.
        if outcome == Outcome::WaitingList && !is_offered && def.referred_to().is_none() {
            let spot = self.desk.spot(tx, def, person, waiting, place.key).await?;
            let draw = self.desk.asks(def, minor).draw(tx, &spot).await?;
            if matches!(draw, Draw::Taken(_)) {
                outcome = Outcome::Award;
            }
            place.draw = Some(draw);
        }
        let supersedes = before.governing(&def.id, person);
        let stepping = supersedes
            .filter(|old| kept.is_some() && graduation::steps_down(old))
            .and_then(|old| old.body.because.clone());
        let state = match (told.verdict, running) {
            // Neither yes nor no; and a running benefit goes on until it is known that it should not.
            (Verdict::Fault, _) | (Verdict::NeedsInformation, Some(_)) => DecisionState::FIRST,
            (_, Some(running)) if takes_away(running, outcome, minor) => {
                step(DecisionState::FIRST, E::AskApproval, By::System, &[])?
            }
            _ => {
                let guards = [Guard::SecondPersonOrExempt, Guard::HeardOrNothingTaken];
                let issued = step(DecisionState::FIRST, E::Issue, By::System, &guards)?;
                step(issued, E::TakeEffect, By::System, &[])?
            }
        };
        let mut decision = Decision {
            household: self.desk.home.household,
            id: tx.new_id(),
            assessment: self.assessment,
            programme: def.id.clone(),
            agency: def.agency.clone(),
            person,
            number: before.number(&def.id, person),
            state,
            verdict: verdict_code(told.verdict).to_owned(),
            outcome,
            amount_minor: minor,
            period,
            supersedes: supersedes.map(|old| old.id),
            appeal_until: state.governs().then(|| self.desk.appeal_until()),
            decided_at: tx.now(),
            decided_by: self.desk.actor.staff_id.uuid(),
            approved_by: None,
            body: Body {
                rules: serde_json::to_value(told).map_err(Error::internal)?,
                overridden: None,
                // Between the lines nothing changes: what steps down goes on doing so.
                because: stepping.clone(),
                kept: kept.filter(|_| stepping.is_none()),
            },
        };
        // What would be issued now may have to be signed first.
        let rules = &self.desk.pack.about.second_signature;
        let signs = if state.governs() { signatures::why(&self.cw.keys, rules, &decision) } else { None };
        if signs.is_some() {
            decision.state = step(DecisionState::FIRST, E::AskApproval, By::System, &[])?;
            decision.appeal_until = None;
        }
        insert(tx, &decision).await?;
        if let (true, Some(old)) = (decision.state.governs(), supersedes) {
            replace(tx, old).await?;
        }
        if let (Some(_), Some(Draw::Taken(drawn))) = (signs, &place.draw) {
            signatures::keep_draw(tx, &self.desk, def, &decision, *drawn).await?;
        }
        Ok((decision, place, signs))
    }

    /// Whether what runs is kept although the rules of entry say no: nothing but the line to enter speaks against it.
    async fn kept(
        &self,
        tx: &mut Tx,
        def: &ProgrammeDef,
        told: &ProgrammeDecision,
        running: Option<&Enrolment>,
    ) -> Result<Option<Kept>> {
        let (Some(one), Some(graduation), Verdict::No) = (running, &def.graduation, told.verdict) else {
            return Ok(None);
        };
        if !only_the_line(def, told) {
            return Ok(None);
        }
        graduation::kept(tx, self.cw, self.desk.home, one, graduation).await.map(Some)
    }

    /// Links that refer lead to a service beyond the programmes' own.
    async fn refer_by_links(
        &self,
        tx: &mut Tx,
        before: &Before,
        made: &BTreeMap<(String, Option<Uuid>), DecisionId>,
    ) -> Result<()> {
        let mut sent: BTreeSet<(String, Option<Uuid>)> = BTreeSet::new();
        for applied in self.decided.links_applied.iter().filter(|applied| applied.effect == Effect::Referred)
        {
            let person = person_of(applied.member.as_deref())?;
            let from = made.get(&(applied.from.clone(), person));
            let (Some(def), Some(decision)) = (self.desk.pack.programme(&applied.from), from) else {
                continue;
            };
            let is_service = self.desk.pack.directory.service(&applied.to).is_some();
            if is_service && sent.insert((applied.to.clone(), person)) {
                self.desk.refer(tx, before, *decision, def, person, &applied.to).await?;
            }
        }
        Ok(())
    }

    /// A decision that is not in force goes to a person.
    async fn hand_over(
        &self,
        tx: &mut Tx,
        before: &Before,
        told: &ProgrammeDecision,
        decision: &Decision,
        signs: Option<(Why, i64)>,
    ) -> Result<()> {
        if let Some((why, key)) = signs {
            return signatures::ask(tx, self, decision, key, why).await;
        }
        if decision.state == DecisionState::PendingApproval {
            let running = before.enrolment(&decision.programme, decision.person, Enrolment::is_running);
            return overrides::propose_cut(tx, self, decision, running.map(|one| one.id)).await;
        }
        let kind = if told.verdict == Verdict::Fault { "look_at_fault" } else { "ask_missing" };
        let pressing = if told.verdict == Verdict::Fault { Pressing::High } else { Pressing::Normal };
        self.desk.look(tx, kind, Subject::new(SUBJECT, decision.id), pressing).await
    }

    /// Awards that run, and places on lists, of which the rules said nothing any more: the person left, or is no longer
    /// considered. Nothing ends by itself; a person looks.
    async fn look_at_forgotten(
        &self,
        tx: &mut Tx,
        before: &Before,
        made: &BTreeMap<(String, Option<Uuid>), DecisionId>,
    ) -> Result<()> {
        for one in before.enrolments.iter().filter(|one| one.is_running() || one.is_waiting()) {
            if !made.contains_key(&(one.programme.clone(), one.person)) {
                let subject = Subject::new("enrolment", one.id);
                self.desk.look(tx, "look_at_award", subject, Pressing::High).await?;
            }
        }
        Ok(())
    }
}

/// Something made a decision that waited idle, with the work around it.
pub(crate) async fn drop_pending(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    old: &Decision,
    reason: &str,
) -> Result<()> {
    let dropped = step(old.state, E::Drop, By::System, &[Guard::ReasonGiven])?;
    set_state(tx, old, dropped).await?;
    signatures::give_back(tx, old).await?;
    let subject = Subject::new(SUBJECT, old.id);
    tasks::cancel_about(tx, actor, old.household, &subject, reason).await?;
    clocks::cancel(tx, actor, old.household, &subject, reason).await?;
    proposals::lapse(tx, keys, actor, old.household, &subject).await.map(drop)
}

impl Issued {
    fn count(&mut self, decision: &Decision) {
        self.decisions += 1;
        if !decision.state.governs() {
            self.open += 1;
        }
        match decision.outcome {
            Outcome::Award | Outcome::Partly => self.awards += 1,
            Outcome::WaitingList => self.waiting += 1,
            Outcome::NeedsInformation if decision.verdict != verdict_code(Verdict::Fault) => {
                self.missing += 1;
            }
            Outcome::NeedsInformation | Outcome::NotEligible => {}
        }
    }
}

/// The newer decision takes the place of this one.
pub(crate) async fn replace(tx: &mut Tx, old: &Decision) -> Result<()> {
    let replaced = step(old.state, E::Supersede, By::System, &[Guard::ReplacementMade])?;
    set_state(tx, old, replaced).await
}

/// What a verdict comes to. Whoever is in a programme with limited places keeps the place.
fn outcome(verdict: Verdict, is_running: bool) -> Outcome {
    match verdict {
        Verdict::Yes => Outcome::Award,
        Verdict::Waiting if is_running => Outcome::Award,
        Verdict::Waiting => Outcome::WaitingList,
        Verdict::No => Outcome::NotEligible,
        Verdict::NeedsInformation | Verdict::Fault => Outcome::NeedsInformation,
    }
}

/// Whether somebody would get less than they do.
fn takes_away(running: &Enrolment, outcome: Outcome, amount_minor: Option<i64>) -> bool {
    match outcome {
        Outcome::Award | Outcome::Partly => amount_minor.unwrap_or(0) < running.amount_minor.unwrap_or(0),
        Outcome::WaitingList | Outcome::NotEligible => true,
        Outcome::NeedsInformation => false,
    }
}

/// Thousandths of the queue's measure, so that lower always goes first.
fn queue_key(told: &ProgrammeDecision) -> Result<i64> {
    // Without a measure the day decides alone.
    let Some(priority) = &told.priority else { return Ok(0) };
    let scaled =
        priority.value.mul(Num::from(1000)).and_then(|value| value.rounded(Rounding::Floor, Num::ONE));
    let key =
        scaled.ok().and_then(Num::integer).ok_or_else(|| Error::internal("a priority that does not fit"))?;
    Ok(if priority.ascending { key } else { -key })
}

/// The member of a decision, as the person's id.
pub(crate) fn person_of(member: Option<&str>) -> Result<Option<Uuid>> {
    member.map(Uuid::try_parse).transpose().map_err(Error::internal)
}

/// The word stored for a verdict; the one that the receipt has.
pub(crate) fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Waiting => "waiting",
        Verdict::NeedsInformation => "needs_information",
        Verdict::Fault => "fault",
    }
}

fn period_code(period: domain::definitions::Period) -> &'static str {
    match period {
        domain::definitions::Period::Month => "month",
        domain::definitions::Period::Year => "year",
        domain::definitions::Period::Once => "once",
    }
}

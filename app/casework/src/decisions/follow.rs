//! What follows from a decision in force: an enrolment or a place on a list, a referral, a task.
//!
//! Decisions come from an assessment ([`super::issue`]) or from a person ([`crate::overrides`]); what follows is the same.
//! What it comes to depends on what the household has already: [`Before`]. A new consequence: a case in
//! [`Desk::follow`].

use std::collections::BTreeSet;

use domain::calendar::{Term, WorkingCalendar, add_months};
use domain::definitions::{Kind, ProgrammeDef};
use domain::ids::DecisionId;
use domain::life::{Act, Because};
use domain::lifecycle::By;
use domain::lifecycle::decision::Outcome;
use domain::lifecycle::enrolment::{EnrolmentState, ExitReason, WaitsFor};
use domain::lifecycle::referral::ReferralState;
use domain::pack::Pack;
use domain::role::Right;
use domain::task::Priority as Pressing;
use time::Date;
use uuid::Uuid;

use super::{Decision, of_household};
use crate::Actor;
use crate::assessments::{Household, validity};
use crate::budgets;
use crate::budgets::holding::{self, hold as keep};
use crate::budgets::list::{Place, Spot, tie};
use crate::budgets::{Asks, Draw, Drawn};
use crate::db::Tx;
use crate::duplicates::hold;
use crate::enrolments::{self, Award, Enrolment, Reach};
use crate::error::{Conflict, Error, Result};
use crate::life::graduation;
use crate::referrals::{self, Referral, Sending};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};

/// Within which time somebody looks at what was left open.
const LOOK_WITHIN: Term = Term::WorkingDays(2);

/// Who acts for whom, under which pack and calendar.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub actor: &'a Actor,
    /// The hand by which the actor takes steps.
    pub by: By,
    pub home: &'a Household,
    pub pack: &'a Pack,
    pub calendar: &'a WorkingCalendar,
    pub today: Date,
}

/// Where a decision stands on a programme's list, and what was drawn for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// Orders the list: lower goes first.
    pub key: i64,
    /// What came of asking the budget; none where nobody asked yet.
    pub draw: Option<Draw>,
}

/// What a household has already.
pub(crate) struct Before {
    pub decisions: Vec<Decision>,
    pub enrolments: Vec<Enrolment>,
    pub referrals: Vec<Referral>,
    pub agreed: BTreeSet<String>,
}

impl Before {
    pub async fn read(tx: &mut Tx, home: &Household) -> Result<Self> {
        Ok(Self {
            decisions: of_household(tx, home.household).await?,
            enrolments: enrolments::of_household(tx, home.household).await?,
            referrals: referrals::of_household(tx, home.household).await?,
            agreed: referrals::agreed_agencies(tx, home.household).await?,
        })
    }

    pub fn governing(&self, programme: &str, person: Option<Uuid>) -> Option<&Decision> {
        self.decisions.iter().find(|one| one.is_for(programme, person) && one.state.governs())
    }

    pub fn number(&self, programme: &str, person: Option<Uuid>) -> i64 {
        let own = self.decisions.iter().filter(|one| one.is_for(programme, person));
        own.map(|one| one.number).max().unwrap_or(0) + 1
    }

    pub fn enrolment(
        &self,
        programme: &str,
        person: Option<Uuid>,
        is: fn(&Enrolment) -> bool,
    ) -> Option<&Enrolment> {
        self.enrolments.iter().find(|one| one.programme == programme && one.person == person && is(one))
    }

    pub fn referral(&self, service: &str, person: Option<Uuid>) -> Option<&Referral> {
        self.referrals.iter().find(|one| one.service == service && one.person == person && one.is_open())
    }
}

impl Desk<'_> {
    /// The last day to appeal against what is issued today.
    pub fn appeal_until(&self) -> Date {
        self.calendar.due_date(self.today, self.pack.about.law.appeal.term)
    }

    /// Where somebody stands on a programme's list by this priority: lower goes first. Who waits already keeps the day.
    pub async fn spot(
        &self,
        tx: &mut Tx,
        def: &ProgrammeDef,
        person: Option<Uuid>,
        there: Option<&Enrolment>,
        key: i64,
    ) -> Result<Spot> {
        Ok(Spot {
            key,
            tie: tie(tx, def, self.home.household, person).await?,
            since: there.map_or(self.today, |one| one.since),
            id: there.map_or(Uuid::max(), |one| one.id.uuid()),
        })
    }

    /// What an award of this programme draws on.
    pub fn asks<'a>(&'a self, def: &'a ProgrammeDef, minor: Option<i64>) -> Asks<'a> {
        Asks { def, areas: &self.pack.areas, area: &self.home.area, minor, day: self.today }
    }

    /// What an award draws that was not drawn for when it was decided. A programme with a list gives what is left, to whom a
    /// second person signed for; `Conflict(NothingLeft)` when nothing is.
    async fn draw(&self, tx: &mut Tx, def: &ProgrammeDef, minor: Option<i64>) -> Result<Option<Drawn>> {
        let asks = self.asks(def, minor);
        if !def.selection.is_limited() {
            return asks.owe(tx).await;
        }
        match asks.draw_before_all(tx).await? {
            Draw::Unlimited => Ok(None),
            Draw::Taken(drawn) => Ok(Some(drawn)),
            Draw::Waits { .. } => Err(Error::Conflict(Conflict::NothingLeft)),
        }
    }

    /// What follows from a decision in force. `place` is where it stands on a list and what was drawn for it, where the rules
    /// were asked.
    pub async fn follow(
        &self,
        tx: &mut Tx,
        before: &Before,
        def: &ProgrammeDef,
        decision: &Decision,
        place: &Asked,
    ) -> Result<()> {
        let person = decision.person;
        let running = before.enrolment(&def.id, person, Enrolment::is_running);
        let waiting = before.enrolment(&def.id, person, Enrolment::is_waiting);
        if decision.body.because.as_ref().is_some_and(|because| because.act == Act::Suspend) {
            // What ended meanwhile does not stand still, and what does already goes on doing so.
            let runs = running.filter(|one| one.state != EnrolmentState::Suspended);
            return match runs {
                Some(one) => enrolments::suspend(tx, self.home.household, one, decision.id, self.by).await,
                None => Ok(()),
            };
        }
        if graduation::steps_down(decision) {
            return match running {
                Some(one) => graduation::begin(self, tx, before, def, decision, one).await,
                None => Ok(()),
            };
        }
        match decision.outcome {
            Outcome::Award | Outcome::Partly => match (&def.service, def.kind) {
                (Some(service), Kind::Service | Kind::Employment) => {
                    if let Some(place) = waiting {
                        enrolments::exit(tx, self.home.household, place, ExitReason::Graduated, By::System)
                            .await?;
                    }
                    self.refer(tx, before, decision.id, def, person, service).await
                }
                (_, kind) => {
                    let reach = match kind {
                        Kind::FeeWaiver => Reach::Active,
                        // Money that was paid twice does not come back.
                        Kind::Cash if hold::is_open(tx, self.home.household).await? => Reach::Held,
                        _ => Reach::Onboarding,
                    };
                    let there = running.or(waiting);
                    let holds = match there {
                        Some(one) => holding::of(tx, self.home.household, one.id).await?,
                        None => Vec::new(),
                    };
                    let minor = decision.amount_minor;
                    let drawn = match &place.draw {
                        Some(Draw::Taken(drawn)) => Some(*drawn),
                        // What is promised already stays, and its award may change: what remains is drawn anew.
                        _ if running.is_some() || holds.iter().any(|held| held.places > 0) => {
                            if let Some(one) = there {
                                holding::release(tx, self.home.household, one.id, one.state).await?;
                            }
                            self.asks(def, minor).owe(tx).await?
                        }
                        _ => self.draw(tx, def, minor).await?,
                    };
                    self.enrol(tx, def, decision, there, &reach, drawn).await
                }
            },
            Outcome::WaitingList => {
                let (list, reason) = match &place.draw {
                    Some(Draw::Waits { list, reason }) => (list.clone(), *reason),
                    _ => match budgets::nearest(tx, &def.id, &self.pack.areas, &self.home.area, self.today)
                        .await?
                    {
                        Some(line) => (line.area, WaitsFor::Turn),
                        None => (String::new(), WaitsFor::Budget),
                    },
                };
                let spot = self.spot(tx, def, person, waiting, place.key).await?;
                let until = def.selection.expires_months().map(|months| add_months(self.today, months));
                let reach = Reach::Waiting(Place { spot, list, reason, until });
                let mut drawn = None;
                if let Some(offered) = waiting.filter(|one| one.state == EnrolmentState::Offered) {
                    holding::release(tx, self.home.household, offered.id, offered.state).await?;
                    drawn = self.asks(def, decision.amount_minor).owe(tx).await?;
                }
                self.enrol(tx, def, decision, waiting, &reach, drawn).await
            }
            Outcome::NotEligible => {
                for there in running.into_iter().chain(waiting) {
                    let because = decision.body.because.as_ref();
                    let reason = because.map_or(ExitReason::NoLongerEligible, Because::exit_reason);
                    enrolments::exit(tx, self.home.household, there, reason, By::System).await?;
                }
                let service = def.service.as_deref();
                match service.and_then(|service| before.referral(service, person)) {
                    Some(referral) if referral.is_unanswered() => {
                        referrals::cancel(tx, self.actor, referral).await
                    }
                    _ => Ok(()),
                }
            }
            Outcome::NeedsInformation => Ok(()),
        }
    }

    async fn enrol(
        &self,
        tx: &mut Tx,
        def: &ProgrammeDef,
        decision: &Decision,
        there: Option<&Enrolment>,
        reach: &Reach,
        drawn: Option<Drawn>,
    ) -> Result<()> {
        let review_on = review_on(tx, self, def, decision).await?;
        let award = award(self.home, def, decision, self.today, review_on);
        let id = match there {
            Some(enrolment) => {
                enrolments::carry_on(tx, enrolment, &award, reach, self.by).await?;
                graduation::stop(tx, self.actor, self.home.household, enrolment).await?;
                enrolment.id
            }
            None => enrolments::make(tx, &award, reach, self.by).await?,
        };
        match drawn {
            Some(drawn) => {
                let months = holding::months(self.today, award.ends_on);
                keep(tx, self.home.household, id, drawn, months).await
            }
            None => Ok(()),
        }
    }

    pub async fn refer(
        &self,
        tx: &mut Tx,
        before: &Before,
        decision: DecisionId,
        def: &ProgrammeDef,
        person: Option<Uuid>,
        service: &str,
    ) -> Result<()> {
        if let Some(referral) = before.referral(service, person) {
            return referrals::carry_on(tx, self.home.household, referral, decision, &def.id).await;
        }
        let sending = Sending {
            household: self.home.household,
            decision,
            programme: &def.id,
            agency: &def.agency,
            person,
            service,
            area: &self.home.area,
        };
        let (id, state) = referrals::make(tx, self.pack, &before.agreed, &sending).await?;
        if state == ReferralState::Draft {
            let subject = Subject::new(referrals::SUBJECT, id);
            self.look(tx, "send_referral", subject, Pressing::Normal).await?;
        } else {
            referrals::await_answer(tx, self.actor, self.pack, self.home, id, false).await?;
        }
        Ok(())
    }

    /// A task in the queue of the office.
    pub async fn look(&self, tx: &mut Tx, kind: &str, subject: Subject, priority: Pressing) -> Result<()> {
        let task = NewTask {
            household_id: self.home.household,
            kind: kind.to_owned(),
            subject,
            scope: self.home.scope(),
            needs: Right::WorkTasks,
            priority,
            due_at: self.calendar.due_at(tx.now(), LOOK_WITHIN),
            instructions: String::new(),
        };
        tasks::open(tx, self.actor, task).await.map(drop)
    }
}

/// When an award is looked at again: on the day its programme says, or when the first of the answers that the programme reads
/// holds no longer, whichever comes first. Never for a programme without reviews.
pub(crate) async fn review_on(
    tx: &mut Tx,
    desk: &Desk<'_>,
    def: &ProgrammeDef,
    decision: &Decision,
) -> Result<Option<Date>> {
    let Some(months) = def.review_months else { return Ok(None) };
    let stale = validity::stale_on(tx, desk.pack, desk.home.household, decision.assessment, &def.id).await?;
    let by_programme = add_months(desk.today, months);
    Ok(Some(stale.map_or(by_programme, |stale| stale.min(by_programme))))
}

/// What an enrolment is made or moved by.
pub(crate) fn award<'a>(
    home: &'a Household,
    def: &'a ProgrammeDef,
    decision: &'a Decision,
    today: Date,
    review_on: Option<Date>,
) -> Award<'a> {
    Award {
        household: home.household,
        decision: decision.id,
        programme: &def.id,
        agency: &def.agency,
        person: decision.person,
        office: &home.office,
        amount_minor: decision.amount_minor,
        period: decision.period.as_deref(),
        today,
        review_on,
        ends_on: def.duration_months.map(|months| add_months(today, months)),
    }
}

//! What an applicant is told about the own request: what happened, what is next, by when, and what they must
//! do. It is computed from the states of the tables each time it is read, in at most eight phrases
//! ([`Phrase`]), so that it cannot disagree with them.
//!
//! To add something that can be told: a variant of [`Happened`], [`Next`] or [`Duty`], where it follows from
//! the states below, and its words in the app.

use serde::Serialize;
use time::Date;

use crate::codes::codes;
use crate::letter::{OnList, Standing};
use crate::life::Note;
use crate::lifecycle::application::ApplicationState;
use crate::lifecycle::decision::DecisionState;
use crate::lifecycle::enrolment::EnrolmentState;
use crate::lifecycle::referral::ReferralState;
use crate::lifecycle::{Lifecycle, Phrase};

codes! {
    /// Something that happened to the request.
    pub enum Happened {
        /// The household came and was registered.
        Registered = "registered",
        /// The combined assessment began.
        AssessmentBegun = "assessment_begun",
        /// The decisions were made and the letter issued.
        Decided = "decided",
        /// A decision was changed.
        Changed = "changed",
        /// What was missing was sent.
        Answered = "answered",
    }
}

codes! {
    /// What happens next, and by whose hand.
    pub enum Next {
        /// The office assesses the household.
        WeAssess = "we_assess",
        /// The office decides.
        WeDecide = "we_decide",
        /// The applicant brings what is missing.
        YouBring = "you_bring",
        /// The applicant answers an offer.
        YouAnswerOffer = "you_answer_offer",
        /// The office sets up what was granted.
        WeSetUp = "we_set_up",
        /// The provider calls the person.
        ProviderCalls = "provider_calls",
        /// The office settles whether the household is registered twice; what was granted begins then.
        WeCheck = "we_check",
        /// A place must become free.
        PlaceBecomesFree = "place_becomes_free",
        /// Nothing is due; the right to object runs until the date given.
        MayObject = "may_object",
        /// Nothing.
        Nothing = "nothing",
    }
}

codes! {
    /// What the applicant must do.
    pub enum Duty {
        /// Bring or say what is listed as missing.
        BringMissing = "bring_missing",
        /// Accept or decline an offered place.
        AnswerOffer = "answer_offer",
        /// Say whether the service was given.
        ConfirmService = "confirm_service",
    }
}

/// The course of a request, as the tables know it.
#[derive(Clone, Debug)]
pub struct Course {
    /// Where the application stands.
    pub application: ApplicationState,
    /// What happened, in any order.
    pub events: Vec<(Date, Happened)>,
    /// What was decided.
    pub lines: Vec<CourseLine>,
    /// The day by which the office must decide, while it must.
    pub decide_by: Option<Date>,
    /// The day by which what is missing should come.
    pub bring_by: Option<Date>,
    /// The last day to object to the newest decisions.
    pub appeal_until: Option<Date>,
    /// The next steps of plans for work.
    pub work: Vec<WorkStep>,
}

/// One programme's part of the course, for the household or one person.
#[derive(Clone, Debug)]
pub struct CourseLine {
    /// The programme's id.
    pub programme: String,
    /// The person's name, where the programme is personal.
    pub person: Option<String>,
    /// Where the decision stands.
    pub decision: DecisionState,
    /// What is said of it.
    pub standing: Standing,
    /// Where the enrolment stands, if there is one.
    pub enrolment: Option<EnrolmentState>,
    /// Where the referral stands, if there is one.
    pub referral: Option<ReferralState>,
    /// The place on the list, if there is one; its area by its code.
    pub on_list: Option<OnList>,
    /// What is told of the award's life.
    pub life: Vec<Note>,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrackView {
    /// The request as a whole.
    pub phrase: Phrase,
    /// What happened, oldest first.
    pub happened: Vec<HappenedOn>,
    /// What happens next.
    pub next: Next,
    /// By when, if there is a day.
    #[serde(with = "crate::letter::sentence::iso::maybe")]
    pub by: Option<Date>,
    /// What the applicant must do.
    pub duties: Vec<Duty>,
    /// Each programme.
    pub lines: Vec<TrackLine>,
    /// The next steps of plans for work.
    pub work: Vec<WorkStep>,
    /// The last day to object, while it runs.
    #[serde(with = "crate::letter::sentence::iso::maybe")]
    pub appeal_until: Option<Date>,
}

/// The next step of somebody's plan for work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WorkStep {
    /// Whose plan.
    pub person: String,
    /// What is next; empty when no step is left before the plan is looked at again.
    pub step: String,
    /// With whom, by the provider's code; may be empty.
    pub provider: String,
    /// Where, by the area's code; may be empty.
    pub area: String,
    /// By when, if there is a day.
    #[serde(with = "crate::letter::sentence::iso::maybe")]
    pub by: Option<Date>,
}

/// Something that happened, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HappenedOn {
    /// The day.
    #[serde(with = "crate::letter::sentence::iso")]
    pub on: Date,
    /// What.
    pub what: Happened,
}

/// One programme as the applicant sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrackLine {
    /// The programme's id.
    pub programme: String,
    /// The person's name, where the programme is personal.
    pub person: Option<String>,
    /// Where it stands.
    pub phrase: Phrase,
    /// What the letter says of it.
    pub standing: Standing,
    /// The place on the list, while it is waited for or offered; its area by its code.
    pub on_list: Option<OnList>,
    /// What is told of the award's life: until when, and what is intended or was done.
    pub life: Vec<Note>,
}

impl CourseLine {
    /// The line's phrase: what is under way says more than what was decided.
    pub fn phrase(&self) -> Phrase {
        if !self.decision.governs() {
            return self.decision.phrase();
        }
        if let Some(enrolment) = self.enrolment {
            return enrolment.phrase();
        }
        if let Some(referral) = self.referral {
            return referral.phrase();
        }
        match self.standing {
            Standing::Needs | Standing::Offered => Phrase::NeedsYou,
            Standing::Waiting => Phrase::WaitingList,
            Standing::BeingLookedAt | Standing::Held => Phrase::BeingChecked,
            Standing::Award | Standing::NotEligible => Phrase::Decided,
            Standing::Suspended => Phrase::Paused,
            Standing::NotTaken | Standing::Ended => Phrase::Ended,
        }
    }
}

/// Computes what is shown on `today`.
pub fn view(course: &Course, today: Date) -> TrackView {
    let mut happened: Vec<HappenedOn> =
        course.events.iter().map(|(on, what)| HappenedOn { on: *on, what: *what }).collect();
    happened.sort_by_key(|event| (event.on, event.what));
    let lines: Vec<TrackLine> = course
        .lines
        .iter()
        .map(|line| TrackLine {
            programme: line.programme.clone(),
            person: line.person.clone(),
            phrase: line.phrase(),
            standing: line.standing,
            on_list: line.on_list.clone(),
            life: line.life.clone(),
        })
        .collect();
    let duties = duties(course, &lines);
    let appeal_until = course.appeal_until.filter(|until| *until >= today);
    let (next, by) = next(course, &duties, appeal_until);
    let phrase =
        if duties.is_empty() { overall(course.application.phrase(), &lines) } else { Phrase::NeedsYou };
    let work = course.work.clone();
    TrackView { phrase, happened, next, by, duties, lines, work, appeal_until }
}

/// Before the decision the application says it all; afterwards what is received or waited for says more.
fn overall(application: Phrase, lines: &[TrackLine]) -> Phrase {
    if !matches!(application, Phrase::Decided | Phrase::NeedsYou) {
        return application;
    }
    let has = |phrase| lines.iter().any(|line| line.phrase == phrase);
    [Phrase::BeingChecked, Phrase::Receiving, Phrase::Paused, Phrase::WaitingList]
        .into_iter()
        .find(|phrase| has(*phrase))
        .unwrap_or(Phrase::Decided)
}

fn duties(course: &Course, lines: &[TrackLine]) -> Vec<Duty> {
    if course.application.is_final() {
        return Vec::new();
    }
    let enrolled = |state| course.lines.iter().any(|line| line.enrolment == Some(state));
    let needs = lines.iter().any(|line| line.phrase == Phrase::NeedsYou && line.standing == Standing::Needs);
    let mut duties = Vec::new();
    // What was sent is read first.
    if course.application == ApplicationState::InfoRequested
        || needs && course.application != ApplicationState::InfoReceived
    {
        duties.push(Duty::BringMissing);
    }
    if enrolled(EnrolmentState::Offered) {
        duties.push(Duty::AnswerOffer);
    }
    if course.lines.iter().any(|line| line.referral == Some(ReferralState::Completed)) {
        duties.push(Duty::ConfirmService);
    }
    duties
}

fn next(course: &Course, duties: &[Duty], appeal_until: Option<Date>) -> (Next, Option<Date>) {
    use ApplicationState as A;
    if course.application.is_final() {
        return (Next::Nothing, None);
    }
    if duties.contains(&Duty::BringMissing) {
        return (Next::YouBring, course.bring_by);
    }
    if duties.contains(&Duty::AnswerOffer) {
        let offers = course.lines.iter().filter_map(|line| line.on_list.as_ref()?.offered_until);
        return (Next::YouAnswerOffer, offers.min());
    }
    match course.application {
        A::Draft | A::Submitted | A::InfoReceived | A::Complete | A::Moved => {
            return (Next::WeAssess, course.decide_by);
        }
        A::InAssessment | A::AwaitingDecision => return (Next::WeDecide, course.decide_by),
        _ => {}
    }
    let enrolled = |states: &[EnrolmentState]| {
        course.lines.iter().any(|line| line.enrolment.is_some_and(|state| states.contains(&state)))
    };
    let referred = |states: &[ReferralState]| {
        course.lines.iter().any(|line| line.referral.is_some_and(|state| states.contains(&state)))
    };
    if enrolled(&[EnrolmentState::Held]) {
        (Next::WeCheck, None)
    } else if enrolled(&[EnrolmentState::Accepted, EnrolmentState::Onboarding]) {
        (Next::WeSetUp, None)
    } else if referred(&[ReferralState::Draft, ReferralState::Requested, ReferralState::Accepted]) {
        (Next::ProviderCalls, None)
    } else if enrolled(&[EnrolmentState::Waiting]) {
        (Next::PlaceBecomesFree, None)
    } else if appeal_until.is_some() {
        (Next::MayObject, appeal_until)
    } else {
        (Next::Nothing, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::decision::Outcome;
    use proptest::prelude::*;
    use time::macros::date;

    fn course(application: ApplicationState, lines: Vec<CourseLine>) -> Course {
        Course {
            application,
            events: vec![
                (date!(2026 - 11 - 22), Happened::Decided),
                (date!(2026 - 11 - 20), Happened::Registered),
            ],
            lines,
            decide_by: Some(date!(2026 - 12 - 21)),
            bring_by: Some(date!(2026 - 12 - 07)),
            appeal_until: Some(date!(2027 - 02 - 20)),
            work: Vec::new(),
        }
    }

    fn line(
        outcome: Outcome,
        enrolment: Option<EnrolmentState>,
        referral: Option<ReferralState>,
    ) -> CourseLine {
        CourseLine {
            programme: "child-grant".into(),
            person: None,
            decision: DecisionState::InForce,
            standing: Standing::of(outcome, DecisionState::InForce, false),
            enrolment,
            referral,
            on_list: None,
            life: vec![],
        }
    }

    const TODAY: Date = date!(2026 - 11 - 23);

    #[test]
    fn before_the_decision_the_date_to_decide_by_is_told() {
        let shown = view(&course(ApplicationState::Submitted, vec![]), TODAY);
        assert_eq!(
            (shown.phrase, shown.next, shown.by),
            (Phrase::Received, Next::WeAssess, Some(date!(2026 - 12 - 21)))
        );
        assert!(shown.duties.is_empty());
        assert_eq!(shown.happened[0].what, Happened::Registered, "oldest first");
    }

    #[test]
    fn what_the_applicant_must_do_comes_before_all_else() {
        let lines = vec![
            line(Outcome::Award, Some(EnrolmentState::Onboarding), None),
            line(Outcome::NeedsInformation, None, None),
        ];
        let shown = view(&course(ApplicationState::InfoRequested, lines), TODAY);
        assert_eq!(shown.phrase, Phrase::NeedsYou);
        assert_eq!(shown.duties, [Duty::BringMissing]);
        assert_eq!((shown.next, shown.by), (Next::YouBring, Some(date!(2026 - 12 - 07))));
    }

    #[test]
    fn after_the_decision_the_right_to_object_is_told_until_it_ends() {
        let refused = || vec![line(Outcome::NotEligible, None, None)];
        let shown = view(&course(ApplicationState::Decided, refused()), TODAY);
        assert_eq!((shown.phrase, shown.next), (Phrase::Decided, Next::MayObject));
        assert_eq!(shown.by, Some(date!(2027 - 02 - 20)));
        let later = view(&course(ApplicationState::Decided, refused()), date!(2027 - 02 - 21));
        assert_eq!((later.next, later.appeal_until), (Next::Nothing, None));
    }

    #[test]
    fn a_place_on_a_list_is_told_as_one() {
        let lines = vec![line(Outcome::WaitingList, Some(EnrolmentState::Waiting), None)];
        let shown = view(&course(ApplicationState::Decided, lines), TODAY);
        assert_eq!((shown.phrase, shown.next), (Phrase::WaitingList, Next::PlaceBecomesFree));
    }

    #[test]
    fn an_offer_is_answered_by_its_day() {
        let mut offered = line(Outcome::WaitingList, Some(EnrolmentState::Offered), None);
        offered.standing = offered.standing.on_list(EnrolmentState::Offered);
        offered.on_list = Some(OnList {
            reason: crate::lifecycle::enrolment::WaitsFor::Places,
            area: None,
            period_until: None,
            place: 1,
            since: date!(2026 - 11 - 02),
            ends_on: None,
            offered_until: Some(date!(2026 - 12 - 22)),
        });
        let shown = view(&course(ApplicationState::Decided, vec![offered]), TODAY);
        assert_eq!((shown.phrase, shown.duties), (Phrase::NeedsYou, vec![Duty::AnswerOffer]));
        assert_eq!((shown.next, shown.by), (Next::YouAnswerOffer, Some(date!(2026 - 12 - 22))));
    }

    #[test]
    fn an_award_that_waits_for_a_check_is_told_as_one_and_never_as_a_refusal() {
        let mut held = line(Outcome::Award, Some(EnrolmentState::Held), None);
        held.standing = held.standing.held();
        let running = line(Outcome::Award, Some(EnrolmentState::Onboarding), None);
        let shown = view(&course(ApplicationState::Decided, vec![running, held]), TODAY);
        assert_eq!((shown.phrase, shown.next), (Phrase::BeingChecked, Next::WeCheck));
        assert_eq!(shown.lines[1].standing, Standing::Held);
        assert!(shown.duties.is_empty());
        assert_eq!(Standing::NotEligible.held(), Standing::NotEligible);
    }

    #[test]
    fn a_decision_that_waits_for_a_second_person_is_being_checked() {
        let mut waiting = line(Outcome::NotEligible, None, None);
        waiting.decision = DecisionState::PendingApproval;
        assert_eq!(waiting.phrase(), Phrase::BeingChecked);
    }

    #[test]
    fn who_is_sent_to_a_service_was_decided_and_is_called() {
        for state in [ReferralState::Draft, ReferralState::Requested] {
            let shown = view(
                &course(ApplicationState::Decided, vec![line(Outcome::Award, None, Some(state))]),
                TODAY,
            );
            assert_eq!((shown.phrase, shown.next), (Phrase::Decided, Next::ProviderCalls), "{state:?}");
            assert_eq!(shown.lines[0].standing, Standing::Award, "as in the letter");
        }
    }

    fn any_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
        proptest::sample::select(all)
    }

    proptest! {
        /// Whatever the states, something is told, and a duty is never without its next step.
        #[test]
        fn every_course_has_a_view(
            application in any_of(ApplicationState::ALL),
            decision in any_of(DecisionState::ALL),
            outcome in any_of(Outcome::ALL),
            enrolment in proptest::option::of(any_of(EnrolmentState::ALL)),
            referral in proptest::option::of(any_of(ReferralState::ALL)),
        ) {
            let mut one = line(outcome, enrolment, referral);
            one.decision = decision;
            one.standing = Standing::of(outcome, decision, false);
            let shown = view(&course(application, vec![one]), TODAY);
            prop_assert!(Phrase::ALL.contains(&shown.phrase));
            if shown.duties.contains(&Duty::BringMissing) {
                prop_assert_eq!(shown.next, Next::YouBring);
            }
            if application.is_final() {
                prop_assert!(shown.duties.is_empty());
            }
        }
    }
}

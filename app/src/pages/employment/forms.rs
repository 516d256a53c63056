//! What can be done with a profile and a plan as they stand: one form for each act, all sent to the person's page.

use casework::Actor;
use casework::employment::plan::{Adults, Standing};
use casework::employment::shape::{Plan, Step};
use domain::employment::{Employment, EndReason, FollowUp};
use domain::lifecycle::By;
use domain::lifecycle::offers;
use domain::lifecycle::plan::{PlanState, StepEvent, StepState};
use domain::role::{Right, Role};
use leptos::prelude::*;

use super::address;
use crate::kit::{Button, Day, Details, Input, Problems, Radios, Select, Textarea};
use crate::pages::casefile::frame::Shown;
use crate::state::value;

/// What was typed in any of the forms.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Which form.
    pub act: String,
    /// The version it was filled in on.
    pub version: i64,
    /// What the person wants to reach.
    pub goal: String,
    /// What the office promises.
    pub office_does: String,
    /// A day: of the signature, of the outcome, of an end.
    pub on: Day,
    /// Why, or a note.
    pub reason: String,
    /// Which step.
    pub step: String,
    /// What happened to it.
    pub event: String,
    /// Whether there was a good cause.
    pub cause: String,
    /// What is done with the plan.
    pub what: String,
    /// Which question.
    pub weeks: String,
    /// What was found.
    pub found: String,
    /// Which work.
    pub placement: String,
    /// Why it ended.
    pub why: String,
}

impl Typed {
    /// From the pairs of a form.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let of = |name: &str| value(pairs, name).to_owned();
        Self {
            act: of("act"),
            version: of("version").parse().unwrap_or(0),
            goal: of("goal"),
            office_does: of("office_does"),
            on: Day::read("on", &of),
            reason: of("reason"),
            step: of("step"),
            event: of("event"),
            cause: of("cause"),
            what: of("what"),
            weeks: of("weeks"),
            found: of("found"),
            placement: of("placement"),
            why: of("why"),
        }
    }
}

/// The field and the words for what a use case found wrong.
pub fn wrong(what: &str, act: &str) -> (&'static str, &'static str) {
    match what {
        "plan.goal" => ("goal", "plan-wrong-goal"),
        "plan.long" => ("goal", "plan-wrong-long"),
        "plan.signed" => ("on-day", "plan-wrong-signed"),
        "plan.steps" => ("on-day", "plan-wrong-steps"),
        "plan.outcome" => ("on-day", "plan-wrong-outcome"),
        "placement.days" => ("on-day", "plan-wrong-ended"),
        "placement.why" => ("why", "plan-wrong-why"),
        "plan.found" => ("found", "plan-wrong-found"),
        "step.which" => ("step", "plan-wrong-step"),
        "step.event" => ("event", "plan-wrong-event"),
        "profile.open" => ("finish", "plan-wrong-profile"),
        "profile.missing" => ("goal", "plan-wrong-no-profile"),
        "reason.missing" if act == "step" => ("step-reason", "plan-wrong-reason"),
        "reason.missing" => ("reason", "plan-wrong-reason"),
        _ => ("what", "plan-wrong-what"),
    }
}

/// The forms of one person's page.
pub struct Form<'a> {
    /// The file around it.
    pub shown: &'a Shown<'a>,
    /// The household.
    pub all: &'a Adults,
    /// The person.
    pub own: &'a Standing,
    /// What was typed.
    pub typed: &'a Typed,
    /// What is wrong.
    pub problems: &'a Problems,
    /// Who looks.
    pub actor: &'a Actor,
    /// What the pack says.
    pub work: &'a Employment,
}

impl Form<'_> {
    fn t(&self, key: &str) -> String {
        self.shown.page.t(key)
    }

    /// What was typed stays in its own form only.
    fn kept<'t>(&'t self, act: &str, typed: &'t str) -> &'t str {
        if self.typed.act == act { typed } else { "" }
    }

    fn error(&self, act: &str, field: &str) -> Option<String> {
        self.problems.of(field).filter(|_| self.typed.act == act)
    }

    fn around(&self, act: &'static str, version: i64, fields: AnyView, button: Button) -> AnyView {
        let action = address(self.shown.file.id, self.own.person.id);
        view! {
            <form method="post" action=action novalidate>
                <input type="hidden" name="act" value=act/>
                <input type="hidden" name="version" value=version.to_string()/>
                {fields}
                {button}
            </form>
        }
        .into_any()
    }

    /// A folded form, open where something in it is wrong.
    fn folded(&self, act: &'static str, title: &str, form: AnyView) -> AnyView {
        if self.typed.act == act && !self.problems.is_empty() {
            let title = self.t(title);
            return view! { <h3 class="govuk-heading-s">{title}</h3> {form} }.into_any();
        }
        Details::new(self.t(title), form).into_any()
    }

    /// Begin, go on with or redo the profile; `next` is the next page with something open, where it is being filled in.
    pub fn of_profile(&self, next: Option<Option<String>>) -> Option<AnyView> {
        if !self.all.may {
            return None;
        }
        let there = address(self.shown.file.id, self.own.person.id);
        let profile = self.own.profile.as_ref();
        Some(match (profile, next) {
            (Some(_), Some(Some(group))) => {
                let href = format!("{there}/profile/{group}");
                view! { {Button::link(href, self.t("plan-profile-go-on"))} }.into_any()
            }
            (Some(profile), Some(None)) => {
                let button = Button::new(self.t("plan-profile-finish"));
                self.around("finish", profile.version, ().into_any(), button)
            }
            (Some(profile), None) => {
                let button = Button::new(self.t("plan-profile-again")).secondary();
                self.around("profile", profile.version, ().into_any(), button)
            }
            (None, _) => self.around("profile", 0, ().into_any(), Button::new(self.t("plan-profile-begin"))),
        })
    }

    /// What can be done with the plan as it stands.
    pub fn of_plan(&self) -> Option<AnyView> {
        let plan = self.own.plan.as_ref();
        let is_profiled = self.own.profile.as_ref().is_some_and(|profile| profile.done_at.is_some());
        if let Some(plan) = plan.filter(|plan| plan.state == PlanState::Agreed && self.own.waits.is_some()) {
            let scope = domain::role::Scope::Office(self.shown.file.office.clone());
            let may = self.actor.may_in(Right::Approve, &scope) && !self.shown.file.by_reason;
            if may && self.actor.staff_id.uuid() != plan.drafted_by {
                return Some(self.approval(plan));
            }
        }
        if !self.all.may {
            return None;
        }
        match plan {
            None if is_profiled => Some(self.draft()),
            None => None,
            Some(plan) if !plan.state.is_open() => is_profiled.then(|| self.draft()),
            Some(plan) => Some(match plan.state {
                PlanState::Draft => self.drafting(plan),
                PlanState::Agreed => {
                    let words = self.t("plan-waits");
                    view! { <p class="govuk-body">{words}</p> {self.stop(plan, &["end"])} }.into_any()
                }
                PlanState::Suspended => self.stop(plan, &["resume", "end"]),
                PlanState::ReviewDue => {
                    self.following(plan, &["go_on", "revise", "training", "other", "suspend", "end"])
                }
                _ => self.following(plan, &["revise", "training", "other", "suspend", "end"]),
            }),
        }
    }

    fn words(&self, act: &'static str, goal: &str, office_does: &str) -> AnyView {
        let (goal, office_does) = if self.typed.act == act {
            (self.typed.goal.as_str(), self.typed.office_does.as_str())
        } else {
            (goal, office_does)
        };
        let goal = Textarea::new("goal", self.t("plan-goal"))
            .hint(self.t("plan-goal-hint"))
            .rows(2)
            .value(goal.to_owned())
            .error(self.error(act, "goal"));
        let promise = Textarea::new("office_does", self.t("plan-office-does"))
            .hint(self.t("plan-office-does-hint"))
            .rows(2)
            .value(office_does.to_owned());
        view! { {goal} {promise} }.into_any()
    }

    fn draft(&self) -> AnyView {
        let fields = self.words("draft", "", "");
        let form = self.around("draft", 0, fields, Button::new(self.t("plan-draft")));
        let title = self.t("plan-draft-title");
        view! { <h2 class="govuk-heading-m">{title}</h2> {form} }.into_any()
    }

    fn drafting(&self, plan: &Plan) -> AnyView {
        let there = address(self.shown.file.id, self.own.person.id);
        let add = Button::link(format!("{there}/step"), self.t("plan-step-add"));
        let fields = self.words("write", &plan.goal, &plan.office_does);
        let write = self.around("write", plan.version, fields, Button::new(self.t("plan-write")).secondary());
        let sign = {
            let on = if self.typed.act == "sign" { self.typed.on.clone() } else { Day::default() };
            let on = on
                .input("on", self.t("plan-signed-on"))
                .hint(self.t("plan-signed-hint"))
                .error(self.error("sign", "on-day"));
            self.around("sign", plan.version, view! { {on} }.into_any(), Button::new(self.t("plan-sign")))
        };
        let title = self.t("plan-sign-title");
        view! {
            {add}
            {self.folded("write", "plan-write", write)}
            {self.steps(plan)}
            <h2 class="govuk-heading-m">{title}</h2>
            {sign}
            {self.stop(plan, &["end"])}
        }
        .into_any()
    }

    fn approval(&self, plan: &Plan) -> AnyView {
        let note = Textarea::new("reason", self.t("plan-note"))
            .hint(self.t("plan-note-hint"))
            .rows(2)
            .value(self.typed.reason.clone())
            .error(self.problems.of("reason"));
        let action = address(self.shown.file.id, self.own.person.id);
        let title = self.t("plan-approve-title");
        view! {
            <h2 class="govuk-heading-m">{title}</h2>
            <form method="post" action=action novalidate>
                <input type="hidden" name="version" value=plan.version.to_string()/>
                {note}
                <div class="govuk-button-group">
                    {Button::new(self.t("plan-approve")).named("act", "approve")}
                    {Button::new(self.t("plan-refuse")).secondary().named("act", "refuse")}
                </div>
            </form>
        }
        .into_any()
    }

    fn following(&self, plan: &Plan, acts: &[&str]) -> AnyView {
        let there = address(self.shown.file.id, self.own.person.id);
        let work = Button::link(format!("{there}/work"), self.t("plan-found-work"));
        view! { {self.steps(plan)} {work} {self.stop(plan, acts)} }.into_any()
    }

    /// What happened to a step.
    fn steps(&self, plan: &Plan) -> Option<AnyView> {
        let hand = By::Staff(Role::CounterOfficer);
        let is_draft = plan.state == PlanState::Draft;
        let open: Vec<&Step> = self
            .own
            .steps
            .iter()
            .filter(|step| !matches!(step.state, StepState::Done | StepState::Dropped))
            .collect();
        if open.is_empty() {
            return None;
        }
        let mut events: Vec<StepEvent> = open.iter().flat_map(|step| offers(step.state, hand)).collect();
        events.sort_unstable();
        events.dedup();
        events.retain(|event| !is_draft || *event == StepEvent::Drop);
        let which = Select::new("step", self.t("plan-step"))
            .item("", self.t("plan-choose"))
            .items(open.iter().map(|step| (step.id.to_string(), step.title.clone())))
            .value(self.kept("step", &self.typed.step))
            .error(self.error("step", "step"));
        let what = Select::new("event", self.t("plan-step-event"))
            .item("", self.t("plan-choose"))
            .items(
                events
                    .iter()
                    .map(|event| (event.code(), self.shown.page.t_of("plan-step-event", event.code()))),
            )
            .value(self.kept("step", &self.typed.event))
            .error(self.error("step", "event"));
        let cause = (!is_draft).then(|| {
            Select::new("cause", self.t("plan-cause"))
                .item("", self.t("plan-cause-unknown"))
                .item("yes", self.t("plan-good-cause"))
                .item("no", self.t("plan-no-good-cause"))
                .value(self.kept("step", &self.typed.cause))
        });
        let mut reason = Input::new("reason", self.t("plan-why"))
            .hint(self.t("plan-step-why-hint"))
            .value(self.kept("step", &self.typed.reason).to_owned())
            .error(self.error("step", "step-reason"));
        reason.id = Some("step-reason".into());
        let fields = view! { {which} {what} {cause} {reason} }.into_any();
        let form =
            self.around("step", plan.version, fields, Button::new(self.t("plan-step-save")).secondary());
        Some(self.folded("step", "plan-step-happened", form))
    }

    /// What is done with the plan as a whole.
    fn stop(&self, plan: &Plan, acts: &[&str]) -> AnyView {
        let on = if self.typed.act == "review" { self.typed.on.clone() } else { Day::default() };
        let needs_day = acts.contains(&"training");
        let on = needs_day.then(|| {
            on.input("on", self.t("plan-outcome-on"))
                .hint(self.t("plan-outcome-hint"))
                .error(self.error("review", "on-day"))
        });
        let what = Radios::new("what", self.t("plan-what"))
            .small()
            .items(acts.iter().map(|act| ((*act).to_owned(), self.shown.page.t_of("plan-act", act))))
            .value(self.kept("review", &self.typed.what).to_owned())
            .error(self.error("review", "what"));
        let reason = Input::new("reason", self.t("plan-why"))
            .hint(self.t("plan-why-hint"))
            .value(self.kept("review", &self.typed.reason).to_owned())
            .error(self.error("review", "reason"));
        let fields = view! { {what} {on} {reason} }.into_any();
        let form =
            self.around("review", plan.version, fields, Button::new(self.t("plan-act-save")).secondary());
        if plan.state == PlanState::ReviewDue {
            let title = self.t("plan-review-title");
            return view! { <h2 class="govuk-heading-m">{title}</h2> {form} }.into_any();
        }
        self.folded("review", "plan-act-title", form)
    }

    /// Questions after an outcome, and the end of work.
    pub fn after(&self) -> Option<AnyView> {
        let page = self.shown.page;
        let answers: Vec<AnyView> = self
            .own
            .asked
            .iter()
            .map(|one| {
                let weeks = page.t_with("plan-weeks", &[("weeks", one.weeks.into())]);
                let answer = match one.answer {
                    Some((found, on)) => {
                        format!("{}, {}", page.t_of("follow-up", found.code()), page.date(on))
                    }
                    None => page.t_with("plan-asked-on", &[("date", page.date(one.due_on).into())]),
                };
                view! { <li>{weeks} ": " {answer}</li> }.into_any()
            })
            .collect();
        let list = (!answers.is_empty()).then(|| {
            let title = self.t("plan-follow-up");
            view! { <h2 class="govuk-heading-m">{title}</h2> <ul class="govuk-list">{answers}</ul> }
        });
        let ask = self.all.may.then(|| self.ask()).flatten();
        let end = self.all.may.then(|| self.end()).flatten();
        Some(view! { {list} {ask} {end} }.into_any())
    }

    fn ask(&self) -> Option<AnyView> {
        let page = self.shown.page;
        let plan = self.own.plan.as_ref()?;
        let open = self
            .own
            .asked
            .iter()
            .find(|one| one.answer.is_none_or(|(found, _)| found == FollowUp::NotReached))?;
        let found = Radios::new("found", page.t_with("plan-still", &[("weeks", open.weeks.into())]))
            .small()
            .items(FollowUp::ALL.iter().map(|one| (one.code(), page.t_of("follow-up", one.code()))))
            .value(self.kept("ask", &self.typed.found).to_owned())
            .error(self.error("ask", "found"));
        let mut note =
            Input::new("reason", self.t("plan-note")).value(self.kept("ask", &self.typed.reason).to_owned());
        note.id = Some("ask-note".into());
        let weeks = open.weeks.to_string();
        let fields = view! { <input type="hidden" name="weeks" value=weeks/> {found} {note} }.into_any();
        Some(self.around("ask", plan.version, fields, Button::new(self.t("plan-ask-save"))))
    }

    fn end(&self) -> Option<AnyView> {
        let page = self.shown.page;
        let running = self.own.placements.iter().find(|one| one.ended.is_none())?;
        let day = if self.typed.act == "ended" { self.typed.on.clone() } else { Day::default() };
        let on = day.input("on", self.t("work-ended-on")).error(self.error("ended", "on-day"));
        let why = Select::new("why", self.t("work-end-why"))
            .item("", self.t("plan-choose"))
            .items(EndReason::ALL.iter().map(|one| (one.code(), page.t_of("work-end", one.code()))))
            .value(self.kept("ended", &self.typed.why))
            .error(self.error("ended", "why"));
        let id = running.id.to_string();
        let fields = view! { <input type="hidden" name="placement" value=id/> {on} {why} }.into_any();
        let form =
            self.around("ended", running.version, fields, Button::new(self.t("work-end-save")).secondary());
        Some(self.folded("ended", "work-end-title", form))
    }
}

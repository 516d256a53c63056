//! One proposal: what would change, beside what holds now and what the rules said; the second person's answer.

mod life_event;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::appeals::REVISION;
use casework::complaints::remedy::{self, REMEDY};
use casework::decisions::{self, Shown};
use casework::employment::plan::APPROVAL;
use casework::error::Conflict;
use casework::households::changes::{self, CHANGE};
use casework::households::merge::{self, MERGE, Plan, UNDO};
use casework::overrides::{self, CUT, Change, OVERRIDE};
use casework::proposals::{self, Proposal};
use casework::signatures::{self, SIGN};
use casework::{Actor, Casework, Error};
use domain::ids::ProposalId;
use domain::life::{About, Act, Cause, Note};
use domain::proposal::ProposalState;
use domain::role::Right;
use domain::signature::ReturnReason;
use leptos::prelude::*;
use serde::Deserialize;

use super::proposals::state;
use super::{case, due, hearing, ids, moment, rules};
use crate::kit::{
    Button, Content, Details, InsetText, NotificationBanner, Problems, Radios, Select, SummaryList, Textarea,
};
use crate::pages::appeals;
use crate::pages::letter::words::Voice;
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Raw, SignedIn};

/// Longest note.
const MOST: usize = 1000;

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// `approve`, `return`, `refuse`; `withdraw` or `explain` by who prepared it.
    pub answer: String,
    /// Why it is sent back, as a code.
    pub code: String,
    /// What the second person says.
    pub note: String,
    /// Version of the proposal as it was read.
    pub version: String,
}

/// What the page shows.
struct Matter {
    page: Page,
    actor: Arc<Actor>,
    casework: Casework,
    proposal: Proposal,
    /// The decision it is about.
    about: Option<Shown>,
    /// The life event that is recorded by it, with the file as it is.
    life: Option<life_event::Own>,
}

impl Matter {
    async fn read(casework: Casework, signed: SignedIn, household: &str, id: &str) -> Result<Self, Failure> {
        let SignedIn { page, actor } = signed;
        let (household, id) = ids(household, id)?;
        let proposal = proposals::proposal(&casework, &actor, ProposalId::new(id)).await?;
        if proposal.household_id != household {
            return Err(Failure::not_found());
        }
        // A change in favour on appeal is signed where all of the appeal is seen.
        if proposal.kind == REVISION {
            return Err(Failure::elsewhere(appeals::address(household, proposal.subject.id)));
        }
        // A plan for work is agreed to where all of it is seen.
        if proposal.kind == APPROVAL {
            let there = format!("/households/{household}/plan?plan={}", proposal.subject.id);
            return Err(Failure::elsewhere(there));
        }
        let about = match proposal.subject.kind.as_str() {
            "decision" => {
                Some(decisions::show(&casework, &actor, household, proposal.subject.id.into()).await?)
            }
            _ => None,
        };
        let life = life_event::Own::read(&casework, &actor, &proposal).await?;
        Ok(Self { page: page.back("/proposals"), actor, casework, proposal, about, life })
    }

    fn is_own(&self) -> bool {
        self.actor.account() == Some(self.proposal.prepared_by)
    }

    /// Whether this person made the decision that would change: then another must look.
    fn took_part(&self) -> bool {
        self.about.as_ref().is_some_and(|shown| shown.decision.decided_by == self.actor.staff_id.uuid())
    }

    fn can_answer(&self) -> bool {
        self.proposal.state == ProposalState::Waiting
            && !self.is_own()
            && !self.took_part()
            && self.actor.may_in(Right::Approve, &self.proposal.scope)
    }

    fn title(&self) -> String {
        self.page.t_of("proposal-kind", &self.proposal.kind)
    }
}

/// `GET /proposals/{household}/{proposal}`
pub async fn get(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::read(casework, signed, &household, &id).await?;
    let until = matter.page.date(matter.casework.here(matter.proposal.due_at).date());
    let news = match done.done.as_str() {
        "proposed" | "resubmitted" => {
            Some(NotificationBanner::success(matter.page.t_with("proposal-sent", &[("date", until.into())])))
        }
        _ => None,
    };
    let title = matter.title();
    Ok(render(&matter.page, &title, || show(&matter, &title, &Typed::default(), &Problems::new(), news)))
}

/// `POST /proposals/{household}/{proposal}`
pub async fn post(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut matter = Matter::read(casework.clone(), signed.clone(), &household, &id).await?;
    let problems = check(&matter.page, &typed);
    if problems.is_empty() {
        let key = match answer(&matter, &typed).await {
            Ok(done) => return Ok(Redirect::to(&format!("/proposals?done={done}")).into_response()),
            Err(Error::Conflict(Conflict::SamePerson)) => "proposal-second-person",
            Err(Error::Conflict(Conflict::NothingLeft)) => "proposal-nothing-left",
            Err(Error::Stale | Error::Conflict(_)) => "proposal-moved",
            Err(error) => return Err(error.into()),
        };
        matter = Matter::read(casework, signed, &household, &id).await?;
        matter.page = matter.page.status(StatusCode::CONFLICT);
        let (title, news) = (matter.title(), NotificationBanner::new(matter.page.t(key)));
        return Ok(render(&matter.page, &title, || show(&matter, &title, &typed, &problems, Some(news))));
    }
    matter.page = matter.page.failed();
    let title = matter.title();
    Ok(render(&matter.page, &title, || show(&matter, &title, &typed, &problems, None)))
}

fn check(page: &Page, typed: &Typed) -> Problems {
    let mut problems = Problems::new();
    let note = typed.note.trim();
    match typed.answer.as_str() {
        "withdraw" => return problems,
        "return" | "refuse" | "explain" if note.is_empty() => {
            problems.add("note", page.t("proposal-note-missing"));
        }
        "approve" | "return" | "refuse" | "explain" => {}
        _ => {
            problems.add("answer", page.t("proposal-answer-missing"));
        }
    }
    if typed.answer == "return" && typed.code.parse::<ReturnReason>().is_err() {
        problems.add("code", page.t("proposal-code-missing"));
    }
    if note.chars().count() > MOST {
        problems.add("note", page.t_with("field-too-long", &[("most", MOST.into())]));
    }
    problems
}

/// Does what was asked; what was done.
async fn answer(matter: &Matter, typed: &Typed) -> Result<&'static str, Error> {
    let Matter { casework, actor, proposal, .. } = matter;
    let (id, note) = (proposal.id, typed.note.trim().to_owned());
    let version: i64 = typed.version.parse().map_err(|_| Error::Stale)?;
    let is_about_decision = matches!(proposal.kind.as_str(), OVERRIDE | CUT | SIGN);
    match (typed.answer.as_str(), is_about_decision) {
        ("approve", true) => {
            overrides::approve(casework, actor, id, version, note).await?;
            Ok(match proposal.kind.as_str() {
                CUT => "announced",
                SIGN => "signed",
                _ => "approved",
            })
        }
        ("refuse", true) => {
            overrides::refuse(casework, actor, id, version, note).await?;
            Ok("refused")
        }
        ("approve", false) if is_merge(proposal) => {
            merge::approve(casework, actor, id, version, note).await?;
            Ok("approved")
        }
        ("refuse", false) if is_merge(proposal) => {
            merge::refuse(casework, actor, id, version, note).await?;
            Ok("refused")
        }
        ("approve", false) if proposal.kind == REMEDY => {
            remedy::approve(casework, actor, id, version, note).await?;
            Ok("approved")
        }
        ("refuse", false) if proposal.kind == REMEDY => {
            proposals::refuse(casework, actor, id, version, note).await?;
            Ok("refused")
        }
        ("approve", false) if proposal.kind == CHANGE => {
            changes::approve(casework, actor, id, version, note).await?;
            Ok("approved")
        }
        ("refuse", false) if proposal.kind == CHANGE => {
            proposals::refuse(casework, actor, id, version, note).await?;
            Ok("refused")
        }
        ("return", _) if !is_merge(proposal) && proposal.kind != CHANGE => {
            let code = typed.code.parse().map_err(|_| Error::Invalid("reason.missing"))?;
            proposals::send_back(casework, actor, id, version, code, note).await?;
            Ok("returned")
        }
        ("explain", true) => {
            signatures::explain(casework, actor, id, version, note).await?;
            Ok("explained")
        }
        ("withdraw", _) => {
            proposals::withdraw(casework, actor, id, version).await?;
            Ok("withdrawn")
        }
        _ => Err(Error::Invalid("proposal.kind")),
    }
}

/// Two records become one, or one two again: agreed to or not; what was read since is asked anew.
fn is_merge(proposal: &Proposal) -> bool {
    matches!(proposal.kind.as_str(), MERGE | UNDO)
}

fn show(
    matter: &Matter,
    title: &str,
    typed: &Typed,
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> AnyView {
    let Matter { page, about, life, .. } = matter;
    let caption = about.as_ref().map(|shown| {
        view! { <span class="govuk-caption-l">{rules::programme(page, shown)}</span> }
    });
    view! {
        {problems.summary()}
        {news}
        {caption}
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        {facts(matter)}
        {about.as_ref().map(|shown| side_by_side(matter, shown))}
        {life.as_ref().map(|own| life_event::side_by_side(page, own))}
        {about.as_ref().and_then(|shown| hearing::link(page, shown))}
        {next(matter, typed, problems)}
    }
    .into_any()
}

fn facts(matter: &Matter) -> SummaryList {
    let Matter { page, actor, casework, proposal, about, .. } = matter;
    let mut list = SummaryList::new().row(
        page.t("work-case"),
        case(page, actor, &proposal.scope, proposal.household_id, proposal.reference.as_ref()),
    );
    if let Some(shown) = about {
        let who = rules::who(shown);
        list = list.row(page.t("proposal-for"), Content::view(view! { <bdi>{who}</bdi> }));
    }
    let by = proposal.prepared_by_name.clone().unwrap_or_default();
    let by = view! { <bdi>{by}</bdi> ", " {moment(page, casework.here(proposal.prepared_at))} };
    list = list
        .row(page.t("task-state"), state(page, actor, proposal))
        .row(page.t("proposal-by"), Content::view(by));
    if matches!(proposal.state, ProposalState::Waiting) {
        list = list.row(page.t("proposal-due"), due(page, casework, proposal.due_at));
    }
    if proposal.kind == OVERRIDE {
        let why = view! {
            {page.t_of("override-reason", &proposal.reason_code)}
            <div><bdi>{proposal.reason.clone()}</bdi></div>
        };
        list = list.row(page.t("proposal-why"), Content::view(why));
    } else if proposal.kind == CUT {
        let life = about.as_ref().and_then(|shown| {
            let because = shown.decision.body.because.clone()?;
            let about = match &because.cause {
                Cause::Condition { condition, person, .. } => About {
                    condition: condition.clone(),
                    person: shown.home.name_of(&person.to_string()).unwrap_or_default().to_owned(),
                    ..About::default()
                },
                Cause::Age { .. } | Cause::Graduation { .. } => About::default(),
            };
            let words = |key: &str| {
                let key = format!("programme.{}.{key}", shown.decision.programme);
                shown.pack.words.find(page.lang.code(), &key).map(str::to_owned)
            };
            let note = Note::Intended { because, about, until: None }.worded(words);
            let voice = Voice { lang: page.lang, currency: shown.pack.about.currency.clone() };
            let why = voice.life(&note).join(" ");
            Some(page.t_with("proposal-life-why", &[("why", why.into())]))
        });
        list = list.row(page.t("proposal-why"), life.unwrap_or_else(|| page.t("proposal-cut-why")));
    } else if proposal.kind == SIGN {
        // What who prepared it said when it came back; before that the rules speak alone.
        let said = proposal.returned_at.map(|_| proposal.reason.clone());
        let why = view! {
            {page.t_of("signature-why", &proposal.reason_code)}
            <div><bdi>{said}</bdi></div>
        };
        list = list.row(page.t("proposal-why"), Content::view(why));
    } else if proposal.kind == REMEDY {
        let why = view! {
            {page.t_of("complaint-remedy", &proposal.reason_code)}
            <div><bdi>{proposal.reason.clone()}</bdi></div>
        };
        list = list.row(page.t("proposal-why"), Content::view(why));
    } else if proposal.kind == CHANGE {
        list = list.row(page.t("proposal-why"), page.t_of("life-event", &proposal.reason_code));
    } else if is_merge(proposal) {
        let why = proposal.reason.clone();
        let href = format!("/households/{}", proposal.subject.id);
        list = list.row(page.t("proposal-why"), Content::view(view! { <bdi>{why}</bdi> })).row(
            page.t("merge-other-file"),
            Content::view(view! { <a class="govuk-link" href=href>{page.t("work-see-file")}</a> }),
        );
        if let Ok(plan) = proposal.payload::<Plan>() {
            let args = [
                ("same", plan.pairs.len().into()),
                ("join", plan.joining.len().into()),
                ("ends", plan.keep.len().into()),
            ];
            list = list.row(page.t("merge-what-happens"), page.t_with("merge-plan", &args));
        }
    }
    if let (Some(at), Some(code)) = (proposal.returned_at, proposal.return_reason) {
        let why = view! {
            {page.t_of("signature-return", code.code())} ", " {moment(page, casework.here(at))}
        };
        list = list.row(page.t("proposal-returned-for"), Content::view(why));
    }
    if let Some(at) = proposal.decided_at {
        let said = view! {
            <bdi>{proposal.decided_by_name.clone().unwrap_or_default()}</bdi> ", "
            {moment(page, casework.here(at))}
            <div><bdi>{proposal.decision_note.clone()}</bdi></div>
        };
        list = list.row(page.t("proposal-answered"), Content::view(said));
    }
    list
}

/// What holds now and what the rules said beside what is proposed.
fn side_by_side(matter: &Matter, shown: &Shown) -> AnyView {
    let Matter { page, proposal, .. } = matter;
    let decision = &shown.decision;
    let of = |decision: &decisions::Decision| {
        let period = decision.period.as_deref();
        rules::outcome(page, &shown.pack, decision.outcome.code(), decision.amount_minor, period)
    };
    let sentences = rules::sentences(page, shown);
    // A cut is a decision that waits; what holds now is the one it would replace.
    let (now, then) = if proposal.kind == SIGN {
        let before = decision.supersedes.and_then(|id| shown.history.iter().find(|one| one.id == id));
        (before.map(of), of(decision))
    } else if proposal.kind == CUT {
        let before = decision.supersedes.and_then(|id| shown.history.iter().find(|one| one.id == id));
        let stops = decision.body.because.as_ref().is_some_and(|because| because.act == Act::Suspend);
        (before.map(of), if stops { page.t("proposal-then-suspend").into() } else { of(decision) })
    } else {
        let change: Option<Change> = proposal.payload().ok();
        let then = change.map(|change| {
            let period = change.period.as_deref();
            rules::outcome(page, &shown.pack, change.outcome.code(), change.amount_minor, period)
        });
        (Some(of(decision)), then.unwrap_or_default())
    };
    let decided = page.date(matter.casework.here(decision.decided_at).date());
    let see = format!("/decisions/{}/{}", proposal.household_id, decision.id);
    let trace = rules::trace(page, shown).map(|table| {
        // What nobody has looked at yet is shown with every fact at once.
        let mut details = Details::new(page.t("work-rule-trace"), table);
        details.open = proposal.kind == SIGN && proposal.state == ProposalState::Waiting;
        details
    });
    let now = now.unwrap_or_else(|| page.t("proposal-nothing-before").into());
    view! {
        <div class="govuk-grid-row">
            <div class="govuk-grid-column-one-half">
                <h2 class="govuk-heading-m">{page.t("proposal-now")}</h2>
                <div class="govuk-body">{now}</div>
                <p class="govuk-hint">{page.t_with("proposal-decided-on", &[("date", decided.into())])}</p>
            </div>
            <div class="govuk-grid-column-one-half">
                <h2 class="govuk-heading-m">{page.t("proposal-then")}</h2>
                <div class="govuk-body">{then}</div>
            </div>
        </div>
        <h2 class="govuk-heading-m">{page.t("proposal-rules")}</h2>
        <ul class="govuk-list govuk-list--bullet">{sentences}</ul>
        {trace}
        <p class="govuk-body"><a class="govuk-link" href=see>{page.t("work-see-decision")}</a></p>
    }
    .into_any()
}

/// What this person does next, or who must.
fn next(matter: &Matter, typed: &Typed, problems: &Problems) -> AnyView {
    let Matter { page, casework, proposal, .. } = matter;
    if matter.can_answer() {
        return answer_form(matter, typed, problems);
    }
    let until = page.date(casework.here(proposal.due_at).date());
    let withdraw = || {
        if proposal.is_by_rules() {
            return None;
        }
        let inside =
            view! { {Button::new(page.t("proposal-withdraw")).secondary().named("answer", "withdraw")} };
        Some(form(matter, inside.into_any()))
    };
    match proposal.state {
        ProposalState::Waiting if matter.is_own() => view! {
            {InsetText::new(page.t_with("proposal-own", &[("date", until.into())]))}
            {withdraw()}
        }
        .into_any(),
        ProposalState::Waiting if matter.took_part() => {
            InsetText::new(page.t("proposal-second-person")).into_any()
        }
        ProposalState::Waiting => {
            InsetText::new(page.t_with("proposal-waits", &[("date", until.into())])).into_any()
        }
        ProposalState::Returned if matter.is_own() => {
            let rework = (proposal.kind == OVERRIDE).then(|| {
                let href = format!("/decisions/{}/{}/override", proposal.household_id, proposal.subject.id);
                Button::link(href, page.t("proposal-rework"))
            });
            let explain = (proposal.kind == SIGN).then(|| explain_form(matter, typed, problems));
            view! {
                {InsetText::new(page.t("proposal-came-back"))}
                {explain}
                {rework}
                {withdraw()}
            }
            .into_any()
        }
        _ => ().into_any(),
    }
}

/// Who prepared a decision that came back explains it, or assesses the household anew.
fn explain_form(matter: &Matter, typed: &Typed, problems: &Problems) -> AnyView {
    let Matter { page, proposal, .. } = matter;
    let note = Textarea::new("note", page.t("signature-explain"))
        .hint(page.t("signature-explain-hint"))
        .rows(4)
        .value(&typed.note)
        .error(problems.of("note"));
    let button = Button::new(page.t("signature-send")).named("answer", "explain");
    let anew = format!("/households/{}", proposal.household_id);
    view! {
        {form(matter, view! { {note} {button} }.into_any())}
        <p class="govuk-body"><a class="govuk-link" href=anew>{page.t("signature-anew")}</a></p>
    }
    .into_any()
}

fn answer_form(matter: &Matter, typed: &Typed, problems: &Problems) -> AnyView {
    let page = &matter.page;
    // Of a cut the household is told first.
    let approve = match matter.proposal.kind.as_str() {
        CUT => "announce",
        SIGN => "sign",
        _ => "approve",
    };
    let mut answers = vec![("approve", page.t_of("proposal-answer", approve))];
    // What the rules proposed cannot be reworked by anybody: it is agreed to or not.
    if ![CUT, CHANGE].contains(&matter.proposal.kind.as_str()) && !is_merge(&matter.proposal) {
        answers.push(("return", page.t_of("proposal-answer", "return")));
    }
    // Another decision than that of the rules is an override, and begins with one.
    if matter.proposal.kind != SIGN {
        answers.push(("refuse", page.t_of("proposal-answer", "refuse")));
    }
    let returns = answers.iter().any(|(answer, _)| *answer == "return");
    let code = returns.then(|| {
        let codes =
            ReturnReason::ALL.iter().map(|one| (one.code(), page.t_of("signature-return", one.code())));
        Select::new("code", page.t("proposal-code"))
            .item("", page.t("proposal-code-none"))
            .items(codes)
            .value(&typed.code)
            .error(problems.of("code"))
    });
    let answer = Radios::new("answer", page.t("proposal-answer-legend"))
        .legend_class("govuk-fieldset__legend--m")
        .items(answers)
        .value(&typed.answer)
        .error(problems.of("answer"));
    let note = Textarea::new("note", page.t("proposal-note"))
        .hint(page.t("proposal-note-hint"))
        .rows(4)
        .value(&typed.note)
        .error(problems.of("note"));
    form(matter, view! { {answer} {code} {note} {Button::new(page.t("proposal-send"))} }.into_any())
}

fn form(matter: &Matter, inside: AnyView) -> AnyView {
    let proposal = &matter.proposal;
    view! {
        <form method="post" action=format!("/proposals/{}/{}", proposal.household_id, proposal.id) novalidate>
            <input type="hidden" name="version" value=proposal.version.to_string()/>
            {inside}
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests;

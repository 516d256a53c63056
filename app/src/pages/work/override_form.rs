//! An officer proposes to decide otherwise than the rules: another outcome, and why. It waits for a supervisor.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::decisions::{self, Shown};
use casework::overrides::{self, Change, OVERRIDE, Why};
use casework::proposals::Proposal;
use casework::{Actor, Casework, Error};
use domain::country::Currency;
use domain::ids::DecisionId;
use domain::lifecycle::decision::Outcome;
use domain::proposal::ProposalState;
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use super::{ids, rules};
use crate::kit::{
    Button, Content, Input, InsetText, NotificationBanner, Problems, Radios, SummaryList, Textarea,
};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Raw, SignedIn};

/// Longest reason; the letter says it.
const MOST: usize = 1000;
/// Why, as the statistics of overrides count it.
const CODES: [&str; 5] = ["hardship", "new_evidence", "wrong_data", "rule_does_not_fit", "other"];
/// What can be proposed.
const OUTCOMES: [Outcome; 3] = [Outcome::Award, Outcome::WaitingList, Outcome::NotEligible];
/// For which period an amount is paid.
const PERIODS: [&str; 3] = ["month", "year", "once"];

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The outcome.
    pub outcome: String,
    /// How much, in the currency's major units.
    pub amount: String,
    /// For which period.
    pub period: String,
    /// Why, as a code.
    pub code: String,
    /// Why, in words.
    pub reason: String,
    /// Version of the proposal that came back, when it is reworked.
    pub version: String,
}

impl Typed {
    /// What stood in a proposal that came back.
    fn of(proposal: &Proposal, currency: &Currency) -> Self {
        let change: Option<Change> = proposal.payload().ok();
        let (outcome, minor, period) =
            change.map_or_else(Default::default, |one| (one.outcome.code(), one.amount_minor, one.period));
        Self {
            outcome: outcome.to_owned(),
            amount: minor.map(|minor| plain(minor, currency)).unwrap_or_default(),
            period: period.unwrap_or_default(),
            code: proposal.reason_code.clone(),
            reason: proposal.reason.clone(),
            version: proposal.version.to_string(),
        }
    }
}

/// What the page shows.
struct Matter {
    page: Page,
    actor: Arc<Actor>,
    casework: Casework,
    shown: Shown,
}

impl Matter {
    async fn read(casework: Casework, signed: SignedIn, household: &str, id: &str) -> Result<Self, Failure> {
        let SignedIn { page, actor } = signed;
        let (household, id) = ids(household, id)?;
        let shown = decisions::show(&casework, &actor, household, DecisionId::new(id)).await?;
        actor.require(Right::Propose, &shown.home.scope())?;
        let page = page.back(format!("/decisions/{household}/{id}"));
        Ok(Self { page, actor, casework, shown })
    }

    fn address(&self) -> String {
        format!("/decisions/{}/{}/override", self.shown.decision.household, self.shown.decision.id)
    }

    /// The proposal about this decision that this person may rework.
    fn returned(&self) -> Option<&Proposal> {
        self.shown.waiting.iter().find(|one| {
            one.kind == OVERRIDE
                && one.state == ProposalState::Returned
                && self.actor.account() == Some(one.prepared_by)
        })
    }

    /// Whether the programme gives money, so that an amount belongs to a yes.
    fn gives_money(&self) -> bool {
        let programme = self.shown.pack.programme(&self.shown.decision.programme);
        programme.is_some_and(|def| def.amount.is_some())
    }

    /// Why nothing can be proposed now: another proposal waits, or the decision is none that can be changed.
    fn obstacle(&self) -> Option<AnyView> {
        let (page, decision) = (&self.page, &self.shown.decision);
        if self.returned().is_some() {
            return None;
        }
        if let Some(waiting) = self.shown.waiting.first() {
            let until = page.date(self.casework.here(waiting.due_at).date());
            let text = InsetText::new(page.t_with("override-waits", &[("date", until.into())]));
            let see = waiting.is_shown_to(&self.actor).then(|| {
                let href = format!("/proposals/{}/{}", waiting.household_id, waiting.id);
                view! { <p class="govuk-body"><a class="govuk-link" href=href>{page.t("work-see-proposal")}</a></p> }
            });
            return Some(view! { {text} {see} }.into_any());
        }
        (!overrides::can_be_overridden(decision))
            .then(|| InsetText::new(page.t("override-not-now")).into_any())
    }
}

/// `GET /decisions/{household}/{decision}/override`
pub async fn get(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
) -> Answer {
    let matter = Matter::read(casework, signed, &household, &id).await?;
    let currency = &matter.shown.pack.about.currency;
    let typed = matter.returned().map(|proposal| Typed::of(proposal, currency)).unwrap_or_default();
    let title = matter.page.t("override-title");
    Ok(render(&matter.page, &title, || show(&matter, &title, &typed, &Problems::new(), None)))
}

/// `POST /decisions/{household}/{decision}/override`
pub async fn post(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut matter = Matter::read(casework.clone(), signed.clone(), &household, &id).await?;
    let title = matter.page.t("override-title");
    let mut problems = Problems::new();
    if let Some((change, why)) = check(&matter, &typed, &mut problems) {
        match propose(&matter, change, why, &typed.version).await {
            Ok(next) => return Ok(Redirect::to(&next).into_response()),
            Err(Error::Invalid("override.same")) => {
                problems.add("outcome", matter.page.t("override-same"));
            }
            Err(Error::Stale | Error::Conflict(_)) => {
                matter = Matter::read(casework, signed, &household, &id).await?;
                matter.page = matter.page.status(StatusCode::CONFLICT);
                let news = NotificationBanner::new(matter.page.t("proposal-moved"));
                return Ok(render(&matter.page, &title, || {
                    show(&matter, &title, &typed, &problems, Some(news))
                }));
            }
            Err(error) => return Err(error.into()),
        }
    }
    matter.page = matter.page.failed();
    Ok(render(&matter.page, &title, || show(&matter, &title, &typed, &problems, None)))
}

/// Sends it to the supervisor; where to go then.
async fn propose(matter: &Matter, change: Change, why: Why, version: &str) -> Result<String, Error> {
    let Matter { casework, actor, shown, .. } = matter;
    let household = shown.decision.household;
    if let Some(returned) = matter.returned() {
        let version: i64 = version.parse().map_err(|_| Error::Stale)?;
        overrides::rework(casework, actor, returned.id, version, change, why).await?;
        return Ok(format!("/proposals/{household}/{}?done=resubmitted", returned.id));
    }
    let id = overrides::propose(casework, actor, household, change, why).await?;
    Ok(format!("/proposals/{household}/{id}?done=proposed"))
}

fn check(matter: &Matter, typed: &Typed, problems: &mut Problems) -> Option<(Change, Why)> {
    let page = &matter.page;
    let outcome = OUTCOMES.into_iter().find(|outcome| outcome.code() == typed.outcome);
    if outcome.is_none() {
        problems.add("outcome", page.t("override-outcome-missing"));
    }
    let (mut amount_minor, mut period) = (None, None);
    if outcome == Some(Outcome::Award) && matter.gives_money() {
        amount_minor = minor(&typed.amount, &matter.shown.pack.about.currency);
        if amount_minor.is_none() {
            problems.add("amount", page.t("override-amount-missing"));
        }
        period = PERIODS.into_iter().find(|period| *period == typed.period).map(str::to_owned);
        if period.is_none() {
            problems.add("period", page.t("override-period-missing"));
        }
    }
    if !CODES.contains(&typed.code.as_str()) {
        problems.add("code", page.t("override-code-missing"));
    }
    let reason = typed.reason.trim();
    if reason.is_empty() {
        problems.add("reason", page.t("override-reason-missing"));
    } else if reason.chars().count() > MOST {
        problems.add("reason", page.t_with("field-too-long", &[("most", MOST.into())]));
    }
    let change = Change { decision: matter.shown.decision.id, outcome: outcome?, amount_minor, period };
    let why = Why { code: typed.code.clone(), words: reason.to_owned() };
    problems.is_empty().then_some((change, why))
}

/// Minor units from an amount as people type it: spaces part thousands, a comma or a point parts the cents. A comma before
/// exactly three digits parts thousands. `None` when it is no amount above nothing.
pub(crate) fn minor(typed: &str, currency: &Currency) -> Option<i64> {
    let digits = usize::try_from(currency.minor_digits).ok()?;
    let mut text: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '\u{202f}').collect();
    if text.contains('.') || digits != 3 && text.rsplit_once(',').is_some_and(|(_, rest)| rest.len() == 3) {
        text.retain(|c| c != ',');
    }
    let (whole, cents) = match text.split_once([',', '.']) {
        Some((whole, cents)) => (whole, cents),
        None => (text.as_str(), ""),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(cents) || cents.len() > digits {
        return None;
    }
    format!("{whole}{cents:0<digits$}").parse().ok().filter(|minor| *minor > 0)
}

/// An amount as it is typed.
fn plain(minor: i64, currency: &Currency) -> String {
    let unit = 10_i64.pow(currency.minor_digits.min(9));
    let (whole, cents) = (minor / unit, minor % unit);
    match usize::try_from(currency.minor_digits) {
        Ok(digits) if cents != 0 => format!("{whole}.{cents:0digits$}"),
        _ => whole.to_string(),
    }
}

fn show(
    matter: &Matter,
    title: &str,
    typed: &Typed,
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> AnyView {
    let Matter { page, shown, .. } = matter;
    let body = matter.obstacle().unwrap_or_else(|| form(matter, typed, problems));
    view! {
        {problems.summary()}
        {news}
        <span class="govuk-caption-l">{rules::programme(page, shown)}</span>
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        {now(matter)}
        {body}
    }
    .into_any()
}

/// Whom it is about and what holds now.
fn now(matter: &Matter) -> SummaryList {
    let Matter { page, shown, .. } = matter;
    let decision = &shown.decision;
    let who = rules::who(shown);
    let period = decision.period.as_deref();
    let gives = rules::outcome(page, &shown.pack, decision.outcome.code(), decision.amount_minor, period);
    let sentences = rules::sentences(page, shown);
    let list = SummaryList::new()
        .row(page.t("proposal-for"), Content::view(view! { <bdi>{who}</bdi> }))
        .row(page.t("proposal-now"), gives);
    if sentences.is_empty() {
        return list;
    }
    let why = Content::view(view! { <ul class="govuk-list">{sentences}</ul> });
    list.row(page.t("proposal-rules"), why)
}

fn form(matter: &Matter, typed: &Typed, problems: &Problems) -> AnyView {
    let page = &matter.page;
    let outcome = Radios::new("outcome", page.t("override-outcome"))
        .legend_class("govuk-fieldset__legend--m")
        .items(OUTCOMES.map(|outcome| (outcome.code(), page.t_of("outcome", outcome.code()))))
        .value(&typed.outcome)
        .error(problems.of("outcome"));
    let money = matter.gives_money().then(|| {
        view! {
            {Input::new("amount", page.t("override-amount"))
                .hint(page.t("override-amount-hint"))
                .decimal()
                .width(10)
                .suffix(matter.shown.pack.about.currency.code.as_str())
                .value(&typed.amount)
                .error(problems.of("amount"))}
            {Radios::new("period", page.t("override-period"))
                .items(PERIODS.map(|period| (period, page.t_of("work-period", period))))
                .inline()
                .value(&typed.period)
                .error(problems.of("period"))}
        }
    });
    let code = Radios::new("code", page.t("override-code"))
        .legend_class("govuk-fieldset__legend--m")
        .items(CODES.map(|code| (code, page.t_of("override-reason", code))))
        .value(&typed.code)
        .error(problems.of("code"));
    let reason = Textarea::new("reason", page.t("override-words"))
        .hint(page.t("override-words-hint"))
        .rows(5)
        .value(&typed.reason)
        .error(problems.of("reason"));
    let days = matter.shown.pack.about.law.override_review.term;
    let text = page.t_with("override-text", &[("days", days.count().into())]);
    view! {
        <p class="govuk-body">{text}</p>
        <form method="post" action=matter.address() novalidate>
            <input type="hidden" name="version" value=typed.version.clone()/>
            {outcome}
            {money}
            {code}
            {reason}
            {Button::new(page.t("override-send"))}
        </form>
    }
    .into_any()
}

#[cfg(test)]
pub(super) mod tests;

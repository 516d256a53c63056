//! One appeal: what is contested and why, where it stands, what was said, and what this person may do now.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::appeals::bundle::{self, Shown};
use casework::appeals::{Hat, Issue};
use casework::decisions::Decision;
use casework::error::Conflict;
use casework::{Actor, Casework, Error};
use domain::appeal::{AppealState, Finding};
use domain::reference::Reference;
use leptos::prelude::*;

use super::{about, acts, address, forms, ids};
use crate::kit::{Content, InsetText, NotificationBanner, Problems, SummaryList, Table, Tag};
use crate::pages::work::rules;
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn};

/// What the page shows.
pub(super) struct Matter {
    pub page: Page,
    pub actor: Arc<Actor>,
    pub casework: Casework,
    pub shown: Shown,
}

impl Matter {
    async fn read(
        casework: Casework,
        SignedIn { page, actor }: SignedIn,
        household: &str,
        appeal: &str,
    ) -> Result<Self, Failure> {
        let (household, id) = ids(household, appeal)?;
        let shown = bundle::show(&casework, &actor, household, id).await?;
        Ok(Self { page: page.back("/appeals"), actor, casework, shown })
    }

    pub fn address(&self) -> String {
        address(self.shown.appeal().household, self.shown.appeal().id)
    }

    pub fn about(&self, issue: &Issue) -> String {
        about(&self.page, &self.shown.pack, &self.shown.home, issue)
    }

    fn title(&self) -> String {
        self.page.t_with("appeal-title", &[("number", self.shown.appeal().number.into())])
    }

    pub fn day(&self, at: time::OffsetDateTime) -> String {
        self.page.date(self.casework.here(at).date())
    }
}

/// `GET /appeals/{household}/{appeal}`
pub async fn get(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, appeal)): Path<(String, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::read(casework, signed, &household, &appeal).await?;
    let news = matter.page.t_if_of("appeal-done", &done.done).filter(|_| !done.done.is_empty());
    Ok(answer(&matter, &[], &Problems::new(), news.map(NotificationBanner::success)))
}

/// `POST /appeals/{household}/{appeal}`: one thing that is done with it, by its `act`.
pub async fn post(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, appeal)): Path<(String, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let mut matter = Matter::read(casework.clone(), signed.clone(), &household, &appeal).await?;
    let mut problems = Problems::new();
    let key = match acts::act(&matter, &pairs, &mut problems).await {
        Ok(Some(done)) => {
            // Whoever does not see it any more goes back to the desk.
            let next = match done {
                "conflict" => "/appeals".to_owned(),
                done => format!("{}?done={done}", matter.address()),
            };
            return Ok(Redirect::to(&next).into_response());
        }
        Ok(None) => {
            matter.page = matter.page.failed();
            return Ok(answer(&matter, &pairs, &problems, None));
        }
        Err(Error::Conflict(Conflict::TookPart | Conflict::SamePerson)) => "appeal-took-part",
        Err(Error::Conflict(Conflict::NothingLeft)) => "proposal-nothing-left",
        Err(Error::Conflict(Conflict::Held)) => "appeal-held",
        Err(Error::Stale | Error::Conflict(_)) => "appeal-moved",
        Err(error) => return Err(error.into()),
    };
    matter = Matter::read(casework, signed, &household, &appeal).await?;
    matter.page = matter.page.status(StatusCode::CONFLICT);
    let news = NotificationBanner::new(matter.page.t(key));
    Ok(answer(&matter, &pairs, &problems, Some(news)))
}

fn answer(
    matter: &Matter,
    typed: &[(String, String)],
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> axum::response::Response {
    let title = matter.title();
    render(&matter.page, &title, || {
        view! {
            {problems.summary()}
            {news}
            <span class="govuk-caption-l">
                <bdi class="app-reference">{Reference::written(&matter.shown.home.reference)}</bdi> " "
                <bdi>{matter.shown.home.addressee()}</bdi>
            </span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {facts(matter)}
            {issues(matter)}
            {said(matter)}
            {papers(matter)}
            {forms::next(matter, typed, problems)}
        }
        .into_any()
    })
}

fn facts(matter: &Matter) -> SummaryList {
    let Matter { page, shown, casework, .. } = matter;
    let appeal = shown.appeal();
    let state = page.t_of("appeal-state", appeal.state.code());
    let tag = if appeal.state.is_open() { Tag::new(state) } else { Tag::new(state).colour("grey") };
    let grounds = appeal.grounds.clone();
    let mut list = SummaryList::new()
        .row(page.t("appeal-state"), Content::view(tag))
        .row(page.t("appeal-lodged"), matter.day(appeal.lodged_at))
        .row(page.t("appeal-channel"), page.t_of("appeal-channel-how", appeal.channel.code()))
        .row(page.t("appeal-grounds-short"), Content::view(view! { <bdi>{grounds}</bdi> }))
        .row(
            page.t("appeal-hearing"),
            page.t(if appeal.wants_hearing { "appeal-hearing-yes" } else { "appeal-hearing-no" }),
        );
    let first: Vec<String> =
        appeal.priorities().iter().map(|one| page.t_of("appeal-priority", one.code())).collect();
    if !first.is_empty() {
        list = list.row(page.t("appeal-priority"), page.list(first));
    }
    if appeal.is_late() {
        let late = appeal.late_reason.clone();
        let note = appeal.condonation_note.clone();
        let told = page.t_of("appeal-condonation", &appeal.condonation);
        list = list.row(
            page.t("appeal-late-short"),
            Content::view(
                view! { <bdi>{late}</bdi> <div><strong>{told}</strong> " " <bdi>{note}</bdi></div> },
            ),
        );
    }
    let due = shown.clocks.iter().filter(|clock| clock.ended_at.is_none());
    for clock in due {
        let at = casework.here(clock.due_at);
        let late = (at < casework.now()).then(|| Tag::new(page.t("work-late")).colour("red"));
        let source = clock.legal_basis.clone();
        list = list.row(
            page.t_of("clock-kind", &clock.kind),
            Content::view(view! {
                <bdi>{page.date(at.date())}</bdi> " " {late} <div class="govuk-hint">{source}</div>
            }),
        );
    }
    if let Some(member) = appeal.member {
        let name = shown.name(Some(member)).to_owned();
        list = list.row(page.t("appeal-member"), Content::view(view! { <bdi>{name}</bdi> }));
    }
    if let Some(at) = appeal.hearing_at {
        let how = page.t_of("appeal-how", &appeal.hearing_how);
        let place = appeal.hearing_place.clone();
        let when = page.date_time(casework.here(at));
        list = list.row(
            page.t("appeal-hearing-day"),
            Content::view(view! { <bdi>{when}</bdi> ", " {how} ", " <bdi>{place}</bdi> }),
        );
    }
    if !appeal.response.is_empty() {
        let said = appeal.response.clone();
        list = list.row(page.t("appeal-response"), Content::view(view! { <bdi>{said}</bdi> }));
    }
    if !appeal.reasons.is_empty() {
        let said = appeal.reasons.clone();
        list = list.row(page.t("appeal-reasons"), Content::view(view! { <bdi>{said}</bdi> }));
    }
    list
}

/// What is contested, what was found, what was decided of it.
fn issues(matter: &Matter) -> AnyView {
    let Matter { page, shown, .. } = matter;
    let head =
        ["appeal-issue", "appeal-contested", "appeal-finding", "appeal-outcome"].map(|key| page.t(key));
    let table = shown.decisions.iter().fold(
        Table::new(page.t("appeal-issues")).head(head),
        |table, (issue, contested, new)| {
            table.row([
                name(matter, issue, contested.as_ref()),
                contested_words(matter, issue, contested.as_ref()),
                found(matter, issue),
                decided(matter, issue, new.as_ref()),
            ])
        },
    );
    table.scroll().into_any()
}

fn name(matter: &Matter, issue: &Issue, contested: Option<&Decision>) -> Content {
    let about = matter.about(issue);
    match contested.filter(|_| matter.shown.seen.hat == Hat::Office) {
        Some(decision) => {
            let href = format!("/decisions/{}/{}", decision.household, decision.id);
            Content::view(view! { <a class="govuk-link" href=href>{about}</a> })
        }
        None => about.into(),
    }
}

fn contested_words(matter: &Matter, issue: &Issue, contested: Option<&Decision>) -> Content {
    let Matter { page, shown, .. } = matter;
    let on = matter.day(issue.contested_at);
    let stays = issue.stays.then(|| {
        view! { <div class="govuk-hint govuk-!-margin-bottom-0">{page.t("appeal-stays")}</div> }
    });
    let what = match contested {
        Some(one) => {
            rules::outcome(page, &shown.pack, one.outcome.code(), one.amount_minor, one.period.as_deref())
        }
        None => page.t_with("appeal-late-since", &[("date", on.clone().into())]).into(),
    };
    Content::view(view! { {what} <div><bdi>{on}</bdi></div> {stays} })
}

fn found(matter: &Matter, issue: &Issue) -> Content {
    let Matter { page, shown, .. } = matter;
    let words = match issue.finding() {
        Some(finding) => page.t_of("appeal-found", finding.code()),
        None if issue.proposal_id.is_some() && shown.appeal().state == AppealState::Acknowledged => {
            page.t("appeal-found-waits")
        }
        None => return Content::default(),
    };
    let note = issue.finding_note.clone();
    let by = shown.name(issue.reconsidered_by).to_owned();
    Content::view(
        view! { <strong>{words}</strong> <div><bdi>{note}</bdi></div> <div class="govuk-hint"><bdi>{by}</bdi></div> },
    )
}

fn decided(matter: &Matter, issue: &Issue, new: Option<&Decision>) -> Content {
    let Matter { page, shown, .. } = matter;
    let holds = new.map(|one| {
        let gives =
            rules::outcome(page, &shown.pack, one.outcome.code(), one.amount_minor, one.period.as_deref());
        let from = one.body.overridden.as_ref().and_then(|own| own.from);
        let from = from.map(|day| page.t_with("appeal-from", &[("date", page.date(day).into())]));
        view! { <div>{gives}</div> <div>{from}</div> }
    });
    let outcome = issue.outcome().map(|outcome| {
        let codes: Vec<String> = shown
            .reasons
            .iter()
            .filter(|(id, _)| *id == issue.id.uuid())
            .map(|(_, code)| page.t_of("appeal-reason", code))
            .collect();
        let note = issue.outcome_note.clone();
        view! {
            <strong>{page.t_of("appeal-outcome-of", outcome.code())}</strong>
            <div><bdi>{note}</bdi></div>
            <div class="govuk-hint">{page.list(codes)}</div>
        }
    });
    if issue.finding() != Some(Finding::Revised) && outcome.is_none() {
        return Content::default();
    }
    Content::view(view! { {outcome} {holds} })
}

/// What was said on the way.
fn said(matter: &Matter) -> Option<AnyView> {
    let Matter { page, shown, casework, .. } = matter;
    if shown.notes.is_empty() {
        return None;
    }
    let list = shown.notes.iter().fold(SummaryList::new(), |list, note| {
        let what = page.t_of("history-step", &note.event);
        let at = page.date_time(casework.here(note.at));
        let by = note.by_name.clone().unwrap_or_else(|| page.t("appeal-the-person"));
        let body = note.body.clone();
        list.row(
            Content::view(
                view! { {what} <div class="govuk-hint"><bdi>{at}</bdi> ", " <bdi>{by}</bdi></div> },
            ),
            Content::view(view! { <bdi>{body}</bdi> }),
        )
    });
    Some(view! { <h2 class="govuk-heading-m">{page.t("appeal-said")}</h2> {list} }.into_any())
}

/// The papers of it: letters to the person, and everything in one.
fn papers(matter: &Matter) -> AnyView {
    let Matter { page, shown, .. } = matter;
    let here = matter.address();
    let letters: Vec<AnyView> = super::letter::there(shown.appeal())
        .into_iter()
        .map(|kind| {
            let href = format!("{here}/letters/{kind}");
            view! { <li><a class="govuk-link" href=href>{page.t_of("appeal-letter", kind)}</a></li> }
                .into_any()
        })
        .collect();
    let bundle = format!("{here}/bundle");
    let waiting = (!shown.waiting.is_empty() && shown.seen.hat != Hat::Tribunal)
        .then(|| InsetText::new(page.t("appeal-found-waits")));
    view! {
        {waiting}
        <h2 class="govuk-heading-m">{page.t("appeal-papers")}</h2>
        <ul class="govuk-list govuk-list--bullet">
            {letters}
            <li><a class="govuk-link" href=bundle>{page.t("bundle-title")}</a></li>
        </ul>
    }
    .into_any()
}

//! One change: what it is for, its documents, its gates, what it would do, and every step.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::error::Conflict;
use casework::policy::simulating::{self, Running};
use casework::policy::{self, Holder, Looked, Outcome, Whole};
use casework::{Actor, Casework, Error};
use domain::definitions::Guarantee;
use domain::ids::ChangeId;
use domain::policy::difference::Difference;
use leptos::prelude::*;
use serde_json::Value;
use time::OffsetDateTime;

use super::super::desk;
use super::super::difference::{self, Told};
use super::new::{Typed, refused};
use super::{address, document, effect, gates, name, standing, state, version_state};
use crate::kit::{
    Button, Cell, Content, Details, InsetText, NotificationBanner, Problems, Select, SummaryList, Table,
};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn};

/// Longest reason.
const LONGEST: usize = 2000;

/// What stands on the page.
struct Matter {
    whole: Whole,
    looked: Looked,
    running: Option<Running>,
    report: Option<(OffsetDateTime, Value)>,
    /// Documents in force that the change does not have yet.
    others: Vec<String>,
    /// What each document says differently.
    differences: Vec<(String, Vec<Difference>)>,
}

impl Matter {
    async fn load(casework: &Casework, actor: &Actor, id: ChangeId) -> Result<Self, Error> {
        let whole = policy::show(casework, actor, id).await?;
        let looked = policy::gates(casework, actor, id).await?;
        let running = simulating::running(casework, actor, id).await?;
        let of_this = whole.simulations.iter().find(|one| one.bundle == looked.bundle);
        let report = match of_this.or(whole.simulations.first()) {
            Some(one) => Some(policy::simulation(casework, actor, id, one.id).await?),
            None => None,
        };
        let others = if whole.change.state.is_open() {
            let all = policy::documents(casework, actor).await?;
            let known = |name: &String| whole.documents.iter().any(|part| part.name == *name);
            all.into_iter().map(|one| one.name).filter(|name| !known(name)).collect()
        } else {
            Vec::new()
        };
        let differences = policy::differences(casework, actor, id).await?;
        Ok(Self { whole, looked, running, report, others, differences })
    }
}

/// What was typed and could not be taken, and what is said of it.
#[derive(Default)]
struct Said {
    intent: Option<Typed>,
    reason: String,
    problems: Problems,
    news: Option<NotificationBanner>,
    held: Vec<Holder>,
}

/// `GET /policy/{change}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<ChangeId>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, id).await?;
    let news = standing::news(&done.done).map(|key| NotificationBanner::success(page.t(key)));
    Ok(show(&casework, &actor, &page, &matter, &Said { news, ..Said::default() }))
}

/// `POST /policy/{change}`: every step, named by `act`.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<ChangeId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str());
    let version: i64 = value("version").trim().parse().unwrap_or(0);
    let reason = value("reason").trim();
    let mut said = Said { reason: reason.to_owned(), ..Said::default() };
    if reason.chars().count() > LONGEST {
        said.problems.add("reason", page.t_with("field-too-long", &[("most", LONGEST.into())]));
        let matter = Matter::load(&casework, &actor, id).await?;
        return Ok(show(&casework, &actor, &page.failed(), &matter, &said));
    }
    if value("act") == "seen" {
        policy::notices::read(&casework, &actor, id).await?;
        return Ok(Redirect::to("/policy").into_response());
    }
    let (me, done) = (&*actor, |done: &'static str| move |()| (Outcome::Done, done));
    let outcome = match value("act") {
        "describe" => {
            let typed = Typed::read(&pairs);
            let outcome = match typed.intent(&page) {
                Ok(intent) => {
                    policy::describe(&casework, me, id, version, intent).await.map(done("described"))
                }
                Err(problems) => {
                    said.problems = problems;
                    Err(Error::Invalid("typed"))
                }
            };
            said.intent = Some(typed);
            outcome
        }
        "take_out" => policy::take_out(&casework, me, id, version, value("name"))
            .await
            .map(|_| (Outcome::Done, "taken_out")),
        "accept_gap" => match Guarantee::parse(value("guarantee")) {
            Some(guarantee) => {
                let why = value(&format!("gap-{}", guarantee.as_str())).to_owned();
                policy::acknowledge(&casework, me, id, version, guarantee, &why).await.map(done("accepted"))
            }
            None => Err(Error::Invalid("guarantee")),
        },
        "simulate" => match simulating::begin(&casework, me, id).await {
            Ok(()) => {
                let (casework, actor) = (casework.clone(), actor.clone());
                tokio::spawn(async move {
                    if let Err(error) = simulating::work(&casework, &actor, id).await {
                        tracing::error!(%error, change = %id, "simulation");
                    }
                });
                Ok((Outcome::Done, "simulating"))
            }
            Err(error) => Err(error),
        },
        "submit" => policy::submit(&casework, me, id, version).await.map(|outcome| (outcome, "submitted")),
        "approve" => {
            let approved = policy::approve(&casework, me, id, version).await;
            // What is to hold from today on holds at once; what fails here is tried again by the worker.
            if approved == Ok(Outcome::Done)
                && let Err(error) = policy::put_due_in_force(&casework).await
            {
                tracing::warn!(%error, change = %id, "not in force yet");
            }
            approved.map(|outcome| (outcome, "approved"))
        }
        "send_back" => policy::send_back(&casework, me, id, version, reason).await.map(done("returned")),
        "withdraw" => policy::withdraw(&casework, me, id, version, reason).await.map(done("withdrawn")),
        _ => Err(Error::Invalid("act")),
    };
    let key = match outcome {
        Ok((Outcome::Done, done)) => {
            return Ok(Redirect::to(&format!("{}?done={done}", address(id))).into_response());
        }
        Ok((Outcome::Refused(_) | Outcome::Shut(_), _)) => "policy-shut",
        Ok((Outcome::Held(held), _)) => {
            said.held = held;
            "policy-held"
        }
        Err(Error::Stale) => "policy-stale",
        Err(Error::Conflict(Conflict::SamePerson)) => "policy-own",
        Err(Error::Conflict(_)) => "policy-moved",
        Err(Error::Invalid("change.empty")) => "policy-empty",
        Err(Error::Invalid("change.faulty")) => "policy-faulty",
        Err(Error::Invalid("reason.missing")) if said.intent.is_none() => {
            said.problems.add("reason", page.t("policy-reason-missing"));
            "policy-reason-missing"
        }
        Err(Error::Invalid("typed")) => "policy-shown-again",
        Err(error) => match refused(&page, &error) {
            Some(problems) => {
                // A day that is over is put right where the change is described.
                said.problems = problems;
                "policy-shown-again"
            }
            None => return Err(error.into()),
        },
    };
    let matter = Matter::load(&casework, &actor, id).await?;
    let page = if said.problems.is_empty() {
        said.news = Some(NotificationBanner::new(page.t(key)));
        page.status(StatusCode::CONFLICT)
    } else {
        page.failed()
    };
    Ok(show(&casework, &actor, &page, &matter, &said))
}

fn show(casework: &Casework, actor: &Actor, page: &Page, matter: &Matter, said: &Said) -> Response {
    let page = &page.clone().back("/policy");
    let title = matter.whole.change.title.clone();
    render(page, &title, || {
        let held = said.held.iter().map(|holder| {
            let day = page.date(holder.live_on);
            let args = [("name", holder.name.as_str().into()), ("day", day.as_str().into())];
            let (text, other, href) =
                (page.t_with("policy-held-by", &args), holder.title.clone(), address(holder.change));
            view! { <li>{text} " " <a class="govuk-link" href=href><bdi>{other}</bdi></a></li> }
        });
        let held = held.collect_view();
        view! {
            {said.problems.summary()}
            {said.news.clone()}
            <ul class="govuk-list">{held}</ul>
            <h1 class="govuk-heading-l"><bdi>{title.clone()}</bdi></h1>
            {about(page, casework, &matter.whole)}
            {describe(page, &matter.whole, said)}
            {desk::parts(page, casework, matter.whole.change.id)}
            {documents(page, matter)}
            {differences(page, casework, matter)}
            <h2 class="govuk-heading-m">{page.t("policy-gates")}</h2>
            <p class="govuk-body">{page.t("policy-gates-lead")}</p>
            {gates::table(page, &matter.looked)}
            {standing::gaps(page, &matter.whole, &matter.looked)}
            {simulation(page, casework, matter)}
            {standing::steps(page, &matter.whole, actor, &said.reason, &said.problems)}
        }
        .into_any()
    })
}

fn about(page: &Page, casework: &Casework, whole: &Whole) -> SummaryList {
    let change = &whole.change;
    let words = |text: String| Content::view(view! { <bdi>{text}</bdi> });
    let by = |person: &policy::changes::Person, at: OffsetDateTime| {
        let (who, at) = (name(page, person), page.date_time(casework.here(at)));
        words(page.t_with("policy-by-at", &[("who", who.as_str().into()), ("at", at.as_str().into())]))
    };
    let mut list = SummaryList::new()
        .row(page.t("policy-state"), state(page, change.state))
        .row(page.t("policy-live-on"), words(page.date(change.live_on)))
        .row(page.t("policy-why"), words(change.why.clone()))
        .row(page.t("policy-author"), by(&change.author, change.opened_at));
    if !whole.editors.is_empty() {
        let editors = page.list(whole.editors.iter().map(|person| name(page, person)));
        list = list.row(page.t("policy-editors"), words(editors));
    }
    if let Some((person, at)) = &change.submitted {
        list = list.row(page.t("policy-submitted"), by(person, *at));
    }
    if let Some((person, at)) = &change.approved {
        list = list.row(page.t("policy-approved"), by(person, *at));
    }
    if !change.note.is_empty() {
        let note = match change.note.as_str() {
            "base.moved" => page.t("policy-note-moved"),
            "faulty" => page.t("policy-note-faulty"),
            "gates" => page.t("policy-note-gates"),
            note => note.to_owned(),
        };
        list = list.row(page.t("policy-note"), words(note));
    }
    if let Some(pack) = &change.pack {
        let (href, text) = (format!("/packs/{pack}"), page.t("policy-pack-link"));
        let link = view! { <a class="govuk-link" href=href>{text}</a> };
        list = list.row(page.t("policy-pack"), Content::view(link));
    }
    list
}

/// Title, reason and day may be put right while it is written.
fn describe(page: &Page, whole: &Whole, said: &Said) -> AnyView {
    if !whole.change.state.is_open() {
        return ().into_any();
    }
    let typed = said.intent.clone().unwrap_or_else(|| Typed::of(&whole.change));
    let id = whole.change.id;
    let form = view! {
        <form method="post" action=address(id) novalidate>
            <input type="hidden" name="version" value=whole.change.version.to_string()/>
            {typed.fields(page, &said.problems)}
            {Button::new(page.t("policy-describe-button")).secondary().named("act", "describe")}
        </form>
    };
    let mut details = Details::new(page.t("policy-describe"), Content::view(form));
    details.open = said.problems.iter().any(|(field, _)| field != "reason");
    details.into_any()
}

fn documents(page: &Page, matter: &Matter) -> AnyView {
    let whole = &matter.whole;
    let (id, is_open) = (whole.change.id, whole.change.state.is_open());
    let head = ["policy-document", "policy-document-version", "policy-state", "policy-document-do"]
        .map(|key| page.t(key));
    let mut table = Table::new(page.t("policy-parts")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for part in &whole.documents {
        let (href, named) = (document::of(id, &part.name), part.name.clone());
        let link = view! { <a class="govuk-link" href=href><bdi>{named}</bdi></a> };
        let stale = part.is_stale().then(|| page.t("policy-document-stale"));
        let gone = part.gone.then(|| page.t("policy-document-gone"));
        let numbers = page
            .t_with("policy-document-numbers", &[("number", part.number.into()), ("base", part.base.into())]);
        let take_out = is_open.then(|| {
            let about = part.name.clone();
            let label =
                view! { {page.t("policy-take-out")} <span class="govuk-visually-hidden">" " {about}</span> };
            view! {
                <form method="post" action=address(id)>
                    <input type="hidden" name="version" value=whole.change.version.to_string()/>
                    <input type="hidden" name="name" value=part.name.clone()/>
                    {Button::new(Content::view(label)).secondary().named("act", "take_out")}
                </form>
            }
        });
        table = table.row([
            Cell::new(Content::view(link)),
            Cell::new(Content::view(view! { {numbers} " " {gone} " " {stale} })),
            Cell::new(version_state(page, part.state)),
            Cell::new(Content::view(take_out)),
        ]);
    }
    let list = if whole.documents.is_empty() {
        InsetText::new(page.t("policy-parts-none")).into_any()
    } else {
        table.into_any()
    };
    let add = is_open.then(|| {
        let names = matter.others.iter().map(|name| (name.clone(), name.clone()));
        view! {
            <form method="get" action=format!("{}/document", address(id))>
                {Select::new("name", page.t("policy-parts-add")).items(names)}
                {Button::new(page.t("policy-parts-add-button")).secondary()}
            </form>
        }
    });
    let form = format!("{}/form", address(id));
    view! {
        <h2 class="govuk-heading-m">{page.t("policy-parts")}</h2>
        {list}
        {add}
        <p class="govuk-body"><a class="govuk-link" href=form>{page.t("policy-form-link")}</a></p>
    }
    .into_any()
}

/// What the change says differently, document by document: what the second person signs.
fn differences(page: &Page, casework: &Casework, matter: &Matter) -> AnyView {
    let pack = matter.looked.pack.clone().or_else(|| casework.pack().ok());
    let (Some(pack), false) = (pack, matter.differences.is_empty()) else { return ().into_any() };
    let parts = matter.differences.iter().map(|(name, found)| {
        let told = Told { page, pack: &pack, on: matter.whole.change.live_on, name };
        let list = difference::list(&told, found);
        let name = name.clone();
        view! { <h3 class="govuk-heading-s"><bdi>{name}</bdi></h3> {list} }
    });
    let parts = parts.collect_view();
    view! { <h2 class="govuk-heading-m" id="differences">{page.t("diff-title")}</h2> {parts} }.into_any()
}

fn simulation(page: &Page, casework: &Casework, matter: &Matter) -> AnyView {
    let change = &matter.whole.change;
    let report = match &matter.report {
        Some(report) => effect::report(page, casework, report),
        None => view! { <p class="govuk-body">{page.t("policy-effect-none")}</p> }.into_any(),
    };
    let at_work = matter.running.as_ref().is_some_and(|run| run.state == simulating::RunState::Running);
    let may = !domain::lifecycle::Lifecycle::is_final(change.state) && !matter.whole.documents.is_empty();
    let begin = (may && !at_work).then(|| {
        view! {
            <form method="post" action=address(change.id)>
                {Button::new(page.t("policy-simulate")).secondary().named("act", "simulate")}
            </form>
        }
    });
    let again = at_work.then(|| {
        let href = format!("{}#effect", address(change.id));
        view! { <p class="govuk-body"><a class="govuk-link" href=href>{page.t("policy-look-again")}</a></p> }
    });
    view! {
        <h2 class="govuk-heading-m" id="effect">{page.t("policy-effect")}</h2>
        {effect::running(page, matter.running.as_ref())}
        {again}
        {report}
        {begin}
    }
    .into_any()
}

//! Following a complaint: code and PIN, then what happened, what is next and by when, and what they can do.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use casework::complaints::own::{self, Doing, Knock, Next, Status};
use casework::tracking::{Limits, Opened};
use casework::{Casework, Error};
use domain::complaint::{ComplaintState, NoteKind};
use domain::ids::AttachmentId;
use domain::pin::Pin;
use domain::reference::Reference;
use leptos::prelude::*;
use serde::Deserialize;

use super::visit;
use crate::edge::Peer;
use crate::kit::{Button, Details, Input, NotificationBanner, Problems, Textarea};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{AppState, Asked, Done};
use crate::upload::{self, Sent};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// `enter`, `say`, `content`, `disagree`, `withdraw`, `leave`.
    pub act: String,
    /// The code.
    pub code: String,
    /// The PIN; never shown again.
    pub pin: String,
    /// What they say.
    pub words: String,
}

/// `GET /complain/status`
pub async fn get(
    State(state): State<AppState>,
    page: Page,
    headers: HeaderMap,
    Asked(done): Asked<Done>,
) -> Answer {
    let news = page.t_if_of("complain-did", &done.done);
    match shown(&state, &headers).await? {
        Some(status) => Ok(view(&state.casework, &page, &status, &Typed::default(), &Problems::new(), news)),
        None => Ok(door(&page, &Typed::default(), &Problems::new(), news)),
    }
}

/// The complaint of who is in.
async fn shown(state: &AppState, headers: &HeaderMap) -> Result<Option<Status>, Failure> {
    let Some(token) = visit::held(state, headers) else { return Ok(None) };
    match own::status(&state.casework, &token).await {
        Ok(status) => Ok(Some(status)),
        Err(Error::Forbidden) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `POST /complain/status`
pub async fn post(
    State(state): State<AppState>,
    page: Page,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    sent: Sent<Typed>,
) -> Answer {
    let mut problems = Problems::new();
    let typed = &sent.typed;
    if typed.act == "enter" {
        return enter(&state, page, peer, typed).await;
    }
    let Some(token) = visit::held(&state, &headers) else {
        return Ok(Redirect::to("/complain/status?done=over").into_response());
    };
    if typed.act == "leave" {
        own::leave(&state.casework, &token).await?;
        let gone = AppendHeaders([(header::SET_COOKIE, visit::gone(&state))]);
        return Ok((gone, Redirect::to("/complain/status?done=left")).into_response());
    }
    upload::refuse(&page, &sent.faults, &mut problems);
    if problems.is_empty() {
        let words = typed.words.clone();
        let doing = match typed.act.as_str() {
            "content" => Doing::Reply(true, words),
            "disagree" => Doing::Reply(false, words),
            "withdraw" => Doing::Withdraw(words),
            _ => Doing::Say(words, sent.files.clone()),
        };
        match own::act(&state.casework, &token, doing).await {
            Ok(()) => {
                let done = if typed.act.is_empty() { "say" } else { typed.act.as_str() };
                return Ok(Redirect::to(&format!("/complain/status?done={done}")).into_response());
            }
            Err(Error::Forbidden) => return Ok(Redirect::to("/complain/status?done=over").into_response()),
            Err(Error::Invalid("note.missing")) => problems.add(at(typed), page.t("complain-words-missing")),
            Err(Error::Invalid("note.long")) => problems.add(at(typed), page.t("complain-too-long")),
            Err(Error::Invalid("file.too_many")) => problems.add("files", page.t("complain-files-enough")),
            Err(error) => return Err(error.into()),
        };
    }
    match shown(&state, &headers).await? {
        Some(status) => Ok(view(&state.casework, &page.failed(), &status, typed, &problems, None)),
        None => Ok(Redirect::to("/complain/status?done=over").into_response()),
    }
}

/// The field in which the words of an act stand.
fn at(typed: &Typed) -> &'static str {
    match typed.act.as_str() {
        "content" | "disagree" => "reply-words",
        "withdraw" => "withdraw-words",
        _ => "words",
    }
}

async fn enter(state: &AppState, page: Page, peer: Option<Extension<Peer>>, typed: &Typed) -> Answer {
    let mut problems = Problems::new();
    if Reference::parse(&typed.code).is_err() {
        problems.add("code", page.t("complain-code-shape"));
    }
    if Pin::parse(&typed.pin).is_err() {
        problems.add("pin", page.t("track-pin-shape"));
    }
    if problems.is_empty() {
        let knock = Knock {
            code: typed.code.clone(),
            pin: typed.pin.clone(),
            address: peer.map(|Extension(Peer(address))| address).unwrap_or_default(),
        };
        let limits = if page.person().is_some() { Limits::OFFICE } else { Limits::PUBLIC };
        match own::enter(&state.casework, &knock, limits).await? {
            Opened::In(token) => {
                let kept = AppendHeaders([(header::SET_COOKIE, visit::kept(state, &token))]);
                return Ok((kept, Redirect::to("/complain/status")).into_response());
            }
            Opened::Refused => problems.add("code", page.t("complain-refused")),
            Opened::TooMany => problems.add("code", page.t("complain-too-many")),
        };
    }
    Ok(door(&page.failed(), typed, &problems, None))
}

fn door(page: &Page, typed: &Typed, problems: &Problems, news: Option<String>) -> axum::response::Response {
    let title = page.t("complain-door-title");
    render(page, &title, || {
        view! {
            {problems.summary()}
            {news.map(NotificationBanner::new)}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{title.clone()}</h1>
                    <p class="govuk-body">{page.t("complain-door-lead")}</p>
                    <form method="post" action="/complain/status" autocomplete="off" novalidate>
                        <input type="hidden" name="act" value="enter"/>
                        {Input::new("code", page.t("complain-code"))
                            .label_class("govuk-label--s")
                            .hint(page.t("track-reference-hint"))
                            .value(&typed.code)
                            .width(20)
                            .autocomplete("off")
                            .attribute("autocapitalize", "characters")
                            .attribute("spellcheck", "false")
                            .attribute("dir", "ltr")
                            .error(problems.of("code"))}
                        {Input::new("pin", page.t("complain-pin"))
                            .label_class("govuk-label--s")
                            .width(10)
                            .numeric()
                            .autocomplete("off")
                            .attribute("dir", "ltr")
                            .error(problems.of("pin"))}
                        {Button::new(page.t("complain-door-button"))}
                    </form>
                    <p class="govuk-body">
                        <a class="govuk-link" href="/complain">{page.t("complain-write")}</a>
                    </p>
                </div>
            </div>
        }
        .into_any()
    })
}

/// What is next, in words, and how the box around it looks.
fn next(casework: &Casework, page: &Page, status: &Status) -> (String, &'static str) {
    let by = |key: &str, at| page.t_with(key, &[("date", page.date(casework.here(at).date()).into())]);
    let plain = "app-verdict";
    let yours = "app-verdict app-verdict--needs";
    match status.next {
        Next::WeAcknowledge(at) => (by("complain-next-acknowledge", at), plain),
        Next::WeAnswer(at) => (by("complain-next-answer", at), plain),
        Next::WeAreLate => (page.t("complain-next-late"), plain),
        Next::YouAnswer(at) => (by("complain-next-you", at), yours),
        Next::YouReply(at) => (by("complain-next-reply", at), yours),
        Next::Nothing => (page.t("complain-next-nothing"), "app-verdict app-verdict--yes"),
    }
}

fn view(
    casework: &Casework,
    page: &Page,
    status: &Status,
    typed: &Typed,
    problems: &Problems,
    news: Option<String>,
) -> axum::response::Response {
    let title = page.t("complain-status-title");
    let (next, class) = next(casework, page, status);
    let level = (status.escalated > 0).then(|| page.t_of("complain-level", status.level.code()));
    let code = status.code.to_string();
    render(page, &title, || {
        view! {
            {problems.summary()}
            {news.map(NotificationBanner::success)}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{title.clone()}</h1>
                    <p class="govuk-body">{page.t("complain-code")} " " <bdi class="app-reference">{code}</bdi></p>
                    <div class=class>
                        <h2 class="govuk-heading-m">{page.t_of("complain-state", status.state.code())}</h2>
                        <p class="govuk-body">{next}</p>
                        {level.map(|text| view! { <p class="govuk-body">{text}</p> })}
                        {status.outcome.map(|outcome| view! {
                            <p class="govuk-body"><strong>{page.t_of("complaint-outcome", outcome.code())}</strong></p>
                        })}
                    </div>
                    {said(casework, page, status)}
                    {acts(page, status, typed, problems)}
                    <form method="post" action="/complain/status">
                        <input type="hidden" name="act" value="leave"/>
                        {Button::new(page.t("complain-leave")).secondary()}
                    </form>
                </div>
            </div>
        }
        .into_any()
    })
}

/// What was said, the oldest first, and the files.
fn said(casework: &Casework, page: &Page, status: &Status) -> AnyView {
    let day = |at| page.date(casework.here(at).date());
    let who = |theirs: bool, kind: NoteKind| match (theirs, kind) {
        (true, _) => page.t("complain-you-said"),
        (false, NoteKind::Question) => page.t("complain-we-asked"),
        (false, NoteKind::Response) => page.t("complain-we-answered"),
        (false, _) => page.t("complain-we-said"),
    };
    let mut lines = vec![(day(status.received_at), page.t("complain-you-said"), status.what.clone())];
    lines.extend(
        status.notes.iter().map(|note| (day(note.at), who(note.is_theirs, note.kind), note.text.clone())),
    );
    let lines: Vec<AnyView> = lines
        .into_iter()
        .map(|(day, who, text)| {
            view! {
                <li>
                    <p class="govuk-body govuk-!-margin-bottom-1"><strong>{who}</strong> " " <bdi>{day}</bdi></p>
                    <p class="govuk-body app-said" dir="auto">{text}</p>
                </li>
            }
            .into_any()
        })
        .collect();
    let files: Vec<AnyView> = status
        .files
        .iter()
        .map(|file| {
            let href = format!("/complain/files/{}", file.id);
            view! { <li><a class="govuk-link" href=href><bdi>{file.name.clone()}</bdi></a></li> }.into_any()
        })
        .collect();
    let files = (!files.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("complain-files")}</h2>
            <ul class="govuk-list">{files}</ul>
        }
    });
    view! {
        <h2 class="govuk-heading-m">{page.t("complain-said")}</h2>
        <ul class="govuk-list">{lines}</ul>
        {files}
    }
    .into_any()
}

fn acts(page: &Page, status: &Status, typed: &Typed, problems: &Problems) -> AnyView {
    let words = |id: &'static str, key: &str| {
        let own = if at(typed) == id { typed.words.as_str() } else { "" };
        let area = Textarea::new("words", page.t(key))
            .label_class("govuk-label--s")
            .rows(4)
            .value(own)
            .error(problems.of(id));
        Textarea { id: Some(id.into()), ..area }
    };
    let reply = status.may_reply.then(|| {
        let content = (status.state == ComplaintState::Resolved)
            .then(|| Button::new(page.t("complain-content")).named("act", "content"));
        view! {
            <h2 class="govuk-heading-m">{page.t("complain-reply-title")}</h2>
            <form method="post" action="/complain/status" autocomplete="off" novalidate>
                {words("reply-words", "complain-reply-words")}
                {content}
                {Button::new(page.t("complain-disagree")).secondary().named("act", "disagree")}
            </form>
        }
    });
    let key = if matches!(status.next, Next::YouAnswer(_)) {
        "complain-answer-words"
    } else {
        "complain-add-words"
    };
    let add = status.may_add.then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("complain-add-title")}</h2>
            <form method="post" action="/complain/status" enctype="multipart/form-data" autocomplete="off" novalidate>
                <input type="hidden" name="act" value="say"/>
                {words("words", key)}
                {upload::field(page, problems)}
                {Button::new(page.t("complain-add-button"))}
            </form>
        }
    });
    let withdraw = status.may_withdraw.then(|| {
        let inside = view! {
            <form method="post" action="/complain/status" autocomplete="off" novalidate>
                {words("withdraw-words", "complain-withdraw-words")}
                {Button::new(page.t("complain-withdraw")).warning().named("act", "withdraw")}
            </form>
        };
        Details::new(page.t("complain-withdraw-title"), inside.into_any())
    });
    view! { {reply} {add} {withdraw} }.into_any()
}

/// `GET /complain/files/{file}`
pub async fn file(State(state): State<AppState>, headers: HeaderMap, Path(file): Path<String>) -> Answer {
    let id: AttachmentId = file.parse().map_err(|_| Failure::not_found())?;
    let Some(token) = visit::held(&state, &headers) else {
        return Err(Failure::elsewhere("/complain/status"));
    };
    match own::open_file(&state.casework, &token, id).await {
        Ok(opened) => Ok(upload::download(&opened)),
        Err(Error::Forbidden) => Err(Failure::elsewhere("/complain/status?done=over")),
        Err(error) => Err(error.into()),
    }
}

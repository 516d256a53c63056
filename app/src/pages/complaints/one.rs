//! One complaint: what was told, what was said, its files and terms, and everything that the actor may do with it now, as the
//! use cases offer it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::complaints::decide::Response;
use casework::complaints::handle::{Asked as Whom, Triage};
use casework::complaints::{self, Shown, desk};
use casework::error::Conflict;
use casework::{Actor, Casework, Error};
use domain::complaint::{Category, ComplaintEvent as E, ComplaintState, Outcome, Remedy};
use domain::ids::{AttachmentId, ComplaintId, StaffId};
use domain::pack::Pack;
use leptos::prelude::*;
use serde::Deserialize;

use super::offices;
use crate::kit::{
    Button, Checkboxes, Choice, Content, Details, NotificationBanner, Problems, Radios, Select, SummaryList,
    Tag, Textarea,
};
use crate::pages::appeals::contested;
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Raw, SignedIn};
use crate::upload;

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Which act.
    pub act: String,
    /// Version of the complaint as it was read.
    pub version: String,
    /// What is said.
    pub words: String,
    /// To whom it is given.
    pub to: String,
    /// Code of the category.
    pub category: String,
    /// Code of the office.
    pub office: String,
    /// Who is complained about.
    pub about: String,
    /// Code of the decision.
    pub outcome: String,
    /// Code of the change.
    pub remedy: String,
    /// What exactly is changed.
    pub change: String,
    /// What is contested.
    pub against: Vec<String>,
}

fn id_of(text: &str) -> Result<ComplaintId, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}

/// `GET /complaints/{complaint}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<String>,
    Asked(done): Asked<Done>,
) -> Answer {
    let shown = complaints::show(&casework, &actor, id_of(&id)?).await?;
    let news = page.t_if_of("complaint-did", &done.done).map(NotificationBanner::success);
    view(&casework, &page, &shown, &Typed::default(), &Problems::new(), news)
}

/// `POST /complaints/{complaint}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<String>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let id = id_of(&id)?;
    let mut problems = Problems::new();
    let key = match act(&casework, &actor, id, &typed).await {
        Ok(()) => {
            // A step may take it out of the actor's sight.
            let there = match complaints::show(&casework, &actor, id).await {
                Ok(_) => format!("/complaints/{id}?done={}", typed.act),
                Err(Error::NotFound) => "/complaints".to_owned(),
                Err(error) => return Err(error.into()),
            };
            return Ok(Redirect::to(&there).into_response());
        }
        Err(Error::Invalid("note.missing")) => {
            problems.add(field(&typed, "words"), page.t("complaint-words-missing"));
            None
        }
        Err(Error::Invalid("note.long")) => {
            problems.add(field(&typed, "words"), page.t("complain-too-long"));
            None
        }
        Err(Error::Invalid(
            "complaint.owner" | "complaint.about" | "complaint.office" | "complaint.category",
        )) => {
            problems.add(
                field(&typed, if typed.act == "assign" { "to" } else { "category" }),
                page.t("complaint-choose"),
            );
            None
        }
        Err(Error::Invalid("complaint.outcome")) => {
            problems.add("outcome", page.t("complaint-outcome-missing"));
            None
        }
        Err(Error::Invalid("complaint.remedy")) => {
            problems.add(field(&typed, "remedy"), page.t("complaint-remedy-unknown"));
            None
        }
        Err(Error::Invalid("complaint.household")) => {
            problems.add(field(&typed, "words"), page.t("complaint-household-unknown"));
            None
        }
        Err(Error::Invalid("appeal.nothing")) => {
            problems.add(contested::FIELD, page.t("appeal-against-missing"));
            None
        }
        Err(Error::Conflict(Conflict::Taken)) => {
            problems.add(contested::FIELD, page.t("appeal-taken"));
            None
        }
        Err(Error::Conflict(Conflict::SamePerson | Conflict::TookPart)) => Some("complaint-part"),
        Err(Error::Stale | Error::Conflict(_)) => Some("complaint-moved"),
        Err(error) => return Err(error.into()),
    };
    let shown = complaints::show(&casework, &actor, id).await?;
    let news = key.map(|key| NotificationBanner::new(page.t(key)));
    let page = if problems.is_empty() { page.status(StatusCode::CONFLICT) } else { page.failed() };
    view(&casework, &page, &shown, &typed, &problems, news)
}

/// The id of a field of an act: several forms of the page have one of the same name.
fn field(typed: &Typed, name: &str) -> String {
    format!("{}-{name}", typed.act)
}

async fn act(casework: &Casework, actor: &Actor, id: ComplaintId, typed: &Typed) -> Result<(), Error> {
    let version: i64 = typed.version.parse().map_err(|_| Error::Stale)?;
    let words = typed.words.as_str();
    match typed.act.as_str() {
        "acknowledge" => complaints::acknowledge(casework, actor, id, version, words).await,
        "triage" => {
            let category = typed.category.parse().map_err(|_| Error::Invalid("complaint.category"))?;
            let about = match typed.about.as_str() {
                "" => None,
                about => Some(about.parse::<StaffId>().map_err(|_| Error::Invalid("complaint.about"))?),
            };
            let found = Triage { category, office: typed.office.clone(), about };
            complaints::triage(casework, actor, id, version, found).await
        }
        "assign" => {
            let to: StaffId = typed.to.parse().map_err(|_| Error::Invalid("complaint.owner"))?;
            complaints::assign(casework, actor, id, version, to).await
        }
        "begin" => complaints::begin(casework, actor, id, version).await,
        "note" => complaints::note(casework, actor, id, version, (words, false)).await,
        "tell" => complaints::note(casework, actor, id, version, (words, true)).await,
        "ask" => complaints::ask(casework, actor, id, version, (Whom::Complainant, words)).await,
        "ask_other" => complaints::ask(casework, actor, id, version, (Whom::Other, words)).await,
        "answered" => complaints::answered(casework, actor, id, version, words).await,
        "propose" => {
            let outcome: Outcome = typed.outcome.parse().map_err(|_| Error::Invalid("complaint.outcome"))?;
            let remedy: Option<Remedy> = typed.remedy.parse().ok();
            let response = Response {
                outcome,
                words: words.to_owned(),
                remedy: remedy.map(|remedy| (remedy, typed.change.clone())),
            };
            complaints::propose_response(casework, actor, id, version, response).await
        }
        "return" => complaints::send_back(casework, actor, id, version, words).await,
        "resolve" => complaints::resolve(casework, actor, id, version).await,
        "content" => complaints::reply_for(casework, actor, id, version, (true, words)).await,
        "disagree" => complaints::reply_for(casework, actor, id, version, (false, words)).await,
        "escalate" => complaints::escalate(casework, actor, id, version, words).await,
        "redirect" => {
            let against = typed.against.iter().filter_map(|one| contested::against(one)).collect();
            complaints::redirect_to_appeal(casework, actor, id, version, (words, against)).await
        }
        "convert" => complaints::convert(casework, actor, id, version, words).await,
        "withdraw" => complaints::withdraw(casework, actor, id, version, words).await,
        _ => Err(Error::Invalid("complaint.act")),
    }
}

fn view(
    casework: &Casework,
    page: &Page,
    shown: &Shown,
    typed: &Typed,
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> Answer {
    let page = page.clone().back("/complaints");
    let code = shown.complaint.code.to_string();
    let title = page.t_with("complaint-title", &[("code", code.into())]);
    let pack = casework.pack()?;
    let offices = offices(&page, &pack);
    Ok(render(&page, &title, || {
        view! {
            {problems.summary()}
            {news}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {facts(casework, &page, shown, &offices)}
            <h2 class="govuk-heading-m">{page.t("complaint-told")}</h2>
            <p class="govuk-body app-said" dir="auto">{shown.told.what.clone()}</p>
            {said(casework, &page, shown)}
            {files(&page, shown)}
            {acts(casework, &page, &pack, shown, &offices, typed, problems)}
            {history(casework, &page, shown)}
        }
        .into_any()
    }))
}

fn facts(casework: &Casework, page: &Page, shown: &Shown, offices: &[(String, String)]) -> SummaryList {
    let one = &shown.complaint;
    let day = |at| page.date(casework.here(at).date());
    let own = |text: &str| Content::view(view! { <bdi>{text.to_owned()}</bdi> });
    let restricted = one.sensitive.then(|| Tag::new(page.t("complaint-restricted")).colour("purple"));
    let mut list = SummaryList::new()
        .row(page.t("complaints-state"), page.t_of("complaint-state", one.state.code()))
        .row(
            page.t("complaints-category"),
            Content::view(view! { {page.t_of("complaint-category", one.category.code())} " " {restricted} }),
        )
        .row(page.t("complaints-level"), page.t_of("complaint-level", one.level.code()))
        .row(page.t("complaint-how"), page.t_of("complaint-channel", one.channel.code()))
        .row(page.t("complaint-identity"), page.t_of("complain-identity", one.identity.code()));
    if let Some((_, name)) = offices.iter().find(|(code, _)| *code == one.office) {
        list = list.row(page.t("complaint-office"), name.clone());
    }
    if let Some(who) = &shown.who {
        list = list.row(page.t("complaint-who"), own(&format!("{} {}", who.name, who.phone)));
    }
    if let Some((household, reference)) = &shown.household {
        let href = format!("/households/{household}");
        let reference = reference.to_string();
        list = list.row(
            page.t("complaint-household"),
            Content::view(view! { <a class="govuk-link" href=href><bdi>{reference}</bdi></a> }),
        );
    }
    for (key, text) in [
        ("complain-wanted", &shown.told.wanted),
        ("complain-whom", &shown.told.whom),
        ("complain-reference", &shown.told.reference),
    ] {
        if !text.is_empty() {
            list = list.row(page.t(key), own(text));
        }
    }
    if let Some(name) = &shown.about_name {
        list = list.row(page.t("complaint-about"), own(name));
    }
    if let Some(name) = &shown.owner_name {
        list = list.row(page.t("complaints-owner"), own(name));
    }
    if let Some(outcome) = one.outcome {
        list = list.row(page.t("complaint-outcome"), page.t_of("complaint-outcome", outcome.code()));
    }
    list = list.row(page.t("complaints-received"), day(one.received_at));
    list.row(page.t("complaints-due"), day(one.answer_due_at))
}

fn said(casework: &Casework, page: &Page, shown: &Shown) -> Option<AnyView> {
    let lines: Vec<AnyView> = shown
        .notes
        .iter()
        .map(|note| {
            let by = if note.is_theirs {
                page.t("complaint-complainant")
            } else {
                note.by.clone().unwrap_or_else(|| page.t("history-who-system"))
            };
            let inside = (!note.visible).then(|| Tag::new(page.t("complaint-internal")).colour("grey"));
            let when = page.date_time(casework.here(note.at));
            view! {
                <li>
                    <p class="govuk-body govuk-!-margin-bottom-1">
                        <strong>{page.t_of("complaint-note", note.kind.code())}</strong>
                        ", " <bdi>{by}</bdi> ", " <bdi>{when}</bdi> " " {inside}
                    </p>
                    <p class="govuk-body app-said" dir="auto">{note.text.clone()}</p>
                </li>
            }
            .into_any()
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("complaint-said")}</h2>
            <ul class="govuk-list">{lines}</ul>
        }
        .into_any()
    })
}

fn files(page: &Page, shown: &Shown) -> Option<AnyView> {
    let lines: Vec<AnyView> = shown
        .files
        .iter()
        .map(|file| {
            let href = format!("/complaints/{}/files/{}", shown.complaint.id, file.id);
            view! { <li><a class="govuk-link" href=href><bdi>{file.name.clone()}</bdi></a></li> }.into_any()
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("complain-files")}</h2>
            <ul class="govuk-list">{lines}</ul>
        }
        .into_any()
    })
}

/// A form of this page: which act, and the version that was read.
fn form(page: &Page, shown: &Shown, act: &'static str, inside: AnyView, typed: &Typed) -> AnyView {
    let body = view! {
        <form method="post" action=format!("/complaints/{}", shown.complaint.id) novalidate>
            <input type="hidden" name="act" value=act/>
            <input type="hidden" name="version" value=shown.complaint.version.to_string()/>
            {inside}
            {Button::new(page.t_of("complaint-act", act))}
        </form>
    };
    let mut details = Details::new(page.t_of("complaint-act", act), body.into_any());
    details.open = typed.act == act;
    details.into_any()
}

fn acts(
    casework: &Casework,
    page: &Page,
    pack: &Pack,
    shown: &Shown,
    offices: &[(String, String)],
    typed: &Typed,
    problems: &Problems,
) -> AnyView {
    let may = |event: E| shown.acts.contains(&event);
    let one = &shown.complaint;
    let mut forms: Vec<AnyView> = Vec::new();
    let words = |act: &'static str, needed: bool| {
        let id = format!("{act}-words");
        let key = if needed { "complaint-words" } else { "complaint-words-optional" };
        let area = Textarea::new("words", page.t(key))
            .rows(4)
            .value(if typed.act == act { typed.words.as_str() } else { "" })
            .error(problems.of(&id));
        Textarea { id: Some(id), ..area }
    };
    let plain = [
        (may(E::Acknowledge), "acknowledge", false),
        (may(E::AskComplainant), "ask", true),
        (may(E::AskOther), "ask_other", true),
        (may(E::Answer), "answered", true),
        (may(E::Return), "return", true),
        (may(E::Accept), "content", false),
        (one.state == ComplaintState::Resolved && (may(E::Escalate) || may(E::Reopen)), "disagree", true),
        (one.state == ComplaintState::Closed && may(E::Reopen), "disagree", true),
        (shown.may_note, "note", true),
        (shown.may_note && !shown.acts.is_empty(), "tell", true),
        (one.state != ComplaintState::Resolved && may(E::Escalate), "escalate", true),
        (may(E::Convert), "convert", true),
        (may(E::Withdraw), "withdraw", true),
    ];
    if may(E::Begin) {
        forms.push(form(page, shown, "begin", ().into_any(), typed));
    }
    if may(E::Triage) {
        forms.push(form(page, shown, "triage", triage(page, shown, offices, problems), typed));
    }
    if may(E::Assign) {
        let mut to = Select::new("to", page.t("complaint-to"))
            .item("", page.t("staff-choose"))
            .items(shown.able.iter().map(|(id, name)| (id.to_string(), name.clone())))
            .value(&typed.to)
            .error(problems.of("assign-to"));
        to.id = Some("assign-to".into());
        forms.push(form(page, shown, "assign", to.into_any(), typed));
    }
    if may(E::Propose) {
        forms.push(form(
            page,
            shown,
            "propose",
            propose(page, shown, typed, problems, words("propose", true).into_any()),
            typed,
        ));
    }
    if may(E::Resolve) {
        let text = view! { <p class="govuk-body">{page.t("complaint-resolve-text")}</p> };
        forms.push(form(page, shown, "resolve", text.into_any(), typed));
    }
    if may(E::Redirect) && !shown.contested.is_empty() {
        let inside =
            view! { {redirect(casework, page, pack, (shown, typed, problems))} {words("redirect", true)} };
        forms.push(form(page, shown, "redirect", inside.into_any(), typed));
    }
    for (offered, act, needed) in plain {
        if offered {
            forms.push(form(page, shown, act, words(act, needed).into_any(), typed));
        }
    }
    if forms.is_empty() {
        return ().into_any();
    }
    view! { <h2 class="govuk-heading-m">{page.t("complaint-acts")}</h2> {forms} }.into_any()
}

fn triage(page: &Page, shown: &Shown, offices: &[(String, String)], problems: &Problems) -> AnyView {
    let one = &shown.complaint;
    let mut category = Select::new("category", page.t("complaints-category"))
        .items(Category::ALL.iter().map(|one| (one.code(), page.t_of("complaint-category", one.code()))))
        .value(one.category.code())
        .error(problems.of("triage-category"));
    category.id = Some("triage-category".into());
    let office = Select::new("office", page.t("complaint-office"))
        .item("", page.t("complaint-no-office"))
        .items(offices.iter().cloned())
        .value(&one.office);
    let about = Select::new("about", page.t("complaint-about"))
        .hint(page.t("complaint-about-hint"))
        .item("", page.t("complaint-about-nobody"))
        .items(shown.staff.iter().map(|(id, name)| (id.to_string(), name.clone())));
    view! { {category} {office} {about} }.into_any()
}

/// What the appeal is against, where it is known whose household it is.
fn redirect(
    casework: &Casework,
    page: &Page,
    pack: &Pack,
    (shown, typed, problems): (&Shown, &Typed, &Problems),
) -> AnyView {
    let list =
        Checkboxes::new(contested::FIELD, page.t("appeal-against")).hint(page.t("complaint-contested-hint"));
    let choices = shown.contested.iter().fold(list, |list, (one, person)| {
        let name = contested::name(page, pack, one, person.as_deref());
        list.choice(Choice::new(contested::key(one), name).hint(contested::hint(page, casework, one)))
    });
    choices.values(typed.against.clone()).error(problems.of(contested::FIELD)).into_any()
}

fn propose(page: &Page, shown: &Shown, typed: &Typed, problems: &Problems, words: AnyView) -> AnyView {
    let outcome = Radios::new("outcome", page.t("complaint-outcome"))
        .items(Outcome::ALL.iter().map(|one| (one.code(), page.t_of("complaint-outcome", one.code()))))
        .value(&typed.outcome)
        .error(problems.of("outcome"));
    let change = shown.may_remedy.then(|| {
        let mut remedy = Select::new("remedy", page.t("complaint-remedy"))
            .hint(page.t("complaint-remedy-hint"))
            .item("", page.t("complaint-remedy-none"))
            .items(Remedy::ALL.iter().map(|one| (one.code(), page.t_of("complaint-remedy", one.code()))))
            .value(&typed.remedy)
            .error(problems.of("propose-remedy"));
        remedy.id = Some("propose-remedy".into());
        let what = Textarea::new("change", page.t("complaint-change")).rows(3).value(&typed.change);
        view! { {remedy} {what} }
    });
    view! { {outcome} {words} {change} }.into_any()
}

/// What was done, the newest first.
fn history(casework: &Casework, page: &Page, shown: &Shown) -> AnyView {
    let lines: Vec<AnyView> = shown
        .history
        .iter()
        .filter(|entry| entry.kind.starts_with("complaint."))
        .map(|entry| {
            let what = page.t_of("history", &entry.kind.replace('.', "-"));
            let event = entry.told("event").and_then(|told| told.as_str().map(str::to_owned));
            let event = event.and_then(|event| page.t_if_of("complaint-event", &event));
            let what = event.unwrap_or(what);
            let by = entry.staff_name.clone().unwrap_or_default();
            let when = page.date_time(casework.here(entry.at));
            view! { <li><bdi>{when}</bdi> ": " {what} " " <bdi>{by}</bdi></li> }.into_any()
        })
        .collect();
    let inside = view! { <ul class="govuk-list">{lines}</ul> };
    Details::new(page.t("complaint-history"), inside.into_any()).into_any()
}

/// `GET /complaints/{complaint}/files/{file}`
pub async fn file(
    State(casework): State<Casework>,
    SignedIn { actor, .. }: SignedIn,
    Path((id, file)): Path<(String, String)>,
) -> Answer {
    let file: AttachmentId = file.parse().map_err(|_| Failure::not_found())?;
    let opened = desk::open_file(&casework, &actor, id_of(&id)?, file).await?;
    Ok(upload::download(&opened))
}

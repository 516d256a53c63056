//! Papers of a household: what was handed in, and the letters and receipts that it got. A new paper belongs to the household or
//! to one of its life events.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use casework::assessments::Assessment;
use casework::households::changes::{self, Recorded};
use casework::households::documents::{self, CHANGE, Paper};
use casework::households::overview::overview;
use casework::{Actor, Casework, Error};
use domain::ids::{AttachmentId, HouseholdId};
use leptos::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::frame::{self, Part, Shown, to_change};
use crate::kit::{Button, Content, Problems, Select, Table};
use crate::shell::{Answer, Page};
use crate::state::{Asked, Done, SignedIn};
use crate::upload::{self, Sent};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The life event that it belongs to; empty for the household.
    pub of: String,
}

/// `GET /households/{household}/documents`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(done): Asked<Done>,
) -> Answer {
    show(&casework, &actor, &page, id, (&Typed::default(), &Problems::new(), &done.done)).await
}

/// `POST /households/{household}/documents`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Sent { typed, files, faults }: Sent<Typed>,
) -> Answer {
    to_change(&casework, &actor, id).await?;
    let mut problems = Problems::new();
    upload::refuse(&page, &faults, &mut problems);
    if problems.is_empty() {
        let of = typed.of.parse::<Uuid>().ok();
        match documents::add(&casework, &actor, id, of, files).await {
            Ok(_) => {
                let there = Part::Documents.address(id);
                return Ok(Redirect::to(&format!("{there}?done=paper")).into_response());
            }
            Err(Error::Invalid("file.too_many")) => problems.add("files", page.t("documents-too-many")),
            Err(Error::Invalid(_)) => problems.add("files", page.t("documents-missing")),
            Err(error) => return Err(error.into()),
        };
    }
    show(&casework, &actor, &page.failed(), id, (&typed, &problems, "")).await
}

/// `GET /households/{household}/documents/{sent}`
pub async fn file(
    State(casework): State<Casework>,
    SignedIn { actor, .. }: SignedIn,
    Path((id, paper)): Path<(HouseholdId, AttachmentId)>,
) -> Answer {
    let opened = documents::open(&casework, &actor, id, paper).await;
    Ok(upload::download(&frame::or_reason(opened, &actor, id)?))
}

async fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    id: HouseholdId,
    (typed, problems, done): (&Typed, &Problems, &str),
) -> Answer {
    let whole = frame::or_reason(overview(casework, actor, id).await, actor, id)?;
    let papers = documents::list(casework, actor, id).await?;
    let events = changes::of_household(casework, actor, id).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(page, &pack, &whole.file, actor, casework);
    Ok(shown.render(Part::Documents, || {
        let form = shown.may_edit.then(|| form(&shown, &events, typed, problems));
        let none = papers.is_empty().then(|| view! { <p class="govuk-body">{page.t("documents-none")}</p> });
        view! {
            {problems.summary()}
            {frame::done(page, done)}
            <h1 class="govuk-heading-l">{page.t("casefile-documents")}</h1>
            {none}
            {handed_in(&shown, &papers, &events)}
            {sent(&shown, &whole.assessments)}
            {form}
        }
        .into_any()
    }))
}

/// The name of a life event with its day.
fn named(shown: &Shown<'_>, event: &Recorded) -> String {
    let page = shown.page;
    format!("{}, {}", page.t_of("life-event", event.event.code()), page.date(event.on))
}

fn handed_in(shown: &Shown<'_>, papers: &[Paper], events: &[Recorded]) -> Option<Table> {
    if papers.is_empty() {
        return None;
    }
    let page = shown.page;
    let head = ["documents-paper", "documents-of", "documents-added", "documents-by"].map(|key| page.t(key));
    let mut table = Table::new(page.t("documents-handed-in")).head(head).scroll();
    for paper in papers {
        let href = shown.address(&format!("documents/{}", paper.attachment.id));
        let name = paper.attachment.name.clone();
        let event = events.iter().find(|event| paper.noun == CHANGE && event.id == paper.of);
        let of =
            event.map(|event| named(shown, event)).or_else(|| page.t_if_of("documents-noun", &paper.noun));
        let by = if paper.attachment.is_theirs { "documents-family" } else { "documents-office" };
        table = table.row([
            Content::view(view! { <a class="govuk-link" href=href><bdi>{name}</bdi></a> }),
            of.unwrap_or_else(|| page.t_of("documents-noun", "household")).into(),
            Content::view(view! { <bdi>{shown.moment(paper.attachment.added_at)}</bdi> }),
            page.t(by).into(),
        ]);
    }
    Some(table)
}

/// The letters and receipts of what was decided.
fn sent(shown: &Shown<'_>, assessments: &[Assessment]) -> Option<AnyView> {
    let page = shown.page;
    let lines: Vec<AnyView> = assessments
        .iter()
        .filter(|one| one.is_decided())
        .map(|one| {
            let link = |rest: &str, key: &'static str| {
                let href = shown.address(&format!("{rest}/{}", one.id));
                view! { <a class="govuk-link" href=href>{page.t(key)}</a> }
            };
            let when = shown.day(one.submitted_at.unwrap_or(one.started_at));
            view! {
                <li>
                    <bdi>{when}</bdi> ": " {link("letters", "casefile-letter")} ", "
                    {link("receipts", "casefile-receipt")}
                </li>
            }
            .into_any()
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("documents-sent")}</h2>
            <ul class="govuk-list govuk-list--bullet">{lines}</ul>
        }
        .into_any()
    })
}

fn form(shown: &Shown<'_>, events: &[Recorded], typed: &Typed, problems: &Problems) -> AnyView {
    let page = shown.page;
    let of = Select::new("of", page.t("documents-of"))
        .item("", page.t_of("documents-noun", "household"))
        .items(events.iter().map(|event| (event.id.to_string(), named(shown, event))))
        .value(&typed.of);
    view! {
        <h2 class="govuk-heading-m">{page.t("documents-add")}</h2>
        <form method="post" action=shown.address("documents") enctype="multipart/form-data" novalidate>
            {of}
            {upload::field(page, problems)}
            {Button::new(page.t("documents-add-button"))}
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::super::testing::{between, elsewhere, family};
    use crate::test_support::{as_auditor, as_counter_officer, world_with_pack};

    const FORM: &str = "multipart/form-data; boundary=seam";

    /// A form with one file.
    fn with(name: &str, body: &str) -> Vec<u8> {
        let head = "--seam\r\nContent-Disposition: form-data; name=";
        let text = format!(
            "{head}\"of\"\r\n\r\n\r\n{head}\"files\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n{body}\r\n--seam--\r\n"
        );
        text.into_bytes()
    }

    #[tokio::test]
    async fn a_paper_is_kept_shown_and_given_back_to_who_reads_the_file() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let there = format!("{file}/documents");
        let mut officer = as_counter_officer(&world).await;
        let nothing = officer.post(&there, &[("of", "")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.html.contains("Choose a file"), "{}", nothing.html);
        let wrong = officer.post_body(&there, FORM, with("paper.pdf", "no paper at all")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.html);
        let done = officer.post_body(&there, FORM, with("certificate.pdf", "%PDF-1.4\n%%EOF\n")).await;
        assert_eq!(done.location, format!("{there}?done=paper"), "{}", done.html);
        let page = officer.get(&there).await.html;
        assert!(page.contains("certificate.pdf") && page.contains("The household itself"), "{page}");
        let paper = format!("{there}/{}", between(&page, &format!("{there}/"), "\""));
        assert!(officer.get(&paper).await.html.starts_with("%PDF"));
        // Who may only read adds nothing; another office asks for a reason first.
        let mut auditor = as_auditor(&world).await;
        assert!(!auditor.get(&there).await.html.contains("enctype"));
        assert_eq!(auditor.post(&there, &[("of", "")]).await.status, StatusCode::FORBIDDEN);
        assert!(elsewhere(&world).await.get(&paper).await.location.ends_with("/open"));
    }
}

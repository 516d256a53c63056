//! A file comes in: who gives it, under which agreement, about which programme, and the file itself, which is read piece by
//! piece and never held whole.

use axum::extract::multipart::Field;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::response::{IntoResponse as _, Redirect};
use casework::lists::{self, LARGEST_FILE, NewList, PART};
use casework::{Actor, Casework, Error};
use domain::ids::ListId;
use domain::role::Right;
use leptos::prelude::*;

use super::{UPLOAD, offices};
use crate::kit::{Button, FileUpload, Input, Problems, Select};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::SignedIn;

/// Longest text field of the form that is read, in bytes.
const LONGEST: usize = 4000;

/// `GET /lists/new`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    actor.require_anywhere(Right::ImportLists)?;
    show(&casework, &page, &actor, &NewList::default(), &Problems::new())
}

/// What became of the form's file.
enum Came {
    /// It is kept.
    Whole(ListId),
    /// There was none.
    Nothing,
    /// It is larger than what is taken.
    TooLarge,
    /// It ended too early: the line broke.
    Cut,
}

/// `POST /lists/new`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    request: Request,
) -> Answer {
    // Before a byte of the file is read.
    actor.require_anywhere(Right::ImportLists)?;
    let mut typed = NewList::default();
    let mut problems = Problems::new();
    let mut came = Came::Nothing;
    if let Ok(mut form) = Multipart::from_request(request, &()).await {
        loop {
            let field = match form.next_field().await {
                Ok(Some(field)) => field,
                Ok(None) => break,
                Err(_) => {
                    came = Came::Cut;
                    break;
                }
            };
            match field.name().unwrap_or_default().to_owned().as_str() {
                "partner" => typed.partner = text(field).await,
                "agreement" => typed.agreement = text(field).await,
                "office" => typed.office = text(field).await,
                "programme" => typed.programme = text(field).await,
                // The file is the last field of the form: what it is about has been said.
                "file" => {
                    match lists::begin(&casework, &actor, &typed).await {
                        Ok(id) => came = keep(&casework, &actor, id, field).await?,
                        Err(Error::Invalid(code)) => refuse(&page, &mut problems, code),
                        Err(error) => return Err(error.into()),
                    }
                    break;
                }
                _ => {}
            }
        }
    }
    if problems.is_empty() {
        match came {
            Came::Whole(id) => return Ok(Redirect::to(&format!("/lists/{id}/columns")).into_response()),
            Came::Nothing => problems.add("file", page.t("list-file-missing")),
            Came::TooLarge => problems.add("file", too_large(&page)),
            Came::Cut => problems.add("file", page.t("list-file-cut")),
        };
    }
    show(&casework, &page.failed(), &actor, &typed, &problems)
}

fn refuse(page: &Page, problems: &mut Problems, code: &str) {
    let (field, key) = match code {
        "list.partner" => ("partner", "list-partner-missing"),
        "list.agreement" => ("agreement", "list-agreement-missing"),
        "list.programme" => ("programme", "field-not-a-choice"),
        _ => ("office", "list-office-missing"),
    };
    problems.add(field, page.t(key));
}

fn too_large(page: &Page) -> String {
    let most = i64::try_from(LARGEST_FILE / (1024 * 1024)).unwrap_or(i64::MAX);
    page.t_with("list-file-large", &[("most", most.into())])
}

/// A text of the form; what is longer than any of its fields may be is cut.
async fn text(mut field: Field<'_>) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = field.chunk().await {
        if bytes.len() < LONGEST {
            bytes.extend_from_slice(&chunk);
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    text.chars().map(|ch| if ch.is_control() { ' ' } else { ch }).collect::<String>().trim().to_owned()
}

/// Keeps the file piece by piece; what does not come whole is called off.
async fn keep(casework: &Casework, actor: &Actor, id: ListId, mut field: Field<'_>) -> Result<Came, Failure> {
    let (mut piece, mut number, mut size) = (Vec::with_capacity(PART), 0_u32, 0_u64);
    let came = loop {
        match field.chunk().await {
            Ok(Some(chunk)) => {
                size += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
                if size > LARGEST_FILE {
                    break Came::TooLarge;
                }
                let mut rest: &[u8] = &chunk;
                while !rest.is_empty() {
                    let (now, later) = rest.split_at(rest.len().min(PART - piece.len()));
                    piece.extend_from_slice(now);
                    rest = later;
                    if piece.len() == PART {
                        let full = std::mem::replace(&mut piece, Vec::with_capacity(PART));
                        lists::add_part(casework, actor, id, number, full).await?;
                        number += 1;
                    }
                }
            }
            Ok(None) if size == 0 => break Came::Nothing,
            Ok(None) => {
                if !piece.is_empty() {
                    lists::add_part(casework, actor, id, number, piece).await?;
                }
                lists::arrive(casework, actor, id).await?;
                return Ok(Came::Whole(id));
            }
            // The body ended before its time, or is larger than the server lets in.
            Err(cut) if cut.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => break Came::TooLarge,
            Err(_) => break Came::Cut,
        }
    };
    let version = lists::list(casework, actor, id).await?.version;
    lists::cancel(casework, actor, id, version).await?;
    Ok(came)
}

fn show(casework: &Casework, page: &Page, actor: &Actor, typed: &NewList, problems: &Problems) -> Answer {
    let pack = casework.pack()?;
    let page = page.clone().back("/lists");
    let title = page.t("list-new");
    Ok(render(&page, &title, || {
        let offices = offices(&page, actor, &pack);
        let office = match offices.as_slice() {
            [(code, _)] => view! { <input type="hidden" name="office" value=code.clone()/> }.into_any(),
            several => Select::new("office", page.t("list-office"))
                .items(several.iter().cloned())
                .value(&typed.office)
                .error(problems.of("office"))
                .into_any(),
        };
        let programmes = pack
            .definitions()
            .programmes
            .iter()
            .map(|def| (def.id.clone(), page.of_pack(&pack, &format!("programme.{}.name", def.id))));
        view! {
            {problems.summary()}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("list-new-lead")}</p>
            <form method="post" action=UPLOAD enctype="multipart/form-data" novalidate>
                {Input::new("partner", page.t("list-partner"))
                    .hint(page.t("list-partner-hint"))
                    .value(&typed.partner)
                    .autocomplete("off")
                    .error(problems.of("partner"))}
                {Input::new("agreement", page.t("list-agreement"))
                    .hint(page.t("list-agreement-hint"))
                    .value(&typed.agreement)
                    .width(20)
                    .autocomplete("off")
                    .error(problems.of("agreement"))}
                {Select::new("programme", page.t("list-programme"))
                    .hint(page.t("list-programme-hint"))
                    .item("", page.t("list-programme-none"))
                    .items(programmes)
                    .value(&typed.programme)
                    .error(problems.of("programme"))}
                {office}
                {FileUpload::new("file", page.t("list-file"))
                    .hint(page.t("list-file-hint"))
                    .attribute("accept", ".csv,.tsv,.txt,.xlsx")
                    .error(problems.of("file"))}
                {Button::new(page.t("list-upload"))}
            </form>
        }
        .into_any()
    }))
}

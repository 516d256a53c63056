//! One list: what was found so far, and what can be done next.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use casework::lists::{self, Band, Errors, List};
use casework::{Casework, Error};
use domain::lists::ListState;
use leptos::prelude::*;
use serde::Deserialize;

use super::{columns, errors, id, progress, result, state, under};
use crate::kit::{Button, Problems, SummaryList};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Raw, SignedIn};

/// What is sent by the buttons of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Which button.
    pub act: String,
    /// The list's version that was shown.
    pub version: String,
    /// The code of a band.
    pub band: String,
    /// What is said of it.
    pub choice: String,
}

/// `GET /lists/{list}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(list): Path<String>,
) -> Answer {
    let list = lists::list(&casework, &actor, id(&list)?).await?;
    if list.state == ListState::Received {
        return Err(Failure::elsewhere(format!("/lists/{}/columns", list.id)));
    }
    let faults = match list.state {
        ListState::Checked => lists::errors(&casework, &actor, list.id, 0, errors::SHOWN).await?,
        _ => Errors::default(),
    };
    let report = match list.state {
        ListState::Matched | ListState::Importing | ListState::Imported => {
            Some(lists::report(&casework, &actor, list.id).await?)
        }
        _ => None,
    };
    let page = under(&page, &list);
    let title = list.partner.clone();
    let shown = render(&page, &title, || {
        let body = match list.state {
            ListState::Checked => checked(&page, &list, &faults),
            ListState::Unreadable => unreadable(&page, &list),
            working if working.is_working() => progress::view(&page, &list),
            _ => ().into_any(),
        };
        let problems = list.fault.map(|fault| {
            let mut problems = Problems::new();
            problems.add("list", columns::file_fault(&page, fault));
            problems
        });
        let cancel = (!list.state.is_final()).then(|| button(&page, &list, "cancel", "list-cancel", true));
        view! {
            {problems.as_ref().map(Problems::summary)}
            <h1 class="govuk-heading-l" id="list"><bdi>{title.clone()}</bdi></h1>
            {summary(&page, &casework, &list)}
            {body}
            {report.as_ref().map(|report| result::view(&page, &list, report))}
            {cancel}
        }
        .into_any()
    });
    Ok(if list.state.is_working() { progress::again(shown) } else { shown })
}

/// `POST /lists/{list}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { actor, .. }: SignedIn,
    Path(list): Path<String>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let id = id(&list)?;
    let version = typed.version.trim().parse().unwrap_or(0);
    match typed.act.as_str() {
        "cancel" => lists::cancel(&casework, &actor, id, version).await?,
        "match" => lists::start_matching(&casework, &actor, id, version).await?,
        "import" => lists::import(&casework, &actor, id, version).await?,
        "band" => {
            let band = Band::parse(&typed.band).ok_or(Error::Invalid("list.band"))?;
            let choice = typed.choice.parse().map_err(|_| Error::Invalid("list.choice"))?;
            lists::choose_band(&casework, &actor, id, band, choice).await?;
        }
        _ => {
            lists::list(&casework, &actor, id).await?;
            return Err(Error::Invalid("list.act").into());
        }
    }
    Ok(Redirect::to(&format!("/lists/{id}")).into_response())
}

fn summary(page: &Page, casework: &Casework, list: &List) -> SummaryList {
    use crate::kit::Content;
    let mut summary = SummaryList::new()
        .row(page.t("list-state"), Content::view(state(page, list.state)))
        .row(page.t("list-agreement"), list.agreement.as_str());
    if let (Some(programme), Ok(pack)) = (&list.programme, casework.pack()) {
        summary = summary
            .row(page.t("list-programme"), page.of_pack(&pack, &format!("programme.{programme}.name")));
    }
    let came = page.date_time(casework.here(list.uploaded_at));
    summary = summary.row(page.t("list-came"), came);
    if list.total > 0 {
        summary = summary
            .row(page.t("list-rows"), page.number(list.total))
            .row(page.t("list-rows-usable"), page.number(list.total - list.faulty))
            .row(page.t("list-rows-faulty"), page.number(list.faulty));
    }
    if let Some(model) = list.model {
        let href = format!("/matching/{model}");
        let name = page.t_with("model-name", &[("version", model.to_string().into())]);
        let link = view! { <a class="govuk-link" href=href>{name}</a> };
        summary = summary.row(page.t("list-model"), Content::view(link));
    }
    summary
}

/// A form of one button.
pub fn button(page: &Page, list: &List, act: &str, word: &str, mild: bool) -> AnyView {
    let action = format!("/lists/{}", list.id);
    let button = Button::new(page.t(word)).named("act", act);
    view! {
        <form method="post" action=action>
            <input type="hidden" name="version" value=list.version.to_string()/>
            {if mild { button.secondary() } else { button }}
        </form>
    }
    .into_any()
}

/// The dry run.
fn checked(page: &Page, list: &List, faults: &Errors) -> AnyView {
    let csv = format!("/lists/{}/errors.csv", list.id);
    let columns = format!("/lists/{}/columns", list.id);
    let wrong = (!faults.faults.is_empty()).then(|| {
        view! {
            <p class="govuk-body">{page.t("list-errors-lead")}</p>
            <p class="govuk-body"><a class="govuk-link" href=csv>{page.t("list-errors-file")}</a></p>
            {errors::table(page, list, &faults.faults)}
            {faults.more.then(|| view! { <p class="govuk-body">{page.t("list-errors-more")}</p> })}
        }
    });
    view! {
        <h2 class="govuk-heading-m">{page.t("list-checked-title")}</h2>
        <p class="govuk-body">{page.t("list-checked-lead")}</p>
        {wrong}
        {(list.total > list.faulty).then(|| button(page, list, "match", "list-match", false))}
        <p class="govuk-body"><a class="govuk-link" href=columns>{page.t("list-change-columns")}</a></p>
    }
    .into_any()
}

fn unreadable(page: &Page, list: &List) -> AnyView {
    let columns = format!("/lists/{}/columns", list.id);
    view! {
        <p class="govuk-body">{page.t("list-unreadable-lead")}</p>
        <p class="govuk-body"><a class="govuk-link" href=columns>{page.t("list-change-columns")}</a></p>
    }
    .into_any()
}

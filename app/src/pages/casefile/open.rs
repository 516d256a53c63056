//! Another office's file: opened with a reason, which that office's supervisor reads.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::households::file::{OPEN_FOR, open_with_reason};
use casework::{Casework, Error};
use domain::ids::HouseholdId;
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use crate::kit::{Button, Problems, Textarea, WarningText};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Raw, SignedIn};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Why.
    pub reason: String,
}

/// `GET /households/{household}/open`. Says nothing of the household, not even whether there is one.
pub async fn get(SignedIn { page, actor }: SignedIn, Path(id): Path<HouseholdId>) -> Answer {
    if !actor.may(Right::BreakGlass) {
        return Err(Failure::forbidden());
    }
    Ok(show(&page, id, &Typed::default(), &Problems::new()))
}

/// `POST /households/{household}/open`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    match open_with_reason(&casework, &actor, id, &typed.reason).await {
        Ok(_) => Ok(Redirect::to(&format!("/households/{id}")).into_response()),
        Err(Error::Invalid("reason.length")) => {
            let mut problems = Problems::new();
            let long = typed.reason.trim().chars().count() > 1000;
            problems.add(
                "reason",
                if long {
                    page.t_with("field-too-long", &[("most", 1000.into())])
                } else {
                    page.t("casefile-reason-short")
                },
            );
            Ok(show(&page.failed(), id, &typed, &problems))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(page: &Page, id: HouseholdId, typed: &Typed, problems: &Problems) -> axum::response::Response {
    let page = page.clone().back("/search");
    let title = page.t("casefile-open-title");
    let hours = OPEN_FOR.whole_hours();
    render(&page, &title, || {
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{title.clone()}</h1>
                    <p class="govuk-body">{page.t_with("casefile-open-text", &[("hours", hours.into())])}</p>
                    {WarningText::new(page.t("casefile-open-warning"))}
                    <form method="post" action=format!("/households/{id}/open") novalidate>
                        {Textarea::new("reason", page.t("casefile-open-reason"))
                            .hint(page.t("casefile-open-reason-hint"))
                            .rows(4)
                            .value(&typed.reason)
                            .error(problems.of("reason"))}
                        {Button::new(page.t("casefile-open-button"))}
                    </form>
                </div>
            </div>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::super::testing::{elsewhere, family};
    use crate::test_support::{as_auditor, as_counter_officer, as_supervisor, world_with_pack};

    #[tokio::test]
    async fn another_office_opens_a_file_with_a_reason_that_the_supervisor_reads() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let mut noor = elsewhere(&world).await;
        let open = format!("{file}/open");
        assert_eq!(noor.get(&file).await.location, open);
        let ask = noor.get(&open).await;
        assert!(!ask.html.contains("Awa"), "{}", ask.html);
        let short = noor.post(&open, &[("reason", "why <b>")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.html.contains("why &lt;b&gt;") && short.html.contains("href=\"#reason\""));
        let reason = "The mother fell ill here and cannot travel";
        assert_eq!(noor.post(&open, &[("reason", reason)]).await.location, file);
        for part in ["", "/members", "/consents", "/decisions", "/history"] {
            let reply = noor.get(&format!("{file}{part}")).await;
            assert_eq!(reply.status, StatusCode::OK, "{part}: {}", reply.html);
            assert!(reply.html.contains("for reading only"), "{part}: {}", reply.html);
            assert!(!reply.html.contains("<form method=\"post\" action=\"/households"), "{}", reply.html);
        }
        let list = as_supervisor(&world).await.get("/openings").await;
        assert!(list.html.contains(reason) && list.html.contains("Noor Elsewhere"), "{}", list.html);
        assert!(list.html.contains(&format!("href=\"{file}\"")), "{}", list.html);
        assert_eq!(as_counter_officer(&world).await.get("/openings").await.status, StatusCode::FORBIDDEN);
        assert_eq!(as_auditor(&world).await.get(&open).await.status, StatusCode::FORBIDDEN);
    }
}

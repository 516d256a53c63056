//! The list of models.

use axum::extract::State;
use casework::Casework;
use casework::matching::models::{self, Kept};
use leptos::prelude::*;

use super::figures::{count, name, state};
use crate::kit::{Cell, Content, NotificationBanner, Table};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Done, SignedIn};

/// `GET /matching`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(done): Asked<Done>,
) -> Answer {
    let all = models::list(&casework, &actor).await?;
    let title = page.t("matching-title");
    let news = match done.done.as_str() {
        "activated" => Some("matching-activated"),
        "refused" => Some("matching-refused"),
        _ => None,
    };
    Ok(render(&page, &title, || {
        view! {
            {news.map(|key| NotificationBanner::success(page.t(key)))}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body-l">{page.t("matching-lead")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/matching/how">{page.t("matching-how-link")}</a></p>
            <h2 class="govuk-heading-m">{page.t("matching-models")}</h2>
            <p class="govuk-body">{page.t("matching-models-lead")}</p>
            {table(&page, &casework, &all)}
        }
        .into_any()
    }))
}

fn table(page: &Page, casework: &Casework, all: &[Kept]) -> Table {
    let head =
        ["model-model", "model-state", "model-since", "model-by", "model-verdicts"].map(|key| page.t(key));
    let mut table = Table::new(page.t("matching-models")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for one in all {
        let href = format!("/matching/{}", one.version);
        let link = view! { <a class="govuk-link" href=href>{name(page, one.version)}</a> };
        let since = one.decided_at.or(one.made_at).map(|at| page.date_time(casework.here(at)));
        let since = since.unwrap_or_else(|| page.t("model-ships"));
        let by = one.decided_by.clone().unwrap_or_else(|| page.t("model-by-service"));
        let verdicts = one.report.as_ref().map(|report| report.same + report.household + report.strangers);
        table = table.row([
            Cell::new(Content::view(link)),
            Cell::new(state(page, one.state)),
            Cell::new(Content::view(view! { <bdi>{since}</bdi> })),
            Cell::new(Content::view(view! { <bdi>{by}</bdi> })),
            Cell::number(verdicts.map(|verdicts| count(page, verdicts)).unwrap_or_default()),
        ]);
    }
    table
}

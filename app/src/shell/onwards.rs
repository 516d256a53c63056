//! Lists that go on: the way back to their start and on to the next rows.

use leptos::prelude::*;

use super::Page;
use crate::kit::Pagination;

/// Under a list of which this is a part: a link to its `start` where the reader is further on, and to what is `next`.
pub fn onwards(page: &Page, start: Option<String>, next: Option<String>) -> AnyView {
    view! {
        {start.map(|start| view! {
            <p class="govuk-body"><a class="govuk-link" href=start>{page.t("work-from-the-start")}</a></p>
        })}
        {next.map(|next| Pagination::steps(None, Some(next)))}
    }
    .into_any()
}

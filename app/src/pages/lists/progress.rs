//! While the service works on a list: how far it is. The browser comes again by a header, and by a link for who has told
//! it not to.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use casework::lists::List;
use leptos::prelude::*;

use crate::shell::Page;

/// Seconds until the browser asks again.
const AGAIN: &str = "4";

/// Lets the browser ask again by itself.
pub fn again(mut response: Response) -> Response {
    response.headers_mut().insert(HeaderName::from_static("refresh"), HeaderValue::from_static(AGAIN));
    response
}

/// How far it is, in words.
pub fn view(page: &Page, list: &List) -> AnyView {
    let phase = if list.phase.is_empty() { "waiting" } else { &list.phase };
    let phase = page.t_of("list-phase", phase);
    let far = (list.done > 0).then(|| match list.total {
        0 => page.t_with("list-done", &[("done", list.done.into())]),
        total => page.t_with("list-done-of", &[("done", list.done.into()), ("total", total.into())]),
    });
    let href = format!("/lists/{}", list.id);
    view! {
        <div class="govuk-inset-text" role="status">
            <p class="govuk-body">{phase}</p>
            {far.map(|far| view! { <p class="govuk-body">{far}</p> })}
        </div>
        <p class="govuk-body">{page.t("list-progress-hint")}</p>
        <p class="govuk-body"><a class="govuk-link" href=href>{page.t("list-progress-again")}</a></p>
    }
    .into_any()
}

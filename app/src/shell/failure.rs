//! What went wrong, and the page that says so: status, words in the person's language, never a cause.
//!
//! Handlers give back [`Answer`]; `?` turns a use case's error into a [`Failure`]. The shell's layer then puts the
//! page of [`show`] in place of the empty response, also for what routers and guards refuse by themselves.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Error;
use casework::error::Conflict;
use leptos::prelude::*;

use super::{Page, render};

/// What a handler gives back.
pub type Answer = Result<Response, Failure>;

/// Why a page cannot be shown or a change was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: Kind,
    /// Where the log has the cause.
    reference: Option<String>,
    /// Goes there instead of showing a page.
    redirect: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    NotFound,
    Forbidden,
    Conflict,
    Stale,
    Invalid,
    Unavailable,
    Internal,
    Foreign,
    TooLarge,
    Slow,
}

impl Kind {
    fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Foreign => StatusCode::FORBIDDEN,
            Self::Conflict | Self::Stale => StatusCode::CONFLICT,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable | Self::Slow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    /// The words' set: `error-<this>-title` and `error-<this>-text`.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => ("error-not-found-title", "error-not-found-text"),
            Self::Forbidden => ("error-forbidden-title", "error-forbidden-text"),
            Self::Conflict => ("error-conflict-title", "error-conflict-text"),
            Self::Stale => ("error-stale-title", "error-stale-text"),
            Self::Invalid => ("error-invalid-title", "error-invalid-text"),
            Self::Unavailable => ("error-unavailable-title", "error-unavailable-text"),
            Self::Internal => ("error-internal-title", "error-internal-text"),
            Self::Foreign => ("error-foreign-title", "error-foreign-text"),
            Self::TooLarge => ("error-large-title", "error-large-text"),
            Self::Slow => ("error-slow-title", "error-slow-text"),
        }
    }

    /// What a status that some layer gave by itself means for the reader.
    fn of(status: StatusCode) -> Option<Self> {
        Some(match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::GONE => Self::NotFound,
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Self::Forbidden,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
                Self::Unavailable
            }
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            status if status.is_client_error() => Self::Invalid,
            status if status.is_server_error() => Self::Internal,
            _ => return None,
        })
    }

    /// What it means when a guard in front of the pages gave it: there a 403 is the check against forged requests, a 503
    /// the end of the server's patience.
    fn at_the_door(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::FORBIDDEN => Some(Self::Foreign),
            StatusCode::SERVICE_UNAVAILABLE => Some(Self::Slow),
            status => Self::of(status),
        }
    }
}

impl Failure {
    fn of(kind: Kind) -> Self {
        Self { kind, reference: None, redirect: None }
    }

    /// There is no such page, or not for this person.
    pub fn not_found() -> Self {
        Self::of(Kind::NotFound)
    }

    /// The person may not do this.
    pub fn forbidden() -> Self {
        Self::of(Kind::Forbidden)
    }

    /// A fault of ours; the cause goes to the log, the page shows where to find it there.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Error::internal(cause).into()
    }

    /// The page is elsewhere: a 303 to a path of this service.
    pub fn elsewhere(path: impl Into<String>) -> Self {
        Self { redirect: Some(path.into()), ..Self::of(Kind::NotFound) }
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        if self.redirect.is_some() { StatusCode::SEE_OTHER } else { self.kind.status() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::NotFound => Kind::NotFound,
            Error::Forbidden | Error::Conflict(Conflict::SamePerson) => Kind::Forbidden,
            Error::Conflict(_) => Kind::Conflict,
            Error::Invalid(_) => Kind::Invalid,
            Error::Stale => Kind::Stale,
            Error::Unavailable(_) => Kind::Unavailable,
            Error::Internal(reference) => {
                return Self { reference: Some(reference.to_string()), ..Self::of(Kind::Internal) };
            }
            Error::Setup(cause) => return Error::internal(cause).into(),
        };
        Self::of(kind)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Some(path) = &self.redirect {
            return Redirect::to(path).into_response();
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Puts a page in place of a refusal that has none yet.
pub(crate) fn show(page: &Page, response: Response) -> Response {
    in_place_of(page, response, Kind::of)
}

/// The same for what the guards in front of the pages refuse.
pub(super) fn show_at_the_door(page: &Page, response: Response) -> Response {
    in_place_of(page, response, Kind::at_the_door)
}

fn in_place_of(page: &Page, response: Response, kind_of: fn(StatusCode) -> Option<Kind>) -> Response {
    let failure = if let Some(failure) = response.extensions().get::<Failure>() {
        failure.clone()
    } else {
        let kind = response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        match kind_of(response.status()) {
            Some(refusal) if !kind.starts_with("text/html") && !kind.starts_with("application/") => {
                Failure::of(refusal)
            }
            _ => return response,
        }
    };
    // The status a layer chose (405, 413) says more to machines than ours.
    let status = if response.status().is_success() { failure.status() } else { response.status() };
    let page = page.clone().status(status);
    let (title, text) = failure.kind.words();
    let title = page.t(title);
    let heading = title.clone();
    let mut shown = render(&page, &title, || {
        view! {
            <h1 class="govuk-heading-l">{heading}</h1>
            <p class="govuk-body">{page.t(text)}</p>
            {failure.reference.map(|reference| view! {
                <p class="govuk-body"><bdi class="app-reference">{reference}</bdi></p>
            })}
            <p class="govuk-body"><a class="govuk-link" href="/">{page.t("error-home")}</a></p>
        }
        .into_any()
    });
    // What the layer said beside its status (Allow, Retry-After) stays.
    for (name, value) in response.headers() {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
            shown.headers_mut().append(name.clone(), value.clone());
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;
    use crate::words::Lang;

    async fn text(response: Response) -> String {
        String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn each_error_has_its_status_and_page() {
        for (error, status, words) in [
            (Error::NotFound, 404, "Page introuvable"),
            (Error::Forbidden, 403, "Vous ne pouvez pas"),
            (Error::Conflict(Conflict::State), 409, "pas possible maintenant"),
            (Error::Stale, 409, "entre-temps"),
            (Error::Invalid("name.empty"), 422, "accepté"),
            (Error::Unavailable(casework::error::Outage::Busy), 503, "occupé"),
        ] {
            let response = show(&Page::for_test(Lang::Fr), Failure::from(error).into_response());
            assert_eq!(response.status().as_u16(), status);
            let body = text(response).await;
            assert!(body.contains(words), "{body}");
        }
    }

    #[tokio::test]
    async fn an_internal_error_shows_its_reference_and_no_cause() {
        let response = show(&Page::for_test(Lang::En), Failure::internal("the secret cause").into_response());
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = text(response).await;
        assert!(body.contains("app-reference") && !body.contains("secret"), "{body}");
    }

    #[tokio::test]
    async fn what_a_router_refuses_becomes_a_page_and_data_stays() {
        let page = Page::for_test(Lang::En);
        let response =
            show(&page, (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response());
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()[header::ALLOW], "GET");
        assert!(text(response).await.contains("Page not found"));
        let data =
            (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], "{}").into_response();
        assert_eq!(text(show(&page, data)).await, "{}");
    }
}

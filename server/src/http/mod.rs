//! The HTTP assembly: what lies around the pages of `app`. From the outside in:
//!
//! access log → panic page → headers and nonce → names we answer to → pages for what is refused from here on → size and
//! time limits → forged-request check → compression → (session → pages) or files. To add something that every answer passes, add it to [`around`] at the
//! place where it belongs, and to this line.

pub mod access;
pub mod assets;
pub mod headers;
pub mod host;
pub mod peer;
pub mod sessions;

#[cfg(test)]
mod canary;
#[cfg(test)]
mod controls;
#[cfg(test)]
mod crawl;
#[cfg(test)]
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use app::shell::Settings;
use app::state::AppState;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use casework::Casework;
use http_body_util::Limited;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::messages::hooks::Hooks;
use assets::Assets;
use host::Reach;

/// The largest form that is read. The longest page of the assessment sends some ten kilobytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// What stands around the file in the form that sends a list.
const ROUND_A_FILE: usize = 64 * 1024;
/// No page takes longer; a request that does has met a fault.
const LONGEST_ANSWER: Duration = Duration::from_secs(30);
/// How much longer a list may take to arrive: the largest at 100 kB a second.
const LONGEST_UPLOAD: u32 = 60;
/// How much longer a form with files may take: what it takes of them at 50 kB a second.
const LONGEST_FORM: u32 = 10;

/// Everything that is served: the pages with their sessions, the files, and what lies around both.
pub fn assemble(
    casework: &Casework,
    settings: Settings,
    assets: Assets,
    reach: &Reach,
    hooks: Option<Hooks>,
) -> Router {
    let state = AppState::new(casework.clone(), settings);
    let settings = state.settings.clone();
    let pages = app::router(state).layer(sessions::layer(casework.clone(), reach));
    // No browser sends these: they have no session, and a secret instead of the check for forged requests.
    let hooks = hooks.map(|hooks| hooks.routes(casework.clone())).unwrap_or_default();
    around(pages, hooks, settings, Arc::new(assets), reach)
}

/// Puts around the pages what every answer passes.
fn around(
    pages: Router,
    hooks: Router,
    settings: Arc<Settings>,
    assets: Arc<Assets>,
    reach: &Reach,
) -> Router {
    guarded(pages, hooks, settings, assets, reach, LONGEST_ANSWER)
}

fn guarded(
    pages: Router,
    hooks: Router,
    settings: Arc<Settings>,
    assets: Arc<Assets>,
    reach: &Reach,
    patience: Duration,
) -> Router {
    // Level 4 costs about a millisecond for a page and is within some percent of the best.
    let compression = CompressionLayer::new().quality(CompressionLevel::Precise(4));
    pages
        .layer(compression)
        .merge(assets.routes())
        .layer(CsrfLayer::new())
        .merge(hooks)
        .layer(from_fn_with_state(patience, bounds))
        .layer(from_fn_with_state(settings, app::shell::refusals))
        .layer(from_fn_with_state(reach.clone(), peer::tell))
        .layer(from_fn_with_state(reach.clone(), host::check))
        .layer(from_fn_with_state(headers::Policy { https: reach.is_https() }, headers::secure))
        .layer(CatchPanicLayer::custom(access::panicked))
        .layer(axum::middleware::from_fn(access::log))
}

/// Bounds what a request may bring and how long its answer may take. A list from a partner is the one body that is large; a
/// form with files may be larger than others too, and each route says whether it takes one (`app::upload::limit`).
async fn bounds(State(patience): State<Duration>, request: Request, next: Next) -> Response {
    let is_list = request.method() == Method::POST && request.uri().path() == app::pages::lists::UPLOAD;
    let (most, patience) = if is_list {
        let file = usize::try_from(casework::lists::LARGEST_FILE).unwrap_or(usize::MAX);
        (file.saturating_add(ROUND_A_FILE), patience * LONGEST_UPLOAD)
    } else if request.method() == Method::POST && has_files(&request) {
        (app::upload::LARGEST_FORM, patience * LONGEST_FORM)
    } else {
        (LARGEST_BODY, patience)
    };
    let told = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|told| told.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|told| told > most) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    // Whose length nobody told is counted as it comes.
    let request = request.map(|body| Body::new(Limited::new(body, most)));
    let answer = tokio::time::timeout(patience, next.run(request)).await;
    answer.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// Whether the form says that it brings files.
fn has_files(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;
    use axum::routing::{get, post};
    use tower::ServiceExt as _;

    async fn ask(request: axum::http::request::Builder, body: Vec<u8>) -> Response {
        let pages = Router::new()
            .route("/page", get(async || "page ".repeat(1000)))
            .route("/form", post(async |body: String| body.len().to_string()))
            .route("/never", get(std::future::pending::<()>))
            .route("/data", get(async || (StatusCode::FORBIDDEN, axum::Json("no"))));
        let assets = Arc::new(Assets::load(&[("guichet.css", b"a{}")], None).unwrap());
        guarded(pages, Router::new(), Arc::default(), assets, &Reach::Loopback, Duration::from_millis(200))
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_page_is_compressed_and_guarded() {
        let request = Request::get("/page").header("host", "127.0.0.1:3000").header("accept-encoding", "br");
        let response = ask(request, vec![]).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-encoding"], "br");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(response.headers().contains_key("content-security-policy"));
    }

    #[tokio::test]
    async fn a_form_from_another_site_is_refused_and_an_own_one_taken() {
        let form = |origin: &'static str, site: Option<&'static str>| {
            let request = Request::post("/form").header("host", "127.0.0.1:3000").header("origin", origin);
            match site {
                Some(site) => request.header("sec-fetch-site", site),
                None => request,
            }
        };
        let status = async |request| ask(request, b"x=1".to_vec()).await.status();
        assert_eq!(status(form("http://127.0.0.1:3000", Some("same-origin"))).await, StatusCode::OK);
        assert_eq!(status(form("http://127.0.0.1:3000", None)).await, StatusCode::OK);
        assert_eq!(status(form("http://evil.example", Some("cross-site"))).await, StatusCode::FORBIDDEN);
        assert_eq!(status(form("http://evil.example", None)).await, StatusCode::FORBIDDEN);
        assert_eq!(status(form("null", None)).await, StatusCode::FORBIDDEN);
        // Another port on this machine is another site's page all the same.
        assert_eq!(status(form("http://127.0.0.1:8000", Some("same-site"))).await, StatusCode::FORBIDDEN);
    }

    /// Asked in French: the status, and the page as it is read.
    async fn refusal(request: axum::http::request::Builder, body: Vec<u8>) -> (StatusCode, String) {
        let request = request.header("host", "127.0.0.1:3000").header("accept-language", "fr");
        let response = ask(request, body).await;
        let status = response.status();
        assert!(response.headers().contains_key("content-security-policy"));
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn what_a_guard_refuses_is_a_page_in_the_language_of_who_asks() {
        let foreign = Request::post("/form").header("sec-fetch-site", "cross-site");
        let large = Request::post("/form").header("content-length", LARGEST_BODY + 1);
        let too_large = vec![b'x'; LARGEST_BODY + 1];
        for (request, body, status, words) in [
            (foreign, vec![], 403, "ne vient pas d’une page"),
            (large, too_large.clone(), 413, "Trop de choses"),
            // Whose length nobody told beforehand.
            (Request::post("/form"), too_large, 413, "Trop de choses"),
            (Request::get("/form"), vec![], 405, "Page introuvable"),
            (Request::get("/nowhere"), vec![], 404, "Page introuvable"),
        ] {
            let (answered, page) = refusal(request, body).await;
            assert_eq!(answered.as_u16(), status, "{page}");
            assert!(
                page.contains(words) && page.contains("<html") && page.contains(r#"lang="fr""#),
                "{page}"
            );
        }
        assert_eq!(refusal(Request::get("/data"), vec![]).await.1, "\"no\"", "data stay data");
        assert_eq!(refusal(Request::get("/assets/nothing.css"), vec![]).await.1, "", "a file is no page");
    }

    #[tokio::test]
    async fn an_answer_that_takes_too_long_is_a_page_that_does_not_say_that_nothing_was_done() {
        let (status, page) = refusal(Request::get("/never"), vec![]).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.contains("trop de temps") && page.contains("regardez avant"), "{page}");
    }

    #[tokio::test]
    async fn a_list_may_be_larger_than_a_form() {
        let pages = Router::new().route(
            app::pages::lists::UPLOAD,
            post(async |body: Body| match axum::body::to_bytes(body, usize::MAX).await {
                Ok(bytes) => bytes.len().to_string(),
                Err(_) => "too large".to_owned(),
            }),
        );
        let assets = Arc::new(Assets::load(&[("guichet.css", b"a{}")], None).unwrap());
        let app =
            guarded(pages, Router::new(), Arc::default(), assets, &Reach::Loopback, Duration::from_secs(5));
        let send = async |length: Option<u64>, body: Vec<u8>| {
            let mut request = Request::post(app::pages::lists::UPLOAD).header("host", "localhost");
            if let Some(length) = length {
                request = request.header("content-length", length);
            }
            app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap()
        };
        let taken = send(None, vec![b'x'; LARGEST_BODY * 3]).await;
        let body = axum::body::to_bytes(taken.into_body(), 100).await.unwrap();
        assert_eq!(body, (LARGEST_BODY * 3).to_string().as_bytes());
        let told = send(Some(casework::lists::LARGEST_FILE * 2), vec![]).await;
        assert_eq!(told.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn a_form_with_files_may_be_larger_where_its_route_says_so_and_is_guarded_too() {
        let told = async |body: Result<axum::body::Bytes, axum::extract::rejection::BytesRejection>| {
            body.map_or_else(|refused| refused.status().as_u16().to_string(), |body| body.len().to_string())
        };
        let pages =
            Router::new().route("/files", post(told).layer(app::upload::limit())).route("/form", post(told));
        let assets = Arc::new(Assets::load(&[("guichet.css", b"a{}")], None).unwrap());
        let app =
            guarded(pages, Router::new(), Arc::default(), assets, &Reach::Loopback, Duration::from_secs(5));
        let send = async |path: &str, kind: &str, origin: &str| {
            let request = Request::post(path)
                .header("host", "127.0.0.1:3000")
                .header("origin", origin)
                .header("content-type", kind);
            let body = Body::from(vec![b'x'; LARGEST_BODY * 6]);
            let answer = app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
            let status = answer.status().as_u16();
            let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
            (status, String::from_utf8(body.to_vec()).unwrap())
        };
        let (files, own) = ("multipart/form-data; boundary=b", "http://127.0.0.1:3000");
        assert_eq!(send("/files", files, own).await, (200, (LARGEST_BODY * 6).to_string()));
        assert_eq!(send("/form", files, own).await, (200, "413".into()), "a form without files");
        assert_eq!(send("/files", files, "http://evil.example").await.0, 403);
        assert_eq!(send("/files", "application/x-www-form-urlencoded", own).await.1, "413");
    }

    #[tokio::test]
    async fn a_name_that_is_not_ours_and_a_body_too_large_are_refused() {
        let other = ask(Request::get("/page").header("host", "guichet.example"), vec![]).await;
        assert_eq!(other.status(), StatusCode::MISDIRECTED_REQUEST);
        let large =
            Request::post("/form").header("host", "localhost").header("content-length", LARGEST_BODY + 1);
        assert_eq!(ask(large, vec![b'x'; LARGEST_BODY + 1]).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}

//! One log line an answer: method, route, status, milliseconds. The route is the pattern (`/households/{id}`), never
//! the address: addresses and queries may hold references, names and numbers, and a log is read by many.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Middleware: writes the line, and turns a panic's bare answer into the error page.
pub async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "(none)".to_owned(), |path| path.as_str().to_owned());
    let began = Instant::now();
    let response = next.run(request).await;
    let milliseconds = began.elapsed().as_millis();
    let status = response.status().as_u16();
    if response.status().is_server_error() {
        tracing::warn!(target: "guichet::access", %method, %route, status, milliseconds);
    } else {
        tracing::info!(target: "guichet::access", %method, %route, status, milliseconds);
    }
    response
}

/// What is answered when a handler panicked: the cause goes to the log, the page says that it was not the reader.
#[expect(clippy::needless_pass_by_value, reason = "the shape that CatchPanicLayer asks for")]
pub fn panicked(cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    tracing::error!(cause = text, "a handler panicked");
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    (StatusCode::INTERNAL_SERVER_ERROR, kind, BROKEN).into_response()
}

/// Without words from the word files: they may be what broke. In the three languages, so that everyone can read it.
const BROKEN: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>Guichet</title>\
<main><h1>Sorry, there is a problem with the service</h1><p>Try again later. What you saved is kept.</p>\
<div lang=\"fr\"><h2>Désolé, le service rencontre un problème</h2><p>Réessayez plus tard. Ce que vous avez enregistré est conservé.</p></div>\
<div lang=\"ar\" dir=\"rtl\"><h2>عذرًا، هناك مشكلة في الخدمة</h2><p>حاول مرة أخرى لاحقًا. ما حفظته محفوظ.</p></div></main></html>";

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    #[tokio::test]
    async fn a_panic_is_a_page_that_says_nothing_of_its_cause() {
        async fn broken() -> &'static str {
            panic!("secret cause")
        }
        let response = axum::Router::new()
            .route("/", get(broken))
            .layer(CatchPanicLayer::custom(panicked))
            .oneshot(Request::get("/").body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let page = std::str::from_utf8(&body).unwrap();
        assert!(page.contains("Sorry") && !page.contains("secret"));
    }
}

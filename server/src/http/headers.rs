//! The headers every answer carries, and the nonce that the page of this answer may use for its one script.
//!
//! To allow one more source: change `policy` and say beside it why; `the_policy_stays_tight` shows it in review.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// What the headers depend on.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The service is reached by https: tell browsers to stay there.
    pub https: bool,
}

/// Headers that are the same on every answer.
const SAME: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    // Not `no-referrer`: with it browsers send `Origin: null` on our own forms, and the check against forged requests
    // would refuse them wherever Fetch-Metadata is not sent (plain HTTP). Addresses hold no personal data.
    ("referrer-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
    ("x-frame-options", "DENY"),
];

/// Middleware: mints the nonce, hands it to the page as [`app::edge::Nonce`], writes the headers on the way out.
pub async fn secure(State(policy): State<Policy>, mut request: Request, next: Next) -> Response {
    let nonce = mint();
    request.extensions_mut().insert(app::edge::Nonce(nonce.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in SAME {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&content_security_policy(&nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    if policy.https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    // Browsers ignore this one, with an error in the console, on an origin they do not trust: plain HTTP in a lab.
    if policy.https {
        headers.insert(
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        );
    }
    harden_cookies(headers, policy.https);
    // A page may show personal data: no cache keeps it unless its handler said otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Gives every cookie what no cookie of ours is without. The session layer takes its cookie away without these attributes,
/// and browsers then keep one whose name starts with `__Host-`.
fn harden_cookies(headers: &mut HeaderMap, https: bool) {
    let set: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in set {
        let hardened = cookie.to_str().ok().map(|text| {
            let add = |wanted: bool, attribute: &'static str| if wanted { attribute } else { "" };
            let http_only = add(!text.contains("; HttpOnly"), "; HttpOnly");
            let same_site = add(!text.contains("; SameSite="), "; SameSite=Lax");
            let secure = add(https && !text.contains("; Secure"), "; Secure");
            format!("{text}{http_only}{same_site}{secure}")
        });
        let hardened = hardened.and_then(|text| HeaderValue::from_str(&text).ok());
        headers.append(header::SET_COOKIE, hardened.unwrap_or(cookie));
    }
}

/// 122 random bits, in letters that need no escaping in a header or an attribute.
fn mint() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::routing::get;
    use tower::ServiceExt as _;

    async fn answer(https: bool, path: &str) -> Response {
        axum::Router::new()
            .route("/page", get(async |nonce: axum::Extension<app::edge::Nonce>| nonce.0.0))
            .route("/kept", get(async || ([(header::CACHE_CONTROL, "public, max-age=60")], "x")))
            .layer(axum::middleware::from_fn_with_state(Policy { https }, secure))
            .oneshot(Request::get(path).body(Body::empty()).unwrap())
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn the_policy_stays_tight() {
        let policy = content_security_policy("N");
        assert_eq!(
            policy,
            "default-src 'self'; script-src 'self' 'nonce-N' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
        );
        assert!(!policy.contains("unsafe-inline"));
    }

    #[tokio::test]
    async fn every_answer_carries_them_even_one_for_nothing_there() {
        for path in ["/page", "/nowhere"] {
            let response = answer(true, path).await;
            for name in [
                "content-security-policy",
                "strict-transport-security",
                "x-content-type-options",
                "referrer-policy",
                "permissions-policy",
                "cross-origin-opener-policy",
                "cross-origin-resource-policy",
            ] {
                assert!(response.headers().contains_key(name), "{path}: {name}");
            }
            assert_eq!(response.headers()["cache-control"], "no-store");
        }
        assert!(!answer(false, "/page").await.headers().contains_key("strict-transport-security"));
        assert_eq!(answer(true, "/kept").await.headers()["cache-control"], "public, max-age=60");
        assert_eq!(answer(true, "/nowhere").await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_page_holds_the_nonce_of_its_own_header() {
        let response = answer(true, "/page").await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        let nonce = std::str::from_utf8(&body).unwrap();
        assert!(policy.contains(&format!("'nonce-{nonce}'")));
        let again = answer(true, "/page").await;
        let other = axum::body::to_bytes(again.into_body(), 1000).await.unwrap();
        assert_ne!(body, other);
    }
}

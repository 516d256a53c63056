//! Where a gateway reports: `POST /sms/receipt` for what became of a message, `POST /sms/inbound` for one that came in. Both
//! need the shared secret as `Authorization: Bearer …`; who does not know it is refused, and after some tries is not
//! listened to for a minute. The answer says nothing of what came of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::routing::post;
use casework::Casework;
use casework::notices::deliver::{self, Report};
use casework::notices::inbound::{self, Inbound};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The largest report.
const LARGEST: usize = 16 * 1024;
/// Wrong secrets before nobody is listened to.
const WRONG: u32 = 20;
/// For so long.
const DEAF: Duration = Duration::from_mins(1);

/// What a gateway calls what it sends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// Of a report: our key.
    pub key: String,
    /// Of a report: what became of it.
    pub status: String,
    /// Words of the status that mean that it arrived.
    pub delivered: Vec<String>,
    /// Words of the status that mean that it will not.
    pub failed: Vec<String>,
    /// Of a message that came in: what the gateway calls it.
    pub id: String,
    /// The number it came from.
    pub from: String,
    /// What it says.
    pub text: String,
}

impl Default for Names {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        Self {
            key: "key".into(),
            status: "status".into(),
            delivered: words(&["delivered", "DELIVRD"]),
            failed: words(&["failed", "undelivered", "rejected", "expired", "UNDELIV", "REJECTD", "EXPIRED"]),
            id: "id".into(),
            from: "from".into(),
            text: "text".into(),
        }
    }
}

/// The secret that a gateway knows, and how it speaks.
#[derive(Clone)]
pub struct Hooks {
    secret: [u8; 32],
    names: Arc<Names>,
    wrong: Arc<Mutex<(u32, Option<Instant>)>>,
}

impl std::fmt::Debug for Hooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hooks(…)")
    }
}

impl Hooks {
    /// Listens to who knows this secret.
    pub fn new(secret: &str, names: Names) -> Self {
        Self {
            secret: Sha256::digest(secret.as_bytes()).into(),
            names: Arc::new(names),
            wrong: Arc::default(),
        }
    }

    /// The addresses.
    pub fn routes(self, casework: Casework) -> Router {
        Router::new()
            .route("/sms/receipt", post(receipt))
            .route("/sms/inbound", post(came_in))
            .layer(DefaultBodyLimit::max(LARGEST))
            .with_state((self, casework))
    }

    /// `None` when this is the gateway.
    fn refuse(&self, headers: &HeaderMap) -> Option<StatusCode> {
        let told = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let told = told.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let told: [u8; 32] = Sha256::digest(told.trim().as_bytes()).into();
        // Hashes are compared: how far they agree says nothing of the secret.
        let is_right = told == self.secret;
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.1.is_some_and(|since| since.elapsed() >= DEAF) {
            *wrong = (0, None);
        }
        if is_right {
            return None;
        }
        wrong.0 += 1;
        wrong.1.get_or_insert_with(Instant::now);
        Some(if wrong.0 > WRONG { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNAUTHORIZED })
    }
}

/// The members of a body of JSON, or the fields of a form.
struct Told(Vec<(String, String)>);

impl Told {
    fn read(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if kind.contains("json") {
            let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
            let text = |value: serde_json::Value| match value {
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            };
            return Some(Self(object.into_iter().map(|(name, value)| (name, text(value))).collect()));
        }
        let as_query: Uri = format!("/?{}", std::str::from_utf8(body).ok()?).parse().ok()?;
        Query::<Vec<(String, String)>>::try_from_uri(&as_query).ok().map(|Query(fields)| Self(fields))
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
    }
}

type Shared = State<(Hooks, Casework)>;

async fn receipt(State((hooks, casework)): Shared, headers: HeaderMap, body: Bytes) -> StatusCode {
    if let Some(refused) = hooks.refuse(&headers) {
        return refused;
    }
    let names = &hooks.names;
    let told = Told::read(&headers, &body);
    let told = told.and_then(|told| told.get(&names.key).zip(told.get(&names.status)));
    let Some((key, status)) = told else { return StatusCode::BAD_REQUEST };
    let is_one_of = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(&status));
    let report = if is_one_of(&names.delivered) {
        Report::Delivered
    } else if is_one_of(&names.failed) {
        Report::Undelivered
    } else {
        // On its way: nothing that we do not know.
        return StatusCode::NO_CONTENT;
    };
    match deliver::report(&casework, &key, report).await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(error) => later(&error),
    }
}

async fn came_in(State((hooks, casework)): Shared, headers: HeaderMap, body: Bytes) -> StatusCode {
    if let Some(refused) = hooks.refuse(&headers) {
        return refused;
    }
    let names = &hooks.names;
    let told = Told::read(&headers, &body);
    let message = told.and_then(|told| {
        Some(Inbound { id: told.get(&names.id)?, from: told.get(&names.from)?, text: told.get(&names.text)? })
    });
    let Some(message) = message else { return StatusCode::BAD_REQUEST };
    match inbound::take(&casework, &message).await {
        Ok(outcome) => {
            tracing::info!(outcome = outcome.code(), "a message came in");
            StatusCode::NO_CONTENT
        }
        Err(error) => later(&error),
    }
}

/// The gateway asks again.
fn later(error: &casework::Error) -> StatusCode {
    tracing::warn!(%error, "a report of the gateway");
    StatusCode::SERVICE_UNAVAILABLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use casework::notices::{Carriers, deliver::round};
    use casework::test_support::small::{load_small_pack, register_family, small_family};
    use casework::test_support::{World, each_engine};
    use tower::ServiceExt as _;

    async fn send(app: &Router, path: &str, secret: &str, kind: &str, body: &str) -> u16 {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {secret}"))
            .header("content-type", kind)
            .body(Body::from(body.to_owned()))
            .unwrap();
        app.clone().oneshot(request).await.unwrap().status().as_u16()
    }

    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";

    fn app(world: &World) -> Router {
        Hooks::new("let-me-in", Names::default()).routes(world.casework.clone())
    }

    #[tokio::test]
    async fn who_does_not_know_the_secret_is_refused_and_then_not_heard() {
        let world = World::sqlite().await;
        let app = app(&world);
        for path in ["/sms/receipt", "/sms/inbound"] {
            assert_eq!(send(&app, path, "guess", JSON, "{}").await, 401);
            assert_eq!(send(&app, path, "", JSON, "{}").await, 401);
            assert_eq!(send(&app, path, "let-me-in", JSON, "{}").await, 400);
            assert_eq!(send(&app, path, "let-me-in", JSON, "nonsense").await, 400);
        }
        let mut last = 0;
        for _ in 0..=WRONG {
            last = send(&app, "/sms/inbound", "guess", JSON, "{}").await;
        }
        assert_eq!(last, 429);
        let body = r#"{"id":"1","from":"+25779123456","text":"STATUS"}"#;
        assert_eq!(
            send(&app, "/sms/inbound", "let-me-in", JSON, body).await,
            204,
            "the gateway is heard all the same"
        );
        world.end().await;
    }

    #[tokio::test]
    async fn the_answer_to_a_message_says_nothing_of_what_came_of_it() {
        each_engine(async |world| {
            load_small_pack(world).await;
            let mut family = small_family(1);
            family.contact.phone = Some(domain::phone::Phone::parse("+25779123456").unwrap());
            let reference = register_family(world, &family).await.reference;
            let app = app(world);
            let theirs = format!("id=1&from=%2B25779123456&text=STATUS+{reference}");
            let foreign = format!("id=2&from=%2B25779000000&text=STATUS+{reference}");
            for body in [theirs.as_str(), theirs.as_str(), foreign.as_str(), "id=3&from=x&text=hello"] {
                assert_eq!(send(&app, "/sms/inbound", "let-me-in", FORM, body).await, 204);
            }
            let count = async |sql| world.db.value::<i64>(sql, vec![]).await.unwrap();
            assert_eq!(count("SELECT COUNT(*) FROM notice WHERE kind = 'status'").await, Some(1));
            assert_eq!(count("SELECT COUNT(*) FROM inbound").await, Some(3));
            round(world, &Carriers::default()).await.unwrap();
            let json = r#"{"key":"01931e6e-7d5a-7c3e-8f10-0123456789ab","status":"delivered"}"#;
            assert_eq!(send(&app, "/sms/receipt", "let-me-in", JSON, json).await, 204);
        })
        .await;
    }
}

//! `guichet gateway`: a gateway for text messages that sends nothing, for development and for tests. It keeps what it got, one
//! message for each key, shows it on a page and as JSON, can be told to fail or to stall, and reports back as a real one does.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Form, State};
use axum::http::{Request, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http_body_util::Full;
use hyper::body::Bytes;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::cli::Gateway;
use crate::failure::{Failure, Outcome};
use crate::messages::client::Client;

/// How it behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    /// Takes every message.
    #[default]
    Take,
    /// Has a fault, and takes none.
    Fail,
    /// Says that there is no such number.
    Refuse,
    /// Does not answer, and does not take it.
    Stall,
    /// Takes it, and does not answer.
    TakeAndStall,
}

const MODES: [(Mode, &str, &str); 5] = [
    (Mode::Take, "take", "take messages"),
    (Mode::Fail, "fail", "fail (503)"),
    (Mode::Refuse, "refuse", "refuse: no such number (422)"),
    (Mode::Stall, "stall", "take nothing and never answer"),
    (Mode::TakeAndStall, "take-and-stall", "take it and never answer"),
];

/// A message as it came.
#[derive(Clone, Debug, Deserialize)]
struct Sent {
    to: String,
    text: String,
    key: String,
}

/// A message as it is kept.
#[derive(Clone, Debug, Serialize)]
struct Kept {
    id: String,
    key: String,
    to: String,
    text: String,
    /// How often it was handed over.
    handed: u32,
    /// What was reported back of it.
    report: Option<String>,
}

#[derive(Debug, Default)]
struct Inner {
    messages: Vec<Kept>,
    mode: Mode,
    came_in: u32,
    /// Requests to take a message, whatever became of them.
    requests: u32,
}

#[derive(Clone, Debug)]
struct Desk {
    inner: Arc<Mutex<Inner>>,
    service: Option<String>,
    secret: String,
    client: Client,
}

impl Desk {
    fn look(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports to the service; how it answered.
    async fn report(&self, path: &str, body: &serde_json::Value) -> Result<StatusCode, String> {
        let service = self.service.as_deref().ok_or("say --service to report back")?;
        let body = Bytes::from(body.to_string());
        let request = Request::post(format!("{}{path}", service.trim_end_matches('/')))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.secret))
            .body(Full::new(body))
            .map_err(|cause| cause.to_string())?;
        let answer = self.client.send(request).await;
        answer.map(|(status, _)| status).map_err(|_| format!("{service} does not answer"))
    }
}

pub async fn run(how: Gateway) -> Outcome {
    let secret = match &how.secret_file {
        Some(file) => std::fs::read_to_string(file)
            .map(|text| text.trim().to_owned())
            .map_err(|cause| Failure::bad_use(format!("{}: {cause}", file.display())))?,
        None => std::env::var("GUICHET_SMS_INBOUND_SECRET").unwrap_or_default(),
    };
    if !how.listen.ip().is_loopback() {
        return Err(Failure::bad_use("this gateway is for one machine: let it listen on 127.0.0.1"));
    }
    let listener = TcpListener::bind(how.listen)
        .await
        .map_err(|cause| Failure::failed(format!("{}: {cause}", how.listen)))?;
    let at = listener.local_addr().unwrap_or(how.listen);
    let desk = Desk {
        inner: Arc::default(),
        service: how.service,
        secret,
        client: Client::new(Duration::from_secs(20)),
    };
    // Who started it may have stopped listening.
    let _ = writeln!(
        std::io::stdout(),
        "A gateway that sends nothing is at http://{at}; it takes messages at http://{at}/messages\nCtrl-C stops it."
    );
    axum::serve(listener, routes(desk)).await.map_err(Failure::failed)
}

fn routes(desk: Desk) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/messages", get(all).post(take))
        .route("/mode", post(mode))
        .route("/report", post(report))
        .route("/inbound", post(inbound))
        .with_state(desk)
}

/// Takes a message as it has been told to.
async fn take(State(desk): State<Desk>, Json(sent): Json<Sent>) -> Response {
    let mode = {
        let mut inner = desk.look();
        inner.requests += 1;
        inner.mode
    };
    match mode {
        Mode::Fail => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mode::Refuse => return StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        Mode::Stall => std::future::pending::<()>().await,
        Mode::Take | Mode::TakeAndStall => {}
    }
    let id = keep(&mut desk.look(), sent);
    if mode == Mode::TakeAndStall {
        std::future::pending::<()>().await;
    }
    Json(serde_json::json!({ "id": id })).into_response()
}

/// One message for each key; what it is called here.
fn keep(inner: &mut Inner, sent: Sent) -> String {
    if let Some(there) = inner.messages.iter_mut().find(|kept| kept.key == sent.key) {
        there.handed += 1;
        return there.id.clone();
    }
    let id = format!("m-{}", inner.messages.len() + 1);
    let Sent { to, text, key } = sent;
    inner.messages.push(Kept { id: id.clone(), key, to, text, handed: 1, report: None });
    id
}

/// Everything that it got.
async fn all(State(desk): State<Desk>) -> Response {
    let inner = desk.look();
    let all = serde_json::json!({
        "mode": inner.mode, "requests": inner.requests, "messages": inner.messages,
    });
    Json(all).into_response()
}

#[derive(Deserialize)]
struct NewMode {
    mode: Mode,
}

async fn mode(State(desk): State<Desk>, Form(new): Form<NewMode>) -> Redirect {
    desk.look().mode = new.mode;
    Redirect::to("/")
}

#[derive(Deserialize)]
struct Report {
    key: String,
    status: String,
}

/// Reports back what became of a message.
async fn report(State(desk): State<Desk>, Form(told): Form<Report>) -> Response {
    let body = serde_json::json!({ "key": told.key, "status": told.status });
    let answer = desk.report("/sms/receipt", &body).await;
    if let Some(kept) = desk.look().messages.iter_mut().find(|kept| kept.key == told.key) {
        kept.report = Some(told.status);
    }
    answered(answer)
}

#[derive(Deserialize)]
struct Incoming {
    from: String,
    text: String,
    id: Option<String>,
}

/// Sends a message to the service as if somebody had written it.
async fn inbound(State(desk): State<Desk>, Form(message): Form<Incoming>) -> Response {
    let id = message.id.filter(|id| !id.is_empty()).unwrap_or_else(|| {
        let mut inner = desk.look();
        inner.came_in += 1;
        // Another gateway began at one too.
        format!("in-{}-{}", std::process::id(), inner.came_in)
    });
    let body = serde_json::json!({ "id": id, "from": message.from, "text": message.text });
    answered(desk.report("/sms/inbound", &body).await)
}

fn answered(answer: Result<StatusCode, String>) -> Response {
    match answer {
        Ok(status) if status.is_success() => Redirect::to("/").into_response(),
        Ok(status) => (StatusCode::BAD_GATEWAY, format!("The service answered {status}.\n")).into_response(),
        Err(why) => (StatusCode::BAD_GATEWAY, format!("{why}\n")).into_response(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page: what it got, how it behaves, and what it can send back.
async fn page(State(desk): State<Desk>) -> Html<String> {
    let inner = desk.look();
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Gateway for development</title><style>body{font:16px/1.5 sans-serif;margin:1rem auto;max-width:60rem;\
         padding:0 1rem}article{border-left:4px solid #1d70b8;padding:.25rem 1rem;margin:1rem 0}form{display:inline}\
         button{font:inherit}</style><h1>Gateway for development</h1><p>It keeps messages and sends none.</p>",
    );
    html.push_str("<form method=\"post\" action=\"/mode\"><label>It shall <select name=\"mode\">");
    for (mode, code, words) in MODES {
        let chosen = if mode == inner.mode { " selected" } else { "" };
        let _ = write!(html, "<option value=\"{code}\"{chosen}>{words}</option>");
    }
    html.push_str("</select></label> <button>Set</button></form>");
    html.push_str(
        "<h2>Write to the service</h2><form method=\"post\" action=\"/inbound\"><label>From <input name=\"from\" \
         required></label> <label>Text <input name=\"text\" required placeholder=\"STATUS SP-…\"></label> \
         <button>Send</button></form>",
    );
    let _ = write!(html, "<h2>{} messages</h2>", inner.messages.len());
    for kept in inner.messages.iter().rev() {
        let (id, to, text, key) = (&kept.id, escaped(&kept.to), escaped(&kept.text), escaped(&kept.key));
        let report = kept.report.as_deref().map(escaped).unwrap_or_default();
        let _ = write!(
            html,
            "<article><p><strong>{to}</strong> {id}, handed over {} times {report}</p><p dir=\"auto\">{text}</p>",
            kept.handed
        );
        for status in ["delivered", "failed"] {
            let _ = write!(
                html,
                "<form method=\"post\" action=\"/report\"><input type=\"hidden\" name=\"key\" value=\"{key}\">\
                 <button name=\"status\" value=\"{status}\">Report: {status}</button></form> "
            );
        }
        html.push_str("</article>");
    }
    Html(html)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    fn desk() -> (Desk, Router) {
        let client = Client::new(Duration::from_secs(1));
        let desk = Desk { inner: Arc::default(), service: None, secret: "s".into(), client };
        (desk.clone(), routes(desk))
    }

    async fn ask(app: &Router, request: Request<Body>) -> (u16, String) {
        let answer = app.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn message(key: &str) -> Request<Body> {
        let body = serde_json::json!({ "to": "+257", "text": "<b>hello</b>", "key": key }).to_string();
        Request::post("/messages").header("content-type", "application/json").body(Body::from(body)).unwrap()
    }

    fn form(path: &str, body: &'static str) -> Request<Body> {
        let kind = "application/x-www-form-urlencoded";
        Request::post(path).header("content-type", kind).body(Body::from(body)).unwrap()
    }

    #[tokio::test]
    async fn a_key_that_comes_again_is_one_message() {
        let (desk, app) = desk();
        let first = ask(&app, message("a")).await;
        assert_eq!(first, (200, r#"{"id":"m-1"}"#.into()));
        assert_eq!(ask(&app, message("a")).await, first);
        ask(&app, message("b")).await;
        assert_eq!(desk.look().messages.len(), 2);
        let (_, all) = ask(&app, Request::get("/messages").body(Body::empty()).unwrap()).await;
        let all: serde_json::Value = serde_json::from_str(&all).unwrap();
        assert_eq!((&all["messages"][0]["handed"], &all["requests"]), (&2.into(), &3.into()));
        let (_, page) = ask(&app, Request::get("/").body(Body::empty()).unwrap()).await;
        assert!(page.contains("&lt;b&gt;hello") && !page.contains("<b>hello"), "{page}");
    }

    #[tokio::test]
    async fn it_fails_refuses_and_stalls_as_it_is_told() {
        let (desk, app) = desk();
        for (mode, status) in [("mode=fail", 503), ("mode=refuse", 422)] {
            assert_eq!(ask(&app, form("/mode", mode)).await.0, 303);
            assert_eq!(ask(&app, message("a")).await.0, status);
        }
        assert!(desk.look().messages.is_empty());
        for (mode, kept) in [("mode=stall", 0), ("mode=take-and-stall", 1)] {
            ask(&app, form("/mode", mode)).await;
            let stalled = tokio::time::timeout(Duration::from_millis(200), ask(&app, message("a"))).await;
            assert!(stalled.is_err(), "{mode}");
            assert_eq!(desk.look().messages.len(), kept, "{mode}");
        }
        assert_eq!(ask(&app, form("/mode", "mode=dance")).await.0, 422);
        let (status, why) = ask(&app, form("/inbound", "from=%2B257&text=STATUS")).await;
        assert!(status == 502 && why.contains("--service"), "{why}");
    }
}

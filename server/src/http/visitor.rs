//! For tests over the whole assembly: a browser that keeps its cookies and remembers what it was told, and the routes there
//! are.

use std::collections::{BTreeMap, BTreeSet};

use app::edge::Site;
use app::shell::{Settings, address};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use casework::Casework;
use casework::staff::{self, NewStaff};
use casework::test_support::administrator;
use domain::role::{Grant, Role, Scope};
use tower::ServiceExt as _;

use super::assemble;
use super::assets::Assets;
use super::host::Reach;

/// The password of every account made here.
pub const PHRASE: &str = "seven lamps on a quiet road";

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    /// A header as text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What stands between two texts of the body.
    pub fn between(&self, before: &str, after: &str) -> String {
        let rest = self.body.split_once(before).unwrap_or_else(|| panic!("no {before} in {}", self.body)).1;
        rest.split(after).next().unwrap().to_owned()
    }
}

/// A browser.
#[derive(Clone)]
pub struct Visitor {
    pub app: Router,
    host: &'static str,
    cookies: BTreeMap<String, String>,
}

/// The whole service.
pub fn service(casework: &Casework, reach: &Reach) -> Router {
    let assets = Assets::load(crate::embedded::STYLE, None).unwrap();
    let site = Site { version: assets.version().to_owned(), islands: true };
    let settings = Settings { site, secure_cookies: reach.is_https(), ..Settings::default() };
    assemble(casework, settings, assets, reach, None)
}

/// Every path that a router has a route for. axum lists them in its `Debug` only.
pub fn routes(app: &Router) -> BTreeSet<String> {
    let listed = format!("{app:?}");
    let paths = listed.split("RouteId(").filter_map(|part| part.split('"').nth(1));
    let paths: BTreeSet<String> = paths
        .filter(|path| path.starts_with('/') && !path.contains("__private"))
        .map(str::to_owned)
        .collect();
    assert!(
        paths.contains("/sign-in") && paths.contains("/assets/{*path}"),
        "listed otherwise now: {listed}"
    );
    paths
}

/// A path with its names in braces filled in; what is not known is an id of nothing.
pub fn filled(path: &str, known: &[(&str, &str)]) -> String {
    let parts = path.split('/').map(|part| {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else { return part };
        let known = known.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
        known.unwrap_or(if name.starts_with('*') {
            "guichet.css"
        } else {
            "00000000-0000-7000-8000-000000000001"
        })
    });
    parts.collect::<Vec<_>>().join("/")
}

impl Visitor {
    /// Nobody in particular, at this machine's own address.
    pub fn new(app: &Router) -> Self {
        Self { app: app.clone(), host: "127.0.0.1:3000", cookies: BTreeMap::new() }
    }

    /// Makes an account and signs it in.
    pub async fn with_role(app: &Router, casework: &Casework, login: &str, role: Role, scope: Scope) -> Self {
        let new = NewStaff {
            login: login.to_owned(),
            name: format!("The {role}"),
            language: "en".into(),
            grants: vec![Grant { role, scope }],
            password: Some(PHRASE.into()),
        };
        staff::add(casework, &administrator(), new).await.unwrap();
        let mut visitor = Self::new(app);
        let reply = visitor.post("/sign-in", &[("login", login), ("password", PHRASE)]).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        visitor
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path), String::new()).await
    }

    /// Sends a form as a page of the service does.
    pub async fn post(&mut self, path: &str, typed: &[(&str, &str)]) -> Reply {
        self.post_from(path, typed, &[("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")])
            .await
    }

    /// Sends a form with these headers.
    pub async fn post_from(&mut self, path: &str, typed: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let mut request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request, address("", typed).trim_start_matches('?').to_owned()).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Reply {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::HOST, self.host).header(header::COOKIE, cookies.join("; "));
        let response = self.app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let body = axum::body::to_bytes(body, 1 << 24).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

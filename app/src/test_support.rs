//! For tests of handlers: a browser that keeps its cookies, signed in as whoever the test needs.
//!
//! ```ignore
//! let world = world().await;
//! let mut browser = Browser::with_role(&world, Role::CounterOfficer).await;
//! let reply = browser.post("/households/new", &[("given", "Amina")]).await;
//! assert_eq!(reply.status, StatusCode::SEE_OTHER);
//! ```
//!
//! Typed users: [`as_counter_officer`], [`as_supervisor`], …; all of office [`OFFICE`].

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test whose browser does not work must fail, loudly"
)]

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use casework::Actor;
use casework::packs::{self, Loading};
use casework::staff::{self, NewStaff};
use casework::test_support::small::{POOR, decided_family, load_small_pack};
use casework::test_support::{OFFICE, PROVIDER, World, administrator, demo_pack};
use domain::role::{Grant, Role, Scope};
use tower::ServiceExt;

use crate::session;
use crate::shell::Settings;
use crate::state::AppState;
use crate::words::Lang;

/// The password of every account made here.
pub const PHRASE: &str = "seven lamps on a quiet road";

/// A fresh registry on SQLite. Use cases are tested on both engines where they are; pages need one.
pub async fn world() -> World {
    World::sqlite().await
}

/// A fresh registry on SQLite with the demo pack in force.
pub async fn world_with_pack() -> World {
    let world = world().await;
    let loading = packs::load(&world, &Actor::command_line(), demo_pack()).await.expect("a pack to be taken");
    assert!(matches!(loading, Loading::InForce(_)), "{loading:?}");
    world
}

/// A fresh registry on SQLite with the small pack in force and a family assessed and decided: household number 1.
pub async fn world_with_decided_family() -> World {
    let world = world().await;
    load_small_pack(&world).await;
    decided_family(&world, POOR).await;
    world
}

/// The version that a page's first form carries.
pub fn version(html: &str) -> String {
    let rest = html.split(r#"name="version" value=""#).nth(1).expect("a version");
    rest.split('"').next().expect("its end").to_owned()
}

/// A browser.
pub struct Browser {
    app: Router,
    session: String,
    visit: String,
    complaint: String,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Where it leads, for a redirect.
    pub location: String,
    /// `Set-Cookie` of the session.
    pub cookie: String,
    /// The body.
    pub html: String,
}

impl Reply {
    /// The reply is a whole page in this language.
    pub fn assert_page(&self, lang: Lang) {
        assert_eq!(self.status, StatusCode::OK, "{}", self.html);
        let start = format!(r#"<html lang="{}" dir="{}""#, lang.code(), lang.dir());
        assert!(self.html.contains(&start), "not in {lang:?}: {}", self.html);
        assert_eq!(self.html.matches("<h1").count(), 1, "a page has one heading: {}", self.html);
        // Isolates outside Arabic, or a key shown instead of its words.
        assert!(lang == Lang::Ar || !self.html.contains('\u{2068}'), "{}", self.html);
    }
}

impl Browser {
    /// Nobody in particular.
    pub fn stranger(world: &World) -> Self {
        Self::on(world, Settings::default())
    }

    /// Nobody in particular, on a demonstration.
    pub fn demo(world: &World) -> Self {
        Self::on(world, Settings { demo: true, ..Settings::default() })
    }

    fn on(world: &World, settings: Settings) -> Self {
        let session = session::layer(world.casework.clone(), false);
        let app = crate::router(AppState::new(world.casework.clone(), settings)).layer(session);
        Self { app, session: String::new(), visit: String::new(), complaint: String::new() }
    }

    /// Somebody with this role in the usual place for it.
    pub async fn with_role(world: &World, role: Role) -> Self {
        let login = Self::add_account(world, role).await;
        Self::signed_in(world, &login).await
    }

    /// Makes an account with this role and [`PHRASE`] as its password; gives its login.
    pub async fn add_account(world: &World, role: Role) -> String {
        static NUMBER: AtomicUsize = AtomicUsize::new(1);
        let login = format!("{}.{}", role.code(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let scope = match role {
            Role::CounterOfficer | Role::Supervisor => Scope::Office(OFFICE.into()),
            Role::ProviderOfficer => Scope::Provider(PROVIDER.into()),
            Role::PolicyOfficer
            | Role::TribunalMember
            | Role::Ombudsman
            | Role::Auditor
            | Role::Administrator => Scope::National,
        };
        let new = NewStaff {
            login: login.clone(),
            name: format!("Test {role}"),
            language: "en".into(),
            grants: vec![Grant { role, scope }],
            password: Some(PHRASE.into()),
        };
        staff::add(world, &administrator(), new).await.expect("a new account");
        login
    }

    /// Signs in with [`PHRASE`].
    pub async fn signed_in(world: &World, login: &str) -> Self {
        let mut browser = Self::stranger(world);
        let reply = browser.post("/sign-in", &[("login", login), ("password", PHRASE)]).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.html);
        browser
    }

    /// The session's cookie.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Takes another's cookie.
    pub fn set_session(&mut self, session: &str) {
        session.clone_into(&mut self.session);
    }

    /// Takes the cookie of an applicant's visit.
    pub fn set_visit(&mut self, visit: &str) {
        visit.clone_into(&mut self.visit);
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path), String::new()).await
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, typed: &[(&str, &str)]) -> Reply {
        let body = crate::shell::address("", typed);
        let form = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(form, body.trim_start_matches('?').to_owned()).await
    }

    /// Sends a body of another kind than a form's.
    pub async fn post_body(&mut self, path: &str, kind: &str, body: Vec<u8>) -> Reply {
        self.send(Request::post(path).header(header::CONTENT_TYPE, kind), body).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: impl Into<Body>) -> Reply {
        let request = request
            .header(header::COOKIE, &self.session)
            .header(header::COOKIE, &self.visit)
            .header(header::COOKIE, &self.complaint)
            .body(body.into())
            .expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("an answer");
        let text = |name: header::HeaderName| {
            response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (status, location) = (response.status(), text(header::LOCATION));
        let set = |start: &str| {
            let all = response.headers().get_all(header::SET_COOKIE).iter();
            all.filter_map(|value| value.to_str().ok())
                .find(|cookie| cookie.starts_with(start))
                .map(str::to_owned)
        };
        let cookie = set("guichet=").unwrap_or_default();
        if let Some(visit) = set("guichet-visit=") {
            visit.split(';').next().unwrap_or_default().clone_into(&mut self.visit);
        }
        if let Some(complaint) = set("guichet-complaint=") {
            complaint.split(';').next().unwrap_or_default().clone_into(&mut self.complaint);
        }
        if let Some(session) = cookie.split(';').next().filter(|session| !session.is_empty()) {
            session.clone_into(&mut self.session);
        }
        let body = to_bytes(response.into_body(), 1 << 24).await.expect("a body");
        Reply { status, location, cookie, html: String::from_utf8_lossy(&body).into_owned() }
    }
}

macro_rules! typed_users {
    ($($(#[$doc:meta])* $name:ident = $role:ident),+ $(,)?) => { $(
        $(#[$doc])*
        pub async fn $name(world: &World) -> Browser {
            Browser::with_role(world, Role::$role).await
        }
    )+ };
}

typed_users! {
    /// A counter officer of [`OFFICE`].
    as_counter_officer = CounterOfficer,
    /// A supervisor of [`OFFICE`].
    as_supervisor = Supervisor,
    /// An officer of [`PROVIDER`].
    as_provider_officer = ProviderOfficer,
    /// A policy officer for the whole country.
    as_policy_officer = PolicyOfficer,
    /// A tribunal member.
    as_tribunal_member = TribunalMember,
    /// An ombudsman.
    as_ombudsman = Ombudsman,
    /// An auditor for the whole country.
    as_auditor = Auditor,
    /// An administrator for the whole country.
    as_administrator = Administrator,
}

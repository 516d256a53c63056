//! Sessions: tower-sessions in front, `casework::sessions` behind. The cookie holds a random id, the database only its
//! hash; how long a session lives is decided there.

use async_trait::async_trait;
use casework::error::Conflict;
use casework::{Casework, Error, sessions};
use domain::ids::StaffId;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, SessionStore};
use tower_sessions::{Expiry, SessionManagerLayer};

use super::host::Reach;

/// How often a fresh id may be in use already; 128 random bits never are.
const DRAWS: usize = 3;

/// The store that the session layer asks.
#[derive(Clone, Debug)]
pub struct Store(Casework);

/// The layer that gives every page its session.
pub fn layer(casework: Casework, reach: &Reach) -> SessionManagerLayer<Store> {
    let layer = SessionManagerLayer::new(Store(casework))
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_path("/")
        // The browser forgets it when it is closed; the database, after half an hour without a request.
        .with_expiry(Expiry::OnSessionEnd);
    if reach.is_https() {
        // `__Host-`: never sent to, nor set by, a neighbouring name.
        layer.with_name("__Host-guichet").with_secure(true)
    } else {
        layer.with_name("guichet").with_secure(false)
    }
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        for _ in 0..DRAWS {
            match sessions::create(&self.0, &bytes(record.id), staff(record)?, body(record)?).await {
                Err(Error::Conflict(Conflict::Taken)) => record.id = Id::default(),
                outcome => return outcome.map_err(|error| told(&error)),
            }
        }
        Err(session_store::Error::Backend("no free session id".into()))
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        match sessions::save(&self.0, &bytes(record.id), staff(record)?, body(record)?).await {
            // Ended meanwhile, by signing out elsewhere or by an administrator: it stays ended.
            Err(Error::NotFound) => Ok(()),
            outcome => outcome.map_err(|error| told(&error)),
        }
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let Some(session) = sessions::load(&self.0, &bytes(*id)).await.map_err(|error| told(&error))? else {
            return Ok(None);
        };
        let data = serde_json::from_slice(&session.body)
            .map_err(|cause| session_store::Error::Decode(cause.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: session.expires_at }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        sessions::delete(&self.0, &bytes(*id)).await.map_err(|error| told(&error))
    }
}

fn bytes(id: Id) -> [u8; 16] {
    id.0.to_le_bytes()
}

fn body(record: &Record) -> session_store::Result<Vec<u8>> {
    serde_json::to_vec(&record.data).map_err(|cause| session_store::Error::Encode(cause.to_string()))
}

/// Whose session it is, from what the pages put in.
fn staff(record: &Record) -> session_store::Result<Option<StaffId>> {
    let Some(id) = record.data.get(app::edge::STAFF) else { return Ok(None) };
    id.as_str()
        .and_then(|id| id.parse().ok())
        .map(Some)
        .ok_or_else(|| session_store::Error::Encode("the session's account is no id".into()))
}

fn told(error: &Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::http::{Request, StatusCode, header};
    use axum::response::Response;
    use axum::routing::{get, post};
    use casework::staff::NewStaff;
    use casework::test_support::each_engine;
    use time::Duration;
    use tower::ServiceExt as _;
    use tower_sessions::Session;

    /// A tiny site: sign in as an account, say who one is, sign out.
    fn site(casework: &Casework, reach: &Reach) -> Router {
        Router::new()
            .route(
                "/in/{id}",
                post(async |axum::extract::Path(id): axum::extract::Path<String>, session: Session| {
                    session.cycle_id().await.unwrap();
                    session.insert(app::edge::STAFF, id).await.unwrap();
                }),
            )
            .route(
                "/who",
                get(async |session: Session| {
                    session.get::<String>(app::edge::STAFF).await.unwrap().unwrap_or_default()
                }),
            )
            .route("/out", post(async |session: Session| session.flush().await.unwrap()))
            .layer(layer(casework.clone(), reach))
    }

    async fn ask(site: &Router, method: &str, path: &str, cookie: &str) -> Response {
        let request = Request::builder().method(method).uri(path).header(header::COOKIE, cookie);
        site.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn who(site: &Router, cookie: &str) -> String {
        let body = ask(site, "GET", "/who", cookie).await.into_body();
        String::from_utf8(axum::body::to_bytes(body, 1000).await.unwrap().to_vec()).unwrap()
    }

    fn cookie(response: &Response) -> String {
        let set = response.headers()[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    async fn account(casework: &Casework) -> StaffId {
        let new = NewStaff {
            login: "counter".into(),
            name: "Amina".into(),
            language: "en".into(),
            grants: vec![],
            password: None,
        };
        casework::staff::add(casework, &casework::Actor::command_line(), new).await.unwrap()
    }

    #[tokio::test]
    async fn a_session_begins_at_sign_in_and_ends_at_sign_out_or_when_the_account_is_disabled() {
        each_engine(async |world| {
            let id = account(world).await;
            let site = site(world, &Reach::Loopback);
            let signed_in = ask(&site, "POST", &format!("/in/{id}"), "").await;
            assert_eq!(signed_in.status(), StatusCode::OK);
            let first = cookie(&signed_in);
            assert_eq!(who(&site, &first).await, id.to_string());
            ask(&site, "POST", "/out", &first).await;
            assert_eq!(who(&site, &first).await, "");

            let second = cookie(&ask(&site, "POST", &format!("/in/{id}"), "").await);
            assert_ne!(first, second);
            let system = casework::Actor::command_line();
            let member = casework::staff::member(world, &system, id).await.unwrap();
            casework::staff::disable(world, &system, id, member.version).await.unwrap();
            assert_eq!(who(&site, &second).await, "");
        })
        .await;
    }

    #[tokio::test]
    async fn a_session_ends_after_half_an_hour_without_a_request_and_after_twelve_hours_in_all() {
        each_engine(async |world| {
            let id = account(world).await;
            let site = site(world, &Reach::Loopback);
            let sign_in = async || cookie(&ask(&site, "POST", &format!("/in/{id}"), "").await);
            let idle = sign_in().await;
            world.clock.advance(Duration::minutes(31));
            assert_eq!(who(&site, &idle).await, "");
            let busy = sign_in().await;
            for _ in 0..35 {
                world.clock.advance(Duration::minutes(20));
                assert_eq!(who(&site, &busy).await, id.to_string());
            }
            world.clock.advance(Duration::minutes(21));
            assert_eq!(who(&site, &busy).await, "");
        })
        .await;
    }

    #[tokio::test]
    async fn behind_tls_the_cookie_is_bound_to_the_host() {
        each_engine(async |world| {
            let id = account(world).await;
            let https = Reach::Https { authority: "guichet.example".into() };
            for (reach, secure) in [(https, true), (Reach::Loopback, false)] {
                let answer = ask(&site(world, &reach), "POST", &format!("/in/{id}"), "").await;
                let set = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
                assert_eq!(set.starts_with("__Host-") && set.contains("; Secure"), secure, "{set}");
                assert!(
                    set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Max-Age"),
                    "{set}"
                );
            }
        })
        .await;
    }
}

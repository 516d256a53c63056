//! Sessions: the layer of `app`, with a cookie as safe as the way to the browser allows. Tested here as a browser sees it.

use app::session::Store;
use casework::Casework;
use tower_sessions::SessionManagerLayer;

use super::host::Reach;

/// The layer that gives every page its session.
pub fn layer(casework: Casework, reach: &Reach) -> SessionManagerLayer<Store> {
    app::session::layer(casework, reach.is_https())
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
    use domain::ids::StaffId;
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

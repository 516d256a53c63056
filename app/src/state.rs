//! What handlers get: the state of the application, who is signed in, and what was typed.
//!
//! - `SignedIn { page, actor }`: for staff; who is not signed in goes to the sign-in page and comes back.
//! - `Page` alone: for pages everybody may see.
//! - `Asked<T>`: the query of the address, which never refuses either.
//! - `Raw<T>`: a form as it was typed. It never refuses: what is missing is empty, and `validate` says what is wrong.
//!
//! These guard the page; the use case behind it checks rights and scope itself.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequest, FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::{Form, Query};
use casework::{Actor, Casework, staff};
use domain::role::Right;
use serde::de::DeserializeOwned;
use tower_sessions::Session;

use crate::session;
use crate::shell::{self, Failure, Page, Person, Settings, address};

/// The state of the application; cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The handle of all use cases.
    pub casework: Casework,
    /// What is the same for all pages.
    pub settings: Arc<Settings>,
}

impl AppState {
    /// The state of a running server.
    pub fn new(casework: Casework, settings: Settings) -> Self {
        Self { casework, settings: Arc::new(settings) }
    }
}

impl FromRef<AppState> for Casework {
    fn from_ref(state: &AppState) -> Self {
        state.casework.clone()
    }
}

/// Finds out who asks, and gives the request its page: the layer around all pages.
pub async fn visit(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let actor = match who(&state, session).await {
        Ok(actor) => actor,
        Err(failure) => {
            // No rights can be known: no page, but still words.
            let page = Page::new(state.settings, &request.into_parts().0, None);
            return shell::show(&page, failure.into_response());
        }
    };
    let person = actor.as_ref().map(person);
    if let Some(actor) = actor {
        request.extensions_mut().insert(Arc::new(actor));
    }
    shell::around(state.settings, person, request, next).await
}

async fn who(state: &AppState, session: Option<Session>) -> Result<Option<Actor>, Failure> {
    let Some(session) = session else { return Ok(None) };
    let Some(id) = session::staff(&session).await? else { return Ok(None) };
    Ok(staff::actor(&state.casework, id).await?)
}

fn person(actor: &Actor) -> Person {
    let rights: BTreeSet<Right> = Right::ALL.iter().copied().filter(|right| actor.may(*right)).collect();
    Person { name: actor.name.clone(), rights }
}

/// A member of staff who is signed in, and the page being made for them.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The page.
    pub page: Page,
    /// Who acts.
    pub actor: Arc<Actor>,
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let page = <Page as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        if let Some(actor) = parts.extensions.get::<Arc<Actor>>() {
            return Ok(Self { page, actor: actor.clone() });
        }
        let here = parts.uri.path_and_query().map_or("/", |here| here.as_str());
        Err(Failure::elsewhere(address("/sign-in", &[("next", here)])))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for SignedIn {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Infallible> {
        Ok(<Self as FromRequestParts<S>>::from_request_parts(parts, state).await.ok())
    }
}

/// Where to go after signing in: a page of this service, or the first page.
pub fn safe_next(next: &str) -> &str {
    let inside = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n', '\t'])
        && next.chars().all(|c| c.is_ascii() && !c.is_ascii_control());
    if inside && !next.starts_with("/sign-") { next } else { "/" }
}

/// The query of an address: a struct with `#[serde(default)]`. What does not fit is as if it had not been there.
#[derive(Clone, Debug, Default)]
pub struct Asked<T>(pub T);

impl<S, T> FromRequestParts<S> for Asked<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Default,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Query::<T>::try_from_uri(&parts.uri).map(|Query(asked)| asked).unwrap_or_default()))
    }
}

/// A form as it was typed. `T` is a struct of strings (and lists of strings) with `#[serde(default)]`.
#[derive(Clone, Debug, Default)]
pub struct Raw<T>(pub T);

impl<S, T> FromRequest<S> for Raw<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Default,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match Form::<T>::from_request(request, state).await {
            Ok(Form(form)) => Ok(Self(form)),
            Err(rejection) => {
                let response = rejection.into_response();
                match response.status() {
                    // Not a form, or not this one: as if nothing had been typed.
                    StatusCode::UNPROCESSABLE_ENTITY
                    | StatusCode::BAD_REQUEST
                    | StatusCode::UNSUPPORTED_MEDIA_TYPE => Ok(Self(T::default())),
                    status => Err(status.into_response()),
                }
            }
        }
    }
}

/// A form as its pairs, for forms whose fields are not known beforehand. Never refuses, like [`Raw`].
#[derive(Clone, Debug, Default)]
pub struct Pairs(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Pairs {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        Raw::<Vec<(String, String)>>::from_request(request, state).await.map(|Raw(pairs)| Self(pairs))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn one_never_leaves_this_service_after_signing_in() {
        for (next, there) in [
            ("/households/SP-7K3M-9QX4?tab=plan", "/households/SP-7K3M-9QX4?tab=plan"),
            ("", "/"),
            ("//evil.example/", "/"),
            ("/\\evil.example/", "/"),
            ("https://evil.example/", "/"),
            ("/x\r\nset-cookie: a=b", "/"),
            ("/sign-out", "/"),
        ] {
            assert_eq!(safe_next(next), there, "{next:?}");
        }
    }

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default)]
    struct Typed {
        name: String,
        agencies: Vec<String>,
    }

    async fn raw(kind: &str, body: &'static str) -> Typed {
        let request = Request::post("/").header("content-type", kind).body(Body::from(body)).unwrap();
        Raw::<Typed>::from_request(request, &()).await.unwrap().0
    }

    #[tokio::test]
    async fn a_form_never_refuses() {
        let form = "application/x-www-form-urlencoded";
        let two = raw(form, "name=%C3%89lo+M&agencies=moh&agencies=mol&unknown=1").await;
        assert_eq!(two, Typed { name: "Élo M".into(), agencies: vec!["moh".into(), "mol".into()] });
        assert_eq!(raw(form, "agencies=moh").await.agencies, ["moh"]);
        assert_eq!(raw(form, "").await, Typed::default());
        assert_eq!(raw(form, "name=a&name=b").await, Typed::default());
        assert_eq!(raw("application/json", "{}").await, Typed::default());
    }
}

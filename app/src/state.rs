//! What handlers get: the state of the application, who is signed in, and what was typed.
//!
//! - `SignedIn { page, actor }`: for staff; who is not signed in goes to the sign-in page and comes back.
//! - `Page` alone: for pages everybody may see.
//! - `Asked<T>`: the query of the address, which never refuses either.
//! - `Raw<T>`: a form as it was typed. It never refuses: what is missing is empty, and `validate` says what is wrong.
//!
//! These guard the page; the use case behind it checks rights and scope itself.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRef, FromRequest, FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::{Form, Query};
use casework::{Actor, Casework, staff};
use domain::role::Right;
use serde::Deserialize;
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

/// A form or a query as nobody's keyboard could have made it otherwise: a space in the place of each control character,
/// percent-encoded or not, but for tabs and the ends of lines. No name and no number has one, and PostgreSQL keeps no
/// U+0000. (A space and not nothing: what stands on both sides must not come together to a new `%00`.)
fn typed(encoded: &[u8]) -> Cow<'_, [u8]> {
    let mut clean = Vec::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some((byte, width)) = byte_at(encoded, at) {
        let second = byte_at(encoded, at + width);
        let control = match (byte, second) {
            (b'\t' | b'\n' | b'\r', _) => None,
            (0..0x20 | 0x7f, _) => Some(width),
            // U+0080 to U+009F.
            (0xc2, Some((0x80..=0x9f, more))) => Some(width + more),
            _ => None,
        };
        if let Some(control) = control {
            clean.extend_from_slice(encoded.get(kept..at).unwrap_or_default());
            clean.push(b'+');
            at += control;
            kept = at;
        } else {
            at += width;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(encoded);
    }
    clean.extend_from_slice(encoded.get(kept..).unwrap_or_default());
    Cow::Owned(clean)
}

/// The byte that a form means at this place, and in how many it is written: `%C3` is three.
fn byte_at(encoded: &[u8], at: usize) -> Option<(u8, usize)> {
    let first = *encoded.get(at)?;
    let digit = |offset: usize| char::from(*encoded.get(at + offset)?).to_digit(16);
    let escaped = (first == b'%').then(|| u8::try_from(digit(1)? * 16 + digit(2)?).ok()).flatten();
    Some(escaped.map_or((first, 1), |byte| (byte, 3)))
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
        let query = typed(parts.uri.query().unwrap_or_default().as_bytes());
        // What `typed` leaves of an address is an address.
        let uri = std::str::from_utf8(&query).ok().and_then(|query| format!("/?{query}").parse().ok());
        let asked = uri.and_then(|uri| Query::<T>::try_from_uri(&uri).ok());
        Ok(Self(asked.map(|Query(asked)| asked).unwrap_or_default()))
    }
}

/// Query of a page to which people come back when something was done: what, as the page's own handlers name it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    /// What was just done; empty for who comes to read.
    pub done: String,
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
        let (parts, body) = request.into_parts();
        let body = match Bytes::from_request(Request::from_parts(parts.clone(), body), state).await {
            Ok(body) => Body::from(typed(&body).into_owned()),
            Err(rejection) => return Err(rejection.status().into_response()),
        };
        match Form::<T>::from_request(Request::from_parts(parts, body), state).await {
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

/// The first value of a field that was sent, without space around it; empty where it was not.
pub fn value<'p>(pairs: &'p [(String, String)], name: &str) -> &'p str {
    pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
}

impl<S: Send + Sync> FromRequest<S> for Pairs {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        Raw::<Vec<(String, String)>>::from_request(request, state).await.map(|Raw(pairs)| Self(pairs))
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn no_control_character_comes_in_but_tabs_and_ends_of_lines() {
        for (sent, read) in [
            ("name=%C3%89lo+M%0D%0A%09x", "name=%C3%89lo+M%0D%0A%09x"),
            ("name=%00", "name=+"),
            ("a\0b%1fc%7Fd%0be", "a+b+c+d+e"),
            ("%c2%85%C2%9f%C2%A0%c2", "++%C2%A0%c2"),
            ("\u{85}é", "+é"),
            // What is around must not come together.
            ("%0%000", "%0+0"),
            ("%2500", "%2500"),
            ("%", "%"),
            ("%0", "%0"),
            ("%zz%é", "%zz%é"),
        ] {
            assert_eq!(String::from_utf8_lossy(&typed(sent.as_bytes())), read, "{sent:?}");
        }
    }

    #[tokio::test]
    async fn a_query_and_a_form_are_cleaned_alike() {
        let sent = "name=a%00b&agencies=%01&agencies=x";
        let clean = Typed { name: "a b".into(), agencies: vec![" ".into(), "x".into()] };
        assert_eq!(raw("application/x-www-form-urlencoded", sent).await, clean);
        let (mut parts, ()) = Request::get(format!("/?{sent}")).body(()).unwrap().into_parts();
        assert_eq!(Asked::<Typed>::from_request_parts(&mut parts, &()).await.unwrap().0, clean);
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

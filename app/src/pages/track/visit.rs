//! The cookie of a visit: a token whose hash the database keeps for half an hour.

use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use casework::Error;
use casework::tracking::{self, Token, VISIT};

use crate::shell::{Answer, Failure, cookie};
use crate::state::AppState;

/// Where one who is not in, or no longer, is sent.
const ENTER_AGAIN: &str = "/track?over=true";

/// An applicant who came in. Whether the visit still lasts is asked of the use case.
#[derive(Clone, Debug)]
pub struct Visitor(pub Token);

impl<S> FromRequestParts<S> for Visitor
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let state = AppState::from_ref(state);
        let token = cookie(&parts.headers, name(&state)).filter(|token| !token.is_empty());
        token.map(|token| Self(Token::from_cookie(token))).ok_or_else(|| Failure::elsewhere("/track"))
    }
}

/// What to answer when a visit cannot go on: the form again where it is over.
pub fn over(error: Error) -> Failure {
    match error {
        Error::Forbidden => Failure::elsewhere(ENTER_AGAIN),
        error => error.into(),
    }
}

fn name(state: &AppState) -> &'static str {
    if state.settings.secure_cookies { "__Host-guichet-visit" } else { "guichet-visit" }
}

/// The header that keeps a visitor in.
pub fn kept(state: &AppState, token: &Token) -> String {
    set_cookie(state, token.reveal(), VISIT.whole_seconds())
}

fn set_cookie(state: &AppState, value: &str, seconds: i64) -> String {
    cookie_of(state, name(state), value, seconds)
}

/// A cookie of the applicant's pages, for so many seconds.
pub fn cookie_of(state: &AppState, name: &str, value: &str, seconds: i64) -> String {
    let secure = if state.settings.secure_cookies { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// `GET /track/idle`: nobody touched a machine that many people use. Nothing of the visit stays there; in the database it is over
/// by itself after the same time.
pub async fn idle(State(state): State<AppState>) -> Answer {
    let gone = AppendHeaders([
        (header::SET_COOKIE, set_cookie(&state, "", 0)),
        (header::SET_COOKIE, "lang=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax".to_owned()),
        (HeaderName::from_static("clear-site-data"), r#""cache", "storage""#.to_owned()),
    ]);
    Ok((gone, Redirect::to("/track?kiosk=true")).into_response())
}

/// `POST /track/end`
pub async fn end(State(state): State<AppState>, visitor: Option<Visitor>) -> Answer {
    if let Some(Visitor(token)) = visitor {
        tracking::end(&state.casework, &token).await?;
    }
    let gone = AppendHeaders([(header::SET_COOKIE, set_cookie(&state, "", 0))]);
    Ok((gone, Redirect::to("/track?ended=true")).into_response())
}

impl<S> axum::extract::OptionalFromRequestParts<S> for Visitor
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> Result<Option<Self>, std::convert::Infallible> {
        Ok(<Self as FromRequestParts<S>>::from_request_parts(parts, state).await.ok())
    }
}

//! The cookie that keeps a complainant in for half an hour: a token whose hash the database keeps. It is none of an
//! applicant's visit and none of an account's session.

use axum::http::HeaderMap;
use casework::tracking::{Token, VISIT};

use crate::shell::cookie;
use crate::state::AppState;

fn name(state: &AppState) -> &'static str {
    if state.settings.secure_cookies { "__Host-guichet-complaint" } else { "guichet-complaint" }
}

/// The token that the browser holds, if it holds one.
pub fn held(state: &AppState, headers: &HeaderMap) -> Option<Token> {
    cookie(headers, name(state)).filter(|token| !token.is_empty()).map(Token::from_cookie)
}

/// The header that keeps a complainant in.
pub fn kept(state: &AppState, token: &Token) -> String {
    set(state, token.reveal(), VISIT.whole_seconds())
}

/// The header that lets them go.
pub fn gone(state: &AppState) -> String {
    set(state, "", 0)
}

fn set(state: &AppState, value: &str, seconds: i64) -> String {
    let secure = if state.settings.secure_cookies { "; Secure" } else { "" };
    format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", name(state))
}

//! The bare handler: axum, the same queries, and nothing else: no session layer, no headers, no page.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use casework::db::Address;
use casework::time::SystemClock;
use casework::{Casework, sessions, staff};

pub async fn serve(database: &str) {
    let address: Address = database.parse().unwrap();
    let casework = Casework::open(&address, None, Arc::new(SystemClock::default())).await.unwrap();
    let site = axum::Router::new().route("/account", get(account)).with_state(casework);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("bare at http://{}", listener.local_addr().unwrap());
    axum::serve(listener, site).await.unwrap();
}

/// What every staff page asks: whose session this is, and what they may do.
async fn account(State(casework): State<Casework>, headers: HeaderMap) -> Result<String, StatusCode> {
    let refused = |_| StatusCode::INTERNAL_SERVER_ERROR;
    let cookie = headers.get(header::COOKIE).and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    let id: tower_sessions::session::Id =
        cookie.split_once('=').and_then(|(_, id)| id.parse().ok()).ok_or(StatusCode::BAD_REQUEST)?;
    let session = sessions::load(&casework, &id.0.to_be_bytes()).await.map_err(refused)?;
    let account = session.and_then(|session| session.staff_id).ok_or(StatusCode::UNAUTHORIZED)?;
    let actor = staff::actor(&casework, account).await.map_err(refused)?.ok_or(StatusCode::UNAUTHORIZED)?;
    Ok(format!("{} {:?}", actor.name, actor.grants))
}

//! The bare handlers: axum, the same queries, and nothing else: no session layer, no headers, no page.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use casework::households::{drafts, overview, register};
use casework::{Actor, Casework, households, sessions, staff};
use domain::ids::{DraftId, HouseholdId};
use domain::search::SearchForm;

type Answer = Result<String, StatusCode>;

pub async fn serve(database: &str) {
    let site = Router::new()
        .route("/account", get(account))
        .route("/households/{household}", get(file))
        .route("/search", post(search))
        .route("/households/new/{draft}/check", post(save))
        .with_state(crate::drafts::open(database).await);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("bare at http://{}", listener.local_addr().unwrap());
    axum::serve(listener, site).await.unwrap();
}

fn refused(_: casework::Error) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

/// What every staff page asks: whose session this is, and what they may do.
async fn who(casework: &Casework, headers: &HeaderMap) -> Result<Actor, StatusCode> {
    let cookie = headers.get(header::COOKIE).and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    let id: tower_sessions::session::Id =
        cookie.split_once('=').and_then(|(_, id)| id.parse().ok()).ok_or(StatusCode::BAD_REQUEST)?;
    let session = sessions::load(casework, &id.0.to_be_bytes()).await.map_err(refused)?;
    let account = session.and_then(|session| session.staff_id).ok_or(StatusCode::UNAUTHORIZED)?;
    staff::actor(casework, account).await.map_err(refused)?.ok_or(StatusCode::UNAUTHORIZED)
}

async fn account(State(casework): State<Casework>, headers: HeaderMap) -> Answer {
    let actor = who(&casework, &headers).await?;
    Ok(format!("{} {:?}", actor.name, actor.grants))
}

async fn file(State(casework): State<Casework>, Path(id): Path<HouseholdId>, headers: HeaderMap) -> Answer {
    let actor = who(&casework, &headers).await?;
    Ok(format!("{:?}", overview::overview(&casework, &actor, id).await.map_err(refused)?))
}

async fn search(
    State(casework): State<Casework>,
    headers: HeaderMap,
    Form(typed): Form<SearchForm>,
) -> Answer {
    let actor = who(&casework, &headers).await?;
    let query = typed.validate(casework.today()).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
    Ok(format!("{:?}", households::search::search(&casework, &actor, &query).await.map_err(refused)?))
}

/// The last page of a registration: reads the draft, checks it, saves the household.
async fn save(State(casework): State<Casework>, Path(id): Path<DraftId>, headers: HeaderMap) -> Answer {
    let actor = who(&casework, &headers).await?;
    let pack = casework.pack().map_err(refused)?;
    let draft = drafts::draft(&casework, &actor, id).await.map_err(refused)?;
    let registration =
        draft.form.validate(&*pack, casework.today()).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
    let distinct = households::Distinct { reason: crate::drafts::REASON.to_owned() };
    let done = register::register(&casework, &actor, &draft.office, &registration, Some(&distinct))
        .await
        .map_err(refused)?;
    Ok(done.reference.to_string())
}

//! Sessions in the cookie's name: tower-sessions over `casework::sessions`, and who is behind one.
//!
//! A session holds the id of the member of staff and nothing else; rights are read anew at every request. It gets a new id
//! when somebody signs in or changes the password, and is gone when they sign out.

use std::collections::HashMap;

use async_trait::async_trait;
use casework::error::Conflict;
use casework::{Casework, Error, sessions};
use domain::ids::StaffId;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, SessionStore};
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use crate::edge::STAFF;
use crate::shell::Failure;

/// The layer that gives every request its session. With `secure` the cookie is for HTTPS only and bound to this host
/// (`__Host-`); a laboratory on plain HTTP must do without.
pub fn layer(casework: Casework, secure: bool) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(Store { casework })
        .with_name(if secure { "__Host-guichet" } else { "guichet" })
        .with_secure(secure)
        .with_http_only(true)
        .with_path("/")
        .with_same_site(SameSite::Lax)
        // The database ends sessions, not the browser's clock: 30 minutes idle, 12 hours in all.
        .with_expiry(Expiry::OnSessionEnd)
}

/// Who the session belongs to.
pub async fn staff(session: &Session) -> Result<Option<StaffId>, Failure> {
    session.get(STAFF).await.map_err(Failure::internal)
}

/// Makes the session that of a member of staff, under a new id.
pub async fn begin(session: &Session, staff: StaffId) -> Result<(), Failure> {
    session.cycle_id().await.map_err(Failure::internal)?;
    session.insert(STAFF, staff).await.map_err(Failure::internal)
}

/// Ends the session.
pub async fn end(session: &Session) -> Result<(), Failure> {
    session.flush().await.map_err(Failure::internal)
}

/// tower-sessions' store in our database.
#[derive(Clone, Debug)]
pub struct Store {
    casework: Casework,
}

fn failed(error: impl std::fmt::Display) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

/// Account and body of a record.
fn parts(record: &Record) -> session_store::Result<(Option<StaffId>, Vec<u8>)> {
    let staff = match record.data.get(STAFF) {
        Some(value) => Some(
            serde_json::from_value(value.clone()).map_err(|e| session_store::Error::Encode(e.to_string()))?,
        ),
        None => None,
    };
    let body = serde_json::to_vec(&record.data).map_err(|e| session_store::Error::Encode(e.to_string()))?;
    Ok((staff, body))
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let (staff, body) = parts(record)?;
        loop {
            match sessions::create(&self.casework, &record.id.0.to_be_bytes(), staff, body.clone()).await {
                Err(Error::Conflict(Conflict::Taken)) => record.id = Id::default(),
                done => return done.map_err(failed),
            }
        }
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let (staff, body) = parts(record)?;
        match sessions::save(&self.casework, &record.id.0.to_be_bytes(), staff, body).await {
            // Ended while this request ran: it stays ended, and the next request is told.
            Ok(()) | Err(Error::NotFound) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let session = sessions::load(&self.casework, &id.0.to_be_bytes()).await.map_err(failed)?;
        session
            .map(|session| {
                let data: HashMap<String, serde_json::Value> = serde_json::from_slice(&session.body)
                    .map_err(|e| session_store::Error::Decode(e.to_string()))?;
                Ok(Record { id: *id, data, expiry_date: session.expires_at })
            })
            .transpose()
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        sessions::delete(&self.casework, &id.0.to_be_bytes()).await.map_err(failed)
    }
}

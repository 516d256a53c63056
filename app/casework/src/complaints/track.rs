//! The complaints that a household handed in from the page of its own request: what that page lists, and the way from there
//! to one without its code and PIN. Whoever is on that page proved the household; only what they said there with their name
//! is shown to them, never what somebody else says about the household. The same for a provider and what it handed in.

use domain::complaint::{Category, ComplaintState};
use domain::ids::{ComplaintId, HouseholdId};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use time::OffsetDateTime;

use super::own::visit;
use super::shape::{Complaint, Row, complaint_query, household_hash};
use crate::error::{Error, Result};
use crate::tracking::Token;
use crate::{Actor, Casework, args};

/// A complaint as the household's page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The complaint.
    pub id: ComplaintId,
    /// Its code.
    pub code: Reference,
    /// What it is about.
    pub category: Category,
    /// Where it stands.
    pub state: ComplaintState,
    /// When it came.
    pub received_at: OffsetDateTime,
}

/// What this household complained about, the newest first. For the household's own page, which let it in.
pub async fn of_household(cw: &Casework, household: HouseholdId) -> Result<Vec<Own>> {
    let cw = &cw.acting(&Actor::system());
    let rows: Vec<Row> = cw
        .db
        .all(
            complaint_query!(
                "WHERE about_hash = $1 AND channel = 'track' AND identity = 'identified'
                 ORDER BY household_id DESC LIMIT 50"
            ),
            args![household_hash(&cw.keys, household)],
        )
        .await?;
    rows.into_iter().map(Own::read).collect()
}

impl Own {
    fn read(row: Row) -> Result<Self> {
        let one = Complaint::try_from(row)?;
        Ok(Self {
            id: one.id,
            code: one.code,
            category: one.category,
            state: one.state,
            received_at: one.received_at,
        })
    }
}

/// What the actor's provider handed in, the newest first; `Forbidden` for who works for none. What it says without its name is
/// followed by code and PIN alone.
pub async fn of_provider(cw: &Casework, actor: &Actor) -> Result<Vec<Own>> {
    let codes: Vec<&str> = actor
        .scopes(Right::LodgeComplaint)
        .filter_map(|scope| match scope {
            Scope::Provider(code) => Some(code.as_str()),
            _ => None,
        })
        .collect();
    if codes.is_empty() {
        return Err(Error::Forbidden);
    }
    let cw = &cw.acting(&Actor::system());
    let mut all = Vec::new();
    for code in codes {
        let rows: Vec<Row> = cw
            .db
            .all(complaint_query!("WHERE provider = $1 ORDER BY household_id DESC LIMIT 100"), args![code])
            .await?;
        for row in rows {
            all.push(Own::read(row)?);
        }
    }
    Ok(all)
}

/// Begins a visit to one of [`of_household`]. `NotFound` for any other.
pub async fn enter(cw: &Casework, household: HouseholdId, id: ComplaintId) -> Result<Token> {
    let known = of_household(cw, household).await?;
    if !known.iter().any(|own| own.id == id) {
        return Err(Error::NotFound);
    }
    cw.acting(&Actor::system()).write(async move |tx| visit(tx, id).await).await
}

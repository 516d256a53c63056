//! The provider's desk: the referrals sent to it, by where they stand, with the least that lets it expect somebody.

use std::collections::BTreeMap;

use domain::ids::{HouseholdId, ReferralId};
use domain::lifecycle::referral::ReferralState;
use domain::name::PersonName;
use domain::reference::Reference;
use domain::role::{Right, Scope};
use domain::services::Share;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::directory::list;
use crate::error::{Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::paging::{AT_MOST, After, Page};
use crate::{Actor, Casework, args};

/// A part of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Shelf {
    /// Everything under way.
    #[default]
    Open,
    /// Not answered yet.
    New,
    /// What waits for the provider: to be answered, to be met, or said not to have happened.
    Waiting,
    /// Accepted, not met yet.
    Accepted,
    /// The service is being given, or interrupted.
    UnderWay,
    /// Done, or failed, until the office has closed it.
    Done,
}

impl Shelf {
    /// Every part.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::New, Self::Waiting, Self::Accepted, Self::UnderWay, Self::Done];

    /// Its word in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::New => "new",
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::UnderWay => "under_way",
            Self::Done => "done",
        }
    }

    /// From its word; everything under way where there is no such.
    pub fn of(code: &str) -> Self {
        Self::ALL.into_iter().find(|shelf| shelf.code() == code).unwrap_or_default()
    }

    const fn states(self) -> &'static [ReferralState] {
        use ReferralState as S;
        match self {
            Self::Open => &[S::Requested, S::Accepted, S::InProgress, S::OnHold],
            Self::New => &[S::Requested],
            Self::Waiting => &[S::Requested, S::Accepted],
            Self::Accepted => &[S::Accepted],
            Self::UnderWay => &[S::InProgress, S::OnHold],
            Self::Done => &[S::Completed, S::Failed, S::Confirmed],
        }
    }
}

/// A person to be expected. Nothing of the household, its answers or its other programmes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// The referral.
    pub id: ReferralId,
    /// Whose case; for addresses only.
    pub household: HouseholdId,
    /// What the person shows.
    pub reference: Reference,
    /// Who is sent; the head where the whole household is. Empty where the service does not need it.
    pub name: String,
    /// The service.
    pub service: String,
    /// Where.
    pub place: Option<String>,
    /// Where it stands.
    pub state: ReferralState,
    /// Whether it must be answered within a day.
    pub urgent: bool,
    /// Whether the person says that it did not happen.
    pub disputed: bool,
    /// When it was sent.
    pub requested_at: OffsetDateTime,
    /// By when the provider must answer, or meet the person; none once it has.
    pub due_at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct Row {
    household_id: Uuid,
    referral_id: Uuid,
    reference: String,
    given: Option<String>,
    family: Option<String>,
    one_name: Option<String>,
    service: String,
    place: Option<String>,
    state: String,
    urgent: bool,
    said: String,
    shares: String,
    requested_at: OffsetDateTime,
    due_at: Option<OffsetDateTime>,
}

impl Row {
    fn read(self) -> Result<Awaited> {
        let name = PersonName::from_columns(self.given, self.family, self.one_name);
        let name = name.filter(|_| list(&self.shares).any(|code| code == Share::Name.code()));
        let state: ReferralState = self.state.parse().map_err(Error::internal)?;
        Ok(Awaited {
            id: self.referral_id.into(),
            household: self.household_id.into(),
            reference: Reference::parse(&self.reference).map_err(Error::internal)?,
            name: name.map(|name| name.display()).unwrap_or_default(),
            service: self.service,
            place: self.place,
            urgent: self.urgent,
            disputed: self.said == "no" && state == ReferralState::InProgress,
            state,
            requested_at: self.requested_at,
            due_at: self.due_at,
        })
    }
}

/// The codes of the actor's providers.
fn providers(actor: &Actor) -> Vec<String> {
    let scopes = actor.scopes(Right::HandleReferrals);
    let mut own: Vec<String> = scopes
        .filter_map(|scope| match scope {
            Scope::Provider(code) => Some(code.clone()),
            _ => None,
        })
        .collect();
    own.sort_unstable();
    own.dedup();
    own
}

/// The referrals of one part of the desk, the longest waiting first. What was never sent and what is over is not theirs to
/// see. The reading is told in the registry's own chain.
pub async fn inbox(
    cw: &Casework,
    actor: &Actor,
    shelf: Shelf,
    after: Option<After>,
    limit: usize,
) -> Result<Page<Awaited>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::HandleReferrals)?;
    let limit = limit.min(AT_MOST);
    let rows_asked = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let after = after.unwrap_or_else(After::start);
    let state = |place: usize| shelf.states().get(place).map_or("", |state| state.code());
    let mut found = Vec::new();
    for provider in &providers(actor) {
        let rows: Vec<Row> = cw
            .db
            .all(
                "SELECT r.household_id, r.referral_id, h.reference, p.given, p.family, p.one_name, r.service, r.place,
                        r.state, r.urgent, r.said, r.shares, r.requested_at,
                        (SELECT MIN(c.due_at) FROM clock c WHERE c.household_id = r.household_id
                         AND c.subject_kind = 'referral' AND c.subject_id = r.referral_id
                         AND c.kind <> 'referral_seen' AND c.state IN ('running', 'breached')) AS due_at
                 FROM referral r JOIN household h ON h.household_id = r.household_id
                      JOIN person p ON p.household_id = r.household_id AND p.replaced_at IS NULL
                           AND (p.person_id = r.person_id OR r.person_id IS NULL AND p.relation = 'head')
                 WHERE r.provider = $1 AND r.access
                       AND (r.state IN ($5, $6, $7, $8) OR $9 AND r.state = 'in_progress' AND r.said = 'no')
                       AND (r.requested_at, r.referral_id) > ($2, $3)
                 ORDER BY r.requested_at, r.referral_id LIMIT $4",
                args![
                    provider,
                    after.due_at(),
                    after.id(),
                    rows_asked,
                    state(0),
                    state(1),
                    state(2),
                    state(3),
                    shelf == Shelf::Waiting
                ],
            )
            .await?;
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let event = Event::new("referrals.listed").code("provider", provider).number("count", count);
        journal::record(cw, actor, REGISTRY, event).await?;
        for row in rows {
            found.push(row.read()?);
        }
    }
    Ok(Page::merged(found, limit, |one| (one.requested_at, one.id.uuid())))
}

/// How many lie in each part of the desk.
pub type Tally = BTreeMap<Shelf, i64>;

/// How many lie in each part of the actor's desk.
pub async fn tally(cw: &Casework, actor: &Actor) -> Result<Tally> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::HandleReferrals)?;
    let mut tally: Tally = Shelf::ALL.into_iter().map(|shelf| (shelf, 0)).collect();
    for provider in &providers(actor) {
        let rows: Vec<(String, bool, i64)> = cw
            .db
            .all(
                "SELECT state, said = 'no', COUNT(*) FROM referral WHERE provider = $1 AND access
                 GROUP BY state, said = 'no'",
                args![provider],
            )
            .await?;
        for (state, disputed, count) in rows {
            let state: ReferralState = state.parse().map_err(Error::internal)?;
            for (shelf, sum) in &mut tally {
                let waits = *shelf == Shelf::Waiting && disputed && state == ReferralState::InProgress;
                if shelf.states().contains(&state) || waits {
                    *sum += count;
                }
            }
        }
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use domain::role::Role;

    use super::*;
    use crate::test_support::small::*;
    use crate::test_support::{actor, counter_officer, each_engine};

    #[tokio::test]
    async fn a_provider_sees_who_is_sent_to_it_and_nothing_else() {
        each_engine(async |world| {
            load_small_pack(world).await;
            let (registered, _) = decided_family(world, POOR).await;
            let mut view = world.db.read().await.unwrap();
            let sent = crate::referrals::of_household(&mut view, registered.household).await.unwrap();
            drop(view);
            let provider = sent[0].provider.clone().unwrap();
            let own = actor(6, Role::ProviderOfficer, Scope::Provider(provider));
            let page = inbox(world, &own, Shelf::Open, None, 10).await.unwrap();
            assert_eq!(page.rows.len(), sent.len());
            let first = &page.rows[0];
            assert_eq!((first.state, first.id), (ReferralState::Requested, sent[sent.len() - 1].id));
            assert_eq!(first.name, "Awa Diallo");
            assert!(first.due_at.is_some_and(|by| by > world.now()));
            let other = actor(7, Role::ProviderOfficer, Scope::Provider("elsewhere".into()));
            assert!(inbox(world, &other, Shelf::Open, None, 10).await.unwrap().rows.is_empty());
            assert_eq!(
                inbox(world, &counter_officer(), Shelf::Open, None, 10).await.unwrap_err(),
                Error::Forbidden
            );
        })
        .await;
    }
}

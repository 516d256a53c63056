//! What a provider sees of the referrals sent to it: the least that lets it expect somebody.

use domain::ids::{HouseholdId, ReferralId};
use domain::lifecycle::referral::ReferralState;
use domain::name::PersonName;
use domain::reference::Reference;
use domain::role::{Right, Scope};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::paging::{AT_MOST, After, Page};
use crate::{Actor, Casework, args};

/// A person to be expected. Nothing of the household, its answers or its other programmes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// The referral.
    pub id: ReferralId,
    /// Whose case; for addresses only.
    pub household: HouseholdId,
    /// What the person shows.
    pub reference: Reference,
    /// Who is sent; the head where the whole household is.
    pub name: String,
    /// The service.
    pub service: String,
    /// Where.
    pub place: Option<String>,
    /// Where it stands.
    pub state: ReferralState,
    /// When it was sent.
    pub requested_at: OffsetDateTime,
    /// By when the provider must answer; none once it has.
    pub answer_by: Option<OffsetDateTime>,
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
    requested_at: OffsetDateTime,
    answer_by: Option<OffsetDateTime>,
}

impl Row {
    fn read(self) -> Result<Awaited> {
        let name = PersonName::from_columns(self.given, self.family, self.one_name);
        Ok(Awaited {
            id: self.referral_id.into(),
            household: self.household_id.into(),
            reference: Reference::parse(&self.reference).map_err(Error::internal)?,
            name: name.map(|name| name.display()).unwrap_or_default(),
            service: self.service,
            place: self.place,
            state: self.state.parse().map_err(Error::internal)?,
            requested_at: self.requested_at,
            answer_by: self.answer_by,
        })
    }
}

/// The referrals under way at the actor's providers, the longest waiting first. What was never sent and what was called off
/// is not theirs to see. The reading is told in the registry's own chain.
pub async fn inbox(
    cw: &Casework,
    actor: &Actor,
    after: Option<After>,
    limit: usize,
) -> Result<Page<Awaited>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::HandleReferrals)?;
    let limit = limit.min(AT_MOST);
    let rows_asked = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let after = after.unwrap_or_else(After::start);
    let providers: Vec<String> = actor
        .scopes(Right::HandleReferrals)
        .filter_map(|scope| match scope {
            Scope::Provider(code) => Some(code.clone()),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for provider in &providers {
        let rows: Vec<Row> = cw
            .db
            .all(
                "SELECT r.household_id, r.referral_id, h.reference, p.given, p.family, p.one_name, r.service, r.place,
                        r.state, r.requested_at,
                        (SELECT MIN(c.due_at) FROM clock c WHERE c.household_id = r.household_id
                         AND c.subject_kind = 'referral' AND c.subject_id = r.referral_id
                         AND c.state IN ('running', 'breached')) AS answer_by
                 FROM referral r JOIN household h ON h.household_id = r.household_id
                      JOIN person p ON p.household_id = r.household_id AND p.replaced_at IS NULL
                           AND (p.person_id = r.person_id OR r.person_id IS NULL AND p.relation = 'head')
                 WHERE r.provider = $1 AND r.state IN ('requested', 'accepted', 'in_progress', 'on_hold')
                       AND (r.requested_at, r.referral_id) > ($2, $3)
                 ORDER BY r.requested_at, r.referral_id LIMIT $4",
                args![provider, after.due_at(), after.id(), rows_asked],
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
            let page = inbox(world, &own, None, 10).await.unwrap();
            assert_eq!(page.rows.len(), sent.len());
            let first = &page.rows[0];
            assert_eq!((first.state, first.id), (ReferralState::Requested, sent[sent.len() - 1].id));
            assert_eq!(first.name, "Awa Diallo");
            assert!(first.answer_by.is_some_and(|by| by > world.now()));
            let other = actor(7, Role::ProviderOfficer, Scope::Provider("elsewhere".into()));
            assert!(inbox(world, &other, None, 10).await.unwrap().rows.is_empty());
            assert_eq!(inbox(world, &counter_officer(), None, 10).await.unwrap_err(), Error::Forbidden);
        })
        .await;
    }
}

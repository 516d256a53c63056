//! The shapes of a referral: as it is read, and its row.

use domain::ids::{DecisionId, HouseholdId, ReferralId, StaffId};
use domain::lifecycle::referral::ReferralState;
use domain::services::Share;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::args;
use crate::db::Tx;
use crate::error::{Error, Result};

/// On what somebody's data goes to a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The household agreed.
    Consent,
    /// An officer answers for it.
    Override,
}

impl Basis {
    /// The word that is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Override => "override",
        }
    }
}

/// A referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// The referral.
    pub id: ReferralId,
    /// Whose case.
    pub household: HouseholdId,
    /// The decision it rests on now; none of one that was made by hand.
    pub decision: Option<DecisionId>,
    /// The programme that refers; empty of one that was made by hand.
    pub programme: String,
    /// The person; none when the whole household is sent.
    pub person: Option<Uuid>,
    /// The service.
    pub service: String,
    /// Who provides it; none while no place offers it.
    pub provider: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Where it stands.
    pub state: ReferralState,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// Who made it by hand.
    pub created_by: Option<StaffId>,
    /// When the provider was asked.
    pub requested_at: Option<OffsetDateTime>,
    /// Whether it must be answered within hours.
    pub urgent: bool,
    /// On what the provider is told; none while it is not.
    pub basis: Option<Basis>,
    /// Why without consent, as a code; empty with it.
    pub override_code: String,
    /// What of the person the provider may see.
    pub shares: Vec<Share>,
    /// Whether the provider may see it now.
    pub access: bool,
    /// The referral that came back, and that this one goes on with.
    pub follows: Option<ReferralId>,
    /// When the provider looked at it.
    pub seen_at: Option<OffsetDateTime>,
    /// When it took the person.
    pub accepted_at: Option<OffsetDateTime>,
    /// When it met the person.
    pub contacted_at: Option<OffsetDateTime>,
    /// When it ended for the provider: rejected, failed, completed or called off.
    pub ended_at: Option<OffsetDateTime>,
    /// What came of a service that was given, as a code.
    pub outcome: String,
    /// Why rejected, on hold, failed, called off or closed, as a code.
    pub reason: String,
    /// When the person said what came of it.
    pub confirmed_at: Option<OffsetDateTime>,
    /// What they said, as a code.
    pub said: String,
    /// The period of which it takes a place; none when it takes none.
    pub period: Option<String>,
    /// The row's version.
    pub version: i64,
}

impl Referral {
    /// Whether it is under way: no second one to the same service is made beside it.
    pub fn is_open(&self) -> bool {
        use ReferralState as S;
        matches!(self.state, S::Draft | S::Requested | S::Accepted | S::InProgress | S::OnHold)
    }

    /// Whether it can still be called off without anybody having begun.
    pub fn is_unanswered(&self) -> bool {
        matches!(self.state, ReferralState::Draft | ReferralState::Requested)
    }

    /// Whether the person can say now what came of it.
    pub fn is_to_confirm(&self) -> bool {
        self.state == ReferralState::Completed
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    household_id: Uuid,
    referral_id: Uuid,
    decision_id: Option<Uuid>,
    programme: String,
    person_id: Option<Uuid>,
    service: String,
    provider: Option<String>,
    place: Option<String>,
    state: String,
    created_at: OffsetDateTime,
    created_by: Option<Uuid>,
    requested_at: Option<OffsetDateTime>,
    urgent: bool,
    basis: String,
    override_code: String,
    shares: String,
    access: bool,
    follows: Option<Uuid>,
    seen_at: Option<OffsetDateTime>,
    accepted_at: Option<OffsetDateTime>,
    contacted_at: Option<OffsetDateTime>,
    ended_at: Option<OffsetDateTime>,
    outcome: String,
    reason: String,
    confirmed_at: Option<OffsetDateTime>,
    said: String,
    period: Option<String>,
    version: i64,
}

/// The columns of [`Row`].
macro_rules! referral_query {
    ($rest:literal) => {
        concat!(
            "SELECT household_id, referral_id, decision_id, programme, person_id, service, provider, place, state,
                    created_at, created_by, requested_at, urgent, basis, override_code, shares, access, follows, seen_at,
                    accepted_at, contacted_at, ended_at, outcome, reason, confirmed_at, said, period, version
             FROM referral ",
            $rest
        )
    };
}
pub(super) use referral_query;

impl Row {
    pub(super) fn read(self) -> Result<Referral> {
        let basis = match self.basis.as_str() {
            "" => None,
            "consent" => Some(Basis::Consent),
            "override" => Some(Basis::Override),
            _ => return Err(Error::internal("a referral on a basis that is not known")),
        };
        Ok(Referral {
            id: self.referral_id.into(),
            household: self.household_id.into(),
            decision: self.decision_id.map(Into::into),
            programme: self.programme,
            person: self.person_id,
            service: self.service,
            provider: self.provider,
            place: self.place,
            state: self.state.parse().map_err(Error::internal)?,
            created_at: self.created_at,
            created_by: self.created_by.map(StaffId::new),
            requested_at: self.requested_at,
            urgent: self.urgent,
            basis,
            override_code: self.override_code,
            shares: crate::directory::list(&self.shares).filter_map(|code| code.parse().ok()).collect(),
            access: self.access,
            follows: self.follows.map(Into::into),
            seen_at: self.seen_at,
            accepted_at: self.accepted_at,
            contacted_at: self.contacted_at,
            ended_at: self.ended_at,
            outcome: self.outcome,
            reason: self.reason,
            confirmed_at: self.confirmed_at,
            said: self.said,
            period: self.period,
            version: self.version,
        })
    }
}

/// The words of a stored list of shares.
pub(super) fn written(shares: &[Share]) -> String {
    let codes: Vec<&str> = shares.iter().map(|share| share.code()).collect();
    codes.join(",")
}

/// Writes what a step changed; `Stale` when somebody else was faster.
pub(super) async fn save(tx: &mut Tx, referral: &mut Referral) -> Result<()> {
    let one = &*referral;
    tx.run_one(
        "UPDATE referral SET state = $1, provider = $2, place = $3, requested_at = $4, basis = $5, shares = $6,
                access = $7, seen_at = $8, accepted_at = $9, contacted_at = $10, ended_at = $11, outcome = $12,
                reason = $13, confirmed_at = $14, said = $15, period = $16, version = version + 1
         WHERE household_id = $17 AND referral_id = $18 AND version = $19",
        args![
            one.state.code(),
            one.provider.clone(),
            one.place.clone(),
            one.requested_at,
            one.basis.map_or("", Basis::code),
            written(&one.shares),
            one.access,
            one.seen_at,
            one.accepted_at,
            one.contacted_at,
            one.ended_at,
            one.outcome.as_str(),
            one.reason.as_str(),
            one.confirmed_at,
            one.said.as_str(),
            one.period.clone(),
            one.household,
            one.id,
            one.version
        ],
    )
    .await?;
    referral.version += 1;
    Ok(())
}

//! The referrals of a household: all of them ([`list`]), one followed to its end ([`show`]), and a new one by hand ([`new`]).

pub mod list;
pub mod new;
pub mod show;

#[cfg(test)]
mod tests;

use casework::referrals::Referral;
use domain::ids::{HouseholdId, ReferralId};
use domain::lifecycle::referral::ReferralState;

use super::frame::Shown;

/// Where a referral is.
pub fn address(household: HouseholdId, id: ReferralId) -> String {
    format!("/households/{household}/referrals/{id}")
}

/// The name of the provider that it went to.
pub(super) fn provider(shown: &Shown<'_>, one: &Referral) -> String {
    match &one.provider {
        Some(code) => shown
            .pack
            .directory
            .provider(code)
            .and_then(|provider| provider.name.clone())
            .unwrap_or_else(|| shown.of_pack(&format!("provider.{code}.name"))),
        None => shown.page.t("casefile-provider-none"),
    }
}

/// The colour of a state.
pub(super) fn colour(state: ReferralState) -> &'static str {
    use ReferralState as S;
    match state {
        S::Draft | S::Rejected | S::Failed | S::OnHold => "orange",
        S::Completed => "yellow",
        S::Requested => "blue",
        S::Accepted | S::InProgress => "green",
        S::Confirmed | S::Closed | S::Cancelled => "grey",
    }
}

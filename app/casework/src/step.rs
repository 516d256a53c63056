//! Steps of lifecycles as use cases take them.

use domain::lifecycle::{By, Coded, Guard, Lifecycle, advance};

use crate::error::Result;

/// The state after this step of `domain::lifecycle::advance`; a refusal is this crate's error.
pub(crate) fn step<S: Lifecycle + Coded>(state: S, event: S::Event, by: By, held: &[Guard]) -> Result<S>
where
    S::Event: Coded,
{
    Ok(advance(state, event, by, held)?.to)
}

//! New identifiers: UUIDv7 from the injected clock, rising within one process even inside one second.
//!
//! The noun types are `domain::ids`; every one of them is made from the `Uuid` given here.

use std::sync::Mutex;

use time::OffsetDateTime;
use uuid::{ContextV7, Timestamp, Uuid};

/// Makes identifiers. One per database handle.
#[derive(Debug, Default)]
pub struct Ids {
    context: Mutex<Option<ContextV7>>,
}

impl Ids {
    /// The next identifier for this moment.
    pub fn next(&self, now: OffsetDateTime) -> Uuid {
        let mut guard = self.context.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let context = guard.get_or_insert_with(ContextV7::new);
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(&*context, seconds, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn identifiers_of_one_second_rise_in_the_order_of_making() {
        let ids = Ids::default();
        let now = datetime!(2026-11-22 9:00 UTC);
        let made: Vec<Uuid> = (0..1000).map(|_| ids.next(now)).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(made[0].get_version_num(), 7);
    }
}

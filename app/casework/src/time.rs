//! The injected clock, and the only place where the machine's time is read.
//!
//! Times are whole seconds in UTC: SQLite would keep nanoseconds and PostgreSQL microseconds, and a receipt shows
//! neither. Inside a unit of work use `tx.now()` (one moment for the whole unit); elsewhere `cw.now()`.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::{Date, Duration, OffsetDateTime, UtcOffset};

/// Where the time comes from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now, in UTC, whole seconds.
    fn now(&self) -> OffsetDateTime;

    /// How far the office's wall clock is from UTC.
    fn offset(&self) -> UtcOffset {
        UtcOffset::UTC
    }

    /// The date on the office's wall.
    fn today(&self) -> Date {
        self.now().to_offset(self.offset()).date()
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    offset: UtcOffset,
}

impl SystemClock {
    /// A clock whose dates change at midnight of this offset.
    pub fn at(offset: UtcOffset) -> Self {
        Self { offset }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::at(UtcOffset::UTC)
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's time is read")]
    fn now(&self) -> OffsetDateTime {
        whole_seconds(OffsetDateTime::now_utc())
    }

    fn offset(&self) -> UtcOffset {
        self.offset
    }
}

/// A clock that stands still until a test moves it. Clones share the hands.
#[derive(Debug, Clone)]
pub struct TestClock {
    unix: Arc<AtomicI64>,
}

impl TestClock {
    /// A clock that shows this moment.
    pub fn at(moment: OffsetDateTime) -> Self {
        Self { unix: Arc::new(AtomicI64::new(moment.unix_timestamp())) }
    }

    /// Moves the hands, forward or (negative) back.
    pub fn advance(&self, by: Duration) {
        self.unix.fetch_add(by.whole_seconds(), Ordering::SeqCst);
    }

    /// Sets the hands.
    pub fn set(&self, moment: OffsetDateTime) {
        self.unix.store(moment.unix_timestamp(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.unix.load(Ordering::SeqCst))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

fn whole_seconds(moment: OffsetDateTime) -> OffsetDateTime {
    moment.to_offset(UtcOffset::UTC).replace_nanosecond(0).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime, offset};

    #[test]
    fn the_machine_clock_has_whole_seconds() {
        assert_eq!(SystemClock::default().now().nanosecond(), 0);
    }

    #[test]
    fn the_date_is_the_one_on_the_wall_of_the_office() {
        #[derive(Debug)]
        struct Evening;
        impl Clock for Evening {
            fn now(&self) -> OffsetDateTime {
                datetime!(2026-11-22 22:30 UTC)
            }
            fn offset(&self) -> UtcOffset {
                offset!(+2)
            }
        }
        assert_eq!(Evening.today(), date!(2026 - 11 - 23));
    }

    #[test]
    fn clones_of_a_test_clock_move_together() {
        let clock = TestClock::at(datetime!(2026-01-01 0:00 UTC));
        clock.clone().advance(Duration::HOUR);
        assert_eq!(clock.now(), datetime!(2026-01-01 1:00 UTC));
    }
}

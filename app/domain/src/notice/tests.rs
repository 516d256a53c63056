use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::lifecycle::{By, Guard, Lifecycle as _, Refused, advance, faults, reaches};

#[test]
fn the_table_keeps_the_rules_of_all_lifecycles() {
    assert_eq!(faults::<NoticeState>(), Vec::<String>::new());
}

#[test]
fn nothing_is_sent_that_no_server_took() {
    use NoticeEvent as E;
    for state in [NoticeState::Sent, NoticeState::Delivered] {
        assert!(!reaches(state, |step| step.event != E::Claim), "{state}");
    }
    assert!(!reaches(NoticeState::HandedOver, |step| step.event != E::Print));
    let taken = NoticeState::Sending;
    assert!(matches!(advance(taken, E::Claim, By::System, &[]), Err(Refused::Unmet { .. })));
    assert_eq!(advance(taken, E::Claim, By::System, &[Guard::TermPassed]).unwrap().to, taken);
}

#[test]
fn every_state_with_work_left_can_still_come_to_an_end() {
    for state in NoticeState::ALL.iter().filter(|state| !state.is_final()) {
        let exits = NoticeState::steps().iter().filter(|step| step.from == *state && step.to != *state);
        assert!(exits.count() > 0, "{state}");
    }
}

#[test]
fn waits_double_up_to_two_hours_and_differ_by_a_quarter() {
    let minutes: Vec<i64> = (1..=TRIES).map(|tries| wait_after(tries, 0).whole_seconds()).collect();
    assert_eq!(minutes, [30, 60, 120, 240, 480, 960, 1920, 3840, 7200, 7200]);
    assert_eq!(wait_after(1, 1000).whole_milliseconds(), 37_500);
    let all: i64 = minutes.iter().take(9).sum();
    assert!((4 * 3600..5 * 3600).contains(&all), "{all} seconds before the last try");
}

#[test]
fn at_night_a_message_waits_for_the_morning() {
    let quiet = QuietHours::default();
    assert_eq!(quiet.after(datetime!(2026-11-02 19:59:59 UTC)), datetime!(2026-11-02 19:59:59 UTC));
    assert_eq!(quiet.after(datetime!(2026-11-02 20:00 UTC)), datetime!(2026-11-03 8:00 UTC));
    assert_eq!(quiet.after(datetime!(2026-12-31 23:30 UTC)), datetime!(2027-01-01 8:00 UTC));
    assert_eq!(quiet.after(datetime!(2026-11-03 7:59 UTC)), datetime!(2026-11-03 8:00 UTC));
    assert_eq!(quiet.after(datetime!(2026-11-03 8:00 +3)), datetime!(2026-11-03 8:00 +3));
    let noon = QuietHours { from: 12, until: 14 };
    assert_eq!(noon.after(datetime!(2026-11-03 12:30 UTC)), datetime!(2026-11-03 14:00 UTC));
    let none = QuietHours { from: 8, until: 8 };
    assert_eq!(none.after(datetime!(2026-11-03 8:30 UTC)), datetime!(2026-11-03 8:30 UTC));
}

proptest! {
    #[test]
    fn a_message_never_goes_in_a_quiet_hour_nor_waits_a_day(from in 0_u8..24, until in 0_u8..24, minute in 0_i64..2880) {
        let quiet = QuietHours { from, until };
        let here = datetime!(2026-11-02 0:00 UTC) + Duration::minutes(minute);
        let then = quiet.after(here);
        prop_assert!(then >= here && then - here < Duration::DAY);
        prop_assert_eq!(quiet.after(then), then);
    }
}

//! Kinds of tasks, as the filter of a list offers them: each that casework opens has words, and each that has words is here.

/// All of them.
pub(super) const TASK_KINDS: [&str; 42] = [
    "acknowledge_appeal",
    "answer_appeal",
    "answer_referral",
    "approve",
    "ask_missing",
    "ask_record",
    "assess_again",
    "assess_anew",
    "award_ends_soon",
    "check_distinct",
    "clock_breached",
    "complaint_acknowledge",
    "complaint_assign",
    "complaint_decide",
    "complaint_handle",
    "complaint_triage",
    "condone_appeal",
    "confirm_referral",
    "correct_data",
    "decide_again",
    "find_person",
    "implement_appeal",
    "look_at_award",
    "look_at_double",
    "look_at_fault",
    "look_at_override",
    "look_into_referral",
    "meet_household",
    "plan_follow_up",
    "plan_review",
    "put_in_force",
    "reach_out",
    "read_answer",
    "reconsider_appeal",
    "refer_elsewhere",
    "repay",
    "review",
    "review_overdue",
    "rework",
    "send_referral",
    "tell_offer",
    "verify_place",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_filter_offers_every_kind_that_has_words() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words/en");
        let mut worded = BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let keys = text.lines().filter_map(|line| line.strip_prefix("task-kind-")?.split_once(" ="));
            worded.extend(keys.map(|(kind, _)| kind.to_owned()));
        }
        let offered: BTreeSet<String> = TASK_KINDS.iter().map(ToString::to_string).collect();
        assert_eq!(offered, worded);
        assert_eq!(offered.len(), TASK_KINDS.len(), "one stands there twice");
        for kind in ["complaint_handle", "reconsider_appeal", "repay"] {
            assert!(offered.contains(kind), "{kind}");
        }
    }
}

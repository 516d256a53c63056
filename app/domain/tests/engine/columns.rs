//! Deciding by the column is deciding one by one: any households, under a pack with every kind of link and term.

use proptest::prelude::*;

use crate::alone::compare;
use crate::build::*;
use crate::properties::{PROGRAM, households, pack};

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_households_together_are_decided_as_alone(families in proptest::collection::vec(households(), 1..40)) {
        compare(&PROGRAM, &families, TODAY);
    }

    #[test]
    fn also_without_strata_and_with_other_kinds_of_terms(
        families in proptest::collection::vec(households(), 1..40),
    ) {
        let mut definitions = pack();
        definitions.scores[0].stratum = None;
        compare(&program(definitions), &families, TODAY);
    }
}

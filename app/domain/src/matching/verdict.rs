//! What an officer says of two people who look alike.

use crate::codes::codes;

codes! {
    /// What was said of two people.
    pub enum Said {
        /// One person, registered twice.
        Same = "same",
        /// Two people.
        NotSame = "not_same",
        /// Two people of one household.
        SameHousehold = "same_household",
    }
}

//! What happens in the life of a household, by the name it has at a counter, and what of it a second person signs.

use serde::{Deserialize, Serialize};

use crate::codes::codes;

codes! {
    /// A life event.
    pub enum LifeEvent {
        /// A child was born.
        Birth = "birth",
        /// Somebody died.
        Death = "death",
        /// Somebody came to live with them.
        Joined = "joined",
        /// Somebody lives elsewhere.
        Left = "left",
        /// Another member is the head.
        NewHead = "new_head",
        /// One household becomes two.
        Split = "split",
        /// They live elsewhere; another office may keep the file.
        Moved = "moved",
        /// A name was written down wrongly, or is another one now.
        Name = "name",
    }
}

impl LifeEvent {
    /// Those that a pack may have signed by a second person.
    pub const SIGNABLE: [Self; 4] = [Self::Death, Self::NewHead, Self::Moved, Self::Name];
}

/// What a pack says of life events: the table `life_events` of `pack.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifeEvents {
    /// Those that a second person signs.
    pub second_signature: Vec<LifeEvent>,
}

impl LifeEvents {
    /// Whether a second person signs it.
    pub fn is_signed(&self, event: LifeEvent) -> bool {
        self.second_signature.contains(&event)
    }
}

//! The few words the components say by themselves ("Error:", "There is a problem"), in the page's language.
//! The shell puts the language into the reactive context; outside a page (tests) it is English.

use leptos::prelude::use_context;

use crate::words::{Lang, t, t_with};

/// A word of the kit in the language of the page being rendered.
pub(super) fn word(key: &'static str) -> String {
    t(language(), key)
}

/// How many characters a text area takes.
pub(super) fn character_limit(limit: u32) -> String {
    t_with(language(), "kit-character-limit", &[("count", limit.to_string().into())])
}

fn language() -> Lang {
    use_context::<Lang>().unwrap_or_default()
}

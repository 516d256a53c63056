//! Links between programmes: the map with a table beside it that says the same, for the pack in force and for a change; and the
//! form for one link of a change.
//!
//! | screen | what it is for |
//! | --- | --- |
//! | [`show`] | the map and the table |
//! | [`edit`] | one link of a change: added, changed, taken out |
//!
//! One more kind of link: its words in [`sentence`] and [`short`], its fields in [`edit`].

pub mod edit;
mod map;
pub mod show;

use domain::definitions::{Holding, LinkDef, LinkKind, Prefer};
use domain::pack::Pack;

use crate::pages::work::rules::fact;
use crate::shell::Page;
use crate::words;

/// The name of a programme or a service that a link names.
pub(super) fn name(page: &Page, pack: &Pack, id: &str) -> String {
    let keys = [format!("programme.{id}.name"), format!("service.{id}.name")];
    keys.iter().find_map(|key| pack.words.find(page.lang.code(), key)).unwrap_or(id).to_owned()
}

/// A link as a sentence.
pub(super) fn sentence(page: &Page, pack: &Pack, link: &LinkDef) -> String {
    let (from, to) = (name(page, pack, &link.from), name(page, pack, &link.to));
    let key = match &link.kind {
        LinkKind::Opens => "link-opens",
        LinkKind::Requires => "link-requires",
        LinkKind::Excludes { .. } => "link-excludes",
        LinkKind::CountsAsIncome { .. } => "link-counts",
        LinkKind::Offsets => "link-offsets",
        LinkKind::BoostsPriority { .. } => "link-boosts",
        LinkKind::Refers => "link-refers",
        LinkKind::EndsWith => "link-ends",
    };
    page.t_with(key, &[("from", from.into()), ("to", to.into())])
}

/// What a link says besides: which of two stays, what is added to, how far one moves, whether waiting counts.
pub(super) fn details(page: &Page, pack: &Pack, link: &LinkDef) -> String {
    let own = match &link.kind {
        LinkKind::Excludes { prefer } => Some(page.t_of("link-prefer", prefer_code(*prefer))),
        LinkKind::CountsAsIncome { fact: id } => {
            Some(page.t_with("link-added-to", &[("fact", fact(page, pack, id).into())]))
        }
        LinkKind::BoostsPriority { by } => {
            let by = words::decimal(page.lang, &by.to_string());
            Some(page.t_with("link-by", &[("by", by.into())]))
        }
        _ => None,
    };
    let waiting = (link.holding == Holding::Waiting).then(|| page.t("link-while-waiting"));
    own.into_iter().chain(waiting).collect::<Vec<_>>().join(" ")
}

/// The kind of a link in a word or two, for the map.
fn short(page: &Page, kind: &LinkKind) -> String {
    page.t_of("link-short", code(kind))
}

/// The word of packs and forms.
pub(super) fn code(kind: &LinkKind) -> &'static str {
    match kind {
        LinkKind::Opens => "opens",
        LinkKind::Requires => "requires",
        LinkKind::Excludes { .. } => "excludes",
        LinkKind::CountsAsIncome { .. } => "counts_as_income",
        LinkKind::Offsets => "offsets",
        LinkKind::BoostsPriority { .. } => "boosts_priority",
        LinkKind::Refers => "refers",
        LinkKind::EndsWith => "ends_with",
    }
}

fn prefer_code(prefer: Prefer) -> &'static str {
    match prefer {
        Prefer::HigherValue => "higher_value",
        Prefer::ApplicantChooses => "applicant_chooses",
        Prefer::FirstEnrolled => "first_enrolled",
    }
}

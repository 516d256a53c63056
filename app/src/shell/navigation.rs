//! The main navigation: one entry a desk, shown to those who have a right for it.
//!
//! To add an entry: a line in [`ENTRIES`] and its two words in `words/*/common.ftl`.

use domain::role::Right;

use super::Page;
use crate::kit::Html;

/// A desk in the navigation and on the first page.
pub struct Entry {
    /// Where it leads.
    pub href: &'static str,
    /// Key of its name.
    pub word: &'static str,
    /// Key of the sentence about it on the first page.
    pub about: &'static str,
    /// Who sees it.
    right: Right,
}

const ENTRIES: &[Entry] = &[
    Entry { href: "/search", word: "nav-search", about: "nav-search-about", right: Right::SearchRegistry },
    Entry {
        href: "/openings",
        word: "nav-openings",
        about: "nav-openings-about",
        right: Right::ReviewAccess,
    },
    Entry { href: "/tasks", word: "nav-tasks", about: "nav-tasks-about", right: Right::WorkTasks },
    Entry { href: "/proposals", word: "nav-proposals", about: "nav-proposals-about", right: Right::Propose },
    Entry {
        href: "/duplicates",
        word: "nav-duplicates",
        about: "nav-duplicates-about",
        right: Right::EditHousehold,
    },
    Entry {
        href: "/notices",
        word: "nav-notices",
        about: "nav-notices-about",
        right: Right::RegisterHousehold,
    },
    Entry { href: "/clocks", word: "nav-clocks", about: "nav-clocks-about", right: Right::WorkTasks },
    Entry {
        href: "/referrals",
        word: "nav-referrals",
        about: "nav-referrals-about",
        right: Right::HandleReferrals,
    },
    Entry {
        href: "/services",
        word: "nav-services",
        about: "nav-services-about",
        right: Right::HandleReferrals,
    },
    // For those who send people there; nobody is both.
    Entry { href: "/services", word: "nav-services", about: "nav-services-about", right: Right::Assess },
    Entry { href: "/employment", word: "nav-employment", about: "nav-employment-about", right: Right::Plan },
    Entry { href: "/board", word: "nav-board", about: "nav-board-about", right: Right::HandInRecords },
    Entry { href: "/records", word: "nav-records", about: "nav-records-about", right: Right::HandInRecords },
    Entry {
        href: "/complaints",
        word: "nav-complaints",
        about: "nav-complaints-about",
        right: Right::LodgeComplaint,
    },
    // One desk, for those who decide and for the tribunal; nobody is both.
    Entry { href: "/appeals", word: "nav-appeals", about: "nav-appeals-about", right: Right::Propose },
    Entry { href: "/appeals", word: "nav-appeals", about: "nav-appeals-about", right: Right::DecideAppeals },
    Entry {
        href: "/numbers/objections",
        word: "nav-numbers",
        about: "nav-numbers-about",
        right: Right::SeeNumbers,
    },
    Entry { href: "/budgets", word: "nav-budgets", about: "nav-budgets-about", right: Right::SeeBudgets },
    Entry { href: "/lists", word: "nav-lists", about: "nav-lists-about", right: Right::ImportLists },
    Entry { href: "/matching", word: "nav-matching", about: "nav-matching-about", right: Right::ReadModels },
    Entry { href: "/policy", word: "nav-policy", about: "nav-policy-about", right: Right::KeepPolicy },
    Entry { href: "/packs", word: "nav-packs", about: "nav-packs-about", right: Right::KeepPolicy },
    Entry { href: "/journal", word: "nav-journal", about: "nav-journal-about", right: Right::ReadJournal },
    Entry { href: "/staff", word: "nav-staff", about: "nav-staff-about", right: Right::ManageStaff },
];

/// The desks of a person.
pub fn desks(page: &Page) -> impl Iterator<Item = &'static Entry> {
    let rights = page.person.as_ref().map(|person| person.rights.clone()).unwrap_or_default();
    ENTRIES.iter().filter(move |entry| rights.contains(&entry.right))
}

/// Writes the navigation of a signed-in person; nobody else has one.
pub(super) fn bar(page: &Page, out: &mut Html) {
    if page.person.is_none() {
        return;
    }
    let items = std::iter::once(("/", "nav-home")).chain(desks(page).map(|entry| (entry.href, entry.word)));
    out.tag("div").class("govuk-service-navigation").with(|out| {
        out.tag("div").class("govuk-width-container").with(|out| {
            out.tag("div").class("govuk-service-navigation__container").with(|out| {
                out.tag("nav")
                    .attr("aria-label", &page.t("navigation-label"))
                    .class("govuk-service-navigation__wrapper")
                    .with(|out| {
                        out.tag("ul").class("govuk-service-navigation__list").attr("id", "navigation").with(
                            |out| {
                                for (href, word) in items {
                                    item(page, out, href, &page.t(word));
                                }
                            },
                        );
                    });
            });
        });
    });
}

fn item(page: &Page, out: &mut Html, href: &str, text: &str) {
    let current = page.path == href;
    // "/staff" is also where "/staff/new" belongs.
    let active =
        current || (href != "/" && page.path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')));
    out.tag("li")
        .class("govuk-service-navigation__item")
        .class_if(active, "govuk-service-navigation__item--active")
        .with(|out| {
            out.tag("a")
                .class("govuk-service-navigation__link")
                .attr("href", href)
                .attr_some("aria-current", active.then_some(if current { "page" } else { "true" }))
                .with(|out| {
                    if active {
                        // For those who override colours.
                        out.tag("strong").class("govuk-service-navigation__active-fallback").text(text);
                    } else {
                        out.text(text);
                    }
                });
        });
}

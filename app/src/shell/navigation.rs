//! The main navigation: one entry a desk, shown to those who have a right for it.
//!
//! To add an entry: a line in [`ENTRIES`] and its word `nav-…` in all languages.

use domain::role::Right;

use super::Page;
use crate::kit::Html;

struct Entry {
    href: &'static str,
    word: &'static str,
    right: Right,
}

const ENTRIES: &[Entry] = &[Entry { href: "/staff", word: "nav-staff", right: Right::ManageStaff }];

/// Writes the navigation of a signed-in person; nobody else has one.
pub(super) fn bar(page: &Page, out: &mut Html) {
    let Some(person) = &page.person else { return };
    let entries = ENTRIES.iter().filter(|entry| person.rights.contains(&entry.right));
    let items = std::iter::once(("/", "nav-home")).chain(entries.map(|entry| (entry.href, entry.word)));
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

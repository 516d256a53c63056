//! Ways through the service: back link, breadcrumbs, skip link, pages of a list, tabs that are links.

use super::html::{Attributes, Component, Content, Html, components};
use super::words::word;

/// To the page before.
#[derive(Clone, Debug, Default)]
pub struct BackLink {
    /// Where it leads.
    pub href: String,
    /// The words; the page's word for "Back" when empty.
    pub content: Content,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl BackLink {
    /// A link back to there.
    pub fn new(href: impl Into<String>) -> Self {
        Self { href: href.into(), ..Self::default() }
    }
}

impl Component for BackLink {
    fn write(&self, out: &mut Html) {
        let content =
            if self.content.is_empty() { Content::Text(word("kit-back")) } else { self.content.clone() };
        out.tag("a")
            .attr("href", if self.href.is_empty() { "#" } else { &self.href })
            .class("govuk-back-link")
            .class(&self.classes)
            .attrs(&self.attributes)
            .content(&content);
    }
}

/// A link in a list; without an address it is where one is.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// Where it leads.
    pub href: Option<String>,
    /// The words.
    pub content: Content,
    /// It leads to the page one is on.
    pub current: bool,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Link {
    /// A link with these words.
    pub fn new(href: impl Into<String>, content: impl Into<Content>) -> Self {
        Self { href: Some(href.into()), content: content.into(), ..Self::default() }
    }

    /// It leads to the page one is on.
    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }
}

/// Where the page stands.
#[derive(Clone, Debug, Default)]
pub struct Breadcrumbs {
    /// From the start to this page.
    pub items: Vec<Link>,
    /// Only the first and the last on a small screen.
    pub collapse: bool,
    /// Name of the navigation; the page's word when not given.
    pub label: Option<String>,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Component for Breadcrumbs {
    fn write(&self, out: &mut Html) {
        out.tag("nav")
            .class("govuk-breadcrumbs")
            .class(&self.classes)
            .class_if(self.collapse, "govuk-breadcrumbs--collapse-on-mobile")
            .attrs(&self.attributes)
            .attr("aria-label", &self.label.clone().unwrap_or_else(|| word("kit-breadcrumbs")))
            .with(|out| {
                out.tag("ol").class("govuk-breadcrumbs__list").with(|out| {
                    for item in &self.items {
                        let entry = out.tag("li").class("govuk-breadcrumbs__list-item");
                        match &item.href {
                            Some(href) => entry.with(|out| {
                                out.tag("a")
                                    .class("govuk-breadcrumbs__link")
                                    .attr("href", href)
                                    .attrs(&item.attributes)
                                    .content(&item.content);
                            }),
                            None => entry.attr("aria-current", "page").content(&item.content),
                        }
                    }
                });
            });
    }
}

/// The first link of a page: past the header to its content.
#[derive(Clone, Debug, Default)]
pub struct SkipLink {
    /// Where it leads, "#content" when empty.
    pub href: String,
    /// The words.
    pub content: Content,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Component for SkipLink {
    fn write(&self, out: &mut Html) {
        out.tag("a")
            .attr("href", if self.href.is_empty() { "#content" } else { &self.href })
            .class("govuk-skip-link")
            .class(&self.classes)
            .attrs(&self.attributes)
            .attr("data-module", "govuk-skip-link")
            .content(&self.content);
    }
}

/// A page in a [`Pagination`].
#[derive(Clone, Debug, Default)]
pub struct PageLink {
    /// Where it leads.
    pub href: String,
    /// Its number.
    pub number: String,
    /// What is read for it; the page's words for "Page 3" when not given.
    pub label: Option<String>,
    /// The page one is on.
    pub current: bool,
    /// Left-out pages instead of a link.
    pub ellipsis: bool,
    /// Extra attributes.
    pub attributes: Attributes,
}

/// A link to the page before or after.
#[derive(Clone, Debug, Default)]
pub struct PageStep {
    /// Where it leads.
    pub href: String,
    /// The words; the page's words for "Previous" or "Next" when empty.
    pub content: Content,
    /// What is there, below the words.
    pub label: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

/// The pages of a long list.
#[derive(Clone, Debug, Default)]
pub struct Pagination {
    /// The page before.
    pub previous: Option<PageStep>,
    /// The page after.
    pub next: Option<PageStep>,
    /// Pages by number; none with keyset paging.
    pub items: Vec<PageLink>,
    /// Name of the navigation; the page's word when not given.
    pub label: Option<String>,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Pagination {
    /// Links before and after, where there is something.
    pub fn steps(previous: Option<String>, next: Option<String>) -> Self {
        let step = |href: String| PageStep { href, ..PageStep::default() };
        Self { previous: previous.map(step), next: next.map(step), ..Self::default() }
    }

    fn step(&self, out: &mut Html, step: &PageStep, next: bool) {
        let block = self.items.is_empty();
        let kind = if next { "next" } else { "prev" };
        let arrow = if next { ARROW_NEXT } else { ARROW_PREVIOUS };
        out.tag("div").class(&format!("govuk-pagination__{kind}")).with(|out| {
            out.tag("a")
                .class("govuk-link govuk-pagination__link")
                .attr("href", &step.href)
                .attr("rel", kind)
                .attrs(&step.attributes)
                .with(|out| {
                    if block || !next {
                        out.raw(arrow);
                    }
                    out.text(" ");
                    out.tag("span")
                        .class("govuk-pagination__link-title")
                        .class_if(block && step.label.is_empty(), "govuk-pagination__link-title--decorated")
                        .with(|out| {
                            if !step.content.is_empty() {
                                out.content(&step.content);
                                return;
                            }
                            out.text(&word(if next { "kit-next" } else { "kit-previous" }));
                            out.tag("span")
                                .class("govuk-visually-hidden")
                                .text(&format!(" {}", word("kit-page-after-step")));
                        });
                    if block && !step.label.is_empty() {
                        out.tag("span").class("govuk-visually-hidden").text(":");
                        out.tag("span").class("govuk-pagination__link-label").text(&step.label);
                    }
                    if !block && next {
                        out.raw(arrow);
                    }
                });
        });
    }
}

impl Component for Pagination {
    fn write(&self, out: &mut Html) {
        let block = self.items.is_empty() && (self.previous.is_some() || self.next.is_some());
        out.tag("nav")
            .class("govuk-pagination")
            .class_if(block, "govuk-pagination--block")
            .class(&self.classes)
            .attr("aria-label", &self.label.clone().unwrap_or_else(|| word("kit-pagination")))
            .attrs(&self.attributes)
            .with(|out| {
                if let Some(previous) = &self.previous {
                    self.step(out, previous, false);
                }
                if !self.items.is_empty() {
                    out.tag("ul").class("govuk-pagination__list").with(|out| {
                        for item in &self.items {
                            let entry = out
                                .tag("li")
                                .class("govuk-pagination__item")
                                .class_if(item.current, "govuk-pagination__item--current")
                                .class_if(item.ellipsis, "govuk-pagination__item--ellipsis");
                            if item.ellipsis {
                                entry.text("\u{22ef}");
                                continue;
                            }
                            entry.with(|out| {
                                let label = item
                                    .label
                                    .clone()
                                    .unwrap_or_else(|| format!("{} {}", word("kit-page"), item.number));
                                out.tag("a")
                                    .class("govuk-link govuk-pagination__link")
                                    .attr("href", &item.href)
                                    .attr("aria-label", &label)
                                    .attr_some("aria-current", item.current.then_some("page"))
                                    .attrs(&item.attributes)
                                    .text(&item.number);
                            });
                        }
                    });
                }
                if let Some(next) = &self.next {
                    self.step(out, next, true);
                }
            });
    }
}

/// Views of the same thing, each its own page: looks like tabs, works as links.
#[derive(Clone, Debug, Default)]
pub struct Tabs {
    /// Name of the navigation.
    pub label: String,
    /// The views.
    pub items: Vec<Link>,
}

impl Component for Tabs {
    fn write(&self, out: &mut Html) {
        out.tag("nav").class("govuk-tabs app-tabs").attr("aria-label", &self.label).with(|out| {
            out.tag("ul").class("govuk-tabs__list").with(|out| {
                for item in &self.items {
                    out.tag("li")
                        .class("govuk-tabs__list-item")
                        .class_if(item.current, "govuk-tabs__list-item--selected")
                        .with(|out| {
                            out.tag("a")
                                .class("govuk-tabs__tab")
                                .attr("href", item.href.as_deref().unwrap_or("#"))
                                .attr_some("aria-current", item.current.then_some("page"))
                                .attrs(&item.attributes)
                                .content(&item.content);
                        });
                }
            });
        });
    }
}

const ARROW_PREVIOUS: &str = r#"<svg class="govuk-pagination__icon govuk-pagination__icon--prev" xmlns="http://www.w3.org/2000/svg" height="13" width="15" aria-hidden="true" focusable="false" viewBox="0 0 15 13"><path d="m6.5938-0.0078125-6.7266 6.7266 6.7441 6.4062 1.377-1.449-4.1856-3.9768h12.896v-2h-12.984l4.2931-4.293-1.414-1.414z"></path></svg>"#;
const ARROW_NEXT: &str = r#"<svg class="govuk-pagination__icon govuk-pagination__icon--next" xmlns="http://www.w3.org/2000/svg" height="13" width="15" aria-hidden="true" focusable="false" viewBox="0 0 15 13"><path d="m8.107-0.0078125-1.4136 1.414 4.2926 4.293h-12.986v2h12.896l-4.1855 3.9766 1.377 1.4492 6.7441-6.4062-6.7246-6.7266z"></path></svg>"#;

components!(BackLink, Breadcrumbs, SkipLink, Pagination, Tabs);

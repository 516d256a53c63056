//! What casework needs beside forms: identity bar, sub-navigation, timeline, badge, ticket panel, filter.
//! All from the Ministry of Justice's frontend, CSS only.

use super::html::{Component, Content, Html, components};
use super::navigation::Link;
use super::words::word;

/// Who or what the page is about, above everything else.
#[derive(Clone, Debug, Default)]
pub struct IdentityBar {
    /// Names, reference, state.
    pub details: Content,
    /// Buttons or links of what may be done.
    pub actions: Content,
}

impl IdentityBar {
    /// A bar about this.
    pub fn new(details: impl Into<Content>) -> Self {
        Self { details: details.into(), ..Self::default() }
    }

    /// What may be done.
    #[must_use]
    pub fn actions(mut self, actions: impl Into<Content>) -> Self {
        self.actions = actions.into();
        self
    }
}

impl Component for IdentityBar {
    fn write(&self, out: &mut Html) {
        out.tag("div").class("moj-identity-bar").with(|out| {
            out.tag("div").class("moj-identity-bar__container").with(|out| {
                out.tag("div").class("moj-identity-bar__details").with(|out| {
                    out.tag("span").class("moj-identity-bar__title").content(&self.details);
                });
                if !self.actions.is_empty() {
                    out.tag("div").class("moj-identity-bar__actions").with(|out| {
                        out.tag("div").class("moj-identity-bar__menu").content(&self.actions);
                    });
                }
            });
        });
    }
}

/// The parts of a case file.
#[derive(Clone, Debug, Default)]
pub struct SubNavigation {
    /// Name of the navigation.
    pub label: String,
    /// The parts.
    pub items: Vec<Link>,
}

impl SubNavigation {
    /// A navigation with this name.
    pub fn new(label: impl Into<String>, items: Vec<Link>) -> Self {
        Self { label: label.into(), items }
    }
}

impl Component for SubNavigation {
    fn write(&self, out: &mut Html) {
        out.tag("nav").class("moj-sub-navigation").attr("aria-label", &self.label).with(|out| {
            out.tag("ul").class("moj-sub-navigation__list").with(|out| {
                for item in &self.items {
                    out.tag("li").class("moj-sub-navigation__item").with(|out| {
                        out.tag("a")
                            .class("moj-sub-navigation__link")
                            .attr_some("aria-current", item.current.then_some("page"))
                            .attr("href", item.href.as_deref().unwrap_or("#"))
                            .attrs(&item.attributes)
                            .content(&item.content);
                    });
                }
            });
        });
    }
}

/// One event of a [`Timeline`].
#[derive(Clone, Debug, Default)]
pub struct TimelineItem {
    /// What happened.
    pub title: Content,
    /// Who did it.
    pub by: Content,
    /// When, for machines: `2026-11-22`.
    pub datetime: String,
    /// When, for people.
    pub date: String,
    /// More about it.
    pub description: Content,
}

/// What happened, newest first.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// The events.
    pub items: Vec<TimelineItem>,
}

impl Component for Timeline {
    fn write(&self, out: &mut Html) {
        out.tag("div").class("moj-timeline").with(|out| {
            for item in &self.items {
                out.tag("div").class("moj-timeline__item").with(|out| {
                    out.tag("div").class("moj-timeline__header").with(|out| {
                        out.tag("h2").class("moj-timeline__title").content(&item.title);
                        if !item.by.is_empty() {
                            out.tag("p").class("moj-timeline__byline").content(&item.by);
                        }
                    });
                    out.tag("p").class("moj-timeline__date").with(|out| {
                        out.tag("time").attr("datetime", &item.datetime).text(&item.date);
                    });
                    out.tag("div").class("moj-timeline__description").content(&item.description);
                });
            }
        });
    }
}

/// A mark on a case, such as "Safe contact".
#[derive(Clone, Debug, Default)]
pub struct Badge {
    /// The words.
    pub content: Content,
    /// Extra classes: the colour, such as `moj-badge--red`.
    pub classes: String,
}

impl Badge {
    /// A mark with these words.
    pub fn new(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// A colour: blue, green, purple, red, bright-purple, grey, orange, black.
    #[must_use]
    pub fn colour(mut self, colour: &str) -> Self {
        self.classes = format!("moj-badge--{colour}");
        self
    }
}

impl Component for Badge {
    fn write(&self, out: &mut Html) {
        out.tag("span").class("moj-badge").class(&self.classes).content(&self.content);
    }
}

/// Sections on a card, such as a waiting ticket.
#[derive(Clone, Debug, Default)]
pub struct TicketPanel {
    /// The sections, each with extra classes such as `moj-ticket-panel__content--blue`.
    pub sections: Vec<(String, Content)>,
    /// Name of the card.
    pub label: String,
}

impl Component for TicketPanel {
    fn write(&self, out: &mut Html) {
        out.tag("article").class("moj-ticket-panel").attr_some("aria-label", Some(&self.label)).with(|out| {
            for (classes, content) in &self.sections {
                out.tag("section").class("moj-ticket-panel__content").class(classes).content(content);
            }
        });
    }
}

/// A filter in force, with the link that takes it away.
#[derive(Clone, Debug, Default)]
pub struct FilterTag {
    /// The list without it.
    pub href: String,
    /// The words.
    pub text: String,
}

/// The filters of a list: a form that is sent by GET, so that they live in the address.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Title.
    pub heading: String,
    /// What is filtered by now.
    pub selected: Vec<FilterTag>,
    /// The list without any filter.
    pub clear: String,
    /// The fields.
    pub options: Content,
}

impl Component for Filter {
    fn write(&self, out: &mut Html) {
        out.tag("form").class("moj-filter").attr("method", "get").with(|out| {
            out.tag("div").class("moj-filter__header").with(|out| {
                out.tag("div").class("moj-filter__header-title").with(|out| {
                    out.tag("h2").class("govuk-heading-m").text(&self.heading);
                });
            });
            out.tag("div").class("moj-filter__content").with(|out| {
                if !self.selected.is_empty() {
                    out.tag("div").class("moj-filter__selected").with(|out| {
                        out.tag("div").class("moj-filter__selected-heading").with(|out| {
                            out.tag("div").class("moj-filter__heading-title").with(|out| {
                                out.tag("h2").class("govuk-heading-m").text(&word("kit-filter-selected"));
                            });
                            out.tag("div").class("moj-filter__heading-action").with(|out| {
                                out.tag("p").with(|out| {
                                    out.tag("a")
                                        .class("govuk-link govuk-link--no-visited-state")
                                        .attr("href", &self.clear)
                                        .text(&word("kit-filter-clear"));
                                });
                            });
                        });
                        out.tag("ul").class("moj-filter-tags").with(|out| {
                            for tag in &self.selected {
                                out.tag("li").with(|out| {
                                    out.tag("a").class("moj-filter__tag").attr("href", &tag.href).with(
                                        |out| {
                                            out.tag("span")
                                                .class("govuk-visually-hidden")
                                                .text(&word("kit-filter-remove"));
                                            out.text(" ").text(&tag.text);
                                        },
                                    );
                                });
                            }
                        });
                    });
                }
                out.tag("div").class("moj-filter__options").with(|out| {
                    out.content(&self.options);
                    out.component(&super::Button::new(word("kit-filter-apply")));
                });
            });
        });
    }
}

components!(IdentityBar, SubNavigation, Timeline, Badge, TicketPanel, Filter);

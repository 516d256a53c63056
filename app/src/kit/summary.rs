//! Lists of facts: summary list and card.

use super::html::{Attributes, Component, Content, Html, components, heading};

/// A link beside a row, such as "Change".
#[derive(Clone, Debug, Default)]
pub struct Action {
    /// Where it leads.
    pub href: String,
    /// The words.
    pub content: Content,
    /// What it is about, read aloud after the words, such as "name".
    pub hidden: String,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Action {
    /// A link with what it is about, for those who hear it out of its place.
    pub fn new(href: impl Into<String>, content: impl Into<Content>, about: impl Into<String>) -> Self {
        Self { href: href.into(), content: content.into(), hidden: about.into(), ..Self::default() }
    }

    fn write(&self, out: &mut Html, card: Option<&Content>) {
        out.tag("a")
            .class("govuk-link")
            .class(&self.classes)
            .attr("href", &self.href)
            .attrs(&self.attributes)
            .with(|out| {
                out.content(&self.content);
                if self.hidden.is_empty() && card.is_none() {
                    return;
                }
                out.tag("span").class("govuk-visually-hidden").with(|out| {
                    if !self.hidden.is_empty() {
                        out.text(" ").text(&self.hidden);
                    }
                    if let Some(title) = card {
                        out.text(" (").content(title).text(")");
                    }
                });
            });
    }
}

/// A row of a [`SummaryList`].
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// What it is.
    pub key: Content,
    /// How it is.
    pub value: Content,
    /// Links.
    pub actions: Vec<Action>,
    /// Extra classes of the row.
    pub classes: String,
    /// Extra classes of the key.
    pub key_classes: String,
    /// Extra classes of the value.
    pub value_classes: String,
    /// Extra classes of the links.
    pub actions_classes: String,
}

/// A card around a [`SummaryList`].
#[derive(Clone, Debug, Default)]
pub struct SummaryCard {
    /// Title; none, no heading.
    pub title: Option<Content>,
    /// Heading level, 2 when not given.
    pub level: Option<u8>,
    /// Extra classes of the title.
    pub title_classes: String,
    /// Links in the title bar.
    pub actions: Vec<Action>,
    /// Extra classes of the links.
    pub actions_classes: String,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

/// What is known about something: key, value, links to change it.
#[derive(Clone, Debug, Default)]
pub struct SummaryList {
    /// The rows.
    pub rows: Vec<Row>,
    /// A card around it.
    pub card: Option<SummaryCard>,
    /// Extra classes, such as `govuk-summary-list--no-border`.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl SummaryList {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row.
    #[must_use]
    pub fn row(mut self, key: impl Into<Content>, value: impl Into<Content>) -> Self {
        self.rows.push(Row { key: key.into(), value: value.into(), ..Row::default() });
        self
    }

    /// Adds a row with a link.
    #[must_use]
    pub fn row_with(mut self, key: impl Into<Content>, value: impl Into<Content>, action: Action) -> Self {
        self.rows.push(Row { key: key.into(), value: value.into(), actions: vec![action], ..Row::default() });
        self
    }

    /// Puts it into a card with this title.
    #[must_use]
    pub fn card(mut self, title: impl Into<Content>, actions: Vec<Action>) -> Self {
        self.card = Some(SummaryCard { title: Some(title.into()), actions, ..SummaryCard::default() });
        self
    }

    fn list(&self, out: &mut Html) {
        let any = self.rows.iter().any(|row| !row.actions.is_empty());
        let card = self.card.as_ref().and_then(|card| card.title.as_ref());
        out.tag("dl").class("govuk-summary-list").class(&self.classes).attrs(&self.attributes).with(|out| {
            for row in &self.rows {
                out.tag("div")
                    .class("govuk-summary-list__row")
                    .class_if(any && row.actions.is_empty(), "govuk-summary-list__row--no-actions")
                    .class(&row.classes)
                    .with(|out| {
                        out.tag("dt")
                            .class("govuk-summary-list__key")
                            .class(&row.key_classes)
                            .content(&row.key);
                        out.tag("dd")
                            .class("govuk-summary-list__value")
                            .class(&row.value_classes)
                            .content(&row.value);
                        if row.actions.is_empty() {
                            return;
                        }
                        out.tag("dd").class("govuk-summary-list__actions").class(&row.actions_classes).with(
                            |out| {
                                actions(out, &row.actions, card, "govuk-summary-list__actions-list");
                            },
                        );
                    });
            }
        });
    }
}

/// One link bare, several in a list.
fn actions(out: &mut Html, actions: &[Action], card: Option<&Content>, list: &str) {
    if let [action] = actions {
        action.write(out, card);
        return;
    }
    out.tag("ul").class(list).with(|out| {
        for action in actions {
            out.tag("li").class(&format!("{list}-item")).with(|out| action.write(out, card));
        }
    });
}

impl Component for SummaryList {
    fn write(&self, out: &mut Html) {
        let Some(card) = &self.card else {
            self.list(out);
            return;
        };
        out.tag("div").class("govuk-summary-card").class(&card.classes).attrs(&card.attributes).with(|out| {
            out.tag("div").class("govuk-summary-card__title-wrapper").with(|out| {
                if let Some(title) = &card.title {
                    out.tag(heading(card.level.unwrap_or(2)))
                        .class("govuk-summary-card__title")
                        .class(&card.title_classes)
                        .content(title);
                }
                match card.actions.as_slice() {
                    [] => {}
                    [action] => {
                        let place =
                            out.tag("div").class("govuk-summary-card__actions").class(&card.actions_classes);
                        place.with(|out| action.write(out, card.title.as_ref()));
                    }
                    several => {
                        let place =
                            out.tag("ul").class("govuk-summary-card__actions").class(&card.actions_classes);
                        place.with(|out| {
                            for action in several {
                                out.tag("li").class("govuk-summary-card__action").with(|out| {
                                    action.write(out, card.title.as_ref());
                                });
                            }
                        });
                    }
                }
            });
            out.tag("div").class("govuk-summary-card__content").with(|out| self.list(out));
        });
    }
}

components!(SummaryList);

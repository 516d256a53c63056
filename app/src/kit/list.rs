//! Lists of facts: summary list and card, table, task list.

use super::html::{Attributes, Component, Content, Html, components, heading};
use super::message::Tag;

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

/// A cell of a [`Table`].
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// What stands in it.
    pub content: Content,
    /// "numeric" for numbers, which then stand under each other.
    pub format: String,
    /// Extra classes.
    pub classes: String,
    /// Columns it spans.
    pub colspan: Option<u32>,
    /// Rows it spans.
    pub rowspan: Option<u32>,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Cell {
    /// A cell with this content.
    pub fn new(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// A number.
    pub fn number(content: impl Into<Content>) -> Self {
        Self { format: "numeric".into(), ..Self::new(content) }
    }
}

impl<C: Into<Content>> From<C> for Cell {
    fn from(content: C) -> Self {
        Self::new(content)
    }
}

/// Figures or records side by side.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What the table shows: read first by those who cannot see it.
    pub caption: String,
    /// Extra classes of the caption, such as `govuk-table__caption--m`.
    pub caption_classes: String,
    /// Column heads.
    pub head: Vec<Cell>,
    /// Rows of cells.
    pub rows: Vec<Vec<Cell>>,
    /// The first cell of each row is its head.
    pub first_is_head: bool,
    /// A frame that scrolls sideways on a small screen instead of the page, reachable by keyboard.
    pub scroll: bool,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Table {
    /// A table with this caption.
    pub fn new(caption: impl Into<String>) -> Self {
        Self { caption: caption.into(), ..Self::default() }
    }

    /// Column heads.
    #[must_use]
    pub fn head<C: Into<Cell>>(mut self, cells: impl IntoIterator<Item = C>) -> Self {
        self.head = cells.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a row.
    #[must_use]
    pub fn row<C: Into<Cell>>(mut self, cells: impl IntoIterator<Item = C>) -> Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    /// The first cell of each row is its head.
    #[must_use]
    pub fn row_heads(mut self) -> Self {
        self.first_is_head = true;
        self
    }

    /// For more than three columns: scrolls in its own frame on a small screen.
    #[must_use]
    pub fn scroll(mut self) -> Self {
        self.scroll = true;
        self
    }

    fn table(&self, out: &mut Html) {
        let span = |count: Option<u32>| count.map(|count| count.to_string());
        out.tag("table").class("govuk-table").class(&self.classes).attrs(&self.attributes).with(|out| {
            if !self.caption.is_empty() {
                out.tag("caption")
                    .class("govuk-table__caption")
                    .class(&self.caption_classes)
                    .text(&self.caption);
            }
            if !self.head.is_empty() {
                out.tag("thead").class("govuk-table__head").with(|out| {
                    out.tag("tr").class("govuk-table__row").with(|out| {
                        for cell in &self.head {
                            out.tag("th")
                                .attr("scope", "col")
                                .class("govuk-table__header")
                                .class(&modifier("govuk-table__header", &cell.format))
                                .class(&cell.classes)
                                .attr_some("colspan", span(cell.colspan).as_deref())
                                .attr_some("rowspan", span(cell.rowspan).as_deref())
                                .attrs(&cell.attributes)
                                .content(&cell.content);
                        }
                    });
                });
            }
            out.tag("tbody").class("govuk-table__body").with(|out| {
                for row in &self.rows {
                    out.tag("tr").class("govuk-table__row").with(|out| {
                        for (place, cell) in row.iter().enumerate() {
                            let tag = if place == 0 && self.first_is_head {
                                out.tag("th").attr("scope", "row").class("govuk-table__header")
                            } else {
                                out.tag("td")
                                    .class("govuk-table__cell")
                                    .class(&modifier("govuk-table__cell", &cell.format))
                            };
                            tag.class(&cell.classes)
                                .attr_some("colspan", span(cell.colspan).as_deref())
                                .attr_some("rowspan", span(cell.rowspan).as_deref())
                                .attrs(&cell.attributes)
                                .content(&cell.content);
                        }
                    });
                }
            });
        });
    }
}

fn modifier(block: &str, format: &str) -> String {
    if format.is_empty() { String::new() } else { format!("{block}--{format}") }
}

impl Component for Table {
    fn write(&self, out: &mut Html) {
        if !self.scroll {
            self.table(out);
            return;
        }
        out.tag("div")
            .class("app-scroll")
            .attr("role", "region")
            .attr("aria-label", &self.caption)
            .attr("tabindex", "0")
            .with(|out| self.table(out));
    }
}

/// One line of a [`TaskList`].
#[derive(Clone, Debug, Default)]
pub struct TaskItem {
    /// What is to be done.
    pub title: Content,
    /// Extra classes of the title.
    pub title_classes: String,
    /// Where to do it; none while it cannot be done yet.
    pub href: Option<String>,
    /// Help below the title.
    pub hint: Option<Content>,
    /// State as text, such as "Completed".
    pub status: Content,
    /// State as a tag, such as "Incomplete".
    pub tag: Option<Tag>,
    /// Extra classes of the state.
    pub status_classes: String,
    /// Extra classes.
    pub classes: String,
}

/// The parts of a long form, with what is left.
#[derive(Clone, Debug, Default)]
pub struct TaskList {
    /// The lines.
    pub items: Vec<TaskItem>,
    /// Start of the ids, "task-list" when not given; several lists on a page need different ones.
    pub id_prefix: Option<String>,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl TaskList {
    /// A list whose ids start so.
    pub fn new(id_prefix: impl Into<String>) -> Self {
        Self { id_prefix: Some(id_prefix.into()), ..Self::default() }
    }

    /// Adds a line.
    #[must_use]
    pub fn item(mut self, item: TaskItem) -> Self {
        self.items.push(item);
        self
    }
}

impl Component for TaskList {
    fn write(&self, out: &mut Html) {
        let prefix = self.id_prefix.as_deref().unwrap_or("task-list");
        out.tag("ul").class("govuk-task-list").class(&self.classes).attrs(&self.attributes).with(|out| {
            for (place, item) in self.items.iter().enumerate() {
                let hint_id = format!("{prefix}-{}-hint", place + 1);
                let status_id = format!("{prefix}-{}-status", place + 1);
                out.tag("li")
                    .class("govuk-task-list__item")
                    .class_if(item.href.is_some(), "govuk-task-list__item--with-link")
                    .class(&item.classes)
                    .with(|out| {
                        out.tag("div").class("govuk-task-list__name-and-hint").with(|out| {
                            match &item.href {
                                Some(href) => {
                                    let described = match item.hint {
                                        Some(_) => format!("{hint_id} {status_id}"),
                                        None => status_id.clone(),
                                    };
                                    out.tag("a")
                                        .class("govuk-link govuk-task-list__link")
                                        .class(&item.title_classes)
                                        .attr("href", href)
                                        .attr("aria-describedby", &described)
                                        .content(&item.title);
                                }
                                None => out.tag("div").class(&item.title_classes).content(&item.title),
                            }
                            if let Some(hint) = &item.hint {
                                out.tag("div")
                                    .attr("id", &hint_id)
                                    .class("govuk-task-list__hint")
                                    .content(hint);
                            }
                        });
                        out.tag("div")
                            .class("govuk-task-list__status")
                            .class(&item.status_classes)
                            .attr("id", &status_id)
                            .with(|out| match &item.tag {
                                Some(tag) => {
                                    out.component(tag);
                                }
                                None => {
                                    out.content(&item.status);
                                }
                            });
                    });
            }
        });
    }
}

components!(SummaryList, Table, TaskList);

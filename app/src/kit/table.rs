//! Tables.

use super::html::{Attributes, Component, Content, Html, components};

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

components!(Table);

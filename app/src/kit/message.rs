//! What is said to the reader beside the form: summary of errors, banner, warning, inset, panel, details, tag.

use super::html::{Attributes, Component, Content, Html, components, heading};
use super::words::word;

/// One line of an [`ErrorSummary`].
#[derive(Clone, Debug, Default)]
pub struct ErrorItem {
    /// Where the field is, such as `#name`.
    pub href: Option<String>,
    /// The words, the same as beside the field.
    pub content: Content,
    /// Extra attributes of the link.
    pub attributes: Attributes,
}

/// The list of what is wrong, at the top of the page.
#[derive(Clone, Debug, Default)]
pub struct ErrorSummary {
    /// Title; the page's words for "There is a problem" when not given.
    pub title: Option<Content>,
    /// A sentence before the list.
    pub description: Content,
    /// The list.
    pub items: Vec<ErrorItem>,
    /// Extra classes.
    pub classes: String,
    /// `data-disable-auto-focus`.
    pub disable_auto_focus: Option<bool>,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl ErrorSummary {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line that leads to a field.
    #[must_use]
    pub fn item(mut self, href: impl Into<String>, content: impl Into<Content>) -> Self {
        self.items.push(ErrorItem {
            href: Some(href.into()),
            content: content.into(),
            ..ErrorItem::default()
        });
        self
    }
}

impl Component for ErrorSummary {
    fn write(&self, out: &mut Html) {
        out.tag("div")
            .class("govuk-error-summary")
            .class(&self.classes)
            .attr_some("data-disable-auto-focus", self.disable_auto_focus.map(flag))
            .attrs(&self.attributes)
            .attr("data-module", "govuk-error-summary")
            .with(|out| {
                out.tag("div").attr("role", "alert").with(|out| {
                    let title =
                        self.title.clone().unwrap_or_else(|| Content::Text(word("kit-error-summary")));
                    out.tag("h2").class("govuk-error-summary__title").content(&title);
                    out.tag("div").class("govuk-error-summary__body").with(|out| {
                        if !self.description.is_empty() {
                            out.tag("p").content(&self.description);
                        }
                        if self.items.is_empty() {
                            return;
                        }
                        out.tag("ul").class("govuk-list govuk-error-summary__list").with(|out| {
                            for item in &self.items {
                                out.tag("li").with(|out| match &item.href {
                                    Some(href) => {
                                        let link = out.tag("a").attr("href", href).attrs(&item.attributes);
                                        link.content(&item.content);
                                    }
                                    None => {
                                        out.content(&item.content);
                                    }
                                });
                            }
                        });
                    });
                });
            });
    }
}

fn flag(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}

/// News at the top of a page: what was done, or what one must know.
#[derive(Clone, Debug, Default)]
pub struct NotificationBanner {
    /// Title; the page's word for "Success" or "Important" when not given.
    pub title: Option<Content>,
    /// The words.
    pub content: Content,
    /// Something was done.
    pub success: bool,
    /// `role`, when it is not the usual one.
    pub role: String,
    /// Id of the title.
    pub title_id: Option<String>,
    /// Heading level of the title, 2 when not given.
    pub level: Option<u8>,
    /// Extra classes.
    pub classes: String,
    /// `data-disable-auto-focus`.
    pub disable_auto_focus: Option<bool>,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl NotificationBanner {
    /// What one must know.
    pub fn new(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// What was done.
    pub fn success(content: impl Into<Content>) -> Self {
        Self { success: true, ..Self::new(content) }
    }
}

impl Component for NotificationBanner {
    fn write(&self, out: &mut Html) {
        let title_id = self.title_id.as_deref().unwrap_or("govuk-notification-banner-title");
        let role = match (self.role.as_str(), self.success) {
            ("", true) => "alert",
            ("", false) => "region",
            (role, _) => role,
        };
        out.tag("div")
            .class("govuk-notification-banner")
            .class_if(self.success, "govuk-notification-banner--success")
            .class(&self.classes)
            .attr("role", role)
            .attr("aria-labelledby", title_id)
            .attr("data-module", "govuk-notification-banner")
            .attr_some("data-disable-auto-focus", self.disable_auto_focus.map(flag))
            .attrs(&self.attributes)
            .with(|out| {
                out.tag("div").class("govuk-notification-banner__header").with(|out| {
                    let title = self.title.clone().unwrap_or_else(|| {
                        Content::Text(word(if self.success { "kit-success" } else { "kit-important" }))
                    });
                    out.tag(heading(self.level.unwrap_or(2)))
                        .class("govuk-notification-banner__title")
                        .attr("id", title_id)
                        .content(&title);
                });
                out.tag("div").class("govuk-notification-banner__content").with(|out| match &self.content {
                    Content::Text(text) if text.is_empty() => {}
                    Content::Text(text) => {
                        out.tag("p").class("govuk-notification-banner__heading").text(text);
                    }
                    html @ Content::Html(_) => {
                        out.content(html);
                    }
                });
            });
    }
}

/// A warning of consequences.
#[derive(Clone, Debug, Default)]
pub struct WarningText {
    /// The words.
    pub content: Content,
    /// What is read before them; the page's word for "Warning" when not given.
    pub prefix: Option<String>,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl WarningText {
    /// A warning with these words.
    pub fn new(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}

impl Component for WarningText {
    fn write(&self, out: &mut Html) {
        out.tag("div").class("govuk-warning-text").class(&self.classes).attrs(&self.attributes).with(|out| {
            out.tag("span").class("govuk-warning-text__icon").attr("aria-hidden", "true").text("!");
            out.tag("strong").class("govuk-warning-text__text").with(|out| {
                let prefix = self.prefix.clone().unwrap_or_else(|| word("kit-warning"));
                out.tag("span").class("govuk-visually-hidden").text(&prefix);
                out.text(" ").content(&self.content);
            });
        });
    }
}

/// Text set apart.
#[derive(Clone, Debug, Default)]
pub struct InsetText {
    /// The words.
    pub content: Content,
    /// Id.
    pub id: String,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl InsetText {
    /// These words set apart.
    pub fn new(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}

impl Component for InsetText {
    fn write(&self, out: &mut Html) {
        out.tag("div")
            .attr_some("id", Some(&self.id))
            .class("govuk-inset-text")
            .class(&self.classes)
            .attrs(&self.attributes)
            .content(&self.content);
    }
}

/// The end of a journey: what was done, with the reference.
#[derive(Clone, Debug, Default)]
pub struct Panel {
    /// Title, the heading of the page.
    pub title: Content,
    /// What stands below it.
    pub content: Content,
    /// Heading level, 1 when not given.
    pub level: Option<u8>,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Panel {
    /// A panel with this title and text.
    pub fn new(title: impl Into<Content>, content: impl Into<Content>) -> Self {
        Self { title: title.into(), content: content.into(), ..Self::default() }
    }
}

impl Component for Panel {
    fn write(&self, out: &mut Html) {
        out.tag("div")
            .class("govuk-panel govuk-panel--confirmation")
            .class(&self.classes)
            .attrs(&self.attributes)
            .with(|out| {
                out.tag(heading(self.level.unwrap_or(1))).class("govuk-panel__title").content(&self.title);
                if !self.content.is_empty() {
                    out.tag("div").class("govuk-panel__body").content(&self.content);
                }
            });
    }
}

/// Something that opens on demand, without JavaScript.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// The line always seen.
    pub summary: Content,
    /// What opens.
    pub content: Content,
    /// Open from the start.
    pub open: bool,
    /// Id.
    pub id: String,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Details {
    /// A summary line and what it opens.
    pub fn new(summary: impl Into<Content>, content: impl Into<Content>) -> Self {
        Self { summary: summary.into(), content: content.into(), ..Self::default() }
    }
}

impl Component for Details {
    fn write(&self, out: &mut Html) {
        out.tag("details")
            .attr_some("id", Some(&self.id))
            .class("govuk-details")
            .class(&self.classes)
            .attrs(&self.attributes)
            .flag("open", self.open)
            .with(|out| {
                out.tag("summary").class("govuk-details__summary").with(|out| {
                    out.tag("span").class("govuk-details__summary-text").content(&self.summary);
                });
                out.tag("div").class("govuk-details__text").content(&self.content);
            });
    }
}

/// The state of something in one or two words.
#[derive(Clone, Debug, Default)]
pub struct Tag {
    /// The words.
    pub content: Content,
    /// Extra classes: the colour, such as `govuk-tag--green`. Never the colour alone tells the state.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Tag {
    /// A tag with these words.
    pub fn new(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// A colour of the framework: grey, green, teal, blue, purple, magenta, red, orange, yellow.
    #[must_use]
    pub fn colour(mut self, colour: &str) -> Self {
        self.classes = format!("govuk-tag--{colour}");
        self
    }
}

impl Component for Tag {
    fn write(&self, out: &mut Html) {
        out.tag("strong")
            .class("govuk-tag")
            .class(&self.classes)
            .attrs(&self.attributes)
            .content(&self.content);
    }
}

components!(ErrorSummary, NotificationBanner, WarningText, InsetText, Panel, Details, Tag);

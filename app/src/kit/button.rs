//! Buttons, and links that look like buttons.

use super::html::{Attributes, Component, Content, Html, components};

/// A button that sends the form it stands in, or a link that looks like one.
#[derive(Clone, Debug, Default)]
pub struct Button {
    /// The words.
    pub content: Content,
    /// A link to there instead of a button.
    pub href: Option<String>,
    /// `type`, "submit" when empty.
    pub kind: String,
    /// Name, when the form has several buttons.
    pub name: String,
    /// Value sent with the name.
    pub value: String,
    /// Id.
    pub id: String,
    /// Extra classes, such as `govuk-button--secondary`.
    pub classes: String,
    /// Cannot be pressed.
    pub disabled: bool,
    /// The one that starts a service: with an arrow.
    pub start: bool,
    /// Asks the browser not to send twice; the server refuses a second one anyway.
    pub prevent_double_click: Option<bool>,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Button {
    /// A button that sends the form.
    pub fn new(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// A link that looks like a button.
    pub fn link(href: impl Into<String>, content: impl Into<Content>) -> Self {
        Self { content: content.into(), href: Some(href.into()), ..Self::default() }
    }

    /// Less weighty than the page's main button.
    #[must_use]
    pub fn secondary(mut self) -> Self {
        "govuk-button--secondary".clone_into(&mut self.classes);
        self
    }

    /// For what cannot be undone.
    #[must_use]
    pub fn warning(mut self) -> Self {
        "govuk-button--warning".clone_into(&mut self.classes);
        self
    }

    /// Name and value sent when it is this button that was pressed.
    #[must_use]
    pub fn named(mut self, name: &str, value: &str) -> Self {
        name.clone_into(&mut self.name);
        value.clone_into(&mut self.value);
        self
    }

    /// The one that starts a service.
    #[must_use]
    pub fn start(mut self) -> Self {
        self.start = true;
        self
    }
}

impl Component for Button {
    fn write(&self, out: &mut Html) {
        let inside = |out: &mut Html| {
            match &self.content {
                html @ Content::Html(_) if self.start => out.tag("span").content(html),
                content => {
                    out.content(content);
                }
            }
            if self.start {
                out.raw(START_ICON);
            }
        };
        let tag = match &self.href {
            Some(href) => out.tag("a").attr("href", href).attr("role", "button").attr("draggable", "false"),
            None => out
                .tag("button")
                .attr("type", if self.kind.is_empty() { "submit" } else { &self.kind })
                .attr_some("value", Some(&self.value))
                .attr_some("name", Some(&self.name))
                .flag("disabled", self.disabled)
                .attr_some("aria-disabled", self.disabled.then_some("true"))
                .attr_some(
                    "data-prevent-double-click",
                    self.prevent_double_click.map(|on| if on { "true" } else { "false" }),
                ),
        };
        tag.class("govuk-button")
            .class(&self.classes)
            .class_if(self.start, "govuk-button--start")
            .attr("data-module", "govuk-button")
            .attrs(&self.attributes)
            .attr_some("id", Some(&self.id))
            .with(inside);
    }
}

/// The arrow of a start button; not focusable.
const START_ICON: &str = r#"<svg class="govuk-button__start-icon" xmlns="http://www.w3.org/2000/svg" width="17.5" height="19" viewBox="0 0 33 40" aria-hidden="true" focusable="false"><path fill="currentColor" d="M0 0h13l20 20-20 20H0l20-20z"/></svg>"#;

components!(Button);

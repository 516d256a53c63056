//! Fields one writes into: text input, text area with or without a limit.

use super::Hint;
use super::field::{FieldParts, Label, field_builder};
use super::html::{Attributes, Component, Content, Html, components};
use super::words::character_limit;

/// A field of one line.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Name, and id when none is given.
    pub name: String,
    /// Id, when it is not the name.
    pub id: Option<String>,
    /// Label.
    pub label: Label,
    /// Hint, error, group.
    pub parts: FieldParts,
    /// What stands in it.
    pub value: String,
    /// `type`, "text" when empty.
    pub kind: String,
    /// Extra classes, such as `govuk-input--width-10`.
    pub classes: String,
    /// `inputmode`, such as "numeric".
    pub inputmode: String,
    /// `autocomplete`.
    pub autocomplete: String,
    /// `autocapitalize`.
    pub autocapitalize: String,
    /// `pattern`.
    pub pattern: String,
    /// `spellcheck`; left to the browser when not given.
    pub spellcheck: Option<bool>,
    /// Cannot be changed.
    pub disabled: bool,
    /// Text before, such as a currency.
    pub prefix: Option<Content>,
    /// Text after, such as a unit.
    pub suffix: Option<Content>,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Input {
    /// A text field with this name and label.
    pub fn new(name: impl Into<String>, label: impl Into<Content>) -> Self {
        Self {
            name: name.into(),
            label: Label { content: label.into(), ..Label::default() },
            ..Self::default()
        }
    }

    /// What stands in it.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Room for this many characters: 2, 3, 4, 5, 10, 20 or 30.
    #[must_use]
    pub fn width(mut self, characters: u8) -> Self {
        self.classes = format!("govuk-input--width-{characters}");
        self
    }

    /// A whole number: a numeric keyboard, no spinner.
    #[must_use]
    pub fn numeric(mut self) -> Self {
        "numeric".clone_into(&mut self.inputmode);
        self
    }

    /// A number with decimals.
    #[must_use]
    pub fn decimal(mut self) -> Self {
        "decimal".clone_into(&mut self.inputmode);
        self
    }

    /// A password: never echoed by the caller, never spell-checked.
    #[must_use]
    pub fn password(mut self, autocomplete: &str) -> Self {
        "password".clone_into(&mut self.kind);
        "none".clone_into(&mut self.autocapitalize);
        self.spellcheck = Some(false);
        autocomplete.clone_into(&mut self.autocomplete);
        self
    }

    /// `type` of the input, such as "tel" or "search".
    #[must_use]
    pub fn kind(mut self, kind: &str) -> Self {
        kind.clone_into(&mut self.kind);
        self
    }

    /// `autocomplete` of the input.
    #[must_use]
    pub fn autocomplete(mut self, autocomplete: &str) -> Self {
        autocomplete.clone_into(&mut self.autocomplete);
        self
    }

    /// A unit after the field.
    #[must_use]
    pub fn suffix(mut self, suffix: impl Into<Content>) -> Self {
        self.suffix = Some(suffix.into());
        self
    }

    /// A currency before the field.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<Content>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// The label is the heading of the page.
    #[must_use]
    pub fn heading(mut self) -> Self {
        self.label.heading = true;
        "govuk-label--l".clone_into(&mut self.label.classes);
        self
    }

    /// Classes of the label.
    #[must_use]
    pub fn label_class(mut self, classes: &str) -> Self {
        classes.clone_into(&mut self.label.classes);
        self
    }

    fn control(&self, out: &mut Html, id: &str) {
        out.tag("input")
            .class("govuk-input")
            .class(&self.classes)
            .class_if(self.parts.error.is_some(), "govuk-input--error")
            .attr("id", id)
            .attr("name", &self.name)
            .attr("type", if self.kind.is_empty() { "text" } else { &self.kind })
            .attr_some("spellcheck", self.spellcheck.map(|on| if on { "true" } else { "false" }))
            .attr_some("value", Some(&self.value))
            .flag("disabled", self.disabled)
            .attr_some("aria-describedby", Some(&self.parts.described(id)))
            .attr_some("autocomplete", Some(&self.autocomplete))
            .attr_some("autocapitalize", Some(&self.autocapitalize))
            .attr_some("pattern", Some(&self.pattern))
            .attr_some("inputmode", Some(&self.inputmode))
            .attrs(&self.attributes)
            .void();
    }
}

impl Component for Input {
    fn write(&self, out: &mut Html) {
        let id = self.id.as_deref().unwrap_or(&self.name);
        self.parts.group(out, |out| {
            out.component(&Label { for_id: id.to_owned(), ..self.label.clone() });
            self.parts.hint_and_error(out, id);
            if self.prefix.is_none() && self.suffix.is_none() {
                self.control(out, id);
                return;
            }
            out.tag("div").class("govuk-input__wrapper").with(|out| {
                let affix = |out: &mut Html, class: &str, content: &Option<Content>| {
                    if let Some(content) = content {
                        out.tag("div").class(class).attr("aria-hidden", "true").content(content);
                    }
                };
                affix(out, "govuk-input__prefix", &self.prefix);
                self.control(out, id);
                affix(out, "govuk-input__suffix", &self.suffix);
            });
        });
    }
}

/// A field of several lines; with a limit it says how many characters fit.
#[derive(Clone, Debug, Default)]
pub struct Textarea {
    /// Name, and id when none is given.
    pub name: String,
    /// Id, when it is not the name.
    pub id: Option<String>,
    /// Label.
    pub label: Label,
    /// Hint, error, group.
    pub parts: FieldParts,
    /// What stands in it.
    pub value: String,
    /// Lines shown, 5 when not given.
    pub rows: Option<u32>,
    /// The most characters it takes; the page says so, the server checks it.
    pub limit: Option<u32>,
    /// Extra classes.
    pub classes: String,
    /// `autocomplete`.
    pub autocomplete: String,
    /// `spellcheck`.
    pub spellcheck: Option<bool>,
    /// Cannot be changed.
    pub disabled: bool,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Textarea {
    /// A text area with this name and label.
    pub fn new(name: impl Into<String>, label: impl Into<Content>) -> Self {
        Self {
            name: name.into(),
            label: Label { content: label.into(), ..Label::default() },
            ..Self::default()
        }
    }

    /// What stands in it.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Lines shown.
    #[must_use]
    pub fn rows(mut self, rows: u32) -> Self {
        self.rows = Some(rows);
        self
    }

    /// The most characters it takes.
    #[must_use]
    pub fn limit(mut self, characters: u32) -> Self {
        self.limit = Some(characters);
        self
    }

    /// Classes of the label.
    #[must_use]
    pub fn label_class(mut self, classes: &str) -> Self {
        classes.clone_into(&mut self.label.classes);
        self
    }
}

impl Component for Textarea {
    fn write(&self, out: &mut Html) {
        let id = self.id.as_deref().unwrap_or(&self.name);
        let mut parts = self.parts.clone();
        if let Some(limit) = self.limit {
            let info = format!("{id}-info");
            parts.described_by =
                if parts.described_by.is_empty() { info } else { format!("{} {info}", parts.described_by) };
            parts.group_classes.push_str(" govuk-character-count");
            parts.group_attributes.push(("data-module".into(), "govuk-character-count".into()));
            parts.group_attributes.push(("data-maxlength".into(), limit.to_string()));
        }
        parts.group(out, |out| {
            out.component(&Label { for_id: id.to_owned(), ..self.label.clone() });
            parts.hint_and_error(out, id);
            out.tag("textarea")
                .class("govuk-textarea")
                .class_if(parts.error.is_some(), "govuk-textarea--error")
                .class_if(self.limit.is_some(), "govuk-js-character-count")
                .class(&self.classes)
                .attr("id", id)
                .attr("name", &self.name)
                .attr("rows", &self.rows.unwrap_or(5).to_string())
                .attr_some("spellcheck", self.spellcheck.map(|on| if on { "true" } else { "false" }))
                .flag("disabled", self.disabled)
                .attr_some("aria-describedby", Some(&parts.described(id)))
                .attr_some("autocomplete", Some(&self.autocomplete))
                .attrs(&self.attributes)
                .with(|out| {
                    // A parser drops one line break right after the tag: without this one the writer's own would go.
                    if self.value.starts_with('\n') {
                        out.raw("\n");
                    }
                    out.text(&self.value);
                });
            if let Some(limit) = self.limit {
                out.component(&Hint {
                    id: format!("{id}-info"),
                    classes: "govuk-character-count__message".into(),
                    content: character_limit(limit).into(),
                    ..Hint::default()
                });
            }
        });
    }
}

components!(Input, Textarea);
field_builder!(Input);
field_builder!(Textarea);

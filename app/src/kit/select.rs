//! The select: a list of which one line is chosen.

use super::field::{FieldParts, Label, field_builder};
use super::html::{Attributes, Component, Content, Html, components};

/// One line of a [`Select`].
#[derive(Clone, Debug, Default)]
pub struct SelectItem {
    /// What is sent.
    pub value: Option<String>,
    /// What is read.
    pub text: String,
    /// Chosen, whatever the value of the select.
    pub selected: Option<bool>,
    /// Cannot be chosen.
    pub disabled: bool,
    /// Extra attributes.
    pub attributes: Attributes,
}

/// A list of which one line is chosen. For up to seven choices take radios.
#[derive(Clone, Debug, Default)]
pub struct Select {
    /// Name, and id when none is given.
    pub name: String,
    /// Id, when it is not the name.
    pub id: Option<String>,
    /// Label.
    pub label: Label,
    /// Hint, error, group.
    pub parts: FieldParts,
    /// The lines.
    pub items: Vec<SelectItem>,
    /// The value chosen.
    pub value: String,
    /// Extra classes.
    pub classes: String,
    /// Cannot be changed.
    pub disabled: bool,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Select {
    /// A select with this name and label.
    pub fn new(name: impl Into<String>, label: impl Into<Content>) -> Self {
        Self {
            name: name.into(),
            label: Label { content: label.into(), ..Label::default() },
            ..Self::default()
        }
    }

    /// Adds a line.
    #[must_use]
    pub fn item(mut self, value: impl Into<String>, text: impl Into<String>) -> Self {
        self.items.push(SelectItem { value: Some(value.into()), text: text.into(), ..SelectItem::default() });
        self
    }

    /// Adds lines: value and text.
    #[must_use]
    pub fn items<V: Into<String>, T: Into<String>>(
        mut self,
        items: impl IntoIterator<Item = (V, T)>,
    ) -> Self {
        for (value, text) in items {
            self = self.item(value, text);
        }
        self
    }

    /// The value chosen.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Classes of the label.
    #[must_use]
    pub fn label_class(mut self, classes: &str) -> Self {
        classes.clone_into(&mut self.label.classes);
        self
    }
}

impl Component for Select {
    fn write(&self, out: &mut Html) {
        let id = self.id.as_deref().unwrap_or(&self.name);
        self.parts.group(out, |out| {
            out.component(&Label { for_id: id.to_owned(), ..self.label.clone() });
            self.parts.hint_and_error(out, id);
            out.tag("select")
                .class("govuk-select")
                .class(&self.classes)
                .class_if(self.parts.error.is_some(), "govuk-select--error")
                .attr("id", id)
                .attr("name", &self.name)
                .flag("disabled", self.disabled)
                .attr_some("aria-describedby", Some(&self.parts.described(id)))
                .attrs(&self.attributes)
                .with(|out| {
                    for item in &self.items {
                        let effective = item.value.as_deref().unwrap_or(&item.text);
                        let selected =
                            item.selected.unwrap_or(!self.value.is_empty() && effective == self.value);
                        let tag = out.tag("option");
                        match &item.value {
                            Some(value) => tag.attr("value", value),
                            None => tag,
                        }
                        .flag("selected", selected)
                        .flag("disabled", item.disabled)
                        .attrs(&item.attributes)
                        .text(&item.text);
                    }
                });
        });
    }
}

components!(Select);
field_builder!(Select);

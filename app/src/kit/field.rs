//! What all fields share: label, hint, error message, the group around them, and the list of problems of a form.

use super::html::{Attributes, Component, Content, Html, components};
use super::words::word;
use crate::kit::ErrorSummary;

/// The label of a field.
#[derive(Clone, Debug, Default)]
pub struct Label {
    /// The words.
    pub content: Content,
    /// Extra classes, such as `govuk-label--l`.
    pub classes: String,
    /// The label is the page's heading.
    pub heading: bool,
    /// Id of the field.
    pub for_id: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Component for Label {
    fn write(&self, out: &mut Html) {
        if self.content.is_empty() {
            return;
        }
        let label = |out: &mut Html| {
            out.tag("label")
                .class("govuk-label")
                .class(&self.classes)
                .attrs(&self.attributes)
                .attr_some("for", Some(&self.for_id))
                .content(&self.content);
        };
        if self.heading {
            out.tag("h1").class("govuk-label-wrapper").with(label);
        } else {
            label(out);
        }
    }
}

/// Help for a field, before it.
#[derive(Clone, Debug, Default)]
pub struct Hint {
    /// The words.
    pub content: Content,
    /// Id, so that the field can point to it.
    pub id: String,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Component for Hint {
    fn write(&self, out: &mut Html) {
        out.tag("div")
            .attr_some("id", Some(&self.id))
            .class("govuk-hint")
            .class(&self.classes)
            .attrs(&self.attributes)
            .content(&self.content);
    }
}

/// What is wrong with a field, beside it.
#[derive(Clone, Debug, Default)]
pub struct ErrorMessage {
    /// The words.
    pub content: Content,
    /// Id, so that the field can point to it.
    pub id: String,
    /// Extra classes.
    pub classes: String,
    /// What is read before the words; the page's word for "Error" when not given, nothing when empty.
    pub prefix: Option<String>,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Component for ErrorMessage {
    fn write(&self, out: &mut Html) {
        out.tag("p")
            .attr_some("id", Some(&self.id))
            .class("govuk-error-message")
            .class(&self.classes)
            .attrs(&self.attributes)
            .with(|out| {
                let prefix = self.prefix.clone().unwrap_or_else(|| word("kit-error"));
                if !prefix.is_empty() {
                    out.tag("span").class("govuk-visually-hidden").text(&format!("{prefix}:"));
                    out.text(" ");
                }
                out.content(&self.content);
            });
    }
}

components!(Label, Hint, ErrorMessage);

/// The parts every field has beside its own control.
#[derive(Clone, Debug, Default)]
pub struct FieldParts {
    /// Hint before the field.
    pub hint: Option<Hint>,
    /// Error of the field.
    pub error: Option<ErrorMessage>,
    /// Ids of other elements that describe the field.
    pub described_by: String,
    /// Extra classes of the group.
    pub group_classes: String,
    /// Extra attributes of the group.
    pub group_attributes: Attributes,
}

impl FieldParts {
    /// Writes the group and in it what `inside` writes.
    pub(super) fn group(&self, out: &mut Html, inside: impl FnOnce(&mut Html)) {
        out.tag("div")
            .class("govuk-form-group")
            .class_if(self.error.is_some(), "govuk-form-group--error")
            .class(&self.group_classes)
            .attrs(&self.group_attributes)
            .with(inside);
    }

    /// Writes hint and error.
    pub(super) fn hint_and_error(&self, out: &mut Html, id: &str) {
        if let Some(hint) = &self.hint {
            out.component(&Hint { id: format!("{id}-hint"), ..hint.clone() });
        }
        if let Some(error) = &self.error {
            out.component(&ErrorMessage { id: format!("{id}-error"), ..error.clone() });
        }
    }

    /// The value of `aria-describedby`.
    pub(super) fn described(&self, id: &str) -> String {
        let mut ids = self.described_by.clone();
        for (there, suffix) in [(self.hint.is_some(), "-hint"), (self.error.is_some(), "-error")] {
            if there {
                if !ids.is_empty() {
                    ids.push(' ');
                }
                ids.push_str(id);
                ids.push_str(suffix);
            }
        }
        ids
    }
}

/// The builder methods that every field has: label classes, hint, error, classes.
macro_rules! field_builder {
    ($name:ident) => {
        impl $name {
            /// Adds help before the field.
            #[must_use]
            pub fn hint(mut self, hint: impl Into<$crate::kit::Content>) -> Self {
                let content = hint.into();
                self.parts.hint =
                    (!content.is_empty()).then(|| $crate::kit::Hint { content, ..Default::default() });
                self
            }

            /// Says what is wrong with the field, if something is.
            #[must_use]
            pub fn error(mut self, error: Option<impl Into<$crate::kit::Content>>) -> Self {
                self.parts.error = error
                    .map(|error| $crate::kit::ErrorMessage { content: error.into(), ..Default::default() });
                self
            }

            /// Classes of the group around the field.
            #[must_use]
            pub fn group_class(mut self, classes: impl Into<String>) -> Self {
                self.parts.group_classes = classes.into();
                self
            }

            /// Adds an attribute to the control.
            #[must_use]
            pub fn attribute(
                mut self,
                name: impl Into<std::borrow::Cow<'static, str>>,
                value: impl Into<String>,
            ) -> Self {
                self.attributes.push((name.into(), value.into()));
                self
            }
        }
    };
}
pub(super) use field_builder;

/// What is wrong with a form, in the order of its fields: messages by the id of the control they are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<(String, String)>);

impl Problems {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message about the control with this id (the first radio's or box's id is the field's name,
    /// a date's parts are `name-day`, `name-month`, `name-year`).
    pub fn add(&mut self, id: impl Into<String>, message: impl Into<String>) -> &mut Self {
        self.0.push((id.into(), message.into()));
        self
    }

    /// Is the form in order?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The message about a field, or about one of its parts (`birth` finds `birth-day`).
    pub fn of(&self, field: &str) -> Option<String> {
        let part = |id: &str| {
            id.strip_prefix(field).is_some_and(|rest| matches!(rest, "" | "-day" | "-month" | "-year"))
        };
        self.0.iter().find(|(id, _)| part(id)).map(|(_, message)| message.clone())
    }

    /// Each control's id and message.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(id, message)| (id.as_str(), message.as_str()))
    }

    /// The summary for the top of the page: nothing while the form is in order. The browser itself moves the focus
    /// to it, so that it is read first without JavaScript too.
    pub fn summary(&self) -> Option<ErrorSummary> {
        if self.is_empty() {
            return None;
        }
        let attributes = vec![("tabindex".into(), "-1".into()), ("autofocus".into(), String::new())];
        let start = ErrorSummary { attributes, ..ErrorSummary::new() };
        Some(self.iter().fold(start, |summary, (id, message)| summary.item(format!("#{id}"), message)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_find_the_parts_of_a_date() {
        let mut problems = Problems::new();
        problems.add("birth-month", "Month must be from 1 to 12").add("name", "Enter a name");
        assert_eq!(problems.of("birth").as_deref(), Some("Month must be from 1 to 12"));
        assert_eq!(problems.of("name").as_deref(), Some("Enter a name"));
        assert_eq!(problems.of("nam"), None);
        let summary = problems.summary().unwrap().html();
        assert!(summary.contains("href=\"#birth-month\""), "{summary}");
        assert!(summary.contains("tabindex=\"-1\" autofocus"), "{summary}");
    }
}

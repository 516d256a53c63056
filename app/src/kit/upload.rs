//! The field that takes a file.

use super::field::{FieldParts, Label, field_builder};
use super::html::{Attributes, Component, Content, Html, components};

/// A field that takes a file. Its form is sent as `multipart/form-data`.
#[derive(Clone, Debug, Default)]
pub struct FileUpload {
    /// Name, and id when none is given.
    pub name: String,
    /// Id, when it is not the name.
    pub id: Option<String>,
    /// Label.
    pub label: Label,
    /// Hint, error, group.
    pub parts: FieldParts,
    /// Extra classes.
    pub classes: String,
    /// Cannot be changed.
    pub disabled: bool,
    /// Extra attributes, such as `accept`.
    pub attributes: Attributes,
}

impl FileUpload {
    /// A field with this name and label.
    pub fn new(name: impl Into<String>, label: impl Into<Content>) -> Self {
        Self {
            name: name.into(),
            label: Label { content: label.into(), ..Label::default() },
            ..Self::default()
        }
    }
}

impl Component for FileUpload {
    fn write(&self, out: &mut Html) {
        let id = self.id.as_deref().unwrap_or(&self.name);
        self.parts.group(out, |out| {
            out.component(&Label { for_id: id.to_owned(), ..self.label.clone() });
            self.parts.hint_and_error(out, id);
            out.tag("input")
                .class("govuk-file-upload")
                .class(&self.classes)
                .class_if(self.parts.error.is_some(), "govuk-file-upload--error")
                .attr("id", id)
                .attr("name", &self.name)
                .attr("type", "file")
                .flag("disabled", self.disabled)
                .attr_some("aria-describedby", Some(&self.parts.described(id)))
                .attrs(&self.attributes)
                .void();
        });
    }
}

components!(FileUpload);
field_builder!(FileUpload);

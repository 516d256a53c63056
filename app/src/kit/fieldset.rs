//! A group of fields under one question.

use super::html::{Attributes, Component, Content, Html, components};

/// The question of a [`Fieldset`].
#[derive(Clone, Debug, Default)]
pub struct Legend {
    /// The words.
    pub content: Content,
    /// Extra classes, such as `govuk-fieldset__legend--l`.
    pub classes: String,
    /// The question is the heading of the page.
    pub heading: bool,
}

/// A group of fields under one question.
#[derive(Clone, Debug, Default)]
pub struct Fieldset {
    /// The question.
    pub legend: Option<Legend>,
    /// What stands in it.
    pub content: Content,
    /// Ids of what describes it.
    pub described_by: String,
    /// Extra classes.
    pub classes: String,
    /// `role`.
    pub role: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Fieldset {
    /// A group with this question around some content.
    pub fn new(legend: impl Into<Content>, content: impl Into<Content>) -> Self {
        let legend = Legend { content: legend.into(), ..Legend::default() };
        Self { legend: Some(legend), content: content.into(), ..Self::default() }
    }

    /// Classes of the question, such as `govuk-fieldset__legend--m`.
    #[must_use]
    pub fn legend_class(mut self, classes: &str) -> Self {
        if let Some(legend) = &mut self.legend {
            classes.clone_into(&mut legend.classes);
        }
        self
    }

    /// The question is the heading of the page.
    #[must_use]
    pub fn heading(mut self) -> Self {
        if let Some(legend) = &mut self.legend {
            legend.heading = true;
            "govuk-fieldset__legend--l".clone_into(&mut legend.classes);
        }
        self
    }
}

impl Component for Fieldset {
    fn write(&self, out: &mut Html) {
        out.tag("fieldset")
            .class("govuk-fieldset")
            .class(&self.classes)
            .attr_some("role", Some(&self.role))
            .attr_some("aria-describedby", Some(&self.described_by))
            .attrs(&self.attributes)
            .with(|out| {
                if let Some(legend) = self.legend.as_ref().filter(|legend| !legend.content.is_empty()) {
                    out.tag("legend").class("govuk-fieldset__legend").class(&legend.classes).with(|out| {
                        if legend.heading {
                            out.tag("h1").class("govuk-fieldset__heading").content(&legend.content);
                        } else {
                            out.content(&legend.content);
                        }
                    });
                }
                out.content(&self.content);
            });
    }
}

components!(Fieldset);

//! The task list of a long form.

use super::html::{Attributes, Component, Content, Html, components};
use super::message::Tag;

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

components!(TaskList);

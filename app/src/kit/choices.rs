//! Radios and checkboxes.

use super::field::{FieldParts, Hint, Label, field_builder};
use super::fieldset::{Fieldset, Legend};
use super::html::{Attributes, Component, Content, Html, components};

/// One choice.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub content: Content,
    /// Help below it.
    pub hint: Option<Hint>,
    /// Id, when it is not made from the name and its place.
    pub id: Option<String>,
    /// Name, when it is not the list's (checkboxes only).
    pub name: Option<String>,
    /// Chosen, whatever the value of the list.
    pub checked: Option<bool>,
    /// Cannot be chosen.
    pub disabled: bool,
    /// Fields that belong to this choice; without JavaScript they are always shown.
    pub conditional: Option<Content>,
    /// Instead of a choice: a word between choices, such as "or".
    pub divider: Option<String>,
    /// Extra classes of the label.
    pub label_classes: String,
    /// Extra attributes of the label.
    pub label_attributes: Attributes,
    /// `data-behaviour`: "exclusive" clears the others.
    pub behaviour: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl Choice {
    /// A choice with this value and words.
    pub fn new(value: impl Into<String>, content: impl Into<Content>) -> Self {
        Self { value: value.into(), content: content.into(), ..Self::default() }
    }

    /// Adds help below it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Content>) -> Self {
        self.hint = Some(Hint { content: hint.into(), ..Hint::default() });
        self
    }

    /// Adds the fields that belong to it.
    #[must_use]
    pub fn conditional(mut self, content: impl Into<Content>) -> Self {
        self.conditional = Some(content.into());
        self
    }
}

/// One of several.
#[derive(Clone, Debug, Default)]
pub struct Radios {
    list: ChoiceList,
    /// Hint, error, group.
    pub parts: FieldParts,
    /// Extra attributes of the list.
    pub attributes: Attributes,
}

/// Any number of several.
#[derive(Clone, Debug, Default)]
pub struct Checkboxes {
    list: ChoiceList,
    /// Hint, error, group.
    pub parts: FieldParts,
    /// Extra attributes of the list.
    pub attributes: Attributes,
}

/// What radios and checkboxes have in common.
#[derive(Clone, Debug, Default)]
pub struct ChoiceList {
    /// Name, and start of the ids when no other is given.
    pub name: String,
    /// Start of the ids.
    pub id_prefix: Option<String>,
    /// The fieldset around it with the question as its legend.
    pub fieldset: Option<Fieldset>,
    /// The choices.
    pub items: Vec<Choice>,
    /// The values chosen.
    pub values: Vec<String>,
    /// Extra classes, such as `govuk-radios--inline`.
    pub classes: String,
}

macro_rules! choice_builder {
    ($name:ident) => {
        impl $name {
            /// A list of choices with this name and question.
            pub fn new(name: impl Into<String>, legend: impl Into<Content>) -> Self {
                let content = legend.into();
                let fieldset = (!content.is_empty()).then(|| Fieldset {
                    legend: Some(Legend { content, ..Legend::default() }),
                    ..Fieldset::default()
                });
                Self { list: ChoiceList { name: name.into(), fieldset, ..ChoiceList::default() }, ..Self::default() }
            }

            /// From all options.
            pub fn with(list: ChoiceList, parts: FieldParts, attributes: Attributes) -> Self {
                Self { list, parts, attributes }
            }

            /// Adds a choice.
            #[must_use]
            pub fn item(mut self, value: impl Into<String>, content: impl Into<Content>) -> Self {
                self.list.items.push(Choice::new(value, content));
                self
            }

            /// Adds a choice with all its options.
            #[must_use]
            pub fn choice(mut self, choice: Choice) -> Self {
                self.list.items.push(choice);
                self
            }

            /// Adds choices: value and words.
            #[must_use]
            pub fn items<V: Into<String>, T: Into<Content>>(mut self, items: impl IntoIterator<Item = (V, T)>) -> Self {
                for (value, content) in items {
                    self = self.item(value, content);
                }
                self
            }

            /// Adds a word between choices, such as "or".
            #[must_use]
            pub fn divider(mut self, word: impl Into<String>) -> Self {
                self.list.items.push(Choice { divider: Some(word.into()), ..Choice::default() });
                self
            }

            /// The question is the heading of the page.
            #[must_use]
            pub fn heading(mut self) -> Self {
                if let Some(legend) = self.list.fieldset.as_mut().and_then(|f| f.legend.as_mut()) {
                    legend.heading = true;
                    "govuk-fieldset__legend--l".clone_into(&mut legend.classes);
                }
                self
            }

            /// Classes of the question, such as `govuk-fieldset__legend--m`.
            #[must_use]
            pub fn legend_class(mut self, classes: &str) -> Self {
                if let Some(legend) = self.list.fieldset.as_mut().and_then(|f| f.legend.as_mut()) {
                    classes.clone_into(&mut legend.classes);
                }
                self
            }

            /// Smaller boxes, for filters and long lists.
            #[must_use]
            pub fn small(mut self) -> Self {
                self.list.classes.push_str(concat!(" ", choice_builder!(@block $name), "--small"));
                self
            }
        }
    };
    (@block Radios) => { "govuk-radios" };
    (@block Checkboxes) => { "govuk-checkboxes" };
}
choice_builder!(Radios);
choice_builder!(Checkboxes);

impl Radios {
    /// The value chosen.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.list.values = vec![value.into()];
        self
    }

    /// Side by side, for two short choices.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.list.classes.push_str(" govuk-radios--inline");
        self
    }
}

impl Checkboxes {
    /// The values chosen.
    #[must_use]
    pub fn values<V: Into<String>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.list.values = values.into_iter().map(Into::into).collect();
        self
    }
}

/// What differs between the two.
struct Kind {
    block: &'static str,
    input: &'static str,
}

impl ChoiceList {
    fn write(&self, out: &mut Html, kind: &Kind, parts: &FieldParts, attributes: &Attributes) {
        let prefix = self.id_prefix.as_deref().unwrap_or(&self.name);
        let outer = self.fieldset.as_ref().map_or("", |fieldset| fieldset.described_by.as_str());
        let parts = if outer.is_empty() {
            parts.clone()
        } else {
            FieldParts { described_by: outer.to_owned(), ..parts.clone() }
        };
        let mut inside = Html::new();
        parts.hint_and_error(&mut inside, prefix);
        inside
            .tag("div")
            .class(kind.block)
            .class(self.classes.trim())
            .attrs(attributes)
            .attr("data-module", kind.block)
            .with(|out| {
                for (place, item) in self.items.iter().enumerate() {
                    self.item(out, kind, &parts, item, place + 1);
                }
            });
        let inside = Content::Html(inside.finish());
        parts.group(out, |out| match &self.fieldset {
            Some(fieldset) => {
                out.component(&Fieldset {
                    described_by: parts.described(prefix),
                    content: inside,
                    ..fieldset.clone()
                });
            }
            None => {
                out.content(&inside);
            }
        });
    }

    fn item(&self, out: &mut Html, kind: &Kind, parts: &FieldParts, item: &Choice, place: usize) {
        let block = kind.block;
        if let Some(word) = &item.divider {
            out.tag("div").class(&format!("{block}__divider")).text(word);
            return;
        }
        let prefix = self.id_prefix.as_deref().unwrap_or(&self.name);
        let id = match &item.id {
            Some(id) => id.clone(),
            None if place == 1 => prefix.to_owned(),
            None => format!("{prefix}-{place}"),
        };
        let hint_id = format!("{id}-item-hint");
        let mut described = String::new();
        // Boxes without a fieldset carry the description of the list themselves; radios never do.
        if kind.input == "checkbox" && self.fieldset.is_none() {
            described = parts.described(prefix);
        }
        if item.hint.is_some() {
            if !described.is_empty() {
                described.push(' ');
            }
            described.push_str(&hint_id);
        }
        let checked = item.checked.unwrap_or(!item.value.is_empty() && self.values.contains(&item.value));
        let conditional_id = format!("conditional-{id}");
        out.tag("div").class(&format!("{block}__item")).with(|out| {
            out.tag("input")
                .class(&format!("{block}__input"))
                .attr("id", &id)
                .attr("name", item.name.as_deref().unwrap_or(&self.name))
                .attr("type", kind.input)
                .attr("value", &item.value)
                .flag("checked", checked)
                .flag("disabled", item.disabled)
                .attr_some("data-aria-controls", item.conditional.as_ref().map(|_| conditional_id.as_str()))
                .attr_some("data-behaviour", Some(&item.behaviour))
                .attr_some("aria-describedby", Some(&described))
                .attrs(&item.attributes)
                .void();
            out.component(&Label {
                content: item.content.clone(),
                classes: format!("{block}__label {}", item.label_classes).trim_end().to_owned(),
                attributes: item.label_attributes.clone(),
                for_id: id.clone(),
                heading: false,
            });
            if let Some(hint) = &item.hint {
                out.component(&Hint {
                    id: hint_id.clone(),
                    classes: format!("{block}__hint {}", hint.classes).trim_end().to_owned(),
                    ..hint.clone()
                });
            }
        });
        if let Some(conditional) = &item.conditional {
            out.tag("div")
                .class(&format!("{block}__conditional"))
                .class_if(!checked, &format!("{block}__conditional--hidden"))
                .attr("id", &conditional_id)
                .content(conditional);
        }
    }
}

impl Component for Radios {
    fn write(&self, out: &mut Html) {
        self.list.write(out, &Kind { block: "govuk-radios", input: "radio" }, &self.parts, &self.attributes);
    }
}

impl Component for Checkboxes {
    fn write(&self, out: &mut Html) {
        let kind = Kind { block: "govuk-checkboxes", input: "checkbox" };
        self.list.write(out, &kind, &self.parts, &self.attributes);
    }
}

components!(Radios, Checkboxes);
field_builder!(Radios);
field_builder!(Checkboxes);

//! A date in three fields: day, month, year; and a day as it was typed there.

use time::{Date, Month};

use super::field::{FieldParts, Label, field_builder};
use super::fieldset::{Fieldset, Legend};
use super::html::{Attributes, Component, Content, Html, components};
use super::input::Input;
use super::words::word;

/// One of the three fields.
#[derive(Clone, Debug, Default)]
pub struct DatePart {
    /// Name after the prefix: "day", "month" or "year".
    pub name: String,
    /// Label; the name with a capital when not given.
    pub label: Option<String>,
    /// Id, when it is not made from the date's.
    pub id: Option<String>,
    /// What stands in it.
    pub value: String,
    /// Extra classes.
    pub classes: String,
    /// This part is wrong.
    pub error: Option<bool>,
    /// `autocomplete`.
    pub autocomplete: String,
    /// `inputmode`; "numeric" when empty.
    pub inputmode: String,
    /// `pattern`.
    pub pattern: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

/// A date in three fields.
#[derive(Clone, Debug, Default)]
pub struct DateInput {
    /// Id, start of the ids of the parts.
    pub id: String,
    /// Start of the names of the parts.
    pub name_prefix: String,
    /// The fieldset around it with the question as its legend.
    pub fieldset: Option<Fieldset>,
    /// Hint, error, group.
    pub parts: FieldParts,
    /// The fields.
    pub items: Vec<DatePart>,
    /// Extra classes.
    pub classes: String,
    /// Extra attributes.
    pub attributes: Attributes,
}

impl DateInput {
    /// A date whose fields are named `name-day`, `name-month` and `name-year`.
    pub fn new(name: impl Into<String>, legend: impl Into<Content>) -> Self {
        let name = name.into();
        let part = |part: &str, key: &'static str| DatePart {
            name: part.to_owned(),
            label: Some(word(key)),
            ..DatePart::default()
        };
        Self {
            id: name.clone(),
            name_prefix: name,
            fieldset: Some(Fieldset {
                legend: Some(Legend { content: legend.into(), ..Legend::default() }),
                ..Fieldset::default()
            }),
            items: vec![part("day", "kit-day"), part("month", "kit-month"), part("year", "kit-year")],
            ..Self::default()
        }
    }

    /// What stands in the fields.
    #[must_use]
    pub fn values(
        mut self,
        day: impl Into<String>,
        month: impl Into<String>,
        year: impl Into<String>,
    ) -> Self {
        for (part, value) in self.items.iter_mut().zip([day.into(), month.into(), year.into()]) {
            part.value = value;
        }
        self
    }

    /// Marks only one of the fields ("day", "month" or "year") as wrong, beside the message.
    #[must_use]
    pub fn wrong(mut self, part: &str) -> Self {
        for item in &mut self.items {
            item.error = Some(item.name == part);
        }
        self
    }

    /// For the birth date of the person who fills it in.
    #[must_use]
    pub fn own_birth_date(mut self) -> Self {
        for item in &mut self.items {
            item.autocomplete = format!("bday-{}", item.name);
        }
        self
    }

    /// Classes of the question.
    #[must_use]
    pub fn legend_class(mut self, classes: &str) -> Self {
        if let Some(legend) = self.fieldset.as_mut().and_then(|f| f.legend.as_mut()) {
            classes.clone_into(&mut legend.classes);
        }
        self
    }

    fn part(&self, out: &mut Html, item: &DatePart, any_wrong: bool) {
        let marked = item.error == Some(true) || item.classes.contains("govuk-input--error");
        let wrong = marked || (item.error != Some(false) && self.parts.error.is_some() && !any_wrong);
        let mut classes = String::from("govuk-date-input__input");
        if wrong && !item.classes.contains("govuk-input--error") {
            classes.push_str(" govuk-input--error");
        }
        if !item.classes.contains("govuk-input--width-") {
            classes.push_str(if item.name.ends_with("year") {
                " govuk-input--width-4"
            } else {
                " govuk-input--width-2"
            });
        }
        if !item.classes.is_empty() {
            classes.push(' ');
            classes.push_str(&item.classes);
        }
        let label = item.label.clone().unwrap_or_else(|| {
            let mut letters = item.name.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        });
        let name = if self.name_prefix.is_empty() {
            item.name.clone()
        } else {
            format!("{}-{}", self.name_prefix, item.name)
        };
        out.tag("div").class("govuk-date-input__item").with(|out| {
            out.component(&Input {
                name,
                id: Some(item.id.clone().unwrap_or_else(|| format!("{}-{}", self.id, item.name))),
                label: Label {
                    content: label.into(),
                    classes: "govuk-date-input__label".into(),
                    ..Label::default()
                },
                value: item.value.clone(),
                classes,
                inputmode: if item.inputmode.is_empty() { "numeric".into() } else { item.inputmode.clone() },
                autocomplete: item.autocomplete.clone(),
                pattern: item.pattern.clone(),
                attributes: item.attributes.clone(),
                ..Input::default()
            });
        });
    }
}

impl Component for DateInput {
    fn write(&self, out: &mut Html) {
        let outer = self.fieldset.as_ref().map_or("", |fieldset| fieldset.described_by.as_str());
        let parts = FieldParts { described_by: outer.to_owned(), ..self.parts.clone() };
        let any_wrong = self
            .items
            .iter()
            .any(|item| item.error == Some(true) || item.classes.contains("govuk-input--error"));
        let mut inside = Html::new();
        parts.hint_and_error(&mut inside, &self.id);
        inside
            .tag("div")
            .class("govuk-date-input")
            .class(&self.classes)
            .attrs(&self.attributes)
            .attr_some("id", Some(&self.id))
            .with(|out| {
                for item in &self.items {
                    self.part(out, item, any_wrong);
                }
            });
        let inside = Content::Html(inside.finish());
        parts.group(out, |out| match &self.fieldset {
            // Some screen readers say the description of a group of text fields only with this role.
            Some(fieldset) => {
                out.component(&Fieldset {
                    described_by: parts.described(&self.id),
                    role: "group".into(),
                    content: inside,
                    ..fieldset.clone()
                });
            }
            None => {
                out.content(&inside);
            }
        });
    }
}

components!(DateInput);
field_builder!(DateInput);

/// A day as typed.
#[derive(Clone, Debug, Default)]
pub struct Day([String; 3]);

impl Day {
    /// A day, to begin with.
    pub fn of(day: Date) -> Self {
        Self([day.day().to_string(), u8::from(day.month()).to_string(), day.year().to_string()])
    }

    /// The fields `name-day`, `name-month`, `name-year`.
    pub fn read(name: &str, value: &impl Fn(&str) -> String) -> Self {
        Self(["day", "month", "year"].map(|part| value(&format!("{name}-{part}"))))
    }

    /// The day, when it is one.
    pub fn parse(&self) -> Option<Date> {
        let [day, month, year] = &self.0;
        let month = Month::try_from(month.trim().parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(year.trim().parse().ok()?, month, day.trim().parse().ok()?).ok()
    }

    /// Whether anything is typed.
    pub fn is_typed(&self) -> bool {
        self.0.iter().any(|part| !part.trim().is_empty())
    }

    /// The fields.
    pub fn input(&self, name: &str, legend: String) -> DateInput {
        let [day, month, year] = self.0.clone();
        DateInput::new(name, legend).values(day, month, year)
    }
}

/// A day as the service writes it for itself: `2027-01-31`.
pub fn day_of_code(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year, month, parts.next()?.parse().ok()?).ok()
}

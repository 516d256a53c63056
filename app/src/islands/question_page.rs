//! A page of questions while it is filled in: what does not apply goes away at once, and a slip is told on leaving its
//! field. It never keeps a form from being sent, and without it the server says the same after sending.
//!
//! Which questions show and what is wrong with an answer is decided by `domain::form::page`, here as on the server. The
//! names of the controls are made here too, so that both sides agree on them.

use std::collections::BTreeMap;

use domain::form::page::PageLogic;
use domain::form::raw::{FieldError, RawPage, raw_page};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The questions of one page; a sheet over several members has one for each.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    /// What the names of its controls start with; empty when the page is alone.
    pub prefix: String,
    /// What decides over it.
    pub logic: PageLogic,
    /// By question, what is said when its constraint is not met.
    pub constraints: BTreeMap<String, String>,
}

/// What stands between a question and a part of its answer in the name of a control: no question has it in its id.
const BETWEEN: char = '-';

/// The name and id of a question's control; of its parts: `-day`, `-month`, `-year`, and `-state` for "don't know".
pub fn control(prefix: &str, question: &str) -> String {
    format!("{prefix}{question}")
}

/// What was typed on the page with this prefix, out of all pairs of a form.
pub fn typed(prefix: &str, logic: &PageLogic, pairs: &[(String, String)]) -> RawPage {
    let own: Vec<(String, String)> = pairs
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(prefix)?, value)))
        .map(|(name, value)| (name.replace(BETWEEN, "."), value.clone()))
        .collect();
    raw_page(logic.questions().iter().map(|question| question.id.as_str()), &own)
}

/// The key under which an error is put into words; the constraint's words are each question's own.
pub fn code(error: &FieldError) -> &'static str {
    match error {
        FieldError::Required => "required",
        FieldError::NotANumber => "not_a_number",
        FieldError::NotWhole => "not_whole",
        FieldError::TooManyDecimals(_) => "too_many_decimals",
        FieldError::Ambiguous => "ambiguous",
        FieldError::TooLarge => "too_large",
        FieldError::NotADate => "not_a_date",
        FieldError::NotAChoice => "not_a_choice",
        FieldError::NotAPlace => "not_a_place",
        FieldError::TooLong(_) => "too_long",
        FieldError::ValueAndState => "value_and_state",
        FieldError::StateNotAllowed => "state_not_allowed",
        FieldError::Constraint => "constraint",
    }
}

/// Watches the form with the id `form`. `messages` are the words of the errors, by [`code`].
#[island]
pub fn QuestionPage(form: String, parts: Vec<Part>, messages: BTreeMap<String, String>) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::watch(&form, parts, messages);
    #[cfg(not(feature = "hydrate"))]
    drop((parts, messages));
    drop(form);
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::rc::Rc;

    use leptos::prelude::document;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{
        Element, Event, FocusEvent, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, NodeList,
    };

    use super::{BTreeMap, FieldError, Part, code, control, typed};

    struct Watch {
        form: Element,
        parts: Vec<Part>,
        messages: BTreeMap<String, String>,
    }

    /// Attaches to the form; it stays attached as long as the page is there.
    pub fn watch(form: &str, parts: Vec<Part>, messages: BTreeMap<String, String>) {
        let Some(form) = document().get_element_by_id(form) else { return };
        let watch = Rc::new(Watch { form: form.clone(), parts, messages });
        watch.show();
        on(&form, "input", {
            let watch = watch.clone();
            move |_| watch.show()
        });
        on(&form, "focusout", move |event| watch.left(&event));
    }

    fn on(form: &Element, kind: &str, act: impl Fn(Event) + 'static) {
        let closure = Closure::<dyn Fn(Event)>::new(act);
        // A browser that cannot attach leaves the page as it is without JavaScript.
        let _ = form.add_event_listener_with_callback(kind, closure.as_ref().unchecked_ref());
        closure.forget();
    }

    fn elements(list: Result<NodeList, wasm_bindgen::JsValue>) -> impl Iterator<Item = Element> {
        let list = list.ok();
        let length = list.as_ref().map_or(0, NodeList::length);
        (0..length).filter_map(move |at| list.as_ref()?.get(at)?.dyn_into().ok())
    }

    impl Watch {
        /// Everything typed, also in questions that do not show.
        fn pairs(&self) -> Vec<(String, String)> {
            let mut pairs = Vec::new();
            for element in elements(self.form.query_selector_all("input,select,textarea")) {
                if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
                    let ticks = matches!(input.type_().as_str(), "radio" | "checkbox");
                    if !ticks || input.checked() {
                        pairs.push((input.name(), input.value()));
                    }
                } else if let Some(select) = element.dyn_ref::<HtmlSelectElement>() {
                    pairs.push((select.name(), select.value()));
                } else if let Some(text) = element.dyn_ref::<HtmlTextAreaElement>() {
                    pairs.push((text.name(), text.value()));
                }
            }
            pairs
        }

        fn question(&self, name: &str) -> Option<Element> {
            self.form.query_selector(&format!("[data-question=\"{name}\"]")).ok()?
        }

        /// Shows the questions that are asked and hides the others.
        fn show(&self) {
            let pairs = self.pairs();
            for part in &self.parts {
                let state = part.logic.check(&typed(&part.prefix, &part.logic, &pairs), |_| true);
                for question in part.logic.questions() {
                    let Some(place) = self.question(&control(&part.prefix, &question.id)) else { continue };
                    let shows = state.shown.contains(&question.id) && !state.waiting.contains(&question.id);
                    flag(&place, "hidden", !shows);
                    for control in elements(place.query_selector_all("input,select,textarea")) {
                        flag(&control, "disabled", !shows);
                    }
                    // Why it might not apply need not be said where that is known.
                    if let Ok(Some(hint)) = place.query_selector("[data-condition]") {
                        flag(&hint, "hidden", true);
                    }
                }
            }
        }

        /// A field was left: says what is wrong with it, or no longer. That it is empty is said on sending only.
        fn left(&self, event: &Event) {
            let from = |target: Option<web_sys::EventTarget>| {
                target?.dyn_into::<Element>().ok()?.closest("[data-question]").ok()?
            };
            let Some(place) = from(event.target()) else { return };
            let to = event.dyn_ref::<FocusEvent>().and_then(|event| from(event.related_target()));
            if to.as_ref() == Some(&place) {
                return;
            }
            let Some(name) = place.get_attribute("data-question") else { return };
            let pairs = self.pairs();
            for part in &self.parts {
                let own = |id: &str| control(&part.prefix, id) == name;
                let Some(question) = part.logic.questions().iter().find(|question| own(&question.id)) else {
                    continue;
                };
                let mut state = part.logic.check(&typed(&part.prefix, &part.logic, &pairs), |_| true);
                let error = state.errors.remove(&question.id).filter(|error| *error != FieldError::Required);
                let words = error.and_then(|error| match error {
                    FieldError::Constraint => part.constraints.get(&question.id),
                    error => self.messages.get(code(&error)),
                });
                say(&place, words.map(String::as_str));
            }
        }
    }

    /// Says what is wrong with a question, or takes it back.
    fn say(place: &Element, words: Option<&str>) {
        // What the server said when the page was sent no longer holds.
        for said in elements(place.query_selector_all(".govuk-error-message:not([data-slip])")) {
            flag(&said, "hidden", true);
        }
        for marked in elements(
            place.query_selector_all(".govuk-form-group--error,.govuk-input--error,.govuk-select--error"),
        ) {
            for class in ["govuk-form-group--error", "govuk-input--error", "govuk-select--error"] {
                let _ = marked.class_list().remove_1(class);
            }
        }
        let _ = place.class_list().toggle_with_force("govuk-form-group--error", words.is_some());
        if let Ok(Some(slip)) = place.query_selector("[data-slip]") {
            slip.set_text_content(words);
            flag(&slip, "hidden", words.is_none());
        }
    }

    fn flag(element: &Element, name: &str, on: bool) {
        let _ = element.toggle_attribute_with_force(name, on);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn the_parts_of_an_answer_find_their_question() {
        let json = serde_json::json!({ "as_of": "2026-11-22", "known": {}, "questions": [{
            "id": "job_ended_on", "required": true, "asked": { "Settled": "true" }, "constraint": null,
            "when_irrelevant": null, "retired": [],
            "typing": { "kind": "date", "options": [], "dont_know": true, "refused": true, "minor_digits": 0 },
        }] });
        let logic: PageLogic = serde_json::from_value(json).unwrap();
        let pairs = [
            pair("p1-job_ended_on-day", "3"),
            pair("p1-job_ended_on-month", "4"),
            pair("p1-job_ended_on-year", "2026"),
            pair("p2-job_ended_on-state", "dont_know"),
        ];
        let first = typed("p1-", &logic, &pairs);
        assert_eq!(first["job_ended_on"].date, Some(["3", "4", "2026"].map(String::from)));
        assert_eq!(first["job_ended_on"].state, None);
        assert_eq!(typed("p2-", &logic, &pairs)["job_ended_on"].state.as_deref(), Some("dont_know"));
        assert!(logic.check(&first, |_| true).is_good());
    }
}

//! The controls of questions, by kind. Counts and amounts that follow one another stand in rows under each other, so that
//! they are typed in one go; "don't know" for any of them waits behind one line.
//!
//! One more kind of question: its arm in [`Asking::control`].

use domain::form::page::PageState;
use domain::form::raw::{DONT_KNOW, REFUSED, RawAnswer, RawPage};
use domain::form::{Form, Kind, Question};
use domain::pack::Pack;

use super::sheet::Part;
use crate::islands::question_page::control;
use crate::kit::{
    Checkboxes, Choice, Content, DateInput, Details, Html, Input, Problems, Radios, Select, Textarea,
};
use crate::shell::Page;

/// Up to this many options stand as radios; more are a list that opens.
const MOST_RADIOS: usize = 7;
/// From this many counts in a row on, they stand in rows.
const ROWS_FROM: usize = 3;
/// Up to this many symbols an answer is short.
const SHORT: usize = 16;

/// The questions of one page being shown.
pub(in crate::pages) struct Asking<'a> {
    pub page: &'a Page,
    pub pack: &'a Pack,
    /// The questions: the household's, or those of a person's way to work.
    pub form: &'a Form,
    pub part: &'a Part,
    pub state: &'a PageState,
    pub problems: &'a Problems,
    /// Other members' questions stand on the same page: labels then name whose they are.
    pub together: bool,
    /// The first control that shows takes the keyboard.
    pub focus: bool,
}

impl Asking<'_> {
    /// All questions that can show.
    pub fn write(&self) -> Content {
        let questions: Vec<&Question> = self
            .part
            .logic
            .questions()
            .iter()
            .filter(|own| self.part.logic.can_show(&own.id))
            .filter_map(|own| self.form.question(&own.id))
            .collect();
        // A hidden control cannot take it, and the browser looks no further than the first that asks.
        let first = questions.iter().position(|own| self.focus && self.state.shown.contains(&own.id));
        let mut out = Html::new();
        let mut at = 0;
        while at < questions.len() {
            let row = questions[at..].iter().take_while(|question| self.is_count(question)).count();
            if row >= ROWS_FROM {
                self.rows(&mut out, &questions[at..at + row], first == Some(at));
                at += row;
            } else {
                let question = questions[at];
                self.one(&mut out, question, "", |out| self.control(out, question, first == Some(at)));
                at += 1;
            }
        }
        Content::Html(out.finish())
    }

    fn lang(&self) -> &'static str {
        self.page.lang.code()
    }

    fn name(&self, question: &Question) -> String {
        control(&self.part.prefix, &question.id)
    }

    fn raw(&self, question: &Question) -> RawAnswer {
        self.part.raw.get(&question.id).cloned().unwrap_or_default()
    }

    /// A number that every household is asked: one that can stand in a row.
    fn is_count(&self, question: &Question) -> bool {
        question.kind.is_number() && self.part.logic.decided_by(&question.id).is_empty()
    }

    /// The frame of a question: what the island shows, hides and marks. A disabled frame is not sent.
    fn one(&self, out: &mut Html, question: &Question, class: &str, inside: impl FnOnce(&mut Html)) {
        let hidden = !self.state.shown.contains(&question.id);
        out.tag("fieldset")
            .attr("role", "none")
            .attr("data-question", &self.name(question))
            .class("app-question")
            .class(class)
            .flag("hidden", hidden)
            .flag("disabled", hidden)
            .with(|out| {
                out.tag("p")
                    .class("govuk-error-message")
                    .attr("aria-live", "polite")
                    .attr("data-slip", "")
                    .flag("hidden", true)
                    .text("");
                inside(out);
            });
    }

    fn label(&self, question: &Question) -> Content {
        let label = self.pack.question_label(self.lang(), question);
        let label = capital(&label);
        let Some(name) = self.part.name.as_ref().filter(|_| self.together) else { return label.into() };
        let mut out = Html::new();
        out.text(&label);
        out.tag("span").class("govuk-visually-hidden").text(&format!(" – {name}"));
        Content::Html(out.finish())
    }

    /// The pack's hint, and when the question applies where another on the page decides it.
    fn hint(&self, question: &Question) -> Content {
        let own = self.pack.question_hint(self.lang(), question);
        let condition = self.state.waiting.contains(&question.id).then(|| self.condition(question)).flatten();
        if let (Some(own), None) = (own, &condition) {
            return own.into();
        }
        let mut out = Html::new();
        if let Some(own) = own {
            out.text(own);
        }
        if let Some(condition) = condition {
            out.tag("span").attr("data-condition", "").class("app-condition").text(&condition);
        }
        Content::Html(out.finish())
    }

    /// When the question applies, in words: by the answers to the one question that decides it, as the page's logic says.
    fn condition(&self, question: &Question) -> Option<String> {
        let logic = &self.part.logic;
        let deciding = logic.decided_by(&question.id);
        let first = self.form.question(deciding.first()?)?;
        let about = self.pack.question_short(self.lang(), first);
        let options = self.options(first);
        let applies = |option: &str| {
            let raw = RawPage::from([(first.id.clone(), RawAnswer::typed(option))]);
            let state = logic.check(&raw, |_| true);
            state.shown.contains(&question.id) && !state.waiting.contains(&question.id)
        };
        let (with, without): (Vec<_>, Vec<_>) = options.into_iter().partition(|(option, _)| applies(option));
        let listed = |all: Vec<(String, String)>| {
            let words: Vec<String> = all.into_iter().map(|(_, words)| format!("“{words}”")).collect();
            words.join(", ")
        };
        let (key, answers) = match (with.len(), without.len()) {
            (1..=3, without) if with.len() <= without => ("assess-only-if", listed(with)),
            (_, 1..=3) => ("assess-unless", listed(without)),
            (1..=3, _) => ("assess-only-if", listed(with)),
            _ => return Some(self.page.t_with("assess-depends", &[("question", about.into())])),
        };
        Some(self.page.t_with(key, &[("question", about.into()), ("answers", answers.into())]))
    }

    /// The options of a question with their words; yes and no for those that have no list.
    fn options(&self, question: &Question) -> Vec<(String, String)> {
        if question.kind == Kind::Bool {
            return vec![("yes".into(), self.page.t("yes")), ("no".into(), self.page.t("assess-no"))];
        }
        let list = self.form.choices_of(question);
        let options = list.into_iter().flat_map(|list| &list.options);
        options.map(|id| (id.clone(), self.pack.option_label(self.lang(), question, id))).collect()
    }

    /// "Don't know" and "prefers not to say", as far as they are answers.
    fn states(&self, question: &Question) -> Vec<(&'static str, String)> {
        let know = question.dont_know.then(|| (DONT_KNOW, self.page.t("assess-dont-know")));
        let say = question.refused.then(|| (REFUSED, self.page.t("assess-refused")));
        know.into_iter().chain(say).collect()
    }

    fn control(&self, out: &mut Html, question: &Question, focus: bool) {
        let (name, raw) = (self.name(question), self.raw(question));
        let (label, hint, error) = (self.label(question), self.hint(question), self.problems.of(&name));
        match question.kind {
            Kind::Bool | Kind::SelectOne => {
                let options = self.options(question);
                if options.len() > MOST_RADIOS {
                    let chosen = raw.state.clone().unwrap_or_else(|| raw.text().to_owned());
                    let mut list = Select::new(name, label)
                        .label_class("govuk-label--s")
                        .item("", self.page.t("assess-choose"))
                        .items(options)
                        .items(self.states(question))
                        .value(chosen)
                        .hint(hint)
                        .error(error);
                    if focus {
                        list = list.attribute("autofocus", "");
                    }
                    out.component(&list);
                    return;
                }
                let states: Vec<_> = self.states(question);
                let short =
                    options.iter().all(|(_, words)| words.chars().count() <= SHORT) && options.len() <= 3;
                let (mut first, count) = (focus, options.len());
                let choices =
                    options.into_iter().chain(states.into_iter().map(|(id, words)| (id.to_owned(), words)));
                let mut radios = Radios::new(name, label).legend_class("govuk-fieldset__legend--s").small();
                for (id, words) in choices {
                    let mut choice = Choice::new(id.clone(), words);
                    choice.checked = Some(raw.has(&id));
                    if std::mem::take(&mut first) {
                        choice.attributes.push(("autofocus".into(), String::new()));
                    }
                    radios = radios.choice(choice);
                }
                radios = match (short, count) {
                    (true, _) => radios.inline(),
                    (false, 5..) => radios.group_class("app-columns"),
                    (false, _) => radios,
                };
                out.component(&radios.hint(hint).error(error));
            }
            Kind::SelectMany => {
                let states = self.states(question);
                let mut boxes =
                    Checkboxes::new(name, label).legend_class("govuk-fieldset__legend--s").small();
                let many = self.options(question);
                boxes = if many.len() > MOST_RADIOS { boxes.group_class("app-columns") } else { boxes };
                let all =
                    many.into_iter().chain(states.into_iter().map(|(id, words)| (id.to_owned(), words)));
                for (at, (id, words)) in all.enumerate() {
                    let mut choice = Choice::new(id.clone(), words);
                    choice.checked = Some(raw.has(&id));
                    if at == 0 && focus {
                        choice.attributes.push(("autofocus".into(), String::new()));
                    }
                    boxes = boxes.choice(choice);
                }
                out.component(&boxes.hint(hint).error(error));
            }
            Kind::Date => {
                let [day, month, year] = raw.date.clone().unwrap_or_default();
                let date = DateInput::new(name, label)
                    .legend_class("govuk-fieldset__legend--s")
                    .values(day, month, year)
                    .hint(hint)
                    .error(error);
                out.component(&date);
                self.state_boxes(out, question, &raw);
            }
            Kind::Integer | Kind::Decimal | Kind::Money => {
                out.component(&self.number(question, &raw, focus).label_class("govuk-label--s"));
                self.state_boxes(out, question, &raw);
            }
            Kind::Text => {
                let text = Textarea::new(name, label)
                    .label_class("govuk-label--s")
                    .rows(2)
                    .value(raw.text())
                    .hint(hint)
                    .error(error);
                out.component(&text);
            }
            Kind::Place => {
                let lang = self.lang();
                let mut areas: Vec<(String, String)> = self
                    .pack
                    .areas
                    .all()
                    .filter(|area| self.pack.areas.is_leaf(&area.code))
                    .map(|area| (area.code.clone(), self.pack.area_name(lang, &area.code).to_owned()))
                    .collect();
                areas.sort_by(|a, b| a.1.cmp(&b.1));
                let list = Select::new(name, label)
                    .label_class("govuk-label--s")
                    .item("", self.page.t("assess-choose"))
                    .items(areas)
                    .value(raw.text())
                    .hint(hint)
                    .error(error);
                out.component(&list);
                self.state_boxes(out, question, &raw);
            }
            Kind::Note => {
                out.tag("p").class("govuk-body").content(&label);
            }
            Kind::Calc => {}
        }
    }

    fn number(&self, question: &Question, raw: &RawAnswer, focus: bool) -> Input {
        let name = self.name(question);
        let mut input = Input::new(name.clone(), self.label(question))
            .value(raw.text())
            .hint(self.hint(question))
            .error(self.problems.of(&name))
            .autocomplete("off");
        input =
            if question.kind == Kind::Integer { input.numeric().width(4) } else { input.decimal().width(10) };
        if let Some(unit) = self.pack.unit_label(self.lang(), question) {
            input = input.suffix(unit);
        }
        if focus { input.attribute("autofocus", "") } else { input }
    }

    /// Boxes below a field for who has no answer.
    fn state_boxes(&self, out: &mut Html, question: &Question, raw: &RawAnswer) {
        let states = self.states(question);
        if states.is_empty() {
            return;
        }
        let about = self.pack.question_short(self.lang(), question);
        let legend = self.page.t_with("assess-no-answer", &[("question", about.into())]);
        let mut boxes = Checkboxes::new(format!("{}-state", self.name(question)), legend)
            .legend_class("govuk-visually-hidden")
            .small()
            .group_class("app-states");
        for (id, words) in states {
            let mut choice = Choice::new(id, words);
            choice.checked = Some(raw.state.as_deref() == Some(id));
            boxes = boxes.choice(choice);
        }
        out.component(&boxes);
    }

    /// Counts under one another; then, behind one line, a list for each of them for who has no answer.
    fn rows(&self, out: &mut Html, questions: &[&Question], first: bool) {
        for (at, question) in questions.iter().enumerate() {
            self.one(out, question, "app-row", |out| {
                let raw = self.raw(question);
                out.component(&self.number(question, &raw, first && at == 0));
            });
        }
        let mut lists = Html::new();
        let mut open = false;
        for question in questions {
            let raw = self.raw(question);
            let name = format!("{}-state", self.name(question));
            open |= raw.state.is_some();
            let list = Select::new(name, capital(&self.pack.question_short(self.lang(), question)))
                .item("", self.page.t("assess-answered-above"))
                .items(self.states(question))
                .value(raw.state.unwrap_or_default());
            lists.component(&list);
        }
        let mut details = Details::new(self.page.t("assess-no-answers"), Content::Html(lists.finish()));
        details.open = open;
        out.component(&details);
    }
}

/// A sentence's beginning: documents are called by their bare names.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

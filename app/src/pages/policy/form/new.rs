//! A question that is new: its id for ever, what it measures, its words, its place; with its page, its module and its list of
//! choices where these are new too.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::Casework;
use casework::policy::FormWords;
use domain::definitions::Level;
use domain::form::{Kind, Sensitivity};
use domain::ids::ChangeId;
use domain::pack::Pack;
use domain::policy::edit::{FormEdit, NewGroup, NewQuestion};
use leptos::prelude::*;
use serde::Deserialize;

use super::overview::own_lists;
use super::question::{SENSITIVITIES, TEXTS, all_places, expressions};
use super::typed::{Texts, own_name};
use super::{Matter, Said, address, make};
use crate::kit::{Button, Checkboxes, Content, Details, Input, Problems, Radios, Select, Textarea};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Pairs, SignedIn, value};

/// Most options typed at once.
const MOST_OPTIONS: usize = 64;

/// Where the question shall stand.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Its page.
    pub group: String,
}

/// `GET /policy/{change}/form/questions/new`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<ChangeId>,
    Asked(Query { group }): Asked<Query>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, id).await?;
    let form = &matter.draft.form;
    let last = form.group(&group).and_then(|own| form.questions_of(own).last());
    let typed = [
        ("place".to_owned(), last.map(|last| format!("{group}|{}", last.id)).unwrap_or_default()),
        ("answer".to_owned(), "dont_know".to_owned()),
        ("answer".to_owned(), "refused".to_owned()),
        ("sensitivity".to_owned(), "normal".to_owned()),
        ("level".to_owned(), "household".to_owned()),
    ];
    Ok(show(&page, &matter, &Said::default(), &typed))
}

/// `POST /policy/{change}/form/questions/new`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<ChangeId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let matter = Matter::load(&casework, &actor, id).await?;
    let mut problems = Problems::new();
    let new = read(&page, &pairs, &mut problems);
    let mut words = FormWords::new();
    if let Some(new) = &new {
        let key = format!("question.{}", new.id);
        add(
            &mut words,
            Texts { key: &key, name: "text", parts: &TEXTS }.read(&page, &matter, &pairs, &mut problems),
        );
        if let Some(group) = &new.new_group {
            let key = format!("group.{}", new.group);
            let texts = Texts { key: &key, name: "group-text", parts: &GROUP };
            add(&mut words, texts.read(&page, &matter, &pairs, &mut problems));
            if group.new_module.is_some() {
                let key = format!("module.{}", group.module);
                let texts = Texts { key: &key, name: "module-text", parts: &MODULE };
                add(&mut words, texts.read(&page, &matter, &pairs, &mut problems));
            }
        }
        if let (Some(list), false) = (&new.choices, new.new_options.is_empty()) {
            add(&mut words, option_words(&page, &matter, list, &new.new_options, &pairs, &mut problems));
        }
    }
    let said = match new {
        Some(new) if problems.is_empty() => {
            let done = format!("{}/questions/{}?done=kept", address(id), new.id);
            let of = (id, value(&pairs, "version"));
            let edit = Some(FormEdit::Add(Box::new(new)));
            match make((&casework, &actor, &page), of, (edit, words), (&done, "id")).await {
                Ok(done) => return Ok(done),
                Err(said) => said?,
            }
        }
        _ => Said { problems, ..Said::default() },
    };
    let matter = Matter::load(&casework, &actor, id).await?;
    Ok(show(&said.on(page), &matter, &said, &pairs))
}

/// The texts of a page that is new.
const GROUP: [(&str, &str); 2] = [("", "policy-form-group-text"), (".hint", "policy-form-group-hint")];
/// The texts of a module that is new.
const MODULE: [(&str, &str); 2] = [("", "policy-form-module-text"), (".about", "policy-form-module-about")];

fn add(all: &mut FormWords, more: FormWords) {
    for (language, set) in more {
        all.entry(language).or_default().extend(set);
    }
}

/// Whether it can be an id: lower-case letters, digits and `_`, a letter first.
fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// What is typed; nothing, with what is wrong, when it makes no question.
fn read(page: &Page, pairs: &[(String, String)], problems: &mut Problems) -> Option<NewQuestion> {
    let given = |name: &str| Some(value(pairs, name).to_owned()).filter(|text| !text.is_empty());
    let mut id = |name: &str| {
        let typed = value(pairs, name).to_owned();
        if !is_id(&typed) {
            problems.add(name, page.t("policy-form-id-wrong"));
        }
        typed
    };
    let question = id("id");
    let new_list = given("new_list").map(|_| id("new_list"));
    let new_page = given("new_group").map(|_| id("new_group"));
    let new_module = given("new_module").map(|_| id("new_module"));
    let Some((_, kind)) = Kind::NAMES.into_iter().find(|(word, _)| *word == value(pairs, "kind")) else {
        problems.add("kind", page.t("policy-form-kind-missing"));
        return None;
    };
    let options: Vec<String> = lines(value(pairs, "options"));
    if options.len() > MOST_OPTIONS {
        problems.add("options", page.t_with("policy-form-options-many", &[("most", MOST_OPTIONS.into())]));
    }
    if new_list.is_some() && options.is_empty() {
        problems.add("options", page.t("policy-form-options-missing"));
    }
    let (place, after) = value(pairs, "place").split_once('|').unwrap_or_default();
    let months = value(pairs, "months");
    if !months.is_empty() && months.parse::<u32>().is_err() {
        problems.add("months", page.t_with("policy-form-months-wrong", &[("most", 120.into())]));
    }
    let new_group = new_page.as_ref().map(|_| NewGroup {
        module: new_module.clone().unwrap_or_else(|| value(pairs, "module").to_owned()),
        new_module: new_module.as_ref().map(|_| months.parse().ok()),
        level: if value(pairs, "level") == "member" { Level::Member } else { Level::Household },
        relevant: given("group_relevant"),
    });
    let is_new_page = new_group.is_some();
    if !is_new_page && place.is_empty() {
        problems.add("place", page.t("policy-form-place-missing"));
    }
    let is_ticked = |name: &str| pairs.iter().any(|(key, value)| key == "answer" && value == name);
    let sensitivity = SENSITIVITIES.iter().find(|(word, _)| *word == value(pairs, "sensitivity"));
    Some(NewQuestion {
        id: question,
        group: new_page.unwrap_or_else(|| place.to_owned()),
        new_group,
        after: Some(after.to_owned()).filter(|after| !after.is_empty() && !is_new_page),
        kind,
        new_options: if new_list.is_some() { options } else { Vec::new() },
        choices: new_list.or_else(|| given("choices")),
        required: is_ticked("required"),
        dont_know: is_ticked("dont_know"),
        refused: is_ticked("refused"),
        relevant: given("relevant"),
        constraint: given("constraint"),
        expression: given("expression"),
        unit: given("unit"),
        period: given("period"),
        sensitivity: sensitivity.map_or(Sensitivity::Normal, |(_, sensitivity)| *sensitivity),
    })
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The words of the options of a new list: as many lines in each language as there are options.
fn option_words(
    page: &Page,
    matter: &Matter,
    list: &str,
    options: &[String],
    pairs: &[(String, String)],
    problems: &mut Problems,
) -> FormWords {
    let mut words = FormWords::new();
    for language in matter.languages() {
        let name = format!("options-{language}");
        let labels = lines(value(pairs, &name));
        if labels.is_empty() {
            continue;
        }
        if labels.len() != options.len() {
            let args = [("count", options.len().into()), ("found", labels.len().into())];
            problems.add(name, page.t_with("policy-form-options-uneven", &args));
            continue;
        }
        let set = options
            .iter()
            .zip(labels)
            .map(|(option, label)| (format!("choice.{list}.{option}"), Some(label)));
        words.insert(language, set.collect());
    }
    words
}

fn show(page: &Page, matter: &Matter, said: &Said, typed: &[(String, String)]) -> Response {
    let page = &page.clone().back(address(matter.id()));
    let title = page.t("policy-form-add");
    render(page, &title, || {
        let form = matter.is_open().then(|| fields(page, matter, &said.problems, typed));
        view! {
            {said.summary(page)}
            {matter.caption()}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {matter.closed(page)}
            {form}
        }
        .into_any()
    })
}

fn code(
    page: &Page,
    name: &str,
    label: &str,
    hint: &str,
    typed: &[(String, String)],
    problems: &Problems,
) -> Input {
    Input::new(name, page.t(label))
        .hint(page.t(hint))
        .width(20)
        .value(value(typed, name))
        .attribute("dir", "ltr")
        .attribute("spellcheck", "false")
        .error(problems.of(name))
}

fn fields(page: &Page, matter: &Matter, problems: &Problems, typed: &[(String, String)]) -> AnyView {
    let texts = Texts { key: "", name: "text", parts: &TEXTS };
    let ticked: Vec<&str> =
        typed.iter().filter(|(key, _)| key == "answer").map(|(_, value)| value.as_str()).collect();
    let kinds = Kind::NAMES.map(|(word, _)| (word, page.t_of("policy-form-kind", word)));
    view! {
        <form method="post" action=format!("{}/questions/new", address(matter.id())) novalidate>
            {matter.version()}
            {code(page, "id", "policy-form-id", "policy-form-id-hint", typed, problems)}
            {Select::new("kind", page.t("policy-form-kind"))
                .item("", page.t("policy-form-choose"))
                .items(kinds)
                .value(value(typed, "kind"))
                .error(problems.of("kind"))}
            {Select::new("place", page.t("policy-form-place"))
                .item("", page.t("policy-form-choose"))
                .items(all_places(page, matter, None))
                .value(value(typed, "place"))
                .error(problems.of("place"))}
            {new_page(page, matter, problems, typed)}
            <h2 class="govuk-heading-m">{page.t("policy-form-words")}</h2>
            {texts.fields(page, matter, Some(typed), problems)}
            <h2 class="govuk-heading-m">{page.t("policy-form-measure")}</h2>
            {Select::new("choices", page.t("policy-form-list"))
                .hint(page.t("policy-form-list-hint"))
                .item("", page.t("policy-form-none"))
                .items(own_lists(&matter.draft.form).map(|list| (list.id.clone(), list.id.clone())))
                .value(value(typed, "choices"))}
            {new_list(page, matter, problems, typed)}
            {code(page, "unit", "policy-form-unit", "policy-form-unit-hint", typed, problems)}
            {code(page, "period", "policy-form-period", "policy-form-period-hint", typed, problems)}
            {code(page, "expression", "policy-form-expression", "policy-form-expression-hint", typed, problems)}
            <h2 class="govuk-heading-m">{page.t("policy-form-asked")}</h2>
            {expressions(page, value(typed, "relevant"), value(typed, "constraint"), true, problems)}
            {Checkboxes::new("answer", page.t("policy-form-answer"))
                .items(["required", "dont_know", "refused"].map(|key| (key, page.t_of("policy-form-answer", key))))
                .values(ticked)}
            {Radios::new("sensitivity", page.t("policy-form-sensitivity"))
                .items(SENSITIVITIES.map(|(word, _)| (word, page.t_of("policy-form-sensitivity", word))))
                .value(value(typed, "sensitivity"))}
            {Button::new(page.t("policy-form-add-button"))}
        </form>
    }
    .into_any()
}

fn new_list(page: &Page, matter: &Matter, problems: &Problems, typed: &[(String, String)]) -> Details {
    let columns = matter.languages().into_iter().map(|language| {
        let name = format!("options-{language}");
        let label = page.t_with(
            "policy-form-in",
            &[("what", page.t("policy-form-options-words").into()), ("language", own_name(&language).into())],
        );
        Textarea::new(name.clone(), label)
            .rows(5)
            .value(value(typed, &name))
            .attribute("lang", language.as_str())
            .attribute("dir", super::typed::dir(&language))
            .error(problems.of(&name))
    });
    let inside = view! {
        {code(page, "new_list", "policy-form-new-list-id", "policy-form-id-hint", typed, problems)}
        {Textarea::new("options", page.t("policy-form-option-ids"))
            .hint(page.t("policy-form-option-ids-hint"))
            .rows(5)
            .value(value(typed, "options"))
            .attribute("dir", "ltr")
            .attribute("spellcheck", "false")
            .error(problems.of("options"))}
        {columns.collect_view()}
    };
    let mut details = Details::new(page.t("policy-form-new-list"), Content::view(inside));
    details.open = !value(typed, "new_list").is_empty();
    details
}

fn new_page(page: &Page, matter: &Matter, problems: &Problems, typed: &[(String, String)]) -> Details {
    let form = &matter.draft.form;
    let modules =
        form.modules.iter().filter(|own| !Pack::is_closing(&own.id)).map(|own| {
            (own.id.clone(), matter.label(page, &format!("module.{}", own.id), &own.id).to_owned())
        });
    let (group, module) = (
        Texts { key: "", name: "group-text", parts: &GROUP },
        Texts { key: "", name: "module-text", parts: &MODULE },
    );
    let inside = view! {
        {code(page, "new_group", "policy-form-new-page-id", "policy-form-id-hint", typed, problems)}
        {group.fields(page, matter, Some(typed), problems)}
        {Radios::new("level", page.t("policy-form-level"))
            .item("household", page.t("policy-form-of-household"))
            .item("member", page.t("policy-form-of-member"))
            .value(value(typed, "level"))}
        {code(page, "group_relevant", "policy-form-group-relevant", "policy-form-relevant-hint", typed, problems)}
        {Select::new("module", page.t("policy-form-module")).items(modules).value(value(typed, "module"))}
        {code(page, "new_module", "policy-form-new-module-id", "policy-form-new-module-hint", typed, problems)}
        {Input::new("months", page.t("policy-form-months"))
            .hint(page.t("policy-form-months-hint"))
            .numeric()
            .width(4)
            .value(value(typed, "months"))
            .error(problems.of("months"))}
        {module.fields(page, matter, Some(typed), problems)}
    };
    let mut details = Details::new(page.t("policy-form-new-page"), Content::view(inside));
    details.open = !value(typed, "new_group").is_empty();
    details
}

//! What people read of a programme, in every language of the pack side by side, with what is missing or read by nobody; and a
//! form for one sentence in all its languages.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Casework;
use casework::policy::{self, Drafted, Edited};
use domain::definitions::ProgrammeDef;
use domain::ids::ChangeId;
use domain::words::pieces;
use leptos::prelude::*;
use serde::Deserialize;

use super::super::changes::address;
use super::{Matter, Said, of_programme, version};
use crate::kit::{Button, Cell, Content, InsetText, Problems, Table, Tag, Textarea};
use crate::shell::{self, Answer, Failure, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};
use crate::words::Lang;

/// Longest sentence.
const LONGEST: usize = 1000;

/// Words by language and key.
pub(super) struct Spoken<'d> {
    languages: Vec<(&'d str, BTreeMap<String, String>)>,
}

impl<'d> Spoken<'d> {
    pub(super) fn of(drafted: &'d Drafted) -> Self {
        let languages = drafted.pack.about.languages.iter();
        Self { languages: languages.map(|language| (language.as_str(), drafted.words(language))).collect() }
    }
}

/// A sentence that a programme has, and whether every language must have it.
fn wanted(def: &ProgrammeDef) -> Vec<(String, bool)> {
    let key = format!("programme.{}", def.id);
    let mut keys: Vec<(String, bool)> =
        ["name", "about", "when", "where"].iter().map(|part| (format!("{key}.{part}"), true)).collect();
    let mut seen = BTreeSet::new();
    for leaf in def.eligible.leaves() {
        if seen.insert(&leaf.reason) {
            let reason = format!("{key}.reason.{}", leaf.reason);
            keys.extend(["yes", "no", "needs"].map(|form| (format!("{reason}.{form}"), true)));
            keys.push((format!("{reason}.what_to_do"), false));
        }
    }
    keys.extend(def.conditions.iter().map(|one| (format!("{key}.condition.{}", one.id), true)));
    let checked = def.conditions.iter().filter(|one| one.check.is_some());
    keys.extend(checked.map(|one| (format!("{key}.condition.{}.what_to_do", one.id), true)));
    let steps = def.amount.iter().flat_map(|amount| &amount.steps);
    keys.extend(steps.map(|step| (format!("{key}.step.{}", step.id), true)));
    keys
}

/// The address of the form for one sentence.
pub(in crate::pages::policy) fn one_of(change: ChangeId, key: &str) -> String {
    shell::address(&format!("{}/words", address(change)), &[("key", key)])
}

/// `GET …/programmes/{programme}/words`
pub async fn list(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let said = Said::done(&page, &done.done);
    let page = page.back(matter.address());
    let title = page.t_with("desk-words-title", &[("name", matter.name(&page).as_str().into())]);
    Ok(render(&page, &title, || {
        let words = Spoken::of(&matter.drafted);
        let mut keys = wanted(&matter.def);
        let known: BTreeSet<String> = keys.iter().map(|(key, _)| key.clone()).collect();
        let start = format!("programme.{programme}.");
        let unread: BTreeSet<&String> = words
            .languages
            .iter()
            .flat_map(|(_, words)| words.keys())
            .filter(|key| key.starts_with(&start) && !known.contains(*key))
            .collect();
        let unread: Vec<(String, bool)> = unread.into_iter().map(|key| (key.clone(), false)).collect();
        // An optional sentence that no language has is offered by its neighbours only.
        keys.retain(|(key, required)| {
            *required || words.languages.iter().any(|(_, words)| words.contains_key(key))
        });
        let left = (!unread.is_empty()).then(|| {
            view! {
                <h2 class="govuk-heading-m">{page.t("desk-words-unread")}</h2>
                <p class="govuk-body">{page.t("desk-words-unread-lead")}</p>
                {table(&page, &matter, &words, &unread, page.t("desk-words-unread"))}
            }
        });
        view! {
            {matter.head(&page, "/words", &said)}
            <p class="govuk-body">{page.t("desk-words-lead")}</p>
            {table(&page, &matter, &words, &keys, page.t("desk-part-words"))}
            {left}
        }
        .into_any()
    }))
}

fn table(
    page: &Page,
    matter: &Matter,
    words: &Spoken<'_>,
    keys: &[(String, bool)],
    caption: String,
) -> Table {
    let languages = words.languages.iter().map(|(language, _)| language_name(language));
    let head = std::iter::once(page.t("desk-words-key")).chain(languages);
    let mut table = Table::new(caption).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    let start = format!("programme.{}.", matter.def.id);
    for (key, required) in keys {
        let short = key.strip_prefix(&start).unwrap_or(key).to_owned();
        let named = if matter.is_open() {
            let href = one_of(matter.drafted.change.id, key);
            view! { <a class="govuk-link" href=href><code>{short}</code></a> }.into_any()
        } else {
            view! { <code>{short}</code> }.into_any()
        };
        let cells = words.languages.iter().map(|(language, words)| match words.get(key) {
            Some(text) => {
                let (lang, text) = ((*language).to_owned(), text.clone());
                let dir = direction(language);
                Cell::new(Content::view(view! { <span lang=lang dir=dir>{text}</span> }))
            }
            None if *required => Cell::new(Tag::new(page.t("desk-words-missing")).colour("red")),
            None => Cell::new(""),
        });
        table = table.row(std::iter::once(Cell::new(Content::view(named))).chain(cells));
    }
    table
}

fn direction(language: &str) -> &'static str {
    Lang::parse(language).map_or("auto", Lang::dir)
}

fn language_name(language: &str) -> String {
    Lang::parse(language).map_or_else(|| language.to_owned(), |lang| lang.own_name().to_owned())
}

/// Which sentence.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Its key.
    pub key: String,
}

/// Where one comes back to from a sentence; `None` for a key whose words have no page.
fn home(drafted: &Drafted, key: &str) -> Option<String> {
    let mut parts = key.split('.');
    let (kind, id) = (parts.next()?, parts.next()?);
    let is_plain = key.len() < 200 && key.chars().all(|ch| ch.is_ascii_alphanumeric() || "._-".contains(ch));
    let change = drafted.change.id;
    match kind {
        _ if !is_plain => None,
        "programme" if parts.next().is_some() && drafted.programme(id).is_some() => {
            Some(format!("{}/words", of_programme(change, id)))
        }
        "link" => Some(format!("{}/links", address(change))),
        _ => None,
    }
}

/// `GET /policy/{change}/words?key=…`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(change): Path<ChangeId>,
    Asked(query): Asked<Query>,
) -> Answer {
    let drafted = policy::drafted(&casework, &actor, change).await?;
    if query.key.is_empty() {
        return Ok(Redirect::to(&address(change)).into_response());
    }
    let back = home(&drafted, &query.key).ok_or_else(Failure::not_found)?;
    let typed: BTreeMap<String, String> = Spoken::of(&drafted)
        .languages
        .into_iter()
        .map(|(language, mut words)| (language.to_owned(), words.remove(&query.key).unwrap_or_default()))
        .collect();
    Ok(show(&page, &drafted, (&query.key, &back), &typed, &Said::default()))
}

/// `POST /policy/{change}/words`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(change): Path<ChangeId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let drafted = policy::drafted(&casework, &actor, change).await?;
    let key = value(&pairs, "key").to_owned();
    if key.is_empty() {
        return Ok(Redirect::to(&address(change)).into_response());
    }
    let back = home(&drafted, &key).ok_or_else(Failure::not_found)?;
    let languages = drafted.pack.about.languages.clone();
    let of = |language: &String| value(&pairs, &format!("text-{language}")).replace("\r\n", "\n");
    let typed: BTreeMap<String, String> =
        languages.iter().map(|language| (language.clone(), of(language))).collect();
    let mut problems = Problems::new();
    for (language, text) in &typed {
        let field = format!("text-{language}");
        if text.chars().count() > LONGEST {
            problems.add(&field, page.t_with("field-too-long", &[("most", LONGEST.into())]));
        }
        if pieces(text).is_err() {
            problems.add(&field, page.t("desk-words-brace"));
        }
    }
    if !problems.is_empty() {
        return Ok(show(&page, &drafted, (&key, &back), &typed, &Said::wrong(problems)));
    }
    let (mut at, mut is_kept) = (version(&pairs), false);
    for (language, text) in &typed {
        let held = drafted.words(language).remove(&key);
        let wished = (!text.is_empty()).then(|| text.clone());
        if held == wished {
            continue;
        }
        let set = vec![(key.clone(), wished)];
        let edited = policy::edit_words(&casework, &actor, change, at, language, set).await;
        if let Ok(Edited::Kept(next)) = &edited {
            (at, is_kept) = (*next, true);
        }
        if let Some(said) = Said::of(&page, edited, &format!("text-{language}"))? {
            let drafted = policy::drafted(&casework, &actor, change).await?;
            return Ok(show(&page, &drafted, (&key, &back), &typed, &said));
        }
    }
    if is_kept {
        return Ok(Redirect::to(&format!("{back}?done=saved")).into_response());
    }
    Ok(show(&page, &drafted, (&key, &back), &typed, &Said::same(&page)))
}

fn show(
    page: &Page,
    drafted: &Drafted,
    (key, back): (&str, &str),
    typed: &BTreeMap<String, String>,
    said: &Said,
) -> Response {
    let page = &said.page(page).back(back);
    let title = page.t("desk-sentence-title");
    let change = &drafted.change;
    render(page, &title, || {
        let fields = drafted.pack.about.languages.iter().map(|language| {
            let name = format!("text-{language}");
            Textarea::new(name.clone(), language_name(language))
                .rows(3)
                .value(typed.get(language).map(String::as_str).unwrap_or_default())
                .attribute("lang", language.as_str())
                .attribute("dir", direction(language))
                .error(said.problems.of(&name))
        });
        let form = if change.state.is_open() {
            view! {
                <form method="post" action=format!("{}/words", address(change.id)) novalidate>
                    <input type="hidden" name="version" value=change.version.to_string()/>
                    <input type="hidden" name="key" value=key.to_owned()/>
                    {fields.collect_view()}
                    {Button::new(page.t("desk-save"))}
                </form>
            }
            .into_any()
        } else {
            InsetText::new(page.t("policy-document-closed")).into_any()
        };
        view! {
            {said.problems.summary()}
            {said.news.clone()}
            <span class="govuk-caption-l"><code>{key.to_owned()}</code></span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {super::wrong(page, drafted, said)}
            <p class="govuk-body">{page.t("desk-sentence-lead")}</p>
            {form}
        }
        .into_any()
    })
}

//! The file's journal as a plain dated list: what was done, by whom, why.
//!
//! A new kind of act needs its words: `history-<noun>-<done>` for `noun.done`, in `casefile.ftl`; a test fails until it has them. Acts
//! of parts that this build does not know are shown by their code.

use axum::extract::{Path, State};
use casework::Casework;
use casework::households::file::history;
use casework::journal::Entry;
use domain::ids::{HouseholdId, PersonId};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::frame::{self, Part, Shown};
use crate::shell::{Answer, Page, address};
use crate::state::{Asked, SignedIn};

/// So many entries a page.
const A_PAGE: u32 = 100;

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Only entries before this one.
    pub before: Option<i64>,
}

/// `GET /households/{household}/history`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(wanted): Asked<Wanted>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, id).await?;
    let entries = history(&casework, &actor, id, wanted.before, A_PAGE).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(&page, &pack, &file, &actor, &casework);
    Ok(shown.render(Part::History, || show(&shown, &entries)))
}

/// Entries of one minute, or one after the other on one day, that say the same: shown as one line.
struct Line<'a> {
    entry: &'a Entry,
    /// What it tells beside its kind, in words.
    more: Vec<String>,
    times: usize,
}

fn lines<'a>(shown: &Shown<'_>, entries: &'a [Entry]) -> Vec<Line<'a>> {
    let minute = |entry: &Entry| entry.at.unix_timestamp() / 60;
    let mut lines: Vec<Line<'a>> = Vec::new();
    for entry in entries {
        let more = details(shown, entry);
        let last = lines.len().wrapping_sub(1);
        let same = lines.iter().enumerate().rev().find_map(|(place, line)| {
            let other = line.entry;
            let near = minute(other) == minute(entry)
                || (place == last && shown.day(other.at) == shown.day(entry.at));
            let same = (&other.kind, other.staff_id, &other.purpose, &line.more)
                == (&entry.kind, entry.staff_id, &entry.purpose, &more);
            (near && same).then_some(place)
        });
        match same {
            Some(place) => lines[place].times += 1,
            None => lines.push(Line { entry, more, times: 1 }),
        }
    }
    lines
}

fn show(shown: &Shown<'_>, entries: &[Entry]) -> AnyView {
    let page = shown.page;
    let mut days: Vec<AnyView> = Vec::new();
    let mut today = String::new();
    let mut items: Vec<AnyView> = Vec::new();
    let close = |day: &str, items: Vec<AnyView>| {
        view! {
            <h2 class="govuk-heading-s govuk-!-margin-bottom-2"><bdi>{day.to_owned()}</bdi></h2>
            <ul class="govuk-list govuk-list--spaced">{items}</ul>
        }
        .into_any()
    };
    for line in lines(shown, entries) {
        let day = shown.day(line.entry.at);
        if day != today {
            if !items.is_empty() {
                days.push(close(&today, std::mem::take(&mut items)));
            }
            today = day;
        }
        items.push(one(shown, &line));
    }
    if !items.is_empty() {
        days.push(close(&today, items));
    }
    let older = entries.last().filter(|last| last.seq > 1).map(|last| {
        let href = address(&Part::History.address(shown.file.id), &[("before", &last.seq.to_string())]);
        view! {
            <p class="govuk-body"><a class="govuk-link" href=href>{page.t("casefile-older")}</a></p>
        }
        .into_any()
    });
    view! {
        <h1 class="govuk-heading-l">{page.t("casefile-history")}</h1>
        <p class="govuk-body">{page.t("history-about")}</p>
        <p class="govuk-body">
            <a class="govuk-link" href=shown.address("notices")>{page.t("notices-title")}</a>
        </p>
        {days}
        {older}
    }
    .into_any()
}

fn one(shown: &Shown<'_>, line: &Line<'_>) -> AnyView {
    let (page, entry) = (shown.page, line.entry);
    let at = entry.at.to_offset(shown.offset);
    let time = crate::words::time_of_day(at.time());
    let times = (line.times > 1).then(|| {
        let times = i64::try_from(line.times).unwrap_or(i64::MAX);
        format!(" ({})", page.t_with("history-times", &[("count", times.into())]))
    });
    let more = (!line.more.is_empty())
        .then(|| view! { <br/> <bdi class="govuk-hint">{line.more.join(" · ")}</bdi> }.into_any());
    let why = (entry.purpose == "break_glass").then(|| format!(", {}", page.t("history-by-reason")));
    view! {
        <li>
            <bdi>{time}</bdi> " " <strong>{kind_words(page, &entry.kind)}</strong> {times} " – "
            <bdi>{who(page, entry)}</bdi> {why}
            {more}
        </li>
    }
    .into_any()
}

/// What was done, by its code.
pub fn kind_words(page: &Page, kind: &str) -> String {
    page.t_if_of("history", &kind.replace('.', "-"))
        .unwrap_or_else(|| page.t_with("history-unknown", &[("kind", kind.into())]))
}

/// Who did it; an entry without an account was made by the applicant, the program or a command.
pub fn who(page: &Page, entry: &Entry) -> String {
    if let Some(name) = &entry.staff_name {
        return name.clone();
    }
    match entry.purpose.as_str() {
        "applicant" => page.t("history-who-applicant"),
        "system" => page.t("history-who-system"),
        "command" => page.t("history-who-command"),
        _ => page.t("openings-gone"),
    }
}

/// What the entry tells beside its kind, as far as there are words for it.
fn details(shown: &Shown<'_>, entry: &Entry) -> Vec<String> {
    let page = shown.page;
    let mut told = Vec::new();
    let text = |key: &str| match entry.told(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    if let Some(person) = text("person").and_then(|id| id.parse::<PersonId>().ok()) {
        told.extend(shown.person(person));
    }
    for (key, name) in
        [("agency", "agency"), ("office", "office"), ("programme", "programme"), ("service", "service")]
    {
        told.extend(text(key).map(|code| shown.of_pack(&format!("{name}.{code}.name"))));
    }
    if let Some(group) = text("page") {
        told.push(shown.of_pack(&format!("group.{group}")));
    }
    if let Some(kind) = text("kind") {
        told.push(what(page, &entry.kind, &kind));
    }
    told.extend(text("event").and_then(|event| page.t_if_of("history-step", &event)));
    told.extend(text("leaving").and_then(|why| page.t_if_of("leaving", &why)));
    told.extend(
        text("language")
            .and_then(|code| crate::words::Lang::parse(&code))
            .map(|lang| lang.own_name().to_owned()),
    );
    told.extend(text("outcome").and_then(|code| page.t_if_of("outcome", &code)));
    if let Some(due) = text("due").and_then(|due| crate::kit::day_of_code(&due)) {
        told.push(page.t_with("history-due", &[("date", page.date(due).into())]));
    }
    if let Some(Value::Array(fields)) = entry.told("fields") {
        let names = fields.iter().filter_map(Value::as_str);
        told.extend(names.filter_map(|name| page.t_if_of("history-field", name)));
    }
    told
}

/// What a clock, task or proposal is about.
fn what(page: &Page, entry: &str, kind: &str) -> String {
    let words = match entry.split('.').next() {
        Some("clock") => page.t_if_of("casefile-clock", kind),
        Some("task") => page.t_if_of("history-task", kind),
        _ => page.t_if_of("history-proposal", kind),
    };
    words.unwrap_or_else(|| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::super::testing::family;
    use super::*;
    use crate::test_support::{as_counter_officer, world_with_pack};
    use crate::words::{Lang, t};

    /// The kinds of act in the sources of a folder: `"noun.done"` after `Event::new(` or `told(`, outside tests.
    fn kinds(folder: &Path, into: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("tests") && !path.ends_with("test_support") {
                    kinds(&path, into);
                }
                continue;
            }
            if path.extension().is_none_or(|ext| ext != "rs") || path.ends_with("tests.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let code: Vec<&str> =
                text.lines().filter(|line| !line.trim_start().starts_with("//")).map(str::trim).collect();
            let code = code.join("");
            for call in ["Event::new(\"", "told(\""] {
                for (at, _) in code.match_indices(call) {
                    let kind = code[at + call.len()..].split('"').next().unwrap();
                    if kind.contains('.') {
                        into.insert(kind.to_owned());
                    }
                }
            }
        }
    }

    #[test]
    fn every_kind_of_act_has_words() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("casework/src");
        let mut all = BTreeSet::new();
        kinds(&sources, &mut all);
        assert!(all.len() > 35, "only {all:?} found");
        let mut missing = Vec::new();
        for kind in &all {
            let key = format!("history-{}", kind.replace('.', "-"));
            for lang in [Lang::En, Lang::Fr] {
                if t(lang, &key) == key {
                    missing.push(format!("{key} in {}", lang.code()));
                }
            }
        }
        assert!(missing.is_empty(), "{}", missing.join("\n"));
    }

    #[tokio::test]
    async fn what_was_done_stands_in_words() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let mut browser = as_counter_officer(&world).await;
        browser.get(&file).await;
        browser.get(&file).await;
        let html = browser.get(&format!("{file}/history")).await.html;
        for words in ["Household registered", "File opened", "3 times", "Test counter_officer"] {
            assert!(html.contains(words), "{words}: {html}");
        }
    }

    #[test]
    fn a_kind_that_is_not_known_is_shown_by_its_code() {
        let page = Page::for_test(Lang::En);
        assert_eq!(kind_words(&page, "plan.agreed"), "Something else was done (plan.agreed)");
    }
}

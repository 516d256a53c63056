//! What two versions of a document say differently, in sentences: what a second person reads before signing.
//!
//! One more kind of difference: its sentence in [`told`].

use domain::definitions::{BudgetDef, LeafDef, Literal};
use domain::pack::Pack;
use domain::policy::difference::Difference;
use domain::policy::document::{language_of, programme_of};
use leptos::prelude::*;
use time::Date;

use super::links;
use super::printed::{self, Printed};
use crate::pages::work::rules::fact;
use crate::shell::Page;
use crate::words::{self, Lang};

/// Most sentences of one document; a whole new language has thousands.
const MOST: usize = 200;

/// What the sentences are written from.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub page: &'a Page,
    /// The pack whose names of facts and programmes are used.
    pub pack: &'a Pack,
    /// The day of which figures of the law are told.
    pub on: Date,
    /// The document's name inside the pack.
    pub name: &'a str,
}

/// The differences as a list.
pub(super) fn list(told: &Told<'_>, differences: &[Difference]) -> AnyView {
    let lines = differences.iter().take(MOST).map(|difference| view! { <li>{line(told, difference)}</li> });
    let lines = lines.collect_view();
    let more = differences.len().saturating_sub(MOST);
    let more = (more > 0).then(|| {
        let text = told.page.t_with("diff-more", &[("count", more.into())]);
        view! { <p class="govuk-body">{text}</p> }
    });
    view! { <ul class="govuk-list govuk-list--bullet">{lines}</ul> {more} }.into_any()
}

fn line(told: &Told<'_>, difference: &Difference) -> AnyView {
    let text = sentence(told, difference);
    let Difference::Tree { after, .. } = difference else { return view! { <bdi>{text}</bdi> }.into_any() };
    // How conditions are joined cannot be said in a line: the whole rule follows.
    let Some(def) = programme_of(told.name).and_then(|id| told.pack.programme(id)) else {
        return text.into_any();
    };
    let mut def = def.clone();
    def.eligible = (**after).clone();
    let rule = printed::rule(&Printed { page: told.page, pack: told.pack, def: &def, on: told.on });
    view! { {text} {rule} }.into_any()
}

/// A difference as a sentence.
pub(super) fn sentence(told: &Told<'_>, difference: &Difference) -> String {
    let page = told.page;
    match difference {
        Difference::Condition { id, before, after } => {
            condition(told, id, before.as_deref(), after.as_deref())
        }
        Difference::Tree { .. } => page.t("diff-tree"),
        Difference::Amount { part, before, after } => amount(told, part, before.as_deref(), after.as_deref()),
        Difference::Budget { before, after } => budget(told, before.as_deref(), after.as_deref()),
        Difference::Example { name, before, after } => {
            let key = match (before, after) {
                (false, _) => "diff-example-added",
                (true, false) => "diff-example-removed",
                (true, true) => "diff-example-changed",
            };
            page.t_with(key, &[("name", name.as_str().into())])
        }
        Difference::Figure { id, from, before, after } => {
            figure(told, id, *from, before.as_ref(), after.as_ref())
        }
        Difference::Link { before, after, .. } => {
            let said = |link| {
                let details = links::details(page, told.pack, link);
                format!("{} {details}", links::sentence(page, told.pack, link)).trim_end().to_owned()
            };
            let [before, after] = [before, after].map(|link| link.as_deref().map(said));
            changed(page, ["diff-link-added", "diff-link-removed", "diff-link-changed"], &[], before, after)
        }
        Difference::Words { key, before, after } => {
            let language = language_of(told.name).unwrap_or_default();
            let named = Lang::parse(language).map(Lang::own_name);
            let language = named.unwrap_or(language);
            let place = format!("{key} ({language})");
            changed(
                page,
                ["diff-words-added", "diff-words-removed", "diff-words-changed"],
                &[("place", place)],
                before.clone(),
                after.clone(),
            )
        }
        Difference::Key { path, before, after } => {
            let named = page.t_if_of("diff-key-name", &path.replace('.', "-"));
            let path = named.unwrap_or_else(|| path.clone());
            changed(
                page,
                ["diff-key-added", "diff-key-removed", "diff-key-changed"],
                &[("path", path)],
                before.clone(),
                after.clone(),
            )
        }
        Difference::Writing => page.t("diff-writing"),
    }
}

/// What was added, what was removed, what reads otherwise: the first, second or third of the keys, with what was said before and
/// after.
fn changed(
    page: &Page,
    [added, removed, otherwise]: [&str; 3],
    about: &[(&'static str, String)],
    before: Option<String>,
    after: Option<String>,
) -> String {
    let key = match (&before, &after) {
        (None, _) => added,
        (_, None) => removed,
        _ => otherwise,
    };
    let mut args: Vec<(&'static str, words::Arg<'_>)> =
        about.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
    args.push(("before", before.unwrap_or_default().into()));
    args.push(("after", after.unwrap_or_default().into()));
    page.t_with(key, &args)
}

fn condition(told: &Told<'_>, id: &str, before: Option<&LeafDef>, after: Option<&LeafDef>) -> String {
    let page = told.page;
    let Some(def) = programme_of(told.name).and_then(|id| told.pack.programme(id)) else {
        return page.t_with("diff-condition-other", &[("id", id.into())]);
    };
    let printed = Printed { page, pack: told.pack, def, on: told.on };
    let said = |leaf: &LeafDef| printed::sentence(&printed, leaf);
    if let (Some(old), Some(new)) = (before, after) {
        let same_side = old.fact == new.fact && old.op == new.op;
        if same_side && old.limit != new.limit {
            let name = fact(page, told.pack, &new.fact);
            let (from, to) = (printed::limit(&printed, old), printed::limit(&printed, new));
            let args = [("fact", name.into()), ("before", from.into()), ("after", to.into())];
            return page.t_with("diff-limit", &args);
        }
        if same_side && old.limit == new.limit {
            let key = if old.reason == new.reason { "diff-source" } else { "diff-reason" };
            let text = said(new);
            let source = new.source.clone().unwrap_or_else(|| "–".into());
            let args =
                [("text", text.into()), ("source", source.into()), ("reason", new.reason.as_str().into())];
            return page.t_with(key, &args);
        }
    }
    changed(
        page,
        ["diff-condition-added", "diff-condition-removed", "diff-condition-changed"],
        &[],
        before.map(said),
        after.map(said),
    )
}

fn amount(told: &Told<'_>, part: &str, before: Option<&str>, after: Option<&str>) -> String {
    let page = told.page;
    let named = match part.strip_prefix("steps.") {
        Some(step) => {
            let words = programme_of(told.name)
                .map(|id| format!("programme.{id}.step.{step}"))
                .and_then(|key| told.pack.words.find(page.lang.code(), &key))
                .unwrap_or(step);
            page.t_with("diff-step", &[("step", words.into())])
        }
        None => page.t_if_of("diff-amount", part).unwrap_or_else(|| part.to_owned()),
    };
    let said = |text: &str| match part {
        "period" => page.t_of("work-period", text),
        _ => formula(text).unwrap_or_else(|| text.to_owned()),
    };
    changed(
        page,
        ["diff-part-added", "diff-part-removed", "diff-part-changed"],
        &[("part", named)],
        before.map(said),
        after.map(said),
    )
}

/// A step as it is written in a table: `+ param.rate × children`.
fn formula(json: &str) -> Option<String> {
    let step: serde_json::Value = serde_json::from_str(json).ok()?;
    let (kind, of) = step.as_object()?.iter().next()?;
    let part = |key: &str| of.get(key).and_then(|value| value.as_str()).unwrap_or_default();
    Some(match kind.as_str() {
        "add" => format!("+ {}", of.as_str()?),
        "subtract" => format!("− {}", of.as_str()?),
        "multiply" => format!("× {}", of.as_str()?),
        "per" => format!("+ {} × {}", part("each"), part("per")),
        "taper" => format!("− {} × ({} − {})", part("rate"), part("of"), part("above")),
        _ => return None,
    })
}

fn budget(told: &Told<'_>, before: Option<&BudgetDef>, after: Option<&BudgetDef>) -> String {
    let page = told.page;
    let said = |budget: &BudgetDef| {
        let area = match &budget.area {
            Some(code) => told.pack.area_name(page.lang.code(), code).to_owned(),
            None => page.t("desk-area-all"),
        };
        let (from, until) = (page.date(budget.from), page.date(budget.until));
        let args = [("area", area.into()), ("from", from.into()), ("until", until.into())];
        let places =
            budget.places.map(|places| page.t_with("diff-places", &[("count", i64::from(places).into())]));
        let money = budget.money.map(|money| {
            let money = words::decimal(page.lang, &money.to_string());
            format!("{money} {}", told.pack.about.currency.code)
        });
        let given: Vec<String> = places.into_iter().chain(money).collect();
        format!("{} {}", page.t_with("diff-budget-of", &args), given.join(", "))
    };
    changed(
        page,
        ["diff-budget-added", "diff-budget-removed", "diff-budget-changed"],
        &[],
        before.map(said),
        after.map(said),
    )
}

fn figure(
    told: &Told<'_>,
    id: &str,
    from: Date,
    before: Option<&Literal>,
    after: Option<&Literal>,
) -> String {
    let page = told.page;
    let shown = |value: &Literal| match value {
        Literal::Num(number) => words::decimal(page.lang, &number.to_string()),
        Literal::Date(day) => page.date(*day),
        Literal::Bool(true) => page.t("work-rule-yes"),
        Literal::Bool(false) => page.t("work-rule-no"),
        Literal::Text(text) => text.clone(),
    };
    let name = told.pack.words.find(page.lang.code(), &format!("parameter.{id}")).unwrap_or(id).to_owned();
    // What holds until that day, where the figure goes on from there.
    let until = || {
        let parameter = told.pack.definitions().parameters.iter().find(|own| own.id == id)?;
        parameter.values.iter().rev().find(|value| value.from < from).map(|value| &value.value)
    };
    let about = [("name", name), ("day", page.date(from))];
    match (before.or_else(until), after) {
        (before, None) => changed(
            page,
            ["diff-figure-added", "diff-figure-removed", "diff-figure-changed"],
            &about,
            before.map(shown).or(Some(String::new())),
            None,
        ),
        (before, after) => changed(
            page,
            ["diff-figure-added", "diff-figure-removed", "diff-figure-changed"],
            &about,
            before.map(shown),
            after.map(shown),
        ),
    }
}

//! The desk of a change: every part of a programme edited by what it says, without its text. Each press is one typed edit of one
//! document, at the version of the change that the page showed.
//!
//! | screen | what it is for |
//! | --- | --- |
//! | [`rule`] | who can have a programme: the printed rule, and its tree of conditions |
//! | [`condition`] | one node of the tree: changed, added, put into a group |
//! | [`values`] [`amount`] [`budgets`] | law, dates and duration; how much; what there is to give |
//! | [`words`] | what people read, in every language |
//! | [`examples`] | worked examples, and those that are lacking |
//! | [`figures`] | figures of the law, of the whole pack |
//!
//! One more part: a file with its page and its form, its routes below, its line in [`PARTS`].

pub mod amount;
pub mod budgets;
pub mod condition;
pub mod examples;
pub mod figures;
pub mod rule;
#[cfg(test)]
mod tests;
mod typed;
pub mod values;
pub mod words;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use casework::error::Conflict;
use casework::policy::{self, Drafted, Edited};
use casework::{Actor, Casework, Error};
use domain::definitions::ProgrammeDef;
use domain::fault::Fault;
use domain::ids::ChangeId;
use domain::num::Num;
use domain::policy::document::programme_file;
use leptos::prelude::*;

use super::changes::{address as of_change, document, gates};
use super::printed::Printed;
use crate::kit::{InsetText, Link, NotificationBanner, Problems, SubNavigation};
use crate::pages::casefile::frame;
use crate::shell::{Failure, Page};
use crate::state::{AppState, value};
use crate::words::Lang;

/// Screens of a change's programmes.
pub fn routes() -> Router<AppState> {
    const NODE: &str = "/policy/{change}/programmes/{programme}/conditions/{node}";
    const PROGRAMME: &str = "/policy/{change}/programmes/{programme}";
    let part = |part: &str| format!("{PROGRAMME}/{part}");
    Router::new()
        .route("/policy/{change}/figures", get(figures::list))
        .route("/policy/{change}/figures/{figure}", get(figures::get).post(figures::post))
        .route("/policy/{change}/words", get(words::get).post(words::post))
        .route(PROGRAMME, get(rule::get).post(rule::post))
        .route(&part("values"), get(values::get).post(values::post))
        .route(&part("amount"), get(amount::get).post(amount::post))
        .route(&part("budgets"), get(budgets::get).post(budgets::post))
        .route(&part("words"), get(words::list))
        .route(&part("examples"), get(examples::get).post(examples::post))
        .route(&part("examples/one"), get(examples::one::get).post(examples::one::post))
        .route(NODE, get(condition::get).post(condition::post))
        .route(&format!("{NODE}/new"), get(condition::new).post(condition::add))
}

/// The parts of a programme: the end of the address, and its name in words.
const PARTS: [(&str, &str); 6] = [
    ("", "desk-part-rule"),
    ("/values", "desk-part-values"),
    ("/amount", "desk-part-amount"),
    ("/budgets", "desk-part-budgets"),
    ("/words", "desk-part-words"),
    ("/examples", "desk-part-examples"),
];

/// A programme of a change, as a page shows it.
pub(super) struct Matter {
    pub drafted: Drafted,
    pub def: ProgrammeDef,
}

impl Matter {
    /// The change with one of its programmes. Not found where the programme's file says too little to be shown.
    pub async fn load(
        casework: &Casework,
        actor: &Actor,
        change: ChangeId,
        programme: &str,
    ) -> Result<Self, Failure> {
        let drafted = policy::drafted(casework, actor, change).await?;
        let def = drafted.programme(programme).ok_or_else(Failure::not_found)?;
        Ok(Self { drafted, def })
    }

    /// The address of the programme in the change.
    pub fn address(&self) -> String {
        of_programme(self.drafted.change.id, &self.def.id)
    }

    /// Whether the change is being written.
    pub fn is_open(&self) -> bool {
        self.drafted.change.state.is_open()
    }

    /// The programme as it is printed, with the figures of the change's first day.
    pub fn printed<'a>(&'a self, page: &'a Page) -> Printed<'a> {
        Printed { page, pack: &self.drafted.pack, def: &self.def, on: self.drafted.change.live_on }
    }

    /// The programme's name; its id where nobody named it yet.
    pub fn name(&self, page: &Page) -> String {
        named(page, &self.drafted, &self.def.id)
    }

    /// What stands above every part: the change, the programme, the way to its other parts, what is wrong with it.
    pub fn head(&self, page: &Page, part: &str, said: &Said) -> AnyView {
        let (change, name) = (self.drafted.change.title.clone(), self.name(page));
        let closed = (!self.is_open()).then(|| InsetText::new(page.t("policy-document-closed")));
        let parts = PARTS.iter().map(|(end, key)| {
            Link::new(format!("{}{end}", self.address()), page.t(key)).current(*end == part)
        });
        let text = document::of(self.drafted.change.id, &programme_file(&self.def.id));
        let parts = parts.chain([Link::new(text, page.t("desk-part-text"))]);
        let parts = SubNavigation::new(page.t("desk-parts"), parts.collect());
        view! {
            {said.problems.summary()}
            {said.news.clone()}
            <span class="govuk-caption-l"><bdi>{change}</bdi></span>
            <h1 class="govuk-heading-l"><bdi>{name}</bdi></h1>
            {parts}
            {closed}
            {wrong(page, &self.drafted, said)}
        }
        .into_any()
    }
}

/// The name of a programme of a change.
pub(super) fn named(page: &Page, drafted: &Drafted, programme: &str) -> String {
    let key = format!("programme.{programme}.name");
    drafted.pack.words.find(page.lang.code(), &key).unwrap_or(programme).to_owned()
}

/// The address of a programme in a change.
pub(super) fn of_programme(change: ChangeId, programme: &str) -> String {
    format!("{}/programmes/{programme}", of_change(change))
}

/// The way to every programme of a change, on the change's own page.
pub(super) fn parts(page: &Page, casework: &Casework, change: ChangeId) -> AnyView {
    let Ok(pack) = casework.pack() else { return ().into_any() };
    let lines = pack.definitions().programmes.iter().map(|def| {
        let (href, name) =
            (of_programme(change, &def.id), page.of_pack(&pack, &format!("programme.{}.name", def.id)));
        view! { <li><a class="govuk-link" href=href>{name}</a></li> }
    });
    let lines = lines.collect_view();
    view! {
        <h2 class="govuk-heading-m">{page.t("desk-programmes")}</h2>
        <p class="govuk-body">{page.t("desk-programmes-lead")}</p>
        <ul class="govuk-list app-columns">{lines}</ul>
        <ul class="govuk-list">
            <li><a class="govuk-link" href=format!("{}/figures", of_change(change))>{page.t("desk-figures")}</a></li>
            <li><a class="govuk-link" href=format!("{}/links", of_change(change))>{page.t("links-title")}</a></li>
        </ul>
    }
    .into_any()
}

/// What was refused, or why the whole does not compile.
pub(super) fn wrong(page: &Page, drafted: &Drafted, said: &Said) -> AnyView {
    if !said.faults.is_empty() {
        return gates::faults(page, &said.faults);
    }
    if drafted.compiles {
        return ().into_any();
    }
    view! {
        {InsetText::new(page.t("desk-does-not-compile"))}
        {gates::faults(page, &drafted.faults)}
    }
    .into_any()
}

/// What is said of what was sent.
#[derive(Default)]
pub(super) struct Said {
    pub problems: Problems,
    pub news: Option<NotificationBanner>,
    pub faults: Vec<Fault>,
    status: Option<StatusCode>,
}

impl Said {
    /// After something was done, by the query of the address.
    pub fn done(page: &Page, done: &str) -> Self {
        let key = match done {
            "saved" => "desk-done-saved",
            "added" => "desk-done-added",
            "moved" => "desk-done-moved",
            "removed" => "desk-done-removed",
            _ => return Self::default(),
        };
        Self { news: Some(NotificationBanner::success(page.t(key))), ..Self::default() }
    }

    /// What was typed is wrong.
    pub fn wrong(problems: Problems) -> Self {
        Self { problems, status: Some(StatusCode::UNPROCESSABLE_ENTITY), ..Self::default() }
    }

    /// What was typed is what stands there.
    pub fn same(page: &Page) -> Self {
        Self::told(page, "desk-same")
    }

    /// A step that cannot be taken as the rule stands now.
    pub fn not_possible(page: &Page) -> Self {
        Self::told(page, "desk-not-possible")
    }

    fn told(page: &Page, key: &str) -> Self {
        let news = Some(NotificationBanner::new(page.t(key)));
        Self { news, status: Some(StatusCode::CONFLICT), ..Self::default() }
    }

    /// What came of an edit: `None` when it was kept. `field` carries what the documents' own check refused.
    pub fn of(page: &Page, edited: Result<Edited, Error>, field: &str) -> Result<Option<Self>, Failure> {
        Ok(Some(match edited {
            Ok(Edited::Kept(_)) => return Ok(None),
            Ok(Edited::Refused(faults)) => {
                let mut problems = Problems::new();
                problems.add(field, page.t("desk-refused"));
                Self { faults, ..Self::wrong(problems) }
            }
            Err(Error::Stale) => Self::told(page, "policy-stale"),
            Err(Error::Conflict(Conflict::Taken)) => Self::same(page),
            Err(Error::Conflict(Conflict::State)) => Self::told(page, "policy-document-closed"),
            Err(error) => return Err(error.into()),
        }))
    }

    /// The page with the status that goes with it.
    pub fn page(&self, page: &Page) -> Page {
        match self.status {
            Some(StatusCode::UNPROCESSABLE_ENTITY) => page.clone().failed(),
            Some(status) => page.clone().status(status),
            None => page.clone(),
        }
    }
}

/// The change's version that the form carried.
pub(super) fn version(pairs: &[(String, String)]) -> i64 {
    frame::version(value(pairs, "version"))
}

/// A number as it is typed in the page's language: with or without marks between the thousands.
pub(super) fn number(page: &Page, text: &str) -> Option<Num> {
    let plain: String = domain::digits::ascii(text)
        .chars()
        .filter(|ch| !ch.is_whitespace() && !matches!(ch, '\u{a0}' | '\u{202f}' | '\''))
        .filter_map(|ch| match (ch, page.lang) {
            (',', Lang::En) => None,
            (',' | '٫', _) => Some('.'),
            ('−', _) => Some('-'),
            (ch, _) => Some(ch),
        })
        .collect();
    plain.parse().ok()
}

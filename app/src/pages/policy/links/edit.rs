//! One link of a change: what it does, between which programmes. Its sentence for letters is written with the words.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Casework;
use casework::policy::{self, Drafted};
use domain::definitions::{Holding, Level, LinkDef, LinkKind, Prefer, Type};
use domain::fault::At;
use domain::ids::ChangeId;
use leptos::prelude::*;

use super::super::changes::address;
use super::super::desk::{Said, number, version, words, wrong};
use super::{code, name, prefer_code};
use crate::kit::{Button, Checkboxes, Content, Details, Input, InsetText, Problems, Select};
use crate::pages::work::rules::fact;
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Pairs, SignedIn, value};

/// Every kind, by the word of packs.
const KINDS: [&str; 8] = [
    "opens",
    "requires",
    "excludes",
    "counts_as_income",
    "offsets",
    "boosts_priority",
    "refers",
    "ends_with",
];

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    kind: String,
    from: String,
    to: String,
    prefer: String,
    fact: String,
    by: String,
    waiting: bool,
}

impl Typed {
    fn of(link: &LinkDef) -> Self {
        let mut typed = Self {
            kind: code(&link.kind).into(),
            from: link.from.clone(),
            to: link.to.clone(),
            waiting: link.holding == Holding::Waiting,
            ..Self::default()
        };
        match &link.kind {
            LinkKind::Excludes { prefer } => prefer_code(*prefer).clone_into(&mut typed.prefer),
            LinkKind::CountsAsIncome { fact } => typed.fact.clone_from(fact),
            LinkKind::BoostsPriority { by } => typed.by = by.to_string(),
            _ => {}
        }
        typed
    }

    fn read(pairs: &[(String, String)]) -> Self {
        let text = |name: &str| value(pairs, name).to_owned();
        Self {
            kind: text("kind"),
            from: text("from"),
            to: text("to"),
            prefer: text("prefer"),
            fact: text("fact"),
            by: text("by"),
            waiting: value(pairs, "waiting") == "yes",
        }
    }

    /// The link that is meant, or what is wrong with it.
    fn link(&self, page: &Page, drafted: &Drafted, id: Option<&str>) -> Result<LinkDef, Problems> {
        let mut problems = Problems::new();
        let programmes = drafted.programmes();
        let is_service = self.kind == "refers" && drafted.pack.definitions().services.contains(&self.to);
        if !programmes.contains(&self.from) {
            problems.add("from", page.t("links-programme-missing"));
        }
        if !programmes.contains(&self.to) && !is_service {
            problems.add("to", page.t("links-programme-missing"));
        } else if self.from == self.to {
            problems.add("to", page.t("links-same"));
        }
        let kind = match self.kind.as_str() {
            "opens" => Some(LinkKind::Opens),
            "requires" => Some(LinkKind::Requires),
            "offsets" => Some(LinkKind::Offsets),
            "refers" => Some(LinkKind::Refers),
            "ends_with" => Some(LinkKind::EndsWith),
            "excludes" => {
                let prefers = [Prefer::HigherValue, Prefer::ApplicantChooses, Prefer::FirstEnrolled];
                let prefer = prefers.into_iter().find(|prefer| prefer_code(*prefer) == self.prefer);
                if prefer.is_none() {
                    problems.add("prefer", page.t("links-prefer-missing"));
                }
                prefer.map(|prefer| LinkKind::Excludes { prefer })
            }
            "counts_as_income" => {
                let is_number = numbers(page, drafted).iter().any(|(id, _)| *id == self.fact);
                if !is_number {
                    problems.add("fact", page.t("links-fact-missing"));
                }
                Some(LinkKind::CountsAsIncome { fact: self.fact.clone() })
            }
            "boosts_priority" => {
                let by = number(page, &self.by);
                if by.is_none() {
                    problems.add("by", page.t("desk-number-wrong"));
                }
                by.map(|by| LinkKind::BoostsPriority { by })
            }
            _ => {
                problems.add("kind", page.t("links-kind-missing"));
                None
            }
        };
        let holding = if self.waiting { Holding::Waiting } else { Holding::Receiving };
        match kind {
            Some(kind) if problems.is_empty() => Ok(LinkDef {
                id: id.map_or_else(|| self.new_id(drafted), str::to_owned),
                kind,
                from: self.from.clone(),
                to: self.to.clone(),
                holding,
                at: At::default(),
            }),
            _ => Err(problems),
        }
    }

    /// An id that no other link has, made of what the link says.
    fn new_id(&self, drafted: &Drafted) -> String {
        let links = drafted.links();
        let wished = format!("{}_{}_{}", self.from, self.kind, self.to).replace('-', "_");
        let numbered = (2..).map(|number| format!("{wished}_{number}"));
        std::iter::once(wished.clone())
            .chain(numbered)
            .find(|id| links.iter().all(|link| link.id != *id))
            .unwrap_or(wished)
    }
}

/// Number facts of the household, with their words.
fn numbers(page: &Page, drafted: &Drafted) -> Vec<(String, String)> {
    let pack = &drafted.pack;
    let numbers =
        pack.program.names().filter(|(_, level, ty)| *level == Level::Household && **ty == Type::Num);
    let mut numbers: Vec<(String, String)> =
        numbers.map(|(name, ..)| (name.to_owned(), fact(page, pack, name))).collect();
    numbers.sort_by_key(|(_, words)| words.to_lowercase());
    numbers
}

fn find(drafted: &Drafted, id: &str) -> Result<Option<LinkDef>, Failure> {
    if id == "new" {
        return Ok(None);
    }
    drafted.links().into_iter().find(|link| link.id == id).map(Some).ok_or_else(Failure::not_found)
}

/// `GET /policy/{change}/links/{link}`; `new` for a new one.
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, link)): Path<(ChangeId, String)>,
) -> Answer {
    let drafted = policy::drafted(&casework, &actor, change).await?;
    let held = find(&drafted, &link)?;
    let typed = held.as_ref().map(Typed::of).unwrap_or_default();
    Ok(show(&page, &drafted, held.as_ref(), &typed, &Said::default()))
}

/// `POST /policy/{change}/links/{link}`: it is saved or taken out, named by `act`.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, link)): Path<(ChangeId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let drafted = policy::drafted(&casework, &actor, change).await?;
    let held = find(&drafted, &link)?;
    let typed = Typed::read(&pairs);
    let at = version(&pairs);
    let (edited, done) = match (value(&pairs, "act"), &held) {
        ("remove", Some(held)) => {
            (policy::remove_link(&casework, &actor, change, at, &held.id).await, "removed")
        }
        _ => match typed.link(&page, &drafted, held.as_ref().map(|held| held.id.as_str())) {
            Ok(made) => (policy::edit_link(&casework, &actor, change, at, made).await, "saved"),
            Err(problems) => {
                return Ok(show(&page, &drafted, held.as_ref(), &typed, &Said::wrong(problems)));
            }
        },
    };
    let Some(said) = Said::of(&page, edited, "kind")? else {
        return Ok(Redirect::to(&format!("{}/links?done={done}", address(change))).into_response());
    };
    let drafted = policy::drafted(&casework, &actor, change).await?;
    Ok(show(&page, &drafted, held.as_ref(), &typed, &said))
}

fn show(page: &Page, drafted: &Drafted, held: Option<&LinkDef>, typed: &Typed, said: &Said) -> Response {
    let change = &drafted.change;
    let page = &said.page(page).back(format!("{}/links", address(change.id)));
    let title = page.t(if held.is_some() { "links-change" } else { "links-add" });
    let own = format!("{}/links/{}", address(change.id), held.map_or("new", |held| held.id.as_str()));
    render(page, &title, || {
        let body = if change.state.is_open() {
            form(page, drafted, held, typed, (&own, &said.problems))
        } else {
            InsetText::new(page.t("policy-document-closed")).into_any()
        };
        view! {
            {said.problems.summary()}
            {said.news.clone()}
            <span class="govuk-caption-l"><bdi>{change.title.clone()}</bdi></span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {wrong(page, drafted, said)}
            {body}
        }
        .into_any()
    })
}

fn form(
    page: &Page,
    drafted: &Drafted,
    held: Option<&LinkDef>,
    typed: &Typed,
    (own, problems): (&str, &Problems),
) -> AnyView {
    let pack = &drafted.pack;
    let version = drafted.change.version.to_string();
    let nothing = || (String::new(), page.t("desk-choose"));
    let named = |id: String| {
        let words = name(page, pack, &id);
        (id, words)
    };
    let mut programmes: Vec<(String, String)> = drafted.programmes().into_iter().map(named).collect();
    programmes.sort_by_key(|(_, words)| words.to_lowercase());
    let services = pack.definitions().services.iter().map(|id| {
        let words = name(page, pack, id);
        (id.clone(), page.t_with("links-service", &[("name", words.as_str().into())]))
    });
    let targets: Vec<(String, String)> =
        std::iter::once(nothing()).chain(programmes.clone()).chain(services).collect();
    let kinds = KINDS.iter().map(|kind| ((*kind).to_owned(), page.t_of("links-kind", kind)));
    let prefers = ["higher_value", "applicant_chooses", "first_enrolled"]
        .map(|prefer| (prefer.to_owned(), page.t_of("link-prefer", prefer)));
    let remove = held.map(|held| {
        let sentence = words::one_of(drafted.change.id, &format!("link.{}", held.id));
        let form = view! {
            <form method="post" action=own.to_owned()>
                <input type="hidden" name="version" value=version.clone()/>
                {Button::new(page.t("links-remove")).warning().named("act", "remove")}
            </form>
        };
        view! {
            <p class="govuk-body"><a class="govuk-link" href=sentence>{page.t("links-sentence")}</a></p>
            {Details::new(page.t("links-remove"), Content::view(form))}
        }
    });
    view! {
        <form method="post" action=own.to_owned() novalidate>
            <input type="hidden" name="version" value=version.clone()/>
            {Select::new("from", page.t("links-from"))
                .items(std::iter::once(nothing()).chain(programmes))
                .value(typed.from.as_str())
                .error(problems.of("from"))}
            {Select::new("kind", page.t("links-kind"))
                .items(std::iter::once(nothing()).chain(kinds))
                .value(typed.kind.as_str())
                .error(problems.of("kind"))}
            {Select::new("to", page.t("links-to"))
                .hint(page.t("links-to-hint"))
                .items(targets)
                .value(typed.to.as_str())
                .error(problems.of("to"))}
            {Select::new("prefer", page.t("links-prefer"))
                .hint(page.t("links-prefer-hint"))
                .items(std::iter::once(nothing()).chain(prefers))
                .value(typed.prefer.as_str())
                .error(problems.of("prefer"))}
            {Select::new("fact", page.t("links-fact"))
                .hint(page.t("links-fact-hint"))
                .items(std::iter::once(nothing()).chain(numbers(page, drafted)))
                .value(typed.fact.as_str())
                .error(problems.of("fact"))}
            {Input::new("by", page.t("links-by"))
                .hint(page.t("links-by-hint"))
                .decimal()
                .width(10)
                .value(&typed.by)
                .error(problems.of("by"))}
            {Checkboxes::new("waiting", "")
                .item("yes", page.t("links-waiting"))
                .values(typed.waiting.then_some("yes"))}
            {Button::new(page.t("desk-save")).named("act", "save")}
        </form>
        {remove}
    }
    .into_any()
}

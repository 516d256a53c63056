//! Places or money added to a budget: proposed by one policy officer, added or sent back by another; who added what, and when.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::budgets::Line;
use casework::budgets::additions::{self, Addition, New, State as Standing};
use casework::error::Conflict;
use casework::policy::Person;
use casework::{Actor, Casework, Error};
use domain::country::Currency;
use domain::ids::AdditionId;
use domain::pack::Pack;
use domain::role::{Right, Scope};
use leptos::prelude::*;
use time::Date;
use uuid::Uuid;

use super::{both, list};
use crate::kit::{Button, Cell, Content, Input, InsetText, Problems, Table, Tag, Textarea};
use crate::pages::work::override_form::minor;
use crate::shell::{Answer, Failure, Page};
use crate::state::{Pairs, SignedIn};

/// Longest reason.
const LONGEST: usize = 2000;

/// What was typed, and what is wrong with it.
#[derive(Default)]
pub(super) struct Said {
    pub(super) pairs: Vec<(String, String)>,
    pub(super) problems: Problems,
    pub(super) news: Option<String>,
}

impl Said {
    fn typed(&self, act: &str, name: &str) -> &str {
        let value =
            |name: &str| self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        value(name).filter(|_| value("act") == Some(act)).unwrap_or_default()
    }
}

/// `POST /budgets/{budget}`: proposed, added or sent back, as `act` says.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(budget): Path<String>,
    Pairs(pairs): Pairs,
) -> Answer {
    actor.require(Right::KeepPolicy, &Scope::National)?;
    let budget = Uuid::try_parse(&budget).map_err(|_| Failure::not_found())?;
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim());
    let id = Uuid::try_parse(value("id")).map(AdditionId::new);
    let currency = casework.pack()?.about.currency.clone();
    let mut problems = Problems::new();
    let reason_field =
        if value("act") == "send_back" { format!("note-{}", value("id")) } else { "reason".to_owned() };
    for (name, field) in [("reason", reason_field.as_str()), ("legal_basis", "legal_basis")] {
        if value(name).chars().count() > LONGEST {
            problems.add(field, page.t_with("field-too-long", &[("most", LONGEST.into())]));
        }
    }
    let mut is_late = false;
    if problems.is_empty() {
        let outcome = match (value("act"), id) {
            ("propose", Ok(id)) => {
                let new = new(&currency, id, &value);
                additions::propose(&casework, &actor, budget, new).await.map(|()| "proposed".to_owned())
            }
            ("approve", Ok(id)) => {
                let offered = additions::approve(&casework, &actor, id).await;
                offered.map(|offered| format!("added&offered={offered}"))
            }
            ("send_back", Ok(id)) => {
                let sent = additions::send_back(&casework, &actor, id, value("reason")).await;
                sent.map(|()| "returned".to_owned())
            }
            _ => Err(Error::Conflict(Conflict::State)),
        };
        let (field, key) = match outcome {
            Ok(done) => return Ok(Redirect::to(&format!("/budgets/{budget}?done={done}")).into_response()),
            Err(Error::Invalid("places.wrong")) => ("places", "additions-places-wrong"),
            Err(Error::Invalid("places.unlimited")) => ("places", "additions-places-unlimited"),
            Err(Error::Invalid("money.wrong")) => ("money", "additions-money-wrong"),
            Err(Error::Invalid("money.unlimited")) => ("money", "additions-money-unlimited"),
            Err(Error::Invalid("addition.nothing")) => ("more", "additions-nothing"),
            Err(Error::Invalid("reason.missing")) => (reason_field.as_str(), "additions-reason-missing"),
            Err(Error::Invalid("legal_basis.missing")) => ("legal_basis", "additions-basis-missing"),
            Err(Error::Conflict(Conflict::SamePerson)) => ("more", "additions-own"),
            Err(Error::Conflict(_)) => {
                is_late = true;
                ("more", "additions-moved")
            }
            Err(error) => return Err(error.into()),
        };
        problems.add(field, page.t(key));
    }
    let page = if is_late { page.failed().status(StatusCode::CONFLICT) } else { page.failed() };
    let said = Said { pairs, problems, news: None };
    list::show(&casework, &actor, &page, budget, None, &said).await
}

/// What is typed; what is no number counts as nothing, which is refused beside its field.
fn new<'v>(currency: &Currency, id: AdditionId, value: &impl Fn(&str) -> &'v str) -> New {
    let given = |name: &str| Some(value(name)).filter(|text| !text.is_empty());
    New {
        id,
        places: given("places").map(|text| text.parse().unwrap_or(0)),
        money: given("money").map(|text| minor(text, currency).unwrap_or(0)),
        reason: value("reason").to_owned(),
        legal_basis: value("legal_basis").to_owned(),
    }
}

/// What was added and what waits, and the ways to add more for who may.
pub(super) fn section(
    (page, casework, actor): (&Page, &Casework, &Actor),
    pack: &Pack,
    line: &Line,
    all: &[Addition],
    said: &Said,
) -> AnyView {
    let may = actor.may_in(Right::KeepPolicy, &Scope::National);
    let waiting = all.iter().filter(|one| may && one.state == Standing::Proposed);
    let waiting = waiting.map(|one| second(page, actor, pack, line, one, said)).collect_view();
    let propose = may.then(|| form(page, casework, line, casework.today(), said));
    if all.is_empty() && !may {
        return ().into_any();
    }
    view! {
        <h2 class="govuk-heading-m" id="more">{page.t("additions-title")}</h2>
        {table(page, casework, pack, all)}
        {waiting}
        {propose}
    }
    .into_any()
}

fn name(page: &Page, person: &Person) -> String {
    person.name.clone().unwrap_or_else(|| page.t("policy-nobody"))
}

fn more(page: &Page, pack: &Pack, one: &Addition) -> Content {
    both(
        page,
        pack,
        Some(one.places).filter(|places| *places > 0),
        Some(one.money).filter(|money| *money > 0),
    )
}

fn table(page: &Page, casework: &Casework, pack: &Pack, all: &[Addition]) -> AnyView {
    if all.is_empty() {
        return view! { <p class="govuk-body">{page.t("additions-none")}</p> }.into_any();
    }
    let head = ["additions-more", "additions-by", "additions-why", "additions-basis", "additions-standing"]
        .map(|key| page.t(key));
    let mut table = Table::new(page.t("additions-title")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    let by = |person: &Person, at| {
        let (who, at) = (name(page, person), page.date_time(casework.here(at)));
        page.t_with("policy-by-at", &[("who", who.as_str().into()), ("at", at.as_str().into())])
    };
    for one in all {
        let colour = match one.state {
            Standing::Proposed => "yellow",
            Standing::Added => "green",
            Standing::Returned => "orange",
        };
        let tag = Tag::new(page.t_of("additions-state", one.state.code())).colour(colour);
        let settled = one.settled.as_ref().map(|(person, at)| by(person, *at));
        let note = Some(one.note.clone()).filter(|note| !note.is_empty());
        let standing = view! {
            {tag}
            {settled.map(|text| view! { <div><bdi>{text}</bdi></div> })}
            {note.map(|text| view! { <div><bdi>{text}</bdi></div> })}
        };
        let words = |text: String| Cell::new(Content::view(view! { <bdi>{text}</bdi> }));
        table = table.row([
            Cell::new(more(page, pack, one)),
            words(by(&one.by, one.at)),
            words(one.reason.clone()),
            words(one.legal_basis.clone()),
            Cell::new(Content::view(standing)),
        ]);
    }
    table.into_any()
}

/// What the second person can do with one that waits.
fn second(page: &Page, actor: &Actor, pack: &Pack, line: &Line, one: &Addition, said: &Said) -> AnyView {
    let what = more(page, pack, one);
    let heading = view! { <h3 class="govuk-heading-s">{page.t("additions-waits")} ": " {what}</h3> };
    if actor.account() == Some(one.by.id) {
        return view! { {heading} {InsetText::new(page.t("additions-second-person"))} }.into_any();
    }
    let field = format!("note-{}", one.id);
    let typed = if said.typed("send_back", "id") == one.id.to_string() {
        said.typed("send_back", "reason")
    } else {
        ""
    };
    let note = Textarea { id: Some(field.clone()), ..Textarea::new("reason", page.t("additions-note")) };
    view! {
        {heading}
        <form method="post" action=format!("/budgets/{}", line.budget_id) novalidate>
            <input type="hidden" name="id" value=one.id.to_string()/>
            {note
                .hint(page.t("additions-note-hint"))
                .rows(2)
                .value(typed)
                .error(said.problems.of(&field))}
            <div class="govuk-button-group">
                {Button::new(page.t("additions-approve")).named("act", "approve")}
                {Button::new(page.t("additions-send-back")).secondary().named("act", "send_back")}
            </div>
        </form>
    }
    .into_any()
}

fn form(page: &Page, casework: &Casework, line: &Line, today: Date, said: &Said) -> AnyView {
    if line.until_date < today {
        return ().into_any();
    }
    let typed = |name: &str| said.typed("propose", name).to_owned();
    let id = Uuid::try_parse(&typed("id")).unwrap_or_else(|_| casework.new_id());
    let places = line.places.is_some().then(|| {
        Input::new("places", page.t("additions-places"))
            .numeric()
            .width(10)
            .value(typed("places"))
            .error(said.problems.of("places"))
    });
    let money = line.money.is_some().then(|| {
        Input::new("money", page.t("additions-money"))
            .decimal()
            .width(10)
            .value(typed("money"))
            .error(said.problems.of("money"))
    });
    let (without_places, without_money) = (said.problems.of("places"), said.problems.of("money"));
    let wrong = [places.is_none().then_some(without_places), money.is_none().then_some(without_money)];
    let wrong = wrong.into_iter().flatten().flatten();
    let wrong = wrong.map(|message| view! { <p class="govuk-error-message">{message}</p> }).collect_view();
    view! {
        <h3 class="govuk-heading-s">{page.t("additions-propose")}</h3>
        <p class="govuk-body">{page.t("additions-lead")}</p>
        <form method="post" action=format!("/budgets/{}", line.budget_id) novalidate>
            <input type="hidden" name="id" value=id.to_string()/>
            {wrong}
            {places}
            {money}
            {Textarea::new("reason", page.t("additions-why"))
                .rows(3)
                .value(typed("reason"))
                .error(said.problems.of("reason"))}
            {Input::new("legal_basis", page.t("additions-basis"))
                .hint(page.t("additions-basis-hint"))
                .value(typed("legal_basis"))
                .error(said.problems.of("legal_basis"))}
            {Button::new(page.t("additions-propose-button")).named("act", "propose")}
        </form>
    }
    .into_any()
}

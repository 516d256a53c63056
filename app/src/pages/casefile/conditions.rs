//! What must be kept up to stay in the programmes that the household gets: for each person and condition the cycles that were
//! judged, what comes next, and the good cause that the office knows of.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use casework::Casework;
use casework::life::panel::{self, Condition, Cycle};
use casework::life::records::{self, Which};
use domain::ids::HouseholdId;
use domain::life::condition::{CycleVerdict, Excuse};
use leptos::prelude::*;
use time::Date;
use time::macros::format_description;
use uuid::Uuid;

use super::frame::{self, Part, Shown};
use crate::kit::{Button, Cell, Content, NotificationBanner, Problems, Select, Table, Tag};
use crate::shell::Answer;
use crate::state::{Asked, Done, Pairs, SignedIn};

/// `GET /households/{household}/conditions`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(done): Asked<Done>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, id).await?;
    let conditions = panel::of_household(&casework, &actor, id).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(&page, &pack, &file, &actor, &casework);
    let news = (done.done == "excused").then(|| NotificationBanner::success(page.t("condition-excused")));
    Ok(shown.render_as(Part::Decisions, &page.t("condition-title"), || {
        show(&shown, &conditions, &Problems::new(), news)
    }))
}

/// `POST /households/{household}/conditions`: the office knows of a good cause.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let file = frame::to_change(&casework, &actor, id).await?;
    let value = |name: &str| {
        pairs
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let from = Date::parse(&value("cycle"), format_description!("[year]-[month]-[day]"));
    let (enrolment, person): (Result<Uuid, _>, Result<Uuid, _>) =
        (value("award").parse(), value("person").parse());
    if let (Ok(cause), Ok(from), Ok(enrolment), Ok(person)) =
        (value("cause").parse::<Excuse>(), from, enrolment, person)
    {
        let which = Which { programme: value("programme"), condition: value("condition"), from };
        records::excuse(&casework, &actor, id, (enrolment, person), which, cause).await?;
        let there = format!("/households/{id}/conditions?done=excused");
        return Ok(Redirect::to(&there).into_response());
    }
    let conditions = panel::of_household(&casework, &actor, id).await?;
    let pack = casework.pack()?;
    let page = page.failed();
    let shown = Shown::new(&page, &pack, &file, &actor, &casework);
    let mut problems = Problems::new();
    problems.add("cause", page.t("condition-cause-missing"));
    Ok(shown.render_as(Part::Decisions, &page.t("condition-title"), || {
        show(&shown, &conditions, &problems, None)
    }))
}

fn show(
    shown: &Shown<'_>,
    conditions: &[Condition],
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> AnyView {
    let page = shown.page;
    let none = conditions.is_empty().then(|| view! { <p class="govuk-body">{page.t("condition-none")}</p> });
    let each: Vec<AnyView> = conditions.iter().map(|one| condition(shown, one)).collect();
    view! {
        {problems.summary()}
        {news}
        <h1 class="govuk-heading-l">{page.t("condition-title")}</h1>
        <p class="govuk-body">{page.t("condition-lead")}</p>
        {none}
        {each}
        {excuse(shown, conditions, problems)}
    }
    .into_any()
}

fn condition(shown: &Shown<'_>, one: &Condition) -> AnyView {
    let page = shown.page;
    let words = shown.of_pack(&format!("programme.{}.condition.{}", one.programme, one.condition));
    let programme = shown.of_pack(&format!("programme.{}.name", one.programme));
    let (from, until, by) = one.next;
    let args = [
        ("from", page.date(from).into()),
        ("until", page.date(until).into()),
        ("date", page.date(by).into()),
    ];
    let provider = if one.provider.is_empty() {
        page.t("condition-nobody")
    } else {
        page.t_with("condition-by", &[("provider", provider(shown, &one.provider).into())])
    };
    let head = ["records-days", "condition-verdict", "records-said"].map(|key| page.t(key));
    let mut table = Table::new(words.clone()).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for cycle in &one.cycles {
        table = table.row(cells(shown, cycle));
    }
    let table = (!one.cycles.is_empty()).then_some(table);
    let name = one.name.clone();
    view! {
        <h2 class="govuk-heading-m"><bdi>{name}</bdi> " – " {programme}</h2>
        <p class="govuk-body">{words}</p>
        {table}
        <p class="govuk-body">{page.t_with("condition-next", &args)} " " {provider}</p>
    }
    .into_any()
}

fn provider(shown: &Shown<'_>, code: &str) -> String {
    let words = shown.pack.words.find(shown.page.lang.code(), &format!("provider.{code}.name"));
    words.unwrap_or(code).to_owned()
}

fn cells(shown: &Shown<'_>, cycle: &Cycle) -> [Cell; 3] {
    let page = shown.page;
    let colour = match cycle.verdict {
        CycleVerdict::Met => "green",
        CycleVerdict::Excused => "blue",
        CycleVerdict::NotMet => "red",
        CycleVerdict::Unknown => "grey",
    };
    let value = match (cycle.value, cycle.at_least) {
        (Some(value), Some(least)) => {
            page.t_with("condition-share", &[("value", value.into()), ("limit", least.into())])
        }
        _ => String::new(),
    };
    let args = [("from", page.date(cycle.from).into()), ("until", page.date(cycle.until).into())];
    [
        Cell::new(page.t_with("records-cycle", &args)),
        Cell::new(Content::view(
            view! { {Tag::new(page.t_of("condition-verdict", cycle.verdict.code())).colour(colour)} },
        )),
        Cell::new(value),
    ]
}

/// A form for each cycle that was not met, or of which nothing is known: there was a good cause.
fn excuse(shown: &Shown<'_>, conditions: &[Condition], problems: &Problems) -> Option<AnyView> {
    let page = shown.page;
    if !shown.may_edit {
        return None;
    }
    let open = |one: &Cycle| matches!(one.verdict, CycleVerdict::NotMet | CycleVerdict::Unknown);
    let forms: Vec<AnyView> = conditions
        .iter()
        .flat_map(|one| one.cycles.iter().filter(|cycle| open(cycle)).map(move |cycle| (one, cycle)))
        .enumerate()
        .map(|(at, (one, cycle))| {
            let args = [("from", page.date(cycle.from).into()), ("until", page.date(cycle.until).into())];
            let label = format!("{}, {}", one.name, page.t_with("records-cycle", &args));
            let mut cause = Select::new("cause", label)
                .item("", page.t("records-no-cause"))
                .items(Excuse::ALL.iter().map(|one| (one.code(), page.t_of("condition-excuse", one.code()))))
                .error(problems.of("cause").filter(|_| at == 0));
            cause.id = Some(if at == 0 { "cause".into() } else { format!("cause-{at}") });
            view! {
                <form method="post" action=shown.address("conditions") novalidate>
                    <input type="hidden" name="award" value=one.enrolment.to_string()/>
                    <input type="hidden" name="person" value=one.person.to_string()/>
                    <input type="hidden" name="programme" value=one.programme.clone()/>
                    <input type="hidden" name="condition" value=one.condition.clone()/>
                    <input type="hidden" name="cycle" value=cycle.from.to_string()/>
                    {cause}
                    {Button::new(page.t("condition-excuse-button")).secondary()}
                </form>
            }
            .into_any()
        })
        .collect();
    (!forms.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("condition-excuse-title")}</h2>
            <p class="govuk-body">{page.t("condition-excuse-lead")}</p>
            {forms}
        }
        .into_any()
    })
}

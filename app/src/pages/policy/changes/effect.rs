//! What a change would do, as the last simulation found: by programme, in numbers of which small ones are hidden.

use casework::Casework;
use casework::policy::simulating::{RunState, Running};
use leptos::prelude::*;
use serde_json::Value;
use time::OffsetDateTime;

use crate::kit::{Cell, Content, InsetText, Table};
use crate::shell::Page;

/// Fewer than this are not told apart: somebody could be recognised.
const FEWEST: i64 = 10;

/// The columns, as the report names them.
const COLUMNS: [(&str, &str); 7] = [
    ("enters", "policy-effect-enters"),
    ("leaves", "policy-effect-leaves"),
    ("more", "policy-effect-more"),
    ("less", "policy-effect-less"),
    ("same", "policy-effect-same"),
    ("unknown", "policy-effect-unknown"),
    ("error", "policy-effect-error"),
];

/// How far the simulation is that is at work, or that it failed; nothing when it is done.
pub(super) fn running(page: &Page, running: Option<&Running>) -> AnyView {
    match running {
        Some(run) if run.state == RunState::Running => {
            let text = page
                .t_with("policy-effect-running", &[("done", run.done.into()), ("total", run.total.into())]);
            InsetText::new(text).into_any()
        }
        Some(run) if run.state == RunState::Failed => {
            InsetText::new(page.t("policy-effect-failed")).into_any()
        }
        _ => ().into_any(),
    }
}

/// The report of a simulation: programmes for which anything changes, then what did not.
pub(super) fn report(
    page: &Page,
    casework: &Casework,
    (made_at, report): &(OffsetDateTime, Value),
) -> AnyView {
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let made_at = page.date_time(casework.here(*made_at));
    let about = page.t_with(
        "policy-effect-about",
        &[
            ("made_at", made_at.as_str().into()),
            ("households", number(&report["households"]).into()),
            ("people", number(&report["people"]).into()),
        ],
    );
    let none = Vec::new();
    let programmes = report["programmes"].as_array().unwrap_or(&none);
    let head = std::iter::once("policy-effect-programme").chain(COLUMNS.map(|(_, key)| key));
    let mut table =
        Table::new(page.t("policy-effect")).head(head.map(|key| page.t(key))).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    let mut same = 0_i64;
    for programme in programmes {
        let all = &programme["groups"][0];
        let changes = ["enters", "leaves", "more", "less"].iter().any(|key| number(&all[*key]) > 0);
        if !changes {
            same += 1;
            continue;
        }
        let id = programme["programme"].as_str().unwrap_or_default();
        let name = casework
            .pack()
            .ok()
            .filter(|pack| pack.programme(id).is_some())
            .map_or_else(|| id.to_owned(), |pack| page.of_pack(&pack, &format!("programme.{id}.name")));
        let cells = COLUMNS.map(|(key, _)| Cell::number(shown(page, number(&all[key]))));
        table =
            table.row(std::iter::once(Cell::new(Content::view(view! { <bdi>{name}</bdi> }))).chain(cells));
    }
    let changed = i64::try_from(programmes.len()).unwrap_or_default() > same;
    let table = changed.then_some(table);
    let rest = (same > 0).then(|| page.t_with("policy-effect-rest", &[("count", same.into())]));
    view! {
        <p class="govuk-body">{about}</p>
        {table}
        {rest.map(|rest| view! { <p class="govuk-body">{rest}</p> })}
        <p class="govuk-body">{page.t("policy-effect-hidden")}</p>
    }
    .into_any()
}

fn shown(page: &Page, count: i64) -> String {
    if (1..FEWEST).contains(&count) {
        page.t_with("policy-effect-few", &[("fewest", FEWEST.into())])
    } else {
        page.number(count)
    }
}

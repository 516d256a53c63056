//! `/records`: what the provider has to record, cycle by cycle, with how far it is.

use axum::extract::State;
use casework::Casework;
use casework::life::records::{self, Counted, Group, Which};
use leptos::prelude::*;

use super::{address, days, named, pack};
use crate::kit::{Cell, Content, Table, Tag};
use crate::shell::{Answer, Page, render};
use crate::state::SignedIn;

/// `GET /records`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let groups = records::groups(&casework, &actor).await?;
    let pack = pack(&casework)?;
    let title = page.t("records-title");
    Ok(render(&page, &title, || {
        let lists: Vec<AnyView> = groups.iter().map(|group| list(&page, &casework, &pack, group)).collect();
        let none = groups.is_empty().then(|| view! { <p class="govuk-body">{page.t("records-none")}</p> });
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("records-lead")}</p>
            {none}
            {lists}
        }
        .into_any()
    }))
}

fn list(page: &Page, casework: &Casework, pack: &domain::pack::Pack, group: &Group) -> AnyView {
    let which = Which {
        programme: group.programme.clone(),
        condition: group.condition.clone(),
        from: casework.today(),
    };
    let (programme, condition) = named(page, pack, &which);
    let head = ["records-days", "records-people", "records-given", "task-state"].map(|key| page.t(key));
    let mut table = Table::new(programme.clone()).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for cycle in &group.cycles {
        let href = address(&group.programme, &group.condition, cycle.from);
        let text = days(page, cycle.from, cycle.until);
        table = table.row([
            Cell::new(Content::view(view! { <a class="govuk-link" href=href>{text}</a> })),
            Cell::number(page.number(cycle.people)),
            Cell::number(page.number(cycle.given)),
            Cell::new(state(page, casework, cycle)),
        ]);
    }
    view! {
        <h2 class="govuk-heading-m">{programme}</h2>
        <p class="govuk-body">{condition}</p>
        {table}
    }
    .into_any()
}

/// Whether it is whole, runs, or is late.
fn state(page: &Page, casework: &Casework, cycle: &Counted) -> Content {
    let today = casework.today();
    let tag = if cycle.given >= cycle.people {
        Tag::new(page.t("records-whole")).colour("green")
    } else if cycle.by < today {
        Tag::new(page.t("work-late")).colour("red")
    } else if cycle.until < today {
        Tag::new(page.t("records-now")).colour("yellow")
    } else {
        Tag::new(page.t("records-runs")).colour("blue")
    };
    let by = (cycle.given < cycle.people)
        .then(|| page.t_with("records-by", &[("date", page.date(cycle.by).into())]));
    Content::view(view! { {tag} {by.map(|by| view! { <div class="govuk-hint">{by}</div> })} })
}

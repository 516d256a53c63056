//! Rows side by side with who is registered: the rows of a band, accepted one by one, and the sample that is checked by hand.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use casework::Casework;
use casework::lists::{self, Band, Found, List};
use domain::lists::{Category, Choice, ListState};
use leptos::prelude::*;
use serde::Deserialize;

use super::{id, under};
use crate::kit::{Button, Cell, Content, Radios, Table};
use crate::shell::{Answer, Failure, Page, address, render};
use crate::state::{Asked, Raw, SignedIn};

/// Which rows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The band's code.
    pub band: String,
    /// After this place.
    pub after: String,
}

/// What is typed: `row-7` is what was said of the row at place 7.
pub type Typed = BTreeMap<String, String>;

/// `GET /lists/{list}/rows`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(list): Path<String>,
    Asked(query): Asked<Query>,
) -> Answer {
    let list = lists::list(&casework, &actor, id(&list)?).await?;
    let Some(band) = Band::parse(&query.band) else {
        return Err(Failure::elsewhere(format!("/lists/{}", list.id)));
    };
    let after = query.after.parse().unwrap_or(-1);
    let found = lists::rows(&casework, &actor, list.id, band, after).await?;
    let page = under(&page, &list);
    let title = page.t_of("list-category", band.category.code());
    Ok(render(&page, &title, || {
        let next = (found.len() == usize::try_from(lists::ROWS).unwrap_or(0)).then(|| found.last()).flatten();
        let next = next.map(|last| {
            address(
                &format!("/lists/{}/rows", list.id),
                &[("band", &band.code()), ("after", &last.place.to_string())],
            )
        });
        let choices: &[Choice] = if band.category == Category::New {
            &[Choice::Register, Choice::Leave]
        } else {
            &[Choice::Same, Choice::Other, Choice::Leave]
        };
        let can = list.state == ListState::Matched;
        let cell = |row: &Found| {
            can.then(|| {
                let items =
                    choices.iter().map(|choice| (choice.code(), page.t_of("list-choice", choice.code())));
                Radios::new(
                    format!("row-{}", row.place),
                    page.t_with("list-row-choice", &[("row", row.line.into())]),
                )
                .items(items)
                .small()
                .value(row.choice.map(Choice::code).unwrap_or_default())
            })
        };
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {form(&page, &list, "rows", &[("band", &band.code()), ("after", &query.after)], &found, cell)}
            {next.map(|next| view! { <p class="govuk-body"><a class="govuk-link" href=next>{page.t("list-more-rows")}</a></p> })}
        }
        .into_any()
    }))
}

/// `POST /lists/{list}/rows`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { actor, .. }: SignedIn,
    Path(list): Path<String>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let id = id(&list)?;
    let choices: Vec<(i64, Choice)> =
        said(&typed).filter_map(|(place, text)| Some((place, text.parse().ok()?))).collect();
    lists::choose(&casework, &actor, id, &choices).await?;
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    Ok(back(&address(&format!("/lists/{id}/rows"), &[("band", &text("band")), ("after", &text("after"))])))
}

/// `GET /lists/{list}/sample`
pub async fn sample(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(list): Path<String>,
) -> Answer {
    let list = lists::list(&casework, &actor, id(&list)?).await?;
    let found = lists::sample(&casework, &actor, list.id).await?;
    let page = under(&page, &list);
    let title = page.t("list-sample-title");
    Ok(render(&page, &title, || {
        let can = list.state == ListState::Matched;
        let cell = |row: &Found| {
            can.then(|| {
                Radios::new(
                    format!("row-{}", row.place),
                    page.t_with("list-row-right", &[("row", row.line.into())]),
                )
                .items([("yes", page.t("list-yes")), ("no", page.t("list-no"))])
                .small()
                .value(match row.verdict {
                    Some(true) => "yes",
                    Some(false) => "no",
                    None => "",
                })
            })
        };
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("list-sample-lead")}</p>
            {form(&page, &list, "sample", &[], &found, cell)}
        }
        .into_any()
    }))
}

/// `POST /lists/{list}/sample`
pub async fn judge(
    State(casework): State<Casework>,
    SignedIn { actor, .. }: SignedIn,
    Path(list): Path<String>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let id = id(&list)?;
    let verdicts: Vec<(i64, bool)> = said(&typed)
        .filter_map(|(place, text)| match text {
            "yes" => Some((place, true)),
            "no" => Some((place, false)),
            _ => None,
        })
        .collect();
    lists::judge(&casework, &actor, id, &verdicts).await?;
    Ok(back(&format!("/lists/{id}")))
}

fn back(to: &str) -> Response {
    Redirect::to(to).into_response()
}

fn said(typed: &Typed) -> impl Iterator<Item = (i64, &str)> {
    typed.iter().filter_map(|(name, text)| Some((name.strip_prefix("row-")?.parse().ok()?, text.trim())))
}

fn form(
    page: &Page,
    list: &List,
    to: &str,
    hidden: &[(&'static str, &str)],
    found: &[Found],
    cell: impl Fn(&Found) -> Option<Radios>,
) -> AnyView {
    if found.is_empty() {
        return view! { <p class="govuk-body">{page.t("list-no-rows")}</p> }.into_any();
    }
    let head =
        ["list-error-row", "list-in-the-list", "list-in-the-registry", "list-chance", "list-what-you-say"]
            .map(|key| page.t(key));
    let mut table = Table::new(page.t("list-rows")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for row in found {
        let radios = match cell(row) {
            Some(radios) => radios.into_any(),
            None => row.choice.map(|choice| page.t_of("list-choice", choice.code())).into_any(),
        };
        table = table.row([
            Cell::new(page.number(row.line)),
            Cell::new(Content::view(person(row))),
            Cell::new(Content::view(registered(page, row))),
            Cell::new(percent(page, row.chance)),
            Cell::new(Content::view(radios)),
        ]);
    }
    let hidden: Vec<AnyView> = hidden
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=*name value=(*value).to_owned()/> }.into_any())
        .collect();
    let action = format!("/lists/{}/{to}", list.id);
    let save = (list.state == ListState::Matched).then(|| Button::new(page.t("list-save")));
    view! {
        <form method="post" action=action novalidate>
            {hidden}
            {table}
            {save}
        </form>
    }
    .into_any()
}

/// What the list says of a person.
fn person(row: &Found) -> AnyView {
    let Some(entry) = &row.entry else { return ().into_any() };
    let member = &entry.member;
    let name = [&member.given, &member.family, &member.one_name].map(|part| part.trim().to_owned());
    let name = name.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let born = [&member.birth_year, &member.birth_month, &member.birth_day].map(String::as_str);
    let born = born.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    let area = entry.area.clone();
    view! { <div><bdi>{name}</bdi></div> <div class="govuk-hint"><bdi>{born}</bdi> " " <bdi>{area}</bdi></div> }.into_any()
}

/// Who was found.
fn registered(page: &Page, row: &Found) -> AnyView {
    if let Some(line) = row.earlier {
        return page.t_with("list-same-as-row", &[("row", line.into())]).into_any();
    }
    let Some(found) = &row.registered else { return ().into_any() };
    let (name, born) = (found.name.clone(), found.born.to_string());
    let who = if let Some(reference) = &found.reference {
        let (href, reference) = (format!("/households/{}", found.household), reference.to_string());
        view! { <a class="govuk-link" href=href><bdi class="app-reference">{reference}</bdi></a> }.into_any()
    } else {
        let office = found.office.clone();
        view! { <bdi>{office}</bdi> }.into_any()
    };
    view! { <div><bdi>{name}</bdi> " " <bdi>{born}</bdi></div> <div class="govuk-hint">{who}</div> }
        .into_any()
}

/// A share as whole percents.
pub fn percent(page: &Page, share: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 100")]
    let whole = (share.clamp(0.0, 1.0) * 100.0).floor() as i64;
    page.t_with("list-percent", &[("share", whole.into())])
}

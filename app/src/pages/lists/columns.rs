//! Which column is what, with the first rows before one's eyes.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use casework::lists::{self, Encoding, FileFault, List, Opened, Reading, letters};
use casework::{Actor, Casework, Error};
use domain::lists::{Cell as Read, Column, DateOrder, Mapping, MappingFault};
use domain::pack::Pack;
use leptos::prelude::*;

use super::{id, under};
use crate::kit::{Button, Cell, Content, Details, Input, Problems, Radios, Select, Table};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Raw, SignedIn};

/// What is typed, by the names of the fields: `column-0` is what the first column is.
pub type Typed = BTreeMap<String, String>;

/// `GET /lists/{list}/columns`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(list): Path<String>,
    Asked(typed): Asked<Typed>,
) -> Answer {
    let list = lists::list(&casework, &actor, id(&list)?).await?;
    if typed.contains_key("encoding") {
        // "Show again" with another way to read the file.
        return show(&casework, &page, &actor, &list, reading(&typed), Some(&typed), &Problems::new()).await;
    }
    let known = list.reading.clone();
    show(&casework, &page, &actor, &list, known, None, &Problems::new()).await
}

/// `POST /lists/{list}/columns`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(list): Path<String>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let list = lists::list(&casework, &actor, id(&list)?).await?;
    let reading = reading(&typed);
    let said = |name: &str| typed.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let mut problems = Problems::new();
    let mut columns = BTreeMap::new();
    for (name, value) in &typed {
        let at: Option<usize> = name.strip_prefix("column-").and_then(|at| at.parse().ok());
        if let (Some(at), Ok(column)) = (at, value.parse::<Column>())
            && columns.insert(column, at).is_some()
        {
            let what = page.t_of("list-column", column.code());
            problems.add(name.clone(), page.t_with("list-column-twice", &[("what", what.as_str().into())]));
        }
    }
    let dates = said("dates").parse::<DateOrder>().ok();
    let mapping = Mapping {
        columns,
        dates: dates.unwrap_or(DateOrder::DayMonthYear),
        village: said("village"),
        language: said("language"),
    };
    for fault in mapping.faults() {
        let (field, key) = match fault {
            MappingFault::NoName => ("column-0".to_owned(), "list-map-no-name"),
            MappingFault::HalfAName => ("column-0".to_owned(), "list-map-half-a-name"),
            MappingFault::TwoNames => ("column-0".to_owned(), "list-map-two-names"),
            MappingFault::NoBirth => ("column-0".to_owned(), "list-map-no-birth"),
            MappingFault::NoVillage => ("village".to_owned(), "list-map-no-village"),
            MappingFault::RelationAlone => ("column-0".to_owned(), "list-map-relation-alone"),
            MappingFault::Twice(at) => (format!("column-{at}"), "field-not-a-choice"),
        };
        problems.add(field, page.t(key));
    }
    if dates.is_none() {
        problems.add("dates", page.t("list-dates-missing"));
    }
    let version = said("version").parse().unwrap_or(0);
    if problems.is_empty() {
        match lists::map(&casework, &actor, list.id, version, &reading, &mapping).await {
            Ok(()) => return Ok(Redirect::to(&format!("/lists/{}", list.id)).into_response()),
            Err(Error::Invalid("list.village")) => {
                problems.add("village", page.t("field-not-a-choice"));
            }
            Err(Error::Invalid(_)) => {
                problems.add("language", page.t("field-not-a-choice"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    show(&casework, &page.failed(), &actor, &list, reading, Some(&typed), &problems).await
}

fn reading(typed: &Typed) -> Reading {
    let said = |name: &str| typed.get(name).map(|text| text.trim()).unwrap_or_default();
    Reading {
        encoding: Encoding::parse(said("encoding")).unwrap_or_default(),
        separator: match said("separator") {
            "tab" => Some('\t'),
            text => text.chars().next().filter(|symbol| [',', ';', '|'].contains(symbol)),
        },
        heading: said("heading").parse().unwrap_or(0),
    }
}

/// A fault of the file in words, with its place.
pub fn file_fault(page: &Page, fault: FileFault) -> String {
    let what = page.t_of("list-problem", fault.problem.code());
    let row = fault.row.map(i64::from);
    match (row, fault.column) {
        (Some(row), Some(column)) => {
            let column = letters(column);
            page.t_with(
                "list-at-cell",
                &[("what", what.as_str().into()), ("row", row.into()), ("column", column.as_str().into())],
            )
        }
        (Some(row), None) => {
            page.t_with("list-at-row", &[("what", what.as_str().into()), ("row", row.into())])
        }
        _ => what,
    }
}

async fn show(
    casework: &Casework,
    page: &Page,
    actor: &Actor,
    list: &List,
    asked: Reading,
    typed: Option<&Typed>,
    problems: &Problems,
) -> Answer {
    let pack = casework.pack()?;
    let top = lists::look(casework, actor, list.id, &asked).await?;
    let page = under(page, list);
    let title = page.t("list-columns-title");
    Ok(render(&page, &title, || match &top {
        Ok(opened) => form(&page, &pack, list, opened, typed, problems),
        Err(fault) => {
            let mut faults = Problems::new();
            faults.add("heading", file_fault(&page, *fault));
            let again = again(&page, list, &asked);
            view! {
                {faults.summary()}
                <h1 class="govuk-heading-l">{page.t("list-columns-title")}</h1>
                <p class="govuk-body">{page.t("list-unreadable-lead")}</p>
                {again}
                <p class="govuk-body"><a class="govuk-link" href="/lists/new">{page.t("list-new")}</a></p>
            }
            .into_any()
        }
    }))
}

/// Another way to read the file.
fn again(page: &Page, list: &List, reading: &Reading) -> AnyView {
    let encodings = Encoding::ALL.map(|encoding| {
        let code = encoding.code();
        (code, if code.is_empty() { page.t("list-find-out") } else { page.t_of("list-encoding", code) })
    });
    let separators = [
        ("", "list-find-out"),
        (",", "list-separator-comma"),
        (";", "list-separator-semicolon"),
        ("tab", "list-separator-tab"),
        ("|", "list-separator-bar"),
    ];
    let separator = match reading.separator {
        Some('\t') => "tab".to_owned(),
        Some(symbol) => symbol.to_string(),
        None => String::new(),
    };
    let heading = if reading.heading == 0 { String::new() } else { reading.heading.to_string() };
    let action = format!("/lists/{}/columns", list.id);
    view! {
        <form method="get" action=action novalidate>
            {Select::new("encoding", page.t("list-encoding")).hint(page.t("list-encoding-hint")).items(encodings).value(reading.encoding.code())}
            {Select::new("separator", page.t("list-separator")).items(separators.map(|(code, key)| (code, page.t(key)))).value(separator)}
            {Input::new("heading", page.t("list-heading")).hint(page.t("list-heading-hint")).value(heading).numeric().width(5)}
            {Button::new(page.t("list-show-again")).secondary()}
        </form>
    }
    .into_any()
}

fn form(
    page: &Page,
    pack: &Pack,
    list: &List,
    opened: &Opened,
    typed: Option<&Typed>,
    problems: &Problems,
) -> AnyView {
    let guessed = match &list.mapping {
        Some(mapping) => mapping.columns.clone(),
        None => Mapping::guess(&opened.headings),
    };
    let said = |name: &str| typed.and_then(|typed| typed.get(name)).map(|text| text.trim().to_owned());
    let is_form = typed.is_some_and(|typed| typed.keys().any(|name| name.starts_with("column-")));
    let choices: Vec<(String, String)> = std::iter::once((String::new(), page.t("list-column-none")))
        .chain(
            Column::ALL
                .iter()
                .map(|column| (column.code().to_owned(), page.t_of("list-column", column.code()))),
        )
        .collect();
    let head = ["list-column-heading", "list-column-values", "list-column-meaning"].map(|key| page.t(key));
    let mut table = Table::new(page.t("list-columns")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for (at, heading) in opened.headings.iter().enumerate() {
        let name = format!("column-{at}");
        let value = if is_form {
            said(&name).unwrap_or_default()
        } else {
            guessed
                .iter()
                .find(|(_, place)| **place == at)
                .map(|(column, _)| column.code().to_owned())
                .unwrap_or_default()
        };
        let label = format!("{} {}", letters(at), heading);
        let values: Vec<String> = opened
            .preview
            .iter()
            .take(3)
            .filter_map(|(_, cells)| cells.get(at).map(Read::shown))
            .filter(|text| !text.trim().is_empty())
            .map(|text| text.chars().take(60).collect())
            .collect();
        let values: Vec<AnyView> =
            values.into_iter().map(|text| view! { <div><bdi>{text}</bdi></div> }.into_any()).collect();
        let select = Select::new(name.clone(), label.clone())
            .label_class("govuk-visually-hidden")
            .items(choices.iter().cloned())
            .value(value)
            .error(problems.of(&name));
        let shown = view! { <bdi>{letters(at)}</bdi> " " <bdi>{heading.clone()}</bdi> };
        table = table.row([
            Cell::new(Content::view(shown)),
            Cell::new(Content::view(values)),
            Cell::new(Content::view(select)),
        ]);
    }
    let reading = &opened.reading;
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value/> };
    let separator =
        reading.separator.map(|symbol| if symbol == '\t' { "tab".to_owned() } else { symbol.to_string() });
    let known = list.mapping.as_ref();
    let dates =
        said("dates").or_else(|| known.map(|mapping| mapping.dates.code().to_owned())).unwrap_or_default();
    let village =
        said("village").or_else(|| known.map(|mapping| mapping.village.clone())).unwrap_or_default();
    let language = said("language")
        .or_else(|| known.map(|mapping| mapping.language.clone()))
        .unwrap_or_else(|| page.lang.code().to_owned());
    let lang = page.lang.code();
    let mut villages: Vec<(String, String)> = pack
        .areas
        .leaves()
        .map(|leaf| {
            let path = pack.areas.path(&leaf.code);
            let names: Vec<&str> = path.iter().rev().map(|area| pack.area_name(lang, &area.code)).collect();
            (leaf.code.clone(), names.join(" › "))
        })
        .collect();
    villages.sort_by(|a, b| a.1.cmp(&b.1));
    let languages = pack.about.languages.iter().map(|code| {
        let name =
            crate::words::Lang::parse(code).map_or_else(|| code.clone(), |lang| lang.own_name().to_owned());
        (code.clone(), name)
    });
    let action = format!("/lists/{}/columns", list.id);
    let encoding = reading.encoding.code();
    let found = if encoding.is_empty() {
        None
    } else {
        let name = page.t_of("list-encoding", encoding);
        Some(page.t_with(
            "list-read-as",
            &[("encoding", name.as_str().into()), ("row", i64::from(reading.heading).into())],
        ))
    };
    view! {
        {problems.summary()}
        <h1 class="govuk-heading-l">{page.t("list-columns-title")}</h1>
        <p class="govuk-body">{page.t("list-columns-lead")}</p>
        {found.map(|found| view! { <p class="govuk-body">{found}</p> })}
        {Details::new(page.t("list-read-otherwise"), Content::view(again(page, list, reading)))}
        <form method="post" action=action novalidate>
            {hidden("version", list.version.to_string())}
            {hidden("encoding", encoding.to_owned())}
            {hidden("separator", separator.unwrap_or_default())}
            {hidden("heading", reading.heading.to_string())}
            {table}
            {Radios::new("dates", page.t("list-dates"))
                .hint(page.t("list-dates-hint"))
                .items(DateOrder::ALL.iter().map(|order| (order.code(), page.t_of("list-order", order.code()))))
                .value(dates)
                .error(problems.of("dates"))}
            {Select::new("village", page.t("list-village"))
                .hint(page.t("list-village-hint"))
                .item("", page.t("list-village-none"))
                .items(villages)
                .value(village)
                .error(problems.of("village"))}
            {Radios::new("language", page.t("list-language"))
                .inline()
                .items(languages)
                .value(language)
                .error(problems.of("language"))}
            <h2 class="govuk-heading-m">{page.t("list-consent-title")}</h2>
            <p class="govuk-body">{page.t("list-consent-text")}</p>
            <p class="govuk-body">{page.t("list-head-text")}</p>
            {Button::new(page.t("list-check"))}
        </form>
    }
    .into_any()
}

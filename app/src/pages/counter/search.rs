//! Search first: by reference, identifier, telephone, or name with birth. What was typed stays out of the address.

use axum::extract::State;
use casework::Casework;
use casework::households::search;
use domain::reference::NotAReference;
use domain::role::Right;
use domain::search::{SearchFault, SearchForm};
use leptos::prelude::*;

use super::fields::{birth_fault, birth_fields, birth_words, identifier_fault};
use crate::kit::{Button, Content, Input, Problems, Table, Tag};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Raw, SignedIn};

/// `GET /search`
pub async fn get(SignedIn { page, actor }: SignedIn) -> Answer {
    if !actor.may(Right::SearchRegistry) {
        return Err(Failure::forbidden());
    }
    let title = page.t("search-title");
    Ok(render(&page, &title, || form(&page, &SearchForm::default(), &Problems::new(), None)))
}

/// `POST /search`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Raw(typed): Raw<SearchForm>,
) -> Answer {
    if !actor.may(Right::SearchRegistry) {
        return Err(Failure::forbidden());
    }
    let mut problems = Problems::new();
    let query = match typed.validate(casework.today()) {
        Ok(query) => query,
        Err(fault) => {
            let (field, message) = fault_words(&page, fault);
            problems.add(field, message);
            let page = page.failed();
            let title = page.t("search-title");
            return Ok(render(&page, &title, || form(&page, &typed, &problems, None)));
        }
    };
    let results = search::search(&casework, &actor, &query).await?;
    let pack = casework.pack()?;
    let lang = page.lang.code();
    let shown: Vec<Shown> = results
        .found
        .iter()
        .map(|found| Shown {
            href: if found.masked {
                format!("/households/{}/open", found.household)
            } else {
                format!("/households/{}", found.household)
            },
            reference: found.reference.to_string(),
            name: found.name.clone(),
            birth: birth_words(&page, found.birth),
            area: pack.area_name(lang, &found.area).to_owned(),
            office: pack.words.text(lang, &format!("office.{}.name", found.office)).to_owned(),
            masked: found.masked,
            was: found.was.as_ref().map(ToString::to_string),
        })
        .collect();
    let may_register = actor.may(Right::RegisterHousehold);
    let title = page.t("search-results-title");
    let outcome = Outcome { shown, more: results.more, may_register };
    Ok(render(&page, &title, || form(&page, &typed, &problems, Some(outcome))))
}

/// A line of the results, in words.
struct Shown {
    href: String,
    reference: String,
    name: String,
    birth: String,
    area: String,
    office: String,
    masked: bool,
    /// The reference of the record that went into this one, by which it was found.
    was: Option<String>,
}

struct Outcome {
    shown: Vec<Shown>,
    more: bool,
    may_register: bool,
}

fn fault_words(page: &Page, fault: SearchFault) -> (&'static str, String) {
    match fault {
        SearchFault::Empty => ("reference", page.t("search-empty")),
        SearchFault::Reference(NotAReference::Check) => ("reference", page.t("reference-check")),
        SearchFault::Reference(_) => ("reference", page.t("reference-shape")),
        SearchFault::Identifier(fault) => ("identifier", identifier_fault(page, fault)),
        SearchFault::Phone => ("phone", page.t("contact-phone-wrong")),
        SearchFault::NameMissing => ("name", page.t("search-name-missing")),
        SearchFault::Birth(fault) => ("birth_day", birth_fault(page, fault)),
    }
}

fn form(page: &Page, typed: &SearchForm, problems: &Problems, outcome: Option<Outcome>) -> AnyView {
    let found = outcome.is_some();
    let results = outcome.map(|outcome| results(page, typed, outcome));
    let field = |name: &'static str, key: &'static str, value: &str| {
        Input::new(name, page.t(key))
            .value(value)
            .width(20)
            .autocomplete("off")
            .attribute("spellcheck", "false")
            .error(problems.of(name))
    };
    let birth = [&typed.birth_day, &typed.birth_month, &typed.birth_year, &typed.age].map(String::as_str);
    let title = if found { "search-again-title" } else { "search-title" };
    let heading = if found {
        view! { <h2 class="govuk-heading-m">{page.t(title)}</h2> }.into_any()
    } else {
        view! { <h1 class="govuk-heading-l">{page.t(title)}</h1> }.into_any()
    };
    view! {
        {problems.summary()}
        {results}
        <div class="govuk-grid-row">
            <div class="govuk-grid-column-two-thirds">
                {heading}
                <p class="govuk-body">{page.t("search-lead")}</p>
                <form method="post" action="/search" novalidate>
                    {field("reference", "search-reference", &typed.reference).hint(page.t("search-reference-hint"))}
                    {field("identifier", "search-identifier", &typed.identifier)}
                    {field("phone", "contact-phone", &typed.phone).kind("tel")}
                    {field("name", "search-name", &typed.name).hint(page.t("search-name-hint"))}
                    {birth_fields(page, "", birth, problems.of("birth_day"))}
                    {Button::new(page.t("search-button"))}
                </form>
            </div>
        </div>
    }
    .into_any()
}

fn results(page: &Page, typed: &SearchForm, outcome: Outcome) -> AnyView {
    let count = outcome.shown.len();
    let table = outcome.shown.into_iter().fold(
        Table::new(page.t_with("search-found", &[("count", count.into())])).head([
            page.t("search-column-name"),
            page.t("search-column-birth"),
            page.t("search-column-place"),
            page.t("search-column-reference"),
        ]),
        |table, line| {
            let masked = line.masked.then(|| Tag::new(page.t("search-other-office")).colour("grey"));
            let about = if line.masked { page.t("search-open-with-reason") } else { page.t("search-open") };
            table.row([
                Content::view(view! {
                    <a class="govuk-link" href=line.href><bdi>{line.name}</bdi>
                        <span class="govuk-visually-hidden">" – " {about}</span></a>
                    " " {masked}
                    {line.was.map(|was| {
                        let text = page.t_with("search-merged", &[("reference", was.into())]);
                        view! { <div class="govuk-hint">{text}</div> }
                    })}
                }),
                Content::view(view! { <bdi>{line.birth}</bdi> }),
                Content::view(view! { {line.area} <br/> <span class="govuk-hint">{line.office}</span> }),
                Content::view(view! { <bdi class="app-reference">{line.reference}</bdi> }),
            ])
        },
    );
    let more = outcome.more.then(|| view! { <p class="govuk-body">{page.t("search-more")}</p> }.into_any());
    let none = (count == 0).then(|| view! { <p class="govuk-body">{page.t("search-none")}</p> }.into_any());
    let register = outcome.may_register.then(|| {
        let typed = [
            ("name", &typed.name),
            ("identifier", &typed.identifier),
            ("phone", &typed.phone),
            ("birth_day", &typed.birth_day),
            ("birth_month", &typed.birth_month),
            ("birth_year", &typed.birth_year),
            ("age", &typed.age),
        ]
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone()/> }.into_any());
        let button = Button::new(page.t("search-register"));
        let button = if count == 0 { button } else { button.secondary() };
        view! {
            <p class="govuk-body">{page.t(if count == 0 { "search-register-none" } else { "search-register-other" })}</p>
            <form method="post" action="/households/new">{typed.into_iter().collect_view()} {button}</form>
        }
        .into_any()
    });
    view! {
        <h1 class="govuk-heading-l">{page.t("search-results-title")}</h1>
        {(count > 0).then_some(table.scroll())}
        {none}
        {more}
        {register}
        <hr class="govuk-section-break govuk-section-break--l govuk-section-break--visible"/>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::test_support::{as_administrator, as_counter_officer, world_with_pack};

    #[tokio::test]
    async fn what_is_wrong_is_named() {
        let world = world_with_pack().await;
        let mut browser = as_counter_officer(&world).await;
        for (typed, words) in [
            (vec![], "Fill in a reference"),
            (vec![("reference", "SP-0000-0001")], "has a mistake in it"),
            (vec![("reference", "12")], "looks like SP-"),
            (vec![("name", "Awa")], "Enter a birth date, a year or an age"),
            (
                vec![("name", "Awa"), ("birth_day", "31"), ("birth_month", "2"), ("birth_year", "1990")],
                "does not exist",
            ),
        ] {
            let reply = browser.post("/search", &typed).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
            assert!(reply.html.contains(words), "{words}: {}", reply.html);
        }
    }

    #[tokio::test]
    async fn nobody_there_leads_to_registering_with_what_was_typed() {
        let world = world_with_pack().await;
        let typed = [("name", "Awa Ba"), ("birth_year", "1980")];
        let reply = as_counter_officer(&world).await.post("/search", &typed).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(reply.html.contains(r#"name="name" value="Awa Ba""#), "{}", reply.html);
        assert!(reply.html.contains(r#"action="/households/new""#));
    }

    #[tokio::test]
    async fn an_administrator_sees_nobody() {
        let world = world_with_pack().await;
        assert_eq!(as_administrator(&world).await.get("/search").await.status, StatusCode::FORBIDDEN);
    }
}

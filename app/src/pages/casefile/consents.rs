//! Which agency may use what is written down: who agreed, how and when; giving more, and taking back.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::households::consents;
use casework::households::file::{Consent, File};
use casework::{Actor, Casework, Error};
use domain::ids::{HouseholdId, PersonId};
use domain::registration::{ConsentForm, Errors, Field, Problem, RegistrationForm};
use leptos::prelude::*;

use super::frame::{self, Part, Shown, name, version};
use super::stale;
use crate::kit::{Button, Content, Problems, Table, Tag};
use crate::pages::counter::fields::{consent_fields, problems};
use crate::shell::{Answer, Failure, Page};
use crate::state::{self, Asked, Done, Pairs, SignedIn};

/// `GET /households/{household}/consents`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(done): Asked<Done>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, id).await?;
    show(&casework, &actor, &page, &file, &ConsentForm::default(), &Problems::new(), &done.done)
}

/// `POST /households/{household}/consents`: gives, or takes one back (`act=withdraw`).
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let mut file = frame::to_change(&casework, &actor, id).await?;
    let value = |name: &str| state::value(&pairs, name).to_owned();
    let (act, agency, before) = (value("act"), value("agency"), version(&value("version")));
    let mut typed = ConsentForm::default();
    let done = if act == "withdraw" {
        consents::withdraw(&casework, &actor, id, before, &agency).await.map(|_| "withdrawn")
    } else {
        typed = RegistrationForm::from_pairs(pairs).consent;
        let pack = casework.pack()?;
        let by = typed.by.trim().parse::<PersonId>().ok();
        let by = by.filter(|by| file.present().any(|member| member.id == *by));
        let given = typed.validate(&*pack);
        let (Ok(given), Some(by)) = (&given, by) else {
            let mut errors = given.err().unwrap_or_default();
            if by.is_none() {
                errors.push(Field::ConsentBy, Problem::Missing);
            }
            let problems = problems(&page, &in_order(&errors));
            file.version = before;
            return show(&casework, &actor, &page.failed(), &file, &typed, &problems, "");
        };
        consents::give(&casework, &actor, id, before, by, given).await.map(|_| "given")
    };
    match done {
        Ok(done) => Ok(Redirect::to(&format!("/households/{id}/consents?done={done}")).into_response()),
        Err(Error::Stale) => {
            let page = page.failed();
            let problems = stale::problem(&casework, &actor, &page, &file).await?;
            show(&casework, &actor, &page, &file, &typed, &problems, "")
        }
        Err(error) => Err(error.into()),
    }
}

/// The errors in the order of the fields on the page.
fn in_order(errors: &Errors) -> Errors {
    let mut sorted: Vec<(Field, Problem)> = errors.iter().copied().collect();
    sorted.sort_by_key(|(field, _)| *field);
    let mut ordered = Errors::default();
    for (field, problem) in sorted {
        ordered.push(field, problem);
    }
    ordered
}

fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    file: &File,
    typed: &ConsentForm,
    problems: &Problems,
    done: &str,
) -> Result<Response, Failure> {
    let pack = casework.pack()?;
    let shown = Shown::new(page, &pack, file, actor, casework);
    let people: Vec<(String, String)> =
        file.present().map(|member| (member.id.to_string(), name(member))).collect();
    Ok(shown.render(Part::Consents, || {
        let give = shown.may_edit.then(|| {
            view! {
                <h2 class="govuk-heading-m">{page.t("casefile-consent-give")}</h2>
                <form method="post" action=shown.address("consents") novalidate>
                    <input type="hidden" name="version" value=file.version.to_string()/>
                    {consent_fields(page, &pack, typed, people, problems)}
                    {Button::new(page.t("casefile-consent-give-button"))}
                </form>
            }
            .into_any()
        });
        view! {
            {problems.summary()}
            {frame::done(page, done)}
            <h1 class="govuk-heading-l">{page.t("casefile-consents")}</h1>
            {table(&shown)}
            <p class="govuk-body">
                <a class="govuk-link" href=shown.address("representatives")>{page.t("acting-link")}</a>
            </p>
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">{give}</div>
            </div>
        }
        .into_any()
    }))
}

fn table(shown: &Shown<'_>) -> AnyView {
    let page = shown.page;
    let consents = &shown.file.consents;
    if consents.is_empty() {
        return view! { <p class="govuk-body">{page.t("casefile-consents-none")}</p> }.into_any();
    }
    let mut head = vec![page.t("casefile-agency"), page.t("casefile-consent-by"), page.t("casefile-state")];
    if shown.may_edit {
        head.push(page.t("casefile-consent-withdraw"));
    }
    let table = consents.iter().fold(Table::new(page.t("casefile-consents-all")).head(head), |table, one| {
        table.row(row(shown, one))
    });
    table.scroll().into_any()
}

fn row(shown: &Shown<'_>, one: &Consent) -> Vec<Content> {
    let page = shown.page;
    let agency = shown.of_pack(&format!("agency.{}.name", one.agency));
    let by = shown.person(one.by).unwrap_or_default();
    let how = page.t_of("consent-how", one.how.code());
    let given = shown.day(one.given_at);
    let state: Content = match one.withdrawn_at {
        Some(at) => Tag::new(page.t_with("casefile-consent-withdrawn", &[("date", shown.day(at).into())]))
            .colour("grey")
            .into(),
        None => Tag::new(page.t("casefile-consent-holds")).colour("green").into(),
    };
    let mut cells: Vec<Content> = vec![
        agency.clone().into(),
        Content::view(view! { <bdi>{by}</bdi> ", " {how} ", " <bdi>{given}</bdi> }),
        state,
    ];
    if shown.may_edit {
        cells.push(if one.withdrawn_at.is_some() {
            Content::default()
        } else {
            let mut button = Button::new(Content::view(view! {
                {page.t("casefile-consent-withdraw")}
                <span class="govuk-visually-hidden">": " {agency}</span>
            }))
            .secondary();
            button.classes.push_str(" govuk-!-margin-bottom-0");
            Content::view(view! {
                <form method="post" action=shown.address("consents")>
                    <input type="hidden" name="act" value="withdraw"/>
                    <input type="hidden" name="agency" value=one.agency.clone()/>
                    <input type="hidden" name="version" value=shown.file.version.to_string()/>
                    {button}
                </form>
            })
        });
    }
    cells
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::super::testing::{between, family};
    use crate::test_support::{as_auditor, as_counter_officer, version, world_with_pack};

    #[tokio::test]
    async fn a_consent_is_given_and_taken_back() {
        let world = world_with_pack().await;
        let consents = format!("{}/consents", family(&world).await);
        let mut browser = as_counter_officer(&world).await;
        let form = browser.get(&consents).await.html;
        let words = between(&form, "name=\"consent_words\" value=\"", "\"").to_owned();
        let by = between(&form, "name=\"consent_by\" type=\"radio\" value=\"", "\"").to_owned();
        let now = version(&form);
        let nothing = browser.post(&consents, &[("version", &now), ("consent_words", &words)]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["consent_agency", "consent_by", "consent_how"] {
            assert!(nothing.html.contains(&format!("href=\"#{field}\"")), "{field}: {}", nothing.html);
        }
        let typed = [
            ("consent_agency", "edu"),
            ("consent_by", by.as_str()),
            ("consent_how", "thumbprint"),
            ("consent_words", words.as_str()),
            ("version", now.as_str()),
        ];
        let given = browser.post(&consents, &typed).await;
        assert_eq!(given.location, format!("{consents}?done=given"), "{}", given.html);
        let page = browser.get(&given.location).await.html;
        assert!(page.contains("Thumbprint"), "{page}");
        let stale = [("act", "withdraw"), ("agency", "edu"), ("version", now.as_str())];
        assert_eq!(browser.post(&consents, &stale).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let now = version(&page);
        let taken = [("act", "withdraw"), ("agency", "edu"), ("version", now.as_str())];
        assert_eq!(browser.post(&consents, &taken).await.location, format!("{consents}?done=withdrawn"));
        assert!(browser.get(&consents).await.html.contains("Taken back on"));
    }

    #[tokio::test]
    async fn an_auditor_reads_and_changes_nothing() {
        let world = world_with_pack().await;
        let consents = format!("{}/consents", family(&world).await);
        let mut auditor = as_auditor(&world).await;
        assert!(!auditor.get(&consents).await.html.contains("<form method=\"post\" action=\"/households"));
        let taken = [("act", "withdraw"), ("agency", "nspa"), ("version", "1")];
        assert_eq!(auditor.post(&consents, &taken).await.status, StatusCode::FORBIDDEN);
    }
}

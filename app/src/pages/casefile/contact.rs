//! Changing where a household lives and how it is reached.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::households::edit;
use casework::households::file::File;
use casework::tracking::phone;
use casework::{Actor, Casework, Error};
use domain::household::Contact;
use domain::ids::HouseholdId;
use domain::registration::ContactForm;
use leptos::prelude::*;

use super::frame::{Form, Part, Shown, to_change, version};
use super::stale;
use crate::kit::{Button, Problems};
use crate::pages::counter::fields::{contact_fields, problems};
use crate::shell::{Answer, Page};
use crate::state::{Pairs, SignedIn, value};

/// `GET /households/{household}/contact`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let typed = as_typed(&file.contact);
    show(&casework, &actor, &page, &file, &typed, &Problems::new()).await
}

/// `POST /households/{household}/contact`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Pairs(pairs): Pairs,
) -> Answer {
    if value(&pairs, "act") == "keep" {
        phone::keep_for(&casework, &actor, id).await?;
        return Ok(Redirect::to(&format!("/households/{id}?done=contact")).into_response());
    }
    let pack = casework.pack()?;
    let before = pairs.iter().find(|(name, _)| name == "version").map_or(0, |(_, typed)| version(typed));
    let typed = ContactForm::from_pairs(pairs);
    let contact = match typed.validate(&*pack) {
        Ok(contact) => contact,
        Err(errors) => {
            let mut file = to_change(&casework, &actor, id).await?;
            // The form stays on the version it was begun on.
            file.version = before;
            let problems = problems(&page, &errors);
            return show(&casework, &actor, &page.failed(), &file, &typed, &problems).await;
        }
    };
    match edit::change_contact(&casework, &actor, id, before, &contact).await {
        Ok(_) => Ok(Redirect::to(&format!("/households/{id}?done=contact")).into_response()),
        Err(Error::Stale) => {
            let file = to_change(&casework, &actor, id).await?;
            let page = page.failed();
            let problems = stale::problem(&casework, &actor, &page, &file).await?;
            show(&casework, &actor, &page, &file, &typed, &problems).await
        }
        Err(error) => Err(error.into()),
    }
}

fn as_typed(contact: &Contact) -> ContactForm {
    ContactForm {
        area: contact.area.clone(),
        directions: contact.directions.clone().unwrap_or_default(),
        phone: contact.phone.as_ref().map(|phone| phone.reveal().to_owned()).unwrap_or_default(),
        language: contact.language.clone(),
        safe_contact: if contact.safe_contact { "yes".into() } else { String::new() },
    }
}

async fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    file: &File,
    typed: &ContactForm,
    problems: &Problems,
) -> Result<Response, crate::shell::Failure> {
    let pack = casework.pack()?;
    let waits = phone::waiting_for(casework, actor, file.id).await?;
    let shown = Shown::new(page, &pack, file, actor, casework);
    let title = page.t("casefile-contact");
    Ok(shown.render_as(Part::Overview, &title, || {
        let form = Form {
            title: &title,
            action: shown.address("contact"),
            button: page.t("casefile-save"),
            cancel: Part::Overview.address(file.id),
            problems,
        };
        let waits = waits.map(|(number, at)| {
            let from = page.date_time(casework.here(at));
            view! {
                <div class="govuk-inset-text">
                    <p class="govuk-body">
                        {page.t("casefile-phone-waits")} " " <bdi>{number}</bdi> " "
                        {page.t_with("casefile-phone-from", &[("date", from.into())])}
                    </p>
                    <form method="post" action=shown.address("contact") novalidate>
                        <input type="hidden" name="act" value="keep"/>
                        {Button::new(page.t("casefile-phone-keep")).secondary()}
                    </form>
                </div>
            }
        });
        view! { {form.around(&shown, contact_fields(page, &pack, typed, problems))} {waits} }.into_any()
    }))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::super::testing::{elsewhere, family};
    use crate::test_support::{as_auditor, as_counter_officer, version, world_with_pack};

    #[tokio::test]
    async fn an_address_is_changed_and_the_slower_of_two_is_told() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let contact = format!("{file}/contact");
        let mut browser = as_counter_officer(&world).await;
        let form = browser.get(&contact).await;
        assert!(form.html.contains("Blue door") && form.html.contains("079123456"), "{}", form.html);
        let old = version(&form.html);
        let typed = |door: &'static str| {
            [
                ("area", "P01-D1-C2"),
                ("directions", door),
                ("phone", ""),
                ("language", "fr"),
                ("version", &*old),
            ]
        };
        let saved = browser.post(&contact, &typed("Red door")).await;
        assert_eq!(saved.location, format!("{file}?done=contact"), "{}", saved.html);
        let overview = browser.get(&saved.location).await;
        assert!(overview.html.contains("Red door") && overview.html.contains("Tiraku"), "{}", overview.html);

        let late = as_counter_officer(&world).await.post(&contact, &typed("Green <door>")).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.html.contains("Green &lt;door&gt;"), "{}", late.html);
        assert!(late.html.contains("Test counter_officer") && late.html.contains("changed"), "{}", late.html);
        assert_ne!(version(&late.html), old);
    }

    #[tokio::test]
    async fn what_is_wrong_is_named_and_kept() {
        let world = world_with_pack().await;
        let contact = format!("{}/contact", family(&world).await);
        let mut browser = as_counter_officer(&world).await;
        let old = version(&browser.get(&contact).await.html);
        let wrong = [("area", ""), ("phone", "12"), ("directions", "Blue"), ("version", &*old)];
        let reply = browser.post(&contact, &wrong).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        for shown in ["href=\"#area\"", "href=\"#phone\"", "href=\"#language\"", "value=\"12\""] {
            assert!(reply.html.contains(shown), "{shown}: {}", reply.html);
        }
        assert_eq!(version(&reply.html), old);
    }

    #[tokio::test]
    async fn who_may_only_read_changes_nothing() {
        let world = world_with_pack().await;
        let contact = format!("{}/contact", family(&world).await);
        assert_eq!(as_auditor(&world).await.get(&contact).await.status, StatusCode::FORBIDDEN);
        assert!(elsewhere(&world).await.get(&contact).await.location.ends_with("/open"));
        for mut browser in [as_auditor(&world).await, elsewhere(&world).await] {
            let typed = [("area", "P01-D1-C2"), ("language", "fr"), ("version", "1")];
            assert_eq!(browser.post(&contact, &typed).await.status, StatusCode::FORBIDDEN);
        }
    }
}

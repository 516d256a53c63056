//! The first page: for staff their desks, for everybody else the doors.

use axum::extract::State;
use casework::Casework;
use leptos::prelude::*;

use crate::kit::Button;
use crate::pages::counter::desk::Desk;
use crate::pages::work::today::{self, Today};
use crate::shell::navigation::desks;
use crate::shell::{Answer, Page, render};
use crate::state::SignedIn;

/// `GET /`
pub async fn get(State(casework): State<Casework>, page: Page, signed: Option<SignedIn>) -> Answer {
    let Some(SignedIn { actor, .. }) = signed else {
        let title = page.t("home-title");
        return Ok(render(&page, &title, || doors(&page)));
    };
    let desk = Desk::read(&casework, &actor).await?;
    let today = Today::read(&casework, &actor).await?;
    let title = page.t_with("home-greeting", &[("name", actor.name.as_str().into())]);
    Ok(render(&page, &title, || {
        own_desks(&page, &title, desk.view(&page), today::show(&page, &casework, &actor, &today))
    }))
}

fn doors(page: &Page) -> AnyView {
    view! {
        <h1 class="govuk-heading-xl">{page.t("home-title")}</h1>
        <p class="govuk-body-l">{page.t("home-lead")}</p>
        <h2 class="govuk-heading-m">{page.t("home-track-title")}</h2>
        <p class="govuk-body">{page.t("home-track-text")}</p>
        {Button::link("/track", page.t("home-track-button")).start()}
        <h2 class="govuk-heading-m">{page.t("services-title")}</h2>
        <p class="govuk-body">{page.t("services-lead")}</p>
        <p class="govuk-body"><a class="govuk-link" href="/services">{page.t("services-search")}</a></p>
        <h2 class="govuk-heading-m">{page.t("home-complain-title")}</h2>
        <p class="govuk-body">{page.t("home-complain-text")}</p>
        <p class="govuk-body">
            <a class="govuk-link" href="/complain">{page.t("home-complain-link")}</a>
        </p>
        <h2 class="govuk-heading-m">{page.t("home-staff-title")}</h2>
        <p class="govuk-body">
            <a class="govuk-link" href="/sign-in">{page.t("home-staff-link")}</a>
        </p>
    }
    .into_any()
}

/// What the day brings, then the desks.
fn own_desks(page: &Page, greeting: &str, counter: AnyView, today: AnyView) -> AnyView {
    let entries: Vec<_> = desks(page)
        .map(|desk| {
            view! {
                <li class="app-desk">
                    <h2 class="govuk-heading-m"><a class="govuk-link" href=desk.href>{page.t(desk.word)}</a></h2>
                    <p class="govuk-body">{page.t(desk.about)}</p>
                </li>
            }
            .into_any()
        })
        .collect();
    let nothing = entries.is_empty().then(|| page.t("home-no-desk"));
    view! {
        <h1 class="govuk-heading-l">{greeting.to_owned()}</h1>
        {counter}
        {today}
        {nothing.map(|text| view! { <p class="govuk-body">{text}</p> })}
        <ul class="app-desks">{entries}</ul>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::role::Role;

    use crate::test_support::{Browser, world};
    use crate::words::Lang;

    #[tokio::test]
    async fn everybody_finds_a_door() {
        let world = world().await;
        for lang in Lang::ALL {
            let reply = Browser::stranger(&world).get(&format!("/?lang={}", lang.code())).await;
            reply.assert_page(lang);
            assert!(reply.html.contains("href=\"/track\"") && reply.html.contains("href=\"/sign-in\""));
        }
    }

    #[tokio::test]
    async fn staff_see_the_desks_of_their_role() {
        let world = world().await;
        let admin = Browser::with_role(&world, Role::Administrator).await.get("/").await;
        assert!(admin.html.contains("href=\"/staff\""), "{}", admin.html);
        let counter = Browser::with_role(&world, Role::CounterOfficer).await.get("/").await;
        assert!(!counter.html.contains("href=\"/staff\""), "{}", counter.html);
    }
}

//! Signing in and out. One sentence for a wrong name and a wrong password; the demonstration lists its accounts.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::demo::accounts::{ACCOUNTS, PASSWORD};
use casework::staff::{self, SignIn};
use casework::{Casework, Error};
use leptos::prelude::*;
use serde::Deserialize;
use tower_sessions::Session;

use crate::kit::{Button, Details, Input, NotificationBanner, Problems, Table};
use crate::session;
use crate::shell::{Answer, Page, address, render};
use crate::state::{Asked, Raw, safe_next};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Login name.
    pub login: String,
    /// Password; never shown again.
    pub password: String,
    /// Where to go afterwards.
    pub next: String,
}

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Where to go afterwards.
    pub next: String,
    /// One has just signed out.
    pub signed_out: bool,
    /// The password was just changed elsewhere, or one signed out everywhere.
    pub ended: bool,
}

/// `GET /sign-in`
pub async fn get(page: Page, Asked(asked): Asked<Wanted>) -> Answer {
    if page.person().is_some() {
        return Ok(Redirect::to(safe_next(&asked.next)).into_response());
    }
    let typed = Typed { next: asked.next.clone(), ..Typed::default() };
    let news = if asked.ended {
        Some("sign-in-ended")
    } else if asked.signed_out {
        Some("sign-in-signed-out")
    } else {
        None
    };
    let title = page.t("sign-in-title");
    Ok(render(&page, &title, || form(&page, &typed, &Problems::new(), news)))
}

/// `POST /sign-in`
pub async fn post(
    State(casework): State<Casework>,
    page: Page,
    session: Session,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut problems = Problems::new();
    if typed.login.trim().is_empty() {
        problems.add("login", page.t("sign-in-login-missing"));
    }
    if typed.password.is_empty() {
        problems.add("password", page.t("sign-in-password-missing"));
    }
    if problems.is_empty() {
        match staff::sign_in(&casework, &typed.login, &typed.password).await? {
            SignIn::In(actor) => {
                let account = actor.account().ok_or(Error::Forbidden)?;
                session::begin(&session, account).await?;
                return Ok(Redirect::to(safe_next(&typed.next)).into_response());
            }
            SignIn::Refused => {
                problems.add("login", page.t("sign-in-refused"));
            }
            SignIn::Slowed { until } => {
                let minutes = (until - casework.now()).whole_seconds().max(1).unsigned_abs().div_ceil(60);
                problems.add("login", page.t_with("sign-in-slowed", &[("minutes", minutes.into())]));
            }
        }
    }
    let page = page.failed();
    let title = page.t("sign-in-title");
    Ok(render(&page, &title, || form(&page, &typed, &problems, None)))
}

/// `POST /sign-out`
pub async fn sign_out(session: Session) -> Answer {
    session::end(&session).await?;
    Ok(Redirect::to(&address("/sign-in", &[("signed_out", "true")])).into_response())
}

fn form(page: &Page, typed: &Typed, problems: &Problems, news: Option<&'static str>) -> AnyView {
    view! {
        {problems.summary()}
        {news.map(|key| NotificationBanner::success(page.t(key)))}
        <div class="govuk-grid-row">
            <div class="govuk-grid-column-two-thirds">
                <h1 class="govuk-heading-l">{page.t("sign-in-title")}</h1>
                <form method="post" action="/sign-in" novalidate>
                    <input type="hidden" name="next" value=typed.next.clone()/>
                    {Input::new("login", page.t("sign-in-login"))
                        .value(&typed.login)
                        .autocomplete("username")
                        .attribute("autocapitalize", "none")
                        .attribute("spellcheck", "false")
                        .width(20)
                        .error(problems.of("login"))}
                    {Input::new("password", page.t("sign-in-password"))
                        .password("current-password")
                        .width(20)
                        .error(problems.of("password"))}
                    {Button::new(page.t("sign-in-button"))}
                </form>
                {Details::new(page.t("sign-in-forgotten"), page.t("sign-in-forgotten-text"))}
                {page.demo().then(|| demo_accounts(page))}
            </div>
        </div>
    }
    .into_any()
}

/// The accounts of a demonstration: one a role.
fn demo_accounts(page: &Page) -> AnyView {
    let mut table = Table::new(page.t("sign-in-demo-title")).scroll().head([
        page.t("sign-in-login"),
        page.t("sign-in-demo-name"),
        page.t("sign-in-demo-role"),
    ]);
    table.caption_classes = "govuk-table__caption--m".into();
    for account in ACCOUNTS {
        table = table.row([
            account.login.to_owned(),
            account.name.to_owned(),
            page.t_of("role", account.role.code()),
        ]);
    }
    view! {
        {table}
        <p class="govuk-body">
            {page.t("sign-in-demo-password")} " " <bdi class="app-nowrap"><code>{PASSWORD}</code></bdi>
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use domain::role::Role;

    use super::*;
    use crate::test_support::{Browser, PHRASE, world};
    use crate::words::Lang;

    #[tokio::test]
    async fn the_page_stands_in_every_language() {
        let world = world().await;
        for lang in Lang::ALL {
            Browser::stranger(&world).get(&format!("/sign-in?lang={}", lang.code())).await.assert_page(lang);
        }
    }

    #[tokio::test]
    async fn one_signs_in_goes_where_one_wanted_and_signs_out() {
        let world = world().await;
        let login = Browser::add_account(&world, Role::Administrator).await;
        let mut browser = Browser::stranger(&world);
        let away = browser.get("/account?page=2").await;
        assert_eq!(away.status, StatusCode::SEE_OTHER);
        assert_eq!(away.location, "/sign-in?next=/account%3Fpage%3D2");
        let typed = [("login", login.as_str()), ("password", PHRASE), ("next", "/account")];
        let reply = browser.post("/sign-in", &typed).await;
        assert_eq!((reply.status, reply.location.as_str()), (StatusCode::SEE_OTHER, "/account"));
        assert!(
            reply.cookie.contains("HttpOnly") && reply.cookie.contains("SameSite=Lax"),
            "{}",
            reply.cookie
        );
        let before = browser.session().to_owned();
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
        assert_eq!(browser.get("/sign-in").await.status, StatusCode::SEE_OTHER);
        browser.post("/sign-out", &[]).await;
        assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER);
        // The old cookie is of no use either.
        let mut thief = Browser::stranger(&world);
        thief.set_session(&before);
        assert_eq!(thief.get("/account").await.status, StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn a_wrong_name_and_a_wrong_password_read_the_same() {
        let world = world().await;
        let login = Browser::add_account(&world, Role::Supervisor).await;
        let mut pages = Vec::new();
        for name in [login.as_str(), "nobody.here"] {
            let typed = [("login", name), ("password", "not the right one")];
            let reply = Browser::stranger(&world).post("/sign-in", &typed).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!reply.html.contains("not the right one"), "the password is shown again");
            pages.push(reply.html.replace(name, "…"));
        }
        assert_eq!(pages[0], pages[1]);
        assert!(pages[0].contains("<title>Error: "));
    }

    #[tokio::test]
    async fn after_too_many_tries_one_waits() {
        let world = world().await;
        let mut browser = Browser::stranger(&world);
        let typed = [("login", "somebody"), ("password", "guess after guess")];
        let mut last = String::new();
        for _ in 0..6 {
            last = browser.post("/sign-in", &typed).await.html;
        }
        assert!(last.contains("minute"), "{last}");
    }

    #[tokio::test]
    async fn only_a_demonstration_lists_its_accounts() {
        let world = world().await;
        assert!(!Browser::stranger(&world).get("/sign-in").await.html.contains(PASSWORD));
        let html = Browser::demo(&world).get("/sign-in").await.html;
        for account in ACCOUNTS {
            assert!(html.contains(account.login), "{}", account.login);
        }
        assert!(html.contains(PASSWORD));
    }
}

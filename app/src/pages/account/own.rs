//! The own account: what one may do and where, a new password, and signing out everywhere.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::{Casework, Error, sessions, staff};
use leptos::prelude::*;
use serde::Deserialize;
use tower_sessions::Session;

use super::staff::place;
use crate::kit::{Button, Input, NotificationBanner, Problems, SummaryList};
use crate::session;
use crate::shell::{Answer, Page, address, render};
use crate::state::{Raw, SignedIn};

/// `GET /account`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let pack = casework.pack().ok();
    let title = page.t("own-title");
    let changed = page.query.as_deref() == Some("changed=true");
    let grants = actor.grants.iter().fold(
        SummaryList::new().row(page.t("own-name"), actor.name.as_str()),
        |list, grant| {
            list.row(page.t_of("role", grant.role.code()), place(&page, pack.as_deref(), &grant.scope))
        },
    );
    let heading = title.clone();
    Ok(render(&page, &title, || {
        view! {
            {changed.then(|| NotificationBanner::success(page.t("own-password-changed")))}
            <h1 class="govuk-heading-l">{heading}</h1>
            {grants}
            <p class="govuk-body">
                <a class="govuk-link" href="/account/password">{page.t("own-password-title")}</a>
            </p>
            <h2 class="govuk-heading-m">{page.t("own-everywhere-title")}</h2>
            <p class="govuk-body">{page.t("own-everywhere-text")}</p>
            <form method="post" action="/account/sign-out-everywhere">
                {Button::new(page.t("own-everywhere-button")).secondary()}
            </form>
        }
        .into_any()
    }))
}

/// What is typed to change the password; never shown again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The password as it is.
    pub old: String,
    /// The new one.
    pub new: String,
    /// The new one once more.
    pub again: String,
}

/// `GET /account/password`
pub async fn get_password(SignedIn { page, .. }: SignedIn) -> Answer {
    let title = page.t("own-password-title");
    Ok(render(&page.clone().back("/account"), &title, || password_form(&page, &Problems::new())))
}

/// `POST /account/password`
pub async fn post_password(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    session: Session,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut problems = Problems::new();
    if typed.old.is_empty() {
        problems.add("old", page.t("own-password-old-missing"));
    }
    if typed.new.is_empty() {
        problems.add("new", page.t("own-password-new-missing"));
    } else if typed.new != typed.again {
        problems.add("again", page.t("own-password-again-differs"));
    }
    if problems.is_empty() {
        match staff::change_password(&casework, &actor, &typed.old, &typed.new).await {
            Ok(()) => {
                // All sessions of the account have ended, this one too: it begins anew under another id.
                let account = actor.account().ok_or(Error::Forbidden)?;
                session::begin(&session, account).await?;
                return Ok(Redirect::to("/account?changed=true").into_response());
            }
            Err(Error::Forbidden) => {
                problems.add("old", page.t("own-password-old-wrong"));
            }
            Err(Error::Invalid(code)) if code.starts_with("password.") => {
                problems.add("new", weakness(&page, code));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = page.failed().back("/account");
    let title = page.t("own-password-title");
    Ok(render(&page, &title, || password_form(&page, &problems)))
}

/// What is wrong with a chosen password: `password.short` and so on, in words.
pub(super) fn weakness(page: &Page, code: &str) -> String {
    page.t_of("password", code.trim_start_matches("password."))
}

fn password_form(page: &Page, problems: &Problems) -> AnyView {
    let field = |name: &'static str, label: &'static str, autocomplete: &str| {
        Input::new(name, page.t(label)).password(autocomplete).width(20).error(problems.of(name))
    };
    view! {
        {problems.summary()}
        <h1 class="govuk-heading-l">{page.t("own-password-title")}</h1>
        <form method="post" novalidate>
            {field("old", "own-password-old", "current-password")}
            {field("new", "own-password-new", "new-password").hint(page.t("password-hint"))}
            {field("again", "own-password-again", "new-password")}
            {Button::new(page.t("own-password-button"))}
        </form>
    }
    .into_any()
}

/// `POST /account/sign-out-everywhere`
pub async fn sign_out_everywhere(
    State(casework): State<Casework>,
    SignedIn { actor, .. }: SignedIn,
    session: Session,
) -> Answer {
    sessions::sign_out_everywhere(&casework, &actor).await?;
    session::end(&session).await?;
    Ok(Redirect::to(&address("/sign-in", &[("ended", "true")])).into_response())
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use domain::role::Role;

    use crate::test_support::{Browser, PHRASE, world};
    use crate::words::Lang;

    #[tokio::test]
    async fn the_pages_stand_in_every_language() {
        let world = world().await;
        let mut browser = Browser::with_role(&world, Role::CounterOfficer).await;
        for lang in Lang::ALL {
            for path in ["/account", "/account/password"] {
                browser.get(&format!("{path}?lang={}", lang.code())).await.assert_page(lang);
            }
        }
    }

    #[tokio::test]
    async fn a_new_password_ends_all_other_sessions() {
        let world = world().await;
        let login = Browser::add_account(&world, Role::CounterOfficer).await;
        let mut here = Browser::signed_in(&world, &login).await;
        let mut elsewhere = Browser::signed_in(&world, &login).await;
        let new = "blue heron over grey water";
        let wrong = here.post("/account/password", &[("old", "wrong"), ("new", new), ("again", new)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let short =
            here.post("/account/password", &[("old", PHRASE), ("new", "short"), ("again", "short")]).await;
        assert!(short.html.contains("href=\"#new\""), "{}", short.html);
        let differs =
            here.post("/account/password", &[("old", PHRASE), ("new", new), ("again", "other")]).await;
        assert!(differs.html.contains("href=\"#again\"") && !differs.html.contains(new), "{}", differs.html);
        let done = here.post("/account/password", &[("old", PHRASE), ("new", new), ("again", new)]).await;
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/account?changed=true"));
        assert_eq!(here.get("/account").await.status, StatusCode::OK);
        assert_eq!(elsewhere.get("/account").await.status, StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn signing_out_everywhere_is_everywhere() {
        let world = world().await;
        let login = Browser::add_account(&world, Role::CounterOfficer).await;
        let mut here = Browser::signed_in(&world, &login).await;
        let mut elsewhere = Browser::signed_in(&world, &login).await;
        here.post("/account/sign-out-everywhere", &[]).await;
        for browser in [&mut here, &mut elsewhere] {
            assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER);
        }
    }
}

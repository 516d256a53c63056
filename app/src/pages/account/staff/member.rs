//! One account: its roles, its password, whether it may sign in.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::staff::{self, Act, StaffMember};
use casework::{Actor, Casework, Error};
use domain::ids::StaffId;
use domain::role::Grant;
use leptos::prelude::*;
use serde::Deserialize;

use super::{Country, TypedGrant, grant, grant_fields, value};
use crate::kit::{
    Button, Checkboxes, Content, Input, NotificationBanner, Problems, SummaryList, Tag, WarningText,
};
use crate::pages::account::own::weakness;
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Raw, SignedIn};

/// What is typed in any of the page's forms.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Which form: `roles`, `password`, `disable` or `enable`.
    pub act: String,
    /// Version of the account as it was read.
    pub version: String,
    /// Roles to keep: `supervisor@office:OFF-01`.
    pub keep: Vec<String>,
    /// Code of a role to add.
    pub role: String,
    /// Where.
    pub place: String,
    /// A new password; never shown again.
    pub password: String,
}

/// What the page shows.
struct Shown<'a> {
    page: &'a Page,
    actor: &'a Actor,
    pack: Country<'a>,
    member: &'a StaffMember,
}

/// `GET /staff/{id}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<String>,
    Asked(done): Asked<Done>,
) -> Answer {
    let member = staff::member(&casework, &actor, read_id(&id)?).await?;
    let pack = casework.pack().ok();
    let page = page.back("/staff");
    let news = match done.done.as_str() {
        "added" => Some("staff-done-added"),
        "roles" => Some("staff-done-roles"),
        "password" => Some("staff-done-password"),
        "disabled" => Some("staff-done-disabled"),
        "enabled" => Some("staff-done-enabled"),
        _ => None,
    };
    let shown = Shown { page: &page, actor: &actor, pack: pack.as_deref(), member: &member };
    Ok(render(&page, &member.name, || show(&shown, &Typed::default(), &Problems::new(), news)))
}

/// `POST /staff/{id}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<String>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let id = read_id(&id)?;
    let member = staff::member(&casework, &actor, id).await?;
    let version: i64 = typed.version.parse().map_err(|_| Error::Stale)?;
    let mut problems = Problems::new();
    let done = match typed.act.as_str() {
        "roles" => change_roles(&casework, &actor, &page, &member, version, &typed, &mut problems).await?,
        "password" => match staff::set_password(&casework, &actor, id, &typed.password).await {
            Ok(()) => Some("password"),
            Err(Error::Invalid(code)) if code.starts_with("password.") => {
                problems.add("password", weakness(&page, code));
                None
            }
            Err(error) => return Err(error.into()),
        },
        "disable" => {
            staff::disable(&casework, &actor, id, version).await?;
            Some("disabled")
        }
        "enable" => {
            staff::enable(&casework, &actor, id, version).await?;
            Some("enabled")
        }
        _ => return Err(Error::Invalid("staff.act").into()),
    };
    if let Some(done) = done {
        return Ok(Redirect::to(&format!("/staff/{id}?done={done}")).into_response());
    }
    let pack = casework.pack().ok();
    let page = page.failed().back("/staff");
    let shown = Shown { page: &page, actor: &actor, pack: pack.as_deref(), member: &member };
    Ok(render(&page, &member.name, || show(&shown, &typed, &problems, None)))
}

fn read_id(id: &str) -> Result<StaffId, Failure> {
    id.parse().map_err(|_| Failure::not_found())
}

/// Keeps the ticked roles and adds the chosen one.
async fn change_roles(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    member: &StaffMember,
    version: i64,
    typed: &Typed,
    problems: &mut Problems,
) -> Result<Option<&'static str>, Failure> {
    let mut grants: Vec<Grant> =
        member.grants.iter().filter(|grant| typed.keep.contains(&key(grant))).cloned().collect();
    match (TypedGrant { role: typed.role.clone(), place: typed.place.clone() }).read() {
        Ok(added) => grants.extend(added),
        Err((field, key)) => {
            problems.add(field, page.t(key));
            return Ok(None);
        }
    }
    if grants.is_empty() {
        problems.add("keep", page.t("staff-roles-none"));
        return Ok(None);
    }
    match staff::regrant(casework, actor, member.id, version, grants).await {
        Ok(()) => Ok(Some("roles")),
        Err(Error::Invalid("staff.grants")) => {
            problems.add("keep", page.t("staff-roles-alone"));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn key(grant: &Grant) -> String {
    format!("{}@{}", grant.role.code(), value(&grant.scope))
}

fn show(shown: &Shown<'_>, typed: &Typed, problems: &Problems, news: Option<&'static str>) -> AnyView {
    let Shown { page, member, .. } = *shown;
    let state: Content = match member.disabled_at {
        Some(since) => {
            let since = page.date(since.date());
            Tag::new(page.t_with("staff-disabled-since", &[("date", since.into())])).colour("grey").into()
        }
        None => page.t("staff-active").into(),
    };
    let facts = SummaryList::new()
        .row(page.t("sign-in-login"), member.login.as_str())
        .row(page.t("staff-language"), language(&member.language))
        .row(page.t("staff-state"), state);
    let acts = staff::allowed(shown.actor, member);
    // The own roles are told, but another administrator changes them.
    let own = acts.is_empty().then(|| {
        let roles: Vec<AnyView> = member
            .grants
            .iter()
            .map(|one| view! { <li>{grant(page, shown.pack, one)}</li> }.into_any())
            .collect();
        view! {
            <h2 class="govuk-heading-m">{page.t("staff-roles")}</h2>
            <ul class="govuk-list govuk-list--bullet">{roles}</ul>
            <p class="govuk-body">{page.t("staff-own")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/account">{page.t("staff-own-link")}</a></p>
        }
        .into_any()
    });
    view! {
        {problems.summary()}
        {news.map(|key| NotificationBanner::success(page.t(key)))}
        <h1 class="govuk-heading-l"><bdi>{member.name.clone()}</bdi></h1>
        {facts}
        {acts.contains(&Act::Regrant).then(|| roles_form(shown, typed, problems))}
        {acts.contains(&Act::SetPassword).then(|| password_form(shown, problems))}
        {acts.contains(&Act::Disable).then(|| disable_form(shown))}
        {acts.contains(&Act::Enable).then(|| enable_form(shown))}
        {own}
    }
    .into_any()
}

fn language(code: &str) -> String {
    crate::words::Lang::parse(code).map_or_else(|| code.to_owned(), |lang| lang.own_name().to_owned())
}

/// A form of this page: which one, and the version that was read.
fn form(shown: &Shown<'_>, act: &'static str, inside: AnyView) -> AnyView {
    view! {
        <form method="post" action=format!("/staff/{}", shown.member.id) novalidate>
            <input type="hidden" name="act" value=act/>
            <input type="hidden" name="version" value=shown.member.version.to_string()/>
            {inside}
        </form>
    }
    .into_any()
}

fn roles_form(shown: &Shown<'_>, typed: &Typed, problems: &Problems) -> AnyView {
    let Shown { page, actor, pack, member } = *shown;
    let kept: Vec<String> =
        if typed.act == "roles" { typed.keep.clone() } else { member.grants.iter().map(key).collect() };
    let roles = Checkboxes::new("keep", page.t("staff-roles"))
        .legend_class("govuk-fieldset__legend--m")
        .hint(page.t("staff-roles-hint"))
        .items(member.grants.iter().map(|one| (key(one), grant(page, pack, one))))
        .values(kept)
        .error(problems.of("keep"));
    let added = TypedGrant { role: typed.role.clone(), place: typed.place.clone() };
    let inside = view! {
        {roles}
        {grant_fields(page, actor, pack, &added, "staff-more-role", problems)}
        {Button::new(page.t("staff-roles-button"))}
    };
    form(shown, "roles", inside.into_any())
}

fn password_form(shown: &Shown<'_>, problems: &Problems) -> AnyView {
    let page = shown.page;
    let inside = view! {
        <h2 class="govuk-heading-m">{page.t("staff-password-title")}</h2>
        {Input::new("password", page.t("own-password-new"))
            .password("new-password")
            .hint(page.t("password-hint"))
            .width(20)
            .error(problems.of("password"))}
        {Button::new(page.t("staff-password-button")).secondary()}
    };
    form(shown, "password", inside.into_any())
}

fn disable_form(shown: &Shown<'_>) -> AnyView {
    let page = shown.page;
    let inside = view! {
        <h2 class="govuk-heading-m">{page.t("staff-access-title")}</h2>
        {WarningText::new(page.t("staff-disable-warning"))}
        {Button::new(page.t("staff-disable")).warning()}
    };
    form(shown, "disable", inside.into_any())
}

fn enable_form(shown: &Shown<'_>) -> AnyView {
    let page = shown.page;
    let inside = view! {
        <h2 class="govuk-heading-m">{page.t("staff-access-title")}</h2>
        {Button::new(page.t("staff-enable")).secondary()}
    };
    form(shown, "enable", inside.into_any())
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use casework::test_support::World;
    use domain::role::Role;

    use crate::test_support::{
        Browser, PHRASE, as_administrator, as_counter_officer, version, world_with_pack,
    };
    use crate::words::Lang;

    /// Adds a counter officer through the pages; gives the address of the account.
    async fn added(browser: &mut Browser) -> String {
        let typed = [
            ("name", "Nadia Benali"),
            ("login", "nadia.benali"),
            ("language", "fr"),
            ("password", PHRASE),
            ("role", "counter_officer"),
            ("place", "office:OFF-01"),
        ];
        let reply = browser.post("/staff/new", &typed).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.html);
        reply.location.split('?').next().unwrap().to_owned()
    }

    async fn can_sign_in(world: &World) -> bool {
        let typed = [("login", "nadia.benali"), ("password", PHRASE)];
        Browser::stranger(world).post("/sign-in", &typed).await.status == StatusCode::SEE_OTHER
    }

    #[tokio::test]
    async fn an_administrator_adds_rescopes_disables_and_enables() {
        let world = world_with_pack().await;
        let mut admin = as_administrator(&world).await;
        let address = added(&mut admin).await;
        for lang in [Lang::En, Lang::Fr] {
            for path in ["/staff", "/staff/new", &address] {
                let reply = admin.get(&format!("{path}?lang={}", lang.code())).await;
                reply.assert_page(lang);
            }
        }
        let list = admin.get("/staff?lang=en").await;
        assert!(list.html.contains("Nadia Benali") && list.html.contains("Counter officer"), "{}", list.html);
        let mut nadia = Browser::signed_in(&world, "nadia.benali").await;
        let before = version(&admin.get(&address).await.html);
        let roles = [
            ("act", "roles"),
            ("version", before.as_str()),
            ("keep", "counter_officer@office:OFF-01"),
            ("role", "supervisor"),
            ("place", "office:OFF-02"),
        ];
        let reply = admin.post(&address, &roles).await;
        assert_eq!(reply.location, format!("{address}?done=roles"), "{}", reply.html);
        assert_eq!(
            nadia.get("/account").await.status,
            StatusCode::SEE_OTHER,
            "new rights need a new sign-in"
        );
        // Somebody else's change in between is not overwritten.
        assert_eq!(admin.post(&address, &roles).await.status, StatusCode::CONFLICT);
        let page = admin.get(&address).await;
        assert!(page.html.contains("supervisor@office:OFF-02"), "{}", page.html);
        let now = version(&page.html);
        admin.post(&address, &[("act", "disable"), ("version", &now)]).await;
        assert!(!can_sign_in(&world).await);
        let now = version(&admin.get(&address).await.html);
        admin.post(&address, &[("act", "enable"), ("version", &now)]).await;
        assert!(can_sign_in(&world).await);
    }

    #[tokio::test]
    async fn a_role_stands_only_where_it_fits_and_some_stand_alone() {
        let world = world_with_pack().await;
        let mut admin = as_administrator(&world).await;
        let address = added(&mut admin).await;
        let now = version(&admin.get(&address).await.html);
        let wrong = [
            ("supervisor", "national", "#place"),
            ("supervisor", "", "#place"),
            ("", "national", "#role"),
            ("auditor", "national", "#keep"),
        ];
        for (role, place, field) in wrong {
            let typed = [
                ("act", "roles"),
                ("version", now.as_str()),
                ("keep", "counter_officer@office:OFF-01"),
                ("role", role),
                ("place", place),
            ];
            let reply = admin.post(&address, &typed).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{role} {place}");
            assert!(reply.html.contains(&format!("href=\"{field}\"")), "{role} {place}: {}", reply.html);
        }
        let none = admin.post(&address, &[("act", "roles"), ("version", &now)]).await;
        assert!(none.html.contains("href=\"#keep\""), "{}", none.html);
        let weak = [("act", "password"), ("version", now.as_str()), ("password", "nadia")];
        assert!(admin.post(&address, &weak).await.html.contains("href=\"#password\""));
    }

    #[tokio::test]
    async fn what_is_missing_is_said_and_what_was_typed_is_kept() {
        let world = world_with_pack().await;
        let mut admin = as_administrator(&world).await;
        let reply = admin.post("/staff/new", &[("name", "Élodie <M>"), ("password", "kept secret")]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["login", "language", "role"] {
            assert!(reply.html.contains(&format!("href=\"#{field}\"")), "{field}: {}", reply.html);
        }
        assert!(reply.html.contains("value=\"Élodie &lt;M&gt;\"") && !reply.html.contains("kept secret"));
        added(&mut admin).await;
        let again = [
            ("name", "Another"),
            ("login", "nadia.benali"),
            ("language", "en"),
            ("password", PHRASE),
            ("role", "auditor"),
            ("place", "national"),
        ];
        assert!(admin.post("/staff/new", &again).await.html.contains("href=\"#login\""));
    }

    #[tokio::test]
    async fn the_own_account_offers_nothing_that_would_be_refused() {
        let world = world_with_pack().await;
        let login = Browser::add_account(&world, Role::Administrator).await;
        let mut admin = Browser::signed_in(&world, &login).await;
        let list = admin.get("/staff?lang=en").await.html;
        let row = list.split("<tr").find(|row| row.contains(&login)).expect("the own account");
        let own = row.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
        let page = admin.get(own).await;
        page.assert_page(Lang::En);
        assert!(page.html.contains("This is your own account"), "{}", page.html);
        assert!(!page.html.contains(r#"name="act""#), "{}", page.html);
        for act in ["roles", "password", "disable", "enable"] {
            let keep = ("keep", "administrator@national");
            let typed = [("act", act), ("version", "1"), keep, ("password", "blue heron over grey water")];
            let reply = admin.post(own, &typed).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{act}: {}", reply.html);
        }
    }

    #[tokio::test]
    async fn nobody_else_manages_staff() {
        let world = world_with_pack().await;
        let address = added(&mut as_administrator(&world).await).await;
        let mut officer = as_counter_officer(&world).await;
        for path in ["/staff", "/staff/new", &address] {
            assert_eq!(officer.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for role in Role::ALL.iter().filter(|role| **role != Role::Administrator) {
            let mut browser = Browser::with_role(&world, *role).await;
            let typed = [("act", "disable"), ("version", "1")];
            assert_eq!(browser.post(&address, &typed).await.status, StatusCode::FORBIDDEN, "{role}");
        }
        assert!(can_sign_in(&world).await);
        assert_eq!(
            as_administrator(&world).await.get("/staff/not-an-id").await.status,
            StatusCode::NOT_FOUND
        );
    }
}

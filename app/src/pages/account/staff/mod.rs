//! Staff, for administrators: who there is, what they may do and where; adding, changing, ending access.
//!
//! An administrator sees and changes only accounts whose every role lies in places the administrator manages.

pub mod list;
pub mod member;
pub mod new;

use domain::pack::Pack;
use domain::role::{Grant, Right, Role, Scope};
use serde::Deserialize;

use casework::Actor;
use leptos::prelude::*;

use crate::kit::{Fieldset, Problems, Select};
use crate::shell::Page;

/// A role and its place as they are chosen on a page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedGrant {
    /// Code of the role; empty for none.
    pub role: String,
    /// `office:OFF-01`, `national`, …; empty for none.
    pub place: String,
}

/// What is wrong with a role and its place: one of the two fields, and a key.
type Wrong = (&'static str, &'static str);

impl TypedGrant {
    /// The grant; `None` when nothing was chosen.
    fn read(&self) -> Result<Option<Grant>, Wrong> {
        if self.role.is_empty() && self.place.is_empty() {
            return Ok(None);
        }
        let role: Role = self.role.parse().map_err(|_| ("role", "staff-role-missing"))?;
        let (kind, code) = self.place.split_once(':').unwrap_or((&self.place, ""));
        let scope = Scope::from_parts(kind, Some(code)).ok_or(("place", "staff-place-missing"))?;
        if !role.fits(&scope) {
            return Err(("place", "staff-place-unfit"));
        }
        Ok(Some(Grant { role, scope }))
    }
}

/// The pack in force; none before the first is loaded, when roles can be given for the whole country only.
type Country<'a> = Option<&'a Pack>;

/// The places the actor may give roles in: value and name.
fn places(page: &Page, actor: &Actor, pack: Country<'_>) -> Vec<(String, String)> {
    let mut places = vec![Scope::National];
    if let Some(pack) = pack {
        places.extend(pack.agencies.iter().map(|agency| Scope::Agency(agency.code.clone())));
        places.extend(pack.offices.iter().map(|office| Scope::Office(office.code.clone())));
        places.extend(pack.directory.providers.iter().map(|provider| Scope::Provider(provider.code.clone())));
    }
    places
        .into_iter()
        .filter(|scope| actor.may_in(Right::ManageStaff, scope))
        .map(|scope| (value(&scope), place(page, pack, &scope)))
        .collect()
}

fn value(scope: &Scope) -> String {
    match scope.code() {
        Some(code) => format!("{}:{code}", scope.kind()),
        None => scope.kind().to_owned(),
    }
}

/// A place in words: "Office: Amaranda single window".
pub fn place(page: &Page, pack: Country<'_>, scope: &Scope) -> String {
    let kind = page.t_of("scope", scope.kind());
    let Some(code) = scope.code() else { return kind };
    let key = format!("{}.{code}.name", scope.kind());
    let name = pack.and_then(|pack| {
        let own = || pack.directory.provider(code).and_then(|provider| provider.name.as_deref());
        pack.words.find(page.lang.code(), &key).or_else(own)
    });
    let name = name.unwrap_or(code);
    page.t_with("staff-place", &[("kind", kind.into()), ("name", name.into())])
}

/// A grant in words: "Supervisor – Office: Amaranda single window".
fn grant(page: &Page, pack: Country<'_>, grant: &Grant) -> String {
    let role = page.t_of("role", grant.role.code());
    page.t_with("staff-grant", &[("role", role.into()), ("place", place(page, pack, &grant.scope).into())])
}

/// The two fields of a role and its place.
fn grant_fields(
    page: &Page,
    actor: &Actor,
    pack: Country<'_>,
    typed: &TypedGrant,
    legend: &'static str,
    problems: &Problems,
) -> AnyView {
    let role = Select::new("role", page.t("staff-role"))
        .item("", page.t("staff-choose"))
        .items(Role::ALL.iter().map(|role| (role.code(), page.t_of("role", role.code()))))
        .value(&typed.role)
        .error(problems.of("role"));
    let place = Select::new("place", page.t("staff-where"))
        .item("", page.t("staff-choose"))
        .items(places(page, actor, pack))
        .value(&typed.place)
        .error(problems.of("place"));
    Fieldset::new(page.t(legend), crate::kit::Content::join([role.into(), place.into()]))
        .legend_class("govuk-fieldset__legend--m")
        .into_any()
}

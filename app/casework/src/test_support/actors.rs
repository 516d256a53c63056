//! Typed actors: one per role, in the first office of every test.

use std::collections::BTreeMap;

use domain::ids::StaffId;
use domain::role::{Grant, Role, Scope};
use uuid::Uuid;

use super::World;
use crate::actor::Actor;
use crate::args;

/// The office of the typed actors; its agency is [`AGENCY`].
pub const OFFICE: &str = "OFF-01";
/// Another office of the same agency.
pub const OTHER_OFFICE: &str = "OFF-02";
/// The agency of both.
pub const AGENCY: &str = "msp";
/// The provider of [`provider_officer`].
pub const PROVIDER: &str = "PRV-01";

/// An actor with one grant. The number makes the account: the same number is the same person.
pub fn actor(number: u128, role: Role, scope: Scope) -> Actor {
    let agency_of = BTreeMap::from([
        (OFFICE.to_owned(), AGENCY.to_owned()),
        (OTHER_OFFICE.to_owned(), AGENCY.to_owned()),
    ]);
    let name = format!("{role} {number}");
    Actor::staff(
        StaffId::new(Uuid::from_u128(0x0057_aff0_0000 + number)),
        name,
        vec![Grant { role, scope }],
        agency_of,
    )
}

/// Gives people an account with their grants: who reports to whom is read from there.
pub async fn hire(world: &World, people: &[Actor]) {
    let people = people.to_vec();
    world
        .write(async move |tx| {
            for one in &people {
                tx.run(
                    "INSERT INTO staff (id, login, name, language, created_at) VALUES ($1, $2, $3, 'en', $4)",
                    args![one.staff_id, one.staff_id.to_string(), &one.name, tx.now()],
                )
                .await?;
                for grant in &one.grants {
                    tx.run(
                        "INSERT INTO staff_grant (staff_id, role, scope_kind, scope_code, granted_at)
                         VALUES ($1, $2, $3, $4, $5)",
                        args![
                            one.staff_id,
                            grant.role.code(),
                            grant.scope.kind(),
                            grant.scope.code().unwrap_or_default(),
                            tx.now()
                        ],
                    )
                    .await?;
                }
            }
            Ok(())
        })
        .await
        .expect("accounts");
}

/// A counter officer of [`OFFICE`].
pub fn counter_officer() -> Actor {
    actor(1, Role::CounterOfficer, Scope::Office(OFFICE.into()))
}

/// Another counter officer of [`OFFICE`].
pub fn second_counter_officer() -> Actor {
    actor(2, Role::CounterOfficer, Scope::Office(OFFICE.into()))
}

/// A counter officer of [`OTHER_OFFICE`].
pub fn officer_elsewhere() -> Actor {
    actor(3, Role::CounterOfficer, Scope::Office(OTHER_OFFICE.into()))
}

/// The supervisor of [`OFFICE`].
pub fn supervisor() -> Actor {
    actor(4, Role::Supervisor, Scope::Office(OFFICE.into()))
}

/// Another supervisor of [`OFFICE`].
pub fn second_supervisor() -> Actor {
    actor(5, Role::Supervisor, Scope::Office(OFFICE.into()))
}

/// An officer of [`PROVIDER`].
pub fn provider_officer() -> Actor {
    actor(6, Role::ProviderOfficer, Scope::Provider(PROVIDER.into()))
}

/// A policy officer for the whole country.
pub fn policy_officer() -> Actor {
    actor(7, Role::PolicyOfficer, Scope::National)
}

/// Another policy officer for the whole country.
pub fn second_policy_officer() -> Actor {
    actor(11, Role::PolicyOfficer, Scope::National)
}

/// A tribunal member.
pub fn tribunal_member() -> Actor {
    actor(8, Role::TribunalMember, Scope::National)
}

/// An ombudsman.
pub fn ombudsman() -> Actor {
    actor(12, Role::Ombudsman, Scope::National)
}

/// Another ombudsman.
pub fn second_ombudsman() -> Actor {
    actor(13, Role::Ombudsman, Scope::National)
}

/// The supervisor of the agency that [`OFFICE`] belongs to.
pub fn agency_supervisor() -> Actor {
    actor(14, Role::Supervisor, Scope::Agency(AGENCY.into()))
}

/// Another supervisor of that agency.
pub fn second_agency_supervisor() -> Actor {
    actor(15, Role::Supervisor, Scope::Agency(AGENCY.into()))
}

/// An auditor for the whole country.
pub fn auditor() -> Actor {
    actor(9, Role::Auditor, Scope::National)
}

/// An administrator for the whole country.
pub fn administrator() -> Actor {
    actor(10, Role::Administrator, Scope::National)
}

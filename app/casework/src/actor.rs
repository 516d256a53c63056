//! Who acts: the person, what they are and where, and why they look.
//!
//! Every use case takes an `&Actor` and asks [`Actor::require`] for the right it needs in the scope of what it touches.
//! The table role × right is `domain::role`. Staff actors are made at sign-in by [`crate::staff`]; the program itself acts
//! as [`Actor::system`], whoever runs a command as [`Actor::command_line`].

use std::collections::BTreeMap;

use domain::ids::StaffId;
use domain::lifecycle::By;
use domain::role::{Grant, Right, Role, Scope};
use uuid::Uuid;

use crate::db::Sight;
use crate::db::sight::codes;
use crate::error::{Error, Result};

/// Why a file is looked at; it stands in every journal entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Ordinary work on a case of one's own office.
    Casework,
    /// A file outside the own scope, opened with a reason.
    BreakGlass,
    /// Looking back at what was done.
    Audit,
    /// A command of the program.
    Command,
    /// The program by itself: a clock ran out, a session expired.
    System,
    /// The person concerned looks at the own case.
    Applicant,
}

impl Purpose {
    /// The word that is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Casework => "casework",
            Self::BreakGlass => "break_glass",
            Self::Audit => "audit",
            Self::Command => "command",
            Self::System => "system",
            Self::Applicant => "applicant",
        }
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The member of staff; the nil id for the system, a command and an applicant.
    pub staff_id: StaffId,
    /// As shown to colleagues.
    pub name: String,
    /// What they are, and where.
    pub grants: Vec<Grant>,
    /// Why they act now.
    pub purpose: Purpose,
    /// Office → agency, for grants that hold for a whole agency.
    agency_of: BTreeMap<String, String>,
}

impl Actor {
    /// A member of staff. `agency_of` names the agency of each office of the pack in force.
    pub fn staff(
        staff_id: StaffId,
        name: impl Into<String>,
        grants: Vec<Grant>,
        agency_of: BTreeMap<String, String>,
    ) -> Self {
        Self { staff_id, name: name.into(), grants, purpose: Purpose::Casework, agency_of }
    }

    /// The program by itself. It may do everything.
    pub fn system() -> Self {
        Self::without_account("system", Purpose::System)
    }

    /// Whoever may run commands on the machine. May do everything.
    pub fn command_line() -> Self {
        Self::without_account("command line", Purpose::Command)
    }

    /// The person concerned, who proved it by reference, birth date and PIN. Has no right of staff.
    pub fn applicant() -> Self {
        Self::without_account("applicant", Purpose::Applicant)
    }

    fn without_account(name: &str, purpose: Purpose) -> Self {
        Self {
            staff_id: StaffId::new(Uuid::nil()),
            name: name.into(),
            grants: Vec::new(),
            purpose,
            agency_of: BTreeMap::new(),
        }
    }

    /// The same person, acting for another purpose.
    #[must_use]
    pub fn with_purpose(&self, purpose: Purpose) -> Self {
        Self { purpose, ..self.clone() }
    }

    /// The id of the account; `None` for the system, a command and an applicant.
    pub fn account(&self) -> Option<StaffId> {
        (!self.staff_id.uuid().is_nil()).then_some(self.staff_id)
    }

    /// Whether this is the program itself or a command, not a person at a desk.
    pub fn is_machine(&self) -> bool {
        self.account().is_none() && matches!(self.purpose, Purpose::System | Purpose::Command)
    }

    /// Whether the actor has this right anywhere: for showing or hiding a menu entry.
    pub fn may(&self, right: Right) -> bool {
        self.is_machine() || self.grants.iter().any(|grant| grant.role.may(right))
    }

    /// Whether the actor has this right for what lies in `place`.
    pub fn may_in(&self, right: Right, place: &Scope) -> bool {
        self.is_machine() || self.role_for(right, place).is_some()
    }

    /// `Forbidden` unless the actor has this right for what lies in `place`.
    pub fn require(&self, right: Right, place: &Scope) -> Result<()> {
        if self.may_in(right, place) {
            return Ok(());
        }
        tracing::info!(staff_id = %self.staff_id, %right, scope = place.kind(), code = place.code(), "refused");
        Err(Error::Forbidden)
    }

    /// `Forbidden` unless the actor has this right anywhere: for what belongs to nobody in particular.
    pub fn require_anywhere(&self, right: Right) -> Result<()> {
        if self.may(right) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// As which hand the actor makes a step of a lifecycle: the role that has the right there.
    pub fn hand(&self, right: Right, place: &Scope) -> Result<By> {
        if self.is_machine() {
            return Ok(By::System);
        }
        self.role_for(right, place).map(By::Staff).ok_or(Error::Forbidden)
    }

    /// Where the actor has this right: for lists.
    pub fn scopes(&self, right: Right) -> impl Iterator<Item = &Scope> {
        self.grants.iter().filter(move |grant| grant.role.may(right)).map(|grant| &grant.scope)
    }

    /// What PostgreSQL shows to a transaction of this actor. An applicant's is that of their household, which the use case
    /// knows: nothing, here.
    pub fn sight(&self) -> Sight {
        if self.is_machine() {
            return Sight::system();
        }
        let Some(account) = self.account() else { return Sight::default() };
        let registry = self.may(Right::SearchRegistry) || self.may(Right::RegisterHousehold);
        let files = self.places(&[Right::OpenFile, Right::EditHousehold, Right::Assess, Right::ReviewAccess]);
        let offices = files.iter().filter(|place| matches!(place, Scope::Office(_)));
        let work = self.places(&[
            Right::WorkTasks,
            Right::AssignTasks,
            Right::Propose,
            Right::Approve,
            Right::HandleReferrals,
            Right::HandleComplaints,
            Right::DirectComplaints,
        ]);
        let providers =
            self.scopes(Right::HandleReferrals).filter(|scope| matches!(scope, Scope::Provider(_)));
        let everywhere = |places: &[Scope], list: String| {
            if places.contains(&Scope::National) { "*".to_owned() } else { list }
        };
        let queues: Vec<String> =
            work.iter().filter_map(|place| Some(format!("{}:{}", place.kind(), place.code()?))).collect();
        // The tribunal's own: its terms lie in the country's scope.
        let tribunal = self.may(Right::DecideAppeals);
        let complaints = match (self.may(Right::HandleSensitive), self.may(Right::HandleComplaints)) {
            (true, _) => "all",
            (false, true) => "open",
            (false, false) => "",
        };
        Sight::of(
            "staff",
            &[
                ("staff", &account.to_string()),
                ("registry", if registry { "on" } else { "" }),
                ("offices", &everywhere(&files, codes(offices.filter_map(Scope::code)))),
                (
                    "work",
                    &if tribunal {
                        "national:".to_owned()
                    } else {
                        everywhere(&work, codes(queues.iter().map(String::as_str)))
                    },
                ),
                ("tribunal", if tribunal { "on" } else { "" }),
                ("providers", &codes(providers.filter_map(Scope::code))),
                ("complaints", complaints),
            ],
        )
    }

    /// The offices where the actor has this right; an agency's are its offices. For lists of what lies in offices.
    pub fn offices(&self, right: Right) -> Vec<String> {
        let places = self.places(&[right]);
        let mut codes: Vec<String> = places
            .iter()
            .filter(|place| matches!(place, Scope::Office(_)))
            .filter_map(Scope::code)
            .map(str::to_owned)
            .collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// Where the actor has any of these rights; an agency with its offices.
    fn places(&self, rights: &[Right]) -> Vec<Scope> {
        let mut places = Vec::new();
        for grant in self.grants.iter().filter(|grant| rights.iter().any(|right| grant.role.may(*right))) {
            if let Scope::Agency(agency) = &grant.scope {
                let own = self.agency_of.iter().filter(|(_, of)| *of == agency);
                places.extend(own.map(|(office, _)| Scope::Office(office.clone())));
            }
            places.push(grant.scope.clone());
        }
        places
    }

    /// The role that gives the right in `place`; of several the one with most rights (a supervisor who also sits at a
    /// counter acts as supervisor).
    fn role_for(&self, right: Right, place: &Scope) -> Option<Role> {
        self.grants
            .iter()
            .filter(|grant| grant.role.may(right))
            .filter(|grant| {
                grant.scope.covers(place, |office| self.agency_of.get(office).map(String::as_str))
            })
            .map(|grant| grant.role)
            .max_by_key(|role| role.rights().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(grants: &[(Role, Scope)]) -> Actor {
        let grants = grants.iter().map(|(role, scope)| Grant { role: *role, scope: scope.clone() }).collect();
        let agency_of = BTreeMap::from([("OFF-01".into(), "msp".into()), ("OFF-02".into(), "moh".into())]);
        Actor::staff(StaffId::new(Uuid::from_u128(7)), "A", grants, agency_of)
    }

    fn office(code: &str) -> Scope {
        Scope::Office(code.into())
    }

    #[test]
    fn a_right_holds_in_the_scope_of_its_grant_only() {
        let officer = actor(&[(Role::CounterOfficer, office("OFF-01"))]);
        assert_eq!(officer.require(Right::OpenFile, &office("OFF-01")), Ok(()));
        assert_eq!(officer.require(Right::OpenFile, &office("OFF-02")), Err(Error::Forbidden));
        assert_eq!(officer.require(Right::Approve, &office("OFF-01")), Err(Error::Forbidden));
        let head = actor(&[(Role::Supervisor, Scope::Agency("msp".into()))]);
        assert!(
            head.may_in(Right::Approve, &office("OFF-01")) && !head.may_in(Right::Approve, &office("OFF-02"))
        );
    }

    #[test]
    fn two_grants_do_not_lend_each_other_their_scope() {
        let both = actor(&[(Role::Supervisor, office("OFF-01")), (Role::CounterOfficer, office("OFF-02"))]);
        assert!(!both.may_in(Right::Approve, &office("OFF-02")));
        assert_eq!(both.hand(Right::OpenFile, &office("OFF-01")), Ok(By::Staff(Role::Supervisor)));
        assert_eq!(both.hand(Right::OpenFile, &office("OFF-02")), Ok(By::Staff(Role::CounterOfficer)));
    }

    #[test]
    fn the_machine_may_everything_and_an_applicant_nothing() {
        for right in Right::ALL {
            assert!(Actor::system().may_in(*right, &Scope::National));
            assert!(!Actor::applicant().may(*right));
            assert!(
                Actor::system().with_purpose(Purpose::Applicant).require(*right, &Scope::National).is_err()
            );
        }
        assert_eq!(Actor::command_line().account(), None);
    }
}

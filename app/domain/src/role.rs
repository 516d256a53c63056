//! Who may do what: eight roles, the scope a grant holds in, and the table of rights.
//!
//! To add a right: add it to [`Right`] and to the row of each role that has it in [`Role::rights`]. The use
//! case asks for the right and checks the scope; a page asks only to decide what to show.

use crate::codes::codes;
use serde::{Deserialize, Serialize};

codes! {
    /// What a member of staff is, in one scope. A person may hold several grants.
    pub enum Role {
        /// Meets people: registers, assesses, hands out letters.
        CounterOfficer = "counter_officer",
        /// Answers for an office: assigns work, signs second, looks at who opened what.
        Supervisor = "supervisor",
        /// Works for a provider: receives referrals and reports what came of them.
        ProviderOfficer = "provider_officer",
        /// Keeps programmes, forms and rules.
        PolicyOfficer = "policy_officer",
        /// Hears appeals; holds no other role.
        TribunalMember = "tribunal_member",
        /// Answers complaints that offices may not read or did not answer; holds no other role.
        Ombudsman = "ombudsman",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
        /// Keeps staff and their grants; sees no case file.
        Administrator = "administrator",
    }
}

codes! {
    /// Something a use case may ask for.
    pub enum Right {
        /// Search the registry; what lies outside the own office is shown masked.
        SearchRegistry = "search_registry",
        /// Register a household, keep drafts of a registration.
        RegisterHousehold = "register_household",
        /// Open a household's file within the scope.
        OpenFile = "open_file",
        /// Open a file outside the scope, with a reason that the supervisor sees.
        BreakGlass = "break_glass",
        /// Change a household's members, address, phone, consents.
        EditHousehold = "edit_household",
        /// Fill in and submit the combined assessment; issue its letter.
        Assess = "assess",
        /// Ask adults about work, and draw up and follow their plans for it.
        Plan = "plan",
        /// Keep vacancies and courses on the board of an office, or those of the own provider.
        KeepBoard = "keep_board",
        /// Claim and do tasks of the office's queues.
        WorkTasks = "work_tasks",
        /// Give tasks to others, see the team's work.
        AssignTasks = "assign_tasks",
        /// Prepare a change that needs a second person.
        Propose = "propose",
        /// Approve, return or refuse such a change.
        Approve = "approve",
        /// See who opened which file, break-glass included.
        ReviewAccess = "review_access",
        /// Receive referrals of the own provider and report outcomes.
        HandleReferrals = "handle_referrals",
        /// Keep what is known of places in the directory of services: the own provider's, or those the office serves.
        KeepDirectory = "keep_directory",
        /// Hand in records of conditions for the own provider: attendance, visits.
        HandInRecords = "hand_in_records",
        /// Look at programmes and simulations, prepare changes of the rules.
        KeepPolicy = "keep_policy",
        /// Approve or return a change of the rules that others prepared.
        ApprovePolicy = "approve_policy",
        /// See what programmes have to give, what is promised of it, and who waits.
        SeeBudgets = "see_budgets",
        /// See how many objections there are and what becomes of them.
        SeeNumbers = "see_numbers",
        /// Upload lists of partners, accept what was found, have it registered.
        ImportLists = "import_lists",
        /// Hear and decide appeals.
        DecideAppeals = "decide_appeals",
        /// Write a complaint down for somebody.
        LodgeComplaint = "lodge_complaint",
        /// Find out what a complaint is about and answer it.
        HandleComplaints = "handle_complaints",
        /// Give complaints to others, sign their answers.
        DirectComplaints = "direct_complaints",
        /// Read complaints of the restricted queue, and who complains in confidence.
        HandleSensitive = "handle_sensitive",
        /// Read the journal and verify it.
        ReadJournal = "read_journal",
        /// Add, disable and re-scope staff.
        ManageStaff = "manage_staff",
        /// Read how people are matched: the models, what they rest on, and what they change.
        ReadModels = "read_models",
        /// Put a learned model in force, or refuse it.
        KeepModels = "keep_models",
    }
}

impl Role {
    /// The rights of the role: the one table.
    pub const fn rights(self) -> &'static [Right] {
        use Right as R;
        match self {
            Self::CounterOfficer => &[
                R::SearchRegistry,
                R::RegisterHousehold,
                R::OpenFile,
                R::BreakGlass,
                R::EditHousehold,
                R::Assess,
                R::Plan,
                R::KeepBoard,
                R::WorkTasks,
                R::Propose,
                R::LodgeComplaint,
                R::HandleComplaints,
            ],
            Self::Supervisor => &[
                R::SearchRegistry,
                R::RegisterHousehold,
                R::OpenFile,
                R::BreakGlass,
                R::EditHousehold,
                R::Assess,
                R::Plan,
                R::KeepBoard,
                R::WorkTasks,
                R::AssignTasks,
                R::Propose,
                R::Approve,
                R::ReviewAccess,
                R::ImportLists,
                R::ReadModels,
                R::SeeBudgets,
                R::SeeNumbers,
                R::KeepDirectory,
                R::LodgeComplaint,
                R::HandleComplaints,
                R::DirectComplaints,
            ],
            Self::ProviderOfficer => &[
                R::HandleReferrals,
                R::KeepDirectory,
                R::HandInRecords,
                R::KeepBoard,
                R::WorkTasks,
                R::LodgeComplaint,
            ],
            Self::PolicyOfficer => &[R::KeepPolicy, R::ApprovePolicy, R::SeeBudgets, R::SeeNumbers],
            // Nothing of an agency's: its queues and files are not theirs.
            Self::TribunalMember => &[R::DecideAppeals],
            // No work of offices: what is for the ombudsman stands on the desk of complaints.
            Self::Ombudsman => &[
                R::LodgeComplaint,
                R::HandleComplaints,
                R::DirectComplaints,
                R::HandleSensitive,
                R::SeeNumbers,
            ],
            Self::Auditor => &[
                R::SearchRegistry,
                R::OpenFile,
                R::ReviewAccess,
                R::ReadJournal,
                R::ReadModels,
                R::SeeNumbers,
            ],
            Self::Administrator => &[R::ManageStaff, R::ReadModels, R::KeepModels],
        }
    }

    /// Whether the role has the right (in the scope of its grant).
    pub fn may(self, right: Right) -> bool {
        self.rights().contains(&right)
    }

    /// Whether a grant of this role can hold in a scope of this kind: an officer belongs to an office, a
    /// provider's officer to a provider, a tribunal to nobody below the nation.
    pub const fn fits(self, scope: &Scope) -> bool {
        match self {
            Self::CounterOfficer => matches!(scope, Scope::Office(_)),
            Self::Supervisor => matches!(scope, Scope::Office(_) | Scope::Agency(_)),
            Self::ProviderOfficer => matches!(scope, Scope::Provider(_)),
            Self::PolicyOfficer | Self::Auditor => matches!(scope, Scope::Agency(_) | Scope::National),
            Self::TribunalMember | Self::Ombudsman => matches!(scope, Scope::National),
            Self::Administrator => matches!(scope, Scope::Office(_) | Scope::Agency(_) | Scope::National),
        }
    }
}

/// Where a grant holds. Codes are those of the pack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "code", rename_all = "snake_case")]
pub enum Scope {
    /// One office and its counters.
    Office(String),
    /// Every office of one agency.
    Agency(String),
    /// One provider of services.
    Provider(String),
    /// The whole country.
    National,
}

impl Scope {
    /// Builds a scope from its stored kind and code; `None` when the kind is unknown or lacks its code.
    pub fn from_parts(kind: &str, code: Option<&str>) -> Option<Self> {
        let code = code.map(str::trim).filter(|code| !code.is_empty());
        match (kind, code) {
            ("office", Some(code)) => Some(Self::Office(code.to_owned())),
            ("agency", Some(code)) => Some(Self::Agency(code.to_owned())),
            ("provider", Some(code)) => Some(Self::Provider(code.to_owned())),
            ("national", _) => Some(Self::National),
            _ => None,
        }
    }

    /// The word stored for the kind of scope.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Office(_) => "office",
            Self::Agency(_) => "agency",
            Self::Provider(_) => "provider",
            Self::National => "national",
        }
    }

    /// The office, agency or provider; `None` for the whole country.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Office(code) | Self::Agency(code) | Self::Provider(code) => Some(code),
            Self::National => None,
        }
    }

    /// Whether a grant in this scope reaches what lies in `place`. An agency reaches its offices: `agency_of`
    /// names an office's agency.
    pub fn covers<'a>(&self, place: &Scope, agency_of: impl Fn(&str) -> Option<&'a str>) -> bool {
        match (self, place) {
            (Self::National, _) => true,
            (Self::Agency(agency), Self::Office(office)) => agency_of(office) == Some(agency.as_str()),
            (own, other) => own == other,
        }
    }
}

/// A role held in a scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// What the person is.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

/// Why a set of grants cannot be one person's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantFault {
    /// The role cannot be held in a scope of this kind.
    #[error("a {role} cannot be granted for {scope}")]
    WrongScope {
        /// The role granted.
        role: Role,
        /// The kind of scope it was granted in.
        scope: &'static str,
    },
    /// An ombudsman holds another role too.
    #[error("an ombudsman holds no other role")]
    OmbudsmanWithOther,
    /// A tribunal member holds another role too.
    #[error("a tribunal member holds no other role")]
    TribunalWithOther,
    /// The auditor would audit own work.
    #[error("an auditor holds no other role")]
    AuditorWithOther,
}

/// Checks that one person may hold these grants together.
pub fn check_grants(grants: &[Grant]) -> Result<(), GrantFault> {
    if let Some(grant) = grants.iter().find(|grant| !grant.role.fits(&grant.scope)) {
        return Err(GrantFault::WrongScope { role: grant.role, scope: grant.scope.kind() });
    }
    let mixes = |role: Role| grants.iter().any(|g| g.role == role) && grants.iter().any(|g| g.role != role);
    if mixes(Role::TribunalMember) {
        return Err(GrantFault::TribunalWithOther);
    }
    if mixes(Role::Ombudsman) {
        return Err(GrantFault::OmbudsmanWithOther);
    }
    if mixes(Role::Auditor) {
        return Err(GrantFault::AuditorWithOther);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(role: Role, scope: Scope) -> Grant {
        Grant { role, scope }
    }

    #[test]
    fn every_right_is_someones() {
        for right in Right::ALL {
            assert!(Role::ALL.iter().any(|role| role.may(*right)), "nobody has {right}");
        }
    }

    #[test]
    fn the_reader_changes_nothing_and_the_administrator_sees_no_file() {
        for right in
            [Right::EditHousehold, Right::RegisterHousehold, Right::Approve, Right::Propose, Right::Assess]
        {
            assert!(!Role::Auditor.may(right));
        }
        assert!(!Role::Administrator.may(Right::OpenFile));
        assert!(!Role::Administrator.may(Right::SearchRegistry));
        assert!(!Role::CounterOfficer.may(Right::Approve));
    }

    #[test]
    fn an_agency_reaches_its_offices_only() {
        let agency_of = |office: &str| if office == "OFF-01" { Some("msp") } else { Some("moh") };
        let msp = Scope::Agency("msp".into());
        assert!(msp.covers(&Scope::Office("OFF-01".into()), agency_of));
        assert!(!msp.covers(&Scope::Office("OFF-02".into()), agency_of));
        assert!(!Scope::Office("OFF-01".into()).covers(&msp, agency_of));
        assert!(Scope::National.covers(&Scope::Provider("P1".into()), agency_of));
        assert!(!Scope::Provider("OFF-01".into()).covers(&Scope::Office("OFF-01".into()), agency_of));
    }

    #[test]
    fn grants_that_do_not_go_together() {
        let tribunal = grant(Role::TribunalMember, Scope::National);
        let officer = grant(Role::CounterOfficer, Scope::Office("OFF-01".into()));
        let auditor = grant(Role::Auditor, Scope::National);
        assert_eq!(check_grants(std::slice::from_ref(&tribunal)), Ok(()));
        let ombudsman = grant(Role::Ombudsman, Scope::National);
        assert_eq!(check_grants(std::slice::from_ref(&ombudsman)), Ok(()));
        assert_eq!(check_grants(&[ombudsman, officer.clone()]), Err(GrantFault::OmbudsmanWithOther));
        assert_eq!(check_grants(&[tribunal, officer.clone()]), Err(GrantFault::TribunalWithOther));
        assert_eq!(check_grants(&[auditor, officer]), Err(GrantFault::AuditorWithOther));
        assert_eq!(
            check_grants(&[grant(Role::CounterOfficer, Scope::National)]),
            Err(GrantFault::WrongScope { role: Role::CounterOfficer, scope: "national" })
        );
    }

    #[test]
    fn a_scope_goes_there_and_back() {
        for scope in [
            Scope::Office("a".into()),
            Scope::Agency("b".into()),
            Scope::Provider("c".into()),
            Scope::National,
        ] {
            assert_eq!(Scope::from_parts(scope.kind(), scope.code()), Some(scope));
        }
        assert_eq!(Scope::from_parts("office", None), None);
        assert_eq!(Scope::from_parts("village", Some("x")), None);
    }
}

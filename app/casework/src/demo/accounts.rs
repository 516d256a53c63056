//! The accounts of a demo database: one for each role, all with one public password. They exist only in a database
//! made by `guichet demo`; the sign-in page of such a database lists them, and `guichet serve` prints them.

use domain::role::Role;

/// The password of every demo account. Public: the server refuses to show such a database to a network.
pub const PASSWORD: &str = "one-window-for-every-door";

/// What an account is scoped to; the code comes from the pack in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// The pack's first office.
    Office,
    /// The pack's first provider.
    Provider,
    /// The first provider that records attendance.
    School,
    /// The whole country.
    Nation,
}

/// One demo account.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// Name to sign in with.
    pub login: &'static str,
    /// Name people see.
    pub name: &'static str,
    /// Its one role.
    pub role: Role,
    /// Where the role holds.
    pub scope: Where,
}

/// One account for each role, in the order in which a visit meets them; two sit at the counter, two keep the rules and two are
/// ombudsmen, for nobody looks again at the own decision, approves the own change or signs the own answer, and two work for
/// providers: of a service, and of a school.
pub const ACCOUNTS: &[Account] = &[
    Account { login: "counter", name: "Amina Keita", role: Role::CounterOfficer, scope: Where::Office },
    Account { login: "counter2", name: "Kofi Mensah", role: Role::CounterOfficer, scope: Where::Office },
    Account { login: "supervisor", name: "Jean Ndayizeye", role: Role::Supervisor, scope: Where::Office },
    Account { login: "provider", name: "Salma Mushi", role: Role::ProviderOfficer, scope: Where::Provider },
    Account { login: "school", name: "Binta Camara", role: Role::ProviderOfficer, scope: Where::School },
    Account { login: "policy", name: "Ravi Sharma", role: Role::PolicyOfficer, scope: Where::Nation },
    Account { login: "policy2", name: "Odile Nkurunziza", role: Role::PolicyOfficer, scope: Where::Nation },
    Account { login: "tribunal", name: "Leïla Haddad", role: Role::TribunalMember, scope: Where::Nation },
    Account { login: "ombudsman", name: "Grace Mwangi", role: Role::Ombudsman, scope: Where::Nation },
    Account { login: "ombudsman2", name: "Yusuf Diarra", role: Role::Ombudsman, scope: Where::Nation },
    Account { login: "auditor", name: "Tesfaye Bekele", role: Role::Auditor, scope: Where::Nation },
    Account { login: "admin", name: "Mei Chen", role: Role::Administrator, scope: Where::Nation },
];

#[cfg(test)]
mod tests {
    use super::*;
    use domain::role::Scope;

    #[test]
    fn there_is_an_account_for_each_role_and_each_scope_fits() {
        for role in Role::ALL {
            let two = matches!(
                role,
                Role::CounterOfficer | Role::PolicyOfficer | Role::ProviderOfficer | Role::Ombudsman
            );
            let wanted = if two { 2 } else { 1 };
            assert_eq!(ACCOUNTS.iter().filter(|account| account.role == *role).count(), wanted, "{role}");
        }
        for account in ACCOUNTS {
            let scope = match account.scope {
                Where::Office => Scope::Office("OFF-01".into()),
                Where::Provider | Where::School => Scope::Provider("P-01".into()),
                Where::Nation => Scope::National,
            };
            assert!(account.role.fits(&scope), "{}", account.login);
        }
    }

    #[test]
    fn the_password_is_one_that_staff_could_choose() {
        assert!(PASSWORD.chars().count() >= 15);
        for account in ACCOUNTS {
            assert_eq!(u8::from(zxcvbn::zxcvbn(PASSWORD, &[account.login, account.name]).score()), 4);
        }
    }
}

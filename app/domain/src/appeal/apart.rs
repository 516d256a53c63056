//! Who may not look again at a decision: who took part in it, and who reports to somebody who did.
//!
//! Who reports to whom is read from grants, the only thing known of it: a counter officer reports to the supervisors of the
//! office and of its agency, an office's supervisor to the agency's. Supervisors of one office do not report to each other.

use crate::role::{Grant, Role, Scope};

/// Whether somebody with the grants `own` reports to somebody with the grants `of`; `agency_of` names an office's agency.
pub fn reports_to<'a>(own: &[Grant], of: &[Grant], agency_of: impl Fn(&str) -> Option<&'a str>) -> bool {
    own.iter().any(|mine| of.iter().any(|theirs| leads(theirs, mine, &agency_of)))
}

fn leads<'a>(theirs: &Grant, mine: &Grant, agency_of: &impl Fn(&str) -> Option<&'a str>) -> bool {
    if theirs.role != Role::Supervisor {
        return false;
    }
    match (mine.role, &mine.scope, &theirs.scope) {
        (Role::CounterOfficer, place @ Scope::Office(_), leader) => leader.covers(place, agency_of),
        (Role::Supervisor, place @ Scope::Office(_), leader @ Scope::Agency(_)) => {
            leader.covers(place, agency_of)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(role: Role, scope: Scope) -> Vec<Grant> {
        vec![Grant { role, scope }]
    }

    fn office(code: &str) -> Scope {
        Scope::Office(code.into())
    }

    fn agency(code: &str) -> Scope {
        Scope::Agency(code.into())
    }

    #[expect(clippy::unnecessary_wraps, reason = "the shape in which it is asked")]
    fn agency_of(office: &str) -> Option<&'static str> {
        Some(if office == "OFF-09" { "moh" } else { "msp" })
    }

    #[test]
    fn one_reports_to_who_leads_the_office_or_its_agency() {
        use Role::{CounterOfficer as O, Supervisor as S};
        let cases = [
            (O, office("OFF-01"), S, office("OFF-01"), true),
            (O, office("OFF-01"), S, agency("msp"), true),
            (O, office("OFF-02"), S, office("OFF-01"), false),
            (O, office("OFF-09"), S, agency("msp"), false),
            (O, office("OFF-01"), O, office("OFF-01"), false),
            (S, office("OFF-01"), S, office("OFF-01"), false),
            (S, office("OFF-01"), S, agency("msp"), true),
            (S, agency("msp"), S, office("OFF-01"), false),
            (S, agency("msp"), S, agency("msp"), false),
        ];
        for (own, place, of, over, expected) in cases {
            let told = format!("{own} of {place:?} to {of} of {over:?}");
            assert_eq!(reports_to(&grant(own, place), &grant(of, over), agency_of), expected, "{told}");
        }
    }

    #[test]
    fn one_of_several_grants_is_enough() {
        let mut own = grant(Role::CounterOfficer, office("OFF-02"));
        own.extend(grant(Role::CounterOfficer, office("OFF-01")));
        let of = grant(Role::Supervisor, office("OFF-01"));
        assert!(reports_to(&own, &of, agency_of));
        assert!(!reports_to(&own, &[], agency_of));
    }
}

//! `guichet user add`: staff from the command line, for the first administrator and for scripts.

use std::io::{BufRead as _, IsTerminal as _};

use casework::error::Conflict;
use casework::staff::{self, NewStaff};
use casework::{Actor, Error};
use domain::role::{Grant, Role, Scope};
use serde_json::json;

use super::open;
use crate::cli::{Place, UserAdd};
use crate::failure::{Failure, Outcome};
use crate::progress::print;

/// Adds one account with one grant. The password comes from standard input, so that it stands in no list of
/// processes and no history.
pub async fn add(place: &Place, new: UserAdd) -> Outcome {
    let grant = grant(&new.role, &new.scope)?;
    let casework = open(place).await?;
    let login = new.login.clone();
    let account = NewStaff {
        login: new.login,
        name: new.name,
        language: new.language,
        grants: vec![grant],
        password: password()?,
    };
    let added = staff::add(&casework, &Actor::command_line(), account).await;
    casework.db.close().await;
    let id = added.map_err(|error| match error {
        Error::Conflict(Conflict::Taken) => {
            Failure::failed(format!("{login}: this login is somebody's already"))
        }
        Error::Invalid(word) => Failure::bad_use(in_words(word)),
        other => other.into(),
    })?;
    print(&json!({ "id": id.to_string(), "login": login }))
}

fn grant(role: &str, scope: &str) -> Result<Grant, Failure> {
    let role: Role = role.parse().map_err(|_| {
        let known: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
        Failure::bad_use(format!("{role}: no such role; there are {}", known.join(", ")))
    })?;
    let (kind, code) = scope.split_once(':').map_or((scope, None), |(kind, code)| (kind, Some(code)));
    let scope = Scope::from_parts(kind, code).ok_or_else(|| {
        Failure::bad_use(format!(
            "{scope}: write the scope as office:CODE, agency:CODE, provider:CODE or national"
        ))
    })?;
    if !role.fits(&scope) {
        return Err(Failure::bad_use(format!("a {role} cannot have the scope {}", scope.kind())));
    }
    Ok(Grant { role, scope })
}

/// One line of standard input. Nothing there: an account that cannot sign in until it gets a password.
fn password() -> Result<Option<String>, Failure> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprintln!("Password (15 characters and more, shown as you type), or just Enter for none:");
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line).map_err(|cause| Failure::failed(format!("standard input: {cause}")))?;
    let line = line.trim_end_matches(['\r', '\n']);
    Ok((!line.is_empty()).then(|| line.to_owned()))
}

fn in_words(word: &str) -> &str {
    match word {
        "password.short" => "the password is too short: 15 characters and more",
        "password.long" => "the password is too long",
        "password.common" => "the password is a common one: choose another",
        "password.weak" => "the password is easy to guess: choose another",
        "staff.login" => "the login has 3 to 64 of a-z, 0-9, . _ - @",
        "staff.name" => "the name has 1 to 120 characters",
        "staff.grants" => "the role does not fit the scope or the other roles",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_a_role_in_a_scope_that_fits_it() {
        assert_eq!(grant("administrator", "national").unwrap().role, Role::Administrator);
        assert_eq!(grant("counter_officer", "office:OFF-01").unwrap().scope, Scope::Office("OFF-01".into()));
        for (role, scope) in
            [("boss", "national"), ("counter_officer", "national"), ("auditor", "office"), ("auditor", "x:y")]
        {
            assert_eq!(grant(role, scope).unwrap_err().status, 2, "{role} {scope}");
        }
    }
}

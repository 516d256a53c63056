//! What may be contested, as a list to tick: on the desk of appeals, on the own page, and where a complaint becomes an appeal.

use casework::Casework;
use casework::appeals::{Against, Contestable};
use domain::ids::AppealId;
use domain::pack::Pack;

use crate::shell::Page;

/// The name of the field.
pub const FIELD: &str = "against";
/// The value of what was not decided in time.
const DELAY: &str = "delay";

/// The value of one in a form.
pub fn key(one: &Contestable) -> String {
    one.decision.as_ref().map_or_else(|| DELAY.to_owned(), |decision| decision.id.to_string())
}

/// What is ticked in a form.
pub fn ticked(pairs: &[(String, String)]) -> Vec<String> {
    pairs.iter().filter(|(name, _)| name == FIELD).map(|(_, one)| one.clone()).collect()
}

/// What was ticked of those that may be contested by this appeal: sent twice, it is the same one.
pub fn chosen(found: &[Contestable], ticked: &[String], appeal: AppealId) -> Vec<Against> {
    let is_free = |own: &Contestable| own.appealed.is_none_or(|id| id == appeal);
    let known = |one: &&String| found.iter().any(|own| key(own) == **one && is_free(own));
    ticked.iter().filter(known).filter_map(|one| against(one)).collect()
}

/// What a value of the form names.
pub fn against(value: &str) -> Option<Against> {
    match value {
        DELAY => Some(Against::Delay),
        id => id.parse().ok().map(Against::Decision),
    }
}

/// What it is, for staff: the programme, and of which person.
pub fn name(page: &Page, pack: &Pack, one: &Contestable, person: Option<&str>) -> String {
    let Some(decision) = &one.decision else { return page.t("appeal-delay") };
    let programme = page.of_pack(pack, &format!("programme.{}.name", decision.programme));
    match person {
        Some(name) => format!("{programme} – {name}"),
        None => programme,
    }
}

/// What was decided and when, and until when it may be contested.
pub fn hint(page: &Page, casework: &Casework, one: &Contestable) -> String {
    match (&one.decision, one.until, one.late_since) {
        (Some(decision), until, _) => {
            let on = page.date(casework.here(decision.decided_at).date());
            let outcome = page.t_of("outcome", decision.outcome.code());
            let decided = page.t_with("appeal-decided", &[("outcome", outcome.into()), ("date", on.into())]);
            let key = if one.is_late { "appeal-until-over" } else { "appeal-until" };
            let until = until.map(|day| page.t_with(key, &[("date", page.date(day).into())]));
            format!("{decided} {}", until.unwrap_or_else(|| page.t("appeal-announced")))
        }
        (None, _, Some(since)) => page.t_with("appeal-late-since", &[("date", page.date(since).into())]),
        _ => String::new(),
    }
}

//! Somebody changed the file while a form about it was filled in: what was typed stays, and the page says who it was.

use casework::households::file::{File, history};
use casework::{Actor, Casework};

use crate::kit::Problems;
use crate::shell::{Failure, Page};

/// How far back the last change is looked for; openings stand between.
const LOOK_BACK: u32 = 50;

/// The line above a form that came too late.
pub async fn problem(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    file: &File,
) -> Result<Problems, Failure> {
    let entries = history(casework, actor, file.id, None, LOOK_BACK).await?;
    // Every change of the household tells its new version.
    let who = entries.into_iter().find(|entry| {
        entry.told("version").and_then(|told| told.as_i64()) == Some(file.version)
            || entry.kind.starts_with("consent.")
    });
    let text = match who.as_ref().and_then(|entry| entry.staff_name.as_deref().map(|name| (name, entry.at))) {
        Some((name, at)) => page.t_with(
            "casefile-stale-by",
            &[("name", name.into()), ("when", page.date_time(casework.here(at)).into())],
        ),
        None => page.t("casefile-stale"),
    };
    let mut problems = Problems::new();
    problems.add("main", text);
    Ok(problems)
}

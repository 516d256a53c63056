//! Appeals: the desks of who looks again, of the office and of the tribunal; one appeal with what this person may do now;
//! lodging; the letters and the bundle. What may be done is asked of the use cases; each thing that is done is one `act` of one
//! form on the appeal's page. To add one: its form in [`forms`] or [`tribunal`], a line in [`acts::act`], its words.

mod acts;
mod bundle;
pub mod contested;
mod desk;
mod forms;
mod letter;
mod new;
mod show;
mod tribunal;

use axum::Router;
use axum::routing::get;
use casework::appeals::Issue;
use casework::assessments::Household;
use domain::appeal::IssueKind;
use domain::ids::{AppealId, HouseholdId};
use domain::pack::Pack;

use crate::shell::{Failure, Page};
use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/appeals", get(desk::get).post(desk::post))
        .route("/appeals/{household}/new", get(new::get).post(new::post))
        .route("/appeals/{household}/{appeal}", get(show::get).post(show::post))
        .route("/appeals/{household}/{appeal}/bundle", get(bundle::get))
        .route("/appeals/{household}/{appeal}/letters/{letter}", get(letter::get))
}

/// Where an appeal is.
pub fn address(household: HouseholdId, appeal: impl std::fmt::Display) -> String {
    format!("/appeals/{household}/{appeal}")
}

fn ids(household: &str, appeal: &str) -> Result<(HouseholdId, AppealId), Failure> {
    let household = household.parse().map_err(|_| Failure::not_found())?;
    Ok((household, appeal.parse().map_err(|_| Failure::not_found())?))
}

/// What an issue is about, in the page's language.
fn about(page: &Page, pack: &Pack, home: &Household, issue: &Issue) -> String {
    if issue.kind == IssueKind::Delay {
        return page.t("appeal-delay");
    }
    let programme = page.of_pack(pack, &format!("programme.{}.name", issue.programme));
    match issue.person_id.and_then(|id| home.name_of(&id.to_string()).map(str::to_owned)) {
        Some(name) => format!("{programme} – {name}"),
        None => programme,
    }
}

#[cfg(test)]
mod tests;

//! Before anybody is saved: who may be registered already, and what the officer says of each.
//!
//! A member's page leads here while somebody may be the same and nothing was said of them. What is said stays with the
//! draft, for what is typed now: who changes the name is asked again. Without scripts this is a page of its own; with them
//! the same list stands below the fields as they are filled in ([`typing`]).

use axum::response::{IntoResponse, Redirect, Response};
use casework::households::drafts::{self, Draft};
use casework::matching::{Asked, Candidate, candidates};
use casework::{Actor, Casework, Error};
use domain::matching::Band;
use domain::pack::Pack;
use domain::registration::{ContactForm, MemberForm};
use leptos::prelude::*;

use super::super::candidates::{list, ways};
use super::super::summary;
use super::Step;
use crate::kit::{Button, Problems, Textarea};
use crate::shell::{Answer, Failure, Page, render};

/// Most characters of a reason.
const LONGEST: usize = 1000;

/// Who may be the member of this row and was not spoken of.
pub(super) async fn open(
    casework: &Casework,
    actor: &Actor,
    pack: &Pack,
    member: &MemberForm,
    contact: &ContactForm,
) -> Result<Vec<Candidate>, Failure> {
    let Some(asked) = Asked::typed(member, contact, pack, casework.today()) else { return Ok(Vec::new()) };
    let mut found = candidates(casework, actor, &asked).await?;
    found.retain(|one| {
        let person = one.found.person.to_string();
        let needs_reason = one.band == Band::VeryLikely;
        !member
            .words_that_hold()
            .any(|word| word.person == person && !(needs_reason && word.reason.trim().is_empty()))
    });
    Ok(found)
}

/// Where the form goes on after this row.
pub(super) fn next(draft: &Draft, row: usize, add: bool) -> Step {
    match row + 1 {
        _ if add => Step::Member(draft.form.members.len()),
        next if next < draft.form.members.len() => Step::Member(next),
        _ => Step::Consent,
    }
}

/// The page of a row's candidates; on, when nobody is left.
pub(super) async fn get(
    casework: &Casework,
    actor: &Actor,
    page: Page,
    draft: &Draft,
    (row, add): (usize, bool),
) -> Answer {
    let pack = casework.pack()?;
    let member = draft.form.members.get(row).ok_or_else(Failure::not_found)?;
    let left = open(casework, actor, &pack, member, &draft.form.contact).await?;
    if left.is_empty() {
        return Ok(Redirect::to(&next(draft, row, add).address(draft.id)).into_response());
    }
    Ok(show(page, &pack, draft, (row, add), &left, &Said::default()))
}

/// What was said and could not be taken.
#[derive(Default)]
struct Said {
    person: String,
    reason: String,
    problems: Problems,
}

/// An officer's word about one of the candidates, or about all that are not very likely.
pub(super) async fn post(
    casework: &Casework,
    actor: &Actor,
    page: Page,
    (mut draft, version): (Draft, i64),
    (row, add): (usize, bool),
    pairs: &[(String, String)],
) -> Answer {
    let pack = casework.pack()?;
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str());
    let contact = draft.form.contact.clone();
    let member = draft.form.members.get_mut(row).ok_or_else(Failure::not_found)?;
    let left = open(casework, actor, &pack, member, &contact).await?;
    let (person, mut said) = (value("not"), Said::default());
    for one in &left {
        let id = one.found.person.to_string();
        let very_likely = one.band == Band::VeryLikely;
        if id == person {
            let reason = value(&format!("reason-{id}")).trim().to_owned();
            if very_likely && reason.is_empty() {
                said.problems.add(format!("reason-{id}"), page.t("match-reason-missing"));
            } else if reason.chars().count() > LONGEST {
                let most = page.t_with("field-too-long", &[("most", LONGEST.into())]);
                said.problems.add(format!("reason-{id}"), most);
            } else {
                member.set_apart(id.clone(), reason.clone());
            }
            (said.person, said.reason) = (id, reason);
        } else if person == "all" && !very_likely {
            member.set_apart(id, String::new());
        }
    }
    if !said.problems.is_empty() {
        return Ok(show(page.failed(), &pack, &draft, (row, add), &left, &said));
    }
    match drafts::save(casework, actor, &draft.office, &draft.form, Some(version)).await {
        Ok(_) => Ok(Redirect::to(&Step::Match(row, add).address(draft.id)).into_response()),
        Err(Error::Stale) => {
            said.problems.add("main", page.t("register-stale"));
            draft.version = drafts::draft(casework, actor, draft.id).await?.version;
            Ok(show(page.failed(), &pack, &draft, (row, add), &left, &said))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(
    page: Page,
    pack: &Pack,
    draft: &Draft,
    (row, add): (usize, bool),
    left: &[Candidate],
    said: &Said,
) -> Response {
    let page = page.back(Step::Member(row).address(draft.id));
    let name = draft.form.members.get(row).map_or_else(String::new, summary::name);
    let title = page.t_with("match-title", &[("name", name.into())]);
    let others = left.iter().any(|one| one.band != Band::VeryLikely);
    render(&page, &title, || {
        let about = |one: &Candidate| {
            let id = one.found.person.to_string();
            let named = format!("reason-{id}");
            let hint = if one.band == Band::VeryLikely { "match-reason-needed" } else { "match-reason-hint" };
            let typed = if said.person == id { said.reason.as_str() } else { "" };
            view! {
                {ways(&page, one, (draft.id, row))}
                {Textarea::new(named.clone(), page.t("match-reason"))
                    .hint(page.t(hint))
                    .rows(2)
                    .value(typed)
                    .error(said.problems.of(&named))}
                {Button::new(page.t("match-not-them")).secondary().named("not", &id)}
            }
            .into_any()
        };
        let rest = (others && left.len() > 1)
            .then(|| Button::new(page.t("match-none-of-the-others")).secondary().named("not", "all"));
        view! {
            {said.problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <span class="govuk-caption-l">{page.t("register-caption")}</span>
                    <h1 class="govuk-heading-l"><bdi>{title.clone()}</bdi></h1>
                    <p class="govuk-body">{page.t("match-lead")}</p>
                    <form method="post" action=Step::Match(row, add).address(draft.id) novalidate>
                        <input type="hidden" name="version" value=draft.version.to_string()/>
                        {list(&page, pack, left, about)}
                        {rest}
                    </form>
                </div>
            </div>
        }
        .into_any()
    })
}

/// The same list for what is typed so far, for the script on a member's page. Nothing is kept.
pub(super) async fn typing(
    casework: &Casework,
    actor: &Actor,
    page: Page,
    draft: &Draft,
    row: usize,
    typed: Option<MemberForm>,
) -> Answer {
    let pack = casework.pack()?;
    let mut member = typed.unwrap_or_default();
    if let Some(kept) = draft.form.members.get(row) {
        member.not_them.clone_from(&kept.not_them);
    }
    let found = open(casework, actor, &pack, &member, &draft.form.contact).await?;
    let title = page.t("match-while-typing");
    Ok(render(&page, &title, || {
        let heading = (!found.is_empty())
            .then(|| view! { <h2 class="govuk-heading-m">{title.clone()}</h2> }.into_any());
        view! {
            <div id="candidates">{heading} {list(&page, &pack, &found, |one| ways(&page, one, (draft.id, row)))}</div>
        }
        .into_any()
    }))
}

//! Somebody no longer belongs to the household: why, since when, and, where they live in another one that is registered, in
//! which: then they join it in the same moment.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::households::edit;
use casework::households::file::File;
use casework::households::moving::{Move, move_member};
use casework::{Actor, Casework, Error};
use domain::household::{Leaving, Relation};
use domain::ids::{HouseholdId, PersonId};
use domain::reference::Reference;
use leptos::prelude::*;

use super::frame::{Form, Part, Shown, to_change, version};
use super::member::present;
use super::stale;
use crate::kit::{Day, Input, Problems, Radios};
use crate::shell::{Answer, Failure, Page};
use crate::state::{Pairs, SignedIn};

/// What is filled in.
#[derive(Clone, Debug, Default)]
struct Typed {
    why: String,
    on: Day,
    /// Reference of the household that they joined; empty when it is not known.
    to: String,
    /// Relation to the head there.
    relation: String,
    version: i64,
}

/// `GET /households/{household}/members/{person}/leave`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, member)): Path<(HouseholdId, PersonId)>,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let typed = Typed { on: Day::of(casework.today()), ..Typed::default() };
    show(&casework, &actor, &page, &file, member, &typed, &Problems::new())
}

/// `POST /households/{household}/members/{person}/leave`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, member)): Path<(HouseholdId, PersonId)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let mut file = to_change(&casework, &actor, id).await?;
    let value =
        |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let typed = Typed {
        why: value("why"),
        on: Day::read("on", &value),
        to: value("to"),
        relation: value("relation"),
        version: version(&value("version")),
    };
    let why: Option<Leaving> = typed.why.trim().parse().ok();
    let on = typed.on.parse().filter(|on| *on <= casework.today());
    let mut problems = Problems::new();
    if why.is_none() {
        problems.add("why", page.t("casefile-leave-why-missing"));
    }
    if on.is_none() {
        problems.add("on-day", page.t("casefile-day-wrong"));
    }
    let joins = !typed.to.trim().is_empty() && why == Some(Leaving::MovedOut);
    let to = Reference::parse(&typed.to).ok();
    let relation: Option<Relation> = typed.relation.trim().parse().ok();
    if joins && to.is_none() {
        problems.add("to", page.t("casefile-leave-to-unknown"));
    }
    if joins && relation.is_none() {
        problems.add("relation", page.t("member-relation-missing"));
    }
    let page = page.clone().failed();
    let (Some(why), Some(on), true) = (why, on, problems.is_empty()) else {
        file.version = typed.version;
        return show(&casework, &actor, &page, &file, member, &typed, &problems);
    };
    let done = match (joins, to, relation) {
        (true, Some(to), Some(relation)) => {
            let moving = Move { member, to, relation, on };
            move_member(&casework, &actor, id, typed.version, &moving).await.map(drop)
        }
        _ => edit::remove_member(&casework, &actor, id, typed.version, member, why, on).await.map(drop),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/households/{id}/members?done=left")).into_response()),
        // Another office's household is as unknown here as none: its officer takes the person in.
        Err(Error::Invalid("to.unknown") | Error::Forbidden) if joins => {
            file.version = typed.version;
            problems.add("to", page.t("casefile-leave-to-unknown"));
            show(&casework, &actor, &page, &file, member, &typed, &problems)
        }
        Err(Error::Stale) => {
            let problems = stale::problem(&casework, &actor, &page, &file).await?;
            show(&casework, &actor, &page, &file, member, &typed, &problems)
        }
        Err(error) => Err(error.into()),
    }
}

fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    file: &File,
    member: PersonId,
    typed: &Typed,
    problems: &Problems,
) -> Result<Response, Failure> {
    let person = present(file, member)?;
    if person.relation == Relation::Head {
        // Another head first.
        return Ok(Redirect::to(&format!("/households/{}/head", file.id)).into_response());
    }
    let pack = casework.pack()?;
    let shown = Shown::new(page, &pack, file, actor, casework);
    let title = page.t("casefile-leave-title");
    Ok(shown.render_as(Part::Members, &title, || {
        let reasons = Leaving::ALL.iter().map(|why| (why.code(), page.t_of("leaving", why.code())));
        let relations = Relation::ALL
            .iter()
            .filter(|relation| **relation != Relation::Head)
            .map(|relation| (relation.code(), page.t_of("relation", relation.code())));
        let fields = view! {
            <p class="govuk-body-l"><bdi>{person.name.display()}</bdi></p>
            {Radios::new("why", page.t("casefile-leave-why"))
                .items(reasons)
                .value(typed.why.trim())
                .error(problems.of("why"))}
            {typed.on.input("on", page.t("casefile-leave-on")).error(problems.of("on-day"))}
            {Input::new("to", page.t("casefile-leave-to"))
                .hint(page.t("casefile-leave-to-hint"))
                .width(20)
                .autocomplete("off")
                .value(&typed.to)
                .error(problems.of("to"))}
            {Radios::new("relation", page.t("casefile-leave-relation"))
                .small()
                .items(relations)
                .value(typed.relation.trim())
                .error(problems.of("relation"))}
            <p class="govuk-body">{page.t("casefile-leave-about")}</p>
        }
        .into_any();
        let form = Form {
            title: &title,
            action: shown.address(&format!("members/{member}/leave")),
            button: page.t("casefile-leave-button"),
            cancel: Part::Members.address(file.id),
            problems,
        };
        form.around(&shown, fields)
    }))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::super::testing::{between, family, reference, registered};
    use crate::test_support::{as_counter_officer, version, world_with_pack};

    #[tokio::test]
    async fn who_leaves_is_kept_among_those_who_left() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let mut browser = as_counter_officer(&world).await;
        let members = browser.get(&format!("{file}/members")).await;
        let child = members.html.split("/leave").next().unwrap().rsplit('/').next().unwrap().to_owned();
        let leave = format!("{file}/members/{child}/leave");
        let old = version(&browser.get(&leave).await.html);
        let future = [("on-day", "31"), ("on-month", "12"), ("on-year", "2030"), ("version", old.as_str())];
        let wrong = browser.post(&leave, &future).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.html.contains("href=\"#why\"") && wrong.html.contains("href=\"#on-day\""),
            "{}",
            wrong.html
        );
        let typed = [
            ("why", "moved_out"),
            ("on-day", "1"),
            ("on-month", "11"),
            ("on-year", "2026"),
            ("version", old.as_str()),
        ];
        let done = browser.post(&leave, &typed).await;
        assert_eq!(done.location, format!("{file}/members?done=left"), "{}", done.html);
        let after = browser.get(&done.location).await;
        assert!(after.html.contains("Moved out"), "{}", after.html);
        assert_eq!(browser.get(&leave).await.status, StatusCode::NOT_FOUND);
        // The head stays until there is another.
        let head = between(&after.html, &format!("{file}/members/"), "/edit");
        let reply = browser.get(&format!("{file}/members/{head}/leave")).await;
        assert_eq!(reply.location, format!("{file}/head"));
    }

    #[tokio::test]
    async fn who_joins_another_household_is_a_member_there_at_once() {
        let world = world_with_pack().await;
        let (file, other) = (family(&world).await, registered(&world, "Sow", "B-999 999").await);
        let mut browser = as_counter_officer(&world).await;
        let members = browser.get(&format!("{file}/members")).await;
        let child = members.html.split("/leave").next().unwrap().rsplit('/').next().unwrap().to_owned();
        let leave = format!("{file}/members/{child}/leave");
        let form = browser.get(&leave).await;
        let old = version(&form.html);
        let other_page = browser.get(&other).await;
        let there = reference(&other_page.html);
        let own = reference(&form.html);
        let typed = |to: &str| {
            [
                ("why", "moved_out"),
                ("on-day", "1"),
                ("on-month", "11"),
                ("on-year", "2026"),
                ("relation", "other_relative"),
                ("to", to),
                ("version", &old),
            ]
            .map(|(name, value)| (name, value.to_owned()))
        };
        for wrong in ["SP-0000-0001", own.as_str()] {
            let typed = typed(wrong);
            let typed: Vec<(&str, &str)> =
                typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reply = browser.post(&leave, &typed).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(reply.html.contains("href=\"#to\""), "{}", reply.html);
        }
        let typed = typed(&there);
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let done = browser.post(&leave, &typed).await;
        assert_eq!(done.location, format!("{file}/members?done=left"), "{}", done.html);
        let joined = browser.get(&format!("{other}/members")).await;
        assert!(joined.html.contains("Fatou Ba") && joined.html.contains("Fatou Sow"), "{}", joined.html);
    }
}

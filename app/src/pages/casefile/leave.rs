//! Somebody no longer belongs to the household: why, since when, and, where they live in another one that is registered, in
//! which: then they join it in the same moment.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::error::Conflict;
use casework::households::changes::{self, Change, Dated, Made};
use casework::households::edit;
use casework::households::file::{File, Member};
use casework::households::moving::{Move, move_member};
use casework::{Actor, Casework, Error};
use domain::household::{Leaving, Relation};
use domain::ids::{HouseholdId, PersonId};
use domain::life_event::LifeEvent;
use domain::reference::Reference;
use leptos::prelude::*;

use super::frame::{Form, Part, Shown, recorded, to_change, version};
use super::member::present;
use super::relations::{self, Chosen};
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
    /// What everybody else is to another head, where the head died.
    relations: Chosen,
    version: i64,
}

/// The others, of whom one becomes the head when this one was.
fn others(file: &File, member: PersonId) -> impl Iterator<Item = &Member> {
    let is_head = file.present().any(|one| one.id == member && one.person.relation == Relation::Head);
    file.present().filter(move |one| is_head && one.id != member)
}

/// `GET /households/{household}/members/{person}/leave`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, member)): Path<(HouseholdId, PersonId)>,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let relations = others(&file, member).map(|one| (one.id, String::new())).collect();
    let typed = Typed { on: Day::of(casework.today()), relations, ..Typed::default() };
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
        relations: others(&file, member).map(|one| (one.id, value(&relations::input(one.id)))).collect(),
        version: version(&value("version")),
    };
    let is_head = present(&file, member)?.relation == Relation::Head;
    let why: Option<Leaving> = typed.why.trim().parse().ok().filter(|why| !is_head || *why == Leaving::Died);
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
    let relations = relations::read(&page, &typed.relations, &mut problems);
    if problems.is_empty() && relations::heads(&relations) != usize::from(!relations.is_empty()) {
        problems.add(relations::first(&typed.relations), page.t("casefile-head-one"));
    }
    let page = page.clone().failed();
    let (Some(why), Some(on), true) = (why, on, problems.is_empty()) else {
        file.version = typed.version;
        return show(&casework, &actor, &page, &file, member, &typed, &problems);
    };
    let done = match (joins, to, relation) {
        (true, Some(to), Some(relation)) => {
            let moving = Move { member, to, relation, on };
            move_member(&casework, &actor, id, typed.version, &moving).await.map(|_| Made::Done(0))
        }
        _ if why == Leaving::Died => {
            let dated = Dated { change: Change::Death { member, relations }, on };
            changes::record(&casework, &actor, id, typed.version, &dated, "").await
        }
        _ => edit::remove_member(&casework, &actor, id, typed.version, member, why, on).await.map(Made::Done),
    };
    match done {
        Ok(made) => Ok(recorded(id, made, "left")),
        Err(Error::Conflict(Conflict::Taken)) => {
            file.version = typed.version;
            problems.add("why", page.t("casefile-change-waits"));
            show(&casework, &actor, &page, &file, member, &typed, &problems)
        }
        Err(Error::Invalid("date.before")) => {
            file.version = typed.version;
            problems.add("on-day", page.t("casefile-day-wrong"));
            show(&casework, &actor, &page, &file, member, &typed, &problems)
        }
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
    let is_head = person.relation == Relation::Head;
    let pack = casework.pack()?;
    let shown = Shown::new(page, &pack, file, actor, casework);
    let title = page.t("casefile-leave-title");
    Ok(shown.render_as(Part::Members, &title, || {
        // A head who lives on leaves after another is named.
        let reasons = Leaving::ALL.iter().filter(|why| !is_head || **why == Leaving::Died).map(|why| (why.code(), page.t_of("leaving", why.code())));
        let relations = Relation::ALL
            .iter()
            .filter(|relation| **relation != Relation::Head)
            .map(|relation| (relation.code(), page.t_of("relation", relation.code())));
        let elsewhere = (!is_head).then(|| view! {
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
        });
        let another = is_head.then(|| {
            let selects = relations::selects(page, others(file, member), "choose", &typed.relations, problems);
            view! {
                <p class="govuk-body">
                    {page.t("casefile-leave-head")} " "
                    <a class="govuk-link" href=shown.address("head")>{page.t("casefile-head-change")}</a>
                </p>
                {(!selects.is_empty()).then(|| view! { <p class="govuk-body">{page.t("casefile-head-about")}</p> })}
                {selects}
            }
        });
        let signed = pack.about.life_events.is_signed(LifeEvent::Death).then(|| page.t("casefile-death-signed"));
        let fields = view! {
            <p class="govuk-body-l"><bdi>{person.name.display()}</bdi></p>
            {Radios::new("why", page.t("casefile-leave-why"))
                .items(reasons)
                .value(typed.why.trim())
                .error(problems.of("why"))}
            {typed.on.input("on", page.t("casefile-leave-on")).error(problems.of("on-day"))}
            {elsewhere}
            {another}
            <p class="govuk-body">{page.t("casefile-leave-about")} " " {signed}</p>
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
    use crate::test_support::{as_counter_officer, as_supervisor, version, world_with_pack};

    #[tokio::test]
    async fn who_leaves_is_kept_among_those_who_left() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let mut browser = as_counter_officer(&world).await;
        let members = browser.get(&format!("{file}/members")).await;
        let child = members.html.split("/leave").nth(1).unwrap().rsplit('/').next().unwrap().to_owned();
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
        // The head stays until there is another, or dies.
        let head = between(&after.html, &format!("{file}/members/"), "/edit");
        let reply = browser.get(&format!("{file}/members/{head}/leave")).await;
        assert!(reply.html.contains("value=\"died\"") && !reply.html.contains("value=\"moved_out\""));
        assert!(reply.html.contains(&format!("{file}/head")), "{}", reply.html);
    }

    #[tokio::test]
    async fn who_joins_another_household_is_a_member_there_at_once() {
        let world = world_with_pack().await;
        let (file, other) = (family(&world).await, registered(&world, "Sow", "B-999 999").await);
        let mut browser = as_counter_officer(&world).await;
        let members = browser.get(&format!("{file}/members")).await;
        let child = members.html.split("/leave").nth(1).unwrap().rsplit('/').next().unwrap().to_owned();
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

    #[tokio::test]
    async fn a_death_waits_for_a_second_person_who_sees_what_follows() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let mut officer = as_counter_officer(&world).await;
        let members = officer.get(&format!("{file}/members")).await.html;
        let head = between(&members, &format!("{file}/members/"), "/edit").to_owned();
        let leave = format!("{file}/members/{head}/leave");
        let form = officer.get(&leave).await.html;
        let other = format!("relation-{}", between(&form, "name=\"relation-", "\""));
        let old = version(&form);
        let day = [("on-day", "1"), ("on-month", "11"), ("on-year", "2026"), ("why", "died")];
        let typed = |relation: &'static str| {
            let mut all = day.to_vec();
            all.extend([("version", &*old), (other.as_str(), relation)]);
            all
        };
        for (relation, words) in [("", "Choose who this is"), ("child", "exactly one head")] {
            let wrong = officer.post(&leave, &typed(relation)).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(wrong.html.contains(words), "{words}: {}", wrong.html);
        }
        let done = officer.post(&leave, &typed("head")).await;
        assert_eq!(done.location, format!("{file}/members?done=waits"), "{}", done.html);
        let page = officer.get(&done.location).await.html;
        assert!(page.contains("Somebody died") && page.contains("Waits for a second person"), "{page}");
        let proposal = format!("/proposals/{}", between(&page, "href=\"/proposals/", "\""));
        let again = officer.post(&leave, &typed("head")).await;
        assert!(again.html.contains("recorded already"), "{}", again.html);

        let answer = |version: String| {
            [("answer", "approve".to_owned()), ("note", "Seen.".to_owned()), ("version", version)]
        };
        let mut supervisor = as_supervisor(&world).await;
        let seen = supervisor.get(&proposal).await.html;
        assert!(seen.contains("Has died") || seen.contains("Died"), "{seen}");
        assert!(seen.contains("Sign a life event"), "{seen}");
        let typed = answer(version(&seen));
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let alone = officer.post(&proposal, &typed).await;
        assert!(!alone.location.contains("approved"), "{}", alone.location);
        let signed = supervisor.post(&proposal, &typed).await;
        assert_eq!(signed.location, "/proposals?done=approved", "{}", signed.html);
        let after = officer.get(&format!("{file}/members")).await.html;
        assert!(after.contains("Holds") && after.contains("No longer members"), "{after}");
    }
}

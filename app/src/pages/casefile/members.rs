//! Who lives there, who left, and the ways to change it.

use axum::extract::{Path, State};
use casework::Casework;
use casework::households::changes::{self, Recorded};
use casework::households::file::Member;
use casework::households::moving::{self, Tie};
use domain::household::Relation;
use domain::ids::{HouseholdId, PersonId};
use domain::life_event::LifeEvent;
use domain::lifecycle::Lifecycle as _;
use leptos::prelude::*;

use super::frame::{self, Part, Shown, name};
use crate::kit::{Action, Content, SummaryList, Table, Tag};
use crate::pages::counter::fields::birth_words;
use crate::shell::Answer;
use crate::state::{Asked, Done, SignedIn};

/// `GET /households/{household}/members`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(done): Asked<Done>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, id).await?;
    let ties = moving::ties(&casework, &actor, id).await?;
    let changes = changes::of_household(&casework, &actor, id).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(&page, &pack, &file, &actor, &casework);
    Ok(shown.render(Part::Members, || show(&shown, &ties, &changes, casework.today(), &done.done)))
}

fn show(shown: &Shown<'_>, ties: &[Tie], changes: &[Recorded], today: time::Date, done: &str) -> AnyView {
    let page = shown.page;
    let tie = |member: &Member, went| ties.iter().find(|tie| tie.person == member.id && tie.went == went);
    let present: Vec<SummaryList> =
        shown.file.present().map(|member| card(shown, member, tie(member, false), today)).collect();
    let gone: Vec<AnyView> =
        shown.file.members.iter().filter_map(|member| left(shown, member, tie(member, true))).collect();
    let ways = shown.may_edit.then(|| ways(shown, present.len()));
    view! {
        {frame::done(page, done)}
        <h1 class="govuk-heading-l">{page.t("casefile-members")}</h1>
        {present}
        {ways}
        {(!gone.is_empty()).then(|| view! {
            <h2 class="govuk-heading-m">{page.t("casefile-members-left")}</h2>
            <ul class="govuk-list govuk-list--bullet">{gone}</ul>
        })}
        {recorded(shown, changes)}
    }
    .into_any()
}

/// What may have happened, each with the page that records it. What is about one person stands with that person too.
fn ways(shown: &Shown<'_>, people: usize) -> AnyView {
    use LifeEvent as E;
    let page = shown.page;
    let link = |event: E, rest: &str| {
        let (href, name) = (shown.address(rest), page.t_of("life-event", event.code()));
        view! { <li><a class="govuk-link" href=href>{name}</a></li> }.into_any()
    };
    let mut links = vec![link(E::Birth, "members/new?event=birth"), link(E::Joined, "members/new")];
    if people > 1 {
        links.push(link(E::NewHead, "head"));
        links.push(link(E::Split, "split"));
    }
    links.push(link(E::Moved, "moved"));
    view! {
        <h2 class="govuk-heading-m">{page.t("casefile-changes-report")}</h2>
        <p class="govuk-body">{page.t("casefile-changes-person")}</p>
        <ul class="govuk-list govuk-list--bullet">{links}</ul>
    }
    .into_any()
}

/// Life events that were recorded by name.
fn recorded(shown: &Shown<'_>, changes: &[Recorded]) -> Option<Table> {
    if changes.is_empty() {
        return None;
    }
    let page = shown.page;
    let head = [
        "casefile-change-what",
        "casefile-for",
        "casefile-since",
        "casefile-change-recorded",
        "casefile-state",
    ];
    let table = Table::new(page.t("casefile-changes")).head(head.map(|key| page.t(key))).scroll();
    Some(changes.iter().fold(table, |table, one| {
        let state = match (one.done_at, one.proposal) {
            (Some(_), _) => Tag::new(page.t("casefile-change-holds")).colour("green"),
            (None, Some((_, state))) if !state.is_final() => {
                Tag::new(page.t("casefile-change-second")).colour("yellow")
            }
            (None, _) => Tag::new(page.t("casefile-change-not")).colour("grey"),
        };
        let state = match one.proposal {
            Some((id, _)) => {
                let href = format!("/proposals/{}/{id}", shown.file.id);
                Content::view(
                    view! { {state} " " <a class="govuk-link" href=href>{page.t("casefile-change-see")}</a> },
                )
            }
            None => state.into(),
        };
        let by = one.by.clone().unwrap_or_default();
        table.row([
            Content::from(page.t_of("life-event", one.event.code())),
            Content::view(view! { <bdi>{shown.whose(one.person.map(PersonId::uuid))}</bdi> }),
            Content::view(view! { <bdi>{page.date(one.on)}</bdi> }),
            Content::view(view! { <bdi>{shown.day(one.recorded_at)}</bdi> ", " <bdi>{by}</bdi> }),
            state,
        ])
    }))
}

fn card(shown: &Shown<'_>, member: &Member, from: Option<&Tie>, today: time::Date) -> SummaryList {
    let (page, person) = (shown.page, &member.person);
    let years = i64::from(person.birth.age_on(today).max(0));
    let list = SummaryList::new()
        .row(page.t("member-relation"), page.t_of("relation", person.relation.code()))
        .row(page.t("member-sex"), page.t_of("sex", person.sex.code()))
        .row(page.t("birth-legend"), birth_words(page, person.birth))
        .row(page.t("casefile-age"), page.t_with("casefile-years", &[("years", years.into())]))
        .row(page.t("casefile-member-since"), page.date(member.from));
    let list = match from {
        Some(tie) => list.row(page.t("casefile-came-from"), Content::view(other(shown, tie))),
        None => list,
    };
    let list = person.identifiers.iter().fold(list, |list, identifier| {
        list.row(page.t_of("identifier", identifier.kind().code()), identifier.masked())
    });
    let mut actions = Vec::new();
    if shown.may_edit {
        let who = name(member);
        let at = |rest: &str| shown.address(&format!("members/{}/{rest}", member.id));
        actions.push(Action::new(at("edit"), page.t("change"), who.clone()));
        // A head who lives on leaves after another is named.
        let leaves =
            if person.relation == Relation::Head { "casefile-head-died" } else { "casefile-member-leaves" };
        actions.push(Action::new(at("leave"), page.t(leaves), who));
    }
    list.card(name(member), actions)
}

/// The other file, as a link; without its reference where the reader must give a reason first.
fn other(shown: &Shown<'_>, tie: &Tie) -> AnyView {
    let words =
        tie.reference.as_ref().map_or_else(|| shown.page.t("casefile-tie-elsewhere"), ToString::to_string);
    view! { <a class="govuk-link" href=format!("/households/{}", tie.household)><bdi>{words}</bdi></a> }
        .into_any()
}

fn left(shown: &Shown<'_>, member: &Member, to: Option<&Tie>) -> Option<AnyView> {
    let page = shown.page;
    let (on, why) = member.left?;
    let why = why.code();
    let to = to.map(|tie| view! { ", " {page.t("casefile-went-to")} " " {other(shown, tie)} }.into_any());
    Some(
        view! {
            <li><bdi>{name(member)}</bdi> " – " {page.t_of("leaving", why)} ", " <bdi>{page.date(on)}</bdi> {to}</li>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::super::testing::{elsewhere, family};
    use crate::test_support::{as_administrator, as_auditor, as_counter_officer, world_with_pack};
    use crate::words::Lang;

    #[tokio::test]
    async fn every_part_of_a_file_is_a_page_in_words() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let mut browser = as_counter_officer(&world).await;
        for part in [
            "",
            "/members",
            "/consents",
            "/decisions",
            "/history",
            "/contact",
            "/head",
            "/split",
            "/members/new",
        ] {
            for lang in Lang::ALL {
                let reply = browser.get(&format!("{file}{part}?lang={}", lang.code())).await;
                reply.assert_page(lang);
                assert!(
                    reply.html.contains("Awa Ba") && reply.html.contains("SP-"),
                    "{part}: {}",
                    reply.html
                );
            }
        }
    }

    #[tokio::test]
    async fn numbers_are_masked_and_who_only_reads_sees_no_ways_to_change() {
        let world = world_with_pack().await;
        let members = format!("{}/members", family(&world).await);
        let own = as_counter_officer(&world).await.get(&members).await;
        assert!(!own.html.contains("123456") && own.html.contains("/edit"), "{}", own.html);
        let audit = as_auditor(&world).await.get(&members).await;
        assert_eq!(audit.status, StatusCode::OK);
        assert!(!audit.html.contains("/edit") && !audit.html.contains("/members/new"), "{}", audit.html);
        assert_eq!(as_administrator(&world).await.get(&members).await.status, StatusCode::FORBIDDEN);
        let other = elsewhere(&world).await.get(&members).await;
        assert!(other.location.ends_with("/open"), "{}", other.html);
    }
}

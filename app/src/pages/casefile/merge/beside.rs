//! Two files beside each other: what each says of the same thing, and what each receives.

use casework::enrolments::Enrolment;
use leptos::prelude::*;

use super::super::frame::{Shown, name};
use super::super::overview::amount;
use crate::kit::{Content, Table};
use crate::pages::counter::fields::birth_words;

/// The table: a row a question, a column a file.
pub fn table(survivor: &Shown<'_>, gives: &Shown<'_>, own: &[Enrolment], comes: &[Enrolment]) -> Table {
    let page = survivor.page;
    let sides = [(survivor, own), (gives, comes)];
    let head = sides.map(|(shown, _)| {
        let href = format!("/households/{}", shown.file.id);
        let reference = shown.file.reference.to_string();
        Content::view(
            view! { <a class="govuk-link" href=href><bdi class="app-reference">{reference}</bdi></a> },
        )
    });
    let [left, right] = head;
    let row = |key: &'static str, of: &dyn Fn(&Shown<'_>, &[Enrolment]) -> Content| {
        let [a, b] = sides.map(|(shown, list)| of(shown, list));
        [Content::from(page.t(key)), a, b]
    };
    let phone = |shown: &Shown<'_>| {
        let phone = shown.file.contact.phone.as_ref().map(|phone| phone.reveal().to_owned());
        let phone = phone.unwrap_or_else(|| page.t("not-given"));
        Content::view(view! { <bdi>{phone}</bdi> })
    };
    Table::new(page.t("merge-beside"))
        .head([Content::from(page.t("merge-what")), left, right])
        .row(row("merge-office", &|shown, _| {
            shown.of_pack(&format!("office.{}.name", shown.file.office)).into()
        }))
        .row(row("merge-registered", &|shown, _| shown.day(shown.file.registered_at).into()))
        .row(row("contact-area", &|shown, _| shown.area(&shown.file.contact.area).into()))
        .row(row("contact-directions", &|shown, _| {
            let said = shown.file.contact.directions.clone().unwrap_or_else(|| page.t("not-given"));
            Content::view(view! { <bdi>{said}</bdi> })
        }))
        .row(row("contact-phone", &|shown, _| phone(shown)))
        .row(row("casefile-members", &|shown, _| people(shown)))
        .row(row("merge-receives", &benefits))
        .row_heads()
        .scroll()
}

fn people(shown: &Shown<'_>) -> Content {
    let page = shown.page;
    let lines: Vec<AnyView> = shown
        .file
        .present()
        .map(|member| {
            let kinds: Vec<String> = member
                .person
                .identifiers
                .iter()
                .map(|own| format!("{} {}", page.t_of("identifier", own.kind().code()), own.reveal()))
                .collect();
            view! {
                <li><bdi>{name(member)}</bdi> ", " {page.t_of("sex", member.person.sex.code())} ", "
                    <bdi>{birth_words(page, member.person.birth)}</bdi>
                    {kinds.into_iter().map(|kind| view! { <br/> <bdi>{kind}</bdi> }).collect_view()}</li>
            }
            .into_any()
        })
        .collect();
    Content::view(view! { <ul class="govuk-list">{lines}</ul> })
}

fn benefits(shown: &Shown<'_>, list: &[Enrolment]) -> Content {
    let page = shown.page;
    let lines: Vec<AnyView> = list
        .iter()
        .filter(|one| one.is_running() || one.is_waiting())
        .map(|one| {
            let programme = shown.of_pack(&format!("programme.{}.name", one.programme));
            let state = page.t_of("casefile-enrolment", one.state.code());
            let amount = amount(shown, one.amount_minor, one.period.as_deref());
            view! {
                <li>{programme} " – " <bdi>{shown.whose(one.person)}</bdi> ", " {state} " " <bdi>{amount}</bdi></li>
            }
            .into_any()
        })
        .collect();
    if lines.is_empty() {
        return page.t("merge-nothing").into();
    }
    Content::view(view! { <ul class="govuk-list">{lines}</ul> })
}

//! What was filled in, for a last look before it is saved.

use domain::birth::Birth;
use domain::pack::Pack;
use domain::registration::{Field, MemberField, MemberForm, RegistrationForm};
use leptos::prelude::*;
use time::Date;

use crate::kit::{Action, SummaryList};
use crate::shell::Page;
use crate::words::Lang;

/// A member's name as typed.
pub fn name(row: &MemberForm) -> String {
    let parts = [row.given.trim(), row.family.trim(), row.one_name.trim()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The whole form as summary lists, with links to change each part.
pub fn summary(
    page: &Page,
    pack: &Pack,
    form: &RegistrationForm,
    today: Date,
    address: &dyn Fn(Field) -> String,
) -> AnyView {
    let lang = page.lang.code();
    let change = |field: Field, about: String| Action::new(address(field), page.t("change"), about);
    let contact = &form.contact;
    let path = pack.areas.path(contact.area.trim());
    let area = page.list(path.iter().rev().map(|area| pack.area_name(lang, &area.code)));
    let language = Lang::parse(&contact.language).map_or("", Lang::own_name);
    let mut reach = SummaryList::new()
        .row_with(page.t("contact-area"), area, change(Field::Area, page.t("contact-area")))
        .row(page.t("contact-directions"), given(page, &contact.directions))
        .row(page.t("contact-phone"), given(page, &contact.phone))
        .row(page.t("contact-language"), language);
    if contact.safe_contact.trim() == "yes" {
        reach = reach.row(page.t("contact-safe-short"), page.t("yes"));
    }
    let members: Vec<AnyView> = form
        .members
        .iter()
        .enumerate()
        .filter(|(_, row)| !row.is_blank())
        .map(|(row, member)| {
            let name = name(member);
            let list = SummaryList::new()
                .row(page.t("member-sex"), chosen(page, "sex", &member.sex))
                .row(page.t("birth-legend"), birth(page, member, today))
                .row(page.t("member-relation"), chosen(page, "relation", &member.relation));
            let list = member
                .identifiers
                .iter()
                .filter(|(_, value)| !value.trim().is_empty())
                .fold(list, |list, (kind, value)| {
                    list.row(page.t_of("identifier", kind.code()), value.as_str())
                });
            list.card(name.clone(), vec![change(Field::Member(row, MemberField::Given), name)]).into_any()
        })
        .collect();
    let consent = &form.consent;
    let agencies = page.list(
        consent.agencies.iter().map(|code| page.of_pack(pack, &format!("agency.{}.name", code.trim()))),
    );
    let by = consent.by.trim().parse::<usize>().ok().and_then(|row| form.members.get(row)).map(name);
    let agreed = SummaryList::new()
        .row_with(
            page.t("consent-agencies"),
            agencies,
            change(Field::ConsentAgencies, page.t("consent-agencies")),
        )
        .row(page.t("consent-by"), by.unwrap_or_default())
        .row(page.t("consent-how"), chosen(page, "consent-how", &consent.how));
    view! {
        <h2 class="govuk-heading-m">{page.t("register-contact-title")}</h2>
        {reach}
        <h2 class="govuk-heading-m">{page.t("register-members-heading")}</h2>
        {members}
        <h2 class="govuk-heading-m">{page.t("register-consent-title")}</h2>
        {agreed}
    }
    .into_any()
}

/// What was typed, or that nothing was.
fn given(page: &Page, typed: &str) -> String {
    let typed = typed.trim();
    if typed.is_empty() { page.t("not-given") } else { crate::words::apart(typed) }
}

fn chosen(page: &Page, set: &str, code: &str) -> String {
    let code = code.trim();
    if code.is_empty() { page.t("not-given") } else { page.t_of(set, code) }
}

/// The birth as typed: a date in figures, a year, an age.
fn birth(page: &Page, row: &MemberForm, today: Date) -> String {
    let (day, month, year, age) =
        (row.birth_day.trim(), row.birth_month.trim(), row.birth_year.trim(), row.age.trim());
    if !age.is_empty() {
        return page.t_with("birth-age-years", &[("years", age.into())]);
    }
    if day.is_empty() && month.is_empty() {
        return if year.is_empty() { page.t("not-given") } else { year.to_owned() };
    }
    // A date that is none is shown as typed; the error beside it says so.
    match Birth::parse(day, month, year, "", today) {
        Ok(Birth::Date(date)) => page.date(date),
        _ => format!("{day}/{month}/{year}"),
    }
}

//! How the pages of a registration look: its form page by page, who is registered already, and the page after saving.

use axum::response::Response;
use casework::households::drafts::Draft;
use casework::households::register::Registered;
use casework::households::{Likeness, Resemblance};
use domain::household::Relation;
use domain::pack::Pack;
use domain::registration::MemberForm;
use leptos::prelude::*;
use time::Date;

use super::super::fields::{consent_fields, contact_fields, member_fields};
use super::super::summary::{self, summary};
use super::Step;
use crate::kit::{Button, Panel, Problems, Textarea, WarningText};
use crate::shell::{Page, render};

/// Who is registered already, in words.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    lines: Vec<(String, Option<String>)>,
    /// Name and birth alone were found: the officer may say why it is another person.
    may_go_on: bool,
    reason: String,
}

pub(super) fn found(page: &Page, pack: &Pack, draft: &Draft, alike: &[Resemblance], reason: &str) -> Found {
    let present: Vec<&MemberForm> = draft.form.members.iter().filter(|row| !row.is_blank()).collect();
    let lines = alike
        .iter()
        .map(|other| {
            let name = present.get(other.member).map_or_else(String::new, |row| summary::name(row));
            let key = match other.by {
                Likeness::Identifier(_) => "register-found-identifier",
                Likeness::NameAndBirth => "register-found-name",
                Likeness::Likely => "register-found-likely",
            };
            let key_of_office = format!("office.{}.name", other.office);
            let office = pack.words.text(page.lang.code(), &key_of_office);
            let line = page.t_with(key, &[("name", name.into()), ("office", office.into())]);
            let open = if other.reference.is_some() { "" } else { "/open" };
            (line, Some(format!("/households/{}{open}", other.household)))
        })
        .collect();
    let may_go_on = alike.iter().all(|other| other.by.may_be_two());
    Found { lines, may_go_on, reason: reason.to_owned() }
}

/// The page after saving; the PIN is on it this once.
pub(super) fn registered(page: &Page, done: &Registered) -> Response {
    let title = page.t("registered-title");
    let file = format!("/households/{}", done.household);
    let pin = done.pin.as_ref().map(|pin| {
        view! {
            <h2 class="govuk-heading-m">{page.t("registered-pin-title")}</h2>
            <p class="govuk-body">{page.t("registered-pin-text")}</p>
            <p class="govuk-heading-l"><bdi class="app-reference">{pin.reveal().to_owned()}</bdi></p>
        }
        .into_any()
    });
    render(page, &title, || {
        view! {
            {Panel::new(title.clone(), crate::kit::Content::view(view! {
                {page.t("registered-reference")} <br/> <strong><bdi>{done.reference.to_string()}</bdi></strong>
            }))}
            {pin}
            <h2 class="govuk-heading-m">{page.t("registered-next-title")}</h2>
            <form method="post" action=format!("{file}/assessments")>
                {Button::new(page.t("registered-assess"))}
            </form>
            <p class="govuk-body"><a class="govuk-link" href=file.clone()>{page.t("registered-file")}</a></p>
        }
        .into_any()
    })
}

pub(super) fn show(
    page: Page,
    pack: &Pack,
    draft: &Draft,
    today: Date,
    step: Step,
    problems: &Problems,
    found: &Found,
) -> Response {
    let id = draft.id;
    let count = draft.form.members.len();
    let title = match step {
        Step::Contact => page.t("register-contact-title"),
        Step::Member(0) => page.t("register-head-title"),
        Step::Member(row) => page.t_with("register-member-title", &[("row", (row + 1).into())]),
        Step::Consent => page.t("register-consent-title"),
        Step::Check | Step::Match(..) | Step::Typing(_) => page.t("register-check-title"),
    };
    let back = match step {
        Step::Contact => "/search".to_owned(),
        Step::Member(0) => Step::Contact.address(id),
        Step::Member(row) => Step::Member(row - 1).address(id),
        Step::Consent => Step::Member(count.saturating_sub(1)).address(id),
        Step::Check | Step::Match(..) | Step::Typing(_) => Step::Consent.address(id),
    };
    let page = page.back(back);
    let shown = Shown { page: &page, pack, draft, today, problems, found };
    render(&page, &title, || shown.form(step, &title))
}

/// What a page of the form is made of.
struct Shown<'a> {
    page: &'a Page,
    pack: &'a Pack,
    draft: &'a Draft,
    today: Date,
    problems: &'a Problems,
    found: &'a Found,
}

impl Shown<'_> {
    fn form(&self, step: Step, title: &str) -> AnyView {
        let Self { page, pack, draft, today, problems, found } = *self;
        let typed = &draft.form;
        let blank = MemberForm::default();
        let fields = match step {
            Step::Contact => contact_fields(page, pack, &typed.contact, problems),
            Step::Member(row) => {
                let relations: Vec<Relation> = if row == 0 {
                    vec![Relation::Head]
                } else {
                    Relation::ALL.iter().copied().filter(|relation| *relation != Relation::Head).collect()
                };
                let script = page.asset("look.js");
                view! {
                    {member_fields(page, row, typed.members.get(row).unwrap_or(&blank), &relations, problems)}
                    <div id="look" aria-live="polite"></div>
                    <script type="module" src=script></script>
                }
                .into_any()
            }
            Step::Consent => {
                let people = typed
                    .members
                    .iter()
                    .enumerate()
                    .filter(|(_, row)| !row.is_blank())
                    .map(|(row, member)| (row.to_string(), summary::name(member)))
                    .collect();
                consent_fields(page, pack, &typed.consent, people, problems)
            }
            // Both have pages of their own.
            Step::Match(..) | Step::Typing(_) => ().into_any(),
            Step::Check => view! {
                {already(page, found)}
                {summary(page, pack, typed, today, &|field| Step::of(field).address(draft.id))}
                <p class="govuk-body">
                    <a class="govuk-link" href=Step::Member(typed.members.len()).address(draft.id)>
                        {page.t("register-add-member")}
                    </a>
                </p>
            }
            .into_any(),
        };
        let buttons = match step {
        Step::Member(row) => view! {
            {Button::new(page.t("register-add-member")).named("go", "add")}
            {Button::new(page.t("register-members-done")).secondary().named("go", "next")}
            {(row > 0).then(|| Button::new(page.t("register-remove-member")).warning().named("go", "remove"))}
        }
        .into_any(),
        Step::Check if found.lines.is_empty() => Button::new(page.t("register-save")).into_any(),
        Step::Check => {
            found.may_go_on.then(|| Button::new(page.t("register-save-anyway")).warning()).into_any()
        }
        _ => Button::new(page.t("register-continue")).named("go", "next").into_any(),
    };
        let look = match step {
            Step::Member(row) => Some(Step::Typing(row).address(draft.id)),
            _ => None,
        };
        let later = (step != Step::Check)
            .then(|| Button::new(page.t("register-later")).secondary().named("go", "later"));
        let why = (step == Step::Check && found.may_go_on).then(|| {
            Textarea::new("distinct", page.t("register-distinct"))
                .hint(page.t("register-distinct-hint"))
                .rows(3)
                .value(&found.reason)
        });
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <span class="govuk-caption-l">{page.t("register-caption")}</span>
                    <h1 class="govuk-heading-l">{title.to_owned()}</h1>
                    <form method="post" action=step.address(draft.id) data-look=look novalidate>
                        <input type="hidden" name="form_id" value=draft.id.to_string()/>
                        <input type="hidden" name="version" value=draft.version.to_string()/>
                        {fields}
                        {why}
                        <div class="govuk-button-group">{buttons} {later}</div>
                    </form>
                </div>
            </div>
        }
        .into_any()
    }
}

/// What to do when somebody is registered already.
fn already(page: &Page, found: &Found) -> AnyView {
    if found.lines.is_empty() {
        return ().into_any();
    }
    let lines: Vec<AnyView> = found
        .lines
        .iter()
        .map(|(line, href)| {
            let link = href.clone().map(|href| {
                view! { " " <a class="govuk-link" href=href>{page.t("register-found-open")}</a> }.into_any()
            });
            view! { <li><bdi>{line.clone()}</bdi> {link}</li> }.into_any()
        })
        .collect();
    view! {
        <div id="registered">
            {WarningText::new(page.t("register-found-title"))}
            <ul class="govuk-list govuk-list--bullet">{lines}</ul>
            <p class="govuk-body">
                {page.t(if found.may_go_on { "register-found-name-text" } else { "register-found-identifier-text" })}
            </p>
        </div>
    }
    .into_any()
}

//! Registering a household, one group of questions a page: how to reach it, each member, the consent, a last look.
//!
//! What is filled in is a draft in the database from the first page on; its id is the future household's, so that a
//! form sent twice registers once. To add a step: a [`Step`], its fields in [`form`], its problems in [`belongs`].

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::error::Conflict;
use casework::households::drafts::{self, Draft};
use casework::households::register::{self, Registered};
use casework::households::{Distinct, Likeness, Resemblance};
use casework::{Actor, Casework, Error};
use domain::household::{MOST_MEMBERS, Relation};
use domain::ids::DraftId;
use domain::pack::Pack;
use domain::registration::{ConsentForm, ContactForm, Errors, Field, MemberForm, RegistrationForm};
use domain::role::{Right, Scope};
use domain::search::SearchForm;
use leptos::prelude::*;

use super::fields::{consent_fields, contact_fields, member_fields, problems};
use super::summary::summary;
use crate::kit::{Button, NotificationBanner, Panel, Problems, Radios, Textarea, WarningText};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Pairs, Raw, SignedIn};

/// A page of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Contact,
    Member(usize),
    Consent,
    Check,
}

impl Step {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "contact" => Self::Contact,
            "consent" => Self::Consent,
            "check" => Self::Check,
            other => {
                let number: usize = other.strip_prefix("member-")?.parse().ok()?;
                Self::Member(number.checked_sub(1).filter(|row| *row < MOST_MEMBERS)?)
            }
        })
    }

    fn address(self, draft: DraftId) -> String {
        match self {
            Self::Contact => format!("/households/new/{draft}/contact"),
            Self::Member(row) => format!("/households/new/{draft}/member-{}", row + 1),
            Self::Consent => format!("/households/new/{draft}/consent"),
            Self::Check => format!("/households/new/{draft}/check"),
        }
    }

    /// Whether a field is on this page.
    fn holds(self, field: Field) -> bool {
        match field {
            Field::Area | Field::Directions | Field::Phone | Field::Language => self == Self::Contact,
            Field::Member(row, _) => self == Self::Member(row),
            Field::ConsentAgencies | Field::ConsentBy | Field::ConsentHow | Field::ConsentWords => {
                self == Self::Consent
            }
            Field::FormId | Field::Members => self == Self::Check,
        }
    }

    /// The page on which a field can be mended.
    fn of(field: Field) -> Self {
        match field {
            Field::Area | Field::Directions | Field::Phone | Field::Language => Self::Contact,
            Field::Member(row, _) => Self::Member(row),
            Field::Members => Self::Member(0),
            Field::ConsentAgencies | Field::ConsentBy | Field::ConsentHow | Field::ConsentWords => Self::Consent,
            Field::FormId => Self::Check,
        }
    }
}

/// The offices the actor registers at.
fn offices(actor: &Actor) -> Vec<String> {
    let mut offices: Vec<String> = actor
        .scopes(Right::RegisterHousehold)
        .filter_map(|scope| match scope {
            Scope::Office(code) => Some(code.clone()),
            _ => None,
        })
        .collect();
    offices.sort();
    offices.dedup();
    offices
}

/// `POST /households/new`: begins a draft with what was searched for.
pub async fn begin(
    State(casework): State<Casework>,
    SignedIn { page: _, actor }: SignedIn,
    Raw(searched): Raw<SearchForm>,
) -> Answer {
    let pack = casework.packs.pack()?;
    let office = offices(&actor).into_iter().next().ok_or_else(Failure::forbidden)?;
    let id: DraftId = casework.new_id();
    let mut head = MemberForm {
        birth_day: searched.birth_day,
        birth_month: searched.birth_month,
        birth_year: searched.birth_year,
        age: searched.age,
        relation: Relation::Head.code().to_owned(),
        ..MemberForm::default()
    };
    // What was searched as one line is most often given name first; the officer sees it and mends it.
    match searched.name.trim().split_once(' ') {
        Some((given, family)) => {
            head.given = given.to_owned();
            head.family = family.trim().to_owned();
        }
        None => head.given = searched.name.trim().to_owned(),
    }
    if !searched.identifier.trim().is_empty() {
        head.identifiers.insert(domain::identifier::IdentifierKind::Uin, searched.identifier);
    }
    let form = RegistrationForm {
        form_id: id.to_string(),
        contact: ContactForm {
            phone: searched.phone,
            language: pack.about.default_language.clone(),
            ..ContactForm::default()
        },
        members: vec![head],
        consent: ConsentForm { by: "0".into(), ..ConsentForm::default() },
    };
    drafts::save(&casework, &actor, &office, &form, None).await?;
    Ok(Redirect::to(&Step::Contact.address(id)).into_response())
}

/// `GET /households/new/{draft}/{step}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, step)): Path<(DraftId, String)>,
) -> Answer {
    let step = Step::parse(&step).ok_or_else(Failure::not_found)?;
    let draft = drafts::draft(&casework, &actor, id).await?;
    let pack = casework.packs.pack()?;
    Ok(show(page, &pack, &draft, step, &Problems::new(), &Found::default()))
}

/// `POST /households/new/{draft}/{step}`: keeps the page, and goes where the button says.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, step)): Path<(DraftId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let step = Step::parse(&step).ok_or_else(Failure::not_found)?;
    let pack = casework.packs.pack()?;
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str());
    let (go, version) = (value("go").to_owned(), value("version").parse::<i64>().unwrap_or(0));
    let reason = value("distinct").to_owned();
    let mut draft = match drafts::draft(&casework, &actor, id).await {
        Ok(draft) => draft,
        // The last page sent twice: the household is there already.
        Err(Error::NotFound) if step == Step::Check => {
            return Ok(Redirect::to(&format!("/households/{id}")).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    if step == Step::Check {
        return finish(&casework, &actor, page, &pack, draft, &reason).await;
    }
    put(&mut draft.form, step, RegistrationForm::from_pairs(pairs.iter().cloned()));
    if let (Step::Member(row), "remove") = (step, go.as_str()) {
        draft.form.remove_member(row);
    }
    draft.version = match drafts::save(&casework, &actor, &draft.office, &draft.form, Some(version)).await {
        Ok(version) => version,
        Err(Error::Stale) => {
            let mut problems = Problems::new();
            problems.add("main", page.t("register-stale"));
            let now = drafts::draft(&casework, &actor, id).await?;
            draft.version = now.version;
            return Ok(show(page.failed(), &pack, &draft, step, &problems, &Found::default()));
        }
        Err(error) => return Err(error.into()),
    };
    match go.as_str() {
        "later" => return Ok(Redirect::to("/").into_response()),
        "remove" => {
            let next = if draft.form.members.is_empty() { Step::Member(0) } else { Step::Check };
            return Ok(Redirect::to(&next.address(id)).into_response());
        }
        _ => {}
    }
    let errors = draft.form.validate(&*pack, casework.today()).err().unwrap_or_default();
    let here = only(&errors, |field| step.holds(field));
    if !here.is_empty() {
        let problems = problems(&page, &here);
        return Ok(show(page.failed(), &pack, &draft, step, &problems, &Found::default()));
    }
    let next = match (step, go.as_str()) {
        (_, "check") => Step::Check,
        (Step::Contact, _) => Step::Member(0),
        (Step::Member(_), "add") => Step::Member(draft.form.members.len()),
        (Step::Member(row), _) if row + 1 < draft.form.members.len() => Step::Member(row + 1),
        (Step::Member(_), _) => Step::Consent,
        (Step::Consent | Step::Check, _) => Step::Check,
    };
    Ok(Redirect::to(&next.address(id)).into_response())
}

/// Puts one page's inputs into the form and leaves the rest as it is.
fn put(form: &mut RegistrationForm, step: Step, typed: RegistrationForm) {
    match step {
        Step::Contact => form.contact = typed.contact,
        Step::Member(row) => {
            let member = typed.members.into_iter().nth(row).unwrap_or_default();
            if row >= form.members.len() {
                form.members.resize_with(row + 1, MemberForm::default);
            }
            form.members[row] = member;
        }
        Step::Consent => form.consent = typed.consent,
        Step::Check => {}
    }
}

fn only(errors: &Errors, belongs: impl Fn(Field) -> bool) -> Errors {
    let mut some = Errors::default();
    for (field, problem) in errors.iter().filter(|(field, _)| belongs(*field)) {
        some.push(*field, *problem);
    }
    some
}

/// Who is registered already, in words.
#[derive(Clone, Debug, Default)]
struct Found {
    lines: Vec<(String, Option<String>)>,
    /// Name and birth alone were found: the officer may say why it is another person.
    may_go_on: bool,
    reason: String,
}

async fn finish(
    casework: &Casework,
    actor: &Actor,
    page: Page,
    pack: &Pack,
    draft: Draft,
    reason: &str,
) -> Answer {
    let registration = match draft.form.validate(pack, casework.today()) {
        Ok(registration) => registration,
        Err(errors) => {
            let problems = problems(&page, &errors);
            return Ok(show(page.failed(), pack, &draft, Step::Check, &problems, &Found::default()));
        }
    };
    let distinct = Distinct { reason: reason.trim().to_owned() };
    let distinct = (!distinct.reason.is_empty()).then_some(&distinct);
    match register::register(casework, actor, &draft.office, &registration, distinct).await {
        Ok(done) => Ok(registered(&page, &done)),
        Err(Error::Conflict(Conflict::Registered(alike))) => {
            let found = found(&page, pack, &draft, &alike, reason);
            let mut problems = Problems::new();
            problems.add("registered", page.t("register-found-title"));
            Ok(show(page.failed(), pack, &draft, Step::Check, &problems, &found))
        }
        Err(error) => Err(error.into()),
    }
}

fn found(page: &Page, pack: &Pack, draft: &Draft, alike: &[Resemblance], reason: &str) -> Found {
    let present: Vec<&MemberForm> = draft.form.members.iter().filter(|row| !row.is_blank()).collect();
    let lines = alike
        .iter()
        .map(|other| {
            let name = present.get(other.member).map_or_else(String::new, |row| super::summary::name(row));
            let key = match other.by {
                Likeness::Identifier(_) => "register-found-identifier",
                Likeness::NameAndBirth => "register-found-name",
            };
            let office = pack.words.text(page.lang.code(), &format!("office.{}.name", other.office));
            let line = page.t_with(key, &[("name", name.into()), ("office", office.into())]);
            let open = if other.reference.is_some() { "" } else { "/open" };
            (line, Some(format!("/households/{}{open}", other.household)))
        })
        .collect();
    let may_go_on = alike.iter().all(|other| other.by == Likeness::NameAndBirth);
    Found { lines, may_go_on, reason: reason.to_owned() }
}

/// The page after saving; the PIN is on it this once.
fn registered(page: &Page, done: &Registered) -> Response {
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

fn show(page: Page, pack: &Pack, draft: &Draft, step: Step, problems: &Problems, found: &Found) -> Response {
    let id = draft.id;
    let count = draft.form.members.len();
    let title = match step {
        Step::Contact => page.t("register-contact-title"),
        Step::Member(0) => page.t("register-head-title"),
        Step::Member(row) => page.t_with("register-member-title", &[("row", (row + 1).into())]),
        Step::Consent => page.t("register-consent-title"),
        Step::Check => page.t("register-check-title"),
    };
    let back = match step {
        Step::Contact => "/search".to_owned(),
        Step::Member(0) => Step::Contact.address(id),
        Step::Member(row) => Step::Member(row - 1).address(id),
        Step::Consent => Step::Member(count.saturating_sub(1)).address(id),
        Step::Check => Step::Consent.address(id),
    };
    let page = page.back(back);
    render(&page, &title, || form(&page, pack, draft, step, &title, problems, found))
}

fn form(
    page: &Page,
    pack: &Pack,
    draft: &Draft,
    step: Step,
    title: &str,
    problems: &Problems,
    found: &Found,
) -> AnyView {
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
            member_fields(page, row, typed.members.get(row).unwrap_or(&blank), &relations, problems)
        }
        Step::Consent => {
            let people = typed
                .members
                .iter()
                .enumerate()
                .filter(|(_, row)| !row.is_blank())
                .map(|(row, member)| (row.to_string(), super::summary::name(member)))
                .collect();
            consent_fields(page, pack, &typed.consent, people, problems)
        }
        Step::Check => view! {
            {already(page, found)}
            {summary(page, pack, typed, &|field| Step::of(field).address(draft.id))}
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
        Step::Check => found.may_go_on.then(|| Button::new(page.t("register-save-anyway")).warning()).into_any(),
        _ => Button::new(page.t("register-continue")).named("go", "next").into_any(),
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
                <form method="post" action=step.address(draft.id) novalidate>
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

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
use time::Date;

use super::fields::{consent_fields, contact_fields, member_fields, problems};
use super::summary::summary;
use crate::kit::{Button, Panel, Problems, Textarea, WarningText};
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
            Field::ConsentAgencies | Field::ConsentBy | Field::ConsentHow | Field::ConsentWords => {
                Self::Consent
            }
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
    let pack = casework.pack()?;
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
    let pack = casework.pack()?;
    Ok(show(page, &pack, &draft, casework.today(), step, &Problems::new(), &Found::default()))
}

/// `POST /households/new/{draft}/{step}`: keeps the page, and goes where the button says.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, step)): Path<(DraftId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let step = Step::parse(&step).ok_or_else(Failure::not_found)?;
    let pack = casework.pack()?;
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
            return Ok(show(
                page.failed(),
                &pack,
                &draft,
                casework.today(),
                step,
                &problems,
                &Found::default(),
            ));
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
        return Ok(show(page.failed(), &pack, &draft, casework.today(), step, &problems, &Found::default()));
    }
    let next = match (step, go.as_str()) {
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
            return Ok(show(
                page.failed(),
                pack,
                &draft,
                casework.today(),
                Step::Check,
                &problems,
                &Found::default(),
            ));
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
            Ok(show(page.failed(), pack, &draft, casework.today(), Step::Check, &problems, &found))
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
            let key_of_office = format!("office.{}.name", other.office);
            let office = pack.words.text(page.lang.code(), &key_of_office);
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

fn show(
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

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::test_support::{Browser, as_auditor, as_counter_officer, world_with_pack};

    const CONTACT: [(&str, &str); 5] = [
        ("area", "P01-D1-C1"),
        ("directions", "Blue door"),
        ("phone", "079 123 456"),
        ("language", "fr"),
        ("go", "next"),
    ];

    async fn begin(browser: &mut Browser) -> String {
        let searched = [("name", "Awa Ba"), ("birth_year", "1980")];
        let reply = browser.post("/households/new", &searched).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.html);
        reply.location.trim_end_matches("/contact").to_owned()
    }

    fn version(html: &str) -> String {
        let rest = html.split(r#"name="version" value=""#).nth(1).expect("a version");
        rest.split('"').next().expect("its end").to_owned()
    }

    /// Sends a step as a browser does: with the draft's version as the page had it.
    async fn send(browser: &mut Browser, step: &str, typed: &[(&str, &str)]) -> crate::test_support::Reply {
        let html = browser.get(step).await.html;
        let version = version(&html);
        let mut typed = typed.to_vec();
        typed.push(("version", &version));
        browser.post(step, &typed).await
    }

    fn member<'a>(row: usize, given: &'a str, relation: &'a str, year: &'a str) -> Vec<(String, &'a str)> {
        [("given", given), ("family", "Ba"), ("sex", "female"), ("birth_year", year), ("relation", relation)]
            .into_iter()
            .map(|(name, value)| (format!("member-{row}-{name}"), value))
            .collect()
    }

    async fn send_member(
        browser: &mut Browser,
        draft: &str,
        row: usize,
        member: Vec<(String, &str)>,
        go: &str,
    ) -> String {
        let mut typed: Vec<(&str, &str)> =
            member.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        typed.push(("go", go));
        let reply = send(browser, &format!("{draft}/member-{}", row + 1), &typed).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.html);
        reply.location
    }

    /// Fills in a family of two up to the last look.
    async fn fill_in(browser: &mut Browser) -> String {
        let draft = begin(browser).await;
        let reply = send(browser, &format!("{draft}/contact"), &CONTACT).await;
        assert_eq!(reply.location, format!("{draft}/member-1"), "{}", reply.html);
        let next = send_member(browser, &draft, 0, member(0, "Awa", "head", "1980"), "add").await;
        assert_eq!(next, format!("{draft}/member-2"));
        let next = send_member(browser, &draft, 1, member(1, "Fatou", "child", "2015"), "next").await;
        assert_eq!(next, format!("{draft}/consent"));
        let html = browser.get(&next).await.html;
        let words = html.split(r#"name="consent_words" value=""#).nth(1).unwrap().split('"').next().unwrap();
        let agreed = [
            ("consent_agency", "nspa"),
            ("consent_agency", "edu"),
            ("consent_by", "0"),
            ("consent_how", "signed"),
            ("consent_words", words),
            ("go", "next"),
        ];
        let reply = send(browser, &next, &agreed).await;
        assert_eq!(reply.location, format!("{draft}/check"), "{}", reply.html);
        draft
    }

    #[tokio::test]
    async fn a_family_is_registered_once() {
        let world = world_with_pack().await;
        let mut browser = as_counter_officer(&world).await;
        let draft = fill_in(&mut browser).await;
        let check = browser.get(&format!("{draft}/check")).await;
        for shown in ["Awa Ba", "Fatou Ba", "Blue door", "079 123 456", "Français"] {
            assert!(check.html.contains(shown), "{shown}: {}", check.html);
        }
        let done = browser.post(&format!("{draft}/check"), &[]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.html);
        assert!(done.html.contains("SP-"), "{}", done.html);
        // Sent twice: the household that is there, not a second one.
        let again = browser.post(&format!("{draft}/check"), &[]).await;
        assert_eq!(again.location, draft.replace("/new", ""));
        let found = browser.post("/search", &[("name", "fatou ba"), ("birth_year", "2015")]).await;
        assert!(found.html.contains("One person found"), "{}", found.html);
    }

    #[tokio::test]
    async fn the_same_family_stops_the_save_and_a_reason_lets_namesakes_pass() {
        let world = world_with_pack().await;
        let mut browser = as_counter_officer(&world).await;
        let first = fill_in(&mut browser).await;
        browser.post(&format!("{first}/check"), &[]).await;
        let second = fill_in(&mut browser).await;
        let stopped = browser.post(&format!("{second}/check"), &[]).await;
        assert_eq!(stopped.status, StatusCode::UNPROCESSABLE_ENTITY);
        let file = first.replace("/new", "");
        assert!(stopped.html.contains(&format!(r#"href="{file}""#)), "{}", stopped.html);
        assert!(stopped.html.contains(r#"name="distinct""#), "{}", stopped.html);
        let reason = [("distinct", "Cousins with the same names, both were here")];
        let passed = browser.post(&format!("{second}/check"), &reason).await;
        assert_eq!(passed.status, StatusCode::OK, "{}", passed.html);
    }

    #[tokio::test]
    async fn what_is_wrong_is_named_and_what_was_typed_stays() {
        let world = world_with_pack().await;
        let mut browser = as_counter_officer(&world).await;
        let draft = begin(&mut browser).await;
        let wrong = [("area", ""), ("phone", "12"), ("directions", "Blue <door>"), ("language", "fr")];
        let reply = send(&mut browser, &format!("{draft}/contact"), &wrong).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        for shown in ["Choose where the household lives", "Enter a telephone number", "Blue &lt;door&gt;"] {
            assert!(reply.html.contains(shown), "{shown}: {}", reply.html);
        }
        // Kept all the same: one may come back later.
        assert!(browser.get(&format!("{draft}/contact")).await.html.contains("Blue &lt;door&gt;"));
        let unsaved = browser.post(&format!("{draft}/check"), &[]).await;
        assert_eq!(unsaved.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[tokio::test]
    async fn two_windows_do_not_overwrite_each_other_unseen() {
        let world = world_with_pack().await;
        let mut browser = as_counter_officer(&world).await;
        let draft = begin(&mut browser).await;
        let contact = format!("{draft}/contact");
        let old = version(&browser.get(&contact).await.html);
        send(&mut browser, &contact, &CONTACT).await;
        let late = [("area", "P01-D1-C1"), ("language", "en"), ("directions", "Red door"), ("version", &old)];
        let reply = browser.post(&contact, &late).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.html.contains("Red door") && reply.html.contains("another window"), "{}", reply.html);
    }

    #[tokio::test]
    async fn only_a_counter_registers_and_a_draft_is_its_officers_own() {
        let world = world_with_pack().await;
        assert_eq!(as_auditor(&world).await.post("/households/new", &[]).await.status, StatusCode::FORBIDDEN);
        let draft = begin(&mut as_counter_officer(&world).await).await;
        let other = as_counter_officer(&world).await.get(&format!("{draft}/contact")).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
    }
}

//! Adding a member, and correcting what is known of one.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::error::Conflict;
use casework::households::changes::{self, Change, Dated};
use casework::households::file::File;
use casework::households::{Distinct, Likeness, Resemblance, drafts, edit, search};
use casework::{Actor, Casework, Error};
use domain::birth::Birth;
use domain::household::{Person, Relation};
use domain::identifier::IdentifierKind;
use domain::ids::{DraftId, HouseholdId, PersonId};
use domain::life_event::LifeEvent;
use domain::registration::{MemberForm, RegistrationForm};
use leptos::prelude::*;
use serde::Deserialize;
use time::Date;

use super::frame::{Form, Part, Shown, to_change, version};
use super::stale;
use crate::kit::{Day, Problems, Textarea, WarningText};
use crate::pages::counter::fields::{member_fields, problems};
use crate::shell::{Answer, Failure, Page};
use crate::state::{Asked, Pairs, SignedIn};

/// The kinds of number that the form asks for; others stay as they are.
const ASKED: [IdentifierKind; 2] = [IdentifierKind::Uin, IdentifierKind::Brn];

/// What is filled in: the member, since when (for a new one), and why it is nobody who is registered already.
#[derive(Clone, Debug, Default)]
struct Typed {
    member: MemberForm,
    from: Day,
    distinct: String,
    version: i64,
}

impl Typed {
    fn read(pairs: Vec<(String, String)>) -> Self {
        let value = |name: &str| {
            pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let (distinct, version) = (value("distinct"), version(&value("version")));
        let from = Day::read("from", &value);
        let member = RegistrationForm::from_pairs(pairs).members.into_iter().next().unwrap_or_default();
        Self { member, from, distinct, version }
    }

    fn distinct(&self) -> Option<Distinct> {
        let reason = self.distinct.trim();
        (!reason.is_empty()).then(|| Distinct { reason: reason.to_owned() })
    }
}

/// Who is registered already, in words.
#[derive(Clone, Debug, Default)]
struct Found {
    lines: Vec<(String, String)>,
    may_go_on: bool,
}

/// What the form is about, for the page.
struct Screen<'a> {
    casework: &'a Casework,
    actor: &'a Actor,
    page: Page,
    file: File,
    /// Who is corrected; nobody for a new member.
    member: Option<(PersonId, Person)>,
}

/// A registration in which somebody turned out to be of this household: what was typed of them comes along.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begun {
    /// The draft; the actor's own.
    pub draft: Option<DraftId>,
    /// The row, 0 for the first.
    pub row: usize,
    /// `birth` for a child that was born.
    pub event: String,
}

impl Begun {
    async fn member(&self, casework: &Casework, actor: &Actor) -> Result<MemberForm, Failure> {
        if self.event == LifeEvent::Birth.code() {
            return Ok(MemberForm { relation: Relation::Child.code().into(), ..MemberForm::default() });
        }
        let Some(draft) = self.draft else { return Ok(MemberForm::default()) };
        let draft = match drafts::draft(casework, actor, draft).await {
            Ok(draft) => draft,
            Err(Error::NotFound) => return Ok(MemberForm::default()),
            Err(error) => return Err(error.into()),
        };
        let typed = draft.form.members.into_iter().nth(self.row).unwrap_or_default();
        // The relation was to another head.
        Ok(MemberForm { relation: String::new(), not_them: Vec::new(), ..typed })
    }
}

/// `GET /households/{household}/members/new`
pub async fn get_new(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(begun): Asked<Begun>,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let member = begun.member(&casework, &actor).await?;
    let typed = Typed { member, from: Day::of(casework.today()), ..Typed::default() };
    let screen = Screen { casework: &casework, actor: &actor, page, file, member: None };
    screen.show(&typed, &Problems::new(), &Found::default())
}

/// `POST /households/{household}/members/new`
pub async fn post_new(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let typed = Typed::read(pairs);
    let screen = Screen { casework: &casework, actor: &actor, page, file, member: None };
    let today = casework.today();
    let person = typed.member.validate(today);
    let from = typed.from.parse().filter(|from| *from <= today);
    let (Ok(person), Some(from)) = (&person, from) else {
        return screen.wrong(&typed, person.err().as_ref(), from.is_none());
    };
    let distinct = typed.distinct();
    let done = edit::add_member(&casework, &actor, id, typed.version, person, from, distinct.as_ref()).await;
    screen.answer(&typed, done.map(|_| "added")).await
}

/// `GET /households/{household}/members/{person}/edit`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, member)): Path<(HouseholdId, PersonId)>,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let before = present(&file, member)?;
    let typed = Typed { member: as_typed(&before, casework.today()), ..Typed::default() };
    let member = Some((member, before));
    let screen = Screen { casework: &casework, actor: &actor, page, file, member };
    screen.show(&typed, &Problems::new(), &Found::default())
}

/// `POST /households/{household}/members/{person}/edit`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, member)): Path<(HouseholdId, PersonId)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let before = present(&file, member)?;
    let typed = Typed::read(pairs);
    let screen =
        Screen { casework: &casework, actor: &actor, page, file, member: Some((member, before.clone())) };
    let today = casework.today();
    let mut person = match typed.member.validate(today) {
        Ok(person) => person,
        Err(errors) => return screen.wrong(&typed, Some(&errors), false),
    };
    keep(&mut person, &before, today);
    let mut typed = typed;
    let done = save(&casework, &actor, id, (member, &before), &person, &mut typed).await;
    screen.answer(&typed, done).await
}

/// Saves what is known of a member. A name that a second person signs waits; the rest holds at once.
async fn save(
    casework: &Casework,
    actor: &Actor,
    id: HouseholdId,
    (member, before): (PersonId, &Person),
    person: &Person,
    typed: &mut Typed,
) -> Result<&'static str, Error> {
    let distinct = typed.distinct();
    let is_signed = casework.pack()?.about.life_events.is_signed(LifeEvent::Name);
    if !is_signed || person.name == before.name {
        edit::change_member(casework, actor, id, typed.version, member, person, distinct.as_ref()).await?;
        return Ok("member");
    }
    let rest = Person { name: before.name.clone(), ..person.clone() };
    if rest != *before {
        typed.version =
            edit::change_member(casework, actor, id, typed.version, member, &rest, distinct.as_ref()).await?;
    }
    let change = Change::Name {
        member,
        name: person.name.clone(),
        distinct: distinct.map(|distinct| distinct.reason),
    };
    let dated = Dated { change, on: casework.today() };
    changes::record(casework, actor, id, typed.version, &dated, "").await?;
    Ok("waits")
}

/// A present member, or no such page.
pub fn present(file: &File, member: PersonId) -> Result<Person, Failure> {
    let found = file.present().find(|other| other.id == member);
    found.map(|found| found.person.clone()).ok_or_else(Failure::not_found)
}

fn as_typed(person: &Person, today: Date) -> MemberForm {
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    let mut form = MemberForm {
        given: text(person.name.given()),
        family: text(person.name.family()),
        one_name: text(person.name.one()),
        sex: person.sex.code().to_owned(),
        relation: person.relation.code().to_owned(),
        ..MemberForm::default()
    };
    match person.birth {
        Birth::Date(day) => {
            form.birth_day = day.day().to_string();
            form.birth_month = u8::from(day.month()).to_string();
            form.birth_year = day.year().to_string();
        }
        Birth::Year(year) => form.birth_year = year.to_string(),
        Birth::Age { .. } => form.age = person.birth.age_on(today).max(0).to_string(),
    }
    let asked = person.identifiers.iter().filter(|own| ASKED.contains(&own.kind()));
    form.identifiers = asked.map(|own| (own.kind(), own.reveal().to_owned())).collect();
    form
}

/// Keeps what the form does not ask for, and an age told earlier that comes to the same today.
fn keep(person: &mut Person, before: &Person, today: Date) {
    if let (Birth::Age { years, .. }, Birth::Age { .. }) = (person.birth, before.birth)
        && i32::from(years) == before.birth.age_on(today)
    {
        person.birth = before.birth;
    }
    let kept = before.identifiers.iter().filter(|own| !ASKED.contains(&own.kind())).cloned();
    person.identifiers.extend(kept);
    person.identifiers.sort_by_key(domain::identifier::Identifier::kind);
}

impl Screen<'_> {
    /// The page again, with what is wrong.
    fn wrong(self, typed: &Typed, errors: Option<&domain::registration::Errors>, from: bool) -> Answer {
        let mut wrong = errors.map_or_else(Problems::new, |errors| problems(&self.page, errors));
        if from {
            wrong.add("from-day", self.page.t("casefile-day-wrong"));
        }
        let page = self.page.clone().failed();
        let mut file = self.file;
        file.version = typed.version;
        Screen { page, file, ..self }.show(typed, &wrong, &Found::default())
    }

    /// On to the members when it was done, else the page again.
    async fn answer(self, typed: &Typed, done: Result<&'static str, Error>) -> Answer {
        let members = Part::Members.address(self.file.id);
        let mut wrong = Problems::new();
        let mut found = Found::default();
        let page = self.page.clone().failed();
        match done {
            Ok(done) => return Ok(Redirect::to(&format!("{members}?done={done}")).into_response()),
            Err(Error::Stale) => {
                wrong = stale::problem(self.casework, self.actor, &page, &self.file).await?;
            }
            Err(Error::Conflict(Conflict::Registered(alike))) => {
                found = self.found(&alike).await?;
                wrong.add("registered", page.t("casefile-registered-already"));
            }
            Err(Error::Conflict(Conflict::Taken)) => {
                wrong.add("main", page.t("casefile-change-waits"));
            }
            Err(Error::Invalid("members.many")) => {
                wrong.add("main", page.t("casefile-members-many"));
            }
            Err(error) => return Err(error.into()),
        }
        Screen { page, ..self }.show(typed, &wrong, &found)
    }

    async fn found(&self, alike: &[Resemblance]) -> Result<Found, Failure> {
        let pack = self.casework.pack()?;
        let people = search::resembled(self.casework, self.actor, alike).await?;
        let lines = people
            .into_iter()
            .map(|other| {
                let by_number = alike
                    .iter()
                    .any(|one| one.person == other.person && matches!(one.by, Likeness::Identifier(_)));
                let likely = alike.iter().any(|one| one.person == other.person && one.by == Likeness::Likely);
                let key = match (by_number, likely) {
                    (true, _) => "register-found-identifier",
                    (false, true) => "register-found-likely",
                    (false, false) => "register-found-name",
                };
                let office = self.page.of_pack(&pack, &format!("office.{}.name", other.office));
                let line = self.page.t_with(key, &[("name", other.name.into()), ("office", office.into())]);
                let open = if other.masked { "/open" } else { "" };
                (line, format!("/households/{}{open}", other.household))
            })
            .collect();
        Ok(Found { lines, may_go_on: alike.iter().all(|other| other.by.may_be_two()) })
    }

    fn show(&self, typed: &Typed, problems: &Problems, found: &Found) -> Result<Response, Failure> {
        let pack = self.casework.pack()?;
        let (page, file) = (&self.page, &self.file);
        let shown = Shown::new(page, &pack, file, self.actor, self.casework);
        let (title, action) = match &self.member {
            Some((id, _)) => (page.t("casefile-member-edit"), shown.address(&format!("members/{id}/edit"))),
            None => (page.t("casefile-member-add"), shown.address("members/new")),
        };
        let is_head = self.member.as_ref().is_some_and(|(_, before)| before.relation == Relation::Head);
        let relations: Vec<Relation> =
            Relation::ALL.iter().copied().filter(|one| (*one == Relation::Head) == is_head).collect();
        Ok(shown.render_as(Part::Members, &title, || {
            let from = self.member.is_none().then(|| {
                typed
                    .from
                    .input("from", page.t("casefile-member-from"))
                    .hint(page.t("casefile-member-from-hint"))
                    .error(problems.of("from-day"))
            });
            let fields = view! {
                {already(page, found)}
                {member_fields(page, 0, &typed.member, &relations, problems)}
                {from}
                {found.may_go_on.then(|| {
                    Textarea::new("distinct", page.t("register-distinct"))
                        .hint(page.t("register-distinct-hint"))
                        .rows(3)
                        .value(&typed.distinct)
                        .error(problems.of("distinct"))
                })}
            }
            .into_any();
            let button = if found.may_go_on { "casefile-save-anyway" } else { "casefile-save" };
            let form = Form {
                title: &title,
                action,
                button: page.t(button),
                cancel: Part::Members.address(file.id),
                problems,
            };
            form.around(&shown, fields)
        }))
    }
}

/// What to do when the person is registered already.
fn already(page: &Page, found: &Found) -> AnyView {
    if found.lines.is_empty() {
        return ().into_any();
    }
    let lines: Vec<AnyView> = found
        .lines
        .iter()
        .map(|(line, href)| {
            view! {
                <li><bdi>{line.clone()}</bdi> " "
                    <a class="govuk-link" href=href.clone()>{page.t("register-found-open")}</a></li>
            }
            .into_any()
        })
        .collect();
    let text = if found.may_go_on { "register-found-name-text" } else { "register-found-identifier-text" };
    view! {
        <div id="registered">
            {WarningText::new(page.t("casefile-registered-already"))}
            <ul class="govuk-list govuk-list--bullet">{lines}</ul>
            <p class="govuk-body">{page.t(text)}</p>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::super::testing::{between, family, registered};
    use crate::test_support::{Browser, as_auditor, as_counter_officer, version, world_with_pack};

    async fn edit_of_head(browser: &mut Browser, file: &str) -> String {
        let members = browser.get(&format!("{file}/members")).await;
        let id = between(&members.html, &format!("{file}/members/"), "/edit").to_owned();
        format!("{file}/members/{id}/edit")
    }

    const HEAD: [(&str, &str); 5] = [
        ("member-0-given", "Awa"),
        ("member-0-family", "Ba"),
        ("member-0-sex", "female"),
        ("member-0-relation", "head"),
        ("member-0-birth_year", "1981"),
    ];

    #[tokio::test]
    async fn a_member_is_corrected_and_a_stale_page_keeps_what_was_typed() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let mut browser = as_counter_officer(&world).await;
        let edit = edit_of_head(&mut browser, &file).await;
        let form = browser.get(&edit).await;
        assert!(
            form.html.contains("value=\"1980\"") && form.html.contains("value=\"A123456\""),
            "{}",
            form.html
        );
        let old = version(&form.html);
        let mut typed = HEAD.to_vec();
        typed.push(("version", &old));
        let saved = browser.post(&edit, &typed).await;
        assert_eq!(saved.location, format!("{file}/members?done=member"), "{}", saved.html);
        assert!(browser.get(&saved.location).await.html.contains("1981"));
        typed[0] = ("member-0-given", "Awatif");
        let late = browser.post(&edit, &typed).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.html.contains("Awatif") && version(&late.html) != old, "{}", late.html);
    }

    #[tokio::test]
    async fn a_member_is_added_once_and_what_is_wrong_is_named() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let mut browser = as_counter_officer(&world).await;
        let new = format!("{file}/members/new");
        let old = version(&browser.get(&new).await.html);
        let day = [("from-day", "1"), ("from-month", "11"), ("from-year", "2026")];
        let mut typed = vec![("version", old.as_str()), ("member-0-given", "Moussa")];
        let wrong = browser.post(&new, &typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in
            ["member-0-family", "member-0-sex", "member-0-birth_day", "member-0-relation", "from-day"]
        {
            assert!(wrong.html.contains(&format!("href=\"#{field}\"")), "{field}: {}", wrong.html);
        }
        typed.extend([
            ("member-0-family", "Ba"),
            ("member-0-sex", "male"),
            ("member-0-age", "4"),
            ("member-0-relation", "child"),
        ]);
        typed.extend(day);
        let saved = browser.post(&new, &typed).await;
        assert_eq!(saved.location, format!("{file}/members?done=added"), "{}", saved.html);
        assert!(browser.get(&saved.location).await.html.contains("Moussa Ba"));
        let again = browser.post(&new, &typed).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.html);
    }

    #[tokio::test]
    async fn who_is_registered_elsewhere_is_shown_and_a_reason_lets_a_namesake_pass() {
        let world = world_with_pack().await;
        let (file, other) = (family(&world).await, registered(&world, "Sow", "B-999 999").await);
        let mut browser = as_counter_officer(&world).await;
        let new = format!("{other}/members/new");
        let old = version(&browser.get(&new).await.html);
        let mut typed = vec![
            ("version", old.as_str()),
            ("member-0-given", "Awa"),
            ("member-0-family", "Ba"),
            ("member-0-sex", "female"),
            ("member-0-birth_year", "1980"),
            ("member-0-relation", "sibling"),
            ("from-day", "1"),
            ("from-month", "11"),
            ("from-year", "2026"),
        ];
        let stopped = browser.post(&new, &typed).await;
        assert_eq!(stopped.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stopped.html.contains(&format!("href=\"{file}\"")), "{}", stopped.html);
        typed.push(("distinct", "Cousins of one name; both were here today"));
        let passed = browser.post(&new, &typed).await;
        assert_eq!(passed.status, StatusCode::SEE_OTHER, "{}", passed.html);
    }

    #[tokio::test]
    async fn an_auditor_corrects_nobody() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let edit = edit_of_head(&mut as_counter_officer(&world).await, &file).await;
        let mut auditor = as_auditor(&world).await;
        assert_eq!(auditor.get(&edit).await.status, StatusCode::FORBIDDEN);
        assert_eq!(auditor.post(&edit, &HEAD).await.status, StatusCode::FORBIDDEN);
        let nobody = format!("{file}/members/{}/edit", uuid::Uuid::nil());
        assert_eq!(as_counter_officer(&world).await.get(&nobody).await.status, StatusCode::NOT_FOUND);
    }
}

//! Registering a household, one group of questions a page: how to reach it, each member, the consent, a last look.
//!
//! What is filled in is a draft in the database from the first page on; its id is the future household's, so that a
//! form sent twice registers once. To add a step: a [`Step`], the fields it holds, its inputs in [`view`].

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::error::Conflict;
use casework::households::Distinct;
use casework::households::drafts::{self, Draft};
use casework::households::register;
use casework::{Actor, Casework, Error};
use domain::household::{MOST_MEMBERS, Relation};
use domain::ids::DraftId;
use domain::pack::Pack;
use domain::registration::{ConsentForm, ContactForm, Errors, Field, MemberForm, RegistrationForm};
use domain::role::{Right, Scope};
use domain::search::SearchForm;

use super::fields::problems;
use crate::kit::Problems;
use crate::shell::{Answer, Failure, Page};
use crate::state::{Pairs, Raw, SignedIn};
use view::{Found, found, registered, show};

mod matched;
#[cfg(test)]
mod tests;
mod view;

/// A page of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Contact,
    Member(usize),
    /// Who may be this member; afterwards on to a further member, or to what follows.
    Match(usize, bool),
    /// The same while the member is typed, for the page's script.
    Typing(usize),
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
                let (page, rest) = other.split_once('-')?;
                let (number, add) = rest.strip_suffix("-add").map_or((rest, false), |number| (number, true));
                let row = number.parse::<usize>().ok()?.checked_sub(1).filter(|row| *row < MOST_MEMBERS)?;
                match page {
                    "member" if !add => Self::Member(row),
                    "match" => Self::Match(row, add),
                    "typing" if !add => Self::Typing(row),
                    _ => return None,
                }
            }
        })
    }

    fn address(self, draft: DraftId) -> String {
        match self {
            Self::Contact => format!("/households/new/{draft}/contact"),
            Self::Member(row) => format!("/households/new/{draft}/member-{}", row + 1),
            Self::Match(row, add) => {
                format!("/households/new/{draft}/match-{}{}", row + 1, if add { "-add" } else { "" })
            }
            Self::Typing(row) => format!("/households/new/{draft}/typing-{}", row + 1),
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
    match step {
        Step::Match(row, add) => return matched::get(&casework, &actor, page, &draft, (row, add)).await,
        Step::Typing(_) => return Err(Failure::not_found()),
        _ => {}
    }
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
    match step {
        Step::Match(row, add) => {
            return matched::post(&casework, &actor, page, (draft, version), (row, add), &pairs).await;
        }
        Step::Typing(row) => {
            let typed = RegistrationForm::from_pairs(pairs).members.into_iter().nth(row);
            return matched::typing(&casework, &actor, page, &draft, row, typed).await;
        }
        _ => {}
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
    let next = match step {
        Step::Contact => Step::Member(0),
        Step::Member(row) => {
            let add = go == "add";
            let member = draft.form.members.get(row).ok_or_else(Failure::not_found)?;
            let open = matched::open(&casework, &actor, &pack, member, &draft.form.contact).await?;
            if open.is_empty() { matched::next(&draft, row, add) } else { Step::Match(row, add) }
        }
        _ => Step::Check,
    };
    Ok(Redirect::to(&next.address(id)).into_response())
}

/// Puts one page's inputs into the form and leaves the rest as it is.
fn put(form: &mut RegistrationForm, step: Step, typed: RegistrationForm) {
    match step {
        Step::Contact => form.contact = typed.contact,
        Step::Member(row) => {
            let mut member = typed.members.into_iter().nth(row).unwrap_or_default();
            if row >= form.members.len() {
                form.members.resize_with(row + 1, MemberForm::default);
            }
            // What was said of others is no input of this page.
            member.not_them = std::mem::take(&mut form.members[row].not_them);
            form.members[row] = member;
        }
        Step::Consent => form.consent = typed.consent,
        Step::Check | Step::Match(..) | Step::Typing(_) => {}
    }
}

fn only(errors: &Errors, belongs: impl Fn(Field) -> bool) -> Errors {
    let mut some = Errors::default();
    for (field, problem) in errors.iter().filter(|(field, _)| belongs(*field)) {
        some.push(*field, *problem);
    }
    some
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

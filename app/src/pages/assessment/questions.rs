//! One page of questions: shown, checked, saved, and on to the next with something open.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::assessments::{self, SavedSheet, Sitting, open, save_sheet};
use casework::{Actor, Casework, Error};
use domain::form::Form;
use domain::form::page::PageState;
use domain::form::raw::{FieldError, LONGEST_TEXT};
use domain::pack::Pack;
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use super::inputs::Asking;
use super::sheet::{self, Part, Shown};
use super::{Place, whose_words};
use crate::islands::question_page::{self as island, QuestionPage, code, control};
use crate::kit::{Button, Details, Problems, WarningText};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Pairs, SignedIn};

/// Where the officer came from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    /// `check`: back to the last look after saving.
    pub from: String,
}

/// `GET /assessments/{household}/{assessment}/{group}`
pub async fn get(
    State(casework): State<Casework>,
    signed_in: SignedIn,
    Path((household, assessment, group)): Path<(String, String, String)>,
    Asked(from): Asked<From>,
) -> Answer {
    show(&casework, signed_in, Place::read(&household, &assessment)?, &group, None, &from).await
}

/// `GET /assessments/{household}/{assessment}/{group}/{person}`
pub async fn get_one(
    State(casework): State<Casework>,
    signed_in: SignedIn,
    Path((household, assessment, group, person)): Path<(String, String, String, String)>,
    Asked(from): Asked<From>,
) -> Answer {
    show(&casework, signed_in, Place::read(&household, &assessment)?, &group, Some(&person), &from).await
}

/// `POST /assessments/{household}/{assessment}/{group}`
pub async fn post(
    State(casework): State<Casework>,
    signed_in: SignedIn,
    Path((household, assessment, group)): Path<(String, String, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    save(&casework, signed_in, Place::read(&household, &assessment)?, &group, None, &pairs).await
}

/// `POST /assessments/{household}/{assessment}/{group}/{person}`
pub async fn post_one(
    State(casework): State<Casework>,
    signed_in: SignedIn,
    Path((household, assessment, group, person)): Path<(String, String, String, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    save(&casework, signed_in, Place::read(&household, &assessment)?, &group, Some(&person), &pairs).await
}

/// An assessment in which answers can be given by this actor; a decided one leads to its results.
async fn answering(casework: &Casework, actor: &Actor, place: Place) -> Result<Sitting, Failure> {
    let sitting = open(casework, actor, place.household, place.assessment).await?;
    actor.require(Right::Assess, &sitting.home.scope())?;
    if !sitting.assessment.is_open() {
        return Err(Failure::elsewhere(place.results()));
    }
    Ok(sitting)
}

async fn show(
    casework: &Casework,
    SignedIn { page, actor }: SignedIn,
    place: Place,
    group: &str,
    person: Option<&str>,
    from: &From,
) -> Answer {
    let sitting = answering(casework, &actor, place).await?;
    // A member may have been corrected since the address was made: what is not asked leads back to the list.
    let Some(shown) = sheet::find(&sitting, group, person) else {
        return if sitting.pack.form.group(group).is_some() {
            Err(Failure::elsewhere(place.list()))
        } else {
            Err(Failure::not_found())
        };
    };
    let asking = Screen { place, sitting: &sitting, shown: &shown, from, stale: false };
    Ok(asking.render(page, &Problems::new()))
}

async fn save(
    casework: &Casework,
    SignedIn { page, actor }: SignedIn,
    place: Place,
    group: &str,
    person: Option<&str>,
    pairs: &[(String, String)],
) -> Answer {
    let sitting = answering(casework, &actor, place).await?;
    let fresh = sheet::find(&sitting, group, person).ok_or(Error::Stale)?;
    let has = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let from = From { from: has("from").unwrap_or_default().to_owned() };
    let shown = fresh.clone().with_typed(pairs);
    let sheet = shown.to_save(has("leave").is_some());
    match save_sheet(casework, &actor, place.household, place.assessment, sheet).await {
        Ok(SavedSheet::Left) => Ok(Redirect::to(&place.list()).into_response()),
        Ok(SavedSheet::Next(next)) => {
            let to = match next {
                _ if from.from == "check" => place.check(),
                Some(next) => sheet::address(place, &sitting, &next),
                None => place.check(),
            };
            Ok(Redirect::to(&to).into_response())
        }
        Ok(SavedSheet::Rejected(states)) => {
            let problems = problems(&page, &sitting.pack, &shown, &states);
            let screen = Screen { place, sitting: &sitting, shown: &shown, from: &from, stale: false };
            Ok(screen.render(page.failed(), &problems))
        }
        Err(Error::Stale) => {
            // What was typed stays; sent again, it takes the place of what the other officer saved.
            let now = assessments::open(casework, &actor, place.household, place.assessment).await?;
            let mut shown = shown;
            for part in &mut shown.parts {
                part.version = now.version(&part.page);
            }
            let screen = Screen { place, sitting: &sitting, shown: &shown, from: &from, stale: true };
            Ok(screen.render(page.status(StatusCode::CONFLICT), &Problems::new()))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is wrong, in words, each with the control it is about.
fn problems(page: &Page, pack: &Pack, shown: &Shown, states: &[PageState]) -> Problems {
    let mut problems = Problems::new();
    for (part, state) in shown.parts.iter().zip(states) {
        tell(page, pack, &pack.form, (part, state), shown.parts.len() > 1, &mut problems);
    }
    problems
}

/// The same of one part; its name is said where there are others.
pub(in crate::pages) fn tell(
    page: &Page,
    pack: &Pack,
    form: &Form,
    (part, state): (&Part, &PageState),
    with_name: bool,
    problems: &mut Problems,
) {
    for question in part.logic.questions() {
        let Some(error) = state.errors.get(&question.id) else { continue };
        let mut words = message(page, pack, form, &question.id, error);
        if let Some(name) = part.name.as_ref().filter(|_| with_name) {
            words = format!("{name}: {words}");
        }
        let name = control(&part.prefix, &question.id);
        let is_date = question.typing.kind == domain::form::Kind::Date;
        problems.add(if is_date { format!("{name}-day") } else { name }, words);
    }
}

/// What is wrong with an answer, in words.
fn message(page: &Page, pack: &Pack, form: &Form, question: &str, error: &FieldError) -> String {
    let own = form.question(question);
    let short = || own.map(|own| pack.question_short(page.lang.code(), own)).unwrap_or_default();
    match error {
        FieldError::Constraint => {
            own.map(|own| pack.constraint_message(page.lang.code(), own)).unwrap_or_default()
        }
        FieldError::Required => page.t_with("assess-error-required", &[("question", short().into())]),
        FieldError::TooManyDecimals(most) => {
            page.t_with("assess-error-too_many_decimals", &[("most", (*most).into())])
        }
        FieldError::TooLong(most) => page.t_with(
            "assess-error-too_long",
            &[("most", page.number(i64::try_from(*most).unwrap_or(0)).into())],
        ),
        other => page.t_of("assess-error", code(other)),
    }
}

/// The words that the island says by itself.
fn messages(page: &Page, pack: &Pack) -> BTreeMap<String, String> {
    let digits = pack.about.currency.minor_digits;
    [
        FieldError::NotANumber,
        FieldError::NotWhole,
        FieldError::TooManyDecimals(digits),
        FieldError::Ambiguous,
        FieldError::TooLarge,
        FieldError::NotADate,
        FieldError::NotAChoice,
        FieldError::NotAPlace,
        FieldError::TooLong(LONGEST_TEXT),
        FieldError::ValueAndState,
        FieldError::StateNotAllowed,
    ]
    .into_iter()
    .map(|error| (code(&error).to_owned(), message(page, pack, &pack.form, "", &error)))
    .collect()
}

/// A page of questions being rendered.
struct Screen<'a> {
    place: Place,
    sitting: &'a Sitting,
    shown: &'a Shown,
    from: &'a From,
    stale: bool,
}

impl Screen<'_> {
    fn render(&self, page: Page, problems: &Problems) -> axum::response::Response {
        let (place, sitting) = (self.place, self.sitting);
        let back = if self.from.from == "check" { place.check() } else { place.list() };
        let page = page.islands().back(back);
        let lang = page.lang.code();
        let title = sitting.pack.group_label(lang, &self.shown.group);
        let alone = match self.shown.parts.as_slice() {
            [only] => only.name.clone(),
            _ => None,
        };
        let title = match &alone {
            Some(name) => {
                page.t_with("assess-page-of", &[("page", title.into()), ("name", name.as_str().into())])
            }
            None => title,
        };
        render(&page, &title, || self.view(&page, &title, problems))
    }

    fn view(&self, page: &Page, title: &str, problems: &Problems) -> AnyView {
        let (sitting, shown) = (self.sitting, self.shown);
        let lang = page.lang.code();
        let pack = &sitting.pack;
        let hint = pack.words.find(lang, &format!("group.{}.hint", shown.group)).map(str::to_owned);
        let together = shown.parts.len() > 1;
        let mut calm = problems.is_empty() && !self.stale;
        let parts: Vec<AnyView> =
            shown.parts.iter().map(|part| self.part(page, part, problems, together, &mut calm)).collect();
        let island = shown.parts.iter().map(|part| island_part(page, pack, part)).collect::<Vec<_>>();
        let skip = sitting.progress().next_page(shown.last());
        let skip = skip.map_or_else(|| self.place.list(), |next| sheet::address(self.place, sitting, &next));
        let stale = self.stale.then(|| WarningText::new(page.t("assess-stale")));
        let from =
            (self.from.from == "check").then(|| view! { <input type="hidden" name="from" value="check"/> });
        view! {
            {problems.summary()}
            {stale}
            <p class="govuk-caption-m app-caption">{whose_words(page, &sitting.home)}</p>
            <span class="govuk-caption-l">{pack.module_label(lang, &shown.module)}</span>
            <h1 class="govuk-heading-l"><bdi>{title.to_owned()}</bdi></h1>
            {hint.map(|hint| view! { <p class="govuk-body">{hint}</p> })}
            <form id="questions" class="app-questions" method="post" novalidate autocomplete="off">
                {from}
                {parts}
                <div class="govuk-button-group">
                    {Button::new(page.t("assess-save-next"))}
                    {Button::new(page.t("assess-save-leave")).secondary().named("leave", "yes")}
                    <a class="govuk-link" href=skip>{page.t("assess-skip")}</a>
                </div>
            </form>
            {self.why(page)}
            <QuestionPage form="questions".to_owned() parts=island messages=messages(page, pack)/>
        }
        .into_any()
    }

    /// `focus`: no part before this one took the keyboard.
    fn part(
        &self,
        page: &Page,
        part: &Part,
        problems: &Problems,
        together: bool,
        focus: &mut bool,
    ) -> AnyView {
        let pack = &self.sitting.pack;
        let state = part.logic.check(&part.raw, |code| pack.areas.get(code).is_some());
        let is_shown = part.logic.questions().iter().any(|own| state.shown.contains(&own.id));
        let focus = is_shown && std::mem::take(focus);
        let asking = Asking { page, pack, form: &pack.form, part, state: &state, problems, together, focus };
        let heading = together.then(|| {
            let age = part.age.map(|age| page.t_with("assess-age", &[("years", age.into())]));
            view! {
                <h2 class="govuk-heading-m app-person">
                    <bdi>{part.name.clone()}</bdi>
                    {age.map(|age| view! { <span class="govuk-caption-m">{age}</span> })}
                </h2>
            }
        });
        view! {
            {heading}
            <input type="hidden" name=part.version_name() value=part.version.to_string()/>
            {asking.write()}
        }
        .into_any()
    }

    /// Why the page is asked: for each question the programmes that read its answer.
    fn why(&self, page: &Page) -> Option<AnyView> {
        let pack = &self.sitting.pack;
        let lang = page.lang.code();
        let mut asked: Vec<(String, Vec<String>)> = Vec::new();
        for part in &self.shown.parts {
            for question in part.logic.questions().iter().filter(|own| part.logic.can_show(&own.id)) {
                let Some(own) = pack.form.question(&question.id) else { continue };
                let short = pack.question_short(lang, own);
                let names: Vec<String> = pack
                    .why_asked(&question.id)
                    .iter()
                    .map(|id| pack.words.text(lang, &format!("programme.{id}.name")).to_owned())
                    .collect();
                if !names.is_empty() && !asked.iter().any(|(known, _)| *known == short) {
                    asked.push((short, names));
                }
            }
        }
        if asked.is_empty() {
            return None;
        }
        let lines: Vec<AnyView> = asked
            .into_iter()
            .map(|(short, names)| {
                view! { <li><strong>{short}</strong>": "{page.list(names)}</li> }.into_any()
            })
            .collect();
        let list = view! { <ul class="govuk-list govuk-list--bullet">{lines}</ul> }.into_any();
        Some(Details::new(page.t("assess-why"), list).into_any())
    }
}

fn island_part(page: &Page, pack: &Pack, part: &Part) -> island::Part {
    let constraint = |id: &str| {
        let own = pack.form.question(id).filter(|own| own.constraint.is_some())?;
        Some((id.to_owned(), pack.constraint_message(page.lang.code(), own)))
    };
    island::Part {
        prefix: part.prefix.clone(),
        constraints: part.logic.questions().iter().filter_map(|own| constraint(&own.id)).collect(),
        logic: part.logic.clone(),
    }
}

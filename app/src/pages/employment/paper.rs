//! The plan on paper, to be signed: in the person's language, in large print, with what each side promises and how to object.

use axum::extract::{Path, State};
use casework::Casework;
use casework::employment::plan::{Adults, Standing};
use domain::employment::Doer;
use domain::ids::HouseholdId;
use domain::lifecycle::plan::StepState;
use leptos::prelude::*;

use super::{address, one};
use crate::pages::letter::words::Voice;
use crate::pages::letter::{Wanted, other_languages};
use crate::shell::{Answer, Failure, render};
use crate::state::{Asked, SignedIn};
use crate::words::{self, Lang};

/// `GET /households/{household}/plan/{person}/print`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, person)): Path<(HouseholdId, String)>,
    Asked(wanted): Asked<Wanted>,
) -> Answer {
    let (all, own) = one(&casework, &actor, household, &person).await?;
    if own.plan.is_none() {
        return Err(Failure::elsewhere(address(household, own.person.id)));
    }
    let lang = wanted.language().unwrap_or_else(|| Lang::parse(&all.home.language).unwrap_or_default());
    let voice = Voice { lang, currency: all.pack.about.currency.clone() };
    let title = page.t("plan-print-title");
    let page = page.back(address(household, own.person.id));
    let languages = other_languages(&page.path, &page.t("letter-read-in"), lang);
    Ok(render(&page, &title, || {
        view! {
            <nav class="app-screen-only app-tools" aria-label=page.t("letter-tools")>
                {languages}
                <p class="govuk-hint">{page.t("letter-print-hint")}</p>
            </nav>
            {paper(&voice, &all, &own)}
        }
        .into_any()
    }))
}

fn paper(voice: &Voice, all: &Adults, own: &Standing) -> Option<AnyView> {
    let plan = own.plan.as_ref()?;
    let (pack, lang) = (&all.pack, voice.lang);
    let code = lang.code();
    let of_pack = |key: String| pack.words.find(code, &key).unwrap_or_default().to_owned();
    let steps = |doer: Doer| -> Vec<AnyView> {
        own.steps
            .iter()
            .filter(|step| step.doer == doer && step.state != StepState::Dropped)
            .map(|step| {
                let title = step.title.clone();
                let provider = (!step.provider.is_empty()).then(|| {
                    let own = pack.directory.provider(&step.provider).and_then(|one| one.name.clone());
                    own.unwrap_or_else(|| of_pack(format!("provider.{}.name", step.provider)))
                });
                let area = (!step.area.is_empty()).then(|| pack.area_name(code, &step.area).to_owned());
                let places = words::list(lang, provider.into_iter().chain(area));
                let days = match (step.from, step.until) {
                    (Some(from), Some(until)) => voice.t_with(
                        "paper-plan-days",
                        &[("from", voice.date(from).into()), ("until", voice.date(until).into())],
                    ),
                    (Some(day), None) | (None, Some(day)) => voice.date(day),
                    (None, None) => String::new(),
                };
                view! { <li><bdi>{title}</bdi> <br/> {places} " " {days}</li> }.into_any()
            })
            .collect()
    };
    let mine = steps(Doer::Person);
    let theirs: Vec<AnyView> = steps(Doer::Office).into_iter().chain(steps(Doer::Provider)).collect();
    let promise = (!plan.office_does.is_empty()).then(|| {
        let words = plan.office_does.clone();
        view! { <li><bdi>{words}</bdi></li> }
    });
    let office = of_pack(format!("office.{}.name", all.home.office));
    let place = of_pack(format!("office.{}.address", all.home.office));
    let (name, goal, reference) = (own.person.name.clone(), plan.goal.clone(), all.home.reference.clone());
    let review =
        plan.review_on.map(|on| voice.t_with("paper-plan-review", &[("date", voice.date(on).into())]));
    let review = review.unwrap_or_else(|| {
        let days = pack.employment.as_ref().map_or(30, |work| work.review_days(plan.band.as_deref()));
        voice.t_with("paper-plan-review-in", &[("days", i64::from(days).into())])
    });
    Some(
        view! {
            <article class="app-letter" lang=code dir=lang.dir()>
                <p class="govuk-body-l">{office.clone()} " · " {place}</p>
                <h1 class="govuk-heading-xl">{voice.t("paper-plan-title")}</h1>
                <p class="govuk-body-l"><strong><bdi>{name.clone()}</bdi></strong> " · " <bdi>{domain::reference::Reference::written(&reference)}</bdi></p>
                <h2 class="govuk-heading-l">{voice.t("paper-plan-goal")}</h2>
                <p class="govuk-body-l"><bdi>{goal}</bdi></p>
                <h2 class="govuk-heading-l">{voice.t("paper-plan-mine")}</h2>
                <ul class="govuk-list govuk-list--bullet govuk-body-l">{mine} <li>{voice.t("paper-plan-tell")}</li></ul>
                <h2 class="govuk-heading-l">{voice.t("paper-plan-theirs")}</h2>
                <ul class="govuk-list govuk-list--bullet govuk-body-l">{theirs} {promise} <li>{voice.t("paper-plan-fair")}</li></ul>
                <h2 class="govuk-heading-l">{voice.t("paper-plan-next")}</h2>
                <p class="govuk-body-l">{review}</p>
                <h2 class="govuk-heading-l">{voice.t("paper-plan-object")}</h2>
                <p class="govuk-body-l">{voice.t("paper-plan-object-how")}</p>
                <p class="govuk-body-l">{voice.t("paper-plan-benefits")}</p>
                <div>
                    <p class="govuk-body-l">{voice.t("paper-plan-sign-person")} <br/> <bdi>{name}</bdi></p>
                    <p class="govuk-body-l">{voice.t("paper-plan-sign-office")} <br/> {office}</p>
                    <p class="govuk-body-l">{voice.t("paper-plan-sign-date")}</p>
                </div>
            </article>
        }
        .into_any(),
    )
}

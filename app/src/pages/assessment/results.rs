//! What came of an assessment: every programme with its amount, its reasons and what is missing, what programmes did to
//! one another, the way into work, and what happens next.

use axum::extract::{Path, State};
use casework::Casework;
use casework::assessments::open;
use casework::decisions::{Results, results};
use domain::decide::{Need, NeedKind, ProgrammeDecision};
use domain::expr::Level;
use domain::letter::compose::{compose, line, need_words};
use domain::letter::{Line, Standing};
use domain::role::Right;
use leptos::prelude::*;

use super::{Place, said, whose};
use crate::kit::{Action, Button, Content, Details, Html, InsetText, NotificationBanner, SummaryList, Tag};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::SignedIn;

/// `GET /households/{household}/results/{assessment}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, assessment)): Path<(String, String)>,
) -> Answer {
    let place = Place::read(&household, &assessment)?;
    let shown = match results(&casework, &actor, place.household, place.assessment).await {
        Ok(shown) => shown,
        // Not decided yet: there is still something to fill in.
        Err(casework::Error::Conflict(_)) => {
            open(&casework, &actor, place.household, place.assessment).await?;
            return Err(Failure::elsewhere(place.list()));
        }
        Err(error) => return Err(error.into()),
    };
    let may_assess = actor.may_in(Right::Assess, &shown.home.scope());
    let page = page.back(place.file());
    let title = page.t("results-title");
    Ok(render(&page, &title, || show(&page, place, &shown, may_assess)))
}

/// One programme's part with what the letter says of it.
struct Said<'a> {
    part: &'a ProgrammeDecision,
    line: Line,
}

fn show(page: &Page, place: Place, results: &Results, may_assess: bool) -> AnyView {
    let names = results.home.names();
    let matter = said::matter(page, &results.pack, &results.decided, &results.told, &names);
    let mut all: Vec<Said<'_>> = results
        .decided
        .programmes
        .iter()
        .filter_map(|part| Some(Said { part, line: line(&matter, part)? }))
        .collect();
    all.sort_by_key(|one| one.line.standing);
    let letter = compose(&matter);
    let together = (!letter.together.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("results-together")}</h2>
            {said::sentences(page, &results.pack, &letter.together)}
        }
    });
    let groups: Vec<AnyView> = Standing::ALL
        .iter()
        .filter_map(|standing| {
            let own: Vec<&Said<'_>> = all.iter().filter(|one| one.line.standing == *standing).collect();
            (!own.is_empty()).then(|| group(page, place, results, *standing, &own, may_assess))
        })
        .collect();
    let counts = Standing::ALL.iter().filter_map(|standing| {
        let count = all.iter().filter(|one| one.line.standing == *standing).count();
        let count = i64::try_from(count).ok().filter(|count| *count > 0)?;
        Some((said::standing(page, *standing), page.number(count)))
    });
    let counts: Vec<AnyView> =
        counts.map(|(tag, count)| view! { <li>{tag}" "<strong>{count}</strong></li> }.into_any()).collect();
    view! {
        {whose(page, &results.home)}
        <h1 class="govuk-heading-l">{page.t("results-title")}</h1>
        {superseded(page, results)}
        <ul class="govuk-list app-counts">{counts}</ul>
        {next(page, place, results, may_assess)}
        {groups}
        {together}
        {route(page, results)}
        {gaps(page, results)}
        <p class="govuk-body">
            <a class="govuk-link" href=place.check()>{page.t("results-answers")}</a>
        </p>
    }
    .into_any()
}

fn superseded(page: &Page, results: &Results) -> Option<NotificationBanner> {
    let old = results.assessment.state != domain::lifecycle::assessment::AssessmentState::Accepted;
    old.then(|| NotificationBanner::new(page.t("results-old")))
}

/// What can be done now, and who acts next by when.
fn next(page: &Page, place: Place, results: &Results, may_assess: bool) -> AnyView {
    let appeal = results.decisions.iter().filter_map(|decision| decision.appeal_until).max();
    let needs = results.decided.programmes.iter().any(|part| !part.needs.is_empty());
    let appeal = appeal.map(|until| {
        let until = page.date(until);
        view! { <p class="govuk-body">{page.t_with("results-appeal", &[("date", until.into())])}</p> }
    });
    let lang = page.lang.code();
    let letter =
        format!("/households/{}/letters/{}?in={}", place.household, place.assessment, results.home.language);
    let own = (results.home.language != lang).then(|| page.t("results-letter-language"));
    let receipt = format!("/households/{}/receipts/{}", place.household, place.assessment);
    view! {
        <div class="govuk-button-group">
            {Button::link(letter, page.t("results-letter"))}
            {Button::link(receipt, page.t("results-receipt")).secondary()}
            <a class="govuk-link" href=place.file()>{page.t("results-file")}</a>
        </div>
        {own.map(|text| view! { <p class="govuk-hint">{text}</p> })}
        {(needs && may_assess).then(|| InsetText::new(page.t("results-needs-next")))}
        {appeal}
    }
    .into_any()
}

fn group(
    page: &Page,
    place: Place,
    results: &Results,
    standing: Standing,
    all: &[&Said<'_>],
    may_assess: bool,
) -> AnyView {
    let cards: Vec<AnyView> = all.iter().map(|one| card(page, place, results, one, may_assess)).collect();
    let count = i64::try_from(cards.len()).unwrap_or(i64::MAX);
    let title = page.t_of("letter-answer", standing.code());
    // Refusals are many and read when somebody asks: they wait behind one line, but are all there.
    if standing == Standing::NotEligible {
        let summary = page.t_with("results-show-refused", &[("count", count.into())]);
        return view! {
            <h2 class="govuk-heading-m">{title}</h2>
            {Details::new(summary, Content::view(cards))}
        }
        .into_any();
    }
    view! {
        <h2 class="govuk-heading-m">{title}</h2>
        {cards}
    }
    .into_any()
}

fn card(page: &Page, place: Place, results: &Results, one: &Said<'_>, may_assess: bool) -> AnyView {
    let pack = &results.pack;
    let (part, said) = (one.part, &one.line);
    let lang = page.lang.code();
    let name = said::programme_name(page, pack, &part.programme);
    let title = said::named(&name, said.person.as_deref());
    let mut list = SummaryList::new().row(page.t("results-verdict"), said::standing(page, said.standing));
    if let Some(amount) = &said.amount {
        let words = said::amount(page, pack, amount);
        let mut out = Html::new();
        out.tag("strong").with(|out| out.tag("bdi").text(&words));
        if amount.steps.len() > 1 {
            out.component(&Details::new(page.t("results-steps"), said::steps(page, pack, amount)));
        }
        list = list.row(page.t("results-amount"), Content::Html(out.finish()));
    }
    if let Some(reason) = &said.decided_by_person {
        list = list.row(page.t("results-by-person"), reason.as_str());
    }
    if !said.reasons.is_empty() {
        list = list.row(page.t("results-why"), said::sentences(page, pack, &said.reasons));
    }
    if let Some(on) = &said.on_list {
        list = list.row(page.t("letter-list-place"), said::on_list(page, pack, on));
    }
    if !said.life.is_empty() {
        list = list.row(page.t("letter-life"), said::life(page, pack, &said.life));
    }
    if said.standing == Standing::Needs && !part.needs.is_empty() {
        list = list.row(page.t("results-needs"), needs(page, place, results, part, may_assess));
    }
    if let Some(follows) = follows(page, results, part, said) {
        list = list.row(page.t("results-follows"), follows);
    }
    let agency = pack.words.text(lang, &format!("agency.{}.name", part.agency)).to_owned();
    list = list.row(page.t("results-agency"), agency);
    let about = said.person.as_ref().map_or_else(|| name.clone(), |person| format!("{name}, {person}"));
    let mut actions = Vec::new();
    if let Some(decision) = results.decision(part) {
        let href = format!("/decisions/{}/{}", place.household, decision.id);
        actions.push(Action {
            href,
            content: page.t("results-decision").into(),
            hidden: about,
            ..Action::default()
        });
    }
    let mut list = list.card(title, actions);
    if let Some(card) = &mut list.card {
        card.level = Some(3);
    }
    list.into_any()
}

/// What is missing. For an officer each is a button to where it is answered: the assessment is begun anew with the answers
/// that hold, and only this is asked.
fn needs(
    page: &Page,
    place: Place,
    results: &Results,
    part: &ProgrammeDecision,
    may_assess: bool,
) -> Content {
    let pack = &results.pack;
    let lines: Vec<AnyView> = part
        .needs
        .iter()
        .map(|need| {
            let words = need_words(pack, page.lang.code(), need);
            let person = need.member.as_deref().and_then(|id| results.home.name_of(id));
            let words = person.map_or_else(|| words.clone(), |person| format!("{words} ({person})"));
            let to = where_asked(results, need).filter(|_| may_assess);
            match to {
                None => view! { <li>{words}</li> }.into_any(),
                Some((group, person)) => view! {
                    <li>
                        {words}" "
                        <form class="app-inline" method="post" action=format!("{}/assessments", place.file())>
                            <input type="hidden" name="group" value=group/>
                            <input type="hidden" name="person" value=person/>
                            <button type="submit" class="app-link-button">{page.t("results-give")}</button>
                        </form>
                    </li>
                }
                .into_any(),
            }
        })
        .collect();
    Content::view(view! { <ul class="govuk-list">{lines}</ul> })
}

/// The page on which something missing is answered: its group, and the member.
fn where_asked(results: &Results, need: &Need) -> Option<(String, String)> {
    let id = match need.what {
        NeedKind::Document => format!("document_{}", need.id),
        NeedKind::Question | NeedKind::Choice => need.id.clone(),
        NeedKind::Members => return None,
    };
    let question = results.pack.form.question(&id).filter(|question| question.is_asked())?;
    let person = match question.level {
        Level::Household => String::new(),
        Level::Member => need.member.clone().unwrap_or_default(),
    };
    Some((question.group.clone(), person))
}

/// The enrolment or referral that the decision made.
fn follows(page: &Page, results: &Results, part: &ProgrammeDecision, said: &Line) -> Option<Content> {
    let decision = results.decision(part)?;
    let mut lines: Vec<AnyView> = Vec::new();
    for enrolment in results.enrolments.iter().filter(|one| one.decision == decision.id) {
        let state = Tag::new(page.t_of("results-enrolment", enrolment.state.code())).colour("blue");
        lines.push(view! { <li>{page.t("results-enrolled")}" "{state}</li> }.into_any());
    }
    for referral in results.referrals.iter().filter(|one| one.decision == Some(decision.id)) {
        let to = said.referral.as_ref();
        let provider = to.and_then(|to| to.provider.clone()).unwrap_or_else(|| page.t("results-no-provider"));
        let state = Tag::new(page.t_of("results-referral", referral.state.code())).colour("blue");
        let consent = to.is_some_and(|to| to.awaits_consent).then(|| page.t("results-awaits-consent"));
        let words = page.t_with("results-referred", &[("provider", provider.into())]);
        lines.push(view! { <li>{words}" "{state}" "{consent}</li> }.into_any());
    }
    (!lines.is_empty()).then(|| Content::view(view! { <ul class="govuk-list">{lines}</ul> }))
}

/// Each adult's way into work.
fn route(page: &Page, results: &Results) -> Option<AnyView> {
    let pack = &results.pack;
    let people: Vec<AnyView> = results
        .decided
        .route
        .iter()
        .filter(|route| !route.steps.is_empty())
        .map(|route| {
            let name = results.home.name_of(&route.member).unwrap_or_default().to_owned();
            let steps: Vec<AnyView> = route
                .steps
                .iter()
                .map(|step| {
                    let standing = domain::letter::compose::standing(step.verdict);
                    view! {
                        <li>{said::programme_name(page, pack, &step.programme)}" "{said::standing(page, standing)}</li>
                    }
                    .into_any()
                })
                .collect();
            view! {
                <h3 class="govuk-heading-s"><bdi>{name}</bdi></h3>
                <ol class="govuk-list govuk-list--number">{steps}</ol>
            }
            .into_any()
        })
        .collect();
    (!people.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("results-route")}</h2>
            <p class="govuk-body">{page.t("results-route-text")}</p>
            {people}
        }
        .into_any()
    })
}

/// Guarantees of the social protection floor that nothing covers.
fn gaps(page: &Page, results: &Results) -> Option<AnyView> {
    let lines: Vec<AnyView> = results
        .decided
        .floor_gaps
        .iter()
        .map(|gap| {
            let guarantee = page.t_of("results-guarantee", guarantee(gap.guarantee));
            let open = gap.undecided.then(|| page.t("results-gap-undecided"));
            view! { <li>{guarantee}" "{open}</li> }.into_any()
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("results-gaps")}</h2>
            <ul class="govuk-list govuk-list--bullet">{lines}</ul>
        }
        .into_any()
    })
}

fn guarantee(of: domain::definitions::Guarantee) -> &'static str {
    use domain::definitions::Guarantee as G;
    match of {
        G::Health => "health",
        G::Children => "children",
        G::WorkingAge => "working_age",
        G::Older => "older",
    }
}

//! What an applicant is told: where the request stands, who must act next and by when, what to do, each programme, how to
//! object, and what happened.

use axum::extract::State;
use casework::Actor;
use casework::appeals::{self, told::Told};
use casework::referrals::own;
use casework::tracking::{self, Visit};
use domain::country::Currency;
use domain::letter::{Missing, OnList, Standing};
use domain::life::Note;
use domain::lifecycle::Phrase;
use domain::pack::Pack;
use domain::reference::Reference;
use domain::representative::Reach;
use domain::track::{Duty, Next, TrackLine, TrackView, WorkStep};
use leptos::prelude::*;
use time::{Date, UtcOffset};

use super::service;
use super::visit::{Visitor, over};
use crate::kit::{Button, Cell, Content, Html, NotificationBanner, Table};
use crate::pages::letter::paper::whose;
use crate::pages::letter::words::Voice;
use crate::shell::{Answer, Page, render};
use crate::state::{AppState, Asked, Done};
use crate::words::time_of_day;

/// `GET /track/status`
pub async fn get(
    State(state): State<AppState>,
    page: Page,
    Visitor(token): Visitor,
    Asked(done): Asked<Done>,
) -> Answer {
    let visit = tracking::view(&state.casework, &token).await.map_err(over)?;
    // What is missing stands in the letter; it is repeated here, where it is asked for.
    let missing = if visit.has_letter && visit.shown.duties.contains(&Duty::BringMissing) {
        tracking::missing(&state.casework, &token, page.lang.code()).await.map_err(over)?
    } else {
        Vec::new()
    };
    let pack = state.casework.pack()?;
    let programmes = programmes(&page, &pack, &visit.shown.lines);
    let (offset, today) = (state.casework.clock.offset(), state.casework.today());
    let title = page.t("status-title");
    let news = match done.done.as_str() {
        "answered" => Some("status-answered"),
        "appealed" => Some("status-appealed"),
        "not_yours" => Some("status-not-yours"),
        "service_yes" => Some("status-service-yes"),
        "service_no" => Some("status-service-no"),
        "service_problem" => Some("status-service-problem"),
        _ => None,
    };
    let appeals = appeals::told::of_household(&state.casework, &Actor::applicant(), visit.household).await?;
    let appeals = own_appeals(&page, &appeals);
    let work = own_work(&page, &pack, &visit.shown.work);
    let sent = own::of(&state.casework, &token).await.map_err(over)?;
    Ok(render(&page, &title, || {
        let services = service::view(&page, &state.casework, &pack, &sent, visit.reach == Reach::Act);
        view(&page, &visit, (&missing, news), Parts { programmes, services, work, appeals }, (offset, today))
    }))
}

/// Who must act, what comes next, and how the box around it looks.
fn whose_turn(next: Next) -> (&'static str, &'static str) {
    match next {
        Next::YouBring | Next::YouAnswerOffer => ("status-you", "app-verdict app-verdict--needs"),
        Next::MayObject | Next::Nothing => ("status-nobody", "app-verdict app-verdict--yes"),
        Next::WeAssess
        | Next::WeDecide
        | Next::WeSetUp
        | Next::WeCheck
        | Next::ProviderCalls
        | Next::PlaceBecomesFree => ("status-we", "app-verdict"),
    }
}

/// What hangs on the request: how each programme stands, who serves them, the plan for work, the appeals.
struct Parts {
    programmes: Option<Table>,
    services: Option<AnyView>,
    work: Option<Content>,
    appeals: Option<Content>,
}

fn view(
    page: &Page,
    visit: &Visit,
    (missing, news): (&[Missing], Option<&str>),
    Parts { programmes, services, work, appeals }: Parts,
    (offset, today): (UtcOffset, Date),
) -> AnyView {
    let shown = &visit.shown;
    let reference = Reference::written(&visit.reference);
    let (turn, class) = whose_turn(shown.next);
    let by = shown
        .by
        .filter(|day| shown.next != Next::MayObject && *day >= today)
        .map(|date| page.t_with("status-by", &[("date", page.date(date).into())]));
    let until = time_of_day(visit.until.to_offset(offset).time());
    let answer = (visit.may_answer && visit.reach == Reach::Act)
        .then(|| Button::link("/track/answer", page.t("status-answer-button")));
    let letter = (visit.has_letter && visit.reach >= Reach::Read)
        .then(|| Button::link("/track/letter", page.t("status-letter-button")).secondary());
    let object = (visit.has_letter && visit.reach == Reach::Act)
        .then(|| Button::link("/track/appeal", page.t("status-appeal-button")).secondary());
    let complain = (visit.reach == Reach::Act).then(|| {
        view! {
            <p class="govuk-body">
                <a class="govuk-link" href="/track/complain">{page.t("status-complain")}</a>
            </p>
        }
    });
    let phone = visit.acting.is_none().then(|| {
        view! {
            <p class="govuk-body">
                <a class="govuk-link" href="/track/phone">{page.t("status-phone")}</a>
            </p>
        }
    });
    let acting = visit.acting.as_ref().map(|name| {
        view! { <p class="govuk-body">{page.t("status-acting")} " " <bdi>{name.clone()}</bdi></p> }
    });
    view! {
        {news.map(|key| NotificationBanner::new(page.t(key)))}
        <div class="govuk-grid-row">
            <div class="govuk-grid-column-two-thirds">
                <h1 class="govuk-heading-l">{page.t("status-title")}</h1>
                {acting}
                <p class="govuk-body">
                    {page.t("status-reference")} " " <bdi class="app-reference">{reference}</bdi>
                </p>
                <div class=class>
                    <h2 class="govuk-heading-m">{page.t_of("status-phrase", shown.phrase.code())}</h2>
                    <p class="govuk-body"><strong>{page.t(turn)}</strong>{by.map(|by| format!(" – {by}"))}</p>
                    <p class="govuk-body govuk-!-margin-bottom-0">{page.t_of("status-next", shown.next.code())}</p>
                </div>
                {duties(page, shown, missing)}
                {answer}
                {letter}
                {programmes}
                {services}
                {work}
                <h2 class="govuk-heading-m">{page.t("status-object")}</h2>
                <p class="govuk-body">{objection(page, visit)}</p>
                {appeals}
                {object}
                {complain}
                {phone}
                <h2 class="govuk-heading-m">{page.t("status-happened")}</h2>
                {happened(page, shown)}
                <form method="post" action="/track/end">
                    {Button::new(page.t("status-leave")).secondary()}
                </form>
                <p class="govuk-hint">{page.t_with("status-until", &[("time", until.into())])}</p>
            </div>
        </div>
    }
    .into_any()
}

fn duties(page: &Page, shown: &TrackView, missing: &[Missing]) -> Option<Content> {
    if shown.duties.is_empty() {
        return None;
    }
    let mut out = Html::new();
    out.tag("h2").class("govuk-heading-m").text(&page.t("status-duties"));
    out.tag("ul").class("govuk-list govuk-list--bullet").with(|out| {
        for duty in &shown.duties {
            out.tag("li").with(|out| {
                out.text(&page.t_of("status-duty", duty.code()));
                if *duty == Duty::BringMissing {
                    out.content(&missing_list(page, missing));
                }
            });
        }
    });
    Some(Content::Html(out.finish()))
}

/// What is missing, and of whom.
pub fn missing_list(page: &Page, missing: &[Missing]) -> Content {
    if missing.is_empty() {
        return Content::default();
    }
    let voice = Voice { lang: page.lang, currency: Currency { code: String::new(), minor_digits: 0 } };
    let mut out = Html::new();
    out.tag("ul").class("govuk-list govuk-list--bullet").with(|out| {
        for one in missing {
            out.tag("li").text(&whose(&voice, one));
        }
    });
    Content::Html(out.finish())
}

/// The next step of each plan for work: what, where, by when.
fn own_work(page: &Page, pack: &Pack, all: &[WorkStep]) -> Option<Content> {
    if all.is_empty() {
        return None;
    }
    let mut out = Html::new();
    out.tag("h2").class("govuk-heading-m").text(&page.t("status-work"));
    out.tag("ul").class("govuk-list govuk-list--bullet").with(|out| {
        for one in all {
            let next = if one.step.is_empty() {
                page.t("status-work-review")
            } else {
                page.t_with("status-work-next", &[("step", one.step.as_str().into())])
            };
            let provider = (!one.provider.is_empty()).then(|| {
                let own = pack.directory.provider(&one.provider).and_then(|provider| provider.name.clone());
                own.unwrap_or_else(|| page.of_pack(pack, &format!("provider.{}.name", one.provider)))
            });
            let area = (!one.area.is_empty()).then(|| pack.area_name(page.lang.code(), &one.area).to_owned());
            let place = page.list(provider.into_iter().chain(area));
            let by = one.by.map(|day| page.t_with("status-work-by", &[("date", page.date(day).into())]));
            out.tag("li").with(|out| {
                out.tag("strong").with(|out| {
                    out.tag("bdi").text(&one.person);
                });
                out.text(&page.t("colon")).text(&next);
                if !place.is_empty() {
                    out.text(" · ").text(&place);
                }
                if let Some(by) = &by {
                    out.text(" · ").text(by);
                }
            });
        }
    });
    Some(Content::Html(out.finish()))
}

/// The appeals of the household: since when, what comes next, by when.
fn own_appeals(page: &Page, all: &[Told]) -> Option<Content> {
    if all.is_empty() {
        return None;
    }
    let mut out = Html::new();
    out.tag("h3").class("govuk-heading-s").text(&page.t("status-appeals"));
    out.tag("ul").class("govuk-list govuk-list--bullet").with(|out| {
        for one in all {
            let lodged = page.t_with("status-appeal-lodged", &[("date", page.date(one.lodged_on).into())]);
            let next = page.t_of("status-appeal-next", one.next.code());
            let by = one.by.map(|day| page.t_with("status-by", &[("date", page.date(day).into())]));
            out.tag("li").with(|out| {
                out.text(&lodged).text(&page.t("colon")).text(&next);
                if let Some(by) = &by {
                    out.text(" ").text(by);
                }
            });
        }
    });
    Some(Content::Html(out.finish()))
}

fn objection(page: &Page, visit: &Visit) -> String {
    match visit.shown.appeal_until {
        Some(until) => page.t_with("status-object-until", &[("date", page.date(until).into())]),
        None if visit.has_letter => page.t("status-object-over"),
        None => page.t("status-object-none"),
    }
}

fn happened(page: &Page, shown: &TrackView) -> Content {
    let mut out = Html::new();
    out.tag("ul").class("govuk-list").with(|out| {
        for event in shown.happened.iter().rev() {
            out.tag("li").with(|out| {
                out.tag("bdi").text(&page.date(event.on));
                out.text(&page.t("colon")).text(&page.t_of("status-happened", event.what.code()));
            });
        }
    });
    Content::Html(out.finish())
}

/// How a programme stands: what is under way, else the letter's own answer.
fn stands(page: &Page, line: &TrackLine) -> String {
    match line.phrase {
        Phrase::Receiving => page.t("status-line-receiving"),
        Phrase::Paused => page.t("status-line-paused"),
        Phrase::Ended => page.t("status-line-ended"),
        _ => page.t_of("letter-answer", line.standing.code()),
    }
}

/// A row: how it stands, of which programme, in which words, for whom, the place on a list, and the award's life.
type Row<'l> = (Standing, &'l str, String, Vec<&'l str>, Option<OnList>, &'l [Note]);

/// One row for a programme and what is said alike of several people.
fn programmes(page: &Page, pack: &Pack, lines: &[TrackLine]) -> Option<Table> {
    if lines.is_empty() {
        return None;
    }
    let mut rows: Vec<Row<'_>> = Vec::new();
    for line in lines {
        let words = stands(page, line);
        let mut same = rows
            .iter_mut()
            .filter(|(.., on_list, life)| on_list.is_none() && line.on_list.is_none() && *life == line.life);
        let same = same.find(|(_, programme, other, ..)| *programme == line.programme && *other == words);
        match same {
            Some((_, _, _, people, ..)) => people.extend(line.person.as_deref()),
            None => {
                rows.push((
                    line.standing,
                    &line.programme,
                    words,
                    line.person.as_deref().into_iter().collect(),
                    line.on_list.clone().map(|on| OnList {
                        area: on.area.map(|code| pack.area_name(page.lang.code(), &code).to_owned()),
                        ..on
                    }),
                    &line.life,
                ));
            }
        }
    }
    rows.sort_by_key(|(standing, ..)| *standing);
    let voice = Voice { lang: page.lang, currency: Currency { code: String::new(), minor_digits: 0 } };
    let mut table = Table::new(page.t("status-programmes")).row_heads();
    "govuk-table__caption--m".clone_into(&mut table.caption_classes);
    "app-answers".clone_into(&mut table.classes);
    for (_, programme, words, people, on_list, life) in rows {
        let mut name = Html::new();
        name.text(&page.of_pack(pack, &format!("programme.{programme}.name")));
        if !people.is_empty() {
            name.tag("div").class("app-letter__for").with(|out| {
                out.text(&voice.names(&people));
            });
        }
        let mut answer = Html::new();
        answer.text(&words);
        let words = |key: &str| {
            pack.words.find(page.lang.code(), &format!("programme.{programme}.{key}")).map(str::to_owned)
        };
        let life = life.iter().flat_map(|note| voice.life(&note.clone().worded(words)));
        for said in on_list.iter().flat_map(|on| voice.on_list(on)).chain(life) {
            answer.tag("div").class("app-letter__for").text(&said);
        }
        table =
            table.row([Cell::new(Content::Html(name.finish())), Cell::new(Content::Html(answer.finish()))]);
    }
    Some(table)
}

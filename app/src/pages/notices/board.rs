//! What waits to be sent, what goes on paper, and what was lost, at the offices where one works.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect};
use casework::Casework;
use casework::notices::office::{self, Became, Board, Listed};
use domain::ids::HouseholdId;
use domain::notice::NoticeState;
use leptos::prelude::*;
use uuid::Uuid;

use super::trouble;
use crate::kit::{Button, Cell, Content, InsetText, NotificationBanner, Table, Tag};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};

/// `GET /notices`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(news): Asked<Done>,
) -> Answer {
    let board = office::board(&casework, &actor).await?;
    let title = page.t("notices-title");
    Ok(render(&page, &title, || show(&page, &casework, &board, &title, done(&page, &news.done))))
}

/// `POST /notices`: prints what goes on paper, or says what became of one message.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Pairs(pairs): Pairs,
) -> Answer {
    let act = value(&pairs, "act");
    if act == "print" {
        office::print_all(&casework, &actor).await?;
        return Ok(Redirect::to("/notices/sheets").into_response());
    }
    let which = value(&pairs, "household").parse::<HouseholdId>().ok();
    let which = which.zip(value(&pairs, "notice").parse::<Uuid>().ok()).zip(Became::from_code(act));
    if let Some(((household, notice), became)) = which {
        office::settle(&casework, &actor, household, notice, became).await?;
        return Ok(Redirect::to(&format!("/notices?done={act}")).into_response());
    }
    let board = office::board(&casework, &actor).await?;
    let (title, page) = (page.t("notices-title"), page.failed());
    let news = Some(NotificationBanner::new(page.t("notices-which")));
    Ok(render(&page, &title, || show(&page, &casework, &board, &title, news)))
}

fn done(page: &Page, code: &str) -> Option<NotificationBanner> {
    let key = match code {
        "hand_over" => "notices-done-hand_over",
        "post" => "notices-done-post",
        "resend" => "notices-done-resend",
        _ => return None,
    };
    Some(NotificationBanner::success(page.t(key)))
}

fn show(
    page: &Page,
    casework: &Casework,
    board: &Board,
    title: &str,
    news: Option<NotificationBanner>,
) -> AnyView {
    let has_none = board.waiting.iter().chain(&board.to_print).any(|one| one.trouble == "no_gateway");
    let (sent, arrived) = board.sent;
    let sent = page.t_with("notices-sent", &[("sent", sent.into()), ("arrived", arrived.into())]);
    view! {
        {news}
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        <p class="govuk-body">{page.t("notices-lead")}</p>
        {has_none.then(|| InsetText::new(page.t("notices-no-gateway")))}
        <p class="govuk-body">{sent}</p>
        {paper(page, casework, board)}
        {printed(page, casework, board)}
        <h2 class="govuk-heading-m">{page.t("notices-waiting")}</h2>
        {list(page, casework, &board.waiting, "notices-waiting", &[])}
        <h2 class="govuk-heading-m">{page.t("notices-lost")}</h2>
        {list(page, casework, &board.lost, "notices-lost", &[])}
    }
    .into_any()
}

fn paper(page: &Page, casework: &Casework, board: &Board) -> AnyView {
    let count = i64::try_from(board.to_print.len()).unwrap_or(i64::MAX);
    let print = (count > 0).then(|| {
        view! {
            <form method="post" action="/notices">
                {Button::new(page.t_with("notices-print", &[("count", count.into())])).named("act", "print")}
            </form>
        }
    });
    view! {
        <h2 class="govuk-heading-m">{page.t("notices-paper")}</h2>
        {list(page, casework, &board.to_print, "notices-paper", &["resend"])}
        {print}
    }
    .into_any()
}

fn printed(page: &Page, casework: &Casework, board: &Board) -> AnyView {
    let sheets = (!board.printed.is_empty()).then(|| {
        view! {
            <p class="govuk-body">
                <a class="govuk-link" href="/notices/sheets">{page.t("notices-sheets-link")}</a>
            </p>
        }
    });
    view! {
        <h2 class="govuk-heading-m">{page.t("notices-printed")}</h2>
        {list(page, casework, &board.printed, "notices-printed", &["hand_over", "post", "resend"])}
        {sheets}
    }
    .into_any()
}

/// Messages with what can be done about each.
fn list(
    page: &Page,
    casework: &Casework,
    all: &[Listed],
    caption: &'static str,
    acts: &[&'static str],
) -> AnyView {
    if all.is_empty() {
        return view! { <p class="govuk-body">{page.t("notices-none")}</p> }.into_any();
    }
    let mut head: Vec<String> =
        ["notices-whose", "notices-what", "notices-state"].into_iter().map(|key| page.t(key)).collect();
    if !acts.is_empty() {
        head.push(page.t("notices-act"));
    }
    let mut table = Table::new(page.t(caption)).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for one in all {
        let mut cells = vec![
            Cell::new(whose(page, one)),
            Cell::new(page.t_of("notices-kind", one.kind.code())),
            Cell::new(state(page, casework, one)),
        ];
        if !acts.is_empty() {
            cells.push(Cell::new(buttons(page, one, acts)));
        }
        table = table.row(cells);
    }
    table.into_any()
}

fn whose(page: &Page, one: &Listed) -> Content {
    let Some(reference) = one.reference.map(|reference| reference.to_string()) else {
        return Content::from(page.t("notices-nobody"));
    };
    let href = format!("/households/{}/notices", one.household);
    Content::view(view! { <a class="govuk-link" href=href><bdi class="app-reference">{reference}</bdi></a> })
}

fn state(page: &Page, casework: &Casework, one: &Listed) -> Content {
    let made = page.date_time(casework.here(one.made_at));
    let next = matches!(one.state, NoticeState::Queued | NoticeState::Failed).then(|| {
        let at = page.date_time(casework.here(one.next_at));
        view! { <br/> {page.t_with("notices-next", &[("at", at.into()), ("tries", one.tries.into())])} }
    });
    let why = trouble(page, &one.trouble).map(|why| view! { <br/> {why} });
    let tag = Tag::new(page.t_of("notices-state", one.state.code())).colour(colour(one.state));
    Content::view(view! { {tag} " " <span class="app-nowrap">{made}</span> {next} {why} })
}

/// The colour of a state; the word beside it says the same.
pub(super) fn colour(state: NoticeState) -> &'static str {
    match state {
        NoticeState::Queued | NoticeState::Sending => "grey",
        NoticeState::Sent => "blue",
        NoticeState::Delivered | NoticeState::HandedOver | NoticeState::Posted => "green",
        NoticeState::Failed | NoticeState::ToPrint | NoticeState::Printed => "yellow",
        NoticeState::GivenUp | NoticeState::Expired => "red",
    }
}

fn buttons(page: &Page, one: &Listed, acts: &[&'static str]) -> Content {
    let about = one.reference.map_or_else(String::new, |reference| format!(" {reference}"));
    let buttons: Vec<AnyView> = acts
        .iter()
        .map(|act| {
            let words = page.t_of("notices-act", act);
            let whole = Content::view(view! {
                {words} <span class="govuk-visually-hidden">{about.clone()}</span>
            });
            view! { {Button::new(whole).secondary().named("act", act)} " " }.into_any()
        })
        .collect();
    Content::view(view! {
        <form method="post" action="/notices">
            <input type="hidden" name="household" value=one.household.to_string()/>
            <input type="hidden" name="notice" value=one.id.to_string()/>
            {buttons}
        </form>
    })
}

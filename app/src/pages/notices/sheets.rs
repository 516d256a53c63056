//! Messages on paper, one after the other, to be printed, handed over and posted.

use axum::extract::State;
use casework::Casework;
use casework::notices::office::{self, Sheet};
use domain::pack::Pack;
use leptos::prelude::*;

use crate::kit::InsetText;
use crate::shell::{Answer, Page, render};
use crate::state::SignedIn;
use crate::words::Lang;

/// `GET /notices/sheets`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let all = office::sheets(&casework, &actor).await?;
    let pack = casework.pack()?;
    let title = page.t("notices-sheets-title");
    let page = page.back("/notices");
    Ok(render(&page, &title, || {
        let none = all.is_empty().then(|| InsetText::new(page.t("notices-none")));
        let sheets: Vec<AnyView> = all.iter().map(|one| sheet(&page, &casework, &pack, one)).collect();
        view! {
            <div class="app-screen-only">
                <h1 class="govuk-heading-l">{title.clone()}</h1>
                <p class="govuk-body">{page.t("notices-sheets-lead")}</p>
                {none}
            </div>
            {sheets}
        }
        .into_any()
    }))
}

fn sheet(page: &Page, casework: &Casework, pack: &Pack, one: &Sheet) -> AnyView {
    let lang = Lang::parse(&one.language).unwrap_or_default();
    let words = |key: &str| pack.words.find(lang.code(), key).unwrap_or_default().to_owned();
    let office = words(&format!("office.{}.name", one.office));
    let address = words(&format!("office.{}.address", one.office));
    let area = if one.area.is_empty() {
        String::new()
    } else {
        let path = pack.areas.path(&one.area);
        let names = path.iter().rev().map(|area| pack.area_name(lang.code(), &area.code));
        names.collect::<Vec<_>>().join(" – ")
    };
    let by_hand = one.by_hand.then(|| {
        view! { <p class="govuk-body app-screen-only"><strong>{page.t("notices-by-hand")}</strong></p> }
    });
    let made = crate::words::date(lang, casework.here(one.made_at).date());
    let reference = one.reference.map(|reference| reference.to_string());
    view! {
        {by_hand}
        <article class="app-letter" lang=lang.code() dir=lang.dir()>
            <div class="app-letter__programme">
            <p class="govuk-body">
                <strong>{office}</strong> <br/> {address} <br/> {made}
            </p>
            <p class="govuk-body">
                <strong><bdi>{one.addressee.clone()}</bdi></strong> <br/>
                {area} <br/>
                <bdi>{one.directions.clone()}</bdi> <br/>
                <bdi class="app-reference">{reference}</bdi>
            </p>
            <p class="govuk-body-l">{one.text.clone()}</p>
            </div>
        </article>
    }
    .into_any()
}

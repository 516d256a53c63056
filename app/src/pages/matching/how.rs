//! For an auditor: how two records are compared, what signs and bands mean, what is never done, an example weighed while
//! one reads, and the numbers of the registry.

use axum::extract::State;
use casework::Casework;
use casework::matching::example::{Example, Invented, example};
use casework::matching::models::{self, Numbers};
use domain::matching::score::{FAINT, POSSIBLE, VERY_LIKELY};
use domain::matching::{Band, Scored};
use leptos::prelude::*;

use super::figures::{bits, chance, count, name, percent, sentence};
use crate::kit::{Cell, Content, SummaryList, Table, Tag};
use crate::pages::counter::fields::birth_words;
use crate::shell::{Answer, Page, render};
use crate::state::SignedIn;

/// `GET /matching/how`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let numbers = models::numbers(&casework, &actor).await?;
    let example = example(&casework, &actor).await?;
    let page = page.back("/matching");
    let title = page.t("how-title");
    Ok(render(&page, &title, || {
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body-l">{page.t("how-lead")}</p>
            {compared(&page)}
            {signs(&page)}
            {bands(&page)}
            {never(&page)}
            {shown(&page, &example)}
            {figures(&page, &casework, &numbers)}
        }
        .into_any()
    }))
}

fn heading(page: &Page, key: &str) -> AnyView {
    view! { <h2 class="govuk-heading-m">{page.t(key)}</h2> }.into_any()
}

fn bullets(page: &Page, keys: &[&str]) -> AnyView {
    let items = keys.iter().map(|key| view! { <li>{page.t(key)}</li> }).collect_view();
    view! { <ul class="govuk-list govuk-list--bullet govuk-list--spaced">{items}</ul> }.into_any()
}

fn compared(page: &Page) -> AnyView {
    view! {
        {heading(page, "how-compared")}
        <p class="govuk-body">{page.t("how-compared-found")}</p>
        <p class="govuk-body">{page.t("how-compared-fields")}</p>
        <p class="govuk-body">{page.t("how-compared-three")}</p>
        {bullets(page, &["how-three-same", "how-three-household", "how-three-strangers"])}
        <p class="govuk-body">{page.t("how-compared-rare")}</p>
        <p class="govuk-body">{page.t("how-compared-bits")}</p>
    }
    .into_any()
}

/// The signs beside the fields.
fn signs(page: &Page) -> AnyView {
    let list = [
        ("✓", "match-sign-agrees", "how-sign-agrees"),
        ("≈", "match-sign-near", "how-sign-near"),
        ("✗", "match-sign-differs", "how-sign-differs"),
        ("–", "match-sign-unknown", "how-sign-unknown"),
    ]
    .into_iter()
    .fold(SummaryList::new(), |list, (mark, word, about)| {
        let word = page.t(word);
        let sign = view! { <span aria-hidden="true">{mark}</span> " " {word} };
        list.row(Content::view(sign), page.t(about))
    });
    view! { {heading(page, "how-signs")} {list} }.into_any()
}

fn bands(page: &Page) -> AnyView {
    let limits = [("sure", VERY_LIKELY), ("possible", POSSIBLE), ("faint", FAINT)]
        .map(|(name, limit)| (name, percent(page, limit).into()));
    let list = [
        (Band::VeryLikely, "how-band-very"),
        (Band::Possible, "how-band-possible"),
        (Band::SameHousehold, "how-band-household"),
        (Band::Faint, "how-band-faint"),
        (Band::Unlikely, "how-band-unlikely"),
    ]
    .into_iter()
    .fold(SummaryList::new(), |list, (one, about)| list.row(band(page, one), page.t_with(about, &limits)));
    view! { {heading(page, "how-bands")} {list} }.into_any()
}

fn band(page: &Page, band: Band) -> Tag {
    let (key, colour) = match band {
        Band::VeryLikely => ("match-band-very-likely", "red"),
        Band::Possible => ("match-band-possible", "yellow"),
        Band::SameHousehold => ("match-band-household", "blue"),
        Band::Faint => ("match-band-faint", "grey"),
        Band::Unlikely => ("how-band-none", "grey"),
    };
    Tag::new(page.t(key)).colour(colour)
}

fn never(page: &Page) -> AnyView {
    let keys =
        ["how-never-merge", "how-never-missing", "how-never-refuse", "how-never-chain", "how-never-model"];
    view! { {heading(page, "how-never")} {bullets(page, &keys)} }.into_any()
}

/// What is told of one of them.
type Told = fn(&Page, &Invented) -> String;

/// The invented people beside each other, and what the engine says of them now.
fn shown(page: &Page, example: &Example) -> AnyView {
    let head = ["how-example-what", "how-example-first", "how-example-again", "how-example-daughter"];
    let mut people =
        Table::new(page.t("how-example-people")).head(head.map(|key| page.t(key))).row_heads().scroll();
    people.caption_classes = "govuk-table__caption--s".into();
    let of = |what: Told| {
        example.people.map(|one| {
            let text = what(page, &one);
            Cell::new(Content::view(view! { <bdi>{text}</bdi> }))
        })
    };
    let rows: [(&str, Told); 6] = [
        ("given_name", |_, one| one.given.to_owned()),
        ("family_name", |_, one| one.family.to_owned()),
        ("birth_date", |page, one| birth_words(page, one.birth)),
        ("sex", |page, one| page.t_of("sex", one.sex.code())),
        ("identifier", |page, one| known(page, one.card)),
        ("phone", |page, one| known(page, one.phone)),
    ];
    for (field, what) in rows {
        let cells = std::iter::once(Cell::new(page.t_of("match-field", field))).chain(of(what));
        people = people.row(cells);
    }
    let places = example.people.map(|one| Cell::new(page.list([one.place.0, one.place.1])));
    people = people.row(std::iter::once(Cell::new(page.t_of("match-field", "address"))).chain(places));
    let model = name(page, example.model);
    let href = format!("/matching/{}", example.model);
    view! {
        {heading(page, "how-example")}
        <p class="govuk-body">{page.t("how-example-lead")}</p>
        {people}
        {weighed(page, "how-example-same", &example.same)}
        {weighed(page, "how-example-child", &example.daughter)}
        <p class="govuk-body">
            {page.t("how-example-model")} " " <a class="govuk-link" href=href>{model}</a>
        </p>
    }
    .into_any()
}

fn known(page: &Page, text: Option<&str>) -> String {
    text.map_or_else(|| page.t("match-sign-unknown"), str::to_owned)
}

/// What each field of a pair says, and what it comes to.
fn weighed(page: &Page, caption: &str, scored: &Scored) -> AnyView {
    let head = ["how-example-what", "model-agrees", "model-bits", "how-example-says"];
    let mut table = Table::new(page.t(caption)).head(head.map(|key| page.t(key))).row_heads().scroll();
    table.caption_classes = "govuk-table__caption--s".into();
    for one in scored.fields() {
        table = table.row([
            Cell::new(page.t_of("match-field", one.field.code())),
            Cell::new(page.t_of("match-level", one.level.code())),
            Cell::number(bits(page, one.bits)),
            Cell::new(sentence(page, one.bits)),
        ]);
    }
    for (key, value) in
        [("how-example-prior", scored.prior_bits), ("how-example-home", scored.household_bits)]
    {
        table = table.row([
            Cell::new(page.t(key)),
            Cell::new(""),
            Cell::number(bits(page, value)),
            Cell::new(sentence(page, value)),
        ]);
    }
    let sum = page.t_with(
        "how-example-sum",
        &[
            ("bits", bits(page, scored.bits).into()),
            ("same", chance(page, scored.probability).into()),
            ("household", chance(page, scored.same_household).into()),
        ],
    );
    view! {
        {table}
        <p class="govuk-body">{sum} " " {band(page, scored.band())}</p>
    }
    .into_any()
}

fn figures(page: &Page, casework: &Casework, numbers: &Numbers) -> AnyView {
    let counted = match numbers.counted_at {
        Some(at) => page.date_time(casework.here(at)),
        None => page.t("how-never-counted"),
    };
    let overridden = if numbers.likely > 0 {
        page.t_with(
            "how-overridden-of",
            &[
                ("overridden", page.number(numbers.overridden).into()),
                ("likely", page.number(numbers.likely).into()),
            ],
        )
    } else {
        page.t("how-overridden-none")
    };
    let list = SummaryList::new()
        .row(page.t("how-people"), count(page, numbers.people))
        .row(page.t("how-counted"), counted)
        .row(page.t("how-said-same"), page.number(numbers.same))
        .row(page.t("how-said-household"), page.number(numbers.household))
        .row(page.t("how-said-strangers"), page.number(numbers.strangers))
        .row(page.t("how-overridden"), overridden)
        .row(page.t("how-open"), page.number(numbers.open));
    view! {
        {heading(page, "how-numbers")}
        <p class="govuk-body">{page.t("how-numbers-about")}</p>
        {list}
    }
    .into_any()
}

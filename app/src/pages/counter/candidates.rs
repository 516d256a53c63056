//! People who may be the one being registered: who they are, how likely, and how each field agrees, in words.
//!
//! What may not be seen is masked by the use case; here stands how it is said. A sign never stands alone: each has its
//! word, so that it is heard and does not depend on colour.

use casework::matching::{Candidate, Sign};
use domain::ids::DraftId;
use domain::matching::Band;
use domain::pack::Pack;
use leptos::prelude::*;

use super::fields::birth_words;
use crate::kit::Tag;
use crate::shell::Page;

/// Candidates in a list; `more` gives what stands below each, such as its buttons.
pub fn list(page: &Page, pack: &Pack, all: &[Candidate], more: impl Fn(&Candidate) -> AnyView) -> AnyView {
    all.iter().map(|one| card(page, pack, one, more(one))).collect_view().into_any()
}

fn card(page: &Page, pack: &Pack, one: &Candidate, more: AnyView) -> AnyView {
    let found = &one.found;
    let (band, colour) = match one.band {
        Band::VeryLikely => ("match-band-very-likely", "red"),
        Band::Possible => ("match-band-possible", "yellow"),
        Band::Faint | Band::Unlikely => ("match-band-faint", "grey"),
        Band::SameHousehold => ("match-band-household", "blue"),
    };
    let id = format!("candidate-{}", found.person);
    let place = pack.area_name(page.lang.code(), &found.area).to_owned();
    let office = page.of_pack(pack, &format!("office.{}.name", found.office));
    let facts = [birth_words(page, found.birth), place, office].join(" · ");
    let reference = (!found.masked)
        .then(|| view! { " · " <bdi class="app-reference">{found.reference.to_string()}</bdi> }.into_any());
    let left = one.left.map(|why| {
        let why = page.t_of("leaving", why.code());
        view! { <p class="govuk-body">{page.t_with("match-left", &[("why", why.into())])}</p> }.into_any()
    });
    let fields = one
        .fields
        .iter()
        .map(|(field, sign)| {
            let (mark, word) = match sign {
                Sign::Agrees => ("✓", "match-sign-agrees"),
                Sign::Near => ("≈", "match-sign-near"),
                Sign::Differs => ("✗", "match-sign-differs"),
                Sign::Unknown => ("–", "match-sign-unknown"),
            };
            view! {
                <li>
                    <span aria-hidden="true">{mark}</span> " "
                    {page.t_of("match-field", field.code())} ": " {page.t(word)}
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <section aria-labelledby=id.clone()>
            <hr class="govuk-section-break govuk-section-break--m govuk-section-break--visible"/>
            <h2 class="govuk-heading-m" id=id.clone()><bdi>{found.name.clone()}</bdi></h2>
            <p class="govuk-body">{Tag::new(page.t(band)).colour(colour)}</p>
            <p class="govuk-body"><bdi>{facts}</bdi> {reference}</p>
            {left}
            <ul class="govuk-list">{fields}</ul>
            {more}
        </section>
    }
    .into_any()
}

/// The ways on that need nothing but a link: this is them, or another person of that household.
pub fn ways(page: &Page, one: &Candidate, (draft, row): (DraftId, usize)) -> AnyView {
    let file = format!("/households/{}", one.found.household);
    if one.found.masked {
        return view! {
            <p class="govuk-body">
                <a class="govuk-link" href=format!("{file}/open")>{page.t("match-open-with-reason")}</a>
            </p>
        }
        .into_any();
    }
    let join = format!("{file}/members/new?draft={draft}&row={row}");
    view! {
        <p class="govuk-body">
            <a class="govuk-link" href=file>{page.t("match-open")}</a> <br/>
            <a class="govuk-link" href=join>{page.t("match-join")}</a>
        </p>
    }
    .into_any()
}

//! What a family takes home: the letter for the visit (A4) and the receipt (80 mm). Paper is in the family's language,
//! the page around it in the officer's; `?in=fr` shows the paper in another language, `?lang=fr` the page as well.
//!
//! - [`paper`]: the letter's text, the same for the officer, the printer and the applicant's own page;
//!   [`words`]: its sentences, figures and lists in one language;
//! - [`show`]: the officer's page around it; [`slip`] and [`receipt`]: the receipt and its page; [`qr`]: its code.
//!
//! To say one more thing on the letter: a field in `domain::letter`, a row in [`paper`], its words in `letter.ftl`.

pub mod paper;
pub mod qr;
pub mod receipt;
pub mod show;
pub mod slip;
pub mod words;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::get;
use serde::Deserialize;

use crate::kit::{Content, Html};
use crate::state::AppState;
use crate::words::Lang;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/households/{household}/letters/{assessment}", get(show::get))
        .route("/households/{household}/receipts/{assessment}", get(receipt::get).post(receipt::post))
        .route("/households/{household}/receipt", get(receipt::get_newest).post(receipt::post_newest))
}

/// In which language the paper is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// For the paper alone.
    #[serde(rename = "in")]
    pub paper: String,
    /// For the page and the paper.
    pub lang: String,
}

impl Wanted {
    /// The language asked for; none: the family's own.
    pub fn language(&self) -> Option<Lang> {
        Lang::parse(&self.paper).or_else(|| Lang::parse(&self.lang))
    }
}

/// Links to the same paper in the other languages, for the bar above it.
pub(crate) fn other_languages(path: &str, label: &str, shown: Lang) -> Content {
    let mut out = Html::new();
    out.tag("p").class("govuk-body").with(|out| {
        out.text(label).text(": ");
        for (place, lang) in Lang::ALL.into_iter().filter(|lang| *lang != shown).enumerate() {
            if place > 0 {
                out.text(" · ");
            }
            out.tag("a")
                .class("govuk-link")
                .attr("href", &format!("{path}?in={}", lang.code()))
                .attr("hreflang", lang.code())
                .attr("lang", lang.code())
                .text(lang.own_name());
        }
    });
    Content::Html(out.finish())
}

/// Where the applicant's page is, as it is printed: the public address, or the one the officer's browser used.
pub(crate) fn track_address(state: &AppState, headers: &HeaderMap) -> String {
    let host = || headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let start = match &state.settings.address {
        Some(address) => address.clone(),
        None if state.settings.secure_cookies => format!("https://{}", host()),
        None => format!("http://{}", host()),
    };
    format!("{}/track", start.trim_end_matches('/'))
}

/// An address as it is read from paper: nobody types the scheme.
pub(crate) fn spoken(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}

//! Shares, weights and counts as they are read.

use domain::matching::learn::ModelState;

use crate::kit::Tag;
use crate::shell::Page;
use crate::words;

/// A count.
pub(super) fn count(page: &Page, count: u64) -> String {
    page.number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A decimal with one digit.
pub(super) fn tenths(page: &Page, value: f64) -> String {
    words::decimal(page.lang, &format!("{value:.1}"))
}

/// A probability or share from one in a hundred on; of a smaller one how many it takes to see one.
pub(super) fn share(page: &Page, share: f64) -> String {
    if share >= 0.0095 || share <= 0.0 {
        return percent(page, share);
    }
    page.t_with("model-one-in", &[("many", rounded(page, 1.0 / share).into())])
}

/// A share in percent, with a digit after the point where it says something.
pub(super) fn percent(page: &Page, share: f64) -> String {
    let plain = format!("{:.1}", share * 100.0);
    let plain = plain.strip_suffix(".0").unwrap_or(&plain);
    page.t_with("model-percent", &[("percent", words::decimal(page.lang, plain).into())])
}

/// A probability, which is never shown as certain.
pub(in crate::pages) fn chance(page: &Page, probability: f64) -> String {
    match probability {
        low if low < 0.001 => page.t_with("model-below", &[("percent", percent(page, 0.001).into())]),
        high if high > 0.999 => page.t_with("model-above", &[("percent", percent(page, 0.999).into())]),
        between => percent(page, between),
    }
}

/// A large number with its first two digits.
fn rounded(page: &Page, number: f64) -> String {
    let scale = 10_f64.powf((number.log10().floor() - 1.0).max(0.0));
    let whole = format!("{:.0}", (number / scale).round() * scale);
    page.number(whole.parse().unwrap_or(i64::MAX))
}

/// A weight in bits, with its sign.
pub(in crate::pages) fn bits(page: &Page, bits: f64) -> String {
    let sign = if bits > 0.0 { "+" } else { "" };
    format!("{sign}{}", tenths(page, bits))
}

/// What a weight does to the odds, in a sentence.
pub(super) fn sentence(page: &Page, bits: f64) -> String {
    let times = bits.abs().exp2();
    if times < 1.5 {
        return page.t("model-says-little");
    }
    let times = if times < 10.0 { tenths(page, times) } else { rounded(page, times) };
    let key = if bits > 0.0 { "model-says-for" } else { "model-says-against" };
    page.t_with(key, &[("times", times.into())])
}

/// Where a model stands.
pub(super) fn state(page: &Page, state: ModelState) -> Tag {
    let colour = match state {
        ModelState::Active => "green",
        ModelState::Proposed => "yellow",
        ModelState::Refused => "red",
        ModelState::Retired | ModelState::Replaced => "grey",
    };
    Tag::new(page.t_of("model-state", state.code())).colour(colour)
}

/// The name of a model.
pub(super) fn name(page: &Page, version: i64) -> String {
    page.t_with("model-name", &[("version", version.to_string().into())])
}

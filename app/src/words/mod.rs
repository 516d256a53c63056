//! Words: every sentence a person reads, in Fluent files, one folder a language, one file a desk.
//!
//! - `words/en/account.ftl` holds the words of the account pages in English, and so on. English and French are
//!   complete; Arabic is complete in the files an applicant meets ([`ARABIC_COMPLETE`]).
//! - A key says where it stands and what it is: `sign-in-title`, `register-given-hint`. A key for each value of a
//!   set is a prefix and the value: `role-supervisor`, read with [`t_of`].
//! - Words of a country's pack (programmes, questions) live in the pack, not here.
//!
//! To add a screen's words: put them into all languages; the tests below fail on a key that is missing in a
//! language, used but not defined, or defined but never used. To add a language: a folder, a [`Lang`], and its
//! name in [`Lang::own_name`].

mod format;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, langid, static_loader};

pub use fluent_templates::fluent_bundle::FluentValue as Arg;
pub use format::{amount, date, date_time, decimal, number, time_of_day};

/// Around words taken from English because the language has none yet. The shell makes an element of them.
pub const ENGLISH: [char; 2] = ['\u{e000}', '\u{e001}'];

/// Around a piece that keeps its own direction: Unicode's isolates. The shell makes a `<bdi>` of them.
pub const APART: [char; 2] = ['\u{2068}', '\u{2069}'];

/// Text without the marks that become elements in pages: for what holds text only, such as a picture or a file.
pub fn plain(text: &str) -> String {
    text.chars().filter(|ch| !ENGLISH.contains(ch) && !APART.contains(ch)).collect()
}

/// Files that are complete in Arabic; other pages fall back to English word by word.
pub const ARABIC_COMPLETE: [&str; 10] = [
    "account",
    "applicant",
    "common",
    "complain",
    "directory",
    "error",
    "kit",
    "letter",
    "plan_paper",
    "receipt",
];

static_loader! {
    static LOADER = {
        locales: "./src/words",
        fallback_language: "en",
        // Marks around inserted names and numbers keep their direction apart: needed in Arabic only.
        customise: |bundle| bundle.set_use_isolating(bundle.locales.first().is_some_and(|l| l.language.as_str() == "ar")),
    };
}

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
    /// Arabic.
    Ar,
}

impl Lang {
    /// All of them, in the order the switch shows them.
    pub const ALL: [Self; 3] = [Self::En, Self::Fr, Self::Ar];

    /// Code for `lang`, cookies, addresses and packs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::Ar => "ar",
        }
    }

    /// Its name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
            Self::Ar => "العربية",
        }
    }

    /// Direction of writing, for `dir`.
    pub const fn dir(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            Self::En | Self::Fr => "ltr",
        }
    }

    /// The language with this code; a region (`fr-CA`) does not matter.
    pub fn parse(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(primary.trim()))
    }

    /// The best of an `Accept-Language` header: highest weight first, the earlier of equals.
    pub fn negotiate(accept: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for entry in accept.split(',') {
            let mut parts = entry.split(';');
            let Some(lang) = parts.next().and_then(Self::parse) else { continue };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok())
                .map_or(1000, per_mille);
            if weight > 0 && best.is_none_or(|(other, _)| weight > other) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }

    fn id(self) -> &'static LanguageIdentifier {
        static IDS: [LanguageIdentifier; 3] = [langid!("en"), langid!("fr"), langid!("ar")];
        &IDS[self as usize]
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1000")]
fn per_mille(weight: f32) -> u16 {
    (weight.clamp(0.0, 1.0) * 1000.0) as u16
}

/// The words of a key; English where a language has none yet.
pub fn t(lang: Lang, key: &str) -> String {
    look_up(lang, key, None)
}

/// The words of a key with values put in: `t_with(lang, "results-for", &[("name", name.into())])`.
pub fn t_with(lang: Lang, key: &str, args: &[(&'static str, FluentValue<'_>)]) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue<'_>> =
        args.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
    look_up(lang, key, Some(&args))
}

/// A piece that keeps its own direction: a name, a reference, a telephone number.
pub fn apart(text: &str) -> String {
    format!("{}{text}{}", APART[0], APART[1])
}

/// Pieces one after another, each with its own direction: "Ali, Fatou, Moussa".
pub fn list<S: AsRef<str>>(lang: Lang, pieces: impl IntoIterator<Item = S>) -> String {
    let comma = if lang == Lang::Ar { "، " } else { ", " };
    pieces.into_iter().map(|piece| apart(piece.as_ref())).collect::<Vec<_>>().join(comma)
}

/// The words for one value of a set: `t_of(lang, "role", "supervisor")` reads `role-supervisor`.
pub fn t_of(lang: Lang, set: &str, value: &str) -> String {
    t(lang, &format!("{set}-{value}"))
}

/// As [`t_of`] for a set whose values come from elsewhere (a pack, another desk); `None` when a value has no words.
pub fn t_if_of(lang: Lang, set: &str, value: &str) -> Option<String> {
    find(lang, &format!("{set}-{value}"), None)
}

type Args<'a> = HashMap<Cow<'static, str>, FluentValue<'a>>;

fn look_up(lang: Lang, key: &str, args: Option<&Args<'_>>) -> String {
    find(lang, key, args).unwrap_or_else(|| {
        tracing::error!(key, "no words for this key");
        key.to_owned()
    })
}

fn find(lang: Lang, key: &str, args: Option<&Args<'_>>) -> Option<String> {
    LOADER
        .lookup_single_language(lang.id(), key, args)
        .ok()
        .or_else(|| english(key, args).map(|words| format!("{}{words}{}", ENGLISH[0], ENGLISH[1])))
}

/// English words on a page in another language: what is put into them is in that language, or a name.
fn english(key: &str, args: Option<&Args<'_>>) -> Option<String> {
    let args = args.map(|args| {
        let kept = args.iter().map(|(name, value)| match value {
            FluentValue::String(text) => (name.clone(), apart(text).into()),
            other => (name.clone(), other.clone()),
        });
        kept.collect::<Args<'_>>()
    });
    LOADER.lookup_single_language(Lang::En.id(), key, args.as_ref()).ok()
}

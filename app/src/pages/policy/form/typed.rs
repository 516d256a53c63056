//! Words that are typed in every language of the pack, side by side.

use std::collections::BTreeMap;

use casework::policy::FormWords;
use leptos::prelude::*;

use super::Matter;
use crate::kit::{Problems, Textarea};
use crate::shell::Page;
use crate::state::value;

/// Longest text.
const LONGEST: usize = 2000;

/// Texts of something, by the end of their keys: `""` for the words themselves, `.hint`, `.short`.
pub(super) struct Texts<'t> {
    /// What their keys begin with: `question.rooms`.
    pub key: &'t str,
    /// What the names of their fields begin with.
    pub name: &'t str,
    /// The ends of the keys, each with the word for it.
    pub parts: &'t [(&'static str, &'static str)],
}

/// The name of the field of a text.
fn field(name: &str, part: &str, language: &str) -> String {
    format!("{name}{}-{language}", part.replace('.', "-"))
}

impl Texts<'_> {
    /// What is typed, where it is another than what is there; an empty text takes words out.
    pub fn read(
        &self,
        page: &Page,
        matter: &Matter,
        pairs: &[(String, String)],
        problems: &mut Problems,
    ) -> FormWords {
        let mut words: FormWords = BTreeMap::new();
        for language in matter.languages() {
            for (part, _) in self.parts {
                let name = field(self.name, part, &language);
                if !pairs.iter().any(|(known, _)| *known == name) {
                    continue;
                }
                let (key, typed) = (format!("{}{part}", self.key), value(pairs, &name).replace("\r\n", "\n"));
                if typed.chars().count() > LONGEST {
                    problems.add(name, page.t_with("field-too-long", &[("most", LONGEST.into())]));
                } else if typed != matter.words(&language, &key).unwrap_or_default() {
                    let text = (!typed.is_empty()).then_some(typed);
                    words.entry(language.clone()).or_default().push((key, text));
                }
            }
        }
        words
    }

    /// The fields: for each text, one of each language beside the other.
    pub fn fields(
        &self,
        page: &Page,
        matter: &Matter,
        pairs: Option<&[(String, String)]>,
        problems: &Problems,
    ) -> AnyView {
        let rows = self.parts.iter().map(|(part, word)| {
            let columns = matter.languages().into_iter().map(|language| {
                let name = field(self.name, part, &language);
                let key = format!("{}{part}", self.key);
                let text = match pairs {
                    Some(pairs) => value(pairs, &name),
                    None => matter.words(&language, &key).unwrap_or_default(),
                };
                let label = page.t_with(
                    "policy-form-in",
                    &[("what", page.t(word).into()), ("language", own_name(&language).into())],
                );
                view! {
                    <div class="govuk-grid-column-one-third">
                        {Textarea::new(name.clone(), label)
                            .rows(3)
                            .value(text)
                            .attribute("lang", language.as_str())
                            .attribute("dir", dir(&language))
                            .error(problems.of(&name))}
                    </div>
                }
            });
            view! { <div class="govuk-grid-row">{columns.collect_view()}</div> }
        });
        rows.collect_view().into_any()
    }
}

/// The language's name in itself; its code where the service does not speak it.
pub(super) fn own_name(language: &str) -> String {
    crate::words::Lang::parse(language).map_or_else(|| language.to_owned(), |lang| lang.own_name().to_owned())
}

/// The direction of a language's script.
pub(super) fn dir(language: &str) -> &'static str {
    crate::words::Lang::parse(language).map_or("auto", crate::words::Lang::dir)
}

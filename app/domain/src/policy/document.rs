//! A document: one file of a pack. Its kind follows from its name, its hash from its normal form.
//!
//! One more kind of file: its name in `crate::pack::FILES` and a line here.

use std::collections::BTreeMap;

use crate::codes::codes;
use crate::pack::source;

codes! {
    /// What a file of a pack holds.
    pub enum DocumentKind {
        /// The head: id, version, languages, currency, law.
        About = "about",
        /// The tree of areas.
        Areas = "areas",
        /// Offices.
        Offices = "offices",
        /// Agencies.
        Agencies = "agencies",
        /// Working days.
        Calendar = "calendar",
        /// The questionnaire.
        Form = "form",
        /// Facts.
        Facts = "facts",
        /// Scores.
        Scores = "scores",
        /// Figures of the law with their dates.
        Parameters = "parameters",
        /// Programmes offered together.
        Packages = "packages",
        /// Links between programmes, and caps.
        Links = "links",
        /// The directory of services.
        Services = "services",
        /// Papers that may be asked for.
        Documents = "documents",
        /// The wordings people agree to.
        Consent = "consent",
        /// The terms of complaints.
        Complaints = "complaints",
        /// Plans for work.
        Employment = "employment",
        /// One programme.
        Programme = "programme",
        /// What people read, in one language.
        Words = "words",
    }
}

impl DocumentKind {
    /// The kind of the file with this name inside a pack; `None` for a file that a pack does not have.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "pack.toml" => Self::About,
            "areas.toml" => Self::Areas,
            "offices.toml" => Self::Offices,
            "agencies.toml" => Self::Agencies,
            "calendar.toml" => Self::Calendar,
            "form.toml" => Self::Form,
            "facts.toml" => Self::Facts,
            "scores.toml" => Self::Scores,
            "parameters.toml" => Self::Parameters,
            "packages.toml" => Self::Packages,
            "links.toml" => Self::Links,
            "services.toml" => Self::Services,
            "documents.toml" => Self::Documents,
            "consent.toml" => Self::Consent,
            "complaints.toml" => Self::Complaints,
            "employment.toml" => Self::Employment,
            _ if programme_of(name).is_some() => Self::Programme,
            _ if language_of(name).is_some() => Self::Words,
            _ => return None,
        })
    }
}

/// The programme whose file has this name.
pub fn programme_of(name: &str) -> Option<&str> {
    stem(name, "programmes/")
}

/// The language whose words are in the file with this name.
pub fn language_of(name: &str) -> Option<&str> {
    stem(name, "words/")
}

fn stem<'n>(name: &'n str, folder: &str) -> Option<&'n str> {
    let stem = name.strip_prefix(folder)?.strip_suffix(".toml")?;
    let is_code = stem.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    (is_code && !stem.is_empty()).then_some(stem)
}

/// The name of the file of a programme.
pub fn programme_file(id: &str) -> String {
    format!("programmes/{id}.toml")
}

/// The name of the file of a language's words.
pub fn words_file(language: &str) -> String {
    format!("words/{language}.toml")
}

/// The normal form of a document: without a byte-order mark, with plain line ends. Everything else stays as it was written,
/// comments too: they say why, and whoever reviews a change reads them. It is the form that is kept, hashed and exported.
pub fn normalise(text: &str) -> String {
    source::normalise(text)
}

/// SHA-256 of a document's normal form, in hex.
pub fn hash(text: &str) -> String {
    source::hash_text(&source::normalise(text))
}

/// The hash that a pack of these files has: [`crate::pack::Pack::hash`], without reading them.
pub fn bundle_hash(files: &BTreeMap<String, String>) -> String {
    source::hash(&normal(files))
}

/// The documents among some files, in their normal form: what a folder holds beside them is left out.
pub fn normal(files: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let documents = files.iter().filter(|(name, _)| source::is_toml(name));
    documents.map(|(name, text)| (name.clone(), normalise(text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::FILES;

    #[test]
    fn every_file_of_a_pack_has_a_kind_of_its_own() {
        let mut kinds: Vec<DocumentKind> = FILES.iter().filter_map(|name| DocumentKind::of(name)).collect();
        assert_eq!(kinds.len(), FILES.len());
        kinds.extend(DocumentKind::of("programmes/child-grant.toml"));
        kinds.extend(DocumentKind::of("words/fr.toml"));
        kinds.sort();
        kinds.dedup();
        assert_eq!(kinds, DocumentKind::ALL);
        for other in ["readme.toml", "programmes/a/b.toml", "programmes/.toml", "words/../fr.toml", "form.md"]
        {
            assert_eq!(DocumentKind::of(other), None, "{other}");
        }
    }

    #[test]
    fn the_normal_form_is_of_marks_and_line_ends_and_is_its_own() {
        let windows = "\u{feff}# why\r\nid = \"a\"\r\n";
        assert_eq!(normalise(windows), "# why\nid = \"a\"\n");
        assert_eq!(normalise(&normalise(windows)), normalise(windows));
        assert_eq!(hash(windows), hash("# why\nid = \"a\"\n"));
        assert_ne!(hash("id = \"a\""), hash("id = \"a\"\n"));
    }
}

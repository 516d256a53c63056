//! One file of a pack read without the others: what is wrong with it whatever the others say, and what it declares. For a
//! document that is being edited or compared with an older version of itself.

use std::collections::BTreeMap;

use serde_json::Value;
use toml::de::DeTable;

use super::{
    Fault, codes::Codes, complaints, country, directory, fault::Faults, figures, links, names::Names,
    programmes, questionnaire, scalar::json_of, source, source::Source, table::Table, words,
};
use crate::{
    area::AreaTree,
    definitions::{CapDef, LinkDef, PackageDef, ParameterDef, ProgrammeDef},
    form::Form,
    policy::DocumentKind,
};

/// What a file declares, for the kinds that are compared by what they say and not only by their keys.
#[derive(Clone, Debug)]
pub enum Alone {
    /// A programme; `None` where something that every programme has is missing.
    Programme(Option<Box<ProgrammeDef>>),
    /// Figures of the law.
    Parameters(Vec<ParameterDef>),
    /// Links and caps.
    Links(Vec<LinkDef>, Vec<CapDef>),
    /// Packages.
    Packages(Vec<PackageDef>),
    /// Words by their keys.
    Words(BTreeMap<String, String>),
    /// The questionnaire.
    Form(Box<Form>),
    /// Anything else.
    Other,
}

/// Reads one file: what it declares, and what is wrong with it by itself (text that is not TOML, keys nobody knows, values of
/// the wrong kind, figures out of their range). What it names in other files is taken to be there.
pub fn read(name: &str, text: &str) -> (Alone, Vec<Fault>) {
    let (faults, text) = (Faults::default(), source::normalise(text));
    let source = Source::new(name, &text);
    let tables = source.parse(&text, &faults);
    let alone = if let Some(kind) = DocumentKind::of(name) {
        read_kind(kind, &source, &tables, &faults)
    } else {
        faults.add(name, 0, "", "a pack has no such file: rename it or take it out");
        Alone::Other
    };
    (alone, faults.into_sorted())
}

/// Everything that a file says, by the paths that faults use (`parameter.child_rate.unit`): parts of a list under their `id`,
/// `code` or `name`, else under their number. A list of plain values is one value.
pub fn keys(text: &str) -> BTreeMap<String, String> {
    let (faults, text) = (Faults::default(), source::normalise(text));
    let tables = Source::new("", &text).parse(&text, &faults);
    let mut keys = BTreeMap::new();
    for (key, value) in &tables {
        flatten(key.get_ref(), &json_of(value.get_ref()), &mut keys);
    }
    keys
}

fn flatten(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                flatten(&format!("{path}.{key}"), value, into);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (at, item) in items.iter().enumerate() {
                let named = ["id", "code", "name"].iter().find_map(|key| item.get(*key)?.as_str());
                let label = named.map_or_else(|| (at + 1).to_string(), str::to_owned);
                flatten(&format!("{path}.{label}"), item, into);
            }
        }
        Value::String(text) => drop(into.insert(path.to_owned(), text.clone())),
        other => drop(into.insert(path.to_owned(), other.to_string())),
    }
}

fn read_kind(kind: DocumentKind, source: &Source, tables: &DeTable<'_>, faults: &Faults) -> Alone {
    let top = Table::top(source, faults, tables);
    let (areas, agencies) = (Codes::any("area"), Codes::any("agency"));
    let (documents, services) = (Codes::any("document"), Codes::any("service"));
    let (parameters, programmes) = (Codes::any("parameter"), Codes::any("programme"));
    match kind {
        DocumentKind::Programme => {
            let known = programmes::Known {
                areas: &areas,
                agencies: &agencies,
                documents: &documents,
                services: &services,
                parameters: &parameters,
            };
            let mut own = Codes::of("programme");
            return Alone::Programme(programmes::programme(&top, &known, &mut own).map(Box::new));
        }
        DocumentKind::Parameters => {
            return Alone::Parameters(figures::parameters(&top, &mut Codes::of("parameter")));
        }
        DocumentKind::Links => {
            let (links, caps) = links::links(&top, &programmes, &services, &parameters);
            return Alone::Links(links, caps);
        }
        DocumentKind::Packages => return Alone::Packages(links::packages(&top, &programmes)),
        DocumentKind::Words => return Alone::Words(words::alone(&top, faults)),
        DocumentKind::About => drop(country::about(&top)),
        DocumentKind::Areas => drop(country::areas(&top, &mut Codes::of("area"))),
        DocumentKind::Offices => drop(country::offices(&top, &areas, &agencies)),
        DocumentKind::Agencies => drop(country::agencies(&top, &mut Codes::of("agency"))),
        DocumentKind::Calendar => drop(country::calendars(&top, &areas)),
        DocumentKind::Form => {
            let form = questionnaire::form(&top, &AreaTree::default(), &Names::default());
            return Alone::Form(Box::new(form));
        }
        DocumentKind::Facts => drop(figures::facts(&top, &Names::default())),
        DocumentKind::Scores => drop(figures::scores(&top, &Names::default())),
        DocumentKind::Services => {
            let known = directory::Known { areas: &areas, agencies: &agencies, documents: &documents };
            drop(directory::directory(&top, &known, &mut Codes::of("service")));
        }
        DocumentKind::Documents => drop(country::documents(&top, &mut Codes::of("document"))),
        DocumentKind::Consent => drop(country::consents(&top, &agencies)),
        DocumentKind::Complaints => drop(complaints::complaints(&top)),
        // It names questions of the form, without which nothing more can be said of it.
        DocumentKind::Employment => {}
    }
    Alone::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(name: &str, text: &str) -> Vec<String> {
        read(name, text).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_is_told_its_own_faults_and_not_what_others_lack() {
        let figures = "[[parameter]]\nid = \"line\"\ntype = \"money\"\nsource = \"Act\"\nvalues = [{ from = 2026-01-01, value = 5 }]\n";
        assert_eq!(faults("parameters.toml", figures), Vec::<String>::new());
        let spoilt = faults("parameters.toml", &format!("{figures}surprise = 1\n"));
        assert_eq!(spoilt.len(), 1);
        assert!(
            spoilt[0].starts_with("parameters.toml:6: parameter.line.surprise: this key is not known"),
            "{spoilt:?}"
        );
        let links = "[[link]]\nid = \"a\"\nkind = \"opens\"\nfrom = \"here\"\nto = \"there\"\n";
        assert_eq!(faults("links.toml", links), Vec::<String>::new());
        assert!(faults("links.toml", "[[link]\n")[0].contains("not TOML"));
        assert!(faults("other.toml", "")[0].contains("no such file"));
    }
}

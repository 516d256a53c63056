//! Reads a pack's files in the order in which they name one another, and puts the whole together.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::{
    FILES, Pack, codes::Codes, complaints, country, directory, employment, examples, examples::Tried,
    fault::Faults, figures, links, names::Names, programmes, questionnaire, retired, source, source::Source,
    survey::Survey, table::Table, units, why, words,
};
use crate::{
    area::AreaTree,
    definitions::{AreaInputs, Definitions, ProgrammeDef},
    form::{Form, Logic, registry},
    program::Program,
    receipt::PackName,
};

/// Reads a pack from its files to the end, whatever is found.
pub(super) fn survey(files: &BTreeMap<String, String>) -> Survey {
    let files: BTreeMap<String, String> = files
        .iter()
        .filter(|(name, _)| source::is_toml(name))
        .map(|(name, text)| (name.clone(), source::normalise(text)))
        .collect();
    let found = Found::default();
    let sources: BTreeMap<&str, (Source, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), (Source::new(name, text), text.as_str()))).collect();
    let tables: BTreeMap<&str, DeTable<'_>> =
        sources.iter().map(|(name, (source, text))| (*name, source.parse(text, &found.faults))).collect();
    let tops = Tops {
        sources: &sources,
        tables: &tables,
        faults: &found.faults,
        empty: (Source::new("", ""), DeTable::new()),
    };
    let hash = source::hash(&files);
    let read = read(&tops, &found, hash.clone());
    let (pack, tried) = read.map_or((None, Vec::new()), |(pack, tried)| (Some(pack), tried));
    Survey {
        hash,
        pack,
        faults: found.faults.into_sorted(),
        of_words: found.of_words.into_sorted(),
        of_examples: found.of_examples.into_sorted(),
        tried,
    }
}

/// What is found while a pack is read, by what it concerns.
#[derive(Default)]
struct Found {
    faults: Faults,
    of_words: Faults,
    of_examples: Faults,
}

/// The tops of all files.
struct Tops<'t> {
    sources: &'t BTreeMap<&'t str, (Source, &'t str)>,
    tables: &'t BTreeMap<&'t str, DeTable<'t>>,
    faults: &'t Faults,
    /// What stands for a file that is not there, so that reading goes on; its faults are not told.
    empty: (Source, DeTable<'t>),
}

impl<'t> Tops<'t> {
    fn find(&'t self, name: &str) -> Option<Table<'t>> {
        let (source, _) = self.sources.get(name)?;
        Some(Table::top(source, self.faults, self.tables.get(name)?))
    }

    fn of(&'t self, name: &str) -> Table<'t> {
        self.find(name).unwrap_or_else(|| {
            self.faults.add(name, 0, "", "this file is missing: add it, even if it is empty");
            Table::top(&self.empty.0, self.faults, &self.empty.1)
        })
    }

    /// Reports files that a pack does not have.
    fn unknown_files(&self, languages: &[String]) {
        for name in self.sources.keys() {
            let language = name.strip_prefix("words/").and_then(|rest| rest.strip_suffix(".toml"));
            let known = FILES.contains(name)
                || name.strip_prefix("programmes/").is_some_and(|rest| !rest.contains('/'))
                || language.is_some_and(|language| languages.iter().any(|known| known == language));
            if !known {
                let message = match language {
                    Some(language) => format!(
                        "'{language}' is not among the languages in pack.toml: add it there or take the file out"
                    ),
                    None => "a pack has no such file: rename it or take it out".to_owned(),
                };
                self.faults.add(name, 0, "", message);
            }
        }
    }
}

impl<'t> Tops<'t> {
    /// Whether everything declared was read. Where something was not, what reads it would be called wrong
    /// for no fault of its own, so compiling waits until the first faults are mended.
    fn is_whole(&'t self, definitions: &Definitions, form: &Form) -> bool {
        let declared = |file: &str, key: &str| self.find(file).map_or(0, |top| top.tables(key).len());
        let asked = form.questions.iter().filter(|q| !q.is_implied() && q.module != registry::MODULE).count();
        let files = self.sources.keys().filter(|name| name.starts_with("programmes/")).count();
        declared("form.toml", "question") == asked
            && declared("facts.toml", "fact") == definitions.facts.len()
            && declared("scores.toml", "score") == definitions.scores.len()
            && declared("parameters.toml", "parameter") == definitions.parameters.len()
            && declared("documents.toml", "document") == definitions.documents.len()
            && files == definitions.programmes.len()
    }
}

/// Reads everything, in the order in which files name one another.
fn read<'t>(tops: &'t Tops<'t>, found: &Found, hash: String) -> Option<(Pack, Vec<Tried>)> {
    let (mut areas, mut agency_codes) = (Codes::of("area"), Codes::of("agency"));
    let (mut document_codes, mut service_codes) = (Codes::of("document"), Codes::of("service"));
    let (mut parameter_codes, mut programme_codes) = (Codes::of("parameter"), Codes::of("programme"));
    let names = Names::default();

    let about = country::about(&tops.of("pack.toml"));
    tops.unknown_files(about.as_ref().map_or(&[], |about| &about.languages));
    let tree = country::areas(&tops.of("areas.toml"), &mut areas);
    let calendars = country::calendars(&tops.of("calendar.toml"), &areas);
    let agencies = country::agencies(&tops.of("agencies.toml"), &mut agency_codes);
    let offices = country::offices(&tops.of("offices.toml"), &areas, &agency_codes);
    let documents = country::documents(&tops.of("documents.toml"), &mut document_codes);
    let consents = country::consents(&tops.of("consent.toml"), &agency_codes);
    let known = directory::Known { areas: &areas, agencies: &agency_codes, documents: &document_codes };
    let directory = directory::directory(&tops.of("services.toml"), &known, &mut service_codes);
    let complaints = tops.find("complaints.toml").map(|top| complaints::complaints(&top)).unwrap_or_default();
    let form = questionnaire::form(&tops.of("form.toml"), &tree, &names);
    let parameters = figures::parameters(&tops.of("parameters.toml"), &mut parameter_codes);
    let facts = figures::facts(&tops.of("facts.toml"), &names);
    let scores = figures::scores(&tops.of("scores.toml"), &names);
    let known = programmes::Known {
        areas: &areas,
        agencies: &agency_codes,
        documents: &document_codes,
        services: &service_codes,
        parameters: &parameter_codes,
    };
    let files = tops.sources.keys().filter(|name| name.starts_with("programmes/"));
    let work = tops.find("employment.toml").and_then(|top| {
        let known = employment::Known {
            areas: &tree,
            services: &service_codes,
            parameters: &parameter_codes,
            form: &form,
        };
        employment::employment(&top, &known)
    });
    let programmes: Vec<ProgrammeDef> = files
        .filter_map(|name| tops.find(name))
        .filter_map(|top| programmes::programme(&top, &known, &mut programme_codes))
        .collect();
    country::signed_programmes(&tops.of("pack.toml"), &programme_codes);
    let packages = links::packages(&tops.of("packages.toml"), &programme_codes);
    let (links, caps) =
        links::links(&tops.of("links.toml"), &programme_codes, &service_codes, &parameter_codes);

    let about = about?;
    let definitions = Definitions {
        minor_digits: about.currency.minor_digits,
        inputs: questionnaire::inputs(&form),
        areas: tree.all().map(|area| (area.code.clone(), inputs_of(&tree, &area.code))).collect(),
        facts,
        scores,
        parameters,
        programmes,
        packages,
        links,
        caps,
        documents,
        services: service_codes.all().map(str::to_owned).collect(),
    };
    let form = form.with_implied(&definitions.implied_inputs());
    let tops_of_words: BTreeMap<String, Table<'_>> = about
        .languages
        .iter()
        .map(|language| (language.clone(), tops.of(&format!("words/{language}.toml"))))
        .collect();
    let declared = words::Declared {
        about: &about,
        areas: &tree,
        agencies: &agencies,
        offices: &offices,
        consents: &consents,
        directory: &directory,
        form: &form,
        employment: work.as_ref().map(employment::Draft::employment),
        definitions: &definitions,
    };
    let words = words::words(&tops_of_words, &declared, &found.of_words);
    if !tops.is_whole(&definitions, &form) {
        return None;
    }
    let logic = tops.faults.told(Logic::compile(&form, &definitions.parameters));
    let logic = logic.map(|logic| logic.with_areas(definitions.areas.clone()));
    let work = match work {
        Some(draft) => Some(tops.faults.told(draft.finish(&definitions.parameters))?),
        None => None,
    };
    let name = PackName { id: about.id.clone(), version: about.version.clone(), hash: hash.clone() };
    retired::check(&definitions, &form, tops.faults);
    units::check(&definitions, tops.faults);
    let program = tops.faults.told(Program::compile(definitions, name))?;
    let tried = examples::run(&program, &form, &found.of_examples);
    let pack = Pack {
        hash,
        about,
        areas: tree,
        calendars,
        agencies,
        offices,
        consents,
        form,
        logic: logic?,
        directory,
        complaints,
        employment: work,
        why_asked: why::reasons(program.definitions()),
        program,
        words,
    };
    Some((pack, tried))
}

fn inputs_of(tree: &AreaTree, code: &str) -> AreaInputs {
    AreaInputs {
        setting: tree.setting(code).map(|setting| setting.id().to_owned()),
        province: tree.province(code).map(str::to_owned),
    }
}

//! A pack: a country as data. Reads its files into one checked whole, or says everything that is wrong.
//!
//! One file of a pack is read by one module here: `country` (who and where), `questionnaire` (the form),
//! `figures` (parameters, facts, scores), `programmes`, `links`, `directory` (services), `words`.
//! Each takes the `table::Table`s of its file and gives plain definitions; `read` calls them in order, then
//! [`Program::compile`] types and orders the rules, and `examples` runs the worked examples. TOML is known in
//! this folder only. What a loaded pack is asked: here, `labels` for words.
//!
//! One more file: its name in [`FILES`], a reader, a line in `read`, a field of [`Pack`].

pub mod alone;
mod codes;
mod complaints;
mod conditions;
mod country;
mod directory;
mod employment;
mod examples;
mod fault;
mod figures;
mod graduation;
mod labels;
mod links;
mod names;
mod programmes;
mod propose;
pub(crate) mod questionnaire;
mod read;
mod retired;
mod scalar;
pub(crate) mod source;
mod survey;
mod table;
mod units;
mod why;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use crate::{
    answers::Answers,
    area::{AreaTree, CalendarDays, calendar_of},
    calendar::WorkingCalendar,
    complaint::rules::Rules,
    country::{About, Agency, Consent, Office},
    decide::{Decided, NeedKind},
    definitions::{Definitions, ProgrammeDef},
    employment::Employment,
    form::{Form, Kind, Logic, PageLogic, PageRef, Situation},
    program::Program,
    registration,
    services::Directory,
    value::Value,
    words::Words,
};

pub use crate::fault::Fault;
pub use examples::{Lack, Tried};
pub use survey::Survey;
pub use units::{agree as units_agree, of_name as unit_of};

/// The files every pack has, beside `programmes/*.toml` and `words/<language>.toml`; without the last two of them it
/// keeps to what is usual for complaints, and has no plans for work.
pub const FILES: [&str; 16] = [
    "pack.toml",
    "areas.toml",
    "offices.toml",
    "agencies.toml",
    "calendar.toml",
    "form.toml",
    "facts.toml",
    "scores.toml",
    "parameters.toml",
    "packages.toml",
    "links.toml",
    "services.toml",
    "documents.toml",
    "consent.toml",
    "complaints.toml",
    "employment.toml",
];

/// A country's data, read whole and found without fault.
#[derive(Debug, Clone)]
pub struct Pack {
    hash: String,
    /// The head of the pack: id, version, languages, currency, law.
    pub about: About,
    /// The tree of areas.
    pub areas: AreaTree,
    /// Working days by area.
    pub calendars: Vec<CalendarDays>,
    /// Agencies, in the pack's order.
    pub agencies: Vec<Agency>,
    /// Offices, in the pack's order.
    pub offices: Vec<Office>,
    /// The wordings people agree to.
    pub consents: Vec<Consent>,
    /// The questionnaire.
    pub form: Form,
    /// Services people can be referred to.
    pub directory: Directory,
    /// Which questions of it are asked.
    pub logic: Logic,
    /// The rules, compiled.
    pub program: Program,
    /// The terms of complaints, and who answers them first.
    pub complaints: Rules,
    /// Plans for work; none in a country without them.
    pub employment: Option<Employment>,
    why_asked: BTreeMap<String, Vec<String>>,
    /// What people read.
    pub words: Words,
}

impl Pack {
    /// Reads a pack from its files, by their names inside the pack with `/` between folders. Files that are
    /// not TOML (a README, a folder of checks) may lie beside them.
    ///
    /// # Errors
    /// Everything that is wrong, by file and line; then nothing is loaded.
    pub fn load(files: &BTreeMap<String, String>) -> Result<Pack, Vec<Fault>> {
        Survey::of(files).sound()
    }

    /// SHA-256 in hex over the pack's files, after normalising marks and line ends.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The pack's id.
    pub fn id(&self) -> &str {
        &self.about.id
    }

    /// The pack's version, as its author named it.
    pub fn version(&self) -> &str {
        &self.about.version
    }

    /// Facts, scores, programmes and whatever else the rules are made of, as the pack declares them.
    pub fn definitions(&self) -> &Definitions {
        self.program.definitions()
    }

    /// Decides every programme for a household on a day.
    pub fn decide(&self, answers: &Answers, as_of: Date) -> Decided {
        self.program.decide(answers, as_of)
    }

    /// Reads answers in the shape of `guichet assess`, and checks that the places named in them exist.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place in the JSON; the file's name is for the caller.
    pub fn answers_from_json(&self, json: &serde_json::Value, as_of: Date) -> Result<Answers, Vec<Fault>> {
        let answers = Answers::from_json(&self.form, json, as_of)?;
        let members = answers.members.iter().enumerate();
        let rows = members.map(|(at, member)| (format!("members[{at}]"), &member.answers));
        let mut faults = Vec::new();
        for (place, answered) in rows.chain([("answers".to_owned(), &answers.household)]) {
            for (id, answer) in answered {
                let is_place = self.form.question(id).is_some_and(|question| question.kind == Kind::Place);
                if let (true, Some(Value::Text(code))) = (is_place, answer.value())
                    && self.areas.get(code).is_none()
                {
                    let message = format!("there is no area '{code}' in the pack");
                    faults.push(Fault {
                        file: String::new(),
                        line: 0,
                        key: format!("{place}.{id}"),
                        message,
                    });
                }
            }
        }
        if faults.is_empty() { Ok(answers) } else { Err(faults) }
    }

    /// What is asked of a household on a day, and which of its answers count.
    pub fn situation(&self, answers: &Answers, as_of: Date) -> Situation {
        self.logic.situation(answers, as_of)
    }

    /// The logic of one page of a household; `None` for a page it does not have.
    pub fn page_logic(&self, situation: &Situation, page: &PageRef, as_of: Date) -> Option<PageLogic> {
        let digits = self.about.currency.minor_digits;
        PageLogic::new(&self.form, &self.definitions().parameters, digits, situation, page, as_of)
    }

    /// Why a question is asked: the programmes that read its answer, in the order of the pack.
    pub fn why_asked(&self, question: &str) -> &[String] {
        self.why_asked.get(question).map_or(&[], Vec::as_slice)
    }

    /// The questions that programmes still open need, each with those programmes: what the form has still to
    /// ask, and why. The form can stop when there are none.
    pub fn open_questions(&self, answers: &Answers, as_of: Date) -> BTreeMap<String, BTreeSet<String>> {
        let mut open: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for needed in self.program.open_needs(answers, as_of) {
            let question = match needed.need.what {
                NeedKind::Question | NeedKind::Choice => needed.need.id,
                NeedKind::Document => format!("document_{}", needed.need.id),
                NeedKind::Members => continue,
            };
            open.entry(question).or_default().extend(needed.programmes);
        }
        open
    }

    /// The programme with this id.
    pub fn programme(&self, id: &str) -> Option<&ProgrammeDef> {
        self.definitions().programmes.iter().find(|programme| programme.id == id)
    }

    /// The agency with this code.
    pub fn agency(&self, code: &str) -> Option<&Agency> {
        self.agencies.iter().find(|agency| agency.code == code)
    }

    /// The office with this code.
    pub fn office(&self, code: &str) -> Option<&Office> {
        self.offices.iter().find(|office| office.code == code)
    }

    /// The offices that serve an area: those of the area itself or of one it lies in, nearest first.
    pub fn offices_for(&self, area: &str) -> Vec<&Office> {
        let path = self.areas.path(area);
        path.iter().flat_map(|area| self.offices.iter().filter(|office| office.area == area.code)).collect()
    }

    /// The days off in an area.
    pub fn calendar(&self, area: &str) -> Option<&CalendarDays> {
        calendar_of(&self.calendars, &self.areas, area)
    }

    /// The working days of an area; the check of the pack has left every calendar a day to work.
    pub fn working_calendar(&self, area: &str) -> Option<WorkingCalendar> {
        let days = self.calendar(area)?;
        WorkingCalendar::new(days.weekend.iter().copied(), days.holidays.iter().copied()).ok()
    }

    /// An area's name in a language.
    pub fn area_name<'p>(&'p self, language: &str, code: &'p str) -> &'p str {
        let own = || self.areas.get(code).and_then(|area| area.name.as_deref());
        self.words.find(language, &format!("area.{code}")).or_else(own).unwrap_or(code)
    }
}

impl Pack {
    /// The wording asked at registration: the first consent for that purpose.
    pub fn registration_consent(&self) -> Option<&Consent> {
        self.consents.iter().find(|consent| consent.purpose == "registration")
    }
}

impl registration::Country for Pack {
    fn is_dwelling_area(&self, area: &str) -> bool {
        self.areas.is_leaf(area)
    }

    fn has_language(&self, language: &str) -> bool {
        self.about.languages.iter().any(|known| known == language)
    }

    /// An agency that the words of registration name: nobody can agree to what was not read out.
    fn has_agency(&self, agency: &str) -> bool {
        self.registration_consent()
            .is_some_and(|consent| consent.agencies.iter().any(|named| named == agency))
    }

    fn consent_words(&self) -> &str {
        self.registration_consent().map_or("", |consent| &consent.id)
    }
}

/// Whether a programme is in force on a day.
pub fn in_force(programme: &ProgrammeDef, on: Date) -> bool {
    programme.valid_from <= on && programme.valid_until.is_none_or(|until| on <= until)
}

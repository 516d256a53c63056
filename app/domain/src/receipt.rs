//! The receipt of a decision: which engine, which pack and which parts of it, which answers. From a
//! receipt the decision can be taken again, to the same bytes.

use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::answers::{Answer, Answered, Answers, MemberAnswers};
use crate::definitions::Definitions;
use crate::expr::Type;
use crate::num::Num;
use crate::program::Program;
use crate::value::{Value, parse_iso_date};

/// The engine's version: changed whenever the same pack and answers could give other bytes.
pub const ENGINE: &str = "guichet-rules/1";

/// Which pack decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PackName {
    /// The pack's id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 over its normalised files, in hex.
    pub hash: String,
}

/// The pack and the hashes of its parts (SHA-256, hex).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Identity {
    pub pack: PackName,
    pub parts: Parts,
}

/// The hash of each part of a pack that a decision rests on: two packs with the same hash of `rules` have
/// the same rules, whatever else changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Parts {
    /// Questions, registry inputs, documents, areas.
    pub form: String,
    /// Facts and scores.
    pub facts: String,
    /// Parameters.
    pub parameters: String,
    /// Programmes, packages, links, caps; examples aside.
    pub rules: String,
}

impl Identity {
    pub fn new(pack: PackName, definitions: &Definitions) -> Self {
        let programmes: Vec<_> = definitions
            .programmes
            .iter()
            .map(|programme| {
                let mut programme = programme.clone();
                programme.examples.clear();
                programme
            })
            .collect();
        let parts = Parts {
            form: hash(&(&definitions.inputs, &definitions.documents, &definitions.areas)),
            facts: hash(&(&definitions.facts, &definitions.scores)),
            parameters: hash(&(&definitions.parameters, definitions.minor_digits)),
            rules: hash(&(&programmes, &definitions.packages, &definitions.links, &definitions.caps)),
        };
        Self { pack, parts }
    }
}

/// What a decision rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The engine's version.
    pub engine: &'static str,
    /// The pack.
    pub pack: PackName,
    /// The hashes of its parts.
    pub parts: Parts,
    /// Every answer, in the shape of `Answers::to_json`.
    pub answers: Json,
    /// SHA-256 over the rest of the decision, in hex: facts, scores, verdicts, amounts, links, route.
    pub outcome: String,
}

/// SHA-256 over the JSON of something, in hex.
pub(crate) fn hash(part: &impl Serialize) -> String {
    hex(&Sha256::digest(json(part)))
}

/// Room for the JSON of a decision about a family, so that it is written without moving it about.
const USUAL_LENGTH: usize = 48 * 1024;

/// The JSON of something; empty if it has none.
pub(crate) fn json(part: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL_LENGTH);
    match serde_json::to_writer(&mut bytes, part) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Why a decision could not be taken again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedoError {
    /// These are not the bytes of a decision.
    #[error("these are not the bytes of a decision")]
    NotADecision,
    /// Another version of the engine took it.
    #[error("the decision was taken by engine {0}, this is {ENGINE}")]
    OtherEngine(String),
    /// Another pack decided.
    #[error("the decision was taken under pack {0}; load that pack")]
    OtherPack(String),
}

impl Program {
    /// Takes a decision again from the bytes of `Decided::bytes`. The same bytes come back, or something
    /// was changed.
    ///
    /// # Errors
    /// [`RedoError`] when this program is not the one that decided.
    pub fn redo(&self, bytes: &[u8]) -> Result<Vec<u8>, RedoError> {
        let decided: Json = serde_json::from_slice(bytes).map_err(|_| RedoError::NotADecision)?;
        let text = |path: &str| decided.pointer(path).and_then(Json::as_str);
        let engine = text("/receipt/engine").ok_or(RedoError::NotADecision)?;
        if engine != ENGINE {
            return Err(RedoError::OtherEngine(engine.to_owned()));
        }
        let pack = text("/receipt/pack/hash").ok_or(RedoError::NotADecision)?;
        if pack != self.identity.pack.hash {
            return Err(RedoError::OtherPack(pack.to_owned()));
        }
        let as_of = text("/as_of").and_then(parse_iso_date).ok_or(RedoError::NotADecision)?;
        let answers = decided.pointer("/receipt/answers").ok_or(RedoError::NotADecision)?;
        Ok(self.decide(&self.answers_of(answers), as_of).bytes())
    }

    /// Whether a decision comes out the same, byte for byte, when it is taken again.
    ///
    /// # Errors
    /// [`RedoError`] when this program is not the one that decided.
    pub fn confirms(&self, bytes: &[u8]) -> Result<bool, RedoError> {
        Ok(self.redo(bytes)? == bytes)
    }

    /// Answers as a receipt holds them, typed by this program's questions. Nothing is refused: what is not
    /// of its question's kind stays what it is and makes a fault when it is read.
    pub fn answers_of(&self, json: &Json) -> Answers {
        let household = json.get("answers").and_then(Json::as_object);
        let members = json.get("members").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let answered = |object: Option<&serde_json::Map<String, Json>>| -> Answered {
            let pairs = object.into_iter().flatten().filter(|(id, _)| *id != "id");
            pairs.filter_map(|(id, json)| Some((id.clone(), self.answer_of(id, json)?))).collect()
        };
        Answers {
            household: answered(household),
            members: members
                .iter()
                .map(|row| MemberAnswers {
                    id: row.get("id").and_then(Json::as_str).unwrap_or_default().to_owned(),
                    answers: answered(row.as_object()),
                })
                .collect(),
        }
    }

    fn answer_of(&self, id: &str, json: &Json) -> Option<Answer> {
        let ty = self.type_of(id).map(|(_, ty)| ty);
        let value = match json {
            Json::Null => return None,
            Json::Object(state) => {
                return Some(match state.get("state").and_then(Json::as_str) {
                    Some("refused") => Answer::Refused,
                    _ => Answer::DontKnow,
                });
            }
            Json::Bool(b) => Value::Bool(*b),
            Json::Number(_) => serde_json::from_value(json.clone()).map(Value::Num).ok()?,
            Json::Array(list) => {
                Value::Many(list.iter().filter_map(Json::as_str).map(str::to_owned).collect())
            }
            Json::String(text) => match ty {
                Some(Type::Date) => parse_iso_date(text).map_or(Value::Text(text.clone()), Value::Date),
                Some(Type::Num) => text.parse::<Num>().map_or(Value::Text(text.clone()), Value::Num),
                Some(Type::Choice(_)) => Value::Choice(text.clone()),
                _ => Value::Text(text.clone()),
            },
        };
        Some(Answer::Value(value))
    }
}

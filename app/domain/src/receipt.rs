//! The receipt of a decision: which engine, which pack and which parts of it, which answers. From a
//! receipt the decision can be taken again, to the same bytes.

use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::definitions::Definitions;

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
    hex(&Sha256::digest(serde_json::to_vec(part).unwrap_or_default()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

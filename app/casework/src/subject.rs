//! What a task, a clock or a proposal is about: a noun and its id, inside a household's case.

use domain::reference::Reference;
use domain::role::Scope;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::journal;

/// A noun and its id: `Subject::new("decision", decision_id)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The noun, in one word of the code.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
}

impl Subject {
    /// A subject.
    pub fn new(kind: &str, id: impl Into<Uuid>) -> Self {
        Self { kind: kind.to_owned(), id: id.into() }
    }
}

/// The journal's chain for work of this household; work of no household (nil) is told in the registry's own.
pub(crate) fn chain(household: Uuid) -> Uuid {
    if household.is_nil() { journal::REGISTRY } else { household }
}

/// A scope from its two stored columns.
pub(crate) fn stored_scope(kind: &str, code: &str) -> Result<Scope> {
    Scope::from_parts(kind, Some(code)).ok_or_else(|| Error::internal("a stored scope cannot be read"))
}

/// A household's reference from its stored column.
pub(crate) fn stored_reference(reference: Option<String>) -> Result<Option<Reference>> {
    reference.map(|text| Reference::parse(&text)).transpose().map_err(Error::internal)
}

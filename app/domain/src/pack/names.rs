//! The one namespace of expressions: questions, facts and scores share it, so no name may mean two things.

use std::{cell::RefCell, collections::BTreeMap};

use super::table::Table;
use crate::form::registry;

/// Words of the expression language that cannot be names. Functions can: `floor` is one only before a `(`.
const RESERVED: [&str; 13] =
    ["and", "as_of", "else", "false", "in", "members", "not", "of", "or", "param", "this", "true", "where"];

/// The beginnings of names that documents and links bring with them.
const IMPLIED: [&str; 3] = ["document_", "choice_", "enrolled_"];

/// The names taken so far, each with what it means and where.
#[derive(Debug, Default)]
pub(super) struct Names(RefCell<BTreeMap<String, String>>);

impl Names {
    /// Takes up a name for a kind of thing ("question"); a fault when it means something else already.
    pub(super) fn take(&self, table: &Table<'_>, key: &str, name: &str, what: &str) {
        if RESERVED.contains(&name) {
            table.fault(key, format!("'{name}' is a word of the expression language: choose another name"));
        } else if registry::is_registry(name) || name == "age" && what == "question" {
            table.fault(key, format!("'{name}' is answered by the register: choose another name"));
        } else if let Some(start) = IMPLIED.iter().find(|start| name.starts_with(**start)) {
            table.fault(
                key,
                format!("names that start with {start} are made by documents and links: choose another"),
            );
        }
        let place = format!("the {what} at {}:{}", table.file(), table.line_of(key));
        if let Some(before) = self.0.borrow_mut().insert(name.into(), place) {
            table.fault(
                key,
                format!("'{name}' already is {before}: names are shared by questions, facts and scores"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{self, syntax::ExprKind};

    #[test]
    fn reserved_words_are_those_the_language_does_not_read_as_names() {
        for word in RESERVED.into_iter().filter(|word| *word != "this") {
            let read = expr::parse(word).map(|expr| expr.kind);
            assert!(!matches!(read, Ok(ExprKind::Name(_))), "{word} can be a name");
        }
        for name in ["floor", "years", "head", "rooms"] {
            assert_eq!(expr::parse(name).map(|expr| expr.kind), Ok(ExprKind::Name(name.into())));
        }
    }
}

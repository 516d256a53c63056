//! Typed edits: a part of a document written in its normal form into the text, the rest left as it stands, comments too. What
//! stood inside the part that is written anew goes with it.
//!
//! Every function takes the document's name, for faults, and its text, and gives the new text. Whether the whole makes sense
//! is for the reading of the pack to say. One more edit: a function here that uses [`section`] or the tables of the text.

mod figures;
mod form;
mod programme;

pub use figures::{link, parameter_value, remove_link, words};
pub use form::{FormEdit, NewGroup, NewQuestion, SETTABLE, form};
pub use programme::{amount, budgets, eligible, example, fields, remove_example};

use toml_edit::{DocumentMut, Item, Table};

use crate::definitions::Literal;
use crate::fault::Fault;
use crate::pack::alone;

/// A new text, or what is wrong.
pub type Edit = Result<String, Vec<Fault>>;

/// The text as tables that keep how they are written.
fn parsed(name: &str, text: &str) -> Result<DocumentMut, Vec<Fault>> {
    text.parse::<DocumentMut>().map_err(|error| {
        let faults = alone::read(name, text).1;
        if faults.is_empty() { vec![refused(name, "", error.message())] } else { faults }
    })
}

fn refused(name: &str, key: &str, message: &str) -> Fault {
    Fault { file: name.into(), line: 0, key: key.into(), message: message.replace('\n', " ") }
}

/// Puts a section (`[eligible]`, `[[budget]]`) that is written in `written` in the place of the one that is there, behind the
/// same comments; at the end where there is none. Without anything written the section goes.
fn section(name: &str, text: &str, key: &str, written: &str) -> Edit {
    let mut document = parsed(name, text)?;
    let mut new =
        written.parse::<DocumentMut>().map_err(|error| vec![refused(name, key, error.message())])?;
    let root = document.as_table_mut();
    let old = root.get(key).map(heads).unwrap_or_default();
    match new.as_table_mut().remove(key) {
        None => drop(root.remove(key)),
        Some(mut item) => {
            if let Some((position, before)) = old {
                place(&mut item, position);
                if let Some(first) = first_table(&mut item) {
                    first.decor_mut().set_prefix(before);
                }
            } else if let Some(first) = first_table(&mut item) {
                first.decor_mut().set_prefix("\n");
            }
            // A value of this name and a section are written in different places: not one in the place of the other.
            if root.get(key).is_some_and(Item::is_value) {
                root.remove(key);
            }
            root.insert(key, item);
        }
    }
    Ok(document.to_string())
}

/// Where the first table of a section stands, and what is written before it.
fn heads(item: &Item) -> Option<(isize, String)> {
    let table = match item {
        Item::Table(table) => table,
        Item::ArrayOfTables(tables) => tables.get(0)?,
        Item::None | Item::Value(_) => return None,
    };
    let before = table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or("\n");
    Some((table.position()?, before.to_owned()))
}

fn first_table(item: &mut Item) -> Option<&mut Table> {
    match item {
        Item::Table(table) => Some(table),
        Item::ArrayOfTables(tables) => tables.get_mut(0),
        Item::None | Item::Value(_) => None,
    }
}

/// Gives all tables of a section the place of the old one: they are written there, one after the other.
fn place(item: &mut Item, position: isize) {
    match item {
        Item::Table(table) => {
            table.set_position(Some(position));
            table.iter_mut().for_each(|(_, item)| place(item, position));
        }
        Item::ArrayOfTables(tables) => {
            for table in tables.iter_mut() {
                table.set_position(Some(position));
                table.iter_mut().for_each(|(_, item)| place(item, position));
            }
        }
        Item::None | Item::Value(_) => {}
    }
}

/// A section being written.
#[derive(Default)]
struct Written(String);

impl Written {
    /// `[amount]`, `[[budget]]`, after an empty line where something stands before it.
    fn head(&mut self, head: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(head);
        self.0.push('\n');
    }

    /// A key with its value as it is written.
    fn key(&mut self, key: &str, value: &str) {
        for part in [key, " = ", value, "\n"] {
            self.0.push_str(part);
        }
    }
}

/// A text in quotes.
fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// A value as packs write it: decimals in quotes, since TOML's own are floats to other tools.
fn literal(value: &Literal) -> String {
    match value {
        Literal::Bool(flag) => flag.to_string(),
        Literal::Num(number) => {
            number.integer().map_or_else(|| quoted(&number.to_string()), |n| n.to_string())
        }
        Literal::Date(date) => date.to_string(),
        Literal::Text(text) => quoted(text),
    }
}

#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod tests;

//! The questionnaire: questions added, moved, retired and asked otherwise; options of a list added, moved, retired.
//!
//! A question stands where it is asked: the order of the text is the order of the form. One more edit: a variant of
//! [`FormEdit`], its line in [`form`].

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use super::figures::spaced;
use super::{Edit, Written, literal, parsed, quoted, refused};
use crate::definitions::{Level, Literal};
use crate::fault::Fault;
use crate::form::{Kind, Sensitivity};

/// One edit of the form.
#[derive(Debug, Clone, PartialEq)]
pub enum FormEdit {
    /// A question that is new, with its page and its list where these are new too.
    Add(Box<NewQuestion>),
    /// What a question says besides its id, its kind and what it measures: [`SETTABLE`]; `None` for what is usual.
    Set {
        /// The question.
        id: String,
        /// Keys and values.
        fields: Vec<(String, Option<Literal>)>,
    },
    /// A question goes to another place.
    Move {
        /// The question.
        id: String,
        /// The group it is in from now on.
        group: String,
        /// The question it comes after; the first of its group when none.
        after: Option<String>,
    },
    /// A question is asked no longer, or again.
    Retire {
        /// The question.
        id: String,
        /// Whether it is retired from now on.
        retired: bool,
    },
    /// For how many months the answers of a module hold; as long as nothing changes when none.
    Validity {
        /// The module.
        module: String,
        /// Months.
        months: Option<u32>,
    },
    /// An option of a list: a new one, or one that moves or comes back.
    Offer {
        /// The list.
        list: String,
        /// The option.
        option: String,
        /// The option it comes after; the first when none.
        after: Option<String>,
    },
    /// An option is offered no longer.
    RetireOption {
        /// The list.
        list: String,
        /// The option.
        option: String,
    },
}

/// Keys of a question that [`FormEdit::Set`] writes: none of them changes what an answer on file means.
pub const SETTABLE: [&str; 7] =
    ["required", "dont_know", "refused", "relevant", "constraint", "sensitivity", "when_irrelevant"];

/// A question that is new.
#[derive(Debug, Clone, PartialEq)]
pub struct NewQuestion {
    /// Its id, for ever.
    pub id: String,
    /// The page it is on.
    pub group: String,
    /// The page, where it is new.
    pub new_group: Option<NewGroup>,
    /// The question it comes after; the first of its group when none.
    pub after: Option<String>,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// Its list of choices.
    pub choices: Option<String>,
    /// The options of that list, where it is new.
    pub new_options: Vec<String>,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether "don't know" is an answer.
    pub dont_know: bool,
    /// Whether a refusal is an answer.
    pub refused: bool,
    /// When it is asked.
    pub relevant: Option<String>,
    /// What must hold for an answer.
    pub constraint: Option<String>,
    /// How it is worked out, where it is.
    pub expression: Option<String>,
    /// The unit of a number.
    pub unit: Option<String>,
    /// The time it looks back on.
    pub period: Option<String>,
    /// Who may see the answers.
    pub sensitivity: Sensitivity,
}

/// A page that is new.
#[derive(Debug, Clone, PartialEq)]
pub struct NewGroup {
    /// Its module.
    pub module: String,
    /// Months for which the answers of the module hold, where it is new too.
    pub new_module: Option<Option<u32>>,
    /// Whether it is asked of the household or of each member.
    pub level: Level,
    /// When the whole page is asked.
    pub relevant: Option<String>,
}

/// Makes one edit of the form.
pub fn form(name: &str, text: &str, edit: &FormEdit) -> Edit {
    let mut form = Writing { name, document: parsed(name, text)? };
    match edit {
        FormEdit::Add(new) => form.add(new)?,
        FormEdit::Set { id, fields } => form.set(id, fields)?,
        FormEdit::Move { id, group, after } => {
            let mut table = form.table("question", id)?.clone();
            if after.as_ref() == Some(id) {
                return Err(form.no(&format!("question.{id}"), "a question does not come after itself"));
            }
            form.tables("question")?.retain(|table| !is_named(table, id));
            if table.get("group").and_then(Item::as_str) != Some(group) {
                write(&mut table, "group", Some(Value::from(group.as_str())));
            }
            form.put("question", table, group, after.as_deref())?;
        }
        FormEdit::Retire { id, retired } => {
            write(form.table("question", id)?, "retired", retired.then(|| Value::from(true)));
        }
        FormEdit::Validity { module, months } => {
            let months = months.map(|months| Value::from(i64::from(months)));
            write(form.table("module", module)?, "valid_months", months);
        }
        FormEdit::Offer { list, option, after } => {
            let missing = |after: &str| {
                let key = format!("choices.{list}.options");
                vec![refused(name, &key, &format!("there is no option '{after}'"))]
            };
            let table = form.table("choices", list)?;
            take(table, "retired", option);
            take(table, "options", option);
            let options = array(table, "options").ok_or_else(|| missing(option))?;
            let at = match after {
                None => 0,
                Some(after) => 1 + index(options, after).ok_or_else(|| missing(after))?,
            };
            options.insert(at, option.as_str());
            spaced(options);
        }
        FormEdit::RetireOption { list, option } => {
            let key = format!("choices.{list}.options");
            let missing = || vec![refused(name, &key, &format!("there is no option '{option}'"))];
            let table = form.table("choices", list)?;
            if !take(table, "options", option) {
                return Err(missing());
            }
            let retired = array(table, "retired").ok_or_else(missing)?;
            retired.push(option.as_str());
            spaced(retired);
        }
    }
    Ok(form.document.to_string())
}

/// The form being written.
struct Writing<'n> {
    name: &'n str,
    document: DocumentMut,
}

impl Writing<'_> {
    fn no(&self, key: &str, message: &str) -> Vec<Fault> {
        vec![refused(self.name, key, message)]
    }

    /// The tables of a list, made where there are none.
    fn tables(&mut self, list: &str) -> Result<&mut ArrayOfTables, Vec<Fault>> {
        let no = self.no(list, &format!("these are not written as [[{list}]]"));
        let item = self.document.as_table_mut().entry(list);
        item.or_insert(Item::ArrayOfTables(ArrayOfTables::new())).as_array_of_tables_mut().ok_or(no)
    }

    /// The table of this id.
    fn table(&mut self, list: &str, id: &str) -> Result<&mut Table, Vec<Fault>> {
        let no = self.no(&format!("{list}.{id}"), &format!("there is no such {}", word(list)));
        self.tables(list)?.iter_mut().find(|table| is_named(table, id)).ok_or(no)
    }

    fn is_there(&mut self, list: &str, id: &str) -> Result<bool, Vec<Fault>> {
        Ok(self.tables(list)?.iter().any(|table| is_named(table, id)))
    }

    /// Puts a question, or another table of this list, behind one of its kind, or first in its group.
    fn put(
        &mut self,
        list: &str,
        mut table: Table,
        group: &str,
        after: Option<&str>,
    ) -> Result<(), Vec<Fault>> {
        let (at, position) = if let Some(after) = after {
            let there = self.table(list, after)?;
            let position = there.position();
            if there.get("group").and_then(Item::as_str) != Some(group) {
                let message = format!("'{after}' is not in the group '{group}'");
                return Err(self.no(&format!("question.{after}.group"), &message));
            }
            let behind = self.tables(list)?.iter().position(|table| is_named(table, after));
            (behind.map_or(0, |behind| behind + 1), position)
        } else {
            let position = self.table("group", group)?.position();
            let own = self.tables(list)?;
            (own.iter().position(|table| table.position() > position).unwrap_or(own.len()), position)
        };
        table.set_position(position);
        let all = self.tables(list)?;
        all.insert(at.min(all.len()), table);
        Ok(())
    }

    /// Writes the table of a list behind everything that is there of it.
    fn push(
        &mut self,
        list: &str,
        id: &str,
        written: &Written,
        position: Option<isize>,
    ) -> Result<(), Vec<Fault>> {
        if self.is_there(list, id)? {
            let message = format!("there is a {} of this id already", word(list));
            return Err(self.no(&format!("{list}.{id}.id"), &message));
        }
        let mut table = self.read(list, id, written)?;
        table.set_position(position);
        self.tables(list)?.push(table);
        Ok(())
    }

    fn read(&self, list: &str, id: &str, written: &Written) -> Result<Table, Vec<Fault>> {
        let key = format!("{list}.{id}");
        let mut new = written.0.parse::<DocumentMut>().map_err(|error| self.no(&key, error.message()))?;
        let mut table = match new.as_table_mut().remove(list) {
            Some(Item::ArrayOfTables(mut tables)) if !tables.is_empty() => tables.remove(0),
            _ => return Err(self.no(&key, "this cannot be written")),
        };
        table.decor_mut().set_prefix("\n");
        Ok(table)
    }

    fn add(&mut self, new: &NewQuestion) -> Result<(), Vec<Fault>> {
        if self.is_there("question", &new.id)? {
            let key = format!("question.{}.id", new.id);
            return Err(self.no(&key, "there is a question of this id already: choose another"));
        }
        if let (Some(list), false) = (&new.choices, new.new_options.is_empty()) {
            let mut written = Written::default();
            written.head("[[choices]]");
            written.key("id", &quoted(list));
            let options: Vec<String> = new.new_options.iter().map(|option| quoted(option)).collect();
            written.key("options", &format!("[{}]", options.join(", ")));
            let last = self.tables("choices")?.iter().filter_map(Table::position).max();
            self.push("choices", list, &written, last)?;
        }
        if let Some(group) = &new.new_group {
            self.group(&new.group, group)?;
        }
        let written = question(new);
        let table = self.read("question", &new.id, &written)?;
        self.put("question", table, &new.group, new.after.as_deref())
    }

    /// A page that is new, the last of its module.
    fn group(&mut self, id: &str, new: &NewGroup) -> Result<(), Vec<Fault>> {
        if let Some(months) = new.new_module {
            let mut written = Written::default();
            written.head("[[module]]");
            written.key("id", &quoted(&new.module));
            if let Some(months) = months {
                written.key("valid_months", &months.to_string());
            }
            self.push("module", &new.module, &written, None)?;
        }
        let mut written = Written::default();
        written.head("[[group]]");
        written.key("id", &quoted(id));
        written.key("module", &quoted(&new.module));
        if new.level == Level::Member {
            written.key("repeat", &quoted("members"));
        }
        if let Some(relevant) = &new.relevant {
            written.key("relevant", &quoted(relevant));
        }
        // At the end of the text: the order of the pages is that of their modules first.
        let last = self.document.iter().flat_map(|(_, item)| positions(item)).max();
        if let Some(module) = new.new_module.and(last) {
            self.table("module", &new.module)?.set_position(Some(module));
        }
        self.push("group", id, &written, last)
    }

    fn set(&mut self, id: &str, fields: &[(String, Option<Literal>)]) -> Result<(), Vec<Fault>> {
        for (key, value) in fields {
            let path = format!("question.{id}.{key}");
            if !SETTABLE.contains(&key.as_str()) {
                return Err(self.no(&path, "this says what the answers on file mean, and never changes"));
            }
            let value = match value {
                Some(value) => match literal(value).parse::<Value>() {
                    Ok(value) => Some(value),
                    Err(error) => return Err(self.no(&path, &error.to_string())),
                },
                None => None,
            };
            write(self.table("question", id)?, key, value);
        }
        Ok(())
    }
}

/// What a list holds, in words.
fn word(list: &str) -> &str {
    if list == "choices" { "list of choices" } else { list }
}

fn is_named(table: &Table, id: &str) -> bool {
    table.get("id").and_then(Item::as_str) == Some(id)
}

fn positions(item: &Item) -> Vec<isize> {
    match item {
        Item::Table(table) => table.position().into_iter().collect(),
        Item::ArrayOfTables(tables) => tables.iter().filter_map(Table::position).collect(),
        Item::None | Item::Value(_) => Vec::new(),
    }
}

/// A question as it is written; what is usual is left out.
fn question(new: &NewQuestion) -> Written {
    let mut written = Written::default();
    written.head("[[question]]");
    written.key("id", &quoted(&new.id));
    written.key("group", &quoted(&new.group));
    written.key("kind", &quoted(new.kind.word()));
    let texts = [
        ("choices", &new.choices),
        ("unit", &new.unit),
        ("period", &new.period),
        ("expression", &new.expression),
        ("relevant", &new.relevant),
        ("constraint", &new.constraint),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            written.key(key, &quoted(text));
        }
    }
    match new.sensitivity {
        Sensitivity::Normal => {}
        Sensitivity::Health => written.key("sensitivity", &quoted("health")),
        Sensitivity::Protection => written.key("sensitivity", &quoted("protection")),
    }
    if new.kind.is_asked() {
        for (key, is_usual, value) in [
            ("required", !new.required, "true"),
            ("dont_know", new.dont_know, "false"),
            ("refused", new.refused, "false"),
        ] {
            if !is_usual {
                written.key(key, value);
            }
        }
    }
    written
}

/// Writes a value of a table, with the space and the comments around the one that is there; `None` takes it out.
fn write(table: &mut Table, key: &str, value: Option<Value>) {
    match (value, table.get_mut(key).and_then(Item::as_value_mut)) {
        (Some(value), Some(old)) => {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
        (Some(value), None) => drop(table.insert(key, Item::Value(value))),
        (None, _) => drop(table.remove(key)),
    }
}

/// The list of options under a key, made where there is none.
fn array<'t>(table: &'t mut Table, key: &str) -> Option<&'t mut Array> {
    table.entry(key).or_insert(Item::Value(Value::Array(Array::new()))).as_array_mut()
}

fn index(options: &Array, option: &str) -> Option<usize> {
    options.iter().position(|known| known.as_str() == Some(option))
}

/// Takes an option out of a list, and the list with it when it was the last; whether it was there.
fn take(table: &mut Table, key: &str, option: &str) -> bool {
    let Some(options) = table.get_mut(key).and_then(Item::as_array_mut) else { return false };
    let Some(at) = index(options, option) else { return false };
    options.remove(at);
    let is_empty = options.is_empty();
    spaced(options);
    if is_empty && key == "retired" {
        table.remove(key);
    }
    true
}

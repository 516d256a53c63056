//! One expression on its own, over named values: what a page in the browser needs to show and hide
//! questions and to check what was typed, with the same code as the server.

use std::collections::BTreeMap;

use time::Date;

use super::cell::{Cell, Failure, Symbols, Texts};
use super::eval::{Frame, Head, eval};
use super::node::Node;
use super::parse;
use super::typing::{Binding, Scope, Typed, typed};
use super::{ExprError, Level, Type};
use crate::value::{Truth, Value};

/// An expression over named values of one level.
#[derive(Clone, Debug)]
pub struct Formula {
    node: Node,
    ty: Type,
    names: Vec<(String, Type)>,
    params: Vec<(String, Type)>,
    symbols: Symbols,
}

impl Formula {
    /// Types `text` against names and their types; a parameter is given by its full name `param.x`.
    /// Members are not seen: an expression that reads them is evaluated by a program.
    pub fn compile(text: &str, types: &BTreeMap<String, Type>) -> Result<Self, ExprError> {
        let (mut scope, mut names, mut params) = (Scope::default(), Vec::new(), Vec::new());
        for (name, declared) in types {
            if let Some(id) = name.strip_prefix("param.") {
                scope.params.insert(id.to_owned(), (params.len(), declared.clone()));
                params.push((name.clone(), declared.clone()));
            } else {
                let binding = Binding { level: Level::Household, slot: names.len(), ty: declared.clone() };
                scope.names.insert(name.clone(), binding);
                names.push((name.clone(), declared.clone()));
            }
        }
        let mut symbols = Symbols::default();
        let Typed { node, ty } = typed(&parse(text)?, Level::Household, &scope, &mut symbols)?;
        Ok(Self { node, ty, names, params, symbols })
    }

    /// What it gives.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Its value on a day; `Ok(None)` when a value it needs is missing. `value` gives the known values.
    pub fn value(
        &self,
        value: impl Fn(&str) -> Option<Value>,
        as_of: Date,
    ) -> Result<Option<Value>, Failure> {
        let mut texts = Texts::new(&self.symbols);
        match self.cell(value, as_of, &mut texts) {
            Cell::Fault(failure) => Err(failure),
            cell => Ok(texts.value(cell, &self.ty)),
        }
    }

    /// Its truth on a day.
    pub fn truth(&self, value: impl Fn(&str) -> Option<Value>, as_of: Date) -> Result<Truth, Failure> {
        self.cell(value, as_of, &mut Texts::new(&self.symbols)).truth()
    }

    fn cell(&self, value: impl Fn(&str) -> Option<Value>, as_of: Date, texts: &mut Texts<'_>) -> Cell {
        let mut cells = |names: &[(String, Type)]| -> Vec<Cell> {
            let known = names.iter().map(|(name, ty)| (value(name), ty));
            known.map(|(value, ty)| value.map_or(Cell::Unknown, |value| texts.cell(&value, ty))).collect()
        };
        let (household, params) = (cells(&self.names), cells(&self.params));
        let frame = Frame {
            household: &household,
            members: &[],
            width: 0,
            count: 0,
            member: None,
            head: Head::Unknown,
            params: &params,
            as_of,
        };
        eval(&self.node, &frame)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use time::macros::date;

    use super::*;
    use crate::num::Num;

    const TODAY: Date = date!(2026 - 11 - 01);

    fn types() -> BTreeMap<String, Type> {
        let choice = |options: &[&str]| Type::Choice(options.iter().map(|o| (*o).to_owned()).collect());
        BTreeMap::from([
            ("this".into(), Type::Num),
            ("rooms".into(), Type::Num),
            ("pregnant".into(), Type::Bool),
            ("sex".into(), choice(&["male", "female"])),
            ("born".into(), Type::Date),
            ("name".into(), Type::Text),
            ("owns".into(), Type::Many(vec!["radio".into(), "bicycle".into()])),
            ("param.most".into(), Type::Num),
        ])
    }

    fn known(name: &str) -> Option<Value> {
        Some(match name {
            "this" => Value::Num(Num::from(3)),
            "rooms" => Value::Num(Num::from(2)),
            "sex" => Value::Choice("female".into()),
            "born" => Value::Date(date!(2004 - 02 - 29)),
            "name" => Value::Text("Ada".into()),
            "owns" => Value::Many(BTreeSet::from(["bicycle".into()])),
            "param.most" => Value::Num(Num::from(30)),
            _ => return None,
        })
    }

    fn shown(text: &str) -> String {
        let formula = match Formula::compile(text, &types()) {
            Ok(formula) => formula,
            Err(error) => return error.to_string(),
        };
        match formula.value(known, TODAY) {
            Ok(Some(value)) => value.to_string(),
            Ok(None) => "unknown".into(),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn values() {
        for (text, value) in [
            ("this >= 1 and this <= param.most", "true"),
            ("1 + 2 * 3 - 4 / 3", "17/3"),
            ("pregnant", "unknown"),
            ("pregnant and sex = 'male'", "false"),
            ("pregnant or sex != 'male'", "true"),
            ("not pregnant", "unknown"),
            ("if(pregnant, 2, 1 + 1)", "2"),
            ("if(pregnant, 2, 1)", "unknown"),
            ("if(rooms = 0, 0, this / rooms)", "1.5"),
            ("rooms / (rooms - 2)", "division by zero"),
            ("pregnant and 1 / 0 = 1", "unknown"),
            ("sex = 'male' and 1 / 0 = 1", "false"),
            ("1 / 0 = 1 and sex = 'male'", "false"),
            ("sex in ('male', 'female')", "true"),
            ("sex not in ('male')", "true"),
            ("this in (1, 2)", "false"),
            ("has(owns, 'radio') or has(owns, 'bicycle')", "true"),
            ("years(born, as_of)", "22"),
            ("years(born, date('2025-02-28'))", "20"),
            ("years(born, date('2025-03-01'))", "21"),
            ("months(date('2026-01-31'), date('2026-02-28'))", "0"),
            ("months(date('2025-11-01'), as_of)", "12"),
            ("min(rooms, this, 9) + max(rooms, this)", "5"),
            ("max(born, as_of)", "2026-11-01"),
            ("floor(-0.5) + ceil(0.2) + round(2.5) + abs(-1)", "4"),
            ("lookup(sex, 'male': 1, 'female': 2)", "2"),
            ("lookup(rooms, 1: 'one', else: 'more')", "more"),
            ("name = 'Ada'", "true"),
            ("-rooms", "-2"),
        ] {
            assert_eq!(shown(text), value, "{text}");
        }
    }

    #[test]
    fn what_does_not_type_is_refused() {
        for (text, message) in [
            ("romos > 1", "at character 1: nothing is called “romos”; is “rooms” meant?"),
            ("sex = 'mael'", "at character 1: 'mael' is not one of the options: female, male"),
            ("sex > 'male'", "at character 1: only numbers and dates have an order; this is a choice"),
            ("rooms = 'two'", "at character 1: a number cannot be compared with a choice"),
            ("rooms and pregnant", "at character 1: yes/no is needed here, but this is a number"),
            ("if(pregnant, 1, 'a')", "at character 1: one way gives a number, the other a choice"),
            ("has(owns, 'car')", "at character 11: 'car' is not one of the options: radio, bicycle"),
            ("owns = 'radio'", "at character 1: a set of choices is read with has(question, 'option')"),
            (
                "lookup(sex, 'male': 1)",
                "at character 8: the look-up leaves values without a result: female; add “else: …”",
            ),
            (
                "lookup(rooms, 1: 1)",
                "at character 8: the look-up leaves values without a result; add “else: …”",
            ),
            ("lookup(sex, 'male': 1, 'male': 2, else: 3)", "at character 24: this entry stands twice"),
            ("param.least", "at character 1: there is no parameter “least”"),
            ("head(rooms)", "at character 1: members have no “relation” here, so there is no head"),
            ("years(rooms, as_of)", "at character 7: a date is needed here, but this is a number"),
            ("sum(members where pregnant)", "at character 1: “of” is needed: sum(members where … of …)"),
            ("rooms in (this)", "at character 11: “in” takes a list of fixed values"),
        ] {
            assert_eq!(shown(text), message, "{text}");
        }
    }
}

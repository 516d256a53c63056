//! Which questions a household is asked. Relevance has three values: a question is asked unless it is
//! certainly not to be, so that nothing a decision needs stays unasked because of an answer still to come.
//! Here conditions are typed; [`super::situation`] works them out for a household.
//!
//! A condition (`relevant`, a calculation) reads questions asked before it, what the register knows,
//! parameters and members; never facts, which the rules work out later. So one pass in the form's order
//! settles everything, and a page in the browser can do the same with the values it was sent.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use super::{
    question::{Form, Kind, Question},
    registry,
};
use crate::{
    definitions::{AreaInputs, ExprText, Literal, ParameterDef},
    expr::{
        self, ExprError, Level, Type,
        cell::{Cell, Symbols, Texts},
        node::Node,
        typing::{Binding, Scope, Typed, typed, typed_as},
    },
    fault::Fault,
    value::Value,
};

/// The conditions of a form, typed and bound to slots: slot `n` of a level is its `n`-th question.
#[derive(Debug, Clone, Default)]
pub struct Logic {
    pub(super) symbols: Symbols,
    pub(super) rows: Vec<Row>,
    pub(super) household: usize,
    pub(super) members: usize,
    pub(super) relation: Option<usize>,
    pub(super) params: Vec<Option<ParamCells>>,
    /// What follows from where a household lives, by the area's code.
    pub(super) areas: BTreeMap<String, AreaInputs>,
}

/// A parameter's values, each from its first day.
pub(super) type ParamCells = Vec<(Date, Cell)>;

/// One question.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) level: Level,
    pub(super) slot: usize,
    pub(super) ty: Type,
    pub(super) conditions: Vec<Node>,
    /// The slots and levels the conditions read.
    pub(super) reads: Vec<(Level, usize)>,
    pub(super) when_irrelevant: Option<Cell>,
    pub(super) calculation: Option<Node>,
    pub(super) is_asked: bool,
}

/// The type of a question's answers; a note has none, a calculation the one of its expression.
pub fn type_of(form: &Form, question: &Question) -> Option<Type> {
    let options = || {
        let list = form.choices_of(question);
        list.into_iter().flat_map(|list| list.options.iter().chain(&list.retired)).cloned()
    };
    Some(match question.kind {
        Kind::Note | Kind::Calc => return None,
        Kind::Integer | Kind::Decimal | Kind::Money => Type::Num,
        Kind::Text | Kind::Place => Type::Text,
        Kind::Date => Type::Date,
        Kind::Bool => Type::Bool,
        Kind::SelectOne => Type::Choice(options().collect()),
        Kind::SelectMany => Type::Many(options().collect()),
    })
}

impl Logic {
    /// Types every condition of a form.
    ///
    /// # Errors
    /// Every condition and constraint that does not type, with its place in the text.
    pub fn compile(form: &Form, parameters: &[ParameterDef]) -> Result<Logic, Vec<Fault>> {
        let mut compiling =
            Compiling { form, scope: Scope::default(), logic: Logic::default(), faults: Vec::new() };
        compiling.scope.has_head = form.question("relation").is_some();
        for parameter in parameters {
            compiling.parameter(parameter);
        }
        for question in &form.questions {
            compiling.question(question);
        }
        if compiling.faults.is_empty() { Ok(compiling.logic) } else { Err(compiling.faults) }
    }

    /// With the country's areas: `setting` and `province` follow from `area` where they are not answered, as
    /// they do in the rules.
    #[must_use]
    pub fn with_areas(self, areas: BTreeMap<String, AreaInputs>) -> Logic {
        Logic { areas, ..self }
    }
}

struct Compiling<'f> {
    form: &'f Form,
    scope: Scope,
    logic: Logic,
    faults: Vec<Fault>,
}

impl Compiling<'_> {
    fn parameter(&mut self, parameter: &ParameterDef) {
        let cells: Vec<(Date, Type, Cell)> = parameter
            .values
            .iter()
            .map(|dated| {
                let (ty, cell) = expr::cell::literal(&dated.value, &mut self.logic.symbols);
                (dated.from, ty, cell)
            })
            .collect();
        let Some((_, ty, _)) = cells.first() else { return };
        let slot = self.logic.params.len();
        self.scope.params.insert(parameter.id.clone(), (slot, ty.clone()));
        self.logic.params.push(Some(cells.into_iter().map(|(from, _, cell)| (from, cell)).collect()));
    }

    fn question(&mut self, question: &Question) {
        let level = question.level;
        let group = self.form.group(&question.group).and_then(|group| group.relevant.as_ref());
        let mut row = Row {
            id: question.id.clone(),
            level,
            slot: 0,
            ty: Type::Bool,
            conditions: Vec::new(),
            reads: Vec::new(),
            when_irrelevant: None,
            calculation: None,
            is_asked: question.is_asked(),
        };
        for (key, condition) in [("group", group), ("relevant", question.relevant.as_ref())] {
            let Some(condition) = condition else { continue };
            let key = if key == "group" {
                format!("group.{}.relevant", question.group)
            } else {
                format!("question.{}.relevant", question.id)
            };
            if let Some(node) = self.condition(condition, level, &key) {
                row.conditions.push(node);
            }
            row.reads.extend(self.reads(condition));
        }
        let calculation = question.expression.as_ref().and_then(|text| {
            let key = format!("question.{}.expression", question.id);
            self.tree(text, &key, |expr, scope, symbols| typed(expr, level, scope, symbols))
        });
        let ty = match (type_of(self.form, question), calculation) {
            (Some(ty), _) => ty,
            (None, Some(Typed { node, ty })) => {
                row.calculation = Some(node);
                ty
            }
            (None, None) => return,
        };
        if let Some(constraint) = &question.constraint {
            let mut scope = self.scope.clone();
            scope.names.insert("this".into(), Binding { level, slot: 0, ty: ty.clone() });
            let key = format!("question.{}.constraint", question.id);
            let outer = std::mem::replace(&mut self.scope, scope);
            self.tree(constraint, &key, |expr, scope, symbols| {
                typed_as(&Type::Bool, expr, level, scope, symbols)
            });
            self.scope = outer;
        }
        row.when_irrelevant = question.when_irrelevant.as_ref().map(|value| self.stand_in(value, &ty));
        let width = match level {
            Level::Household => &mut self.logic.household,
            Level::Member => &mut self.logic.members,
        };
        row.slot = *width;
        *width += 1;
        if question.id == "relation" && question.module == registry::MODULE {
            self.logic.relation = Some(row.slot);
        }
        self.scope.names.insert(question.id.clone(), Binding { level, slot: row.slot, ty: ty.clone() });
        row.ty = ty;
        self.logic.rows.push(row);
    }

    fn stand_in(&mut self, value: &Literal, ty: &Type) -> Cell {
        match (value, ty) {
            (Literal::Text(text), Type::Many(options)) => {
                let chosen = if text.is_empty() { BTreeSet::new() } else { BTreeSet::from([text.clone()]) };
                let options = Type::Many(options.clone());
                Texts::new(&self.logic.symbols).cell(&Value::Many(chosen), &options)
            }
            _ => expr::cell::literal(value, &mut self.logic.symbols).1,
        }
    }

    fn condition(&mut self, text: &ExprText, level: Level, key: &str) -> Option<Node> {
        self.tree(text, key, |expr, scope, symbols| typed_as(&Type::Bool, expr, level, scope, symbols))
    }

    fn tree<T>(
        &mut self,
        text: &ExprText,
        key: &str,
        read: impl FnOnce(&expr::syntax::Expr, &Scope, &mut Symbols) -> Result<T, ExprError>,
    ) -> Option<T> {
        let result = expr::parse(&text.text).and_then(|tree| {
            for (name, position) in tree.names() {
                // A name that comes later in the form would only be called unknown by the typing.
                if !self.scope.names.contains_key(name) && self.form.question(name).is_some() {
                    let message = format!("'{name}' is asked later: move it before this question");
                    return Err(ExprError { position, message });
                }
            }
            read(&tree, &self.scope, &mut self.logic.symbols)
        });
        result
            .map_err(|error| {
                self.faults.push(text.at.fault(key, error.to_string()));
            })
            .ok()
    }

    fn reads(&self, text: &ExprText) -> Vec<(Level, usize)> {
        let Ok(tree) = expr::parse(&text.text) else { return Vec::new() };
        let names = tree.names();
        let bound = names.iter().filter_map(|(name, _)| self.scope.names.get(*name));
        bound.map(|binding| (binding.level, binding.slot)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{form::testing, pack::questionnaire::form_for_tests};

    #[test]
    fn conditions_that_do_not_type_are_told_with_their_place() {
        let text = testing::TEXT
            .replace("relevant = \"rents\"", "relevant = \"rent_paid\"")
            .replace("\"toilet != 'none'\"", "\"toilet != 'hole'\"")
            .replace("relevant = \"shared_toilet\"", "relevant = \"farms\"")
            .replace("this <= as_of", "this <= 3");
        let faults = Logic::compile(&form_for_tests(&text), &[]).unwrap_err();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let line = |part: &str| text.lines().position(|line| line.contains(part)).unwrap() + 1;
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[0].starts_with(&format!(
            "form.toml:{}: question.rent.relevant: at character 1",
            line("rent_paid")
        )));
        assert!(told[1].contains("hole"), "{}", told[1]);
        assert!(
            told[2].contains("question.shared_with.relevant: at character 1: 'farms' is asked later"),
            "{}",
            told[2]
        );
        assert!(told[3].contains("question.moved_on.constraint: at character"), "{}", told[3]);
    }
}

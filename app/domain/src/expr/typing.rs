//! From a tree to a typed node: every name is bound to a slot, every type is checked, a comparison that
//! could never hold is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{Cell, Symbols};
use super::node::{Lookup, Node, Over, Unary};
use super::syntax::{Aggregate, Expr, ExprKind, Function};
use super::{ExprError, Level, Type};
use crate::definitions::Op;

/// What names mean.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Questions, registry inputs, facts, scores.
    pub names: BTreeMap<String, Binding>,
    /// Parameters: their place and type.
    pub params: BTreeMap<String, (usize, Type)>,
    /// Whether members have a relation, so that `head(…)` means something.
    pub has_head: bool,
}

/// What one name means.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// Whether it is the household's or each member's.
    pub level: Level,
    /// Its slot.
    pub slot: usize,
    /// Its type.
    pub ty: Type,
}

impl Binding {
    /// The node that reads it.
    pub fn node(&self) -> Node {
        match self.level {
            Level::Household => Node::Household(self.slot),
            Level::Member => Node::Member(self.slot),
        }
    }
}

/// A node and what it gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// The node.
    pub node: Node,
    /// Its type.
    pub ty: Type,
}

/// Types an expression as seen from the household or from a member.
pub fn typed(expr: &Expr, level: Level, scope: &Scope, symbols: &mut Symbols) -> Result<Typed, ExprError> {
    Typing { scope, symbols }.expr(expr, level)
}

/// Types an expression that must be of a kind of type: `wanted` is compared without its options.
pub fn typed_as(
    wanted: &Type,
    expr: &Expr,
    level: Level,
    scope: &Scope,
    symbols: &mut Symbols,
) -> Result<Node, ExprError> {
    Typing { scope, symbols }.wanted(wanted, expr, level)
}

/// What a bare name reads, as seen from the household or from a member. The error's position is 0.
pub fn named(name: &str, level: Level, scope: &Scope) -> Result<Typed, ExprError> {
    bound(name, level, scope, 0)
}

/// The type of values of either type, if they go together.
pub fn unified(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Choice(x), Type::Choice(y)) => Some(Type::Choice(x.union(y).cloned().collect())),
        (Type::Text, Type::Choice(_)) | (Type::Choice(_), Type::Text) => Some(Type::Text),
        _ if a == b => Some(a.clone()),
        _ => None,
    }
}

/// Whether values of the two types can be equal.
pub fn comparable(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Choice(x), Type::Choice(y)) => !x.is_disjoint(y),
        _ => unified(a, b).is_some(),
    }
}

struct Typing<'a> {
    scope: &'a Scope,
    symbols: &'a mut Symbols,
}

impl Typing<'_> {
    fn expr(&mut self, expr: &Expr, level: Level) -> Result<Typed, ExprError> {
        let at = expr.position;
        Ok(match &expr.kind {
            ExprKind::Num(n) => Typed { node: Node::Const(Cell::Num(*n)), ty: Type::Num },
            ExprKind::Bool(b) => Typed { node: Node::Const(Cell::Bool(*b)), ty: Type::Bool },
            ExprKind::Date(d) => Typed { node: Node::Const(Cell::Date(*d)), ty: Type::Date },
            ExprKind::AsOf => Typed { node: Node::AsOf, ty: Type::Date },
            ExprKind::Text(text) => Typed {
                node: Node::Const(Cell::Symbol(self.symbols.intern(text))),
                ty: Type::Choice(BTreeSet::from([text.clone()])),
            },
            ExprKind::Name(name) => bound(name, level, self.scope, at)?,
            ExprKind::Param(id) => match self.scope.params.get(id) {
                Some((place, ty)) => Typed { node: Node::Param(*place), ty: ty.clone() },
                None => return Err(ExprError::new(at, format!("there is no parameter “{id}”"))),
            },
            ExprKind::Negate(inner) => {
                let inner = Box::new(self.wanted(&Type::Num, inner, level)?);
                Typed { node: Node::Unary(Unary::Negate, inner), ty: Type::Num }
            }
            ExprKind::Not(inner) => {
                let inner = Box::new(self.wanted(&Type::Bool, inner, level)?);
                Typed { node: Node::Not(inner), ty: Type::Bool }
            }
            ExprKind::And(list) => Typed { node: Node::And(self.bools(list, level)?), ty: Type::Bool },
            ExprKind::Or(list) => Typed { node: Node::Or(self.bools(list, level)?), ty: Type::Bool },
            ExprKind::Arithmetic(operator, a, b) => {
                let pair = (self.wanted(&Type::Num, a, level)?, self.wanted(&Type::Num, b, level)?);
                Typed { node: Node::Arithmetic(*operator, Box::new(pair)), ty: Type::Num }
            }
            ExprKind::Compare(op, a, b) => self.compare(*op, a, b, level, at)?,
            ExprKind::In { of, list, negated } => self.one_of(of, list, *negated, level)?,
            ExprKind::Call(function, arguments) => self.call(*function, arguments, level, at)?,
            ExprKind::Lookup { of, entries, otherwise } => {
                self.lookup(of, entries, otherwise.as_deref(), level)?
            }
            ExprKind::Aggregate { kind, filter, of } => {
                self.aggregate(*kind, filter.as_deref(), of.as_deref(), at)?
            }
        })
    }

    fn wanted(&mut self, wanted: &Type, expr: &Expr, level: Level) -> Result<Node, ExprError> {
        let typed = self.expr(expr, level)?;
        if std::mem::discriminant(wanted) == std::mem::discriminant(&typed.ty) {
            return Ok(typed.node);
        }
        Err(ExprError::new(expr.position, format!("{wanted} is needed here, but this is {}", typed.ty)))
    }

    fn bools(&mut self, list: &[Expr], level: Level) -> Result<Vec<Node>, ExprError> {
        list.iter().map(|expr| self.wanted(&Type::Bool, expr, level)).collect()
    }

    fn compare(&mut self, op: Op, a: &Expr, b: &Expr, level: Level, at: usize) -> Result<Typed, ExprError> {
        let (left, right) = (self.expr(a, level)?, self.expr(b, level)?);
        comparison(op, &left.ty, &right.ty).map_err(|message| ExprError::new(at, message))?;
        Ok(Typed { node: Node::Compare(op, Box::new((left.node, right.node))), ty: Type::Bool })
    }

    fn one_of(&mut self, of: &Expr, list: &[Expr], negated: bool, level: Level) -> Result<Typed, ExprError> {
        let inner = self.expr(of, level)?;
        let mut cells = Vec::with_capacity(list.len());
        for item in list {
            let typed = self.expr(item, level)?;
            comparison(Op::Eq, &inner.ty, &typed.ty)
                .map_err(|message| ExprError::new(item.position, message))?;
            let Node::Const(cell) = typed.node else {
                return Err(ExprError::new(item.position, "“in” takes a list of fixed values"));
            };
            cells.push(cell);
        }
        let node = Node::OneOf(Box::new(inner.node), cells);
        Ok(Typed { node: if negated { Node::Not(Box::new(node)) } else { node }, ty: Type::Bool })
    }

    fn call(
        &mut self,
        function: Function,
        arguments: &[Expr],
        level: Level,
        at: usize,
    ) -> Result<Typed, ExprError> {
        let unary = |unary, inner| Typed { node: Node::Unary(unary, Box::new(inner)), ty: Type::Num };
        let first = arguments.first().ok_or_else(|| ExprError::new(at, "an argument is missing"))?;
        Ok(match function {
            Function::Floor => unary(Unary::Floor, self.wanted(&Type::Num, first, level)?),
            Function::Ceil => unary(Unary::Ceil, self.wanted(&Type::Num, first, level)?),
            Function::Round => unary(Unary::Round, self.wanted(&Type::Num, first, level)?),
            Function::Abs => unary(Unary::Abs, self.wanted(&Type::Num, first, level)?),
            Function::If => {
                let [condition, then, otherwise] = arguments else {
                    return Err(ExprError::new(at, "“if” takes 3 arguments"));
                };
                let condition = self.wanted(&Type::Bool, condition, level)?;
                let (then, otherwise) = (self.expr(then, level)?, self.expr(otherwise, level)?);
                let ty = unified(&then.ty, &otherwise.ty).ok_or_else(|| {
                    ExprError::new(at, format!("one way gives {}, the other {}", then.ty, otherwise.ty))
                })?;
                Typed { node: Node::If(Box::new((condition, then.node, otherwise.node))), ty }
            }
            Function::Min | Function::Max => {
                let ty = self.expr(first, level)?.ty;
                ordered(&ty).map_err(|message| ExprError::new(at, message))?;
                let list = arguments.iter().map(|expr| self.wanted(&ty, expr, level));
                let list = list.collect::<Result<Vec<_>, _>>()?;
                let node = if function == Function::Min { Node::Least(list) } else { Node::Greatest(list) };
                Typed { node, ty }
            }
            Function::Years | Function::Months => {
                let [from, to] = arguments else {
                    return Err(ExprError::new(at, "two dates are needed: from, to"));
                };
                let pair = (self.wanted(&Type::Date, from, level)?, self.wanted(&Type::Date, to, level)?);
                let pair = Box::new(pair);
                let node = if function == Function::Years { Node::Years(pair) } else { Node::Months(pair) };
                Typed { node, ty: Type::Num }
            }
            Function::Has => self.has(first, arguments.get(1), level, at)?,
            Function::Head => {
                if !self.scope.has_head {
                    return Err(ExprError::new(at, "members have no “relation” here, so there is no head"));
                }
                let inner = self.expr(first, Level::Member)?;
                Typed { node: Node::Head(Box::new(inner.node)), ty: inner.ty }
            }
        })
    }

    fn has(
        &mut self,
        set: &Expr,
        option: Option<&Expr>,
        level: Level,
        at: usize,
    ) -> Result<Typed, ExprError> {
        let set_typed = self.expr(set, level)?;
        let Type::Many(options) = &set_typed.ty else {
            return Err(ExprError::new(set.position, "“has” reads a question with several choices"));
        };
        let Some(Expr { kind: ExprKind::Text(text), position }) = option else {
            return Err(ExprError::new(at, "“has” needs an option: has(question, 'option')"));
        };
        let place = options.iter().position(|option| option == text);
        let Some(place) = place.and_then(|place| u32::try_from(place).ok()) else {
            return Err(ExprError::new(*position, no_option(text, options.iter())));
        };
        Ok(Typed { node: Node::Has(Box::new(set_typed.node), place), ty: Type::Bool })
    }

    fn lookup(
        &mut self,
        of: &Expr,
        entries: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        level: Level,
    ) -> Result<Typed, ExprError> {
        let of_typed = self.expr(of, level)?;
        let mut open = match &of_typed.ty {
            Type::Choice(options) => Some(options.clone()),
            _ => None,
        };
        let (mut ty, mut compiled) = (None, Vec::with_capacity(entries.len()));
        for (key, result) in entries {
            let key_typed = self.expr(key, level)?;
            comparison(Op::Eq, &of_typed.ty, &key_typed.ty)
                .map_err(|message| ExprError::new(key.position, message))?;
            let Node::Const(cell) = key_typed.node else {
                return Err(ExprError::new(key.position, "the entries of a look-up are fixed values"));
            };
            if compiled.iter().any(|(known, _)| *known == cell) {
                return Err(ExprError::new(key.position, "this entry stands twice"));
            }
            if let (Some(open), ExprKind::Text(text)) = (&mut open, &key.kind) {
                open.remove(text);
            }
            let result = self.same(&mut ty, result, level)?;
            compiled.push((cell, result));
        }
        let otherwise = otherwise.map(|expr| self.same(&mut ty, expr, level)).transpose()?;
        if otherwise.is_none() && open.as_ref().is_none_or(|open| !open.is_empty()) {
            let left = open.map(|open| Vec::from_iter(open).join(", "));
            let left = left.map(|left| format!(": {left}")).unwrap_or_default();
            let message = format!("the look-up leaves values without a result{left}; add “else: …”");
            return Err(ExprError::new(of.position, message));
        }
        let node = Node::Lookup(Box::new(Lookup { of: of_typed.node, entries: compiled, otherwise }));
        Ok(Typed { node, ty: ty.unwrap_or(Type::Num) })
    }

    fn same(&mut self, ty: &mut Option<Type>, expr: &Expr, level: Level) -> Result<Node, ExprError> {
        let typed = self.expr(expr, level)?;
        *ty = Some(match ty.take() {
            None => typed.ty,
            Some(known) => unified(&known, &typed.ty).ok_or_else(|| {
                ExprError::new(expr.position, format!("the others give {known}, this gives {}", typed.ty))
            })?,
        });
        Ok(typed.node)
    }

    fn aggregate(
        &mut self,
        kind: Aggregate,
        filter: Option<&Expr>,
        of: Option<&Expr>,
        at: usize,
    ) -> Result<Typed, ExprError> {
        let filter_node = filter.map(|expr| self.wanted(&Type::Bool, expr, Level::Member)).transpose()?;
        let (of_node, ty) = match (kind, of) {
            (Aggregate::Count, None) => (None, Type::Num),
            (Aggregate::Count, Some(of)) => {
                return Err(ExprError::new(of.position, "a count has no “of”; use “where”"));
            }
            (Aggregate::Any | Aggregate::All, None) if filter.is_none() => {
                return Err(ExprError::new(at, "“where” or “of” is needed"));
            }
            (Aggregate::Any | Aggregate::All, of) => {
                let of = of.map(|expr| self.wanted(&Type::Bool, expr, Level::Member)).transpose()?;
                (of, Type::Bool)
            }
            (Aggregate::Sum | Aggregate::Min | Aggregate::Max, None) => {
                return Err(ExprError::new(at, "“of” is needed: sum(members where … of …)"));
            }
            (Aggregate::Sum, Some(of)) => (Some(self.wanted(&Type::Num, of, Level::Member)?), Type::Num),
            (Aggregate::Min | Aggregate::Max, Some(of)) => {
                let typed = self.expr(of, Level::Member)?;
                ordered(&typed.ty).map_err(|message| ExprError::new(of.position, message))?;
                (Some(typed.node), typed.ty)
            }
        };
        Ok(Typed { node: Node::Aggregate(Box::new(Over { kind, filter: filter_node, of: of_node })), ty })
    }
}

fn bound(name: &str, level: Level, scope: &Scope, at: usize) -> Result<Typed, ExprError> {
    let Some(binding) = scope.names.get(name) else {
        let near = nearest(name, scope.names.keys());
        let hint = near.map(|near| format!("; is “{near}” meant?")).unwrap_or_default();
        return Err(ExprError::new(at, format!("nothing is called “{name}”{hint}")));
    };
    if binding.level == Level::Member && level == Level::Household {
        let message = format!(
            "“{name}” belongs to each member; read it inside count, sum, min, max, any or all over members, or as head({name})"
        );
        return Err(ExprError::new(at, message));
    }
    Ok(Typed { node: binding.node(), ty: binding.ty.clone() })
}

fn ordered(ty: &Type) -> Result<(), String> {
    match ty {
        Type::Num | Type::Date => Ok(()),
        other => Err(format!("only numbers and dates have an order; this is {other}")),
    }
}

/// Whether two types can be compared this way; if not, why.
pub fn comparison(op: Op, left: &Type, right: &Type) -> Result<(), String> {
    if !comparable(left, right) {
        return Err(match (left, right) {
            (Type::Choice(a), Type::Choice(b)) => {
                let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
                no_option(&few.iter().cloned().collect::<Vec<_>>().join(", "), many.iter())
            }
            (Type::Many(_), _) => "a set of choices is read with has(question, 'option')".to_owned(),
            _ => format!("{left} cannot be compared with {right}"),
        });
    }
    if op.is_ordering() { ordered(left) } else { Ok(()) }
}

fn no_option<'a>(text: &str, options: impl Iterator<Item = &'a String>) -> String {
    let options: Vec<&str> = options.map(String::as_str).collect();
    format!("'{text}' is not one of the options: {}", options.join(", "))
}

/// The name nearest to a misspelt one, if one is near.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    let near = names.map(|known| (distance(name, known), known.as_str()));
    near.filter(|(distance, _)| *distance <= 1 + name.len() / 5).min().map(|(_, known)| known)
}

/// How many letters must be changed, added or left out.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (other, above) in b.iter().zip(row.iter().skip(1)) {
            left = (left + 1).min(above + 1).min(corner + usize::from(letter != *other));
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

//! Values that a page is sent from elsewhere, in a form that can travel to the browser and back.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    definitions::Literal,
    expr::Type,
    value::{Value, parse_iso_date},
};

/// A value from elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) ty: KnownType,
    pub(super) value: Option<Json>,
    /// Whether it is an answer that will never be given, because its question is not asked.
    pub(super) never: bool,
}

/// A type that can be sent to the browser and back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum KnownType {
    Bool,
    Num,
    Date,
    Text,
    Choice(Vec<String>),
    Many(Vec<String>),
}

impl From<&Literal> for KnownType {
    fn from(literal: &Literal) -> KnownType {
        match literal {
            Literal::Bool(_) => KnownType::Bool,
            Literal::Num(_) => KnownType::Num,
            Literal::Date(_) => KnownType::Date,
            Literal::Text(_) => KnownType::Text,
        }
    }
}

/// A value of the pack as JSON.
pub(super) fn json_of(literal: &Literal) -> Json {
    serde_json::to_value(literal).unwrap_or(Json::Null)
}

impl Known {
    pub(super) fn read(&self) -> Option<Value> {
        self.value.as_ref().and_then(|json| value_of(&self.ty.read(), json))
    }
}

impl KnownType {
    pub(super) fn of(ty: &Type) -> KnownType {
        match ty {
            Type::Bool => KnownType::Bool,
            Type::Num => KnownType::Num,
            Type::Date => KnownType::Date,
            Type::Text => KnownType::Text,
            Type::Choice(options) => KnownType::Choice(options.iter().cloned().collect()),
            Type::Many(options) => KnownType::Many(options.clone()),
        }
    }

    pub(super) fn read(&self) -> Type {
        match self {
            KnownType::Bool => Type::Bool,
            KnownType::Num => Type::Num,
            KnownType::Date => Type::Date,
            KnownType::Text => Type::Text,
            KnownType::Choice(options) => Type::Choice(options.iter().cloned().collect()),
            KnownType::Many(options) => Type::Many(options.clone()),
        }
    }
}

/// A value of a type from its JSON; an option alone stands for a set of one, an empty text for none.
pub(super) fn value_of(ty: &Type, json: &Json) -> Option<Value> {
    let text = || json.as_str().map(str::to_owned);
    Some(match ty {
        Type::Bool => Value::Bool(json.as_bool()?),
        Type::Num => Value::Num(json.as_str().map_or_else(|| json.to_string(), str::to_owned).parse().ok()?),
        Type::Date => Value::Date(parse_iso_date(json.as_str()?)?),
        Type::Text => Value::Text(text()?),
        Type::Choice(_) => Value::Choice(text()?),
        Type::Many(_) => match json {
            Json::Array(options) => {
                Value::Many(options.iter().filter_map(|o| o.as_str().map(str::to_owned)).collect())
            }
            _ => Value::Many(text().into_iter().filter(|option| !option.is_empty()).collect()),
        },
    })
}

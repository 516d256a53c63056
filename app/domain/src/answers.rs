//! What a household said: answers with their four states. A question that was not asked is absent.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::value::Value;

/// One answer. "Not asked" is the answer's absence from the map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// The person answered.
    Value(Value),
    /// The person does not know.
    DontKnow,
    /// The person would rather not say.
    Refused,
}

impl Answer {
    /// The known value, if there is one.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::DontKnow | Self::Refused => None,
        }
    }

    /// As JSON: the value, or `{"state": "dont_know"}`, `{"state": "refused"}`.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Value(Value::Bool(yes)) => Json::Bool(*yes),
            Self::Value(Value::Text(text) | Value::Choice(text)) => Json::String(text.clone()),
            Self::Value(value) => serde_json::to_value(value).unwrap_or(Json::Null),
            Self::DontKnow => serde_json::json!({"state": "dont_know"}),
            Self::Refused => serde_json::json!({"state": "refused"}),
        }
    }
}

/// Answers by question id.
pub type Answered = BTreeMap<String, Answer>;

/// What was said of one member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberAnswers {
    /// The person's id, or a label of the row; unique within the household.
    pub id: String,
    /// Answers by question id.
    pub answers: Answered,
}

/// Everything a household said. The order of members means nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Answers about the household.
    pub household: Answered,
    /// Answers about each member.
    pub members: Vec<MemberAnswers>,
}

impl Answers {
    /// As JSON, members in order of their ids: `{"answers": {…}, "members": [{"id": …, …}]}`. The same
    /// answers give the same bytes.
    pub fn to_json(&self) -> Json {
        let mut members: Vec<&MemberAnswers> = self.members.iter().collect();
        members.sort_by(|a, b| a.id.cmp(&b.id));
        let members = members.into_iter().map(|member| {
            let id = ("id".to_owned(), Json::String(member.id.clone()));
            object(&member.answers, Some(id))
        });
        serde_json::json!({ "answers": object(&self.household, None), "members": members.collect::<Vec<_>>() })
    }
}

/// Keys in order, whether or not the JSON library sorts them itself. The row's own id stands in place of an
/// answer of that name.
fn object(answered: &Answered, id: Option<(String, Json)>) -> Json {
    let pair = |(id, answer): (&String, &Answer)| (id.clone(), answer.to_json());
    let Some((key, id)) = id else { return Json::Object(answered.iter().map(pair).collect()) };
    let (before, after) = (answered.range(..key.clone()), answered.range(key.clone()..));
    let after = after.filter(|(name, _)| **name != key).map(pair).collect::<Vec<_>>();
    Json::Object(before.map(pair).chain([(key, id)]).chain(after).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_members_does_not_show() {
        let member = |id: &str| MemberAnswers {
            id: id.to_owned(),
            answers: BTreeMap::from([("works".to_owned(), Answer::DontKnow)]),
        };
        let one = Answers { household: Answered::new(), members: vec![member("b"), member("a")] };
        let two = Answers { household: Answered::new(), members: vec![member("a"), member("b")] };
        assert_eq!(one.to_json(), two.to_json());
        assert_eq!(
            one.to_json().to_string(),
            r#"{"answers":{},"members":[{"id":"a","works":{"state":"dont_know"}},{"id":"b","works":{"state":"dont_know"}}]}"#
        );
    }
}

//! One text for one JSON value: keys sorted, no spaces. What is hashed must not depend on how a map is kept in memory.

use std::collections::BTreeMap;

use serde_json::Value;

/// The canonical text. Numbers are integers here; other numbers keep serde_json's own text.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (at, (key, item)) in map.iter().collect::<BTreeMap<_, _>>().into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = json!({"b": [1, {"z": null, "a": "é\"\n"}], "a": true});
        assert_eq!(text(&value), r#"{"a":true,"b":[1,{"a":"é\"\n","z":null}]}"#);
    }
}

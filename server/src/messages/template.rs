//! What a gateway is sent, from a template: `{to}`, `{text}`, `{key}` and `{secret}` are filled in, each written as the place
//! needs it. Other braces stay, since most templates are JSON.

/// How what is filled in is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Inside a string of JSON.
    Json,
    /// Inside an address or a form.
    Percent,
    /// As it is: a header, a plain body.
    Plain,
}

impl Writing {
    /// By the kind of the body.
    pub fn of(content_type: &str) -> Self {
        if content_type.contains("json") {
            Self::Json
        } else if content_type.contains("form-urlencoded") {
            Self::Percent
        } else {
            Self::Plain
        }
    }

    fn put(self, value: &str, into: &mut String) {
        match self {
            Self::Plain => into.push_str(value),
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                into.push_str(inside.unwrap_or_default());
            }
            Self::Percent => {
                for byte in value.bytes() {
                    match byte {
                        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                            into.push(byte.into());
                        }
                        _ => {
                            let hex = |nibble: u8| {
                                char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase()
                            };
                            into.extend(['%', hex(byte >> 4), hex(byte & 15)]);
                        }
                    }
                }
            }
        }
    }
}

/// What is filled in.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// To whom.
    pub to: &'a str,
    /// What it says.
    pub text: &'a str,
    /// The key of the message.
    pub key: &'a str,
    /// The secret that the gateway knows us by.
    pub secret: &'a str,
}

/// The template with its values, read once: what is filled in is not looked through again.
pub fn fill(template: &str, values: Values<'_>, writing: Writing) -> String {
    let known =
        [("{to}", values.to), ("{text}", values.text), ("{key}", values.key), ("{secret}", values.secret)];
    let mut filled = String::with_capacity(template.len() + values.text.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        if let Some((name, value)) = known.iter().find(|(name, _)| from.starts_with(name)) {
            writing.put(value, &mut filled);
            rest = from.strip_prefix(name).unwrap_or_default();
        } else {
            filled.push('{');
            rest = from.strip_prefix('{').unwrap_or_default();
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'static> =
        Values { to: "+25779", text: "\"a\\b\" {key}\n&é", key: "k-1", secret: "s" };

    #[test]
    fn each_value_is_written_as_its_place_needs_it() {
        let json = fill(r#"{"to":"{to}","m":{"t":"{text}"},"id":"{key}"}"#, VALUES, Writing::Json);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            (&read["to"], &read["m"]["t"], &read["id"]),
            (&"+25779".into(), &VALUES.text.into(), &"k-1".into())
        );
        assert_eq!(
            fill("to={to}&text={text}&x={y}", VALUES, Writing::Percent),
            "to=%2B25779&text=%22a%5Cb%22%20%7Bkey%7D%0A%26%C3%A9&x={y}"
        );
        assert_eq!(fill("Bearer {secret}{", VALUES, Writing::Plain), "Bearer s{");
    }

    #[test]
    fn a_message_that_ends_with_a_quote_stays_whole() {
        let values = Values { text: "\"quoted\"", ..VALUES };
        let read: serde_json::Value =
            serde_json::from_str(&fill(r#"{"t":"{text}"}"#, values, Writing::Json)).unwrap();
        assert_eq!(read["t"], "\"quoted\"");
    }
}

//! From text to tokens.

use super::ExprError;
use crate::num::Num;

/// A word, a sign, a number or a quoted text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Num(Num),
    Text(String),
    Word(String),
    Sign(&'static str),
    End,
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Num(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Word(word) => write!(f, "“{word}”"),
            Self::Sign(sign) => write!(f, "“{sign}”"),
            Self::End => f.write_str("the end"),
        }
    }
}

const SIGNS: [&str; 15] = ["!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "(", ")", ",", ":", "."];

/// The tokens of a text, each with the character it starts at; the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, ExprError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let start = at;
        let run = |from: usize, keep: fn(char) -> bool| {
            chars.get(from..).unwrap_or_default().iter().take_while(|c| keep(**c)).count()
        };
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        let found = if c.is_ascii_digit() {
            at += run(at, |c| c.is_ascii_digit() || c == '.');
            let digits: String = chars[start..at].iter().collect();
            Token::Num(
                digits.parse().map_err(|e: crate::num::NotANumber| ExprError::new(start, e.to_string()))?,
            )
        } else if c.is_ascii_alphabetic() || c == '_' {
            at += run(at, |c| c.is_ascii_alphanumeric() || c == '_');
            Token::Word(chars[start..at].iter().collect())
        } else if c == '\'' {
            let length = run(at + 1, |c| c != '\'');
            at += length + 2;
            if at > chars.len() {
                return Err(ExprError::new(start, "this text has no closing '"));
            }
            Token::Text(chars[start + 1..at - 1].iter().collect())
        } else {
            let sign = SIGNS.into_iter().find(|sign| {
                sign.chars().enumerate().all(|(i, expected)| chars.get(start + i) == Some(&expected))
            });
            let Some(sign) = sign else {
                return Err(ExprError::new(start, format!("“{c}” has no meaning here")));
            };
            at += sign.len();
            Token::Sign(sign)
        };
        tokens.push((start, found));
    }
    tokens.push((chars.len(), Token::End));
    Ok(tokens)
}

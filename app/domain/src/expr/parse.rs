//! From text to tree. The grammar, loosest first:
//!
//! ```text
//! or:      and { "or" and }
//! and:     not { "and" not }
//! not:     "not" not | compare
//! compare: sum [ ("=" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" "(" literal {"," literal} ")" ]
//! sum:     product { ("+" | "-") product }
//! product: unary { ("*" | "/") unary }
//! unary:   "-" unary | atom
//! atom:    number | 'text' | true | false | as_of | name | param.name | call | "(" or ")"
//! ```

use super::ExprError;
use super::syntax::{Aggregate, Arithmetic, Expr, ExprKind, Function};
use super::token::{Token, tokens};
use crate::definitions::Op;
use crate::value::parse_iso_date;

/// How deep expressions may nest: deeper ones are refused rather than overflow a stack.
const MAX_DEPTH: usize = 64;

/// Reads an expression.
pub fn parse(text: &str) -> Result<Expr, ExprError> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let expr = parser.or()?;
    match parser.peek() {
        Token::End => Ok(expr),
        other => Err(parser.error(format!("{other} is not expected here"))),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
}

/// Words that cannot be names.
const RESERVED: [&str; 10] = ["and", "or", "not", "in", "true", "false", "where", "of", "members", "else"];

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(_, token)| token)
    }

    fn peek_after(&self) -> &Token {
        self.tokens.get(self.next + 1).map_or(&Token::End, |(_, token)| token)
    }

    fn position(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |(position, _)| *position)
    }

    fn error(&self, message: impl Into<String>) -> ExprError {
        ExprError::new(self.position(), message)
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(s) if *s == sign);
        self.next += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(w) if w == word);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), ExprError> {
        if self.sign(sign) {
            return Ok(());
        }
        Err(self.error(format!("“{sign}” is expected here, not {}", self.peek())))
    }

    fn or(&mut self) -> Result<Expr, ExprError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error("the expression is nested too deeply; split it into several facts"));
        }
        let position = self.position();
        let mut list = vec![self.and()?];
        while self.word("or") {
            list.push(self.and()?);
        }
        self.depth -= 1;
        Ok(one_or(list, position, ExprKind::Or))
    }

    fn and(&mut self) -> Result<Expr, ExprError> {
        let position = self.position();
        let mut list = vec![self.not()?];
        while self.word("and") {
            list.push(self.not()?);
        }
        Ok(one_or(list, position, ExprKind::And))
    }

    fn not(&mut self) -> Result<Expr, ExprError> {
        let position = self.position();
        let mut nots = 0;
        while self.word("not") {
            nots += 1;
        }
        let mut expr = self.compare()?;
        for _ in 0..nots {
            expr = Expr { position, kind: ExprKind::Not(Box::new(expr)) };
            if nots > MAX_DEPTH {
                return Err(ExprError::new(position, "“not” is repeated too often"));
            }
        }
        Ok(expr)
    }

    fn compare(&mut self) -> Result<Expr, ExprError> {
        let position = self.position();
        let left = self.sum()?;
        let negated = matches!((self.peek(), self.peek_after()),
            (Token::Word(a), Token::Word(b)) if a == "not" && b == "in");
        self.next += usize::from(negated);
        if self.word("in") {
            return self.in_list(position, left, negated);
        }
        let op = match self.peek() {
            Token::Sign(sign) => Op::parse(sign),
            _ => None,
        };
        let Some(op) = op else { return Ok(left) };
        self.next += 1;
        let right = self.sum()?;
        if matches!(self.peek(), Token::Sign(sign) if Op::parse(sign).is_some()) {
            return Err(self.error("comparisons do not chain; write “a < b and b < c”"));
        }
        Ok(Expr { position, kind: ExprKind::Compare(op, Box::new(left), Box::new(right)) })
    }

    fn in_list(&mut self, position: usize, of: Expr, negated: bool) -> Result<Expr, ExprError> {
        self.expect("(")?;
        let mut list = vec![self.unary()?];
        while self.sign(",") {
            list.push(self.unary()?);
        }
        self.expect(")")?;
        Ok(Expr { position, kind: ExprKind::In { of: Box::new(of), list, negated } })
    }

    fn sum(&mut self) -> Result<Expr, ExprError> {
        self.left_to_right(Self::product, &[("+", Arithmetic::Add), ("-", Arithmetic::Subtract)])
    }

    fn product(&mut self) -> Result<Expr, ExprError> {
        self.left_to_right(Self::unary, &[("*", Arithmetic::Multiply), ("/", Arithmetic::Divide)])
    }

    fn left_to_right(
        &mut self,
        operand: fn(&mut Self) -> Result<Expr, ExprError>,
        operators: &[(&str, Arithmetic)],
    ) -> Result<Expr, ExprError> {
        let position = self.position();
        let mut left = operand(self)?;
        let mut length = 0;
        'next: loop {
            for (sign, operator) in operators {
                if self.sign(sign) {
                    length += 1;
                    if length > MAX_DEPTH {
                        return Err(self.error("the expression is too long; split it into several facts"));
                    }
                    let right = operand(self)?;
                    let kind = ExprKind::Arithmetic(*operator, Box::new(left), Box::new(right));
                    left = Expr { position, kind };
                    continue 'next;
                }
            }
            return Ok(left);
        }
    }

    fn unary(&mut self) -> Result<Expr, ExprError> {
        let position = self.position();
        if !self.sign("-") {
            return self.atom();
        }
        let inner = self.atom()?;
        if let ExprKind::Num(number) = inner.kind
            && let Ok(negative) = number.negated()
        {
            return Ok(Expr { position, kind: ExprKind::Num(negative) });
        }
        Ok(Expr { position, kind: ExprKind::Negate(Box::new(inner)) })
    }

    fn atom(&mut self) -> Result<Expr, ExprError> {
        let position = self.position();
        let token = self.peek().clone();
        if token == Token::End {
            return Err(self.error("the expression ends too early"));
        }
        self.next += 1;
        let kind = match token {
            Token::Num(number) => ExprKind::Num(number),
            Token::Text(text) => ExprKind::Text(text),
            Token::Sign("(") => {
                let inner = self.or()?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Word(word) => match word.as_str() {
                "true" => ExprKind::Bool(true),
                "false" => ExprKind::Bool(false),
                "as_of" => ExprKind::AsOf,
                "param" => {
                    self.expect(".")?;
                    let Token::Word(id) = self.peek().clone() else {
                        return Err(self.error("the name of a parameter is expected after “param.”"));
                    };
                    self.next += 1;
                    ExprKind::Param(id)
                }
                _ if self.sign("(") => {
                    let kind = self.call(&word, position)?;
                    self.expect(")")?;
                    kind
                }
                reserved if RESERVED.contains(&reserved) => {
                    return Err(ExprError::new(position, format!("“{word}” is not expected here")));
                }
                _ => ExprKind::Name(word),
            },
            other => return Err(ExprError::new(position, format!("{other} is not expected here"))),
        };
        Ok(Expr { position, kind })
    }

    fn call(&mut self, name: &str, position: usize) -> Result<ExprKind, ExprError> {
        if matches!(self.peek(), Token::Word(word) if word == "members") {
            let Some(kind) = Aggregate::parse(name) else {
                return Err(ExprError::new(position, format!("“{name}” does not work over members")));
            };
            self.next += 1;
            let filter = if self.word("where") { Some(Box::new(self.or()?)) } else { None };
            let of = if self.word("of") { Some(Box::new(self.or()?)) } else { None };
            return Ok(ExprKind::Aggregate { kind, filter, of });
        }
        match name {
            "lookup" => return self.lookup(),
            "date" => {
                let Token::Text(text) = self.peek().clone() else {
                    return Err(self.error("a date is written date('2026-01-31')"));
                };
                let date = parse_iso_date(&text).ok_or_else(|| {
                    self.error(format!("'{text}' is no day; a date is written '2026-01-31'"))
                })?;
                self.next += 1;
                return Ok(ExprKind::Date(date));
            }
            _ => {}
        }
        let Some(function) = Function::parse(name) else {
            let message = match Aggregate::parse(name) {
                Some(_) => format!("“{name}” works over members: {name}(members where …)"),
                None => format!("there is no function “{name}”"),
            };
            return Err(ExprError::new(position, message));
        };
        let mut arguments = Vec::new();
        if !matches!(self.peek(), Token::Sign(")")) {
            arguments.push(self.or()?);
            while self.sign(",") {
                arguments.push(self.or()?);
            }
        }
        let (least, most) = function.arguments();
        if arguments.len() < least || arguments.len() > most {
            let wanted = if least == most { least.to_string() } else { format!("at least {least}") };
            let given = arguments.len();
            return Err(ExprError::new(position, format!("“{name}” takes {wanted} arguments, not {given}")));
        }
        Ok(ExprKind::Call(function, arguments))
    }

    fn lookup(&mut self) -> Result<ExprKind, ExprError> {
        let of = Box::new(self.or()?);
        let (mut entries, mut otherwise) = (Vec::new(), None);
        while self.sign(",") {
            if self.word("else") {
                self.expect(":")?;
                otherwise = Some(Box::new(self.or()?));
                break;
            }
            let key = self.unary()?;
            self.expect(":")?;
            entries.push((key, self.or()?));
        }
        if entries.is_empty() {
            return Err(self.error("a look-up needs entries: lookup(x, 'a': 1, 'b': 2)"));
        }
        Ok(ExprKind::Lookup { of, entries, otherwise })
    }
}

fn one_or(mut exprs: Vec<Expr>, position: usize, many: fn(Vec<Expr>) -> ExprKind) -> Expr {
    if exprs.len() == 1
        && let Some(only) = exprs.pop()
    {
        return only;
    }
    Expr { position, kind: many(exprs) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn precedence() {
        let same = |a: &str, b: &str| {
            let shape = |text: &str| format!("{:?}", parse(text).unwrap().kind).split("position").count();
            assert_eq!(shape(a), shape(b), "{a} / {b}");
        };
        same("a or b and not c = 1 + 2 * 3", "(a or (b and (not (c = (1 + (2 * 3))))))");
        same("a - b - c", "((a - b) - c)");
        assert!(matches!(parse("not a in ('x')").unwrap().kind, ExprKind::Not(_)));
        assert!(matches!(parse("a not in ('x')").unwrap().kind, ExprKind::In { negated: true, .. }));
        assert!(matches!(parse("-3").unwrap().kind, ExprKind::Num(_)));
        assert!(matches!(
            parse("min(members where a of b)").unwrap().kind,
            ExprKind::Aggregate { kind: Aggregate::Min, filter: Some(_), of: Some(_) }
        ));
        assert!(matches!(parse("min(a, b)").unwrap().kind, ExprKind::Call(Function::Min, _)));
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        let expr =
            parse("if(a, sum(members where b of c), lookup(d, 'x': e, else: param.p)) + head(f)").unwrap();
        let names: Vec<&str> = expr.names().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
        assert!(expr.reads_head());
    }

    #[test]
    fn refusals_say_where_and_what() {
        for (text, message) in [
            ("", "at character 1: the expression ends too early"),
            ("a +", "at character 4: the expression ends too early"),
            ("a & b", "at character 3: “&” has no meaning here"),
            ("(a", "at character 3: “)” is expected here, not the end"),
            ("a b", "at character 3: “b” is not expected here"),
            ("1 < a < 3", "at character 7: comparisons do not chain; write “a < b and b < c”"),
            ("floor(1, 2)", "at character 1: “floor” takes 1 arguments, not 2"),
            ("missing(a)", "at character 1: there is no function “missing”"),
            ("count(a)", "at character 1: “count” works over members: count(members where …)"),
            ("date('2026-02-30')", "at character 6: '2026-02-30' is no day; a date is written '2026-01-31'"),
            ("a = 'x", "at character 5: this text has no closing '"),
            ("1.2.3", "at character 1: “1.2.3” is not a number; write it like 12, -0.048 or 1/3"),
            ("and", "at character 1: “and” is not expected here"),
            ("lookup(a)", "at character 9: a look-up needs entries: lookup(x, 'a': 1, 'b': 2)"),
        ] {
            assert_eq!(refused(text), message, "{text}");
        }
        assert!(refused(&"(".repeat(5000)).contains("nested too deeply"));
        assert!(refused(&vec!["a"; 5000].join(" + ")).contains("too long"));
        assert!(refused(&format!("{}a", "not ".repeat(5000))).contains("too often"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-z0-9 ().,:'=<>+*/-]{0,60}|\\PC{0,30}") {
            let _ = parse(&text);
        }
    }
}

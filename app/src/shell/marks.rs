//! Marks in the words of a page become elements: words taken from English on a page in another language get their own
//! `lang` and `dir`, and a piece that keeps its own direction stands in `<bdi>`.
//!
//! The words carry the marks ([`words::ENGLISH`], [`words::APART`]) because they are made far from where they are shown:
//! a page need not know which of its words have no Arabic yet, nor that a name stands inside a sentence.

use crate::words::{APART, ENGLISH};

/// Elements that hold text only.
const TEXT_ONLY: [&str; 5] = ["option", "script", "style", "textarea", "title"];

/// The page with elements in place of the marks. Where no element may stand, in an attribute or an option, the marks of a
/// language go and those of direction stay: they are characters that browsers know.
pub(super) fn elements(html: String) -> String {
    if !html.contains([APART[0], ENGLISH[0]]) {
        return html;
    }
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        text(&rest[..at], &mut out);
        let (tag, after) = rest[at..].split_at(tag_length(&rest[at..]));
        plain(tag, &mut out);
        rest = after;
        let name = tag[1..].split([' ', '>', '/']).next().unwrap_or_default();
        if TEXT_ONLY.contains(&name) {
            let end = rest.find(&format!("</{name}")).unwrap_or(rest.len());
            plain(&rest[..end], &mut out);
            rest = &rest[end..];
        }
    }
    text(rest, &mut out);
    out
}

/// How long a tag is, from `<` to its `>`; one in quotes does not end it.
fn tag_length(html: &str) -> usize {
    let mut quoted = false;
    for (at, ch) in html.char_indices() {
        match ch {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    html.len()
}

fn plain(text: &str, out: &mut String) {
    out.extend(text.chars().filter(|ch| !ENGLISH.contains(ch)));
}

/// What stands between two tags. Marks that do not match are somebody's own, typed into a field: they stay text.
fn text(text: &str, out: &mut String) {
    if !text.contains([APART[0], APART[1], ENGLISH[0], ENGLISH[1]]) {
        out.push_str(text);
        return;
    }
    let mut open = Vec::new();
    let matched = text.chars().all(|ch| {
        if ch == APART[0] {
            open.push(APART[1]);
        } else if ch == ENGLISH[0] {
            open.push(ENGLISH[1]);
        } else if ch == APART[1] || ch == ENGLISH[1] {
            return open.pop() == Some(ch);
        }
        true
    });
    if !(matched && open.is_empty()) {
        return plain(text, out);
    }
    for ch in text.chars() {
        match ch {
            _ if ch == APART[0] => out.push_str("<bdi>"),
            _ if ch == APART[1] => out.push_str("</bdi>"),
            _ if ch == ENGLISH[0] => out.push_str(r#"<span lang="en" dir="ltr">"#),
            _ if ch == ENGLISH[1] => out.push_str("</span>"),
            _ => out.push(ch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(html: &str) -> String {
        elements(
            html.replace('⟦', "\u{e000}")
                .replace('⟧', "\u{e001}")
                .replace('{', "\u{2068}")
                .replace('}', "\u{2069}"),
        )
    }

    #[test]
    fn words_of_another_language_and_pieces_apart_become_elements() {
        assert_eq!(
            made("<p>⟦Household {عون}⟧</p> {A} و{B}"),
            r#"<p><span lang="en" dir="ltr">Household <bdi>عون</bdi></span></p> <bdi>A</bdi> و<bdi>B</bdi>"#
        );
    }

    #[test]
    fn where_no_element_may_stand_there_is_none() {
        assert_eq!(
            made(r#"<title>⟦A⟧</title><a title="⟦b > {c}⟧">⟦d⟧</a><option value="1">⟦{e}⟧</option>"#),
            "<title>A</title><a title=\"b > \u{2068}c\u{2069}\"><span lang=\"en\" dir=\"ltr\">d</span></a>\
             <option value=\"1\">\u{2068}e\u{2069}</option>"
        );
    }

    #[test]
    fn what_somebody_typed_closes_nothing() {
        assert_eq!(
            made("<p>{A} } {B}</p><b>⟦x}⟧</b>"),
            "<p>\u{2068}A\u{2069} \u{2069} \u{2068}B\u{2069}</p><b>x\u{2069}</b>"
        );
    }
}

//! Checks the words of messages: short enough with whatever is put into them, in letters that a telephone has, and
//! without an address of a page. How long they may be: [`crate::notice::text`].

use super::{Add, Declared, Faults, Texts};
use crate::notice::text::{
    Measure, ONE, ONE_OF_SEVERAL_WIDE, WIDE_PARTS, dear_letter, has_link, measure, plain_letters, plain_marks,
};
use crate::notice::{Kind, SILENT, SILENT_PLACES};
use crate::words::fill;

/// The longest that is put in for a placeholder that is not the office's name: a reference, a day, a code.
const LONGEST: [(&str, &str); 3] = [("reference", "SP-7K3M-9QX4"), ("date", "31/12/2026"), ("code", "00000")];

/// The keys of the words of messages.
pub(super) fn keys(add: &mut Add<'_>) {
    add(SILENT.into(), true, SILENT_PLACES);
    for kind in Kind::ALL {
        for key in kind.keys() {
            add(key, true, kind.places());
        }
    }
}

/// Checks the messages of one language.
pub(super) fn check(read: &Texts, declared: &Declared<'_>, faults: &Faults) {
    for (key, (text, line)) in read.texts.iter().filter(|(key, _)| key.starts_with("notice.")) {
        let fault = |message: String| faults.add(&read.file, *line, key, message);
        if has_link(text) {
            fault("a message names no page: thieves send such messages; say where to come or call".into());
        }
        if *key == Kind::Code.key("") && !text.contains("{code}") {
            fault("this message carries the code: put {code} into it".into());
        }
        if let Some(letter) = dear_letter(text) {
            fault(format!(
                "'{letter}' is not a letter of a text message (GSM 03.38) and would make it cost twice as much: \
                 write around it"
            ));
            continue;
        }
        if let Some(measure) = longest(text, read, declared).filter(|measure| !measure.fits()) {
            fault(if measure.is_gsm {
                format!(
                    "with the longest names put in this takes {} places of {ONE}: make it shorter",
                    measure.places
                )
            } else {
                let most = ONE_OF_SEVERAL_WIDE * WIDE_PARTS;
                format!(
                    "with the longest names put in this takes {} letters of {most}: make it shorter",
                    measure.places
                )
            });
        }
    }
}

/// The message with the office whose name or number makes it longest.
fn longest(text: &str, read: &Texts, declared: &Declared<'_>) -> Option<Measure> {
    let measures = declared.offices.iter().map(|office| {
        let name =
            read.texts.get(&format!("office.{}.name", office.code)).map_or("", |(name, _)| name.as_str());
        let (name, phone) = (plain_letters(name), office.phone.as_deref().unwrap_or_default());
        let mut values = LONGEST.to_vec();
        values.extend([("office", name.as_str()), ("phone", phone)]);
        measure(&fill(&plain_marks(text), &values))
    });
    measures.max_by_key(|measure| (measure.parts, measure.places))
}

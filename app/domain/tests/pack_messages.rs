//! The words of messages in a pack: complete, short enough with the longest names, without a letter that costs, a
//! placeholder that nothing fills, or an address of a page.

#![expect(clippy::unwrap_used, reason = "what cannot fail in a test fails the test")]

mod small;

use domain::notice::{Kind, QuietHours};
use domain::pack::Pack;
use small::{Files, small_pack};

const CODE: &str =
    "code = \"{code} is your code. It is valid for 15 minutes. Give it to nobody, not even to us.\"";

fn with_code(words: &str) -> Files {
    let mut files = small_pack();
    let text = &files["words/en.toml"];
    assert_eq!(text.matches(CODE).count(), 1);
    let text = text.replace(CODE, words);
    files.insert("words/en.toml".into(), text);
    files
}

fn told(files: &Files) -> Vec<String> {
    Pack::load(files).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

fn refused(words: &str, because: &str) {
    let faults = told(&with_code(&format!("code = \"{words}\"")));
    assert!(
        faults.iter().any(|fault| fault.contains("notice.code: ") && fault.contains(because)),
        "{words}: {faults:#?}"
    );
}

#[test]
fn a_message_that_cannot_be_sent_well_is_refused() {
    refused("{code} See guichet.example/code", "names no page");
    refused("{code} https://guichet.example", "names no page");
    refused("Hello", "put {code} into it");
    refused("{code} {amount}", "nothing fills {amount}");
    refused("{code} a été reçu", "'ç' is not a letter of a text message");
    let full = format!("{{code}}{}", "a".repeat(155));
    assert_eq!(told(&with_code(&format!("code = \"{full}\""))), Vec::<String>::new());
    refused(&format!("{full}a"), "takes 161 places of 160");
    let wide = format!("{{code}}{}", "م".repeat(129));
    assert_eq!(told(&with_code(&format!("code = \"{wide}\""))), Vec::<String>::new());
    refused(&format!("{wide}م"), "takes 135 letters of 134");
    // Each of these takes two places.
    refused(&format!("{{code}}{}", "€".repeat(78)), "takes 161 places of 160");
    let missing = told(&with_code(""));
    assert!(
        missing.iter().any(|fault| fault.contains("notice.code: these words are missing")),
        "{missing:#?}"
    );
}

#[test]
fn a_message_is_measured_with_the_longest_name_of_an_office() {
    let mut files = small_pack();
    let name = Pack::load(&files).unwrap().offices[0].code.clone();
    let text = files["words/en.toml"].clone();
    let line =
        text.lines().find(|line| line.contains("reference}: your request is registered")).unwrap().to_owned();
    assert!(line.contains("{office}"));
    let loaded = Pack::load(&files).unwrap();
    let own = loaded.words.text("en", &format!("office.{name}.name")).to_owned();
    let long = format!("{own} {}", "of the long name ".repeat(8));
    files.insert("words/en.toml".into(), text.replace(&format!("\"{own}\""), &format!("\"{long}\"")));
    let faults = told(&files);
    assert!(
        faults.iter().any(|fault| fault.contains("notice.receipt: with the longest names put in")),
        "{faults:#?}"
    );
}

#[test]
fn quiet_hours_are_the_packs() {
    let mut files = small_pack();
    assert_eq!(Pack::load(&files).unwrap().about.quiet, QuietHours::default());
    let head = files["pack.toml"].clone();
    let with = |hours: &str| format!("{head}\n[messages]\n{hours}\n");
    files.insert("pack.toml".into(), with("quiet_from = 22\nquiet_until = 6"));
    assert_eq!(Pack::load(&files).unwrap().about.quiet, QuietHours { from: 22, until: 6 });
    for (wrong, because) in [("quiet_from = 24", "an hour is 0 to 23"), ("quiet_til = 6", "quiet_til")] {
        files.insert("pack.toml".into(), with(wrong));
        let faults = told(&files);
        assert!(faults.iter().any(|fault| fault.contains(because)), "{wrong}: {faults:#?}");
    }
}

#[test]
fn an_office_may_have_an_address_of_mail() {
    let mut files = small_pack();
    let text = files["offices.toml"].clone();
    let first = text.lines().find(|line| line.starts_with("code")).unwrap().to_owned();
    let mut with = |email: &str| {
        files.insert(
            "offices.toml".into(),
            text.replacen(&first, &format!("{first}\nemail = \"{email}\""), 1),
        );
        files.clone()
    };
    let loaded = Pack::load(&with("office@guichet.example")).unwrap();
    assert_eq!(loaded.offices[0].email.as_deref(), Some("office@guichet.example"));
    for wrong in ["office", "office@", "@guichet.example", "a b@c.example", "a@b@c.example", "a@b"] {
        let faults = told(&with(wrong));
        assert!(
            faults.iter().any(|fault| fault.contains("is not an address of mail")),
            "{wrong}: {faults:#?}"
        );
    }
}

#[test]
fn every_message_has_words_and_none_says_what_it_must_not() {
    let keys: Vec<String> = Kind::ALL.iter().flat_map(|kind| kind.keys()).collect();
    assert_eq!(keys.len(), Kind::ALL.len() - 1 + 8, "one each, and eight answers");
    let places = Kind::ALL.iter().flat_map(|kind| kind.places());
    let known = ["reference", "date", "office", "code"];
    assert!(places.into_iter().all(|place| known.contains(place)), "no amounts, no reasons, no names");
}

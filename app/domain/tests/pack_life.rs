//! What a pack says of the life of an award: what does not fit is told with its place and what to do.

#![expect(clippy::unwrap_used, reason = "what cannot fail in a test fails the test")]

mod small;

use domain::pack::Pack;
use small::small_pack;

/// The faults when `from` is `to` in the file of a programme.
fn faults(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut files = small_pack();
    let text = &files[file];
    assert_eq!(text.matches(from).count(), 1, "{file} has '{from}' once");
    let text = text.replace(from, to);
    files.insert(file.into(), text);
    Pack::load(&files).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

fn told(faults: &[String], start: &str, message: &str) {
    assert!(
        faults.iter().any(|fault| fault.starts_with(start) && fault.contains(message)),
        "{start} {message}: {faults:#?}"
    );
}

#[test]
fn only_a_programme_for_persons_ends_at_an_age() {
    let found = faults(
        "programmes/workshop.toml",
        "valid_from = 2026-01-01",
        "valid_from = 2026-01-01\nends_at_age = 18",
    );
    told(&found, "programmes/workshop.toml:9: ends_at_age: ", "only a programme for persons");
    let found = faults(
        "programmes/workshop.toml",
        "valid_from = 2026-01-01",
        "valid_from = 2026-01-01\nends_at_age = 300",
    );
    told(&found, "programmes/workshop.toml:9: ends_at_age: ", "between 1 and 120");
}

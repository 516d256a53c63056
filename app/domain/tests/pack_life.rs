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

/// A condition that is checked, but for what a case spoils.
fn checked(spoil: impl Fn(String) -> String) -> Vec<String> {
    let text = spoil(
        "id = \"tell_changes\"\nwho = \"grown\"\ncycle = \"month\"\nrecord = \"attendance\"\nat_least = 85\n\
         service = \"training\"\ngrace_days = 15\nmisses = 2\nwithin = 3\nthen = \"suspend\""
            .to_owned(),
    );
    faults("programmes/rent-help.toml", "id = \"tell_changes\"", &text)
}

#[test]
fn what_a_condition_asks_is_checked_like_all_of_the_pack() {
    let file = "programmes/rent-help.toml:";
    let one = |spoil: &dyn Fn(String) -> String, key: &str, message: &str| {
        let found = checked(spoil);
        let fits =
            |fault: &&String| fault.starts_with(file) && fault.contains(key) && fault.contains(message);
        assert!(found.iter().any(|fault| fits(&fault)), "{key} {message}: {found:#?}");
    };
    one(&|text| text.replace("who = \"grown\"\n", ""), "who", "say whom it concerns");
    one(&|text| text.replace("grown", "people"), "who", "people");
    one(&|text| text.replace("\"month\"", "\"fortnight\""), "cycle", "fortnight");
    one(&|text| text.replace("at_least = 85\n", ""), "at_least", "how many percent");
    one(&|text| text.replace("85", "185"), "at_least", "between 1 and 100");
    one(&|text| text.replace("attendance", "visit"), "at_least", "only attendance");
    one(&|text| text.replace("at_least = 85", "param = \"nowhere\""), "param", "nowhere");
    one(&|text| text.replace("\"training\"", "\"nowhere\""), "service", "nowhere");
    one(&|text| text.replace("misses = 2", "misses = 0"), "misses", "1 or more");
    one(&|text| text.replace("within = 3", "within = 1"), "within", "at least as many");
    one(&|text| text.replace("then = \"suspend\"", "then = \"starve\""), "then", "starve");
    one(&|text| text.replace("grace_days", "grace_day"), "grace_day", "");
    let words = checked(|text| text);
    assert!(
        words.iter().any(|fault| fault.contains("tell_changes.what_to_do")),
        "what to do needs words: {words:#?}"
    );
}

/// How a programme lets go, but for what a case spoils.
fn let_go(spoil: impl Fn(String) -> String) -> Vec<String> {
    let text = spoil(
        "entry = \"low\"\nleave = 40\nreviews = 2\napart_months = 6\nrefer = \"training\"\n\n\
         [[graduation.step]]\npercent = 50\nmonths = 3\n\n[[graduation.step]]\npercent = 25\nmonths = 3\n"
            .to_owned(),
    );
    let file = "programmes/rent-help.toml";
    let rule = "{ id = \"high_rent\",";
    let mut files = small_pack();
    let own = files[file].replace(
        rule,
        "{ id = \"low\", fact = \"rent\", op = \"<=\", limit = 30, reason = \"high_rent\" },\n  { id = \"high_rent\",",
    );
    let own = own.replace("[[condition]]", &format!("[graduation]\n{text}\n[[condition]]"));
    files.insert(file.into(), own);
    Pack::load(&files).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn how_a_programme_lets_go_is_checked_with_its_place() {
    let file = "programmes/rent-help.toml:";
    let one = |spoil: &dyn Fn(String) -> String, key: &str, message: &str| {
        let found = let_go(spoil);
        let fits =
            |fault: &&String| fault.starts_with(file) && fault.contains(key) && fault.contains(message);
        assert!(found.iter().any(|fault| fits(&fault)), "{key} {message}: {found:#?}");
    };
    let with = |from: &'static str, to: &'static str| {
        move |text: String| {
            assert_eq!(text.matches(from).count(), 1, "'{from}' is there once");
            text.replace(from, to)
        }
    };
    let spoiled = let_go(|text| text);
    let own = |fault: &&String| fault.contains("graduation");
    assert_eq!(spoiled.iter().find(own), None, "as it stands nothing is wrong with it");
    one(&with("\"low\"", "\"nothing\""), "graduation.entry", "no comparison");
    one(&with("\"low\"", "\"high_rent\""), "graduation.entry", "at most (<=)");
    one(&with("leave = 40", "leave = 30"), "graduation.leave", "not above the line to enter");
    one(&with("leave = 40", "param = \"none\""), "graduation.param", "none");
    one(&with("leave = 40\n", ""), "graduation.leave", "from which score on");
    one(&with("leave = 40", "leave = 40\nparam = \"rent_line\""), "graduation.param", "two lines");
    one(&with("reviews = 2", "reviews = 1"), "graduation.reviews", "one high score alone");
    one(&with("apart_months = 6", "apart_months = 0"), "graduation.apart_months", "between 1 and 60");
    one(&with("percent = 50", "percent = 100"), "percent", "between 1 and 99");
    one(&with("percent = 50", "percent = 20"), "graduation.step", "less than the one before");
    one(&with("\"training\"", "\"nothing\""), "graduation.refer", "nothing");
    one(&with("reviews = 2", "reviewz = 2"), "reviewz", "");
}

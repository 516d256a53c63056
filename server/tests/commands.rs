//! The commands as they are typed: exit status, JSON on stdout, one line on stderr, nothing half made.
#![expect(clippy::unwrap_used, reason = "a test that meets something unexpected must fail")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn guichet(folder: &Path, words: &[&str]) -> Output {
    typed(folder, words, "")
}

fn typed(folder: &Path, words: &[&str], input: &str) -> Output {
    let mut child = command(folder, words).stdin(Stdio::piped()).spawn().unwrap();
    // A command that refuses does not wait for what is typed.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    command.args(words).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in ["GUICHET_DATABASE", "GUICHET_KEYS", "GUICHET_LISTEN", "GUICHET_SITE", "GUICHET_PUBLIC_URL"] {
        command.env_remove(name);
    }
    command.env("GUICHET_LOG", "off");
    command
}

/// Refused with this status and exactly one line.
fn refused(output: &Output, status: i32) -> String {
    let line = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(status), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.starts_with("guichet: "), "{line}");
    line
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        output.stderr.is_empty(),
        "progress is for terminals: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn left_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_demo_is_made_once_verified_and_copied() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let made = json(&guichet(at, &["demo", "--households", "30", "--seed", "4"]));
    assert_eq!(made["households"], 30);
    assert_eq!(left_in(&at.join("data")), ["guichet.db", "guichet.db.keys"]);
    refused(&guichet(at, &["demo", "--households", "30"]), 1);
    let verified = json(&guichet(at, &["verify"]));
    assert!(verified["entries"].as_u64().unwrap() >= 30 && verified["first_break"].is_null());
    let copied = json(&guichet(at, &["backup", "copy.db"]));
    assert_eq!(copied["rows"]["household"], 30);
    refused(&guichet(at, &["backup", "copy.db"]), 1);
    json(&guichet(at, &["verify", "--database", "sqlite://copy.db", "--keys", "data/guichet.db.keys"]));
}

#[test]
fn a_demo_on_postgresql_that_is_killed_is_known_and_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = runtime.block_on(casework::test_support::empty_database());
    let words = |command: &'static str| vec![command, "--database", &url, "--keys", "keys"];
    let demo = |count| [words("demo"), vec!["--households", count]].concat();

    // Fails after the tables were made: nothing is left of them.
    let nowhere = ["demo", "--database", &url, "--keys", "nowhere/keys", "--households", "3"];
    refused(&guichet(at, &nowhere), 1);

    let mut killed = command(at, &demo("100000")).spawn().unwrap();
    let clock = || std::sync::Arc::new(casework::time::SystemClock::default());
    let address: casework::db::Address = url.parse().unwrap();
    let begun = std::time::Instant::now();
    let accounts = "SELECT COUNT(*) FROM staff";
    loop {
        let db = runtime.block_on(casework::Db::connect(&address, clock())).unwrap();
        let count = runtime.block_on(db.value::<i64>(accounts, vec![]));
        runtime.block_on(db.close());
        if count.is_ok_and(|count| count > Some(5)) {
            break;
        }
        assert!(begun.elapsed().as_secs() < 60 && killed.try_wait().unwrap().is_none(), "it never began");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();

    for command in ["serve", "migrate", "verify"] {
        assert!(refused(&guichet(at, &words(command)), 1).contains("guichet demo"), "{command}");
    }
    std::fs::write(at.join("keys"), "somebody else's").unwrap();
    assert!(refused(&guichet(at, &demo("20")), 1).contains("there is a file already"));
    std::fs::remove_file(at.join("keys")).unwrap();
    assert_eq!(json(&guichet(at, &demo("20")))["households"], 20);
    assert_eq!(left_in(at), ["keys"]);
    json(&guichet(at, &words("verify")));
    assert!(refused(&guichet(at, &demo("20")), 1).contains("needs an empty one"));
    runtime.block_on(casework::test_support::drop_database(&url));
}

#[test]
fn the_same_seed_gives_the_same_people() {
    let folder = tempfile::tempdir().unwrap();
    let people = |name: &str, seed: &str| {
        let database = format!("sqlite://{name}");
        json(&guichet(
            folder.path(),
            &["demo", "--households", "20", "--seed", seed, "--database", &database],
        ))["people"]
            .clone()
    };
    assert_eq!(people("a.db", "1"), people("b.db", "1"));
}

#[test]
fn what_cannot_be_meant_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for url in ["sqlit://data/guichet.db", "sqlite:data", "data/guichet.db", "sqlite://", "mysql://x/y"] {
        for words in [&["serve"][..], &["demo"], &["migrate"], &["verify"], &["backup", "x"]] {
            refused(&guichet(at, &[words, &["--database", url]].concat()), 2);
        }
    }
    assert!(refused(&guichet(at, &["serve"]), 1).contains("there is no such file"));
    assert_eq!(guichet(at, &["demo", "--households", "many"]).status.code(), Some(2));
    assert_eq!(guichet(at, &["nonsense"]).status.code(), Some(2));
    assert_eq!(left_in(at), Vec::<String>::new());
    std::fs::write(at.join("not.db"), "this is no database").unwrap();
    std::fs::write(at.join("not.db.keys"), "").unwrap();
    refused(&guichet(at, &["serve", "--listen", "127.0.0.1:0", "--database", "sqlite://not.db"]), 1);
}

#[test]
fn every_command_explains_itself() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        "serve",
        "migrate",
        "pack",
        "pack check",
        "pack load",
        "user add",
        "demo",
        "assess",
        "simulate",
        "backup",
        "verify",
    ] {
        let words: Vec<&str> = words.split(' ').chain(["--help"]).collect();
        let output = guichet(folder.path(), &words);
        assert!(output.status.success() && !output.stdout.is_empty(), "{words:?}");
    }
}

#[test]
fn staff_are_added_with_a_password_that_holds() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    assert!(guichet(at, &["migrate"]).status.success());
    let add = |login: &str, role: &str, password: &str| {
        typed(at, &["user", "add", "--login", login, "--name", "Someone", "--role", role], password)
    };
    assert_eq!(json(&add("boss", "administrator", "seven purple lanterns\n"))["login"], "boss");
    assert!(
        refused(&add("boss", "administrator", "seven purple lanterns\n"), 1).contains("somebody's already")
    );
    assert!(refused(&add("other", "administrator", "short\n"), 2).contains("15 characters"));
    assert!(refused(&add("other", "king", ""), 2).contains("counter_officer"));
}

#[test]
fn a_pack_is_checked_whole_and_loaded_only_without_fault() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/demo");
    let demo = demo.to_str().unwrap();
    assert!(guichet(at, &["migrate"]).status.success());
    let checked = json(&guichet(at, &["pack", "check", demo]));
    assert!(checked["programmes"].as_u64().unwrap() >= 12);
    assert_eq!(json(&guichet(at, &["pack", "check"])), checked);
    let loaded = json(&guichet(at, &["pack", "load", demo]));
    assert_eq!((&loaded["hash"], &loaded["programmes"]), (&checked["hash"], &checked["programmes"]));
    assert!(loaded["versions"].as_array().unwrap().iter().all(|version| version["is"] == "new"));
    // What is given back is the same pack, and loading it again changes nothing.
    let copied = at.join("exported");
    let copied = copied.to_str().unwrap();
    assert_eq!(json(&guichet(at, &["pack", "export", copied]))["hash"], checked["hash"]);
    refused(&guichet(at, &["pack", "export", copied]), 2);
    assert_eq!(json(&guichet(at, &["pack", "check", copied]))["hash"], checked["hash"]);
    assert_eq!(json(&guichet(at, &["pack", "load", copied]))["versions"], serde_json::json!([]));

    let broken = at.join("broken");
    copy(Path::new(demo), &broken);
    let mut about = std::fs::read_to_string(broken.join("pack.toml")).unwrap();
    about.push_str("\n[nonsense]\nkey = 1\n");
    std::fs::write(broken.join("pack.toml"), about).unwrap();
    let output = guichet(at, &["pack", "load", broken.to_str().unwrap()]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(told.lines().any(|line| line.contains("pack.toml:") && line.contains("nonsense")), "{told}");
    assert!(told.lines().last().unwrap().contains("nothing is loaded"), "{told}");
    refused(&guichet(at, &["pack", "check", "nowhere"]), 2);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn a_household_is_assessed_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let answers = r#"{"as_of": "2026-11-01", "answers": {"fcs_staples": 7, "fcs_pulses": 0, "fcs_dairy": 0, "fcs_meat": 0,
        "fcs_vegetables": 7, "fcs_fruit": 0, "fcs_fats": 0, "fcs_sugar": 0}, "members": [{"relation": "head", "age": 40}]}"#;
    let assessed = json(&typed(at, &["assess", "--answers", "-"], answers));
    let scores = assessed["scores"].as_array().unwrap();
    let food = scores.iter().find(|score| score["score"] == "fcs").unwrap();
    assert_eq!((&food["total"], &food["band"]), (&Value::from(21), &Value::from("poor")));
    assert_eq!(assessed["as_of"], "2026-11-01");
    let later = json(&typed(at, &["assess", "--answers", "-", "--as-of", "2026-12-01"], answers));
    assert_eq!(later["as_of"], "2026-12-01");

    std::fs::write(at.join("answers.json"), "{\n  \"answers\": {,}\n}").unwrap();
    let line = refused(&guichet(at, &["assess", "--answers", "answers.json"]), 1);
    assert!(line.starts_with("guichet: answers.json:2:15: "), "{line}");
    for (answers, told) in [
        (r#"{"answers": {"fcs_stapels": 7}}"#, "guichet: -: answers.fcs_stapels: "),
        (r#"{"answers": {"rooms": "two"}}"#, "guichet: -: answers.rooms: "),
        (r#"{"members": [{"relation": "boss"}]}"#, "guichet: -: members[0].relation: "),
        (r#"{"answers": {"area": "nowhere"}}"#, "guichet: -: answers.area: "),
        (r#"{"as_of": "soon"}"#, "guichet: -: as_of: "),
        ("[]", "guichet: -: answers are an object"),
    ] {
        let line = refused(&typed(at, &["assess", "--answers", "-"], answers), 1);
        assert!(line.starts_with(told), "{line}");
    }
    for key in
        ["facts", "scores", "programmes", "links_applied", "household_cap", "route", "floor_gaps", "receipt"]
    {
        assert!(assessed.get(key).is_some(), "{key}");
    }
    for key in ["input", "coefficient", "points"] {
        assert!(food["terms"][0].get(key).is_some(), "{key}");
    }
    for key in ["verdict", "reasons", "needs", "amount"] {
        assert!(assessed["programmes"][0].get(key).is_some(), "{key}");
    }
    refused(&guichet(at, &["assess", "--answers", "nowhere.json"]), 1);
}

#[test]
fn a_change_of_the_rules_is_simulated_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let new = at.join("new");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/demo"), &new);
    let parameters = std::fs::read_to_string(new.join("parameters.toml")).unwrap();
    let line = "{ from = 2026-01-01, value = 2400 }]";
    assert_eq!(parameters.matches(line).count(), 1);
    let higher = "{ from = 2026-01-01, value = 2400 }, { from = 2026-11-01, value = 6000 }]";
    std::fs::write(new.join("parameters.toml"), parameters.replace(line, higher)).unwrap();
    let words = ["simulate", "--demo-households", "300", "--as-of", "2026-11-22", "--new", "new"];
    let told = guichet(at, &words);
    let text = String::from_utf8(told.stdout).unwrap();
    assert!(text.starts_with("300 households with "), "{text}");
    assert!(text.contains("School grant") || text.contains("(school-grant; households)"), "{text}");
    let last: Value =
        serde_json::from_slice(told.stderr.split(|byte| *byte == b'\n').nth_back(1).unwrap()).unwrap();
    assert_eq!(last["households"], 300);
    assert!(
        last["elapsed_ms"].as_u64().is_some() && last["peak_bytes"].as_u64().unwrap() > 1_000_000,
        "{last}"
    );

    let report = |words: &[&str]| -> Value { serde_json::from_slice(&guichet(at, words).stdout).unwrap() };
    let all = |report: &Value| {
        let programmes = report["programmes"].as_array().unwrap();
        let grant = programmes.iter().find(|programme| programme["programme"] == "school-grant").unwrap();
        grant["groups"][0].clone()
    };
    let json = [&words[..], &["--json"]].concat();
    let found = report(&json);
    assert_eq!(found, report(&json), "the same each time");
    assert!(all(&found)["enters"].as_u64().unwrap() > 0 && all(&found)["leaves"] == 0, "{}", all(&found));
    assert_eq!(left_in(at), ["new"], "nothing is written");

    let mut grant = std::fs::read_to_string(new.join("programmes/child-grant.toml")).unwrap();
    grant.push_str("\n[[budget]]\nfrom = 2026-01-01\nuntil = 2026-12-31\nmoney = -5\n");
    std::fs::write(new.join("programmes/child-grant.toml"), grant).unwrap();
    let output = guichet(at, &words);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(told.contains("new/programmes/child-grant.toml:") && told.contains("budget.1.money"), "{told}");
    refused(&guichet(at, &["simulate", "--demo-households", "10", "--old", "nowhere"]), 2);
}

#[test]
fn a_taken_port_is_one_line_and_a_demo_stays_on_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    json(&guichet(at, &["demo", "--households", "1"]));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(refused(&guichet(at, &["serve", "--listen", &address]), 1).contains("is taken"));
    assert!(refused(&guichet(at, &["serve", "--listen", "0.0.0.0:0"]), 2).contains("--public-url"));
    for open in [&["--plain-http"][..], &["--public-url", "https://guichet.example"]] {
        let words = [&["serve", "--listen", "127.0.0.1:0"], open].concat();
        assert!(refused(&guichet(at, &words), 2).contains("--demo-accounts-beyond-loopback"));
    }
}

#[test]
fn the_server_answers_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    json(&guichet(folder.path(), &["demo", "--households", "1"]));
    let mut server = command(folder.path(), &["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first.strip_prefix("Guichet is at http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let answer = std::io::read_to_string(stream).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("content-security-policy:"), "{answer}");
    let stopped = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert!(server.wait().unwrap().success());
}

const PEOPLE: &str = "id,given,family,born,sex\n\
    1,Fatou,Diallo,17/05/1980,f\n\
    2,Moussa,Traoré,03/11/1975,m\n\
    3,Awa,Ba,1990,f\n";
const LISTED: &str = "id\tgiven\tfamily\tborn\tsex\n\
    a\tFatoo\tDiallo\t17/05/1980\tf\n\
    b\tTraore\tMoussa\t03/11/1975\tm\n\
    c\tIbrahima\tSow\t31/02/2001\tm\n";
const MAP: &str = "id = \"id\"\n[fields]\ngiven_name = \"given\"\nfamily_name = \"family\"\nbirth_date = \"born\"\n\
    birth_date_format = \"%d/%m/%Y\"\nsex = \"sex\"\n";

fn lists(folder: &Path) {
    for (name, text) in [("a.csv", PEOPLE), ("b.tsv", LISTED), ("map.toml", MAP)] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn two_lists_are_matched_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    lists(folder.path());
    let typed = ["match", "a.csv", "b.tsv", "--map", "map.toml", "--out", "links.csv"];
    let output = guichet(folder.path(), &typed);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(told["rows"], 6);
    for figure in ["pairs_scored", "estimated_matches", "seconds", "peak_bytes"] {
        assert!(told[figure].is_number(), "{told}");
    }
    let links = std::fs::read_to_string(folder.path().join("links.csv")).unwrap();
    let header = links.lines().next().unwrap();
    assert_eq!(
        header,
        "left,right,probability,weight,given_name,family_name,full_name,birth_date,sex,identifier,phone,address,prior,same_household"
    );
    let mut likely = Vec::new();
    for line in links.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let numbers: Vec<f64> = cells[2..].iter().map(|cell| cell.parse().unwrap()).collect();
        assert!((0.01..=1.0).contains(&numbers[0]), "{line}");
        assert!((numbers[2..].iter().sum::<f64>() - numbers[1]).abs() < 0.02, "the bits add up: {line}");
        if numbers[0] >= 0.5 {
            likely.push((cells[0], cells[1]));
        }
    }
    assert_eq!(likely, [("1", "a"), ("2", "b")]);
    assert_eq!(left_in(folder.path()), ["a.csv", "b.tsv", "links.csv", "map.toml"]);
    let again = guichet(folder.path(), &typed);
    assert!(again.status.success());
    assert_eq!(std::fs::read_to_string(folder.path().join("links.csv")).unwrap(), links);
}

#[test]
fn what_is_wrong_with_a_list_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    lists(folder.path());
    let wrong = |words: &[&str], status: i32, said: &str| {
        let line = refused(&guichet(folder.path(), words), status);
        assert!(line.contains(said), "{line}");
        assert!(!folder.path().join("links.csv").exists());
    };
    let out = ["--map", "map.toml", "--out", "links.csv"];
    let with = |list: &'static str| [&["match", list][..], &out].concat();
    std::fs::write(folder.path().join("short.csv"), "id,given,family,born,sex\n1,Awa,Ba,1990,f\n2,Awa\n")
        .unwrap();
    wrong(&with("short.csv"), 1, "short.csv: row 3, column 3: ");
    std::fs::write(folder.path().join("latin.csv"), b"id,given,family,born,sex\n1,Awa,Traor\xE9,1990,f\n")
        .unwrap();
    wrong(&with("latin.csv"), 1, "latin.csv: row 2, column 3: not written in UTF-8");
    std::fs::write(folder.path().join("other.csv"), "id,given\n1,Awa\n").unwrap();
    wrong(&with("other.csv"), 1, "other.csv: row 1: there is no column \"family\"");
    wrong(&with("nowhere.csv"), 1, "nowhere.csv: ");
    wrong(&with("map.toml"), 2, "map.toml: a list is a .csv or a .tsv file");
    wrong(&["match", "a.csv", "--map", "map.toml", "--out", "a.csv"], 2, "a.csv: would be written over");
    std::fs::write(folder.path().join("bad.toml"), "id = \"id\"\n[fields]\nname = \"given\"\n").unwrap();
    wrong(
        &["match", "a.csv", "--map", "bad.toml", "--out", "links.csv"],
        1,
        "bad.toml: row 3, column 1: unknown field",
    );
}

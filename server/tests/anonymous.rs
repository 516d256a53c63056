//! A complaint without a name from the browser of somebody who is signed in and has just read a file: with the service as it
//! runs, everything that it keeps and everything that it logs leads to nobody.
#![expect(clippy::unwrap_used, reason = "a test that meets something unexpected must fail")]

mod process;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use casework::demo::accounts::PASSWORD;
use casework::test_support::search::{hex, holding};
use casework::time::SystemClock;
use casework::{Actor, Casework, args};
use process::Process;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// A browser with its cookies.
struct Browser {
    at: String,
    cookies: BTreeMap<String, String>,
}

/// What came back: status, address to go on to, page.
struct Reply {
    status: String,
    location: String,
    page: String,
}

impl Browser {
    fn ask(&mut self, request: &str, kind: &str, body: &str) -> Reply {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{request} HTTP/1.0\r\nHost: {at}\r\nOrigin: http://{at}\r\nCookie: {}\r\nContent-Type: {kind}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            cookies.join("; "),
            body.len(),
            at = self.at,
        );
        let mut stream = TcpStream::connect(&self.at).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, page) = answer.split_once("\r\n\r\n").unwrap();
        let mut location = String::new();
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(':').unwrap();
            match name.to_ascii_lowercase().as_str() {
                "location" => value.trim().clone_into(&mut location),
                "set-cookie" => {
                    let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                    self.cookies.insert(name.trim().to_owned(), value.to_owned());
                }
                _ => {}
            }
        }
        Reply { status: head.lines().next().unwrap().to_owned(), location, page: page.to_owned() }
    }

    fn get(&mut self, path: &str) -> Reply {
        self.ask(&format!("GET {path}"), "text/plain", "")
    }
}

/// The text of an element with an id.
fn text_of<'p>(page: &'p str, id: &str) -> &'p str {
    let after = page.split(&format!("id=\"{id}\"")).nth(1).unwrap_or_default();
    assert!(!after.is_empty(), "no {id} in {page}");
    after.split('>').nth(1).unwrap().split('<').next().unwrap().trim()
}

/// Signs in, opens a household, complains without a name with a file, follows it up.
fn complain(folder: &Path, database: &str) {
    let runtime = Runtime::new().unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_guichet"))
        .args(["demo", "--households", "40", "--seed", "5", "--database", database, "--keys", "keys"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let log = folder.join("log");
    let words =
        ["serve", "--listen", "127.0.0.1:0", "--site", "nowhere", "--keys", "keys", "--database", database];
    let (service, at) = Process::start(&words, folder, "debug", Stdio::from(File::create(&log).unwrap()));
    let (address, keys) = (database.parse().unwrap(), folder.join("keys"));
    let opened = Casework::open(&address, Some(&keys), Arc::new(SystemClock::default()));
    let casework = runtime.block_on(opened).unwrap().acting(&Actor::system());

    let mut officer = Browser { at, cookies: BTreeMap::new() };
    let form = "application/x-www-form-urlencoded";
    let signed = officer.ask("POST /sign-in", form, &format!("login=counter&password={PASSWORD}"));
    assert!(
        signed.status.contains("303") && !officer.cookies.is_empty(),
        "{}: {}",
        signed.status,
        signed.page
    );
    let (household, symbols): (Uuid, String) = runtime
        .block_on(
            casework.db.one("SELECT household_id, reference FROM household WHERE office = 'OFF-01'", args![]),
        )
        .unwrap()
        .unwrap();
    assert!(officer.get(&format!("/households/{household}")).status.contains("200"));
    let staff: Uuid = runtime
        .block_on(casework.db.value("SELECT id FROM staff WHERE login = 'counter'", args![]))
        .unwrap()
        .unwrap();
    let page = officer.get("/complain").page;
    let own_form = page.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();

    let mut needles = vec![
        staff.to_string(),
        hex(staff.as_bytes()),
        household.to_string(),
        hex(household.as_bytes()),
        symbols,
        "Zebulon".to_owned(),
        hex(b"Zebulon"),
    ];
    needles.extend(officer.cookies.values().filter(|value| value.len() > 8).cloned());
    let search = |needles: &[String]| runtime.block_on(holding(&casework, needles));
    // The worker of a service that has just begun still finds something to do.
    let mut before = search(&needles);
    for _ in 0..60 {
        std::thread::sleep(std::time::Duration::from_secs(1));
        let again = search(&needles);
        if again == before {
            break;
        }
        before = again;
    }
    assert!(before.len() > 3, "the search finds the officer and the household: {before:?}");
    let logged = std::fs::read_to_string(&log).unwrap().len();

    let told = "Nothing came since the rains.";
    let mut body = String::new();
    for (name, value) in [
        ("form", own_form.as_str()),
        ("category", "service_quality"),
        ("what", told),
        ("office", "OFF-01"),
        ("identity", "anonymous"),
        ("name", "Zebulon Typed"),
        ("phone", "+257 79 555 777"),
    ] {
        let _ = write!(body, "--seam\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body.push_str(
        "--seam\r\nContent-Disposition: form-data; name=\"files\"; filename=\"Zebulon.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n%PDF-1.4\n%%EOF\n\r\n--seam--\r\n",
    );
    let sent = officer.ask("POST /complain", "multipart/form-data; boundary=seam", &body);
    assert!(sent.status.contains("200"), "{} {}: {}", sent.status, sent.location, sent.page);
    let (code, pin) = (text_of(&sent.page, "code").to_owned(), text_of(&sent.page, "pin").to_owned());
    assert_eq!(search(&needles), before, "something of the person is kept");
    let kept: Option<i64> = runtime
        .block_on(casework.db.value("SELECT COUNT(*) FROM complaint WHERE identity = 'anonymous'", args![]))
        .unwrap();
    assert_eq!(kept, Some(1));

    // Nor does whoever follows it up leave anything, from the same browser.
    let entered = officer.ask("POST /complain/status", form, &format!("act=enter&code={code}&pin={pin}"));
    assert!(entered.status.contains("303"), "{}: {}", entered.status, entered.page);
    let status = officer.get("/complain/status");
    assert!(status.page.contains(&code), "{}: {}", status.status, status.page);
    assert_eq!(search(&needles), before, "something of the person is kept");

    service.kill();
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.is_empty(), "the service logs");
    let since = &text[logged..];
    let flat: String = code.chars().filter(char::is_ascii_alphanumeric).skip(2).collect();
    let others = [told.to_owned(), code, flat, pin, "79 555 777".into(), "counter".into()];
    for needle in needles.iter().chain(&others) {
        assert!(!since.contains(needle.as_str()), "the log tells {needle}: {since}");
    }
    runtime.block_on(casework.db.close());
}

#[test]
fn a_complaint_without_a_name_leads_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    complain(folder.path(), &format!("sqlite://{}", folder.path().join("guichet.db").display()));
}

#[test]
fn nor_does_it_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let url = runtime.block_on(casework::test_support::empty_database());
    complain(folder.path(), &url);
    runtime.block_on(casework::test_support::drop_database(&url));
}

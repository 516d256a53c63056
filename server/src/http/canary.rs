//! A household with names and numbers that stand nowhere else goes the whole way through the pages; then they are looked for
//! where they must not be (OWASP ASVS 5.0, 14.2.1, 16.2.5): log lines, addresses, pages of errors, pages of people who may
//! not see them, and in the bytes of the database whatever is sealed.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::Router;
use casework::letters;
use casework::test_support::small::{POOR, assess, load_small_pack};
use casework::test_support::{OFFICE, OTHER_OFFICE, World, counter_officer};
use casework::tracking::{self, Knock, Limits, Opened};
use domain::role::{Role, Scope};

use super::host::Reach;
use super::visitor::{PHRASE, Reply, Visitor, filled, routes, service};

/// Names, directions, and what is written of a family that is never registered.
const NAMES: [&str; 5] = ["zyxquilla", "vorbexton", "zebrawood", "quibblewick", "draftonia"];
/// What nobody reads without a key: an identifier, a telephone's own digits, what stands in a draft, a password.
const SEALED: [&str; 6] = ["zq7719330417", "98812663", "zq5550001234", "98700441", "quibblewick", PHRASE];

fn found<'a>(text: &str, canaries: &[&'a str]) -> Vec<&'a str> {
    let text = text.to_lowercase();
    canaries.iter().filter(|canary| text.contains(**canary)).copied().collect()
}

fn any(text: &str) -> Vec<&'static str> {
    [found(text, &NAMES), found(text, &SEALED)].concat()
}

/// Keeps the log lines that hold a canary, and counts all.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<(usize, Vec<String>)>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let mut kept = self.0.lock().unwrap();
        kept.0 += 1;
        if !any(&text).is_empty() {
            kept.1.push(text.into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A browser whose every answer is looked at.
struct Watched {
    visitor: Visitor,
    /// May see the family.
    may_see: bool,
    leaks: Vec<String>,
}

impl Watched {
    fn new(visitor: Visitor, may_see: bool) -> Self {
        Self { visitor, may_see, leaks: Vec::new() }
    }

    async fn get(&mut self, path: &str) -> Reply {
        let reply = self.visitor.get(path).await;
        self.look("GET", path, reply, "")
    }

    async fn post(&mut self, path: &str, typed: &[(&str, &str)]) -> Reply {
        let reply = self.visitor.post(path, typed).await;
        let own: Vec<&str> = typed.iter().map(|(_, value)| *value).collect();
        self.look("POST", path, reply, &own.join(" "))
    }

    /// What one typed oneself may come back on the page, and in an address only what stood in the address.
    fn look(&mut self, method: &str, path: &str, reply: Reply, typed: &str) -> Reply {
        let is_error = reply.status.as_u16() >= 400 && reply.status != 422;
        let in_page = if self.may_see && !is_error { Vec::new() } else { any(&reply.body) };
        let (asked, own) = (any(path), any(&format!("{path} {typed}")));
        let in_headers =
            any(&format!("{:?}", reply.headers)).into_iter().filter(|canary| !asked.contains(canary));
        for canary in in_page.into_iter().filter(|canary| !own.contains(canary)).chain(in_headers) {
            self.leaks.push(format!("{method} {path} ({}) tells {canary}", reply.status));
        }
        reply
    }

    /// Sends a step of a registration on the version that its page holds.
    async fn step(&mut self, address: &str, typed: &[(&str, &str)]) -> String {
        let version = self.get(address).await.between(r#"name="version" value=""#, "\"");
        let reply = self.post(address, &[typed, &[("version", version.as_str())]].concat()).await;
        assert_eq!(reply.status, 303, "{address}: {}", reply.body);
        reply.header("location").to_owned()
    }
}

const SEARCHES: [&[(&str, &str)]; 4] = [
    &[("name", "Zyxquilla Vorbexton"), ("birth_year", "1980")],
    &[("identifier", "ZQ-7719-330417")],
    &[("phone", "0798812663")],
    &[("name", "Zyxquilla"), ("birth_day", "99"), ("birth_month", "1"), ("birth_year", "1980")],
];

/// Begins a registration; gives the address of its first page without the step.
async fn begun(officer: &mut Watched, searched: &[(&str, &str)]) -> String {
    let reply = officer.post("/households/new", searched).await;
    reply.header("location").trim_end_matches("/contact").to_owned()
}

/// Registers the family through the pages: address of the file, reference and PIN.
async fn registered(officer: &mut Watched) -> (String, String, String) {
    let draft = begun(officer, SEARCHES[0]).await;
    let contact = [
        ("area", "P01-C1"),
        ("directions", "Behind the zebrawood kiosk"),
        ("phone", "0798812663"),
        ("language", "fr"),
        ("go", "next"),
    ];
    officer.step(&format!("{draft}/contact"), &contact).await;
    let head = [
        ("member-0-given", "Zyxquilla"),
        ("member-0-family", "Vorbexton"),
        ("member-0-sex", "female"),
        ("member-0-birth_year", "1980"),
        ("member-0-relation", "head"),
        ("member-0-id_uin", "ZQ-7719-330417"),
        ("go", "next"),
    ];
    let consent = officer.step(&format!("{draft}/member-1"), &head).await;
    let words = officer.get(&consent).await.between(r#"name="consent_words" value=""#, "\"");
    let agreed = [
        ("consent_agency", "msp"),
        ("consent_agency", "labour"),
        ("consent_by", "0"),
        ("consent_how", "signed"),
        ("consent_words", words.as_str()),
        ("go", "next"),
    ];
    let check = officer.step(&consent, &agreed).await;
    let version = officer.get(&check).await.between(r#"name="version" value=""#, "\"");
    let done = officer.post(&check, &[("version", &version), ("go", "register")]).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let of = |before| done.between(before, "</bdi>");
    let reference = of("<strong><bdi>");
    let pin = done.body.rsplit(r#"<bdi class="app-reference">"#).next().unwrap().split('<').next().unwrap();
    let household = draft.rsplit('/').next().unwrap().to_owned();
    (household, reference, pin.to_owned())
}

/// Everybody who may not see the family.
async fn others(app: &Router, world: &World) -> Vec<Watched> {
    let mut others = vec![Visitor::new(app)];
    let people = [
        ("elsewhere", Role::CounterOfficer, Scope::Office(OTHER_OFFICE.into())),
        ("boss.elsewhere", Role::Supervisor, Scope::Office(OTHER_OFFICE.into())),
        // Not the one that the family is referred to.
        ("provider", Role::ProviderOfficer, Scope::Provider("PRV-02".into())),
        ("policy", Role::PolicyOfficer, Scope::National),
        ("tribunal", Role::TribunalMember, Scope::National),
        ("admin", Role::Administrator, Scope::National),
    ];
    for (login, role, scope) in people {
        others.push(Visitor::with_role(app, world, login, role, scope).await);
    }
    others.into_iter().map(|visitor| Watched::new(visitor, false)).collect()
}

#[tokio::test]
async fn what_is_planted_is_found_only_where_it_belongs() {
    let log = Log::default();
    let writer = log.clone();
    // At TRACE the libraries beneath us write down what anybody types into an address: not what a service runs with.
    let lines = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // For the whole process: the database writes its lines on threads of its own.
    tracing::subscriber::set_global_default(lines).unwrap();

    let world = World::sqlite().await;
    load_small_pack(&world).await;
    let app = service(&world, &Reach::Loopback);
    let here = Scope::Office(OFFICE.into());
    let officer = Visitor::with_role(&app, &world, "officer", Role::CounterOfficer, here.clone()).await;
    let mut officer = Watched::new(officer, true);
    for search in SEARCHES {
        officer.post("/search", search).await;
    }
    let (household, reference, pin) = registered(&mut officer).await;
    // Another registration is begun and left, and the same family comes a second time.
    let left =
        begun(&mut officer, &[("name", "Draftonia Quibblewick"), ("identifier", "ZQ-5550-001234")]).await;
    officer.step(&format!("{left}/contact"), &[("phone", "0798700441"), ("go", "later")]).await;
    let twice = begun(&mut officer, SEARCHES[1]).await;
    officer.get(&format!("{twice}/check")).await;

    let id = household.parse().unwrap();
    let assessment = assess(&world, id, POOR).await;
    letters::read(&world, &counter_officer(), id, assessment, "fr").await.unwrap();
    for (pin, expected) in [("00000000", false), (pin.as_str(), true)] {
        let knock = Knock {
            reference: reference.clone(),
            born: [String::new(), String::new(), "1980".into()],
            pin: pin.to_owned(),
            address: "192.0.2.1".into(),
            kiosk: false,
        };
        let opened = tracking::open(&world, &knock, Limits::PUBLIC).await.unwrap();
        assert_eq!(matches!(opened, Opened::In(_)), expected, "{opened:?}");
    }

    // Pages of everybody, with the ids of this family and with what one might type into an address.
    let assessment = assessment.to_string();
    let known = [("household", household.as_str()), ("assessment", assessment.as_str()), ("group", "income")];
    let supervisor = Visitor::with_role(&app, &world, "boss", Role::Supervisor, here).await;
    let mut everybody = others(&app, &world).await;
    everybody.extend([Watched::new(supervisor, true), officer]);
    let mut shown = 0;
    for person in &mut everybody {
        for path in routes(&app).iter().filter(|path| !path.contains("sign-out")) {
            let reply = person.get(&filled(path, &known)).await;
            shown += usize::from(!any(&reply.body).is_empty());
        }
        for search in SEARCHES {
            let reply = person.post("/search", search).await;
            shown += found(&reply.body, &["vorbexton"]).len();
        }
        for path in
            ["/households/new/zyxquilla/contact", "/households/zyxquilla", "/nowhere/vorbexton?of=zebrawood"]
        {
            let reply = person.get(path).await;
            assert!(reply.status.as_u16() >= 300, "{path}: {}", reply.status);
        }
        person.post("/sign-in", &[("login", "zyxquilla"), ("password", "vorbexton zebrawood")]).await;
    }
    assert!(shown > 0, "nobody saw the family: this looks for nothing");

    // A fault of ours in the middle of a search.
    world.write(async |tx| tx.run("DROP TABLE person_word", vec![]).await.map(drop)).await.unwrap();
    let broken = everybody.last_mut().unwrap().post("/search", SEARCHES[0]).await;
    assert_eq!(broken.status, 500, "{}", broken.body);

    let leaks: Vec<String> = everybody.into_iter().flat_map(|person| person.leaks).collect();
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
    // Out of the lock: what fails here must not fail every test that logs.
    let (lines, telling) = std::mem::take(&mut *log.0.lock().unwrap());
    assert!(lines > 100, "only {lines} log lines were looked at");
    assert!(telling.is_empty(), "{} log lines tell: {}", telling.len(), telling.join(""));
    at_rest(&world).await;
}

/// What lies on the disk: the file, its write-ahead log, and the journal as it is read.
async fn at_rest(world: &World) {
    let journal: Vec<(String, String)> =
        world.db.all("SELECT kind, detail FROM journal", vec![]).await.unwrap();
    assert!(journal.iter().any(|(kind, _)| kind == "household.registered"), "{journal:?}");
    for (kind, detail) in &journal {
        assert!(any(detail).is_empty(), "the journal tells in {kind}: {detail}");
    }
    let mut files = 0;
    for entry in std::fs::read_dir(world.folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let plain = found(&text, &SEALED);
        assert!(plain.is_empty(), "{} holds {plain:?} in plain text", path.display());
        files += usize::from(!found(&text, &["vorbexton"]).is_empty());
    }
    assert!(files > 0, "names are kept as they are, to be searched: this looks at the wrong files");
}

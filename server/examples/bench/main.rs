//! `make bench`: what a decision and a page cost, with medians over rounds.
//!
//! The service runs as it is shipped (`guichet serve`), the bare handler as a process of its own that answers the same
//! question of the same database with nothing around it; their rounds alternate, so that both meet the same machine.
//! To measure one more page: a line in [`pages`] and a route in `bare`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a measurement that cannot be made must stop")]

mod bare;
mod client;
mod decision;
mod drafts;
mod figures;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use figures::Figures;

/// In the database, unless `BENCH_HOUSEHOLDS` says otherwise.
const HOUSEHOLDS: &str = "10000";
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);
const CONNECTIONS: usize = 8;

const WARM: Duration = Duration::from_secs(1);
/// Registrations in a round.
const REGISTRATIONS: usize = 200;
/// Who reads and registers.
const LOGIN: &str = "counter";

/// Households that are opened and searched for, one after the other.
const KNOWN: i64 = 500;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let words: Vec<String> = std::env::args().collect();
    match words.get(1).map(String::as_str) {
        Some("bare") => runtime.block_on(bare::serve(&words[2])),
        Some(other) => panic!("{other}: there is nothing to say to the bench"),
        None => runtime.block_on(measure()),
    }
}

async fn measure() {
    decision::measure(ROUNDS);
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("bench.db").display());
    let guichet = std::env::var("GUICHET_BIN").unwrap_or_else(|_| beside("guichet"));
    let households = std::env::var("BENCH_HOUSEHOLDS").unwrap_or_else(|_| HOUSEHOLDS.to_owned());
    let began = Instant::now();
    let made = Command::new(&guichet)
        .args(["demo", "--database", &database, "--households", &households])
        .stdout(Stdio::null())
        .status();
    assert!(made.unwrap().success(), "the demo database is not made");
    println!("a demo database of {households} households: {:.1} s", began.elapsed().as_secs_f64());
    let service = start(Command::new(&guichet).env("GUICHET_LOG", "warn").args([
        "serve",
        "--database",
        &database,
        "--listen",
        "127.0.0.1:0",
    ]));
    let own = std::env::current_exe().unwrap();
    let bare = start(Command::new(own).args(["bare", &database]));
    let cookie = client::sign_in(&service.address, LOGIN).await;
    let casework = drafts::open(&database).await;
    println!("load of the machine before: {}", load());
    for (name, asked) in pages(&casework).await {
        let asked = Arc::new(asked);
        let read = async |server: &Running, time: Duration| {
            let end = Instant::now() + time;
            let (address, cookie, asked) = (server.address.clone(), cookie.clone(), asked.clone());
            let next = move |number: usize| {
                let (path, form) = &asked[number % asked.len()];
                (Instant::now() < end).then(|| client::request(&address, &cookie, path, form.as_deref()))
            };
            Figures::of(client::drive(&server.address, CONNECTIONS, next).await)
        };
        read(&service, WARM).await;
        read(&bare, WARM).await;
        let mut rounds = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            rounds.0.push(read(&service, ROUND).await);
            rounds.1.push(read(&bare, ROUND).await);
        }
        report(name, &rounds);
    }
    let mut rounds = (Vec::new(), Vec::new());
    for round in 0..ROUNDS * 2 {
        let ids = drafts::make(&casework, LOGIN, round, REGISTRATIONS).await;
        let server = if round % 2 == 0 { &service } else { &bare };
        let (address, cookie) = (server.address.clone(), cookie.clone());
        let form = format!("go=register&version=1&distinct={}", drafts::REASON.replace(' ', "+"));
        let next = move |number: usize| {
            let path = format!("/households/new/{}/check", ids.get(number)?);
            Some(client::request(&address, &cookie, &path, Some(&form)))
        };
        let figures = Figures::of(client::drive(&server.address, CONNECTIONS, next).await);
        if round % 2 == 0 { rounds.0.push(figures) } else { rounds.1.push(figures) }
    }
    report("a registration (the last page: three people are saved)", &rounds);
    println!("load of the machine after: {}", load());
}

/// An address and, where it is sent to, the form.
type Asked = (String, Option<String>);

/// What is read: each page's name, and what is asked in turn.
async fn pages(casework: &casework::Casework) -> Vec<(&'static str, Vec<Asked>)> {
    let known = drafts::known(casework, KNOWN).await;
    let files = known.iter().map(|(id, ..)| (format!("/households/{id}"), None)).collect();
    let search = |(_, word, year): &(_, String, i64)| {
        ("/search".to_owned(), Some(format!("name={word}&birth_year={year}")))
    };
    vec![
        ("a page read (own account)", vec![("/account".to_owned(), None)]),
        ("a household's file, opened", files),
        ("a search by a name and a year of birth", known.iter().map(search).collect()),
    ]
}

/// How busy the machine is with others: over one, five and fifteen minutes.
fn load() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .split(' ')
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

fn report(name: &str, rounds: &(Vec<Figures>, Vec<Figures>)) {
    let (service, bare) = (figures::median(&rounds.0), figures::median(&rounds.1));
    println!("{name}, {CONNECTIONS} connections, medians of {ROUNDS} rounds");
    println!("  guichet       {service}");
    println!("  bare handler  {bare}");
    println!(
        "  ratio         {:.2} of its requests, p99 {:.2} times",
        service.per_second / bare.per_second,
        service.p99 / bare.p99
    );
}

/// A server that ends with this value.
struct Running {
    child: Child,
    address: String,
    /// Open as long as it runs: it says more than its address.
    _said: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a server and reads its address from the first line it prints.
fn start(command: &mut Command) -> Running {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    let address = line.trim().rsplit_once("http://").unwrap().1.to_owned();
    Running { child, address, _said: said }
}

/// The program built beside this one.
fn beside(name: &str) -> String {
    let own = std::env::current_exe().unwrap();
    let folder = own.parent().and_then(Path::parent).unwrap();
    folder.join(name).to_str().unwrap().to_owned()
}

//! `make bench`: what a decision and a page cost, with medians over rounds.
//!
//! The service runs as it is shipped (`guichet serve`), the bare handler as a process of its own that answers the same
//! question of the same database with nothing around it; their rounds alternate, so that both meet the same machine.
//! To measure one more page: a line in `PAGES` and a route in `bare`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a measurement that cannot be made must stop")]

mod bare;
mod client;
mod decision;
mod figures;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use client::{Load, Target};
use figures::Figures;

const HOUSEHOLDS: &str = "10000";
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);
const CONNECTIONS: usize = 8;

/// What is read: its name, its address, who reads it.
const PAGES: &[(&str, &str, &str)] = &[("a page read (own account)", "/account", "counter")];

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
    let began = std::time::Instant::now();
    let made = Command::new(&guichet)
        .args(["demo", "--database", &database, "--households", HOUSEHOLDS])
        .stdout(Stdio::null())
        .status();
    assert!(made.unwrap().success(), "the demo database is not made");
    println!("a demo database of {HOUSEHOLDS} households: {:.1} s", began.elapsed().as_secs_f64());
    let service = start(Command::new(&guichet).env("GUICHET_LOG", "warn").args([
        "serve",
        "--database",
        &database,
        "--listen",
        "127.0.0.1:0",
    ]));
    let own = std::env::current_exe().unwrap();
    let bare = start(Command::new(own).args(["bare", &database]));
    for (name, path, login) in PAGES {
        let cookie = client::sign_in(&service.address, login).await;
        let ours = Target { address: service.address.clone(), path: (*path).into(), cookie: cookie.clone() };
        let other = Target { address: bare.address.clone(), path: (*path).into(), cookie };
        let (mut service_rounds, mut bare_rounds) = (Vec::new(), Vec::new());
        let load = Load { connections: CONNECTIONS, time: ROUND };
        client::load(&ours, &Load { time: Duration::from_secs(1), ..load }).await;
        client::load(&other, &Load { time: Duration::from_secs(1), ..load }).await;
        for _ in 0..ROUNDS {
            service_rounds.push(Figures::of(client::load(&ours, &load).await, ROUND));
            bare_rounds.push(Figures::of(client::load(&other, &load).await, ROUND));
        }
        let (service, bare) = (figures::median(&service_rounds), figures::median(&bare_rounds));
        println!("{name}, {CONNECTIONS} connections, median of {ROUNDS} rounds of {} s", ROUND.as_secs());
        println!("  guichet       {service}");
        println!("  bare handler  {bare}");
        println!(
            "  ratio         {:.2} of its requests, p99 {:.2} times",
            service.per_second / bare.per_second,
            service.p99 / bare.p99
        );
    }
}

/// A server that ends with this value.
struct Running {
    child: Child,
    address: String,
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
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit_once("http://").unwrap().1.to_owned();
    Running { child, address }
}

/// The program built beside this one.
fn beside(name: &str) -> String {
    let own = std::env::current_exe().unwrap();
    let folder = own.parent().and_then(Path::parent).unwrap();
    folder.join(name).to_str().unwrap().to_owned()
}

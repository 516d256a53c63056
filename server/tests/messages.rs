//! Messages and servers that die: whenever a server is killed while it sends, no message is lost and none is sent twice. With
//! real processes: the service, and the gateway for development.
#![expect(clippy::unwrap_used, reason = "a test that meets something unexpected must fail")]

mod process;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use casework::notices::{Address, Notice, put_to};
use casework::subject::Subject;
use casework::time::SystemClock;
use casework::{Actor, Casework, args};
use domain::ids::HouseholdId;
use domain::notice::Kind;
use domain::phone::Phone;
use process::Process;
use serde_json::Value;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// One request of HTTP/1.0; the body of the answer.
fn ask(at: &str, request: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    let kind = "application/x-www-form-urlencoded";
    let head = format!(
        "{request} HTTP/1.0\r\nHost: {at}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(90), "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A command beside the test, which logs what is wrong with it.
fn start(words: &[&str], folder: &Path) -> (Process, String) {
    Process::start(words, folder, "warn", Stdio::inherit())
}

struct Story {
    runtime: Runtime,
    casework: Casework,
    folder: PathBuf,
    database: String,
    _gateway: Process,
    gateway: String,
}

impl Story {
    fn begin(folder: &Path, database: String) -> Self {
        let done = Command::new(env!("CARGO_BIN_EXE_guichet"))
            .args(["demo", "--households", "0", "--database", &database, "--keys", "keys"])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let (process, gateway) = start(&["gateway", "--listen", "127.0.0.1:0"], folder);
        // A server keeps what it took for three seconds, no longer than it waits for the gateway.
        let settings = format!(
            "[sms]\nurl = \"http://{gateway}/messages\"\nheaders = {{ Content-Type = \"application/json\" }}\n\
             body = '{{\"to\":\"{{to}}\",\"text\":\"{{text}}\",\"key\":\"{{key}}\"}}'\nreference = \"id\"\n\
             timeout_seconds = 3\nmargin_seconds = 0\n"
        );
        std::fs::write(folder.join("messages.toml"), settings).unwrap();
        let runtime = Runtime::new().unwrap();
        let address = database.parse().unwrap();
        let keys = folder.join("keys");
        let opened = Casework::open(&address, Some(&keys), Arc::new(SystemClock::default()));
        let casework = runtime.block_on(opened).unwrap().acting(&Actor::system());
        Self { runtime, casework, folder: folder.to_owned(), database, _gateway: process, gateway }
    }

    fn serve(&self) -> Process {
        let words = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--messages",
            "messages.toml",
            "--site",
            "nowhere",
            "--keys",
            "keys",
            "--database",
            &self.database,
        ];
        start(&words, &self.folder).0
    }

    /// Has something told; answers go at any hour.
    fn tell(&self, count: u128) {
        let keys = self.casework.keys.clone();
        let written = self.casework.write(async move |tx| {
            for _ in 0..count {
                let to = Address {
                    phone: Phone::parse("+25779123456").ok(),
                    email: None,
                    language: "en".into(),
                    office: "OFF-01".into(),
                };
                let about = Subject::new("test", tx.new_id::<Uuid>());
                let notice = Notice::new(Kind::Status, about).part("received");
                put_to(tx, &keys, HouseholdId::new(Uuid::nil()), notice, to).await?;
            }
            Ok(())
        });
        self.runtime.block_on(written).unwrap();
    }

    fn mode(&self, mode: &str) {
        ask(&self.gateway, "POST /mode", &format!("mode={mode}"));
    }

    fn got(&self) -> Value {
        serde_json::from_str(&ask(&self.gateway, "GET /messages", "")).unwrap()
    }

    fn requests(&self) -> u64 {
        self.got()["requests"].as_u64().unwrap()
    }

    /// How often each message that the gateway has was handed to it.
    fn handed(&self) -> Vec<u64> {
        let got = self.got();
        got["messages"].as_array().unwrap().iter().map(|one| one["handed"].as_u64().unwrap()).collect()
    }

    fn in_state(&self, state: &'static str) -> i64 {
        let count = "SELECT COUNT(*) FROM notice WHERE state = $1";
        self.runtime.block_on(self.casework.db.value::<i64>(count, args![state])).unwrap().unwrap()
    }

    fn end(self) {
        self.runtime.block_on(self.casework.db.close());
    }
}

/// Between any two steps of sending: taken, handed over, recorded.
fn killed_between_any_two_steps(story: &Story, servers: usize) {
    // Nobody was there yet.
    story.tell(1);
    // Taken, and not with the gateway: it heard the request and kept nothing.
    story.mode("stall");
    let running: Vec<Process> = (0..servers).map(|_| story.serve()).collect();
    until("it is being handed over", || story.requests() == 1);
    assert_eq!(story.in_state("sending"), 1);
    running.into_iter().for_each(Process::kill);
    assert_eq!(story.handed(), Vec::<u64>::new());

    // With the gateway, and not recorded.
    story.mode("take-and-stall");
    let running: Vec<Process> = (0..servers).map(|_| story.serve()).collect();
    until("the gateway has it", || story.handed() == [1]);
    running.into_iter().for_each(Process::kill);
    assert_eq!((story.in_state("sending"), story.in_state("sent")), (1, 0));

    // Recorded: handed over once more under the same key, and sent once.
    story.mode("take");
    let running: Vec<Process> = (0..servers).map(|_| story.serve()).collect();
    until("it is recorded", || story.in_state("sent") == 1);
    assert_eq!(story.handed(), [2], "one message, handed over twice");
    running.into_iter().for_each(Process::kill);

    // And after that it is left alone, while new ones go on.
    let running: Vec<Process> = (0..servers).map(|_| story.serve()).collect();
    story.tell(3);
    until("the next are recorded", || story.in_state("sent") == 4);
    assert_eq!(story.handed(), [2, 1, 1, 1]);
    running.into_iter().for_each(Process::kill);
}

/// At whatever moment: servers are killed again and again while a heap of messages goes out.
fn killed_at_any_moment(story: &Story, servers: usize) {
    let before = story.handed().len();
    story.tell(60);
    for round in 0..6_u64 {
        let running: Vec<Process> = (0..servers).map(|_| story.serve()).collect();
        std::thread::sleep(Duration::from_millis(5 + round * 37));
        running.into_iter().for_each(Process::kill);
    }
    let running: Vec<Process> = (0..servers).map(|_| story.serve()).collect();
    let all = i64::try_from(before).unwrap() + 60;
    until("all are recorded", || story.in_state("sent") == all);
    assert_eq!(story.handed().len(), before + 60, "none lost, none twice");
    running.into_iter().for_each(Process::kill);
}

#[test]
fn no_message_is_lost_or_sent_twice_when_a_server_dies() {
    let folder = tempfile::tempdir().unwrap();
    let story =
        Story::begin(folder.path(), format!("sqlite://{}", folder.path().join("guichet.db").display()));
    killed_between_any_two_steps(&story, 1);
    killed_at_any_moment(&story, 1);
    story.end();
}

#[test]
fn no_message_is_lost_or_sent_twice_when_two_servers_die() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let url = runtime.block_on(casework::test_support::empty_database());
    let story = Story::begin(folder.path(), url.clone());
    killed_between_any_two_steps(&story, 2);
    killed_at_any_moment(&story, 2);
    story.end();
    runtime.block_on(casework::test_support::drop_database(&url));
}

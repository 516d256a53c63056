//! A service that runs beside a test, as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A process that is killed when the story ends, however it ends.
pub struct Process(Child);

impl Process {
    /// Starts a command and waits for its first line, which says where it is; with as much of its log as this says.
    pub fn start(words: &[&str], folder: &Path, log: &str, into: Stdio) -> (Self, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_guichet"))
            .args(words)
            .current_dir(folder)
            .env("GUICHET_LOG", log)
            .env_remove("GUICHET_MESSAGES")
            .env_remove("GUICHET_SMS_SECRET")
            .stdout(Stdio::piped())
            .stderr(into)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let at = line.split("http://").nth(1).unwrap_or_default();
        assert!(!at.is_empty(), "{words:?} said: {line}");
        let at = at.trim_end().split([';', ' ', '/']).next().unwrap().to_owned();
        (Self(child), at)
    }

    /// As `kill -9` does.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

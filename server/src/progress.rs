//! Progress on stderr, only where somebody watches; results go to stdout, always.

use std::io::{IsTerminal as _, Write as _};

use serde::Serialize;

use crate::failure::{Failure, Outcome};

/// One line of progress that replaces the one before. Silent when stderr is not a terminal.
pub fn progress(line: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // A terminal that went away is no reason to stop.
        let _ = write!(stderr, "\r\x1b[2K{line}").and_then(|()| stderr.flush());
    }
}

/// Clears the line of progress.
pub fn done() {
    progress("");
}

/// Prints a result as indented JSON.
pub fn print(result: &impl Serialize) -> Outcome {
    let mut text = serde_json::to_string_pretty(result).map_err(Failure::failed)?;
    text.push('\n');
    std::io::stdout().write_all(text.as_bytes()).map_err(|cause| Failure::failed(format!("stdout: {cause}")))
}

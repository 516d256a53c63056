//! How a command ends when it does not end well: one line on stderr, and 1 (failed) or 2 (bad use).

use std::fmt;

/// One line that says what is wrong and what to do.
#[derive(Debug)]
pub struct Failure {
    line: String,
    /// Exit status: 1 failed, 2 bad use.
    pub status: u8,
}

/// What a command gives back.
pub type Outcome = Result<(), Failure>;

impl Failure {
    /// The work could not be done.
    pub fn failed(line: impl fmt::Display) -> Self {
        Self { line: line.to_string(), status: 1 }
    }

    /// What was typed makes no sense.
    pub fn bad_use(line: impl fmt::Display) -> Self {
        Self { line: line.to_string(), status: 2 }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl From<casework::Error> for Failure {
    fn from(error: casework::Error) -> Self {
        Self::failed(error)
    }
}

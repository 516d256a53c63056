//! The `guichet` binary: the command line and the HTTP assembly around `app`.
//!
//! `cli` says what can be typed, `commands/` does it, `http/` lies around the pages. Exit status: 0 done, 1 failed,
//! 2 bad use; a failure is one line on stderr.

mod cli;
mod commands;
mod embedded;
mod failure;
mod http;
mod messages;
mod progress;
mod worker;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let filter =
        EnvFilter::try_from_env("GUICHET_LOG").unwrap_or_else(|_| EnvFilter::new("warn,guichet=info"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| failure::Failure::failed(format!("cannot start threads: {cause}")))
        .and_then(|runtime| runtime.block_on(commands::run(cli)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            progress::done();
            eprintln!("guichet: {failure}");
            ExitCode::from(failure.status)
        }
    }
}

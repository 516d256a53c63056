//! `guichet serve`: opens the database, assembles the pages, and answers until it is told to stop.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use app::edge::Site;
use app::shell::Settings;
use casework::demo::accounts::{ACCOUNTS, PASSWORD};
use casework::meta;
use tokio::net::TcpListener;

use super::{open, tell_of_policies};
use crate::cli::{Place, Serve};
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::http::assemble;
use crate::http::assets::Assets;
use crate::http::host::Reach;
use crate::messages::Messages;
use crate::worker;

/// How long answers under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);

pub async fn run(place: &Place, how: Serve) -> Outcome {
    let reach = reach(&how)?;
    let Messages { carriers, hooks } = Messages::read(how.messages.as_deref())?;
    // The address first: if it is taken, nothing else has happened yet.
    let listener = TcpListener::bind(how.listen).await.map_err(|cause| match cause.kind() {
        std::io::ErrorKind::AddrInUse => Failure::failed(format!(
            "{} is taken by another program: stop it, or choose another with --listen",
            how.listen
        )),
        _ => Failure::failed(format!("{}: {cause}", how.listen)),
    })?;
    let casework = open(place).await?;
    tell_of_policies(&casework).await?;
    let demo = meta::is_demo(&casework.db).await?;
    if demo
        && !how.demo_accounts_beyond_loopback
        && (reach != Reach::Loopback || !how.listen.ip().is_loopback())
    {
        return Err(Failure::bad_use(
            "this database has demo accounts, whose passwords are public: it is served to this machine only, unless you say --demo-accounts-beyond-loopback",
        ));
    }
    let assets = Assets::load(embedded::STYLE, Some(&how.site))
        .map_err(|cause| Failure::failed(format!("{}: {cause}", how.site.display())))?;
    tracing::info!(site = assets.version(), islands = assets.has_islands(), "starting");
    let settings = Settings {
        site: Site { version: assets.version().to_owned(), islands: assets.has_islands() },
        demo,
        secure_cookies: reach.is_https(),
        texts: carriers.sms.is_some(),
        address: match &reach {
            Reach::Https { authority } => Some(format!("https://{authority}")),
            Reach::Loopback | Reach::Lab => None,
        },
    };
    let app = assemble(&casework, settings, assets, &reach, hooks);
    let worker = tokio::spawn(worker::run(casework.clone(), carriers));
    let at = listener.local_addr().unwrap_or(how.listen);
    announce(
        &match &reach {
            Reach::Https { authority } => format!("https://{authority} (listening on {at})"),
            Reach::Loopback | Reach::Lab => format!("http://{at}"),
        },
        demo,
    );
    let (told, stop) = tokio::sync::watch::channel(());
    let server = tokio::spawn(async move {
        axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(async move {
                let mut stop = stop;
                let _ = stop.changed().await;
            })
            .await
    });
    interrupted().await;
    drop(told);
    worker.abort();
    let _ = tokio::time::timeout(GRACE, server).await;
    casework.db.close().await;
    Ok(())
}

/// Says where the service is and, of a demo, who can sign in.
fn announce(address: &str, demo: bool) {
    let mut said = format!("Guichet is at {address}\n");
    if demo {
        let _ = writeln!(said, "Demo accounts, all with the password {PASSWORD}");
        for account in ACCOUNTS {
            let _ = writeln!(said, "  {:<12} {:<18} {}", account.login, account.role.code(), account.name);
        }
    }
    said.push_str("Ctrl-C stops it.\n");
    // Who started it may have stopped listening after the first line; the service goes on.
    let _ = std::io::stdout().write_all(said.as_bytes());
}

/// How the service is reached, from what was typed; refuses what would send passwords over a network in the open.
fn reach(how: &Serve) -> Result<Reach, Failure> {
    match (&how.public_url, how.plain_http) {
        (Some(authority), _) => Ok(Reach::Https { authority: authority.clone() }),
        (None, true) => Ok(Reach::Lab),
        (None, false) if how.listen.ip().is_loopback() => Ok(Reach::Loopback),
        (None, false) => Err(Failure::bad_use(format!(
            "{} can be reached by others: say --public-url https://NAME when a proxy in front ends TLS, or \
             --plain-http in a lab",
            how.listen
        ))),
    }
}

/// Waits for Ctrl-C or a polite kill.
async fn interrupted() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}

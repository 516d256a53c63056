//! How messages leave the house and come in: what `guichet serve --messages FILE` reads, the carriers that it describes, and
//! the addresses to which a gateway reports.
//!
//! Secrets are not in the file: each is in a file of its own, or in the environment. To add a way out: a carrier beside
//! [`gateway`] and [`mail`], its table in [`File`], a line in [`Messages::read`].

pub mod client;
pub mod gateway;
pub mod hooks;
pub mod mail;
mod template;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, Uri};
use casework::notices::Carriers;
use serde::Deserialize;

use crate::failure::Failure;
use client::Client;
use gateway::Gateway;
use hooks::Hooks;
use mail::{Mail, Security, Server};

/// The longest that a gateway may be waited for, in seconds.
const LONGEST: u64 = 120;
/// What a server needs between taking a message and recording it, besides waiting for the gateway, in seconds.
const MARGIN: u64 = 30;

/// The ways out and in.
#[derive(Debug, Default)]
pub struct Messages {
    /// Out.
    pub carriers: Carriers,
    /// In; none where no gateway knows a secret.
    pub hooks: Option<Hooks>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sms: Option<Sms>,
    email: Option<Email>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sms {
    url: String,
    #[serde(default = "post")]
    method: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    secret_file: Option<String>,
    #[serde(default)]
    reference: String,
    #[serde(default = "never")]
    never: Vec<u16>,
    #[serde(default = "timeout")]
    timeout_seconds: u64,
    #[serde(default = "margin")]
    margin_seconds: u64,
    inbound_secret_file: Option<String>,
    #[serde(default)]
    inbound: hooks::Names,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Email {
    server: String,
    port: Option<u16>,
    #[serde(default)]
    security: Security,
    user: Option<String>,
    password_file: Option<String>,
    from: String,
    #[serde(default = "subject")]
    subject: String,
}

fn post() -> String {
    "POST".into()
}

fn never() -> Vec<u16> {
    vec![400, 404, 410, 422]
}

fn timeout() -> u64 {
    20
}

fn margin() -> u64 {
    MARGIN
}

fn subject() -> String {
    "Guichet".into()
}

impl Messages {
    /// Reads the file; without one there is no way out but paper.
    ///
    /// # Errors
    /// One line that names the file and what is wrong with it.
    pub fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::default()) };
        let wrong = |what: String| Failure::bad_use(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|cause| wrong(cause.to_string()))?;
        let file: File =
            toml::from_str(&text).map_err(|cause| wrong(cause.to_string().replace('\n', " ")))?;
        let beside = path.parent().unwrap_or(Path::new("."));
        let secret =
            |file: Option<&str>, name: &str| secret(beside, file, std::env::var(name).ok()).map_err(&wrong);
        let mut messages = Self::default();
        if let Some(sms) = file.sms {
            let out = secret(sms.secret_file.as_deref(), "GUICHET_SMS_SECRET")?;
            let into = secret(sms.inbound_secret_file.as_deref(), "GUICHET_SMS_INBOUND_SECRET")?;
            messages.take(sms, out, into).map_err(wrong)?;
        }
        if let Some(email) = file.email {
            let password = secret(email.password_file.as_deref(), "GUICHET_SMTP_PASSWORD")?;
            let login = email.user.clone().zip(password);
            let server = Server { host: &email.server, port: email.port, security: email.security, login };
            let mail = Mail::new(server, &email.from, &email.subject).map_err(wrong)?;
            messages.carriers.email = Some(Arc::new(mail));
        }
        Ok(messages)
    }

    fn take(&mut self, sms: Sms, out: Option<String>, into: Option<String>) -> Result<(), String> {
        let place = sms.url.replace(['{', '}'], "_");
        if !place.parse::<Uri>().is_ok_and(|uri| client::is_address(&uri)) {
            return Err("sms.url: write it like https://gateway.example/send".into());
        }
        let method =
            Method::from_bytes(sms.method.as_bytes()).map_err(|_| "sms.method is no method of HTTP")?;
        let everything: Vec<&str> =
            [&sms.url, &sms.body].into_iter().chain(sms.headers.values()).map(String::as_str).collect();
        for needed in ["{to}", "{text}", "{key}"] {
            if !everything.iter().any(|text| text.contains(needed)) {
                return Err(format!(
                    "sms: {needed} is nowhere in url, headers or body; without the key a message could be sent twice"
                ));
            }
        }
        if everything.iter().any(|text| text.contains("{secret}")) && out.is_none() {
            return Err("sms: {secret} needs secret_file or GUICHET_SMS_SECRET".into());
        }
        if sms.timeout_seconds == 0 || sms.timeout_seconds > LONGEST {
            return Err(format!("sms.timeout_seconds is 1 to {LONGEST}"));
        }
        self.hooks = into.map(|secret| Hooks::new(&secret, sms.inbound));
        // Whoever waits for the gateway still has its claim when the answer comes.
        let lease = sms.timeout_seconds + sms.margin_seconds;
        self.carriers.lease = time::Duration::seconds(i64::try_from(lease).unwrap_or(i64::MAX));
        self.carriers.sms = Some(Arc::new(Gateway {
            client: Client::new(Duration::from_secs(sms.timeout_seconds)),
            method,
            url: sms.url,
            headers: sms.headers,
            body: sms.body,
            secret: out.unwrap_or_default(),
            reference: sms.reference,
            never: sms.never,
        }));
        Ok(())
    }
}

/// A secret from its file beside the settings, or from the environment.
fn secret(beside: &Path, file: Option<&str>, environment: Option<String>) -> Result<Option<String>, String> {
    let Some(file) = file else { return Ok(environment.filter(|secret| !secret.is_empty())) };
    let text = std::fs::read_to_string(beside.join(file)).map_err(|cause| format!("{file}: {cause}"))?;
    match text.trim() {
        "" => Err(format!("{file}: there is no secret in it")),
        secret => Ok(Some(secret.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Messages, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("out"), "s3cret\n").unwrap();
        std::fs::write(folder.path().join("in"), "let-me-in\n").unwrap();
        std::fs::write(folder.path().join("empty"), "\n").unwrap();
        let path = folder.path().join("messages.toml");
        std::fs::write(&path, text).unwrap();
        Messages::read(Some(&path)).map_err(|failure| failure.to_string())
    }

    const GOOD: &str = r#"
        [sms]
        url = "https://gateway.example/send"
        headers = { Content-Type = "application/json", Authorization = "Bearer {secret}" }
        body = '{"to":"{to}","text":"{text}","key":"{key}"}'
        secret_file = "out"
        inbound_secret_file = "in"
        [email]
        server = "mail.example"
        from = "Guichet <no-reply@guichet.example>"
    "#;

    #[test]
    fn settings_say_how_messages_go_and_nothing_else() {
        let messages = read(GOOD).unwrap();
        assert!(
            messages.carriers.sms.is_some() && messages.carriers.email.is_some() && messages.hooks.is_some()
        );
        assert_eq!(messages.carriers.lease, time::Duration::seconds(50));
        let shown = format!("{messages:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("let-me-in"), "{shown}");
        let none = Messages::read(None).unwrap();
        assert!(none.carriers.sms.is_none() && none.hooks.is_none());
    }

    #[test]
    fn what_is_wrong_with_settings_is_one_line_with_the_file() {
        for (from, to, told) in [
            ("https://gateway.example/send", "gateway.example", "sms.url"),
            (r#","key":"{key}""#, "", "{key} is nowhere"),
            ("secret_file = \"out\"\n", "", "{secret} needs secret_file"),
            ("\"out\"", "\"nowhere\"", "nowhere: "),
            ("\"out\"", "\"empty\"", "there is no secret"),
            ("body =", "bdy =", "bdy"),
            ("no-reply@guichet.example", "guichet", "not an address"),
            ("secret_file = \"out\"", "secret_file = \"out\"\ntimeout_seconds = 0", "timeout_seconds"),
        ] {
            let line = read(&GOOD.replacen(from, to, 1)).unwrap_err();
            assert!(line.contains("messages.toml: ") && line.contains(told), "{told}: {line}");
            assert_eq!(line.lines().count(), 1, "{line}");
        }
    }
}

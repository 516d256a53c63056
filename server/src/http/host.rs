//! Which names this server answers to.
//!
//! Served over plain HTTP on this machine only, sign-in cookies cannot be marked Secure (not every browser would send
//! them back), so nothing but this machine's own names is answered: a proxy or a forged name (DNS rebinding) that
//! leads here from elsewhere gets 421 and a line that says what to start the server with.

use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// How the service is reached; decided once, at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Plain HTTP, on this machine only.
    Loopback,
    /// Through something that ends TLS: `--public-url https://…`.
    Https {
        /// Host, and port where it is not 443.
        authority: String,
    },
    /// Plain HTTP in a network, asked for by name: `--plain-http`.
    Lab,
}

impl Reach {
    /// Whether cookies are Secure and browsers are told to stay on https.
    pub fn is_https(&self) -> bool {
        matches!(self, Self::Https { .. })
    }

    fn answers_to(&self, host: &str) -> bool {
        match self {
            Self::Lab => true,
            Self::Https { authority } => host.eq_ignore_ascii_case(authority) || is_this_machine(host),
            Self::Loopback => is_this_machine(host),
        }
    }
}

/// `127.0.0.1`, `localhost`, `[::1]` and the names below `localhost`, with any port.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Middleware: answers 421 for a name that is not ours.
pub async fn check(State(reach): State<Reach>, request: Request, next: Next) -> Response {
    let host = host(request.uri(), request.headers().get(header::HOST).and_then(|host| host.to_str().ok()));
    if reach.answers_to(host) {
        return next.run(request).await;
    }
    let why = match reach {
        Reach::Https { authority } => format!("This service is at https://{authority}.\n"),
        _ => "This service answers on this machine only. To serve a network: guichet serve --public-url https://…\n".into(),
    };
    (StatusCode::MISDIRECTED_REQUEST, why).into_response()
}

fn host<'a>(uri: &'a Uri, header: Option<&'a str>) -> &'a str {
    uri.authority().map(axum::http::uri::Authority::as_str).or(header).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_this_machine_only_its_own_names_are_answered() {
        for own in ["127.0.0.1:3000", "localhost", "LOCALHOST:80", "[::1]:3000", "127.8.8.8", "a.localhost:1"]
        {
            assert!(Reach::Loopback.answers_to(own), "{own}");
        }
        for other in
            ["", "example.org", "localhost.example.org", "10.0.0.1:3000", "127.0.0.1.example.org", "[::2]"]
        {
            assert!(!Reach::Loopback.answers_to(other), "{other}");
        }
    }

    #[test]
    fn behind_a_proxy_the_public_name_and_this_machine_are_answered() {
        let reach = Reach::Https { authority: "guichet.example".into() };
        assert!(reach.answers_to("Guichet.example") && reach.answers_to("127.0.0.1:3000"));
        assert!(!reach.answers_to("guichet.example.org") && !reach.answers_to("other.example"));
        assert!(Reach::Lab.answers_to("192.168.1.4"));
    }
}

//! One request to another service, over TLS where its address says so: a connection for each, since messages are few and a
//! connection that lies about is one more thing that breaks.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// The longest answer that is read.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// Nobody is there, or it broke off.
    Unreachable,
    /// It takes too long; what was asked for may have been done.
    Timeout,
}

/// Sends requests.
#[derive(Clone)]
pub struct Client {
    tls: TlsConnector,
    patience: Duration,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    /// A client that waits so long for a whole answer.
    pub fn new(patience: Duration) -> Self {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Self { tls: TlsConnector::from(Arc::new(config)), patience }
    }

    /// Sends a request to where its URI leads; the answer's status and body.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), NoAnswer> {
        tokio::time::timeout(self.patience, self.ask(request)).await.unwrap_or(Err(NoAnswer::Timeout))
    }

    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), NoAnswer> {
        let to = Target::of(request.uri()).ok_or(NoAnswer::Unreachable)?;
        let stream = TcpStream::connect((to.host.as_str(), to.port)).await.map_err(unreachable)?;
        if to.is_tls {
            let name = ServerName::try_from(to.host.clone()).map_err(unreachable)?;
            let stream = self.tls.connect(name, stream).await.map_err(unreachable)?;
            over(stream, to, request).await
        } else {
            over(stream, to, request).await
        }
    }
}

/// Host, port and whether it is https.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    host: String,
    port: u16,
    is_tls: bool,
}

impl Target {
    fn of(uri: &Uri) -> Option<Self> {
        let is_tls = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        Some(Self { host, port, is_tls })
    }
}

/// Whether this address can be sent to.
pub fn is_address(uri: &Uri) -> bool {
    Target::of(uri).is_some()
}

async fn over<S>(
    stream: S,
    to: Target,
    mut request: Request<Full<Bytes>>,
) -> Result<(StatusCode, Bytes), NoAnswer>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
    let connection = tokio::spawn(connection);
    let authority = request.uri().authority().map_or_else(|| to.host.clone(), ToString::to_string);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    *request.uri_mut() = path.parse().map_err(unreachable)?;
    request.headers_mut().insert("host", authority.parse().map_err(unreachable)?);
    let answer = sender.send_request(request).await.map_err(unreachable)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect().await;
    connection.abort();
    Ok((status, body.map(http_body_util::Collected::to_bytes).unwrap_or_default()))
}

/// The cause holds addresses and is for the log alone.
fn unreachable(cause: impl std::fmt::Display) -> NoAnswer {
    tracing::debug!(%cause, "no answer");
    NoAnswer::Unreachable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_and_how() {
        let of = |text: &str| Target::of(&text.parse().unwrap());
        let target = |host: &str, port, is_tls| Some(Target { host: host.into(), port, is_tls });
        assert_eq!(of("https://sms.example/send"), target("sms.example", 443, true));
        assert_eq!(of("http://127.0.0.1:3100/"), target("127.0.0.1", 3100, false));
        assert_eq!(of("http://[::1]:81/x"), target("::1", 81, false));
        assert_eq!(of("/send"), None);
        assert_eq!(of("ftp://sms.example/"), None);
    }
}

//! The way out by mail, over SMTP.
//!
//! SMTP knows no key: the message's id is made from it, the same each time, so that a mailbox that got it twice can tell. The
//! time in which that can happen is between the server's last answer and our record of it.

use casework::notices::{Carried, Carrier, Parcel, Trouble, deliver::Carrying};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

/// A server for mail.
#[derive(Clone)]
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    subject: String,
}

/// How the way to the server is kept from others' eyes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Begun in the open and then sealed; refused when the server cannot.
    #[default]
    Starttls,
    /// Sealed from the first byte.
    Tls,
    /// Not at all: for a server on this machine.
    None,
}

/// What is needed to reach it.
pub struct Server<'a> {
    /// Its name.
    pub host: &'a str,
    /// Its port; by default the usual one.
    pub port: Option<u16>,
    /// How it is reached.
    pub security: Security,
    /// Who we are there, with the password.
    pub login: Option<(String, String)>,
}

impl Mail {
    /// A way out by this server, from this address.
    ///
    /// # Errors
    /// A sentence when the server or the address makes no sense.
    pub fn new(server: Server<'_>, from: &str, subject: &str) -> Result<Self, String> {
        let Server { host, port, security, login } = server;
        let from = from.parse().map_err(|_| format!("'{from}' is not an address to send mail from"))?;
        let bad = |cause: lettre::transport::smtp::Error| format!("{host}: {cause}");
        let mut builder = match security {
            Security::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host).map_err(bad)?,
            Security::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(host).map_err(bad)?,
            Security::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host),
        };
        if let Some(port) = port {
            builder = builder.port(port);
        }
        if let Some((user, password)) = login {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build(), from, subject: subject.to_owned() })
    }

    fn message(&self, parcel: &Parcel) -> Option<Message> {
        let domain = self.from.email.domain();
        Message::builder()
            .message_id(Some(format!("<{}@{domain}>", parcel.key)))
            .from(self.from.clone())
            .to(parcel.to.parse().ok()?)
            .subject(self.subject.clone())
            .header(ContentType::TEXT_PLAIN)
            .body(parcel.text.clone())
            .ok()
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(…)")
    }
}

impl Carrier for Mail {
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Carrying<'a> {
        Box::pin(async move {
            let message = self.message(parcel).ok_or(Trouble::Never("unreadable"))?;
            match self.transport.send(message).await {
                Ok(_) => Ok(Carried::default()),
                Err(error) if error.is_permanent() => Err(Trouble::Never("refused")),
                Err(error) if error.is_timeout() => Err(Trouble::Later("timeout")),
                Err(error) if error.is_transient() => Err(Trouble::Later("gateway_fault")),
                Err(_) => Err(Trouble::Later("unreachable")),
            }
        })
    }
}

#[cfg(test)]
mod tests;

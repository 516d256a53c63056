//! The way out to a gateway for text messages: any that takes a request over HTTP, described by its address, headers and body.
//!
//! The key of a message goes with it, and a gateway must drop a key that it had: then a message that was handed over twice,
//! because a server died in between, is sent once. A gateway that cannot do that is not for this service.

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use casework::notices::{Carried, Carrier, Parcel, Trouble, deliver::Carrying};
use http_body_util::Full;
use hyper::body::Bytes;

use super::client::{Client, NoAnswer};
use super::template::{Values, Writing, fill};

/// A gateway.
#[derive(Clone)]
pub struct Gateway {
    /// Sends.
    pub client: Client,
    /// How.
    pub method: Method,
    /// Where; may hold placeholders.
    pub url: String,
    /// Headers; their values may hold placeholders.
    pub headers: BTreeMap<String, String>,
    /// The body's template.
    pub body: String,
    /// The secret that the gateway knows us by.
    pub secret: String,
    /// The member of its answer that says what it calls the message; empty when it has none.
    pub reference: String,
    /// Statuses that mean that this message will never go.
    pub never: Vec<u16>,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateway(…)")
    }
}

impl Gateway {
    /// The request for a message; none when what is filled in makes no request.
    pub fn request(&self, parcel: &Parcel) -> Option<Request<Full<Bytes>>> {
        let values = Values { to: &parcel.to, text: &parcel.text, key: &parcel.key, secret: &self.secret };
        let uri: Uri = fill(&self.url, values, Writing::Percent).parse().ok()?;
        let kind = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let writing = Writing::of(kind.map_or("", |(_, kind)| kind));
        let body = fill(&self.body, values, writing);
        let mut request = Request::builder().method(self.method.clone()).uri(uri);
        request = request.header(header::CONTENT_LENGTH, body.len());
        for (name, value) in &self.headers {
            let value = HeaderValue::try_from(fill(value, values, Writing::Plain)).ok()?;
            request = request.header(HeaderName::try_from(name).ok()?, value);
        }
        request.body(Full::new(Bytes::from(body))).ok()
    }

    fn read(&self, status: StatusCode, body: &[u8]) -> Result<Carried, Trouble> {
        // A key that was there already is a message that was taken.
        if status.is_success() || status == StatusCode::CONFLICT {
            return Ok(Carried { reference: self.reference_in(body) });
        }
        if self.never.contains(&status.as_u16()) {
            return Err(Trouble::Never("refused"));
        }
        Err(Trouble::Later(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "not_authorised",
            StatusCode::TOO_MANY_REQUESTS => "too_many",
            _ => "gateway_fault",
        }))
    }

    fn reference_in(&self, body: &[u8]) -> String {
        let answer: Option<serde_json::Value> = serde_json::from_slice(body).ok();
        let named = answer.as_ref().and_then(|answer| answer.get(&self.reference));
        let text = match named {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(serde_json::Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        text.chars().filter(char::is_ascii_graphic).take(100).collect()
    }
}

impl Carrier for Gateway {
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Carrying<'a> {
        Box::pin(async move {
            let request = self.request(parcel).ok_or(Trouble::Never("unreadable"))?;
            match self.client.send(request).await {
                Ok((status, body)) => self.read(status, &body),
                Err(NoAnswer::Unreachable) => Err(Trouble::Later("unreachable")),
                Err(NoAnswer::Timeout) => Err(Trouble::Later("timeout")),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn gateway(url: &str, kind: &str, body: &str) -> Gateway {
        let headers =
            [("Content-Type", kind), ("Authorization", "Bearer {secret}"), ("Idempotency-Key", "{key}")];
        Gateway {
            client: Client::new(Duration::from_secs(1)),
            method: Method::POST,
            url: url.into(),
            headers: headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
            body: body.into(),
            secret: "s3cret".into(),
            reference: "id".into(),
            never: vec![400, 422],
        }
    }

    fn parcel() -> Parcel {
        Parcel { key: "k-1".into(), to: "+25779".into(), text: "Écrit \"ici\" & là".into() }
    }

    #[tokio::test]
    async fn a_message_is_put_into_the_gateways_own_words() {
        use http_body_util::BodyExt as _;
        let json =
            gateway("https://sms.example/send", "application/json", r#"{"to":"{to}","text":"{text}"}"#);
        let request = json.request(&parcel()).unwrap();
        assert_eq!(request.headers()["authorization"], "Bearer s3cret");
        assert_eq!(request.headers()["idempotency-key"], "k-1");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(read["text"], parcel().text);
        let form = gateway(
            "https://sms.example/send?k={key}",
            "application/x-www-form-urlencoded",
            "to={to}&m={text}",
        );
        let request = form.request(&parcel()).unwrap();
        assert_eq!(request.uri(), "https://sms.example/send?k=k-1");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "to=%2B25779&m=%C3%89crit%20%22ici%22%20%26%20l%C3%A0".as_bytes());
        let broken = Parcel { key: "a\r\nX: y".into(), ..parcel() };
        assert!(json.request(&broken).is_none(), "nothing is smuggled into a header");
    }

    #[test]
    fn an_answer_says_whether_it_went_may_go_or_never_goes() {
        let gateway = gateway("https://sms.example/send", "application/json", "{}");
        let read = |status, body: &str| gateway.read(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        assert_eq!(read(200, r#"{"id":"m-7"}"#), Ok(Carried { reference: "m-7".into() }));
        assert_eq!(read(202, r#"{"id":12}"#), Ok(Carried { reference: "12".into() }));
        assert_eq!(read(409, "there"), Ok(Carried::default()), "it had the key");
        assert_eq!(read(422, "no such number"), Err(Trouble::Never("refused")));
        assert_eq!(read(401, ""), Err(Trouble::Later("not_authorised")), "of our making: not the message's");
        assert_eq!(read(429, ""), Err(Trouble::Later("too_many")));
        assert_eq!(read(503, ""), Err(Trouble::Later("gateway_fault")));
        assert_eq!(read(302, ""), Err(Trouble::Later("gateway_fault")));
    }
}

//! Mail handed to a server that speaks SMTP over a socket: what it takes, what it refuses, and what it never hears of.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::*;

/// A server that answers the sender's address, the receiver's and the message so; what it was sent, line by line.
async fn server(answers: [&'static str; 3]) -> (u16, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut lines = BufReader::new(stream);
        let mut heard = Vec::new();
        let mut in_message = false;
        lines.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).await.unwrap() == 0 {
                return heard;
            }
            let line = line.trim_end().to_owned();
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "." if in_message => {
                    in_message = false;
                    answers[2]
                }
                _ if in_message => "",
                "EHLO" => "250-mail.example\r\n250-8BITMIME\r\n250 SMTPUTF8",
                "MAIL" => answers[0],
                "RCPT" => answers[1],
                "DATA" => {
                    in_message = true;
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            heard.push(line);
            if !answer.is_empty() {
                lines.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
        }
    });
    (port, heard)
}

fn mail(port: u16) -> Mail {
    let server = Server { host: "127.0.0.1", port: Some(port), security: Security::None, login: None };
    Mail::new(server, "Guichet <office@example.org>", "Messages wait").unwrap()
}

fn parcel() -> Parcel {
    Parcel {
        to: "desk@example.org".into(),
        text: "Des messages attendent à Bujumbura.".into(),
        key: "0190-7".into(),
    }
}

#[tokio::test]
async fn a_message_is_handed_over_with_the_id_of_its_key_each_time() {
    for _ in 0..2 {
        let (port, heard) = server(["250 fine", "250 fine", "250 taken"]).await;
        let mail = mail(port);
        assert!(mail.carry(&parcel()).await.is_ok());
        drop(mail);
        let heard = heard.await.unwrap();
        for line in [
            "MAIL FROM:<office@example.org>",
            "RCPT TO:<desk@example.org>",
            "Message-ID: <0190-7@example.org>",
            "Subject: Messages wait",
            "To: desk@example.org",
        ] {
            assert!(heard.iter().any(|own| own == line), "{line}: {heard:#?}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_for_good_is_not_tried_again_and_the_rest_is() {
    for (answers, trouble) in [
        (["250 fine", "550 nobody of this name", ""], Trouble::Never("refused")),
        (["250 fine", "250 fine", "554 not wanted"], Trouble::Never("refused")),
        (["250 fine", "451 come back", ""], Trouble::Later("gateway_fault")),
        (["421 going home", "", ""], Trouble::Later("gateway_fault")),
    ] {
        let (port, _) = server(answers).await;
        assert_eq!(mail(port).carry(&parcel()).await, Err(trouble), "{answers:?}");
    }
    // Nobody there; and an address that is none.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    assert_eq!(mail(port).carry(&parcel()).await, Err(Trouble::Later("unreachable")));
    let nowhere = Parcel { to: "no address".into(), ..parcel() };
    assert_eq!(mail(port).carry(&nowhere).await, Err(Trouble::Never("unreadable")));
}

#[tokio::test]
async fn a_server_that_cannot_seal_is_told_nothing() {
    let (port, heard) = server(["250 fine", "250 fine", "250 taken"]).await;
    let server = Server { host: "127.0.0.1", port: Some(port), security: Security::Starttls, login: None };
    let mail = Mail::new(server, "office@example.org", "Messages wait").unwrap();
    assert!(matches!(mail.carry(&parcel()).await, Err(Trouble::Later(_) | Trouble::Never(_))));
    drop(mail);
    assert!(
        heard.await.unwrap().iter().all(|line| !line.starts_with("MAIL")),
        "nothing goes out in the open"
    );
}

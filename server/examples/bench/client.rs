//! A small HTTP/1.1 client: connections that are kept, one request after the other on each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use casework::demo::accounts::PASSWORD;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

struct Answer {
    status: u16,
    cookie: Option<String>,
}

/// Signs in through the form and gives the cookie.
pub async fn sign_in(address: &str, login: &str) -> String {
    let mut stream = connect(address).await;
    let form = format!("login={login}&password={PASSWORD}");
    let request = request(address, "", "/sign-in", Some(&form));
    let answer = ask(&mut stream, &request).await;
    assert_eq!(answer.status, 303, "{login} cannot sign in");
    answer.cookie.unwrap()
}

/// One request's text: `GET path`, or a `POST` of a form, by who has this cookie.
pub fn request(address: &str, cookie: &str, path: &str, form: Option<&str>) -> String {
    match form {
        None => format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n"),
        Some(form) => format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        ),
    }
}

/// Sends what `next` gives (the number of the request goes in) on so many connections until it gives nothing more; the
/// time of each answer.
pub async fn drive(
    address: &str,
    connections: usize,
    next: impl Fn(usize) -> Option<String> + Send + Sync + 'static,
) -> Round {
    let (next, number) = (Arc::new(next), Arc::new(AtomicUsize::new(0)));
    let began = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let (next, number, address) = (next.clone(), number.clone(), address.to_owned());
            tokio::spawn(async move {
                let mut stream = connect(&address).await;
                let mut times = Vec::new();
                while let Some(request) = next(number.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    let status = ask(&mut stream, &request).await.status;
                    assert_eq!(status, 200, "{}", request.lines().next().unwrap_or_default());
                    times.push(began.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await.unwrap());
    }
    Round { times, took: began.elapsed() }
}

/// The answers of one round.
pub struct Round {
    pub times: Vec<Duration>,
    pub took: Duration,
}

async fn connect(address: &str) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    BufReader::new(stream)
}

/// One request and its whole answer. Both servers name the length of what they send.
async fn ask(stream: &mut BufReader<TcpStream>, request: &str) -> Answer {
    stream.get_mut().write_all(request.as_bytes()).await.unwrap();
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    let (mut length, mut cookie) = (0, None);
    loop {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "set-cookie" if value.starts_with("guichet=") => {
                cookie = value.split(';').next().map(str::to_owned);
            }
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    Answer { status, cookie }
}

//! A small HTTP/1.1 client: connections that are kept, one request after the other on each.

use std::time::{Duration, Instant};

use casework::demo::accounts::PASSWORD;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// What is asked for, and by whom.
#[derive(Clone)]
pub struct Target {
    pub address: String,
    pub path: String,
    pub cookie: String,
}

/// How much at once, how long.
#[derive(Clone, Copy)]
pub struct Load {
    pub connections: usize,
    pub time: Duration,
}

struct Answer {
    status: u16,
    cookie: Option<String>,
}

/// Signs in through the form and gives the cookie.
pub async fn sign_in(address: &str, login: &str) -> String {
    let mut stream = connect(address).await;
    let form = format!("login={login}&password={PASSWORD}");
    let request = format!(
        "POST /sign-in HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{form}",
        form.len()
    );
    let answer = ask(&mut stream, &request).await;
    assert_eq!(answer.status, 303, "{login} cannot sign in");
    answer.cookie.unwrap()
}

/// Asks for the target on so many connections, for so long; the time of each answer.
pub async fn load(target: &Target, load: &Load) -> Vec<Duration> {
    let end = Instant::now() + load.time;
    let workers: Vec<_> = (0..load.connections)
        .map(|_| {
            let target = target.clone();
            tokio::spawn(async move {
                let mut stream = connect(&target.address).await;
                let request = format!(
                    "GET {} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\r\n",
                    target.path, target.address, target.cookie
                );
                let mut times = Vec::new();
                while Instant::now() < end {
                    let began = Instant::now();
                    assert_eq!(ask(&mut stream, &request).await.status, 200, "{}", target.path);
                    times.push(began.elapsed());
                }
                times
            })
        })
        .collect();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    all
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

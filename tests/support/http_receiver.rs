//! A receiver of HTTP requests that answers as a script says and keeps what it got.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How the receiver answers one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A status line such as `200 OK`, further header lines, and the body.
    Answer { status: &'static str, headers: &'static str, body: String },
    /// Reads the request and never answers.
    Hang,
    /// Reads the request and closes the connection.
    Close,
}

impl Reply {
    pub fn of(status: &'static str, body: &str) -> Reply {
        Reply::Answer { status, headers: "", body: body.to_owned() }
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The running receiver. Without a script left it answers `200 OK` and `ok`.
pub struct HttpReceiver {
    pub port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl HttpReceiver {
    /// Starts a receiver on a free port of this machine.
    pub async fn start(script: Vec<Reply>) -> HttpReceiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (script, shared) = (Arc::new(Mutex::new(script)), requests.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, script.clone(), shared.clone()));
            }
        });
        HttpReceiver { port, requests }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, script: Arc<Mutex<Vec<Reply>>>, requests: Arc<Mutex<Vec<Request>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        requests.lock().unwrap().push(request);
        let reply = {
            let mut script = script.lock().unwrap();
            if script.is_empty() { Reply::of("200 OK", "ok") } else { script.remove(0) }
        };
        let (status, headers, body) = match reply {
            Reply::Answer { status, headers, body } => (status, headers, body),
            Reply::Hang => std::future::pending().await,
            Reply::Close => return,
        };
        let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
        if stream.write_all(format!("{head}{body}").as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, n)| n.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request { path, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

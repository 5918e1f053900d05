//! A mail relay that answers as a script says and keeps what it accepted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What the relay does at a point of the conversation.
#[derive(Clone, Debug)]
pub enum Act {
    /// Says this line and goes on.
    Say(&'static str),
    /// Says nothing more and keeps the connection open.
    Hang,
    /// Closes the connection without a word.
    Close,
}

/// The answers by point: `banner`, a command such as `RCPT`, `text` (the first line of the message) and `.`.
/// The first unused answer of a point is taken; where none is left, the relay agrees.
type Script = HashMap<&'static str, Vec<Act>>;

/// A message the relay took over.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub recipient: String,
    pub text: String,
}

/// The running relay.
pub struct SmtpScript {
    pub url: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    script: Script,
    commands: Vec<String>,
    accepted: Vec<Accepted>,
    connections: usize,
}

impl SmtpScript {
    /// Starts a relay on a free port of this machine.
    pub async fn start(script: &[(&'static str, Act)]) -> SmtpScript {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        for (point, act) in script {
            seen.lock().unwrap().script.entry(point).or_default().push(act.clone());
        }
        let shared = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(Conversation::new(stream, shared.clone()).run());
            }
        });
        SmtpScript { url, seen }
    }

    pub fn accepted(&self) -> Vec<Accepted> {
        self.seen.lock().unwrap().accepted.clone()
    }

    /// The commands as they came, without their arguments, then `.` for each end of a message.
    pub fn commands(&self) -> Vec<String> {
        self.seen.lock().unwrap().commands.clone()
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }
}

struct Conversation {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    seen: Arc<Mutex<Seen>>,
    recipient: String,
}

impl Conversation {
    fn new(stream: TcpStream, seen: Arc<Mutex<Seen>>) -> Conversation {
        let (reader, writer) = stream.into_split();
        Conversation { reader: BufReader::new(reader), writer, seen, recipient: String::new() }
    }

    async fn run(mut self) {
        let mut going = self.answer("banner", "220 relay.example ready").await;
        while going.is_some() {
            let Some(line) = self.line().await else { return };
            going = self.command(&line).await;
        }
    }

    async fn command(&mut self, line: &str) -> Option<bool> {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        self.seen.lock().unwrap().commands.push(verb.clone());
        match verb.as_str() {
            "EHLO" => self.answer("EHLO", "250-relay.example\r\n250-AUTH PLAIN\r\n250 8BITMIME").await,
            "AUTH" => self.answer("AUTH", "235 2.7.0 welcome").await,
            "MAIL" => self.answer("MAIL", "250 2.1.0 sender ok").await,
            "RCPT" => {
                self.recipient = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                self.answer("RCPT", "250 2.1.5 recipient ok").await
            }
            "DATA" => match self.answer("DATA", "354 go ahead").await? {
                true => self.message().await,
                false => Some(false),
            },
            "RSET" => self.answer("RSET", "250 2.0.0 reset").await,
            _ => self.answer("other", "502 5.5.2 unknown").await,
        }
    }

    async fn message(&mut self) -> Option<bool> {
        let mut text = String::new();
        loop {
            let line = self.line().await?;
            if text.is_empty() && self.next_act("text").is_some_and(|act| matches!(act, Act::Close)) {
                return None;
            }
            if line == "." {
                break;
            }
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push('\n');
        }
        self.seen.lock().unwrap().commands.push(".".to_owned());
        let taken = self.answer(".", "250 2.0.0 queued as 4F1").await?;
        if taken {
            let accepted = Accepted { recipient: self.recipient.clone(), text };
            self.seen.lock().unwrap().accepted.push(accepted);
        }
        Some(taken)
    }

    /// Answers as the script says, or agrees. `None` ends the conversation, false is a refusal.
    async fn answer(&mut self, point: &str, agreed: &str) -> Option<bool> {
        let said = match self.next_act(point) {
            None => agreed,
            Some(Act::Say(line)) => line,
            Some(Act::Close) => return None,
            Some(Act::Hang) => std::future::pending().await,
        };
        self.writer.write_all(format!("{said}\r\n").as_bytes()).await.ok()?;
        Some(said.starts_with(['2', '3']))
    }

    fn next_act(&self, point: &str) -> Option<Act> {
        let mut seen = self.seen.lock().unwrap();
        let acts = seen.script.get_mut(point)?;
        (!acts.is_empty()).then(|| acts.remove(0))
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.reader.read_line(&mut line).await.ok()?;
        (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

//! A mail relay that writes down every message before it says 250, as one with a disk of its own would.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::oracle::Taken;

/// How the relay behaves.
#[derive(Clone, Copy, Default)]
pub struct Manner {
    /// The longest wait before and after a message is written down, in milliseconds; each wait is another.
    pub slowest_ms: u64,
    /// The only accepted argument of `AUTH PLAIN`; none: nobody need log in.
    pub credentials: Option<&'static str>,
}

/// The running relay.
pub struct Ledger {
    pub port: u16,
    book: Arc<Mutex<Vec<Taken>>>,
    count: watch::Receiver<usize>,
}

impl Ledger {
    /// Starts on a free port of this machine.
    pub async fn start(manner: Manner) -> Ledger {
        Ledger::start_at(0, manner).await
    }

    /// Starts on that port, which an earlier relay may have left.
    pub async fn start_at(port: u16, manner: Manner) -> Ledger {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let book = Arc::new(Mutex::new(Vec::new()));
        let (counter, count) = watch::channel(0);
        let (shared, counter) = (book.clone(), Arc::new(counter));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Conversation::new(stream, manner, shared.clone(), counter.clone()).run());
            }
        });
        Ledger { port, book, count }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The messages in the order in which they were written down.
    pub fn taken(&self) -> Vec<Taken> {
        self.book.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// Ready when that many deliveries have been written down. What owners of playbooks are told does not count.
    pub async fn reaches(&self, wanted: usize) {
        self.count.clone().wait_for(|count| *count >= wanted).await.unwrap();
    }
}

/// A port of this machine on which nobody listens.
pub async fn deserted_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

struct Conversation {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    manner: Manner,
    book: Arc<Mutex<Vec<Taken>>>,
    counter: Arc<watch::Sender<usize>>,
    recipient: String,
}

impl Conversation {
    fn new(
        stream: TcpStream,
        manner: Manner,
        book: Arc<Mutex<Vec<Taken>>>,
        counter: Arc<watch::Sender<usize>>,
    ) -> Conversation {
        stream.set_nodelay(true).unwrap();
        let (reader, writer) = stream.into_split();
        Conversation { reader: BufReader::new(reader), writer, manner, book, counter, recipient: String::new() }
    }

    /// Until the other side goes away, as a killed daemon does.
    async fn run(mut self) {
        let mut going = self.say("220 ledger.example").await;
        while going.is_some() {
            let Some(line) = self.line().await else { return };
            going = self.command(&line).await;
        }
    }

    async fn command(&mut self, line: &str) -> Option<()> {
        let (verb, argument) = line.split_once([' ', ':']).unwrap_or((line, ""));
        match verb {
            "EHLO" => self.say("250-ledger.example\r\n250-AUTH PLAIN\r\n250 8BITMIME").await,
            "AUTH" if self.manner.credentials.is_none_or(|right| argument == format!("PLAIN {right}")) => {
                self.say("235 2.7.0 welcome").await
            }
            "AUTH" => self.say("535 5.7.8 authentication failed").await,
            "RCPT" => {
                self.recipient = argument.split(['<', '>']).nth(1)?.to_owned();
                self.say("250 2.1.5 recipient ok").await
            }
            "DATA" => {
                self.say("354 go ahead").await?;
                let message = self.message().await?;
                self.take(&message).await
            }
            "MAIL" | "RSET" | "NOOP" => self.say("250 2.0.0 ok").await,
            _ => self.say("502 5.5.2 unknown").await,
        }
    }

    async fn message(&mut self) -> Option<String> {
        let mut message = String::new();
        loop {
            match self.line().await?.as_str() {
                "." => return Some(message),
                line => message.extend([line, "\n"]),
            }
        }
    }

    /// Writes the message down, then says so. Whoever is killed in between cannot know.
    async fn take(&mut self, message: &str) -> Option<()> {
        let number = self.count() as u64;
        self.dawdle(number * 7).await;
        let taken = Taken::read(self.recipient.clone(), message);
        if taken.is_delivery() {
            self.book.lock().unwrap().push(taken);
            self.counter.send_modify(|count| *count += 1);
        }
        self.dawdle(number * 5 + 3).await;
        self.say("250 2.0.0 written down").await
    }

    fn count(&self) -> usize {
        *self.counter.borrow()
    }

    /// A slow disk is what this relay is for; the waits are spread evenly and the same in every run.
    async fn dawdle(&self, number: u64) {
        tokio::time::sleep(Duration::from_millis(number % (self.manner.slowest_ms + 1))).await;
    }

    async fn say(&mut self, line: &str) -> Option<()> {
        self.writer.write_all(format!("{line}\r\n").as_bytes()).await.ok()
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.reader.read_line(&mut line).await.ok()?;
        (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

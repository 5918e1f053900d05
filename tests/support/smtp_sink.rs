//! Postfix's own test relay, `smtp-sink`, which keeps each message as a file.

use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;
use std::{fs, thread};

use tempfile::TempDir;

use super::ledger::deserted_port;
use super::oracle::Taken;

/// Names the program; `tests/run` sets it.
const PROGRAM: &str = "PLAYCALLER_TEST_SMTP_SINK";
/// Set where nothing may be left out.
const COMPLETE: &str = "PLAYCALLER_TEST_COMPLETE";

/// The running program; it ends with this value.
pub struct SmtpSink {
    pub port: u16,
    folder: TempDir,
    child: Child,
}

impl SmtpSink {
    /// Starts it, or says what is left out when this machine has none and that is allowed.
    pub async fn start() -> Option<SmtpSink> {
        let Some(program) = program() else {
            assert!(std::env::var_os(COMPLETE).is_none(), "smtp-sink is not installed, and nothing may be left out");
            eprintln!("left out: real mail through smtp-sink, for this machine has none (Debian: postfix)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // It gives up root, and then has to write here all the same.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let port = deserted_port().await;
        let mut command = Command::new(program);
        if fs::metadata(folder.path()).unwrap().uid() == 0 {
            command.args(["-u", "nobody"]);
        }
        let template = folder.path().join("mail.").display().to_string();
        let child = command.args(["-d", &template, &format!("127.0.0.1:{port}"), "100"]).spawn().unwrap();
        wait_for(port);
        Some(SmtpSink { port, folder, child })
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Every message it accepted.
    pub fn taken(&self) -> Vec<Taken> {
        let files = fs::read_dir(self.folder.path()).unwrap();
        files.map(|file| read(&fs::read_to_string(file.unwrap().path()).unwrap())).collect()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing left to stop then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Option<PathBuf> {
    let named = std::env::var_os(PROGRAM).map(PathBuf::from);
    named.or_else(|| Some(Path::new("/usr/sbin/smtp-sink").to_owned())).filter(|program| program.exists())
}

/// It does not say when it is ready; a connection does.
fn wait_for(port: u16) {
    let answers = |_: &i32| {
        thread::sleep(Duration::from_millis(10));
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    };
    (0..500).find(answers).expect("smtp-sink listens within five seconds");
}

/// The file begins with the envelope as header lines of its own.
fn read(file: &str) -> Taken {
    let envelope = file.lines().find_map(|line| line.strip_prefix("X-Rcpt-Args: <")).unwrap();
    let recipient = envelope.split('>').next().unwrap();
    Taken::read(recipient.to_owned(), file)
}

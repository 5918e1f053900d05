//! How a command ends: the exit code, and for a failure what a person reads.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use crate::{settings, store};

/// The exit codes; 64 and 70 are those of BSD's sysexits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    /// The book, the data or a test is wrong.
    Wrong = 1,
    /// `plan` found changes.
    Changes = 2,
    Usage = 64,
    /// Our fault, or the machine's.
    Fault = 70,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
    pub help: Option<String>,
}

pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// The book, the data or what was asked of them is wrong.
    pub fn wrong(message: impl Display) -> Failure {
        Failure { exit: Exit::Wrong, message: message.to_string(), help: None }
    }

    /// The command cannot be used like that.
    pub fn usage(message: impl Display) -> Failure {
        Failure { exit: Exit::Usage, message: message.to_string(), help: None }
    }

    /// Adds what to do next.
    pub fn help(self, help: impl Display) -> Failure {
        Failure { help: Some(help.to_string()), ..self }
    }

    /// Tells the person and gives the exit code. Output that nobody reads any more is no failure.
    pub fn report(self) -> Exit {
        if self.exit != Exit::Done {
            eprintln!("error: {}", self.message);
            if let Some(help) = self.help {
                eprintln!("help: {help}");
            }
        }
        self.exit
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        let exit = if error.kind() == io::ErrorKind::BrokenPipe { Exit::Done } else { Exit::Fault };
        Failure { exit, message: error.to_string(), help: None }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Failure {
        anyhow::Error::from(error).into()
    }
}

impl From<settings::Error> for Failure {
    fn from(error: settings::Error) -> Failure {
        Failure::wrong(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure { exit: Exit::Fault, message: error.to_string(), help: None }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        let exit = match error.downcast_ref::<store::Error>() {
            Some(store::Error::UnknownUrl(_)) => Exit::Usage,
            Some(cause) if is_fault(cause) => Exit::Fault,
            _ if error.is::<tokio::task::JoinError>() => Exit::Fault,
            _ => Exit::Wrong,
        };
        // Each cause once: some errors repeat theirs in their own text.
        let mut message = String::new();
        for cause in error.chain().map(ToString::to_string) {
            if message.is_empty() {
                message = cause;
            } else if !message.contains(&cause) {
                message = format!("{message}: {cause}");
            }
        }
        Failure { exit, message, help: None }
    }
}

/// Whether nothing that was asked or imported can be to blame.
fn is_fault(error: &store::Error) -> bool {
    use store::Error::{Contradiction, Database, Encode, LockFile, Migrate, Unreachable, Unreadable};
    matches!(
        error,
        Database(_)
            | Migrate(_)
            | Unreachable { .. }
            | Unreadable { .. }
            | Contradiction(_)
            | Encode(_)
            | LockFile { .. }
    )
}

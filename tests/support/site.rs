//! A deployment in a temporary folder: the book of `tests/delivery/book`, its database and the real program.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// Champions of every account, each of which gets one mail.
pub const CHAMPIONS: usize = 3;

/// The folder, which goes away with this value.
pub struct Site {
    folder: TempDir,
    database: String,
    book: PathBuf,
}

impl Site {
    /// A new SQLite file and a deployment file that says this.
    pub fn new(deployment: &str) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("playcaller.db").display());
        let site = Site { folder, database, book: Site::book() };
        site.deploy(deployment);
        site
    }

    /// The same on another database, which must be empty.
    pub fn on(self, database: String) -> Site {
        Site { database, ..self }
    }

    /// The same with a copy of the book, which the test edits.
    pub fn with_own_book(self) -> Site {
        let book = self.path("book");
        fs::create_dir(&book).unwrap();
        for file in fs::read_dir(Site::book()).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), book.join(file.file_name())).unwrap();
        }
        Site { book, ..self }
    }

    pub fn read_book(&self, file: &str) -> String {
        fs::read_to_string(self.book.join(file)).unwrap()
    }

    pub fn write_book(&self, file: &str, text: &str) {
        fs::write(self.book.join(file), text).unwrap();
    }

    /// Replaces the deployment file.
    pub fn deploy(&self, deployment: &str) {
        fs::write(self.path("playcaller.toml"), deployment).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn database(&self) -> &str {
        &self.database
    }

    pub fn book() -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/delivery/book"))
    }

    /// The program with these arguments, in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_playcaller"));
        command.current_dir(self.folder.path()).env("RUST_LOG", "warn");
        command.arg("--book").arg(&self.book).args(["--config", "playcaller.toml", "--database", &self.database]);
        command.args(arguments);
        command
    }

    /// Runs a command to its end, which must be a good one, and answers with what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}\n{}", output.status, text(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts the daemon.
    pub fn daemon(&self) -> Daemon {
        let mut command = self.command(&["run"]);
        Daemon(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Brings accounts in, each with its champions: account `a7` has `c1@a7.example` and so on.
    pub fn import(&self, numbers: std::ops::Range<usize>, announce: bool) {
        let mut accounts = "id,name,status,owner,timezone,announce\n".to_owned();
        let mut contacts = "id,account,email,name,personas\n".to_owned();
        for number in numbers {
            accounts += &format!("a{number},Account a{number},active,dana,UTC,{announce}\n");
            for champion in 1..=CHAMPIONS {
                contacts +=
                    &format!("a{number}-c{champion},a{number},c{champion}@a{number}.example,Pat Lee,champion\n");
            }
        }
        // Contacts need their account, so the account comes first; it is mailed only once it is active.
        let waiting = accounts.replace(",active,", ",prospect,");
        for (kind, text) in [("accounts", &waiting), ("contacts", &contacts), ("accounts", &accounts)] {
            let file = self.path(&format!("{kind}.csv"));
            fs::write(&file, text).unwrap();
            self.run(&["import", kind, file.to_str().unwrap()]);
        }
    }
}

/// A daemon at work; it is killed with this value.
pub struct Daemon(Child);

impl Daemon {
    /// Signal 9: no goodbye.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Signal 15, as a service manager says it, and how the daemon ended.
    pub fn terminate(mut self) -> (Option<i32>, String) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let stderr = std::io::read_to_string(self.0.stderr.take().unwrap()).unwrap();
        (self.0.wait().unwrap().code(), stderr)
    }

    /// Signal 1: the book was edited.
    pub fn hang_up(&self) {
        assert!(Command::new("kill").args(["-HUP", &self.pid().to_string()]).status().unwrap().success());
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // After kill and terminate there is nothing left to stop.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a program printed, for the message of a failed test.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

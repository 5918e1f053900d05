//! The real binary on a small book: what it prints, and how it ends.

mod acting;
mod agreeing;
mod backtesting;
mod checking;
mod demo;
mod describing;
mod explaining;
mod limits;
mod planning;
mod reading;
mod reporting;
mod running;
mod simulating;
mod testing;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The book of these tests: two people, one playbook with a task, a mail that must be approved, and a Slack message.
const BOOK: [(&str, &str); 8] = [
    ("account.toml", include_str!("book/account.toml")),
    ("people.toml", include_str!("book/people.toml")),
    ("channels.toml", include_str!("book/channels.toml")),
    ("health.toml", include_str!("book/health.toml")),
    ("segments.toml", include_str!("book/segments.toml")),
    ("welcome.toml", include_str!("book/welcome.toml")),
    ("welcome.test.toml", include_str!("book/welcome.test.toml")),
    ("hello.md", include_str!("book/hello.md")),
];

const ACCOUNTS: &str = "id,name,status,owner,arr,timezone,seats\n\
    acme,Acme Harbour,active,dana,48000,America/New_York,60\n\
    birch,Birch Mills,active,dana,900,America/New_York,5\n\
    cedar,Cedar Labs,active,dana,,America/New_York,9\n";
const CONTACTS: &str = "id,account,email,name,personas\nacme-1,acme,pat@acme.example,Pat Moreau,champion\n";

/// A folder of its own with the book in `playbooks/`.
struct Place {
    folder: tempfile::TempDir,
}

/// How a call ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.path().join("playbooks")).unwrap();
        BOOK.iter().for_each(|(name, text)| place.write(&format!("playbooks/{name}"), text));
        place
    }

    /// With three accounts, known since Monday 2 March 2026, and a champion at the first.
    fn with_accounts() -> Place {
        let place = Place::new();
        place.write("accounts.csv", ACCOUNTS);
        place.write("contacts.csv", CONTACTS);
        place.done("import accounts accounts.csv --now 2026-03-02");
        place.done("import contacts contacts.csv --now 2026-03-02");
        place
    }

    /// The same, played until Wednesday: Acme is enrolled, its task is open, its mail waits for Dana's yes.
    fn played() -> Place {
        let place = Place::with_accounts();
        place.done("run --from 2026-03-02 --until 2026-03-04");
        place
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// Calls the binary; words are cut at spaces, `'…'` holds words together.
    fn call(&self, line: &str) -> Ended {
        let words = line.split('\'').enumerate().flat_map(|(n, part)| match n % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
            _ => vec![part.to_owned()],
        });
        let mut command = Command::new(env!("CARGO_BIN_EXE_playcaller"));
        let output = command.args(words).current_dir(self.path()).env("USER", "dana").env_remove("RUST_LOG").output();
        let output = output.expect("the binary starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ended { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// A call that must succeed; what it printed.
    fn done(&self, line: &str) -> String {
        let ended = self.call(line);
        assert_eq!(ended.code, 0, "{line}\n{}{}", ended.out, ended.err);
        ended.out
    }

    /// A call that must be refused with exit code 1; what it said on standard error.
    fn wrong(&self, line: &str) -> String {
        let ended = self.call(line);
        assert_eq!(ended.code, 1, "{line}\n{}{}", ended.out, ended.err);
        ended.err
    }

    /// The JSON objects a successful call printed.
    fn objects(&self, line: &str) -> Vec<Value> {
        let out = self.done(&format!("{line} --format json"));
        out.lines().map(|line| serde_json::from_str(line).expect("one JSON object per line")).collect()
    }

    /// The one JSON object a successful call printed.
    fn object(&self, line: &str) -> Value {
        let mut objects = self.objects(line);
        assert_eq!(objects.len(), 1, "{line}: {objects:?}");
        objects.remove(0)
    }
}

/// The names of an object's members, in their order.
fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

//! Edits of a live book: nobody gets anything twice or by mistake, and nothing that is wrong goes live.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use playcaller::channel::Channels;
use playcaller::condition::Value;
use playcaller::engine::Enrollment;
use playcaller::portfolio::import::{AccountRow, ContactRow, Rows};
use playcaller::runtime::play::Step;
use playcaller::runtime::reload::Report;
use playcaller::runtime::{Runtime, timeline};
use playcaller::store::{Filter, Store};
use playcaller::time::{Clock, Timestamp, VirtualClock};
use tempfile::TempDir;

use crate::support::databases::on_every_database;

mod guard;
mod sending;
mod shared;

const PEOPLE: &str = "[[person]]\nid = \"dana\"\nname = \"Dana Reyes\"\nemail = \"dana@larkfield.example\"\n";
const ACCOUNT: &str = "[fields.score]\ntype = \"number\"\n";
const START: &str = "2026-03-02T09:00:00Z";

/// A playbook that mails at each of these steps: its id and after what it comes.
fn playbook(keys: &str, when: &str, steps: &[(&str, &str)]) -> String {
    let head = format!(
        "schema_version = 1\nid = \"care\"\nowner = \"dana\"\nstatus = \"live\"\ntimezone = \"UTC\"\n\
         send_window = \"always\"\n{keys}\n\n[trigger]\nkind = \"condition\"\n\n\
         [enroll]\nwhen = '{when}'\nbackfill = \"all\"\n\n[late]\ngrace = \"30d\"\n"
    );
    let step = |(id, after): &(&str, &str)| {
        format!(
            "\n[[step]]\nid = \"{id}\"\nafter = \"{after}\"\naction = \"email\"\nto = \"contact:champion\"\n\
             template = \"hello\"\n"
        )
    };
    std::iter::once(head).chain(steps.iter().map(step)).collect()
}

const TWO: [(&str, &str); 2] = [("one", "enrolled"), ("two", "one + 5d")];
const WHEN: &str = "account.score > 0";

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A folder with a book, and a daemon that follows it on a clock of the test's own.
struct Stage {
    folder: TempDir,
    store: Store,
    clock: Arc<VirtualClock>,
    runtime: Runtime,
    lines: Vec<String>,
}

impl Stage {
    /// With the account `acme`, whose champion is Pat, and a playbook of two mails, five days apart.
    async fn set(store: &Store) -> Stage {
        Stage::with(store, &playbook("", WHEN, &TWO), 1).await
    }

    async fn with(store: &Store, text: &str, accounts: usize) -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        for (file, text) in [
            ("people.toml", PEOPLE),
            ("account.toml", ACCOUNT),
            ("hello.md", "+++\nsubject = \"Hello\"\n+++\nHello.\n"),
            ("care.toml", text),
        ] {
            fs::write(folder.path().join(file), text).expect("a file");
        }
        let clock = Arc::new(VirtualClock::at(at(START)));
        land(store, accounts).await;
        let (runtime, _) = open(store, folder.path(), &clock).await.expect("a runtime");
        Stage { folder, store: store.clone(), clock, runtime, lines: Vec::new() }
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.folder.path().join(file), text).expect("a file");
    }

    /// The edit is there, and the daemon has read it twice: what it says of it.
    async fn edit(&mut self, text: &str) -> Option<Report> {
        self.write("care.toml", text);
        self.poll().await
    }

    async fn poll(&mut self) -> Option<Report> {
        match self.look().await {
            Some(report) => Some(report),
            None => self.look().await,
        }
    }

    async fn look(&mut self) -> Option<Report> {
        self.runtime.look_at_folder(false).await.expect("a look")
    }

    /// What the edit was told to change or to leave.
    async fn edit_stays(&mut self, text: &str) -> String {
        self.edit(text).await.expect("a report").stays.join("\n")
    }

    /// Another process on the same folder and database.
    async fn restart(&mut self) -> Report {
        let (runtime, report) = open(&self.store, self.folder.path(), &self.clock).await.expect("a runtime");
        self.runtime = runtime;
        report
    }

    /// The lines from the last call on.
    async fn play_until(&mut self, until: &str) -> Vec<String> {
        let lines = &mut self.lines;
        let mut watch = |step: Step<'_>| {
            lines.extend(step.entries.iter().map(|entry| timeline::normalized(&timeline::line(entry))));
        };
        self.runtime.play(&self.clock, at(until), &mut watch).await.expect("a play");
        std::mem::take(&mut self.lines)
    }

    async fn enrollments(&self) -> Vec<Enrollment> {
        let desks = self.store.load_desks(&["a1".into()], self.clock.now()).await.expect("a desk");
        desks.into_values().flat_map(|desk| desk.enrollments.into_values()).collect()
    }

    async fn version(&self) -> String {
        self.enrollments().await[0].version.to_string()
    }
}

async fn open(store: &Store, dir: &Path, clock: &Arc<VirtualClock>) -> anyhow::Result<(Runtime, Report)> {
    Runtime::open(store.clone(), PathBuf::from(dir), clock.clone(), Arc::new(Channels::nowhere()), 2).await
}

async fn land(store: &Store, accounts: usize) {
    let mut rows = Rows::default();
    for n in 1..=accounts {
        let (id, as_of) = (Arc::<str>::from(format!("a{n}")), at("2026-01-01T00:00:00Z"));
        let fields = vec![("status".into(), Value::text("active")), ("score".into(), Value::Number(n as f64))];
        rows.accounts.push(AccountRow { line: n as u64, id: id.clone(), as_of, fields });
        let fields = vec![
            ("email".into(), Value::text(format!("pat@a{n}.example"))),
            ("personas".into(), Value::tags(["champion"])),
        ];
        rows.contacts.push(ContactRow { line: n as u64, id: format!("pat-{n}").into(), account: id, as_of, fields });
    }
    let mut tx = store.begin().await.expect("a transaction");
    tx.land(&rows, at("2026-01-01T00:00:00Z")).await.expect("rows land");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn an_enrollment_between_two_steps_goes_on_in_the_new_version() {
    on_every_database(async |store| {
        let mut stage = Stage::set(store).await;
        assert_eq!(stage.play_until("2026-03-03T00:00:00Z").await.len(), 2);
        let before = stage.version().await;
        let report = stage.edit(&playbook("", WHEN, &[TWO[0], ("new", "one + 2d"), TWO[1]])).await.expect("a report");
        assert_eq!(report.changed[0].from.as_deref(), Some(&*before));
        assert_eq!(
            stage.play_until("2026-03-31T00:00:00Z").await,
            [
                "2026-03-04 09:00 email new -> pat@a1.example",
                "2026-03-07 09:00 email two -> pat@a1.example",
                "2026-03-07 09:00 exit completed",
            ]
        );
        assert_ne!(stage.version().await, before);
    })
    .await;
}

#[tokio::test]
async fn an_edit_goes_live_when_the_folder_has_read_the_same_twice_and_at_once_when_asked() {
    let store = Store::open("sqlite::memory:").await.expect("a database");
    let mut stage = Stage::set(&store).await;
    stage.play_until("2026-03-03T00:00:00Z").await;
    stage.write("care.toml", &playbook("", WHEN, &[TWO[0]]).replace("owner = \"dana\"", "owner = \"dana\" # half"));
    assert_eq!(stage.look().await, None, "read once");
    stage.write("care.toml", &playbook("", WHEN, &[TWO[0], TWO[1], ("three", "two + 1d")]));
    assert_eq!(stage.look().await, None, "it still changes");
    assert_eq!(stage.look().await.map(|report| report.changed.len()), Some(1));
    assert_eq!(stage.look().await, None, "the same content is no news");
    let asked = stage.runtime.look_at_folder(true).await.expect("a look").expect("whoever asks is answered");
    assert!(asked.lines()[0].ends_with("book: the book is unchanged"), "{:?}", asked.lines());
}

#[tokio::test]
async fn a_playbook_that_is_wrong_keeps_running_in_its_last_good_version_also_after_a_restart() {
    on_every_database(async |store| {
        let mut stage = Stage::set(store).await;
        stage.play_until("2026-03-03T00:00:00Z").await;
        let said = stage.edit_stays(&playbook("", "account.scor > 0", &TWO)).await;
        assert!(said.contains("`care` keeps its last good version") && said.contains("care.toml:13"), "{said}");
        assert_eq!(stage.restart().await.stays.join("\n"), said);
        let told = store.notices(&Filter::default()).await.unwrap();
        assert_eq!(told.len(), 1, "the owner, once: {told:?}");
        assert!(told[0].text.contains("keeps its last good version"), "{told:?}");
        let rest = ["2026-03-07 09:00 email two -> pat@a1.example", "2026-03-07 09:00 exit completed"];
        assert_eq!(stage.play_until("2026-03-31T00:00:00Z").await, rest);
    })
    .await;
}

#[tokio::test]
async fn a_new_database_refuses_a_book_with_mistakes() {
    let store = Store::open("sqlite::memory:").await.expect("a database");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("care.toml"), playbook("", WHEN, &TWO)).expect("a file");
    let clock = Arc::new(VirtualClock::at(at(START)));
    let refused =
        open(&store, folder.path(), &clock).await.map(drop).expect_err("the field and the people are missing");
    assert!(refused.to_string().starts_with("the book has errors: care.toml:"), "{refused}");
}

#[tokio::test]
async fn a_link_that_is_swapped_to_another_checkout_is_an_edit() {
    let store = Store::open("sqlite::memory:").await.expect("a database");
    let (mut stage, checkouts) = (Stage::set(&store).await, tempfile::tempdir().expect("a folder"));
    let link = checkouts.path().join("current");
    let next = checkouts.path().join("next");
    fs::create_dir(&next).expect("a folder");
    for file in ["people.toml", "account.toml", "hello.md"] {
        fs::copy(stage.folder.path().join(file), next.join(file)).expect("a copy");
    }
    fs::write(next.join("care.toml"), playbook("", WHEN, &[TWO[0], ("other", "one + 1d")])).expect("a file");
    std::os::unix::fs::symlink(stage.folder.path(), &link).expect("a link");
    stage.runtime = open(&store, &link, &stage.clock).await.expect("a runtime").0;
    stage.play_until("2026-03-02T10:00:00Z").await;
    let swap = checkouts.path().join("swap");
    std::os::unix::fs::symlink(&next, &swap).expect("a link");
    fs::rename(&swap, &link).expect("a swap");
    let said = stage.poll().await.expect("a report").stays.join("\n");
    assert!(said.contains("has no step `two`, which 1 enrollments wait on"), "{said}");
}

#[tokio::test]
async fn an_enrollment_stays_on_its_version_when_a_step_it_has_passed_is_gone() {
    on_every_database(async |store| {
        let mut stage = Stage::set(store).await;
        stage.play_until("2026-03-03T00:00:00Z").await;
        let before = stage.version().await;
        stage.edit(&playbook("", WHEN, &[("uno", "enrolled"), ("two", "uno + 1d")])).await.expect("a report");
        let rest = ["2026-03-07 09:00 email two -> pat@a1.example", "2026-03-07 09:00 exit completed"];
        assert_eq!(stage.play_until("2026-03-31T00:00:00Z").await, rest);
        assert_eq!(stage.version().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_step_that_was_renamed_is_not_sent_again() {
    on_every_database(async |store| {
        let mut stage = Stage::set(store).await;
        stage.play_until("2026-03-03T00:00:00Z").await;
        let renamed = playbook("", WHEN, &[("uno", "enrolled"), ("two", "uno + 7d")]);
        stage.edit(&(renamed + "\n[[moved]]\nfrom = \"one\"\nto = \"uno\"\n")).await.expect("a report");
        assert_eq!(
            stage.play_until("2026-03-31T00:00:00Z").await,
            ["2026-03-09 09:00 email two -> pat@a1.example", "2026-03-09 09:00 exit completed"]
        );
        let steps = stage.enrollments().await.remove(0).steps;
        assert_eq!(steps.keys().map(|id| &**id).collect::<Vec<_>>(), ["two", "uno"]);
    })
    .await;
}

#[tokio::test]
async fn a_renamed_step_of_several_addressees_is_sent_again_to_none_of_them() {
    on_every_database(async |store| {
        let both = |steps: &[(&str, &str)]| playbook("", WHEN, steps).replace("contact:champion", "contacts:champion");
        let mut stage = Stage::with(store, &both(&TWO), 1).await;
        stage.write("policy.toml", "[quiet]\nwindow = \"business-hours\"\n");
        stage.poll().await.expect("a report");
        let as_of = at("2026-01-01T00:00:00Z");
        let fields = [("email", "lou@a1.example"), ("timezone", "America/New_York")];
        let mut fields: Vec<_> = fields.map(|(name, value)| (name.into(), Value::text(value))).into();
        fields.push(("personas".into(), Value::tags(["champion"])));
        let contacts = vec![ContactRow { line: 1, id: "lou".into(), account: "a1".into(), as_of, fields }];
        let mut tx = store.begin().await.unwrap();
        tx.land(&Rows { contacts, ..Rows::default() }, at(START)).await.unwrap();
        tx.commit().await.unwrap();
        let expected = [
            "2026-03-02 09:00 enroll",
            "2026-03-02 09:00 email one -> pat@a1.example",
            "2026-03-02 14:00 email one -> lou@a1.example",
        ];
        assert_eq!(stage.play_until("2026-03-03T00:00:00Z").await, expected);
        let renamed = both(&[("uno", "enrolled"), ("two", "uno + 7d")]) + "\n[[moved]]\nfrom = \"one\"\nto = \"uno\"\n";
        stage.edit(&renamed).await.expect("a report");
        let lines = stage.play_until("2026-03-31T00:00:00Z").await;
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines.iter().all(|line| !line.contains("uno") && !line.contains("one")), "{lines:?}");
        let steps = stage.enrollments().await.remove(0).steps;
        assert!(steps.contains_key("to:uno:lou@a1.example"), "{:?}", steps.keys());
    })
    .await;
}

#[tokio::test]
async fn a_step_that_enrollments_wait_on_cannot_just_go() {
    on_every_database(async |store| {
        let mut stage = Stage::set(store).await;
        stage.play_until("2026-03-03T00:00:00Z").await;
        let without = playbook("", WHEN, &[TWO[0], ("three", "one + 9d")]);
        let said = stage.edit_stays(&without).await;
        assert!(said.contains("no step `two`, which 1 enrollments wait on"), "{said}");
        assert!(said.contains("[[removed]] with step = \"two\" and then = \"skip\" or \"exit\""), "{said}");
        let skips = stage.edit(&(without + "\n[[removed]]\nstep = \"two\"\nthen = \"skip\"\n")).await;
        assert_eq!(skips.expect("a report").stays, Vec::<String>::new());
        assert_eq!(
            stage.play_until("2026-03-31T00:00:00Z").await,
            ["2026-03-11 09:00 email three -> pat@a1.example", "2026-03-11 09:00 exit completed"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_removed_step_may_end_those_who_wait_on_it() {
    let store = Store::open("sqlite::memory:").await.expect("a database");
    let mut stage = Stage::set(&store).await;
    stage.play_until("2026-03-03T00:00:00Z").await;
    let text = playbook("", WHEN, &[TWO[0]]) + "\n[[removed]]\nstep = \"two\"\nthen = \"exit\"\n";
    stage.edit(&text).await.expect("a report");
    assert_eq!(stage.play_until("2026-03-31T00:00:00Z").await, ["2026-03-03 00:00 exit removed"]);
}

#[tokio::test]
async fn in_flight_says_whether_enrollments_finish_end_or_begin_anew() {
    let steps = [("one", "enrolled"), ("gift", "one + 1d"), ("two", "one + 5d")];
    let finish: &[&str] = &["2026-03-07 09:00 email two -> pat@a1.example", "2026-03-07 09:00 exit completed"];
    let exit: &[&str] = &["2026-03-03 00:00 exit in_flight"];
    let restart: &[&str] = &[
        "2026-03-03 00:00 replan",
        "2026-03-04 00:00 email gift -> pat@a1.example",
        "2026-03-08 00:00 email two -> pat@a1.example",
        "2026-03-08 00:00 exit completed",
    ];
    for (in_flight, expected) in [("finish", finish), ("exit", exit), ("restart", restart)] {
        let store = Store::open("sqlite::memory:").await.expect("a database");
        let mut stage = Stage::set(&store).await;
        stage.play_until("2026-03-03T00:00:00Z").await;
        let report = stage.edit(&playbook(&format!("in_flight = \"{in_flight}\""), WHEN, &steps)).await;
        assert_eq!(report.expect("a report").stays, Vec::<String>::new());
        assert_eq!(stage.play_until("2026-03-31T00:00:00Z").await, expected, "{in_flight}");
    }
}

#[tokio::test]
async fn a_playbook_whose_file_is_gone_lets_its_enrollments_finish_and_is_gone_then() {
    let store = Store::open("sqlite::memory:").await.expect("a database");
    let mut stage = Stage::set(&store).await;
    stage.play_until("2026-03-03T00:00:00Z").await;
    stage.write("other.toml", &playbook("", "account.score > 900", &TWO).replace("\"care\"", "\"other\""));
    fs::remove_file(stage.folder.path().join("care.toml")).expect("a file");
    let said = stage.poll().await.expect("a report").stays.join("\n");
    assert!(said.contains("`care` has no file any more: nobody enters it, and its 1 active enrollments"), "{said}");
    stage.restart().await;
    assert_eq!(stage.play_until("2026-03-31T00:00:00Z").await.len(), 2);
    stage.restart().await;
    assert!(!stage.runtime.world().book.playbooks.contains_key("care"));
}

#[tokio::test]
async fn an_act_by_hand_goes_by_the_book_in_force_whatever_stands_in_the_folder() {
    let store = Store::open("sqlite::memory:").await.expect("a database");
    let mut stage = Stage::with(&store, &playbook("", "account.score > 1000", &TWO), 1).await;
    stage.play_until("2026-03-03T00:00:00Z").await;
    let in_force = stage.runtime.world().book.playbooks["care"].version.clone();
    stage.write("care.toml", "no toml");
    let book = playcaller::runtime::reload::book_in_force(&store).await.expect("a book").expect("one is in force");
    assert_eq!(book.playbooks["care"].version, in_force);
    let channels = Arc::new(Channels::nowhere());
    let mut by_hand = Runtime::new(store.clone(), book, stage.clock.clone(), channels, 1).await.expect("a runtime");
    by_hand.enroll("a1", "care", "dana").await.expect("an enrollment");
    assert_eq!(stage.version().await, *in_force);
}

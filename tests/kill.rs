//! A sending daemon is killed with signal 9 again and again, and nobody gets a mail twice or none.

use std::io::Write;
use std::time::Duration;

use tokio::time::timeout;

use crate::support::ledger::{Ledger, Manner};
use crate::support::oracle::Oracle;
use crate::support::site::{CHAMPIONS, Site};

/// How often; more before a release.
const KILLS: &str = "PLAYCALLER_KILLS";
/// Mails on their way at one time: each of them may be in doubt when the daemon is killed.
const CONNECTIONS: usize = 4;
/// New accounts before each start, more than the daemon gets done in its short life.
const ARRIVALS: usize = 30;
/// How long a daemon lives on after its first mail, at most.
const LONGEST_LIFE_MS: u64 = 350;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_sent_twice_when_the_daemon_is_killed_again_and_again() {
    let ledger = Ledger::start(Manner { slowest_ms: 10, ..Manner::default() }).await;
    let site = Site::new(&format!("[smtp]\nurl = \"{}\"\n", ledger.url()));
    let (kills, mut dice, mut most_in_doubt) = (kills(), Dice(0x5eed), 0);
    for kill in 0..kills {
        site.import(kill * ARRIVALS..(kill + 1) * ARRIVALS, false);
        let before = ledger.count();
        let daemon = site.daemon();
        // Every fifth is killed while it starts, reads and enrolls, the others while they send.
        if kill % 5 != 4 {
            timeout(Duration::from_secs(60), ledger.reaches(before + 1)).await.expect("the daemon sends");
        }
        tokio::time::sleep(Duration::from_millis(dice.throw(LONGEST_LIFE_MS))).await;
        daemon.kill();
        let in_doubt = Oracle::read(site.database()).await.in_state("committing");
        assert!(in_doubt <= CONNECTIONS, "{in_doubt} mails in doubt after one kill");
        most_in_doubt = most_in_doubt.max(in_doubt);
    }
    site.run(&["run", "--once"]);

    let (oracle, taken) = (Oracle::read(site.database()).await, ledger.taken());
    let (sent, uncertain) = (oracle.in_state("sent"), oracle.in_state("uncertain"));
    report(&format!(
        "{kills} kills, {} mails taken by the relay: {} lost, {} sent twice, {uncertain} in doubt and listed \
         (at most {most_in_doubt} in one kill)",
        taken.len(),
        kills * ARRIVALS * CHAMPIONS - sent - uncertain,
        taken.len() - oracle.ids_taken(&taken),
    ));
    assert_eq!(oracle.contradictions(&taken), Vec::<String>::new());
    assert_eq!(sent + uncertain, kills * ARRIVALS * CHAMPIONS);
    let listed = site.run(&["outbox", "list", "--state", "uncertain", "--format", "json"]);
    assert_eq!(listed.lines().count(), uncertain, "every doubt is listed");
}

/// 100 in the whole suite, 20 in a plain `cargo test`.
fn kills() -> usize {
    let standard = if std::env::var_os("PLAYCALLER_TEST_COMPLETE").is_some() { "100" } else { "20" };
    let wanted = std::env::var(KILLS).unwrap_or_else(|_| standard.to_owned());
    wanted.parse().unwrap_or_else(|_| panic!("{KILLS} is a number, not {wanted}"))
}

/// Figures are for whoever runs the suite; what goes through `println!` is shown only on failure.
#[expect(clippy::explicit_write, reason = "eprintln! is captured by the test runner as well")]
fn report(line: &str) {
    writeln!(std::io::stderr(), "kill loop: {line}").unwrap();
}

/// The same throws in every run (a linear congruential generator with Knuth's constants).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % below
    }
}

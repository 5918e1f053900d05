//! A real daemon, a real signal, mails on their way.

use std::time::Duration;

use tokio::time::timeout;

use crate::support::ledger::{Ledger, Manner};
use crate::support::oracle::Oracle;
use crate::support::site::{CHAMPIONS, Site};

const ACCOUNTS: usize = 40;
const MAILS: usize = ACCOUNTS * CHAMPIONS;

#[tokio::test(flavor = "multi_thread")]
async fn edits_and_mistakes_while_mails_go_out_lose_none_and_send_none_twice() {
    let ledger = Ledger::start(Manner { slowest_ms: 60, ..Manner::default() }).await;
    let site = Site::new(&format!("[smtp]\nurl = \"{}\"\n", ledger.url())).with_own_book();
    site.write_book("policy.toml", "[breaker]\nmax_new = 0\nmax_share = 0.0\ntrip_at = 0.0\n");
    site.import(0..ACCOUNTS, false);
    let mail = site.read_book("greeting.md");
    let daemon = site.daemon();
    for edit in 1..5 {
        timeout(Duration::from_secs(60), ledger.reaches(edit * 15)).await.expect("the daemon sends");
        let wrong = if edit % 2 == 0 { "{{ account.nmae }}" } else { "" };
        site.write_book("greeting.md", &format!("{mail}\nEdit {edit} {wrong}\n"));
        daemon.hang_up();
    }
    timeout(Duration::from_secs(60), ledger.reaches(MAILS)).await.expect("the daemon sends");
    let (code, _) = daemon.terminate();

    let (oracle, taken) = (Oracle::read(site.database()).await, ledger.taken());
    assert_eq!(code, Some(0));
    assert_eq!((oracle.in_state("sent"), taken.len()), (MAILS, MAILS));
    assert_eq!(oracle.contradictions(&taken), Vec::<String>::new());
    let left = site.command(&["check"]).output().expect("check runs");
    assert!(String::from_utf8_lossy(&left.stdout).contains("nmae"), "the last edit was a mistake");
}

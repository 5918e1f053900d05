//! `describe`: what an approver reads.

use super::Place;

const WELCOME: &str = "\
Welcome (welcome)
It is live.
Owner: morgan. Messages are of class onboarding.

Who comes in
  - An account comes in as soon as it qualifies.
  - Only when all of this holds:
    - status is active
    - arr is at least 5000
  - An account of which something is not known waits until it is.
  - Accounts that already qualify when it goes live come in at once.
  - An account may come in again 30 days after it left.
  - Everything waits for the opening of business-hours, in the account's own time.

What happens
  - call: right after the account came in, the account's owner gets the task \"Call <account name>\", due within 2 \
business days.
  - hello: right after the account came in, the champion gets the mail \"Welcome, <account name>\". First the \
account's owner approves it.
  - note: right after the task of call is done, the manager of the account's owner gets the task \"Note the call with \
<account name>\".
";

#[test]
fn a_playbook_reads_as_plain_english() {
    let place = Place::new();
    let said = place.done("describe welcome");
    assert!(said.starts_with(WELCOME), "{said}");
    assert!(said.contains("  - It is won when seats is at least 100.\n"), "{said}");
    let letter = "\n\nWhat the customer reads\n  - hello: \"Welcome, <account name>\"\n      Hello <contact first name>,\n\n      \
                  we are glad that you are here.\n";
    assert!(said.ends_with(letter), "{said}");
    assert_eq!(place.object("describe welcome")["text"], said);
    assert!(place.wrong("describe welcom").contains("did you mean `welcome`?"));
}

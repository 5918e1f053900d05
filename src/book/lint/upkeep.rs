//! What keeps a playbook in hand: a test, a title.

use super::{Look, is_in_use};
use crate::book::playbook::Playbook;

pub(super) fn look(look: &Look, playbook: &Playbook) {
    if !is_in_use(playbook) {
        return;
    }
    let is_tested = look.tests.iter().any(|file| file.playbook == playbook.id);
    if look.is_whole && !is_tested {
        let name = playbook.file.strip_suffix(".toml").unwrap_or(&playbook.file);
        let message = format!("no test plays `{}`: nothing says what it must do", playbook.id);
        let help = format!("write {name}.test.toml; its lines can be copied from `playcaller simulate`");
        look.say("no-test", &look.at(&playbook.file, "id"), message, help);
    }
    if *playbook.title == *playbook.id && !look.is_written(playbook, "title") {
        let message = "without a title, mails to the owner and lists show the id";
        look.say("no-title", &look.at(&playbook.file, "id"), message, "add title = \"…\"");
    }
}

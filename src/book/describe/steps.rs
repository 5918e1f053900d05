//! What is done when, in the order of the file; then the ladder beside it.

use super::people::{everyone, who};
use super::text::{first_line, in_words};
use super::{Page, inline};
use crate::book::Book;
use crate::book::playbook::{
    Action, Approve, Base, ChatAction, ChatTarget, Escalation, EscalationClock, Level, OnTimeout, Playbook, Step,
    Timing,
};
use crate::condition::spaced;

pub(super) fn tell(playbook: &Playbook, book: &Book, page: &mut Page) {
    if !playbook.branches.is_empty() {
        page.heading("Which way an account goes");
        for branch in &playbook.branches {
            match &branch.when {
                Some(when) => page.condition(&format!("{}: when", branch.id), when),
                None => page.item(format!("{}: all others.", branch.id)),
            }
        }
    }
    page.heading("What happens");
    for step in &playbook.steps {
        page.item(format!("{}: {}", step.id, sentence(step, playbook, book)));
    }
    if let Some(ladder) = &playbook.escalation {
        climb(ladder, playbook, book, page);
    }
}

/// What a step does and when, without its id.
pub fn sentence(step: &Step, playbook: &Playbook, book: &Book) -> String {
    let branches = step.branches.iter().map(|own| &**own).collect::<Vec<_>>().join(" and ");
    let only = if branches.is_empty() { String::new() } else { format!("for {branches}, ") };
    let when = step.when.as_ref().map_or_else(String::new, |when| format!(", if {}", inline(when)));
    let hour = step.time.map_or_else(String::new, |time| format!(" at {}", time.strftime("%H:%M")));
    let approved = step.approve.as_ref().map_or_else(String::new, approval);
    format!("{only}{}{hour}, {}{when}.{approved}", moment(step, playbook), does(&step.action, playbook, book))
}

fn moment(step: &Step, playbook: &Playbook) -> String {
    match &step.timing {
        Timing::At(span) if span.n == 0 => "on the date".to_owned(),
        Timing::At(span) if span.is_negative() => format!("{} before the date", span.in_words()),
        Timing::At(span) => format!("{} after the date", span.in_words()),
        Timing::After(base, None) => format!("right after {}", from(base, playbook)),
        Timing::After(base, Some(span)) => {
            let side = if span.is_negative() { "before" } else { "after" };
            format!("{} {side} {}", span.in_words(), from(base, playbook))
        }
    }
}

fn from(base: &Base, playbook: &Playbook) -> String {
    match base {
        Base::Enrolled => "the account came in".to_owned(),
        Base::Step(place) => playbook.steps[*place].id.to_string(),
        Base::Done(place) => format!("the task of {} is done", playbook.steps[*place].id),
        Base::Previous => "the step before".to_owned(),
    }
}

fn does(action: &Action, playbook: &Playbook, book: &Book) -> String {
    match action {
        Action::Email(email) => {
            let copies = if email.cc.is_empty() { String::new() } else { format!(", copy to {}", everyone(&email.cc)) };
            let else_to = email.fallback_to.as_ref();
            let else_to = else_to.map_or_else(String::new, |to| format!(" (if there is none: {})", who(to)));
            format!("{} gets the mail \"{}\"{else_to}{copies}", everyone(&email.to), subject(&email.template, book))
        }
        Action::Slack(chat) => format!("{} gets the Slack message {}", target(&chat.to), chatter(chat, book)),
        Action::Teams(chat) => format!("{} gets the Teams message {}", target(&chat.to), chatter(chat, book)),
        Action::Webhook(webhook) => format!("the endpoint {} is called", webhook.endpoint),
        Action::Task(task) => {
            let due = task.due.map_or_else(String::new, |due| format!(", due within {}", due.in_words()));
            let title = in_words(book.templates.text(&task.title).unwrap_or_default());
            format!("{} gets the task \"{title}\"{due}", who(&task.assignee))
        }
        Action::WaitFor(wait) => {
            let end = match (wait.timeout, wait.on_timeout) {
                (None, _) => String::new(),
                (Some(timeout), OnTimeout::Next) => format!(", {} at most, then it goes on", timeout.in_words()),
                (Some(timeout), OnTimeout::Exit) => format!("; after {} it ends", timeout.in_words()),
                (Some(timeout), OnTimeout::Goto(place)) => {
                    format!("; after {} it goes to {}", timeout.in_words(), playbook.steps[place].id)
                }
            };
            format!("it waits until {}{end}", inline(&wait.until))
        }
        Action::Set { field, value } => format!("{} becomes {value}", spaced(field)),
        Action::Start { playbook } => format!("the account is put into {playbook}"),
        Action::Stop { playbook } => format!("{playbook} is ended for the account"),
    }
}

fn subject(template: &crate::book::template::TemplateId, book: &Book) -> String {
    book.templates.subject(template).map_or_else(|| template.to_string(), |subject| in_words(&subject))
}

/// The first line of a chat message; one that is laid out in JSON is named.
fn chatter(chat: &ChatAction, book: &Book) -> String {
    match book.templates.body(&chat.template).filter(|body| !body.trim_start().starts_with('{')) {
        Some(body) => format!("\"{}\"", in_words(&first_line(&body))),
        None => chat.template.to_string(),
    }
}

fn target(target: &ChatTarget) -> String {
    match target {
        ChatTarget::Channel(name) => name.to_string(),
        ChatTarget::Person(person) => who(person),
    }
}

fn approval(approve: &Approve) -> String {
    let when = approve.when.as_ref().map_or_else(String::new, |when| format!(" if {}", inline(when)));
    let within = approve
        .within
        .map_or_else(String::new, |within| format!("; without a yes within {} it is dropped", within.in_words()));
    format!(" First {} approves it{when}{within}.", who(&approve.by))
}

fn climb(ladder: &Escalation, playbook: &Playbook, book: &Book, page: &mut Page) {
    page.heading("Who is responsible from which day");
    let days = if ladder.clock == EscalationClock::Business { "business days" } else { "days" };
    page.item(format!("Counted in {days}, from the day {}.", from(&ladder.starts, playbook)));
    for level in &ladder.levels {
        page.item(level_sentence(level, playbook, book));
    }
    if let Some(stop) = &ladder.stop_when {
        page.condition("It stops when", stop);
    }
}

fn level_sentence(level: &Level, playbook: &Playbook, book: &Book) -> String {
    let until = level.last_day.map_or_else(|| " on".to_owned(), |last| format!(" to {last}"));
    let remind = level.remind_every.map_or_else(String::new, |every| {
        format!(", and is reminded every {}, at most {} times", every.in_words(), level.max_reminders)
    });
    let quick = level.acknowledge_within.map_or_else(String::new, |within| {
        format!(". Unless it is acknowledged within {}, the next level begins", within.in_words())
    });
    let jump = level.jump_when.as_ref();
    let jump = jump.map_or_else(String::new, |when| format!(". It comes at once when {}", inline(when)));
    let down = level.step_down_when.as_ref();
    let down = down.map_or_else(String::new, |when| format!(". One level down when {}", inline(when)));
    format!(
        "{}, from day {}{until}: {}{remind}{quick}{jump}{down}.",
        level.id,
        level.first_day,
        does(&level.action, playbook, book)
    )
}

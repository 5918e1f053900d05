//! What a step would hand out now: rendered and addressed by the code that sends, with nothing written.

use std::sync::Arc;

use crate::book::playbook::{Action, Playbook};
use crate::engine::Reason;
use crate::engine::delivery::Content;
use crate::engine::desk::Task;
use crate::portfolio::{Facts, Run};

use super::advance::Gate;
use super::prepare::Prepared;
use super::{Input, Turn};

/// What came of the rehearsal.
#[derive(Debug)]
pub enum Rehearsal {
    /// One per addressee.
    Messages(Vec<Content>),
    Task(Box<Task>),
    /// A wait, or a change of our own data: nothing to see.
    Nothing,
    /// Why it would not be handed out, and which rule or token says so.
    Held(Reason, Option<Arc<str>>),
}

/// Rehearses a step or escalation level: in the account's active enrollment, or as if it had been enrolled just now.
/// None when the playbook has no step or level of that id. The step's own `when` is not asked.
pub fn rehearse(input: Input<'_>, playbook: &Playbook, step: &str) -> Option<Rehearsal> {
    let action = action(playbook, step)?;
    let turn = Turn::new(input);
    let enrollment = turn.desk.active().find(|own| own.playbook == playbook.id);
    let (id, facts) = match enrollment {
        Some(own) => (own.id.clone(), turn.facts_for(playbook, own)),
        None => ("preview".into(), enrolled_now(&turn, playbook)),
    };
    Some(match turn.prepare(playbook, &id, step, &action, &facts) {
        Gate::Go(Prepared::Messages(messages)) => match turn.full_cap(&messages, playbook, &facts) {
            Some(cap) => Rehearsal::Held(cap.reason, Some(cap.rule)),
            None => Rehearsal::Messages(messages.into_iter().map(|message| message.content).collect()),
        },
        Gate::Go(Prepared::Task(task)) => Rehearsal::Task(task),
        Gate::Go(Prepared::Plain) => Rehearsal::Nothing,
        Gate::Skip(reason) => Rehearsal::Held(reason, None),
        Gate::Hold(obstacle) => Rehearsal::Held(obstacle.reason, Some(obstacle.rule)),
        Gate::Ask => Rehearsal::Held(Reason::AwaitingApproval, None),
    })
}

/// The action of the step, or of the level; a level's mail goes to whoever is responsible.
fn action(playbook: &Playbook, id: &str) -> Option<Action> {
    if let Some((_, step)) = playbook.step(id) {
        return Some(step.action.clone());
    }
    let level = playbook.escalation.as_ref()?.levels.iter().find(|level| &*level.id == id)?;
    let mut action = level.action.clone();
    if let Action::Email(email) = &mut action {
        email.to = vec![level.assignee.clone()];
    }
    Some(action)
}

fn enrolled_now(turn: &Turn<'_>, playbook: &Playbook) -> Facts {
    let mut facts = turn.facts.seen_by(playbook);
    facts.run = Some(Arc::new(Run { enrolled_at: turn.now, ..Run::default() }));
    facts
}

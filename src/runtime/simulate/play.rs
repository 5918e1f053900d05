//! A play: ticks in memory, from wake to wake.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::thread;

use tracing::error;

use crate::engine::Reason;
use crate::engine::delivery::DeliveryState;
use crate::engine::desk::{Change, Desk, Entry, EntryKind, EntryResult};
use crate::engine::recipients::OpenTasks;
use crate::engine::turnout::{Arrival, Turnout};
use crate::engine::visit::{Input, Visit, visit};
use crate::portfolio::{Facts, World};
use crate::runtime::CONNECTIONS;
use crate::runtime::look::BATCH;
use crate::runtime::play::Step;
use crate::store::WaitingDelivery;
use crate::time::Timestamp;

use super::Played;
use super::outbox::Outbox;
use super::scene::{Resident, Scene};

/// So many looks are worth a thread.
const LOOKS_A_THREAD: usize = 16;

/// A play under way.
pub(super) struct Play {
    world: World,
    live_since: BTreeMap<Arc<str>, Timestamp>,
    from: Timestamp,
    cast: Vec<Resident>,
    places: HashMap<Arc<str>, usize>,
    /// Who is to be looked at when, by place in the cast.
    due: BTreeSet<(Timestamp, usize)>,
    outbox: Outbox,
    open_tasks: OpenTasks,
    turnout: Turnout,
    entries: Vec<Entry>,
    looks: usize,
}

impl Play {
    pub fn new(scene: &Scene, world: World, cast: Vec<Resident>, live_since: BTreeMap<Arc<str>, Timestamp>) -> Play {
        Play {
            world,
            live_since,
            from: scene.from,
            places: cast.iter().enumerate().map(|(place, own)| (own.account.id.clone(), place)).collect(),
            due: cast.iter().enumerate().filter_map(|(place, own)| Some((own.wake_at?, place))).collect(),
            cast,
            outbox: Outbox::new(&scene.waiting, &scene.blocked),
            open_tasks: scene.open_tasks.clone(),
            turnout: scene.turnout.clone(),
            entries: Vec::new(),
            looks: 0,
        }
    }

    /// Ticks at the beginning and at every wake up to and including `until`.
    pub fn run(mut self, until: Timestamp, watch: &mut (dyn FnMut(&Step<'_>) + Send)) -> Played {
        let mut now = self.from;
        loop {
            let before = self.entries.len();
            self.tick(now);
            watch(&Step { at: now, entries: &self.entries[before..] });
            match self.next_wake().filter(|at| *at <= until) {
                Some(at) => now = at,
                None => break,
            }
        }
        let accounts = self.cast.into_iter().map(|own| (own.account, own.desk)).collect();
        Played { entries: self.entries, accounts, looks: self.looks }
    }

    /// As the daemon's: nothing goes out while somebody is to be looked at.
    fn tick(&mut self, now: Timestamp) {
        loop {
            let looked = self.look_at_due(now);
            let delivered = self.hand_over_some(now);
            if !looked && !delivered {
                break;
            }
        }
    }

    fn next_wake(&self) -> Option<Timestamp> {
        let look = self.due.first().map(|(at, _)| *at);
        look.into_iter().chain(self.outbox.next_due()).min()
    }

    /// Looks at everybody who is due, in batches of the daemon's size: what a batch sees of the others is what stood
    /// before it.
    fn look_at_due(&mut self, now: Timestamp) -> bool {
        let mut any = false;
        loop {
            let due = self.due.range(..=(now, usize::MAX)).take(BATCH as usize);
            let batch: Vec<usize> = due.map(|(_, place)| *place).collect();
            if batch.is_empty() {
                return any;
            }
            any = true;
            let batch = self.those_who_do_not_rest(batch, now);
            self.looks += batch.len();
            for (place, seen) in batch.iter().zip(self.looks(&batch, now)) {
                self.write(*place, seen, now);
            }
        }
    }

    /// Leaves out whom nothing but the date wakes, and to whom it makes no difference: they rest on.
    fn those_who_do_not_rest(&mut self, batch: Vec<usize>, now: Timestamp) -> Vec<usize> {
        let asked = self.each(&batch, |place| {
            let own = &self.cast[place];
            let rest = own.rest.as_ref().filter(|rest| rest.look_at.is_none_or(|at| at > now))?;
            rest.ask(&self.world, &own.account, now).ok().map(|next| (rest.look_at, next))
        });
        let mut restless = Vec::new();
        for (place, rests) in batch.into_iter().zip(asked) {
            match rests {
                Some((look_at, next)) => self.wake(place, look_at.into_iter().chain(next).min()),
                None => restless.push(place),
            }
        }
        restless
    }

    fn write(&mut self, place: usize, seen: Visit, now: Timestamp) {
        let own = &mut self.cast[place];
        if seen.is_restless {
            error!("account {}: the book never comes to rest on it, trying again in an hour", own.account.id);
            own.rest = None;
            return self.wake(place, Some(now + jiff::Span::new().hours(1)));
        }
        for change in &seen.changes {
            match change {
                Change::History(entry) => self.entries.push(entry.clone()),
                Change::Arrival(arrival) => self.turnout.count(arrival),
                Change::Task(id) => note_task(&mut self.open_tasks, id, &own.desk, &seen.desk),
                _ => self.outbox.hear(&own.account.id, change),
            }
        }
        (own.account, own.desk) = (seen.account, seen.desk);
        let wake_at = seen.rest.wake_at();
        own.rest = Some(seen.rest);
        self.wake(place, wake_at);
    }

    fn wake(&mut self, place: usize, at: Option<Timestamp>) {
        let own = &mut self.cast[place];
        if let Some(before) = std::mem::replace(&mut own.wake_at, at) {
            self.due.remove(&(before, place));
        }
        self.due.extend(at.map(|at| (at, place)));
    }

    /// Hands over what is queued and due, as many messages as a daemon has connections. False when there was none.
    fn hand_over_some(&mut self, now: Timestamp) -> bool {
        let some: Vec<WaitingDelivery> = (0..CONNECTIONS).map_while(|_| self.outbox.next(now)).collect();
        some.iter().for_each(|own| self.hand_over(own, now));
        !some.is_empty()
    }

    /// Hands one over; its account is looked at again.
    fn hand_over(&mut self, own: &WaitingDelivery, now: Timestamp) {
        let Some(place) = self.places.get(&own.account).copied() else { return };
        let Some((state, reason)) = self.outbox.gate(own, &self.cast[place].desk, now) else { return };
        let line = reason.filter(|_| state != DeliveryState::Cancelled);
        let line = line.and_then(|reason| self.refusal(place, own, reason, now));
        self.entries.extend(line);
        let desk = Arc::make_mut(&mut self.cast[place].desk);
        let send = desk.sends.get_mut(&own.id).expect("the gate has seen it");
        (send.state, send.reason) = (state, reason);
        if state == DeliveryState::Sent {
            send.sent_at = Some(now);
            let own = &mut self.cast[place];
            own.rest = None;
            let at = own.wake_at.map_or(now, |at| at.min(now));
            self.wake(place, Some(at));
        }
    }

    /// The line of a delivery that the last gate has stopped.
    fn refusal(&self, place: usize, own: &WaitingDelivery, reason: Reason, now: Timestamp) -> Option<Entry> {
        let resident = &self.cast[place];
        let send = resident.desk.sends.get(&own.id)?;
        let enrollment = resident.desk.enrollments.get(&send.enrollment)?;
        let playbook = self.world.book.playbook_at(&enrollment.playbook, &enrollment.version)?;
        let work = Arc::new(resident.desk.work());
        let facts = Facts::new(self.world.clone(), resident.account.clone(), work, now).seen_by(playbook);
        Some(Entry {
            at: now,
            zone: Arc::from(facts.zone.iana_name().unwrap_or("UTC")),
            account: own.account.clone(),
            playbook: enrollment.playbook.clone(),
            version: enrollment.version.clone(),
            enrollment: Some(enrollment.id.clone()),
            kind: EntryKind::Deliver,
            step: Some(send.step.clone()),
            action: Some(own.channel),
            to: Some(own.to.clone()),
            result: EntryResult::Skipped,
            reason: Some(reason),
            detail: None,
        })
    }
}

impl Play {
    /// One look at each. Who comes in counts for those after: only where a
    /// limit is near are they looked at one after the other.
    fn looks(&mut self, batch: &[usize], now: Timestamp) -> Vec<Visit> {
        self.turnout.active_accounts = u64::MAX;
        let seen = self.each(batch, |place| self.look(place, &self.turnout, now));
        if self.is_within_limits(&seen, now) { seen } else { self.looks_in_turn(batch, now) }
    }

    /// What comes of each of them, in their order, on several threads where there are many.
    fn each<T: Send>(&self, batch: &[usize], of: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let threads = thread::available_parallelism().map_or(1, usize::from).min(batch.len() / LOOKS_A_THREAD);
        if threads < 2 {
            return batch.iter().map(|place| of(*place)).collect();
        }
        let (share, of) = (batch.len().div_ceil(threads), &of);
        thread::scope(|scope| {
            let some = |some: &'_ [usize]| -> Vec<T> { some.iter().map(|place| of(*place)).collect() };
            let shares: Vec<_> = batch.chunks(share).map(|own| scope.spawn(move || some(own))).collect();
            shares.into_iter().flat_map(|share| share.join().expect("a look does not panic")).collect()
        })
    }

    fn looks_in_turn(&mut self, batch: &[usize], now: Timestamp) -> Vec<Visit> {
        self.turnout.active_accounts = self.active_accounts(now);
        let mut turnout = self.turnout.clone();
        let mut looked = Vec::with_capacity(batch.len());
        for place in batch {
            let seen = self.look(*place, &turnout, now);
            arrivals(&seen).for_each(|arrival| turnout.count(arrival));
            looked.push(seen);
        }
        looked
    }

    fn look(&self, place: usize, turnout: &Turnout, now: Timestamp) -> Visit {
        let own = &self.cast[place];
        visit(Input {
            world: &self.world,
            account: own.account.clone(),
            desk: own.desk.clone(),
            now,
            live_since: &self.live_since,
            open_tasks: &self.open_tasks,
            turnout,
            requests: &[],
        })
    }

    /// Whether nobody would have been parked had they come one after the other.
    fn is_within_limits(&mut self, seen: &[Visit], now: Timestamp) -> bool {
        let arrived: Vec<&Arrival> = seen.iter().flat_map(arrivals).collect();
        if arrived.is_empty() {
            return true;
        }
        let mut turnout = self.turnout.clone();
        turnout.active_accounts = self.active_accounts(now);
        let (book, breaker) = (&self.world.book, &self.world.book.policy.breaker);
        arrived.into_iter().all(|arrival| {
            let playbook = book.playbooks.get(&arrival.playbook);
            let is_in = arrival.question.is_none()
                && playbook.is_some_and(|own| turnout.excess(own, breaker, arrival.day, 0).is_none());
            turnout.count(arrival);
            is_in
        })
    }

    /// Accounts whose status is active, or not known.
    fn active_accounts(&self, now: Timestamp) -> u64 {
        let is_active = |own: &&Resident| {
            let status = own.account.text("status", now);
            own.account.is_known(now) && status.is_none_or(|status| &*status == "active")
        };
        self.cast.iter().filter(is_active).count() as u64
    }
}

fn arrivals(seen: &Visit) -> impl Iterator<Item = &Arrival> {
    seen.changes.iter().filter_map(|change| match change {
        Change::Arrival(arrival) => Some(arrival),
        _ => None,
    })
}

/// Open tasks per person follow a task that was made or has changed.
fn note_task(open_tasks: &mut OpenTasks, id: &Arc<str>, before: &Desk, after: &Desk) {
    let holder = |desk: &Desk| {
        let task = desk.tasks.get(id).filter(|task| task.state.is_open())?;
        task.assignee.clone()
    };
    if let Some(person) = holder(before)
        && let Some(open) = open_tasks.get_mut(&person)
    {
        *open = open.saturating_sub(1);
    }
    if let Some(person) = holder(after) {
        *open_tasks.entry(person).or_default() += 1;
    }
}

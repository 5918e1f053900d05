//! Names that look back over time or at the enrollment: health, usage, events, run, tasks.

use std::ops::Range;
use std::sync::Arc;

use super::super::expr::Node;
use super::super::vocabulary::{RUN, WINDOWS};
use super::super::{Name, Type, Window};
use super::Lower;
use super::path::Segment;

impl Lower<'_> {
    pub(super) fn health(&mut self, part: &Segment, root: &Range<usize>) -> Option<Node> {
        let registry = self.scope.registry;
        match (part.name, part.args) {
            ("score", _) => self.name(Name::HealthScore, Type::Number, root, part),
            ("band", _) => {
                let bands = Type::choice(registry.bands.iter().map(String::as_str));
                self.name(Name::HealthBand, bands, root, part)
            }
            ("change", Some([days])) => {
                let days = self.days(days)?;
                self.called(Name::HealthChange(days), root, part)
            }
            ("was", Some([days])) => {
                let days = self.days(days)?;
                self.called(Name::HealthWas(days), root, part)
            }
            ("change" | "was", _) => self.wants_days(part, "health"),
            (id, _) if registry.dimensions.iter().any(|known| known == id) => {
                self.name(Name::Dimension(id.into()), Type::Number, root, part)
            }
            (id, _) => {
                let known = registry.dimensions.iter().map(String::as_str);
                let message = format!("there is no health dimension `{id}`");
                let candidates = ["score", "band", "change", "was"].into_iter().chain(known);
                self.unknown("unknown-dimension", part.at.clone(), message, candidates)
            }
        }
    }

    pub(super) fn usage(&mut self, metric: &Segment, window: &Segment, root: &Range<usize>) -> Option<Node> {
        let known = self.known("metric", self.scope.registry.metrics.keys(), metric.name, metric.at.clone());
        let asked = self.window(window, metric.name);
        let (metric, asked) = (known?, asked?);
        self.called(Name::Usage { metric, window: asked }, root, window)
    }

    fn window(&mut self, window: &Segment, metric: &str) -> Option<Window> {
        match (window.name, window.args) {
            ("last", None) => Some(Window::Last),
            ("sum", Some([days])) => self.days(days).map(Window::Sum),
            ("avg", Some([days])) => self.days(days).map(Window::Avg),
            ("min", Some([days])) => self.days(days).map(Window::Min),
            ("max", Some([days])) => self.days(days).map(Window::Max),
            ("change_pct", Some([days])) => self.days(days).map(Window::ChangePct),
            ("days_below", Some([limit, days])) => {
                let (limit, days) = (self.limit(limit), self.days(days));
                Some(Window::DaysBelow(limit?, days?))
            }
            ("days_below", _) => {
                let help = format!("write `usage.{metric}.days_below(5, 30)`");
                self.wrong("wrong-arguments", window.at.clone(), "`days_below` takes a number and days", Some(&help))
            }
            ("last", Some(_)) => self.wrong("wrong-arguments", window.at.clone(), "`last` takes no arguments", None),
            (name, _) if WINDOWS.contains(&name) => self.wants_days(window, &format!("usage.{metric}")),
            (name, _) => {
                let message = format!("there is no `{name}` of a metric");
                self.unknown("unknown-window", window.at.clone(), message, WINDOWS.into_iter())
            }
        }
    }

    pub(super) fn event_count(&mut self, kind: &Segment, count: &Segment, root: &Range<usize>) -> Option<Node> {
        let known = self.known("event", self.scope.registry.events.keys(), kind.name, kind.at.clone());
        match (count.name, count.args) {
            ("count", Some([days])) => {
                let days = self.days(days);
                self.called(Name::EventCount { kind: known?, days: days? }, root, count)
            }
            ("count", _) => self.wants_days(count, &format!("events.{}", kind.name)),
            ("last", _) => {
                let help = format!("write `events.{}.last.at`", kind.name);
                self.wrong("incomplete-name", count.at.clone(), "`last` needs a field of the event", Some(&help))
            }
            (name, _) => {
                let message = format!("there is no `{name}` of events");
                self.unknown("unknown-window", count.at.clone(), message, ["count", "last"].into_iter())
            }
        }
    }

    pub(super) fn last_event(&mut self, kind: &Segment, field: &Segment, root: &Range<usize>) -> Option<Node> {
        let registry = self.scope.registry;
        let known = self.known("event", registry.events.keys(), kind.name, kind.at.clone())?;
        if field.name == "at" {
            return self.name(Name::EventLastAt { kind: known }, Type::Time, root, field);
        }
        let fields = &registry.events[kind.name];
        let what = format!("`{}` field", kind.name);
        let ty = self.field(&what, fields, field.name, field.at.clone())?.ty.clone();
        self.name(Name::EventLast { kind: known, field: field.name.into() }, ty, root, field)
    }

    pub(super) fn event(&mut self, field: &Segment, root: &Range<usize>) -> Option<Node> {
        let Some(kind) = self.scope.event else {
            let help = "it belongs in a playbook whose trigger is an event; elsewhere use `events.<kind>.last`";
            return self.wrong("no-event-here", root.clone(), "there is no event here", Some(help));
        };
        if field.name == "contact" {
            return self.name(Name::EventContact, Type::Text, root, field);
        }
        let Some(fields) = self.scope.registry.events.get(kind) else {
            return self.wrong("unknown-event", root.clone(), format!("there is no event `{kind}`"), None);
        };
        let ty = self.field(&format!("`{kind}` field"), fields, field.name, field.at.clone())?.ty.clone();
        self.name(Name::Event(field.name.into()), ty, root, field)
    }

    pub(super) fn run(&mut self, part: &Segment, root: &Range<usize>) -> Option<Node> {
        self.inside_a_playbook(root)?;
        let (name, ty) = match part.name {
            "day" => (Name::RunDay, Type::Number),
            "enrolled_on" => (Name::RunEnrolledOn, Type::Date),
            "branch" => (Name::RunBranch, Type::choice(self.scope.branches.iter().map(String::as_str))),
            "replied" => (Name::RunReplied, Type::Bool),
            other => {
                let message = format!("a run has no `{other}`");
                return self.unknown("unknown-field", part.at.clone(), message, RUN.into_iter());
            }
        };
        self.name(name, ty, root, part)
    }

    pub(super) fn tasks(&mut self, open: &Segment, root: &Range<usize>) -> Option<Node> {
        let ("open", Some([playbook])) = (open.name, open.args) else {
            let help = "write `tasks.open(\"playbook-id\")`";
            return self.wrong("wrong-arguments", open.at.clone(), "of tasks only the open ones are known", Some(help));
        };
        let playbook = self.known_literal("playbook", self.scope.registry.playbooks.iter(), playbook)?;
        self.called(Name::TasksOpen(playbook), root, open)
    }

    pub(super) fn inside_a_playbook(&mut self, at: &Range<usize>) -> Option<()> {
        if self.scope.in_playbook {
            return Some(());
        }
        let message = format!("`{}` is known only inside a playbook", self.text(at));
        self.wrong("not-in-a-playbook", at.clone(), message, None)
    }

    /// A number read through a segment with checked arguments.
    fn called(&mut self, name: Name, root: &Range<usize>, last: &Segment) -> Option<Node> {
        let end = if last.args.is_some() { self.closing(last.at.end) } else { last.at.end };
        self.read(name, Type::Number, root.start..end)
    }

    /// The end of the argument list that opens after this byte.
    pub(super) fn closing(&self, after: usize) -> usize {
        let bracket = self.scan.index_at(after);
        let closer = self.scan.tokens[bracket].partner.unwrap_or(bracket);
        self.scan.tokens[closer].at.end
    }

    fn wants_days<T>(&mut self, part: &Segment, path: &str) -> Option<T> {
        let message = format!("`{}` takes a number of days", part.name);
        let help: Arc<str> = format!("write `{path}.{}(30)`", part.name).into();
        self.wrong("wrong-arguments", part.at.clone(), message, Some(&help))
    }
}

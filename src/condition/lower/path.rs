//! Dotted names: `account.arr`, `events.nps_response.last.score`, `role("vp_cs").manager`.

use std::ops::Range;
use std::sync::Arc;

use rhai::Expr as Tree;

use super::super::expr::{Expr, Node};
use super::super::functions::Function;
use super::super::vocabulary::ROOTS;
use super::super::{Name, Problem, Type};
use super::Lower;

/// One part after a dot, with its arguments when it is called.
pub(super) struct Segment<'t> {
    pub name: &'t str,
    pub args: Option<&'t [Tree]>,
    pub at: Range<usize>,
}

impl Lower<'_> {
    pub(super) fn path(&mut self, tree: &Tree) -> Option<Node> {
        let (root, segments) = self.segments(tree)?;
        match root {
            Tree::Variable(variable, _, position) => {
                let at = self.at(*position);
                self.rooted(&variable.1, at, &segments)
            }
            Tree::FnCall(call, position) if Function::named(&call.name).is_some() => {
                let at = self.at(*position);
                self.call(&call.name, &call.args, at, &segments)
            }
            other => {
                let start = self.expression(other)?;
                self.parts_of(start, &segments)
            }
        }
    }

    fn segments<'t>(&mut self, tree: &'t Tree) -> Option<(&'t Tree, Vec<Segment<'t>>)> {
        let Tree::Dot(pair, ..) = tree else { return Some((tree, Vec::new())) };
        let (root, mut rest) = (&pair.lhs, &pair.rhs);
        let mut segments = Vec::new();
        loop {
            let (part, next) = match rest {
                Tree::Dot(pair, ..) => (&pair.lhs, Some(&pair.rhs)),
                last => (last, None),
            };
            let at = self.at(part.start_position());
            segments.push(match part {
                Tree::Property(property, _) => Segment { name: &property.2, args: None, at },
                Tree::MethodCall(call, _) => Segment { name: &call.name, args: Some(&call.args), at },
                _ => {
                    self.index(at);
                    return None;
                }
            });
            match next {
                Some(next) => rest = next,
                None => return Some((root, segments)),
            }
        }
    }

    fn rooted(&mut self, root: &str, at: Range<usize>, segments: &[Segment]) -> Option<Node> {
        let (used, found) = match (root, segments) {
            ("today", _) => {
                self.reads.daily = true;
                (0, Some(Node::new(Expr::Today, Type::Date, at.clone())))
            }
            ("now", _) => {
                self.reads.clock = true;
                (0, Some(Node::new(Expr::Now, Type::Time, at.clone())))
            }
            ("account", [field, ..]) => (1, self.account(field, &at)),
            ("contacts", [count, ..]) if count.name == "count" => {
                (1, self.name(Name::ContactCount, Type::Number, &at, count))
            }
            ("contacts", [other, ..]) => {
                let message = "of all contacts only the number is known: `contacts.count`";
                return self.unknown("unknown-field", other.at.clone(), message.to_owned(), ["count"].into_iter());
            }
            ("health", [part, ..]) => (1, self.health(part, &at)),
            ("usage", [metric, window, ..]) => (2, self.usage(metric, window, &at)),
            ("events", [kind, last, field, ..]) if last.name == "last" => (3, self.last_event(kind, field, &at)),
            ("events", [kind, count, ..]) => (2, self.event_count(kind, count, &at)),
            ("event", [field, ..]) => (1, self.event(field, &at)),
            ("run", [part, ..]) => (1, self.run(part, &at)),
            ("tasks", [open, ..]) => (1, self.tasks(open, &at)),
            _ if ROOTS.contains(&root) => return self.incomplete(root, at),
            _ => return self.unknown_root(root, at),
        };
        self.parts_of(found?, &segments[used..])
    }

    fn account(&mut self, field: &Segment, root: &Range<usize>) -> Option<Node> {
        let fields = &self.scope.registry.account;
        let ty = self.field("account field", fields, field.name, field.at.clone())?.ty.clone();
        self.name(Name::Account(field.name.into()), ty, root, field)
    }

    /// A read that ends with this segment, which takes no arguments.
    pub(super) fn name(&mut self, name: Name, ty: Type, root: &Range<usize>, last: &Segment) -> Option<Node> {
        if last.args.is_some() {
            let message = format!("`{}` takes no arguments", last.name);
            let help = Function::named(last.name).map(|known| format!("write it as `{}`", known.usage().example));
            return self.wrong("wrong-arguments", last.at.clone(), message, help.as_deref());
        }
        let at = root.start..last.at.end;
        self.read(name, ty, at)
    }

    /// Fields of a person, for as long as there are parts; nothing else has any.
    pub(super) fn parts_of(&mut self, start: Node, segments: &[Segment]) -> Option<Node> {
        let mut node = start;
        for segment in segments {
            if let Some(function) = segment.args.and_then(|_| Function::named(segment.name)) {
                let message = format!("`{}` stands before its value, not after a dot", segment.name);
                let help = format!("write it as `{}`", function.usage().example);
                return self.wrong("method-call", segment.at.clone(), message, Some(&help));
            }
            if node.ty != Type::Person || segment.args.is_some() {
                let message = format!("`{}` is {} and has no part `{}`", self.text(&node.at), node.ty, segment.name);
                return self.wrong("no-such-part", segment.at.clone(), message, None);
            }
            node = self.person_field(node, segment)?;
        }
        Some(node)
    }

    fn person_field(&mut self, person: Node, segment: &Segment) -> Option<Node> {
        let fields = &self.scope.registry.person;
        let ty = self.field("field of a person", fields, segment.name, segment.at.clone())?.ty.clone();
        self.reads.people = true;
        let at = self.span(person.at.start, segment.at.end);
        let field: Arc<str> = segment.name.into();
        Some(Node::new(Expr::Person { id: Box::new(person), field }, ty, at))
    }

    fn incomplete<T>(&mut self, root: &str, at: Range<usize>) -> Option<T> {
        let example = match root {
            "account" => "account.arr",
            "health" => "health.score",
            "usage" => "usage.logins.avg(7)",
            "events" => "events.nps_response.last.score",
            "event" => "event.score",
            "run" => "run.day",
            "tasks" => "tasks.open(\"at-risk\")",
            _ => "contacts.count",
        };
        let message = format!("`{root}` alone is no value");
        self.wrong("incomplete-name", at, message, Some(&format!("name a part of it, as in `{example}`")))
    }

    fn unknown_root<T>(&mut self, root: &str, at: Range<usize>) -> Option<T> {
        if self.scope.registry.account.contains_key(root) {
            let right = format!("account.{root}");
            let message = format!("there is no `{root}`; the field is `{right}`");
            self.problems.push(Problem::new("unknown-name", at, message).fix(right));
            return None;
        }
        let message = format!("there is no `{root}`");
        self.unknown("unknown-name", at, message, ROOTS.into_iter())
    }
}

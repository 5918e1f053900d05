//! Calls: functions of the language, named conditions, script functions.

use std::ops::Range;

use rhai::Expr as Tree;

use crate::time::{Span, Unit};

use super::super::expr::{Expr, Node};
use super::super::functions::{FUNCTIONS, Function};
use super::super::{Name, OUTCOMES, Type, Value};
use super::Lower;
use super::path::Segment;

impl Lower<'_> {
    /// A call with the parts that follow it after dots.
    pub(super) fn call(&mut self, name: &str, args: &[Tree], at: Range<usize>, parts: &[Segment]) -> Option<Node> {
        let whole = at.start..self.closing(at.end);
        if let Some(function) = Function::named(name) {
            return self.function(function, args, whole, parts);
        }
        let registry = self.scope.registry;
        if let Some(named) = registry.named.get(name) {
            if !args.is_empty() {
                return self.wrong("wrong-arguments", at, format!("`{name}` takes no arguments"), None);
            }
            self.reads.merge(named.reads());
            return Some(Node::new(Expr::Named(named.clone()), Type::Bool, whole));
        }
        if registry.broken.contains(name) {
            let message = format!("the named condition `{name}` is wrong itself");
            return self.wrong("broken-named-condition", at, message, Some("correct it in conditions.toml"));
        }
        if let Some(counts) = registry.scripts.parameters(name) {
            return self.script(name, counts.to_vec(), args, whole);
        }
        let known = FUNCTIONS.iter().map(|usage| usage.name).chain(registry.named.keys().map(String::as_str));
        let message = format!("there is no function `{name}`");
        self.unknown("unknown-function", at, message, known.chain(registry.scripts.names()))
    }

    fn script(&mut self, name: &str, counts: Vec<usize>, args: &[Tree], at: Range<usize>) -> Option<Node> {
        if !counts.contains(&args.len()) {
            let counts: Vec<String> = counts.iter().map(usize::to_string).collect();
            let message = format!("the number of arguments of `{name}` is {}, not {}", counts.join(" or "), args.len());
            return self.wrong("wrong-arguments", at, message, None);
        }
        let args = self.arguments(args)?;
        let scripts = self.scope.registry.scripts.clone();
        Some(Node::new(Expr::Script { scripts, name: name.into(), args }, Type::Any, at))
    }

    fn function(&mut self, function: Function, args: &[Tree], at: Range<usize>, parts: &[Segment]) -> Option<Node> {
        match (function, args) {
            (Function::Contact, [persona]) => self.contact(persona, at, parts),
            (Function::Role, [role]) => self.role(role, at, parts),
            (Function::Task, [step]) => self.task(step, at, parts),
            _ => {
                let node = self.whole_function(function, args, at)?;
                self.parts_of(node, parts)
            }
        }
    }

    /// A function whose call is a value by itself.
    fn whole_function(&mut self, function: Function, args: &[Tree], at: Range<usize>) -> Option<Node> {
        let registry = self.scope.registry;
        match (function, args) {
            (Function::Person, [id]) => self.person(id, at),
            (Function::HasContact, [persona]) => {
                let persona = self.known_literal("persona", registry.personas.iter(), persona)?;
                self.read(Name::HasContact(persona), Type::Bool, at)
            }
            (Function::Outcome, [step]) => {
                self.inside_a_playbook(&at)?;
                let step = self.earlier_step(step)?;
                self.read(Name::Outcome(step), Type::choice(OUTCOMES), at)
            }
            (Function::InPlaybook, [playbook]) => {
                let playbook = self.known_literal("playbook", registry.playbooks.iter(), playbook)?;
                self.read(Name::InPlaybook(playbook), Type::Bool, at)
            }
            (Function::DaysSinceContact, []) => self.read(Name::DaysSinceContact, Type::Number, at),
            (Function::Was | Function::Changed, [field, days]) => self.history(function, field, days, at),
            (Function::Within, [day, span]) => self.within(day, span, at),
            _ if takes(function, args.len()) => self.computed(function, args, at),
            _ => {
                let usage = function.usage();
                let message = format!("`{}` does not take that many arguments", usage.name);
                self.wrong("wrong-arguments", at, message, Some(&format!("write it as `{}`", usage.example)))
            }
        }
    }

    fn contact(&mut self, persona: &Tree, at: Range<usize>, parts: &[Segment]) -> Option<Node> {
        let persona = self.known_literal("persona", self.scope.registry.personas.iter(), persona)?;
        let Some((part, rest)) = parts.split_first() else {
            let help =
                format!("name a field, as in `contact(\"{persona}\").email`, or ask `has_contact(\"{persona}\")`");
            return self.wrong("incomplete-name", at, "a contact alone is no value", Some(&help));
        };
        let fields = &self.scope.registry.contact;
        let ty = self.field("contact field", fields, part.name, part.at.clone())?.ty.clone();
        let node = self.name(Name::Contact { persona, field: part.name.into() }, ty, &at, part)?;
        self.parts_of(node, rest)
    }

    fn role(&mut self, role: &Tree, at: Range<usize>, parts: &[Segment]) -> Option<Node> {
        let role = self.known_literal("role", self.scope.registry.roles.iter(), role)?;
        let Some((part, rest)) = parts.split_first() else {
            return self.read(Name::Role { role, field: "id".into() }, Type::Person, at);
        };
        let fields = &self.scope.registry.person;
        let ty = self.field("field of a person", fields, part.name, part.at.clone())?.ty.clone();
        let node = self.name(Name::Role { role, field: part.name.into() }, ty, &at, part)?;
        self.parts_of(node, rest)
    }

    fn task(&mut self, step: &Tree, at: Range<usize>, parts: &[Segment]) -> Option<Node> {
        self.inside_a_playbook(&at)?;
        let step = self.known_literal("step", self.scope.all_steps.iter(), step)?;
        match parts {
            [done] if done.name == "done" => self.name(Name::TaskDone(step), Type::Bool, &at, done),
            _ => {
                let help = format!("write `task(\"{step}\").done`");
                self.wrong("incomplete-name", at, "of a task only `done` is known", Some(&help))
            }
        }
    }

    fn person(&mut self, id: &Tree, at: Range<usize>) -> Option<Node> {
        let id = self.expression(id)?;
        let id = self.adapt(id, &Type::Person)?;
        if id.ty == Type::Person || matches!(id.expr, Expr::Literal(Value::Text(_))) || id.ty == Type::Any {
            self.reads.people = true;
            return Some(Node { ty: Type::Person, at, ..id });
        }
        let message = format!("`{}` is {}, not a person", self.text(&id.at), id.ty);
        self.wrong("wrong-type", id.at, message, Some("name a field of type person, such as `account.owner`"))
    }

    fn earlier_step(&mut self, step: &Tree) -> Option<std::sync::Arc<str>> {
        let (id, at) = self.text_literal(step)?;
        let later = !self.scope.earlier_steps.contains(&id.to_string());
        if later && self.scope.all_steps.contains(&id.to_string()) {
            let message = format!("step `{id}` does not come before this place");
            return self.wrong("later-step", at, message, Some("outcome() may name only an earlier step"));
        }
        self.known("step", self.scope.earlier_steps.iter(), &id, at)
    }

    fn history(&mut self, function: Function, field: &Tree, days: &Tree, at: Range<usize>) -> Option<Node> {
        let (field, days) = (self.expression(field), self.days(days));
        let (field, days) = (field?, days?);
        let Expr::Read(Name::Account(name)) = field.expr else {
            let help = "write `was(account.arr, 30)`; for health `health.was(30)`";
            return self.wrong("no-history", field.at, "only account fields have a history here", Some(help));
        };
        match function {
            Function::Was => self.read(Name::Was { field: name, days }, field.ty, at),
            _ => self.read(Name::Changed { field: name, days }, Type::Bool, at),
        }
    }

    fn within(&mut self, day: &Tree, span: &Tree, at: Range<usize>) -> Option<Node> {
        let (day, span) = (self.expression(day), self.text_literal(span));
        let day = day.and_then(|day| self.argument(Function::Within, day, &Type::Date));
        let ((text, span_at), day) = (span?, day?);
        self.reads.daily = true;
        match text.parse::<Span>() {
            Ok(span) if span.is_in_days() && span.n >= i64::from(span.unit == Unit::BusinessDay) => {
                Some(Node::new(Expr::Within { day: Box::new(day), span }, Type::Bool, at))
            }
            Ok(_) => self.wrong(
                "bad-span",
                span_at,
                format!("\"{text}\" does not count days ahead"),
                Some("write 30d, 2w, 3mo or 5bd"),
            ),
            Err(message) => self.wrong("bad-span", span_at, message, None),
        }
    }

    /// A function of values, with arguments of the types it takes.
    fn computed(&mut self, function: Function, args: &[Tree], at: Range<usize>) -> Option<Node> {
        let nodes = self.arguments(args)?;
        let (first, others, result) = types(function);
        let nodes: Vec<Option<Node>> = nodes
            .into_iter()
            .enumerate()
            .map(|(index, node)| self.argument(function, node, if index == 0 { &first } else { &others }))
            .collect();
        let args = nodes.into_iter().collect::<Option<Vec<Node>>>()?;
        self.reads.daily |= first == Type::Date;
        Some(Node::new(Expr::Call { function, args }, result, at))
    }

    fn arguments(&mut self, args: &[Tree]) -> Option<Vec<Node>> {
        let nodes: Vec<Option<Node>> = args.iter().map(|arg| self.expression(arg)).collect();
        nodes.into_iter().collect()
    }

    fn argument(&mut self, function: Function, node: Node, wanted: &Type) -> Option<Node> {
        let node = self.adapt(node, wanted)?;
        if *wanted == Type::Any || node.ty.compares_with(wanted) || node.ty == *wanted {
            return Some(node);
        }
        let usage = function.usage();
        let message = format!("`{}` is {}; `{}` takes {wanted} here", self.text(&node.at), node.ty, usage.name);
        self.wrong("wrong-type", node.at, message, Some(&format!("write it as `{}`", usage.example)))
    }
}

/// Whether a function of values takes that many arguments.
fn takes(function: Function, count: usize) -> bool {
    match function {
        Function::Min | Function::Max => count >= 2,
        Function::HasTag | Function::StartsWith | Function::EndsWith | Function::Contains => count == 2,
        Function::DaysUntil
        | Function::DaysSince
        | Function::BusinessDaysUntil
        | Function::BusinessDaysSince
        | Function::IsEmpty
        | Function::Lower
        | Function::Round
        | Function::Abs => count == 1,
        _ => false,
    }
}

/// The types of the first and of the other arguments, and of the result.
fn types(function: Function) -> (Type, Type, Type) {
    match function {
        Function::DaysUntil | Function::DaysSince | Function::BusinessDaysUntil | Function::BusinessDaysSince => {
            (Type::Date, Type::Date, Type::Number)
        }
        Function::HasTag => (Type::Tags, Type::Text, Type::Bool),
        Function::StartsWith | Function::EndsWith | Function::Contains => (Type::Text, Type::Text, Type::Bool),
        Function::Lower => (Type::Text, Type::Text, Type::Text),
        Function::Round | Function::Abs | Function::Min | Function::Max => (Type::Number, Type::Number, Type::Number),
        _ => (Type::Any, Type::Any, Type::Bool),
    }
}

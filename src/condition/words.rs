//! A condition in plain English, for people who approve a playbook without reading its files.

use super::expr::{Arithmetic, Comparison, Expr, Node};
use super::functions::Function;
use super::name::Window;
use super::{Name, Truth, Type, Value};

/// A condition as sentences: whole, or as parts of which all or any must hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    All(Vec<Words>),
    Any(Vec<Words>),
    Said(String),
}

/// The whole expression: a question as its sentences, anything else as the thing it names.
pub(super) fn expression(root: &Node) -> Words {
    match root.ty {
        Type::Bool => words(root, true),
        _ => Words::Said(noun(root)),
    }
}

/// The node as words; with `holds` false, its opposite.
fn words(node: &Node, holds: bool) -> Words {
    let parts = |nodes: &[Node]| nodes.iter().map(|part| words(part, holds)).collect();
    match (&node.expr, holds) {
        (Expr::And(nodes), true) | (Expr::Or(nodes), false) => flat(parts(nodes), true),
        (Expr::Or(nodes), true) | (Expr::And(nodes), false) => flat(parts(nodes), false),
        (Expr::Not(inner), _) => words(inner, !holds),
        (Expr::Named(expression), _) => words(expression.root(), holds),
        _ => Words::Said(leaf(node, holds)),
    }
}

/// Parts of parts of the same kind stand beside each other.
fn flat(parts: Vec<Words>, is_all: bool) -> Words {
    let mut flat = Vec::new();
    for part in parts {
        match (part, is_all) {
            (Words::All(inner), true) | (Words::Any(inner), false) => flat.extend(inner),
            (part, _) => flat.push(part),
        }
    }
    if is_all { Words::All(flat) } else { Words::Any(flat) }
}

fn leaf(node: &Node, holds: bool) -> String {
    match &node.expr {
        Expr::Literal(value) => if (value.truth() == Truth::True) == holds { "always" } else { "never" }.to_owned(),
        Expr::Compare { comparison, left, right } => compared(*comparison, left, right, holds),
        Expr::In { value, list } => {
            let list: Vec<String> = list.iter().map(literal).collect();
            format!("{} is {} {}", noun(value), if holds { "one of" } else { "none of" }, list.join(", "))
        }
        Expr::Within { day, span } => {
            format!("{} {} within the next {}", noun(day), if holds { "is" } else { "is not" }, span.in_words())
        }
        Expr::Call { function, args } => asked(*function, args, holds),
        Expr::Read(name) => yes_or_no(name, holds),
        _ => format!("{} is {}", noun(node), if holds { "true" } else { "not true" }),
    }
}

fn compared(comparison: Comparison, left: &Node, right: &Node, holds: bool) -> String {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let comparison = match (comparison, holds) {
        (same, true) => same,
        (Equal, false) => NotEqual,
        (NotEqual, false) => Equal,
        (Less, false) => GreaterOrEqual,
        (LessOrEqual, false) => Greater,
        (Greater, false) => LessOrEqual,
        (GreaterOrEqual, false) => Less,
    };
    let is_day = matches!(left.ty, Type::Date | Type::Time);
    let how = match (comparison, is_day) {
        (Equal, _) => "is",
        (NotEqual, _) => "is not",
        (Less, true) => "is before",
        (LessOrEqual, true) => "is on or before",
        (Greater, true) => "is after",
        (GreaterOrEqual, true) => "is on or after",
        (Less, false) => "is below",
        (LessOrEqual, false) => "is at most",
        (Greater, false) => "is above",
        (GreaterOrEqual, false) => "is at least",
    };
    format!("{} {how} {}", noun(left), noun(right))
}

/// A function that answers yes or no.
fn asked(function: Function, args: &[Node], holds: bool) -> String {
    let does = if holds { "" } else { "does not " };
    let (first, second) = (args.first().map(noun).unwrap_or_default(), args.get(1).map(noun).unwrap_or_default());
    let verb = |plain: &str, third: &str| if holds { third.to_owned() } else { format!("{does}{plain}") };
    match function {
        Function::IsEmpty => format!("{first} is {}", if holds { "not known" } else { "known" }),
        Function::HasTag => format!("{second} is {} the {first}", if holds { "among" } else { "not among" }),
        Function::StartsWith => format!("{first} {} {second}", verb("begin with", "begins with")),
        Function::EndsWith => format!("{first} {} {second}", verb("end with", "ends with")),
        Function::Contains => format!("{first} {} {second}", verb("contain", "contains")),
        _ => format!("{} is {}", called(function, args), if holds { "true" } else { "not true" }),
    }
}

fn yes_or_no(name: &Name, holds: bool) -> String {
    let is = if holds { "is" } else { "is not" };
    let has = if holds { "has" } else { "has not" };
    match name {
        Name::HasContact(persona) => {
            format!("there is {} active {}", if holds { "an" } else { "no" }, spaced(persona))
        }
        Name::RunReplied => format!("the customer {has} replied"),
        Name::TaskDone(step) => format!("the task of step {step} {is} done"),
        Name::InPlaybook(playbook) => format!("the account {is} in {playbook}"),
        Name::Changed { field, days } => {
            format!("the {} {has} changed in the last {}", spaced(field), days_text(*days))
        }
        _ => format!("{} is {}", read(name), if holds { "yes" } else { "no" }),
    }
}

/// An expression as a thing one can speak of.
fn noun(node: &Node) -> String {
    match &node.expr {
        Expr::Literal(value) => literal(value),
        Expr::Today => "today".to_owned(),
        Expr::Now => "now".to_owned(),
        Expr::Read(name) => read(name),
        Expr::Person { id, field } => format!("{} of {}", spaced(field), noun(id)),
        Expr::Default(nodes) => {
            let each: Vec<String> = nodes.iter().map(noun).collect();
            format!("{} ({} if not known)", each[0], each[1..].join(", else "))
        }
        Expr::Negate(inner) => format!("minus {}", noun(inner)),
        Expr::Arithmetic { operator, left, right } => {
            let sign = match operator {
                Arithmetic::Add => "plus",
                Arithmetic::Subtract => "less",
                Arithmetic::Multiply => "times",
                Arithmetic::Divide => "divided by",
                Arithmetic::Remainder => "modulo",
            };
            format!("{} {sign} {}", noun(left), noun(right))
        }
        Expr::Call { function, args } => called(*function, args),
        Expr::Script { name, args, .. } => {
            let args: Vec<String> = args.iter().map(noun).collect();
            format!("the helper {name}({})", args.join(", "))
        }
        _ => match words(node, true) {
            Words::Said(text) => text,
            Words::All(parts) => said(&parts, " and "),
            Words::Any(parts) => said(&parts, " or "),
        },
    }
}

fn said(parts: &[Words], between: &str) -> String {
    let each = parts.iter().map(|part| match part {
        Words::Said(text) => text.clone(),
        Words::All(inner) => said(inner, " and "),
        Words::Any(inner) => said(inner, " or "),
    });
    each.collect::<Vec<_>>().join(between)
}

fn called(function: Function, args: &[Node]) -> String {
    let each: Vec<String> = args.iter().map(noun).collect();
    let first = each.first().cloned().unwrap_or_default();
    match function {
        Function::DaysUntil => format!("the number of days until {first}"),
        Function::DaysSince => format!("the number of days since {first}"),
        Function::BusinessDaysUntil => format!("the number of business days until {first}"),
        Function::BusinessDaysSince => format!("the number of business days since {first}"),
        Function::Lower => first,
        Function::Round => format!("{first}, rounded,"),
        Function::Abs => format!("the size of {first}"),
        Function::Min => format!("the smallest of {}", each.join(" and ")),
        Function::Max => format!("the largest of {}", each.join(" and ")),
        other => format!("{}({})", other.usage().name, each.join(", ")),
    }
}

fn read(name: &Name) -> String {
    match name {
        Name::Account(field) => spaced(field),
        Name::HealthScore => "health".to_owned(),
        Name::HealthBand => "the health band".to_owned(),
        Name::Dimension(id) => format!("health in {}", spaced(id)),
        Name::HealthChange(days) => format!("the change of health over {}", days_text(*days)),
        Name::HealthWas(days) => format!("health {} ago", days_text(*days)),
        Name::Usage { metric, window } => usage(&spaced(metric), window),
        Name::EventCount { kind, days } => {
            format!("the number of {} events in the last {}", spaced(kind), days_text(*days))
        }
        Name::EventLast { kind, field } => format!("the {} of the latest {}", spaced(field), spaced(kind)),
        Name::EventLastAt { kind } => format!("the time of the latest {}", spaced(kind)),
        Name::Contact { persona, field } => format!("the {}'s {}", spaced(persona), spaced(field)),
        Name::ContactCount => "the number of active contacts".to_owned(),
        Name::Role { role, field } if &**field == "id" => format!("the {}", spaced(role)),
        Name::Role { role, field } => format!("the {} of the {}", spaced(field), spaced(role)),
        Name::Event(field) => format!("the event's {}", spaced(field)),
        Name::EventContact => "the contact of the event".to_owned(),
        Name::RunDay => "the day in the playbook".to_owned(),
        Name::RunEnrolledOn => "the day of enrollment".to_owned(),
        Name::RunBranch => "the branch".to_owned(),
        Name::Outcome(step) => format!("the outcome of step {step}"),
        Name::TasksOpen(playbook) => format!("the number of open tasks of {playbook}"),
        Name::DaysSinceContact => "the number of days since anybody spoke with them".to_owned(),
        Name::Was { field, days } => format!("{} {} ago", spaced(field), days_text(*days)),
        Name::HasContact(_) | Name::RunReplied | Name::TaskDone(_) | Name::InPlaybook(_) | Name::Changed { .. } => {
            yes_or_no(name, true)
        }
    }
}

fn usage(metric: &str, window: &Window) -> String {
    match window {
        Window::Sum(days) => format!("the sum of {metric} over {}", days_text(*days)),
        Window::Avg(days) => format!("the daily average of {metric} over {}", days_text(*days)),
        Window::Min(days) => format!("the lowest {metric} in {}", days_text(*days)),
        Window::Max(days) => format!("the highest {metric} in {}", days_text(*days)),
        Window::Last => format!("the latest {metric}"),
        Window::ChangePct(days) => format!("the change of {metric} in percent over {}", days_text(*days)),
        Window::DaysBelow(limit, days) => {
            format!("the number of days with {metric} below {limit} in {}", days_text(*days))
        }
    }
}

fn days_text(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// `renewal_date` as people say it.
pub fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

/// Numbers with a comma at each thousand; text as it is.
fn literal(value: &Value) -> String {
    match value {
        Value::Number(number) if number.fract() == 0.0 && number.abs() >= 10_000.0 => thousands(*number as i64),
        Value::Text(text) if text.is_empty() => "nothing".to_owned(),
        other => other.to_string(),
    }
}

fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    format!("{}{}", if number < 0 { "-" } else { "" }, groups.join(","))
}

//! The compiled expression held against a plain evaluator of its own small tree: random trees are
//! printed, compiled and evaluated both ways over accounts with random empty and stale fields.

use proptest::prelude::*;

use super::*;

const NUMBERS: [&str; 3] = ["arr", "seats", "nps"];

#[derive(Clone, Debug)]
enum Number {
    Field(usize),
    Literal(i32),
    Add(Box<Number>, Box<Number>),
    Multiply(Box<Number>, Box<Number>),
    Divide(Box<Number>, Box<Number>),
    Default(Box<Number>, Box<Number>),
}

#[derive(Clone, Debug)]
enum Question {
    Compare(usize, Number, Number),
    Status(bool, usize),
    Sso,
    Empty(Number),
    Not(Box<Question>),
    And(Box<Question>, Box<Question>),
    Or(Box<Question>, Box<Question>),
}

const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
const STATUS: [&str; 4] = ["prospect", "active", "paused", "churned"];

/// A fact: there, empty, or from a stale feed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fact<T> {
    Known(T),
    Empty,
    Stale,
}

#[derive(Clone, Debug)]
struct Sample {
    numbers: [Fact<i32>; 3],
    status: Fact<usize>,
    sso: Fact<bool>,
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::Field(index) => write!(f, "account.{}", NUMBERS[*index]),
            Number::Literal(n) => write!(f, "{n}"),
            Number::Add(a, b) => write!(f, "({a} + {b})"),
            Number::Multiply(a, b) => write!(f, "({a} * {b})"),
            Number::Divide(a, b) => write!(f, "({a} / {b})"),
            Number::Default(a, b) => write!(f, "({a} ?? {b})"),
        }
    }
}

impl std::fmt::Display for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Question::Compare(op, a, b) => write!(f, "{a} {} {b}", COMPARISONS[*op]),
            Question::Status(true, status) => write!(f, "account.status == \"{}\"", STATUS[*status]),
            Question::Status(false, status) => write!(f, "account.status !in [\"{}\"]", STATUS[*status]),
            Question::Sso => f.write_str("account.sso_enabled"),
            Question::Empty(n) => write!(f, "is_empty({n})"),
            Question::Not(inner) => write!(f, "!({inner})"),
            Question::And(a, b) => write!(f, "({a} && {b})"),
            Question::Or(a, b) => write!(f, "({a} || {b})"),
        }
    }
}

/// The naive number: no value has the reason it is missing, stale before empty.
fn number(tree: &Number, sample: &Sample) -> Fact<f64> {
    let both = |a: &Number, b: &Number, apply: fn(f64, f64) -> f64| match (number(a, sample), number(b, sample)) {
        (Fact::Stale, _) | (_, Fact::Stale) => Fact::Stale,
        (Fact::Known(a), Fact::Known(b)) if apply(a, b).is_finite() => Fact::Known(apply(a, b)),
        _ => Fact::Empty,
    };
    match tree {
        Number::Field(index) => match sample.numbers[*index] {
            Fact::Known(n) => Fact::Known(f64::from(n)),
            Fact::Empty => Fact::Empty,
            Fact::Stale => Fact::Stale,
        },
        Number::Literal(n) => Fact::Known(f64::from(*n)),
        Number::Add(a, b) => both(a, b, |a, b| a + b),
        Number::Multiply(a, b) => both(a, b, |a, b| a * b),
        Number::Divide(a, b) => both(a, b, |a, b| a / b),
        Number::Default(a, b) => match number(a, sample) {
            Fact::Empty => number(b, sample),
            other => other,
        },
    }
}

/// The naive answer: none is unknown.
fn question(tree: &Question, sample: &Sample) -> Option<bool> {
    match tree {
        Question::Compare(op, a, b) => {
            let (Fact::Known(a), Fact::Known(b)) = (number(a, sample), number(b, sample)) else { return None };
            let equal = (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
            Some([equal, !equal, a < b && !equal, a < b || equal, a > b && !equal, a > b || equal][*op])
        }
        Question::Status(positive, status) => match sample.status {
            Fact::Known(seen) => Some((seen == *status) == *positive),
            _ => None,
        },
        Question::Sso => {
            if let Fact::Known(answer) = sample.sso {
                Some(answer)
            } else {
                None
            }
        }
        Question::Empty(n) => match number(n, sample) {
            Fact::Stale => None,
            fact => Some(fact == Fact::Empty),
        },
        Question::Not(inner) => question(inner, sample).map(|answer| !answer),
        Question::And(a, b) => match (question(a, sample), question(b, sample)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Question::Or(a, b) => match (question(a, sample), question(b, sample)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
    }
}

fn numbers() -> impl Strategy<Value = Number> {
    let leaf = prop_oneof![(0..3usize).prop_map(Number::Field), (-3..6i32).prop_map(Number::Literal)];
    leaf.prop_recursive(3, 8, 2, |inner| {
        let pair = (inner.clone(), inner).prop_map(|(a, b)| (Box::new(a), Box::new(b)));
        (pair, 0..4usize).prop_map(|((a, b), which)| match which {
            0 => Number::Add(a, b),
            1 => Number::Multiply(a, b),
            2 => Number::Divide(a, b),
            _ => Number::Default(a, b),
        })
    })
}

fn questions() -> impl Strategy<Value = Question> {
    let leaf = prop_oneof![
        4 => (0..6usize, numbers(), numbers()).prop_map(|(op, a, b)| Question::Compare(op, a, b)),
        1 => (any::<bool>(), 0..4usize).prop_map(|(positive, status)| Question::Status(positive, status)),
        1 => Just(Question::Sso),
        1 => numbers().prop_map(Question::Empty),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        let pair = (inner.clone(), inner.clone()).prop_map(|(a, b)| (Box::new(a), Box::new(b)));
        prop_oneof![
            inner.prop_map(|inner| Question::Not(Box::new(inner))),
            pair.clone().prop_map(|(a, b)| Question::And(a, b)),
            pair.prop_map(|(a, b)| Question::Or(a, b)),
        ]
    })
}

fn facts<T: Clone + std::fmt::Debug>(known: impl Strategy<Value = T>) -> impl Strategy<Value = Fact<T>> {
    (known, 0..6usize).prop_map(|(known, luck)| match luck {
        0 | 1 => Fact::Empty,
        2 => Fact::Stale,
        _ => Fact::Known(known),
    })
}

fn samples() -> impl Strategy<Value = Sample> {
    let numbers = [facts(-3..6i32), facts(-3..6i32), facts(-3..6i32)];
    (numbers, facts(0..4usize), facts(any::<bool>())).prop_map(|(numbers, status, sso)| Sample { numbers, status, sso })
}

fn as_value<T>(fact: Fact<T>, known: impl Fn(T) -> Value) -> Value {
    match fact {
        Fact::Known(value) => known(value),
        Fact::Empty => Value::Empty,
        Fact::Stale => Value::Stale("crm".into()),
    }
}

fn account(sample: &Sample) -> Account {
    let number = |index: usize| as_value(sample.numbers[index], |n| Value::Number(f64::from(n)));
    Account::with([
        ("account.arr", number(0)),
        ("account.seats", number(1)),
        ("account.nps", number(2)),
        ("account.status", as_value(sample.status, |index| Value::text(STATUS[index]))),
        ("account.sso_enabled", as_value(sample.sso, Value::Bool)),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn compiled_and_plain_evaluation_agree(tree in questions(), samples in prop::collection::vec(samples(), 4)) {
        let text = tree.to_string();
        let registry = registry();
        let source = Source::inline(text.as_str(), "t");
        let condition = match Expression::compile(source, &Scope::of(&registry), Expected::Truth) {
            Ok(condition) => condition,
            // A random tree may be longer than a condition may be; any other refusal is a mistake.
            Err(problems) => {
                prop_assert!(problems[0].code.starts_with("condition-too"), "{text}: {problems:?}");
                return Ok(());
            }
        };
        for sample in &samples {
            let plain = question(&tree, sample).map_or(Truth::Unknown, Truth::from);
            let account = account(sample);
            prop_assert_eq!(condition.truth(&account), plain, "{} with {:?}", text, sample);
            let trace = condition.trace(&account);
            prop_assert_eq!(trace.truth, plain);
            prop_assert_eq!(trace.unknown_because.is_some(), plain == Truth::Unknown);
        }
    }
}

//! One condition on many accounts: ours, compiled, against rhai as one would use it, on the same data in one run.
//!
//! `cargo bench --bench conditions` prints nanoseconds per evaluation and their ratio. Only the ratio means anything
//! on another machine.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use playcaller::condition::{Expected, Expression, Facts, Field, Name, Registry, Scope, Source, Truth, Type, Value};
use playcaller::time::{Date, TimeZone, Timestamp};
use rhai::{AST, Engine, Scope as RhaiScope};

const ACCOUNTS: usize = 20_000;
const ROUNDS: usize = 10;

/// Two to five comparisons, as in a playbook.
const CONDITIONS: [&str; 3] = [
    r#"account.status == "active" && account.arr >= 5000.0"#,
    r#"account.seats > 20.0 && (account.region == "emea" || account.arr > 40000.0)"#,
    r#"account.status != "churned" && account.arr / account.seats < 300.0 && account.nps >= 7.0 && account.seats >= 5.0"#,
];

#[derive(Clone)]
struct Account {
    status: Value,
    region: Value,
    arr: f64,
    seats: f64,
    nps: f64,
}

/// What our conditions see of an account.
struct View<'a> {
    account: &'a Account,
    now: Timestamp,
    zone: &'a TimeZone,
}

impl Facts for View<'_> {
    fn read(&self, name: &Name) -> Value {
        let Name::Account(field) = name else { return Value::Empty };
        match &**field {
            "status" => self.account.status.clone(),
            "region" => self.account.region.clone(),
            "arr" => Value::Number(self.account.arr),
            "seats" => Value::Number(self.account.seats),
            "nps" => Value::Number(self.account.nps),
            _ => Value::Empty,
        }
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn zone(&self) -> &TimeZone {
        self.zone
    }

    fn business_days_until(&self, _: Date) -> Value {
        Value::Empty
    }

    fn person(&self, _: &str, _: &str) -> Value {
        Value::Empty
    }
}

fn main() {
    let accounts: Vec<Account> = (0..ACCOUNTS).map(account).collect();
    let (registry, engine) = (registry(), engine());
    println!("{ACCOUNTS} accounts, {ROUNDS} rounds, nanoseconds per evaluation\n");
    println!("{:>8} {:>8} {:>8}  condition", "ours", "rhai", "ratio");
    for text in CONDITIONS {
        let ours = compile(text, &registry);
        let theirs = engine.compile_expression(text).expect("rhai reads the condition");
        let (own_ns, own_answers) = timed(&accounts, |account| by_us(&ours, account));
        let (rhai_ns, rhai_answers) = timed(&accounts, |account| by_rhai(&engine, &theirs, account));
        assert_eq!(own_answers, rhai_answers, "both say the same of every account: {text}");
        println!("{own_ns:>8.0} {rhai_ns:>8.0} {:>8.1}  {text}", rhai_ns / own_ns);
    }
}

/// The time of one evaluation in nanoseconds, and for how many accounts the answer was yes.
fn timed(accounts: &[Account], mut ask: impl FnMut(&Account) -> bool) -> (f64, usize) {
    let began = Instant::now();
    let mut yes = 0;
    for _ in 0..ROUNDS {
        yes += accounts.iter().filter(|account| black_box(ask(account))).count();
    }
    (began.elapsed().as_nanos() as f64 / (accounts.len() * ROUNDS) as f64, yes)
}

fn by_us(expression: &Expression, account: &Account) -> bool {
    let view = View { account, now: Timestamp::UNIX_EPOCH, zone: &TimeZone::UTC };
    expression.truth(&view) == Truth::True
}

fn by_rhai(engine: &Engine, ast: &AST, account: &Account) -> bool {
    let mut scope = RhaiScope::new();
    scope.push("account", account.clone());
    engine.eval_ast_with_scope(&mut scope, ast).expect("rhai evaluates the condition")
}

fn compile(text: &str, registry: &Registry) -> Expression {
    let source = Source::inline(text, "benchmark");
    Expression::compile(source, &Scope::of(registry), Expected::Truth).expect("the condition compiles")
}

fn registry() -> Registry {
    let status = Type::choice(["prospect", "active", "paused", "churned"]);
    let fields = [
        ("status", status),
        ("region", Type::Text),
        ("arr", Type::Number),
        ("seats", Type::Number),
        ("nps", Type::Number),
    ];
    let account: BTreeMap<String, Field> = fields.map(|(name, ty)| (name.to_owned(), Field::of(ty))).into();
    Registry { account, ..Registry::default() }
}

fn engine() -> Engine {
    fn shown(value: &Value) -> rhai::ImmutableString {
        if let Value::Text(text) = value { (&**text).into() } else { "".into() }
    }
    let mut engine = Engine::new();
    engine
        .register_type_with_name::<Account>("Account")
        .register_get("status", |account: &mut Account| shown(&account.status))
        .register_get("region", |account: &mut Account| shown(&account.region))
        .register_get("arr", |account: &mut Account| account.arr)
        .register_get("seats", |account: &mut Account| account.seats)
        .register_get("nps", |account: &mut Account| account.nps);
    engine
}

/// Spread evenly, the same in every run.
fn account(number: usize) -> Account {
    let pick = |words: [&str; 4]| Value::text(words[number % 4]);
    Account {
        status: pick(["active", "active", "prospect", "churned"]),
        region: pick(["emea", "amer", "apac", "amer"]),
        arr: (number * 7919 % 100_000) as f64,
        seats: (1 + number * 31 % 200) as f64,
        nps: (number % 11) as f64,
    }
}

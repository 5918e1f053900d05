//! `functions.rhai`: helper functions in real rhai, in a sandbox with an operation limit.
//!
//! Arguments arrive as rhai values: numbers always as decimals, dates as `2026-06-15`, times as
//! RFC 3339 in UTC (both order correctly as text), tags as a list of texts, an empty value as `()`.
//! A result is read back the same way. A script sees its arguments and nothing else.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage, BasicMathPackage, BasicStringPackage,
    LogicPackage, MoreStringPackage, Package,
};
use rhai::{AST, Dynamic, Engine, EvalAltResult, OptimizationLevel, Scope};

use super::compare::{holds, numeric_order};
use super::expr::Comparison;
use super::functions::Function;
use super::parse::offset;
use super::{Problem, Value};

/// How much work one call may do before it fails.
const MAX_OPERATIONS: u64 = 10_000;
/// The longest text of a scripts file, in bytes.
const MAX_SCRIPTS: usize = 256 * 1024;

/// The script functions of a book; cheap to clone.
#[derive(Clone, Default)]
pub struct Scripts(Option<Arc<Compiled>>);

struct Compiled {
    engine: Engine,
    ast: AST,
    /// Each function with the numbers of parameters it may take.
    functions: BTreeMap<String, Vec<usize>>,
}

impl fmt::Debug for Scripts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Scripts {
    /// Compiles the text of a scripts file, which may hold only function definitions.
    pub fn compile(text: &str) -> Result<Scripts, Problem> {
        if text.len() > MAX_SCRIPTS {
            let message = format!("functions.rhai has at most {MAX_SCRIPTS} bytes, this one has {}", text.len());
            return Err(Problem::new("scripts-too-long", 0..0, message));
        }
        let engine = sandbox();
        let ast = engine.compile(text).map_err(|error| {
            let start = offset(text, error.position());
            let end = text.trim_end().len();
            let at = if start < end { start..start } else { end.saturating_sub(1)..end };
            Problem::new("script-syntax", at, format!("the scripts cannot be read from here on: {}", error.err_type()))
                .help("every `fn name(x) {` ends with its own `}`, every statement but the last with `;`")
        })?;
        if let Some(statement) = ast.statements().first() {
            let start = offset(text, statement.position());
            return Err(Problem::new(
                "script-statement",
                start..start,
                "only functions (`fn name(x) { … }`) may stand here",
            )
            .help("put the statement into a function and call that from a condition"));
        }
        let functions = functions_of(text, &ast)?;
        Ok(Scripts(Some(Arc::new(Compiled { engine, ast, functions }))))
    }

    /// The names of the functions, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().flat_map(|compiled| compiled.functions.keys().map(String::as_str))
    }

    /// The numbers of parameters a function may be called with; none when there is no such function.
    pub fn parameters(&self, name: &str) -> Option<&[usize]> {
        Some(self.0.as_ref()?.functions.get(name)?)
    }

    /// Calls a function. A stale or failed argument is the result; an error or a limit is a failure.
    pub(super) fn call(&self, name: &str, args: Vec<Value>) -> Value {
        if let Some(unusable) = args.iter().find(|arg| matches!(arg, Value::Stale(_) | Value::Failed(_))) {
            return unusable.clone();
        }
        let Some(compiled) = &self.0 else { return Value::failed(format!("there is no script `{name}`")) };
        let args: Vec<Dynamic> = args.into_iter().map(to_script).collect();
        match compiled.engine.call_fn::<Dynamic>(&mut Scope::new(), &compiled.ast, name, args) {
            Ok(result) => from_script(name, result),
            Err(error) => Value::failed(format!("script {name}: {error}")),
        }
    }
}

fn functions_of(text: &str, ast: &AST) -> Result<BTreeMap<String, Vec<usize>>, Problem> {
    let mut functions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for function in ast.iter_functions() {
        if Function::named(function.name).is_some() {
            let start = text.find(function.name).unwrap_or(0);
            let message = format!("`{}` is a function of the language and cannot be defined again", function.name);
            return Err(Problem::new("script-name-taken", start..start + function.name.len(), message));
        }
        functions.entry(function.name.to_owned()).or_default().push(function.params.len());
    }
    Ok(functions)
}

/// An engine that can compute and nothing else: no clock, no output, no modules, no `eval`.
fn sandbox() -> Engine {
    let mut engine = Engine::new_raw();
    for module in [
        ArithmeticPackage::new().as_shared_module(),
        LogicPackage::new().as_shared_module(),
        BasicStringPackage::new().as_shared_module(),
        MoreStringPackage::new().as_shared_module(),
        BasicIteratorPackage::new().as_shared_module(),
        BasicArrayPackage::new().as_shared_module(),
        BasicMapPackage::new().as_shared_module(),
        BasicMathPackage::new().as_shared_module(),
    ] {
        engine.register_global_module(module);
    }
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_operations(MAX_OPERATIONS).set_max_call_levels(8).set_max_variables(64);
    engine.set_max_expr_depths(32, 16).set_max_functions(500).set_max_modules(0);
    engine.set_max_string_size(4096).set_max_array_size(1000).set_max_map_size(500);
    engine.set_max_strings_interned(0).set_allow_anonymous_fn(false).set_strict_variables(true);
    for word in ["eval", "Fn", "call", "curry", "print", "debug", "import", "export"] {
        engine.disable_symbol(word);
    }
    refuse_silent_comparisons(&mut engine);
    engine
}

/// rhai answers `false` when two values do not compare; on account data that is a wrong answer.
fn refuse_silent_comparisons(engine: &mut Engine) {
    engine.set_fast_operators(false);
    engine.register_fn("is_empty", |value: Dynamic| value.is_unit());
    for symbol in ["==", "!=", "<", "<=", ">", ">="] {
        let comparison = Comparison::of(symbol).expect("every symbol is a comparison");
        engine.register_fn(symbol, move |left: Dynamic, right: Dynamic| -> Result<bool, Box<EvalAltResult>> {
            let order = order(&left, &right).ok_or_else(|| {
                let (left, right) = (left.type_name(), right.type_name());
                format!("{left} {symbol} {right} has no answer; ask is_empty(x), or give a default: x ?? 0")
            })?;
            Ok(holds(comparison, order))
        });
    }
}

/// Two numbers, two texts or two bools.
fn order(left: &Dynamic, right: &Dynamic) -> Option<Ordering> {
    let number = |value: &Dynamic| value.as_float().or_else(|_| value.as_int().map(|whole| whole as f64)).ok();
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return numeric_order(left, right);
    }
    if let (Ok(left), Ok(right)) = (left.as_immutable_string_ref(), right.as_immutable_string_ref()) {
        return Some(left.cmp(&right));
    }
    Some(left.as_bool().ok()?.cmp(&right.as_bool().ok()?))
}

fn to_script(value: Value) -> Dynamic {
    match value {
        Value::Number(number) => number.into(),
        Value::Bool(answer) => answer.into(),
        Value::Text(text) => (&*text).into(),
        Value::Date(_) | Value::Time(_) => value.to_string().into(),
        Value::Tags(tags) => tags.iter().map(|tag| Dynamic::from(tag.to_string())).collect::<Vec<_>>().into(),
        Value::Empty | Value::Stale(_) | Value::Failed(_) => Dynamic::UNIT,
    }
}

fn from_script(name: &str, result: Dynamic) -> Value {
    if result.is_unit() {
        return Value::Empty;
    }
    if let Ok(answer) = result.as_bool() {
        return Value::Bool(answer);
    }
    if let Some(number) = result.as_float().ok().or_else(|| result.as_int().ok().map(|whole| whole as f64)) {
        return if number.is_finite() { Value::Number(number) } else { Value::Empty };
    }
    let kind = result.type_name();
    if result.is_string() {
        return result.into_string().map_or_else(|_| Value::Empty, Value::text);
    }
    match result.into_typed_array::<String>() {
        Ok(tags) => Value::tags(tags.iter().map(String::as_str)),
        Err(_) => {
            Value::failed(format!("script {name}: it may return a number, text, bool or list of texts, not {kind}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(text: &str, args: Vec<Value>) -> Value {
        Scripts::compile(text).unwrap().call("f", args)
    }

    fn fails(text: &str, args: Vec<Value>) {
        let value = call(text, args);
        assert!(matches!(value, Value::Failed(_)), "{text}: {value:?}");
    }

    #[test]
    fn values_go_in_and_come_back() {
        assert_eq!(call("fn f(a, b) { a / b }", vec![Value::Number(45.0), Value::Number(50.0)]), Value::Number(0.9));
        assert_eq!(call("fn f(t) { t.contains(\"vip\") }", vec![Value::tags(["vip"])]), Value::Bool(true));
        assert_eq!(call("fn f(t) { t }", vec![Value::tags(["a", "b"])]), Value::tags(["a", "b"]));
        assert_eq!(call("fn f(x) { x ?? 3 }", vec![Value::Empty]), Value::Number(3.0));
        assert_eq!(call("fn f(x) { is_empty(x) }", vec![Value::Empty]), Value::Bool(true));
        assert_eq!(call("fn f(d) { d < \"2026-07-01\" }", vec![Value::text("2026-06-15")]), Value::Bool(true));
        assert_eq!(call("fn f() { () }", vec![]), Value::Empty);
    }

    #[test]
    fn comparisons_that_have_no_answer_fail_instead_of_saying_false() {
        fails("fn f(x) { x > 1 }", vec![Value::Empty]);
        fails("fn f(x) { x == 1 }", vec![Value::Empty]);
        fails("fn f(x) { x > 1 }", vec![Value::text("5")]);
        fails("fn f(x) { x != 1 }", vec![Value::text("5")]);
        fails("fn f(x) { 0.0 / 0.0 != x }", vec![Value::Number(1.0)]);
        assert_eq!(call("fn f(x) { x > 1 }", vec![Value::Number(5.0)]), Value::Bool(true));
        assert_eq!(call("fn f(x) { x == 5 }", vec![Value::Number(5.0)]), Value::Bool(true));
    }

    #[test]
    fn endless_work_is_a_failure() {
        fails("fn f() { loop {} }", vec![]);
        fails("fn f() { f() }", vec![]);
        fails("fn f() { let s = \"x\"; loop { s += s; } }", vec![]);
        fails("fn f() { let a = []; a.pad(100000000, 1); a }", vec![]);
    }

    #[test]
    fn the_outside_world_cannot_be_reached() {
        for body in ["sleep(60)", "timestamp()", "parse_json(\"{}\")", "exit(true)", "undefined_thing()"] {
            fails(&format!("fn f() {{ {body} }}"), vec![]);
        }
        for text in ["fn f() { eval(\"1\") }", "fn f() { print(1) }", "fn f() { import \"x\" as y; }", "let x = 1;"] {
            assert!(Scripts::compile(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_stale_argument_is_the_result() {
        assert_eq!(call("fn f(x) { true }", vec![Value::Stale("crm".into())]), Value::Stale("crm".into()));
    }
}

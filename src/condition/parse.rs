//! From text to rhai's syntax tree, and from rhai's positions and messages to ours.
//!
//! rhai only parses here, without any scope and without its optimizer: a constant in the scope
//! would be folded into the tree and answer for the wrong account.

use std::ops::Range;
use std::sync::LazyLock;

use rhai::{AST, Engine, LexError, OptimizationLevel, ParseError, ParseErrorType, Position};

use super::Problem;
use super::scan::{Kind, Scan};

/// The deepest nesting of operators; a chain of `+` or `&&` counts one level per term.
pub(super) const MAX_DEPTH: usize = 128;

static PARSER: LazyLock<Engine> = LazyLock::new(|| {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(MAX_DEPTH, MAX_DEPTH);
    engine.set_max_functions(0);
    engine.set_max_modules(0);
    engine.set_allow_looping(false);
    engine.set_allow_anonymous_fn(false);
    engine.set_allow_if_expression(false);
    engine.set_allow_switch_expression(false);
    engine.set_allow_loop_expressions(false);
    engine.set_allow_statement_expression(false);
    engine.set_max_strings_interned(0);
    engine
});

/// Parses one expression whose tokens have been looked through.
pub(super) fn parse(scan: &Scan) -> Result<AST, Problem> {
    PARSER.compile_expression(scan.text).map_err(|error| reworded(scan, &error))
}

/// Whether a word can be a name in a condition, after a dot or called: a field, metric or event kind
/// that cannot would never be readable. Refuses what is no identifier and what rhai reserves.
pub fn is_name(word: &str) -> bool {
    let text = format!("{word}(x.{word})");
    Scan::of(&text).is_ok_and(|scan| scan.tokens.len() == 6 && scan.word(0) == word && parse(&scan).is_ok())
}

/// The byte offset of a position; rhai counts lines, and characters within a line, from 1.
pub(super) fn offset(text: &str, position: Position) -> usize {
    let Some(line) = position.line() else { return text.len() };
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let column = position.position().unwrap_or(1).saturating_sub(1);
    text[start..].char_indices().nth(column).map_or(text.len(), |(at, _)| start + at)
}

fn reworded(scan: &Scan, error: &ParseError) -> Problem {
    let start = offset(scan.text, error.position());
    let at = place(scan, start);
    let found = &scan.text[at.clone()];
    match error.err_type() {
        ParseErrorType::ExprTooDeep => Problem::new(
            "condition-too-deep",
            0..scan.text.len(),
            format!("more than {MAX_DEPTH} terms in one condition"),
        )
        .help("move parts of it into named conditions in conditions.toml"),
        ParseErrorType::Reserved(word) => {
            Problem::new("reserved-word", at, format!("`{word}` is reserved and cannot be used as a name here"))
        }
        ParseErrorType::BadInput(LexError::MalformedNumber(_)) => {
            Problem::new("bad-number", at, format!("`{found}` is not a number we can hold"))
        }
        ParseErrorType::BadInput(LexError::MalformedEscapeSequence(escape)) => {
            Problem::new("bad-text", at, format!("`{escape}` is no escape: write `\\\\` for a backslash"))
        }
        ParseErrorType::UnexpectedEOF | ParseErrorType::ExprExpected(_) if start >= scan.text.trim_end().len() => {
            Problem::new("condition-syntax", at, "the condition ends too early: something is missing after this")
        }
        ParseErrorType::MissingToken(token, _) if !follows_value(scan, &at) => {
            Problem::new("condition-syntax", at, format!("`{token}` is missing before `{found}`"))
        }
        _ if is_operator(found) => {
            Problem::new("condition-syntax", at, format!("`{found}` needs a value on both sides"))
                .help("take it out, or write what is compared before and after it")
        }
        _ if found == "," => Problem::new("condition-syntax", at, "`,` cannot stand here")
            .help("a comma separates arguments; numbers are written without one, as in 10000"),
        _ => Problem::new("condition-syntax", at, format!("`{found}` cannot stand here"))
            .help("between two values there must be an operator, such as `&&` or `==`"),
    }
}

/// Whether a value stands where another has just ended.
fn follows_value(scan: &Scan, at: &Range<usize>) -> bool {
    let index = scan.index_at(at.start);
    let is_value = |index: usize| scan.tokens.get(index).is_some_and(|token| token.kind != Kind::Symbol);
    is_value(index) && index.checked_sub(1).is_some_and(|before| is_value(before) || scan.word(before) == ")")
}

fn is_operator(symbol: &str) -> bool {
    matches!(symbol, "&&" | "||" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "*" | "/" | "%" | "??")
}

fn place(scan: &Scan, start: usize) -> Range<usize> {
    scan.tokens.get(scan.index_at(start)).map_or(0..scan.text.len(), |token| token.at.clone())
}

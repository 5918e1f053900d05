//! Hostile texts: every one a clear error, quickly, on an ordinary thread's stack.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// Compiles on a 2 MiB stack and returns the first problem. It takes less than 50 ms; the fastest of
/// three runs counts, because other tests share the processor.
fn refused(text: String) -> Problem {
    let shown: String = text.chars().take(60).collect();
    let work = move || {
        let registry = registry();
        let timed = || {
            let started = Instant::now();
            (compile_in(&registry, &text), started.elapsed())
        };
        [timed(), timed(), timed()].into_iter().min_by_key(|(_, took)| *took).unwrap()
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap();
    let (result, took) = thread.join().unwrap();
    assert!(took < Duration::from_millis(50), "{shown}: took {took:?}");
    result.err().unwrap_or_else(|| panic!("{shown}: compiled")).remove(0)
}

#[test]
fn what_is_too_large_is_refused_before_it_is_parsed() {
    assert_eq!(refused("(".repeat(100_000)).code, "condition-too-long");
    assert_eq!(refused("a".repeat(1 << 20)).code, "condition-too-long");
    assert_eq!(refused(format!("\"{}\"", "a".repeat(1 << 20))).code, "condition-too-long");
    assert_eq!(refused("9".repeat(100_000)).code, "condition-too-long");
    for bracket in ["(", "[", "{", "#{a:"] {
        assert_eq!(refused(bracket.repeat(1000)).code, "condition-too-deep", "{bracket}");
    }
    let nested = format!("{}true{}", "(".repeat(33), ")".repeat(33));
    assert_eq!(refused(nested).code, "condition-too-deep");
}

#[test]
fn long_chains_end_in_an_error_and_not_in_an_overflow() {
    for (unit, last) in
        [("!", "true"), ("-", "account.arr"), ("1+", "1"), ("true&&", "true"), ("1??", "1"), ("1==", "1")]
    {
        refused(format!("{}{last}", unit.repeat((MAX_LENGTH - 16) / unit.len())));
    }
    refused(format!("account{}", ".a".repeat(2000)));
    refused(format!("account{}", "[\"a\"]".repeat(800)));
    refused("/*".repeat(2000));
    refused("9".repeat(4000));
    refused("lower(".repeat(600));
}

#[test]
fn a_hundred_terms_are_fine() {
    let text = vec!["account.arr > 1"; 100].join(" || ");
    assert_eq!(truth(&text, &Account::with([("account.arr", Value::Number(2.0))])), Truth::True);
    let nested = format!("{}account.sso_enabled{}", "!(".repeat(32), ")".repeat(32));
    assert_eq!(truth(&nested, &Account::with([("account.sso_enabled", Value::Bool(true))])), Truth::True);
}

#[test]
fn nothing_but_reading_and_comparing_is_possible() {
    for text in [
        "loop {}",
        "while true {}",
        "sleep(60)",
        "Fn(\"sleep\").call(60)",
        "parse_json(\"{\\\"a\\\": sleep(5)}\")",
        "eval(\"1==1\")",
        "Fn(\"eval\").call(\"true\")",
        "import \"x\" as y; true",
        "exit(true)",
        "throw true",
        "try { loop {} } catch { true }",
        "print(account)",
        "debug(account)",
        "timestamp()",
        "fn f(n) { f(n + 1) } f(0)",
        "|x| x",
        "let s = \"x\"; loop { s += s }",
        "\"a\".pad(100000000, \"b\")",
        "[0].pad(100000000)",
        "blob(1000000000)",
        "0..9223372036854775807",
        "range(0, 10, 0)",
        "if true { true } else { false }",
        "switch 1 { 1 => true }",
        "account.name = \"x\"",
        "account.clear(); true",
        "let account = #{}; true",
        "global::account",
        "\u{430}ccount.arr > 5",
        "account.arr > 5 \u{0}",
        "\u{feff}account.arr > 5",
        "2 ** 1000000 > 1",
        "1 << 10000 > 1",
        "`hi ${account.name}` == \"x\"",
        "this",
        "account",
        "account.tags[0] == \"a\"",
        "#{a: 1}",
        "() == 1",
        "account.name == null",
    ] {
        refused(text.to_owned());
    }
}

#[test]
fn an_empty_text_is_an_error() {
    for text in ["", "  \n ", "// nothing", "/* nothing */"] {
        assert_eq!(code(text), "empty-condition", "{text:?}");
    }
    assert_eq!(code(";"), "not-an-expression");
}

#[test]
fn brackets_and_quotes_that_do_not_close_are_named() {
    assert_eq!(code("(account.arr > 5"), "unmatched-bracket");
    assert_eq!(code("account.arr > 5)"), "unmatched-bracket");
    assert_eq!(code("account.name == \"x"), "unclosed-text");
    assert_eq!(code("account.arr >"), "condition-syntax");
    assert_eq!(code("account.arr account.seats"), "condition-syntax");
    assert_eq!(code("account.arr > 5k"), "bad-number");
    assert!(problem("account.arr > 10,000").help.unwrap().contains("10000"));
}

#[test]
fn comments_are_read_over() {
    let account = Account::with([("account.arr", Value::Number(2.0))]);
    assert_eq!(truth("// large\naccount.arr > 1 /* always */\n", &account), Truth::True);
}

/// Pieces of conditions in any order: what an author's half-finished line looks like.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "account",
        ".",
        "arr",
        "name",
        "renewal_date",
        "tags",
        "(",
        ")",
        "[",
        "]",
        "&&",
        "||",
        "!",
        "==",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "??",
        "in",
        "!in",
        "5",
        "0.5",
        "\"active\"",
        "\"日\"",
        ",",
        "usage",
        "logins",
        "avg",
        "contact",
        "person",
        "role",
        "within",
        "was",
        "is_empty",
        "true",
        "today",
        "now",
        "and",
        "=",
        "'x'",
        "\n",
        "if",
        "half",
        "health",
        "score",
        "events",
        "last",
        "run",
        "day",
        "min",
        "#{",
        "`",
        "|",
        "é",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_text_compiles_or_is_refused_with_a_place(text in prop_oneof![9 => pieces(), 1 => "\\PC{0,40}"]) {
        let registry = registry();
        let account = Account::with([("account.arr", Value::Number(5.0)), ("account.name", Value::text("5"))]);
        match compile_in(&registry, &text) {
            Ok(condition) => {
                let trace = condition.trace(&account);
                prop_assert!(text.contains(&trace.text));
                prop_assert_eq!(condition.truth(&account), trace.truth);
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty(), "{text}: refused without a reason");
                for problem in problems {
                    prop_assert!(text.get(problem.start..problem.end).is_some(), "{text}: {problem:?}");
                }
            }
        }
    }
}

//! Test results for programs that collect them: JUnit's XML, and the commands of a GitHub workflow.

use super::diff::diff;
use crate::runtime::cases::CaseResult;

/// One suite per test file, as the reports of JUnit are read by CI servers (testmoapp's description of the format).
pub fn junit(results: &[CaseResult]) -> String {
    let failed = |results: &[&CaseResult]| results.iter().filter(|result| !result.passed()).count();
    let all: Vec<&CaseResult> = results.iter().collect();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{}\" failures=\"{}\">\n",
        all.len(),
        failed(&all)
    );
    for suite in all.chunk_by(|a, b| a.file == b.file) {
        xml += &format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n",
            escaped(&suite[0].file),
            suite.len(),
            failed(suite)
        );
        suite.iter().for_each(|result| xml += &test_case(result));
        xml += "  </testsuite>\n";
    }
    xml + "</testsuites>"
}

fn test_case(result: &CaseResult) -> String {
    let head = format!(
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\"",
        escaped(&result.name),
        escaped(&result.playbook),
        escaped(&result.file),
        result.line
    );
    if result.passed() {
        return format!("{head}/>\n");
    }
    format!(
        "{head}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
        escaped(&summary(result)),
        escaped(&why(result))
    )
}

/// What stands between XML's quotes and tags; characters that XML 1.0 forbids are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(character),
            control if control.is_control() => {}
            other => safe.push(other),
        }
    }
    safe
}

fn summary(result: &CaseResult) -> String {
    match &result.problem {
        Some(_) => "the test could not be played to its end".to_owned(),
        None => format!("{} missing, {} unexpected", result.missing.len(), result.unexpected.len()),
    }
}

/// The problem, or the timeline with what differs.
pub fn why(result: &CaseResult) -> String {
    result.problem.clone().unwrap_or_else(|| diff(result).join("\n"))
}

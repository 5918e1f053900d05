//! Diagnostics as workflow commands, which GitHub shows beside the lines of a change.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use super::super::diagnostic::{Diagnostic, Severity};

/// One command for each diagnostic, a line each; `folder` is the book's path in the repository.
pub fn commands(diagnostics: &[Diagnostic], folder: &str) -> Vec<String> {
    diagnostics.iter().map(|own| command(own, folder)).collect()
}

fn command(own: &Diagnostic, folder: &str) -> String {
    let level = match own.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let message = match &own.help {
        Some(help) => format!("{}\n{help}", own.message),
        None => own.message.clone(),
    };
    let mut parts = vec![format!("file={}", property(&super::path(folder, &own.file))), format!("line={}", own.line)];
    // GitHub takes columns only within one line.
    if own.line == own.end_line {
        parts.push(format!("col={}", own.column));
        parts.push(format!("endLine={},endColumn={}", own.end_line, own.end_column));
    } else {
        parts.push(format!("endLine={}", own.end_line));
    }
    let title = property(&format!("{}: {}", own.code, own.message));
    format!("::{level} {},title={title}::{}", parts.join(","), data(&message))
}

/// The command for one mistake of another kind, such as a test that failed.
pub fn error(folder: &str, file: &str, line: usize, title: &str, message: &str) -> String {
    let file = property(&super::path(folder, file));
    format!("::error file={file},line={line},title={}::{}", property(title), data(message))
}

/// The message: `%` and line ends would end the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: also `:` and `,`, which stand between properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let own = Diagnostic::without_place("x-y", "a,b.toml", "100 % of: this,\r\nthat");
        let expected = "::error file=book/a%2Cb.toml,line=1,col=1,endLine=1,endColumn=1,\
                        title=x-y%3A 100 %25 of%3A this%2C%0D%0Athat::100 %25 of: this,%0D%0Athat";
        assert_eq!(commands(&[own], "book"), [expected]);
    }
}

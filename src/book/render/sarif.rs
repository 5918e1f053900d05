//! Diagnostics as a SARIF 2.1.0 log, which code scanning reads.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::diagnostic::{Diagnostic, Edit, Severity, cause::Files};
use super::super::lint::RULES;

/// The log of one check; `folder` is the book's path in the repository.
pub fn log(diagnostics: &[Diagnostic], files: &Files, folder: &str) -> Value {
    let codes: BTreeSet<&str> = diagnostics.iter().map(|own| own.code).collect();
    let rules: Vec<Value> = codes.into_iter().map(rule).collect();
    let results: Vec<Value> = diagnostics.iter().map(|own| result(own, files, folder)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "playcaller", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: &str) -> Value {
    match RULES.iter().find(|rule| rule.code == code) {
        Some(rule) => json!({ "id": code, "shortDescription": { "text": rule.summary } }),
        None => json!({ "id": code }),
    }
}

fn result(own: &Diagnostic, files: &Files, folder: &str) -> Value {
    let level = match own.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let text = match &own.help {
        Some(help) => format!("{}: {help}", own.message),
        None => own.message.clone(),
    };
    let region = json!({
        "startLine": own.line, "startColumn": own.column, "endLine": own.end_line, "endColumn": own.end_column,
    });
    let artifact = json!({ "uri": uri(&super::path(folder, &own.file)) });
    let mut result = json!({
        "ruleId": own.code,
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": { "artifactLocation": artifact, "region": region } }],
    });
    let edits = replacements(own, files);
    if !edits.is_empty() {
        let change = json!({ "artifactLocation": artifact, "replacements": edits });
        let description = own.help.as_ref().unwrap_or(&own.message);
        result["fixes"] = json!([{ "description": { "text": description }, "artifactChanges": [change] }]);
    }
    result
}

/// The safe edits, else the suggestion at the diagnostic's own place.
fn replacements(own: &Diagnostic, files: &Files) -> Vec<Value> {
    let Some(file) = files.get(&own.file) else { return Vec::new() };
    let suggested = || own.suggestion.iter().map(|right| Edit { span: own.span.clone(), replacement: right.clone() });
    let edits = if own.fix.is_empty() { suggested().collect() } else { own.fix.clone() };
    let replacement = |edit: Edit| {
        let ((line, column), (end_line, end_column)) = (file.position(edit.span.start), file.position(edit.span.end));
        json!({
            "deletedRegion": {
                "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column,
            },
            "insertedContent": { "text": edit.replacement },
        })
    };
    edits.into_iter().map(replacement).collect()
}

/// The path as a relative URI reference.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

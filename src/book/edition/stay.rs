//! What of the folder did not go live, in words for whoever edited it.

use std::fmt;
use std::sync::Arc;

use crate::book::diagnostic::Diagnostic;

/// Something in the folder that did not get into the edition, so that what was in force stays.
#[derive(Clone, Debug, PartialEq)]
pub enum Stay {
    /// The shared files are wrong, or a running version does not fit them.
    Shared { why: String },
    /// The playbook's file, or a template of it, is wrong. Without a version nothing of it is in force.
    Broken { playbook: Arc<str>, version: Option<Arc<str>>, error: Diagnostic },
    /// The playbook's file is gone.
    Withdrawn { playbook: Arc<str>, running: usize },
    /// A file that is wrong and does not say which playbook it is.
    Nameless { error: Diagnostic },
}

impl fmt::Display for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stay::Shared { why } => write!(f, "the shared files stay as they were: {why}"),
            Stay::Broken { playbook, version: Some(version), error } => {
                write!(f, "`{playbook}` keeps its last good version {version}: {}", error.line_of_text())
            }
            Stay::Broken { playbook, version: None, error } => {
                write!(f, "`{playbook}` is not in force: {}", error.line_of_text())
            }
            Stay::Withdrawn { playbook, running: 0 } => {
                write!(f, "`{playbook}` has no file any more and is no longer in force")
            }
            Stay::Withdrawn { playbook, running } => write!(
                f,
                "`{playbook}` has no file any more: nobody enters it, and its {running} active enrollments finish on \
                 the version they are on"
            ),
            Stay::Nameless { error } => write!(f, "{} is not in force: {}", error.file, error.line_of_text()),
        }
    }
}

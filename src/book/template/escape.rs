//! Values written for where they land: Markdown, HTML, the inside of a JSON string, a URL, code.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, Value, escape_formatter};

use crate::book::markdown::{escape_markdown, escape_slack};

/// The name of the escaping of Markdown bodies.
pub(super) const MARKDOWN: &str = "markdown";

/// A text that is right for its place already: written as it is.
#[derive(Debug)]
pub(super) struct Ready(pub(super) String);

impl Object for Ready {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place inside a template whose tokens need an escaping of their own. The loader finds it in the template's text
/// and puts the filter of that name behind the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landing {
    /// Part of a web address, behind its beginning.
    Url,
    /// A code span or block, where Markdown reads no escapes.
    Code,
    /// A string of a JSON text.
    JsonString,
    /// A string of Block Kit: `<!channel>` must stay text.
    SlackString,
    /// A string of an Adaptive Card, which reads links in Markdown.
    CardString,
}

impl Landing {
    pub(super) const ALL: [Landing; 5] =
        [Landing::Url, Landing::Code, Landing::JsonString, Landing::SlackString, Landing::CardString];

    /// The filter's name.
    pub(super) fn filter(self) -> &'static str {
        match self {
            Landing::Url => "inside_url",
            Landing::Code => "inside_code",
            Landing::JsonString => "inside_string",
            Landing::SlackString => "inside_slack_string",
            Landing::CardString => "inside_card_string",
        }
    }

    fn escape(self, text: &str) -> String {
        match self {
            Landing::Url => percent_encoded(text),
            Landing::Code => text.replace('`', "'").split_whitespace().collect::<Vec<_>>().join(" "),
            Landing::JsonString => in_quotes(text),
            Landing::SlackString => in_quotes(&escape_slack(text)),
            Landing::CardString => in_quotes(&text.replace("](", "] (")),
        }
    }
}

/// Sets the way values are written.
pub(super) fn install(env: &mut Environment<'static>) {
    for landing in Landing::ALL {
        env.add_filter(landing.filter(), move |value: Value| landed(landing, value));
    }
    env.set_formatter(write_value);
}

fn landed(landing: Landing, value: Value) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Ok(Value::UNDEFINED),
        ValueKind::Invalid => Err(invalid(&value)),
        _ => Ok(Value::from_object(Ready(landing.escape(&plain(&value)?)))),
    }
}

fn write_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let write =
        |out: &mut Output<'_>, text: &str| out.write_str(text).map_err(|_| Error::from(ErrorKind::WriteFailure));
    if let Some(Ready(text)) = value.downcast_object_ref::<Ready>() {
        return write(out, text);
    }
    let is_json = matches!(state.auto_escape(), AutoEscape::Json);
    match value.kind() {
        // A JSON body may say that there is nothing: `{{ account.arr | default(none) }}`.
        ValueKind::None if is_json => return write(out, "null"),
        ValueKind::Undefined | ValueKind::None => return Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::Invalid => return Err(invalid(value)),
        _ if is_json => return escape_formatter(out, state, value),
        _ => {}
    }
    let text = plain(value)?;
    match state.auto_escape() {
        AutoEscape::Custom(name) if name == MARKDOWN => write(out, &escape_markdown(&text)),
        AutoEscape::Html => write(out, &escape_html(&text)),
        _ => write(out, &text),
    }
}

/// A value as people read it: `yes`, `1.5`, `a, b`.
fn plain(value: &Value) -> Result<String, Error> {
    Ok(match value.kind() {
        ValueKind::Bool => if value.is_true() { "yes" } else { "no" }.to_owned(),
        ValueKind::Number => f64::try_from(value.clone()).map_or_else(|_| value.to_string(), |n| n.to_string()),
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value.try_iter()?.map(|item| plain(&item)).collect::<Result<Vec<_>, _>>()?;
            items.join(", ")
        }
        ValueKind::String => value.to_string(),
        _ => return Err(Error::new(ErrorKind::InvalidOperation, "is not a single value: name one of its fields")),
    })
}

/// The error that an unusable value carries.
pub(super) fn invalid(value: &Value) -> Error {
    let message = value.to_string();
    let message = message.trim_start_matches("<invalid value: ").trim_end_matches('>');
    Error::new(ErrorKind::InvalidOperation, message.trim_start_matches("invalid operation: ").to_owned())
}

/// A text for between the quotes of a JSON string.
fn in_quotes(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// RFC 3986 2.3: everything but the unreserved characters, so that a value stays one part of the address.
fn percent_encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A text for an HTML page, also between the quotes of an attribute.
pub(super) fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

//! JSON: an array of objects, or one object per line.
//!
//! Every value becomes the text that a CSV cell would have, so that both are checked by the same rules.

use std::cell::Cell;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{Found, Record, Refusal, Sink};

/// A line longer than this is not a row.
const MAX_LINE_BYTES: u64 = 16 << 20;

/// Hands over one record per line; a line that is not an object is broken, the next ones are read. Blank lines do not
/// count.
pub(super) fn read_lines(content: impl Read, sink: Sink) {
    let mut content = BufReader::new(content);
    let (mut rows, mut line, mut bytes) = (Rows { sink, begun: false }, 0, Vec::new());
    loop {
        line += 1;
        bytes.clear();
        match content.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes) {
            Ok(0) => return,
            Ok(_) if bytes.trim_ascii().is_empty() => continue,
            Ok(_) => {}
            Err(error) => return rows.end(line, &error),
        }
        let more = match serde_json::from_slice::<Map<String, Value>>(&bytes) {
            Ok(object) => rows.object(line, object),
            Err(error) => (rows.sink)(Found::Broken(Refusal::of_row(line, format!("not a JSON object: {error}")))),
        };
        if !more {
            return;
        }
    }
}

/// Hands over the objects of one array as they come by; the array is never held as a whole.
pub(super) fn read_array(content: impl Read, sink: Sink) {
    let line = Cell::new(1);
    let counted = LineCounted { content: BufReader::new(content), line: &line };
    let mut rows = Rows { sink, begun: false };
    let mut stopped = false;
    let mut text = serde_json::Deserializer::from_reader(counted);
    let read = text.deserialize_seq(Array { rows: &mut rows, line: &line, stopped: &mut stopped });
    match read.and_then(|()| text.end()) {
        Err(error) if !stopped => rows.end(line.get(), &error),
        _ => {}
    }
}

/// Turns objects into records; the first one's names stand for the header.
struct Rows<'a> {
    sink: Sink<'a>,
    begun: bool,
}

impl Rows<'_> {
    fn object(&mut self, line: u64, object: Map<String, Value>) -> bool {
        if !self.begun {
            self.begun = true;
            if !(self.sink)(Found::Columns(object.keys().map(|name| Arc::from(name.as_str())).collect())) {
                return false;
            }
        }
        (self.sink)(record(line, object).map_or_else(Found::Broken, Found::Record))
    }

    fn end(&mut self, line: u64, error: &dyn fmt::Display) {
        (self.sink)(Found::Broken(Refusal::of_row(line, format!("the file cannot be read further: {error}"))));
    }
}

fn record(line: u64, object: Map<String, Value>) -> Result<Record, Refusal> {
    let cells = object.into_iter().map(|(name, value)| match text_of(value) {
        Ok(text) => Ok((Arc::from(name), text)),
        Err(reason) => Err(Refusal::new(line, &name, reason)),
    });
    Ok(Record { line, cells: cells.collect::<Result<_, _>>()? })
}

fn text_of(value: Value) -> Result<String, &'static str> {
    Ok(match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        Value::Bool(answer) => answer.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => {
            let items = items.into_iter().map(|item| match item {
                Value::String(text) if !text.contains(';') => Ok(text),
                _ => Err("a list must hold texts without `;`"),
            });
            items.collect::<Result<Vec<_>, _>>()?.join(";")
        }
        Value::Object(_) => return Err("a value must be text, a number, true, false, null or a list of texts"),
    })
}

struct Array<'r, 'a> {
    rows: &'r mut Rows<'a>,
    line: &'r Cell<u64>,
    /// Set when the sink has enough; the reading then ends as if by an error.
    stopped: &'r mut bool,
}

impl<'de> Visitor<'de> for Array<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an array of objects (name the file .ndjson if it has one object per line)")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(&mut self)?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &mut Array<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let line = self.line.get();
        let Value::Object(object) = Value::deserialize(deserializer)? else {
            return Err(D::Error::custom("a row must be an object"));
        };
        *self.stopped = !self.rows.object(line, object);
        if *self.stopped { Err(D::Error::custom("enough")) } else { Ok(()) }
    }
}

/// Counts the lines that serde_json, which reads byte by byte, has come past.
struct LineCounted<'l, R> {
    content: R,
    line: &'l Cell<u64>,
}

impl<R: Read> Read for LineCounted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.content.read(buffer)?;
        let lines = buffer[..count].iter().filter(|byte| **byte == b'\n').count();
        self.line.set(self.line.get() + lines as u64);
        Ok(count)
    }
}

//! A condition on one line in one way of writing it, so that layout and comments make no difference.

use super::Expression;
use super::scan::{Kind, Scan};

impl Expression {
    /// The text without comments, with the same spaces whoever wrote it.
    pub fn one_line(&self) -> String {
        one_line(self.text())
    }
}

fn one_line(text: &str) -> String {
    // What compiled was scanned before: the scan cannot fail.
    let Ok(scan) = Scan::of(text) else { return text.split_whitespace().collect::<Vec<_>>().join(" ") };
    let mut line = String::new();
    for index in 0..scan.tokens.len() {
        if index > 0 && !is_glued(&scan, index) {
            line.push(' ');
        }
        line.push_str(scan.word(index));
    }
    line
}

/// Whether no space stands before that token.
fn is_glued(scan: &Scan<'_>, index: usize) -> bool {
    let (before, own) = (scan.word(index - 1), scan.word(index));
    let is_word = |index: usize| scan.tokens[index].kind == Kind::Word;
    let is_sign = before == "-" && index.checked_sub(2).is_none_or(|place| ends_nothing(scan, place));
    matches!(own, ")" | "]" | "," | ".")
        || matches!(before, "(" | "[" | "." | "!")
        || matches!(own, "(" | "[") && is_word(index - 1)
        || is_sign
}

/// Whether a minus after that token is a sign: there is nothing to subtract from.
fn ends_nothing(scan: &Scan<'_>, index: usize) -> bool {
    scan.tokens[index].kind == Kind::Symbol && !matches!(scan.word(index), ")" | "]")
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn layout_and_comments_make_no_difference_and_spaces_in_texts_stay() {
        let expected = r#"account.arr >= 5000 && !has_contact("vice  president") && usage.logins.sum(7) > -1 - 2"#;
        let laid_out = "\naccount.arr>=5000 // enough\n  && ! has_contact( \"vice  president\" )\n\
                        && usage . logins.sum(7) > - 1-2 /* so */\n";
        assert_eq!(one_line(laid_out), expected);
        assert_eq!(one_line(expected), expected);
    }
}

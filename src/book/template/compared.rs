//! What templates write as conditions do and the engine reads otherwise. A comparison with something empty is unknown,
//! and an unknown sentence is not sent; the engine would say that nothing is smaller than five.

/// The filter that fails on an empty value.
pub(super) const KNOWN: &str = " | known";

const OPERATORS: [&str; 8] = ["==", "!=", "<=", ">=", "<", ">", "in", "not"];

/// A tag in which `was(account.arr, 30)` asks for the field by its name: the engine would hand its value of now on.
pub(super) fn by_name(tag: &str) -> String {
    let words = words(tag);
    let calls = words.windows(3).filter(|three| ["was", "changed"].contains(&three[0].1) && three[1].1 == "(");
    let paths = calls.filter_map(|three| Some((three[2].0, three[2].1, three[2].1.strip_prefix("account.")?)));
    let (mut named, mut at) = (String::with_capacity(tag.len()), 0);
    for (start, path, field) in paths {
        named.push_str(&tag[at..start]);
        named.push_str(&format!("\"{field}\""));
        at = start + path.len();
    }
    named + &tag[at..]
}

/// A tag with [`KNOWN`] behind both sides of each comparison. Letters and lines stay where they are otherwise.
pub(super) fn known(tag: &str) -> String {
    let is_condition = tag.starts_with("{{") || ["if ", "elif "].iter().any(|word| inner(tag).starts_with(word));
    if !is_condition {
        return tag.to_owned();
    }
    let words = words(tag);
    let mut ends = Vec::new();
    for (place, (_, word)) in
        words.iter().enumerate().filter(|(_, (_, word))| OPERATORS.contains(word) && *word != "not")
    {
        let left = words[..place].iter().rev().find(|(_, word)| *word != "not");
        ends.extend(left.filter(|(_, word)| may_be_empty(word)).map(|(start, word)| start + word.len()));
        ends.extend(operand_end(&words[place + 1..]).filter(|_| *word != "in"));
    }
    ends.sort_unstable();
    ends.dedup();
    let (mut marked, mut at) = (String::with_capacity(tag.len()), 0);
    for end in ends {
        marked.push_str(&tag[at..end]);
        marked.push_str(KNOWN);
        at = end;
    }
    marked + &tag[at..]
}

fn inner(tag: &str) -> &str {
    tag.trim_start_matches(['{', '%', '-']).trim_start()
}

/// A path, or the end of a call; literals always have a value.
fn may_be_empty(word: &str) -> bool {
    let is_name = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    word == ")" || (is_name && !["none", "true", "false", "None", "True", "False"].contains(&word))
}

/// Where the operand ends that these words begin with; none for a literal, and where a filter follows.
fn operand_end(words: &[(usize, &str)]) -> Option<usize> {
    let (_, first) = words.first()?;
    if !may_be_empty(first) && *first != "(" {
        return None;
    }
    let mut depth = 0;
    let mut last = None;
    for (place, (start, word)) in words.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" if depth == 0 => break,
            ")" => depth -= 1,
            _ => {}
        }
        last = Some((place, start + word.len()));
        // `health.change` goes on with `(30)`, and `person(…)` with `.name`.
        let goes_on = words.get(place + 1).is_some_and(|(next, word)| {
            *next == start + words[place].1.len() && (*word == "(" || word.starts_with('.'))
        });
        if depth == 0 && !goes_on {
            break;
        }
    }
    let (place, end) = last?;
    words.get(place + 1).is_none_or(|(_, next)| *next != "|").then_some(end)
}

/// The words of a tag with their places: paths, numbers, strings, operators, single signs.
fn words(tag: &str) -> Vec<(usize, &str)> {
    let (mut words, mut at) = (Vec::new(), 0);
    while let Some(c) = tag[at..].chars().next() {
        let rest = &tag[at..];
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let length = match c {
            _ if is_part(c) => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
            '"' | '\'' => rest[1..].find(c).map_or(rest.len(), |end| end + 2),
            _ if ["==", "!=", "<=", ">="].iter().any(|pair| rest.starts_with(pair)) => 2,
            _ => c.len_utf8(),
        };
        if !c.is_whitespace() {
            words.push((at, &rest[..length]));
        }
        at += length;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_is_asked_by_the_name_of_the_field() {
        let tag = "{{ was(account.arr, 30) + account.arr }}{% if changed( account.owner, 7) %}";
        assert_eq!(by_name(tag), "{{ was(\"arr\", 30) + account.arr }}{% if changed( \"owner\", 7) %}");
    }

    #[test]
    fn both_sides_of_a_comparison_must_be_known() {
        for (tag, expected) in [
            ("{% if account.arr < 5 %}", "{% if account.arr | known < 5 %}"),
            ("{% elif 5 >= account.arr and account.plan %}", "{% elif 5 >= account.arr | known and account.plan %}"),
            ("{% if health.change(30) < run.day %}", "{% if health.change(30) | known < run.day | known %}"),
            ("{% if 1 < person(account.owner).name %}", "{% if 1 < person(account.owner).name | known %}"),
            ("{% if account.plan not in [\"a < b\"] %}", "{% if account.plan | known not in [\"a < b\"] %}"),
            (
                "{% if account.plan | default(\"x\") == \"y\" %}",
                "{% if account.plan | default(\"x\") | known == \"y\" %}",
            ),
            ("{% if 1 == account.arr | default(0) %}", "{% if 1 == account.arr | default(0) %}"),
            ("{{ \"a\" if account.arr > 1 else \"b\" }}", "{{ \"a\" if account.arr | known > 1 else \"b\" }}"),
            ("{% for tag in account.tags %}", "{% for tag in account.tags %}"),
            ("{% if account.plan %}", "{% if account.plan %}"),
        ] {
            assert_eq!(known(tag), expected);
        }
    }
}

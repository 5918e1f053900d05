//! What a test expected against what happened, as one timeline: `-` did not happen, `+` was not expected.

use crate::runtime::cases::CaseResult;

/// The lines of the timeline in their order, marked.
pub fn diff(result: &CaseResult) -> Vec<String> {
    let mut unexpected = result.unexpected.clone();
    let mut lines: Vec<(String, char)> = result.missing.iter().map(|line| (line.clone(), '-')).collect();
    for line in &result.actual {
        let place = unexpected.iter().position(|other| same(other, line));
        let mark = place.map_or(' ', |at| {
            unexpected.remove(at);
            '+'
        });
        lines.push((line.clone(), mark));
    }
    lines.extend(unexpected.into_iter().map(|line| (line, '+')));
    // A line begins with its local date and time, so the order of the text is the order in time.
    lines.sort_by(|(a, a_mark), (b, b_mark)| (a.get(..16), a_mark != &'-').cmp(&(b.get(..16), b_mark != &'-')));
    lines.into_iter().map(|(line, mark)| format!("{mark} {line}")).collect()
}

fn same(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_in_the_order_of_time_and_what_is_wrong_is_marked() {
        let result = CaseResult {
            file: "renewal.test.toml".into(),
            playbook: "renewal".into(),
            name: "a test".into(),
            line: 1,
            missing: vec!["2026-03-18 09:00 email kickoff".into()],
            unexpected: vec!["2026-03-18 10:00 skip kickoff".into()],
            actual: vec!["2026-03-17 09:00  enroll  branch=smb".into(), "2026-03-18 10:00  skip  kickoff".into()],
            kept: None,
            outcome: Default::default(),
            entries: Vec::new(),
            problem: None,
        };
        let expected = [
            "  2026-03-17 09:00  enroll  branch=smb",
            "- 2026-03-18 09:00 email kickoff",
            "+ 2026-03-18 10:00  skip  kickoff",
        ];
        assert_eq!(diff(&result), expected);
    }
}

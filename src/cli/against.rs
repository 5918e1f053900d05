//! `--against`: another state of the book, in a folder or as a git revision has it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use super::exit::{Exit, Failure, Result};
use super::session::usable;
use crate::book::Book;
use crate::book::load::{Texts, load_texts, read, sort_out};

/// The files of the book as that folder or that revision of the book's repository has them. What is a folder is taken
/// as one; a branch of the same name is meant by `refs/heads/NAME`.
///
/// # Errors
/// Neither a folder nor a revision; a revision without the book; a book in no repository; no `git` to ask.
pub fn texts(book: &Path, against: &str) -> Result<Texts> {
    let folder = Path::new(against);
    if folder.is_dir() { Ok(read(folder)) } else { revision(book, against) }
}

/// The book of these files, if it has no errors of its own.
pub fn book(texts: Texts, against: &str) -> Result<Arc<Book>> {
    match usable(load_texts(texts)) {
        Ok(loaded) => Ok(Arc::new(loaded.book)),
        Err(wrong) => Err(Failure { message: format!("--against {against}: {}", wrong.message), ..wrong }),
    }
}

fn revision(book: &Path, revision: &str) -> Result<Texts> {
    let unknown = || {
        let message = format!("--against {revision}: that is neither a folder nor a revision of the book's repository");
        Failure::wrong(message).help("`git log --oneline` in the book's folder lists revisions")
    };
    if git(book, &["rev-parse", "--git-dir"])?.is_none() {
        let message =
            format!("--against {revision}: there is no such folder, and {} is in no git repository", book.display());
        return Err(Failure::wrong(message).help("name a folder that holds the other book"));
    }
    // A revision never begins so; git would take it for an option.
    let commit = match revision.starts_with('-') {
        true => None,
        false => git(book, &["rev-parse", "--quiet", "--verify", &format!("{revision}^{{commit}}")])?,
    };
    let commit = commit.ok_or_else(unknown)?;
    let listed = git(book, &["ls-tree", "-r", "-z", text(&commit)?.trim()])?.ok_or_else(unknown)?;
    let blobs: Vec<(&str, &str)> = text(&listed)?.split_terminator('\0').filter_map(blob).collect();
    if blobs.is_empty() {
        let message = format!("--against {revision}: that revision has no files in {}", book.display());
        return Err(Failure::wrong(message).help("the book must have had the same folder in its repository"));
    }
    let contents = contents(book, &blobs)?;
    Ok(sort_out(blobs.iter().map(|(path, _)| (*path).to_owned()).zip(contents).collect::<BTreeMap<_, _>>()))
}

/// The path below the book and the id of a file in a line of `git ls-tree`: `mode type id<tab>path`. Links and other
/// repositories are none.
fn blob(line: &str) -> Option<(&str, &str)> {
    let (about, path) = line.split_once('\t')?;
    let mut about = about.split(' ');
    let (mode, id) = (about.next()?, about.nth(1)?);
    mode.starts_with("100").then_some((path, id))
}

/// The bytes of the files, in their order: one `git` for all of them.
fn contents(book: &Path, blobs: &[(&str, &str)]) -> Result<Vec<Vec<u8>>> {
    let mut command = command(book, &["cat-file", "--batch"]);
    let mut git = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(no_git)?;
    let mut asked = git.stdin.take().expect("piped");
    let ids: String = blobs.iter().map(|(_, id)| format!("{id}\n")).collect();
    // git answers while it is still asked.
    let asking = thread::spawn(move || asked.write_all(ids.as_bytes()));
    let answered = git.wait_with_output()?.stdout;
    asking.join().map_err(|_| broken())??;
    let mut rest = &answered[..];
    blobs.iter().map(|_| next_answer(&mut rest).ok_or_else(broken)).collect()
}

/// The first answer of `git cat-file --batch`: `id type size`, a line end, so many bytes, a line end.
fn next_answer(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let size: usize = std::str::from_utf8(&rest[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
    let bytes = rest.get(end + 1..end + 1 + size)?.to_vec();
    *rest = rest.get(end + 2 + size..)?;
    Some(bytes)
}

/// What git prints; none when it refuses.
fn git(folder: &Path, arguments: &[&str]) -> Result<Option<Vec<u8>>> {
    let output = command(folder, arguments).output().map_err(no_git)?;
    Ok(output.status.success().then_some(output.stdout))
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    command
}

fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes)
        .map_err(|_| Failure::wrong("git names a file of the book in something that is not UTF-8"))
}

fn no_git(error: std::io::Error) -> Failure {
    Failure::wrong(format!("--against a revision asks `git`, which cannot be started: {error}"))
        .help("name a folder that holds the other book")
}

fn broken() -> Failure {
    Failure { exit: Exit::Fault, message: "git stopped in the middle of an answer".to_owned(), help: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_revision_is_read_with_its_path_and_a_link_is_not() {
        assert_eq!(blob("100644 blob 1f2e\trenewal/a b.toml"), Some(("renewal/a b.toml", "1f2e")));
        assert_eq!(blob("120000 blob 1f2e\tlink.toml"), None);
        assert_eq!(blob("160000 commit 1f2e\tother"), None);
    }

    #[test]
    fn answers_are_cut_by_their_size_and_one_that_is_cut_short_is_none() {
        let mut rest: &[u8] = b"1f2e blob 3\na\nb\n3d blob 0\n\n3d blob 9\nabc";
        assert_eq!(next_answer(&mut rest).as_deref(), Some(&b"a\nb"[..]));
        assert_eq!(next_answer(&mut rest).as_deref(), Some(&b""[..]));
        assert_eq!(next_answer(&mut rest), None);
    }
}

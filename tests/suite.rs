//! The test suite; each module is a chapter.

mod channel;
mod support;
#[test]
fn shipped() {
    let loaded = playcaller::book::load(std::path::Path::new("playbooks"));
    for d in &loaded.diagnostics { println!("{}:{}:{} {:?} {} {} | {:?}", d.file, d.line, d.column, d.severity, d.code, d.message, d.help); }
    println!("{:?}", loaded.book.playbooks.keys());
}

//! The report: a table, a plot, and in words what is real in it.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use super::{Counted, Way, plot, run};

/// Requests of one run.
pub const REQUESTS: u64 = 500_000;
/// How often a tag is revalidated, a second.
pub const RATES: [(&str, f64); 6] = [
    ("1 a day", 1.0 / 86_400.0),
    ("1 an hour", 1.0 / 3_600.0),
    ("1 a minute", 1.0 / 60.0),
    ("6 a minute", 0.1),
    ("1 a second", 1.0),
    ("10 a second", 10.0),
];
/// The protocols, with their names.
pub const WAYS: [(&str, Way); 3] =
    [("freshtag", Way::Freshtag), ("bulk", Way::Bulk), ("each tag", Way::EachTag)];

/// One line of the table.
pub struct Row {
    /// The protocol.
    pub way: &'static str,
    /// Dollars for a million requests.
    pub dollars: f64,
    text: String,
}

/// Runs everything and writes `scale.md` and `scale.svg` into a folder.
///
/// # Errors
///
/// Where a file cannot be written.
pub fn write(folder: &Path, requests: u64, tell: impl Fn(&str)) -> io::Result<()> {
    let mut rows = Vec::new();
    for (rate, each) in RATES {
        for (name, way) in WAYS {
            let row = row(name, rate, &run(way, each, requests, 1));
            tell(&row.text);
            rows.push(row);
        }
    }
    fs::write(folder.join("scale.svg"), plot::svg(&rows))?;
    let table: String = rows.iter().map(|row| format!("{}\n", row.text)).collect();
    let path = folder.join("scale.md");
    let old = fs::read_to_string(&path).unwrap_or_default();
    fs::write(path, replaced(&old, &table))
}

fn row(way: &'static str, rate: &'static str, counted: &Counted) -> Row {
    let of = |part: u64| part as f64 / counted.requests as f64;
    let mut late = counted.late.clone();
    late.sort_unstable();
    let at = |part: f64| late.get((late.len() as f64 * part) as usize).or(late.last()).copied().unwrap_or(0);
    let (reads, writes) = (of(counted.reads), of(counted.writes));
    let dollars = reads * 0.5 + writes * 5.0;
    let longest = late.last().copied().unwrap_or(0);
    let seconds =
        |ms: i64| if late.is_empty() { "—".to_owned() } else { format!("{:.1}", ms as f64 / 1_000.0) };
    let mut text = String::new();
    // A String cannot fail to be written to.
    let _ = write!(
        text,
        "| {rate} | {way} | {:.2} % | {:.1} % | {:.4} % | {} | {} | {} | {:.3} | {reads:.2} M | {writes:.4} M | {dollars:.2} |",
        of(counted.hits) * 100.0,
        counted.looked as f64 / counted.hits as f64 * 100.0,
        of(late.len() as u64) * 100.0,
        seconds(at(0.5)),
        seconds(at(0.99)),
        seconds(longest),
        counted.renders as f64 / counted.keys as f64,
    );
    Row { way, dollars, text }
}

const BEGIN: &str = "<!-- begin: sim --scale -->\n";
const END: &str = "<!-- end -->\n";

/// The document with its table replaced; a new one where there is none.
fn replaced(old: &str, table: &str) -> String {
    let head = "| revalidations | protocol | hits | of them after reading tags | of all, with revalidated data | median s | 99 % s | longest s | renders a page | reads per 1 M | writes per 1 M | $ per 1 M |\n\
                | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    let size = "300 data centres of 20 isolates, 1,000,000 pages of 25 tags, 5,000 requests a second; 500,000 requests a run.\n\n";
    let (before, after) = match (old.split_once(BEGIN), old.split_once(END)) {
        (Some((before, _)), Some((_, after))) => (before, after),
        _ => (old, ""),
    };
    format!("{before}{BEGIN}{size}{head}{table}{END}{after}")
}

//! The command: `cargo run -p sim --release -- --seeds N --from S`.
#![allow(clippy::disallowed_methods)] // how long the runs themselves take is told by the host's clock

use std::cell::Cell;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use sim::bugs::BUGS;
use sim::plan::Weather;
use sim::run::run;
use sim::scale::REQUESTS;
use sim::seeds::{Order, Report, seeds};

const USAGE: &str = "sim [--seeds N] [--from S] [--minutes M] [--all] [--bug NAME]
sim --seed S [--bug NAME]    one seed, with its plan
sim --scale [REQUESTS]       the report in docs/scale.md
sim --planted                every planted bug, up to the seed that is known to find it
  --seeds N     how many seeds (2000)
  --from S      the first one (1)
  --minutes M   stop after so long; without --seeds there is no other limit
  --slow        only seeds in which puts take longer than the lead
  --all         go on after a seed that fails
  --bug NAME    with a bug planted";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mut order, mut count) =
        (Order { from: 1, seeds: 2_000, time: None, bug: None, weather: None, all: false }, None);
    let (mut one, mut planted, mut scale) = (None, false, None);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|text| text.parse::<u64>().ok());
        match &*arg {
            "--seeds" => count = number(),
            "--from" => order.from = number().unwrap_or(1),
            "--seed" => one = number(),
            "--minutes" => {
                order.time = number().map(|minutes| Duration::from_secs(60 * minutes));
                order.seeds = u64::MAX;
            }
            "--all" => order.all = true,
            "--slow" => order.weather = Some(Weather::Slow),
            "--planted" => planted = true,
            "--scale" => scale = Some(number().unwrap_or(REQUESTS)),
            "--bug" => {
                let name = args.next().unwrap_or_default();
                let known = BUGS.iter().find(|planted| planted.name == name);
                let Some(known) = known else {
                    let names: Vec<_> = BUGS.iter().map(|planted| planted.name).collect();
                    eprintln!("there is no bug {name}; there are {}", names.join(", "));
                    return ExitCode::from(2);
                };
                order.bug = Some(known.bug);
            }
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    order.seeds = count.unwrap_or(order.seeds);
    if let Some(requests) = scale {
        let docs = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"));
        return match sim::scale::write(docs, requests, |line| println!("{line}")) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("docs/scale.md: {error}");
                ExitCode::FAILURE
            }
        };
    }
    if planted {
        return plant_all();
    }
    if let Some(seed) = one {
        let verdict = run(seed, order.bug);
        println!("{:#?}\n{:#?}", verdict.plan, verdict.counts);
        return told(verdict.violation.map(|what| (seed, what)).as_slice());
    }
    let began = Instant::now();
    let report = seeds(&order, progress(began));
    line(&report, began.elapsed());
    told(&report.failed)
}

fn told(failed: &[(u64, String)]) -> ExitCode {
    for (seed, what) in failed.iter().take(20) {
        println!("seed {seed} fails: {what}");
    }
    println!("{} passed, {} failed", u8::from(failed.is_empty()), failed.len());
    ExitCode::from(u8::from(!failed.is_empty()))
}

/// Each bug, from a seed a little before the one that finds it.
fn plant_all() -> ExitCode {
    let (mut passed, mut failed) = (0, 0);
    for planted in BUGS {
        let began = Instant::now();
        let found = planted.find();
        let ok = found.is_ok();
        (passed, failed) = (passed + u32::from(ok), failed + u32::from(!ok));
        let (Ok(text) | Err(text)) = found;
        println!("{:16} {:5.1} s  {text}", planted.name, began.elapsed().as_secs_f64());
    }
    println!("{passed} passed, {failed} failed");
    ExitCode::from(u8::from(failed > 0))
}

/// Shows how far it is: on a terminal in one line, else every ten seconds.
fn progress(began: Instant) -> impl Fn(&Report) {
    let last = Cell::new(began);
    let terminal = std::io::stderr().is_terminal();
    move |report| {
        if last.get().elapsed() < Duration::from_secs(if terminal { 1 } else { 10 }) {
            return;
        }
        last.set(Instant::now());
        let rate = report.seeds as f64 / began.elapsed().as_secs_f64();
        let end = if terminal { "\r" } else { "\n" };
        let last = report.failed.last().map(|(seed, _)| format!(", last {seed}")).unwrap_or_default();
        eprint!("{} seeds, {rate:.0} a second, {} failed{last}{end}", report.seeds, report.failed.len());
        let _ = std::io::stderr().flush();
    }
}

fn line(report: &Report, took: Duration) {
    let counts = &report.counts;
    println!(
        "{} seeds in {:.1} s, {:.0} a second: {} events, {} requests, {} answers ({} hits, {} stale), {} renders, {} revalidations acknowledged and {} refused, {} reads, {} puts, {} isolates ended",
        report.seeds,
        took.as_secs_f64(),
        report.seeds as f64 / took.as_secs_f64(),
        counts.events,
        counts.requests,
        counts.answers,
        counts.hits,
        counts.stale,
        counts.renders,
        counts.acked,
        counts.refused,
        counts.reads,
        counts.puts,
        counts.kills,
    );
}

//! `sim --seeds N --from S`: runs seeds and says what they did, or which one fails first.

use std::process::ExitCode;

fn main() -> ExitCode {
    let from: u64 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1);
    let n: u64 = std::env::args().nth(2).and_then(|a| a.parse().ok()).unwrap_or(100);
    let t = std::time::Instant::now();
    let mut counts = sim::history::Counts::default();
    let mut bad = 0;
    for seed in from..from + n {
        let v = sim::run::run(seed, None);
        counts.add(&v.counts);
        if let Some(w) = v.violation {
            bad += 1;
            if bad <= 10 { println!("{seed}: {w}"); }
        }
    }
    println!("{bad} bad {counts:?} {:?}", t.elapsed());
    ExitCode::SUCCESS
}

//! The plot: what a million requests cost at each rate of revalidations, on a scale of powers of ten.

use std::fmt::Write as _;

use super::report::{RATES, Row, WAYS};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 120.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 44.0;
/// From 10 cents up to 100 dollars.
const LOW: f64 = -1.0;
const HIGH: f64 = 2.0;
/// Readable on white and on black.
const COLOURS: [&str; 3] = ["#2f81f7", "#d9730d", "#8957e5"];

/// The picture.
pub fn svg(rows: &[Row]) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#808080\">\n\
         <title>Dollars of KV for a million requests, by revalidations</title>\n\
         <text x=\"{LEFT}\" y=\"20\" font-size=\"14\">$ of KV reads and writes per million requests</text>\n"
    );
    for power in LOW as i32..=HIGH as i32 {
        let y = height(f64::from(power));
        let dollars = 10_f64.powi(power);
        line(&mut out, &format!("<path d=\"M{LEFT} {y:.1}H{}\" stroke=\"#80808055\"/>", WIDTH - RIGHT));
        line(
            &mut out,
            &format!("<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{dollars}</text>", LEFT - 8.0, y + 4.0),
        );
    }
    for (at, (rate, _)) in RATES.iter().enumerate() {
        let y = HEIGHT - BOTTOM + 20.0;
        line(
            &mut out,
            &format!("<text x=\"{:.1}\" y=\"{y}\" text-anchor=\"middle\">{rate}</text>", across(at)),
        );
    }
    for ((name, _), colour) in WAYS.iter().zip(COLOURS) {
        let points: Vec<(f64, f64)> = rows
            .iter()
            .filter(|row| row.way == *name)
            .enumerate()
            .map(|(at, row)| (across(at), height(row.dollars.max(0.01).log10())))
            .collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        line(
            &mut out,
            &format!(
                "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                path.join("L")
            ),
        );
        for (x, y) in &points {
            line(&mut out, &format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>"));
        }
        if let Some((x, y)) = points.last() {
            let (x, y) = (x + 10.0, y + 4.0);
            line(&mut out, &format!("<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{colour}\">{name}</text>"));
        }
    }
    out.push_str("</svg>\n");
    out
}

fn line(out: &mut String, text: &str) {
    // A String cannot fail to be written to.
    let _ = writeln!(out, "{text}");
}

fn across(at: usize) -> f64 {
    let step = (WIDTH - LEFT - RIGHT - 40.0) / (RATES.len() - 1) as f64;
    LEFT + 20.0 + step * at as f64
}

fn height(power: f64) -> f64 {
    TOP + (HIGH - power.clamp(LOW, HIGH)) / (HIGH - LOW) * (HEIGHT - TOP - BOTTOM)
}

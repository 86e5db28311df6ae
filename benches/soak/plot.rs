//! Plots as SVG: one panel a series, above each other, with a common axis of time.

use std::fmt::Write as _;

/// What is drawn in one panel: its values at the common times.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) values: Vec<f64>,
    /// A straight line over the last part: where it begins and ends, and its value there.
    pub(crate) line: Option<[(f64, f64); 2]>,
}

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 90.0;
const TOP: f64 = 26.0;
const GAP: f64 = 26.0;

/// The text of an SVG file.
pub(crate) fn svg(title: &str, times: &[f64], series: &[Series]) -> String {
    let end = times.last().copied().unwrap_or(1.0).max(f64::MIN_POSITIVE);
    let (width, height) = (LEFT + WIDTH + 20.0, TOP + (HEIGHT + GAP) * series.len() as f64 + 20.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"{LEFT}\" y=\"16\" font-size=\"14\">{title}</text>\n"
    );
    for (index, series) in (0_u32..).zip(series) {
        panel(&mut svg, TOP + (HEIGHT + GAP) * f64::from(index), end, times, series);
    }
    for tenth in 0..=10 {
        let part = f64::from(tenth) / 10.0;
        let (x, y, time) = (LEFT + WIDTH * part, height - 12.0, end * part);
        let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{time:.0} s</text>");
    }
    svg + "</svg>\n"
}

fn panel(svg: &mut String, top: f64, end: f64, times: &[f64], series: &Series) {
    // From 0, so that what is flat looks flat.
    let most = series.values.iter().copied().fold(0.0, f64::max).max(1e-9) * 1.1;
    let x = |time: f64| LEFT + WIDTH * time / end;
    let y = |value: f64| top + GAP + HEIGHT - GAP - (HEIGHT - GAP) * value / most;
    let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"{:.1}\">{}</text>", top + 18.0, series.name);
    for part in [0.0, 0.5, 1.0] {
        let (value, at) = (most * part, y(most * part));
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.0}</text>",
            LEFT + WIDTH,
            LEFT - 6.0,
            at + 4.0
        );
    }
    let points = times.iter().zip(&series.values).map(|(time, value)| format!("{:.1},{:.1}", x(*time), y(*value)));
    let points: Vec<_> = points.collect();
    let _ = writeln!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"#2a6fb0\"/>", points.join(" "));
    if let Some([from, to]) = series.line {
        let _ = writeln!(
            svg,
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#c0392b\" stroke-dasharray=\"6 3\"/>",
            x(from.0),
            y(from.1),
            x(to.0),
            y(to.1)
        );
    }
}

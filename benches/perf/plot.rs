//! Plots as SVG: panels above each other, each with lines over the size of the messages.

use std::fmt::Write as _;

use crate::case::Bytes;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) size: usize,
    pub(crate) value: f64,
    pub(crate) error: f64,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<Point>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Around 1.
    Ratio,
    /// By powers of ten.
    Log,
}

#[derive(Debug)]
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) scale: Scale,
    pub(crate) lines: Vec<Line>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 160.0;
const GAP: f64 = 60.0;
const COLOURS: [&str; 9] =
    ["#c0392b", "#2a6fb0", "#27823e", "#b9770e", "#7d3c98", "#117a65", "#884e2a", "#515a5a", "#d35498"];

/// The text of an SVG file.
pub(crate) fn svg(panels: &[Panel]) -> String {
    let (width, height) = (LEFT + WIDTH + RIGHT, (HEIGHT + GAP) * panels.len() as f64 + 20.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for (index, panel) in (0_u32..).zip(panels) {
        draw(&mut svg, (HEIGHT + GAP) * f64::from(index) + 30.0, panel);
    }
    svg + "</svg>\n"
}

/// The range of the values, and where there is a line across.
fn range(panel: &Panel) -> (f64, f64, Vec<f64>) {
    let points = || panel.lines.iter().flat_map(|line| &line.points);
    match panel.scale {
        Scale::Ratio => {
            let far = points().map(|point| (point.value - 1.0).abs() + point.error).fold(0.1, f64::max).min(0.5);
            (1.0 - far, 1.0 + far, vec![1.0 - far, 0.98, 1.0, 1.02, 1.0 + far])
        }
        Scale::Log => {
            let low = points().map(|point| point.value).fold(f64::INFINITY, f64::min).log10().floor();
            let high = points().map(|point| point.value).fold(1.0, f64::max).log10().ceil();
            let low = if low.is_finite() { low } else { 0.0 };
            let powers = (low as i32..=high as i32).map(f64::from).collect();
            (low, high.max(low + 1.0), powers)
        }
    }
}

fn draw(svg: &mut String, top: f64, panel: &Panel) {
    let (low, high, across) = range(panel);
    let mut sizes: Vec<usize> =
        panel.lines.iter().flat_map(|line| line.points.iter().map(|point| point.size)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let last = sizes.len().saturating_sub(1).max(1) as f64;
    let x = |size: usize| LEFT + WIDTH * sizes.iter().position(|other| *other == size).unwrap_or(0) as f64 / last;
    let scaled = |value: f64| if panel.scale == Scale::Log { value.log10() } else { value };
    let y = |value: f64| top + HEIGHT * (1.0 - ((value - low) / (high - low)).clamp(0.0, 1.0));
    let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"{:.1}\" font-size=\"14\">{}</text>", top - 10.0, panel.title);
    for value in across {
        let (at, colour) = (y(value), if value == 1.0 && panel.scale == Scale::Ratio { "#888" } else { "#ddd" });
        let text = match panel.scale {
            Scale::Ratio => format!("{value:.2}"),
            Scale::Log => format!("{}", 10_f64.powf(value)),
        };
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
            LEFT + WIDTH,
            LEFT - 6.0,
            at + 4.0
        );
    }
    for size in &sizes {
        let (at, below) = (x(*size), top + HEIGHT + 16.0);
        let _ = writeln!(svg, "<text x=\"{at:.1}\" y=\"{below:.1}\" text-anchor=\"middle\">{}</text>", Bytes(*size));
    }
    for (index, line) in panel.lines.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let points: Vec<_> =
            line.points.iter().map(|point| format!("{:.1},{:.1}", x(point.size), y(scaled(point.value)))).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
            points.join(" ")
        );
        for point in &line.points {
            let (at, value) = (x(point.size), y(scaled(point.value)));
            let _ = writeln!(svg, "<circle cx=\"{at:.1}\" cy=\"{value:.1}\" r=\"2.5\" fill=\"{colour}\"/>");
            if point.error > 0.0 {
                let _ = writeln!(
                    svg,
                    "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>",
                    y(point.value - point.error),
                    y(point.value + point.error)
                );
            }
        }
        let (at, below) = (LEFT + WIDTH + 14.0, top + 14.0 + 18.0 * index as f64);
        let _ = writeln!(svg, "<text x=\"{at:.1}\" y=\"{below:.1}\" fill=\"{colour}\">{}</text>", line.name);
    }
}

//! Bars: one for each thing that is counted, with its name above it and its number beside it, so that nothing is told by length or
//! colour alone. It is as wide as the smallest screen; the table that belongs to it stands below.

use super::html::{Component, Html, components};
use crate::words::plain;

/// Widths in pixels: of the picture, of the longest bar.
const WIDTH: i64 = 288;
const LONGEST: i64 = 220;
/// Height of a bar with its name.
const ROW: i64 = 44;

/// Bars under one another.
#[derive(Clone, Debug, Default)]
pub struct BarChart {
    /// What is counted: read by those who do not see the bars.
    pub label: String,
    /// The name, the number, and the number as it is written.
    pub bars: Vec<(String, i64, String)>,
}

impl BarChart {
    /// A chart of this.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// Adds a bar; a number below 0 has none.
    #[must_use]
    pub fn bar(mut self, name: impl Into<String>, number: i64, written: impl Into<String>) -> Self {
        self.bars.push((name.into(), number, written.into()));
        self
    }
}

impl Component for BarChart {
    fn write(&self, out: &mut Html) {
        let most = self.bars.iter().map(|(_, number, _)| *number).max().unwrap_or(0).max(1);
        let height = i64::try_from(self.bars.len()).unwrap_or(0).saturating_mul(ROW);
        let told: Vec<String> = self
            .bars
            .iter()
            .map(|(name, _, written)| format!("{}: {}", plain(name), plain(written)))
            .collect();
        let told = format!("{}. {}", plain(&self.label), told.join("; "));
        out.tag("svg")
            .attr("xmlns", "http://www.w3.org/2000/svg")
            .attr("width", &WIDTH.to_string())
            .attr("height", &height.to_string())
            .attr("viewBox", &format!("0 0 {WIDTH} {height}"))
            .attr("direction", "ltr")
            .attr("role", "img")
            .attr("aria-label", &told)
            .with(|out| {
                let mut top = 0;
                for (name, number, written) in &self.bars {
                    let long = (*number).max(0).saturating_mul(LONGEST) / most;
                    let text = |out: &mut Html, x: i64, y: i64, text: &str| {
                        out.tag("text")
                            .class("govuk-body-s")
                            .attr("x", &x.to_string())
                            .attr("y", &y.to_string())
                            .text(&plain(text));
                    };
                    text(out, 0, top + 14, name);
                    out.tag("rect")
                        .attr("x", "0")
                        .attr("y", &(top + 20).to_string())
                        .attr("width", &long.max(1).to_string())
                        .attr("height", "14")
                        .attr("fill", "#1d70b8")
                        .with(|_| {});
                    text(out, long + 6, top + 32, written);
                    top += ROW;
                }
            });
    }
}

components!(BarChart);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_is_the_largest_number_and_every_number_is_written() {
        let html = BarChart::new("Received")
            .bar("North <office>", 40, "40")
            .bar("South", 10, "10")
            .bar("West", 0, "0");
        let mut out = Html::new();
        html.write(&mut out);
        let html = out.finish();
        assert!(
            html.contains("width=\"220\"") && html.contains("width=\"55\"") && html.contains("width=\"1\"")
        );
        assert!(
            html.contains("aria-label=\"Received. North &lt;office&gt;: 40; South: 10; West: 0\""),
            "{html}"
        );
        assert!(html.contains(">40</text>") && html.contains("North &lt;office&gt;</text>"), "{html}");
    }
}

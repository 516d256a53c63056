//! The map of links as a picture made here: programmes in layers, each link from left to right (from right to left where the
//! page is read so), its kind written where it begins.

use std::collections::BTreeMap;

use domain::definitions::LinkDef;

use crate::kit::{Content, Html};
use crate::words;

/// Width of a box, and room between two layers, in pixels.
const BOX: i32 = 190;
const GAP: i32 = 190;
/// Room for one link at the side of a box, the least height of a box, room between boxes.
const PORT: i32 = 20;
const LEAST: i32 = 54;
const BETWEEN: i32 = 22;
const MARGIN: i32 = 12;
/// Letters in a line of a box.
const LETTERS: usize = 24;

/// A link to be drawn.
pub(super) struct Edge {
    pub from: String,
    pub to: String,
    /// Its kind in a word or two.
    pub kind: String,
}

impl Edge {
    /// A picture holds text only: the marks that become elements elsewhere would end it.
    pub(super) fn of(link: &LinkDef, kind: &str) -> Self {
        let kind = words::plain(kind);
        Self { from: link.from.clone(), to: link.to.clone(), kind }
    }
}

/// Where a box stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Spot {
    layer: usize,
    top: i32,
    height: i32,
}

/// The layer of everything that is linked: behind all that leads to it. What stands in a ring is left where it was found.
fn layers(edges: &[Edge]) -> BTreeMap<&str, usize> {
    let mut layers: BTreeMap<&str, usize> =
        edges.iter().flat_map(|edge| [edge.from.as_str(), edge.to.as_str()]).map(|id| (id, 0)).collect();
    for _ in 0..layers.len() {
        let before = layers.clone();
        for edge in edges {
            let next = before.get(edge.from.as_str()).map_or(0, |layer| layer + 1);
            if let Some(own) = layers.get_mut(edge.to.as_str()) {
                *own = (*own).max(next).min(before.len());
            }
        }
        if layers == before {
            return layers;
        }
    }
    // A ring has no order: one layer behind the other by what leads there directly.
    let is_led_to = |id: &str| edges.iter().any(|edge| edge.to == id);
    layers.into_keys().map(|id| (id, usize::from(is_led_to(id)))).collect()
}

fn spots(edges: &[Edge]) -> BTreeMap<&str, Spot> {
    let layers = layers(edges);
    let deepest = layers.values().copied().max().unwrap_or(0);
    let mut spots: BTreeMap<&str, Spot> = BTreeMap::new();
    for layer in 0..=deepest {
        let mut here: Vec<&str> =
            layers.iter().filter(|(_, own)| **own == layer).map(|(id, _)| *id).collect();
        // In the order of what leads there, so that fewer lines cross.
        let weight = |id: &str| {
            let tops: Vec<i32> = edges
                .iter()
                .filter(|edge| edge.to == id)
                .filter_map(|edge| spots.get(edge.from.as_str()).map(|spot| spot.top))
                .collect();
            tops.iter().sum::<i32>() / i32::try_from(tops.len().max(1)).unwrap_or(1)
        };
        here.sort_by_key(|id| weight(id));
        let mut top = MARGIN;
        for id in here {
            let ports = edges.iter().filter(|edge| edge.from == id).count();
            let height = LEAST.max(i32::try_from(ports).unwrap_or(0) * PORT + 14);
            spots.insert(id, Spot { layer, top, height });
            top += height + BETWEEN;
        }
    }
    spots
}

/// Words in at most two lines of a box.
fn lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let length = lines[last].chars().count();
        if length > 0 && length + word.chars().count() >= LETTERS {
            lines.push(word.to_owned());
        } else {
            if length > 0 {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    if lines.len() > 2 {
        lines.truncate(2);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// The picture; `name` gives the words of a box, `is_rtl` turns it round, `label` is read by those who do not see it.
pub(super) fn picture(edges: &[Edge], name: impl Fn(&str) -> String, is_rtl: bool, label: &str) -> Content {
    let spots = spots(edges);
    let deepest = spots.values().map(|spot| spot.layer).max().unwrap_or(0);
    let columns = i32::try_from(deepest + 1).unwrap_or(1);
    let width = columns * BOX + (columns - 1) * GAP + 2 * MARGIN;
    let height = spots.values().map(|spot| spot.top + spot.height).max().unwrap_or(0) + MARGIN;
    let drawing = Drawing { spots, width, is_rtl };
    let mut out = Html::new();
    let frame = out.tag("div").class("app-map").attr("role", "region").attr("aria-label", label);
    frame.attr("tabindex", "0").with(|out| {
        let svg = out
            .tag("svg")
            .attr("xmlns", "http://www.w3.org/2000/svg")
            .attr("width", &width.to_string())
            .attr("height", &height.to_string())
            .attr("viewBox", &format!("0 0 {width} {height}"))
            .attr("role", "img")
            .attr("aria-label", label);
        svg.with(|out| {
            arrow(out);
            let kinds = drawing.lines(edges, out);
            drawing.boxes(&name, out);
            for (x, y, kind) in kinds {
                out.tag("text")
                    .class("app-map__kind")
                    .attr("x", &x.to_string())
                    .attr("y", &y.to_string())
                    .attr("text-anchor", "start")
                    .text(&kind);
            }
        });
    });
    Content::Html(out.finish())
}

/// The head of an arrow, for every line.
fn arrow(out: &mut Html) {
    out.tag("defs").with(|out| {
        let marker = out
            .tag("marker")
            .attr("id", "arrow")
            .attr("viewBox", "0 0 10 10")
            .attr("refX", "9")
            .attr("refY", "5")
            .attr("markerWidth", "8")
            .attr("markerHeight", "8")
            .attr("orient", "auto");
        marker.with(|out| out.tag("path").attr("d", "M0 0L10 5L0 10z").text(""));
    });
}

/// Where everything stands on the picture.
struct Drawing<'e> {
    spots: BTreeMap<&'e str, Spot>,
    width: i32,
    is_rtl: bool,
}

impl Drawing<'_> {
    /// A place along the way one reads, as a place of the picture.
    fn x(&self, along: i32) -> i32 {
        if self.is_rtl { self.width - along } else { along }
    }

    /// Where a box begins, along the way one reads.
    fn start(spot: &Spot) -> i32 {
        MARGIN + i32::try_from(spot.layer).unwrap_or(0) * (BOX + GAP)
    }

    /// Draws the lines; where the kind of each is to be written.
    fn lines(&self, edges: &[Edge], out: &mut Html) -> Vec<(i32, i32, String)> {
        let mut kinds = Vec::new();
        let (mut begun, mut ended): (BTreeMap<&str, i32>, BTreeMap<&str, i32>) = Default::default();
        for edge in edges {
            let spot = |id: &str| self.spots.get(id);
            let (Some(from), Some(to)) = (spot(&edge.from), spot(&edge.to)) else { continue };
            let port = begun.entry(&edge.from).or_default();
            let y1 = along(from, *port, edges.iter().filter(|other| other.from == edge.from).count());
            *port += 1;
            let port = ended.entry(&edge.to).or_default();
            let y2 = along(to, *port, edges.iter().filter(|other| other.to == edge.to).count());
            *port += 1;
            let (out_at, in_at) = (Self::start(from) + BOX, Self::start(to));
            let [x1, x2] = [out_at, in_at].map(|along| self.x(along));
            let [out_of, into] = [out_at + GAP / 2 + 40, in_at - GAP / 2 + 40].map(|along| self.x(along));
            out.tag("path")
                .attr("d", &format!("M{x1} {y1}C{out_of} {y1} {into} {y2} {x2} {y2}"))
                .attr("marker-end", "url(#arrow)")
                .text("");
            kinds.push((self.x(out_at + 6), y1 - 4, edge.kind.clone()));
        }
        kinds
    }

    /// Draws the boxes with their names.
    fn boxes(&self, name: &impl Fn(&str) -> String, out: &mut Html) {
        for (id, spot) in &self.spots {
            let start = Self::start(spot);
            let left = if self.is_rtl { self.x(start + BOX) } else { start };
            out.tag("rect")
                .attr("x", &left.to_string())
                .attr("y", &spot.top.to_string())
                .attr("width", &BOX.to_string())
                .attr("height", &spot.height.to_string())
                .attr("rx", "4")
                .text("");
            let lines = lines(&name(id));
            let first = spot.top + spot.height / 2 + if lines.len() > 1 { -4 } else { 5 };
            for (line, y) in lines.iter().zip((0..).map(|line| first + line * 18)) {
                out.tag("text")
                    .attr("x", &(left + BOX / 2).to_string())
                    .attr("y", &y.to_string())
                    .attr("text-anchor", "middle")
                    .text(line);
            }
        }
    }
}

/// The height of one of several links at the side of a box.
fn along(spot: &Spot, port: i32, count: usize) -> i32 {
    let count = i32::try_from(count).unwrap_or(1).max(1);
    spot.top + spot.height * (2 * port + 1) / (2 * count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str) -> Edge {
        Edge { from: from.into(), to: to.into(), kind: format!("{from} to {to}") }
    }

    #[test]
    fn what_is_led_to_stands_behind_what_leads_there() {
        let edges = [edge("a", "b"), edge("b", "c"), edge("a", "c"), edge("d", "c")];
        let layers = layers(&edges);
        assert_eq!(layers, BTreeMap::from([("a", 0), ("b", 1), ("c", 2), ("d", 0)]));
        let ring = [edge("a", "b"), edge("b", "a")];
        assert!(super::layers(&ring).values().all(|layer| *layer <= 1));
    }

    #[test]
    fn no_two_boxes_meet_and_all_is_inside_the_picture() {
        let edges: Vec<Edge> =
            (0..12).map(|n| edge(&format!("a{}", n % 4), &format!("b{}", n % 5))).collect();
        let spots = spots(&edges);
        for (one, spot) in &spots {
            for (other, beside) in &spots {
                let apart = one == other
                    || spot.layer != beside.layer
                    || spot.top + spot.height <= beside.top
                    || beside.top + beside.height <= spot.top;
                assert!(apart, "{one} {other}");
            }
        }
        for is_rtl in [false, true] {
            let Content::Html(svg) = picture(&edges, str::to_owned, is_rtl, "A \"map\"") else {
                panic!("text")
            };
            assert_eq!(svg.matches("<rect").count(), spots.len());
            assert_eq!(svg.matches("marker-end").count(), edges.len());
            assert!(edges.iter().all(|edge| svg.contains(&edge.kind)), "{svg}");
            assert!(!svg.contains("=\"-") && !svg.contains("style="), "{svg}");
        }
    }

    #[test]
    fn a_long_name_takes_two_lines() {
        assert_eq!(lines("Child grant"), ["Child grant"]);
        assert_eq!(lines("Help for families with a sick child"), ["Help for families with a", "sick child"]);
        assert_eq!(lines("One two three four five six seven eight nine ten eleven twelve thirteen").len(), 2);
    }
}

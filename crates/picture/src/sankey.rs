//! Journeys: how many go from where to where. What goes into a node and what comes out of it are drawn at one scale.

use crate::{
    Canvas, Picture, Tone,
    canvas::{Anchor, widest, widest_strong},
    text::n,
};

#[derive(Clone, Debug, Default)]
pub struct Sankey {
    pub title: String,
    pub summary: String,
    /// What each layer is, e.g. `first touch`; may be empty.
    pub layers: Vec<String>,
    pub nodes: Vec<SankeyNode>,
    pub links: Vec<SankeyLink>,
}

#[derive(Clone, Debug, Default)]
pub struct SankeyNode {
    pub name: String,
    /// From the left, from 0.
    pub layer: usize,
    /// Its size as text.
    pub shown: String,
    pub tone: Tone,
    pub href: Option<String>,
}

/// From one node to another of a later layer; any other is left out of the drawing.
#[derive(Clone, Debug, Default)]
pub struct SankeyLink {
    pub from: usize,
    pub to: usize,
    pub value: f64,
    pub shown: String,
    pub href: Option<String>,
}

const NODE: f64 = 10.0;
const HEIGHT: f64 = 300.0;
const LABEL: f64 = 32.0;

/// Where a node lies: its top and its height.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Place {
    pub x: f64,
    pub y: f64,
    pub height: f64,
}

impl Place {
    fn middle(self) -> f64 {
        self.y + self.height / 2.0
    }
}

/// Where a link leaves and arrives (its upper edges), and how thick it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ribbon {
    pub link: usize,
    pub from_y: f64,
    pub to_y: f64,
    pub thickness: f64,
}

impl Picture for Sankey {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let top = if self.layers.iter().any(|layer| !layer.is_empty()) { 24.0 } else { 0.0 };
        let (places, ribbons, height) = self.layout(canvas.width, top);
        let step = self.step(canvas.width);
        for (index, name) in self.layers.iter().enumerate().take(self.depth()) {
            let is_last = index > 0 && index + 1 == self.depth();
            let (anchor, x) = if is_last { (Anchor::End, canvas.width) } else { (Anchor::Start, step * index as f64) };
            canvas.text((x, 12.0), anchor, "p-faint", name, (step - 8.0) / if index + 2 >= self.depth() { 2.0 } else { 1.0 });
        }
        for ribbon in &ribbons {
            let link = &self.links[ribbon.link];
            let (from, to) = (places[link.from], places[link.to]);
            let (start, end, middle) = (from.x + NODE, to.x, (from.x + NODE + to.x) / 2.0);
            let curve = |x1: f64, y1: f64, x2: f64, y2: f64| {
                format!("{} {}C{} {} {} {} {} {}", n(x1), n(y1), n(middle), n(y1), n(middle), n(y2), n(x2), n(y2))
            };
            let d = format!(
                "M{}L{}Z",
                curve(start, ribbon.from_y, end, ribbon.to_y),
                curve(end, ribbon.to_y + ribbon.thickness, start, ribbon.from_y + ribbon.thickness)
            );
            let title = format!("{} to {}: {}", self.nodes[link.from].name, self.nodes[link.to].name, link.shown);
            canvas.mark(&title, link.href.as_deref(), |canvas| canvas.path(&d, &format!("p-soft {}", self.nodes[link.from].tone.class())));
        }
        for (index, (node, place)) in self.nodes.iter().zip(&places).enumerate() {
            canvas.mark(&format!("{}: {}", node.name, node.shown), node.href.as_deref(), |canvas| {
                canvas.rect(place.x, place.y, NODE, place.height.max(1.0), &format!("p-fill {}", node.tone.class()), 1.0);
            });
            let is_last = node.layer + 1 == self.depth() && node.layer > 0;
            let (anchor, x) = if is_last { (Anchor::End, place.x - 5.0) } else { (Anchor::Start, place.x + NODE + 5.0) };
            let y = if is_last { self.clear_of_the_layer_before(index, &places, step) } else { place.middle() };
            canvas.text((x, y - 1.0), anchor, "p-strong", &node.name, step - NODE - 14.0);
            canvas.text((x, y + 13.0), anchor, "p-faint", &node.shown, step - NODE - 14.0);
        }
        height
    }
}

impl Sankey {
    fn depth(&self) -> usize {
        self.nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0)
    }

    fn step(&self, width: f64) -> f64 {
        let gaps = self.depth().saturating_sub(1).max(1) as f64;
        (width - NODE) / gaps
    }

    /// Where the label of a node of the last layer stands: its labels run to the left, towards those of the layer before, so where there is no
    /// room for both in one line it moves along its node to the nearest line that is free.
    fn clear_of_the_layer_before(&self, node: usize, places: &[Place], step: f64) -> f64 {
        let (own, place) = (&self.nodes[node], places[node]);
        let wide = |node: &SankeyNode| widest_strong([node.name.as_str()]).max(widest([node.shown.as_str()]));
        let meets = |other: &SankeyNode| other.layer + 1 == own.layer && wide(other) + wide(own) > step - NODE - 14.0;
        let taken: Vec<f64> = self.nodes.iter().zip(places).filter(|(other, _)| meets(other)).map(|(_, place)| place.middle()).collect();
        let is_free = |y: &f64| taken.iter().all(|other| (other - y).abs() >= LABEL - 2.0);
        let half = place.height.min(HEIGHT) as i32 / 2;
        let mut near = (0..=half).flat_map(|away| [place.middle() - f64::from(away), place.middle() + f64::from(away)]);
        near.find(is_free).unwrap_or_else(|| place.middle())
    }

    fn is_drawn(&self, link: &SankeyLink) -> bool {
        let layer = |node: usize| self.nodes.get(node).map(|node| node.layer);
        layer(link.from) < layer(link.to) && layer(link.from).is_some() && link.value > 0.0 && link.value.is_finite()
    }

    /// Nodes under each other in the order given, links in the order of the nodes they go to.
    pub(crate) fn layout(&self, width: f64, top: f64) -> (Vec<Place>, Vec<Ribbon>, f64) {
        let most = self.links.iter().map(|link| link.value).filter(|value| value.is_finite()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        // Shares of the largest link, so that sums of huge numbers stay finite.
        let links: Vec<_> = (0..self.links.len()).filter(|index| self.is_drawn(&self.links[*index])).collect();
        let size = |index: usize| self.links[index].value / most;
        let flow = |node: usize| {
            let sum = |pick: fn(&SankeyLink) -> usize| {
                links.iter().filter(|link| pick(&self.links[**link]) == node).map(|link| size(*link)).sum::<f64>()
            };
            sum(|link| link.from).max(sum(|link| link.to))
        };
        let flows: Vec<f64> = (0..self.nodes.len()).map(flow).collect();
        let of_layer = |layer: usize| self.nodes.iter().enumerate().filter(move |(_, node)| node.layer == layer).map(|(index, _)| index);
        let fullest = (0..self.depth()).map(|layer| of_layer(layer).map(|node| flows[node]).sum::<f64>()).fold(0.0, f64::max);
        let scale = if fullest > 0.0 { HEIGHT / fullest } else { 0.0 };
        let mut places = vec![Place::default(); self.nodes.len()];
        let mut bottom = top + LABEL;
        for layer in 0..self.depth() {
            let mut y = top;
            for node in of_layer(layer) {
                // Each node has room for its label, however thin it is.
                let height = flows[node] * scale;
                let lead = ((LABEL - height) / 2.0).max(0.0);
                places[node] = Place { x: self.step(width) * layer as f64, y: y + lead, height };
                y += height.max(LABEL) + 8.0;
            }
            bottom = bottom.max(y - 8.0);
        }
        let mut order = links;
        order.sort_by_key(|link| (self.links[*link].from, self.links[*link].to));
        let mut out = places.iter().map(|place| place.y).collect::<Vec<_>>();
        let mut into = out.clone();
        let mut ribbons = Vec::with_capacity(order.len());
        for link in order {
            let (from, to, thickness) = (self.links[link].from, self.links[link].to, size(link) * scale);
            ribbons.push(Ribbon { link, from_y: out[from], to_y: into[to], thickness });
            out[from] += thickness;
            into[to] += thickness;
        }
        (places, ribbons, bottom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row: links (from, to, value) between the layers 0 | 1 2 | 3.
    #[test]
    fn all_that_flows_is_drawn_at_one_scale() {
        let cases: &[&[(usize, usize, f64)]] = &[
            &[],
            &[(0, 1, 5.0)],
            &[(0, 1, 30.0), (0, 2, 10.0), (1, 3, 30.0), (2, 3, 10.0)],
            &[(0, 1, 1e300), (0, 2, 2e300), (1, 3, 0.5e300), (2, 3, 2e300)],
            // Back, in place, out of the list and of no size: none is drawn.
            &[(0, 1, 4.0), (1, 0, 9.0), (1, 2, 9.0), (0, 9, 9.0), (0, 2, 0.0), (0, 3, -3.0)],
        ];
        for links in cases {
            let node = |layer| SankeyNode { layer, ..SankeyNode::default() };
            let link =
                |(from, to, value): &(usize, usize, f64)| SankeyLink { from: *from, to: *to, value: *value, ..SankeyLink::default() };
            let sankey = Sankey { nodes: [0, 1, 1, 2].map(node).to_vec(), links: links.iter().map(link).collect(), ..Sankey::default() };
            let (places, ribbons, height) = sankey.layout(720.0, 0.0);
            let per_unit: Vec<f64> = ribbons.iter().map(|ribbon| ribbon.thickness / sankey.links[ribbon.link].value).collect();
            assert!(per_unit.windows(2).all(|pair| (pair[0] / pair[1] - 1.0).abs() < 1e-9), "{links:?}: one scale");
            for (index, place) in places.iter().enumerate() {
                let sum = |is_its: &dyn Fn(&SankeyLink) -> bool| {
                    ribbons.iter().filter(|ribbon| is_its(&sankey.links[ribbon.link])).map(|ribbon| ribbon.thickness).sum::<f64>()
                };
                let (out, into) = (sum(&|link| link.from == index), sum(&|link| link.to == index));
                assert!((place.height - out.max(into)).abs() < 1e-6, "{links:?}: node {index}");
                assert!(place.y + place.height <= height + 1e-6);
            }
            for pair in ribbons.windows(2).filter(|pair| sankey.links[pair[0].link].from == sankey.links[pair[1].link].from) {
                assert!((pair[0].from_y + pair[0].thickness - pair[1].from_y).abs() < 1e-6, "no gap, no overlap");
            }
        }
    }

    #[test]
    fn labels_of_the_last_layer_make_room_for_those_before() {
        let node = |name: &str, layer| SankeyNode { name: name.into(), layer, ..SankeyNode::default() };
        let link = |from, to| SankeyLink { from, to, value: 1.0, ..SankeyLink::default() };
        let nodes = vec![node("Organic search", 0), node("Organic search", 1), node("Not signed yet", 2)];
        let sankey = Sankey { nodes, links: vec![link(0, 1), link(1, 2)], ..Sankey::default() };
        for (width, moves) in [(360.0, true), (1080.0, false)] {
            let (places, ..) = sankey.layout(width, 0.0);
            let y = sankey.clear_of_the_layer_before(2, &places, sankey.step(width));
            assert_eq!((y - places[1].middle()).abs() >= LABEL - 2.0, moves, "{width}");
            assert!((places[2].y..=places[2].y + places[2].height).contains(&y), "{width}: on its node");
        }
    }
}

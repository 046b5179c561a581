//! What a picture is painted on: text that fits, marks that tell their value, links that open their rows.

use crate::{
    svg::Width,
    text::{self, escape, fitted, n},
};

/// Strong letters are wider.
const STRONG: f64 = 1.12;

pub struct Canvas {
    out: String,
    pub(crate) width: f64,
    pub(crate) kind: Width,
    /// A saved file has no page around it whose addresses would lead anywhere.
    links: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Canvas {
    pub(crate) fn new(width: Width, links: bool) -> Canvas {
        Canvas { out: String::new(), width: width.units(), kind: width, links }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    pub(crate) fn is_narrow(&self) -> bool {
        self.kind == Width::Narrow
    }

    /// A mark with its value for whoever points at it or hears it; with an address it opens its rows.
    pub(crate) fn mark(&mut self, title: &str, href: Option<&str>, draw: impl FnOnce(&mut Canvas)) {
        // An address that is none of ours would make a picture run a script.
        let href = href.filter(|href| self.links && ["/", "?", "#", "https://"].iter().any(|start| href.starts_with(start)));
        match href {
            Some(href) => self.out.push_str(&format!(r#"<a class="p-mark" href="{}">"#, escape(href))),
            None => self.out.push_str(r#"<g class="p-mark">"#),
        }
        if !title.is_empty() {
            self.out.push_str(&format!("<title>{}</title>", escape(title)));
        }
        draw(self);
        self.out.push_str(if href.is_some() { "</a>" } else { "</g>" });
    }

    /// Text with its baseline at `y`, cut to `room`; cut text tells itself whole in a title.
    pub(crate) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, class: &str, words: &str, room: f64) {
        let shown = fitted(words, if class.starts_with("p-strong") { room / STRONG } else { room });
        if shown.is_empty() {
            return;
        }
        let whole = if shown == words { String::new() } else { format!("<title>{}</title>", escape(words)) };
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let class = if class.is_empty() { String::new() } else { format!(r#" class="{class}""#) };
        self.out.push_str(&format!(r#"<text x="{}" y="{}"{anchor}{class}>{whole}{}</text>"#, n(x), n(y), escape(&shown)));
    }

    pub(crate) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, class: &str, round: f64) {
        let round = if round > 0.0 { format!(r#" rx="{}""#, n(round.min(width / 2.0).min(height / 2.0))) } else { String::new() };
        self.out.push_str(&format!(
            r#"<rect x="{}" y="{}" width="{}" height="{}"{round} class="{class}"/>"#,
            n(x),
            n(y),
            n(width.max(0.0)),
            n(height.max(0.0))
        ));
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        self.path(&format!("M{} {}L{} {}", n(from.0), n(from.1), n(to.0), n(to.1)), class);
    }

    pub(crate) fn path(&mut self, d: &str, class: &str) {
        if !d.is_empty() {
            self.out.push_str(&format!(r#"<path d="{d}" class="{class}"/>"#));
        }
    }

    pub(crate) fn circle(&mut self, (x, y): (f64, f64), radius: f64, class: &str) {
        self.out.push_str(&format!(r#"<circle cx="{}" cy="{}" r="{}" class="{class}"/>"#, n(x), n(y), n(radius)));
    }

    /// Diagonal lines over a box, which say "not final yet" in print as well as in colour. Lines and no pattern: a pattern needs an id.
    pub(crate) fn hatch(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let mut d = String::new();
        let mut from = 6.0;
        while from < width + height {
            let (start, end) = ((from.min(width), (from - width).max(0.0)), ((from - height).max(0.0), from.min(height)));
            d.push_str(&format!("M{} {}L{} {}", n(x + start.0), n(y + start.1), n(x + end.0), n(y + end.1)));
            from += 6.0;
        }
        self.path(&d, "p-hatch");
    }
}

/// A path through points; `None` lifts the pen.
pub(crate) fn path_through(points: impl IntoIterator<Item = Option<(f64, f64)>>) -> String {
    let mut d = String::new();
    let mut drawing = false;
    for point in points {
        match point {
            Some((x, y)) => {
                d.push_str(&format!("{}{} {}", if drawing { "L" } else { "M" }, n(x), n(y)));
                drawing = true;
            }
            None => drawing = false,
        }
    }
    d
}

/// The area between two edges, given from left to right.
pub(crate) fn area(upper: &[(f64, f64)], lower: &[(f64, f64)]) -> String {
    if upper.len() < 2 {
        return String::new();
    }
    let round = upper.iter().chain(lower.iter().rev());
    path_through(round.map(|point| Some(*point))) + "Z"
}

/// How wide the widest of some texts is where it is strong.
pub(crate) fn widest_strong<'a>(texts: impl IntoIterator<Item = &'a str>) -> f64 {
    widest(texts) * STRONG
}

/// How wide the widest of some texts is.
pub(crate) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>) -> f64 {
    texts.into_iter().map(text::width).fold(0.0, f64::max)
}

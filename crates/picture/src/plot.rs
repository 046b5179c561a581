//! The frame of pictures with a height axis: ticks, grid and names below.

use crate::{
    canvas::{Anchor, Canvas, widest},
    text::{self, LINE, SIZE},
    unit::{Scale, Unit},
};

pub(crate) struct Plot {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub scale: Scale,
}

/// Between the outermost points and the frame.
const INSET: f64 = 8.0;

impl Plot {
    /// Paints axis and grid. `end_room` stays free on the right, for labels at the ends of lines.
    pub fn open(canvas: &mut Canvas, scale: Scale, unit: &Unit, label: &str, top: f64, end_room: f64) -> Plot {
        let texts: Vec<_> = scale.ticks().iter().map(|tick| unit.tick(*tick, scale.step)).collect();
        let left = (widest(texts.iter().map(String::as_str)) + 8.0).min(canvas.width * 0.3);
        let top = if label.is_empty() { top + 6.0 } else { top + LINE + 8.0 };
        let right = canvas.width - end_room;
        let plot = Plot { left, right, top, bottom: top + if canvas.is_narrow() { 180.0 } else { 220.0 }, scale };
        if !label.is_empty() {
            canvas.text((0.0, top - LINE + 5.0), Anchor::Start, "p-faint", label, canvas.width);
        }
        for (tick, text) in plot.scale.ticks().into_iter().zip(&texts) {
            let y = plot.y(tick);
            canvas.line((left, y), (right, y), if tick == 0.0 { "p-axis" } else { "p-grid" });
            canvas.text((left - 8.0, y + 4.0), Anchor::End, "p-faint", text, left);
        }
        plot
    }

    pub fn y(&self, value: f64) -> f64 {
        self.bottom - self.scale.share(value) * (self.bottom - self.top)
    }

    /// The middle of one of `count` places.
    pub fn x(&self, index: usize, count: usize) -> f64 {
        self.along(if count < 2 { 0.5 } else { index as f64 / (count - 1) as f64 })
    }

    /// 0 is the first place, 1 the last.
    pub fn along(&self, share: f64) -> f64 {
        self.left + INSET + share.clamp(0.0, 1.0) * (self.right - self.left - INSET * 2.0).max(0.0)
    }

    /// Names under the places, as many as fit, and the axis' label; says where they end.
    pub fn names(&self, canvas: &mut Canvas, names: &[&str], label: &str) -> f64 {
        let places: Vec<_> = names.iter().enumerate().map(|(index, name)| (self.x(index, names.len()), (*name).to_owned())).collect();
        self.labels(canvas, &places, label)
    }

    /// As [`Plot::names`], at places of their own, from left to right.
    pub fn labels(&self, canvas: &mut Canvas, places: &[(f64, String)], label: &str) -> f64 {
        let room = ((self.right - self.left) / 2.0).min(120.0);
        let fitted: Vec<(f64, String)> = places.iter().map(|(x, name)| (*x, text::fitted(name, room))).collect();
        let edge = canvas.width;
        let middle = |x: f64, name: &str| {
            let half = text::width(name) / 2.0;
            x.min(edge - half).max(half)
        };
        let clear = |every: usize| {
            let mut end = f64::MIN;
            fitted.iter().step_by(every).all(|(x, name)| {
                let (at, half) = (middle(*x, name), text::width(name) / 2.0);
                let is_clear = at - half >= end;
                end = at + half + SIZE * 0.6;
                is_clear
            })
        };
        let every = (1..=fitted.len().max(1)).find(|every| clear(*every)).unwrap_or(1);
        for ((x, shown), (_, whole)) in fitted.iter().zip(places).step_by(every) {
            canvas.text((middle(*x, shown), self.bottom + LINE + 2.0), Anchor::Middle, "p-faint", whole, room);
        }
        if label.is_empty() {
            return self.bottom + LINE + 8.0;
        }
        canvas.text((self.right, self.bottom + LINE * 2.0 + 4.0), Anchor::End, "p-faint", label, self.right);
        self.bottom + LINE * 2.0 + 10.0
    }

    /// A dashed line across with its text above it, at the end where the first or the last value is farther away.
    pub fn target(&self, canvas: &mut Canvas, value: f64, words: &str, first: Option<f64>, last: Option<f64>) {
        let y = self.y(value);
        canvas.line((self.left, y), (self.right, y), "p-target");
        let below = if y - self.top < LINE { 14.0 } else { -5.0 };
        let far = |beside: Option<f64>| beside.map_or(f64::MAX, |beside| (self.y(beside) - y).abs());
        let (x, anchor) = if far(first) > far(last) { (self.left + 4.0, Anchor::Start) } else { (self.right, Anchor::End) };
        canvas.text((x, y + below), anchor, "p-halo", words, (self.right - self.left) * 0.8);
    }

    /// A strip around a place, to point at.
    pub fn hit(&self, canvas: &mut Canvas, index: usize, count: usize, title: &str, href: Option<&str>) {
        let step = (self.right - self.left - INSET * 2.0) / (count.max(2) - 1) as f64;
        let from = (self.x(index, count) - step / 2.0).max(self.left);
        let to = (self.x(index, count) + step / 2.0).min(self.right);
        canvas.mark(title, href, |canvas| canvas.rect(from, self.top, to - from, self.bottom - self.top, "p-hit", 0.0));
    }
}

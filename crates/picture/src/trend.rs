//! A number over time: its line, the interval around it and what was agreed.

use crate::{
    Canvas, Picture, Tone, Unit,
    canvas::{area, path_through},
    legend::{legend, patch, stroke},
    plot::Plot,
    unit::Scale,
};

#[derive(Clone, Debug, Default)]
pub struct Trend {
    pub title: String,
    pub summary: String,
    pub unit: Unit,
    /// What is counted, over the axis.
    pub axis: String,
    pub tone: Tone,
    pub points: Vec<TrendPoint>,
    pub target: Option<Target>,
}

#[derive(Clone, Debug, Default)]
pub struct TrendPoint {
    /// Its month, say.
    pub name: String,
    /// `None` leaves a gap: nothing was measured there.
    pub value: Option<f64>,
    pub interval: Option<(f64, f64)>,
    /// The value as text.
    pub shown: String,
    /// The cohort is still young: dotted, with a hollow point.
    pub young: bool,
    pub href: Option<String>,
}

/// What was agreed; a dashed line.
#[derive(Clone, Debug, Default)]
pub struct Target {
    pub value: f64,
    /// e.g. `target 40%`
    pub shown: String,
}

impl Picture for Trend {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let top = self.legend(canvas);
        let values = self.points.iter().filter_map(|point| point.value).chain(self.target.iter().map(|target| target.value));
        let plot = Plot::open(canvas, Scale::from_zero(values.chain(self.reach()), &self.unit, 4), &self.unit, &self.axis, top, 8.0);
        let count = self.points.len();
        let at = |index: usize, value: f64| (plot.x(index, count), plot.y(value));
        self.band(canvas, &at);
        if let Some(target) = &self.target {
            let end = |point: Option<&TrendPoint>| point.and_then(|point| point.value);
            plot.target(canvas, target.value, &target.shown, end(self.points.first()), end(self.points.last()));
        }
        for young in [false, true] {
            let class = format!("p-stroke {}{}", self.tone.class(), if young { " p-young" } else { "" });
            let points = self.points.iter().enumerate().map(|(index, point)| {
                // The dotted part starts at the last point of the full one.
                let before_young = self.points.get(index + 1).is_some_and(|next| next.young);
                let is_mine = if young { point.young || before_young } else { !point.young };
                point.value.filter(|_| is_mine).map(|value| at(index, value))
            });
            canvas.path(&path_through(points), &class);
        }
        for (index, point) in self.points.iter().enumerate() {
            // Where points are dense they would hide the line; a lone one must show itself.
            let is_lone = index.checked_sub(1).is_none_or(|before| self.points[before].value.is_none())
                && self.points.get(index + 1).is_none_or(|next| next.value.is_none());
            if let Some(value) = point.value.filter(|_| count <= 40 || is_lone) {
                let class = if point.young { "p-ring" } else { "p-fill" };
                canvas.circle(at(index, value), if point.young { 3.0 } else { 2.6 }, &format!("{class} {}", self.tone.class()));
            }
        }
        for (index, point) in self.points.iter().enumerate() {
            let young = if point.young && point.value.is_some() { ", still young" } else { "" };
            plot.hit(canvas, index, count, &format!("{}: {}{young}", point.name, point.shown), point.href.as_deref());
        }
        let names: Vec<_> = self.points.iter().map(|point| point.name.as_str()).collect();
        plot.names(canvas, &names, "")
    }
}

impl Trend {
    fn legend(&self, canvas: &mut Canvas) -> f64 {
        let tone = self.tone.class();
        let mut entries = vec![];
        if self.points.iter().filter(|point| point.interval.is_some()).count() > 1 {
            entries.push(("95% interval".to_owned(), patch(format!("p-soft {tone}"))));
        }
        if self.points.iter().any(|point| point.young && point.value.is_some()) {
            entries.push(("still young".to_owned(), stroke(format!("p-stroke p-young {tone}"))));
        }
        legend(canvas, 0.0, &entries)
    }

    /// Intervals have their place on the axis, but that of a tiny month must not press the line flat.
    fn reach(&self) -> Vec<f64> {
        let values = self.points.iter().filter_map(|point| point.value).chain(self.target.iter().map(|target| target.value));
        let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let room = (high - low) * 0.4;
        let intervals = self.points.iter().filter_map(|point| point.interval);
        intervals.flat_map(|(from, to)| [from.max(low - room), to.min(high + room)]).collect()
    }

    fn band(&self, canvas: &mut Canvas, at: &dyn Fn(usize, f64) -> (f64, f64)) {
        let known = |point: &&TrendPoint| point.value.is_some() && point.interval.is_some();
        // A gap in the line is a gap in its band.
        let mut rest = self.points.as_slice();
        let mut index = 0;
        while !rest.is_empty() {
            let run = rest.iter().take_while(known).count();
            let edge = |pick: fn((f64, f64)) -> f64| -> Vec<_> {
                rest[..run].iter().enumerate().filter_map(|(step, point)| Some(at(index + step, pick(point.interval?)))).collect()
            };
            canvas.path(&area(&edge(|interval| interval.1), &edge(|interval| interval.0)), &format!("p-band {}", self.tone.class()));
            index += run.max(1);
            rest = &rest[run.max(1)..];
        }
    }
}

//! What came in so far against what was planned.

use crate::{
    Canvas, Picture, Tone, Unit,
    canvas::{Anchor, path_through},
    legend::{legend, stroke},
    plot::Plot,
    unit::Scale,
};

#[derive(Clone, Debug, Default)]
pub struct Pacing {
    pub title: String,
    pub summary: String,
    pub unit: Unit,
    pub axis: String,
    pub tone: Tone,
    /// Cumulative, from the start of the period to its end, at even steps.
    pub points: Vec<PacingPoint>,
    /// Ahead or behind in the reader's words, e.g. `12 days behind`; stands beside today.
    pub verdict: String,
}

#[derive(Clone, Debug, Default)]
pub struct PacingPoint {
    pub name: String,
    pub plan: f64,
    pub plan_shown: String,
    /// `None`: still ahead. Today is the last that has one.
    pub actual: Option<f64>,
    pub actual_shown: String,
    pub href: Option<String>,
}

impl Picture for Pacing {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let tone = self.tone.class();
        let entries =
            [("actual".to_owned(), stroke(format!("p-stroke {tone}"))), ("plan".to_owned(), stroke("p-stroke p-quiet p-dash".to_owned()))];
        let top = legend(canvas, 0.0, &entries);
        let values = self.points.iter().flat_map(|point| [Some(point.plan), point.actual]).flatten();
        let plot = Plot::open(canvas, Scale::from_zero(values, &self.unit, 4), &self.unit, &self.axis, top, 8.0);
        let count = self.points.len();
        let today = self.points.iter().rposition(|point| point.actual.is_some());
        let plan = self.points.iter().enumerate().map(|(index, point)| Some((plot.x(index, count), plot.y(point.plan))));
        canvas.path(&path_through(plan), "p-stroke p-quiet p-dash");
        let actual = self.points.iter().enumerate().map(|(index, point)| Some((plot.x(index, count), plot.y(point.actual?))));
        canvas.path(&path_through(actual), &format!("p-stroke {tone}"));
        if let Some((index, value)) = today.and_then(|index| Some((index, self.points[index].actual?))) {
            let (x, y) = (plot.x(index, count), plot.y(value));
            canvas.line((x, plot.top), (x, plot.bottom), "p-axis");
            canvas.circle((x, y), 4.0, &format!("p-fill {tone}"));
            let is_left = x > (plot.left + plot.right) / 2.0;
            let (anchor, at, room) =
                if is_left { (Anchor::End, x - 10.0, x - plot.left - 14.0) } else { (Anchor::Start, x + 10.0, plot.right - x - 14.0) };
            // Below the line, where a rising one leaves room: to its right under it, to its left at the top.
            let y = if is_left { plot.top + 12.0 } else { plot.bottom - 22.0 };
            canvas.text((at, y), anchor, "p-strong", &self.verdict, room);
            canvas.text(
                (at, y + 15.0),
                anchor,
                "p-faint",
                &format!("{}: {}", self.points[index].name, self.points[index].actual_shown),
                room,
            );
        }
        for (index, point) in self.points.iter().enumerate() {
            let actual = if point.actual.is_some() { format!("{}, ", point.actual_shown) } else { String::new() };
            plot.hit(canvas, index, count, &format!("{}: {actual}plan {}", point.name, point.plan_shown), point.href.as_deref());
        }
        let names: Vec<_> = self.points.iter().map(|point| point.name.as_str()).collect();
        plot.names(canvas, &names, "")
    }
}

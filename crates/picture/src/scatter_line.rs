//! Predicted against observed: on the diagonal the prediction was right.

use crate::{
    Canvas, Picture, Tone, Unit,
    legend::{legend, stroke},
    plot::Plot,
    unit::Scale,
};

#[derive(Clone, Debug, Default)]
pub struct ScatterLine {
    pub title: String,
    pub summary: String,
    /// Both axes have the same unit and range.
    pub unit: Unit,
    pub x_axis: String,
    pub y_axis: String,
    /// What the diagonal is called, e.g. `exactly right`.
    pub diagonal: String,
    pub tone: Tone,
    pub points: Vec<ScatterPoint>,
}

#[derive(Clone, Debug, Default)]
pub struct ScatterPoint {
    pub x: f64,
    pub y: f64,
    /// Of `y`.
    pub interval: Option<(f64, f64)>,
    /// How many cases stand behind it: the point's area.
    pub cases: f64,
    pub shown: String,
    pub href: Option<String>,
}

impl Picture for ScatterLine {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let diagonal = if self.diagonal.is_empty() { "exactly right" } else { &self.diagonal };
        let top = legend(canvas, 0.0, &[(diagonal.to_owned(), stroke("p-target".to_owned()))]);
        let values = self
            .points
            .iter()
            .flat_map(|point| point.interval.map(|(low, high)| [low, high]).into_iter().flatten().chain([point.x, point.y]));
        let scale = Scale::from_zero(values, &self.unit, 5);
        let plot = Plot::open(canvas, scale.clone(), &self.unit, &self.y_axis, top, 8.0);
        let at = |x: f64, y: f64| (plot.along(scale.share(x)), plot.y(y));
        canvas.line(at(scale.low, scale.low), at(scale.high, scale.high), "p-target");
        let most = self.points.iter().map(|point| point.cases).fold(0.0, f64::max);
        for point in &self.points {
            canvas.mark(&point.shown, point.href.as_deref(), |canvas| {
                if let Some((low, high)) = point.interval {
                    canvas.line(at(point.x, low), at(point.x, high), "p-whisker");
                }
                let share = if most > 0.0 { (point.cases / most).clamp(0.0, 1.0) } else { 0.0 };
                canvas.circle(at(point.x, point.y), 3.0 + 4.0 * share.sqrt(), &format!("p-fill {}", self.tone.class()));
            });
        }
        let ticks: Vec<_> = scale.ticks().iter().map(|tick| (plot.along(scale.share(*tick)), self.unit.tick(*tick, scale.step))).collect();
        plot.labels(canvas, &ticks, &self.x_axis)
    }
}

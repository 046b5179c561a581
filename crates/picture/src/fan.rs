//! What was, and what is likely to come.

use crate::{
    Canvas, Picture, Target, Tone, Unit,
    canvas::{area, path_through},
    legend::{legend, patch, stroke},
    plot::Plot,
    unit::Scale,
};

#[derive(Clone, Debug, Default)]
pub struct Fan {
    pub title: String,
    pub summary: String,
    pub unit: Unit,
    pub axis: String,
    pub tone: Tone,
    pub history: Vec<FanPoint>,
    pub future: Vec<FanStep>,
    pub target: Option<Target>,
}

#[derive(Clone, Debug, Default)]
pub struct FanPoint {
    pub name: String,
    /// `None` leaves a gap.
    pub value: Option<f64>,
    pub shown: String,
    pub href: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct FanStep {
    pub name: String,
    pub median: f64,
    /// Median and bands as text.
    pub shown: String,
    /// The middle 50, 80 and 95 in 100: low and high.
    pub bands: [(f64, f64); 3],
    pub href: Option<String>,
}

const BANDS: [&str; 3] = ["50%", "80%", "95%"];

impl Picture for Fan {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let tone = self.tone.class();
        let mut entries = vec![
            ("measured".to_owned(), stroke(format!("p-stroke {tone}"))),
            ("median".to_owned(), stroke(format!("p-stroke p-dash {tone}"))),
        ];
        // Bands lie over each other, so the inner ones are darker.
        let shades = ["p-fan-50", "p-fan-80", "p-fan-95"];
        entries.extend(BANDS.iter().zip(shades).map(|(name, shade)| ((*name).to_owned(), patch(format!("p-fill {shade} {tone}")))));
        let top = legend(canvas, 0.0, &entries);
        let bands = self.future.iter().flat_map(|step| step.bands.iter().flat_map(|(low, high)| [*low, *high]).chain([step.median]));
        let values = self.history.iter().filter_map(|point| point.value).chain(self.target.iter().map(|target| target.value)).chain(bands);
        let plot = Plot::open(canvas, Scale::from_zero(values, &self.unit, 4), &self.unit, &self.axis, top, 8.0);
        let (past, count) = (self.history.len(), self.history.len() + self.future.len());
        let at = |index: usize, value: f64| (plot.x(index, count), plot.y(value));
        // What comes begins where what was ends.
        let hinge = self.history.last().and_then(|point| point.value).map(|value| at(past - 1, value));
        for band in (0..3).rev() {
            let edge = |pick: fn((f64, f64)) -> f64| -> Vec<_> {
                let steps = self.future.iter().enumerate().map(|(index, step)| at(past + index, pick(step.bands[band])));
                hinge.into_iter().chain(steps).collect()
            };
            canvas.path(&area(&edge(|ends| ends.1), &edge(|ends| ends.0)), &format!("p-band {tone}"));
            if let ([step], None) = (self.future.as_slice(), hinge) {
                let (low, high) = step.bands[band];
                canvas.rect(at(0, low).0 - 6.0, plot.y(high), 12.0, plot.y(low) - plot.y(high), &format!("p-band {tone}"), 0.0);
            }
        }
        if let Some(target) = &self.target {
            let first = self.history.first().and_then(|point| point.value);
            plot.target(canvas, target.value, &target.shown, first, self.future.last().map(|step| step.median));
        }
        if let (Some((x, _)), false) = (hinge, self.future.is_empty()) {
            canvas.line((x, plot.top), (x, plot.bottom), "p-axis");
        }
        let median = self.future.iter().enumerate().map(|(index, step)| Some(at(past + index, step.median)));
        canvas.path(&path_through(hinge.map(Some).into_iter().chain(median)), &format!("p-stroke p-dash {tone}"));
        let measured = self.history.iter().enumerate().map(|(index, point)| Some(at(index, point.value?)));
        canvas.path(&path_through(measured), &format!("p-stroke {tone}"));
        if let Some((x, y)) = hinge {
            canvas.circle((x, y), 3.0, &format!("p-fill {tone}"));
        }
        for (index, point) in self.history.iter().enumerate() {
            plot.hit(canvas, index, count, &format!("{}: {}", point.name, point.shown), point.href.as_deref());
        }
        for (index, step) in self.future.iter().enumerate() {
            plot.hit(canvas, past + index, count, &format!("{}, expected: {}", step.name, step.shown), step.href.as_deref());
        }
        let names: Vec<_> =
            self.history.iter().map(|point| point.name.as_str()).chain(self.future.iter().map(|step| step.name.as_str())).collect();
        plot.names(canvas, &names, "")
    }
}

//! Several models' word on each row: a mark for each, and the range over them.

use crate::{
    Canvas, Picture, Unit,
    canvas::{Anchor, widest},
    legend::{Sample, legend},
    text::{LINE, n},
    unit::Scale,
};

#[derive(Clone, Debug, Default)]
pub struct Comparison {
    pub title: String,
    pub summary: String,
    pub unit: Unit,
    pub axis: String,
    /// Ten can be told apart by their shapes.
    pub models: Vec<String>,
    /// The model that decides here: filled and drawn over the others.
    pub chosen: Option<usize>,
    pub rows: Vec<ComparisonRow>,
}

#[derive(Clone, Debug, Default)]
pub struct ComparisonRow {
    pub name: String,
    /// One for each model, with its text; `None` where the model says nothing.
    pub values: Vec<Option<(f64, String)>>,
    pub href: Option<String>,
}

impl Picture for Comparison {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let entries: Vec<_> = self.models.iter().enumerate().map(|(index, name)| (name.clone(), self.sample(index))).collect();
        let top = legend(canvas, 0.0, &entries) + 4.0;
        let is_narrow = canvas.is_narrow();
        let names = (widest(self.rows.iter().map(|row| row.name.as_str())) + 16.0).min(canvas.width * 0.3);
        let names = if is_narrow { 0.0 } else { names };
        let (left, right) = (names + 8.0, canvas.width - 16.0);
        let values = self.rows.iter().flat_map(|row| row.values.iter().flatten().map(|(value, _)| *value));
        let scale = Scale::from_zero(values, &self.unit, if is_narrow { 3 } else { 5 });
        let x = |value: f64| left + scale.share(value) * (right - left);
        let (lift, row_height) = if is_narrow { (LINE, LINE + 22.0) } else { (0.0, 28.0) };
        let bottom = top + row_height * self.rows.len().max(1) as f64;
        for tick in scale.ticks() {
            canvas.line((x(tick), top), (x(tick), bottom), if tick == 0.0 { "p-axis" } else { "p-grid" });
            let text = self.unit.tick(tick, scale.step);
            // A long text at the end of the axis stays on the picture.
            let at = x(tick).min(canvas.width - widest([text.as_str()]) / 2.0);
            canvas.text((at, bottom + 14.0), Anchor::Middle, "p-faint", &text, 80.0);
        }
        for (index, row) in self.rows.iter().enumerate() {
            let y = top + row_height * index as f64;
            let middle = y + lift + (row_height - lift) / 2.0;
            let (name_y, room) = if is_narrow { (y + 12.0, right) } else { (middle + 4.0, names - 8.0) };
            canvas.text((0.0, name_y), Anchor::Start, "", &row.name, room);
            self.row(canvas, row, &x, middle);
        }
        if self.axis.is_empty() {
            return bottom + LINE + 4.0;
        }
        canvas.text((right, bottom + LINE + 14.0), Anchor::End, "p-faint", &self.axis, right);
        bottom + LINE * 2.0 + 4.0
    }
}

impl Comparison {
    fn row(&self, canvas: &mut Canvas, row: &ComparisonRow, x: &dyn Fn(f64) -> f64, y: f64) {
        let known =
            || row.values.iter().enumerate().filter_map(|(index, value)| value.as_ref().map(|(value, shown)| (index, *value, shown)));
        let (low, high) = known().fold((f64::MAX, f64::MIN), |(low, high), (_, value, _)| (low.min(value), high.max(value)));
        let words: Vec<_> =
            known().map(|(index, _, shown)| format!("{} {shown}", self.models.get(index).map_or("", String::as_str))).collect();
        canvas.mark(&format!("{}: {}", row.name, words.join(", ")), row.href.as_deref(), |canvas| {
            if low <= high {
                canvas.rect(x(low) - 7.0, y - 7.0, x(high) - x(low) + 14.0, 14.0, "p-track", 7.0);
            }
            // The chosen one last, so that it lies on top.
            let is_chosen = |index: usize| self.chosen == Some(index);
            for (index, value, shown) in
                known().filter(|(index, ..)| !is_chosen(*index)).chain(known().filter(|(index, ..)| is_chosen(*index)))
            {
                let model = self.models.get(index).map_or("", String::as_str);
                canvas.mark(&format!("{}, {model}: {shown}", row.name), None, |canvas| self.shape(canvas, index, (x(value), y)));
            }
        });
    }

    fn sample<'a>(&'a self, index: usize) -> Sample<'a> {
        Box::new(move |canvas, at| self.shape(canvas, index, at))
    }

    fn shape(&self, canvas: &mut Canvas, index: usize, (x, y): (f64, f64)) {
        let class = if self.chosen == Some(index) { "p-fill p-ink" } else { "p-ring p-ink" };
        let polygon = |points: &[(f64, f64)]| {
            let corners: Vec<_> = points.iter().map(|(dx, dy)| format!("{} {}", n(x + dx), n(y + dy))).collect();
            format!("M{}Z", corners.join("L"))
        };
        let outline: &[(f64, f64)] = match index % 10 {
            0 => return canvas.circle((x, y), 4.2, class),
            1 => &[(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)],
            2 => &[(0.0, -5.2), (5.2, 0.0), (0.0, 5.2), (-5.2, 0.0)],
            3 => &[(0.0, -5.0), (4.8, 3.8), (-4.8, 3.8)],
            4 => &[(0.0, 5.0), (4.8, -3.8), (-4.8, -3.8)],
            5 => &[(-5.0, 0.0), (3.8, -4.8), (3.8, 4.8)],
            6 => &[(5.0, 0.0), (-3.8, -4.8), (-3.8, 4.8)],
            7 => &[(-2.0, -6.0), (2.0, -6.0), (2.0, 6.0), (-2.0, 6.0)],
            8 => &[(-6.0, -2.0), (6.0, -2.0), (6.0, 2.0), (-6.0, 2.0)],
            _ => &[
                (-1.7, -5.0),
                (1.7, -5.0),
                (1.7, -1.7),
                (5.0, -1.7),
                (5.0, 1.7),
                (1.7, 1.7),
                (1.7, 5.0),
                (-1.7, 5.0),
                (-1.7, 1.7),
                (-5.0, 1.7),
                (-5.0, -1.7),
                (-1.7, -1.7),
            ],
        };
        canvas.path(&polygon(outline), class);
    }
}

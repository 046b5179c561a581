//! Cohorts by age: the darker, the more.

use crate::{
    Canvas, Picture, Tone, Unit,
    canvas::{Anchor, widest},
    legend::{hatched, legend, patch},
    text::{self, LINE},
    unit::Scale,
};

#[derive(Clone, Debug, Default)]
pub struct HeatMap {
    pub title: String,
    pub summary: String,
    /// What rows are, e.g. `Month of lead`, and columns, e.g. `Months since`.
    pub rows_axis: String,
    pub columns_axis: String,
    pub unit: Unit,
    pub tone: Tone,
    pub columns: Vec<String>,
    pub rows: Vec<HeatRow>,
}

#[derive(Clone, Debug, Default)]
pub struct HeatRow {
    pub name: String,
    /// How large the cohort is, as text; may be empty.
    pub size: String,
    /// One for each column; `None` is still ahead or was not measured: an empty cell.
    pub cells: Vec<Option<HeatCell>>,
}

#[derive(Clone, Debug, Default)]
pub struct HeatCell {
    pub value: f64,
    pub shown: String,
    /// Not final yet: hatched.
    pub young: bool,
    pub href: Option<String>,
}

const ROW: f64 = 26.0;
const SHADES: usize = 6;

impl Picture for HeatMap {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let names = self.rows.iter().map(|row| row.name.as_str()).chain([self.rows_axis.as_str()]);
        let names = (widest(names) + 10.0).min(canvas.width * if canvas.is_narrow() { 0.24 } else { 0.28 });
        let sizes = (widest(self.rows.iter().map(|row| row.size.as_str())) + 10.0).min(canvas.width * 0.16);
        let sizes = if sizes <= 10.0 { 0.0 } else { sizes };
        let left = names + sizes;
        let cell = (canvas.width - left) / self.columns.len().max(1) as f64;
        let top = self.legend(canvas);
        canvas.text((left, top + 10.0), Anchor::Start, "p-faint", &self.columns_axis, canvas.width - left);
        canvas.text((0.0, top + LINE + 12.0), Anchor::Start, "p-faint", &self.rows_axis, left - 6.0);
        self.heads(canvas, left, cell, top + LINE + 12.0);
        let mut y = top + LINE * 2.0 + 4.0;
        let (low, high) = self.range();
        for row in &self.rows {
            canvas.text((0.0, y + ROW / 2.0 + 4.0), Anchor::Start, "", &row.name, names - 6.0);
            canvas.text((left - 8.0, y + ROW / 2.0 + 4.0), Anchor::End, "p-faint", &row.size, sizes - 4.0);
            for (index, column) in self.columns.iter().enumerate() {
                let (x, found) = (left + cell * index as f64, row.cells.get(index).and_then(Option::as_ref));
                match found {
                    Some(found) => {
                        self.cell(canvas, (x, y, cell), found, shade(found.value, low, high), &format!("{}, {column}", row.name))
                    }
                    None => canvas.mark(&format!("{}, {column}: nothing measured yet", row.name), None, |canvas| {
                        canvas.circle((x + cell / 2.0, y + ROW / 2.0), 1.0, "p-fill p-quiet");
                    }),
                }
            }
            y += ROW;
        }
        y + 2.0
    }
}

impl HeatMap {
    fn cell(&self, canvas: &mut Canvas, (x, y, width): (f64, f64, f64), cell: &HeatCell, shade: usize, place: &str) {
        let young = if cell.young { ", still young" } else { "" };
        canvas.mark(&format!("{place}: {}{young}", cell.shown), cell.href.as_deref(), |canvas| {
            canvas.rect(x + 1.0, y + 1.0, width - 2.0, ROW - 2.0, &format!("p-fill {} p-heat-{shade}", self.tone.class()), 3.0);
            if cell.young {
                canvas.hatch(x + 1.0, y + 1.0, (width - 2.0).max(0.0), ROW - 2.0);
            }
            // A cut number is a wrong number: it shows whole or not at all, and the mark tells it anyway.
            if text::width(&cell.shown) <= width - 4.0 {
                let class = if shade >= 4 { "p-on" } else { "p-strong" };
                canvas.text((x + width / 2.0, y + ROW / 2.0 + 4.0), Anchor::Middle, class, &cell.shown, width);
            }
        });
    }

    fn heads(&self, canvas: &mut Canvas, left: f64, cell: f64, y: f64) {
        let needed = widest(self.columns.iter().map(String::as_str)).min(90.0) + 6.0;
        let every = (needed / cell.max(1.0)).ceil().max(1.0) as usize;
        for (index, name) in self.columns.iter().enumerate().step_by(every) {
            canvas.text((left + cell * (index as f64 + 0.5), y), Anchor::Middle, "p-faint", name, cell * every as f64 - 2.0);
        }
    }

    fn legend(&self, canvas: &mut Canvas) -> f64 {
        let cells = || self.rows.iter().flat_map(|row| &row.cells);
        let values = || cells().flatten().map(|cell| cell.value).filter(|value| value.is_finite());
        let (least, most) = values().fold((f64::MAX, f64::MIN), |(least, most), value| (least.min(value), most.max(value)));
        let (tone, (low, high)) = (self.tone.class(), self.range());
        let mut entries = vec![];
        if least < most {
            // With as many digits as tell the two apart.
            let step = Scale::around(values(), &self.unit, 10).step;
            let entry = |value: f64| (self.unit.tick(value, step), patch(format!("p-fill {tone} p-heat-{}", shade(value, low, high))));
            entries.extend([entry(least), entry(most)]);
        }
        if cells().flatten().any(|cell| cell.young) {
            entries.push(("still young".to_owned(), hatched(format!("p-fill {tone} p-heat-1"))));
        }
        legend(canvas, 0.0, &entries)
    }

    fn range(&self) -> (f64, f64) {
        let values = self.rows.iter().flat_map(|row| &row.cells).flatten().map(|cell| cell.value);
        values.fold((0.0_f64, f64::MIN), |(low, high), value| (low.min(value), high.max(value)))
    }
}

fn shade(value: f64, low: f64, high: f64) -> usize {
    let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
    if share.is_finite() { ((share * SHADES as f64) as usize).min(SHADES - 1) } else { 0 }
}

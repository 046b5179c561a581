//! Values side by side, with their intervals as whiskers.

use crate::{
    Canvas, Picture, Tone, Unit,
    canvas::{Anchor, widest, widest_strong},
    text::LINE,
    unit::Scale,
};

#[derive(Clone, Debug, Default)]
pub struct Bars {
    pub title: String,
    pub summary: String,
    pub unit: Unit,
    /// What is measured, under the axis.
    pub axis: String,
    pub bars: Vec<Bar>,
}

#[derive(Clone, Debug, Default)]
pub struct Bar {
    pub name: String,
    /// `None`: not measured, which is said and not drawn.
    pub value: Option<f64>,
    pub interval: Option<(f64, f64)>,
    /// The value as text.
    pub shown: String,
    pub tone: Tone,
    pub href: Option<String>,
}

const BAR: f64 = 16.0;
const GAP: f64 = 10.0;

impl Picture for Bars {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let is_narrow = canvas.is_narrow();
        let names = widest(self.bars.iter().map(|bar| bar.name.as_str())) + 14.0;
        let names = if is_narrow { 0.0 } else { names.min(canvas.width * 0.3) };
        let shown = (widest_strong(self.bars.iter().map(|bar| bar.shown.as_str())) + 12.0).min(canvas.width * 0.3);
        let right = canvas.width - shown;
        let values = self.bars.iter().flat_map(|bar| bar.interval.map(|(low, high)| [low, high]).into_iter().flatten().chain(bar.value));
        let scale = Scale::from_zero(values, &self.unit, if is_narrow { 3 } else { 5 });
        let x = |value: f64| names + scale.share(value) * (right - names);
        // On a phone the name has a line of its own over the bar.
        let (lift, row) = if is_narrow { (LINE, LINE + BAR + GAP) } else { (0.0, BAR + GAP) };
        let bottom = row * self.bars.len().max(1) as f64;
        let texts: Vec<_> = scale.ticks().iter().map(|tick| self.unit.tick(*tick, scale.step)).collect();
        let every = (widest(texts.iter().map(String::as_str)) + 10.0) / ((right - names) / (texts.len().max(2) - 1) as f64);
        for (index, (tick, text)) in scale.ticks().into_iter().zip(&texts).enumerate() {
            canvas.line((x(tick), 0.0), (x(tick), bottom), if tick == 0.0 { "p-axis" } else { "p-grid" });
            if index.is_multiple_of(every.ceil().max(1.0) as usize) {
                let anchor = if x(tick) < 20.0 { Anchor::Start } else { Anchor::Middle };
                canvas.text((x(tick), bottom + 14.0), anchor, "p-faint", text, right);
            }
        }
        for (index, bar) in self.bars.iter().enumerate() {
            let y = row * index as f64 + GAP / 2.0;
            let (name_at, name_room) = if is_narrow { (y + 10.0, right) } else { (y + BAR / 2.0 + 4.0, names - 10.0) };
            canvas.text((0.0, name_at), Anchor::Start, "", &bar.name, name_room);
            canvas.mark(&format!("{}: {}", bar.name, bar.shown), bar.href.as_deref(), |canvas| {
                canvas.rect(names, y, right - names, lift + BAR, "p-hit", 0.0);
                let y = y + lift;
                if let Some(value) = bar.value {
                    let (from, to) = (x(value).min(x(0.0)), x(value).max(x(0.0)));
                    canvas.rect(
                        from,
                        y,
                        (to - from).max(if value == 0.0 { 0.0 } else { 1.5 }),
                        BAR,
                        &format!("p-fill p-bar {}", bar.tone.class()),
                        2.0,
                    );
                }
                if let Some((low, high)) = bar.interval {
                    let middle = y + BAR / 2.0;
                    for (end, from, to) in [(x(low), -4.0, 4.0), (x(high), -4.0, 4.0)] {
                        canvas.line((end, middle + from), (end, middle + to), "p-whisker");
                    }
                    canvas.line((x(low), middle), (x(high), middle), "p-whisker");
                }
                let class = if bar.value.is_some() { "p-strong" } else { "p-faint" };
                canvas.text((canvas.width, y + BAR / 2.0 + 4.0), Anchor::End, class, &bar.shown, shown - 6.0);
            });
        }
        if self.axis.is_empty() {
            return bottom + LINE + 2.0;
        }
        canvas.text((right, bottom + LINE + 14.0), Anchor::End, "p-faint", &self.axis, right);
        bottom + LINE * 2.0 + 4.0
    }
}

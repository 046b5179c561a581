//! From one value to another through the parts that made the difference.

use crate::{
    Canvas, Picture, Tone, Unit,
    canvas::{Anchor, widest_strong},
    text::LINE,
    unit::Scale,
};

#[derive(Clone, Debug, Default)]
pub struct Waterfall {
    pub title: String,
    pub summary: String,
    pub unit: Unit,
    pub from: Total,
    /// In the order in which they are told; what is too small to tell goes into one of them, so that they add up.
    pub steps: Vec<Step>,
    pub to: Total,
}

#[derive(Clone, Debug, Default)]
pub struct Total {
    /// e.g. `Q1 2026`
    pub name: String,
    pub value: f64,
    pub shown: String,
    pub href: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Step {
    pub name: String,
    /// What it adds; negative takes away.
    pub value: f64,
    /// With its sign, e.g. `+2.1 pt`.
    pub shown: String,
    /// Good or bad by what the number means; rising and falling are told by sign and arrow anyway.
    pub tone: Tone,
    pub href: Option<String>,
}

const BAR: f64 = 20.0;
const GAP: f64 = 10.0;

impl Picture for Waterfall {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    /// Bars lie: names of campaigns are long, and a phone is narrow.
    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let is_narrow = canvas.is_narrow();
        let names = self.steps.iter().map(|step| step.name.as_str()).chain([self.from.name.as_str(), self.to.name.as_str()]);
        let names = if is_narrow { 0.0 } else { (widest_strong(names) + 14.0).min(canvas.width * 0.34) };
        let shown = self.steps.iter().map(|step| step.shown.as_str()).chain([self.from.shown.as_str(), self.to.shown.as_str()]);
        let shown = (widest_strong(shown) + 12.0).min(canvas.width * 0.3);
        let stations = self.stations();
        let scale = self.scale(&stations);
        let (left, right) = (names, canvas.width - shown);
        let x = |value: f64| left + scale.share(value) * (right - left);
        let lift = if is_narrow { LINE } else { 0.0 };
        let row = lift + BAR + GAP;
        let last = self.steps.len() + 1;
        if scale.low < 0.0 && scale.high > 0.0 {
            canvas.line((x(0.0), 0.0), (x(0.0), row * (last + 1) as f64), "p-axis");
        }
        let whole = [(0, &self.from), (last, &self.to)].map(|(place, total)| {
            (place, &total.name, &total.shown, total.href.as_deref(), Tone::Ink, (scale.low.max(0.0_f64.min(scale.high)), total.value))
        });
        let parts = self.steps.iter().enumerate().map(|(index, step)| {
            (index + 1, &step.name, &step.shown, step.href.as_deref(), step.tone, (stations[index], stations[index + 1]))
        });
        for (place, name, shown_text, href, tone, (from, to)) in whole.into_iter().chain(parts) {
            let y = row * place as f64 + GAP / 2.0;
            let (name_y, room) = if is_narrow { (y + 11.0, right) } else { (y + BAR / 2.0 + 4.0, names - 10.0) };
            let is_total = place == 0 || place == last;
            canvas.text((0.0, name_y), Anchor::Start, if is_total { "p-strong" } else { "" }, name, room);
            canvas.mark(&format!("{name}: {shown_text}"), href, |canvas| {
                canvas.rect(left, y, right - left, lift + BAR, "p-hit", 0.0);
                let y = y + lift;
                let (low, high) = (x(from).min(x(to)), x(from).max(x(to)));
                let class = if is_total {
                    "p-fill p-bar"
                } else if to >= from {
                    "p-fill"
                } else {
                    "p-soft p-edge"
                };
                canvas.rect(low, y, (high - low).max(1.5), BAR, &format!("{class} {}", tone.class()), 2.0);
                canvas.text((canvas.width, y + BAR / 2.0 + 4.0), Anchor::End, "p-strong", shown_text, shown - 6.0);
            });
            if place < last {
                // Where one part ends the next begins.
                let end = if place == 0 { self.from.value } else { stations[place] };
                canvas.line((x(end), y + lift + BAR), (x(end), y + row + lift), "p-target");
            }
        }
        let end = row * (last + 1) as f64;
        if scale.low <= 0.0 {
            return end;
        }
        let words = format!("Bars begin at {}.", self.unit.tick(scale.low, scale.step));
        canvas.text((left, end + 12.0), Anchor::Start, "p-faint", &words, canvas.width - left);
        end + LINE
    }
}

impl Waterfall {
    /// The value before each part and after the last.
    fn stations(&self) -> Vec<f64> {
        let mut at = self.from.value;
        let mut stations = vec![at];
        for step in &self.steps {
            at += step.value;
            stations.push(at);
        }
        stations
    }

    /// From zero where the parts can be seen beside the whole; else the totals are cut off at the left.
    fn scale(&self, stations: &[f64]) -> Scale {
        let values = || stations.iter().copied().chain([self.to.value]);
        let (low, high) = values().fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        let is_far_from_zero = low > 0.0 && (high - low) < high * 0.25 && high > low;
        if is_far_from_zero {
            Scale::around(values().chain([low - (high - low) * 0.3]), &self.unit, 8)
        } else {
            Scale::from_zero(values(), &self.unit, 8)
        }
    }
}

//! How many come through from stage to stage.

use crate::{
    Canvas, Picture, Tone,
    canvas::{Anchor, widest, widest_strong},
    text::{LINE, n},
};

#[derive(Clone, Debug, Default)]
pub struct Funnel {
    pub title: String,
    pub summary: String,
    pub stages: Vec<FunnelStage>,
    pub scale: FunnelScale,
}

#[derive(Clone, Debug, Default)]
pub struct FunnelStage {
    pub name: String,
    /// `None`: not recorded, which is said and not drawn.
    pub count: Option<f64>,
    /// The count as text.
    pub shown: String,
    /// What came of the stage before, e.g. `32% of MQLs`; may be empty.
    pub share: String,
    pub tone: Tone,
    pub href: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FunnelScale {
    #[default]
    Linear,
    /// So that the last stages can be seen beside the first; the picture says so.
    Logarithmic,
}

const BAR: f64 = 28.0;
const GAP: f64 = 14.0;

impl Picture for Funnel {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let names = if canvas.is_narrow() {
            0.0
        } else {
            widest_strong(self.stages.iter().map(|stage| stage.name.as_str())).clamp(60.0, 180.0) + 16.0
        };
        let shown = (widest_strong(self.stages.iter().map(|stage| stage.shown.as_str())) + 12.0).min(canvas.width * 0.3);
        let shares = widest(self.stages.iter().map(|stage| stage.share.as_str())).min(canvas.width * 0.3);
        let shares = if canvas.is_narrow() || shares == 0.0 { 0.0 } else { shares + 12.0 };
        let full = canvas.width - names - shown - shares;
        let most = self.stages.iter().filter_map(|stage| stage.count).fold(0.0, f64::max);
        // On a phone names and shares have a line of their own over the bar.
        let lift = if canvas.is_narrow() { LINE + 2.0 } else { 0.0 };
        let mut before: Option<(f64, f64)> = None;
        let mut y = 0.0;
        for stage in &self.stages {
            let width = stage.count.map(|count| self.share(count, most) * full);
            if canvas.is_narrow() {
                canvas.text((0.0, y + 12.0), Anchor::Start, "p-strong", &stage.name, canvas.width * 0.55);
                canvas.text((canvas.width, y + 12.0), Anchor::End, "p-faint", &stage.share, canvas.width * 0.42);
            } else {
                canvas.text((0.0, y + BAR / 2.0 + 4.0), Anchor::Start, "p-strong", &stage.name, names - 12.0);
                canvas.text((canvas.width, y + BAR / 2.0 + 4.0), Anchor::End, "p-faint", &stage.share, shares);
            }
            let top = y + lift;
            if let (Some((x, bottom)), Some(width)) = (before, width.filter(|_| lift == 0.0)) {
                let (from, to) = (names + x, names + width);
                let d = format!("M{} {}L{} {}L{} {}L{} {}Z", n(names), n(bottom), n(from), n(bottom), n(to), n(top), n(names), n(top));
                canvas.path(&d, &format!("p-band {}", stage.tone.class()));
            }
            let title = [format!("{}: {}", stage.name, stage.shown), stage.share.clone()];
            let title: Vec<_> = title.iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
            canvas.mark(&title.join(", "), stage.href.as_deref(), |canvas| {
                canvas.rect(names, top, full, BAR, "p-track", 4.0);
                if let Some(width) = width {
                    canvas.rect(
                        names,
                        top,
                        width.max(if stage.count > Some(0.0) { 2.0 } else { 0.0 }),
                        BAR,
                        &format!("p-fill {}", stage.tone.class()),
                        4.0,
                    );
                }
                let class = if stage.count.is_some() { "p-strong" } else { "p-faint" };
                canvas.text((names + full + shown, top + BAR / 2.0 + 4.0), Anchor::End, class, &stage.shown, shown - 4.0);
            });
            before = width.map(|width| (width, top + BAR)).or(before.map(|(x, _)| (x, top + BAR)));
            y = top + BAR + GAP;
        }
        if self.scale == FunnelScale::Logarithmic {
            canvas.text((0.0, y + 8.0), Anchor::Start, "p-faint", "Lengths are on a logarithmic scale.", canvas.width);
            return y + LINE;
        }
        (y - GAP).max(BAR)
    }
}

impl Funnel {
    fn share(&self, count: f64, most: f64) -> f64 {
        let share = match self.scale {
            FunnelScale::Linear => count / most,
            FunnelScale::Logarithmic => count.max(0.0).ln_1p() / most.ln_1p(),
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }
}

//! What lines and shapes stand for.

use crate::{
    canvas::{Anchor, Canvas},
    text::{self, LINE},
};

/// How one entry's sample is painted, 22 wide around the given middle.
pub(crate) type Sample<'a> = Box<dyn Fn(&mut Canvas, (f64, f64)) + 'a>;

const SAMPLE: f64 = 22.0;
const GAP: f64 = 16.0;

/// Entries in rows from the top; says where they end.
pub(crate) fn legend(canvas: &mut Canvas, top: f64, entries: &[(String, Sample)]) -> f64 {
    let (mut x, mut y) = (0.0, top);
    for (name, sample) in entries {
        let room = (canvas.width - SAMPLE - 6.0).min(220.0);
        let width = text::width(&text::fitted(name, room)) + SAMPLE + 6.0;
        if x > 0.0 && x + width > canvas.width {
            (x, y) = (0.0, y + LINE + 2.0);
        }
        sample(canvas, (x + SAMPLE / 2.0, y + 8.0));
        canvas.text((x + SAMPLE + 6.0, y + 12.0), Anchor::Start, "", name, room);
        x += width + GAP;
    }
    if entries.is_empty() { top } else { y + LINE + 6.0 }
}

pub(crate) fn stroke<'a>(class: String) -> Sample<'a> {
    Box::new(move |canvas, (x, y)| canvas.line((x - 10.0, y), (x + 10.0, y), &class))
}

pub(crate) fn patch<'a>(class: String) -> Sample<'a> {
    Box::new(move |canvas, (x, y)| canvas.rect(x - 10.0, y - 5.0, 20.0, 10.0, &class, 2.0))
}

pub(crate) fn hatched<'a>(class: String) -> Sample<'a> {
    Box::new(move |canvas, (x, y)| {
        canvas.rect(x - 10.0, y - 5.0, 20.0, 10.0, &class, 0.0);
        canvas.hatch(x - 10.0, y - 5.0, 20.0, 10.0);
    })
}

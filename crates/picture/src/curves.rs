//! Several curves over one axis: conversion by age, survival, lift.

use crate::{
    Canvas, Picture, Tone, Unit,
    canvas::{area, path_through},
    legend::{legend, stroke},
    plot::Plot,
    unit::Scale,
};

#[derive(Clone, Debug, Default)]
pub struct Curves {
    pub title: String,
    pub summary: String,
    pub x_axis: String,
    pub x_unit: Unit,
    pub y_axis: String,
    pub y_unit: Unit,
    pub shape: Shape,
    /// Eight can be told apart.
    pub curves: Vec<Curve>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    #[default]
    Line,
    /// Holds its height until the next point, as shares of people do.
    Step,
}

#[derive(Clone, Debug, Default)]
pub struct Curve {
    pub name: String,
    pub tone: Tone,
    /// From left to right.
    pub points: Vec<CurvePoint>,
    /// From here on too few are left to say much: dotted.
    pub young_from: Option<f64>,
    pub href: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct CurvePoint {
    pub x: f64,
    pub y: f64,
    pub interval: Option<(f64, f64)>,
    pub shown: String,
}

/// Two curves of one tone differ by their dashes.
const DASHES: [&str; 4] = ["", " p-dash", " p-dot-dash", " p-thin"];

impl Picture for Curves {
    fn title(&self) -> &str {
        &self.title
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn paint(&self, canvas: &mut Canvas) -> f64 {
        let entries: Vec<_> = (0..self.curves.len()).map(|index| (self.curves[index].name.clone(), stroke(self.class(index)))).collect();
        let top = legend(canvas, 0.0, &entries);
        let points = || self.curves.iter().flat_map(|curve| &curve.points);
        let heights = points().flat_map(|point| point.interval.map(|(low, high)| [low, high]).into_iter().flatten().chain([point.y]));
        let plot = Plot::open(canvas, Scale::from_zero(heights, &self.y_unit, 4), &self.y_unit, &self.y_axis, top, 8.0);
        let across = Scale::around(points().map(|point| point.x), &self.x_unit, if canvas.is_narrow() { 4 } else { 8 });
        // The curves take the whole width: this axis ends where they do.
        let xs = points().map(|point| point.x).filter(|x| x.is_finite()).map(|x| x.clamp(-1e100, 1e100));
        let (first, last) = xs.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
        let place = |x: f64| if last > first { plot.along(((x - first) / (last - first)).max(0.0)) } else { plot.along(0.5) };
        let at = |x: f64, y: f64| (place(x), plot.y(y));
        for curve in &self.curves {
            let edge = |pick: fn((f64, f64)) -> f64| -> Vec<_> {
                let known = curve.points.iter().filter_map(|point| Some(at(point.x, pick(point.interval?))));
                self.shaped(known.collect())
            };
            canvas.path(&area(&edge(|ends| ends.1), &edge(|ends| ends.0)), &format!("p-band {}", curve.tone.class()));
        }
        for (index, curve) in self.curves.iter().enumerate() {
            let young_from = curve.young_from.unwrap_or(f64::INFINITY);
            let old = curve.points.iter().filter(|point| point.x <= young_from).count();
            let drawn = |points: &[CurvePoint]| self.shaped(points.iter().map(|point| at(point.x, point.y)).collect());
            canvas.mark(&curve.name, curve.href.as_deref(), |canvas| {
                let (full, young) = (drawn(&curve.points[..old]), drawn(&curve.points[old.saturating_sub(1)..]));
                canvas.path(&path_through(full.into_iter().map(Some)), &self.class(index));
                if old < curve.points.len() {
                    canvas.path(&path_through(young.into_iter().map(Some)), &format!("p-stroke p-young {}", curve.tone.class()));
                }
                if let [point] = curve.points.as_slice() {
                    canvas.circle(at(point.x, point.y), 3.0, &format!("p-fill {}", curve.tone.class()));
                }
            });
            for point in &curve.points {
                canvas.mark(&format!("{}: {}", curve.name, point.shown), None, |canvas| canvas.circle(at(point.x, point.y), 5.0, "p-hit"));
            }
        }
        let seen = across.ticks().into_iter().filter(|tick| *tick >= first && *tick <= last);
        let ticks: Vec<_> = seen.map(|tick| (place(tick), self.x_unit.tick(tick, across.step))).collect();
        plot.labels(canvas, &ticks, &self.x_axis)
    }
}

impl Curves {
    fn class(&self, index: usize) -> String {
        let tone = self.curves[index].tone;
        let of_same_tone = self.curves[..index].iter().filter(|before| before.tone == tone).count();
        format!("p-stroke {}{}", tone.class(), DASHES[of_same_tone % DASHES.len()])
    }

    fn shaped(&self, points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
        let mut out: Vec<(f64, f64)> = Vec::with_capacity(points.len() * 2);
        for (x, y) in points {
            if let (Shape::Step, Some((_, before))) = (self.shape, out.last().copied()) {
                out.push((x, before));
            }
            out.push((x, y));
        }
        out
    }
}

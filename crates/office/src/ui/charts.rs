//! Small charts inside cards and tables, without axes: the words beside them carry the numbers. Whole pictures are the crate `picture`'s.

use std::fmt::{self, Display, Write};

/// Finished markup, safe to put into a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Svg(pub String);

impl Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Svg {}

/// One point of a line.
#[derive(Clone, Debug, Default)]
pub struct Point {
    /// What the point is called, e.g. its month.
    pub name: String,
    /// `None` leaves a gap: nothing was measured there.
    pub value: Option<f64>,
    pub interval: Option<(f64, f64)>,
    /// The value as text.
    pub shown: String,
    /// The cohort is still young: drawn dotted.
    pub young: bool,
}

/// `team` is a class: `marketing`, `sales` or nothing.
pub struct Line<'a> {
    pub title: &'a str,
    pub team: &'a str,
    pub points: &'a [Point],
}

/// A line for a card; the words beside it carry the numbers.
pub fn spark(line: &Line) -> Svg {
    let scale = Scale::of(line);
    if line.points.iter().filter(|point| point.value.is_some()).count() < 2 {
        return Svg::default();
    }
    let mut out = open(line);
    band(&mut out, line, &scale);
    strokes(&mut out, line, &scale);
    close(out)
}

/// One bar of `share` (0..=1) of the width.
pub fn bar(share: f64, team: &str) -> Svg {
    let percent = (share.clamp(0.0, 1.0) * 100.0).max(if share > 0.0 { 0.5 } else { 0.0 });
    Svg(format!(
        r#"<svg class="bar" aria-hidden="true"><rect class="fill {}" width="{percent:.1}%" height="100%" rx="3"/></svg>"#,
        escape(team)
    ))
}

/// Where several values lie between 0 and `most`: a line over their range, a dot for each; (name, value, value as text).
pub fn spread(most: f64, values: &[(&str, f64, String)]) -> Svg {
    let at = |value: f64| if most > 0.0 { (value / most).clamp(0.0, 1.0) * 112.0 + 4.0 } else { 4.0 };
    let words: Vec<_> = values.iter().map(|(name, _, shown)| format!("{name} {shown}")).collect();
    let mut out = format!(r#"<svg class="spread" viewBox="0 0 120 12" role="img" aria-label="{}">"#, escape(&words.join(", ")));
    push(&mut out, format_args!(r#"<path class="axis" d="M4 6H116"/>"#));
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(low, high), (_, value, _)| (low.min(*value), high.max(*value)));
    if low <= high {
        push(&mut out, format_args!(r#"<path class="stroke" d="M{:.1} 6H{:.1}"/>"#, at(low), at(high)));
    }
    for (name, value, shown) in values {
        let (x, name, shown) = (at(*value), escape(name), escape(shown));
        push(&mut out, format_args!(r#"<circle class="dot" cx="{x:.1}" cy="6" r="2.6"><title>{name}: {shown}</title></circle>"#));
    }
    close(out)
}

const WIDTH: f64 = 180.0;
const HEIGHT: f64 = 36.0;

struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    fn of(line: &Line) -> Scale {
        let (low, high) = own_range(line);
        Scale { low, high, step: WIDTH / (line.points.len().max(2) - 1) as f64 }
    }

    fn x(&self, index: usize) -> f64 {
        index as f64 * self.step
    }

    fn y(&self, value: f64) -> f64 {
        let share = if self.high > self.low { (value - self.low) / (self.high - self.low) } else { 0.5 };
        // A pixel of room, so that the stroke is not cut.
        (1.0 - share.clamp(0.0, 1.0)) * (HEIGHT - 4.0) + 2.0
    }
}

/// A card has no axis, so its line uses the whole height.
fn own_range(line: &Line) -> (f64, f64) {
    let values = line.points.iter().filter_map(|point| point.value);
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    // Small movements of a large number must not look like leaps.
    let room = ((high - low) * 0.2).max(high.abs() * 0.05);
    (low - room, high + room)
}

fn strokes(out: &mut String, line: &Line, scale: &Scale) {
    for young in [false, true] {
        let mut path = String::new();
        let mut drawing = false;
        for (index, point) in line.points.iter().enumerate() {
            // The dotted part starts at the last point of the full one.
            let next_young = line.points.get(index + 1).is_some_and(|next| next.young);
            let mine = if young { point.young || next_young } else { !point.young };
            match point.value.filter(|_| mine) {
                Some(value) => {
                    push(&mut path, format_args!("{}{:.1} {:.1}", if drawing { "L" } else { "M" }, scale.x(index), scale.y(value)));
                    drawing = true;
                }
                None => drawing = false,
            }
        }
        if !path.is_empty() {
            let class = if young { "stroke young" } else { "stroke" };
            push(out, format_args!(r#"<path class="{class} {}" d="{path}"/>"#, escape(line.team)));
        }
    }
}

fn band(out: &mut String, line: &Line, scale: &Scale) {
    let known: Vec<_> =
        line.points.iter().enumerate().filter_map(|(index, point)| point.interval.map(|(low, high)| (index, low, high))).collect();
    if known.len() < 2 {
        return;
    }
    let mut path = String::new();
    for (number, (index, _, high)) in known.iter().enumerate() {
        push(&mut path, format_args!("{}{:.1} {:.1}", if number == 0 { "M" } else { "L" }, scale.x(*index), scale.y(*high)));
    }
    for (index, low, _) in known.iter().rev() {
        push(&mut path, format_args!("L{:.1} {:.1}", scale.x(*index), scale.y(*low)));
    }
    push(out, format_args!(r#"<path class="band {}" d="{path}Z"/>"#, escape(line.team)));
}

fn open(line: &Line) -> String {
    let told = line.points.iter().rev().find(|point| point.value.is_some());
    let words = match (line.points.iter().find(|point| point.value.is_some()), told) {
        (Some(first), Some(last)) => format!("{}: {} in {}, {} in {}", line.title, first.shown, first.name, last.shown, last.name),
        _ => format!("{}: nothing measured yet", line.title),
    };
    let words = escape(&words);
    format!(r#"<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{words}">"#)
}

fn close(mut out: String) -> Svg {
    out.push_str("</svg>");
    Svg(out)
}

fn push(out: &mut String, text: fmt::Arguments) {
    // Writing to a string can't fail.
    let _ = out.write_fmt(text);
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(value: Option<f64>) -> Point {
        Point { name: "Oct".into(), value, shown: value.map_or_else(|| "none".into(), |value| value.to_string()), ..Point::default() }
    }

    #[test]
    fn a_gap_breaks_the_line() {
        let points = [point(Some(1.0)), point(None), point(Some(2.0)), point(Some(3.0))];
        let drawn = spark(&Line { title: "MQLs", team: "marketing", points: &points }).0;
        assert_eq!(drawn.matches('M').count() - "MQLs".matches('M').count(), 2, "{drawn}");
    }

    #[test]
    fn names_cannot_break_out() {
        let points = [Point { name: "<script>".into(), ..point(Some(1.0)) }, point(Some(1.0))];
        let drawn = spark(&Line { title: "\"><b>", team: "", points: &points }).0;
        assert!(!drawn.contains("<script>") && !drawn.contains("<b>"));
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(spark(&Line { title: "", team: "", points: &[] }), Svg::default());
    }
}

//! What can be tried with a slider: its range, where the record stands, and what a slider that was not moved means.

use alignment::{Currency, lifecycle::Stage};
use insight::plan::Record;

use super::body::PlanBody;
use crate::ui::format;

pub struct Slider {
    pub name: &'static str,
    pub label: String,
    pub value: f64,
    pub min: f64,
    pub max: f64,
    pub step: f64,
    /// As words, for beside it and for those who hear the page.
    pub shown: String,
    /// What the record has.
    pub own: String,
    pub is_moved: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Rate,
    Money,
    Factor,
    Number,
}

/// A slider, where the record stands on it, and which field it sets.
struct Place {
    name: &'static str,
    label: String,
    kind: Kind,
    own: f64,
    min: f64,
    max: f64,
    step: f64,
    field: fn(&mut PlanBody) -> Field<'_>,
}

const SPEND: &str = "spend";

enum Field<'a> {
    Number(&'a mut Option<f64>),
    Minor(&'a mut Option<i64>),
}

impl Field<'_> {
    /// Amounts in whole units.
    fn value(&self, per_major: f64) -> Option<f64> {
        match self {
            Field::Number(field) => **field,
            Field::Minor(field) => field.map(|minor| minor as f64 / per_major),
        }
    }

    fn put(self, value: Option<f64>, per_major: f64) {
        match self {
            Field::Number(field) => *field = value,
            Field::Minor(field) => *field = value.map(|major| (major * per_major).round() as i64),
        }
    }
}

impl Place {
    /// The step that a value stands on. Its ends make room for that step, or else a browser would put it on another one and send that.
    fn on_step(&self, value: f64) -> f64 {
        // No rate is nothing or all.
        let high = if matches!(self.kind, Kind::Rate) { 1.0 - self.step } else { f64::MAX };
        on_step(value, self.step, self.step.min(self.min), high)
    }
}

/// Takes out what stands where the record does: a form sends all sliders, moved or not, and each on one of its steps. One that stands on the
/// step of what the saved plan says was not moved either, and keeps that. A spend that was moved goes over one by month and source.
pub fn settle(body: &mut PlanBody, saved: Option<&PlanBody>, record: &Record) {
    let per_major = record.currency.minor_per_major() as f64;
    let mut saved = saved.cloned();
    for place in places(record) {
        let said = saved.as_mut().and_then(|saved| (place.field)(saved).value(per_major));
        let is_at = |value: f64, at: f64| (value - place.on_step(at)).abs() < place.step * 0.01;
        let field = (place.field)(body);
        let Some(value) = field.value(per_major) else { continue };
        match said {
            Some(said) if is_at(value, said) => field.put(Some(said), per_major),
            _ if is_at(value, place.own) => field.put(None, per_major),
            _ => {}
        }
    }
    if body.spend_minor.is_some() {
        body.spend.clear();
    }
}

pub fn all(body: &PlanBody, record: &Record) -> Vec<Slider> {
    let (mut body, has_lines) = (body.clone(), !body.spend.is_empty());
    let per_major = record.currency.minor_per_major() as f64;
    let slider = |place: Place| {
        let said = (place.field)(&mut body).value(per_major);
        let value = said.unwrap_or(place.own);
        let by_month = place.name == SPEND && has_lines;
        let at = place.on_step(value);
        Slider {
            value: at,
            shown: if by_month { "by month and source, as saved".into() } else { shown(value, place.kind, record.currency) },
            own: shown(place.own, place.kind, record.currency),
            name: place.name,
            label: place.label,
            min: place.min.min(at),
            max: place.max.max(at),
            step: place.step,
            is_moved: said.is_some() || by_month,
        }
    };
    places(record).into_iter().map(slider).collect()
}

fn places(record: &Record) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for step in &record.steps {
        let (name, field): (&'static str, fn(&mut PlanBody) -> Field<'_>) = match step.from {
            Stage::Lead => ("lead_rate", |body| Field::Number(&mut body.lead_rate)),
            Stage::Mql => ("mql_rate", |body| Field::Number(&mut body.mql_rate)),
            Stage::Sal => ("sal_rate", |body| Field::Number(&mut body.sal_rate)),
            _ => ("sql_rate", |body| Field::Number(&mut body.sql_rate)),
        };
        let rate = if step.entered > 0 { step.reached as f64 / step.entered as f64 } else { 0.5 };
        let label = format!("{} to {}", step.from.name(), step.to.name());
        places.push(Place { name, label, kind: Kind::Rate, own: rate, min: 0.005, max: 0.995, step: 0.001, field });
    }
    let per_major = record.currency.minor_per_major() as f64;
    let sizes = &record.deals.sizes_minor;
    let mean = sizes.iter().sum::<f64>() / sizes.len().max(1) as f64 / per_major;
    places.extend(money("deal_size", "Deal size", mean, 0.25, |body| Field::Minor(&mut body.deal_size_minor)));
    let spend = record.spend_per_month_minor().unwrap_or(0.0) / per_major;
    places.extend(money(SPEND, "Spend a month", spend, 0.0, |body| Field::Minor(&mut body.spend_minor)));
    places.push(Place {
        name: "cycle_factor",
        label: "Time each step takes".into(),
        kind: Kind::Factor,
        own: 1.0,
        min: 0.5,
        max: 2.0,
        step: 0.05,
        field: |body| Field::Number(&mut body.cycle_factor),
    });
    if let Some(most) = record.lead_load.most {
        let reps = record.lead_load.reps as f64;
        let number = |name, label: &str, own, max, step, field| Place {
            name,
            label: label.into(),
            kind: Kind::Number,
            own,
            min: step,
            max,
            step,
            field,
        };
        places.push(number("reps", "Reps who take MQLs", reps, (reps * 3.0).max(20.0), 1.0, |body| Field::Number(&mut body.reps)));
        let max = on_step((most * 4.0).max(10.0), 0.5, 0.5, f64::MAX);
        places.push(number("mqls_per_rep", "MQLs a rep a month", most, max, 0.5, |body| Field::Number(&mut body.mqls_per_rep)));
    }
    places
}

/// In steps of about a fiftieth.
fn money(name: &'static str, label: &str, own: f64, min: f64, field: fn(&mut PlanBody) -> Field<'_>) -> Option<Place> {
    if own <= 0.0 {
        return None;
    }
    let step = 10_f64.powf((own / 20.0).log10().floor()).max(0.01);
    let min = on_step(own * min, step, 0.0, f64::MAX);
    Some(Place { name, label: label.to_owned(), kind: Kind::Money, own, min, max: on_step(own * 3.0, step, 0.0, f64::MAX), step, field })
}

fn on_step(value: f64, step: f64, low: f64, high: f64) -> f64 {
    // Through text, as 0.305 is written and read.
    let digits = (-step.log10()).ceil().max(0.0) as usize;
    format!("{:.digits$}", (value / step).round() * step).parse::<f64>().unwrap_or(value).clamp(low, high)
}

fn shown(value: f64, kind: Kind, currency: Currency) -> String {
    match kind {
        Kind::Rate => format::rate(value),
        Kind::Money => format::money_short(value * currency.minor_per_major() as f64, currency),
        Kind::Factor => format!("× {}", format::fixed(value, 2)),
        Kind::Number => format::agreed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a browser puts a slider: on a step counted from its lower end, within both.
    fn in_browser(value: f64, min: f64, max: f64, step: f64) -> f64 {
        min + ((value.clamp(min, max) - min) / step).round().min(((max - min) / step + 1e-9).floor()) * step
    }

    /// A slider that nobody moves stands on a step of its own, whatever the value, and what it sends is told as that value.
    #[test]
    fn a_browser_leaves_a_slider_where_it_stands() {
        let places = [
            (Kind::Rate, 0.005, 0.995, 0.001, [0.0003, 0.305, 0.30549, 0.9973, 0.9999, 1.0].as_slice()),
            (Kind::Factor, 0.5, 2.0, 0.05, &[0.25, 0.26, 1.0, 2.03, 2.04, 3.99, 4.0]),
            (Kind::Number, 1.0, 20.0, 1.0, &[0.0, 2.5, 20.4, 41.0, 99_999.0]),
            (Kind::Number, 0.5, 10.0, 0.5, &[0.01, 0.2, 0.3, 7.25, 100.3]),
            (Kind::Money, 5_000.0, 60_000.0, 1_000.0, &[0.01, 4_999.99, 20_000.0, 60_400.0, 1e12]),
            (Kind::Money, 0.0, 60_000.0, 1_000.0, &[0.0, 400.0, 777_777.77]),
        ];
        for (kind, min, max, step, values) in places {
            let place =
                Place { name: "", label: String::new(), kind, own: min, min, max, step, field: |body| Field::Number(&mut body.reps) };
            for value in values {
                let at = place.on_step(*value);
                let sent = in_browser(at, place.min.min(at), place.max.max(at), step);
                assert!((sent - at).abs() < step * 0.01, "{value}: shown at {at}, sent as {sent}");
            }
        }
    }
}

//! Why one number moved: its change between two periods, taken apart by each dimension.

use serde::Serialize;

use super::{
    finding::{Finding, Named, findings},
    looks::{About, Comparison, Segment, Subject, Survey},
    material::{Cell, Material, Seen, Shape, shape},
    parts::{Parts, Sums, of_count, of_quotient, of_sum, settle, settle_whole},
    periods::same_age,
    split::{Cuts, Split, dimensions},
    worth::Values,
};
use crate::{
    answer::Unit,
    engine::{Context, Kpi, Summary, percentile},
    history::History,
    question::{Dimension, Period, Question},
    rows::Table,
};

/// The answer for one number.
pub struct Why {
    pub kpi: &'static Kpi,
    pub shape: Shape,
    pub comparison: Comparison,
    /// The earlier period, with all that has happened since.
    pub before: Total,
    /// The earlier period when it was as old as the later one is now.
    pub same_age: Total,
    pub now: Total,
    /// From `before` to `now`. `None`: one of the two is undefined.
    pub change: Option<f64>,
    /// What of it is due to age alone. `None`: at that age the earlier period had no value yet, so the two are compared as they stand.
    pub timing: Option<f64>,
    pub splits: Vec<SplitParts>,
    pub findings: Vec<Finding>,
    /// How many segments were tested.
    pub looks: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Total {
    pub n: u64,
    pub hits: Option<u64>,
    /// What is taken apart: the rate, the count, the sum; the mean, where the number is a median.
    pub value: Option<f64>,
    /// The number itself where that is a median.
    pub median: Option<f64>,
}

/// The change by one dimension: the parts of all segments sum to it.
pub struct SplitParts {
    pub split: Split,
    /// The largest first.
    pub parts: Vec<PartOf>,
    /// Segments too small to be listed, together; they are in the sum.
    pub rest: Option<PartOf>,
    pub rest_segments: u64,
}

#[derive(Clone, Debug)]
pub struct PartOf {
    pub segment: Named,
    pub before: Total,
    pub same_age: Total,
    pub now: Total,
    pub parts: Parts,
    /// Adjusted over all segments of all dimensions. `None`: too few rows, or the number has no test.
    pub p_adjusted: Option<f64>,
}

/// Segments that a dimension lists; the others stand together.
pub const PARTS_MAX: usize = 30;

/// `question.period` is the later period. With `by`, the change is taken apart by that alone; p-values are adjusted over all dimensions
/// either way. `Err`: why this number can't be taken apart.
pub fn why(history: &History, question: &Question, kpi: &'static Kpi, before: Period, by: Option<&Split>) -> Result<Why, &'static str> {
    let shape = shape(kpi)?;
    let now = question.period;
    let before_as_of = same_age(before, now, question.as_of);
    let comparison = Comparison { before, now, before_as_of, as_of: question.as_of };
    let asked = |period, as_of| Question { period, as_of, by: None, ..question.clone() };
    let questions = [asked(before, question.as_of), asked(before, before_as_of), asked(now, question.as_of)];
    let contexts = questions.each_ref().map(|question| Context::of(history, question));
    if !contexts[2].can_filter(kpi.table) {
        return Err("what it is made of does not have what the filters ask about");
    }
    let taken = Taken::of(kpi, shape, &contexts, comparison, splits_of(history, kpi));
    let totals = taken.totals();
    let change = totals[2].value.zip(totals[0].value).map(|(now, before)| now - before);
    let timing = totals[1].value.zip(totals[0].value).map(|(same_age, before)| same_age - before);
    let looks = taken.survey.looks(None);
    let (found, _) = findings(&taken.survey, &looks, &[], &Values::of(&contexts[2]));
    let adjusted = super::significance::adjusted(&looks.iter().map(|look| look.ln_p).collect::<Vec<_>>());
    let p_of = |segment: Segment| looks.iter().position(|look| look.segment == Some(segment)).map(|index| adjusted[index]);
    let wanted =
        (0..taken.survey.subjects[0].splits.len()).filter(|index| by.is_none_or(|by| taken.survey.subjects[0].splits[*index] == *by));
    let splits = change.map(|change| wanted.map(|index| taken.parts(index, change, timing, &p_of)).collect());
    Ok(Why {
        kpi,
        shape,
        comparison,
        before: totals[0],
        same_age: totals[1],
        now: totals[2],
        change,
        timing,
        splits: splits.unwrap_or_default(),
        findings: found,
        looks: looks.len() as u64,
    })
}

/// By what a number can be taken apart.
pub fn splits_of(history: &History, kpi: &Kpi) -> Vec<Split> {
    let dimensions = dimensions(history).into_iter();
    let spend = |dimension: &Dimension| matches!(dimension, Dimension::Campaign | Dimension::Source | Dimension::Channel);
    let mut splits: Vec<Split> = match kpi.table {
        Table::Spend => dimensions.filter(spend).map(Split::By).collect(),
        _ => dimensions.map(Split::By).collect(),
    };
    if kpi.key == "rejection_rate" {
        splits.insert(0, Split::Reason);
    }
    splits
}

/// The rows of the earlier period as it is, and of both at the same age, with the leads that carry them if the number is a cost.
struct Taken {
    kpi: &'static Kpi,
    shape: Shape,
    /// Subjects: 0 same age against now; 1 the earlier period as it is; 2 and 3 the same of the leads that carry a cost.
    survey: Survey,
}

impl Taken {
    fn of(kpi: &'static Kpi, shape: Shape, contexts: &[Context; 3], comparison: Comparison, splits: Vec<Split>) -> Taken {
        let dimensions: Vec<Dimension> = splits
            .iter()
            .filter_map(|split| match split {
                Split::By(dimension) => Some(dimension.clone()),
                _ => None,
            })
            .collect();
        let cuts = contexts.iter().map(|context| Cuts::of(context, &dimensions, kpi.table == Table::Leads)).collect();
        let [full, same, now] = contexts;
        let subject = |material, lens, splits, with_total| Subject { material, about: About::Moved(comparison), lens, splits, with_total };
        let both = Material::of(kpi, shape, Some((same, comparison.before)), (now, comparison.now));
        let alone = Material::of(kpi, shape, None, (full, comparison.before));
        let mut subjects = vec![subject(both, [1, 2], splits, true), subject(alone, [0, 0], Vec::new(), false)];
        if let Summary::PerLead(observe) = kpi.summary {
            let both = Material::of_heads(kpi, observe, Some((same, comparison.before)), (now, comparison.now));
            let alone = Material::of_heads(kpi, observe, None, (full, comparison.before));
            subjects.extend([subject(both, [1, 2], Vec::new(), false), subject(alone, [0, 0], Vec::new(), false)]);
        }
        Taken { kpi, shape, survey: Survey { cuts, sent: None, subjects } }
    }

    fn heads(&self) -> Option<[&Subject; 2]> {
        let subjects = &self.survey.subjects;
        subjects.get(2).zip(subjects.get(3)).map(|(both, alone)| [both, alone])
    }

    /// Before as it is, before at the same age, now.
    fn totals(&self) -> [Total; 3] {
        let whole =
            [self.survey.subjects[1].whole(None)[1], self.survey.subjects[0].whole(None)[0], self.survey.subjects[0].whole(None)[1]];
        let heads = self.heads().map(|[both, alone]| [alone.whole(None)[1], both.whole(None)[0], both.whole(None)[1]]);
        [0, 1, 2].map(|side| {
            let median = self.medians(side, 1, |_, take| take(0))[0];
            self.total(whole[side], heads.map(|heads| heads[side]), median)
        })
    }

    /// The median of each place's rows of a side, in one walk over them; none where the number has no median.
    fn medians(&self, side: usize, places: usize, for_each_place: impl Fn(&Seen, &mut dyn FnMut(u32))) -> Vec<Option<f64>> {
        if !self.survey.subjects[0].material.has_median() {
            return vec![None; places];
        }
        let mut values = vec![Vec::new(); places];
        let seen = &self.survey.subjects[usize::from(side == 0)].material.seen;
        for seen in seen.iter().filter(|seen| seen.is_now == (side != 1)) {
            for_each_place(seen, &mut |place| values[place as usize].push(seen.value));
        }
        let median = |mut values: Vec<f64>| {
            values.sort_unstable_by(f64::total_cmp);
            (!values.is_empty()).then(|| percentile(&values, 0.5))
        };
        values.into_iter().map(median).collect()
    }

    /// What the rows of a side add up to.
    fn total(&self, cell: Cell, heads: Option<Cell>, median: Option<f64>) -> Total {
        let sums = with_heads(cell.sums, heads);
        Total {
            n: heads.map_or(cell.n, |heads| heads.hits),
            hits: matches!(self.shape, Shape::Rate | Shape::Count | Shape::MoneyShare).then_some(cell.hits),
            value: match self.shape {
                Shape::Count | Shape::Sum => Some(sums.above),
                _ => sums.value(),
            },
            median,
        }
    }

    fn parts(&self, index: usize, change: f64, timing: Option<f64>, p_of: &impl Fn(Segment) -> Option<f64>) -> SplitParts {
        let [both, alone] = [&self.survey.subjects[0], &self.survey.subjects[1]];
        let split = &both.splits[index];
        let (cells, full) = (self.survey.cells(both, split, None), self.survey.cells(alone, split, None));
        let heads = self.heads().map(|subjects| subjects.map(|subject| self.survey.cells(subject, split, None)));
        let places: Vec<usize> = (0..cells.len())
            .filter(|place| {
                let of_heads = heads.iter().flatten().map(|cells| cells[*place].iter().map(|cell| cell.rows).sum::<u64>()).sum::<u64>();
                cells[*place].iter().chain(&full[*place]).map(|cell| cell.rows).sum::<u64>() + of_heads > 0
            })
            .collect();
        let side = |place: usize, side: usize| {
            let (cell, heads) = match side {
                0 => (full[place][1], heads.as_ref().map(|[_, alone]| alone[place][1])),
                side => (cells[place][side - 1], heads.as_ref().map(|[both, _]| both[place][side - 1])),
            };
            (self.of_all(split, cell, side), heads)
        };
        let sums =
            |number: usize| places.iter().map(|place| side(*place, number)).map(|(cell, heads)| with_heads(cell.sums, heads)).collect();
        let mut parts = self.taken_apart(split, [sums(0), sums(1), sums(2)], timing.is_some());
        if matches!(self.kpi.unit, Unit::Count | Unit::Money) {
            settle_whole(&mut parts, change.round());
        } else {
            settle(&mut parts, change);
        }
        let labels = self.survey.labels(both, split);
        let medians = [0, 1, 2].map(|side| {
            let subject = if side == 0 { alone } else { both };
            self.medians(side, labels.len(), |seen, take| self.survey.for_each_place(subject, split, seen, None, take))
        });
        let part = |(place, parts): (&usize, Parts)| {
            let segment = Segment { split: index, place: *place as u32 };
            let total = |number: usize| {
                let (cell, heads) = side(*place, number);
                self.total(cell, heads, medians[number][*place])
            };
            PartOf {
                segment: Named { split: split.clone(), label: labels[*place].name.clone(), id: labels[*place].id },
                before: total(0),
                same_age: total(1),
                now: total(2),
                parts,
                p_adjusted: p_of(segment),
            }
        };
        let parts = places.iter().zip(parts).map(part).collect();
        listed(split.clone(), parts)
    }

    /// Rejections for a reason are out of all decisions.
    fn of_all(&self, split: &Split, cell: Cell, side: usize) -> Cell {
        if *split != Split::Reason {
            return cell;
        }
        let whole = if side == 0 { self.survey.subjects[1].whole(None)[1] } else { self.survey.subjects[0].whole(None)[side - 1] };
        Cell { n: whole.n, rows: whole.rows, sums: Sums { below: whole.sums.below, ..cell.sums }, ..cell }
    }

    fn taken_apart(&self, split: &Split, [before, same_age, now]: [Vec<Sums>; 3], is_timed: bool) -> Vec<Parts> {
        // Where the earlier period had nothing to show at that age, the two are compared as they stand.
        let from = if is_timed { &same_age } else { &before };
        let mut parts = self.between(split, from, &now);
        if is_timed {
            for (part, late) in parts.iter_mut().zip(self.between(split, &before, &same_age)) {
                part.timing = late.total();
            }
        }
        parts
    }

    fn between(&self, split: &Split, before: &[Sums], now: &[Sums]) -> Vec<Parts> {
        if *split == Split::Reason {
            // Each is a share of all decisions, so that their changes sum as they are.
            let value = |sums: &Sums| sums.value().unwrap_or(0.0);
            let step = |(before, now)| Parts { rate: value(now) - value(before), ..Parts::default() };
            return before.iter().zip(now).map(step).collect();
        }
        match self.shape {
            Shape::Count => of_count(before, now),
            Shape::Sum => of_sum(before, now),
            _ => of_quotient(before, now).unwrap_or_else(|| vec![Parts::default(); before.len()]),
        }
    }
}

fn with_heads(sums: Sums, heads: Option<Cell>) -> Sums {
    match heads {
        Some(heads) => Sums { above: sums.above, below: sums.below + heads.hits as f64 },
        None => sums,
    }
}

/// The largest first, the smallest together.
fn listed(split: Split, mut parts: Vec<PartOf>) -> SplitParts {
    parts.sort_by(|a, b| {
        b.parts
            .total()
            .abs()
            .total_cmp(&a.parts.total().abs())
            .then_with(|| (&a.segment.label, a.segment.id).cmp(&(&b.segment.label, b.segment.id)))
    });
    let small = parts.split_off(parts.len().min(PARTS_MAX));
    let rest = small.iter().cloned().reduce(|a, b| PartOf {
        segment: Named { split: split.clone(), label: None, id: None },
        before: a.before.plus(b.before),
        same_age: a.same_age.plus(b.same_age),
        now: a.now.plus(b.now),
        parts: Parts {
            volume: a.parts.volume + b.parts.volume,
            rate: a.parts.rate + b.parts.rate,
            mix: a.parts.mix + b.parts.mix,
            timing: a.parts.timing + b.parts.timing,
        },
        p_adjusted: None,
    });
    SplitParts { split, parts, rest, rest_segments: small.len() as u64 }
}

impl Total {
    /// Of segments that stand together only the rows are known.
    fn plus(self, other: Total) -> Total {
        let hits = self.hits.zip(other.hits).map(|(a, b)| a + b);
        Total { n: self.n + other.n, hits, value: None, median: None }
    }
}

//! Reports as sheets of text: aligned for a terminal, or as CSV.

use alignment::Money;
use insight::{
    answer::{DataFault, FunnelAnswer, FunnelRow, KpiAnswer, Measure, ModelAnswer, ShareRow, State, Unit},
    question::Question,
};

use crate::lists::csv::quoted;

pub struct Sheet {
    pub title: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    pub fn new<H: Into<String>>(
        title: impl Into<String>,
        header: impl IntoIterator<Item = H>,
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Sheet {
        Sheet { title: title.into(), header: header.into_iter().map(Into::into).collect(), rows: rows.into_iter().collect() }
    }

    /// For a file, which has its name outside.
    pub fn untitled<H: Into<String>>(header: impl IntoIterator<Item = H>, rows: impl IntoIterator<Item = Vec<String>>) -> Sheet {
        Sheet::new("", header, rows)
    }

    /// Whether all that stands in a column is a number, with its unit or its sign.
    pub fn is_number(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.all(|cell| cell.starts_with(|c: char| c.is_ascii_digit() || "-+–".contains(c)) || cell.is_empty())
    }

    /// Columns of numbers stand right.
    pub fn to_text(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.chain(self.header.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let line = |row: &[String]| {
            let cells = row.iter().enumerate().map(|(column, cell)| {
                let fill = " ".repeat(width(column).saturating_sub(cell.chars().count()));
                if column > 0 && self.is_number(column) { format!("{fill}{cell}") } else { format!("{cell}{fill}") }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let rule = (0..self.header.len()).map(|column| "─".repeat(width(column))).collect::<Vec<_>>().join("  ");
        let mut text = format!("{}\n{}\n{rule}\n", self.title, line(&self.header));
        self.rows.iter().for_each(|row| text.push_str(&(line(row) + "\n")));
        text
    }

    pub fn to_csv(&self) -> String {
        let line = |row: &[String]| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n";
        std::iter::once(&self.header).chain(&self.rows).map(|row| line(row)).collect()
    }
}

pub(super) const NOT_RECORDED: &str = "not recorded";

pub fn funnel(answer: &FunnelAnswer, by: &str) -> Sheet {
    let row = |row: &FunnelRow, label: &str| {
        let count = |count: Option<u64>| count.map_or(NOT_RECORDED.to_owned(), |count| count.to_string());
        vec![
            label.to_owned(),
            count(row.leads),
            count(row.mqls),
            count(row.sals),
            count(row.sqls),
            count(row.customers),
            row.lead_to_customer.map_or(NOT_RECORDED.into(), |rate| format!("{:.3}%", rate * 100.0)),
            money(row.revenue),
        ]
    };
    let mut rows: Vec<_> = answer.rows.iter().map(|each| row(each, each.label.as_deref().unwrap_or(NOT_RECORDED))).collect();
    rows.push(row(&answer.total, "total"));
    Sheet::new("Funnel", [by, "leads", "MQLs", "SALs", "SQLs", "customers", "lead to customer", "revenue"], rows)
}

pub fn faults(faults: &[DataFault]) -> Sheet {
    let rows = faults.iter().map(|fault| vec![fault.kind.to_owned(), fault.total.to_string(), fault.words.to_owned()]);
    Sheet::new("Data faults: facts that contradict each other, kept and counted apart", ["fault", "rows", "what it means"], rows)
}

pub fn scoreboard(answers: &[KpiAnswer], question: &Question) -> Sheet {
    let rows = answers.iter().map(|answer| {
        let measure = &answer.measure;
        let value = |value: Option<f64>| value.map_or(String::new(), |value| in_unit(value, answer.unit, question));
        vec![
            answer.name.to_owned(),
            match (measure.value, measure.state) {
                (Some(value), State::TooYoung) => format!("{} (too young)", in_unit(value, answer.unit, question)),
                (Some(value), _) => in_unit(value, answer.unit, question),
                (None, state) => state_words(state).to_owned(),
            },
            interval(measure, answer.unit, question),
            measure.n.to_string(),
            value(answer.target),
            answer.key.to_owned(),
        ]
    });
    Sheet::new("Scoreboard", ["number", "value", "95% interval", "n", "target", "key"], rows)
}

pub fn model(answer: &ModelAnswer, by: &str) -> Sheet {
    let row =
        |row: &ShareRow, label: &str| vec![label.to_owned(), format!("{:.2}", row.conversions), money(row.revenue), row.deals.to_string()];
    let mut rows: Vec<_> = answer.rows.iter().map(|each| row(each, each.label.as_deref().unwrap_or(NOT_RECORDED))).collect();
    rows.push(row(&answer.unattributed, "no touch inside the lookback"));
    rows.push(row(&answer.total, "total"));
    Sheet::new(format!("{} ({})", answer.name, answer.model), [by, "conversions", "revenue", "deals"], rows)
}

pub fn funnel_csv(answer: &FunnelAnswer, by: &str) -> Sheet {
    let row = |row: &FunnelRow| {
        let counts = [row.leads, row.mqls, row.sals, row.sqls, row.customers];
        let mut cells = vec![row.label.clone().unwrap_or_default()];
        cells.extend(counts.map(|count| count.map_or(String::new(), |count| count.to_string())));
        cells.push(row.lead_to_customer.map_or(String::new(), |rate| rate.to_string()));
        cells.extend(plain_money(row.revenue));
        cells
    };
    let header = [by, "leads", "mqls", "sals", "sqls", "customers", "lead_to_customer", "revenue", "currency"];
    Sheet::untitled(header, answer.rows.iter().map(row))
}

pub fn scoreboard_csv(answers: &[KpiAnswer]) -> Sheet {
    let rows = answers.iter().map(|answer| {
        let measure = &answer.measure;
        let unit = serde_json::to_value(answer.unit).ok().and_then(|unit| unit.as_str().map(str::to_owned)).unwrap_or_default();
        let (low, high) = (measure.interval.map(|interval| interval.0), measure.interval.map(|interval| interval.1));
        vec![
            answer.key.to_owned(),
            answer.name.to_owned(),
            unit,
            plain(measure.value),
            measure.n.to_string(),
            plain(low),
            plain(high),
            plain(answer.target),
        ]
    });
    let header = ["key", "name", "unit", "value", "n", "interval_low", "interval_high", "target"];
    Sheet::untitled(header, rows)
}

/// All models in one table, so that each row says whose it is.
pub fn models_csv(answers: &[ModelAnswer], by: &str) -> Sheet {
    let row = |model: &str, kind: &str, row: &ShareRow| {
        let mut cells = vec![model.to_owned(), kind.to_owned(), row.label.clone().unwrap_or_default(), row.conversions.to_string()];
        cells.extend(plain_money(row.revenue));
        cells.push(row.deals.to_string());
        cells
    };
    let rows = answers.iter().flat_map(|answer| {
        let shares = answer.rows.iter().map(move |share| row(answer.model, "share", share));
        shares.chain([row(answer.model, "unattributed", &answer.unattributed)])
    });
    let header = ["model", "row", by, "conversions", "revenue", "currency", "deals"];
    Sheet::untitled(header, rows)
}

/// A cell of a file; empty where there is nothing.
pub fn plain(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

pub fn plain_fixed(value: Option<f64>, digits: usize) -> String {
    plain(value.map(|value| format!("{value:.digits$}")))
}

/// In whole units of the currency, to the cent: `676851.48`.
pub fn plain_major(money: Money) -> String {
    plain_fixed(Some(money.major()), money.currency.minor_digits() as usize)
}

fn plain_money(money: Money) -> [String; 2] {
    [plain_major(money), money.currency.to_string()]
}

fn interval(measure: &Measure, unit: Unit, question: &Question) -> String {
    measure.interval.map_or(String::new(), |(low, high)| format!("{} to {}", in_unit(low, unit, question), in_unit(high, unit, question)))
}

fn state_words(state: State) -> &'static str {
    match state {
        State::NotRecorded => NOT_RECORDED,
        State::TooYoung => "too young",
        State::NoData | State::Measured => "no data",
    }
}

fn in_unit(value: f64, unit: Unit, question: &Question) -> String {
    match unit {
        Unit::Count => format!("{value:.0}"),
        Unit::Rate => format!("{:.1}%", value * 100.0),
        Unit::Days => format!("{value:.1} d"),
        Unit::Hours => format!("{value:.1} h"),
        Unit::Money => money(Money::new(value.round() as i64, question.currency)),
        Unit::Ratio => format!("{value:.3}"),
    }
}

/// `676851.48 BRL`: no thousands separators, so that every program reads it.
pub(super) fn money(money: Money) -> String {
    format!("{} {}", plain_major(money), money.currency)
}

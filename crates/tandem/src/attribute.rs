//! `tandem attribute`: conversions of a file shared out over its channels, without a record.

use std::path::PathBuf;

use alignment::Instant;
use anyhow::Context as _;
use clap::Args;
use exchange::{Table, table};
use insight::attribution::{
    self, Amounts, ChainFacts, Model, Ranking,
    paths::{Paths, attribute_paths},
    touches::{Touches, Window, attribute_touches},
};
use office::report::Sheet;
use serde_json::{Map, Value as Json, json};

use crate::{Format, Place, print_json, print_text};

/// Give --path for a file of aggregated paths, or --id, --time and --channel for a file of time-stamped touches.
#[derive(Args)]
pub struct AttributeArgs {
    /// CSV or XLSX
    file: PathBuf,
    /// Column of the path, such as `search > e-mail > direct`
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["id", "time", "channel"], required_unless_present = "id")]
    path: Option<String>,
    /// What stands between the channels of a path
    #[arg(long, default_value = ">")]
    separator: String,
    /// Column of how often the path converted
    #[arg(long, value_name = "COLUMN", requires = "path")]
    conversions: Option<String>,
    /// Column of how often the path did not convert
    #[arg(long, value_name = "COLUMN", requires = "path")]
    nulls: Option<String>,
    /// Column of who the touch was with
    #[arg(long, value_name = "COLUMN", requires = "time", requires = "channel", requires = "conversion")]
    id: Option<String>,
    /// Column of when
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// Column of the channel
    #[arg(long, value_name = "COLUMN")]
    channel: Option<String>,
    /// Column that says whether the touch is a conversion (1, true, yes)
    #[arg(long, value_name = "COLUMN")]
    conversion: Option<String>,
    /// Column of the value of the conversion (of all conversions of the path)
    #[arg(long, value_name = "COLUMN")]
    value: Option<String>,
    /// all, or names separated by commas: first, last, linear, time_decay, u, markov, shapley
    #[arg(long, default_value = "all")]
    model: String,
    /// Touches older than this before the conversion get no share
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    lookback_days: u32,
    /// Time decay: a touch this old weighs half
    #[arg(long, value_name = "DAYS", default_value_t = 7.0)]
    half_life_days: f64,
    /// Markov: how many of the last touches the next step hangs on
    #[arg(long, value_name = "1|2|3", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=3))]
    markov_order: u32,
}

pub fn run(place: &Place, args: AttributeArgs) -> anyhow::Result<()> {
    let models = attribution::select(&args.model)?;
    anyhow::ensure!(args.half_life_days > 0.0, "--half-life-days {}: write a number of days above 0", args.half_life_days);
    let table = table::open(&args.file)?;
    let Answer { rankings, unattributed, total, chain } = match &args.path {
        Some(path) => of_paths(table, &args, path, &models)?,
        None => of_touches(table, &args, &models)?,
    };
    match place.format {
        Format::Json => print_json(&to_json(&rankings, unattributed, total, chain.as_ref())),
        Format::Text => {
            let texts: Vec<_> = rankings.iter().map(|ranking| sheet(ranking).to_text()).collect();
            print_text(&(texts.join("\n") + "\n"))
        }
        Format::Csv => print_text(&long_sheet(&rankings).to_csv()),
    }
}

struct Answer {
    rankings: Vec<Ranking>,
    unattributed: Amounts,
    total: Amounts,
    chain: Option<ChainFacts>,
}

fn of_paths(table: Table, args: &AttributeArgs, path: &str, models: &[&'static Model]) -> anyhow::Result<Answer> {
    let path = column(&table, path)?;
    let conversions = column(&table, args.conversions.as_deref().context("name the column of conversions with --conversions")?)?;
    let value = args.value.as_deref().map(|name| column(&table, name)).transpose()?;
    let nulls = args.nulls.as_deref().map(|name| column(&table, name)).transpose()?;
    let mut paths = Paths::new(&args.separator)?;
    for_each_row(table, |cells| {
        let value = value.map_or(Ok(0.0), |column| number(cells, column))?;
        let nulls = nulls.map_or(Ok(0.0), |column| number(cells, column))?;
        Ok(paths.push(cells.get(path).unwrap_or_default(), number(cells, conversions)?, value, nulls)?)
    })?;
    let answer = attribute_paths(&paths, models, args.markov_order);
    Ok(Answer { rankings: answer.models, unattributed: answer.unattributed, total: answer.total, chain: answer.chain })
}

fn of_touches(table: Table, args: &AttributeArgs, models: &[&'static Model]) -> anyhow::Result<Answer> {
    let named =
        |option: &Option<String>, flag: &str| column(&table, option.as_deref().with_context(|| format!("name the column with --{flag}"))?);
    let (id, time) = (named(&args.id, "id")?, named(&args.time, "time")?);
    let (channel, conversion) = (named(&args.channel, "channel")?, named(&args.conversion, "conversion")?);
    let value = args.value.as_deref().map(|name| column(&table, name)).transpose()?;
    let mut touches = Touches::default();
    for_each_row(table, |cells| {
        let at: Instant = cells.get(time).unwrap_or_default().parse()?;
        let converted = truth(cells.get(conversion).unwrap_or_default())?;
        let value = value.filter(|_| converted).map_or(Ok(0.0), |column| number(cells, column))?;
        Ok(touches.push(cells.get(id).unwrap_or_default(), at, cells.get(channel).unwrap_or_default(), converted, value)?)
    })?;
    let window = Window { lookback_days: args.lookback_days, half_life_days: args.half_life_days, markov_order: args.markov_order };
    let answer = attribute_touches(touches, models, window);
    Ok(Answer { rankings: answer.models, unattributed: answer.unattributed, total: answer.total, chain: answer.chain })
}

fn for_each_row(table: Table, mut take: impl FnMut(&exchange::Cells) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let name = table.name.clone();
    for row in table {
        let row = row?;
        if let Some(fault) = row.fault {
            anyhow::bail!("{name}, row {}: {fault}", row.line);
        }
        take(&row.cells).with_context(|| format!("{name}, row {}", row.line))?;
    }
    Ok(())
}

fn column(table: &Table, name: &str) -> anyhow::Result<usize> {
    table.column(name).with_context(|| format!("{} has no column `{name}`; its columns: {}", table.name, table.header.join(", ")))
}

fn number(cells: &exchange::Cells, column: usize) -> anyhow::Result<f64> {
    let text = cells.get(column).unwrap_or_default().trim();
    if text.is_empty() {
        return Ok(0.0);
    }
    text.parse().map_err(|_| anyhow::anyhow!("`{text}` is no number: write 1234.5"))
}

fn truth(text: &str) -> anyhow::Result<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "1.0" | "true" | "yes" | "y" | "t" => Ok(true),
        "" | "0" | "0.0" | "false" | "no" | "n" | "f" => Ok(false),
        other => anyhow::bail!("`{other}` says neither yes nor no: write 1 or 0"),
    }
}

/// The shape of `tandem report attribution`; `revenue` is a plain number here because a file has no currency.
fn to_json(rankings: &[Ranking], unattributed: Amounts, total: Amounts, chain: Option<&ChainFacts>) -> Json {
    let mut models = Map::new();
    for ranking in rankings {
        let rows: Option<Vec<_>> = ranking.rows.as_ref().map(|rows| {
            rows.iter()
                .map(|row| {
                    let mut json =
                        json!({"channel": row.channel, "conversions": row.conversions, "value": row.value, "revenue": row.value});
                    if let (Some(effect), Some(object)) = (row.removal_effect, json.as_object_mut()) {
                        object.insert("removal_effect".into(), json!(effect));
                    }
                    json
                })
                .collect()
        });
        let mut model = json!({"name": ranking.name, "rows": rows, "reason": ranking.reason});
        if let (Some(chain), Some(object)) = (chain.filter(|_| ranking.model == "markov"), model.as_object_mut()) {
            object.insert("chain".into(), json!(chain));
        }
        models.insert(ranking.model.to_owned(), model);
    }
    json!({"models": models, "unattributed": unattributed, "total": total})
}

fn sheet(ranking: &Ranking) -> Sheet {
    let Some(rows) = &ranking.rows else {
        return Sheet {
            title: format!("{} ({})", ranking.name, ranking.model),
            header: vec![ranking.reason.unwrap_or_default().to_owned()],
            rows: Vec::new(),
        };
    };
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                row.channel.clone().unwrap_or_else(|| "not recorded".into()),
                format!("{:.6}", row.conversions),
                format!("{:.6}", row.value),
            ]
        })
        .collect();
    let header = ["channel", "conversions", "value"].map(str::to_owned).to_vec();
    Sheet { title: format!("{} ({})", ranking.name, ranking.model), header, rows }
}

fn long_sheet(rankings: &[Ranking]) -> Sheet {
    let rows = rankings.iter().flat_map(|ranking| {
        ranking.rows.iter().flatten().map(|row| {
            vec![ranking.model.to_owned(), row.channel.clone().unwrap_or_default(), row.conversions.to_string(), row.value.to_string()]
        })
    });
    Sheet { title: String::new(), header: ["model", "channel", "conversions", "value"].map(str::to_owned).to_vec(), rows: rows.collect() }
}

//! `tandem report`: the funnel, the scoreboard, the attribution of revenue.

use clap::{Args, Subcommand};
use office::{
    cohorts::{self, CohortParams},
    effect, experiments,
    forecast::{self, ForecastParams},
    journeys::{self, JourneyParams},
    misalignment,
    question::QuestionParams,
    report::{self, Report},
};

use crate::{Format, Place, print_json, print_text};

#[derive(Args)]
pub struct ReportArgs {
    #[command(subcommand)]
    report: Which,
}

#[derive(Subcommand)]
enum Which {
    /// Leads by stage, customers and revenue
    Funnel(QuestionArgs),
    /// Every number, with sample size, interval and target
    Scoreboard(QuestionArgs),
    /// Leads by when they entered a stage, and how many reached a later one by each age
    Cohorts {
        /// lead, mql, sal, sql, sales_ready or opportunity [default: mql]
        #[arg(long, value_name = "STAGE")]
        from: Option<String>,
        /// A later stage [default: sql, or customer where SQLs are not recorded]
        #[arg(long, value_name = "STAGE")]
        to: Option<String>,
        #[arg(long, value_name = "month|quarter")]
        every: Option<String>,
        /// Days since entering [default: 30,60,90,180]
        #[arg(long, value_name = "DAYS,...")]
        ages: Option<String>,
        #[command(flatten)]
        question: QuestionArgs,
    },
    /// What misalignment costs, part by part, from the record's own rows
    Misalignment {
        /// Assume NAME=VALUE: call_minutes, email_minutes, meeting_minutes, note_minutes, task_minutes, decision_minutes, hour_cost, piece_cost,
        /// dropped_days, claim_revenue, claim_unconverted, claim_content or claim_spend; can be given several times
        #[arg(long, value_name = "NAME=VALUE")]
        assume: Vec<String>,
        #[command(flatten)]
        question: QuestionArgs,
    },
    /// The four known quarrels of sales and marketing, answered from the record
    Quarrels(QuestionArgs),
    /// Before and after each version of the Agreement, with the same season a year ago
    Effect {
        /// Compare around this day instead
        #[arg(long, value_name = "DAY")]
        at: Option<String>,
        /// Only this version of the Agreement
        #[arg(long, value_name = "NUMBER")]
        version: Option<String>,
        /// Days before and after [default: 90]
        #[arg(long, value_name = "DAYS")]
        window_days: Option<String>,
        /// Count what leads brought in so many days [default: half of the time since]
        #[arg(long, value_name = "DAYS")]
        within_days: Option<String>,
        #[command(flatten)]
        question: QuestionArgs,
    },
    /// What an experiment shows, and whether to go on; without an id, the list of them
    Experiment {
        id: Option<i64>,
        #[command(flatten)]
        question: QuestionArgs,
    },
    /// Revenue by month to come with its bands, how right that would have been, and the open deals behind it
    Forecast {
        /// Whole months after the one under way, 1 to 12 [default: 6]
        #[arg(long, value_name = "MONTHS")]
        months: Option<String>,
        /// 100 to 10000 [default: 10000]
        #[arg(long, value_name = "DRAWS")]
        replicates: Option<String>,
        /// The same seed draws the same [default: 1]
        #[arg(long, value_name = "NUMBER")]
        seed: Option<String>,
        #[command(flatten)]
        question: QuestionArgs,
    },
    /// The common ways from the first touch, and where they lead
    Journeys {
        /// merged: consecutive touches with one label are one step; or each
        #[arg(long, value_name = "merged|each")]
        steps: Option<String>,
        /// Only journeys through this label; can be given several times
        #[arg(long, value_name = "LABEL")]
        through: Vec<String>,
        /// Only journeys that begin with this label
        #[arg(long, value_name = "LABEL")]
        begins: Option<String>,
        /// Only journeys that end with this label
        #[arg(long, value_name = "LABEL")]
        ends: Option<String>,
        #[arg(long, value_name = "journeys|conversions")]
        order: Option<String>,
        /// Journeys told one by one [default: 20]
        #[arg(long, value_name = "NUMBER")]
        rows: Option<String>,
        /// Steps of the flow, 2 to 6 [default: 4]
        #[arg(long, value_name = "NUMBER")]
        layers: Option<String>,
        #[command(flatten)]
        question: QuestionArgs,
    },
    /// Revenue shared out over channels, sources, campaigns or content
    Attribution {
        /// all, or names separated by commas: first, last, linear, time_decay, u, w, full_path, markov, shapley
        #[arg(long, default_value = "all")]
        model: String,
        #[command(flatten)]
        question: QuestionArgs,
    },
}

#[derive(Args)]
pub struct QuestionArgs {
    /// source, campaign, channel, content, owner, industry, country, rejection_reason, custom:FIELD or tag:KEY
    #[arg(long, value_name = "DIMENSION")]
    by: Option<String>,
    /// all, this_month, last_quarter, last_12_months, ..., a month 2026-03, a year 2026, or 2026-01-01..2026-04-01
    #[arg(long)]
    period: Option<String>,
    /// Count nothing that happened later: 2026-03-01 (its end) or 2026-03-01T09:00:00Z
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<String>,
    /// Count nothing that was learned later
    #[arg(long, value_name = "INSTANT")]
    known_at: Option<String>,
    /// Keep only dimension=value (dimension= for not recorded); can be given several times
    #[arg(long, value_name = "DIMENSION=VALUE")]
    filter: Vec<String>,
    /// Touches of the person, or of everybody at the company
    #[arg(long, value_name = "person|company")]
    journey: Option<String>,
    /// Touches older than this before the signature get no share
    #[arg(long, value_name = "DAYS")]
    lookback_days: Option<String>,
    /// What attribution shares out: won deals, opened deals, or first signatures
    #[arg(long, value_name = "revenue|pipeline|customers")]
    goal: Option<String>,
    /// How many of the last touches the Markov model's next step hangs on
    #[arg(long, value_name = "1|2|3")]
    markov_order: Option<String>,
    /// ISO code; amounts in other currencies are left out and counted
    #[arg(long)]
    currency: Option<String>,
    /// What is left of the revenue after what is delivered for it, 0 to 1: for how soon a customer pays back
    #[arg(long, value_name = "SHARE")]
    margin: Option<String>,
}

pub async fn run(place: &Place, args: ReportArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    let report = match args.report {
        Which::Funnel(question) => report::funnel(&office, &question.params()).await?,
        Which::Scoreboard(question) => report::scoreboard(&office, &question.params()).await?,
        Which::Misalignment { assume, question } => {
            misalignment::report::misalignment(&office, &question.params(), &misalignment::Assumed::of(&assume)?).await?
        }
        Which::Quarrels(question) => misalignment::report::quarrels(&office, &question.params(), &misalignment::Assumed::default()).await?,
        Which::Effect { at, version, window_days, within_days, question } => {
            let own = effect::EffectParams { window_days, within_days, version, at };
            effect::report::effect(&office, &question.params(), &own).await?
        }
        Which::Experiment { id: Some(id), question } => experiments::report::experiment(&office, &question.params(), id).await?,
        Which::Experiment { id: None, .. } => experiments::report::experiments(&office).await?,
        Which::Attribution { model, question } => report::attribution(&office, &question.params(), &model).await?,
        Which::Forecast { months, replicates, seed, question } => {
            forecast::report::report(&office, &question.params(), &ForecastParams { months, replicates, seed }).await?
        }
        Which::Journeys { steps, through, begins, ends, order, rows, layers, question } => {
            let own = JourneyParams { steps, through: Some(through.join(";")), begins, ends, order, rows, layers };
            journeys::report::report(&office, &question.params(), &own).await?
        }
        Which::Cohorts { from, to, every, ages, question } => {
            cohorts::report::report(&office, &question.params(), &CohortParams { from, to, every, ages }).await?
        }
    };
    print(place.format, &report)
}

pub fn print(format: Format, report: &Report) -> anyhow::Result<()> {
    match format {
        Format::Json => print_json(&report.json),
        Format::Csv => print_text(&report.csv.to_csv()),
        Format::Text => {
            let sheets = report.sheets.iter().filter(|sheet| !sheet.rows.is_empty());
            let texts: Vec<_> = std::iter::once(format!("{}\n", report.heading)).chain(sheets.map(|sheet| sheet.to_text())).collect();
            print_text(&texts.join("\n"))
        }
    }
}

impl QuestionArgs {
    pub fn params(self) -> QuestionParams {
        QuestionParams {
            as_of: self.as_of,
            known_at: self.known_at,
            period: self.period,
            by: self.by,
            filter: Some(self.filter.join("\n")),
            model: None,
            journey: self.journey,
            lookback_days: self.lookback_days,
            goal: self.goal,
            markov_order: self.markov_order,
            currency: self.currency,
            margin: self.margin,
        }
    }
}

//! `tandem plan`: what it takes to win so many customers, or to sign so much, by a day; and the plans that are saved.

use clap::{Args, Subcommand};
use facts::list::LIMIT_MAX;
use office::{
    Actor,
    plan::{self, params::PlanParams, report, saved, shelf},
    question::QuestionParams,
};

use crate::{Format, Place, print_json, print_text, report::print};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct PlanArgs {
    #[command(subcommand)]
    what: Option<Which>,
    #[command(flatten)]
    asked: Asked,
    /// How plans of past months would have done, instead of a plan
    #[arg(long)]
    backtest: bool,
}

#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a run")]
enum Which {
    /// Work a plan out and keep it, with its target and date
    Save {
        /// What it is called
        name: String,
        #[command(flatten)]
        asked: Asked,
        /// In place of the saved plan that --plan names
        #[arg(long, requires = "plan")]
        over: bool,
        /// Spend by month and source, such as 2026-07:paid_search:12000, in place of what was saved; can be given several times
        #[arg(long, value_name = "MONTH:SOURCE:AMOUNT", conflicts_with = "spend")]
        spend_line: Vec<String>,
        #[arg(long)]
        note: Option<String>,
    },
    /// List the saved plans, newest first
    List {
        #[arg(long, default_value_t = 50, value_name = "ROWS")]
        limit: usize,
    },
    /// Print what a saved plan says (`tandem plan --plan ID` works it out)
    Show { id: i64 },
    /// Take a saved plan off the list
    #[command(visible_alias = "remove")]
    Delete {
        id: i64,
        /// Put it back instead
        #[arg(long)]
        undo: bool,
    },
}

#[derive(Args)]
struct Asked {
    /// Customers to win from now on; what is missing from the Agreement's revenue target, where neither is given
    #[arg(long, conflicts_with = "revenue")]
    customers: Option<String>,
    /// Revenue to sign from now on, in whole units of the currency
    #[arg(long, value_name = "AMOUNT")]
    revenue: Option<String>,
    /// The last day that counts
    #[arg(long, value_name = "DATE")]
    by: Option<String>,
    /// The chance to plan for: 0.8 or 80%
    #[arg(long)]
    probability: Option<String>,
    /// A saved plan, which the rest goes over
    #[arg(long, value_name = "ID")]
    plan: Option<String>,
    /// Assume this rate from lead to the next stage (0.3 or 30%)
    #[arg(long, value_name = "RATE")]
    lead_rate: Option<String>,
    /// Assume this rate from MQL to the next stage
    #[arg(long, value_name = "RATE")]
    mql_rate: Option<String>,
    /// Assume this rate from SAL to the next stage
    #[arg(long, value_name = "RATE")]
    sal_rate: Option<String>,
    /// Assume this rate from SQL to customer
    #[arg(long, value_name = "RATE")]
    sql_rate: Option<String>,
    /// Assume this mean of a signed deal
    #[arg(long, value_name = "AMOUNT")]
    deal_size: Option<String>,
    /// The chance of the target with this spend a month
    #[arg(long, value_name = "AMOUNT")]
    spend: Option<String>,
    /// Every step takes so many times as long
    #[arg(long, value_name = "FACTOR")]
    cycle_factor: Option<String>,
    /// Reps who take MQLs
    #[arg(long)]
    reps: Option<String>,
    /// MQLs that each of them takes in a month
    #[arg(long)]
    mqls_per_rep: Option<String>,
    /// Count nothing that happened later: 2026-03-01 (its end) or 2026-03-01T09:00:00Z
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<String>,
    /// Count nothing that was learned later
    #[arg(long, value_name = "INSTANT")]
    known_at: Option<String>,
    /// Keep only dimension=value (dimension= for not recorded); can be given several times
    #[arg(long, value_name = "DIMENSION=VALUE")]
    filter: Vec<String>,
    /// ISO code; amounts in other currencies are left out
    #[arg(long)]
    currency: Option<String>,
}

pub async fn run(place: &Place, args: PlanArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    match args.what {
        Some(Which::Save { name, asked, over, spend_line, note }) => {
            let (question, own) = asked.params();
            let found = plan::planned(&office, &question, &own).await?;
            let kept = shelf::save(&office, &found, &shelf::Said { name, over, spend: spend_line, note }).await?;
            match place.format {
                Format::Json => print_json(&kept),
                _ => print_text(&format!(
                    "Saved “{}” as plan {}, for {} by {}.\n",
                    kept.name,
                    kept.id,
                    report::target(&found.answer),
                    report::last_day(&found)
                )),
            }
        }
        Some(Which::List { limit }) => print(place.format, &shelf::list(&office, limit.clamp(1, LIMIT_MAX)).await?),
        Some(Which::Show { id }) => print(place.format, &shelf::show(&office, id).await?),
        Some(Which::Delete { id, undo }) => {
            let actor = Actor::command_line();
            print_text(&match undo {
                false => {
                    let plan = saved::remove(&office, &actor, id).await?;
                    format!("Took “{}” off the list; `tandem plan delete {id} --undo` puts it back.\n", plan.name)
                }
                true => format!("“{}” is on the list again.\n", saved::put_back(&office, &actor, id).await?.name),
            })
        }
        None if args.backtest => print(place.format, &report::past_report(&office, &args.asked.params().0).await?),
        None => {
            let (question, own) = args.asked.params();
            print(place.format, &report::report(&office, &question, &own).await?)
        }
    }
}

impl Asked {
    fn params(self) -> (QuestionParams, PlanParams) {
        let question = QuestionParams {
            as_of: self.as_of,
            known_at: self.known_at,
            filter: Some(self.filter.join("\n")),
            currency: self.currency,
            ..QuestionParams::default()
        };
        let own = PlanParams {
            plan: self.plan,
            customers: self.customers,
            revenue: self.revenue,
            by: self.by,
            probability: self.probability,
            lead_rate: self.lead_rate,
            mql_rate: self.mql_rate,
            sal_rate: self.sal_rate,
            sql_rate: self.sql_rate,
            deal_size: self.deal_size,
            spend: self.spend,
            cycle_factor: self.cycle_factor,
            reps: self.reps,
            mqls_per_rep: self.mqls_per_rep,
            ..PlanParams::default()
        };
        (question, own)
    }
}

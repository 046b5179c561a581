//! `tandem`: the one binary. Each command is a thin face of a verb in `office`.

use std::{io::Write, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use office::{Clock, Office};

mod agreement;
mod attribute;
mod clocks;
mod demo;
mod explain;
mod handoff;
mod import;
mod keep;
mod notifications;
mod plan;
mod promises;
mod questions;
mod report;
mod routing;
mod score;
mod serve;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One record, one Agreement and one set of numbers for sales and marketing.
///
/// Start with `tandem demo` to look at a sample company, or `tandem serve` for your own.
#[derive(Parser)]
#[command(
    version,
    max_term_width = 110,
    after_help = "Exit codes: 0 done; 1 could not be done (the reason is printed); 2 the command was written wrong."
)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Place {
    /// Folder of this company's data; made when it is missing
    #[arg(long, global = true, env = "TANDEM_HOME", default_value = ".tandem", value_name = "DIR")]
    home: PathBuf,
    /// PostgreSQL to keep the record in (postgres://user:password@host/database) instead of the file in the home folder
    #[arg(long, global = true, env = "TANDEM_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
    /// Take the time from this file (an instant such as 2026-06-30T12:00:00Z) instead of the system: for trying what happens when time passes
    #[arg(long, global = true, env = "TANDEM_CLOCK", value_name = "FILE", hide = true)]
    clock: Option<PathBuf>,
    /// How to print the answer
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the product in the browser and over the API
    Serve(serve::ServeArgs),
    /// Make a sample company to look at, and serve it
    Demo(demo::DemoArgs),
    /// Bring in files by a recipe, or take an import back
    Import(import::ImportArgs),
    /// What waits at the hand-off desk, and deciding about it
    Handoff(handoff::HandoffArgs),
    /// Print the funnel, the scoreboard or the attribution of revenue
    Report(report::ReportArgs),
    /// What it takes to win so many customers, or to sign so much, by a day
    Plan(Box<plan::PlanArgs>),
    /// Why a number moved, or what stands out now
    Explain(explain::ExplainArgs),
    /// Print the ledger of promises, waive one, or close a month
    Promises(promises::PromisesArgs),
    /// Saved questions: their answers then and now, and why they differ
    Questions(questions::QuestionsArgs),
    /// Print the ten points of alignment with their evidence
    Checklist,
    /// Share out conversions over the touches in a file, without a record
    Attribute(attribute::AttributeArgs),
    /// List the clocks of leads, or do what has come due
    Clocks(clocks::ClocksArgs),
    /// Why leads went where they went, what waits, and a month under another Agreement
    Routing(routing::RoutingArgs),
    /// Learn the score of leads from what became of them, and what it says of one
    Score(score::ScoreArgs),
    /// What people were told, and the messages on their way
    Notifications(notifications::NotificationsArgs),
    /// Read, edit, compare, backtest and sign the Agreement
    Agreement(agreement::AgreementArgs),
    /// Prove that the history agrees with the record
    Verify,
    /// Write the whole record to one file
    Backup {
        /// The file to write; it must not exist
        file: PathBuf,
    },
    /// Read a backup into an empty home
    Restore { file: PathBuf },
    /// Bring the database up to this program's schema (every other command does so too)
    Migrate,
}

impl Place {
    async fn open(&self) -> anyhow::Result<Office> {
        let clock = self.clock.as_ref().map_or(Clock::System, |path| Clock::File(path.clone().into()));
        Office::open(&self.home, self.database.as_deref(), clock).await
    }
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    start_log(matches!(cli.command, Command::Serve(_) | Command::Demo(_)));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let place = cli.place;
    match cli.command {
        Command::Serve(args) => serve::run(&place, args).await,
        Command::Demo(args) => demo::run(&place, args).await,
        Command::Import(args) => import::run(&place, args).await,
        Command::Handoff(args) => handoff::run(&place, args).await,
        Command::Report(args) => report::run(&place, args).await,
        Command::Questions(args) => questions::run(&place, args).await,
        Command::Plan(args) => plan::run(&place, *args).await,
        Command::Explain(args) => explain::run(&place, args).await,
        Command::Promises(args) => promises::run(&place, args).await,
        Command::Checklist => promises::checklist(&place).await,
        Command::Attribute(args) => attribute::run(&place, args),
        Command::Clocks(args) => clocks::run(&place, args).await,
        Command::Routing(args) => routing::run(&place, args).await,
        Command::Score(args) => score::run(&place, args).await,
        Command::Notifications(args) => notifications::run(&place, args).await,
        Command::Agreement(args) => agreement::run(&place, args).await,
        Command::Verify => keep::verify(&place).await,
        Command::Backup { file } => keep::backup(&place, &file).await,
        Command::Restore { file } => keep::restore(&place, &file).await,
        Command::Migrate => keep::migrate(&place).await,
    }
}

/// The reason with what led to it, on standard error.
fn failed(error: &anyhow::Error) -> std::process::ExitCode {
    let mut words = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        // Many errors repeat their source in their own words.
        if !words.contains(&cause) {
            words += if words.is_empty() { "" } else { ": " };
            words += &cause;
        }
    }
    eprintln!("tandem: {words}");
    std::process::ExitCode::FAILURE
}

fn start_log(is_server: bool) {
    let default = if is_server { "info,sqlx=error" } else { "warn,sqlx=error" };
    let filter = tracing_subscriber::EnvFilter::try_from_env("TANDEM_LOG").unwrap_or_else(|_| default.into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}

fn print_json(json: &impl serde::Serialize) -> anyhow::Result<()> {
    print_text(&(serde_json::to_string_pretty(json)? + "\n"))
}

/// Prints an answer. A reader that has seen enough and goes away (`| head`) is no error.
fn print_text(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

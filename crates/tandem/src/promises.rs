//! `tandem promises` and `tandem checklist`.

use alignment::{Instant, promise::Month};
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use facts::changes::Author;
use office::{
    Actor, Office, Role, checklist,
    promises::{self, MonthSeen, rights, settlement, waivers},
};

use crate::{Format, Place, print_json, print_text};

#[derive(Args)]
pub struct PromisesArgs {
    #[command(subcommand)]
    what: Option<Which>,
}

#[derive(Subcommand)]
enum Which {
    /// Print the ledger of a month (the default: this month)
    Show(MonthArgs),
    /// Print the lead guarantee of a month: what marketing owes, and why
    Credits(MonthArgs),
    /// Let a promise off for a month, or one clock of it
    Waive {
        /// Key of the promise, such as review_time; not needed with --clock
        promise: Option<String>,
        #[arg(long, value_name = "YYYY-MM")]
        period: Option<String>,
        /// One clock rather than the whole month
        #[arg(long, value_name = "ID")]
        clock: Option<i64>,
        /// Why; both sides read it
        #[arg(long)]
        reason: String,
    },
    /// Close a month for a side; when both have, it is settled
    Settle {
        #[arg(long, value_name = "YYYY-MM")]
        period: String,
        #[arg(long, value_enum)]
        side: SideArg,
        /// E-mail address of the person who closes it
        #[arg(long, value_name = "EMAIL")]
        user: String,
    },
}

#[derive(Args)]
struct MonthArgs {
    /// The month; this one, where it is left out
    #[arg(long, value_name = "YYYY-MM")]
    period: Option<String>,
    /// Count nothing that happened later
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum SideArg {
    Marketing,
    Sales,
}

pub async fn run(place: &Place, args: PromisesArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    match args.what.unwrap_or(Which::Show(MonthArgs { period: None, as_of: None })) {
        Which::Show(month) => print(place.format, look(&office, month).await?),
        Which::Credits(month) => {
            let seen = look(&office, month).await?;
            let credits = seen.ledger.credits;
            if place.format == Format::Json {
                return print_json(&credits);
            }
            print_text(&format!(
                "Lead guarantee, {}\ncarried over          {:>6}\noutside the profile   {:>+6}\nreviewed late         {:>6}\nat the end            {:>6}\n{}\n",
                seen.ledger.period.name(),
                credits.carried_in,
                credits.counts.outside_icp,
                format!("-{}", credits.counts.late_reviews),
                credits.carried_out,
                promises::balance_words(credits)
            ))
        }
        Which::Waive { promise, period, clock, reason } => waive(&office, promise, period, clock, reason).await,
        Which::Settle { period, side, user } => settle(&office, &period, side, &user).await,
    }
}

async fn look(office: &Office, args: MonthArgs) -> anyhow::Result<MonthSeen> {
    let period = match &args.period {
        Some(text) => text.parse()?,
        None => promises::this_month(office).await?,
    };
    let now = office.clock().now();
    let as_of = args.as_of.map(|text| text.parse::<Instant>()).transpose()?.unwrap_or(now);
    promises::look(office, period, as_of.min(now)).await
}

async fn waive(office: &Office, promise: Option<String>, period: Option<String>, clock: Option<i64>, reason: String) -> anyhow::Result<()> {
    let versions = office.versions().await?;
    let author = author(office, None).await?;
    let mut tx = office.facts().write().await?;
    let who = rights::speaker(tx.conn(), &Actor::command_line(), author).await?;
    let new = waivers::NewWaiver { promise, period, clock_id: clock, reason };
    let id = waivers::waive(&mut tx, &who, &versions, new).await?;
    tx.commit().await?;
    print_text(&format!("waived (waiver {id})\n"))
}

async fn settle(office: &Office, period: &str, side: SideArg, email: &str) -> anyhow::Result<()> {
    let period: Month = period.parse()?;
    let user = facts::access::user_by_email(&mut *office.facts().reader().await?, &email.to_lowercase()).await?;
    let user = user.with_context(|| format!("nobody here has the address {email}"))?;
    let role = user.role.as_deref().and_then(Role::parse).with_context(|| format!("{email} can't sign in, so can't close a month"))?;
    let versions = office.versions().await?;
    let author = author(office, Some(user.id)).await?;
    let actor = Actor { user: Some(alignment::ids::UserId(user.id)), name: user.name, role, scopes: None };
    let mut tx = office.facts().write().await?;
    let who = rights::speaker(tx.conn(), &actor, author).await?;
    let side = match side {
        SideArg::Marketing => alignment::lifecycle::Side::Marketing,
        SideArg::Sales => alignment::lifecycle::Side::Sales,
    };
    let closed = settlement::close(&mut tx, &who, &versions, period, side, None).await?;
    tx.commit().await?;
    print_text(&format!("{}\n", closed.words()))
}

async fn author(office: &Office, actor: Option<i64>) -> anyhow::Result<Author> {
    let version = office.agreement().await?.number;
    Ok(Author { actor, now: office.clock().now().0, agreement_version: Some(i64::from(version)) })
}

fn print(format: Format, seen: MonthSeen) -> anyhow::Result<()> {
    match format {
        Format::Json => print_json(&promises::wire::MonthLedger::from(seen)),
        Format::Csv => {
            let lines = seen.ledger.lines.iter().map(|line| {
                let value = line.value.map(|value| value.to_string()).unwrap_or_default();
                format!(
                    "{},{},{value},{},{},{},{}\n",
                    line.key,
                    line.status.key(),
                    line.target,
                    line.numerator,
                    line.denominator,
                    line.open
                )
            });
            print_text(&("promise,status,value,target,numerator,denominator,open\n".to_owned() + &lines.collect::<String>()))
        }
        Format::Text => {
            let state = if seen.is_settled { ", settled" } else { "" };
            let mut text = format!("Promises, {}{state} (Agreement v{})\n", seen.ledger.period.name(), seen.ledger.agreement_version);
            for shown in promises::lines_shown(&seen.ledger) {
                let side = format!("{:?}", shown.promise.side);
                let line =
                    format!("{side:<10} {:<20} {:<13} {:<18} {}", shown.promise.name, shown.status, shown.value, shown.line.projection);
                text += line.trim_end();
                text.push('\n');
            }
            text += &format!("{}\n", promises::balance_words(seen.ledger.credits));
            for change in &seen.changed_since {
                text += &format!("changed since: {} was {}; is {}\n", change.key, change.was, change.is);
            }
            print_text(&text)
        }
    }
}

pub async fn checklist(place: &Place) -> anyhow::Result<()> {
    let office = place.open().await?;
    let found = checklist::look(&office, office.clock().now()).await?;
    if place.format == Format::Json {
        return print_json(&checklist::api::answer(found));
    }
    let mut text = String::new();
    for (number, point) in found.points.iter().enumerate() {
        text += &format!("{:>2} {}: {}\n", number + 1, point.name, point.standing.name().to_lowercase());
        point.evidence.iter().for_each(|one| text += &format!("   {}\n", one.words));
        text += &format!("   Next: {}\n", point.next_step.words);
    }
    print_text(&text)
}

//! `tandem questions`: saved questions, and why their numbers are others now.

use clap::{Args, Subcommand};
use facts::list::Turn;
use office::questions::{self, Asked, api::SavedQuestion, explain};
use serde_json::json;

use crate::{Format, Place, print_json, print_text, report::QuestionArgs};

#[derive(Args)]
pub struct QuestionsArgs {
    #[command(subcommand)]
    what: Option<Which>,
}

#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a run")]
enum Which {
    /// List what was saved, newest first
    List {
        #[arg(long, default_value_t = 50, value_name = "ROWS")]
        limit: usize,
    },
    /// Ask, and keep the question with its answer
    Save {
        /// What it is called
        name: String,
        /// scoreboard, number, funnel or attribution
        #[arg(long, default_value = "scoreboard")]
        report: String,
        /// Key of a number, for --report number
        #[arg(long, value_name = "KEY")]
        number: Option<String>,
        #[command(flatten)]
        question: QuestionArgs,
    },
    /// Print a saved answer, and whether it is the same when it is asked again
    Show { id: i64 },
    /// Why a number of a saved question is another one now
    Explain {
        id: i64,
        /// Key of one number of a saved scoreboard
        #[arg(long, value_name = "KEY")]
        number: Option<String>,
    },
    /// Take a saved question off the list
    Remove { id: i64 },
}

pub async fn run(place: &Place, args: QuestionsArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    match args.what.unwrap_or(Which::List { limit: 50 }) {
        Which::List { limit } => list(place, &office, limit).await,
        Which::Save { name, report, number, question } => {
            let report = if number.is_some() { "number".to_owned() } else { report };
            save(place, &office, &name, Asked { report, number, question: question.params() }).await
        }
        Which::Show { id } => show(place, &office, id).await,
        Which::Explain { id, number } => why(place, &office, id, number.as_deref()).await,
        Which::Remove { id } => {
            let author = questions::own_author(&office).await?;
            let row = questions::set_removed(&office, &author, id, true).await?;
            print_text(&format!("Took “{}” off the list.\n", row.name))
        }
    }
}

async fn list(place: &Place, office: &office::Office, limit: usize) -> anyhow::Result<()> {
    let page = questions::list(office, Turn { cursor: None, limit: limit.clamp(1, facts::list::LIMIT_MAX) }).await?;
    let rows: Vec<SavedQuestion> = page.items.into_iter().map(SavedQuestion::from).collect();
    if place.format == Format::Json {
        return print_json(&json!({"items": rows, "next": page.next}));
    }
    if rows.is_empty() {
        return print_text(
            "No question is saved yet. Save one with its answer: tandem questions save \"Revenue so far\" --number revenue (also --report \
             scoreboard, funnel or attribution).\n",
        );
    }
    let line = |row: &SavedQuestion| {
        format!("{:>4}  {:<32}  {:<12}  as of {}  v{}\n", row.id, row.name, row.report, row.as_of, row.agreement_version)
    };
    print_text(&rows.iter().map(line).collect::<String>())
}

async fn save(place: &Place, office: &office::Office, name: &str, asked: Asked) -> anyhow::Result<()> {
    let author = questions::own_author(office).await?;
    let row = SavedQuestion::from(questions::save(office, &author, name, &asked).await?);
    if place.format == Format::Json {
        return print_json(&row);
    }
    print_text(&format!("Saved “{}” as question {}, as of {}, known at {}.\n", row.name, row.id, row.as_of, row.known_at))
}

async fn show(place: &Place, office: &office::Office, id: i64) -> anyhow::Result<()> {
    let opened = questions::open(office, id).await?;
    if place.format == Format::Json {
        let (same, differs, answer) = (opened.is_same(), opened.differs.clone(), opened.answer_json());
        return print_json(&json!({"saved": SavedQuestion::from(opened.row), "answer": answer, "same": same, "differs": differs}));
    }
    let again = if opened.is_same() { "the same, byte for byte".to_owned() } else { opened.differs.join("\n  ") };
    print_text(&format!(
        "{}\nAsked again with the same times: {again}\n\n{}\n",
        opened.row.name,
        serde_json::to_string_pretty(&opened.answer_json())?
    ))
}

async fn why(place: &Place, office: &office::Office, id: i64, number: Option<&str>) -> anyhow::Result<()> {
    let opened = questions::open(office, id).await?;
    let explained = explain::of_saved(office, &opened.row, number, &opened.answer).await?;
    if place.format == Format::Json {
        return print_json(&explained.json());
    }
    let said = |value: Option<f64>| value.map_or_else(|| "no value".to_owned(), |value| explained.in_words(value));
    let mut text = format!("{}\n{:<24} {:>16}   {}\n", explained.name, "then", said(explained.change.value_then), explained.then.known_at);
    for part in explained.told() {
        let delta = part.delta.map_or_else(|| "–".to_owned(), |delta| explained.signed(delta));
        text += &format!("{:<24} {delta:>16}   {} rows\n", part.cause.name(), part.rows_total);
    }
    text += &format!("{:<24} {:>16}   {}\n", "now", said(explained.change.value_now), explained.now.known_at);
    if explained.is_unchanged() {
        text += "unchanged\n";
    }
    print_text(&text)
}

//! `tandem agreement`: the Agreement in force, its drafts, and signing.

use std::path::PathBuf;

use alignment::{agreement::diff, ids::UserId};
use clap::{Args, Subcommand};
use office::{
    Actor, Office, Role,
    agreement::{
        By, backtests,
        by::signing_side,
        drafts::{self, Start},
        signing::{self, Seen, Signed},
        text_of,
    },
};
use serde_json::json;

use crate::{Format, Place, print_json, print_text};

#[derive(Args)]
pub struct AgreementArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Print the version in force, or another text, as TOML
    Show {
        /// v2 for version 2, d7 for draft 7; the version in force where it is left out
        text: Option<String>,
    },
    /// Write a text to a file, as TOML
    Export {
        file: PathBuf,
        /// v2 for version 2, d7 for draft 7; the version in force where it is left out
        #[arg(long)]
        text: Option<String>,
    },
    /// Start a draft, or list those that are open
    Draft {
        /// Start one from the newest version
        #[arg(long)]
        new: bool,
        /// Start one from a proposal
        #[arg(long, conflicts_with = "new")]
        proposal: bool,
        /// What it is for
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Set the text of a draft from a TOML file
    Edit { file: PathBuf, draft: i64 },
    /// Print what differs between two texts, in words
    Diff {
        /// v1, v2, d7
        from: String,
        to: String,
    },
    /// Replay a draft over the last twelve months and save what it did
    Backtest { draft: i64 },
    /// Sign a draft as a head or a deputy
    Sign {
        draft: i64,
        /// marketing or sales
        #[arg(long)]
        side: String,
        /// E-mail address of whom you are
        #[arg(long = "as", value_name = "EMAIL")]
        signer: String,
        /// Hash of the text that you read, its first twelve digits at least; `tandem agreement draft` lists it
        #[arg(long)]
        hash: String,
    },
    /// List the versions with who signed them
    History,
}

const HASH_DIGITS_MIN: usize = 12;

pub async fn run(place: &Place, args: AgreementArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    match args.what {
        What::Show { text } => show(place, &office, text).await,
        What::Export { file, text } => Ok(std::fs::write(&file, wanted(&office, text).await?.to_toml())?),
        What::Draft { new: false, proposal: false, .. } => list(place, &office).await,
        What::Draft { proposal, note, .. } => start(place, &office, if proposal { Start::Proposal } else { Start::InForce }, &note).await,
        What::Edit { file, draft } => edit(place, &office, &std::fs::read_to_string(&file)?, draft).await,
        What::Diff { from, to } => {
            let found = diff(&text_of(&office, &from).await?, &text_of(&office, &to).await?);
            match place.format {
                Format::Json => print_json(&found),
                _ => print_text(&found.iter().map(|one| format!("{}\n", one.words)).collect::<String>()),
            }
        }
        What::Backtest { draft } => backtest(place, &office, draft).await,
        What::Sign { draft, side, signer, hash } => sign(place, &office, draft, &side, &signer, &hash).await,
        What::History => history(place, &office).await,
    }
}

async fn wanted(office: &Office, text: Option<String>) -> anyhow::Result<alignment::agreement::Agreement> {
    match text {
        Some(name) => Ok(text_of(office, &name).await?),
        None => Ok(office.agreement().await?.agreement),
    }
}

async fn show(place: &Place, office: &Office, text: Option<String>) -> anyhow::Result<()> {
    let text = wanted(office, text).await?;
    match place.format {
        Format::Json => print_json(&text),
        _ => print_text(&text.to_toml()),
    }
}

async fn list(place: &Place, office: &Office) -> anyhow::Result<()> {
    let open = drafts::list(office, true).await?;
    let lines: Vec<_> =
        open.iter().map(|draft| (draft.row.id, draft.row.base, draft.row.edits, draft.row.note.clone().unwrap_or_default())).collect();
    match place.format {
        Format::Json => print_json(
            &lines.iter().map(|(id, base, edits, note)| json!({"id": id, "base": base, "edits": edits, "note": note})).collect::<Vec<_>>(),
        ),
        _ if lines.is_empty() => print_text("No draft is open. Start one with `tandem agreement draft --new`.\n"),
        _ => print_text(
            &lines
                .iter()
                .map(|(id, base, edits, note)| format!("draft {id}  from version {base}, {edits} edits  {note}\n"))
                .collect::<String>(),
        ),
    }
}

async fn start(place: &Place, office: &Office, start: Start, note: &str) -> anyhow::Result<()> {
    let by = By::now(office, &Actor::command_line()).await?;
    let mut tx = office.facts().write().await?;
    let id = drafts::start(&mut tx, &by, start, note).await?;
    tx.commit().await?;
    said(place, json!({"id": id}), &format!("Draft {id} is started. `tandem agreement show d{id}` prints it."))
}

async fn edit(place: &Place, office: &Office, text: &str, id: i64) -> anyhow::Result<()> {
    let agreement = drafts::read(text)?;
    let seen = drafts::one(office, id).await?.row.edits;
    let by = By::now(office, &Actor::command_line()).await?;
    let mut tx = office.facts().write().await?;
    let differences = drafts::edit(&mut tx, &by, id, seen, &agreement).await?;
    tx.commit().await?;
    let faults = signing::faults(&drafts::one(office, id).await?);
    let mut words: String = differences.iter().map(|one| format!("{}\n", one.words)).collect();
    words += &faults.iter().map(|fault| format!("fault: {}: {}\n", fault.clause, fault.words)).collect::<String>();
    let faults: Vec<_> = faults.iter().map(|fault| format!("{}: {}", fault.clause, fault.words)).collect();
    said(
        place,
        json!({"id": id, "differences": differences, "faults": faults}),
        if words.is_empty() { "Nothing was changed." } else { words.trim_end() },
    )
}

async fn backtest(place: &Place, office: &Office, id: i64) -> anyhow::Result<()> {
    let draft = drafts::one(office, id).await?;
    let result = backtests::replay(office, &draft.agreement).await?;
    let by = By::now(office, &Actor::command_line()).await?;
    let mut tx = office.facts().write().await?;
    backtests::save(&mut tx, &by, &draft, &result).await?;
    tx.commit().await?;
    let words = format!(
        "MQLs in twelve months: {} in force, {} by the draft; {} people enter, {} leave, {} stay.",
        result.in_force.outcome.mqls, result.draft.outcome.mqls, result.entering.people, result.leaving.people, result.staying.people
    );
    said(place, json!(result), &words)
}

/// The command line may do all, but a signature is a person's: it is given as one of the users, and the rules for who signs hold.
async fn sign(place: &Place, office: &Office, id: i64, side: &str, email: &str, hash: &str) -> anyhow::Result<()> {
    let user = facts::access::user_by_email(&mut *office.facts().reader().await?, &email.to_lowercase()).await?;
    let user =
        user.ok_or_else(|| anyhow::anyhow!("nobody has the address {email}; `tandem serve` and Settings, Users list those who have"))?;
    anyhow::ensure!(user.disabled_at.is_none(), "the account {email} is disabled");
    let role = user.role.as_deref().and_then(Role::parse).ok_or_else(|| anyhow::anyhow!("{email} can't sign in; invite them first"))?;
    let by = By::now(office, &Actor { user: Some(UserId(user.id)), name: user.name, role, scopes: None }).await?;
    let row = drafts::one(office, id).await?.row;
    anyhow::ensure!(
        row.hash.starts_with(hash) && hash.len() >= HASH_DIGITS_MIN,
        "the text of draft {id} has the hash {}, and not {hash}: read it with `tandem agreement show d{id}`, then sign what you read",
        row.hash
    );
    let mut tx = office.facts().write().await?;
    let signed = signing::sign(&mut tx, &by, id, signing_side(side)?, Seen { hash: &row.hash, edits: row.edits }).await?;
    tx.commit().await?;
    match signed {
        Signed::Waiting => said(place, json!({"draft": id, "version": null}), "Signed. The other team signs next."),
        Signed::Version(number) => {
            said(place, json!({"draft": id, "version": number}), &format!("Both teams have signed: this is version {number}."))
        }
    }
}

async fn history(place: &Place, office: &Office) -> anyhow::Result<()> {
    let versions = office.versions().await?;
    let signatures = facts::drafts::signatures_of_versions(&mut *office.facts().reader().await?).await?;
    let signers = |number: u32| -> Vec<String> {
        let of = signatures.iter().filter(|one| one.number == Some(i64::from(number)));
        of.map(|one| one.deputy_of_name.as_ref().map_or_else(|| one.user_name.clone(), |head| format!("{} for {head}", one.user_name)))
            .collect()
    };
    if place.format == Format::Json {
        let one = |version: &alignment::agreement::Version| json!({"version": version.number, "effective_at": version.effective_at, "hash": versions.hash(version.number), "signed_by": signers(version.number)});
        return print_json(&versions.iter().map(one).collect::<Vec<_>>());
    }
    let line = |version: &alignment::agreement::Version| {
        let who = signers(version.number);
        let who = if who.is_empty() { "signed by nobody".to_owned() } else { format!("signed by {}", who.join(" and ")) };
        format!(
            "version {}  from {}  {who}  {}\n",
            version.number,
            version.effective_at,
            &versions.hash(version.number).unwrap_or_default()
        )
    };
    print_text(&versions.iter().map(line).collect::<String>())
}

fn said(place: &Place, json: serde_json::Value, words: &str) -> anyhow::Result<()> {
    match place.format {
        Format::Json => print_json(&json),
        _ => print_text(&format!("{words}\n")),
    }
}

//! How fast a file is read and mapped: `cargo run --release -p exchange --example read_speed -- RECIPE PATH..`, or without arguments
//! with a million generated people.

use std::time::Instant;

use exchange::{Outcome, Recipe};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let generated = std::env::temp_dir().join(format!("tandem-read-speed-{}.csv", std::process::id()));
    let (recipe, paths) = match arguments.split_first() {
        Some((recipe, paths)) => (Recipe::load(recipe)?, paths.to_vec()),
        None => {
            std::fs::write(&generated, people(1_000_000))?;
            (Recipe::built_in("tandem")?, vec![generated.display().to_string()])
        }
    };
    let start = Instant::now();
    let plan = recipe.plan(&paths)?;
    println!("planned {} files in {:.1} ms", plan.files.len(), start.elapsed().as_secs_f64() * 1e3);
    for file in &plan.files {
        let start = Instant::now();
        let (mut taken, mut others) = (0_u64, 0_u64);
        for row in file.rows()? {
            match row?.outcome {
                Outcome::Taken(_) => taken += 1,
                Outcome::Rejected(_) | Outcome::Skipped(_) => others += 1,
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        let rows = taken + others;
        println!(
            "{}: {taken} taken, {others} not, {:.2} µs/row, {:.0} rows/s",
            file.name,
            seconds * 1e6 / rows.max(1) as f64,
            rows as f64 / seconds
        );
    }
    if arguments.is_empty() {
        std::fs::remove_file(&generated)?;
    }
    Ok(())
}

fn people(rows: u64) -> String {
    let mut text = String::from("person_id,name,email,phone,job_title,country,company_domain,created_at,segment,score\n");
    for n in 0..rows {
        let day = n % 28 + 1;
        text += &format!(
            "p{n},Ana Number {n},ana{n}@example.com,+351 210 {n:06},Head of Sales,Portugal,company{}.example,2024-03-{day:02} 10:15:00,mid,{}\n",
            n % 5000,
            n % 100
        );
    }
    text
}

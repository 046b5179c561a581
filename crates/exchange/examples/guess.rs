//! What a file's header and first rows are taken for: `cargo run -p exchange --example guess -- PATH..`

use exchange::{guess, table};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let mut table = table::open(path.as_ref())?;
        let rows = guess::sample(&mut table)?;
        let guess = guess::guess(&table.header, &rows);
        println!("{} ({}): {}", table.name, table.format, guess.noun.key());
        for column in guess.columns.iter().filter(|column| column.field.is_some()) {
            println!("  {:40} {:24} {:.2}", column.column, column.field.unwrap_or_default(), column.confidence);
        }
    }
    Ok(())
}

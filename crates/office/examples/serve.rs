//! Serves a home on a free port, for looking at pages while working on them: `cargo run -p office --example serve -- DIR [PORT [sample]]`.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let home = arguments.next().unwrap_or_else(|| ".tandem".into());
    let port = arguments.next().unwrap_or_else(|| "0".into());
    let office = office::Office::open(std::path::Path::new(&home), None, office::Clock::System).await?;
    if arguments.next().is_some_and(|word| word == "sample") && !office::sample_company::is_loaded(&office).await? {
        let (actor, progress) = (office::Actor::command_line(), office::imports::no_progress());
        office::sample_company::load(&office, &actor, 7, office.clock().now(), 1.0, progress).await?;
    }
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let address = listener.local_addr()?;
    println!("http://{address}{}", office::access::first_link(&office).await?.unwrap_or_default());
    office::web::serve(office, listener, std::future::pending()).await
}

//! Both engines give the same answers, to the byte.

use crate::program::Home;

#[test]
fn reports_are_the_same_on_both_engines() {
    if std::env::var(cast::POSTGRES).unwrap_or_default().is_empty() {
        eprintln!("skipped: compares with PostgreSQL where {} names a server", cast::POSTGRES);
        return;
    }
    let homes = [Home::on_sqlite(), Home::new()];
    for home in &homes {
        home.text(&["demo", "--load-only", "--scale", "0.05", "--ends-at", "2026-06-30T17:00:00Z"]);
    }
    for report in [
        &["report", "funnel", "--by", "source"][..],
        &["report", "funnel", "--by", "campaign"],
        &["report", "scoreboard", "--by", "industry"],
        &["report", "attribution", "--by", "campaign"],
        &["report", "attribution", "--by", "content", "--journey", "person"],
    ] {
        let asked = [report, &["--as-of", "2026-06-30T17:00:00Z", "--known-at", "2100-01-01", "--format", "json"]].concat();
        assert_eq!(homes[0].text(&asked), homes[1].text(&asked), "{report:?}");
    }
}

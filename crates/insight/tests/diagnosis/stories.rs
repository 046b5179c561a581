//! The four stories of `docs/sample-company.md`, found from the data: at the number, the segment and in the direction in which they are
//! told, among the first findings; with the seed of the demo and with others.

use insight::{
    diagnosis::{Digest, Finding, Found, digest},
    history::History,
};

use crate::company;

const CAMPAIGN: &str = "LinkedIn: The cloud bill guide";
const STAR: &str = "How Nordwind Logistics cut its cloud bill by 31%";
/// Labels under which Iberia can be found: the region, its countries.
const IBERIA: &[&str] = &["Iberia", "Portugal", "Spain"];
/// A reader looks at so many segments.
const FIRST: usize = 12;

fn shown(index: usize, finding: &Finding) -> String {
    let segment = finding.segment.as_ref().map(|named| format!("{}={}", named.split.key(), named.label.as_deref().unwrap_or("-")));
    let kind = match finding.found {
        Found::Moved { before, now, .. } => format!("moved {} to {}", before.from, now.from),
        Found::StandsOut { .. } => "stands out".into(),
        Found::NeverUsed { .. } => "never used".into(),
    };
    let worth = finding.worth.as_ref().map(|worth| worth.minor / 100);
    format!(
        "{index:3} {:2} {:20} {:36} {kind}: {:?} ({}) -> {:?} ({}) p {:.1e} worth {worth:?}, {} repeats",
        finding.topic,
        finding.kpi.key,
        segment.unwrap_or_default(),
        finding.against.value,
        finding.against.n,
        finding.now.value,
        finding.now.n,
        finding.p_adjusted,
        finding.repeats.len(),
    )
}

/// The finding of a number that stands out in one of the segments, in the direction told.
fn find<'a>(digest: &'a Digest, key: &str, labels: &[&str], is_higher: bool) -> Option<&'a Finding> {
    digest.findings.iter().find(|finding| {
        let named = finding.segment.as_ref().and_then(|named| named.label.as_deref());
        let stands_out = matches!(finding.found, Found::StandsOut { .. });
        let higher = finding.now.value > finding.against.value;
        finding.kpi.key == key && stands_out && named.is_some_and(|name| labels.contains(&name)) && higher == is_higher
    })
}

fn check(seed: u64, history: &History) {
    let digest = digest(history, &company::question()).expect("the sample lies inside the calendar");
    digest.findings.iter().enumerate().take(45).for_each(|(index, finding)| println!("{}", shown(index, finding)));
    println!("seed {seed}: {} findings over {} looks", digest.findings.len(), digest.looks);
    for (story, finding) in [
        ("a campaign draws the wrong industry", find(&digest, "mql_to_sal_rate", &[CAMPAIGN], false)),
        ("Iberia is followed up slowly", find(&digest, "follow_up_hours", IBERIA, true)),
        ("Iberia qualifies less", find(&digest, "sal_to_sql_rate", IBERIA, false)),
        ("a case study goes with winning", find(&digest, "deal_win_rate", &[STAR], true)),
        ("partners take long", find(&digest, "sales_cycle_days", &["partner"], true)),
        ("partners are big", find(&digest, "deal_size", &["partner"], true)),
        ("content that nobody uses", digest.findings.iter().find(|finding| matches!(finding.found, Found::NeverUsed { .. }))),
    ] {
        let topic = finding.unwrap_or_else(|| panic!("seed {seed}: {story} was not found")).topic;
        assert!(topic < FIRST, "seed {seed}: {story} comes only at {topic}");
    }
    assert_eq!(digest.unused.len(), 18);
    let campaign = find(&digest, "mql_to_sal_rate", &[CAMPAIGN], false).expect("found above");
    let (reason, times, of) = campaign.reason.as_ref().expect("rejections have reasons");
    assert!(reason.name.as_deref() == Some("wrong_industry") && times * 2 > *of, "{reason:?} {times} of {of}");
    assert!(campaign.worth.as_ref().is_some_and(|worth| worth.minor < 0 && worth.each_minor > 0));
}

#[test]
fn the_stories_of_the_sample_are_found() {
    check(sample::SEED, &company::history(sample::SEED, 1.0));
}

#[test]
fn the_stories_are_found_with_other_seeds() {
    for seed in [11, 2_026] {
        check(seed, &company::history(seed, 1.0));
    }
}

/// The same on one thread as on all.
#[test]
fn the_same_question_has_the_same_findings_on_any_number_of_threads() {
    let history = company::history(sample::SEED, 0.2);
    let told = || {
        let digest = digest(&history, &company::question()).expect("the sample lies inside the calendar");
        digest.findings.iter().enumerate().map(|(index, finding)| shown(index, finding)).collect::<Vec<_>>()
    };
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
    assert_eq!(one.install(told), told());
}

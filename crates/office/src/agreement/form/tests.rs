use alignment::{Currency, agreement::Agreement};
use proptest::prelude::*;

use super::*;

fn rich() -> Agreement {
    let mut text = Agreement::default_for(Currency::EUR, "Europe/Lisbon");
    text.ideal_customer.industries = vec!["Retail".into(), "Logistics & Transport".into()];
    text.promises.acceptance_rate_min = 0.29;
    let more = r#"
[[stages]]
criteria = { all = [
  { field = "company.employees", at_least = 50.5 },
  { field = "company.industry", one_of = ["Retail", "Food, drink"] },
  { field = "person.phone", known = false },
  { any = [{ activity = ["download", "webinar"], content_kind = "guide", within_days = 30 }, { score = "total", at_least = 60.0 }] },
  { none = [{ activity = [], times_min = 3 }] },
] }
"#;
    let read: toml::Table = toml::from_str(more).unwrap();
    text.stages[1].criteria = Some(read["stages"][0]["criteria"].clone().try_into().unwrap());
    let rest = r#"
[scoring]
fit_points_max = 40.0
[[scoring.fit]]
name = "Size"
points = -5.5
when = { field = "company.employees", at_most = 10.0 }
[[scoring.engagement]]
name = "Guide"
points = 10.0
half_life_days = 30.0
of = { activity = ["download"], campaign = "Spring" }
[routing]
[routing.fallback]
queue = "Left over"
owner = "ana@example.com"
[[routing.rules]]
name = "Known company"
to = "account_owner"
[[routing.rules]]
name = "North"
when = { any = [{ field = "company.country", not_one_of = ["Portugal"] }] }
to = { pool = "north" }
[[routing.pools]]
key = "north"
name = "North"
at_work_only = true
members = [{ user = "rui@example.com", weight = 2, open_leads_max = 30, skills = ["a", "b"] }]
[[product_lines]]
key = "a"
name = "A"
when = { field = "company.name", contains = "x" }
[revenue_target]
from = "2027-01-01T00:00:00Z"
to = "2028-01-01T00:00:00Z"
amount = { minor = 120000050, currency = "EUR" }
"#;
    let mut whole: toml::Table = toml::from_str(&text.to_toml()).unwrap();
    whole.extend(toml::from_str::<toml::Table>(rest).unwrap());
    whole.try_into().unwrap()
}

/// As a browser would bring it back.
fn sent(section: &Section, agreement: &Agreement) -> Typed {
    Typed::from_pairs(&write(section, agreement).pairs())
}

#[test]
fn every_form_reads_back_as_the_same_agreement() {
    for agreement in [rich(), Agreement::default_for(Currency::EUR, "UTC")] {
        for section in SECTIONS {
            let back = read(section, &sent(section, &agreement), &agreement);
            assert_eq!(back, Ok(agreement.clone()), "{}", section.key);
            assert_eq!(write(section, &agreement), write(section, &back.unwrap()), "{}", section.key);
        }
    }
}

#[test]
fn every_clause_can_be_edited_by_a_form() {
    // Every section read from one Agreement onto another makes the other the same.
    let mut other = Agreement::default_for("USD".parse().unwrap(), "UTC");
    for section in SECTIONS {
        other = read(section, &sent(section, &rich()), &other).unwrap();
    }
    assert_eq!(other, rich());
}

#[test]
fn buttons_change_rows() {
    let section = section("reasons").unwrap();
    let names = |typed: &Typed| typed.list_at("reasons").iter().map(|row| row.text_at("key").to_owned()).collect::<Vec<_>>();
    let before = sent(section, &rich());
    let first: Vec<_> = names(&before).into_iter().take(3).collect();
    for (command, expected) in [
        ("down:reasons.0", vec![first[1].clone(), first[0].clone(), first[2].clone()]),
        ("up:reasons.0", first.clone()),
        ("remove:reasons.1", vec![first[0].clone(), first[2].clone()]),
        ("remove:reasons.9999", first.clone()),
        ("remove:nonsense", first.clone()),
        ("nonsense", first.clone()),
    ] {
        let mut typed = before.clone();
        act(&mut typed, command);
        assert_eq!(names(&typed)[..expected.len()], expected, "{command}");
    }
    let mut typed = before.clone();
    act(&mut typed, "add:reasons");
    assert_eq!(typed.list_at("reasons").len(), before.list_at("reasons").len() + 1);
    let stages = super::section("stages").unwrap();
    let mut typed = sent(stages, &rich());
    for command in
        ["begin:stages.2.criteria", "group:stages.2.criteria", "activity:stages.2.criteria.of.1", "remove:stages.2.criteria.of.0"]
    {
        act(&mut typed, command);
    }
    let text = read(stages, &typed, &rich()).unwrap();
    let words = alignment::judging::lines(text.stages[2].criteria.as_ref().unwrap());
    assert_eq!(words.len(), 4, "{words:?}");
}

#[test]
fn what_is_wrong_stands_beside_its_input() {
    let promises = section("promises").unwrap();
    let mut typed = sent(promises, &rich());
    typed.set("promises.review_hours_max", Typed::text("soon"));
    let wrong = read(promises, &typed, &rich()).unwrap_err();
    assert_eq!(wrong[0].path, "promises.review_hours_max");
    let shown = items(promises, &typed, &Choices::default(), &wrong);
    let beside = shown.iter().any(
        |item| matches!(item, Item::Input { name, value, wrong: Some(_), .. } if name == "promises.review_hours_max" && value == "soon"),
    );
    assert!(beside);
}

proptest! {
    #[test]
    fn shares_are_the_same_after_the_form(share in 0.0..1.0_f64, points in -1e9..1e9_f64) {
        let mut text = rich();
        (text.promises.acceptance_rate_min, text.scoring.fit[0].points) = (share, points);
        for key in ["promises", "scoring"] {
            let section = section(key).unwrap();
            prop_assert_eq!(&read(section, &sent(section, &text), &text).unwrap(), &text);
        }
    }

    #[test]
    fn any_pairs_can_be_read_without_harm(pairs in prop::collection::vec(("[a-z0-9.]{0,12}", "[a-z0-9;]{0,5}"), 0..20), command in "[a-z]{0,6}:[a-z0-9.]{0,9}") {
        let mut typed = Typed::from_pairs(&pairs);
        act(&mut typed, &command);
        for section in SECTIONS {
            let _ = read(section, &typed, &rich());
            let _ = items(section, &typed, &Choices::default(), &[]);
        }
    }
}

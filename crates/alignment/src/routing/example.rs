//! The worked example of `docs/routing.md`, carried out as it stands there.

use std::collections::BTreeMap;

use super::*;
use crate::{Currency, agreement::Routing};

const DOCS: &str = include_str!("../../../../docs/routing.md");

#[derive(Deserialize)]
struct Written {
    routing: Routing,
}

#[test]
fn the_documentation_says_what_happens() {
    let (_, from_toml) = DOCS.split_once("```toml\n").unwrap();
    let (text, after) = from_toml.split_once("```").unwrap();
    let Written { routing } = toml::from_str(text).unwrap();
    let agreement = Agreement { routing, ..Agreement::default_for(Currency::EUR, "Europe/Lisbon") };
    let away = Away { from: Instant::MIN, to: "2026-11-24T09:00:00Z".parse().unwrap() };
    let team = [("Rui", 1), ("Ana", 2), ("Leo", 3)];
    let rep = |(name, user): (&str, i64)| Rep {
        user,
        name: name.into(),
        email: Some(format!("{}@us.example", name.to_lowercase())),
        is_sales: true,
        is_enabled: true,
        region: None,
        away: if name == "Ana" { vec![away] } else { Vec::new() },
        open_leads: 0,
    };
    let mut state = State::new(team.map(rep).into(), Vec::new(), None);
    let user_named = |name: &str| team.iter().find(|(known, _)| *known == name).map(|(_, user)| *user);
    let rows = after.lines().skip_while(|line| !line.starts_with("|---")).skip(1).take_while(|line| line.starts_with('|'));
    let mut said = Vec::new();
    for (number, row) in rows.clone().enumerate() {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [at, company, country, employees, owner, ..] = cells[..] else { panic!("{row}") };
        let lead = LeadToPlace {
            lead: number as i64,
            at: at.replace('Z', ":00Z").parse().unwrap(),
            owner: None,
            product_line: None,
            account: AccountMatch::Found(Account { company: 1, name: company.into(), owner: user_named(owner), how: How::Given }),
            fields: BTreeMap::from([
                ("company.country".into(), FieldValue::Text(country.into())),
                ("company.employees".into(), FieldValue::Number(employees.parse().unwrap())),
            ]),
            past: Vec::new(),
        };
        let decision = route(&agreement, &lead, &state);
        state.carry_out(&decision);
        let goes_to = match &decision.place {
            Place::Owner(owner) => state.rep(*owner).unwrap().name.clone(),
            Place::Queue { name, .. } => name.clone(),
        };
        said.push(
            format!("| {at} | {company} | {country} | {employees} | {} | {goes_to} | {} |", owner, decision.reason).replace("|  |", "| |"),
        );
    }
    assert_eq!(rows.collect::<Vec<_>>().join("\n"), said.join("\n"), "write this into docs/routing.md");
    assert_eq!(said.len(), 8);
}

use super::prelude::*;
use crate::history::History;

pub static KPI: Kpi = Kpi {
    key: "data_completeness_rate",
    name: "Data completeness",
    words: "How much of what marketing promised to fill in is filled in.",
    formula: "required fields filled / required fields, of the leads of the period",
    example: "Two leads, three required fields each, five of the six filled: 5 / 6 = 83%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Marketing,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Own(observe),
    summary: Summary::Rate,
    clip: Clip::Period,
    asides: &[],
    splits: None,
    target: |context| context.question.settings.targets.completeness_rate,
    beside: nothing_beside,
};

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let at = known(context, row)?.begins()?;
    let (hits, n) = filled(context, row);
    Some(Observation { n, hits, ..Observation::value(at, f64::from(hits) / f64::from(n.max(1))) })
}

/// (filled, required) fields of a lead.
pub fn filled(context: &Context, row: usize) -> (u32, u32) {
    let (history, required) = (context.history, &context.question.settings.required_fields);
    let person = history.people.find(history.leads.person.values()[row]);
    let company = context.view.company_of_lead(row);
    let is_filled = |field: &&String| is_filled(history, row, person, company, field);
    (required.iter().filter(is_filled).count() as u32, required.len() as u32)
}

/// Of the lead, its person or its company. Another key is one of the customer's own fields.
fn is_filled(history: &History, row: usize, person: Option<usize>, company: Option<usize>, field: &str) -> bool {
    match field {
        "name" => person.is_some_and(|row| history.people.has_name.get(row)),
        "email" => person.is_some_and(|row| history.people.has_email.get(row)),
        "phone" => person.is_some_and(|row| history.people.has_phone.get(row)),
        "job_title" => person.is_some_and(|row| history.people.has_job_title.get(row)),
        "country" => {
            let of_company = company.is_some_and(|row| history.companies.country.get(row).is_some());
            of_company || person.is_some_and(|row| history.people.country.get(row).is_some())
        }
        "company" => company.is_some(),
        "industry" => company.is_some_and(|row| history.companies.industry.get(row).is_some()),
        "employees" => company.is_some_and(|row| history.companies.employees.get(row).is_some()),
        "source" => history.leads.source.get(row).is_some(),
        own => {
            let of_company = |row| history.companies.custom.field(own).and_then(|labels| labels.get(row));
            history.leads.custom.field(own).and_then(|labels| labels.get(row)).is_some() || company.and_then(of_company).is_some()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn counts_fields() {
        let mut delta = Delta {
            companies: vec![company(10)],
            people: vec![person(1, Some(10)), person(2, None)],
            leads: vec![lead(1, "", 0.0), lead(2, "", 0.0)],
            ..Delta::default()
        };
        delta.leads[1].custom = vec![("tier".into(), "A".into())];
        let mut question = question();
        for (fields, hits, n) in [("email company", 3, 4), ("phone industry", 0, 4), ("tier", 1, 2), ("", 0, 0)] {
            question.settings.required_fields = fields.split_whitespace().map(str::to_owned).collect();
            let measure = crate::kpi::answer(&history(delta.clone()), &question, "data_completeness_rate").unwrap().measure;
            assert_eq!((measure.hits.unwrap_or(0), measure.n), (hits, n), "{fields}");
        }
    }
}

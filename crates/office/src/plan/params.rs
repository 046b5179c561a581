//! A plan as it stands in an address: a saved one, with what is tried over it. Amounts are in whole units of the currency.

use alignment::Currency;
use serde::Deserialize;

use super::body::PlanBody;
use crate::{scoreboard::params::text, ui::url, web::AppError};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PlanParams {
    /// Id of a saved plan, which the rest goes over.
    pub plan: Option<String>,
    pub customers: Option<String>,
    pub revenue: Option<String>,
    pub by: Option<String>,
    pub probability: Option<String>,
    pub lead_rate: Option<String>,
    pub mql_rate: Option<String>,
    pub sal_rate: Option<String>,
    pub sql_rate: Option<String>,
    pub deal_size: Option<String>,
    /// A month.
    pub spend: Option<String>,
    pub cycle_factor: Option<String>,
    pub reps: Option<String>,
    pub mqls_per_rep: Option<String>,
    /// The page's form: `customers` or `revenue`, and how much of it.
    pub aim: Option<String>,
    pub amount: Option<String>,
    /// The page's form: a slider that stands where the record does says nothing.
    pub sliders: Option<String>,
}

impl PlanParams {
    /// The saved plan with what is said here over it.
    pub fn over(&self, saved: Option<PlanBody>, currency: Currency) -> Result<PlanBody, AppError> {
        let mut body = saved.unwrap_or_default().in_currency(currency)?;
        let (customers, revenue) = match (text(&self.aim), &self.amount) {
            (Some("revenue"), amount) if text(amount).is_some() => (&None, amount),
            (Some("customers"), amount) if text(amount).is_some() => (amount, &None),
            _ => (&self.customers, &self.revenue),
        };
        if let Some(customers) = number("customers", customers)? {
            (body.customers, body.revenue_minor) = (Some(customers.round().max(0.0) as u64), None);
        } else if let Some(revenue) = minor("revenue", revenue, currency)? {
            (body.customers, body.revenue_minor) = (None, Some(revenue));
        }
        body.by = text(&self.by).map(str::to_owned).or(body.by);
        if let Some(spend) = minor("spend", &self.spend, currency)? {
            body.spend_minor = Some(spend);
            // A slider may stand where the record does, which says nothing: `sliders::settle` tells.
            if text(&self.sliders).is_none() {
                body.spend.clear();
            }
        }
        body.deal_size_minor = minor("deal_size", &self.deal_size, currency)?.or(body.deal_size_minor);
        for (name, said, field) in [
            ("probability", &self.probability, &mut body.probability),
            ("lead_rate", &self.lead_rate, &mut body.lead_rate),
            ("mql_rate", &self.mql_rate, &mut body.mql_rate),
            ("sal_rate", &self.sal_rate, &mut body.sal_rate),
            ("sql_rate", &self.sql_rate, &mut body.sql_rate),
            ("cycle_factor", &self.cycle_factor, &mut body.cycle_factor),
            ("reps", &self.reps, &mut body.reps),
            ("mqls_per_rep", &self.mqls_per_rep, &mut body.mqls_per_rep),
        ] {
            *field = number(name, said)?.or(*field);
        }
        body.check()?;
        Ok(body)
    }

    /// `path` with these, and `more` over them; an empty value takes one out.
    pub fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let own = [
            ("plan", &self.plan),
            ("customers", &self.customers),
            ("revenue", &self.revenue),
            ("by", &self.by),
            ("probability", &self.probability),
            ("lead_rate", &self.lead_rate),
            ("mql_rate", &self.mql_rate),
            ("sal_rate", &self.sal_rate),
            ("sql_rate", &self.sql_rate),
            ("deal_size", &self.deal_size),
            ("spend", &self.spend),
            ("cycle_factor", &self.cycle_factor),
            ("reps", &self.reps),
            ("mqls_per_rep", &self.mqls_per_rep),
            ("aim", &self.aim),
            ("amount", &self.amount),
            ("sliders", &self.sliders),
        ];
        let kept = own.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        url::with(path, kept.filter_map(|(name, value)| Some((name, text(value)?))).chain(more.iter().copied()))
    }
}

/// Also with a sign of percent: `30%` is 0.3.
fn number(name: &str, said: &Option<String>) -> Result<Option<f64>, AppError> {
    let Some(said) = text(said) else { return Ok(None) };
    let (digits, unit) = said.strip_suffix('%').map_or((said, 1.0), |digits| (digits, 0.01));
    let value = digits.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    value.map(|value| Some(value * unit)).ok_or_else(|| AppError::refused(format!("{name}: `{said}` is no number")))
}

fn minor(name: &str, said: &Option<String>, currency: Currency) -> Result<Option<i64>, AppError> {
    Ok(number(name, said)?.map(|major| (major * currency.minor_per_major() as f64).round() as i64))
}

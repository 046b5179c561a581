//! A plan as it stands in an address: a saved one, with what is tried over it. Amounts are in whole units of the currency.

use alignment::Currency;
use serde::Deserialize;

use super::{
    body::{MINOR_MAX, PlanBody, customers_within},
    lines::amount_of,
};
use crate::{
    scoreboard::params::text,
    ui::{format, url},
    web::AppError,
};

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
    /// What is aimed at where both or neither are said: `customers` or `revenue`, each with a default of its own.
    pub aim: Option<String>,
    /// How much of what is aimed at; addresses of before have it in place of `customers` or `revenue`.
    pub amount: Option<String>,
    /// The page's form: a slider that stands where the record does says nothing.
    pub sliders: Option<String>,
}

impl PlanParams {
    /// The saved plan with what is said here over it.
    pub fn over(&self, saved: Option<PlanBody>, currency: Currency) -> Result<PlanBody, AppError> {
        let mut body = saved.unwrap_or_default().in_currency(currency)?;
        match self.aim()? {
            Some(Aim::Customers) => {
                (body.customers, body.revenue_minor) = (whole("customers", self.amount_of(&self.customers))?.or(body.customers), None);
            }
            Some(Aim::Revenue) => {
                let revenue = minor("revenue", self.amount_of(&self.revenue), currency)?;
                (body.customers, body.revenue_minor) = (None, revenue.or(body.revenue_minor));
            }
            None => {}
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

    /// What is aimed at. `None`: nothing says so here.
    pub fn aim(&self) -> Result<Option<Aim>, AppError> {
        match (text(&self.aim), text(&self.customers), text(&self.revenue)) {
            (Some("customers"), ..) | (None, Some(_), None) => Ok(Some(Aim::Customers)),
            (Some("revenue"), ..) | (None, None, Some(_)) => Ok(Some(Aim::Revenue)),
            (None, None, None) => Ok(None),
            (None, Some(_), Some(_)) => Err(AppError::refused("customers and revenue: a plan aims at one of them; leave the other out")),
            (Some(aim), ..) => Err(AppError::refused(format!("aim: `{aim}`; write customers or revenue"))),
        }
    }

    fn amount_of<'a>(&'a self, own: &'a Option<String>) -> &'a Option<String> {
        if text(own).is_some() || text(&self.aim).is_none() { own } else { &self.amount }
    }

    /// How much of it is said.
    pub fn said_amount(&self, aim: Aim) -> Option<&str> {
        text(self.amount_of(match aim {
            Aim::Customers => &self.customers,
            Aim::Revenue => &self.revenue,
        }))
    }

    /// As an address says a plan that is not saved: what it leaves out is as the record has it.
    pub fn of(body: &PlanBody, currency: Currency) -> PlanParams {
        let number = |value: Option<f64>| value.map(|value| value.to_string());
        let major = |minor: Option<i64>| minor.map(|minor| amount_of(minor, currency));
        PlanParams {
            customers: body.customers.map(|count| count.to_string()),
            revenue: major(body.revenue_minor),
            by: body.by.clone(),
            probability: number(body.probability),
            lead_rate: number(body.lead_rate),
            mql_rate: number(body.mql_rate),
            sal_rate: number(body.sal_rate),
            sql_rate: number(body.sql_rate),
            deal_size: major(body.deal_size_minor),
            spend: major(body.spend_minor),
            cycle_factor: number(body.cycle_factor),
            reps: number(body.reps),
            mqls_per_rep: number(body.mqls_per_rep),
            ..PlanParams::default()
        }
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

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aim {
    Customers,
    Revenue,
}

impl Aim {
    pub fn key(self) -> &'static str {
        match self {
            Aim::Customers => "customers",
            Aim::Revenue => "revenue",
        }
    }
}

/// A part of a customer can't be won.
fn whole(name: &str, said: &Option<String>) -> Result<Option<u64>, AppError> {
    let Some(value) = number(name, said)? else { return Ok(None) };
    customers_within(value)?;
    match value.fract() == 0.0 {
        true => Ok(Some(value as u64)),
        false => Err(AppError::refused(format!(
            "{name}: `{}` is no whole number; write {} or {}",
            text(said).unwrap_or_default(),
            value.floor(),
            value.ceil()
        ))),
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
    let per_major = currency.minor_per_major() as f64;
    let Some(major) = number(name, said)? else { return Ok(None) };
    let most = MINOR_MAX as f64 / per_major;
    if !(0.0..=most).contains(&major) {
        return Err(AppError::refused(format!("{name}: write an amount in {currency} from 0 to {}", format::fixed(most, 0))));
    }
    Ok(Some((major * per_major).round() as i64))
}

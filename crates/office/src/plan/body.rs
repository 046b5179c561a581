//! What a plan says: the shape that is saved, and that the API takes.

use alignment::Currency;
use insight::plan::{self, Ask, Changes, Target};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ui::format, web::AppError};

/// A plan: its target, and what it assumes otherwise than the record says. Whatever is left out is as the record has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlanBody {
    /// Customers to win from now on; or else `revenue_minor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<u64>,
    /// Of all amounts here; the record's own where it is left out. A saved plan always names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Option<Currency>,
    /// Revenue to sign from now on, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue_minor: Option<i64>,
    /// The last day that counts: 2026-12-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The chance to plan for, from 0.05 to 0.99; 0.8 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// From lead to the next stage that is recorded, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_rate: Option<f64>,
    /// From MQL on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mql_rate: Option<f64>,
    /// From SAL on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sal_rate: Option<f64>,
    /// From SQL to customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql_rate: Option<f64>,
    /// Mean of a signed deal, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal_size_minor: Option<i64>,
    /// Marketing's spend a month, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spend_minor: Option<i64>,
    /// Spend by month and source instead; sources without any are taken to get none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spend: Vec<SpendLine>,
    /// Every step takes so many times as long, 0.25 to 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle_factor: Option<f64>,
    /// Who takes MQLs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reps: Option<f64>,
    /// MQLs that one of them takes in a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mqls_per_rep: Option<f64>,
    /// How the target is shared over regions; the shares sum to 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub territories: Vec<Territory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpendLine {
    #[schema(example = "2026-07")]
    pub month: String,
    /// As leads name it; null is what is not recorded.
    pub source: Option<String>,
    pub amount_minor: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Territory {
    pub region: String,
    /// 0 to 1.
    pub share: f64,
}

const CUSTOMERS_MAX: u64 = 100_000;
pub const MINOR_MAX: i64 = 100_000_000_000_000;
pub const SPEND_LINES_MAX: usize = 500;
const TERRITORIES_MAX: usize = 50;
const NOTE_CHARACTERS_MAX: usize = 2_000;
/// Of a region or a source.
const LABEL_CHARACTERS_MAX: usize = 200;

impl PlanBody {
    /// Refuses what makes no sense, with the field and what to write instead.
    pub fn check(&self) -> Result<(), AppError> {
        if self.customers.is_some() && self.revenue_minor.is_some() {
            return Err(AppError::refused("customers and revenue_minor: a plan aims at one of them; leave the other out"));
        }
        if let Some(by) = &self.by {
            end_of(by, &TimeZone::UTC)?;
        }
        self.customers.map_or(Ok(()), |count| customers_within(count as f64))?;
        for (name, minor) in [("revenue_minor", self.revenue_minor), ("deal_size_minor", self.deal_size_minor)] {
            within(name, minor.map(|minor| minor as f64), 1.0, MINOR_MAX as f64, "")?;
        }
        within("spend_minor", self.spend_minor.map(|minor| minor as f64), 0.0, MINOR_MAX as f64, "")?;
        within("probability", self.probability, 0.05, 0.99, ", such as 0.8 or 80%")?;
        let rates = [("lead_rate", self.lead_rate), ("mql_rate", self.mql_rate), ("sal_rate", self.sal_rate), ("sql_rate", self.sql_rate)];
        for (name, rate) in rates {
            within(name, rate, 0.0001, 0.9999, ", such as 0.3 or 30%")?;
        }
        within("cycle_factor", self.cycle_factor, 0.25, 4.0, "")?;
        within("reps", self.reps, 0.0, 100_000.0, "")?;
        within("mqls_per_rep", self.mqls_per_rep, 0.01, 100_000.0, "")?;
        self.check_lines()
    }

    fn check_lines(&self) -> Result<(), AppError> {
        if self.spend.len() > SPEND_LINES_MAX || self.territories.len() > TERRITORIES_MAX {
            return Err(AppError::refused(format!("spend has {SPEND_LINES_MAX} lines at most, territories {TERRITORIES_MAX}")));
        }
        let is_month = |text: &str| text.len() == 7 && format!("{text}-01").parse::<Date>().is_ok();
        for line in &self.spend {
            if !is_month(&line.month) {
                return Err(AppError::refused(format!("spend.month: `{}` is no month; write 2026-07", line.month)));
            }
            label("spend.source", line.source.as_deref().unwrap_or_default())?;
            within("spend.amount_minor", Some(line.amount_minor as f64), 0.0, MINOR_MAX as f64, "")?;
        }
        for territory in &self.territories {
            label("territories.region", &territory.region)?;
            within("territories.share", Some(territory.share), 0.0, 1.0, "")?;
        }
        let sum: f64 = self.territories.iter().map(|territory| territory.share).sum();
        if !self.territories.is_empty() && (sum - 1.0).abs() > 0.005 {
            return Err(AppError::refused(format!("territories: the shares sum to {:.0}%; make it 100%", sum * 100.0)));
        }
        if self.note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARACTERS_MAX) {
            return Err(AppError::refused(format!("note: {NOTE_CHARACTERS_MAX} characters at most")));
        }
        Ok(())
    }

    /// Whether anything in it is an amount of money.
    fn has_money(&self) -> bool {
        [self.revenue_minor, self.deal_size_minor, self.spend_minor].iter().any(Option::is_some) || !self.spend.is_empty()
    }

    /// With the currency named. Amounts of another one would be read as what they are not.
    pub fn in_currency(self, currency: Currency) -> Result<PlanBody, AppError> {
        match self.currency {
            Some(own) if own != currency && self.has_money() => Err(AppError::refused(format!(
                "currency: the amounts of this plan are in {own}, and {currency} is asked for; ask in {own}, or write a plan in {currency}"
            ))),
            _ => Ok(PlanBody { currency: Some(currency), ..self }),
        }
    }

    /// What this asks of the plan, where target and date are said.
    pub fn ask(&self, default: Ask, zone: &TimeZone) -> Result<Ask, AppError> {
        let target = match (self.customers, self.revenue_minor) {
            (Some(customers), _) => Target::Customers(customers),
            (None, Some(minor)) => Target::Revenue(minor),
            (None, None) => default.target,
        };
        Ok(Ask {
            target,
            by: self.by.as_deref().map_or(Ok(default.by), |text| end_of(text, zone))?,
            focus: self.probability.unwrap_or(plan::FOCUS),
            changes: self.changes(),
            ..default
        })
    }

    pub fn changes(&self) -> Changes {
        let spend =
            |line: &SpendLine| plan::SpendOf { month: line.month.clone(), source: line.source.clone(), amount_minor: line.amount_minor };
        Changes {
            lead_rate: self.lead_rate,
            mql_rate: self.mql_rate,
            sal_rate: self.sal_rate,
            sql_rate: self.sql_rate,
            deal_size_minor: self.deal_size_minor.map(|minor| minor as f64),
            spend_minor: self.spend_minor.map(|minor| minor as f64),
            spend: self.spend.iter().map(spend).collect(),
            cycle_factor: self.cycle_factor,
            reps: self.reps,
            mqls_per_rep: self.mqls_per_rep,
        }
    }
}

/// A date means its end.
pub fn end_of(text: &str, zone: &TimeZone) -> Result<alignment::Instant, AppError> {
    let refused = || AppError::refused(format!("by: `{text}` is no day; write 2026-12-31"));
    let date: Date = text.trim().parse().map_err(|_| refused())?;
    let next = date.checked_add(1.day()).map_err(|_| refused())?;
    let start = next.to_zoned(zone.clone()).map_err(|_| refused())?;
    Ok(alignment::Instant::from_timestamp(start.timestamp()))
}

fn label(name: &str, text: &str) -> Result<(), AppError> {
    match text.chars().count() > LABEL_CHARACTERS_MAX || text.contains('\0') {
        true => Err(AppError::refused(format!("{name}: {LABEL_CHARACTERS_MAX} characters at most"))),
        false => Ok(()),
    }
}

pub fn customers_within(count: f64) -> Result<(), AppError> {
    within("customers", Some(count), 1.0, CUSTOMERS_MAX as f64, "")
}

fn within(name: &str, value: Option<f64>, low: f64, high: f64, such_as: &str) -> Result<(), AppError> {
    let written = |number: f64| if number.abs() < 1000.0 { number.to_string() } else { format::fixed(number, 0) };
    match value {
        Some(value) if !(low..=high).contains(&value) => {
            let (value, low, high) = (written(value), written(low), written(high));
            Err(AppError::refused(format!("{name}: {value} can’t be planned with; write a number from {low} to {high}{such_as}")))
        }
        _ => Ok(()),
    }
}

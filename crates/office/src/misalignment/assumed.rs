//! What the record does not say: minutes and costs that are assumed, and what the field claims. All of it can be edited in the address.

use alignment::Currency;
use insight::misalignment::{Assumptions, Claims};
use serde::{Deserialize, Serialize};

use crate::{scoreboard::params::text, web::AppError};

/// As text; what is left out has its usual value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assumed {
    pub call_minutes: Option<String>,
    pub email_minutes: Option<String>,
    pub meeting_minutes: Option<String>,
    pub note_minutes: Option<String>,
    pub task_minutes: Option<String>,
    /// Reading a lead and rejecting it.
    pub decision_minutes: Option<String>,
    /// In the question's currency.
    pub hour_cost: Option<String>,
    pub piece_cost: Option<String>,
    /// Without anything logged for so many days, a lead counts as dropped.
    pub dropped_days: Option<String>,
    /// Claims of the field, in percent.
    pub claim_revenue: Option<String>,
    pub claim_unconverted: Option<String>,
    pub claim_content: Option<String>,
    /// One number, or two as `30-40`.
    pub claim_spend: Option<String>,
}

impl Assumed {
    /// From `name=value`, as on a command line.
    pub fn of(pairs: &[String]) -> Result<Assumed, AppError> {
        let mut own = Assumed::default();
        for pair in pairs {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| AppError::refused(format!("assume `{pair}`: write name=value, such as hour_cost=60")))?;
            *own.place(name.trim()).ok_or_else(|| AppError::refused(format!("assume `{name}`: nothing of this name is assumed")))? =
                Some(value.to_owned());
        }
        Ok(own)
    }

    fn place(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "call_minutes" => &mut self.call_minutes,
            "email_minutes" => &mut self.email_minutes,
            "meeting_minutes" => &mut self.meeting_minutes,
            "note_minutes" => &mut self.note_minutes,
            "task_minutes" => &mut self.task_minutes,
            "decision_minutes" => &mut self.decision_minutes,
            "hour_cost" => &mut self.hour_cost,
            "piece_cost" => &mut self.piece_cost,
            "dropped_days" => &mut self.dropped_days,
            "claim_revenue" => &mut self.claim_revenue,
            "claim_unconverted" => &mut self.claim_unconverted,
            "claim_content" => &mut self.claim_content,
            "claim_spend" => &mut self.claim_spend,
            _ => return None,
        })
    }

    pub fn read(&self, currency: Currency) -> Result<(Assumptions, Claims), AppError> {
        let per_major = currency.minor_per_major();
        let usual = Assumptions::usual(per_major);
        let minutes = |name, value: &Option<String>, usual| number(name, value, 600.0).map(|found| found.unwrap_or(usual));
        let cost = |name, value: &Option<String>, usual: i64| {
            number(name, value, 1e7).map(|found| found.map_or(usual, |major| (major * per_major as f64).round() as i64))
        };
        let assumptions = Assumptions {
            call_minutes: minutes("call_minutes", &self.call_minutes, usual.call_minutes)?,
            email_minutes: minutes("email_minutes", &self.email_minutes, usual.email_minutes)?,
            meeting_minutes: minutes("meeting_minutes", &self.meeting_minutes, usual.meeting_minutes)?,
            note_minutes: minutes("note_minutes", &self.note_minutes, usual.note_minutes)?,
            task_minutes: minutes("task_minutes", &self.task_minutes, usual.task_minutes)?,
            decision_minutes: minutes("decision_minutes", &self.decision_minutes, usual.decision_minutes)?,
            hour_cost_minor: cost("hour_cost", &self.hour_cost, usual.hour_cost_minor)?,
            piece_cost_minor: cost("piece_cost", &self.piece_cost, usual.piece_cost_minor)?,
            dropped_days: number("dropped_days", &self.dropped_days, 366.0)?
                .map_or(usual.dropped_days, |days| days.round().max(1.0) as u32),
        };
        let of_field = Claims::OF_THE_FIELD;
        let share = |name, value: &Option<String>, usual: f64| {
            number(name, value, 100.0).map(|found| found.map_or(usual, |percent| percent / 100.0))
        };
        let claims = Claims {
            revenue_lost_rate: share("claim_revenue", &self.claim_revenue, of_field.revenue_lost_rate)?,
            unconverted_rate: share("claim_unconverted", &self.claim_unconverted, of_field.unconverted_rate)?,
            unused_content_rate: share("claim_content", &self.claim_content, of_field.unused_content_rate)?,
            rejected_spend_rate: range("claim_spend", &self.claim_spend, of_field.rejected_spend_rate)?,
        };
        Ok((assumptions, claims))
    }

    /// Name, label and value of what is assumed, as a form shows it.
    pub fn fields(&self, assumptions: &Assumptions, currency: Currency) -> Vec<(&'static str, String, String)> {
        let major = |minor: i64| plain(minor as f64 / currency.minor_per_major() as f64);
        vec![
            ("call_minutes", "Minutes a call".into(), plain(assumptions.call_minutes)),
            ("email_minutes", "Minutes an e-mail".into(), plain(assumptions.email_minutes)),
            ("meeting_minutes", "Minutes a meeting".into(), plain(assumptions.meeting_minutes)),
            ("note_minutes", "Minutes a note".into(), plain(assumptions.note_minutes)),
            ("task_minutes", "Minutes a task".into(), plain(assumptions.task_minutes)),
            ("decision_minutes", "Minutes to reject a lead".into(), plain(assumptions.decision_minutes)),
            ("hour_cost", format!("An hour of a rep, {currency}"), major(assumptions.hour_cost_minor)),
            ("piece_cost", format!("A piece of content, {currency}"), major(assumptions.piece_cost_minor)),
            ("dropped_days", "Dropped after days".into(), assumptions.dropped_days.to_string()),
        ]
    }

    pub fn claim_fields(claims: &Claims) -> Vec<(&'static str, &'static str, String)> {
        let percent = |rate: f64| plain(rate * 100.0);
        let (low, high) = claims.rejected_spend_rate;
        vec![
            ("claim_revenue", "Revenue lost, %", percent(claims.revenue_lost_rate)),
            ("claim_unconverted", "Leads never converted, %", percent(claims.unconverted_rate)),
            ("claim_content", "Content never used, %", percent(claims.unused_content_rate)),
            (
                "claim_spend",
                "Ad spend on rejected leads, %",
                if low == high { percent(low) } else { format!("{}-{}", percent(low), percent(high)) },
            ),
        ]
    }

    /// As parameters of an address.
    pub fn pairs(&self) -> [(&'static str, &Option<String>); 13] {
        [
            ("call_minutes", &self.call_minutes),
            ("email_minutes", &self.email_minutes),
            ("meeting_minutes", &self.meeting_minutes),
            ("note_minutes", &self.note_minutes),
            ("task_minutes", &self.task_minutes),
            ("decision_minutes", &self.decision_minutes),
            ("hour_cost", &self.hour_cost),
            ("piece_cost", &self.piece_cost),
            ("dropped_days", &self.dropped_days),
            ("claim_revenue", &self.claim_revenue),
            ("claim_unconverted", &self.claim_unconverted),
            ("claim_content", &self.claim_content),
            ("claim_spend", &self.claim_spend),
        ]
    }
}

fn plain(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn number(name: &str, value: &Option<String>, max: f64) -> Result<Option<f64>, AppError> {
    let Some(written) = text(value) else { return Ok(None) };
    let found = written.parse().ok().filter(|number| (0.0..=max).contains(number));
    found.map(Some).ok_or_else(|| AppError::refused(format!("{name} `{written}`: write a number from 0 to {max}")))
}

fn range(name: &str, value: &Option<String>, usual: (f64, f64)) -> Result<(f64, f64), AppError> {
    let Some(written) = text(value) else { return Ok(usual) };
    let (low, high) = written.split_once('-').unwrap_or((written, written));
    let part = |part: &str| number(name, &Some(part.to_owned()), 100.0).map(|found| found.map(|percent| percent / 100.0));
    match (part(low)?, part(high)?) {
        (Some(low), Some(high)) if low <= high => Ok((low, high)),
        _ => Err(AppError::refused(format!("{name} `{written}`: write one percentage, or a lower and a higher one as 30-40"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_has_its_usual_value() {
        let (usual, claims) = Assumed::default().read(Currency::EUR).unwrap();
        assert_eq!((usual.hour_cost_minor, usual.call_minutes, claims.rejected_spend_rate), (5_000, 15.0, (0.3, 0.4)));
        let own = Assumed {
            hour_cost: Some("62.5".into()),
            claim_spend: Some("20-25".into()),
            claim_revenue: Some("8".into()),
            ..Assumed::default()
        };
        let (found, claims) = own.read(Currency::EUR).unwrap();
        assert_eq!((found.hour_cost_minor, claims.rejected_spend_rate, claims.revenue_lost_rate), (6_250, (0.2, 0.25), 0.08));
        let pairs: Vec<String> =
            own.pairs().into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_deref()?))).collect();
        assert_eq!(pairs.len(), 3);
        assert_eq!(Assumed::of(&pairs).unwrap(), own);
        assert!(Assumed::of(&["hours=3".into()]).is_err() && Assumed::of(&["hour_cost".into()]).is_err());
        for wrong in ["-1", "x", "101", "9-8", "NaN"] {
            assert!(Assumed { claim_spend: Some(wrong.into()), ..Assumed::default() }.read(Currency::EUR).is_err(), "{wrong}");
        }
    }
}

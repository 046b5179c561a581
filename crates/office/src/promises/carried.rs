//! What the settled months before a month carry over into it.

use alignment::{
    Instant,
    promise::{Ledger, Month, carry},
};
use anyhow::Context as _;
use facts::{Connection, ledger::acts};

use super::lines::{Scope, credits_and_volume};
use crate::agreement::Versions;

/// Settled months that are reckoned anew, at most: what changed in the record of an older one stays as it was settled.
const MONTHS_MAX: i64 = 6;

/// The settled months before `period` are reckoned as the record stands, so that what was corrected since goes along. Months that nobody
/// settled carry nothing.
pub async fn into(connection: &mut Connection, versions: &Versions, period: Month, as_of: Instant) -> anyhow::Result<i64> {
    let mut settled = acts::settled(connection, &period.to_string(), MONTHS_MAX).await?;
    settled.reverse();
    let mut carried = None;
    for (name, body) in settled {
        let ledger: Ledger = serde_json::from_str(&body).with_context(|| format!("the settled ledger of {name}"))?;
        let before = carried.unwrap_or(ledger.credits.carried_in);
        let scope = Scope::new(versions, ledger.period, as_of);
        let (credits, delivered) = credits_and_volume(connection, &scope).await?;
        let promised = u64::from(scope.agreement().promises.mqls_per_month_min);
        carried = Some(carry(before, delivered, promised, credits));
    }
    Ok(carried.unwrap_or(0))
}

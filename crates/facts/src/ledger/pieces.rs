//! The parts that counts and rows share, so that they can't come apart. `$1` to `$3` are the span's `from`, `to` and `before`.

/// Leads by the instant at which they first entered a stage.
macro_rules! first_into {
    ($stage:literal) => {
        concat!(
            "transitions m WHERE m.stage = '",
            $stage,
            "' AND m.at >= $1 AND m.at < $2 AND m.at < $3 AND COALESCE(m.goes_back, 0) = 0 \
             AND NOT EXISTS (SELECT 1 FROM transitions e WHERE e.lead_id = m.lead_id AND e.stage = '",
            $stage,
            "' AND (e.at < m.at OR (e.at = m.at AND e.id < m.id)))"
        )
    };
}

/// Leads by the instant at which they first became MQLs. A lead that somebody took back to MQL is no new one, and one whose rejection was
/// overturned counts with the pass that the appeal opened.
pub const MQLS: &str = concat!(
    first_into!("mql"),
    " AND NOT EXISTS (SELECT 1 FROM appeals o WHERE o.lead_id = m.lead_id AND o.decision = 'overturned' AND o.decided_at < $3)"
);
pub const SALS: &str = first_into!("sal");

/// Rejections and recycles.
pub const SENT_BACK: &str = "transitions m WHERE m.stage IN ('rejected', 'recycled') AND m.at >= $1 AND m.at < $2 AND m.at < $3";

/// Rejections of what marketing handed over, but for those overturned.
pub const REJECTED_MQLS: &str = "transitions m WHERE m.stage = 'rejected' AND m.at >= $1 AND m.at < $2 AND m.at < $3 \
     AND EXISTS (SELECT 1 FROM transitions e WHERE e.lead_id = m.lead_id AND e.stage = 'mql') \
     AND NOT EXISTS (SELECT 1 FROM appeals o WHERE o.lead_id = m.lead_id AND o.decision = 'overturned' AND o.decided_at < $3)";

/// `kept` accepted, `broken` rejected, `gone` left without a decision, `not_recorded` where the source writes no acceptance down, `open`.
pub const DECISION: &str = "CASE \
     WHEN EXISTS (SELECT 1 FROM transitions d WHERE d.lead_id = m.lead_id AND d.stage IN ('sal', 'sql', 'sales_ready', 'opportunity', 'customer') \
       AND COALESCE(d.at, d.recorded_at) < $3) THEN 'kept' \
     WHEN EXISTS (SELECT 1 FROM leads s WHERE s.id = m.lead_id AND (s.stages_recorded / 4) % 2 = 0) THEN 'not_recorded' \
     WHEN EXISTS (SELECT 1 FROM transitions d WHERE d.lead_id = m.lead_id AND d.stage = 'rejected' \
       AND COALESCE(d.at, d.recorded_at) < $3) THEN 'broken' \
     WHEN EXISTS (SELECT 1 FROM transitions d WHERE d.lead_id = m.lead_id AND d.stage IN ('recycled', 'lost') \
       AND COALESCE(d.at, d.recorded_at) < $3) THEN 'gone' \
     ELSE 'open' END";

/// Whether sales logged anything within 7 days of accepting: with the person, or on a deal of the lead. `pressing` after three quarters.
pub const LOGGED: &str = "CASE \
     WHEN EXISTS (SELECT 1 FROM leads s JOIN activities a ON a.person_id = s.person_id WHERE s.id = m.lead_id \
       AND a.at >= m.at AND a.at <= m.at + 604800000000 AND a.at < $3) THEN 'kept' \
     WHEN EXISTS (SELECT 1 FROM deals s JOIN activities a ON a.deal_id = s.id WHERE s.lead_id = m.lead_id \
       AND a.at >= m.at AND a.at <= m.at + 604800000000 AND a.at < $3) THEN 'kept' \
     WHEN m.at + 604800000000 < $3 THEN 'broken' \
     WHEN m.at + 453600000000 < $3 THEN 'pressing' ELSE 'open' END";

/// Clocks of the kind `$4` that are due in the month. Those that are void are left out by who asks.
pub const CLOCKS: &str = "clocks m WHERE m.kind = $4 AND m.due_at >= $1 AND m.due_at < $2 AND m.started_at < $3";

/// What became of a clock by then. A paused one stands still; a late one that nobody has marked yet is late all the same.
pub const CLOCK: &str = "CASE \
     WHEN m.outcome = 'kept' AND m.ended_at < $3 AND (m.breached_at IS NULL OR m.breached_at >= $3) THEN 'kept' \
     WHEN m.breached_at < $3 OR (m.outcome = 'breached' AND m.ended_at < $3) \
       THEN CASE WHEN EXISTS (SELECT 1 FROM waivers w WHERE w.clock_id = m.id AND w.revoked_at IS NULL) THEN 'waived' ELSE 'broken' END \
     WHEN m.outcome = 'void' AND m.ended_at < $3 THEN 'void' \
     WHEN m.paused_at IS NULL AND m.due_at < $3 \
       THEN CASE WHEN EXISTS (SELECT 1 FROM waivers w WHERE w.clock_id = m.id AND w.revoked_at IS NULL) THEN 'waived' ELSE 'broken' END \
     WHEN EXISTS (SELECT 1 FROM waivers w WHERE w.clock_id = m.id AND w.revoked_at IS NULL) THEN 'waived_open' \
     WHEN m.paused_at IS NULL AND m.warn_at < $3 THEN 'pressing' ELSE 'open' END";

/// 1 where the field that marketing promised is filled, else 0. `$n` is the field's name where it is one of the customer's own.
pub fn filled(field: &str, own: &str) -> String {
    let test = match field {
        "name" => "p.name IS NOT NULL".into(),
        "email" => "p.email IS NOT NULL".into(),
        "phone" => "p.phone IS NOT NULL".into(),
        "job_title" => "p.job_title IS NOT NULL".into(),
        "country" => "COALESCE(c.country, p.country) IS NOT NULL".into(),
        "company" => "COALESCE(l.company_id, p.company_id) IS NOT NULL".into(),
        "industry" => "c.industry IS NOT NULL".into(),
        "employees" => "c.employees IS NOT NULL".into(),
        "source" => "l.source IS NOT NULL".into(),
        _ => format!(
            "EXISTS (SELECT 1 FROM custom_values v WHERE v.field = {own} AND ((v.noun = 'leads' AND v.record_id = l.id) \
             OR (v.noun = 'people' AND v.record_id = l.person_id) \
             OR (v.noun = 'companies' AND v.record_id = COALESCE(l.company_id, p.company_id))))"
        ),
    };
    format!("CASE WHEN {test} THEN 1 ELSE 0 END")
}

pub fn is_own(field: &str) -> bool {
    const KNOWN: [&str; 9] = ["name", "email", "phone", "job_title", "country", "company", "industry", "employees", "source"];
    !KNOWN.contains(&field)
}

/// The lead of a row with its person and company.
pub const PARTIES: &str = "JOIN leads l ON l.id = m.lead_id LEFT JOIN people p ON p.id = l.person_id \
     LEFT JOIN companies c ON c.id = COALESCE(l.company_id, p.company_id)";

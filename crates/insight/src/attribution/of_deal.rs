//! What a deal itself says in a dimension: through the lead it came from, its company, its owner.

use crate::{
    history::{Held, History, NONE, Named},
    question::{Dimension, Filter},
};

/// A label with the id it names, both `None` where not recorded.
pub(super) type Label = (Option<String>, Option<i64>);

pub(super) fn label(history: &History, dimension: &Dimension, deal_row: usize) -> Label {
    let deals = &history.deals;
    let lead = deals.lead.get(deal_row).and_then(|lead| history.leads.find(lead));
    let company = || history.companies.find(history.deal_group(deal_row).company()?);
    let text = |label: Option<&str>| (label.map(str::to_owned), None);
    match dimension {
        Dimension::Source => text(lead.and_then(|row| history.leads.source.get(row))),
        Dimension::Campaign => named(&history.campaigns, lead.and_then(|row| history.leads.campaign.get(row))),
        Dimension::Channel => {
            let campaign = lead.and_then(|row| history.leads.campaign.get(row)).and_then(|id| history.campaigns.find(id));
            text(campaign.and_then(|row| history.campaigns.group.get(row)))
        }
        Dimension::Content => named(&history.content, lead.and_then(|row| history.leads.content.get(row))),
        Dimension::Owner => named(&history.users, deals.owner.get(deal_row)),
        Dimension::Industry => text(company().and_then(|row| history.companies.industry.get(row))),
        Dimension::Country => text(company().and_then(|row| history.companies.country.get(row))),
        Dimension::Custom(key) => {
            let of_lead = || history.leads.custom.field(key)?.get(lead?);
            let of_company = || history.companies.custom.field(key)?.get(company()?);
            text(of_lead().or_else(of_company))
        }
    }
}

pub(super) fn is_kept(history: &History, filters: &[Filter], deal_row: usize) -> bool {
    filters.iter().all(|filter| label(history, &filter.dimension, deal_row).0 == filter.value)
}

pub(super) fn named(table: &Held<Named>, id: Option<i64>) -> Label {
    match id.filter(|id| *id != NONE) {
        Some(id) => (table.find(id).and_then(|row| table.name.get(row)).map(str::to_owned), Some(id)),
        None => (None, None),
    }
}

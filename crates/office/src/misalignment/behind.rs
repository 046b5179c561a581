//! The rows behind what misalignment costs: of a part, of one campaign's share of it, or of all that was spent or not won.

use insight::{
    misalignment::{Cost, CostRow, Driver, Part, PartKind},
    rows::Table,
};

use crate::{ui::format, web::AppError};

pub struct Behind {
    pub name: String,
    pub words: &'static str,
    /// What the rows add up to; `None` where the part could not be computed.
    pub amount_minor: Option<i64>,
    /// Of it, what counts in another part already.
    pub already_counted_minor: i64,
    /// Names of parts, where the rows are of several.
    pub rows: Vec<(Table, &'static str, CostRow)>,
}

const SPENT: &str = "spent";
const NOT_WON: &str = "not_won";

/// `segment` is one of those that spend on rejected leads is looked for by, its id or its name; an empty one is what is not recorded.
pub fn behind(cost: Cost, key: &str, segment: Option<&str>) -> Result<Behind, AppError> {
    match key {
        SPENT => Ok(of_kind(cost, PartKind::Spent, "Spent for nothing", "All parts that are added up from rows.")),
        NOT_WON => {
            Ok(of_kind(cost, PartKind::NotWon, "Revenue not won", "The estimates that show a loss, shared out evenly over their leads."))
        }
        _ => {
            let part = cost.parts.into_iter().find(|part| part.key == key).ok_or_else(|| AppError::not_found("part", key))?;
            match segment {
                None => Ok(of_part(part)),
                Some(label) => of_segment(part, label),
            }
        }
    }
}

fn of_part(part: Part) -> Behind {
    Behind {
        name: part.name.to_owned(),
        words: part.words,
        amount_minor: part.amount_minor,
        already_counted_minor: part.already_counted_minor,
        rows: part.rows.into_iter().map(|row| (part.table, "", row)).collect(),
    }
}

/// How an address names a segment: by its id where it has one, as several may have one name.
pub fn segment_named(id: Option<i64>, label: Option<&str>) -> Option<String> {
    id.map(|id| id.to_string()).or(label.map(str::to_owned))
}

fn of_segment(part: Part, wanted: &str) -> Result<Behind, AppError> {
    let found: Vec<Driver> = part.drivers.into_iter().filter(|driver| is_named(driver, wanted)).collect();
    let first = found.first().ok_or_else(|| AppError::not_found("segment", wanted))?;
    Ok(Behind {
        name: format!("{}, {}", part.name, format::label(first.label.as_deref())),
        words: part.words,
        amount_minor: Some(found.iter().map(|driver| driver.amount_minor).sum()),
        already_counted_minor: 0,
        rows: found.into_iter().flat_map(|driver| driver.rows).map(|row| (part.table, "", row)).collect(),
    })
}

/// By its id, or by its name, which it may share.
fn is_named(driver: &Driver, wanted: &str) -> bool {
    driver.id.is_some_and(|id| id.to_string() == wanted) || driver.label.as_deref().unwrap_or_default() == wanted
}

fn of_kind(cost: Cost, kind: PartKind, name: &str, words: &'static str) -> Behind {
    let parts = || cost.parts.iter().filter(|part| part.kind == kind && part.shows_loss != Some(false));
    Behind {
        name: name.to_owned(),
        words,
        amount_minor: Some(parts().filter_map(|part| part.amount_minor).sum()),
        already_counted_minor: parts().map(|part| part.already_counted_minor).sum(),
        rows: parts().flat_map(|part| part.rows.iter().map(|row| (part.table, part.name, row.clone()))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driver(id: Option<i64>, label: Option<&str>) -> Driver {
        Driver {
            label: label.map(str::to_owned),
            id,
            amount_minor: 0,
            leads: 0,
            rejected: 0,
            decided: 0,
            rejection_rate: None,
            interval: None,
            rate_elsewhere: None,
            p_adjusted: None,
            stands_out: false,
            excess_minor: 0,
            reason: None,
            rows: Vec::new(),
        }
    }

    #[test]
    fn of_two_campaigns_of_one_name_each_is_linked_alone() {
        let drivers = [driver(Some(4), Some("Spring")), driver(Some(5), Some("Spring")), driver(None, Some("web")), driver(None, None)];
        let found = |wanted: &str| (0..drivers.len()).filter(|place| is_named(&drivers[*place], wanted)).collect::<Vec<_>>();
        for (place, driver) in drivers.iter().enumerate() {
            let named = segment_named(driver.id, driver.label.as_deref());
            assert_eq!(found(named.as_deref().unwrap_or_default()), [place], "{named:?}");
        }
        assert_eq!((found("Spring"), found("Autumn")), (vec![0, 1], vec![]), "a name is of all that have it");
    }
}

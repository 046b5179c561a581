//! The rows behind what misalignment costs: of a part, of one campaign's share of it, or of all that was spent or not won.

use insight::{
    misalignment::{Cost, CostRow, Part, PartKind},
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

/// `segment` is one of those that spend on rejected leads is looked for by; an empty one is what is not recorded.
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

fn of_segment(part: Part, label: &str) -> Result<Behind, AppError> {
    let found = part.drivers.into_iter().find(|driver| driver.label.as_deref().unwrap_or_default() == label);
    let driver = found.ok_or_else(|| AppError::not_found("segment", label))?;
    Ok(Behind {
        name: format!("{}, {}", part.name, format::label(driver.label.as_deref())),
        words: part.words,
        amount_minor: Some(driver.amount_minor),
        already_counted_minor: 0,
        rows: driver.rows.into_iter().map(|row| (part.table, "", row)).collect(),
    })
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

//! The design system: the frame around every page, and the one place each for formats, charts and addresses.

pub mod behind;
pub mod charts;
pub mod exhibit;
pub mod format;
pub mod frame;
pub mod judged;
pub mod known;
pub mod kpi;
mod money_unit;
pub mod named;
pub mod nav;
pub mod pager;
pub mod past;
pub mod url;

pub use behind::{Behind, BehindPage};
pub use charts::Svg;
pub use exhibit::Exhibit;
pub use frame::{Frame, Toast};
pub use judged::Judged;
pub use money_unit::MoneyUnit;
pub use named::Named;
pub use pager::{PageOf, Pager};

use crate::web::assets;

/// Address of an asset, for templates.
pub fn asset(name: &str) -> &'static str {
    assets::url(name)
}

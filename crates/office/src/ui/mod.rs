//! The design system: the frame around every page, and the one place each for formats, charts and addresses.

pub mod charts;
pub mod exhibit;
pub mod format;
pub mod frame;
pub mod judged;
pub mod kpi;
pub mod nav;
pub mod url;

pub use charts::Svg;
pub use exhibit::Exhibit;
pub use frame::{Frame, Toast};
pub use judged::Judged;

use crate::web::assets;

/// Address of an asset, for templates.
pub fn asset(name: &str) -> &'static str {
    assets::url(name)
}

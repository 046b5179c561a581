//! Pictures of numbers as SVG, drawn from plain data: readable aloud, right in dark mode and in print, and whole when saved as a file.
//!
//! One struct per picture, in a file of its own. Values come with the text that stands for them, since the crate knows nothing of
//! money or time zones. Colour comes from classes; nothing is told by colour alone; no mark needs an id, so that any number
//! of pictures fit on one page.

mod bars;
mod canvas;
mod comparison;
mod curves;
mod fan;
mod funnel;
mod heat_map;
mod legend;
mod pacing;
mod plot;
mod sankey;
mod scatter_line;
mod svg;
mod text;
mod tone;
mod trend;
mod unit;
mod waterfall;

pub use bars::{Bar, Bars};
pub use canvas::Canvas;
pub use comparison::{Comparison, ComparisonRow};
pub use curves::{Curve, CurvePoint, Curves, Shape};
pub use fan::{Fan, FanPoint, FanStep};
pub use funnel::{Funnel, FunnelScale, FunnelStage};
pub use heat_map::{HeatCell, HeatMap, HeatRow};
pub use pacing::{Pacing, PacingPoint};
pub use sankey::{Sankey, SankeyLink, SankeyNode};
pub use scatter_line::{ScatterLine, ScatterPoint};
pub use svg::{Picture, STYLE, Svg, Width, draw, standalone};
pub use tone::Tone;
pub use trend::{Target, Trend, TrendPoint};
pub use unit::Unit;
pub use waterfall::{Step, Total, Waterfall};

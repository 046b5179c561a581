//! From a picture to markup: inside a page, or as a file of its own.

use std::fmt;

use crate::{
    canvas::Canvas,
    text::{escape, n},
};

/// Finished markup. Everything in it that came from outside is escaped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Svg(pub String);

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How wide a picture is drawn. Text keeps its size, so each width has its own thinning of labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// For phones.
    Narrow,
    /// For half a page, and for files.
    #[default]
    Normal,
    /// For a whole page.
    Wide,
}

impl Width {
    pub fn units(self) -> f64 {
        match self {
            Width::Narrow => 360.0,
            Width::Normal => 720.0,
            Width::Wide => 1080.0,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Width::Narrow => "p-narrow",
            Width::Normal => "p-normal",
            Width::Wide => "p-wide",
        }
    }
}

/// What all pictures have.
pub trait Picture {
    fn title(&self) -> &str;
    /// What there is to see, in words, for whoever can't see it.
    fn summary(&self) -> &str;
    /// Paints and says how high it became.
    fn paint(&self, canvas: &mut Canvas) -> f64;
}

/// For a page, whose style sheet holds [`STYLE`].
pub fn draw(picture: &dyn Picture, width: Width) -> Svg {
    Svg(markup(picture, width, true, "", ""))
}

/// As a whole `.svg` file with its own styles, light and dark.
pub fn standalone(picture: &dyn Picture) -> String {
    let (light, dark) = (with_colours(0), with_colours(1));
    let style = format!("<style>{light}@media (prefers-color-scheme:dark){{{dark}}}</style>");
    let header = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    header.to_owned() + &markup(picture, Width::Normal, false, &style, " xmlns=\"http://www.w3.org/2000/svg\"")
}

/// How pictures look, in terms of the design's tokens.
pub const STYLE: &str = include_str!("picture.css");

/// The tokens that [`STYLE`] needs: name, light, dark.
const TOKENS: &[(&str, [&str; 2])] = &[
    ("--ink", ["#14181f", "#e8ebf0"]),
    ("--ink-2", ["#4a5361", "#a9b1bd"]),
    ("--ink-3", ["#5f6875", "#8f98a5"]),
    ("--line", ["#e4e7ec", "#262b33"]),
    ("--line-2", ["#cfd4dc", "#3a414c"]),
    ("--card", ["#ffffff", "#15191f"]),
    ("--hover", ["#f0f2f5", "#1c2129"]),
    ("--marketing", ["#6941c6", "#b497ff"]),
    ("--sales", ["#0a736d", "#4fd1c5"]),
    ("--success", ["#a04f00", "#ffb35c"]),
    ("--good", ["#17713f", "#5fd39a"]),
    ("--bad", ["#b72b24", "#ff8a80"]),
    ("--focus", ["#2f6bff", "#7aa2ff"]),
];

/// Viewers and office programs know no variables, so a file has the colours themselves.
fn with_colours(scheme: usize) -> String {
    let own = ".picture{font-family:Inter,system-ui,sans-serif;background:var(--card)}";
    let colour = |style: String, (name, values): &(&str, [&str; 2])| style.replace(&format!("var({name})"), values[scheme]);
    TOKENS.iter().fold(format!("{STYLE}{own}"), colour)
}

/// A file has no page around it, so it brings its own margin and says its title.
const MARGIN: f64 = 16.0;

fn markup(picture: &dyn Picture, width: Width, in_page: bool, style: &str, namespace: &str) -> String {
    let mut canvas = Canvas::new(width, in_page);
    let height = picture.paint(&mut canvas).max(1.0);
    let (title, summary) = (escape(picture.title()), escape(picture.summary()));
    let desc = if summary.is_empty() { String::new() } else { format!("<desc>{summary}</desc>") };
    let (left, top) = if in_page { (0.0, 0.0) } else { (MARGIN, MARGIN + 24.0) };
    let (full_width, full_height) = (width.units() + left * 2.0, height + top + if in_page { 0.0 } else { MARGIN });
    let size = if in_page { String::new() } else { format!(r#" width="{}" height="{}""#, n(full_width), n(full_height)) };
    let marks = canvas.finish();
    // What is inside an image can't be reached by the keyboard or read aloud, and links must be.
    let role = if marks.contains("<a ") { "group" } else { "img" };
    let head = if in_page { String::new() } else { format!(r#"<text class="p-title" x="0" y="-14">{title}</text>"#) };
    format!(
        r#"<svg{namespace} class="picture {}" viewBox="{} {} {} {}"{size} role="{role}" aria-label="{title}"><title>{title}</title>{desc}{style}{head}{marks}</svg>"#,
        width.class(),
        n(-left),
        n(-top),
        n(full_width),
        n(full_height),
    )
}

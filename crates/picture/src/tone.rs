/// What a mark belongs to. Colours have one meaning everywhere: violet is marketing's, teal is sales', ink is what both own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Ink,
    Marketing,
    Sales,
    /// What customers bring.
    Success,
    Good,
    Bad,
    Quiet,
}

impl Tone {
    /// By the name of a side, as pages know it; anything else is ink.
    pub fn of_side(side: &str) -> Tone {
        match side {
            "marketing" => Tone::Marketing,
            "sales" => Tone::Sales,
            "success" => Tone::Success,
            _ => Tone::Ink,
        }
    }

    pub(crate) fn class(self) -> &'static str {
        match self {
            Tone::Ink => "p-ink",
            Tone::Marketing => "p-marketing",
            Tone::Sales => "p-sales",
            Tone::Success => "p-success",
            Tone::Good => "p-good",
            Tone::Bad => "p-bad",
            Tone::Quiet => "p-quiet",
        }
    }
}

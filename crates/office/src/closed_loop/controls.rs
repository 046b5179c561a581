//! What a person can set on the page: goal, whose journey, how far back, and the order of the chain.

use insight::question::{Goal, Journey, Question};

/// (value, name, chosen)
pub type Choice = (String, String, bool);

pub struct Settings {
    pub goals: Vec<Choice>,
    pub journeys: Vec<Choice>,
    pub lookbacks: Vec<Choice>,
    pub orders: Vec<Choice>,
    /// Whether something other than the usual is set, so that the form stands open.
    pub is_own: bool,
    pub words: String,
}

const LOOKBACKS: [u32; 5] = [30, 60, 90, 180, 365];

pub fn settings(question: &Question, is_own: bool) -> Settings {
    let settings = &question.settings;
    let goal = |goal: Goal| {
        let name = match goal {
            Goal::Revenue => "Revenue",
            Goal::Pipeline => "Pipeline",
            Goal::Customers => "Customers",
        };
        (goal.key().to_owned(), name.to_owned(), goal == settings.goal)
    };
    let mut lookbacks = LOOKBACKS.to_vec();
    if !lookbacks.contains(&settings.lookback_days) {
        lookbacks.push(settings.lookback_days);
        lookbacks.sort_unstable();
    }
    let is_person = settings.journey == Journey::Person;
    Settings {
        goals: Goal::ALL.into_iter().map(goal).collect(),
        journeys: vec![
            ("company".into(), "Everybody at the company".into(), !is_person),
            ("person".into(), "The people on the deal".into(), is_person),
        ],
        lookbacks: lookbacks.into_iter().map(|days| (days.to_string(), format!("{days} days"), days == settings.lookback_days)).collect(),
        orders: (1..=3).map(|order| (order.to_string(), order.to_string(), order == settings.markov_order)).collect(),
        is_own,
        words: words(question),
    }
}

/// Which touches count.
pub fn words(question: &Question) -> String {
    let settings = &question.settings;
    let journey = match settings.journey {
        Journey::Person => "the people on the deal",
        Journey::Company => "everybody at the company",
    };
    let end = match settings.goal {
        Goal::Revenue => "the signature",
        Goal::Pipeline => "the deal was opened",
        Goal::Customers => "the first signature",
    };
    format!("Touches of {journey} in the {} days before {end}.", settings.lookback_days)
}

//! The description of what stands with the pages that show it: the Agreement and the reports. Their JSON is the contract of the command
//! line too, and is described in words.

use utoipa::openapi::{
    ContentBuilder, ObjectBuilder, Ref, ResponseBuilder, Type,
    path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn},
    security::SecurityRequirement,
};

use super::describe::path_parameters;

/// A `GET` that answers with JSON.
pub struct Told {
    pub path: &'static str,
    summary: &'static str,
    words: &'static str,
    /// (name, words)
    parameters: &'static [(&'static str, &'static str)],
}

const QUESTION: &[(&str, &str)] = &[
    ("as_of", "An instant, or a date, which means its end: nothing later counts. Default: now."),
    ("known_at", "An instant: nothing that was learned later counts. Default: now."),
    (
        "period",
        "`all`, `this_month`, `last_quarter`, `last_12_months`, `2026-03`, `2026`, or `2026-01-01..2026-04-01` (the end is not included).",
    ),
    (
        "by",
        "`source`, `campaign`, `channel`, `content`, `owner`, `industry`, `country`, `rejection_reason`, `custom:<field>`, or `tag:<key>`, a tag of touches.",
    ),
    ("filter", "`dimension=value`, or `dimension=` for not recorded; several are separated by `;`, which is `\\;` inside a value."),
    (
        "model",
        "`first`, `last`, `linear`, `time_decay`, `u`, `w`, `full_path`, `markov`, `shapley`; for attribution also several, or `all`.",
    ),
    ("journey", "`person` or `company`: whose touches a deal's journey is made of."),
    ("lookback_days", "Touches older than this before the signature get no share."),
    ("goal", "`revenue` (won deals), `pipeline` (opened deals) or `customers` (first signatures): what attribution shares out."),
    ("markov_order", "`1`, `2` or `3`: how many of the last touches the Markov model's next step hangs on."),
    ("currency", "ISO 4217. Default: the Agreement's."),
    ("margin", "Share of the revenue that is left after what is delivered for it, 0 to 1: for how soon a customer pays back."),
];

const ROWS: &[(&str, &str)] = &[
    ("as_of", "As for the scoreboard; so are `known_at`, `period`, `by` and `filter`."),
    ("known_at", ""),
    ("period", ""),
    ("by", ""),
    ("filter", ""),
    ("segment", "One value of the dimension; empty is what is not recorded."),
    ("offset", "Rows to leave out from the first."),
    ("limit", "1 to 1,000; 100 unless said."),
];

const COHORTS: &[(&str, &str)] = &[
    ("from", "The stage that makes the cohort: `lead`, `mql`, `sal`, `sql`, `sales_ready` or `opportunity`. Default: `mql`."),
    ("to", "A later stage. Default: `sql`, or `customer` where SQLs are not recorded."),
    ("every", "`month` or `quarter`."),
    ("ages", "Days since entering, up to 12 of them. Default: `30,60,90,180`."),
    ("as_of", "As for the scoreboard; so are `known_at`, `period`, `by` and `filter`."),
    ("known_at", ""),
    ("period", ""),
    ("by", ""),
    ("filter", ""),
];

const JOURNEYS: &[(&str, &str)] = &[
    ("by", "What steps are: `channel` (unless said), `source`, `campaign`, `content`, or `tag:<key>`, a tag of the touches."),
    ("steps", "`merged` (unless said: consecutive touches with one label are one step) or `each`."),
    ("through", "Only journeys through these labels, up to 10, separated by `;`: a name, `id:<number>`, or `none` for not recorded."),
    ("begins", "Only journeys whose first step is this label."),
    ("ends", "Only journeys whose last step is this label."),
    ("order", "`journeys` (unless said) or `conversions`: which are told one by one."),
    ("rows", "How many are told one by one: 1 to 1,000; 20 unless said."),
    ("layers", "Steps of the flow: 2 to 6; 4 unless said."),
    ("as_of", "As for attribution; so are `known_at`, `period`, `filter`, `goal`, `journey`, `lookback_days` and `currency`."),
    ("known_at", ""),
    ("period", ""),
    ("filter", ""),
    ("goal", ""),
    ("journey", ""),
    ("lookback_days", ""),
    ("currency", ""),
];

const JOURNEY_ROWS: &[(&str, &str)] = &[
    ("row", "The `key` of a journey, `rest` or `total` (unless said); with all other parameters of the journeys."),
    ("offset", "Rows to leave out from the first."),
    ("limit", "1 to 1,000; 100 unless said."),
];

const COHORT_ROWS: &[(&str, &str)] = &[
    ("cohort", "The first day of a cohort, such as `2026-03-01`; with all other parameters of the cohorts."),
    ("age_days", "A row is a hit if it had converted by this age."),
    ("segment", "One value of the dimension; empty is what is not recorded."),
    ("stage", "A stage of the times; with `table` (`leads` or `deals`) and `part` (`entered`, `moved_on`, `left`, `open` or `stuck`)."),
    ("faults", "With any value: the leads that were left out because they ended before they began."),
    ("offset", "Rows to leave out from the first."),
    ("limit", "1 to 1,000; 100 unless said."),
];

const PLAN: &[(&str, &str)] = &[
    ("customers", "Customers to win from now on; or else `revenue`. Default: what is missing from the Agreement's revenue target."),
    ("revenue", "Revenue to sign from now on, in whole units of the currency."),
    ("by", "The last day that counts, such as `2026-12-31`."),
    ("probability", "The chance to plan for, `0.8` or `80%`; from 0.05 to 0.99."),
    ("plan", "Id of a saved plan, which the rest goes over."),
    ("lead_rate", "Assume this rate from lead to the next stage that is recorded, 0 to 1; so `mql_rate`, `sal_rate` and `sql_rate`."),
    ("mql_rate", ""),
    ("sal_rate", ""),
    ("sql_rate", ""),
    ("deal_size", "Assume this mean of a signed deal, in whole units."),
    ("spend", "The chance of the target with this spend a month, in whole units."),
    ("cycle_factor", "Every step takes so many times as long, 0.25 to 4."),
    ("reps", "Reps who take MQLs."),
    ("mqls_per_rep", "MQLs that each of them takes in a month."),
    ("as_of", "As for the scoreboard; so are `known_at`, `filter` and `currency`."),
    ("known_at", ""),
    ("filter", ""),
    ("currency", ""),
];

const WHY: &[(&str, &str)] = &[
    ("number", "The number's key, such as `mql_to_sal_rate`. Needed."),
    ("period", "The later period; `last_quarter` unless said."),
    ("against", "The earlier one: `before` (unless said), `year_ago`, or a period."),
    ("by", "What to take the change apart by: a dimension, or `reason` for rejections. Unless said, by all."),
    ("as_of", "As for the scoreboard; so are `known_at`, `filter` and `currency`."),
    ("known_at", ""),
    ("filter", ""),
    ("currency", ""),
];

const WHY_FINDINGS: &[(&str, &str)] =
    &[("as_of", "As for the scoreboard; so are `known_at`, `filter` and `currency`."), ("known_at", ""), ("filter", ""), ("currency", "")];

const WHY_ROWS: &[(&str, &str)] = &[
    ("number", "With `period`, `against`, `by`, `as_of`, `known_at` and `filter` as for the change itself."),
    ("period", ""),
    ("against", ""),
    ("by", "Also `sent_content`, for deals."),
    ("side", "`before`, `same_age` (the earlier period when it was as old as the later one is) or `now`."),
    ("segment", "A value of `by`, by name or id; empty is what is not recorded. Without it, all rows."),
    ("as_of", ""),
    ("known_at", ""),
    ("filter", ""),
    ("offset", "Rows to leave out from the first."),
    ("limit", "1 to 1,000; 100 unless said."),
];

const MISALIGNMENT: &[(&str, &str)] = &[
    ("as_of", "As for the scoreboard; so are `known_at`, `period` (the last twelve months unless said), `by`, `filter` and `currency`."),
    ("known_at", ""),
    ("period", ""),
    ("by", "Where waste and quarrels are looked into. Unless said: waste by campaign, quarrels by sales region (or country) and owner."),
    ("filter", ""),
    ("currency", ""),
    ("call_minutes", "Assumed; so are `email_minutes`, `meeting_minutes`, `note_minutes`, `task_minutes` and `decision_minutes`."),
    ("hour_cost", "Assumed cost of an hour of a rep, in whole units; so is `piece_cost` for a piece of content."),
    ("dropped_days", "A lead with nothing logged in so many days after it was accepted counts as dropped; 14 unless said."),
    ("claim_revenue", "What the field claims, in percent; so are `claim_unconverted`, `claim_content` and `claim_spend` (`30-40`)."),
];

const MISALIGNMENT_ROWS: &[(&str, &str)] = &[
    ("as_of", "As for the report itself; so is everything else."),
    ("offset", "Rows to leave out from the first."),
    ("limit", "1 to 1,000; 100 unless said."),
];

const EFFECT_ROWS: &[(&str, &str)] = &[
    ("number", "A number's key; `mql_to_sql_rate` unless said."),
    ("side", "`before` (unless said) or `after`."),
    ("span", "`now` (unless said) or `year_ago`."),
    ("version", "As for the effect itself; so are `at`, `window_days`, `within_days`, `as_of`, `known_at`, `filter` and `currency`."),
    ("at", ""),
    ("offset", "Rows to leave out from the first."),
    ("limit", "1 to 1,000; 100 unless said."),
];

const EFFECT: &[(&str, &str)] = &[
    ("at", "A day to compare around, instead of the versions of the Agreement."),
    ("version", "Only this version."),
    ("window_days", "Days before and after, 14 to 366; 90 unless said."),
    ("within_days", "What leads brought in so many days counts; half of the time since, up to the Agreement's horizon, unless said."),
    ("as_of", "As for the scoreboard; so are `known_at`, `filter` and `currency`."),
    ("known_at", ""),
    ("filter", ""),
    ("currency", ""),
];

const FORECAST: &[(&str, &str)] = &[
    ("months", "Whole months after the one under way, 1 to 12. Default: 6."),
    ("replicates", "Draws, 100 to 10,000. Default: 10,000."),
    ("seed", "The same seed draws the same. Default: 1."),
    ("as_of", "As for the scoreboard; so are `known_at`, `filter` and `currency`."),
    ("known_at", ""),
    ("by", "What the open deals are broken down by."),
    ("filter", ""),
    ("currency", ""),
];

pub static TOLD: &[Told] = &[
    Told {
        path: "/api/v1/reports/misalignment",
        summary: "What misalignment costs",
        words: "Spend, hours and content for nothing, added up from rows; revenue not won, estimated with intervals; no euro twice; the field's claims beside it.",
        parameters: MISALIGNMENT,
    },
    Told {
        path: "/api/v1/reports/misalignment/{key}/rows",
        summary: "The rows behind a part of the cost",
        words: "They add up to its amount.",
        parameters: MISALIGNMENT_ROWS,
    },
    Told {
        path: "/api/v1/reports/quarrels",
        summary: "The four known quarrels, answered from the record",
        words: "Evidence for and against, where it is true, causes and remedies.",
        parameters: MISALIGNMENT,
    },
    Told {
        path: "/api/v1/reports/quarrels/{key}/rows",
        summary: "The leads behind a point of a quarrel",
        words: "By the point's key, where it has rows.",
        parameters: MISALIGNMENT_ROWS,
    },
    Told {
        path: "/api/v1/reports/effect",
        summary: "What went with each version of the Agreement",
        words: "Before and after it took effect, with as much time on both sides, and the same season a year ago. It claims no cause.",
        parameters: EFFECT,
    },
    Told {
        path: "/api/v1/reports/effect/rows",
        summary: "The rows behind a figure of the effect",
        words: "`number` (such as `mql_to_sql_rate`), `side` (`before`, `after`) and `span` (`now`, `year_ago`), with `version` or `at`. They add up to it.",
        parameters: EFFECT_ROWS,
    },
    Told {
        path: "/api/v1/reports/plan",
        summary: "What a target takes",
        words: "SQLs, SALs, MQLs, leads and spend for so many customers or so much revenue by a date, at 50, 80 and 95%; by month and source; against capacity, the promised volume and the revenue target.",
        parameters: PLAN,
    },
    Told {
        path: "/api/v1/reports/plan/backtest",
        summary: "How plans of past months did",
        words: "The customers that plans of the last twelve months would have expected within 90 days, with their bands, and who came.",
        parameters: QUESTION,
    },
    Told {
        path: "/api/v1/reports/journeys",
        summary: "Common journeys, and where they part",
        words: "The touches before each deal, and of whoever has none yet, as steps: rows and rest add up to the total, and what flows into a step flows out of it.",
        parameters: JOURNEYS,
    },
    Told {
        path: "/api/v1/reports/journeys/rows",
        summary: "The journeys behind a row",
        words: "Deals first, then companies or people still under way. They add up to the row.",
        parameters: JOURNEY_ROWS,
    },
    Told {
        path: "/api/v1/agreement",
        summary: "The Agreement in force",
        words: "Its number, the instant from which it judges, and its text.",
        parameters: &[],
    },
    Told { path: "/api/v1/agreements", summary: "All versions of the Agreement", words: "Newest first.", parameters: &[] },
    Told { path: "/api/v1/agreements/{id}", summary: "One version of the Agreement", words: "By its number.", parameters: &[] },
    Told {
        path: "/api/v1/reports/funnel",
        summary: "How far leads came",
        words: "Leads, MQLs, SALs, SQLs, customers and revenue by one dimension; null where a stage is not recorded.",
        parameters: QUESTION,
    },
    Told {
        path: "/api/v1/reports/scoreboard",
        summary: "All numbers of the scoreboard",
        words: "Each with its sample size and interval.",
        parameters: QUESTION,
    },
    Told {
        path: "/api/v1/reports/scoreboard/{key}/rows",
        summary: "The rows behind a number",
        words: "The records that it was counted from.",
        parameters: ROWS,
    },
    Told {
        path: "/api/v1/reports/why",
        summary: "Why a number moved",
        words: "Its change between two periods, taken apart by segment into volume, rate, mix and timing; the parts sum to it. With what chance alone hardly explains.",
        parameters: WHY,
    },
    Told {
        path: "/api/v1/reports/why/findings",
        summary: "What stands out now",
        words: "Segments of all main numbers that stand out or moved, the surest first, adjusted over all that was looked at.",
        parameters: WHY_FINDINGS,
    },
    Told {
        path: "/api/v1/reports/why/rows",
        summary: "The rows behind a change",
        words: "Of one side of the number or of one of its segments; they add up to it.",
        parameters: WHY_ROWS,
    },
    Told {
        path: "/api/v1/reports/attribution",
        summary: "Revenue shared out over touches",
        words: "By one model or by all that there are: shares sum to the revenue to the cent. Beside them the range over models, a \
                bootstrap interval for the chosen model, spend and its return, and what customers say themselves.",
        parameters: QUESTION,
    },
    Told {
        path: "/api/v1/reports/cohorts",
        summary: "Cohorts by age",
        words: "Leads by when they entered a stage, the share that reached a later one by each age, and the days spent in each stage.",
        parameters: COHORTS,
    },
    Told {
        path: "/api/v1/reports/cohorts/rows",
        summary: "The rows behind a figure of the cohorts",
        words: "Leads or deals, with when they entered, how that ended, and after how many days.",
        parameters: COHORT_ROWS,
    },
    Told {
        path: "/api/v1/reports/forecast",
        summary: "Revenue by month to come",
        words: "Months with their 50, 80 and 95% bands, the backtest beside them, and the open deals with their probability and expected date.",
        parameters: FORECAST,
    },
];

impl Told {
    pub fn operation(&self) -> Operation {
        let noun = self.path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default();
        let tag = if noun == "agreement" { "agreements" } else { noun };
        let id = format!("get_{}", self.path.trim_start_matches("/api/v1/").replace(['/', '{', '}'], "_"));
        let query = self.parameters.iter().map(|(name, words)| {
            let text = ObjectBuilder::new().schema_type(Type::String);
            ParameterBuilder::new().name(*name).parameter_in(ParameterIn::Query).description(Some(*words)).schema(Some(text)).build()
        });
        let content = ContentBuilder::new().schema(Some(ObjectBuilder::new())).build();
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        OperationBuilder::new()
            .tag(tag)
            .operation_id(Some(id))
            .summary(Some(self.summary))
            .description(Some(format!("{} Token scope: `read`.", self.words)))
            .security(SecurityRequirement::new("token", ["read"]))
            .parameters(Some(path_parameters(self.path).into_iter().chain(query)))
            .response("200", ResponseBuilder::new().description("Done.").content("application/json", content))
            .response(
                "default",
                ResponseBuilder::new().description("What was wrong, and what to do.").content("application/problem+json", problem),
            )
            .build()
    }
}

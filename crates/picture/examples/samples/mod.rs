//! One example of each picture, as a company's pages would fill it in: also with long names, gaps, young cohorts and loss.

use picture::*;

fn text(words: &str) -> String {
    words.to_owned()
}

const MONTHS: [&str; 12] = [
    "Jul 2025", "Aug 2025", "Sep 2025", "Oct 2025", "Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026", "May 2026",
    "Jun 2026",
];

pub fn all() -> Vec<(&'static str, Box<dyn Picture>)> {
    vec![
        ("funnel", Box::new(funnel())),
        ("trend", Box::new(trend())),
        ("heat-map", Box::new(heat_map())),
        ("sankey", Box::new(sankey())),
        ("comparison", Box::new(comparison())),
        ("waterfall", Box::new(waterfall())),
        ("pacing", Box::new(pacing())),
        ("fan", Box::new(fan())),
        ("curves", Box::new(curves())),
        ("calibration", Box::new(calibration())),
        ("bars", Box::new(bars())),
    ]
}

pub fn funnel() -> Funnel {
    let stage = |name: &str, count: Option<f64>, shown: &str, share: &str, tone| FunnelStage {
        name: text(name),
        count,
        shown: text(shown),
        share: text(share),
        tone,
        href: Some(format!("/leads?stage={}", name.to_lowercase())),
    };
    Funnel {
        title: text("Funnel"),
        summary: text("4,210 leads became 1,180 MQLs, 702 SALs and 310 SQLs; opportunities were not recorded; 64 customers."),
        scale: FunnelScale::Logarithmic,
        stages: vec![
            stage("Lead", Some(4210.0), "4,210", "", Tone::Marketing),
            stage("MQL", Some(1180.0), "1,180", "28.0% of leads", Tone::Marketing),
            stage("SAL", Some(702.0), "702", "59.5% of MQLs", Tone::Sales),
            stage("SQL", Some(310.0), "310", "44.2% of SALs", Tone::Sales),
            stage("Opportunity", None, "not recorded", "", Tone::Sales),
            stage("Customer", Some(64.0), "64", "20.6% of SQLs", Tone::Ink),
        ],
    }
}

pub fn trend() -> Trend {
    let values = [0.29, 0.31, 0.30, 0.33, 0.0, 0.34, 0.38, 0.36, 0.41, 0.39, 0.34, 0.27];
    let point = |(index, value): (usize, &f64)| {
        let known = (index != 4).then_some(*value);
        TrendPoint {
            name: text(MONTHS[index]),
            value: known,
            interval: known.map(|value| (value - 0.05, value + 0.055)),
            shown: known.map_or(text("not recorded"), |value| format!("{:.1}%", value * 100.0)),
            young: index > 9,
            href: None,
        }
    };
    Trend {
        title: text("MQL to SQL conversion"),
        summary: text("From 29.0% in July 2025 to 27.0% in June 2026, against a target of 40%; the last two months are still young."),
        unit: Unit::Percent,
        axis: text("share of MQLs"),
        tone: Tone::Sales,
        points: values.iter().enumerate().map(point).collect(),
        target: Some(Target { value: 0.40, shown: text("target 40%") }),
    }
}

pub fn heat_map() -> HeatMap {
    let row = |cohort: usize| HeatRow {
        name: text(MONTHS[cohort]),
        size: format!("{}", 300 + cohort * 17),
        cells: (0..12)
            .map(|age| {
                let value = 0.24 * (1.0 - (-(age as f64 + 0.4) / 3.0).exp()) + 0.004 * cohort as f64;
                (age + cohort < 12).then(|| HeatCell {
                    value,
                    shown: format!("{:.1}%", value * 100.0),
                    young: age + cohort == 11,
                    href: Some(format!("/cohorts/{cohort}/{age}")),
                })
            })
            .collect(),
    };
    HeatMap {
        title: text("Lead to SQL by age"),
        summary: text("Of the leads of a month, the share that had become SQL after so many months; hatched months are not over."),
        rows_axis: text("Leads of"),
        columns_axis: text("months since the lead came in"),
        unit: Unit::Percent,
        tone: Tone::Marketing,
        columns: (0..12).map(|age| age.to_string()).collect(),
        rows: (0..12).map(row).collect(),
    }
}

pub fn sankey() -> Sankey {
    let node = |name: &str, layer, shown: &str, tone| SankeyNode { name: text(name), layer, shown: text(shown), tone, href: None };
    let link = |from, to, value: f64| SankeyLink {
        from,
        to,
        value,
        shown: format!("{value} journeys"),
        href: Some(format!("/journeys?from={from}&to={to}")),
    };
    Sankey {
        title: text("Journeys to a won deal"),
        summary: text("Most journeys begin with organic search and go through a webinar before the demo."),
        layers: ["first touch", "second touch", "third touch", "outcome"].map(text).to_vec(),
        nodes: vec![
            node("Organic search", 0, "210", Tone::Marketing),
            node("Paid social", 0, "120", Tone::Marketing),
            node("Messe Hannover: Fachforum Digitalisierung im Mittelstand", 0, "40", Tone::Marketing),
            node("Webinar", 1, "180", Tone::Marketing),
            node("Guide", 1, "110", Tone::Marketing),
            node("Outbound call", 1, "80", Tone::Sales),
            node("Demo", 2, "230", Tone::Sales),
            node("Proposal", 2, "140", Tone::Sales),
            node("Won", 3, "94", Tone::Success),
            node("Lost", 3, "276", Tone::Quiet),
        ],
        links: [
            (0, 3, 110.0),
            (0, 4, 70.0),
            (0, 5, 30.0),
            (1, 3, 60.0),
            (1, 4, 35.0),
            (1, 5, 25.0),
            (2, 3, 10.0),
            (2, 4, 5.0),
            (2, 5, 25.0),
            (3, 6, 120.0),
            (3, 7, 60.0),
            (4, 6, 70.0),
            (4, 7, 40.0),
            (5, 6, 40.0),
            (5, 7, 40.0),
            (6, 8, 58.0),
            (6, 9, 172.0),
            (7, 8, 36.0),
            (7, 9, 104.0),
        ]
        .into_iter()
        .map(|(from, to, value)| link(from, to, value))
        .collect(),
    }
}

pub fn comparison() -> Comparison {
    let models =
        ["First touch", "Last touch", "Linear", "Time decay", "U-shaped", "W-shaped", "Full path", "Markov", "Shapley", "Self-reported"];
    let row = |(name, base): (&str, f64)| ComparisonRow {
        name: text(name),
        values: (0..10)
            .map(|index| (index != 9 || base > 90.0).then(|| (base * (0.7 + 0.067 * ((index * 7) % 10) as f64), format!("€{:.0} k", base))))
            .collect(),
        href: Some(format!("/closed-loop?channel={name}")),
    };
    Comparison {
        title: text("Revenue by channel under each model"),
        summary: text("The models agree on webinars and differ most on organic search."),
        unit: Unit::Money(text("€")),
        axis: text("revenue"),
        models: models.map(text).to_vec(),
        chosen: Some(7),
        rows: [
            ("Organic search", 410_000.0),
            ("Webinar", 250_000.0),
            ("Paid social", 120_000.0),
            ("Messen und Fachveranstaltungen im DACH-Raum", 80_000.0),
            ("Partner", 60.0),
        ]
        .map(row)
        .to_vec(),
    }
}

pub fn waterfall() -> Waterfall {
    let step = |name: &str, value: f64| Step {
        name: text(name),
        value,
        shown: format!("{}{:.1} pt", if value < 0.0 { "−" } else { "+" }, value.abs() * 100.0),
        tone: if value < 0.0 { Tone::Bad } else { Tone::Good },
        href: Some(format!("/why?part={name}")),
    };
    Waterfall {
        title: text("Why MQL to SQL moved"),
        summary: text("From 38.0% to 29.0%: most of it is one campaign whose leads are rejected as wrong industry."),
        unit: Unit::Percent,
        from: Total { name: text("Q1 2026"), value: 0.38, shown: text("38.0%"), href: None },
        steps: vec![
            step("Campaign “Branchenkompass Maschinen- und Anlagenbau 2026”: rate", -0.062),
            step("Source paid social: more of it", -0.034),
            step("Rep A. Costa: rate", -0.011),
            step("Industry software: rate", 0.018),
            step("Timing: leads still young", -0.009),
            step("All else", 0.008),
        ],
        to: Total { name: text("Q2 2026"), value: 0.29, shown: text("29.0%"), href: None },
    }
}

pub fn pacing() -> Pacing {
    let point = |week: usize| PacingPoint {
        name: if week == 0 { text("start") } else { format!("week {week}") },
        plan: week as f64 * 92_000.0,
        plan_shown: format!("€{} k", week * 92),
        actual: (week < 9).then_some(week as f64 * 71_000.0 + if week > 4 { 60_000.0 } else { 0.0 }),
        actual_shown: format!("€{} k", week * 71 + if week > 4 { 60 } else { 0 }),
        href: None,
    };
    Pacing {
        title: text("Revenue against plan, Q2"),
        summary: text("€628 k signed by week 8, €108 k and 8 days behind the plan."),
        unit: Unit::Money(text("€")),
        axis: text("revenue signed so far"),
        tone: Tone::Ink,
        points: (0..14).map(point).collect(),
        verdict: text("8 days behind"),
    }
}

pub fn fan() -> Fan {
    let history = MONTHS.iter().enumerate().map(|(index, name)| {
        let value = 180_000.0 + 22_000.0 * ((index * 5) % 7) as f64;
        FanPoint { name: text(name), value: Some(value), shown: format!("€{:.0} k", value / 1e3), href: None }
    });
    let step = |(index, name): (usize, &str)| {
        let (median, spread) = (250_000.0 + 9_000.0 * index as f64, 24_000.0 * (1.0 + index as f64).sqrt());
        let band = |width: f64| (median - width * spread, median + width * spread * 1.2);
        FanStep {
            name: text(name),
            median,
            shown: format!("€{:.0} k", median / 1e3),
            bands: [band(0.67), band(1.28), band(1.96)],
            href: None,
        }
    };
    Fan {
        title: text("Revenue forecast"),
        summary: text("€250 k expected in July, rising to €295 k in December; the 80% band is €184 k to €386 k wide by then."),
        unit: Unit::Money(text("€")),
        axis: text("revenue signed per month"),
        tone: Tone::Sales,
        history: history.collect(),
        future: ["Jul 2026", "Aug 2026", "Sep 2026", "Oct 2026", "Nov 2026", "Dec 2026"].into_iter().enumerate().map(step).collect(),
        target: Some(Target { value: 300_000.0, shown: text("plan €300 k a month") }),
    }
}

pub fn curves() -> Curves {
    let curve = |name: &str, tone, reach: f64, speed: f64, has_band: bool| Curve {
        name: text(name),
        tone,
        points: (0..=24)
            .map(|week| {
                let x = week as f64 * 7.0;
                let y = reach * (1.0 - (-x / speed).exp());
                let spread = 0.01 + 0.0005 * week as f64;
                CurvePoint {
                    x,
                    y,
                    interval: has_band.then_some(((y - spread).max(0.0), y + spread)),
                    shown: format!("day {x}: {:.1}%", y * 100.0),
                }
            })
            .collect(),
        young_from: Some(126.0),
        href: None,
    };
    Curves {
        title: text("Became SQL, by age of the lead"),
        summary: text("Leads of the first quarter reach 24% after half a year; those of the second are slower."),
        x_axis: text("days since the lead came in"),
        x_unit: Unit::Days,
        y_axis: text("share of leads"),
        y_unit: Unit::Percent,
        shape: Shape::Step,
        curves: vec![
            curve("Leads of Q1 2026", Tone::Marketing, 0.24, 45.0, true),
            curve("Leads of Q2 2026", Tone::Marketing, 0.19, 60.0, false),
            curve("Rejected", Tone::Bad, 0.11, 20.0, false),
            curve("Recycled", Tone::Quiet, 0.06, 30.0, false),
        ],
    }
}

pub fn calibration() -> ScatterLine {
    let point = |index: usize| {
        let x = 0.04 + 0.09 * index as f64;
        let y = x * 0.92 + if index.is_multiple_of(2) { 0.02 } else { -0.01 };
        ScatterPoint {
            x,
            y,
            interval: Some((y - 0.04, y + 0.045)),
            cases: 400.0 / (index + 1) as f64,
            shown: format!("said {:.0}%, was {:.0}%", x * 100.0, y * 100.0),
            href: None,
        }
    };
    ScatterLine {
        title: text("Score against outcome"),
        summary: text("Leads said to become SQL at 40% did so at 38%: the score is a little too hopeful at the top."),
        unit: Unit::Percent,
        x_axis: text("said"),
        y_axis: text("came true"),
        diagonal: text("exactly right"),
        tone: Tone::Marketing,
        points: (0..8).map(point).collect(),
    }
}

pub fn bars() -> Bars {
    let bar = |name: &str, value: Option<f64>, interval, shown: &str, tone| Bar {
        name: text(name),
        value,
        interval,
        shown: text(shown),
        tone,
        href: Some(text("/deals")),
    };
    Bars {
        title: text("What a day of delay costs"),
        summary: text("Leads touched on the first day win €4,100 more than those touched later; for fairs nothing can be said."),
        unit: Unit::Money(text("€")),
        axis: text("revenue per lead"),
        bars: vec![
            bar("First touch within a day", Some(4100.0), Some((2900.0, 5300.0)), "€4,100", Tone::Sales),
            bar("Wiedervorlage nach Ablehnung wegen fehlender Ansprechperson", Some(1250.0), Some((-300.0, 2800.0)), "€1,250", Tone::Sales),
            bar("Recycled twice", Some(-2100.0), Some((-3000.0, -1200.0)), "−€2,100", Tone::Bad),
            bar("Fairs", None, None, "not measured", Tone::Quiet),
        ],
    }
}

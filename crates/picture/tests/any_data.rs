//! Whatever the numbers: drawing does not panic, and what comes out is well-formed and has nothing foreign in it.

use picture::*;
use proptest::prelude::*;
use quick_xml::{Reader, events::Event};

#[path = "../examples/samples/mod.rs"]
mod samples;

/// Numbers as they may come: none, huge, tiny, negative, all the same.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        Just(-0.0),
        Just(f64::MAX),
        Just(f64::MIN),
        Just(f64::MIN_POSITIVE),
        Just(f64::EPSILON),
        Just(1e15),
        Just(f64::INFINITY),
        Just(f64::NAN),
        -1e7..1e7,
        0.0..1.0
    ]
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("</title><script>alert(1)</script>".to_owned()),
        Just("Aufsichtsratsmitgliederversammlung & \"Freunde\" '24 \u{0}\u{b}\u{fffe}".to_owned()),
        Just("日本語の長い名前".to_owned()),
        "\\PC{0,12}"
    ]
}

type Item = (String, f64, Option<(f64, f64)>, bool, Option<String>);

fn items() -> impl Strategy<Value = Vec<Item>> {
    let item = (words(), number(), proptest::option::of((number(), number())), any::<bool>(), proptest::option::of(words()));
    proptest::collection::vec(item, 0..14)
}

fn pictures(items: &[Item], title: &str) -> Vec<Box<dyn Picture>> {
    let (title, summary) = (title.to_owned(), title.to_owned());
    let known = |value: f64, gap: bool| (!gap).then_some(value);
    let target = items.first().map(|(name, value, ..)| Target { value: *value, shown: name.clone() });
    vec![
        Box::new(Funnel {
            title: title.clone(),
            summary: summary.clone(),
            scale: if items.len().is_multiple_of(2) { FunnelScale::Linear } else { FunnelScale::Logarithmic },
            stages: items
                .iter()
                .cloned()
                .map(|(name, value, _, gap, href)| FunnelStage {
                    shown: name.clone(),
                    share: name.clone(),
                    name,
                    count: known(value, gap),
                    tone: Tone::Sales,
                    href,
                })
                .collect(),
        }),
        Box::new(Trend {
            title: title.clone(),
            unit: Unit::Percent,
            points: items
                .iter()
                .cloned()
                .map(|(name, value, interval, gap, href)| TrendPoint {
                    shown: name.clone(),
                    name,
                    value: known(value, gap),
                    interval,
                    young: gap,
                    href,
                })
                .collect(),
            target: target.clone(),
            ..Trend::default()
        }),
        Box::new(HeatMap {
            title: title.clone(),
            columns: items.iter().map(|item| item.0.clone()).collect(),
            rows: items
                .iter()
                .map(|(name, ..)| HeatRow {
                    name: name.clone(),
                    size: name.clone(),
                    cells: items
                        .iter()
                        .cloned()
                        .map(|(shown, value, interval, young, href)| interval.is_none().then_some(HeatCell { value, shown, young, href }))
                        .collect(),
                })
                .collect(),
            ..HeatMap::default()
        }),
        Box::new(Sankey {
            title: title.clone(),
            layers: items.iter().map(|item| item.0.clone()).collect(),
            nodes: items
                .iter()
                .cloned()
                .enumerate()
                .map(|(index, (name, _, _, _, href))| SankeyNode {
                    shown: name.clone(),
                    name,
                    layer: index / 3,
                    href,
                    ..SankeyNode::default()
                })
                .collect(),
            links: items
                .iter()
                .cloned()
                .enumerate()
                .map(|(index, (shown, value, _, gap, href))| SankeyLink {
                    from: index,
                    to: index + if gap { 3 } else { 1 },
                    value,
                    shown,
                    href,
                })
                .collect(),
            ..Sankey::default()
        }),
        Box::new(Comparison {
            title: title.clone(),
            unit: Unit::Money("€".into()),
            models: items.iter().map(|item| item.0.clone()).collect(),
            chosen: Some(items.len() / 2),
            rows: items
                .iter()
                .map(|(name, ..)| ComparisonRow {
                    name: name.clone(),
                    values: items.iter().map(|(shown, value, _, gap, _)| (!gap).then(|| (*value, shown.clone()))).collect(),
                    href: None,
                })
                .collect(),
            ..Comparison::default()
        }),
        Box::new(Waterfall {
            title: title.clone(),
            from: items
                .first()
                .map(|(name, value, ..)| Total { name: name.clone(), value: *value, ..Total::default() })
                .unwrap_or_default(),
            to: items.last().map(|(name, value, ..)| Total { name: name.clone(), value: *value, ..Total::default() }).unwrap_or_default(),
            steps: items
                .iter()
                .cloned()
                .map(|(name, value, _, _, href)| Step { shown: name.clone(), name, value, tone: Tone::Good, href })
                .collect(),
            ..Waterfall::default()
        }),
        Box::new(Pacing {
            title: title.clone(),
            verdict: title.clone(),
            points: items
                .iter()
                .cloned()
                .map(|(name, plan, _, gap, href)| PacingPoint {
                    plan_shown: name.clone(),
                    name,
                    plan,
                    actual: known(plan, gap),
                    href,
                    ..PacingPoint::default()
                })
                .collect(),
            ..Pacing::default()
        }),
        Box::new(Fan {
            title: title.clone(),
            history: items
                .iter()
                .cloned()
                .map(|(name, value, _, gap, href)| FanPoint { shown: name.clone(), name, value: known(value, gap), href })
                .collect(),
            future: items
                .iter()
                .cloned()
                .map(|(name, median, interval, _, href)| FanStep {
                    shown: name.clone(),
                    name,
                    median,
                    bands: [interval.unwrap_or((median, median)); 3],
                    href,
                })
                .collect(),
            target,
            ..Fan::default()
        }),
        Box::new(Curves {
            title: title.clone(),
            shape: if items.len().is_multiple_of(2) { Shape::Line } else { Shape::Step },
            curves: items
                .iter()
                .map(|(name, value, ..)| Curve {
                    name: name.clone(),
                    points: items
                        .iter()
                        .map(|(shown, x, interval, ..)| CurvePoint { x: *x, y: *value, interval: *interval, shown: shown.clone() })
                        .collect(),
                    young_from: Some(*value),
                    ..Curve::default()
                })
                .collect(),
            ..Curves::default()
        }),
        Box::new(ScatterLine {
            title: title.clone(),
            points: items
                .iter()
                .cloned()
                .map(|(shown, x, interval, _, href)| ScatterPoint { x, y: -x, interval, cases: x, shown, href })
                .collect(),
            ..ScatterLine::default()
        }),
        Box::new(Bars {
            title,
            unit: Unit::Days,
            bars: items
                .iter()
                .cloned()
                .map(|(name, value, interval, gap, href)| Bar {
                    shown: name.clone(),
                    name,
                    value: known(value, gap),
                    interval,
                    tone: Tone::Bad,
                    href,
                })
                .collect(),
            ..Bars::default()
        }),
    ]
}

/// Reads it as XML; elements and addresses are none but ours, and numbers are numbers.
fn check(svg: &str) {
    let mut reader = Reader::from_str(svg);
    let mut depth = 0_i32;
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error}: {svg}"));
        if let Event::Start(element) | Event::Empty(element) = &event {
            let name = element.name().as_ref().to_owned();
            assert!(
                ["svg", "title", "desc", "style", "g", "a", "text", "rect", "path", "circle"].contains(&name.as_str()),
                "{name}: {svg}"
            );
            for attribute in element.attributes() {
                let attribute = attribute.unwrap_or_else(|error| panic!("{error}: {svg}"));
                let value = attribute.value.to_string();
                assert!(attribute.key.as_ref() != "href" || value.starts_with(['/', '?', '#']) || value.starts_with("https://"), "{value}");
                let is_number = ["x", "y", "width", "height", "r", "cx", "cy", "d"].contains(&attribute.key.as_ref());
                assert!(!is_number || !(value.contains("NaN") || value.contains("inf")), "{value}: {svg}");
            }
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    assert!(svg.chars().all(|char| char >= ' ' || char == '\n'), "control characters: {svg:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_data_is_drawn_well_formed(items in items(), title in words()) {
        for picture in pictures(&items, &title) {
            for width in [Width::Narrow, Width::Normal, Width::Wide] {
                check(&draw(picture.as_ref(), width).0);
            }
            check(&standalone(picture.as_ref()));
        }
    }
}

#[test]
fn nothing_and_one_thing_are_drawn_too() {
    let one = ("one".to_owned(), 3.0, Some((2.0, 4.0)), false, Some("/x".to_owned()));
    for items in [vec![], vec![one.clone()], vec![one.clone(), one]] {
        pictures(&items, "t").iter().for_each(|picture| check(&draw(picture.as_ref(), Width::Narrow).0));
    }
}

/// The gallery's pictures, as they are drawn for half a page.
#[test]
fn examples_look_as_they_did() {
    for (name, picture) in samples::all() {
        let lines = draw(picture.as_ref(), Width::Normal).0.replace("><", ">\n<");
        check(&lines);
        insta::assert_snapshot!(name, lines);
    }
}

/// A script in an address would run where the picture is shown.
#[test]
fn addresses_are_ours_or_none() {
    let bars = |href: &str| Bars {
        bars: vec![Bar { name: "a".into(), value: Some(1.0), href: Some(href.into()), ..Bar::default() }],
        ..Bars::default()
    };
    for (href, is_link) in
        [("/deals", true), ("?page=1", true), ("#rows", true), ("javascript:alert(1)", false), ("data:text/html,x", false), ("", false)]
    {
        assert_eq!(draw(&bars(href), Width::Normal).0.contains("<a "), is_link, "{href}");
        assert!(!standalone(&bars(href)).contains("<a "));
    }
}

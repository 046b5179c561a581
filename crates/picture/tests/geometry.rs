//! What is drawn says what the numbers say: lengths are proportional, parts connect, nothing gets lost on the way.

use picture::*;
use quick_xml::{Reader, events::Event};

/// All rectangles of a class: x, y, width, height.
fn rects(svg: &str, class: &str) -> Vec<[f64; 4]> {
    let mut reader = Reader::from_str(svg);
    let mut found = vec![];
    loop {
        match reader.read_event().unwrap() {
            Event::Empty(element) if element.name().as_ref() == "rect" => {
                let get = |key: &str| element.attributes().flatten().find(|one| one.key.as_ref() == key).map(|one| one.value.to_string());
                if get("class").unwrap_or_default().split(' ').any(|name| name == class) {
                    found.push(["x", "y", "width", "height"].map(|key| get(key).unwrap().parse().unwrap()));
                }
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.21
}

#[test]
fn a_funnel_is_as_long_as_its_counts() {
    let stage = |count: f64| FunnelStage { count: Some(count), ..FunnelStage::default() };
    let funnel = Funnel { stages: [400.0, 100.0, 50.0, 0.0].map(stage).to_vec(), ..Funnel::default() };
    for width in [Width::Narrow, Width::Normal, Width::Wide] {
        let lengths: Vec<f64> = rects(&draw(&funnel, width).0, "p-fill").iter().map(|rect| rect[2]).collect();
        for (length, share) in lengths.iter().zip([1.0, 0.25, 0.125, 0.0]) {
            assert!(is_near(*length, lengths[0] * share), "{lengths:?}");
        }
    }
}

#[test]
fn bars_are_as_long_as_their_values_on_both_sides_of_zero() {
    let bar = |value: f64| Bar { value: Some(value), ..Bar::default() };
    let bars = Bars { bars: [100.0, -50.0, 25.0].map(bar).to_vec(), ..Bars::default() };
    let drawn = rects(&draw(&bars, Width::Normal).0, "p-fill");
    assert!(is_near(drawn[1][2] * 2.0, drawn[0][2]) && is_near(drawn[2][2] * 4.0, drawn[0][2]), "{drawn:?}");
    assert!(is_near(drawn[1][0] + drawn[1][2], drawn[0][0]), "both begin at zero: {drawn:?}");
}

#[test]
fn a_waterfall_connects_from_first_to_last() {
    let cases: [(f64, &[f64]); 4] =
        [(0.38, &[-0.06, -0.03, 0.02]), (10.0, &[5.0, -30.0, 8.0]), (1000.0, &[1.0, -2.0]), (0.0, &[3.0, 0.0, -3.0])];
    for (from, values) in cases {
        let to = from + values.iter().sum::<f64>();
        let total = |value: f64| Total { value, ..Total::default() };
        let step = |value: &f64| Step { value: *value, ..Step::default() };
        let waterfall = Waterfall {
            unit: Unit::Number,
            from: total(from),
            steps: values.iter().map(step).collect(),
            to: total(to),
            ..Waterfall::default()
        };
        let svg = draw(&waterfall, Width::Wide).0;
        let mut bars = [rects(&svg, "p-fill"), rects(&svg, "p-soft")].concat();
        bars.sort_by(|one, other| one[1].total_cmp(&other[1]));
        assert_eq!(bars.len(), values.len() + 2);
        // Where the value stands after each bar: a rising one ends right, a falling one left.
        let ends = |bar: &[f64; 4]| [bar[0], bar[0] + bar[2]];
        for pair in bars.windows(2) {
            let meets = ends(&pair[0]).iter().any(|one| ends(&pair[1]).iter().any(|other| (one - other).abs() < 1.71));
            assert!(meets, "{from} {values:?}: {pair:?}");
        }
    }
}

#[test]
fn all_equal_and_zero_stay_inside() {
    for value in [0.0, 7.0, -7.0, 1e300] {
        let point = || TrendPoint { value: Some(value), interval: Some((value, value)), ..TrendPoint::default() };
        let svg = draw(&Trend { points: vec![point(), point()], ..Trend::default() }, Width::Normal).0;
        assert_eq!(svg.matches("<circle").count(), 2, "{svg}");
    }
}

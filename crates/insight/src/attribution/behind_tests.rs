use alignment::lifecycle::DealStage;

use super::*;
use crate::{
    attribution::{MODELS, find},
    question::Dimension,
    rows::Delta,
    testing::*,
};

/// Two deals: 1 of company 1 (ad, mail, ad), 2 of company 2 (mail); 3 is still open.
fn record() -> History {
    let mut touches = vec![touch(1, 1, 1.0, "ad"), touch(2, 1, 102.0, "mail"), touch(3, 1, 103.0, "ad"), touch(4, 2, 103.0, "mail")];
    touches[1].campaign = Some(8);
    let deal = |id, major| deal(id, None, &[id], Some(eur(major)), 0.0);
    history(Delta {
        companies: vec![company(1), company(2)],
        people: vec![person(1, Some(1)), person(2, Some(2)), person(3, None)],
        campaigns: vec![named(8, "Spring")],
        touches: touches.into_iter().chain([touch(5, 3, 104.0, "web")]).collect(),
        deals: vec![deal(1, 10), deal(2, 7), deal(3, 99)],
        deal_transitions: vec![
            moved(1, 1, DealStage::Won, 105.0),
            moved(2, 2, DealStage::Won, 105.0),
            moved(3, 3, DealStage::Proposal, 105.0),
        ],
        ..Delta::default()
    })
}

#[test]
fn lists_the_deals_of_a_row_page_by_page() {
    let linear = find("linear").unwrap();
    let deals = |row, offset, limit| {
        let behind = deals_behind(&record(), &question(), linear, row, offset, limit);
        let rows: Vec<_> = behind.rows.iter().map(|row| (row.deal, row.revenue.minor, row.touches, row.journey_touches)).collect();
        (rows, behind.total, behind.revenue.minor)
    };
    assert_eq!(deals(RowOf::Label(Some("mail")), 0, 10), (vec![(2, 700, 1, 1), (1, 500, 1, 2)], 2, 1200));
    assert_eq!(deals(RowOf::Label(Some("mail")), 1, 1), (vec![(1, 500, 1, 2)], 2, 1200));
    assert_eq!(deals(RowOf::Label(Some("web")), 0, 10), (vec![], 0, 0));
    assert_eq!(deals(RowOf::Label(None), 0, 10), (vec![], 0, 0));
    assert_eq!(deals(RowOf::Unattributed, 0, 10), (vec![], 0, 0));
    assert_eq!(deals(RowOf::Total, 0, 0), (vec![], 2, 1700));
    let by_campaign = Question { by: Some(Dimension::Campaign), ..question() };
    let behind = deals_behind(&record(), &by_campaign, linear, RowOf::Id(8), 0, 10);
    assert_eq!((behind.total, behind.revenue, behind.rows[0].conversions), (1, eur(5), 0.5));
}

#[test]
fn shows_the_touches_of_a_deal_with_their_shares() {
    let touches = journey(&record(), &question(), 1, MODELS).unwrap();
    let shown: Vec<_> =
        touches.iter().map(|touch| (touch.touch, touch.inside_lookback, touch.shares.iter().map(|share| share.1).collect())).collect();
    assert_eq!(shown[0], (1, false, vec![0; 9]));
    assert_eq!(shown[1], (2, true, vec![1000, 0, 500, 475, 500, 900, 500, 370, 500]));
    assert_eq!(shown[2], (3, true, vec![0, 1000, 500, 525, 500, 100, 500, 630, 500]));
    assert_eq!(touches[1].campaign, Some(8));
    assert!(journey(&record(), &question(), 77, MODELS).is_none());
}

#[test]
fn shows_the_touches_so_far_of_an_open_deal() {
    let touches = journey(&record(), &question(), 3, MODELS).unwrap();
    assert_eq!(touches.iter().map(|touch| (touch.touch, touch.shares.len())).collect::<Vec<_>>(), [(5, 0)]);
    let before = Question { as_of: day(50.0), ..question() };
    assert!(journey(&record(), &before, 3, MODELS).unwrap().is_empty());
}

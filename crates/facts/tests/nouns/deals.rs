use facts::{
    bulk::Value,
    deals::{self, DealFilter, DealSort},
    dialect::Engine,
    list::{Sort, Turn, Wanted},
    schema,
};

use crate::world::{self, add, int, text};

async fn with_deals() -> cast::TestDatabase {
    let database = world::filled().await;
    let mut tx = database.facts.write().await.unwrap();
    for (name, stage, amount, stage_at) in [
        (Some("Azul expansion"), "won", Some(500), Some(50)),
        (Some("Azul pilot"), "lost", None, None),
        (None, "proposal", Some(900), Some(70)),
        (Some("Borda"), "won", Some(100), Some(10)),
    ] {
        let values = [
            ("name", Value::text(name)),
            ("company_id", int(1)),
            ("stage", text(stage)),
            ("amount_minor", Value::int(amount)),
            ("amount_currency", Value::text(amount.map(|_| "EUR"))),
            ("stage_at", Value::int(stage_at)),
        ];
        add(&mut tx, &schema::DEALS, &values).await;
    }
    add(&mut tx, &schema::DEAL_PEOPLE, &[("deal_id", int(1)), ("person_id", int(2)), ("role", text("buyer"))]).await;
    tx.commit().await.unwrap();
    database
}

#[tokio::test]
async fn lists_narrow_and_sort() {
    let database = with_deals().await;
    let mut tx = database.facts.read().await.unwrap();
    let all = DealFilter::default;
    let won = || DealFilter { stages: vec!["won".into()], ..all() };
    for (filter, key, expected) in [
        (all(), DealSort::StageAt, vec![3, 1, 4, 2]),
        (all(), DealSort::Amount, vec![3, 1, 4, 2]),
        (all(), DealSort::Recorded, vec![4, 3, 2, 1]),
        (won(), DealSort::StageAt, vec![1, 4]),
        (DealFilter { amount_minor_min: Some(200), ..all() }, DealSort::Amount, vec![3, 1]),
        (DealFilter { amount_minor_max: Some(500), ..won() }, DealSort::Amount, vec![1, 4]),
        (DealFilter { moved_from: Some(20), ..all() }, DealSort::StageAt, vec![3, 1]),
        (DealFilter { moved_from: Some(20), ..won() }, DealSort::StageAt, vec![1]),
        (DealFilter { moved_from: Some(20), ..won() }, DealSort::Amount, vec![1]),
        (DealFilter { moved_from: Some(60), text: Some("azul".into()), ..all() }, DealSort::StageAt, vec![3]),
        (DealFilter { person: Some(2), ..all() }, DealSort::StageAt, vec![1]),
        (DealFilter { owner: Some(Wanted::NotRecorded), ..all() }, DealSort::Recorded, vec![4, 3, 2, 1]),
        (DealFilter { text: Some("pilot".into()), ..all() }, DealSort::StageAt, vec![2]),
        (DealFilter { text: Some("azul".into()), ..all() }, DealSort::StageAt, vec![3, 1, 4, 2]),
    ] {
        let sort = Sort { key, descending: true };
        let page = deals::list(&mut tx, &filter, sort, Turn::first()).await.unwrap();
        assert_eq!(page.items.iter().map(|deal| deal.id).collect::<Vec<_>>(), expected, "{filter:?} {key:?}");
        assert_eq!(deals::count(&mut tx, &filter).await.unwrap().found, expected.len() as i64);
        let plan = deals::plan(&mut tx, &filter, sort).await.unwrap();
        if tx.engine == Engine::Sqlite && filter.text.is_none() && filter.person.is_none() {
            assert!(!plan.contains("TEMP B-TREE"), "{filter:?} {key:?}\n{plan}");
        }
    }
}

#[tokio::test]
async fn sums_are_of_what_the_filter_keeps() {
    type Total = (&'static str, Option<&'static str>, i64, Option<i64>);
    const PROPOSAL: Total = ("proposal", Some("EUR"), 1, Some(900));
    let database = with_deals().await;
    let mut tx = database.facts.read().await.unwrap();
    let all = DealFilter::default;
    let won = || DealFilter { stages: vec!["won".into()], ..all() };
    let cases: [(DealFilter, &[Total]); 7] = [
        (all(), &[("lost", None, 1, None), PROPOSAL, ("won", Some("EUR"), 2, Some(600))]),
        (won(), &[("won", Some("EUR"), 2, Some(600))]),
        (DealFilter { moved_from: Some(20), ..won() }, &[("won", Some("EUR"), 1, Some(500))]),
        (DealFilter { moved_from: Some(20), ..all() }, &[PROPOSAL, ("won", Some("EUR"), 1, Some(500))]),
        (DealFilter { text: Some("borda".into()), ..won() }, &[("won", Some("EUR"), 1, Some(100))]),
        (DealFilter { amount_minor_min: Some(200), ..all() }, &[PROPOSAL, ("won", Some("EUR"), 1, Some(500))]),
        (DealFilter { owner: Some(Wanted::Is(1)), ..won() }, &[]),
    ];
    for (filter, expected) in cases {
        let totals = deals::totals(&mut tx, &filter).await.unwrap();
        let found: Vec<_> =
            totals.iter().map(|total| (total.stage.as_str(), total.amount_currency.as_deref(), total.deals, total.amount_minor)).collect();
        assert_eq!(found, expected, "{filter:?}");
        let counted = deals::count(&mut tx, &filter).await.unwrap().found;
        assert_eq!(found.iter().map(|(_, _, deals, _)| deals).sum::<i64>(), counted, "the list holds as many: {filter:?}");
    }
}

#[tokio::test]
async fn a_committee_is_on_its_deal() {
    let database = with_deals().await;
    let mut connection = database.facts.reader().await.unwrap();
    let people = deals::people(&mut connection, 1).await.unwrap();
    assert_eq!((people[0].name.as_deref(), people[0].role.as_deref()), (Some("Rui"), Some("buyer")));
}

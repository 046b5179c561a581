use facts::{
    bulk::{self, Value},
    campaigns::{self, CampaignFilter, CampaignSort},
    companies::{self, CompanyFilter, CompanySort},
    list::{COUNTED_MAX, EXAMINED_MAX, Sort, Turn, Wanted},
    schema,
};

use crate::world::text;

/// More companies than one page looks through, one in 10,000 of which is in retail.
async fn crowd(count: usize) -> cast::TestDatabase {
    let database = cast::database().await;
    let mut tx = database.facts.write().await.unwrap();
    let first = tx.allocate("companies", count).await.unwrap();
    let mut values = Vec::new();
    for number in 0..count as i64 {
        for column in schema::COMPANIES.columns {
            values.push(match column.name {
                "id" => Value::Int(first + number),
                "name" => text(&format!("Company {:06}", (number * 7_919) % count as i64)),
                "industry" => text(if number % 10_000 == 5 { "Retail" } else { "Other" }),
                "recorded_at" => Value::Int(0),
                _ => Value::Null,
            });
        }
    }
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, &schema::COMPANIES, values).await.unwrap();
    tx.commit().await.unwrap();
    database
}

#[tokio::test]
async fn a_page_looks_through_so_many_rows_and_then_says_where_to_go_on() {
    let count = 3 * EXAMINED_MAX + 100;
    let database = crowd(count).await;
    let mut tx = database.facts.read().await.unwrap();
    let retail = CompanyFilter { industry: Some(Wanted::Is("Retail".into())), ..CompanyFilter::default() };
    let sort = Sort { key: CompanySort::Name, descending: false };
    let (mut found, mut pages, mut cursor) = (0, 0, None::<String>);
    loop {
        let page = companies::list(&mut tx, &retail, sort, Turn { cursor: cursor.as_deref(), limit: 50 }).await.unwrap();
        found += page.items.len();
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((found, pages), (count.div_ceil(10_000), 4));
    let counted = companies::count(&mut tx, &retail).await.unwrap();
    assert!(!counted.exact && counted.found <= 2);
    let all = companies::count(&mut tx, &CompanyFilter::default()).await.unwrap();
    assert_eq!((all.found, all.exact), (COUNTED_MAX as i64, false));
}

#[tokio::test]
async fn an_empty_list_is_a_page_without_rows() {
    let database = cast::database().await;
    let mut tx = database.facts.read().await.unwrap();
    let sort = Sort { key: CampaignSort::Name, descending: false };
    let page = campaigns::list(&mut tx, &CampaignFilter::default(), sort, Turn { cursor: None, limit: 0 }).await.unwrap();
    assert!(page.items.is_empty() && page.next.is_none());
}

use facts::search;

use crate::world;

#[tokio::test]
async fn text_finds_beginnings_first() {
    let database = world::filled().await;
    let mut tx = database.facts.read().await.unwrap();
    for (text, people, companies) in [
        ("ana", vec![1], vec![]),
        ("Lima", vec![1], vec![]),
        ("b", vec![3, 2], vec![2]),
        ("AZ", vec![1], vec![1]),
        ("%", vec![], vec![]),
        ("_", vec![], vec![]),
        ("\\", vec![], vec![]),
        ("'; DROP TABLE people", vec![], vec![]),
        ("", vec![], vec![]),
        ("a\0na", vec![1], vec![]),
    ] {
        let hits = search::find(&mut tx, text, 5).await.unwrap();
        assert_eq!(hits.people.iter().map(|hit| hit.id).collect::<Vec<_>>(), people, "{text:?}");
        assert_eq!(hits.companies.iter().map(|hit| hit.id).collect::<Vec<_>>(), companies, "{text:?}");
    }
    assert!(search::find(&mut tx, &"é".repeat(100_000), 5).await.unwrap().people.is_empty());
}

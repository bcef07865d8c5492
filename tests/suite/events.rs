//! An event's feed combines its coverage from all sections, and leaves out what only looks like it.

use std::collections::BTreeSet;

use harbinger::sample::truth::truth;

use crate::house::House;

async fn check(event: &str) {
    let house = House::with_articles().await;
    let expected: BTreeSet<String> = truth()
        .into_iter()
        .filter(|truth| truth.copy_of.is_none() && truth.events.iter().any(|it| it == event))
        .map(|truth| truth.title)
        .collect();
    assert!(expected.len() > 3);
    // The damaged mirror of a story has the story's own title.
    let found: BTreeSet<String> = house
        .items(&format!("events/{event}"))
        .await
        .iter()
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .filter(|title| expected.contains(title) || !is_mirror(title))
        .collect();
    assert_eq!(found, expected);
}

fn is_mirror(title: &str) -> bool {
    truth().iter().any(|truth| truth.copy_of.is_some() && truth.title == title)
}

#[actix_web::test]
async fn the_mayors_dialogue_is_combined_from_sections_and_languages() {
    check("world-mayors-dialogue").await;
}

#[actix_web::test]
async fn a_second_event_has_its_own_file_and_feed() {
    check("binghe-snow-sculpture").await;
}

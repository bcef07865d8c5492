//! A partner who follows the log has exactly what stands in the feed, whatever happened in between: random sequences of
//! all that can happen to articles, random pages of the log, and a store that is closed in the middle.

mod world;

use std::collections::BTreeSet;

use crate::model::change::Cursor;
use crate::model::feed::FeedKey;
use crate::model::part::Part;
use crate::store::partner_tests::world::{PORTALS, Page, World};

/// Sequences, each from its own seed.
const SEQUENCES: u64 = 24;
/// What happens in one sequence.
const STEPS: usize = 60;

#[tokio::test]
async fn a_partner_who_follows_the_log_has_what_stands_in_each_feed() {
    let mut happened = BTreeSet::new();
    for seed in 0..SEQUENCES {
        let mut world = World::new(seed).await;
        for step in 0..STEPS {
            world.step().await;
            world.follow(false).await;
            if step % 10 == 9 {
                world.check(seed, step).await;
            }
        }
        happened.append(&mut world.happened);
    }
    assert!(happened.len() >= 12, "not all happened: {happened:?}");
}

#[tokio::test]
async fn what_stands_in_the_feeds_is_what_the_configuration_allows() {
    let mut world = World::new(1).await;
    for story in 0..12 {
        let page = Page {
            portal: PORTALS[story % 2],
            section: "news",
            path: story,
            story: story as u64,
            edit: 0,
            is_mirror: false,
        };
        world.save(page.portal, page.read()).await;
    }
    let size = async |world: &World, feed: FeedKey| {
        world.store.feed(feed, Part::default(), 100).await.unwrap().unwrap().articles.len()
    };
    let hill = FeedKey::Portal("hill".to_owned());
    for _ in 0..2 {
        assert_eq!((size(&world, FeedKey::All).await, size(&world, hill.clone()).await), (12, 6));
        assert_eq!(world.store.configure_portals(vec!["river".to_owned()], Vec::new(), world.now).await.unwrap(), 6);
        assert_eq!((size(&world, FeedKey::All).await, size(&world, hill.clone()).await), (6, 6));
        assert_eq!(world.store.configure_portals(vec!["river".to_owned()], Vec::new(), world.now).await.unwrap(), 0);
        let both = PORTALS.map(str::to_owned).to_vec();
        assert_eq!(world.store.configure_portals(both, Vec::new(), world.now).await.unwrap(), 6);
    }
}

#[tokio::test]
async fn a_cursor_of_another_database_is_refused() {
    let (mut one, mut other) = (World::new(1).await, World::new(2).await);
    for world in [&mut one, &mut other] {
        let page = Page { portal: "river", section: "news", path: 1, story: 1, edit: 0, is_mirror: false };
        world.save(page.portal, page.read()).await;
    }
    let next = one.store.changes(FeedKey::All, Cursor::default(), 10).await.unwrap().unwrap().next;
    assert_eq!((next.seq, next.seal.is_some()), (1, true));
    assert!(one.store.changes(FeedKey::All, next, 10).await.unwrap().is_some());
    assert!(other.store.changes(FeedKey::All, next, 10).await.unwrap().is_none());
    let unsealed = Cursor { seal: None, ..next };
    assert!(other.store.changes(FeedKey::All, unsealed, 10).await.unwrap().is_some(), "a bare number is taken");
}

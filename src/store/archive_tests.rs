//! Walks through a feed's parts while its entries come and go.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use rusqlite::{Connection, params};

use crate::model::feed::FeedKey;
use crate::model::part::Part;
use crate::store::feeds::{self, Touched};
use crate::store::parts::{self, StoredFeed};
use crate::store::{archive, migrations};

const USUAL: usize = 50;

/// What happens to a feed.
#[derive(Debug, Clone)]
enum Change {
    /// An article is stored, so many hours after the first.
    Added(i64),
    /// The article that came in at this place, counted round, leaves, or comes back if it had left.
    Turned(usize),
    /// The same for an edit.
    Edited(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (0..400i64).prop_map(Change::Added),
        2 => any::<usize>().prop_map(Change::Turned),
        1 => any::<usize>().prop_map(Change::Edited),
    ]
}

/// A database with one feed that everything is in.
struct Shelf {
    connection: Connection,
    /// Which articles stand.
    standing: BTreeMap<i64, bool>,
    now: DateTime<Utc>,
}

impl Shelf {
    fn new() -> Shelf {
        let mut connection = Connection::open_in_memory().unwrap();
        migrations::run(&mut connection).unwrap();
        let now = "2026-01-16T00:00:00Z".parse().unwrap();
        Shelf { connection, standing: BTreeMap::new(), now }
    }

    fn apply(&mut self, change: &Change) {
        self.now += TimeDelta::seconds(1);
        let mut touched = Touched::new();
        let ids: Vec<i64> = self.standing.keys().copied().collect();
        match change {
            Change::Added(hours) => {
                let published = "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(*hours);
                let id = ids.last().unwrap_or(&0) + 1;
                let sql = "
                    INSERT INTO article (
                        id, guid, portal, url, published, updated, first_seen, title, html, authors, photographers,
                        keywords, language, images, is_machine_copy, signs, damage, revision_hash
                    ) VALUES (?1, ?2, 'p', 'u', ?3, ?3, ?3, 't', '', '[]', '[]', '[]', 'zh', '[]', 0, '{}', 0, x'')";
                let published = published.format("%Y-%m-%dT%H:%M:%SZ").to_string();
                let guid = uuid::Uuid::from_u128(u128::try_from(id).unwrap()).to_string();
                self.connection.execute(sql, params![id, guid, published]).unwrap();
                feeds::enter(&self.connection, id, self.now, &mut touched).unwrap();
                self.standing.insert(id, true);
            }
            Change::Turned(at) if !ids.is_empty() => {
                let id = ids[at % ids.len()];
                if self.standing[&id] {
                    feeds::leave_all(&self.connection, id, self.now, &mut touched).unwrap();
                } else {
                    feeds::enter(&self.connection, id, self.now, &mut touched).unwrap();
                }
                self.standing.insert(id, !self.standing[&id]);
            }
            Change::Edited(at) if !ids.is_empty() => {
                feeds::touch_all_of(&self.connection, ids[at % ids.len()], self.now, &mut touched).unwrap();
            }
            _ => {}
        }
        feeds::announce(&self.connection, &touched, self.now).unwrap();
    }

    fn standing(&self) -> BTreeSet<i64> {
        self.standing.iter().filter(|(_, is_there)| **is_there).map(|(id, _)| *id).collect()
    }

    fn part(&self, part: &Part) -> Option<StoredFeed> {
        parts::stored_feed(&self.connection, &FeedKey::All, part, USUAL).unwrap()
    }

    /// Follows one link from the newest entries on, and lets something happen before each step: the parts and what
    /// stood in them.
    fn walk(&mut self, limit: Option<usize>, is_by_archive: bool, changes: &[Change]) -> Vec<(Part, Vec<i64>)> {
        let mut changes = changes.iter();
        let mut next = Some(Part { limit, ..Part::default() });
        let mut walked: Vec<(Part, Vec<i64>)> = Vec::new();
        while let Some(part) = next {
            let stored = self.part(&part).expect("a linked part is there");
            next = if is_by_archive { stored.neighbours.prev_archive } else { stored.neighbours.next };
            let number = |article: &crate::model::article::Article| i64::try_from(article.id.as_u128()).unwrap();
            walked.push((part, stored.articles.iter().map(number).collect()));
            for change in changes.by_ref().take(4) {
                self.apply(change);
            }
            assert!(walked.len() < 2_000, "the walk does not end");
        }
        walked
    }

    /// Every page holds what it says, and none is too long.
    fn check_pages(&self) {
        let sql = "SELECT number, entries FROM archive WHERE feed = 1 ORDER BY published, article";
        let mut statement = self.connection.prepare(sql).unwrap();
        let pages: Vec<(i64, i64)> =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        for (at, (number, entries)) in pages.iter().enumerate() {
            let part = Part { page: Some(*number), ..Part::default() };
            let stored = self.part(&part).unwrap();
            assert_eq!(stored.articles.len() as i64, *entries);
            let most = if at + 1 == pages.len() { archive::PAGE_ENTRIES } else { 2 * archive::PAGE_ENTRIES - 1 };
            assert!(*entries <= most, "{entries} entries");
            assert_eq!(stored.neighbours.is_archive, at + 1 < pages.len());
        }
    }

    /// The versions of the archive pages by number, lowest page first. Each page's content is noted under its version,
    /// and must be what was noted there before.
    fn versions(&self, noted: &mut BTreeMap<(i64, i64), String>) -> Vec<(i64, i64)> {
        let sql = "SELECT number FROM archive WHERE feed = 1 ORDER BY published, article";
        let mut statement = self.connection.prepare(sql).unwrap();
        let numbers = statement.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        let mut versions = Vec::new();
        for number in numbers.map(Result::unwrap) {
            let stored = self.part(&Part { page: Some(number), ..Part::default() }).unwrap();
            assert_eq!(stored.neighbours.version.is_some(), stored.neighbours.is_archive);
            let Some(version) = stored.neighbours.version else { continue };
            let content = format!("{stored:?}");
            let before = noted.entry((number, version)).or_insert_with(|| content.clone());
            assert_eq!(*before, content, "page {number} changed and kept its version");
            versions.push((number, version));
        }
        versions
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_walk_through_a_feed_that_stays_meets_every_entry_once_and_newest_first(
        changes in prop::collection::vec(change(), 0..400),
        limit in prop_oneof![Just(None), (1..120usize).prop_map(Some)],
    ) {
        let mut shelf = Shelf::new();
        shelf.apply(&Change::Added(200));
        changes.iter().for_each(|change| shelf.apply(change));
        shelf.check_pages();
        for is_by_archive in [false, true] {
            let walked = shelf.walk(limit, is_by_archive, &[]);
            let seen: Vec<i64> = walked.iter().flat_map(|(_, entries)| entries.clone()).collect();
            prop_assert_eq!(seen.iter().copied().collect::<BTreeSet<_>>(), shelf.standing());
            prop_assert_eq!(seen.len(), shelf.standing().len(), "an entry was met twice");
            let whole = shelf.part(&Part { limit: Some(10_000), ..Part::default() }).unwrap();
            let order: Vec<i64> = whole.articles.iter().map(|it| it.id.as_u128() as i64).collect();
            prop_assert_eq!(&seen, &order);
        }
        // Each part links the one we came from, and all agree on where the last one is.
        let walked = shelf.walk(limit, false, &[]);
        for pair in walked.windows(2) {
            let neighbours = shelf.part(&pair[1].0).unwrap().neighbours;
            prop_assert_eq!(neighbours.previous.as_ref(), Some(&pair[0].0));
            prop_assert_eq!(neighbours.last.as_ref(), walked.last().map(|(part, _)| part));
        }
    }

    #[test]
    fn a_walk_misses_nothing_that_stands_all_the_while(
        before in prop::collection::vec(change(), 60..300),
        during in prop::collection::vec(change(), 0..200),
        limit in prop_oneof![Just(None), (1..60usize).prop_map(Some)],
        is_by_archive: bool,
    ) {
        let mut shelf = Shelf::new();
        before.iter().for_each(|change| shelf.apply(change));
        let turned: BTreeSet<i64> = {
            let at_start = shelf.standing();
            let walked = shelf.walk(limit, is_by_archive, &during);
            let seen: BTreeSet<i64> = walked.into_iter().flat_map(|(_, entries)| entries).collect();
            at_start.intersection(&shelf.standing()).filter(|id| !seen.contains(id)).copied().collect()
        };
        // What left and came back during the walk may have been passed by.
        let touched: BTreeSet<i64> = during_turned(&before, &during);
        prop_assert!(turned.is_subset(&touched), "missed {:?}", turned.difference(&touched).collect::<Vec<_>>());
        shelf.check_pages();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn an_archive_page_never_changes_under_its_version(changes in prop::collection::vec(change(), 150..400)) {
        let (mut shelf, mut noted) = (Shelf::new(), BTreeMap::new());
        for change in &changes {
            shelf.apply(change);
            shelf.versions(&mut noted);
        }
        prop_assert!(noted.len() > 20, "{} versions of pages", noted.len());
    }
}

#[test]
fn a_change_in_an_archive_page_gives_it_and_those_above_another_version() {
    let (mut shelf, mut noted) = (Shelf::new(), BTreeMap::new());
    (0..220).for_each(|hour| shelf.apply(&Change::Added(hour)));
    let mut before = shelf.versions(&mut noted);
    assert_eq!(before.len(), 4);
    let mut check = |shelf: &mut Shelf, change: Change, kept: usize| {
        shelf.apply(&change);
        let after = shelf.versions(&mut noted);
        let same = before.iter().zip(&after).take_while(|(before, after)| before == after).count();
        assert_eq!(same, kept, "{change:?}");
        assert!(before.iter().zip(&after).skip(kept).all(|(before, after)| before.1 != after.1), "{change:?}");
        before = after;
    };
    check(&mut shelf, Change::Added(300), 4);
    check(&mut shelf, Change::Edited(210), 4);
    check(&mut shelf, Change::Edited(160), 3);
    check(&mut shelf, Change::Turned(60), 1);
    check(&mut shelf, Change::Turned(60), 1);
    check(&mut shelf, Change::Edited(0), 0);
    check(&mut shelf, Change::Added(120), 2);
}

/// The articles that left or came back while `during` happened.
fn during_turned(before: &[Change], during: &[Change]) -> BTreeSet<i64> {
    let mut count = before.iter().filter(|change| matches!(change, Change::Added(_))).count();
    let mut turned = BTreeSet::new();
    for change in during {
        match change {
            Change::Added(_) => count += 1,
            Change::Turned(at) if count > 0 => {
                turned.insert((at % count) as i64 + 1);
            }
            _ => {}
        }
    }
    turned
}

#[test]
fn a_full_page_stays_as_it_is_while_newer_articles_come() {
    let mut shelf = Shelf::new();
    (0..60).for_each(|hour| shelf.apply(&Change::Added(hour)));
    let page = Part { page: Some(1), ..Part::default() };
    let before = shelf.part(&page).unwrap();
    (60..140).for_each(|hour| shelf.apply(&Change::Added(hour)));
    let after = shelf.part(&page).unwrap();
    assert!(before.neighbours.is_archive);
    assert_eq!((before.state.changed, &before.neighbours), (after.state.changed, &after.neighbours));
    let ids = |stored: &StoredFeed| stored.articles.iter().map(|article| article.id).collect::<Vec<_>>();
    assert_eq!(ids(&before), ids(&after));
    // An edit and a withdrawal show, each with a later time.
    shelf.apply(&Change::Edited(3));
    let edited = shelf.part(&page).unwrap().state.changed;
    shelf.apply(&Change::Turned(4));
    let withdrawn = shelf.part(&page).unwrap();
    assert!(after.state.changed < edited && edited < withdrawn.state.changed);
    assert_eq!((withdrawn.articles.len(), withdrawn.tombstones.len()), (49, 1));
}

#[test]
fn a_database_from_before_gets_its_pages() {
    let mut shelf = Shelf::new();
    (0..130).for_each(|hour| shelf.apply(&Change::Added(hour * 7 % 130)));
    let sql = include_str!("../../migrations/0013_archive.sql");
    let fill = &sql[sql.find("INSERT INTO archive").unwrap()..];
    let fill = &fill[..fill.find(';').unwrap()];
    shelf.connection.execute("DELETE FROM archive", []).unwrap();
    shelf.connection.execute(fill, []).unwrap();
    let sql = include_str!("../../migrations/0017_archive_versions.sql");
    shelf.connection.execute("DELETE FROM archive_version", []).unwrap();
    shelf.connection.execute(&sql[sql.find("INSERT INTO archive_version").unwrap()..], []).unwrap();
    shelf.check_pages();
    let walked = shelf.walk(None, true, &[]);
    assert_eq!(walked.iter().flat_map(|(_, entries)| entries).count(), 130);
    assert_eq!(shelf.versions(&mut BTreeMap::new()).len(), 2);
}

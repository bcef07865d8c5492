//! How well copies are told from other stories, on the invented archive. The figures at size are those of
//! `cargo bench --bench archive`.

use chrono::{DateTime, Utc};
use harbinger::sample::archive;
use harbinger::sample::edits::Edit;
use harbinger::store::Store;
use harbinger::store::batch::Batch;
use harbinger::text::fingerprint::{self, Fingerprint};
use harbinger::text::fold;

const SEED: u64 = 7;
const ARTICLES: u64 = 300;

#[tokio::test]
async fn every_kind_of_edit_is_known_for_a_copy_of_its_story_and_a_new_story_for_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let now: DateTime<Utc> = "2026-01-15T08:00:00Z".parse().unwrap();
    let pages = (0..ARTICLES).map(|number| archive::page(SEED, number)).collect();
    let batch = Batch { portal: archive::PORTAL.to_owned(), pages, ..Batch::default() };
    assert_eq!(store.save(batch, now).await.unwrap().new, ARTICLES);
    // Where one character in ten is another one, too little is left in common.
    for edit in Edit::ALL.into_iter().filter(|edit| *edit != Edit::Scrambled) {
        let mut missed = 0;
        for number in (0..ARTICLES).step_by(3) {
            let found = store.find_copy(archive::edited(SEED, number, edit)).await.unwrap();
            missed += u64::from(found.is_none());
        }
        assert!(missed <= 1, "{edit:?}: {missed} of 100 are missed");
    }
    for number in 0..100 {
        let found = store.find_copy(archive::edited(SEED + 1, number, Edit::Retyped)).await.unwrap();
        assert_eq!(found, None, "article {number} of another archive");
    }
}

#[test]
fn no_two_stories_are_alike_and_hardly_ever_two_bulletins() {
    let likeness = |a: &(Fingerprint, fold::Folded), b: &(Fingerprint, fold::Folded)| {
        a.0.likeness(&b.0).is_copy() && !fingerprint::are_different_bulletins(&a.1, &b.1)
    };
    let pairs = |texts: Vec<String>| {
        let folded = texts.iter().map(|text| fold::folded(text));
        let known: Vec<_> = folded.map(|text| (Fingerprint::of(&text).unwrap(), text)).collect();
        let all = known.iter().enumerate().flat_map(|(at, a)| known[..at].iter().map(move |b| (a, b)));
        all.fold((0, 0), |(copies, pairs), (a, b)| (copies + usize::from(likeness(a, b)), pairs + 1))
    };
    let stories = (0..700).map(|number| archive::edited(SEED, number, Edit::Retyped).article.text).collect();
    assert_eq!(pairs(stories), (0, 244_650));
    let (copies, bulletins) = pairs((0..150).map(|number| archive::bulletin(SEED, number).article.text).collect());
    assert!(copies * 50 <= bulletins, "{copies} of {bulletins}");
}

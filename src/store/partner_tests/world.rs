//! A store, the pages of two portals, all that can happen to them, and partners who follow.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use uuid::Uuid;

use crate::model::article::{Candidate, CleanArticle};
use crate::model::change::Cursor;
use crate::model::event::Decision;
use crate::model::explanation::Explanation;
use crate::model::feed::FeedKey;
use crate::model::html::SafeHtml;
use crate::model::page::Validators;
use crate::model::part::Part;
use crate::model::run::{RunState, Scope, Trigger};
use crate::model::signs::Signs;
use crate::store::batch::{Batch, Outcome, PageResult};
use crate::store::redecisions::Redecision;
use crate::store::split::Split;
use crate::store::{Store, articles};
use crate::text::fingerprint::Fingerprint;
use crate::text::fold;

pub(super) const PORTALS: [&str; 2] = ["river", "hill"];
const SECTIONS: [&str; 2] = ["news", "sport"];
const EVENT: &str = "fair";

/// Choices from a seed (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

/// A page of the world outside.
#[derive(Clone)]
pub(super) struct Page {
    pub(super) portal: &'static str,
    pub(super) section: &'static str,
    pub(super) path: usize,
    pub(super) story: u64,
    pub(super) edit: usize,
    pub(super) is_mirror: bool,
}

impl Page {
    fn key(&self) -> String {
        format!("{}.example/{}", self.portal, self.path)
    }

    fn url(&self) -> String {
        format!("https://{}", self.key())
    }

    fn candidate(&self) -> Candidate {
        let mut dice = Dice(self.story);
        let mut text: String =
            (0..150).filter_map(|_| char::from_u32(0x4e00 + u32::try_from(dice.below(3_000)).ok()?)).collect();
        text.push_str(&"又及".repeat(self.edit % 4));
        let title = format!("第{}号消息（{}）", self.story, self.edit);
        let folded = fold::folded(&text);
        let mut hash = blake3::Hasher::new();
        hash.update(title.as_bytes()).update(text.as_bytes());
        let decision = Decision {
            event: EVENT.to_owned(),
            score_milli: 1_000,
            is_included: self.story.is_multiple_of(3),
            reasons: vec!["it names the fair".to_owned()],
        };
        Candidate {
            portal: self.portal.to_owned(),
            url: self.url().parse().unwrap(),
            url_key: self.key(),
            is_canonical: false,
            text_hash: fold::text_hash(&folded.text),
            fingerprint: Fingerprint::of(&folded).map(|fingerprint| fingerprint.to_bytes()),
            revision_hash: *hash.finalize().as_bytes(),
            decisions: vec![decision],
            signs: Signs { language: "zh".to_owned(), ..Signs::default() },
            explanation: Explanation::default(),
            article: CleanArticle {
                title,
                subtitle: None,
                summary: None,
                html: SafeHtml::from_store(format!("<p>{text}</p>")),
                text,
                authors: Vec::new(),
                photographers: Vec::new(),
                editor: None,
                source: None,
                section_label: None,
                keywords: Vec::new(),
                language: "zh-Hans".to_owned(),
                published: Some("2026-01-05T00:00:00Z".parse().unwrap()),
                updated: None,
                images: Vec::new(),
                is_machine_copy: self.is_mirror,
                canonical_url: None,
            },
        }
    }

    fn result(&self, outcome: Outcome) -> PageResult {
        PageResult { key: self.key(), url: self.url(), sections: vec![self.section.to_owned()], due: None, outcome }
    }

    pub(super) fn read(&self) -> PageResult {
        self.result(Outcome::Article {
            candidate: Box::new(self.candidate()),
            validators: Validators::default(),
            body_hash: [7; 32],
        })
    }
}

/// A partner's copy of a feed: title and time of each article by its id.
#[derive(Default)]
pub(super) struct Partner {
    pub(super) cursor: Cursor,
    pub(super) has: BTreeMap<Uuid, (String, DateTime<Utc>)>,
}

/// The store, the world outside, and those who follow.
pub(super) struct World {
    pub(super) folder: TempDir,
    pub(super) store: Store,
    pub(super) dice: Dice,
    pub(super) now: DateTime<Utc>,
    pub(super) pages: Vec<Page>,
    pub(super) partners: Vec<(FeedKey, Partner)>,
    pub(super) runs: Vec<i64>,
    pub(super) configured: Vec<String>,
    pub(super) happened: BTreeSet<&'static str>,
}

fn feeds() -> Vec<FeedKey> {
    let mut feeds = vec![FeedKey::All, FeedKey::Event(EVENT.to_owned())];
    for portal in PORTALS {
        feeds.push(FeedKey::Portal(portal.to_owned()));
        feeds.extend(SECTIONS.map(|section| FeedKey::Section(portal.to_owned(), section.to_owned())));
    }
    feeds
}

impl World {
    pub(super) async fn new(seed: u64) -> World {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let now = "2026-01-06T00:00:00Z".parse().unwrap();
        let settings = feeds().iter().map(|feed| (feed.to_string(), [0; 32])).collect();
        store.register(settings, now).await.unwrap();
        World {
            folder,
            store,
            dice: Dice(seed),
            now,
            pages: Vec::new(),
            partners: feeds().into_iter().map(|feed| (feed, Partner::default())).collect(),
            runs: Vec::new(),
            configured: PORTALS.map(str::to_owned).to_vec(),
            happened: BTreeSet::new(),
        }
    }

    fn pick(&mut self) -> Option<usize> {
        let pages = self.pages.len();
        (pages > 0).then(|| self.dice.below(pages))
    }

    fn new_page(&mut self, story: u64, is_mirror: bool) -> Page {
        let (portal, section) = (PORTALS[self.dice.below(2)], SECTIONS[self.dice.below(2)]);
        Page { portal, section, path: self.pages.len(), story, edit: self.dice.below(4), is_mirror }
    }

    pub(super) async fn save(&mut self, portal: &str, page: PageResult) {
        let (run, _) = self.store.create_run(Trigger::Cli, Scope::default(), self.now).await.unwrap();
        let batch = Batch { portal: portal.to_owned(), run: Some(run.id), pages: vec![page], ..Batch::default() };
        self.store.save(batch, self.now).await.unwrap();
        let mut ended = run;
        ended.state = RunState::Done;
        self.store.update_run(&ended).await.unwrap();
        self.runs.push(ended.id);
    }

    async fn some_id(&mut self) -> Option<Uuid> {
        let page = self.pick()?;
        let key = self.pages[page].key();
        let sql = "SELECT article.guid FROM page JOIN article ON article.id = page.article WHERE page.key = ?";
        let read = move |connection: &rusqlite::Connection| {
            Ok(connection.query_row(sql, [key], |row| row.get::<_, String>(0)).ok())
        };
        self.store.database.read(read).await.unwrap().and_then(|guid| guid.parse().ok())
    }

    /// One thing happens.
    pub(super) async fn step(&mut self) {
        self.now += TimeDelta::minutes(1 + self.dice.below(90) as i64);
        let what = self.dice.below(16);
        let Some(at) = self.pick().filter(|_| what > 2) else {
            let (story, is_mirror) = (self.pages.len() as u64, self.dice.below(4) == 0);
            let page = self.new_page(story, is_mirror);
            self.save(page.portal, page.read()).await;
            self.pages.push(page);
            self.happened.insert("a new story");
            return;
        };
        let mut page = self.pages[at].clone();
        let done = match what {
            3 | 4 => {
                page.edit += 1;
                self.pages[at] = page.clone();
                self.save(page.portal, page.read()).await;
                "an edit"
            }
            5 | 6 => {
                let copy = self.new_page(page.story, false);
                self.save(copy.portal, copy.read()).await;
                self.pages.push(copy);
                "a copy, or the original of a mirror"
            }
            7 => {
                let linked =
                    PageResult { sections: SECTIONS.map(str::to_owned).to_vec(), ..page.result(Outcome::Linked) };
                self.save(page.portal, linked).await;
                "a second section"
            }
            8 => {
                self.save(page.portal, page.result(Outcome::Gone { error: "404".into() })).await;
                self.now += TimeDelta::hours(3);
                self.save(page.portal, page.result(Outcome::Gone { error: "404".into() })).await;
                "a page that is gone"
            }
            9 => {
                self.save(page.portal, page.result(Outcome::Unchanged { validators: None })).await;
                "a page that is there"
            }
            10 => {
                let Some(id) = self.some_id().await else { return };
                self.store.withdraw(id, self.now).await.unwrap();
                "a withdrawal"
            }
            11 => {
                let Some(id) = self.some_id().await else { return };
                self.store.restore(id, self.now).await.unwrap();
                "a restoration"
            }
            12 => self.split().await,
            13 => {
                let run = self.runs[self.dice.below(self.runs.len())];
                self.store.purge(run, self.now).await.unwrap();
                "a purge"
            }
            14 => self.configure().await,
            _ => self.crash(&page).await,
        };
        self.happened.insert(done);
    }

    /// An admin undoes some merge; then every page is read again.
    async fn split(&mut self) -> &'static str {
        let Some(id) = self.some_id().await else { return "nothing to split" };
        let mut done = "nothing to split";
        for page in self.pages.clone() {
            if let Some(Split::Done(_)) = self.store.split(id, vec![page.key()], self.now).await.unwrap() {
                done = "a split";
                break;
            }
        }
        for page in self.pages.clone() {
            self.save(page.portal, page.read()).await;
        }
        done
    }

    async fn configure(&mut self) -> &'static str {
        if self.dice.below(2) == 0 {
            let decided = self.store.published_between(DateTime::UNIX_EPOCH, self.now, None, 1_000).await.unwrap();
            let remainder = self.dice.below(3);
            let decision = |row: i64| Decision {
                event: EVENT.to_owned(),
                score_milli: 500,
                is_included: row.unsigned_abs() as usize % 3 == remainder,
                reasons: vec!["the rules are new".to_owned()],
            };
            let decisions = decided.iter().map(|article| (article.row, decision(article.row))).collect();
            let redecision = Redecision {
                event: EVENT.to_owned(),
                rules: [1; 32],
                timezone: "UTC".to_owned(),
                section_cap: [None, Some(1), Some(3)][self.dice.below(3)],
                since: self.store.last_change().await.unwrap(),
                decisions,
            };
            self.store.replace_decisions(redecision, self.now).await.unwrap();
            return "an event's new rules";
        }
        self.configured = match self.dice.below(3) {
            0 => vec![PORTALS[0].to_owned()],
            1 => vec![PORTALS[1].to_owned()],
            _ => PORTALS.map(str::to_owned).to_vec(),
        };
        let is_private = self.dice.below(2) == 0;
        let private = PORTALS.map(str::to_owned).into_iter();
        let private = private.filter(|portal| is_private && !self.configured.contains(portal)).collect();
        self.store.configure_portals(self.configured.clone(), private, self.now).await.unwrap();
        "a portal that leaves, becomes private or comes back"
    }

    /// The program ends in the middle of a write.
    async fn crash(&mut self, page: &Page) -> &'static str {
        let edited = Page { edit: page.edit + 1, ..page.clone() };
        let pages = vec![edited.read(), self.new_page(9_000, false).read()];
        let batch = Batch { portal: page.portal.to_owned(), pages, ..Batch::default() };
        let now = self.now;
        let write = move |transaction: &rusqlite::Transaction| {
            articles::save_batch(transaction, &batch, now)?;
            panic!("the program ends here")
        };
        assert!(self.store.database.write::<()>(write).await.is_err());
        self.store = Store::open(self.folder.path()).unwrap();
        "a crash"
    }

    /// Some partners read on, some of them to the end.
    pub(super) async fn follow(&mut self, all: bool) {
        for at in 0..self.partners.len() {
            let (limit, mut pages) = (1 + self.dice.below(9), self.dice.below(4));
            let (feed, partner) = &mut self.partners[at];
            loop {
                if pages == 0 && !all {
                    break;
                }
                pages = pages.saturating_sub(1);
                let stretch = self.store.changes(feed.clone(), partner.cursor, limit).await.unwrap().unwrap();
                for changed in stretch.changes {
                    match changed.article {
                        Some(article) => partner.has.insert(changed.id, (article.title, article.updated)),
                        None => partner.has.remove(&changed.id),
                    };
                }
                partner.cursor = stretch.next.to_string().parse().unwrap();
                if !stretch.has_more {
                    break;
                }
            }
        }
    }

    pub(super) async fn check(&mut self, seed: u64, step: usize) {
        self.follow(true).await;
        for (feed, partner) in &self.partners {
            let stored = self.store.feed(feed.clone(), Part::default(), 10_000).await.unwrap().unwrap();
            let stands: BTreeMap<Uuid, (String, DateTime<Utc>)> =
                stored.articles.into_iter().map(|it| (it.id, (it.title, it.updated))).collect();
            assert_eq!(partner.has, stands, "{feed} of sequence {seed} after step {step}");
        }
    }
}

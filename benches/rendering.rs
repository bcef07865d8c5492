//! What rendering costs from stored rows to bytes, beside the least the crates that write the formats must do with the
//! same texts.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use anyhow::Context;
use atom_syndication::{Content, Link, Person, Text};
use harbinger::clock::Clock;
use harbinger::ingest::fetch::Fetcher;
use harbinger::ingest::{self, Ingest, Options};
use harbinger::model::article::{Article, Image};
use harbinger::model::catalogue::Catalogue;
use harbinger::model::feed::FeedKey;
use harbinger::model::part::Part;
use harbinger::model::run::{Scope, Trigger};
use harbinger::model::timezone::Timezone;
use harbinger::publish::select::{self, FeedIds};
use harbinger::publish::{atom, rss};
use harbinger::store::Store;
use harbinger::store::parts::StoredFeed;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::measure::{self, Better, Demand, Table};
use crate::portal::{self, Portal};

/// The zone of the portal, and what the reference says of it.
static ZONE: LazyLock<Timezone> = LazyLock::new(|| "Asia/Shanghai".parse().unwrap_or(Timezone::UTC));
const TITLE: &str = "冰河新闻网";
const SECTION_URL: &str = "https://feeds.example/feeds/bulk/s0.rss";
/// Entries of full text.
const ENTRIES: usize = 100;
/// How often they are rendered each time the clock is read: it may count in steps of a millisecond.
const RENDERINGS: usize = 8;
/// How near ours must come to the crates alone, 1 to 1.3: it also selects, names where entries come from, and sieves.
const SHARE_MIN: f64 = 0.77;

/// A feed as it is stored.
pub struct Rows {
    catalogue: Catalogue,
    ids: FeedIds,
    key: FeedKey,
    stored: StoredFeed,
}

impl Rows {
    /// Ingests as many articles as are rendered.
    pub async fn ingested() -> anyhow::Result<Rows> {
        let folder = tempfile::tempdir()?;
        let portal = Portal::start(1, ENTRIES)?;
        let catalogue = portal.catalogue("list.html", portal::SELECTORS)?;
        let fetcher = Fetcher::new("Harbinger/0 (+https://feeds.example/)".to_owned())?;
        let ingest = Ingest::new(Arc::new(catalogue.clone()), fetcher, Store::open(folder.path())?);
        let (now, stop) = (Clock::system().now(), CancellationToken::new());
        let (record, _) = ingest.store.create_run(Trigger::Cli, Scope::default(), now).await?;
        ingest::run(&ingest, &record, Options::default(), now, &stop, &|_| {}).await?;
        let states = ingest.store.feed_states().await?;
        let ids: HashMap<_, _> = states.into_iter().map(|(name, state)| (name, state.id)).collect();
        let key = FeedKey::Portal(portal::ID.to_owned());
        let part = Part::newest(ENTRIES);
        let stored = ingest.store.feed(key.clone(), part, ENTRIES).await?.context("the feed was not stored")?;
        anyhow::ensure!(stored.articles.len() == ENTRIES, "{} articles were stored", stored.articles.len());
        Ok(Rows { catalogue, ids, key, stored })
    }

    fn ours(&self, stored: StoredFeed, base_url: &Url, is_atom: bool) -> anyhow::Result<Vec<u8>> {
        let part = Part::newest(ENTRIES);
        let feed = select::feed(&self.catalogue, base_url, &self.ids, &self.key, stored, part);
        let feed = feed.context("the files do not name the feed")?;
        Ok(if is_atom { atom::render(&feed) } else { rss::render(&feed) })
    }

    /// Adds the figures of both formats to a table.
    pub fn compare(&self, table: &mut Table, rounds: usize) -> anyhow::Result<()> {
        let base_url: Url = "https://feeds.example/".parse()?;
        for (format, is_atom) in [("RSS", false), ("Atom", true)] {
            let (mut ours, mut reference) = (Vec::new(), Vec::new());
            // The first round warms both up and is not counted.
            for turn in 0..=rounds {
                let rendered = || self.timed(|stored| self.ours(stored, &base_url, is_atom));
                let written = || self.timed(|stored| by_crate(stored, is_atom));
                let ((bytes, cost), (least, least_cost));
                // Who comes second finds memory that the first has used, so they take turns.
                if turn % 2 == 0 {
                    (bytes, cost) = rendered()?;
                    (least, least_cost) = written()?;
                } else {
                    (least, least_cost) = written()?;
                    (bytes, cost) = rendered()?;
                }
                anyhow::ensure!(least > bytes / 2 && bytes > least / 2, "{format}: {bytes} beside {least} bytes");
                if turn > 0 {
                    ours.push(cost.as_secs_f64() * 1e3);
                    reference.push(least_cost.as_secs_f64() * 1e3);
                }
            }
            let figure = format!("rendering: {ENTRIES} entries of full text as {format}, CPU ms");
            table.paired(&figure, Better::Lower, &ours, &reference, Demand::AtLeast(SHARE_MIN));
        }
        Ok(())
    }

    /// The bytes of a document, and what one cost of the processor, its freeing too; the rows come for nothing.
    fn timed(&self, work: impl Fn(StoredFeed) -> anyhow::Result<Vec<u8>>) -> anyhow::Result<(usize, Duration)> {
        let rows: [StoredFeed; RENDERINGS] = std::array::from_fn(|_| self.stored.clone());
        let mut bytes = 0;
        let begin = measure::cpu(std::process::id())?;
        for stored in rows {
            bytes = work(stored)?.len();
        }
        Ok((bytes, (measure::cpu(std::process::id())? - begin) / RENDERINGS as u32))
    }
}

fn by_crate(stored: StoredFeed, is_atom: bool) -> anyhow::Result<Vec<u8>> {
    if is_atom { atom_by_crate(stored) } else { rss_by_crate(stored) }
}

/// The same elements as ours, built from the rows in the plainest way.
fn rss_by_crate(stored: StoredFeed) -> anyhow::Result<Vec<u8>> {
    use ::rss::extension::dublincore::DublinCoreExtension;
    let category = |name: String| ::rss::Category { name, domain: None };
    let item = |article: Article| ::rss::Item {
        guid: Some(::rss::Guid { value: article.guid(), permalink: false }),
        pub_date: Some(article.published.with_timezone(&*ZONE).to_rfc2822()),
        categories: article.sections.into_iter().chain(article.keywords).map(category).collect(),
        source: Some(::rss::Source { url: SECTION_URL.to_owned(), title: Some(TITLE.to_owned()) }),
        extensions: media((&article.images, &article.photographers), |name, value, attrs, children| {
            ::rss::extension::Extension { name: name.to_owned(), value, attrs, children }
        }),
        dublin_core_ext: Some(DublinCoreExtension { creators: article.authors, ..Default::default() }),
        title: Some(article.title),
        link: Some(article.url),
        description: article.summary,
        content: Some(article.html.as_str().to_owned()),
        ..::rss::Item::default()
    };
    let channel = ::rss::Channel {
        title: TITLE.to_owned(),
        link: "https://feeds.example/".to_owned(),
        description: TITLE.to_owned(),
        items: stored.articles.into_iter().map(item).collect(),
        ..::rss::Channel::default()
    };
    Ok(channel.write_to(Vec::new())?)
}

fn atom_by_crate(stored: StoredFeed) -> anyhow::Result<Vec<u8>> {
    let category = |term: String| atom_syndication::Category { label: Some(term.clone()), term, scheme: None };
    let entry = |article: Article| atom_syndication::Entry {
        id: article.guid(),
        published: Some(article.published.with_timezone(&*ZONE).fixed_offset()),
        updated: article.updated.with_timezone(&*ZONE).fixed_offset(),
        links: vec![Link { href: article.url, rel: "alternate".to_owned(), ..Link::default() }],
        categories: article.sections.into_iter().chain(article.keywords).map(category).collect(),
        source: Some(atom_syndication::Source {
            id: format!("urn:uuid:{}", article.id),
            title: Text::plain(TITLE),
            updated: article.updated.fixed_offset(),
            links: vec![Link { href: SECTION_URL.to_owned(), rel: "self".to_owned(), ..Link::default() }],
            ..Default::default()
        }),
        extensions: media((&article.images, &article.photographers), |name, value, attrs, children| {
            atom_syndication::extension::Extension { name: name.to_owned(), value, attrs, children }
        }),
        title: Text::plain(article.title),
        summary: article.summary.map(Text::plain),
        content: Some(Content {
            value: Some(article.html.as_str().to_owned()),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        authors: article.authors.into_iter().map(|name| Person { name, ..Person::default() }).collect(),
        ..atom_syndication::Entry::default()
    };
    let feed = atom_syndication::Feed {
        id: format!("urn:uuid:{}", stored.state.id),
        title: Text::plain(TITLE),
        updated: stored.state.changed.fixed_offset(),
        entries: stored.articles.into_iter().map(entry).collect(),
        ..atom_syndication::Feed::default()
    };
    Ok(feed.write_to(Vec::new())?)
}

/// The pictures of an article, as both crates keep what they have no field for: name, text, attributes, children.
fn media<E>(
    (images, photographers): (&[Image], &[String]),
    element: impl Fn(&str, Option<String>, Words, BTreeMap<String, Vec<E>>) -> E,
) -> Media<E> {
    let word = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let leaf = |name: &str, text: &str, attribute| {
        element(name, Some(text.to_owned()), BTreeMap::from([attribute]), BTreeMap::new())
    };
    let credit = |name: &String| leaf("media:credit", name, word("role", "photographer"));
    let caption = |text: &String| leaf("media:description", text, word("type", "plain"));
    let content = |image: &Image| {
        let words = [word("url", &image.url), word("medium", "image"), word("type", "image/jpeg")];
        let children = BTreeMap::from([
            ("credit".to_owned(), photographers.iter().map(credit).collect()),
            ("description".to_owned(), image.caption.iter().map(caption).collect()),
        ]);
        element("media:content", None, BTreeMap::from(words), children)
    };
    let named = BTreeMap::from([("content".to_owned(), images.iter().map(content).collect())]);
    if images.is_empty() { BTreeMap::new() } else { BTreeMap::from([("media".to_owned(), named)]) }
}

/// Attributes.
type Words = BTreeMap<String, String>;
/// Elements by prefix and name.
type Media<E> = BTreeMap<String, BTreeMap<String, Vec<E>>>;

//! An invented archive of any size, for benches: the same seed and number give the same article, and no two tell one
//! story. What stands on a page around the story costs no time here, because nothing is read from pages.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::model::article::{Candidate, CleanArticle};
use crate::model::explanation::Explanation;
use crate::model::html::SafeHtml;
use crate::model::page::Validators;
use crate::model::signs::Signs;
use crate::sample::edits::{self, Edit};
use crate::sample::words::{Dice, headline, paragraph, person};
use crate::store::batch::{Outcome, PageResult};
use crate::text::fingerprint::Fingerprint;
use crate::text::{address, fold};

/// The portal of every article.
pub const PORTAL: &str = "archive";
/// Its sections, `s0`, `s1` …
pub const SECTIONS: u64 = 10;
/// Articles a day, as a large portal has them.
const ARTICLES_A_DAY: u64 = 500;
/// Paragraphs of a story, and how many more it may have.
const PARAGRAPHS: (usize, usize) = (4, 5);

/// The page of an article as a run hands it to the store.
pub fn page(seed: u64, number: u64) -> PageResult {
    stored(candidate(seed, number, &str::to_owned), number)
}

/// Another page with the same story, and a sentence of its own.
pub fn copy(seed: u64, number: u64, sentence: &str) -> Candidate {
    elsewhere(candidate(seed, number, &|text| text.replacen('。', &format!("。{sentence}"), 1)), number)
}

/// Another page with the same story, edited.
pub fn edited(seed: u64, number: u64, edit: Edit) -> Candidate {
    let edited = |text: &str| edit.of(text, &mut Dice::new(seed ^ number.wrapping_add(1).wrapping_mul(0x9E37_79B9)));
    elsewhere(candidate(seed, number, &edited), number)
}

/// A page with a bulletin: the weather's or a lottery's.
pub fn bulletin(seed: u64, number: u64) -> Candidate {
    let bulletin = |_: &str| edits::bulletin(&mut Dice::new(seed ^ number.wrapping_add(1).wrapping_mul(0x9E37_79B9)));
    elsewhere(candidate(seed, number, &bulletin), number)
}

fn elsewhere(mut page: Candidate, number: u64) -> Candidate {
    let url = format!("https://archive.example/copies/{number}.html");
    page.url = url.parse().unwrap_or(page.url);
    page.url_key = address::key(&page.url);
    page
}

fn stored(candidate: Candidate, number: u64) -> PageResult {
    PageResult {
        key: candidate.url_key.clone(),
        url: candidate.url.to_string(),
        sections: vec![format!("s{}", number % SECTIONS)],
        due: None,
        outcome: Outcome::Article {
            validators: Validators { etag: Some(format!("\"{number:x}\"")), last_modified: None },
            body_hash: *blake3::hash(&number.to_le_bytes()).as_bytes(),
            candidate: Box::new(candidate),
        },
    }
}

fn candidate(seed: u64, number: u64, edit: &dyn Fn(&str) -> String) -> Candidate {
    let mut dice = Dice::new(seed.wrapping_mul(0x9E37_79B9).wrapping_add(number));
    let title = headline(&mut dice);
    let paragraphs: Vec<String> = (0..PARAGRAPHS.0 + dice.below(PARAGRAPHS.1)).map(|_| paragraph(&mut dice)).collect();
    let text = edit(&paragraphs.join("\n"));
    let mut html = String::with_capacity(text.len() + 64);
    for paragraph in text.lines() {
        // Writing to a string does not fail.
        let _ = write!(html, "<p>{paragraph}</p>");
    }
    let folded = fold::folded(&text);
    let published = DateTime::UNIX_EPOCH + TimeDelta::seconds((number * 86_400 / ARTICLES_A_DAY).cast_signed());
    let url = address_of(number, published);
    let mut hash = blake3::Hasher::new();
    hash.update(title.as_bytes()).update(text.as_bytes());
    Candidate {
        portal: PORTAL.to_owned(),
        url_key: address::key(&url),
        url,
        is_canonical: false,
        text_hash: fold::text_hash(&folded.text),
        fingerprint: Fingerprint::of(&folded).map(|fingerprint| fingerprint.to_bytes()),
        revision_hash: *hash.finalize().as_bytes(),
        decisions: Vec::new(),
        signs: Signs { language: "zh".to_owned(), ..Signs::default() },
        explanation: Explanation::default(),
        article: CleanArticle {
            summary: text.lines().next().map(|line| line.chars().take(100).collect()),
            // Paragraphs of plain words are safe as they are, and what the allow-list costs is not measured here.
            html: SafeHtml::from_store(html),
            authors: vec![person(&mut dice)],
            title,
            text,
            subtitle: None,
            photographers: Vec::new(),
            editor: None,
            source: Some("冰河日报".to_owned()),
            section_label: None,
            keywords: Vec::new(),
            language: "zh-Hans".to_owned(),
            published: Some(published),
            updated: None,
            images: Vec::new(),
            is_machine_copy: false,
            canonical_url: None,
        },
    }
}

fn address_of(number: u64, published: DateTime<Utc>) -> Url {
    let url = format!("https://archive.example/{}/content_{number}.html", published.format("%Y-%m/%d"));
    url.parse().expect("an address of letters, digits and slashes")
}

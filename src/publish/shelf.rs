//! The shelf of ready documents, which every reader's request is answered from.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use moka::future::Cache;

use crate::publish::answers::Answers;
use crate::publish::document::Document;

/// What the documents made on demand may take, in bytes: 16 MiB.
/// A feed with 200 entries of full text takes about one.
pub const VARIANT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Ready documents by path, read without a lock, and a bounded cache of their variants (`?limit=`).
pub struct Shelf {
    documents: ArcSwap<HashMap<String, Arc<Document>>>,
    variants: Cache<(u64, String), Arc<Document>>,
    generation: AtomicU64,
    /// What was answered to whole addresses of late.
    pub answers: Answers,
}

impl Default for Shelf {
    fn default() -> Self {
        Shelf::new()
    }
}

impl Shelf {
    /// An empty shelf.
    pub fn new() -> Shelf {
        let weigh = |key: &(u64, String), document: &Arc<Document>| {
            u32::try_from(key.1.len() + document.bytes()).unwrap_or(u32::MAX)
        };
        Shelf {
            documents: ArcSwap::default(),
            variants: Cache::builder().max_capacity(VARIANT_BYTES_MAX).weigher(weigh).build(),
            generation: AtomicU64::new(0),
            answers: Answers::default(),
        }
    }

    /// The document at this path, such as `/feeds/hljnews/ljxw.rss`.
    pub fn get(&self, path: &str) -> Option<Arc<Document>> {
        self.documents.load().get(path).map(Arc::clone)
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.documents.load().len()
    }

    /// Whether nothing has been put there yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts a batch there, replacing what stood at the same paths: a reader sees all of it or nothing.
    pub fn put(&self, batch: Vec<(String, Document)>) {
        if batch.is_empty() {
            return;
        }
        let batch: Vec<_> = batch.into_iter().map(|(path, document)| (path, Arc::new(document))).collect();
        self.documents.rcu(|documents| {
            let mut documents = HashMap::clone(documents);
            documents.extend(batch.iter().map(|(path, document)| (path.clone(), Arc::clone(document))));
            documents
        });
        self.forget_variants();
    }

    /// Forgets the variants, because what they are made of changed.
    pub fn forget_variants(&self) {
        // A variant begun before this may be ready only after it. It is kept under the old generation,
        // where nobody asks any more.
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.variants.invalidate_all();
        self.answers.forget();
    }

    /// A variant of a document, such as `/feeds/hljnews.rss?limit=5`: kept until anything changes, and made once
    /// however many ask at the same time. `make` runs only if it is not there; what it cannot make is not kept.
    pub async fn variant<E>(
        &self,
        key: &str,
        make: impl Future<Output = Result<Document, E>>,
    ) -> Result<Arc<Document>, Arc<E>>
    where
        E: Send + Sync + 'static,
    {
        let key = (self.generation.load(Ordering::Acquire), key.to_owned());
        // The cache hands the work on from function to function, and one variant is made of another: as a value it would
        // be on the stack many times over.
        self.variants.try_get_with(key, Box::pin(async { make.await.map(Arc::new) })).await
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use chrono::DateTime;

    use super::*;

    fn document(text: &str) -> Document {
        Document::new("text/plain", text.to_owned(), DateTime::UNIX_EPOCH, 60)
    }

    async fn variant(shelf: &Shelf, text: &str) -> String {
        let made = shelf.variant("/a?limit=1", async { Ok::<_, Infallible>(document(text)) }).await.unwrap();
        String::from_utf8(made.identity.to_vec()).unwrap()
    }

    #[test]
    fn a_document_replaces_the_one_before() {
        let shelf = Shelf::new();
        assert!(shelf.get("/a").is_none() && shelf.is_empty());
        shelf.put(vec![("/a".to_owned(), document("1")), ("/b".to_owned(), document("2"))]);
        let held = shelf.get("/a").unwrap();
        shelf.put(vec![("/a".to_owned(), document("3"))]);
        assert_eq!((held.identity.as_ref(), shelf.len()), (b"1".as_ref(), 2));
        assert_eq!(shelf.get("/a").unwrap().identity, "3");
        assert_eq!(shelf.get("/b").unwrap().identity, "2");
    }

    #[tokio::test]
    async fn a_variant_is_kept_until_something_changes() {
        let shelf = Shelf::new();
        assert_eq!(variant(&shelf, "1").await, "1");
        assert_eq!(variant(&shelf, "2").await, "1");
        shelf.put(vec![("/b".to_owned(), document("x"))]);
        assert_eq!(variant(&shelf, "3").await, "3");
    }

    #[tokio::test]
    async fn a_variant_begun_before_a_change_is_not_kept_after_it() {
        let shelf = Shelf::new();
        let slow = shelf.variant("/a?limit=1", async {
            shelf.put(vec![("/a".to_owned(), document("new"))]);
            Ok::<_, Infallible>(document("old"))
        });
        assert_eq!(slow.await.unwrap().identity, "old");
        assert_eq!(variant(&shelf, "new").await, "new");
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let shelf = Shelf::new();
        let failure = shelf.variant("/a?limit=1", async { Err::<Document, _>("down") }).await;
        assert_eq!(*failure.unwrap_err(), "down");
        assert_eq!(variant(&shelf, "1").await, "1");
    }
}

//! Ready answers by the address they were asked at, with its query: who asks the same again is answered without a look
//! at what the query means. They are kept until anything changes.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::publish::document::Document;

/// What the documents kept here may take, in bytes: 2 MiB, about a hundred lists of headlines. The shelf keeps most of
/// them anyway.
const ANSWERS_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A document that takes more than this share of it is not kept.
const SHARE_MAX: usize = 4;

/// The answers; read with a lock that readers share.
#[derive(Default)]
pub struct Answers {
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Moves on whenever anything changes.
    epoch: u64,
    bytes: usize,
    documents: HashMap<Box<str>, Arc<Document>>,
}

impl Answers {
    /// The document at an address.
    pub fn get(&self, address: &str) -> Option<Arc<Document>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).documents.get(address).map(Arc::clone)
    }

    /// The time between two changes that it is; asked before a document is made.
    pub fn epoch(&self) -> u64 {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).epoch
    }

    /// Keeps a document that was made after `epoch` was asked, unless anything changed since.
    pub fn keep(&self, epoch: u64, address: &str, document: &Arc<Document>) {
        // What is here is handed out to whoever asks.
        if document.is_private {
            return;
        }
        let bytes = address.len() + document.bytes();
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.epoch != epoch || bytes > ANSWERS_BYTES_MAX / SHARE_MAX {
            return;
        }
        if kept.bytes + bytes > ANSWERS_BYTES_MAX {
            // What is asked again comes again, from the variants of the shelf.
            kept.documents.clear();
            kept.bytes = 0;
        }
        if kept.documents.insert(address.into(), Arc::clone(document)).is_none() {
            kept.bytes += bytes;
        }
    }

    /// Forgets them all, because what they are made of changed.
    pub fn forget(&self) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        *kept = Kept { epoch: kept.epoch + 1, ..Kept::default() };
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn document(bytes: usize) -> Arc<Document> {
        Arc::new(Document::new("text/plain", vec![b'x'; bytes], DateTime::UNIX_EPOCH, 60))
    }

    #[test]
    fn an_answer_is_kept_until_something_changes() {
        let answers = Answers::default();
        answers.keep(answers.epoch(), "/a?limit=1", &document(1));
        assert!(answers.get("/a?limit=1").is_some() && answers.get("/a?limit=2").is_none());
        let begun = answers.epoch();
        answers.forget();
        answers.keep(begun, "/a?limit=1", &document(1));
        assert!(answers.get("/a?limit=1").is_none(), "it was made before the change");
    }

    #[test]
    fn answers_take_no_more_memory_than_they_may() {
        let answers = Answers::default();
        let most = ANSWERS_BYTES_MAX / SHARE_MAX;
        answers.keep(0, "/large", &document(most));
        assert!(answers.get("/large").is_none());
        let fitting = document(most * 9 / 10);
        for name in 0..100 {
            answers.keep(0, &format!("/{name}"), &fitting);
            assert!(answers.get(&format!("/{name}")).is_some());
            let kept = answers.kept.read().unwrap().documents.len();
            assert!(kept <= SHARE_MAX, "{kept}");
        }
    }
}

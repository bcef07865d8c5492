//! From a feed to ready bytes: one file a format, each a pure function of `Feed`, and the shelf they lie on.
//! Nothing is published before a parser that did not write it has read it back.

use std::sync::Arc;

use crate::model::feed::{Feed, FeedKey, Format};
use crate::publish::document::Document;
use crate::publish::pages::language::Language;
use crate::publish::pages::look::Look;
use crate::store::StoreError;

pub mod answers;
pub mod assets;
pub mod at_work;
pub mod atom;
pub mod browser;
pub mod delta;
pub mod directory;
pub mod document;
pub mod embed;
pub mod encoding;
pub mod front;
pub mod headlines;
pub mod json;
pub mod legal;
pub mod opml;
pub mod pages;
pub mod picture;
pub mod publisher;
pub mod push;
pub mod renderer;
pub mod robots;
pub mod rss;
pub mod select;
pub mod shelf;
pub mod site;
pub mod sitemap;
pub mod specimen;
pub mod topics;
pub mod verify;

#[cfg(test)]
mod tests;

/// What the documents call their writer.
pub const GENERATOR: &str = concat!("Harbinger/", env!("CARGO_PKG_VERSION"));

/// The namespace that says of a document that it is an archive page (RFC 5005 §2).
const FEED_HISTORY: &str = "http://purl.org/syndication/history/1.0";

/// Why a document was not published; the good one before it stays on the shelf.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// What we wrote does not read back as what we meant: a mistake of ours.
    #[error("cannot publish {url}: {reason}; the last good copy stays, please report this")]
    Broken {
        /// The address of the document.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store does not know the feed.
    #[error("the feed was never published")]
    Absent,
    /// The store does not know a feed of the operator's files yet.
    #[error(
        "the feed {0} is not in the database yet, and another harbinger is using that: restart it if feeds/ changed \
         since its start, or try again when it is done"
    )]
    Unregistered(String),
    /// The archive pages of a feed were divided while they were read.
    #[error("the archive of {0} changed while it was read; try again")]
    Moved(String),
    /// Another request made the same document, and failed.
    #[error(transparent)]
    Shared(Arc<PublishError>),
    /// Rendering ended in a panic: a mistake of ours.
    #[error("rendering was interrupted; please report this")]
    Interrupted,
}

/// Every document of a feed with the key it has on the shelf, all formats or none.
///
/// All portals together have their RSS at `/feed.xml` too, and no page of their own: theirs is the front page.
pub fn documents(feed: &Feed) -> Result<Vec<(String, Document)>, PublishError> {
    let mut documents = Vec::with_capacity(4);
    for format in [Format::Rss, Format::Atom, Format::Json] {
        documents.push((feed.format_path(format), document(feed, format, Look::default())?));
    }
    if feed.key == FeedKey::All {
        let alias = Feed { is_alias: true, ..feed.clone() };
        documents.push((alias.format_path(Format::Rss), document(&alias, Format::Rss, Look::default())?));
    } else {
        for language in Language::ALL {
            let look = Look::preferred(language);
            documents.push((look.key(&feed.format_path(Format::Html)), document(feed, Format::Html, look)?));
        }
    }
    // A box stands on pages that anybody may open.
    if let Some(path) = embed::path(&feed.key).filter(|_| !feed.is_private) {
        documents.push((path, headline_box(feed, embed::Asked::default())?));
    }
    Ok(documents)
}

/// The headline box of a feed, read back before it is handed out.
pub fn headline_box(feed: &Feed, asked: embed::Asked) -> Result<Document, PublishError> {
    let broken = |reason| PublishError::Broken { url: feed.page_url(), reason };
    let text = embed::render(feed, asked).map_err(|error| broken(error.to_string()))?;
    verify::document(Format::Html, text.as_bytes(), 0).map_err(broken)?;
    let document = Document::of(feed, Format::Html, text.as_bytes());
    Ok(Document { policy: Some(embed::CONTENT_SECURITY_POLICY), ..document })
}

/// One document of a feed, read back before it is handed out; only the page has a look.
pub fn document(feed: &Feed, format: Format, look: Look) -> Result<Document, PublishError> {
    let document = Document::of(feed, format, &rendered(feed, format, look)?);
    Ok(if format == Format::Html { document.in_language(look.language) } else { document })
}

/// The bytes of a document of a feed, read back.
fn rendered(feed: &Feed, format: Format, look: Look) -> Result<Vec<u8>, PublishError> {
    let broken = |reason| PublishError::Broken { url: feed.format_url(format), reason };
    let bytes = match format {
        Format::Rss => rss::render(feed),
        Format::Atom => atom::render(feed),
        Format::Json => json::render(feed).map_err(|error| broken(error.to_string()))?.into_bytes(),
        Format::Html => pages::feed(feed, look).map_err(|error| broken(error.to_string()))?.into_bytes(),
    };
    verify::document(format, &bytes, feed.entries.len()).map_err(broken)?;
    Ok(bytes)
}

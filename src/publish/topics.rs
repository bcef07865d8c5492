//! What can be subscribed to: every feed in each of its formats; private ones under their addresses with a valid key.
//! Pages and parts of feeds are no topics.

use url::Url;

use crate::model::catalogue::Catalogue;
use crate::model::feed::{FeedKey, Format};
use crate::model::push::Topic;

/// Every topic under a public address.
pub fn all(catalogue: &Catalogue, base_url: &Url) -> Vec<Topic> {
    let base = base_url.as_str().trim_end_matches('/');
    let topic = |key: &FeedKey, path: String| Topic {
        url: format!("{base}{path}"),
        path,
        feed: key.to_string(),
        is_private: catalogue.is_private(key),
    };
    let mut topics = vec![topic(&FeedKey::All, "/feed.xml".to_owned())];
    for key in catalogue.feeds() {
        let formats = [Format::Rss, Format::Atom, Format::Json];
        topics.extend(formats.map(|format| topic(&key, key.format_path(format))));
    }
    topics
}

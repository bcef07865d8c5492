//! A page that was held back.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// A page that was held back, in the shape of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct HeldPage {
    /// Its number in the quarantine.
    pub id: i64,
    /// The run that held it back; null where the page was stored without one.
    pub run: Option<i64>,
    /// The portal.
    pub portal: String,
    /// The sections that link it.
    pub sections: Vec<String>,
    /// Its address.
    pub url: String,
    /// Its headline.
    pub title: String,
    /// The beginning of its text.
    pub excerpt: String,
    /// Why it was held back.
    pub reason: String,
    /// Since when.
    pub held: DateTime<Utc>,
    /// The article whose last good version stands in the feeds meanwhile; null for a page that is new.
    pub article: Option<String>,
}

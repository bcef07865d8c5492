//! What a run needs to know of a portal when it sets out, read at once: most runs find nothing new and ask nothing more.

use chrono::{DateTime, Utc};

use crate::model::history::History;
use crate::model::page::KnownPage;
use crate::model::template::Template;
use crate::store::sources::SourceState;
use crate::store::{Store, StoreError, history, pages, sources, templates};

/// What is known of a portal.
#[derive(Debug, Default)]
pub struct Outset {
    /// What its recent articles were like.
    pub history: History,
    /// What was learned of its pages.
    pub templates: Vec<Template>,
    /// The sources that were ever tried.
    pub sources: Vec<SourceState>,
    /// The pages of each section asked for that are due for another look, the longest waiting first.
    pub due: Vec<Vec<KnownPage>>,
}

impl Store {
    /// What is known of a portal; of each of these sections at most `due_max` pages.
    pub async fn outset(
        &self,
        portal: String,
        sections: Vec<String>,
        due_max: usize,
        now: DateTime<Utc>,
    ) -> Result<Outset, StoreError> {
        let read = move |connection: &_| {
            let due = |section: &String| pages::due(connection, &portal, section, due_max, now);
            Ok(Outset {
                history: history::read(connection, &portal)?,
                templates: templates::read(connection, &portal)?,
                sources: sources::read(connection, &portal)?,
                due: sections.iter().map(due).collect::<Result<_, _>>()?,
            })
        };
        self.database.read(read).await
    }
}

//! What a page hides, and its runs of links: injected pieces for the guard to judge, and now and then the story itself.

use dom_query::NodeId;

use crate::ingest::extract::survey::{HiddenSpot, Survey};
use crate::ingest::guard::Suspect;
use crate::ingest::guard::hiding::Hiding;

impl Survey {
    /// Elements that a style folds away although they hold most of the page's text.
    pub fn hidden_stories(&self) -> impl Iterator<Item = NodeId> {
        let is_story = |spot: &&HiddenSpot| {
            matches!(spot.hiding, Hiding::Folded | Hiding::Hidden)
                && !spot.range.is_empty()
                && spot.range.len() * 2 >= self.text.len()
        };
        self.hidden.iter().filter(is_story).map(|spot| spot.id)
    }

    /// Hidden elements and runs of links, for the guard to judge.
    pub fn suspects(&self) -> Vec<Suspect<'_>> {
        let hidden = self.hidden.iter().map(|spot| Suspect {
            nodes: vec![spot.id],
            text: self.slice(spot.range.clone()),
            links: self
                .links
                .get(spot.links.clone())
                .unwrap_or_default()
                .iter()
                .map(|(_, link)| &*link.value)
                .collect(),
            hiding: spot.hiding,
        });
        hidden.chain(self.runs_of_links()).collect()
    }

    /// Links that follow each other with hardly a word between them.
    fn runs_of_links(&self) -> Vec<Suspect<'_>> {
        const GAP_BYTES_MAX: usize = 24;
        let mut runs: Vec<Suspect<'_>> = Vec::new();
        let mut end = 0;
        let mut start = 0;
        for (id, spot) in
            self.links.iter().filter(|(_, spot)| spot.value.starts_with("http") || spot.value.starts_with("//"))
        {
            match runs.last_mut().filter(|_| spot.range.start <= end + GAP_BYTES_MAX) {
                Some(run) => {
                    run.nodes.push(*id);
                    run.links.push(&spot.value);
                    run.text = self.slice(start..spot.range.end);
                }
                None => {
                    start = spot.range.start;
                    let text = self.slice(spot.range.clone());
                    runs.push(Suspect { nodes: vec![*id], text, links: vec![&spot.value], hiding: Hiding::Visible });
                }
            }
            end = spot.range.end;
        }
        runs
    }
}

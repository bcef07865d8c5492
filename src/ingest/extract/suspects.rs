//! What a page hides, and its runs of links: injected pieces for the guard to judge, and now and then the story itself.

use std::ops::Range;

use dom_query::NodeId;

use crate::ingest::extract::survey::Survey;
use crate::ingest::guard::Suspect;
use crate::ingest::guard::hiding::Hiding;

impl Survey {
    /// Elements that a style folds away although they hold most of the page's text.
    pub fn hidden_stories(&self) -> impl Iterator<Item = NodeId> {
        let is_story = |(_, range, hiding): &&(NodeId, Range<usize>, Hiding)| {
            matches!(hiding, Hiding::Folded | Hiding::Hidden) && !range.is_empty() && range.len() * 2 >= self.text.len()
        };
        self.hidden.iter().filter(is_story).map(|(id, _, _)| *id)
    }

    /// Hidden elements and runs of links, for the guard to judge.
    pub fn suspects(&self) -> Vec<Suspect<'_>> {
        let links_in = |range: &Range<usize>| {
            // Links stand in the order of the page.
            let first = self.links.partition_point(|(_, spot)| spot.range.start < range.start);
            let inside = self.links[first..].iter().take_while(|(_, spot)| spot.range.end <= range.end);
            inside.map(|(_, spot)| spot.value.as_str()).collect()
        };
        let hidden = self.hidden.iter().map(|(id, range, hiding)| Suspect {
            nodes: vec![*id],
            text: self.slice(range.clone()),
            links: links_in(range),
            hiding: *hiding,
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

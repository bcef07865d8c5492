//! The progress of a run: a bar a source on a terminal, plain lines elsewhere. All on stderr.

use std::collections::HashMap;
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::ingest::Progress;

/// Shows what a run tells.
pub(super) struct Bars {
    bars: Mutex<HashMap<(String, String, usize), ProgressBar>>,
    screen: Option<MultiProgress>,
}

impl Bars {
    pub(super) fn new() -> Bars {
        Bars { bars: Mutex::default(), screen: stderr().is_terminal().then(MultiProgress::new) }
    }

    pub(super) fn show(&self, progress: &Progress) {
        match progress {
            Progress::Source { portal, section, source, pages } => {
                let name = format!("{}/{}", portal.id, section.id);
                let Some(screen) = &self.screen else {
                    // What failed is told once, when the run has ended.
                    if let Ok(pages) = pages {
                        eprintln!("{name}: {pages} pages to read");
                    }
                    return;
                };
                let bar = screen.add(ProgressBar::new(pages.map_or(0, |pages| pages as u64)));
                bar.set_style(style());
                bar.set_prefix(name);
                match pages {
                    Err(error) => bar.abandon_with_message((*error).to_owned()),
                    Ok(0) => bar.finish_with_message("nothing new"),
                    Ok(_) => {}
                }
                self.lock().insert((portal.id.clone(), section.id.clone(), *source), bar);
            }
            Progress::Page { portal, section, source } => {
                if let Some(bar) = self.lock().get(&(portal.id.clone(), section.id.clone(), *source)) {
                    bar.inc(1);
                }
            }
            Progress::Saved { .. } => {}
        }
    }

    /// Leaves the bars as they stand.
    pub(super) fn finish(&self) {
        for bar in self.lock().values().filter(|bar| !bar.is_finished()) {
            bar.finish();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String, usize), ProgressBar>> {
        self.bars.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn style() -> ProgressStyle {
    let template = "{prefix:24} {bar:30} {pos:>4}/{len:4} {wide_msg}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

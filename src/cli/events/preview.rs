//! `harbinger events preview`: what the present files would move in the events' feeds, before a server is started with
//! them.

use std::fmt::Write as _;

use serde::Serialize;

use crate::background::Workers;
use crate::config::settings::Settings;
use crate::events::fingerprint;
use crate::ingest::archive;
use crate::model::catalogue::Catalogue;
use crate::model::weighing::Movement;
use crate::store::Store;

/// What would move in one event.
#[derive(Serialize)]
struct Preview {
    event: String,
    /// Whether the stored decisions were made under the rules of the present file.
    is_decided: bool,
    #[serde(flatten)]
    movement: Movement,
}

pub(super) async fn tell(
    settings: &Settings,
    catalogue: &Catalogue,
    event: Option<&str>,
    json: bool,
) -> anyhow::Result<String> {
    if let Some(event) = event {
        super::rules(catalogue, event)?;
    }
    let store = Store::beside(&settings.data_dir)?;
    let known = store.decided_events().await?;
    let workers = Workers::new();
    let mut previews = Vec::new();
    for wanted in catalogue.events.iter().filter(|wanted| event.is_none_or(|event| event == wanted.id)) {
        let (rules, place) = super::rules(catalogue, &wanted.id)?;
        let redecision = archive::redecision(&store, &workers, wanted, &rules, place).await?;
        let rules = fingerprint::of(wanted);
        previews.push(Preview {
            event: wanted.id.clone(),
            is_decided: known.iter().any(|known| known.event == wanted.id && known.rules == rules),
            movement: store.preview(redecision).await?,
        });
    }
    if json { Ok(serde_json::to_string_pretty(&previews)? + "\n") } else { Ok(text(&previews)) }
}

fn text(previews: &[Preview]) -> String {
    let mut out = String::new();
    for Preview { event, is_decided, movement } in previews {
        let Movement { entered, left, articles } = movement;
        let known = if *is_decided { "decided under this file already" } else { "its rules are new" };
        let _ = writeln!(out, "{event} ({known}): {entered} would enter, {left} would leave");
        for article in articles {
            let sign = if article.entered { '+' } else { '−' };
            let _ = writeln!(out, "  {sign} {}\n    {}", article.title, article.url);
        }
    }
    if previews.iter().any(|preview| !preview.is_decided) {
        let _ = writeln!(out, "Nothing was changed; the next start of the server, or the next `ingest`, does it.");
    }
    out
}

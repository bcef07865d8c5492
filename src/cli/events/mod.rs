//! `harbinger events`: why an article is in an event's feed or not, and what the present files would move.
//! Both read the database beside a server that may be using it, and change nothing.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use url::Url;

use crate::cli;
use crate::config::settings::Flags;
use crate::events::rules::Rules;
use crate::model::catalogue::Catalogue;

mod explain;
mod preview;

/// What is asked.
#[derive(Subcommand)]
pub(super) enum Question {
    /// Tell why an article is in an event's feed or not
    Explain {
        /// The event
        event: String,
        /// The article's address or id; or any page, as an address or a file
        #[arg(value_name = "URL|ID|FILE")]
        article: String,
        /// The address a file came from
        #[arg(long)]
        url: Option<Url>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell which stored articles would enter and leave under the present files
    Preview {
        /// The event [default: all]
        event: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(flags: &Flags, question: Question) -> ExitCode {
    let (settings, catalogue) = match cli::configuration(flags) {
        Ok(configuration) => configuration,
        Err(status) => return status,
    };
    let told = match question {
        Question::Explain { event, article, url, json } => {
            explain::tell(&settings, &catalogue, &event, &article, url, json).await
        }
        Question::Preview { event, json } => preview::tell(&settings, &catalogue, event.as_deref(), json).await,
    };
    match told {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => cli::fail(error, 1),
    }
}

/// The rules of all events, and the place of one of them.
fn rules(catalogue: &Catalogue, event: &str) -> anyhow::Result<(Arc<[Rules]>, usize)> {
    let known: Vec<&str> = catalogue.events.iter().map(|event| event.id.as_str()).collect();
    let place = known.iter().position(|id| *id == event);
    let place = place.ok_or_else(|| anyhow::anyhow!("there is no event “{event}”; known are: {}", known.join(", ")))?;
    Ok((catalogue.events.iter().map(Rules::compile).collect(), place))
}

//! Where log lines go: stderr, for people or as JSON.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

use crate::config::settings::{LogFormat, Settings};

/// What libraries say of their own threads is of no use to an operator.
const QUIET: &str = "actix_server=warn,actix_http=warn";

/// Starts logging as the settings say; a filter that cannot be read counts as `info`.
pub(super) fn start(settings: &Settings) {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", settings.log)).unwrap_or_else(|error| {
        eprintln!("harbinger: log = {:?} cannot be read ({error}); using “info”", settings.log);
        EnvFilter::new("info")
    });
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .with_target(false);
    match settings.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}

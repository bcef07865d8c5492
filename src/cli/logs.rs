//! Where log lines go: stderr, for people or as JSON.

use tracing_subscriber::EnvFilter;

use crate::config::settings::{LogFormat, Settings};

/// Starts logging as the settings say; a filter that cannot be read counts as `info`.
pub(super) fn start(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|error| {
        eprintln!("harbinger: log = {:?} cannot be read ({error}); using “info”", settings.log);
        EnvFilter::new("info")
    });
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match settings.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}

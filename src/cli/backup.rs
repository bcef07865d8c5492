//! `harbinger backup` and `harbinger restore`: a copy of the database, and the way back.

use std::path::Path;
use std::process::ExitCode;

use crate::clock::Clock;
use crate::config::settings::Flags;
use crate::service::{self, StartError};
use crate::store::backup::{self, Copied};
use crate::{cli, store};

/// Bytes in what people call a megabyte.
const MEGABYTE: f64 = 1_000_000.0;

pub(super) fn run(flags: &Flags, file: &Path) -> ExitCode {
    let settings = match cli::settings(flags) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    match backup::back_up(&settings.data_dir, file) {
        Ok(copied) => {
            println!("{}: {}", file.display(), size(&copied));
            ExitCode::SUCCESS
        }
        Err(error) => cli::fail(format!("no copy was made: {error}"), 1),
    }
}

pub(super) fn restore(flags: &Flags, file: &Path) -> ExitCode {
    let settings = match cli::settings(flags) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    let _lock = match service::lock(&settings.data_dir) {
        Ok(lock) => lock,
        Err(StartError::InUse(folder)) => {
            let why = format!("nothing was restored: another harbinger is using {}; stop it first", folder.display());
            return cli::fail(why, 1);
        }
        Err(error) => return cli::fail(format!("nothing was restored: {error}"), 1),
    };
    match backup::restore(file, &settings.data_dir, Clock::system().now()) {
        Ok(copied) => {
            println!("{}: {}", settings.data_dir.join(store::DATABASE_FILE).display(), size(&copied));
            if let Some(aside) = copied.aside {
                println!("the database that stood there is now {}; delete it when all is well", aside.display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => cli::fail(format!("nothing was restored: {error}"), 1),
    }
}

fn size(copied: &Copied) -> String {
    format!("{} articles, {:.1} MB", copied.articles, copied.bytes as f64 / MEGABYTE)
}

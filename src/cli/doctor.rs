//! `harbinger doctor`: looks through the configuration, the clock, the disk and the database; says what is wrong and
//! what would mend it, and mends it with `--fix`.

use std::path::Path;
use std::process::ExitCode;

use chrono::{DateTime, Utc};

use crate::clock::Clock;
use crate::config::settings::{Flags, Settings};
use crate::model::clock::CLOCK_MIN;
use crate::store::doctor::{self, Cure, Finding};
use crate::{cli, config, service, store};

/// Less free space than this and the next batch may not fit, in bytes.
const FREE_BYTES_MIN: u64 = 512 * 1024 * 1024;

pub(super) fn run(flags: &Flags, fix: bool) -> ExitCode {
    let settings = match cli::settings(flags) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    let mut wrong = configuration(&settings) + clock(Clock::system().now()) + disk(&settings.data_dir);
    if !settings.data_dir.join(store::DATABASE_FILE).exists() {
        println!("database: there is none in {} yet", settings.data_dir.display());
    } else {
        match database(&settings.data_dir, fix) {
            Ok(left) => wrong += left,
            Err(error) => {
                println!("database: {error}");
                wrong += 1;
            }
        }
    }
    if wrong > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn configuration(settings: &Settings) -> usize {
    let (_, problems) = config::catalogue(&settings.feeds_dir);
    match problems.len() {
        0 => println!("configuration: in order"),
        count => println!("configuration: {count} mistakes; “harbinger check” names them"),
    }
    problems.len()
}

fn clock(now: DateTime<Utc>) -> usize {
    let is_set = now >= CLOCK_MIN;
    match is_set {
        true => println!("clock: {}", now.format("%Y-%m-%d %H:%M UTC")),
        false => println!("clock: {now} cannot be; set it before articles are stored with it"),
    }
    usize::from(!is_set)
}

fn disk(data_dir: &Path) -> usize {
    match rustix::fs::statvfs(data_dir) {
        Ok(disk) if disk.f_bavail.saturating_mul(disk.f_frsize) < FREE_BYTES_MIN => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize) / 1_000_000;
            println!("disk: only {free} MB are free in {}; make room", data_dir.display());
            1
        }
        Ok(disk) => {
            println!("disk: {} MB free", disk.f_bavail.saturating_mul(disk.f_frsize) / 1_000_000);
            0
        }
        Err(error) => {
            println!("disk: {} cannot be looked at: {error}", data_dir.display());
            1
        }
    }
}

/// Returns how much is wrong in the end.
fn database(data_dir: &Path, fix: bool) -> anyhow::Result<usize> {
    let lock = service::lock_to_update(data_dir)?;
    let findings = doctor::examine(data_dir)?;
    if findings.is_empty() {
        println!("database: in order");
        return Ok(0);
    }
    for Finding { what, cure } in &findings {
        println!("database: {what}\n  to mend it: {}", cure.as_str());
    }
    let curable = findings.iter().filter(|finding| finding.cure != Cure::Restore).count();
    if !fix || curable < findings.len() {
        if curable == findings.len() {
            println!("“harbinger doctor --fix” does that, with the server stopped; make a backup first");
        }
        return Ok(findings.len());
    }
    let _lock = lock.map_or_else(|| service::lock(data_dir), Ok)?;
    doctor::mend(data_dir, &findings, Clock::system().now())?;
    let left = doctor::examine(data_dir)?;
    println!("database: {} of {} findings are mended", findings.len() - left.len(), findings.len());
    Ok(left.len())
}

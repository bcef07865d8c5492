//! `harbinger check`: every configuration file is read, every mistake is named.

use std::process::ExitCode;

use crate::config;
use crate::config::settings::Flags;
use crate::model::event::Event;

pub(super) fn run(flags: &Flags) -> ExitCode {
    let settings = match config::settings(flags, &config::environment()) {
        Ok(settings) => settings,
        Err(problems) => {
            // The feeds are checked all the same, where their folder is known without the settings.
            let folder = flags.feeds_dir.clone().unwrap_or_else(|| "feeds".into());
            let (_, more) = config::catalogue(&folder);
            for problem in problems.iter().chain(&more) {
                eprintln!("{problem}");
            }
            return count(problems.len() + more.len());
        }
    };
    let (catalogue, problems) = config::catalogue(&settings.feeds_dir);
    if !problems.is_empty() {
        for problem in &problems {
            eprintln!("{problem}");
        }
        return count(problems.len());
    }
    for portal in &catalogue.portals {
        println!(
            "portal {}: {}, {} sections, schedule “{}”{}",
            portal.id,
            portal.title,
            portal.sections.len(),
            portal.schedule.as_str(),
            private(portal.is_private)
        );
    }
    for event in &catalogue.events {
        let Event { id, title, starts, ends, is_private, .. } = event;
        println!("event {id}: {title}, {starts} to {ends}{}", private(*is_private));
    }
    println!("everything is in order");
    ExitCode::SUCCESS
}

fn private(is_private: bool) -> &'static str {
    if is_private { ", private" } else { "" }
}

fn count(problems: usize) -> ExitCode {
    let noun = if problems == 1 { "mistake" } else { "mistakes" };
    eprintln!("{problems} {noun}");
    ExitCode::FAILURE
}

//! The rules of the first event, held against invented coverage of it and against stories that only look like it.

use std::path::Path;

use chrono::{DateTime, Utc};
use harbinger::config;
use harbinger::events::decide::weigh;
use harbinger::events::rules::Rules;
use harbinger::events::subject::Subject;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Coverage {
    covers: Vec<Story>,
    looks_alike: Vec<Story>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    language: String,
    day: toml::value::Datetime,
    why: String,
    title: String,
    text: String,
}

#[test]
fn an_editor_would_draw_the_line_around_the_mayors_dialogue_where_its_rules_do() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (catalogue, problems) = config::catalogue(&root.join("feeds"));
    assert!(problems.is_empty(), "{problems:?}");
    let rules = Rules::compile(catalogue.event("world-mayors-dialogue").unwrap());
    let text = std::fs::read_to_string(root.join("tests/coverage/world-mayors-dialogue.toml")).unwrap();
    let coverage: Coverage = toml::from_str(&text).unwrap();
    for language in ["zh-Hans", "zh-Hant", "en", "ru", "ja", "ko"] {
        for stories in [&coverage.covers, &coverage.looks_alike] {
            assert!(stories.iter().any(|story| story.language == language), "nothing in {language}");
        }
    }
    let mut wrong = Vec::new();
    for (stories, expected) in [(&coverage.covers, true), (&coverage.looks_alike, false)] {
        for story in stories {
            let noon: DateTime<Utc> = format!("{}T04:00:00Z", story.day).parse().unwrap();
            let weighing = weigh(&rules, &Subject::new(&story.title, &story.text, noon));
            if weighing.is_included() != expected {
                let seen: Vec<String> = weighing.weights.iter().map(ToString::to_string).collect();
                let Story { language, why, title, .. } = story;
                wrong.push(format!("{language} {title} ({why}): {seen:?} {:?}", weighing.obstacles));
            }
        }
    }
    assert!(wrong.is_empty(), "{} stories are on the wrong side:\n{}", wrong.len(), wrong.join("\n"));
}

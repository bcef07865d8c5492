//! Each mistake in an event's file, and its line.

use super::*;

use crate::model::event::ExclusionPlace;

fn check_event(old: &str, new: &str, expected: &str) {
    assert!(EVENT.contains(old), "{old}");
    check(&EVENT.replacen(old, new, 1), &[expected]);
}

#[test]
fn a_whole_event_is_read() {
    let text = format!(
        "{EVENT}timezone = 'Asia/Shanghai'\nhome = 'https://fair.example/'\ndescription = 'All of it.'\ndays_after = 3\n\
         threshold = 1.25\nplaces = ['Erewhon | 乌有']\n[[name]]\nterms = ['Book Fair|书展']\n[[evidence]]\nlabel = 'guests'\n\
         weight = 0.5\nat_least = 2\nterms = ['a|b', 'c']\nwith = ['author']\n[[exclude]]\nlabel = 'other towns'\n\
         weight = 2\nwhere = 'name'\nterms = ['Utopia']\n[[exclude]]\nlabel = 'prices'\nterms = ['prize']\n"
    );
    let (catalogue, problems) = read(&[("x.toml", &text)]);
    assert_eq!(problems, [""; 0]);
    let rules = &catalogue.event("fair").unwrap().rules;
    assert_eq!((rules.days_before, rules.days_after, rules.threshold_milli), (14, 3, 1250));
    assert_eq!(rules.places[0].spellings, ["Erewhon", "乌有"]);
    assert_eq!((rules.names[0].label.as_str(), rules.names[0].weight_milli), ("Book Fair", 1000));
    assert_eq!((rules.evidence[0].weight_milli, rules.evidence[0].at_least), (500, 2));
    assert_eq!(rules.evidence[0].with.len(), 1);
    assert_eq!((rules.exclusions[0].weight_milli, rules.exclusions[0].place), (Some(2000), ExclusionPlace::Name));
    assert_eq!((rules.exclusions[1].weight_milli, rules.exclusions[1].place), (None, ExclusionPlace::Text));
}

#[test]
fn an_event_without_names_is_called_by_its_title() {
    let (catalogue, problems) = read(&[("x.toml", &EVENT.replace("2026-03-03", "\"2026-03-03\""))]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(catalogue.events[0].rules.names[0].terms[0].spellings, ["Book Fair"]);
}

#[test]
fn each_mistake_in_an_event_has_its_line() {
    check_event("2026-03-03", "2026-02-03", "6: event.ends: 2026-02-03 is before starts; expected 2026-03-01 or later");
    check_event("2026-03-03", "'soon'", "6: event.ends: \"soon\" is not a day; expected one such as 2026-01-06");
    check_event(
        "2026-03-03",
        "2026-03-03T10:00:00",
        "6: event.ends: \"2026-03-03T10:00:00\" is not a day; expected one such as 2026-01-06",
    );
    check_event("starts = 2026-03-01\n", "", "1: event.starts: missing; expected its first day, such as 2026-01-06");
    let with = |lines: &str, expected: &[&str]| check(&format!("{EVENT}{lines}\n"), expected);
    with("threshold = 0", &["7: event.threshold: out of range; expected a number from 0.001 to 100"]);
    with("threshold = nan", &["7: event.threshold: out of range; expected a number from 0.001 to 100"]);
    with("places = ['A|']", &["7: event.places[1]: \"\" has no letter; expected spellings such as \"Harbin|哈尔滨\""]);
    with("[[name]]", &["7: name[1].terms: none; expected at least one, such as \"Harbin|哈尔滨\""]);
    with("[[name]]\nterms = ['a', 7]", &["8: name[1].terms[2]: found a whole number; expected text in quotes"]);
    with(
        "[[evidence]]\nterms = ['a']\nat_least = 2",
        &[
            "7: evidence[1].label: missing; expected what it is called in a reason, such as \"partner cities\"",
            "7: evidence[1].weight: missing; expected what it adds to the score, such as 0.5",
            "9: evidence[1].at_least: 2 of 1 terms; expected 1 at most",
        ],
    );
    with(
        "[[exclude]]\nlabel = 'a'\nwhere = 'body'\nterms = ['a']",
        &["9: exclude[1].where: \"body\" is not known; expected \"title\" or \"text\" or \"name\""],
    );
    with("[section]", &["7: section: unknown key; expected one of event, name, evidence, exclude"]);
}

//! Each mistake in a portal's file, and its line.

use super::*;

use chrono::Duration;

use crate::model::portal::{ContentLevel, Source};

/// The mistake made by putting `new` in the place of `old`.
fn check_portal(old: &str, new: &str, expected: &str) {
    assert!(PORTAL.contains(old), "{old}");
    check(&PORTAL.replacen(old, new, 1), &[expected]);
}

#[test]
fn a_whole_portal_is_read() {
    let text = PORTAL.replace(
        "[[section]]",
        "hosts = ['News.example.net', '冰城.example']\ncontent = 'headline'\nrights = '© Example'\narticle_url = '/\\d+$'\n[portal.fetch]\nconcurrency = 1\n\
         delay_ms = 0\ntimeout_s = 5\nallow_private_addresses = true\nobey_robots = false\nmax_page_mb = 2\n\
         [article]\ntitle = 'h1'\ncontent = '#text'\nremove = ['.ad', 'p:has(script)']\n[[section]]",
    );
    let more = "schedule = '@daily'\nsources = [{ list = 'http://example.com/a', links = 'h2 a', pages = 3 }, \
                { feed = 'http://example.com/rss' }, { sitemap = 'http://example.com/map.xml' }]\n";
    let text = format!("{text}[[section]]\nid = 'all'\ntitle = 'All'\n{more}");
    let (catalogue, problems) = read(&[("x.toml", &text)]);
    assert_eq!(problems, [""; 0]);
    let portal = catalogue.portal("example").unwrap();
    assert_eq!(portal.content, ContentLevel::Headline);
    assert_eq!(portal.hosts, ["news.example.net", "xn--37qy2m.example"]);
    assert_eq!(portal.rights.as_deref(), Some("© Example"));
    assert!(portal.article_url.as_ref().unwrap().is_match("https://www.example.com/news/12"));
    assert_eq!((portal.fetch.concurrency, portal.fetch.delay.as_millis(), portal.fetch.timeout.as_secs()), (1, 0, 5));
    assert!(portal.fetch.allow_private_addresses && !portal.fetch.obey_robots);
    assert_eq!(portal.fetch.page_bytes_max, 2 * 1024 * 1024);
    assert_eq!(portal.rules.remove, [".ad", "p:has(script)"]);
    let section = portal.section("all").unwrap();
    assert_eq!(portal.schedule_of(section).interval(), Duration::days(1));
    let [Source::Listing { links, pages: 3, .. }, Source::Feed { .. }, Source::Sitemap { .. }] = &section.sources[..]
    else {
        panic!("{:?}", section.sources);
    };
    assert_eq!(links.as_deref(), Some("h2 a"));
}

#[test]
fn what_is_left_out_of_a_portal_has_its_default() {
    let (catalogue, problems) = read(&[("x.toml", PORTAL)]);
    assert_eq!(problems, [""; 0]);
    let portal = &catalogue.portals[0];
    assert_eq!(portal.content, ContentLevel::Summary);
    assert_eq!((portal.fetch.concurrency, portal.fetch.page_bytes_max), (4, 10 * 1024 * 1024));
    assert!(matches!(portal.sections[0].sources[0], Source::Listing { pages: 1, .. }));
}

#[test]
fn each_mistake_in_a_portal_has_its_line() {
    check_portal("id = \"example\"\n", "", "1: portal.id: missing; expected a short name such as \"example\"");
    check_portal(
        "\"example\"",
        "\"Example\"",
        "2: portal.id: \"Example\" is not an id; expected 1 to 64 of a-z, 0-9 and -",
    );
    check_portal(
        "\"example\"",
        "\"events\"",
        "2: portal.id: \"events\" is taken by the events' feeds; expected another id",
    );
    check_portal("\"example\"", "7", "2: portal.id: found a whole number; expected text in quotes");
    check_portal("\"Example\"", "\" \"", "3: portal.title: empty; expected some words");
    check_portal(
        "\"Example\"",
        "\"a\\nb\"",
        "3: portal.title: more than one line, or a control character; expected one line of text",
    );
    let address = "expected one with http:// or https://, such as \"https://www.example.com/\"";
    for wrong in ["http://a.example", "a.example/news", "a.example:80", "a b", ""] {
        check_portal(
            "language =",
            &format!("hosts = [\"{wrong}\"]\nlanguage ="),
            &format!("5: portal.hosts[1]: \"{wrong}\" is not a host; expected one such as \"news.example.com\""),
        );
    }
    check_portal(
        "https://www.example.com/\"",
        "/news\"",
        &format!("4: portal.home: \"/news\" is not an address; {address}"),
    );
    check_portal(
        "https://www.example.com/\"",
        "ftp://a/\"",
        &format!("4: portal.home: \"ftp://a/\" is not an address; {address}"),
    );
    check_portal("\"en\"", "\"zh_CN\"", "5: portal.language: \"zh_CN\" is not a language tag; expected \"zh-Hans\"");
    check_portal("\"en\"", "\"pt_BR\"", "5: portal.language: \"pt_BR\" is not a language tag; expected \"pt-BR\"");
    check_portal(
        "\"en\"",
        "\"English\"",
        "5: portal.language: \"English\" is not a language tag; expected a BCP 47 tag such as \"zh-Hans\", \"en\" or \"pt-BR\"",
    );
    check_portal(
        "Europe/Berlin",
        "Europe/Berlim",
        "6: portal.timezone: \"Europe/Berlim\" is not a time zone; expected an IANA name such as \"Europe/Berlin\"",
    );
    check_portal(
        "*/10 * * * *",
        "*/10 * *",
        "7: portal.schedule: 3 fields; expected five (minute hour day month weekday), six (second first) or seven (year last), such as \"*/10 * * * *\"",
    );
    check_portal(
        "*/10 * * * *",
        "0 0 30 2 *",
        "7: portal.schedule: it never comes due; expected days that exist, from 2024 to 2100",
    );
    check_portal(
        "[[section]]",
        "content = 'all'\n[[section]]",
        "8: portal.content: \"all\" is not known; expected \"full\" or \"summary\" or \"headline\"",
    );
    check_portal(
        "[[section]]",
        "article_url = '('\n[[section]]",
        "8: portal.article_url: unclosed group; expected a regular expression such as '/content_\\d+\\.html$'",
    );
    check_portal(
        "[[section]]",
        "shedule = 1\n[[section]]",
        "8: portal.shedule: unknown key; did you mean schedule? expected one of id, title, home, hosts, aliases, private, language, timezone, schedule, content, rights, article_url, retention, fetch",
    );
    check_portal(
        "[[section]]",
        "[portal.retention]\nafter_days = 30\nthen = 'burn'\n[[section]]",
        "10: portal.retention.then: \"burn\" is not known; expected \"keep\" or \"archive\" or \"drop\"",
    );
    check_portal(
        "[[section]]",
        "[portal.retention]\nafter_days = 0\nthen = 'drop'\n[[section]]",
        "9: portal.retention.after_days: 0; expected a whole number from 1 to 36500",
    );
    check_portal(
        "[[section]]",
        "[portal.fetch]\nconcurrency = 33\n[[section]]",
        "9: portal.fetch.concurrency: 33; expected a whole number from 1 to 32",
    );
    check_portal(
        "[[section]]",
        "[portal.fetch]\ndelay_ms = -1\n[[section]]",
        "9: portal.fetch.delay_ms: -1; expected a whole number from 0 to 60000",
    );
    check_portal(
        "[[section]]",
        "[portal.fetch]\ntimeout_s = 0\n[[section]]",
        "9: portal.fetch.timeout_s: 0; expected a whole number from 1 to 300",
    );
    check_portal(
        "[[section]]",
        "[portal.fetch]\nmax_page_mb = 1.5\n[[section]]",
        "9: portal.fetch.max_page_mb: found a decimal number; expected a whole number from 1 to 100",
    );
    check_portal(
        "[[section]]",
        "[portal.fetch]\nobey_robots = 'no'\n[[section]]",
        "9: portal.fetch.obey_robots: found text; expected true or false, without quotes",
    );
    check_portal(
        "[[section]]",
        "fetch = 1\n[[section]]",
        "8: portal.fetch: found a whole number; expected a table: [portal.fetch]",
    );
    check_portal(
        "[[section]]",
        "[article]\ncontent = ''\n[[section]]",
        "9: article.content: empty selector; expected a CSS selector such as \".list a\"",
    );
    check_portal(
        "[[section]]",
        "[article]\nremove = ['.a', 'b[']\n[[section]]",
        "9: article.remove[2]: \"b[\" cannot be read; expected a CSS selector such as \".list a\"",
    );
    check_portal(
        "[[section]]",
        "[article]\nremove = '.a'\n[[section]]",
        "9: article.remove: found text; expected a list such as [\"…\", \"…\"]",
    );
}

#[test]
fn each_mistake_in_a_section_has_its_line() {
    let (portal, _) = PORTAL.split_once("[[section]]").unwrap();
    check(portal, &["1: section: none; expected at least one, such as [[section]] with id, title and sources"]);
    check_portal(
        "[[section]]",
        "[section]",
        "8: section: found a table; expected a list such as [[section]] with id, title and sources",
    );
    check_portal("title = \"News\"\n", "", "8: section[1].title: missing; expected the section's name");
    check_portal(
        "title = \"News\"\n",
        "titel = \"News\"\ntitle = \"News\"\n",
        "10: section[1].titel: unknown key; did you mean title? expected one of id, aliases, title, schedule, sources",
    );
    let example = "such as { list = \"https://www.example.com/news/\" }";
    let sources = "sources = [{ list = \"https://www.example.com/news/\" }]";
    let none =
        "section[1].sources: none; expected at least one, such as [{ list = \"https://www.example.com/news/\" }]";
    check_portal(sources, "", &format!("8: {none}"));
    check_portal(sources, "sources = []", &format!("11: {none}"));
    check_portal(
        "{ list = \"https://www.example.com/news/\" }",
        "'https://example.com'",
        "11: section[1].sources[1]: found text; expected a table such as [{ list = \"https://www.example.com/news/\" }]",
    );
    check_portal(
        "list = \"https://www.example.com/news/\"",
        "pages = 2",
        &format!("11: section[1].sources[1]: none of list, feed and sitemap; expected exactly one of them, {example}"),
    );
    check_portal(
        "{ list",
        "{ feed = 'https://a.example/', list",
        &format!("11: section[1].sources[1]: list and feed; expected exactly one of them, {example}"),
    );
    check_portal(
        "{ list",
        "{ links = '', list",
        "11: section[1].sources[1].links: empty selector; expected a CSS selector such as \".list a\"",
    );
    check_portal(
        "{ list",
        "{ pages = 51, list",
        "11: section[1].sources[1].pages: 51; expected a whole number from 1 to 50",
    );
    check_portal(
        "{ list",
        "{ pages = 2, feed",
        "11: section[1].sources[1].pages: only a list has it; expected it beside list, not beside feed",
    );
    let twice = format!("{PORTAL}[[section]]\nid = 'news'\ntitle = 'B'\n{sources}\n");
    check(&twice, &["13: section[2].id: \"news\" is also the id of the section in line 9; expected another id"]);
}

#[test]
fn an_id_that_was_given_up_is_not_taken_by_another() {
    let portal = "[portal]\nid = 'example'\naliases = ['old', 'Old']\ntitle = 'Example'\n\
        home = 'https://www.example.com/'\nlanguage = 'en'\ntimezone = 'Europe/Berlin'\nschedule = '0 * * * *'\n\
        [[section]]\nid = 'a'\ntitle = 'A'\nsources = [{ list = 'https://www.example.com/a/' }]\n\
        [[section]]\nid = 'b'\naliases = ['a']\ntitle = 'B'\nsources = [{ list = 'https://www.example.com/b/' }]\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("example.toml"), portal).unwrap();
    let (_, problems) = crate::config::catalogue(folder.path());
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems.iter().any(|it| it.contains("portal.aliases[2]")), "{problems:?}");
    assert!(problems.iter().any(|it| it.contains("section[2].aliases") && it.contains("line 10")), "{problems:?}");
}

//! What the settings are, and what each mistake in them is answered with.

use super::*;

use std::fs;

use tempfile::TempDir;

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, value)| (name.to_string(), value.into())).collect()
}

/// Settings with this `harbinger.toml` and these variables.
fn with(file: &str, variables: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("harbinger.toml");
    fs::write(&path, file).unwrap();
    let flags = Flags { config: Some(path), ..Flags::default() };
    let prefix = format!("{}/", folder.path().display());
    resolve(&flags, &environment(variables))
        .map_err(|problems| problems.iter().map(|problem| problem.to_string().replace(&prefix, "")).collect())
}

fn check_problems(file: &str, variables: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(with(file, variables).expect_err("it has a mistake"), expected);
}

#[test]
fn without_anything_set_the_defaults_of_the_contract_hold() {
    let settings = resolve(&Flags::default(), &Environment::new()).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.base_url.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(settings.contact, "http://127.0.0.1:8080/");
    assert_eq!(settings.data_dir, Path::new("data"));
    assert_eq!(settings.feeds_dir, Path::new("feeds"));
    assert_eq!((settings.database_url, settings.admin_token), (None, None));
    assert_eq!((settings.log.as_str(), settings.log_format), ("info", LogFormat::Text));
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("other.toml");
    fs::write(&path, "listen = '127.0.0.1:1'\ndata_dir = 'file'\nfeeds_dir = 'file'\nlog = 'warn'").unwrap();
    let flags = Flags { config: Some(path), data_dir: Some("flag".into()), ..Flags::default() };
    let variables = [("HARBINGER_DATA_DIR", "variable"), ("HARBINGER_FEEDS_DIR", "variable"), ("HARBINGER_LOG", "")];
    let settings = resolve(&flags, &environment(&variables)).unwrap();
    assert_eq!(settings.data_dir, Path::new("flag"));
    assert_eq!(settings.feeds_dir, Path::new("variable"));
    assert_eq!(settings.listen.to_string(), "127.0.0.1:1");
    assert_eq!(settings.base_url.as_str(), "http://127.0.0.1:1/");
    assert_eq!(settings.log, "warn", "an empty variable is as good as none");
}

#[test]
fn the_example_file_holds_the_defaults() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("harbinger.example.toml");
    let example = fs::read_to_string(path).unwrap();
    for key in KEYS {
        let forms = [format!("\n{key} = "), format!("\n# {key} = "), format!("\n# [{key}]")];
        assert!(forms.iter().any(|form| example.contains(form)), "{key}");
    }
    let shown = format!("{:?}", with(&example, &[]).unwrap());
    assert_eq!(shown, format!("{:?}", resolve(&Flags::default(), &Environment::new()).unwrap()));
}

#[test]
fn words_of_spam_are_read_and_their_mistakes_named_by_line() {
    let words = with("[spam_words]\nstrong = ['雪国骰宝', ' ice roulette ']\nweak = ['开奖']", &[]).unwrap().spam_words;
    assert_eq!((words.strong, words.weak), (vec!["雪国骰宝".into(), "ice roulette".into()], vec!["开奖".to_owned()]));
    let wrong = "[spam_words]\nstrong = ['雪国骰宝',\n  '。']\nweak = ['雪国骰宝', 7]\nstrnog = []";
    let problems = with(wrong, &[]).unwrap_err();
    for expected in
        ["3: spam_words.strong[2]: ", "4: spam_words.weak[2]: ", "4: spam_words.weak: ", "5: spam_words.strnog: "]
    {
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected} is not in {problems:?}");
    }
}

#[test]
fn base_url_and_contact_are_brought_into_shape() {
    let file = "base_url = 'https://feeds.example.org/news'\ncontact = 'editor@example.org'";
    let settings = with(file, &[("HARBINGER_LOG_FORMAT", "json"), ("HARBINGER_LISTEN", "localhost:80")]).unwrap();
    assert_eq!(settings.base_url.as_str(), "https://feeds.example.org/news/");
    assert_eq!(settings.contact, "mailto:editor@example.org");
    assert_eq!(settings.log_format, LogFormat::Json);
    assert_eq!(settings.listen.to_string(), "127.0.0.1:80");
    let settings = with("contact = 'https://example.org/关于'", &[]).unwrap();
    assert!(settings.contact.is_ascii(), "{}", settings.contact);
}

#[test]
fn the_port_the_system_chose_goes_into_the_default_base_url() {
    let chosen: SocketAddr = "127.0.0.1:4711".parse().unwrap();
    let settings = with("listen = '127.0.0.1:0'", &[]).unwrap().listening_at(chosen);
    assert_eq!(settings.base_url.as_str(), "http://127.0.0.1:4711/");
    assert_eq!(settings.contact, "http://127.0.0.1:4711/");
    let file = "listen = '127.0.0.1:0'\nbase_url = 'https://example.org'";
    let settings = with(file, &[]).unwrap().listening_at(chosen);
    assert_eq!(settings.base_url.as_str(), "https://example.org/");
    assert_eq!(settings.listen, chosen);
}

#[test]
fn a_secret_comes_from_its_variable_or_from_a_file_and_is_never_shown() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, "open-sesame\n").unwrap();
    let path = path.display().to_string();
    let from_file = with("", &[("HARBINGER_ADMIN_TOKEN_FILE", &path)]).unwrap();
    assert_eq!(from_file.admin_token.as_ref().unwrap().reveal(), "open-sesame");
    assert!(!format!("{from_file:?}").contains("sesame"));
    let from_variable = with("", &[("HARBINGER_ADMIN_TOKEN", "open-sesame")]).unwrap();
    assert_eq!(from_variable.admin_token, from_file.admin_token);
    check_problems(
        "",
        &[("HARBINGER_ADMIN_TOKEN", "a"), ("HARBINGER_ADMIN_TOKEN_FILE", &path)],
        &["environment: HARBINGER_ADMIN_TOKEN_FILE: set beside HARBINGER_ADMIN_TOKEN; expected one of the two"],
    );
    check_problems(
        "",
        &[("HARBINGER_ADMIN_TOKEN_FILE", "/no/such/file")],
        &["environment: HARBINGER_ADMIN_TOKEN_FILE: /no/such/file: No such file or directory (os error 2); \
           expected a file with the secret alone"],
    );
    check_problems(
        "",
        &[("HARBINGER_ADMIN_TOKEN", "open sesame")],
        &["environment: HARBINGER_ADMIN_TOKEN: has a space or a character beyond ASCII; expected a token without"],
    );
}

#[test]
fn all_mistakes_are_reported_together() {
    check_problems(
        "listen = 8080\nbase_url = 'example.org'\ncontact = 'me'\nadmin_token = 'x'\nfeed_dir = 'x'\n\
         database_url = 'postgres://user:hush@host/db'\nlog_format = 'xml'",
        &[("HARBINGER_LISTEN", "8080"), ("HARBINGER_LOG", "a=b=c"), ("HARBINGER_CONTACT", "javascript:x")],
        &[
            "harbinger.toml:1: listen: found a whole number; expected text in quotes",
            "harbinger.toml:2: base_url: \"example.org\" is not an address; expected one with http:// or https://, \
             such as \"https://www.example.com/\"",
            "harbinger.toml:3: contact: \"me\" is no contact; expected an address on the web or a mail address",
            "harbinger.toml:4: admin_token: never in a file that others may read; expected HARBINGER_ADMIN_TOKEN or \
             HARBINGER_ADMIN_TOKEN_FILE",
            "harbinger.toml:5: feed_dir: unknown key; did you mean feeds_dir? expected one of listen, base_url, \
             data_dir, feeds_dir, contact, database_url, hub, allow_private_callbacks, log, log_format, spam_words, admin_token",
            "harbinger.toml:6: database_url: this build keeps its data in SQLite, in data_dir; expected database_url \
             to be left out",
            "harbinger.toml:7: log_format: \"xml\" is not known; expected text or json",
            "environment: HARBINGER_LISTEN: \"8080\" is not an address and port; expected one such as 127.0.0.1:8080",
            "environment: HARBINGER_CONTACT: \"javascript:x\" is no contact; expected an address on the web or a mail \
             address",
            "environment: HARBINGER_LOG: \"a=b=c\" is not understood; expected error, warn, info, debug or trace, or \
             module=level, …",
        ],
    );
}

#[test]
fn a_misspelt_variable_is_named_with_the_nearest_there_is() {
    check_problems(
        "",
        &[("HARBINGER_FEED_DIR", "x"), ("HARBINGER_ADMIN_TOKN_FILE", "x"), ("HARBINGER_SERVICE_HOST", "10.0.0.1")],
        &[
            "environment: HARBINGER_ADMIN_TOKN_FILE: unknown variable; expected HARBINGER_ADMIN_TOKEN_FILE?",
            "environment: HARBINGER_FEED_DIR: unknown variable; expected HARBINGER_FEEDS_DIR?",
        ],
    );
    check_problems(
        "",
        &[("HARBINGER_DATABASE_URL", "postgres://user:hush@host/db")],
        &["environment: HARBINGER_DATABASE_URL: this build keeps its data in SQLite, in data_dir; expected \
           database_url to be left out"],
    );
}

#[test]
fn the_address_of_an_interface_is_listened_on_without_its_zone_in_the_feeds() {
    let settings = with("listen = '[fe80::1%2]:8080'", &[]).unwrap();
    assert_eq!(settings.base_url.as_str(), "http://[fe80::1]:8080/");
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let flags = Flags { config: Some("no/such/file.toml".into()), ..Flags::default() };
    let problems = resolve(&flags, &Environment::new()).expect_err("it is not there");
    let expected = "no/such/file.toml: cannot be read (No such file or directory (os error 2)); \
                    expected a readable file of settings";
    assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
}

//! Settings: how this installation runs, whatever portals it reads.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use tracing_subscriber::EnvFilter;
use url::Url;

use crate::config::document::{self, Table, quoted};
use crate::config::environment::{problem, secret, text, unknown};
use crate::config::{Environment, Problem, file, values};
use crate::model::spam_words::SpamWords;

mod spam_words;

/// The file that is read if it is there and no other is named.
const FILE: &str = "harbinger.toml";

/// The keys of `harbinger.toml`.
const KEYS: &[&str] = &[
    "listen",
    "base_url",
    "data_dir",
    "feeds_dir",
    "contact",
    "database_url",
    "hub",
    "allow_private_callbacks",
    "log",
    "log_format",
    "spam_words",
];

/// How this installation runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the HTTP server listens.
    pub listen: SocketAddr,
    /// The public address in self links, with its final slash.
    pub base_url: Url,
    /// Holds `harbinger.db`.
    pub data_dir: PathBuf,
    /// Holds a TOML file per portal and per event.
    pub feeds_dir: PathBuf,
    /// Who to write to about our requests: a URL, part of our user agent; printable ASCII.
    pub contact: String,
    /// Another database than SQLite in `data_dir`; this build knows none, so it is never set.
    pub database_url: Option<String>,
    /// A WebSub hub elsewhere that the feeds name instead of ours, and that is told of changes.
    pub hub: Option<Url>,
    /// Whether subscribers may have callbacks on this machine or its network.
    pub allow_private_callbacks: bool,
    /// The admin token of the environment; others are made by `harbinger token`.
    pub admin_token: Option<Secret>,
    /// What is logged, as `tracing_subscriber::EnvFilter` reads it.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Words of spam besides those we know.
    pub spam_words: SpamWords,
}

impl Settings {
    /// The settings once the server listens at `address`: where the port was left to the system, the default
    /// base URL and contact name the one it chose.
    pub fn listening_at(mut self, address: SocketAddr) -> Settings {
        let before = default_base_url(self.listen);
        let after = default_base_url(address);
        if self.contact == before.as_str() {
            self.contact = after.to_string();
        }
        if self.base_url == before {
            self.base_url = after;
        }
        self.listen = address;
        self
    }
}

/// What the command line says of settings.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config`: this file instead of `harbinger.toml`; it must be there.
    pub config: Option<PathBuf>,
    /// `--feeds-dir`.
    pub feeds_dir: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<SocketAddr>,
}

/// A text that no log and no error shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps the text from being shown.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What one layer says, read but not yet combined; each layer has mistakes of its own.
#[derive(Default)]
struct Layer {
    listen: Option<SocketAddr>,
    base_url: Option<Url>,
    data_dir: Option<PathBuf>,
    feeds_dir: Option<PathBuf>,
    contact: Option<String>,
    hub: Option<Url>,
    allow_private_callbacks: Option<bool>,
    log: Option<String>,
    log_format: Option<LogFormat>,
    spam_words: SpamWords,
}

/// The settings, strongest first from flags, environment, file and defaults; or every mistake in them.
pub fn resolve(flags: &Flags, environment: &Environment) -> Result<Settings, Vec<Problem>> {
    let (stored, mut problems) = from_file(flags.config.as_deref());
    problems.extend(unknown(environment));
    let variables = from_environment(environment, &mut problems);
    let admin_token = noted(&mut problems, admin_token(environment));
    let database_url = noted(&mut problems, secret(environment, "HARBINGER_DATABASE_URL"));
    if database_url.is_some() {
        let refused = problem("HARBINGER_DATABASE_URL", no_other_database().to_owned());
        problems.push(refused);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    let listen = flags.listen.or(variables.listen).or(stored.listen).unwrap_or(local);
    let base_url = variables.base_url.or(stored.base_url).unwrap_or_else(|| default_base_url(listen));
    let data_dir = flags.data_dir.clone().or(variables.data_dir).or(stored.data_dir);
    let feeds_dir = flags.feeds_dir.clone().or(variables.feeds_dir).or(stored.feeds_dir);
    Ok(Settings {
        listen,
        data_dir: data_dir.unwrap_or_else(|| "data".into()),
        feeds_dir: feeds_dir.unwrap_or_else(|| "feeds".into()),
        contact: variables.contact.or(stored.contact).unwrap_or_else(|| base_url.to_string()),
        base_url,
        database_url: None,
        hub: variables.hub.or(stored.hub),
        allow_private_callbacks: variables.allow_private_callbacks.or(stored.allow_private_callbacks).unwrap_or(false),
        admin_token,
        log: variables.log.or(stored.log).unwrap_or_else(|| "info".to_owned()),
        log_format: variables.log_format.or(stored.log_format).unwrap_or(LogFormat::Text),
        spam_words: stored.spam_words,
    })
}

fn from_file(named: Option<&Path>) -> (Layer, Vec<Problem>) {
    let path = named.unwrap_or(Path::new(FILE));
    let name = path.display().to_string();
    match file::bytes(path) {
        Ok(bytes) => {
            let (layer, problems) = document::read(&name, &bytes, |root| Some(from_table(root)));
            (layer.unwrap_or_default(), problems)
        }
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Default::default(),
        Err(error) => {
            let message = format!("cannot be read ({error}); expected a readable file of settings");
            (Layer::default(), vec![Problem { file: name, line: None, key: String::new(), message }])
        }
    }
}

fn from_table(root: &Table) -> Layer {
    match root.has("admin_token") {
        true => {
            root.only(&[KEYS, &["admin_token"]].concat());
            let instead = "HARBINGER_ADMIN_TOKEN or HARBINGER_ADMIN_TOKEN_FILE";
            root.problem("admin_token", format!("never in a file that others may read; expected {instead}"));
        }
        false => root.only(KEYS),
    }
    if root.has("database_url") {
        root.problem("database_url", no_other_database());
    }
    Layer {
        listen: root.optional("listen", values::text(listen)),
        base_url: root.optional("base_url", values::text(base_url)),
        data_dir: root.optional("data_dir", values::text(folder_path)),
        feeds_dir: root.optional("feeds_dir", values::text(folder_path)),
        contact: root.optional("contact", values::text(contact)),
        hub: root.optional("hub", values::text(values::url)),
        allow_private_callbacks: root.optional("allow_private_callbacks", values::truth),
        log: root.optional("log", values::text(log)),
        log_format: root.optional("log_format", values::text(log_format)),
        spam_words: root.table("spam_words").map(|table| spam_words::read(&table)).unwrap_or_default(),
    }
}

fn from_environment(environment: &Environment, problems: &mut Vec<Problem>) -> Layer {
    Layer {
        listen: noted(problems, variable(environment, "HARBINGER_LISTEN", listen)),
        base_url: noted(problems, variable(environment, "HARBINGER_BASE_URL", base_url)),
        data_dir: environment.get("HARBINGER_DATA_DIR").filter(|path| !path.is_empty()).map(PathBuf::from),
        feeds_dir: environment.get("HARBINGER_FEEDS_DIR").filter(|path| !path.is_empty()).map(PathBuf::from),
        contact: noted(problems, variable(environment, "HARBINGER_CONTACT", contact)),
        hub: noted(problems, variable(environment, "HARBINGER_HUB", values::url)),
        allow_private_callbacks: noted(problems, variable(environment, "HARBINGER_ALLOW_PRIVATE_CALLBACKS", truth)),
        log: noted(problems, variable(environment, "HARBINGER_LOG", log)),
        log_format: noted(problems, variable(environment, "HARBINGER_LOG_FORMAT", log_format)),
        spam_words: SpamWords::default(),
    }
}

fn variable<T>(
    environment: &Environment,
    name: &str,
    check: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, Problem> {
    text(environment, name)?.map(|text| check(&text).map_err(|message| problem(name, message))).transpose()
}

fn noted<T>(problems: &mut Vec<Problem>, read: Result<Option<T>, Problem>) -> Option<T> {
    read.unwrap_or_else(|problem| {
        problems.push(problem);
        None
    })
}

fn admin_token(environment: &Environment) -> Result<Option<Secret>, Problem> {
    const NAME: &str = "HARBINGER_ADMIN_TOKEN";
    match secret(environment, NAME)? {
        // It travels in an HTTP header.
        Some(token) if !token.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err(problem(NAME, "has a space or a character beyond ASCII; expected a token without".to_owned()))
        }
        token => Ok(token.map(Secret)),
    }
}

fn default_base_url(listen: SocketAddr) -> Url {
    // A zone, as in `[fe80::1%2]`, is this machine's alone and no part of a URL (RFC 9844).
    let address = SocketAddr::new(listen.ip(), listen.port());
    Url::parse(&format!("http://{address}/")).expect("an IP address and a port are a URL's authority")
}

fn no_other_database() -> &'static str {
    "this build keeps its data in SQLite, in data_dir; expected database_url to be left out"
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    let address = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let address = address.as_deref().unwrap_or(text);
    address
        .parse()
        .map_err(|_| format!("{} is not an address and port; expected one such as 127.0.0.1:8080", quoted(text)))
}

fn base_url(text: &str) -> Result<Url, String> {
    let mut url = values::url(text)?;
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err("has a query, a fragment or a user; expected an address without".to_owned());
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// The contact as a URL: an address on the web, or a mail address.
fn contact(text: &str) -> Result<String, String> {
    let mail = text.strip_prefix("mailto:").unwrap_or(text);
    let is_mail = mail.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let is_plain = mail.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>()\"\\,:;/".contains(&byte));
    if is_mail && is_plain {
        return Ok(format!("mailto:{mail}"));
    }
    let url = values::url(text).map(String::from);
    url.map_err(|_| format!("{} is no contact; expected an address on the web or a mail address", quoted(text)))
}

fn truth(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| format!("{} is not understood; expected true or false", quoted(text)))
}

fn folder_path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("empty; expected a folder".to_owned()) } else { Ok(text.into()) }
}

fn log(text: &str) -> Result<String, String> {
    let checked = EnvFilter::try_new(text).map(|_| text.to_owned());
    checked.map_err(|_| {
        format!("{} is not understood; expected error, warn, info, debug or trace, or module=level, …", quoted(text))
    })
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("{} is not known; expected text or json", quoted(text))),
    }
}

#[cfg(test)]
mod tests;

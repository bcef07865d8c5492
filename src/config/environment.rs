//! Our variables in the environment, and the secrets they hold or name a file of.

use std::path::Path;

use crate::config::file;
use crate::config::nearest::nearest;
use crate::config::{Environment, Problem};

/// How our variables begin.
pub const PREFIX: &str = "HARBINGER_";

/// Every variable there is.
pub const KNOWN: &[&str] = &[
    "HARBINGER_LISTEN",
    "HARBINGER_BASE_URL",
    "HARBINGER_DATA_DIR",
    "HARBINGER_FEEDS_DIR",
    "HARBINGER_CONTACT",
    "HARBINGER_HUB",
    "HARBINGER_ALLOW_PRIVATE_CALLBACKS",
    "HARBINGER_DATABASE_URL",
    "HARBINGER_DATABASE_URL_FILE",
    "HARBINGER_ADMIN_TOKEN",
    "HARBINGER_ADMIN_TOKEN_FILE",
    "HARBINGER_LOG",
    "HARBINGER_LOG_FORMAT",
];

/// What Kubernetes and old Docker links set in every container beside a service called `harbinger`.
const SET_BY_OTHERS: &[&str] = &["HARBINGER_SERVICE_", "HARBINGER_PORT"];

/// A problem for every variable that begins like ours and is none.
pub fn unknown(environment: &Environment) -> Vec<Problem> {
    let ours = environment.keys().filter(|name| name.starts_with(PREFIX) && !KNOWN.contains(&name.as_str()));
    let ours = ours.filter(|name| !SET_BY_OTHERS.iter().any(|prefix| name.starts_with(prefix)));
    let describe = |name: &String| {
        let near = nearest(&name[PREFIX.len()..], KNOWN.iter().map(|known| &known[PREFIX.len()..]));
        let message = match near {
            Some(near) => format!("unknown variable; expected {PREFIX}{near}?"),
            None => format!("unknown variable; expected one of {}", KNOWN.join(", ")),
        };
        problem(name, message)
    };
    ours.map(describe).collect()
}

/// The text of a variable; `None` if it is unset or empty, as compose files leave it.
pub fn text(environment: &Environment, name: &str) -> Result<Option<String>, Problem> {
    let Some(value) = environment.get(name) else { return Ok(None) };
    let text = value.to_str().ok_or_else(|| problem(name, "not UTF-8; expected text".to_owned()))?;
    Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned))
}

/// A secret, from the variable or from the file that its twin `…_FILE` names.
pub fn secret(environment: &Environment, name: &str) -> Result<Option<String>, Problem> {
    let twin = format!("{name}_FILE");
    let Some(path) = text(environment, &twin)? else { return text(environment, name) };
    if text(environment, name)?.is_some() {
        return Err(problem(&twin, format!("set beside {name}; expected one of the two")));
    }
    let unreadable =
        |reason: String| problem(&twin, format!("{path}: {reason}; expected a file with the secret alone"));
    let bytes = file::bytes(Path::new(&path)).map_err(|error| unreadable(error.to_string()))?;
    let secret = String::from_utf8(bytes).map_err(|_| unreadable("not UTF-8".to_owned()))?;
    match secret.trim() {
        "" => Err(unreadable("empty".to_owned())),
        secret => Ok(Some(secret.to_owned())),
    }
}

/// A mistake in a variable.
pub fn problem(name: &str, message: String) -> Problem {
    Problem { file: "environment".to_owned(), line: None, key: name.to_owned(), message }
}

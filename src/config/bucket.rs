//! What the environment says of a bucket (S3): keys, region and endpoint, under the names that every tool for it knows.

use url::Url;

use crate::config::environment::{problem, secret, text};
use crate::config::settings::Secret;
use crate::config::{Environment, Problem, values};

/// The variables that are read; those of secrets have twins that name a file.
pub const KNOWN: &[&str] = &[
    KEY_ID,
    "AWS_ACCESS_KEY_ID_FILE",
    SECRET_KEY,
    "AWS_SECRET_ACCESS_KEY_FILE",
    SESSION_TOKEN,
    "AWS_SESSION_TOKEN_FILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
];

const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
/// The region of an endpoint that has none.
const NO_REGION: &str = "us-east-1";

/// How buckets are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The id of the key.
    pub key_id: Secret,
    /// The key.
    pub secret_key: Secret,
    /// What goes with keys that are for a while.
    pub session_token: Option<Secret>,
    /// Where the bucket is.
    pub region: String,
    /// Another service than Amazon's; its buckets are named in paths.
    pub endpoint: Option<Url>,
}

/// What the environment says, or every mistake in it.
pub fn access(environment: &Environment) -> Result<Access, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut noted = |read: Result<Option<String>, Problem>| {
        read.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        })
    };
    let (key_id, secret_key) = (noted(secret(environment, KEY_ID)), noted(secret(environment, SECRET_KEY)));
    let session_token = noted(secret(environment, SESSION_TOKEN)).map(Secret::new);
    let region = noted(text(environment, "AWS_REGION")).or_else(|| noted(text(environment, "AWS_DEFAULT_REGION")));
    let endpoint =
        noted(text(environment, "AWS_ENDPOINT_URL_S3")).or_else(|| noted(text(environment, "AWS_ENDPOINT_URL")));
    let endpoint = endpoint.and_then(|text| match values::url(&text) {
        Ok(url) => Some(url),
        Err(message) => {
            problems.push(problem("AWS_ENDPOINT_URL", message));
            None
        }
    });
    let is_region = |region: &str| region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let region = region.or_else(|| endpoint.is_some().then(|| NO_REGION.to_owned()));
    if !region.as_deref().is_some_and(is_region) {
        let message = "the region of the bucket is missing or no name; expected one such as cn-north-1";
        problems.push(problem("AWS_REGION", message.to_owned()));
    }
    for (name, value) in [(KEY_ID, &key_id), (SECRET_KEY, &secret_key)] {
        if value.is_none() && !problems.iter().any(|problem| problem.key.starts_with(name)) {
            problems.push(problem(name, format!("not set; expected it, or a file with it in {name}_FILE")));
        }
    }
    match (key_id, secret_key, region) {
        (Some(key_id), Some(secret_key), Some(region)) if problems.is_empty() => Ok(Access {
            key_id: Secret::new(key_id),
            secret_key: Secret::new(secret_key),
            session_token,
            region,
            endpoint,
        }),
        _ => Err(problems),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Access, Vec<String>> {
        let environment = variables.iter().map(|(name, value)| (name.to_string(), value.into())).collect();
        access(&environment).map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn keys_come_from_their_variables_or_from_files_and_are_never_shown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "from a file\n").unwrap();
        let path = file.path().to_str().unwrap();
        let access = read(&[
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY_FILE", path),
            ("AWS_SESSION_TOKEN", "token"),
            ("AWS_DEFAULT_REGION", "cn-north-1"),
        ]);
        let access = access.unwrap();
        assert_eq!(access.secret_key.reveal(), "from a file");
        assert_eq!((access.region.as_str(), &access.endpoint), ("cn-north-1", &None));
        let shown = format!("{access:?}");
        assert!(!shown.contains("from a file") && !shown.contains("token\"") && !shown.contains("\"id\""), "{shown}");
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let problems = read(&[("AWS_ENDPOINT_URL", "nowhere")]).unwrap_err();
        assert_eq!(problems.len(), 4, "{problems:?}");
        for name in ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            assert!(problems.iter().any(|problem| problem.contains(name)), "{name}: {problems:?}");
        }
        let keys = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "key")];
        let endpoint = ("AWS_ENDPOINT_URL", "http://127.0.0.1:9000");
        assert_eq!(read(&[keys[0], keys[1], endpoint]).unwrap().region, "us-east-1");
        assert!(read(&[keys[0], keys[1], ("AWS_REGION", "eu/1")]).unwrap_err()[0].contains("AWS_REGION"));
    }
}

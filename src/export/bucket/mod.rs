//! An export in a bucket (S3). What is there is listed once, with its entity tags: an object is sent only if it is another
//! one than the last export put there, or if somebody changed it since.

use std::collections::HashMap;

use actix_web::web::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method};
use rusty_s3::actions::{DeleteObject, GetObject, ListObjectsV2, PutObject};
use rusty_s3::{Credentials, S3Action, UrlStyle};
use url::Url;

use crate::config::bucket::Access;
use crate::export::bucket::request::{Answer, SIGNED_S, ask};
use crate::export::manifest::{self, Manifest};
use crate::export::path::FilePath;
use crate::export::{ExportError, Put};
use crate::outside::Clients;
use crate::publish::site::File;

mod request;

/// Requests at once.
const CONCURRENCY: usize = 8;
/// The most objects that are listed: more are not ours.
const OBJECTS_MAX: usize = 1_000_000;
/// How long a signature holds.
const SIGNED: std::time::Duration = std::time::Duration::from_secs(SIGNED_S);
/// How the manifest is kept: every export must see the last one.
const MANIFEST_HEADERS: [(&str, &str); 2] = [("content-type", "application/json"), ("cache-control", "no-store")];

/// A part of a bucket.
pub struct Bucket {
    bucket: rusty_s3::Bucket,
    credentials: Credentials,
    /// What every key begins with.
    prefix: String,
    client: Client,
    /// The entity tag of each object that was there, by its key.
    present: HashMap<String, String>,
}

impl Bucket {
    /// Looks at what there is below a prefix, which is empty or ends with a slash.
    pub async fn open(access: &Access, name: &str, prefix: &str, user_agent: String) -> Result<Bucket, ExportError> {
        let failed = |what: String| ExportError::Bucket(format!("s3://{name}/{prefix}"), what);
        let (endpoint, style) = endpoint(access, name).map_err(|error| failed(error.to_string()))?;
        let bucket = rusty_s3::Bucket::new(endpoint, style, name.to_owned(), access.region.clone());
        let bucket = bucket.map_err(|error| failed(error.to_string()))?;
        let (key_id, secret_key) = (access.key_id.reveal(), access.secret_key.reveal());
        let credentials = match &access.session_token {
            Some(token) => Credentials::new_with_token(key_id, secret_key, token.reveal()),
            None => Credentials::new(key_id, secret_key),
        };
        let clients = Clients::new(user_agent).map_err(|error| failed(error.to_string()))?;
        // The endpoint is the operator's word.
        let client = clients.client(true).map_err(|error| failed(error.to_string()))?.clone();
        let (prefix, present) = (prefix.to_owned(), HashMap::new());
        let mut bucket = Bucket { bucket, credentials, prefix, client, present };
        bucket.list().await?;
        Ok(bucket)
    }

    /// Where it is, for people.
    pub fn place(&self) -> String {
        format!("s3://{}/{}", self.bucket.name(), self.prefix)
    }

    /// The bytes of the manifest; `None` where nothing is yet. An error if something else is there.
    pub async fn manifest(&self) -> Result<Option<Vec<u8>>, ExportError> {
        let key = self.key(manifest::NAME);
        if self.present.contains_key(&key) {
            let sign = || GetObject::new(&self.bucket, Some(&self.credentials), &key).sign(SIGNED);
            return Ok(Some(self.ask(Method::GET, &key, sign, HeaderMap::new(), Bytes::new()).await?.body));
        }
        if self.present.is_empty() { Ok(None) } else { Err(ExportError::NotOurs(self.place())) }
    }

    /// Replaces the manifest.
    pub async fn put_manifest(&self, bytes: Vec<u8>) -> Result<(), ExportError> {
        self.send(&self.key(manifest::NAME), MANIFEST_HEADERS, bytes.into()).await.map(|_| ())
    }

    /// Sends those files that are not there as they should be. What is there must be of an export.
    pub async fn put(&self, files: Vec<(FilePath, File)>, before: &Manifest) -> Result<Vec<Put>, ExportError> {
        let put = |(path, file)| self.put_one(path, file, before);
        stream::iter(files).map(put).buffer_unordered(CONCURRENCY).try_collect().await
    }

    async fn put_one(&self, path: FilePath, file: File, before: &Manifest) -> Result<Put, ExportError> {
        let key = self.key(path.as_str());
        let fingerprint = fingerprint(&file);
        if let Some(present) = self.present.get(&key) {
            let mark = mark(&fingerprint, present);
            if before.mark(&path) == Some(&mark) {
                return Ok(Put { path, mark: Some(mark), is_written: false });
            }
            if !before.has(&path) {
                return Err(ExportError::Foreign(format!("s3://{}/{key}", self.bucket.name())));
            }
        }
        let headers = [("content-type", file.content_type), ("cache-control", file.cache_control.as_str())];
        let etag = self.send(&key, headers, file.bytes.clone()).await?;
        Ok(Put { path, mark: etag.map(|etag| mark(&fingerprint, &etag)), is_written: true })
    }

    /// Removes objects; those that are not there are not missed.
    pub async fn remove(&self, paths: &[FilePath]) -> Result<(), ExportError> {
        let remove = async |path: &FilePath| {
            let key = self.key(path.as_str());
            if !self.present.contains_key(&key) {
                return Ok(());
            }
            let sign = || DeleteObject::new(&self.bucket, Some(&self.credentials), &key).sign(SIGNED);
            self.ask(Method::DELETE, &key, sign, HeaderMap::new(), Bytes::new()).await.map(|_| ())
        };
        stream::iter(paths).map(remove).buffer_unordered(CONCURRENCY).try_collect().await
    }

    /// Lists what is there.
    async fn list(&mut self) -> Result<(), ExportError> {
        let mut token: Option<String> = None;
        loop {
            let sign = || {
                let mut list = ListObjectsV2::new(&self.bucket, Some(&self.credentials));
                if !self.prefix.is_empty() {
                    list.with_prefix(self.prefix.as_str());
                }
                if let Some(token) = &token {
                    list.with_continuation_token(token.as_str());
                }
                list.sign(SIGNED)
            };
            let answer = self.ask(Method::GET, &self.prefix, sign, HeaderMap::new(), Bytes::new()).await?;
            let failed = |what: String| ExportError::Bucket(self.place(), what);
            let text = String::from_utf8(answer.body).map_err(|error| failed(format!("the list is {error}")))?;
            let listed = ListObjectsV2::parse_response(&text);
            let listed = listed.map_err(|error| failed(format!("the list cannot be read: {error}")))?;
            let tag = |etag: Option<String>| etag.unwrap_or_default().trim_matches('"').to_owned();
            token = listed.next_continuation_token;
            self.present.extend(listed.contents.into_iter().map(|object| (object.key, tag(object.etag))));
            if self.present.len() > OBJECTS_MAX {
                return Err(ExportError::Bucket(self.place(), format!("more than {OBJECTS_MAX} objects are there")));
            }
            if token.is_none() {
                return Ok(());
            }
        }
    }

    /// Puts an object there, and returns its entity tag.
    async fn send(&self, key: &str, headers: [(&str, &str); 2], bytes: Bytes) -> Result<Option<String>, ExportError> {
        let mut fields = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value);
            let value = value.map_err(|error| ExportError::Bucket(key.to_owned(), error.to_string()))?;
            fields.insert(reqwest::header::HeaderName::from_bytes(name.as_bytes()).expect("a name of ours"), value);
        }
        let sign = || {
            let mut put = PutObject::new(&self.bucket, Some(&self.credentials), key);
            for (name, value) in headers {
                put.headers_mut().insert(name.to_owned(), value.to_owned());
            }
            put.sign(SIGNED)
        };
        Ok(self.ask(Method::PUT, key, sign, fields, bytes).await?.etag)
    }

    async fn ask(
        &self,
        method: Method,
        key: &str,
        sign: impl Fn() -> Url,
        fields: HeaderMap,
        body: Bytes,
    ) -> Result<Answer, ExportError> {
        let answer = ask(&self.client, method, sign, &fields, body).await;
        answer.map_err(|what| ExportError::Bucket(format!("s3://{}/{key}", self.bucket.name()), what))
    }

    fn key(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}

/// Where the buckets of a region are, and how one is named there.
fn endpoint(access: &Access, name: &str) -> Result<(Url, UrlStyle), url::ParseError> {
    if let Some(endpoint) = &access.endpoint {
        return Ok((endpoint.clone(), UrlStyle::Path));
    }
    let region = &access.region;
    let china = if region.starts_with("cn-") { ".cn" } else { "" };
    let endpoint = Url::parse(&format!("https://s3.{region}.amazonaws.com{china}/"))?;
    // A certificate is good for one label before the name of the service.
    Ok((endpoint, if name.contains('.') { UrlStyle::Path } else { UrlStyle::VirtualHost }))
}

/// What tells an object from any other: its content and how it is handed out.
fn fingerprint(file: &File) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(file.content_type.as_bytes()).update(b"\0").update(file.cache_control.as_bytes()).update(b"\0");
    hasher.update(&file.bytes).finalize().to_hex()[..32].to_owned()
}

fn mark(fingerprint: &str, etag: &str) -> String {
    format!("{fingerprint} {etag}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::Secret;

    #[test]
    fn a_bucket_is_found_in_its_region_also_in_china_and_at_other_services() {
        let check = |region: &str, other: Option<&str>, name: &str, expected: &str| {
            let access = Access {
                key_id: Secret::new("id"),
                secret_key: Secret::new("key"),
                session_token: None,
                region: region.to_owned(),
                endpoint: other.map(|endpoint| endpoint.parse().unwrap()),
            };
            let (endpoint, style) = endpoint(&access, name).unwrap();
            let bucket = rusty_s3::Bucket::new(endpoint, style, name.to_owned(), region.to_owned()).unwrap();
            assert_eq!(bucket.object_url("a/b.rss").as_str(), expected);
        };
        check("eu-central-1", None, "news", "https://news.s3.eu-central-1.amazonaws.com/a/b.rss");
        check("cn-north-1", None, "news", "https://news.s3.cn-north-1.amazonaws.com.cn/a/b.rss");
        check("eu-central-1", None, "news.example", "https://s3.eu-central-1.amazonaws.com/news.example/a/b.rss");
        check("us-east-1", Some("http://127.0.0.1:9000"), "news", "http://127.0.0.1:9000/news/a/b.rss");
    }
}

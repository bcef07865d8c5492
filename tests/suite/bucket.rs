//! Static files in a bucket: a small S3 on loopback that believes nothing without a right signature.

use std::collections::BTreeMap;
use std::fs;
use std::process::Output;
use std::sync::{Arc, Mutex};

use aws_lc_rs::{digest, hmac};
use url::form_urlencoded;

use crate::commands::text;
use crate::export::{export_to, exported, files};
use crate::faults::site::{Asked, Site, answer};
use crate::house::House;

const BUCKET: &str = "news";
const PREFIX: &str = "feeds.example/v1/";
const KEY_ID: &str = "HBGTESTKEYID";
const SECRET_KEY: &str = "a secret/key+for tests";
const TOKEN: &str = "a session token/+=";
const REGION: &str = "cn-north-1";
/// Keys in a page of the list: so few that there are several.
const LISTED: usize = 40;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Object {
    bytes: Vec<u8>,
    content_type: String,
    cache_control: String,
    etag: String,
}

/// What the bucket is to answer instead.
type Refusal = Box<dyn FnMut(&str, &str) -> Option<(&'static str, &'static str)> + Send>;

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    /// What was done: the method and the key.
    done: Vec<(String, String)>,
    refusal: Option<Refusal>,
}

struct Bucket {
    site: Site,
    state: Arc<Mutex<State>>,
}

impl Bucket {
    fn start() -> Bucket {
        let state = Arc::new(Mutex::new(State::default()));
        let kept = Arc::clone(&state);
        let site = Site::answering(move |asked| state_answers(&kept, asked));
        Bucket { site, state }
    }

    async fn export_with(&self, house: &House, more: &[(&str, &str)]) -> Output {
        let endpoint = self.site.url("");
        let mut variables = vec![
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
            ("AWS_SESSION_TOKEN", TOKEN),
            ("AWS_REGION", REGION),
        ];
        variables.extend(more);
        export_to(house, &format!("s3://{BUCKET}/{PREFIX}"), &variables).await
    }

    async fn export(&self, house: &House) -> String {
        let output = self.export_with(house, &[]).await;
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    }

    fn objects(&self) -> BTreeMap<String, Object> {
        self.state.lock().unwrap().objects.clone()
    }

    /// What was done since the last time with this method.
    fn done(&self, method: &str) -> Vec<String> {
        let done = std::mem::take(&mut self.state.lock().unwrap().done);
        done.into_iter().filter(|(found, _)| found == method).map(|(_, key)| key).collect()
    }

    fn refuses(&self, refusal: impl FnMut(&str, &str) -> Option<(&'static str, &'static str)> + Send + 'static) {
        self.state.lock().unwrap().refusal = Some(Box::new(refusal));
    }

    fn refuses_nothing(&self) {
        self.state.lock().unwrap().refusal = None;
    }
}

fn error(status: &str, code: &str) -> Vec<u8> {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>about {code}</Message></Error>");
    answer(status, "Content-Type: application/xml\r\n", body.as_bytes())
}

fn field<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
}

fn state_answers(state: &Mutex<State>, asked: &Asked) -> Vec<u8> {
    let mut state = state.lock().unwrap();
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let Some(key) = path.strip_prefix(&format!("/{BUCKET}/")) else {
        return error("404 Not Found", "NoSuchBucket");
    };
    if let Err(what) = signed(asked, path, query) {
        return error("403 Forbidden", what);
    }
    if let Some((status, code)) = state.refusal.as_mut().and_then(|refusal| refusal(&asked.method, key)) {
        return error(status, code);
    }
    state.done.push((asked.method.clone(), key.to_owned()));
    match asked.method.as_str() {
        "GET" if key.is_empty() => listed(&state, query),
        "GET" => match state.objects.get(key) {
            Some(object) => answer("200 OK", "", &object.bytes),
            None => error("404 Not Found", "NoSuchKey"),
        },
        "PUT" => {
            let said = |name| field(asked, name).unwrap_or_default().to_owned();
            // No MD5, as where objects are encrypted.
            let etag = format!("{}-{}", &blake3::hash(&asked.body).to_hex()[..16], state.done.len());
            let object = Object {
                bytes: asked.body.clone(),
                content_type: said("content-type"),
                cache_control: said("cache-control"),
                etag: etag.clone(),
            };
            state.objects.insert(key.to_owned(), object);
            answer("200 OK", &format!("ETag: \"{etag}\"\r\n"), b"")
        }
        "DELETE" => {
            state.objects.remove(key);
            answer("204 No Content", "", b"")
        }
        _ => error("405 Method Not Allowed", "MethodNotAllowed"),
    }
}

/// The keys of a prefix in pages (ListObjectsV2).
fn listed(state: &State, query: &str) -> Vec<u8> {
    let asked: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    assert_eq!((asked["list-type"].as_str(), asked["encoding-type"].as_str()), ("2", "url"));
    let after = asked.get("continuation-token").map(String::as_str).unwrap_or_default();
    let found = state.objects.iter().filter(|(key, _)| key.starts_with(&asked["prefix"]) && key.as_str() > after);
    let found: Vec<_> = found.collect();
    let page = &found[..found.len().min(LISTED)];
    let contents: String = page
        .iter()
        .map(|(key, object)| {
            let key = encoded(key, false);
            format!("<Contents><Key>{key}</Key><ETag>&quot;{}&quot;</ETag><Size>1</Size></Contents>", object.etag)
        })
        .collect();
    let next = page
        .last()
        .filter(|_| found.len() > LISTED)
        .map(|(key, _)| format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{key}</NextContinuationToken>"));
    let next = next.unwrap_or_else(|| "<IsTruncated>false</IsTruncated>".to_owned());
    let body = format!(
        "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <EncodingType>url</EncodingType>{next}{contents}</ListBucketResult>"
    );
    answer("200 OK", "Content-Type: application/xml\r\n", body.as_bytes())
}

/// As AWS encodes: all but letters, digits and `-._~`, in paths also but slashes.
fn encoded(text: &str, with_slashes: bool) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => (byte as char).to_string(),
        b'/' if !with_slashes => "/".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a request has the signature of the secret key, computed here from what came over the wire
/// (AWS Signature Version 4, in the query).
fn signed(asked: &Asked, path: &str, query: &str) -> Result<(), &'static str> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let decode = |text: &str| percent_decoded(text);
    let mut pairs: Vec<(String, String)> = pairs.map(|(name, value)| (decode(name), decode(value))).collect();
    let of = |pairs: &[(String, String)], name: &str| {
        pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (signature, date) = (of(&pairs, "X-Amz-Signature"), of(&pairs, "X-Amz-Date"));
    let names = of(&pairs, "X-Amz-SignedHeaders");
    let scope = format!("{}/{REGION}/s3/aws4_request", date.get(..8).unwrap_or_default());
    if of(&pairs, "X-Amz-Credential") != format!("{KEY_ID}/{scope}") {
        return Err("InvalidAccessKeyId");
    }
    if of(&pairs, "X-Amz-Security-Token") != TOKEN {
        return Err("InvalidToken");
    }
    // What says how an object is handed out must not be changed on the way.
    let is_put = asked.method == "PUT";
    if names != if is_put { "cache-control;content-type;host" } else { "host" } {
        return Err("AccessDenied");
    }
    pairs.retain(|(name, _)| name != "X-Amz-Signature");
    let mut parameters: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encoded(name, true), encoded(value, true))).collect();
    parameters.sort();
    let fields: String =
        names.split(';').map(|name| format!("{name}:{}\n", field(asked, name).unwrap_or_default())).collect();
    let path = encoded(&percent_decoded(path), false);
    let request = format!("{}\n{path}\n{}\n{fields}\n{names}\nUNSIGNED-PAYLOAD", asked.method, parameters.join("&"));
    let hash = hex(digest::digest(&digest::SHA256, request.as_bytes()).as_ref());
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hash}");
    let mac =
        |key: &[u8], text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec();
    let key = scope.split('/').fold(format!("AWS4{SECRET_KEY}").into_bytes(), |key, part| mac(&key, part));
    if hex(&mac(&key, &to_sign)) == signature { Ok(()) } else { Err("SignatureDoesNotMatch") }
}

fn percent_decoded(text: &str) -> String {
    // A plus is a plus here.
    let pair = format!("a={}", text.replace('+', "%2B"));
    form_urlencoded::parse(pair.as_bytes()).next().unwrap().1.into_owned()
}

#[actix_web::test]
async fn an_export_into_a_bucket_is_that_into_a_folder_with_types_and_ages_and_sends_what_changed() {
    let mut house = House::with_articles().await;
    let bucket = Bucket::start();
    bucket.export(&house).await;
    let place = tempfile::tempdir().unwrap();
    exported(&house, place.path()).await;
    let objects = bucket.objects();
    let files = files(place.path());
    assert_eq!(
        objects.keys().map(|key| key.strip_prefix(PREFIX).unwrap()).collect::<Vec<_>>(),
        files.keys().map(String::as_str).collect::<Vec<_>>()
    );
    for (name, path) in files.iter().filter(|(name, _)| !name.starts_with(".harbinger")) {
        let object = &objects[&format!("{PREFIX}{name}")];
        assert!(object.bytes == fs::read(path).unwrap(), "{name}");
        let served = match name.strip_suffix("/index.html") {
            Some(page) => house.get(page).await,
            None if name.contains("index.") || name.contains("page-") => continue,
            None => house.get(name).await,
        };
        for (field, said) in [("content-type", &object.content_type), ("cache-control", &object.cache_control)] {
            assert_eq!(served.headers()[field].to_str().unwrap().to_lowercase(), *said, "{name}: {field}");
        }
    }
    assert_eq!(objects[&format!("{PREFIX}index.html")].content_type, "text/html; charset=utf-8");
    assert_eq!(*bucket.done("PUT").last().unwrap(), format!("{PREFIX}.harbinger-export.json"), "the manifest is last");

    // Nothing is sent again.
    let said = bucket.export(&house).await;
    assert!(said.contains(" 0 written,"), "{said}");
    assert_eq!(bucket.done("PUT"), Vec::<String>::new());
    assert_eq!(bucket.objects(), objects);

    // But for what somebody changed or took away.
    let (changed, gone) = (format!("{PREFIX}rss.xml"), format!("{PREFIX}robots.txt"));
    {
        let mut state = bucket.state.lock().unwrap();
        state.objects.remove(&gone).unwrap();
        let object = state.objects.get_mut(&changed).unwrap();
        (object.bytes, object.etag) = (b"theirs".to_vec(), "other".to_owned());
    }
    let said = bucket.export(&house).await;
    assert!(said.contains(" 2 written,"), "{said}");
    let bytes = |objects: &BTreeMap<String, Object>| -> Vec<_> {
        objects.iter().filter(|(key, _)| !key.contains(".harbinger")).map(|(_, object)| object.bytes.clone()).collect()
    };
    assert!(bytes(&bucket.objects()) == bytes(&objects));

    // What is published no more is removed, and nothing of anybody else.
    let theirs = Object { bytes: b"theirs".to_vec(), ..objects[&gone].clone() };
    for key in [format!("{PREFIX}events/theirs.html"), "elsewhere.html".to_owned()] {
        bucket.state.lock().unwrap().objects.insert(key, theirs.clone());
    }
    house.set_file("world-mayors-dialogue.toml", None);
    house.restart().await;
    house.settle().await;
    bucket.done("");
    bucket.export(&house).await;
    let deleted = bucket.done("DELETE");
    assert!(deleted.len() > 5 && deleted.iter().all(|key| key.contains("world-mayors-dialogue")), "{deleted:?}");
    let left = bucket.objects();
    assert!(!left.keys().any(|key| key.contains("world-mayors-dialogue")));
    assert!(left.contains_key("elsewhere.html") && left.contains_key(&format!("{PREFIX}events/theirs.html")));
}

#[actix_web::test]
async fn a_bucket_that_fails_is_asked_again_and_what_it_refuses_is_told_with_key_and_code() {
    let house = House::with_articles().await;
    let bucket = Bucket::start();
    let mut left = 3;
    bucket.refuses(move |method, key| {
        let is_met = key.is_empty() && left == 3 || method == "PUT" && key.ends_with("robots.txt") && left > 0;
        left -= i32::from(is_met);
        is_met.then_some(("503 Slow Down", "SlowDown"))
    });
    bucket.export(&house).await;
    assert!(bucket.objects().contains_key(&format!("{PREFIX}robots.txt")));
    bucket.refuses(|method, key| {
        (method == "GET" && key.ends_with(".json")).then_some(("403 Forbidden", "AccessDenied"))
    });
    let output = bucket.export_with(&house, &[]).await;
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let key =
        format!("s3://{BUCKET}/{PREFIX}.harbinger-export.json: 403 AccessDenied: about AccessDenied; the key must");
    assert!(said.contains(&key), "{said}");
    bucket.refuses_nothing();

    let wrong = [("AWS_SECRET_ACCESS_KEY", "a wrong key")];
    let output = bucket.export_with(&house, &wrong).await;
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("403 SignatureDoesNotMatch") && said.contains("look at AWS_ACCESS_KEY_ID"), "{said}");
    for secret in ["a wrong key", SECRET_KEY, TOKEN, "Signature="] {
        assert!(!said.contains(secret), "{said}");
    }
    let output = bucket.export_with(&house, &[("AWS_ENDPOINT_URL", "http://127.0.0.1:1/")]).await;
    let said = text(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains(&format!("s3://{BUCKET}/{PREFIX}: ")), "{said}");
    assert!(!said.contains("X-Amz"), "{said}");
    let output = bucket.export_with(&house, &[("AWS_ACCESS_KEY_ID", "")]).await;
    let said = text(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("AWS_ACCESS_KEY_ID: not set"), "{said}");
}

#[actix_web::test]
async fn an_export_into_a_bucket_that_is_interrupted_takes_nothing_away_and_is_made_up() {
    let mut house = House::with_articles().await;
    let bucket = Bucket::start();
    bucket.export(&house).await;
    let before = bucket.objects();
    house.set_file("world-mayors-dialogue.toml", None);
    house.restart().await;
    house.settle().await;
    bucket.done("");
    bucket.refuses(|method, key| {
        (method == "PUT" && key.ends_with("/index.html")).then_some(("500 Internal Server Error", "InternalError"))
    });
    let output = bucket.export_with(&house, &[]).await;
    let said = text(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("500 InternalError"), "{said}");
    assert_eq!(bucket.done("DELETE"), Vec::<String>::new());
    let meanwhile = bucket.objects();
    assert!(before.keys().all(|key| meanwhile.contains_key(key)), "nothing is taken from readers");
    bucket.refuses_nothing();
    bucket.export(&house).await;
    let place = tempfile::tempdir().unwrap();
    exported(&house, place.path()).await;
    let objects = bucket.objects();
    let files = files(place.path());
    assert_eq!(objects.len(), files.len());
    for (name, path) in files.iter().filter(|(name, _)| !name.starts_with(".harbinger")) {
        assert!(objects[&format!("{PREFIX}{name}")].bytes == fs::read(path).unwrap(), "{name}");
    }
}

#[actix_web::test]
async fn a_part_of_a_bucket_that_no_export_wrote_is_left_alone() {
    let house = House::with_articles().await;
    let bucket = Bucket::start();
    let theirs =
        Object { bytes: b"theirs".to_vec(), content_type: "".into(), cache_control: "".into(), etag: "1".into() };
    bucket.state.lock().unwrap().objects.insert(format!("{PREFIX}their.html"), theirs.clone());
    let refused = |output: Output, expected: &str| {
        let said = text(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains(expected), "{said}");
    };
    refused(bucket.export_with(&house, &[]).await, "has no .harbinger-export.json");
    let manifest = r#"{"version": 1, "files": {"../../elsewhere.html": null, "their.html": null}}"#;
    let hostile = Object { bytes: manifest.into(), ..theirs.clone() };
    bucket.state.lock().unwrap().objects.insert(format!("{PREFIX}.harbinger-export.json"), hostile);
    refused(bucket.export_with(&house, &[]).await, "is no path of an export");
    let manifest = Object { bytes: r#"{"version": 1, "files": {}}"#.into(), ..theirs.clone() };
    bucket.state.lock().unwrap().objects.insert(format!("{PREFIX}.harbinger-export.json"), manifest);
    bucket.state.lock().unwrap().objects.insert(format!("{PREFIX}robots.txt"), theirs.clone());
    refused(bucket.export_with(&house, &[]).await, "robots.txt was not written by an export");
    assert_eq!(bucket.objects()[&format!("{PREFIX}robots.txt")], theirs);
    assert_eq!(bucket.done("DELETE"), Vec::<String>::new());
}

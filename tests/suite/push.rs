//! Subscribers are told of every change, once, whatever ends the program (WebSub).

use aws_lc_rs::hmac;
use chrono::TimeDelta;
use harbinger::ingest::Options;
use harbinger::model::run::Scope;
use harbinger::sample::SamplePortal;
use harbinger::sample::catalogue::catalogue_toml;
use harbinger::store::Store;
use reqwest::{Method, RequestBuilder, Response, StatusCode};

use crate::commands::{self, Server};
use crate::house::{House, section};
use crate::quarantine::{announce, ask, id, page, path, snow};
use crate::subscriber::{Reply, Subscriber};

pub const RSS: &str = "feeds/binghe/yw.rss";
pub const ATOM: &str = "feeds/binghe/yw.atom";

pub fn topic(path: &str) -> String {
    format!("https://feeds.example/{path}")
}

pub fn request(house: &House, pairs: &[(&str, &str)]) -> RequestBuilder {
    let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let post = house.client.post(house.url("hub")).body(text);
    post.header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
}

pub async fn post(house: &House, pairs: &[(&str, &str)]) -> Response {
    request(house, pairs).send().await.unwrap()
}

pub async fn want(house: &House, mode: &str, path: &str, callback: &str, more: &[(&str, &str)]) {
    let topic = topic(path);
    let form = [&[("hub.mode", mode), ("hub.topic", &topic), ("hub.callback", callback)], more].concat();
    let answer = post(house, &form).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED, "{}", answer.text().await.unwrap());
    house.push().await;
}

pub async fn subscribe(house: &House, path: &str, callback: &str) {
    want(house, "subscribe", path, callback, &[]).await;
}

/// A new story in 要闻, ingested twenty minutes later; subscribers are told.
pub async fn tell(house: &House, number: usize) {
    let (title, paragraphs) = snow(number);
    announce(house, &path(number), &title, page("zh-CN", &title, &paragraphs));
    pass(house, TimeDelta::minutes(20));
    house.ingest(section("binghe", "yw")).await;
    house.push().await;
}

pub fn pass(house: &House, time: TimeDelta) {
    house.clock.move_to(house.clock.now() + time);
}

fn signature(secret: &str, body: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body);
    format!("sha256={}", tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

#[actix_web::test]
async fn who_confirms_is_sent_the_whole_feed_once_for_each_run_that_changed_it() {
    let house = House::with_articles().await;
    let subscriber = Subscriber::start().await;
    want(&house, "subscribe", RSS, &subscriber.callback("rss?mine=%2F1&y"), &[("hub.secret", "冰"), ("x", "y")]).await;
    subscribe(&house, ATOM, &subscriber.callback("atom")).await;
    let asked = subscriber.asked();
    assert_eq!(asked.len(), 2);
    for (name, value) in [("mine", "/1"), ("y", ""), ("hub.mode", "subscribe"), ("hub.lease_seconds", "864000")] {
        assert_eq!(asked[0].query[name], value);
    }
    assert_eq!(asked[0].query["hub.topic"], topic(RSS));
    assert!(asked[0].query["hub.challenge"].len() >= 32);
    assert_ne!(asked[0].query["hub.challenge"], asked[1].query["hub.challenge"]);
    assert!(subscriber.sent().is_empty(), "nothing has changed since");

    let (title, paragraphs) = snow(1);
    announce(&house, &path(1), &title, page("zh-CN", &title, &paragraphs));
    tell(&house, 2).await;
    let mut sent = subscriber.sent();
    sent.sort_by_key(|received| received.path.clone());
    assert_eq!(sent.len(), 2, "one for each subscriber, though two stories are new");
    for (received, path, content_type) in
        [(&sent[0], ATOM, "application/atom+xml; charset=utf-8"), (&sent[1], RSS, "application/rss+xml; charset=utf-8")]
    {
        let get = house.get(path).await;
        assert_eq!(received.headers["link"], get.headers()["link"].to_str().unwrap());
        assert_eq!(received.headers["content-type"], content_type);
        assert_eq!(received.body, get.bytes().await.unwrap(), "{path}");
    }
    assert!(!sent[0].headers.contains_key("x-hub-signature"));
    assert_eq!(sent[1].headers["x-hub-signature"], signature("冰", &sent[1].body));
    assert_eq!(sent[1].query["mine"], "/1");

    pass(&house, TimeDelta::minutes(20));
    house.ingest(Scope::default()).await;
    house.push().await;
    assert!(subscriber.sent().is_empty(), "nothing has changed");
}

#[actix_web::test]
async fn an_edit_and_a_withdrawal_are_changes_too() {
    let house = House::with_articles().await;
    let subscriber = Subscriber::start().await;
    tell(&house, 1).await;
    subscribe(&house, RSS, &subscriber.callback("a")).await;
    let (title, paragraphs) = snow(1);
    house.portal.publish(&path(1), page("zh-CN", &format!("{title}（更新）"), &paragraphs));
    pass(&house, TimeDelta::minutes(20));
    house.ingest_with(section("binghe", "yw"), Options { is_forced: true, is_dry: false }).await;
    house.push().await;
    let sent = subscriber.sent();
    assert!(sent.len() == 1 && String::from_utf8_lossy(&sent[0].body).contains("（更新）"));
    let item = house.items("feeds/binghe/yw").await[0].clone();
    ask(&house, Method::DELETE, &format!("articles/{}", id(&item))).await;
    house.push().await;
    let sent = subscriber.sent();
    assert_eq!(sent.len(), 1);
    assert!(!String::from_utf8_lossy(&sent[0].body).contains(item["id"].as_str().unwrap()));
}

#[actix_web::test]
async fn a_lease_ends_unless_it_is_renewed_and_a_renewal_doubles_nothing() {
    let house = House::with_articles().await;
    let subscriber = Subscriber::start().await;
    for (callback, lease) in [("short", "1"), ("renewed", "3600"), ("long", "99999999")] {
        let more = [("hub.lease_seconds", lease), ("hub.secret", "old")];
        want(&house, "subscribe", RSS, &subscriber.callback(callback), &more).await;
    }
    let leases: Vec<_> = subscriber.asked().iter().map(|asked| asked.query["hub.lease_seconds"].clone()).collect();
    assert_eq!(leases, ["60", "3600", "2592000"]);
    pass(&house, TimeDelta::minutes(50));
    let more = [("hub.lease_seconds", "7200"), ("hub.secret", "new")];
    want(&house, "subscribe", RSS, &subscriber.callback("renewed"), &more).await;
    tell(&house, 1).await;
    let mut sent = subscriber.sent();
    sent.sort_by_key(|sent| sent.path.clone());
    let paths: Vec<_> = sent.iter().map(|sent| sent.path.as_str()).collect();
    assert_eq!(paths, ["/long", "/renewed"]);
    assert_eq!(sent[1].headers["x-hub-signature"], signature("new", &sent[1].body));
}

#[actix_web::test]
async fn what_failed_is_sent_again_after_growing_pauses_also_by_another_process() {
    let mut house = House::with_articles().await;
    let subscriber = Subscriber::start().await;
    for callback in ["down", "moved", "gone", "up"] {
        subscribe(&house, RSS, &subscriber.callback(callback)).await;
    }
    subscriber.when_sent("down", Reply::Status(503));
    subscriber.when_sent("moved", Reply::Redirect("elsewhere"));
    subscriber.when_sent("gone", Reply::Status(410));
    tell(&house, 1).await;
    assert_eq!(subscriber.sent().len(), 4, "no redirect is followed");
    let tries = |house: &House, pause: i64| pass(house, TimeDelta::seconds(pause));
    for (pause, expected) in [(29, 0), (1, 2), (119, 0), (1, 2)] {
        tries(&house, pause);
        house.push().await;
        assert_eq!(subscriber.sent().len(), expected, "after {pause} s more");
    }
    house.restart().await;
    subscriber.when_sent("down", Reply::Yes);
    tries(&house, 480);
    house.push().await;
    let sent = subscriber.sent();
    let recovered = sent.iter().find(|sent| sent.path == "/down").unwrap();
    assert_eq!(recovered.body, house.get(RSS).await.bytes().await.unwrap());
    for _ in 0..20 {
        pass(&house, TimeDelta::hours(4));
        house.push().await;
    }
    subscriber.sent();
    tell(&house, 2).await;
    let mut paths: Vec<_> = subscriber.sent().into_iter().map(|sent| sent.path).collect();
    paths.sort();
    assert_eq!(paths, ["/down", "/up"], "who is gone or dead for days is sent nothing more");
}

#[actix_web::test]
async fn what_changed_while_nobody_was_told_is_sent_after_the_next_start() {
    let mut house = House::with_articles().await;
    let subscriber = Subscriber::start().await;
    subscribe(&house, RSS, &subscriber.callback("a")).await;
    let item = house.items("feeds/binghe/yw").await[0].clone();
    house.stop().await;
    let store = Store::open(house.data_dir()).unwrap();
    assert!(store.withdraw(id(&item).parse().unwrap(), house.clock.now()).await.unwrap());
    drop(store);
    house.restart().await;
    let sent = subscriber.next_sent().await;
    assert_eq!(sent[0].body, house.get(RSS).await.bytes().await.unwrap());
    house.push().await;
    assert!(subscriber.sent().is_empty());
}

#[actix_web::test]
async fn a_program_killed_while_it_delivers_delivers_after_its_next_start() {
    let portal = SamplePortal::start("127.0.0.1:0").await.unwrap();
    portal.keep_still();
    let subscriber = Subscriber::start().await;
    let folder = tempfile::tempdir().unwrap();
    commands::feeds(folder.path(), &catalogue_toml(&portal.base_url()));
    std::fs::write(folder.path().join("harbinger.toml"), "allow_private_callbacks = true\n").unwrap();
    commands::run(folder.path(), &["ingest"]).await;
    let token = commands::text(&commands::run(folder.path(), &["token"]).await.stdout);
    let mut server = Server::start(folder.path());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    // The public address is the one it listens at, so the topic is another one after the next start, but for this.
    let settings = format!("allow_private_callbacks = true\nbase_url = {:?}\n", server.1);
    std::fs::write(folder.path().join("harbinger.toml"), settings).unwrap();
    let (topic, callback) = (format!("{}{RSS}", server.1), subscriber.callback("a"));
    let pairs = [("hub.mode", "subscribe"), ("hub.topic", topic.as_str()), ("hub.callback", callback.as_str())];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let post = client.post(format!("{}hub", server.1)).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(post.body(body).send().await.unwrap().status(), StatusCode::ACCEPTED);
    subscriber.next_asked().await;
    subscriber.when_sent("a", Reply::Later);
    let feed = client.get(format!("{}feeds/binghe/yw.json", server.1)).send().await.unwrap().text().await.unwrap();
    let feed: serde_json::Value = serde_json::from_str(&feed).unwrap();
    let guid = id(&feed["items"][0]);
    let withdrawal = client.delete(format!("{}api/v1/admin/articles/{guid}", server.1));
    let withdrawn = withdrawal.bearer_auth(token.trim()).send().await.unwrap();
    assert_eq!(withdrawn.status(), StatusCode::NO_CONTENT);
    subscriber.next_sent().await;
    server.0.kill().unwrap();
    server.0.wait().unwrap();
    subscriber.when_sent("a", Reply::Yes);
    let _server = Server::start(folder.path());
    let sent = String::from_utf8(subscriber.next_sent().await[0].body.clone()).unwrap();
    assert!(sent.contains(&topic) && !sent.contains(&guid));
}

#[actix_web::test]
async fn a_callback_that_does_not_answer_delays_nobody_else() {
    let house = House::with_articles().await;
    let subscriber = Subscriber::start().await;
    subscribe(&house, RSS, &subscriber.callback("slow")).await;
    subscribe(&house, RSS, &subscriber.callback("quick")).await;
    subscriber.when_sent("slow", Reply::Later);
    let (title, paragraphs) = snow(1);
    announce(&house, &path(1), &title, page("zh-CN", &title, &paragraphs));
    house.ingest(section("binghe", "yw")).await;
    let mut told = Vec::new();
    while told.len() < 2 {
        told.extend(subscriber.next_sent().await);
    }
    let item = house.items("feeds/binghe/yw").await[0].clone();
    ask(&house, Method::DELETE, &format!("articles/{}", id(&item))).await;
    let next = subscriber.next_sent().await;
    assert_eq!(next.iter().map(|sent| sent.path.as_str()).collect::<Vec<_>>(), ["/quick"], "the slow one is in hand");
    subscriber.when_sent("slow", Reply::Yes);
    subscriber.release();
    // On a busy machine it may have failed meanwhile, and is due again later.
    pass(&house, TimeDelta::hours(1));
    house.push().await;
    house.push().await;
    let missed = subscriber.sent();
    assert!(missed.len() == 1 && missed[0].path == "/slow", "then it gets what it missed");
    assert_eq!(missed[0].body, next[0].body);
}

#[actix_web::test]
async fn an_outside_hub_is_named_instead_and_told_of_each_change() {
    let mut house = House::with_articles().await;
    let hub = Subscriber::start().await;
    house.rules.hub = Some(hub.callback("publish").parse().unwrap());
    house.restart().await;
    house.push().await;
    hub.sent();
    let feed = house.get(RSS).await;
    let expected = format!("<{}>; rel=\"self\", <{}>; rel=\"hub\"", topic(RSS), hub.callback("publish"));
    assert_eq!(feed.headers()["link"].to_str().unwrap(), expected);
    let (address, callback) = (topic(RSS), hub.callback("a"));
    let form = [("hub.mode", "subscribe"), ("hub.topic", address.as_str()), ("hub.callback", callback.as_str())];
    assert_eq!(post(&house, &form).await.status(), StatusCode::FORBIDDEN);
    hub.when_sent("publish", Reply::Status(500));
    tell(&house, 1).await;
    let failed = hub.sent();
    hub.when_sent("publish", Reply::Status(204));
    pass(&house, TimeDelta::seconds(30));
    house.push().await;
    let told = hub.sent();
    assert_eq!(failed.len(), told.len());
    let changed =
        ["feeds/binghe/yw", "feeds/binghe"].map(|feed| ["rss", "atom", "json"].map(|it| format!("{feed}.{it}")));
    let together = ["rss.xml", "feed.xml", "atom.xml", "feed.json"].map(str::to_owned);
    let mut expected: Vec<_> = changed.into_iter().flatten().chain(together).map(|path| topic(&path)).collect();
    let url = |body: &[u8]| {
        let form: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
        assert_eq!(form[0], ("hub.mode".to_owned(), "publish".to_owned()));
        form[1].1.clone()
    };
    let mut urls: Vec<_> = told.iter().map(|sent| url(&sent.body)).collect();
    urls.sort();
    expected.sort();
    assert_eq!(urls, expected);
    pass(&house, TimeDelta::hours(1));
    house.push().await;
    assert!(hub.sent().is_empty());
}

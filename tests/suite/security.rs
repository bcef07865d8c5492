//! The controls of SECURITY.md that no other behaviour shows.

use std::collections::BTreeMap;
use std::path::Path;

use harbinger::model::run::Scope;
use reqwest::header::COOKIE;
use serde_json::Value;

use crate::faults::program::{Limit, Program, TOKEN as PROGRAM_TOKEN};
use crate::faults::site::{self, Site};
use crate::house::{House, TOKEN, section};
use crate::quarantine::{ask, id};

/// Ways to write addresses that belong to nobody on the internet.
const PRIVATE: [&str; 15] = [
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "127.1",
    "0",
    "localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "169.254.169.254",
    "１２７.０.０.１",
];

#[actix_web::test]
async fn no_order_of_an_admin_reaches_a_private_address_of_a_portal_that_does_not_allow_it() {
    let site = Site::answering(|_| site::html(&site::story(1)));
    let mut house = House::new().await;
    let closed = site.file("closed", &["news"]).replace("allow_private_addresses = true", "obey_robots = false");
    house.set_file("closed.toml", Some(&closed));
    house.restart().await;
    for host in PRIVATE {
        let port = site.url("/").rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
        let url = Some(format!("http://{host}:{port}/news/content_1.html"));
        let scope = Scope { portal: Some("closed".into()), section: Some("news".into()), url };
        let run = house.ingest(scope).await;
        let error = &run.report.errors[0].error;
        assert!(run.report.new == 0 && error.contains("private"), "{host}: {error}");
    }
    let run = house.ingest(section("closed", "news")).await;
    assert!(run.report.sources_failed == 1 && site.asked().is_empty(), "not even robots.txt was asked for");
}

#[actix_web::test]
async fn inspect_asks_no_private_address_unless_a_portal_of_that_host_allows_it() {
    let site = Site::answering(|_| site::html(&site::story(1)));
    let program = Program::alone();
    for host in PRIVATE {
        let port = site.url("/").rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
        let said =
            program.run(Limit::None, &["inspect", &format!("http://{host}:{port}/a_1.html"), "--portal", "closed"]);
        assert!(said.code != Some(0), "{host}: {said:?}");
    }
    assert!(site.asked().is_empty());
}

/// What a stranger writes into every field of a page.
const ACTS: &str = "</title></script><script>act()</script><img src=x onerror=act()>\"'><svg onload=act()>";

/// A page that acts in every field it has.
fn acting() -> String {
    let escaped = ACTS.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let json = serde_json::json!({
        "@context": "https://schema.org", "@type": "NewsArticle", "author": {"name": format!("马知远{ACTS}")},
        "articleSection": ACTS, "keywords": [ACTS], "publisher": {"name": ACTS},
    });
    let json = json.to_string().replace('<', "\\u003c");
    site::story(1)
        .replace("</title>", &format!("{escaped}</title><meta name=author content=\"{escaped}\">\
            <meta name=keywords content=\"{escaped},雪\"><meta name=description content=\"{escaped}\">\
            <meta property=og:image content=\"javascript:act()\"><meta property=article:section content=\"{escaped}\">\
            <script type=application/ld+json>{json}</script>"))
        .replace("</h1>", &format!("{escaped}</h1><p>来源：{escaped} 记者 马知远{escaped}</p>"))
        .replace("</article>", &format!(
            "<figure><img src=\"/a.jpg\" alt=\"{escaped}\" onerror=act()><figcaption>{escaped} 摄</figcaption></figure>\
             <p>{escaped}</p><p><a href=\"javascript:act()\" onclick=act()>雪</a></p>{ACTS}<p>编辑：{escaped}</p></article>"
        ))
}

/// Whether markup has an element or attribute that acts; text that looks like one does not.
fn acts(html: &str) -> bool {
    let page = dom_query::Document::from(html);
    let is_ours = |script: &dom_query::NodeRef| script.attr("src").is_some_and(|src| src.starts_with("/assets/"));
    let scripts = page.select("script").nodes().iter().filter(|it| !is_ours(it)).any(|it| it.text().contains("act()"));
    let handlers = ["onerror", "onload", "onclick"].iter().any(|name| page.select(&format!("[{name}]")).exists());
    let links = page.select("[href], [src]").nodes().iter().any(|it| {
        ["href", "src"]
            .iter()
            .any(|name| it.attr(name).is_some_and(|address| address.trim().starts_with("javascript:")))
    });
    scripts || handlers || links
}

#[actix_web::test]
async fn a_page_that_acts_in_every_field_acts_in_no_document_of_ours() {
    let site = Site::answering(|asked| match site::number(&asked.path) {
        Some(_) => site::html(&acting()),
        None => site::html(&site::list("news", 1..2).replace("</a>", "&lt;script&gt;act()&lt;/script&gt;</a>")),
    });
    let mut house = House::new().await;
    house.set_file("acting.toml", Some(&site.file("acting", &["news"])));
    house.restart().await;
    let run = house.ingest(section("acting", "news")).await;
    assert_eq!(run.report.new + run.report.quarantined, 1, "{:?}", run.report);
    if run.report.quarantined > 0 {
        let (status, _) = ask(&house, reqwest::Method::POST, "quarantine/1/release").await;
        assert!(status.is_success());
        house.settle().await;
    }
    let item = house.items("feeds/acting/news").await[0].clone();
    assert!(item["title"].as_str().unwrap().contains("清雪队"), "{item}");
    assert!(!acts(item["content_html"].as_str().unwrap()), "{item}");
    let pages = [
        "",
        "feeds/acting",
        "feeds/acting/news",
        "feeds/acting/news?lang=en",
        "feeds/acting/news?q=雪",
        "embed/acting/news",
        "embed/acting/news?theme=dark",
        "docs",
    ];
    for path in pages {
        assert!(!acts(&house.text(path).await), "{path}");
    }
    for path in ["feeds/acting/news.rss", "feeds/acting/news.atom", "feeds.opml", "news-sitemap.xml", "rss.xml"] {
        let text = house.text(path).await;
        let document = roxmltree::Document::parse(&text).unwrap();
        assert!(!document.descendants().any(|it| ["script", "svg", "img"].contains(&it.tag_name().name())), "{path}");
        // Markup within a feed is text that readers show as HTML.
        let inner = document.descendants().filter(|it| it.is_text()).filter_map(|it| it.text());
        for text in inner.filter(|text| text.contains("<p")) {
            assert!(!acts(text), "{path}: {text}");
        }
    }
    let plain = id(&item);
    for path in ["feeds/acting/news.json", "api/v1/headlines?feed=acting", "api/v1/changes?feed=acting"] {
        let answer = house.get(path).await;
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(kind.contains("json") && answer.headers()["x-content-type-options"] == "nosniff", "{path}: {kind}");
        serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap();
    }
    let form = house.client.post(house.url("admin/login")).body(format!("token={}", TOKEN.replace(' ', "+")));
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = form.build().unwrap();
    let answer = client.execute(request).await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    for path in [
        "admin",
        "admin/runs/1",
        "admin/quarantine",
        "admin/articles",
        &format!("admin/articles/{plain}"),
        "admin/audit",
    ] {
        let page = client.get(house.url(path)).header(COOKIE, &cookie).send().await.unwrap();
        assert_eq!(page.status(), 200, "{path}");
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(!acts(&page.text().await.unwrap()), "{path}");
    }
}

#[test]
fn what_lies_outside_is_reached_by_no_spelling_of_a_path() {
    let program = Program::alone();
    std::fs::write(program.path("secret.txt"), "a secret of the operator").unwrap();
    let server = program.serve();
    for path in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/....//....//secret.txt",
        "/assets/..\\..\\secret.txt",
        "/assets//secret.txt",
        "/assets/%00/../secret.txt",
        "/feeds/../../secret.txt",
        "/feeds/..%c0%af..%c0%afsecret.txt",
        "/embed/..%2fsecret.txt",
        "/api/v1/articles/..%2f..%2fsecret.txt",
        "//secret.txt",
        "file:///secret.txt",
    ] {
        let (status, _, body) = server.get(path);
        assert!((400..500).contains(&status), "{path}: {status}");
        assert!(!String::from_utf8_lossy(&body).contains("a secret of"), "{path}");
    }
}

#[actix_web::test]
async fn no_header_is_split_by_what_a_request_says() {
    let mut house = House::new().await;
    house.change_file("binghe.toml", "id = \"binghe\"", "id = \"binghe\"\naliases = [\"old\"]");
    house.restart().await;
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let split = "%0d%0aX-Split:%20yes%0d%0a%0d%0a<script>";
    for path in [
        format!("feeds/old.rss?a={split}"),
        format!("feeds/old/yw?q={split}"),
        format!("feeds/binghe.rss?q={split}"),
        format!("feeds/binghe?lang={split}"),
        format!("embed/binghe?limit={split}"),
        format!("oembed?url={split}"),
        format!("api/v1/headlines?feed={split}"),
        format!("api/v1/changes?after={split}"),
        split.to_owned(),
    ] {
        let answer = client.get(house.url(&path)).header("accept", "application/rss+xml, text/html;q=0.1").send().await;
        let answer = answer.unwrap();
        assert!(!answer.headers().contains_key("x-split"), "{path}");
        for (name, value) in answer.headers() {
            assert!(!value.as_bytes().iter().any(|byte| matches!(byte, b'\r' | b'\n')), "{path}: {name}");
        }
    }
    let moved = client.get(house.url(&format!("feeds/old.rss?a={split}"))).send().await.unwrap();
    assert_eq!(moved.status(), 301);
}

#[test]
fn tokens_logins_and_forms_are_compared_in_constant_time() {
    let source = |name: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    for (file, compared) in [
        ("src/server/auth.rs", "hash.ct_eq(known)"),
        ("src/server/dashboard/session.rs", ".ct_eq(form_key"),
        ("src/keys/signed.rs", "hmac::verify(&self.0, said, tag)"),
    ] {
        let text = source(file);
        assert!(text.contains(compared), "{file} compares otherwise");
        let plain: Vec<&str> = text.lines().filter(|line| line.contains("==") && line.contains("hash")).collect();
        assert!(plain.is_empty(), "{file}: {plain:?}");
    }
}

#[test]
fn no_secret_stands_in_the_log_however_much_is_logged() {
    let stories = std::sync::Arc::new(std::sync::Mutex::new(2));
    let portal = site::growing(&stories);
    let wire = portal.file("wire", &["wire"]).replace("[portal]\n", "[portal]\nprivate = true\n");
    let program = Program::with(&[("street.toml", portal.file("street", &["news"])), ("wire.toml", wire)]);
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let key = program.run(Limit::None, &["key", "create", "daily", "--feed", "wire"]).out.trim().to_owned();
    let subscriber = Site::answering(|asked| {
        let challenge = asked.path.split_once("hub.challenge=").and_then(|(_, rest)| rest.split('&').next());
        site::answer("200 OK", "", challenge.unwrap_or_default().as_bytes())
    });
    let server = program.serve_with(&[("HARBINGER_LOG", "trace")]);
    let topic = format!("{}/feeds/street/news.rss", server.base);
    let form: BTreeMap<&str, &str> = BTreeMap::from([
        ("hub.mode", "subscribe"),
        ("hub.topic", &topic),
        ("hub.secret", "what-only-the-subscriber-knows"),
    ]);
    let callback = subscriber.url("/call");
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .append_pair("hub.callback", &callback)
        .finish();
    assert_eq!(server.post("/hub", "application/x-www-form-urlencoded", &form).0, 202);
    let (_, fields, _) =
        server.post("/admin/login", "application/x-www-form-urlencoded", &format!("token={PROGRAM_TOKEN}"));
    let cookie = fields.lines().find_map(|line| line.strip_prefix("set-cookie: harbinger_session=")).unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    server.ask(&format!(
        "GET /admin HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: harbinger_session={cookie}\r\n\r\n"
    ));
    let private = format!("/feeds/wire.rss?key={key}");
    assert_eq!(server.get(&private).0, 200);
    assert_eq!(server.get(&format!("{private}&limit=0")).0, 400);
    assert_eq!(server.get(&format!("{private}x")).0, 401);
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("hub.mode", "subscribe"), ("hub.topic", &format!("{}{private}", server.base))])
        .append_pair("hub.callback", &subscriber.url("/nobody"))
        .finish();
    assert_eq!(server.post("/hub", "application/x-www-form-urlencoded", &form).0, 202);
    *stories.lock().unwrap() += 1;
    assert_eq!(server.ingest().0, 202);
    let said = server.stop_and_hear();
    assert!(said.contains("TRACE") && said.contains("/hub"), "it does log");
    // Header names of answers come in lower case, and so does the cookie read above.
    for secret in [PROGRAM_TOKEN, "what-only-the-subscriber-knows", &cookie, &key] {
        assert!(!said.to_lowercase().contains(&secret.to_lowercase()), "the log tells {secret}");
    }
}

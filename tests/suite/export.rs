//! The public face as static files, read back from the disk as a static host would hand them out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::commands::text;
use crate::house::{House, TOKEN};
use crate::{paging, private};

pub const BASE: &str = "https://feeds.example/";

/// Exports what a house publishes, beside it.
async fn export(house: &House, place: &Path) -> Output {
    export_to(house, place.to_str().unwrap(), &[]).await
}

/// The same to any place, with more variables in the environment.
pub async fn export_to(house: &House, place: &str, variables: &[(&str, &str)]) -> Output {
    let feeds = house.folder.path().join("operator");
    let _ = fs::remove_dir_all(&feeds);
    house.write_files(&feeds);
    let (data_dir, place) = (house.data_dir().to_owned(), place.to_owned());
    let variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let work = move || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_harbinger"));
        let program = program.env_clear().env("HARBINGER_BASE_URL", BASE).envs(variables).current_dir(&data_dir);
        let program = program.arg("export").arg(place).arg("--data-dir").arg(&data_dir).arg("--feeds-dir").arg(feeds);
        program.output().unwrap()
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}

pub async fn exported(house: &House, place: &Path) -> String {
    let output = export(house, place).await;
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// Every file below a folder by its path.
pub fn files(place: &Path) -> BTreeMap<String, PathBuf> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![place.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(place).unwrap().to_str().unwrap().to_owned();
                    found.insert(name, path);
                }
            }
        }
    }
    found
}

/// The file an address of ours names; `None` if it is of another site.
fn named(address: &str) -> Option<String> {
    let path = match address.strip_prefix(BASE) {
        Some(path) => path,
        None => address.strip_prefix('/').filter(|path| !path.starts_with('/'))?,
    };
    Some(path.split('#').next().unwrap().to_owned())
}

/// Every address in a document, read by a parser that did not write it.
fn addresses(name: &str, text: &str) -> Vec<String> {
    if name.ends_with(".html") {
        let page = dom_query::Document::from(text);
        let of = |attribute: &str| {
            let found = page.select(&format!("[{attribute}]"));
            found.iter().map(|node| node.attr(attribute).unwrap().to_string()).collect::<Vec<_>>()
        };
        let copied = page.select("input[readonly]").iter().map(|node| node.attr("value").unwrap().to_string());
        let frames = page.select("textarea").iter().flat_map(|node| addresses("frame.html", &node.text()));
        return of("href").into_iter().chain(of("src")).chain(copied).chain(frames.collect::<Vec<_>>()).collect();
    }
    if name.ends_with(".json") {
        let feed: Value = serde_json::from_str(text).unwrap();
        let keys = ["feed_url", "home_page_url", "next_url", "icon", "favicon"];
        return keys.iter().filter_map(|key| feed[key].as_str()).map(str::to_owned).collect();
    }
    let document = roxmltree::Document::parse(text).unwrap();
    let mut found = Vec::new();
    for node in document.descendants() {
        found.extend(["href", "url", "xmlUrl", "htmlUrl"].iter().filter_map(|name| node.attribute(*name)));
        if ["link", "url", "icon"].contains(&node.tag_name().name()) {
            found.extend(node.text().map(str::trim));
        }
    }
    found.into_iter().filter(|address| address.starts_with("http")).map(str::to_owned).collect()
}

fn is_document(name: &str) -> bool {
    [".html", ".rss", ".atom", ".json", ".xml", ".opml"].iter().any(|ending| name.ends_with(ending))
        && !name.starts_with(".harbinger")
}

/// How many links of ours there are; each names a file that is there.
pub fn every_link_leads_to_a_file(place: &Path) -> usize {
    let (files, mut followed) = (files(place), 0);
    for (name, path) in files.iter().filter(|(name, _)| is_document(name)) {
        for address in addresses(name, &fs::read_to_string(path).unwrap()) {
            let Some(file) = named(&address) else { continue };
            assert!(files.contains_key(&file), "{name} leads to {address}, which is no file");
            followed += 1;
        }
    }
    followed
}

/// What one document tells: its own address, where its links lead, its entries.
fn read(place: &Path, name: &str) -> (String, BTreeMap<String, String>, Vec<String>) {
    let text = fs::read_to_string(place.join(name)).unwrap();
    if name.ends_with(".json") {
        let feed: Value = serde_json::from_str(&text).unwrap();
        let next = feed["next_url"].as_str().map(|next| ("next".to_owned(), next.to_owned()));
        let ids = feed["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned());
        return (feed["feed_url"].as_str().unwrap().to_owned(), next.into_iter().collect(), ids.collect());
    }
    let document = roxmltree::Document::parse(&text).unwrap();
    let atom = "http://www.w3.org/2005/Atom";
    let top = document.descendants().find(|node| ["channel", "feed"].contains(&node.tag_name().name())).unwrap();
    let links: BTreeMap<String, String> = top
        .children()
        .filter(|node| node.has_tag_name((atom, "link")))
        .map(|node| (node.attribute("rel").unwrap().to_owned(), node.attribute("href").unwrap().to_owned()))
        .collect();
    let ids = feed_rs::parser::parse(text.as_bytes()).unwrap().entries.into_iter().map(|entry| entry.id).collect();
    (links["self"].clone(), links, ids)
}

/// The entries along one relation, from the newest on.
pub fn walk(place: &Path, name: &str, relation: &str) -> (Vec<String>, usize) {
    let (mut ids, mut documents, mut next) = (Vec::new(), 0, Some(name.to_owned()));
    while let Some(name) = next {
        let (own, links, found) = read(place, &name);
        assert_eq!(named(&own).as_ref(), Some(&name), "a document names another as itself");
        ids.extend(found);
        documents += 1;
        assert!(documents < 50, "the walk does not end");
        next = links.get(relation).map(|address| named(address).unwrap());
    }
    (ids, documents)
}

async fn withdraw(house: &House, id: &str) {
    let url = house.url(&format!("api/v1/admin/articles/{}", id.trim_start_matches("urn:uuid:")));
    let answer = house.client.request(Method::DELETE, url).bearer_auth(TOKEN).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    house.settle().await;
}

#[actix_web::test]
async fn an_export_holds_what_the_server_publishes_and_every_link_in_it_leads_to_a_file() {
    let house = paging::with_an_archive().await;
    let place = tempfile::tempdir().unwrap();
    exported(&house, place.path()).await;
    let files = files(place.path());
    for name in [
        "index.html",
        "index.en.html",
        "index.zh-Hant.html",
        "feed.xml",
        "rss.xml",
        "atom.xml",
        "feed.json",
        "feeds.opml",
        "news-sitemap.xml",
        "robots.txt",
        "favicon.ico",
        "logo.png",
        "widget.js",
        "feeds/binghe/index.html",
        "feeds/binghe/yw.rss",
        "feeds/binghe/yw.atom",
        "feeds/binghe/yw.json",
        "feeds/binghe/yw/index.en.html",
        "events/world-mayors-dialogue.rss",
        "events/world-mayors-dialogue/index.html",
        "embed/binghe/yw/index.html",
        "embed/events/world-mayors-dialogue/index.html",
    ] {
        assert!(files.contains_key(name), "{name} is not in the export");
    }

    let followed = every_link_leads_to_a_file(place.path());
    assert!(followed > 1000, "only {followed} links were followed");
    for (name, path) in files.iter().filter(|(name, _)| is_document(name)) {
        let text = fs::read_to_string(path).unwrap();
        for live in ["rel=\"hub\"", "\"hubs\"", "<form", "api/v1", "/admin", "/docs\"", "oembed", "?lang=", "?page="] {
            assert!(!text.contains(live), "{name} names what only a server answers: {live}");
        }
    }

    // Of a feed, the same entries as the server gives in the same order, and every one of them once along the links.
    let opml = fs::read_to_string(&files["feeds.opml"]).unwrap();
    let opml = roxmltree::Document::parse(&opml).unwrap();
    let feeds: Vec<String> =
        opml.descendants().filter_map(|node| node.attribute("xmlUrl")).map(|url| named(url).unwrap()).collect();
    assert!(feeds.len() > 8, "{feeds:?}");
    let mut pages = 0;
    for rss in feeds {
        let names = match rss.strip_suffix(".rss") {
            Some(stem) => [rss.clone(), format!("{stem}.atom"), format!("{stem}.json")],
            None => ["rss.xml", "atom.xml", "feed.json"].map(str::to_owned),
        };
        let all = house.json(&format!("{}?limit=200", names[2])).await;
        let all: Vec<&str> = all["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        let newest = house.json(&names[2]).await;
        let newest: Vec<&str> =
            newest["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        for (name, relation) in [(0, "next"), (0, "prev-archive"), (1, "next"), (1, "prev-archive"), (2, "next")] {
            assert_eq!(read(place.path(), &names[name]).2, newest, "{}", names[name]);
            let (ids, documents) = walk(place.path(), &names[name], relation);
            assert_eq!(ids, all, "{} {relation}", names[name]);
            pages += documents;
        }
    }
    assert!(pages > 60, "{pages}");
    assert_eq!(read(place.path(), "feed.xml").2, read(place.path(), "rss.xml").2);

    // The page for people leads to the very first article too, in its language.
    let (mut name, mut articles) = ("feeds/binghe/index.zh-Hant.html".to_owned(), 0);
    loop {
        let page = fs::read_to_string(&files[&name]).unwrap();
        articles += page.matches("<article").count();
        let page = dom_query::Document::from(page);
        assert_eq!(page.select("html").attr("lang").unwrap().to_string(), "zh-Hant");
        let Some(older) = page.select("a[rel=next]").attr("href") else { break };
        name = named(&older).unwrap();
    }
    assert_eq!(articles, house.json("feeds/binghe.json?limit=200").await["items"].as_array().unwrap().len());
}

#[actix_web::test]
async fn an_export_leaves_what_did_not_change_and_removes_what_is_no_more() {
    let mut house = House::with_articles().await;
    let place = tempfile::tempdir().unwrap();
    let said = exported(&house, place.path()).await;
    assert!(said.contains(" 0 unchanged, 0 removed"), "{said}");
    let changed = || -> BTreeMap<String, SystemTime> {
        let time = |(name, path): (String, PathBuf)| (name, fs::metadata(path).unwrap().modified().unwrap());
        files(place.path()).into_iter().map(time).collect()
    };
    let before = changed();
    let said = exported(&house, place.path()).await;
    assert!(said.contains(" 0 written,") && said.contains(" 0 removed"), "{said}");
    assert_eq!(changed(), before);

    // Without a server beside it the same comes out.
    house.stop().await;
    let said = exported(&house, place.path()).await;
    assert!(said.contains(" 0 written,"), "{said}");
    assert_eq!(changed(), before);
    house.restart().await;
    house.settle().await;

    let lost = house.items("events/world-mayors-dialogue").await[0].clone();
    withdraw(&house, lost["id"].as_str().unwrap()).await;
    exported(&house, place.path()).await;
    let after = changed();
    assert!(after["events/world-mayors-dialogue.rss"] > before["events/world-mayors-dialogue.rss"]);
    assert_eq!(after["robots.txt"], before["robots.txt"]);
    let title = lost["title"].as_str().unwrap();
    for (name, path) in files(place.path()) {
        let bytes = fs::read(path).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(title), "{name} still has what was withdrawn");
    }

    // A feed that is published no more leaves with all its files, and nothing of anybody else.
    fs::write(place.path().join("events/theirs.html"), "theirs").unwrap();
    house.set_file("world-mayors-dialogue.toml", None);
    house.restart().await;
    house.settle().await;
    exported(&house, place.path()).await;
    let left = files(place.path());
    assert!(!left.keys().any(|name| name.contains("world-mayors-dialogue")), "{:?}", left.keys());
    assert_eq!(fs::read(place.path().join("events/theirs.html")).unwrap(), b"theirs");
    assert!(!place.path().join("embed/events/world-mayors-dialogue").exists());
}

#[actix_web::test]
async fn an_export_touches_nothing_that_is_not_its_own() {
    let house = House::with_articles().await;
    let place = tempfile::tempdir().unwrap();
    let (site, outside) = (place.path().join("site"), place.path().join("outside"));
    fs::create_dir_all(&site).unwrap();
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("kept.txt"), "theirs").unwrap();
    fs::write(site.join("their.html"), "theirs").unwrap();
    let refused = |output: Output, expected: &str| {
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(expected) && said.lines().count() == 1, "{said}");
    };
    refused(export(&house, &site).await, "is not empty and has no .harbinger-export.json");
    assert_eq!(files(&site).len(), 1);

    // A manifest that somebody else wrote removes nothing outside, and nothing inside either.
    for hostile in ["../outside/kept.txt", "/etc/hostname", "feeds/../../outside/kept.txt", "feeds\\..\\kept"] {
        let manifest = serde_json::json!({"version": 1, "files": {hostile: null, "their.html": null}});
        fs::write(site.join(".harbinger-export.json"), manifest.to_string()).unwrap();
        refused(export(&house, &site).await, "is no path of an export");
        assert_eq!(fs::read(outside.join("kept.txt")).unwrap(), b"theirs");
        assert_eq!(files(&site).len(), 2, "{hostile}");
    }

    // One that names a file beyond a link removes it neither.
    std::os::unix::fs::symlink(&outside, site.join("old")).unwrap();
    let manifest = serde_json::json!({"version": 1, "files": {"old/kept.txt": null}});
    fs::write(site.join(".harbinger-export.json"), manifest.to_string()).unwrap();
    exported(&house, &site).await;
    assert_eq!(fs::read(outside.join("kept.txt")).unwrap(), b"theirs");
    assert!(fs::symlink_metadata(site.join("old")).unwrap().is_symlink());

    // Nor is anything written beyond one.
    fs::remove_dir_all(site.join("feeds")).unwrap();
    std::os::unix::fs::symlink(&outside, site.join("feeds")).unwrap();
    refused(export(&house, &site).await, "links are not followed");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[actix_web::test]
async fn a_feed_that_got_another_id_stands_at_its_former_addresses_too() {
    let mut house = House::with_articles().await;
    house.change_file("binghe.toml", "id = \"binghe\"", "id = \"binghe\"\naliases = [\"ice\"]");
    house.change_file("binghe.toml", "id = \"yw\"", "id = \"yw\"\naliases = [\"news\"]");
    house.restart().await;
    house.settle().await;
    let place = tempfile::tempdir().unwrap();
    exported(&house, place.path()).await;
    let files = files(place.path());
    for (former, present) in [
        ("feeds/ice", "feeds/binghe"),
        ("feeds/ice/jj", "feeds/binghe/jj"),
        ("feeds/binghe/news", "feeds/binghe/yw"),
        ("feeds/ice/news", "feeds/binghe/yw"),
        ("feeds/ice/yw", "feeds/binghe/yw"),
    ] {
        for ending in [".rss", ".atom", ".json", "/index.html", "/index.en.html"] {
            let read = |name: &str| fs::read(&files[&format!("{name}{ending}")]).unwrap();
            assert!(read(former) == read(present), "{former}{ending}");
        }
    }
    every_link_leads_to_a_file(place.path());
}

#[actix_web::test]
async fn nothing_private_is_exported() {
    let (_site, house) = private::private_house().await;
    let place = tempfile::tempdir().unwrap();
    exported(&house, place.path()).await;
    let files = files(place.path());
    assert!(files.len() > 50, "{}", files.len());
    for (name, path) in &files {
        let bytes = fs::read(path).unwrap();
        let content = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!content.contains(private::MARK) && !name.contains(private::MARK), "{name}");
    }
}

#[actix_web::test]
async fn what_cannot_be_exported_is_said_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let files = harbinger::sample::catalogue::catalogue_toml(&Url::parse("http://127.0.0.1:1/").unwrap());
    crate::commands::feeds(folder.path(), &files);
    let output = crate::commands::run(folder.path(), &["export", "site"]).await;
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("there is no database"), "{said}");
    assert!(said.contains("set base_url"), "{said}");
    assert!(!folder.path().join("site").exists());

    let house = House::with_articles().await;
    let file = house.folder.path().join("a file");
    fs::write(&file, "theirs").unwrap();
    let output = export(&house, &file).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("a file"), "{}", text(&output.stderr));
}

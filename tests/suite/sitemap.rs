//! Search engines read what is new.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use reqwest::StatusCode;

use crate::house::{House, time};

const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const NEWS: &str = "http://www.google.com/schemas/sitemap-news/0.9";

/// An article of the sitemap: address, publication, language, time, title.
type News = (String, String, String, DateTime<FixedOffset>, String);

/// The sitemap at the time of the house, taken apart as its schemas say.
async fn news(house: &House) -> Vec<News> {
    house.running().service.sitemap.refresh(house.clock.now()).await.unwrap();
    let text = house.text("news-sitemap.xml").await;
    let document = roxmltree::Document::parse(&text).unwrap();
    assert!(document.root_element().has_tag_name((SITEMAP, "urlset")));
    let names = |node: roxmltree::Node| -> Vec<String> {
        node.children().filter(roxmltree::Node::is_element).map(|child| child.tag_name().name().to_owned()).collect()
    };
    let mut found = Vec::new();
    for url in document.root_element().children().filter(roxmltree::Node::is_element) {
        assert!(url.has_tag_name((SITEMAP, "url")));
        assert_eq!(names(url), ["loc", "news"]);
        let news = url.children().find(|node| node.has_tag_name((NEWS, "news"))).unwrap();
        assert_eq!(names(news), ["publication", "publication_date", "title"]);
        let text = |namespace: &str, name: &str| {
            let node = url.descendants().find(|node| node.has_tag_name((namespace, name))).unwrap();
            node.text().unwrap().to_owned()
        };
        let published = DateTime::parse_from_rfc3339(&text(NEWS, "publication_date")).unwrap();
        let entry = (text(SITEMAP, "loc"), text(NEWS, "name"), text(NEWS, "language"), published, text(NEWS, "title"));
        found.push(entry);
    }
    found
}

/// The articles of all portals: address, title, language, time.
async fn articles(house: &House) -> Vec<(String, String, DateTime<Utc>)> {
    let items = house.json("feed.json?limit=200").await["items"].as_array().unwrap().clone();
    let text = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap().to_owned();
    let article =
        |item: &serde_json::Value| (text(item, "url"), text(item, "title"), time(&text(item, "date_published")));
    items.iter().map(article).collect()
}

#[actix_web::test]
async fn the_sitemap_has_the_articles_of_two_days_and_names_each_language_its_way() {
    let house = House::with_articles().await;
    let all = articles(&house).await;
    let now = all[0].2 + TimeDelta::hours(1);
    house.clock.move_to(now);
    let news = news(&house).await;
    let is_new = |published: &DateTime<Utc>| *published > now - TimeDelta::days(2);
    let expected: Vec<_> = all.iter().filter(|(_, _, published)| is_new(published)).collect();
    assert!(expected.len() > 1 && expected.len() < all.len(), "{} of {}", expected.len(), all.len());
    assert_eq!(news.len(), expected.len());
    for ((url, publication, language, published, title), expected) in news.iter().zip(expected) {
        assert_eq!((url, title, published.to_utc()), (&expected.0, &expected.1, expected.2));
        assert_eq!((publication.as_str(), published.offset().to_string().as_str()), ("冰河新闻网", "+08:00"));
        assert!(["zh-cn", "zh-tw", "ru", "ko", "en"].contains(&language.as_str()), "{language}");
    }
    let robots = house.text("robots.txt").await;
    assert!(robots.ends_with("\nSitemap: https://feeds.example/news-sitemap.xml\n"), "{robots}");
}

#[actix_web::test]
async fn it_changes_when_an_article_is_no_news_any_more_and_not_before() {
    let house = House::with_articles().await;
    let newest = articles(&house).await[0].2;
    let ask = async |at: DateTime<Utc>| {
        house.clock.move_to(at);
        let count = news(&house).await.len();
        let answer = house.get("news-sitemap.xml").await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/xml; charset=utf-8");
        (count, header("etag"), header("last-modified"))
    };
    let leaves = newest + TimeDelta::days(2);
    let begin = house.clock.now();
    let before = ask(leaves - TimeDelta::seconds(1)).await;
    assert_eq!(ask(leaves - TimeDelta::seconds(1)).await, before);
    let after = ask(leaves).await;
    assert!(before.0 > 0 && after.0 == 0, "{before:?} {after:?}");
    assert_ne!(before.1, after.1);
    let modified = |field: &str| DateTime::parse_from_rfc2822(field).unwrap().to_utc();
    assert_eq!(modified(&after.2), leaves.max(begin));
    assert_eq!(ask(leaves + TimeDelta::days(30)).await, after);
    let fresh = house.client.get(house.url("news-sitemap.xml")).header("if-none-match", &after.1).send().await.unwrap();
    assert_eq!(fresh.status(), StatusCode::NOT_MODIFIED);
}

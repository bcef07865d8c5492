//! The pages for people.

use reqwest::Response;

use crate::house::House;

async fn in_language(house: &House, path: &str, accepted: &str) -> Response {
    house.client.get(house.url(path)).header("accept-language", accepted).send().await.unwrap()
}

#[actix_web::test]
async fn pages_lead_to_their_feeds() {
    let house = House::with_articles().await;
    for (page, feed) in [
        ("", "/rss.xml"),
        ("feeds/binghe", "/feeds/binghe.rss"),
        ("feeds/binghe/yw", "/feeds/binghe/yw.rss"),
        ("events/world-mayors-dialogue", "/events/world-mayors-dialogue.rss"),
    ] {
        let html = house.text(page).await;
        assert!(html.matches("rel=\"alternate\" type=").count() >= 3, "{page}");
        assert!(html.contains(&format!("https://feeds.example{feed}")), "{page}");
        assert_eq!(html.matches("<h1").count(), 1, "{page}");
        assert!(!html.contains("<style") && !html.contains("style=\""), "{page}");
        assert!(!html.contains("<img src=\"http"), "{page} asks another site");
    }
}

#[actix_web::test]
async fn what_pages_use_is_ours_and_may_be_kept_for_long() {
    let house = House::with_articles().await;
    let front = house.get("").await;
    let policy = front.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && !policy.contains("http"));
    let front = front.text().await.unwrap();
    let mut kinds = Vec::new();
    for part in front.split(['"']).filter(|part| part.starts_with("/assets/")) {
        let answer = house.get(part.trim_start_matches('/')).await;
        kinds.push(answer.headers()["content-type"].to_str().unwrap().to_owned());
        assert!(answer.headers()["cache-control"].to_str().unwrap().contains("max-age=31536000"), "{part}");
    }
    assert_eq!(kinds, ["text/css; charset=utf-8", "text/javascript; charset=utf-8"]);
    assert_eq!(front.matches("<script").count(), 1, "a script that is no file of its own");
}

#[actix_web::test]
async fn a_page_speaks_the_readers_language() {
    let house = House::with_articles().await;
    for path in ["", "feeds/binghe", "feeds/binghe/yw?limit=3", "events/world-mayors-dialogue"] {
        let mut tags = Vec::new();
        for (accepted, language) in [("zh-CN,zh;q=0.9", "zh-Hans"), ("zh-TW", "zh-Hant"), ("ru, en;q=0.5", "en")] {
            let answer = in_language(&house, path, accepted).await;
            assert_eq!(answer.headers()["content-language"], language, "{path}");
            assert!(answer.headers()["vary"].to_str().unwrap().contains("Accept-Language"), "{path}");
            tags.push(answer.headers()["etag"].clone());
            let html = answer.text().await.unwrap();
            assert!(html.contains(&format!("<html lang=\"{language}\">")), "{path}");
            assert!(
                !html.contains(&format!("href=\"/?lang={language}\"")) || path.is_empty(),
                "{path}: nobody chose it"
            );
        }
        assert!(tags[0] != tags[1] && tags[1] != tags[2], "{path}");
    }
}

#[actix_web::test]
async fn a_language_that_was_chosen_stays_on_the_way_and_changes_no_feed() {
    let house = House::with_articles().await;
    let html = in_language(&house, "feeds/binghe/yw?lang=zh-Hant", "en").await.text().await.unwrap();
    assert!(html.contains("<html lang=\"zh-Hant\">"));
    assert!(html.contains("href=\"/?lang=zh-Hant\"") && html.contains("href=\"/feeds/binghe?lang=zh-Hant\""));
    assert!(html.contains("href=\"/feeds/binghe/yw?lang=en\""), "no way back");
    let front = house.text("?lang=zh-Hans").await;
    assert!(front.contains("<html lang=\"zh-Hans\">") && front.contains("href=\"/feeds/binghe/yw?lang=zh-Hans\""));
    let unknown = house.get("feeds/binghe?lang=tlh").await;
    assert_eq!(unknown.headers()["content-language"], "en");
    assert_eq!(house.text("feeds/binghe.rss?lang=zh-Hant").await, house.text("feeds/binghe.rss").await);
    let limited = house.text("feeds/binghe/yw?limit=2&lang=en").await;
    assert_eq!(limited.matches("<article").count(), 2);
    assert!(limited.contains("href=\"/feeds/binghe/yw?limit=2&#38;lang=zh-Hans\""), "{limited}");
}

#[actix_web::test]
async fn the_page_of_an_event_says_what_it_is_and_where_its_coverage_comes_from() {
    let house = House::with_articles().await;
    let html = house.text("events/world-mayors-dialogue").await;
    let items = house.items("events/world-mayors-dialogue").await;
    assert!(html.contains("6–8 January 2026") && html.contains("哈尔滨"));
    for (tag, name) in [("zh-Hans", "简体中文"), ("ru", "Русский"), ("en", "English")] {
        let articles = items.iter().filter(|item| item["language"].as_str().unwrap_or("zh-Hans") == tag).count();
        assert!(articles > 0, "{tag}");
        let articles = if articles == 1 { "1 article".to_owned() } else { format!("{articles} articles") };
        assert!(html.contains(&format!("{name}</span> <span>{articles}</span>")), "{tag}: {articles}");
    }
    assert!(html.contains("href=\"/feeds/binghe/yw\""), "no section is named");
    let front = house.text("").await;
    assert!(front.contains("6–8 January 2026"));
}

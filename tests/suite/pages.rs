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

#[actix_web::test]
async fn a_person_at_a_wrong_address_is_told_so_in_words_and_led_on() {
    let house = House::with_articles().await;
    let opened = async |path: &str, accepted: &str| {
        let request = house.client.get(house.url(path)).header("sec-fetch-dest", "document");
        request.header("accept", "text/html,*/*;q=0.8").header("accept-language", accepted).send().await.unwrap()
    };
    for (path, status, accepted, words) in [
        ("nowhere", 404, "en", "There is nothing here"),
        ("feeds/binghe/none", 404, "zh-CN", "这里没有内容"),
        ("feeds/binghe.rss?limit=many", 400, "zh-TW", "無法回應此請求"),
    ] {
        let answer = opened(path, accepted).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8", "{path}");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        let html = answer.text().await.unwrap();
        assert!(html.contains(&format!("<h1>{words}</h1>")) && html.contains("href=\"/\""), "{path}: {html}");
    }
    let hostile = opened("feeds/binghe?limit=%3Cscript%3E", "en").await.text().await.unwrap();
    assert!(hostile.contains("limit") && !hostile.contains("<script>"), "{hostile}");
    for path in ["nowhere", "feeds/binghe.rss?limit=many", "api/v1/headlines?limit=x"] {
        let request = house.client.get(house.url(path)).header("accept", "text/html");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}: no browser asked");
    }
    assert_eq!(opened("api/v1/headlines?limit=x", "en").await.headers()["content-type"], "application/problem+json");
}

#[actix_web::test]
async fn the_page_of_all_portals_describes_itself_in_the_readers_language() {
    let house = House::with_articles().await;
    let html = in_language(&house, "?q=冰", "zh-CN").await.text().await.unwrap();
    assert!(html.contains("<h1 lang=\"zh-Hans\" dir=\"auto\">所有网站合集</h1>"), "{html}");
}

//! The headline box, the widget and oEmbed, for partner pages.

use crate::house::House;

#[actix_web::test]
async fn a_headline_box_may_stand_in_any_frame_and_no_other_page_may() {
    let house = House::with_articles().await;
    for feed in ["binghe", "binghe/yw", "events/world-mayors-dialogue"] {
        let answer = house.get(&format!("embed/{feed}")).await;
        assert_eq!(answer.status(), 200, "{feed}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("frame-ancestors *") && !policy.contains("script"), "{policy}");
        assert!(!answer.headers().contains_key("x-frame-options"));
        assert!(answer.headers()["etag"].to_str().unwrap().starts_with('"'));
        let html = answer.text().await.unwrap();
        assert!(!html.contains("<script") && html.matches("<li>").count() <= 10, "{feed}");
        let page =
            house.get(if feed.starts_with("events") { feed.into() } else { format!("feeds/{feed}") }.as_str()).await;
        assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
    }
    for unknown in ["embed/nobody", "embed/binghe/none", "embed/events/none", "embed/*"] {
        assert_eq!(house.get(unknown).await.status(), 404, "{unknown}");
    }
}

#[actix_web::test]
async fn a_headline_box_shows_what_is_asked_for() {
    let house = House::with_articles().await;
    let html = house.text("embed/binghe?limit=3&theme=dark").await;
    assert_eq!(html.matches("<li>").count(), 3);
    assert!(html.contains("<html lang=\"zh-Hans\" class=\"dark\">"));
    let newest = &house.items("feeds/binghe").await[0];
    assert!(html.contains(newest["url"].as_str().unwrap()));
    assert_eq!(house.text("embed/binghe?limit=50").await.matches("<li>").count(), 50);
    for wrong in ["limit=0", "limit=51", "limit=x", "theme=pink"] {
        let answer = house.get(&format!("embed/binghe?{wrong}")).await;
        assert_eq!(answer.status(), 400, "{wrong}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}

#[actix_web::test]
async fn a_headline_box_moves_with_its_feed() {
    let house = House::with_articles().await;
    let newest = house.items("feeds/binghe/yw").await[0].clone();
    let id = newest["id"].as_str().unwrap().trim_start_matches("urn:uuid:").to_owned();
    let before = house.text("embed/binghe/yw?limit=1").await;
    assert!(before.contains(newest["url"].as_str().unwrap()));
    let withdraw = house.client.delete(house.url(&format!("api/v1/admin/articles/{id}")));
    assert_eq!(withdraw.bearer_auth(crate::house::TOKEN).send().await.unwrap().status(), 204);
    for path in ["embed/binghe/yw?limit=1", "embed/binghe/yw"] {
        assert!(!house.text(path).await.contains(newest["url"].as_str().unwrap()), "{path}");
    }
}

#[actix_web::test]
async fn the_widget_is_one_small_file_for_any_site() {
    let house = House::new().await;
    let answer = house.get("widget.js").await;
    assert_eq!(answer.headers()["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert_eq!(answer.headers()["cross-origin-resource-policy"], "cross-origin");
    assert!(answer.headers()["cache-control"].to_str().unwrap().starts_with("public, max-age=3600"));
    let tag = answer.headers()["etag"].clone();
    assert!(answer.text().await.unwrap().len() < 4096);
    let again = house.client.get(house.url("widget.js")).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
}

#[actix_web::test]
async fn a_site_that_speaks_oembed_is_given_the_frame_of_a_feeds_page() {
    let house = House::with_articles().await;
    let page = house.text("feeds/binghe/yw").await;
    let link = page.split("application/json+oembed").nth(1).unwrap().split("href=\"").nth(1).unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&");
    let path = link.strip_prefix("https://feeds.example/").unwrap();
    let answer = house.json(path).await;
    assert_eq!((answer["version"].as_str(), answer["type"].as_str()), (Some("1.0"), Some("rich")));
    assert_eq!((answer["width"].as_u64(), answer["height"].as_u64()), (Some(400), Some(600)));
    let html = answer["html"].as_str().unwrap();
    assert!(html.starts_with("<iframe src=\"https://feeds.example/embed/binghe/yw\""), "{html}");
    let narrow = house.json(&format!("{path}&maxwidth=300&maxheight=9000")).await;
    assert_eq!((narrow["width"].as_u64(), narrow["height"].as_u64()), (Some(300), Some(600)));
    let event = house.json("oembed?url=https://feeds.example/events/world-mayors-dialogue").await;
    assert!(event["html"].as_str().unwrap().contains("/embed/events/world-mayors-dialogue"));
    for (query, status) in [
        ("", 400),
        ("?url=https://feeds.example/feeds/nobody", 404),
        ("?url=https://other.example/feeds/binghe", 404),
        ("?url=https://feeds.example/feeds/binghe&format=xml", 501),
        ("?url=https://feeds.example/feeds/binghe&maxwidth=x", 400),
    ] {
        let answer = house.get(&format!("oembed{query}")).await;
        assert_eq!(answer.status(), status, "{query}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{query}");
    }
}

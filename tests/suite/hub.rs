//! What the hub takes and what it refuses (WebSub).

use reqwest::StatusCode;

use crate::house::House;
use crate::push::{ATOM, RSS, post, request, subscribe, tell, topic, want};
use crate::subscriber::{Reply, Subscriber};

#[actix_web::test]
async fn every_feed_names_the_hub_in_every_format() {
    let house = House::with_articles().await;
    for feed in ["feeds/binghe", "feeds/binghe/yw", "events/world-mayors-dialogue"] {
        for format in ["rss", "atom", "json"] {
            let path = format!("{feed}.{format}");
            let answer = house.get(&path).await;
            let link = answer.headers()["link"].to_str().unwrap().to_owned();
            let expected = format!("<{}>; rel=\"self\", <https://feeds.example/hub>; rel=\"hub\"", topic(&path));
            assert_eq!(link, expected);
            let text = answer.text().await.unwrap();
            assert_eq!(text.matches("https://feeds.example/hub\"").count(), 1, "{path}");
        }
    }
    let part = house.get("feeds/binghe.rss?limit=3").await;
    assert!(!part.headers()["link"].to_str().unwrap().contains("hub"), "a part of a feed is no topic");
}

#[actix_web::test]
async fn what_is_not_confirmed_changes_nothing() {
    let house = House::with_articles().await;
    let subscriber = Subscriber::start().await;
    let replies =
        [Reply::Status(404), Reply::Status(500), Reply::Text("yes"), Reply::Text(""), Reply::Redirect("elsewhere")];
    for reply in replies.clone() {
        subscriber.when_asked("no", reply);
        subscribe(&house, RSS, &subscriber.callback("no")).await;
    }
    assert_eq!(subscriber.asked().len(), replies.len(), "no redirect is followed and nothing is asked twice");
    subscribe(&house, RSS, &subscriber.callback("yes")).await;
    for reply in replies {
        subscriber.when_asked("yes", reply);
        want(&house, "unsubscribe", RSS, &subscriber.callback("yes"), &[]).await;
    }
    tell(&house, 1).await;
    let paths = |subscriber: &Subscriber| subscriber.sent().into_iter().map(|sent| sent.path).collect::<Vec<_>>();
    assert_eq!(paths(&subscriber), ["/yes"]);
    subscriber.when_asked("yes", Reply::Yes);
    subscriber.asked();
    want(&house, "unsubscribe", RSS, &subscriber.callback("yes"), &[]).await;
    assert_eq!(subscriber.asked()[0].query["hub.mode"], "unsubscribe");
    tell(&house, 2).await;
    assert_eq!(paths(&subscriber), [""; 0]);
}

#[actix_web::test]
async fn what_is_wrong_is_refused_with_a_reason() {
    let house = House::with_articles().await;
    let (good, long) = (topic(RSS), "x".repeat(200));
    let callback = "http://127.0.0.1:9/cb";
    let (page, part, unknown) = (topic("feeds/binghe/yw"), topic("feeds/binghe.rss?limit=3"), topic("feeds/x.rss"));
    for form in [
        &[("hub.mode", "subscribe"), ("hub.topic", &good)][..],
        &[("hub.mode", "subscribe"), ("hub.callback", callback)],
        &[("hub.topic", &good), ("hub.callback", callback)],
        &[("hub.mode", "publish"), ("hub.topic", &good), ("hub.callback", callback)],
        &[("hub.mode", "subscribe"), ("hub.topic", &good), ("hub.callback", "ftp://a.example/")],
        &[("hub.mode", "subscribe"), ("hub.topic", &good), ("hub.callback", "nonsense")],
        &[("hub.mode", "subscribe"), ("hub.topic", &page), ("hub.callback", callback)],
        &[("hub.mode", "subscribe"), ("hub.topic", &part), ("hub.callback", callback)],
        &[("hub.mode", "subscribe"), ("hub.topic", &unknown), ("hub.callback", callback)],
        &[("hub.mode", "subscribe"), ("hub.topic", &good), ("hub.callback", callback), ("hub.secret", &long)],
        &[("hub.mode", "subscribe"), ("hub.topic", &good), ("hub.callback", callback), ("hub.lease_seconds", "-1")],
    ] {
        let answer = post(&house, form).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{form:?}");
        assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
        assert!(answer.text().await.unwrap().len() > 20, "{form:?}");
    }
    let gone = [("hub.mode", "unsubscribe"), ("hub.topic", &*good), ("hub.callback", callback)];
    assert_eq!(post(&house, &gone).await.status(), StatusCode::NOT_FOUND);
    let json = house.client.post(house.url("hub")).header("content-type", "application/json").body("{}");
    assert_eq!(json.send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = post(&house, &[("hub.mode", &"x".repeat(20_000))]).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let get = house.get("hub").await;
    assert_eq!((get.status(), &get.headers()["allow"]), (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap()));
}

#[actix_web::test]
async fn callbacks_on_the_own_network_are_refused_whatever_their_name_says() {
    let mut house = House::with_articles().await;
    let subscriber = Subscriber::start().await;
    let by_name = subscriber.callback("a").replace("127.0.0.1", "localhost");
    subscribe(&house, RSS, &by_name).await;
    assert_eq!(subscriber.asked().len(), 1);
    house.rules.allow_private_callbacks = false;
    house.restart().await;
    tell(&house, 1).await;
    assert!(subscriber.sent().is_empty(), "the name leads to a private address");
    subscribe(&house, ATOM, &by_name).await;
    assert!(subscriber.asked().is_empty());
    let (topic, callback) = (topic(RSS), subscriber.callback("b"));
    let form = [("hub.mode", "subscribe"), ("hub.topic", topic.as_str()), ("hub.callback", callback.as_str())];
    assert_eq!(post(&house, &form).await.status(), StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn the_hub_takes_on_no_more_than_it_can_do() {
    let mut house = House::with_articles().await;
    let subscriber = Subscriber::start().await;
    house.rules.limits.subscriptions_per_host = 2;
    house.restart().await;
    for callback in ["a", "b", "b"] {
        subscribe(&house, RSS, &subscriber.callback(callback)).await;
    }
    let (topic, callback) = (topic(RSS), subscriber.callback("c"));
    let form = [("hub.mode", "subscribe"), ("hub.topic", topic.as_str()), ("hub.callback", callback.as_str())];
    assert_eq!(post(&house, &form).await.status(), StatusCode::FORBIDDEN);
    house.rules.limits.pending = 0;
    house.restart().await;
    let busy = post(&house, &form).await;
    assert_eq!(busy.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(busy.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    let send = |client: &'static str| {
        let request = request(&house, &[("hub.mode", "x")]).header("x-forwarded-for", client);
        async move { request.send().await.unwrap() }
    };
    for _ in 0..120 {
        assert_eq!(send("8.8.8.8").await.status(), StatusCode::BAD_REQUEST);
    }
    let limited = send("1.1.1.1, 8.8.8.8").await;
    assert_eq!(limited.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(limited.headers().contains_key("retry-after"));
    assert_eq!(send("8.8.4.4").await.status(), StatusCode::BAD_REQUEST, "others are not affected");
    assert_eq!(house.get(RSS).await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn who_subscribed_to_a_feed_that_is_gone_is_told_so() {
    let mut house = House::with_articles().await;
    let subscriber = Subscriber::start().await;
    subscribe(&house, RSS, &subscriber.callback("a?x=1")).await;
    subscriber.asked();
    house.change_file("binghe.toml", "id = \"yw\"", "id = \"main\"");
    house.restart().await;
    house.push().await;
    let asked = subscriber.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!((&*asked[0].query["hub.mode"], &*asked[0].query["hub.topic"]), ("denied", &*topic(RSS)));
    assert!(asked[0].query["x"] == "1" && !asked[0].query["hub.reason"].is_empty());
}

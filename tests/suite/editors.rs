//! The word of an editor stands over an event's rules, and the rules say what they move.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, TOKEN};
use crate::quarantine::{announce, ask, force_at, id, page, path, snow, story};

const CONTEST: &str = "binghe-snow-sculpture";
const DIALOGUE: &str = "world-mayors-dialogue";

async fn put(house: &House, event: &str, article: &str, body: Value) -> (StatusCode, Value) {
    let url = house.url(&format!("api/v1/admin/events/{event}/articles/{article}"));
    let order = house.client.put(url).bearer_auth(TOKEN).header("Content-Type", "application/json");
    let answer = order.body(body.to_string()).send().await.unwrap();
    (answer.status(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

async fn decide(house: &House, event: &str, article: &str, decision: &str) -> Value {
    let (status, answer) = put(house, event, article, json!({ "decision": decision })).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["decision"], decision, "{answer}");
    let (_, again) = ask(house, Method::GET, &format!("events/{event}/articles/{article}")).await;
    assert_eq!(again, answer, "the same is told when asked");
    answer
}

/// The ids in an event's feed.
async fn ids(house: &House, event: &str) -> Vec<String> {
    house.items(&format!("events/{event}")).await.iter().map(id).collect()
}

async fn id_of(house: &House, number: &str) -> String {
    let items = house.json("feeds/binghe.json?limit=200").await["items"].as_array().unwrap().clone();
    id(items.iter().find(|item| item["url"].as_str().unwrap().contains(number)).unwrap())
}

async fn events(house: &House) -> Vec<Value> {
    let (status, answer) = ask(house, Method::GET, "events").await;
    assert_eq!(status, StatusCode::OK);
    answer["events"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn an_article_an_editor_includes_stays_whatever_the_rules_become() {
    let mut house = House::with_articles().await;
    let article = id_of(&house, "300804").await;
    let before = ids(&house, CONTEST).await;
    assert!(!before.contains(&article));
    let modified = house.get("events/binghe-snow-sculpture.rss").await.headers()["last-modified"].clone();
    let cursor = house.json("api/v1/changes?feed=events/binghe-snow-sculpture").await["next"].clone();
    let answer = decide(&house, CONTEST, &article, "include").await;
    assert_eq!((&answer["in_feed"], &answer["score"], &answer["threshold"]), (&json!(true), &json!(0.0), &json!(1.0)));
    assert!(answer["why"].as_str().unwrap().starts_with("an editor included it"), "{answer}");
    assert!(ids(&house, CONTEST).await.contains(&article));
    assert_ne!(house.get("events/binghe-snow-sculpture.rss").await.headers()["last-modified"], modified);
    let changes = format!("api/v1/changes?feed=events/binghe-snow-sculpture&after={}", cursor.as_str().unwrap());
    assert_eq!(house.json(&changes).await["items"][0]["id"], json!(article), "partners are told");
    let told = house.json(&format!("api/v1/articles/{article}")).await;
    let verdict = told["events"].as_array().unwrap().iter().find(|verdict| verdict["event"] == CONTEST).unwrap();
    assert_eq!((&verdict["decision"], &verdict["in_feed"]), (&json!("include"), &json!(true)));
    // Neither a fresh look, nor other rules, nor a restart undo it.
    force_at(&house, "2026-01-16T02:00:00Z").await;
    assert!(ids(&house, CONTEST).await.contains(&article));
    house.change_file("binghe-snow-sculpture.toml", "threshold = 1.0", "threshold = 90.0");
    house.restart().await;
    house.settle().await;
    assert_eq!(ids(&house, CONTEST).await, std::slice::from_ref(&article));
    house.change_file("binghe-snow-sculpture.toml", "threshold = 90.0", "threshold = 1.0");
    house.restart().await;
    house.settle().await;
    let answer = decide(&house, CONTEST, &article, "auto").await;
    assert_eq!((&answer["in_feed"], &answer["decided"]), (&json!(false), &Value::Null));
    assert_eq!(ids(&house, CONTEST).await, before, "the rules decide again, at once");
}

#[actix_web::test]
async fn an_article_an_editor_excludes_stays_out_with_its_copies_and_edits() {
    let mut house = House::with_articles().await;
    let story = story();
    let article = id_of(&house, "300101").await;
    let before = ids(&house, DIALOGUE).await;
    assert!(before.contains(&article));
    let answer = decide(&house, DIALOGUE, &article, "exclude").await;
    assert_eq!(answer["in_feed"], json!(false));
    assert!(answer["score"].as_f64().unwrap() >= 1.0, "the rules' own score is still told: {answer}");
    assert!(answer["reasons"][0]["what"].as_str().unwrap().contains("世界市长对话"), "{answer}");
    assert!(!ids(&house, DIALOGUE).await.contains(&article));
    assert!(house.text("events/world-mayors-dialogue.atom").await.contains(&format!("ref=\"urn:uuid:{article}\"")));
    assert!(id_of(&house, "300101").await == article, "its other feeds keep it");
    // The copy 300107, an edit and a restart all leave it out.
    let sentence = story.paragraphs[0].chars().take(8).collect::<String>();
    assert!(house.portal.edit(&story.path, &sentence, "世界市长对话·哈尔滨"));
    assert!(force_at(&house, "2026-01-16T02:00:00Z").await.report.updated > 0);
    house.restart().await;
    house.settle().await;
    assert!(!ids(&house, DIALOGUE).await.contains(&article));
    decide(&house, DIALOGUE, &article, "auto").await;
    assert_eq!(ids(&house, DIALOGUE).await, before);
}

#[actix_web::test]
async fn an_editor_is_told_what_is_wrong_with_an_order() {
    let house = House::with_articles().await;
    let article = id_of(&house, "300101").await;
    let nobody = "6f1c2a0e-0000-4000-8000-000000000000";
    let include = json!({ "decision": "include" });
    for (event, id, body, expected) in [
        ("no-such-event", article.as_str(), include.clone(), StatusCode::NOT_FOUND),
        (DIALOGUE, nobody, include.clone(), StatusCode::NOT_FOUND),
        (DIALOGUE, "x", include.clone(), StatusCode::NOT_FOUND),
        (DIALOGUE, &article, json!({ "decision": "perhaps" }), StatusCode::BAD_REQUEST),
        (DIALOGUE, &article, json!({}), StatusCode::BAD_REQUEST),
        (DIALOGUE, &article, json!({ "decision": "auto", "why": "" }), StatusCode::BAD_REQUEST),
        (DIALOGUE, &article, json!({ "decision": true }), StatusCode::BAD_REQUEST),
    ] {
        let (status, problem) = put(&house, event, id, body).await;
        assert_eq!(status, expected, "{event} {id} {problem}");
        assert_eq!(problem["status"], expected.as_u16());
    }
    let address = format!("api/v1/admin/events/{DIALOGUE}/articles/{article}");
    let closed = house.client.put(house.url(&address)).body(include.to_string()).send().await.unwrap();
    assert_eq!(closed.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.get(&address).await.status(), StatusCode::UNAUTHORIZED);
    let address = format!("events/{DIALOGUE}/articles/{article}");
    assert_eq!(ask(&house, Method::DELETE, &address).await.0, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(ask(&house, Method::DELETE, &format!("articles/{article}")).await.0, StatusCode::NO_CONTENT);
    assert_eq!(put(&house, DIALOGUE, &article, include).await.0, StatusCode::GONE);
    assert_eq!(ask(&house, Method::GET, &address).await.0, StatusCode::GONE);
}

#[actix_web::test]
async fn a_change_of_rules_is_recorded_with_what_it_moved() {
    let mut house = House::with_articles().await;
    house.settle().await;
    let covered = ids(&house, CONTEST).await;
    let contest = |events: Vec<Value>| events.into_iter().find(|event| event["event"] == CONTEST).unwrap();
    let before = contest(events(&house).await);
    assert_eq!((&before["entries"], &before["is_decided"]), (&json!(covered.len()), &json!(true)));
    // An article that is withdrawn meanwhile is decided too, for when it comes back.
    let withdrawn = covered[0].clone();
    ask(&house, Method::DELETE, &format!("articles/{withdrawn}")).await;
    house.change_file("binghe-snow-sculpture.toml", "threshold = 1.0", "threshold = 90.0");
    house.restart().await;
    house.settle().await;
    let after = contest(events(&house).await);
    assert_ne!(after["rules"], before["rules"]);
    let last = &after["last_redecision"];
    assert_eq!((&last["entered"], &last["left"]), (&json!(0), &json!(covered.len() - 1)));
    assert!(last["articles"].as_array().unwrap().iter().all(|it| covered.iter().any(|id| it["id"] == **id)));
    assert!(last["at"].is_string() && last["articles"][0]["title"].is_string());
    house.change_file("binghe-snow-sculpture.toml", "threshold = 90.0", "threshold = 1.0");
    house.restart().await;
    house.settle().await;
    assert_eq!(contest(events(&house).await)["last_redecision"]["entered"], json!(covered.len() - 1));
    ask(&house, Method::POST, &format!("articles/{withdrawn}/restore")).await;
    assert_eq!(ids(&house, CONTEST).await, covered);
}

/// Puts honest articles on the list of one section, all of one day, each about the contest.
pub async fn chatter(house: &House, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let (title, mut paragraphs) = snow(number);
        let name = "冰河国际雪雕大赛";
        paragraphs[0].push_str(&format!("{name}的消息，冰河。{name}。"));
        announce(house, &path(number), &title, page("zh-CN", &title, &paragraphs));
    }
    house.ingest(Default::default()).await;
}

#[actix_web::test]
async fn a_chatty_section_gets_no_more_of_a_day_than_its_cap() {
    let mut house = House::with_articles().await;
    let quiet = ids(&house, CONTEST).await.len();
    chatter(&house, 1..6).await;
    let chatty = |items: Vec<Value>| -> Vec<String> {
        items.iter().filter(|item| item["url"].as_str().unwrap().contains("content_3900")).map(id).collect()
    };
    let all = chatty(house.items("events/binghe-snow-sculpture").await);
    assert_eq!(all.len(), 5, "as many as there are, without a cap");
    house.change_file("binghe-snow-sculpture.toml", "threshold = 1.0", "threshold = 1.0\nsection_cap = 3");
    house.restart().await;
    house.settle().await;
    let first = chatty(house.items("events/binghe-snow-sculpture").await);
    assert_eq!(first.len(), 3);
    let (_, out) = ask(&house, Method::GET, &format!("events/{CONTEST}/articles/{}", missing(&all, &first))).await;
    assert!(out["why"].as_str().unwrap().contains("section_cap"), "{out}");
    assert_eq!(out["in_feed"], json!(false));
    // What comes later with the same score takes nobody's place.
    chatter(&house, 6..9).await;
    force_at(&house, "2026-01-16T03:00:00Z").await;
    assert_eq!(chatty(house.items("events/binghe-snow-sculpture").await), first);
    // An editor's choice comes first and takes the place of the last.
    let chosen = missing(&all, &first);
    decide(&house, CONTEST, &chosen, "include").await;
    let now = chatty(house.items("events/binghe-snow-sculpture").await);
    assert_eq!(now.len(), 3);
    assert!(now.contains(&chosen));
    decide(&house, CONTEST, &chosen, "auto").await;
    assert_eq!(chatty(house.items("events/binghe-snow-sculpture").await), first);
    // A withdrawal makes room.
    ask(&house, Method::DELETE, &format!("articles/{}", first[0])).await;
    let now = chatty(house.items("events/binghe-snow-sculpture").await);
    assert_eq!(now.len(), 3);
    assert!(!now.contains(&first[0]));
    assert!(ids(&house, CONTEST).await.len() <= quiet + 3);
}

fn missing(all: &[String], some: &[String]) -> String {
    all.iter().find(|id| !some.contains(id)).unwrap().clone()
}

//! A partner who follows the log of changes has exactly what stands in the feed, whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use harbinger::ingest::Options;
use harbinger::model::run::Scope;
use harbinger::sample::words::Dice;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::house::{House, TOKEN, section};
use crate::quarantine::{announce, ask, id, page, path, snow};

/// The feeds that are followed, as the API and as the addresses name them.
const FEEDS: [(&str, &str); 5] = [
    ("*", "feed"),
    ("binghe", "feeds/binghe"),
    ("binghe/yw", "feeds/binghe/yw"),
    ("binghe/jj", "feeds/binghe/jj"),
    ("events/world-mayors-dialogue", "events/world-mayors-dialogue"),
];

/// A partner's copy of one feed: each article's title, and when it changed, by its id.
#[derive(Default)]
struct Partner {
    cursor: Option<String>,
    has: BTreeMap<String, (String, String)>,
}

impl Partner {
    async fn follow(&mut self, house: &House, feed: &str, limit: usize) {
        loop {
            let after = self.cursor.as_ref().map(|cursor| format!("&after={cursor}")).unwrap_or_default();
            let answer = house.json(&format!("api/v1/changes?feed={feed}&limit={limit}{after}")).await;
            assert_eq!(answer["feed"], feed);
            for item in answer["items"].as_array().unwrap() {
                let id = item["id"].as_str().unwrap().to_owned();
                match item["change"].as_str().unwrap() {
                    "withdrawn" => {
                        assert!(item["article"].is_null(), "{item}");
                        self.has.remove(&id);
                    }
                    _ => {
                        let field = |name: &str| item["article"][name].as_str().unwrap().to_owned();
                        self.has.insert(id, (field("title"), field("updated")));
                    }
                }
            }
            self.cursor = Some(answer["next"].as_str().unwrap().to_owned());
            if answer["has_more"] == false {
                return;
            }
        }
    }

    async fn check(&self, house: &House, address: &str, after_what: &str) {
        let items = house.json(&format!("{address}.json?limit=200")).await["items"].as_array().unwrap().clone();
        assert!(items.len() < 200, "the feed must show all of its articles");
        let told = |item: &Value| {
            let field = |name: &str| item[name].as_str().unwrap().to_owned();
            (field("title"), field("date_modified"))
        };
        let published: BTreeMap<String, (String, String)> = items.iter().map(|item| (id(item), told(item))).collect();
        assert_eq!(self.has, published, "{address} after {after_what}");
    }
}

/// Does something to the portal or its articles, and says what.
async fn disturb(house: &House, dice: &mut Dice, step: usize, told: &mut Vec<usize>) -> &'static str {
    let (title, paragraphs) = snow(step);
    let pick = |items: Vec<Value>, at: usize| items.get(at % items.len().max(1)).map(id);
    // Each of them once, then whatever falls.
    let done = match if step < 12 { step - 2 } else { dice.below(10) } {
        6 if !told.is_empty() => {
            let number = told[dice.below(told.len())];
            let (_, mut text) = snow(number);
            text[2].push_str("本文另有删改。");
            announce(house, &path(step), &title, page("zh-CN", &title, &text));
            "a copy"
        }
        7 => {
            split_some_copy(house, dice).await;
            "a split"
        }
        8 if !told.is_empty() => {
            let number = told[dice.below(told.len())];
            house.portal.fail(&path(number), if dice.below(2) == 0 { 404 } else { 200 });
            "a page that goes or comes"
        }
        9 => {
            let runs = ask(house, Method::GET, "runs?limit=100").await.1["runs"].as_array().unwrap().clone();
            let run = &runs[dice.below(runs.len().min(4))];
            ask(house, Method::DELETE, &format!("runs/{}/articles", run["id"])).await;
            "a purge"
        }
        2 if !told.is_empty() => {
            let number = told[dice.below(told.len())];
            let (before, text) = snow(number);
            house.portal.publish(&path(number), page("zh-CN", &format!("{before}（更新{step}）"), &text));
            "an edit"
        }
        3 => {
            let items = house.json("feeds/binghe/yw.json?limit=200").await["items"].as_array().unwrap().clone();
            let item = &items[dice.below(items.len())];
            let url: Url = item["url"].as_str().unwrap().parse().unwrap();
            assert!(house.portal.announce("/jj/", url.path(), item["title"].as_str().unwrap()));
            "a second section"
        }
        4 => {
            let items = house.json("feeds/binghe.json?limit=200").await["items"].as_array().unwrap().clone();
            if let Some(id) = pick(items, dice.below(40)) {
                ask(house, Method::DELETE, &format!("articles/{id}")).await;
            }
            "a withdrawal"
        }
        5 => {
            let gone = house.json("api/v1/changes?limit=500").await["items"].as_array().unwrap().clone();
            let gone = gone.into_iter().filter(|item| item["change"] == "withdrawn").collect();
            if let Some(id) = pick(gone, dice.below(40)) {
                ask(house, Method::POST, &format!("articles/{id}/restore")).await;
            }
            "a restoration"
        }
        _ => {
            announce(house, &path(step), &title, page("zh-CN", &title, &paragraphs));
            told.push(step);
            "a new story"
        }
    };
    house.clock.move_to(house.clock.now() + TimeDelta::minutes(150));
    house.ingest_with(Scope::default(), Options { is_forced: true, is_dry: false }).await;
    done
}

/// Undoes some merge, if there is one.
async fn split_some_copy(house: &House, dice: &mut Dice) {
    let items = house.json("feeds/binghe/yw.json?limit=200").await["items"].as_array().unwrap().clone();
    for _ in 0..items.len() {
        let id = id(&items[dice.below(items.len())]);
        let account = house.json(&format!("api/v1/articles/{id}")).await;
        let Some(copy) = account["copies"].as_array().unwrap().first() else { continue };
        let url = house.url(&format!("api/v1/admin/articles/{id}/split"));
        let request = house.client.post(url).bearer_auth(TOKEN).header("content-type", "application/json");
        request.body(serde_json::json!({ "url": copy["url"] }).to_string()).send().await.unwrap();
        return house.settle().await;
    }
}

#[actix_web::test]
async fn a_partner_who_follows_has_what_the_feed_has_whatever_happens() {
    let house = House::with_articles().await;
    let mut partners: Vec<Partner> = FEEDS.iter().map(|_| Partner::default()).collect();
    let mut dice = Dice::new(20_260_106);
    let (mut told, mut seen) = (Vec::new(), BTreeSet::new());
    for step in 2..18 {
        let what = disturb(&house, &mut dice, step, &mut told).await;
        seen.insert(what);
        for (partner, (feed, address)) in partners.iter_mut().zip(FEEDS) {
            partner.follow(&house, feed, 1 + step).await;
            partner.check(&house, address, what).await;
        }
    }
    assert_eq!(seen.len(), 9, "not all happened: {seen:?}");
    for (feed, address) in FEEDS {
        let mut late = Partner::default();
        late.follow(&house, feed, 500).await;
        late.check(&house, address, "all of it").await;
    }
}

#[actix_web::test]
async fn an_edit_is_announced_once_and_nothing_is_announced_twice() {
    let house = House::with_articles().await;
    let mut partner = Partner::default();
    partner.follow(&house, "binghe/yw", 500).await;
    let (title, paragraphs) = snow(1);
    announce(&house, &path(1), &title, page("zh-CN", &title, &paragraphs));
    house.ingest_at("2026-01-16T01:00:00Z").await;
    let cursor = partner.cursor.clone().unwrap();
    let news = house.json(&format!("api/v1/changes?feed=binghe/yw&after={cursor}")).await;
    let items = news["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["change"]), (1, &Value::from("new")), "{news}");
    assert_eq!(items[0]["article"]["title"], title.as_str());
    let next = news["next"].as_str().unwrap();
    let nothing = house.json(&format!("api/v1/changes?feed=binghe/yw&after={next}")).await;
    assert_eq!((nothing["items"].as_array().unwrap().len(), &nothing["next"]), (0, &Value::from(next)));
}

#[actix_web::test]
async fn what_cannot_be_followed_is_refused_in_words() {
    let house = House::new().await;
    let refused = async |query: &str, status: StatusCode, word: &str| {
        let answer = house.get(&format!("api/v1/changes?{query}")).await;
        assert_eq!(answer.status(), status, "{query}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert!(answer.text().await.unwrap().contains(word), "{query}");
    };
    refused("feed=nobody", StatusCode::NOT_FOUND, "nobody").await;
    refused("feed=binghe/nothing", StatusCode::NOT_FOUND, "portal/section").await;
    refused("after=1-xyz", StatusCode::BAD_REQUEST, "next").await;
    refused("after=soon", StatusCode::BAD_REQUEST, "after").await;
    refused("limit=0", StatusCode::BAD_REQUEST, "limit").await;
    refused("after=999999", StatusCode::GONE, "start again").await;
}

#[actix_web::test]
async fn a_portal_that_leaves_the_configuration_leaves_the_log_of_all_feeds_and_comes_back() {
    let mut house = House::new().await;
    let other = house.portal.base_url().join("/jj/").unwrap();
    let file = format!(
        "[portal]\nid = \"second\"\ntitle = \"第二网\"\nhome = \"{}\"\nlanguage = \"zh-Hans\"\n\
         timezone = \"Asia/Shanghai\"\nschedule = \"@hourly\"\narticle_url = '/jj/.*content_\\d+\\.html$'\n\
         [portal.fetch]\ndelay_ms = 0\nallow_private_addresses = true\n\
         [[section]]\nid = \"news\"\ntitle = \"新闻\"\nsources = [{{ list = \"{other}\" }}]\n",
        house.portal.base_url()
    );
    house.set_file("second.toml", Some(&file));
    house.restart().await;
    house.ingest(section("second", "news")).await;
    house.ingest(section("binghe", "yw")).await;
    let mut partner = Partner::default();
    partner.follow(&house, "*", 7).await;
    let whole = partner.has.len();
    let of_second = house.json("feeds/second.json?limit=200").await["items"].as_array().unwrap().len();
    assert!(of_second > 3 && whole > of_second, "{of_second} of {whole}");
    house.set_file("second.toml", None);
    house.restart().await;
    house.settle().await;
    partner.follow(&house, "*", 7).await;
    partner.check(&house, "feed", "the second portal left").await;
    assert_eq!(partner.has.len(), whole - of_second);
    house.set_file("second.toml", Some(&file));
    house.restart().await;
    house.settle().await;
    partner.follow(&house, "*", 7).await;
    partner.check(&house, "feed", "the second portal came back").await;
    assert_eq!(partner.has.len(), whole);
}

#[actix_web::test]
async fn new_rules_of_an_event_are_in_the_log() {
    let mut house = House::with_articles().await;
    let feed = "events/world-mayors-dialogue";
    let mut partner = Partner::default();
    partner.follow(&house, feed, 500).await;
    partner.check(&house, feed, "the first run").await;
    let before = partner.has.len();
    assert!(before > 2);
    house.change_file("world-mayors-dialogue.toml", "threshold = 1.0", "threshold = 50.0");
    house.restart().await;
    house.settle().await;
    partner.follow(&house, feed, 500).await;
    partner.check(&house, feed, "new rules").await;
    assert_ne!(partner.has.len(), before);
}

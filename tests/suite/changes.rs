//! A partner who follows the log of changes has exactly what stands in the feed, whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use harbinger::ingest::Options;
use harbinger::model::run::Scope;
use harbinger::sample::words::Dice;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::house::House;
use crate::quarantine::{announce, ask, id, page, path, snow};

/// The feeds that are followed, as the API and as the addresses name them.
const FEEDS: [(&str, &str); 5] = [
    ("*", "feed"),
    ("binghe", "feeds/binghe"),
    ("binghe/yw", "feeds/binghe/yw"),
    ("binghe/jj", "feeds/binghe/jj"),
    ("events/world-mayors-dialogue", "events/world-mayors-dialogue"),
];

/// A partner's copy of one feed: each article's title by its id.
#[derive(Default)]
struct Partner {
    cursor: Option<String>,
    has: BTreeMap<String, String>,
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
                        let title = item["article"]["title"].as_str().unwrap().to_owned();
                        self.has.insert(id, title);
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
        let title = |item: &Value| item["title"].as_str().unwrap().to_owned();
        let published: BTreeMap<String, String> = items.iter().map(|item| (id(item), title(item))).collect();
        assert_eq!(self.has, published, "{address} after {after_what}");
    }
}

/// Does something to the portal or its articles, and says what.
async fn disturb(house: &House, dice: &mut Dice, step: usize, told: &mut Vec<usize>) -> &'static str {
    let (title, paragraphs) = snow(step);
    let pick = |items: Vec<Value>, at: usize| items.get(at % items.len().max(1)).map(id);
    let done = match dice.below(6) {
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
    house.clock.move_to(house.clock.now() + TimeDelta::minutes(20));
    house.ingest_with(Scope::default(), Options { is_forced: true, is_dry: false }).await;
    done
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
    assert_eq!(seen.len(), 5, "not all happened: {seen:?}");
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
    refused("after=soon", StatusCode::BAD_REQUEST, "after").await;
    refused("limit=0", StatusCode::BAD_REQUEST, "limit").await;
    refused("after=999999", StatusCode::GONE, "start again").await;
}

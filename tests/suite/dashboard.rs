//! The dashboard in a browser: log in, look, decide, log out.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};

use crate::house::{House, TOKEN, section};
use crate::push;
use crate::quarantine::{announce, id, item, page, path, snow, with_a_held_page};
use crate::subscriber::Subscriber;

/// A browser: keeps its cookie, and does not follow by itself.
struct Browser<'a> {
    house: &'a House,
    client: Client,
    cookie: String,
}

impl Browser<'_> {
    fn new(house: &House) -> Browser<'_> {
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Browser { house, client, cookie: String::new() }
    }

    async fn logged_in(house: &House) -> Browser<'_> {
        let mut browser = Browser::new(house);
        let answer = browser.post("admin/login", &[("token", TOKEN)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/admin"));
        // The public address of the house is https.
        assert!(cookie.contains("; Secure"));
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }

    async fn get(&self, path: &str) -> Response {
        self.client.get(self.house.url(path)).header(COOKIE, &self.cookie).send().await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
        answer.text().await.unwrap()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(self.house.url(path)).header(COOKIE, &self.cookie);
        request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
    }

    /// Sends a form of a page, with the key that stands on it.
    async fn act(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Response {
        let key = form_key(&self.page(page).await);
        let fields: Vec<_> = fields.iter().copied().chain([("form_key", key.as_str())]).collect();
        self.post(&format!("admin/do/{action}"), &fields).await
    }
}

fn form_key(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"form_key\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn nobody_sees_anything_before_logging_in() {
    let house = House::with_articles().await;
    let stranger = Browser::new(&house);
    let id = house.items("feeds/binghe").await[0]["id"].as_str().unwrap().trim_start_matches("urn:uuid:").to_owned();
    let article = format!("admin/articles/{id}");
    for path in ["admin", "admin/runs/1", "admin/quarantine", "admin/articles", &article, "admin/keys", "admin/audit"] {
        let page = stranger.page(path).await;
        assert!(page.contains("Admin token") && !page.contains("binghe"), "{path}");
    }
    assert_eq!(stranger.get("admin/runs/1/events").await.status(), StatusCode::UNAUTHORIZED);
    let answer = stranger.post("admin/do/withdraw", &[("id", &id)]).await;
    assert!(answer.text().await.unwrap().contains("Log in first"));
    assert!(house.items("feeds/binghe").await.iter().any(|item| item["id"].as_str().unwrap().ends_with(&id)));
}

#[actix_web::test]
async fn a_wrong_token_opens_nothing_and_too_many_have_to_wait() {
    let house = House::new().await;
    let stranger = Browser::new(&house);
    for _ in 0..10 {
        let answer = stranger.post("admin/login", &[("token", "wrong")]).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert!(answer.headers().get(SET_COOKIE).is_none());
    }
    let answer = stranger.post("admin/login", &[("token", TOKEN)]).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()["retry-after"], "60");
    house.clock.move_to(house.clock.now() + chrono::TimeDelta::minutes(1));
    Browser::logged_in(&house).await;
}

#[actix_web::test]
async fn a_login_ends_with_logging_out_and_a_form_from_elsewhere_does_nothing() {
    let house = House::with_articles().await;
    let browser = Browser::logged_in(&house).await;
    let overview = browser.page("admin").await;
    assert!(overview.contains("binghe/yw") && overview.contains("Read now"));
    let id = house.items("feeds/binghe").await[0]["id"].as_str().unwrap().trim_start_matches("urn:uuid:").to_owned();
    for forged in [vec![("id", id.as_str())], vec![("id", id.as_str()), ("form_key", "guessed")]] {
        assert_eq!(browser.post("admin/do/withdraw", &forged).await.status(), StatusCode::BAD_REQUEST);
    }
    browser.post("admin/logout", &[]).await;
    assert!(browser.page("admin").await.contains("Admin token"));
}

#[actix_web::test]
async fn an_editor_withdraws_and_restores_an_article_and_reads_what_happened() {
    let house = House::with_articles().await;
    let browser = Browser::logged_in(&house).await;
    let item = house.items("feeds/binghe").await[0].clone();
    let id = item["id"].as_str().unwrap().trim_start_matches("urn:uuid:").to_owned();
    let path = format!("admin/articles/{id}");
    let page = browser.page(&path).await;
    assert!(page.contains(item["url"].as_str().unwrap()) && page.contains("What happened to it"));
    let answer = browser.act(&path, "withdraw", &[("id", &id)]).await;
    assert_eq!(answer.headers()[LOCATION], "/admin/articles");
    assert!(browser.page("admin/articles").await.contains("is withdrawn from every feed"));
    assert!(house.items("feeds/binghe").await.iter().all(|item| !item["id"].as_str().unwrap().ends_with(&id)));
    assert!(!browser.page("admin/articles").await.contains("is withdrawn from every feed"), "it is said once");
    browser.act(&path, "restore", &[("id", &id)]).await;
    assert!(house.items("feeds/binghe").await.iter().any(|item| item["id"].as_str().unwrap().ends_with(&id)));
    let audit = browser.page("admin/audit").await;
    assert!(audit.contains("POST /admin/do/withdraw") && audit.contains("environment"));
}

#[actix_web::test]
async fn a_page_held_back_is_read_with_its_reason_and_published_with_a_button() {
    let (house, _) = with_a_held_page().await;
    let browser = Browser::logged_in(&house).await;
    let page = browser.page("admin/quarantine").await;
    assert!(page.contains("<b>Why:</b>") && page.contains(&path(1)));
    browser.act("admin/quarantine", "release", &[("id", "1")]).await;
    assert!(item(&house, &path(1)).await.is_some());
    let page = browser.page("admin/quarantine").await;
    assert!(page.contains("The page is published.") && page.contains("Nothing is held back"));
}

#[actix_web::test]
async fn a_run_is_ordered_with_a_button_and_its_page_tells_every_page_of_it() {
    let house = House::new().await;
    let browser = Browser::logged_in(&house).await;
    let fields = [("portal", "binghe"), ("section", "yw"), ("url", ""), ("dry_run", "true")];
    let answer = browser.act("admin", "ingest", &fields).await;
    let run = answer.headers()[LOCATION].to_str().unwrap().to_owned();
    assert_eq!(run, "/admin/runs/1");
    house.settle().await;
    let page = browser.page(&run[1..]).await;
    assert!(page.contains("Run 1 is ordered.") && page.contains("binghe / yw") && page.contains("<td>new</td>"));
    assert!(house.items("feeds/binghe").await.is_empty(), "it was only tried");
    let answer = browser.act("admin", "ingest", &[("portal", "nobody")]).await;
    assert_eq!(answer.headers()[LOCATION], "/admin");
    assert!(browser.page("admin").await.contains("there is no portal “nobody”"));
}

#[actix_web::test]
async fn what_a_page_says_of_itself_cannot_act_in_the_dashboard() {
    let house = House::with_articles().await;
    let (_, mut paragraphs) = snow(1);
    paragraphs[0].push_str("&lt;script&gt;alert(1)&lt;/script&gt;");
    let title = "一夜大雪&lt;script&gt;alert(1)&lt;/script&gt;清雪队凌晨出动";
    announce(&house, &path(1), title, page("zh-CN", title, &paragraphs));
    house.ingest_at("2026-01-16T01:00:00Z").await;
    let id = id(&item(&house, &path(1)).await.unwrap());
    let browser = Browser::logged_in(&house).await;
    for page in ["admin", "admin/articles", &format!("admin/articles/{id}"), "admin/runs/2"] {
        let page = browser.page(page).await;
        assert!(!page.contains("<script>alert"), "{page}");
    }
    assert!(browser.page("admin/articles").await.contains("alert(1)"));
}

#[actix_web::test]
async fn the_overview_draws_fetch_times_failures_and_subscribers() {
    let house = House::with_articles().await;
    house.portal.fail("/yw/", 500);
    house.ingest(section("binghe", "yw")).await;
    let reader = "Reader/1.0 (+https://reader.example; 12 subscribers)";
    house.client.get(house.url("feeds/binghe/yw.rss")).header("user-agent", reader).send().await.unwrap();
    let subscriber = Subscriber::start().await;
    push::subscribe(&house, push::RSS, &subscriber.callback("a")).await;
    let page = Browser::logged_in(&house).await.page("admin").await;
    let drawn = page.split("<title>").skip(1).filter_map(|rest| rest.split_once("</title>")).map(|(text, _)| text);
    let drawn: Vec<&str> = drawn.collect();
    let figure = |name: &str| {
        let figures = drawn.iter().filter_map(|text| text.strip_prefix(name)?.strip_prefix(": ")?.parse::<u64>().ok());
        figures.collect::<Vec<_>>()
    };
    // A day of articles, then a day of failures: the first run had some, too.
    assert!(figure("2026-01-16").last().is_some_and(|failed| *failed >= 1), "{drawn:?}");
    let fetched: u64 = drawn
        .iter()
        .filter(|text| text.contains(" s: "))
        .map(|text| text.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
        .sum();
    assert!(fetched > 60, "{drawn:?}");
    assert!(page.contains("<td>binghe/yw</td>") && page.contains("value=\"12\"></meter> 12</td><td>1</td>"), "{page}");
}

#[actix_web::test]
async fn an_editor_finds_articles_by_words_of_either_script() {
    let house = House::with_articles().await;
    house.settle().await;
    let browser = Browser::logged_in(&house).await;
    let rows = |page: &str| page.matches("<tr><td>").count();
    let all = rows(&browser.page("admin/articles").await);
    let simplified = browser.page("admin/articles?q=冰雕").await;
    assert!(simplified.contains("value=\"冰雕\"") && (1..all).contains(&rows(&simplified)), "{simplified}");
    assert_eq!(
        rows(&browser.page("admin/articles?q=哈爾濱").await),
        rows(&browser.page("admin/articles?q=哈尔滨").await)
    );
    assert!(browser.page("admin/articles?q=%E6%97%A0%E4%BA%BA%E7%9F%A5%E6%99%93zzz").await.contains("Nothing matches"));
    let wrong = browser.page(&format!("admin/articles?q={}", "x".repeat(300))).await;
    assert!(wrong.contains("class=\"bad\""), "{wrong}");
    let acts = browser.page("admin/articles?q=%22%3E%3Cscript%3Eact()%3C/script%3E").await;
    assert!(!acts.contains("<script>act"));
}

#[actix_web::test]
async fn an_editor_decides_over_an_event_with_buttons() {
    let house = House::with_articles().await;
    let browser = Browser::logged_in(&house).await;
    const EVENT: &str = "events/world-mayors-dialogue";
    let in_event = house.items(EVENT).await;
    let outside = house.items("feeds/binghe").await;
    let outside = outside.iter().find(|item| in_event.iter().all(|it| it["id"] != item["id"])).unwrap();
    let place = id(outside);
    let page = format!("admin/articles/{place}");
    assert!(browser.page(&page).await.contains("As the rules say"));
    let decide = async |decision: &'static str| {
        let fields = [("id", place.as_str()), ("event", "world-mayors-dialogue"), ("decision", decision)];
        browser.act(&page, "decide", &fields).await;
        house.items(EVENT).await.iter().any(|item| item["id"] == outside["id"])
    };
    assert!(decide("include").await);
    assert!(browser.page(&page).await.contains("An editor included it."));
    assert!(!decide("exclude").await);
    assert!(!decide("auto").await);
    assert!(!browser.page(&page).await.contains("An editor"));
    decide("perhaps").await;
    assert!(browser.page(&page).await.contains("That was not done"));
}

#[actix_web::test]
async fn an_admin_makes_a_key_sees_it_used_and_revokes_it() {
    let mut house = House::with_articles().await;
    house.change_file("binghe.toml", "id = \"binghe\"", "id = \"binghe\"\nprivate = true");
    house.restart().await;
    house.settle().await;
    let browser = Browser::logged_in(&house).await;
    let fields = [("name", "river daily"), ("feeds", "binghe/yw, binghe/sy"), ("days", "90")];
    assert_eq!(browser.act("admin/keys", "make_key", &fields).await.status(), StatusCode::SEE_OTHER);
    let page = browser.page("admin/keys").await;
    let key = page.split("only this once: ").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(!browser.page("admin/keys").await.contains(&key), "it is shown once");
    let status = async || house.get(&format!("feeds/binghe/yw.rss?key={key}")).await.status();
    assert_eq!(status().await, StatusCode::OK);
    let page = browser.page("admin/keys").await;
    assert!(
        page.contains("<td>binghe/yw, binghe/sy</td>")
            && page.contains("<td>in 90 days</td><td>0 s ago</td><td>1</td>")
    );
    assert!(!browser.page("admin/articles").await.contains("binghe/yw"), "all public portals");
    assert!(browser.page("admin/articles?feed=binghe").await.contains("binghe/yw"));
    browser.act("admin/keys", "revoke_key", &[("name", "river daily")]).await;
    assert_eq!(status().await, StatusCode::UNAUTHORIZED);
    browser.act("admin/keys", "make_key", &[("name", "x"), ("days", "soon")]).await;
    assert!(browser.page("admin/keys").await.contains("That was not done: days must be"));
}

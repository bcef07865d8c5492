//! Learning and using templates, page by page.

use std::ops::Range;

use chrono::DateTime;
use proptest::prelude::*;

use super::lesson::{Lesson, Sight};
use super::*;
use crate::ingest::decode::{self, Page};
use crate::ingest::extract::tests::hostile;
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::{learned, page};
use crate::model::portal::Portal;

const WORDS: [&str; 8] = ["清雪队", "冰灯", "江桥", "早市", "公交车", "图书馆", "滑雪场", "老码头"];

fn story(number: usize) -> String {
    let line = |at: usize| {
        let (one, other) = (WORDS[(number + at) % 8], WORDS[(number * 3 + at + 1) % 8]);
        format!("<p>第{number}天清晨，{one}的人们第{at}次谈起{other}，说这个冬天比往年更冷，也比往年更热闹。</p>")
    };
    (0..5).map(line).collect()
}

/// A page whose container holds a box that the general way leaves out, and a line that it keeps.
fn html(number: usize) -> String {
    format!(
        "<html lang='zh'><head><title>第{number}天的江城见闻与记录</title></head><body><div class='top'>首页</div>\
         <div class='wrap w{number}'><h1>第{number}天的江城见闻与记录</h1><div class='time'>2026-01-09 08:00</div>\
         <div class='text' id='c{number}'>{}<p>江城电台的听众热线每天早上六点开始接听来电，欢迎讲述自己的故事。</p>\
         <ul class='more'><li><a href='/a'>江城的桥有多少座</a></li><li><a href='/b'>江城的雪下了多久</a></li></ul></div>\
         </div><div class='foot'>江城新闻网</div></body></html>",
        story(number)
    )
}

fn decoded(number: usize, html: String) -> Page {
    let url = format!("https://news.example/content_{number}.html").parse().unwrap();
    decode::bytes(url, None, html.into_bytes())
}

fn portal() -> Portal {
    Portal { language: "zh-Hans".to_owned(), ..Portal::unknown("https://news.example/".parse().unwrap()).unwrap() }
}

/// Reads pages one after another and takes what each teaches.
fn read(templates: &mut Vec<Template>, pages: impl IntoIterator<Item = Page>) -> Vec<page::Reading> {
    let pages = pages.into_iter().map(|page| {
        let (reading, lesson) = learned::read(&page, &portal(), Lexicon::shipped(), templates, &|| true);
        take(templates, lesson.into_iter().collect(), DateTime::UNIX_EPOCH);
        reading.unwrap()
    });
    pages.collect()
}

fn in_use() -> Vec<Template> {
    let mut templates = Vec::new();
    read(&mut templates, (0..12).map(|number| decoded(number, html(number))));
    assert_eq!(templates[0].stage, Stage::Used, "{templates:?}");
    templates
}

#[test]
fn a_template_is_learned_tried_and_then_used() {
    let mut templates = Vec::new();
    let mut stages = Vec::new();
    for number in 0..9 {
        read(&mut templates, [decoded(number, html(number))]);
        stages.push(templates[0].stage);
    }
    let expected = [[Stage::Learning; 4].as_slice(), &[Stage::Tried; 3], &[Stage::Used; 2]].concat();
    assert_eq!(stages, expected);
    assert_eq!((templates.len(), templates[0].container.to_string().as_str()), (1, "div.text#c"));
    let reading = read(&mut templates, [decoded(99, html(99))]).remove(0);
    assert_eq!(reading.template.as_deref(), Some("div.text#c"));
    assert_eq!(reading.article.title, "第99天的江城见闻与记录");
    assert_eq!(reading.article.text.lines().count(), 5, "{}", reading.article.text);
    assert!(reading.article.published.is_some());
}

#[test]
fn configured_selectors_leave_nothing_to_learn() {
    let templates = in_use();
    let mut portal = portal();
    portal.rules.content = Some("div.text".to_owned());
    let (reading, lesson) = learned::read(&decoded(20, html(20)), &portal, Lexicon::shipped(), &templates, &|| true);
    assert_eq!((reading.unwrap().template, lesson.is_none()), (None, true));
}

#[test]
fn a_page_unlike_those_before_it_is_read_the_general_way() {
    let mut templates = in_use();
    let english = "<p>The river froze over on Tuesday, and the first skaters came at noon, long before the lamps were \
        lit along the bank and the market opened.</p>";
    let cases = [
        html(30).replace(&story(30), "<p>见图。</p>"),
        html(31).replace(&story(31), &english.repeat(6)),
        html(32).replace("class='text'", "class='words'"),
        html(33).replace("<div class='text' id='c33'>", "<div class='text' id='c33'></div><div>"),
    ];
    for (number, html) in cases.into_iter().enumerate() {
        let page = decoded(30 + number, html);
        let general = page::read(&page, &portal()).unwrap();
        let (reading, _) = learned::read(&page, &portal(), Lexicon::shipped(), &templates, &|| false);
        let text = reading.unwrap().article.text;
        let is_kept = |line: &str| line.contains("听众热线") || text.lines().any(|kept| kept == line);
        assert!(general.article.text.lines().all(is_kept), "{number}: {text}");
    }
    // A page that says nothing against it leaves the template where it is.
    read(&mut templates, [decoded(40, html(40))]);
    assert_eq!(templates[0].failures, 0);
}

/// A page with much beside its story, some of it put there.
fn html_with(number: usize, put: &str) -> String {
    let side =
        |at: usize| format!("<div class='side'><h3>桥</h3><p>江城的第{at}座桥在河边等着晚归的人们慢慢走过。</p></div>");
    let sides: String = (0..60).map(side).collect();
    html(number)
        .replace("<div class='wrap", &format!("<div class='left'>{sides}</div><div class='wrap"))
        .replace("<div class='foot'>", &format!("<div class='right'>{sides}{put}{sides}</div><div class='foot'>"))
}

#[test]
fn only_the_storys_part_of_a_page_is_parsed() {
    let templates = in_use();
    let idle = "<!-- spare --><script>spare()</script><noscript><i>spare</i></noscript><img alt='spare'>";
    let put = format!("<div class='ad'><script type='application/ld+json'>{{}}</script>{idle}</div>");
    let html = html_with(61, &put)
        .replace("<div class='foot'>", "<div class='foot' data-x='spare, and long enough to be looked into'>");
    let head = format!("<link rel=stylesheet href=/spare.css><meta name=viewport content=spare>{idle}<title>");
    let beside =
        "<div class='icons'><i class='spare'></i></div> \n <time datetime='2026-01-09T08:00'></time><div class='time'>";
    let page = decoded(61, html.replace("<title>", &head).replace("<div class='time'>", beside));
    let hidden = Rules::default();
    let suspicion = Suspicion { url: &page.url, hidden: &hidden, lexicon: Lexicon::shipped() };
    let left = cut(&page.text, &[&templates[0]], &suspicion, &ArticleRules::default()).unwrap();
    assert!(left.len() * 2 < page.text.len(), "{left}");
    for kept in ["<title>", "<h1>", "</div><time datetime=", "2026-01-09 08:00", "ld+json", "江城的雪下了多久"]
    {
        assert!(left.contains(kept), "{kept}: {left}");
    }
    assert!(!left.contains("spare"), "{left}");
    let rules = ArticleRules { title: Some("h3".to_owned()), ..ArticleRules::default() };
    assert_eq!(cut(&page.text, &[&templates[0]], &suspicion, &rules), None);
    assert_eq!(cut("<p>江城初雪</p>", &[&templates[0]], &suspicion, &ArticleRules::default()), None);
}

#[test]
fn of_a_list_no_more_is_parsed_than_may_belong_to_the_header() {
    let templates = in_use();
    let items: String =
        (0..60).map(|at| format!("<li class='item'><a href='/m{at}'>江城的第{at}条街</a></li> ")).collect();
    let menu = format!("<div class='top'><ul>{items}</ul></div>");
    let page = decoded(61, html(61).replace("<div class='top'>首页</div>", &menu));
    let hidden = Rules::default();
    let suspicion = Suspicion { url: &page.url, hidden: &hidden, lexicon: Lexicon::shipped() };
    let left = cut(&page.text, &[&templates[0]], &suspicion, &ArticleRules::default()).unwrap();
    assert!(left.contains("江城的第59条街") && !left.contains("江城的第0条街"), "{left}");
    assert_eq!(left.matches("<li></li>").count(), 1, "the others leave no tags behind: {left}");
}

#[test]
fn the_header_is_read_as_far_as_fields_were_found_in_it() {
    let menu: String = (0..40).map(|at| format!("<div><a href='/m{at}'>江城的第{at}条街</a></div>")).collect();
    let share: String = (0..30).map(|at| format!("<div><b>转给第{at}位朋友</b></div>")).collect();
    let check = |byline: &str, share: &str, header_chars: Range<u32>| {
        let html = |number: usize| {
            let date = "<div class='time'>2026-01-09 08:00</div>";
            html(number)
                .replace("<div class='top'>首页</div>", &format!("<div class='top'>{menu}</div>"))
                .replace(date, &format!("<div class='time'>{byline}</div>{share}"))
        };
        let mut templates = Vec::new();
        read(&mut templates, (0..12).map(|number| decoded(number, html(number))));
        assert!(header_chars.contains(&templates[0].header_chars), "{byline}: {}", templates[0].header_chars);
        let page = decoded(77, html(77));
        let hidden = Rules::default();
        let suspicion = Suspicion { url: &page.url, hidden: &hidden, lexicon: Lexicon::shipped() };
        let left = cut(&page.text, &[&templates[0]], &suspicion, &ArticleRules::default()).unwrap();
        assert!(!left.contains("江城的第0条街"), "{left}");
        let reading = read(&mut templates, [page]).remove(0);
        assert!(reading.template.is_some());
        reading.article
    };
    let near = check("2026-01-09 08:00 来源：江城晚报", "", 10..40);
    assert_eq!((near.source.as_deref(), near.published.is_some()), (Some("江城晚报"), true));
    let far = check("2026-01-09 08:00 来源：江城晚报", &share, 200..600);
    assert_eq!((far.source.as_deref(), far.published.is_some()), (Some("江城晚报"), true));
    assert_eq!(check("", "", 0..1).source, None);
}

#[test]
fn what_strangers_put_far_from_the_story_is_seen() {
    let templates = in_use();
    let words =
        "<div style='display:none'><p>免费成人视频在线观看,国产精品一区二区,日韩无码高清,午夜福利影院</p></div>";
    let link = |at: usize| format!("<div><a href='https://spam{at}.example/'>江城{at}</a></div>");
    let links: String = (0..6).map(link).collect();
    let links = format!("<div style='position:absolute;left:-9999px'>{links}</div>");
    let open: String = (0..6).map(|at| format!("<div><a href='//spam{at}.example/'>百家乐</a></div>")).collect();
    for (put, is_injected) in [("", false), (words, true), (&*links, true), (&*open, true)] {
        let page = decoded(62, html_with(62, put));
        let (reading, _) = learned::read(&page, &portal(), Lexicon::shipped(), &templates, &|| false);
        let (learned, general) = (reading.unwrap(), page::read(&page, &portal()).unwrap());
        assert!(learned.template.is_some() && learned.article.text.lines().count() == 5, "{}", learned.article.text);
        assert_eq!((learned.signs.has_injected, general.signs.has_injected), (is_injected, is_injected), "{put}");
    }
}

#[test]
fn a_template_that_fails_is_forgotten_and_learned_anew() {
    let mut templates = in_use();
    let moved = |number: usize| {
        let start = format!("<div class='text' id='c{number}'>");
        html(number).replace(&start, &format!("{start}<p>全文见下。</p></div><div class='full'>"))
    };
    read(&mut templates, (50..53).map(|number| decoded(number, moved(number))));
    assert!(templates.is_empty(), "{templates:?}");
    read(&mut templates, (53..62).map(|number| decoded(number, moved(number))));
    assert_eq!((templates[0].stage, templates[0].container.to_string().as_str()), (Stage::Used, "div.full"));
}

#[test]
fn a_story_told_again_and_again_is_no_furniture() {
    let mut templates = Vec::new();
    let same = |number: usize| decoded(number, html(1));
    read(&mut templates, (0..12).map(same));
    assert_eq!((templates[0].stage, templates[0].pages), (Stage::Learning, 1));
}

#[test]
fn a_host_with_pages_of_every_make_fills_a_few_templates_and_no_more() {
    let mut templates = Vec::new();
    let makes = ["eins", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht"];
    for (number, name) in makes.into_iter().enumerate() {
        let html =
            html(number).replace("class='text'", &format!("class='{name}'")).replace("id='c", &format!("id='{name}"));
        read(&mut templates, [decoded(number, html)]);
    }
    assert_eq!(templates.len(), 4);
    let lesson = || Lesson { host: "news.example".to_owned(), url: String::new(), sight: Sight::Missed };
    take(&mut templates, (0..40).map(|_| lesson()).collect(), DateTime::UNIX_EPOCH);
    read(&mut templates, [decoded(99, html(99))]);
    assert!(templates.iter().any(|template| template.container.to_string() == "div.text#c"), "the oldest makes room");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn whatever_the_pages_nothing_panics_and_no_body_is_lost(first in hostile(), second in hostile()) {
        let page = |number: usize, body: &str| decoded(number, format!("<title>江城初雪路面干净</title><body>{body}"));
        let mut templates = Vec::new();
        for number in 0..12 {
            let story = format!("{first}<p>第{number}天，{}</p>", WORDS[number % 8].repeat(20));
            let (_, lesson) = learned::read(&page(number, &story), &portal(), Lexicon::shipped(), &templates, &|| true);
            take(&mut templates, lesson.into_iter().collect(), DateTime::UNIX_EPOCH);
        }
        for body in [first, second] {
            let page = page(99, &body);
            let general = page::read(&page, &portal());
            let (reading, _) = learned::read(&page, &portal(), Lexicon::shipped(), &templates, &|| true);
            prop_assert!(general.is_err() || reading.is_ok());
            if let Ok(reading) = reading {
                let document = format!("<div>{}</div>", reading.article.html.as_str());
                prop_assert!(roxmltree::Document::parse(&document).is_ok(), "{document}");
            }
        }
    }
}

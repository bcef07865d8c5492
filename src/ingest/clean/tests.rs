//! Whole pages, from their markup to a clean article.

use super::*;
use crate::ingest::extract::{self, Reader};
use crate::ingest::signs;
use crate::model::portal::ArticleRules;
use crate::model::reason::Reason;

const MIRROR: &str = include_str!("../extract/fixtures/mirror.html");
const TABLE: &str = include_str!("../extract/fixtures/table.html");
const JSON_LD: &str = include_str!("../extract/fixtures/json_ld.html");
const LAZY: &str = include_str!("../extract/fixtures/lazy.html");
const RUSSIAN: &str = include_str!("../extract/fixtures/russian.html");
const KOREAN: &str = include_str!("../extract/fixtures/korean.html");

struct Read {
    article: CleanArticle,
    removed: Vec<Removed>,
    warnings: Vec<String>,
}

fn read(html: &str, address: &str, rules: &ArticleRules, language: &str) -> Read {
    let url = Url::parse(address).unwrap();
    let reader = Reader { rules, timezone: "Asia/Shanghai".parse().unwrap(), lexicon: Lexicon::shipped() };
    let mut extracted = extract::article(html, &url, reader).unwrap();
    signs::raw(&mut extracted, Lexicon::shipped());
    let (article, removed, warnings) = article(extracted, &url, language, Lexicon::shipped());
    Read { article, removed, warnings }
}

fn at(article: &CleanArticle) -> String {
    article.published.map(|at| at.to_rfc3339()).unwrap_or_default()
}

fn captions(article: &CleanArticle) -> Vec<(&str, Option<&str>)> {
    article.images.iter().map(|image| (image.url.as_str(), image.caption.as_deref())).collect()
}

#[test]
fn a_machine_made_mirror_comes_out_in_the_portals_script_without_damage() {
    let address = "http://www.jcnews.example/jcyw/content/2026-03/05/content_1001.html";
    let selectors =
        ArticleRules { title: Some("h1".to_owned()), content: Some("#content".to_owned()), ..ArticleRules::default() };
    for rules in [ArticleRules::default(), selectors] {
        let Read { article, removed, warnings } = read(MIRROR, address, &rules, "zh-Hans");
        assert_eq!(article.title, "江城冬会·冰河|八方宾客聚江城 共话发展新图景");
        assert_eq!(article.authors, ["马知远"]);
        assert_eq!(at(&article), "2026-03-04T16:00:00+00:00");
        assert_eq!(article.section_label.as_deref(), Some("江城要闻"));
        assert_eq!(article.language, "zh-Hans");
        assert_eq!(
            captions(&article),
            [
                ("http://www.jcnews.example/jcyw/pic/2026-03/05/1001_1.jpg", Some("采冰现场")),
                ("http://www.jcnews.example/jcyw/pic/2026-03/05/1001_2.jpg", Some("学做冰灯")),
            ]
        );
        // Seven paragraphs, two subheadings, and two captions that the page writes as paragraphs.
        assert_eq!(article.text.lines().count(), 11);
        assert!(article.text.starts_with("2026年新年刚过,江城的河面已经结了厚冰"), "{}", article.text);
        assert!(article.text.contains("江城的冬天很有意思"), "{}", article.text);
        assert!(article.text.ends_with("(图片由江城冬会组委会提供)"), "{}", article.text);
        assert!(article.html.as_str().contains("<p><strong>以冰会友 客人动手做冰灯</strong></p>"));
        assert!(article.html.as_str().contains("<figcaption>采冰现场</figcaption></figure>"));
        for word in ["首页", "扫码", "ICP", "许可证", "(fā)", "?/p", "免费", "马知远"] {
            assert!(!article.html.as_str().contains(word), "{word}");
        }
        assert!(removed.iter().any(|removed| matches!(removed.why, Reason::Injected(_))), "{removed:?}");
        assert!(warnings.iter().any(|warning| warning.contains("machine's copy")), "{warnings:?}");
    }
    let kept = read(MIRROR, address, &ArticleRules::default(), "zh-Hant");
    assert_eq!(kept.article.authors, ["馬知遠"]);
}

#[test]
fn a_page_laid_out_in_tables_parts_into_paragraphs() {
    let Read { article, .. } = read(TABLE, "http://news.example/hot.htm", &ArticleRules::default(), "zh-Hans");
    assert_eq!(article.title, "老城墙下的早市搬进新棚");
    assert_eq!(at(&article), "2006-03-09T00:16:00+00:00");
    assert_eq!(article.source.as_deref(), Some("江城晚报"));
    assert_eq!(article.authors, ["何山"]);
    assert_eq!(article.editor.as_deref(), Some("周岚"));
    assert_eq!(article.text.lines().count(), 4, "{}", article.text);
    assert!(article.text.starts_with("本报讯 老城墙下的早市开了二十多年"), "{}", article.text);
    // A line end of the source is nothing between two Han characters.
    assert!(article.text.contains("卖豆腐的老周说，新棚里有水有电"), "{}", article.text);
    assert_eq!(captions(&article), [("http://news.example/pic/zaoshi.jpg", Some("新棚里的豆腐摊"))]);
}

#[test]
fn an_english_page_with_json_ld_keeps_its_links_and_pictures() {
    let Read { article, .. } =
        read(JSON_LD, "https://river.example/city/ice-harvest?utm=1", &ArticleRules::default(), "en");
    assert_eq!(article.title, "Ice harvest returns to the river after nine winters");
    assert_eq!(article.authors, ["Jane Doe"]);
    assert_eq!(at(&article), "2026-01-06T07:00:00+00:00");
    assert_eq!(article.updated.map(|at| at.to_rfc3339()).as_deref(), Some("2026-01-06T10:30:00+00:00"));
    assert_eq!(article.section_label.as_deref(), Some("City"));
    assert_eq!(article.keywords, ["ice", "river", "winter"]);
    assert_eq!(article.canonical_url.as_ref().map(Url::as_str), Some("https://river.example/city/ice-harvest"));
    assert!(article.summary.as_deref().unwrap_or("").ends_with("out of the shed."), "{:?}", article.summary);
    assert_eq!(
        captions(&article),
        [("https://river.example/img/saw-1280.webp", Some("A saw from the shed. Photo: J. Roe"))]
    );
    assert!(
        article.html.as_str().contains(r#"<a href="https://river.example/museum?id=1&amp;x=2">ice house museum</a>"#)
    );
    assert!(article.html.as_str().contains("<h3>What comes next</h3>"));
    for word in ["track()", "Share this", "Skates", "By Jane"] {
        assert!(!article.html.as_str().contains(word), "{word}");
    }
}

#[test]
fn lazy_pictures_are_found_and_pixels_are_not() {
    let Read { article, removed, .. } =
        read(LAZY, "http://www.jcnews.example/tp/2026-01/12/c_1.html", &ArticleRules::default(), "zh-Hans");
    assert_eq!(article.title, "北岸公园的雪雕开始上色");
    assert_eq!(at(&article), "2026-01-12T10:05:00+00:00");
    assert_eq!(article.section_label.as_deref(), Some("图片"));
    assert_eq!(article.source.as_deref(), Some("江城新闻网"));
    assert_eq!(article.editor.as_deref(), Some("周岚"));
    assert_eq!(article.authors, ["林知秋", "何山"]);
    assert_eq!(article.photographers, ["何山"]);
    assert_eq!(
        captions(&article),
        [
            ("http://www.jcnews.example/tp/a.jpg", Some("上色前的雪雕。何山 摄")),
            ("https://img.jc.example/tp/b.jpg?w=800&h=533", Some("孩子们给雪熊画眼睛")),
        ]
    );
    assert!(!article.html.as_str().contains("count.example"));
    assert!(!article.text.contains("雪雕大赛报名"), "{}", article.text);
    assert!(removed.iter().any(|removed| removed.why.to_string().contains("related")), "{removed:?}");
}

#[test]
fn russian_and_korean_pages_are_read() {
    let Read { article, .. } = read(RUSSIAN, "https://rv.example/a/1", &ArticleRules::default(), "ru");
    assert_eq!(article.title, "На набережной открыли зимний рынок");
    assert_eq!(
        (article.authors.join(","), article.source.as_deref()),
        ("Иван Лесной".to_owned(), Some("Речной вестник"))
    );
    assert_eq!(at(&article), "2026-01-09T06:20:00+00:00");
    assert_eq!(article.text.lines().count(), 3, "{}", article.text);

    let Read { article, .. } = read(KOREAN, "https://gb.example/a/1", &ArticleRules::default(), "ko");
    assert_eq!(article.title, "강변에 얼음 도서관 문 열어");
    assert_eq!(article.authors, ["홍가람"]);
    assert_eq!(at(&article), "2026-01-06T06:10:00+00:00");
    assert!(!article.text.contains("무단전재"), "{}", article.text);
}

#[test]
fn configured_selectors_win_and_what_they_remove_is_recorded() {
    let rules = ArticleRules {
        title: Some("h2".to_owned()),
        content: Some(".article".to_owned()),
        published: Some(".meta".to_owned()),
        author: Some(".meta".to_owned()),
        remove: vec![".share".to_owned(), "[".to_owned()],
    };
    let Read { article, removed, .. } = read(LAZY, "http://www.jcnews.example/tp/1.html", &rules, "zh-Hans");
    assert_eq!(article.title, "北岸公园的雪雕开始上色");
    assert_eq!(article.text.lines().count(), 4, "{}", article.text);
    assert!(removed.iter().any(|removed| removed.why == Reason::Configured(".share".into())), "{removed:?}");

    let wrong = ArticleRules { content: Some("#nowhere".to_owned()), ..ArticleRules::default() };
    let Read { warnings, .. } = read(LAZY, "http://www.jcnews.example/tp/1.html", &wrong, "zh-Hans");
    assert!(warnings.iter().any(|warning| warning.contains("#nowhere")), "{warnings:?}");
}

#[test]
fn spam_inside_the_body_is_dropped_and_the_story_stays() {
    let spam = "<p>澳门新葡京,真人荷官,百家乐,注册送体验金,皇冠体育投注平台</p><h3>What comes next</h3>";
    let html = JSON_LD.replace("<h3>What comes next</h3>", spam) + "<p>国产精品一区二区,日韩无码高清,午夜福利影院</p>";
    let Read { article, removed, .. } = read(&html, "https://river.example/1", &ArticleRules::default(), "en");
    assert!(article.text.contains("second harvest"));
    assert!(!article.html.as_str().contains("葡京") && !article.html.as_str().contains("国产"));
    assert_eq!(
        removed
            .iter()
            .filter(|removed| matches!(removed.why, Reason::Injected(_))
                || removed.why.to_string().contains("end of the page"))
            .count(),
        2
    );
}

//! Pages that mean harm.

use proptest::prelude::*;

use super::*;
use crate::ingest::clean;

fn read(html: &str, selector: Option<&str>) -> Result<ExtractedArticle, NoArticle> {
    let url = Url::parse("https://news.example/2026-01/09/a.html").unwrap();
    let rules = ArticleRules { content: selector.map(str::to_owned), ..ArticleRules::default() };
    let reader = Reader { rules: &rules, timezone: "Asia/Shanghai".parse().unwrap(), lexicon: Lexicon::shipped() };
    article(html, &url, reader)
}

#[test]
fn pages_no_parser_should_see_are_read_all_the_same() {
    let story = "<p>江城初雪，路面已经干净，市民清晨出门，河边的人比往年更多。</p>\
                 <p>环卫工人连夜清扫主要街道，公交车没有停运，学校也照常上课。</p>";
    let check = |markup: &str| {
        let html =
            format!("<title>江城初雪路面干净</title><h1>江城初雪路面干净</h1>{}", markup.replace("STORY", story));
        let article = read(&html, None).unwrap_or_else(|error| panic!("{}: {error}", &markup[..markup.len().min(40)]));
        let text: String = article.body.iter().map(|block| block.text.as_str()).collect();
        assert!(text.contains("河边的人") && text.contains("公交车"), "{}: {text}", &markup[..markup.len().min(40)]);
        assert!(!article.warnings.is_empty());
    };
    check(&format!("{}STORY", "<div>".repeat(20_000)));
    check(&format!("{}STORY", "<ul><li>".repeat(20_000)));
    check(&format!("{}STORY", "<table><tr><td>".repeat(20_000)));
    check(&format!("STORY{}", "<br>".repeat(200_000)));
    check(&format!("STORY{}", "&amp;".repeat(100_000)));
    check(&format!("<div {}>STORY", (0..20_000).map(|n| format!("a{n}=\"\" ")).collect::<String>()));
    check(&format!("<div class=\"{}\">STORY", "ab ".repeat(100_000)));
    check("<script>var a = 1;STORY");
    check("<div title=\"STORY");
    check("<!-- STORY");
    assert!(matches!(read("", None), Err(NoArticle::NoBody { .. })));
}

#[test]
fn a_long_body_is_whole_and_a_longer_one_says_that_it_was_cut() {
    let check = |paragraphs: usize, is_whole: bool| {
        let story: String = (0..paragraphs).map(|n| format!("<p>第{n}段，江城初雪，路面干净。</p>")).collect();
        let article = read(&format!("<title>江城初雪路面干净</title><div>{story}</div>"), None).unwrap();
        assert_eq!(article.body.len() == paragraphs, is_whole);
        assert_eq!(article.warnings.is_empty(), is_whole, "{:?}", article.warnings);
    };
    check(15_000, true);
    check(30_000, false);
}

#[test]
fn the_deepest_page_allowed_does_not_exhaust_a_small_stack() {
    // Worker threads have two megabytes, and builds for tests take more a level than others.
    let work = || {
        for (start, end) in [("<div>", "</div>"), ("<ul><li>", "</li></ul>"), ("<blockquote>", "</blockquote>")] {
            let depth = 120;
            let text = "<p>江城初雪，路面已经干净，市民清晨出门，河边的人比往年更多。</p>".repeat(20);
            let html = format!(
                "<title>江城初雪路面干净</title><body>{}{text}{}</body>",
                start.repeat(depth),
                end.repeat(depth)
            );
            for selector in [None, Some("body")] {
                let extracted = read(&html, selector).unwrap();
                let url = Url::parse("https://news.example/").unwrap();
                assert!(clean::article(extracted, &url, "zh-Hans", Lexicon::shipped()).0.text.contains("江城初雪"));
            }
        }
    };
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().unwrap();
}

const PIECES: &[&str] = &[
    "<p>",
    "</p>",
    "<div class='author'>",
    "</div>",
    "<h1>",
    "</h1>",
    "<table><tr><td>",
    "</table>",
    "<ul><li>",
    "</ul>",
    "<img src=",
    "<img data-src=/a.jpg>",
    "<figure>",
    "<figcaption>",
    "</figure>",
    "<blockquote>",
    "<pre>",
    "<video src=/v><source src=x>",
    "<a href=//x.example>",
    "</a>",
    "<br>",
    "<title>",
    "</title>",
    "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",",
    "</script>",
    "<meta name=pubdate content=",
    "<time datetime='2026-",
    "<svg>",
    "<template>",
    "</html>",
    "<b>",
    "</b>",
    "<noscript>",
    "<base href=",
    "<select>",
    "<frameset>",
    "<center>",
    "<p style='text-align:center'>",
    "<div style='left:-9999px'>",
    ">",
    "'",
    "\"",
    "江城初雪，路面已经干净，市民清晨出门，河边的人比往年更多。",
    "记者 林知秋",
    "来源：",
    "（何山摄）",
    "2026年1月9日 09:",
    "　　",
    "免费成人视频,国产精品",
    "關(guān)注",
    "?/p>",
    "\u{0}",
    "\u{fffd}",
    "By Jane Doe",
    "責任編輯：",
    "Copyright",
    "相关阅读：",
    "%",
    "&#x1F;",
    "&nbsp;",
];

/// Pages of pieces that break others.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES);
    prop::collection::vec(prop_oneof![4 => piece.prop_map(str::to_owned), 1 => "\\PC{0,8}"], 0..60)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn whatever_the_page_nothing_panics_and_what_comes_out_is_well_formed(html in hostile(), is_selected in any::<bool>()) {
        let page = format!("<title>江城初雪路面干净</title><body>{html}");
        if let Ok(extracted) = read(&page, is_selected.then_some("body")) {
            let url = Url::parse("https://news.example/a/").unwrap();
            let (article, _, _) = clean::article(extracted, &url, "zh-Hans", Lexicon::shipped());
            let document = format!("<div>{}</div>", article.html.as_str());
            prop_assert!(roxmltree::Document::parse(&document).is_ok(), "{document}");
            prop_assert!(!article.title.contains('\n'));
        }
    }
}

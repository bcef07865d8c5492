//! Pages that mean harm.

use proptest::prelude::*;

use super::*;
use crate::ingest::clean;

fn read(html: &str, selector: Option<&str>) -> Result<ExtractedArticle, NoArticle> {
    let url = Url::parse("https://news.example/2026-01/09/a.html").unwrap();
    let rules = ArticleRules { content: selector.map(str::to_owned), ..ArticleRules::default() };
    article(html, &url, &rules, chrono_tz::Asia::Shanghai)
}

#[test]
fn bottomless_pages_are_refused_with_their_reason() {
    let check = |html: &str, expected: nesting::Unbearable| {
        let found = read(html, None);
        assert!(matches!(&found, Err(NoArticle::Unbearable { source, .. }) if *source == expected), "{found:?}");
    };
    check(&"<div>".repeat(200_000), nesting::Unbearable::TooDeep);
    check(&"<ul><li>".repeat(100_000), nesting::Unbearable::TooDeep);
    check(&"<table><tr><td>".repeat(100_000), nesting::Unbearable::TooDeep);
    check(&format!("<title>t</title>{}", "<p>x</p>".repeat(1_000_000)), nesting::Unbearable::TooMany);
    assert!(matches!(read("", None), Err(NoArticle::NoBody { .. })));
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
                assert!(clean::article(extracted, &url, "zh-Hans").0.text.contains("江城初雪"));
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

fn hostile() -> impl Strategy<Value = String> {
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
            let (article, _, _) = clean::article(extracted, &url, "zh-Hans");
            let document = format!("<div>{}</div>", article.html.as_str());
            prop_assert!(roxmltree::Document::parse(&document).is_ok(), "{document}");
            prop_assert!(!article.title.contains('\n'));
        }
    }
}

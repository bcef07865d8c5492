//! What the fuzz targets hold for any input (fuzz/README.md), tried on some in each run of the tests.

use harbinger::ingest::decode;
use harbinger::ingest::extract::{self, Reader};
use harbinger::ingest::guard::lexicon::Lexicon;
use harbinger::ingest::sources::{self, Sitemap};
use harbinger::model::page::Validators;
use harbinger::model::part::Part;
use harbinger::model::portal::ArticleRules;
use harbinger::model::push::Topic;
use harbinger::outside;
use harbinger::publish::push::{Rules, asked};
use harbinger::text::search::Query;
use proptest::collection::vec;
use proptest::prelude::*;
use url::Url;

fn url() -> Url {
    "https://news.example/ljxw/content/2026-01/09/content_1.html".parse().unwrap()
}

/// Markup that comes near to what pages, feeds and sitemaps have.
fn markup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<h1>",
        "</h1>",
        "<p>",
        "</p>",
        "<a href=/content_1.html>",
        "</a>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "<div",
        " id=content",
        ">",
        "<urlset>",
        "<url><loc>https://news.example/1.html</loc></url>",
        "</urlset>",
        "<rss><channel>",
        "<item><link>https://news.example/2.html</link></item>",
        "</channel></rss>",
        "&lt;",
        "&#x0;",
        "雪后的江城",
        "2026-01-09",
        "<![CDATA[",
        "]]>",
        "<table><tr><td>",
        "<?xml version=\"1.0\"?>",
        "\u{feff}",
    ]);
    vec(prop_oneof![4 => pieces.prop_map(str::to_owned), 1 => any::<String>()], 0..60)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_are_decoded_with_their_losses_counted_and_read_again_stay_as_they_are(
        content_type in proptest::option::of("[a-z/]{0,9}; charset=(utf-8|gbk|big5|utf-16|iso-2022-jp|x)"),
        bytes in vec(any::<u8>(), 0..400),
    ) {
        let page = decode::bytes(url(), content_type.as_deref(), bytes);
        prop_assert_eq!(page.replaced, page.text.matches('\u{FFFD}').count());
        let again = decode::bytes(url(), None, page.text.clone().into_bytes());
        prop_assert_eq!(again.text, page.text.strip_prefix('\u{FEFF}').unwrap_or(&page.text));
    }

    #[test]
    fn no_markup_gives_an_article_without_a_title_or_links_of_another_kind(html in markup()) {
        let (rules, timezone) = (ArticleRules::default(), "Asia/Shanghai".parse().unwrap());
        let reader = Reader { rules: &rules, timezone, lexicon: Lexicon::shipped() };
        if let Ok(article) = extract::article(&html, &url(), reader) {
            prop_assert!(!article.title.trim().is_empty());
        }
        let page = decode::bytes(url(), None, html.clone().into_bytes());
        let mut links = sources::feed(&page, timezone).unwrap_or_default();
        links.extend(sources::listing(&page, None, None).map(|listing| listing.links).unwrap_or_default());
        let raw = harbinger::ingest::fetch::RawPage {
            url: url(), moved: None, status: 200, content_type: None, validators: Validators::default(),
            body: html.into_bytes(), body_hash: [0; 32],
        };
        if let Ok(Sitemap::Urls(pages)) = sources::sitemap(raw, timezone) {
            links.extend(pages);
        }
        for link in links {
            prop_assert!(matches!(link.url.scheme(), "http" | "https"), "{}", link.url);
        }
    }

    #[test]
    fn a_query_that_is_understood_is_written_as_it_is_read(
        query in "((limit|page|before|after|q|lang|archive)=[0-9a-z%+\u{4e00}-\u{4e20}-]{0,12}&?){0,4}",
        words in ".{0,40}",
    ) {
        if let Ok(part) = Part::parse(&query) {
            let written = part.query();
            prop_assert_eq!(Part::parse(written.trim_start_matches('?')), Ok(part), "{}", written);
        }
        if let Ok(Some(words)) = Query::parse(&words) {
            let again = Query::parse(words.as_str()).ok().flatten();
            prop_assert_eq!(again.as_ref().map(Query::as_str), Some(words.as_str()));
        }
    }

    #[test]
    fn no_form_gives_the_hub_a_callback_that_may_not_be_asked(
        form in vec(any::<u8>(), 0..200),
        callback in "(https?|ftp|file|gopher)://([a-z0-9.:\\[\\]@-]{0,20}|127\\.0\\.0\\.1|\\[::1\\]|10\\.1\\.1\\.1)/.{0,20}",
    ) {
        let topic = "https://feeds.example/feeds/a.rss";
        let topics = [Topic { url: topic.to_owned(), path: "/feeds/a.rss".to_owned(), feed: "a".to_owned(), is_private: false }];
        let _ = asked::read(&form, &topics, &Rules::default());
        let pairs = [("hub.mode", "subscribe"), ("hub.topic", topic), ("hub.callback", callback.as_str())];
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        if let Ok(request) = asked::read(form.as_bytes(), &topics, &Rules::default()) {
            prop_assert_eq!(outside::check(&request.callback, false), Ok(()));
            prop_assert!(request.callback.username().is_empty() && request.callback.password().is_none());
        }
    }
}

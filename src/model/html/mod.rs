//! HTML that is safe in any reader.

pub mod nesting;

mod markup;
mod reading;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use regex::Regex;
use url::Url;

/// An HTML fragment that passed the allow-list. There is no other way to make one from a page.
///
/// It is also well-formed XML, so that it can stand inside a `div` of any document.
/// Its JSON is the store's, like [`SafeHtml::from_store`]: it is written for a page that waits in the quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// Keeps what the allow-list names: text, headings, lists, tables, pictures, links, sound and film, all with
    /// absolute addresses. Scripts, styles, frames, forms, event handlers, `data:` and tracking pixels go.
    /// A fragment beyond [`nesting::check`] comes out empty.
    pub fn sanitise(html: &str, base: &Url) -> SafeHtml {
        if nesting::check(html).is_err() {
            return SafeHtml::default();
        }
        let mut safe = markup::well_formed(&ALLOWED.clean(html).to_string(), base);
        for _ in 0..REPEATS_MAX {
            if !markup::is_moved(&safe) {
                break;
            }
            safe = markup::well_formed(&ALLOWED.clean(&safe).to_string(), base);
        }
        SafeHtml(safe)
    }

    /// What the store kept: it was safe when it went in.
    pub fn from_store(html: String) -> SafeHtml {
        SafeHtml(html)
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text in it, a block a line.
    pub fn text(&self) -> String {
        reading::text(&self.0)
    }

    /// The addresses its links lead to, as they stand in the markup.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        LINK.captures_iter(&self.0).filter_map(|found| found.get(1)).map(|link| link.as_str())
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How often a fragment is cleaned again because browsers would move its elements; once is enough for all we know.
const REPEATS_MAX: usize = 3;

static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"<a(?: title="[^"]*")? href="([^"]*)""#).expect("a constant expression"));

const TAGS: [&str; 39] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "caption",
    "blockquote",
    "figure",
    "figcaption",
    "img",
    "a",
    "em",
    "strong",
    "b",
    "i",
    "sub",
    "sup",
    "br",
    "hr",
    "pre",
    "code",
    "q",
    "cite",
    "time",
    "video",
    "audio",
    "source",
    "div",
];

const ATTRIBUTES: [(&str, &[&str]); 11] = [
    ("a", &["href", "title"]),
    ("img", &["src", "alt", "title", "width", "height"]),
    ("video", &["src", "poster", "controls", "width", "height"]),
    ("audio", &["src", "controls"]),
    ("source", &["src", "type"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan"]),
    ("blockquote", &["cite"]),
    ("q", &["cite"]),
    ("time", &["datetime"]),
    ("ol", &["start"]),
];

/// Elements whose content is no text for people.
const DROPPED_WHOLE: [&str; 20] = [
    "script", "style", "iframe", "object", "embed", "applet", "noscript", "template", "form", "button", "select",
    "textarea", "input", "svg", "math", "title", "head", "noembed", "noframes", "canvas",
];

static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes: HashMap<_, HashSet<_>> =
        ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect())).collect();
    let mut builder = Builder::empty();
    builder
        // `div` goes in `markup`: ammonia would join the paragraphs it parts.
        .tags(TAGS.into_iter().collect())
        .tag_attributes(attributes)
        .clean_content_tags(DROPPED_WHOLE.into_iter().collect())
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true);
    builder
});

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn safe(html: &str) -> String {
        let base = Url::parse("https://news.example/a/b.html").unwrap();
        SafeHtml::sanitise(html, &base).0
    }

    fn check(html: &str, expected: &str) {
        assert_eq!(safe(html), expected, "{html}");
    }

    #[test]
    fn a_story_keeps_its_markup() {
        check(
            "<h1>冰</h1><p class=x style='color:red' id=y>雪 <b>b</b> &amp; <em>e</em></p>",
            "<h2>冰</h2><p>雪 <b>b</b> &amp; <em>e</em></p>",
        );
        check("a<br>b&nbsp;c<hr>", "a<br/>b&#160;c<hr/>");
        check(
            "<figure><img src=/p.jpg alt='\"<雪>&' width=640 height=auto><figcaption>江</figcaption></figure>",
            r#"<figure><img src="https://news.example/p.jpg" alt="&quot;&lt;雪&gt;&amp;" width="640"/><figcaption>江</figcaption></figure>"#,
        );
        check(
            "<a href='../c?x=1&y=2' target=_blank rel=x>l</a>",
            r#"<a href="https://news.example/c?x=1&amp;y=2">l</a>"#,
        );
        check("<a href='mailto:desk@news.example'>m</a>", r#"<a href="mailto:desk@news.example">m</a>"#);
        check(
            "<video src=/v.mp4 controls autoplay></video>",
            r#"<video src="https://news.example/v.mp4" controls="controls"></video>"#,
        );
        check("<p>开<p>放", "<p>开</p><p>放</p>");
        check("<div>一</div><div>二</div>", "<p>一</p><p>二</p>");
    }

    #[test]
    fn links_are_found_whatever_stands_beside_their_address() {
        let base = Url::parse("https://news.example/a/b.html").unwrap();
        let html = "<a href=c>1</a><a title='a\">' href=//other.example/>2</a><a>3</a><a title=' href=\"x\"'>4</a>";
        let html = SafeHtml::sanitise(html, &base);
        assert_eq!(html.links().collect::<Vec<_>>(), ["https://news.example/a/c", "https://other.example/"]);
    }

    #[test]
    fn attacks_leave_nothing_behind() {
        for (html, expected) in [
            ("<script>alert(1)</script>x", "x"),
            ("<img src=x onerror=alert(1)>", r#"<img src="https://news.example/a/x"/>"#),
            ("<img src=javascript:alert(1)>y", "y"),
            ("<a href=' java\nscript:alert(1)'>l</a>", "<a>l</a>"),
            ("<a href='data:text/html,<script>'>l</a>", "<a>l</a>"),
            ("<img src='data:image/gif;base64,R0lGOD'>z", "z"),
            ("<img src=/t.gif width=1 height=1>z", "z"),
            ("<svg><script>alert(1)</script></svg>s", "s"),
            ("<svg><a xlink:href='javascript:alert(1)'>x</a></svg>s", "s"),
            ("<math><mtext><table><mglyph><style><img src onerror=alert(1)></style>", ""),
            ("<iframe src=//evil.example></iframe>f", "f"),
            ("<p style='background:url(javascript:1)' onclick=x()>p</p>", "<p>p</p>"),
            ("<form action=/x><input name=a>t</form>u", "u"),
            ("<base href=//evil.example><a href=x>l</a>", r#"<a href="https://news.example/a/x">l</a>"#),
            ("<meta http-equiv=refresh content='0;url=//evil.example'>m", "m"),
            ("<!--<img src=x onerror=alert(1)>-->c", "c"),
            ("<a href=\"https://a.example/\"x=\"'>\">l</a>", r#"<a href="https://a.example/">l</a>"#),
            (
                "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>n",
                r#"<img src="https://news.example/a/x"/>'&gt;n"#,
            ),
            ("<video><source src=javascript:1 type='a\"b'></video>", "<video></video>"),
            ("<td colspan='9\"x'>c</td>", "c"),
            ("\u{0}\u{8}<p>\u{b}x\u{ffff}</p>", "<p>x</p>"),
        ] {
            check(html, expected);
        }
    }

    #[test]
    fn bottomless_nesting_comes_out_empty_and_soon() {
        check(&"<div>".repeat(200_000), "");
        check(&"<b>".repeat(200_000), "");
        check(&"<p><b a=1><i>".repeat(100_000), "");
    }

    const PIECES: &[&str] = &[
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<a href='",
        "\"",
        "'",
        ">",
        "<",
        "&",
        "&nbsp;",
        "&#0;",
        "&#x1F;",
        "<svg>",
        "</svg>",
        "<math>",
        "<style>",
        "</style>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<img src=",
        "javascript:",
        "x onerror=1",
        "<br>",
        "<pre>\n",
        "<![CDATA[",
        "]]>",
        "<b>",
        "</b>",
        "<h1>",
        "</h1>",
        "<select>",
        "<template>",
        "<title>",
        "<plaintext>",
        " ",
        "雪",
        "\u{b}",
        "\u{fffe}",
        "<video controls src=/v>",
        "<div>",
        "</div>",
        "<li>",
        "<blockquote cite=x>",
        "<frameset>",
        "<html>",
        "<body>",
        "=",
        "/",
        "<source src=/s>",
        "<time datetime=\"<>\">",
    ];

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(PIECES);
        prop::collection::vec(prop_oneof![piece.prop_map(str::to_owned), "\\PC{0,6}"], 0..40)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]
        #[test]
        fn whatever_comes_in_well_formed_xml_without_scripts_goes_out(html in hostile()) {
            let out = safe(&html);
            let document = format!("<div>{out}</div>");
            let parsed = roxmltree::Document::parse(&document);
            prop_assert!(parsed.is_ok(), "{out} from {html}");
            for node in parsed.unwrap().descendants().filter(roxmltree::Node::is_element) {
                let name = node.tag_name().name();
                prop_assert!(TAGS.contains(&name), "{name}");
                for attribute in node.attributes() {
                    prop_assert!(!attribute.name().starts_with("on"));
                    if matches!(attribute.name(), "href" | "src" | "poster" | "cite") {
                        prop_assert!(["http://", "https://", "mailto:"].iter().any(|scheme| attribute.value().starts_with(scheme)), "{}", attribute.value());
                    }
                }
            }
        }
    }
}

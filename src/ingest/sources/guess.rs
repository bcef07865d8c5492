//! Which links of a list page are articles, where nobody said so.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

/// Fewer characters than these are a menu, not a headline (Chinese, Japanese, Korean).
const HEADLINE_CHARS_MIN: usize = 6;

/// Fewer words than these are a menu, not a headline (other scripts).
const HEADLINE_WORDS_MIN: usize = 4;

/// Words joined by hyphens in an address that is made from a headline.
const SLUG_WORDS_MIN: usize = 4;

/// Whether `url` looks like an article of the site of `page`, called `title`.
pub(super) fn is_article(page: &Url, url: &Url, title: Option<&str>) -> bool {
    is_same_site(page, url) && is_article_path(url.path()) && title.is_some_and(is_headline)
}

/// Whether a host is the other, or below it; `www.` and `m.` are one site.
fn is_same_site(page: &Url, url: &Url) -> bool {
    let bare = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_owned();
        host.strip_prefix("www.").or_else(|| host.strip_prefix("m.")).map(str::to_owned).unwrap_or(host)
    };
    let (page, url) = (bare(page), bare(url));
    url == page || url.strip_suffix(&page).is_some_and(|sub| sub.ends_with('.'))
}

fn is_article_path(path: &str) -> bool {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\d{5,}|/(?:19|20)\d\d[-/_.]?(?:0[1-9]|1[0-2]|[1-9]/)").expect("a constant pattern")
    });
    static NO_ARTICLE: LazyLock<Regex> = LazyLock::new(|| {
        let names =
            r"/(?:index|default|home|list|node|channel|column|tags?|topics?|category|search|login|about|contact|help)";
        let kinds = r"\.(?:jpe?g|png|gif|webp|svg|css|js|pdf|docx?|xlsx?|pptx?|zip|rar|apk|mp[34]|m3u8|xml|rss|json)";
        Regex::new(&format!(r"(?i){names}(?:[-_]?\d+)*(?:\.\w+)?/?$|{kinds}$")).expect("a constant pattern")
    });
    if path.len() < 2 || NO_ARTICLE.is_match(path) {
        return false;
    }
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let (stem, kind) = last.rsplit_once('.').unwrap_or((last, ""));
    let is_document = matches!(kind.to_ascii_lowercase().as_str(), "html" | "htm" | "shtml");
    NUMBER.is_match(path) || is_document || stem.split('-').filter(|word| !word.is_empty()).count() >= SLUG_WORDS_MIN
}

fn is_headline(title: &str) -> bool {
    let cjk = title.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}'));
    let words = title.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic));
    cjk.count() >= HEADLINE_CHARS_MIN || words.count() >= HEADLINE_WORDS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, url: &str, title: &str, expected: bool) {
        let (page, url) = (Url::parse(page).unwrap(), Url::parse(url).unwrap());
        assert_eq!(is_article(&page, &url, Some(title)), expected, "{url} {title}");
    }

    #[test]
    fn articles_are_told_from_menus() {
        let page = "https://www.a.example/news/";
        let headline = "冰雪大世界今日开园";
        check(page, "https://www.a.example/content/2026-01/06/content_9.html", headline, true);
        check(page, "https://m.a.example/2026/01/06/c1.html", headline, true);
        check(page, "https://city.a.example/news/20260106", headline, true);
        check(page, "https://a.example/p/123456", headline, true);
        check(page, "https://a.example/local/a-day-on-the-ice", "A day on the ice", true);
        check(page, "https://a.example/p/123456", "В городе открылся ледовый праздник", true);
        check(page, "https://a.example/p/123456", "오늘 얼음 축제 개막", true);
        check(page, "https://a.example/p/123456", "更多", false);
        check(page, "https://a.example/p/123456", "Read more", false);
        check(page, "https://a.example/", headline, false);
        check(page, "https://a.example/index.html", headline, false);
        check(page, "https://a.example/news/index_2.html", headline, false);
        check(page, "https://a.example/node_12345.htm", headline, false);
        check(page, "https://a.example/local/", headline, false);
        check(page, "https://a.example/2026/0106/photo.jpg", headline, false);
        check(page, "https://other.example/content/2026-01/06/content_9.html", headline, false);
        check(page, "https://nota.example/content/2026-01/06/content_9.html", headline, false);
    }
}

//! Addresses: one key for all the addresses under which a portal serves one story.

use std::borrow::Cow;

use url::Url;

use crate::model::portal::Portal;

/// First labels of a host that choose a layout and not a site.
const LAYOUT_LABELS: [&str; 6] = ["www", "m", "wap", "3g", "amp", "mobile"];

/// Last path segments that name the folder they stand in, or a layout of the page before them.
const SILENT_SEGMENTS: [&str; 4] = ["index.html", "index.htm", "index.shtml", "amp"];

/// Endings of a file's name that choose a layout, and what the page is called without it.
const LAYOUT_ENDINGS: [(&str, &str); 3] = [(".amp.html", ".html"), (".amp.htm", ".htm"), (".amp", "")];

/// How the names of pictures end.
const PICTURE_ENDINGS: [&str; 6] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"];

/// Query parameters that say where a reader came from, or in which session, and not what he reads.
const TRACKING: [&str; 57] = [
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "amp",
    "appinstall",
    "appuid",
    "bd_vid",
    "bxsign",
    "cfid",
    "cftoken",
    "cmpid",
    "dclid",
    "fbclid",
    "from",
    "fromuid",
    "gbraid",
    "gclid",
    "gclsrc",
    "hmci",
    "hmcu",
    "hmkw",
    "hmpl",
    "hmsr",
    "igsh",
    "igshid",
    "isappinstalled",
    "jsessionid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ncid",
    "nsukey",
    "ocid",
    "outputtype",
    "pk_campaign",
    "pk_kwd",
    "ref_src",
    "ref_url",
    "referer",
    "referrer",
    "scm",
    "session_id",
    "sessionid",
    "shorturl_from",
    "smid",
    "spm",
    "spm_id_from",
    "tdsourcetag",
    "ttclid",
    "twclid",
    "vd_source",
    "wbraid",
    "wfr",
    "yclid",
    "ysclid",
];

/// Beginnings of such parameters.
const TRACKING_PREFIXES: [&str; 7] = ["utm_", "mtm_", "matomo_", "share", "phpsess", "aspsession", "hsa_"];

/// The key of an address: equal for all addresses of one story, and itself an address when `http://` is put before it.
///
/// Left out are scheme, user, layout labels of the host (`www.`, `m.` …), default ports, fragment, tracking and
/// session parameters, empty path segments, `index.html`, `.amp` and `/amp` at the end, and the last slash. Percent-encoding
/// is normalised (RFC 3986 §6.2.2) and the query sorted. An address without a host is its own key.
pub fn key(url: &Url) -> String {
    let Some(host) = url.host_str() else { return url.as_str().to_owned() };
    key_on(bare_host(host), url)
}

/// The key of an address among a portal's: its other hosts count as the host of its front page.
pub fn portal_key(portal: &Portal, url: &Url) -> String {
    match portal.home.host_str() {
        Some(home) if is_alias(portal, url) => key_on(bare_host(home), url),
        _ => key(url),
    }
}

/// Whether an address belongs to a portal: to the site of its front page, or to another of its hosts.
pub fn is_of(portal: &Portal, url: &Url) -> bool {
    same_site(&portal.home, url) || is_alias(portal, url)
}

/// The address of a picture as far as it says which picture it is: behind a file's name stand keys that change.
pub fn picture(url: &str) -> &str {
    match url.split_once('?') {
        Some((path, _)) if PICTURE_ENDINGS.iter().any(|ending| path.ends_with(ending)) => path,
        _ => url,
    }
}

fn is_alias(portal: &Portal, url: &Url) -> bool {
    let host = url.host_str().map(bare_host);
    host.is_some_and(|host| portal.hosts.iter().any(|alias| bare_host(alias).eq_ignore_ascii_case(host)))
}

fn key_on(host: &str, url: &Url) -> String {
    let mut key = host.to_ascii_lowercase();
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        key.push_str(&format!(":{port}"));
    }
    for segment in segments(url.path()) {
        key.push('/');
        key.push_str(&segment);
    }
    let mut parameters: Vec<Cow<str>> =
        url.query().unwrap_or_default().split('&').map(parameter).filter(|pair| !is_tracking(pair)).collect();
    parameters.sort_unstable();
    for (at, pair) in parameters.iter().enumerate() {
        key.push(if at == 0 { '?' } else { '&' });
        key.push_str(pair);
    }
    key
}

/// Whether two addresses belong to one site: the same host apart from layout labels, or one a subdomain of the
/// other, on the same port.
pub fn same_site(a: &Url, b: &Url) -> bool {
    let (Some(a_host), Some(b_host)) = (a.host_str(), b.host_str()) else { return false };
    let (a_host, b_host) = (bare_host(a_host), bare_host(b_host));
    let port = |url: &Url| url.port().filter(|port| !matches!(port, 80 | 443));
    port(a) == port(b) && (a_host == b_host || is_below(a_host, b_host) || is_below(b_host, a_host))
}

/// The host without its layout labels; a domain of two labels (`m.com`) keeps its first.
fn bare_host(host: &str) -> &str {
    // A trailing dot means the root of the name system, which a host without one means as well.
    let mut host = host.strip_suffix('.').filter(|host| !host.is_empty() && !host.ends_with('.')).unwrap_or(host);
    while let Some((label, rest)) = host.split_once('.') {
        if !LAYOUT_LABELS.contains(&label) || !rest.contains('.') {
            break;
        }
        host = rest;
    }
    host
}

fn is_below(host: &str, domain: &str) -> bool {
    domain.contains('.')
        && !domain.ends_with(|c: char| c.is_ascii_digit())
        && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn segments(path: &str) -> Vec<Cow<'_, str>> {
    let mut segments: Vec<Cow<str>> = Vec::new();
    for segment in path.split('/') {
        let segment = normal(without_session(segment));
        match &*segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    loop {
        let Some(last) = segments.last_mut() else { return segments };
        if SILENT_SEGMENTS.contains(&&**last) {
            segments.pop();
        } else if let Some(name) = without_layout(last) {
            *last = name.into();
        } else {
            return segments;
        }
    }
}

/// The name of a page without the ending that chooses a layout; `None` if it has none.
fn without_layout(name: &str) -> Option<String> {
    let bare = |(ending, plain)| name.strip_suffix(ending).map(|name: &str| format!("{name}{plain}"));
    LAYOUT_ENDINGS.into_iter().find_map(bare).filter(|bare| !bare.is_empty() && !bare.starts_with('.'))
}

/// The segment without a session's name.
fn without_session(segment: &str) -> &str {
    // ASP.NET without cookies: `/(S(0123…))/news.aspx`.
    if segment.starts_with("(S(") && segment.ends_with("))") {
        return "";
    }
    let is_session = |parameter: &str| {
        let name = parameter.split('=').next().unwrap_or_default();
        name.eq_ignore_ascii_case("jsessionid") || name.eq_ignore_ascii_case("phpsessid")
    };
    match segment.split_once(';') {
        Some((name, parameters)) if parameters.split(';').all(is_session) => name,
        _ => segment,
    }
}

fn parameter(pair: &str) -> Cow<'_, str> {
    let pair = normal(pair);
    if pair.contains('+') { Cow::Owned(pair.replace('+', "%20")) } else { pair }
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.is_empty()
        || TRACKING.binary_search(&name.as_str()).is_ok()
        || TRACKING_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Percent-encoding in its normal form: unreserved characters plain, hexadecimal digits in upper case, and a percent
/// sign that encodes nothing encoded itself, lest it join what follows once that is decoded.
fn normal(part: &str) -> Cow<'_, str> {
    if !part.contains('%') {
        return Cow::Borrowed(part);
    }
    let bytes = part.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut normal = String::with_capacity(part.len());
    let mut characters = part.char_indices();
    while let Some((at, c)) = characters.next() {
        if c != '%' {
            normal.push(c);
            continue;
        }
        let Some(code) = digit(at + 1).zip(digit(at + 2)).map(|(high, low)| high * 16 + low) else {
            normal.push_str("%25");
            continue;
        };
        match char::from_u32(code) {
            Some(c) if c.is_ascii_alphanumeric() || "-._~".contains(c) => normal.push(c),
            _ => normal.push_str(&format!("%{code:02X}")),
        }
        characters.nth(1);
    }
    Cow::Owned(normal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        let key = key(&Url::parse(url).unwrap());
        assert_eq!(key, expected);
        assert_eq!(super::key(&Url::parse(&format!("http://{key}")).unwrap()), key, "a key is its own key");
    }

    #[test]
    fn one_story_has_one_key() {
        let story = "news.example/ljxw/content/2026-01/09/content_1.html";
        for address in [
            "http://news.example/ljxw/content/2026-01/09/content_1.html",
            "https://www.news.example/ljxw/content/2026-01/09/content_1.html#comments",
            "https://m.news.example:443//ljxw/./content//2026-01/09/content_1.html?",
            "http://user:secret@wap.news.example.:80/ljxw/content/2026-01/09/content_1.html?utm_source=x&from=timeline",
            "http://www.m.news.example/ljxw/content/2026%2d01/09/content%5F1.html;jsessionid=A1?spm=1.2&PHPSESSID=7",
            "http://NEWS.example/x/../ljxw/content/2026-01/09/content_1.html?&shareToken=1&isappinstalled=0",
            "https://amp.news.example/ljxw/content/2026-01/09/content_1.html/amp/",
            "https://news.example/ljxw/content/2026-01/09/content_1.amp.html?outputType=amp",
            "https://news.example/(S(lit3py55t21z5v55vlm25s55))/ljxw/content/2026-01/09/content_1.html",
        ] {
            check(address, story);
        }
    }

    #[test]
    fn what_tells_stories_apart_stays() {
        check("http://a.example:8080/read?id=7&page=2", "a.example:8080/read?id=7&page=2");
        check("http://a.example/read?page=2&id=7&", "a.example/read?id=7&page=2");
        check("http://a.example/%e5%86%b0?q=a+b&r=%2b", "a.example/%E5%86%B0?q=a%20b&r=%2B");
        check("http://a.example/冰", "a.example/%E5%86%B0");
        check("http://a.example/a%2Fb/%%32e", "a.example/a%2Fb/%252e");
        check("http://a.example/A/a", "a.example/A/a");
        check("http://a.example/;v=1", "a.example/;v=1");
        check("http://www.com/", "www.com");
        check("http://127.0.0.1:4000/list/", "127.0.0.1:4000/list");
        check("http://[::1]:4000/", "[::1]:4000");
        check("http://冰城.example/", "xn--37qy2m.example");
    }

    #[test]
    fn the_front_page_of_a_folder_is_the_folder() {
        for address in ["http://a.example/x", "http://a.example/x/", "http://a.example/x/index.shtml"] {
            check(address, "a.example/x");
        }
        check("https://a.example/index.html", "a.example");
        check("https://a.example/x/amp/index.html", "a.example/x");
    }

    #[test]
    fn the_other_hosts_of_a_portal_count_as_its_own() {
        let url = |text: &str| Url::parse(text).unwrap();
        let mut portal = Portal::unknown(url("https://www.news.example/")).unwrap();
        portal.hosts = vec!["news.example.net".to_owned(), "www.old.example".to_owned()];
        let story = portal_key(&portal, &url("https://www.news.example/a/1.html"));
        assert_eq!(story, "news.example/a/1.html");
        for other in ["http://news.example.net/a/1.html?utm_source=x", "https://m.old.example/a/1.html"] {
            assert_eq!(portal_key(&portal, &url(other)), story, "{other}");
            assert!(is_of(&portal, &url(other)), "{other}");
        }
        for stranger in ["http://example.net/a/1.html", "http://x.news.example.net/a/1.html"] {
            assert_eq!(portal_key(&portal, &url(stranger)), key(&url(stranger)));
            assert!(!is_of(&portal, &url(stranger)), "{stranger}");
        }
        assert!(is_of(&portal, &url("http://sport.news.example/")));
    }

    #[test]
    fn the_tracking_parameters_are_sorted_for_the_search() {
        assert!(TRACKING.is_sorted());
    }

    #[test]
    fn a_site_is_a_host_and_what_is_below_it() {
        let same = |a: &str, b: &str| same_site(&Url::parse(a).unwrap(), &Url::parse(b).unwrap());
        assert!(same("https://www.a.example/x", "http://m.a.example/"));
        assert!(same("https://www.a.example/x", "http://news.a.example:80/"));
        assert!(!same("https://a.example/", "https://ba.example/"));
        assert!(!same("https://news.a.example/", "https://sport.a.example/"));
        assert!(!same("http://localhost/", "http://x.localhost/"));
        assert!(!same("http://127.0.0.1:1/", "http://127.0.0.1:2/"));
        assert!(!same("mailto:a@a.example", "http://a.example/"));
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(address in "https?://(www\\.|m\\.|wap\\.){0,3}[a-z0-9.-]{1,12}(:(80|443|8080))?[/.%;?&=#+a-eA-E0-9冰 '\"\\\\]{0,40}") {
            if let Ok(url) = Url::parse(&address) {
                let key = key(&url);
                let again = Url::parse(&format!("http://{key}"));
                prop_assert!(again.is_ok(), "{key}");
                prop_assert_eq!(super::key(&again.unwrap()), key);
            }
        }

        #[test]
        fn any_address_is_survived(address in "\\PC{0,40}", scheme in "(https?://|data:|mailto:|file:///)") {
            if let Ok(url) = Url::parse(&format!("{scheme}{address}")) {
                key(&url);
                same_site(&url, &url);
            }
        }
    }
}

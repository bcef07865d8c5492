//! Which site a host belongs to, and which sites honest pages link from menus that unfold.

/// Where honest pages lead to be shared and followed, and the news sites that portals list as their friends.
const KNOWN: [&str; 48] = [
    "facebook.com",
    "twitter.com",
    "x.com",
    "instagram.com",
    "youtube.com",
    "linkedin.com",
    "pinterest.com",
    "whatsapp.com",
    "wa.me",
    "t.me",
    "telegram.me",
    "reddit.com",
    "tumblr.com",
    "flipboard.com",
    "google.com",
    "apple.com",
    "tiktok.com",
    "snapchat.com",
    "threads.net",
    "bsky.app",
    "vk.com",
    "ok.ru",
    "line.me",
    "getpocket.com",
    "weibo.com",
    "qq.com",
    "douban.com",
    "renren.com",
    "baidu.com",
    "douyin.com",
    "people.com.cn",
    "people.cn",
    "xinhuanet.com",
    "news.cn",
    "cctv.com",
    "cctv.cn",
    "china.com.cn",
    "chinanews.com",
    "chinanews.com.cn",
    "chinadaily.com.cn",
    "gmw.cn",
    "youth.cn",
    "cnr.cn",
    "ce.cn",
    "sina.com.cn",
    "sohu.com",
    "163.com",
    "ifeng.com",
];
/// Sisters bear the name of the house: so many letters at the beginning are alike.
const SISTER_CHARS_MIN: usize = 6;

/// The last two labels of a host, or three where the last two are a registry's, such as `com.cn`.
pub fn site(host: &str) -> String {
    let labels: Vec<&str> = host.rsplit('.').collect();
    let is_registry = labels.len() > 2 && labels[0].len() == 2 && labels[1].len() <= 3;
    labels.iter().take(if is_registry { 3 } else { 2 }).rev().copied().collect::<Vec<_>>().join(".")
}

/// Whether a site is none that intruders link: the page's own, a sister, a well-known one, a government's, a school's.
pub fn is_honest(site: &str, home: &str) -> bool {
    let alike = site.bytes().zip(home.bytes()).take_while(|(one, other)| one == other).count();
    let is_public = site.split('.').skip(1).any(|label| matches!(label, "gov" | "edu" | "mil" | "ac" | "int"));
    site == home || alike >= SISTER_CHARS_MIN || is_public || KNOWN.contains(&site)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_told_from_sisters_and_well_known_sites() {
        assert_eq!(site("www.news.example.com.cn"), "example.com.cn");
        assert_eq!(site("img.news.example"), "news.example");
        let check = |site: &str, expected: bool| assert_eq!(is_honest(site, "riverdaily.example"), expected, "{site}");
        check("riverdaily.example", true);
        check("riverdailysports.example", true);
        check("city.gov.cn", true);
        check("weibo.com", true);
        check("rivers.example", false);
        check("casino88.example", false);
    }
}

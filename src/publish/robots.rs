//! `/robots.txt` (RFC 9309): feeds and pages are for all, the admin's paths for nobody.

use crate::model::addresses::Addresses;

/// The file; `sitemap` is the address of our sitemap. Among files there is no admin's path.
pub fn render(sitemap: &str, addresses: Addresses) -> String {
    let closed = if addresses.are_files() { "" } else { "Disallow: /admin\nDisallow: /api/v1/admin/\n" };
    format!("User-agent: *\nAllow: /\n{closed}\nSitemap: {sitemap}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_may_read_the_feeds_and_nobody_the_admins_paths() {
        let text = render("https://example.com/s.xml", Addresses::Queries);
        assert!(text.ends_with("\nSitemap: https://example.com/s.xml\n"));
        let robots = robotxt::Robots::parse(text.as_bytes(), "anybody");
        assert!(robots.is_allowed("/feeds/a.rss") && !robots.is_allowed("/admin"));
        let text = render("https://example.com/s.xml", Addresses::Files { language: "en" });
        assert_eq!(text, "User-agent: *\nAllow: /\n\nSitemap: https://example.com/s.xml\n");
    }
}

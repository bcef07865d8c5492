//! `/robots.txt` (RFC 9309): feeds and pages are for all, the admin's paths for nobody.

/// The file; `sitemap` is the address of our sitemap.
pub fn render(sitemap: &str) -> String {
    format!("User-agent: *\nAllow: /\nDisallow: /admin\nDisallow: /api/v1/admin/\n\nSitemap: {sitemap}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_may_read_the_feeds_and_nobody_the_admins_paths() {
        let text = render("https://example.com/s.xml");
        assert!(text.ends_with("\nSitemap: https://example.com/s.xml\n"));
        let robots = robotxt::Robots::parse(text.as_bytes(), "anybody");
        assert!(robots.is_allowed("/feeds/a.rss") && !robots.is_allowed("/admin"));
    }
}

//! `/robots.txt` (RFC 9309): feeds and pages are for all, the admin's paths for nobody.

/// The file; `sitemap` is the address of our sitemap, if there is one.
pub fn render(sitemap: Option<&str>) -> String {
    let rules = "User-agent: *\nAllow: /\nDisallow: /admin\nDisallow: /api/v1/admin/\n";
    match sitemap {
        Some(sitemap) => format!("{rules}\nSitemap: {sitemap}\n"),
        None => rules.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sitemap_is_named_only_if_there_is_one() {
        assert!(!render(None).contains("Sitemap"));
        assert!(render(Some("https://example.com/s.xml")).ends_with("\nSitemap: https://example.com/s.xml\n"));
        let robots = robotxt::Robots::parse(render(None).as_bytes(), "anybody");
        assert!(robots.is_allowed("/feeds/a.rss") && !robots.is_allowed("/admin"));
    }
}

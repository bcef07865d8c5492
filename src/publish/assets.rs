//! The files that pages and feeds refer to: a stylesheet, a script and two pictures.

use std::sync::LazyLock;

/// Where the logo stands: at one address for ever, for readers keep it.
pub const LOGO_PATH: &str = "/logo.png";

/// The width and height of the logo in pixels: the most that RSS allows in width.
pub const LOGO_PX: u32 = 144;

/// Where the small icon stands.
pub const FAVICON_PATH: &str = "/favicon.ico";

/// How long stylesheet and script may be kept, in seconds: a year, for their names change with them.
pub const NAMED_AGE_S: u32 = 31_536_000;

/// How long the pictures may be kept, in seconds: a day.
pub const PICTURE_AGE_S: u32 = 86_400;

/// What a page may do: use our own stylesheet, script and pictures, ask us, nothing else (`Content-Security-Policy`).
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A file as it is served.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its path.
    pub path: String,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
    /// How long it may be kept, in seconds.
    pub max_age_s: u32,
}

static STYLESHEET: &[u8] = include_bytes!("../../templates/harbinger.css");
static SCRIPT: &[u8] = include_bytes!("../../templates/harbinger.js");
static DASHBOARD_SCRIPT: &[u8] = include_bytes!("../../templates/admin.js");
static LOGO: &[u8] = include_bytes!("../../templates/logo.png");
static FAVICON: &[u8] = include_bytes!("../../templates/favicon.ico");

static STYLESHEET_PATH: LazyLock<String> = LazyLock::new(|| named("harbinger", STYLESHEET, "css"));
static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| named("harbinger", SCRIPT, "js"));

static DASHBOARD_SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| named("admin", DASHBOARD_SCRIPT, "js"));

/// The address of a file, with its hash in the name.
fn named(stem: &str, bytes: &[u8], ending: &str) -> String {
    format!("/assets/{stem}-{}.{ending}", &blake3::hash(bytes).to_hex()[..12])
}

/// Where the stylesheet stands; the name holds its hash.
pub fn stylesheet_path() -> &'static str {
    &STYLESHEET_PATH
}

/// Where the script of the pages stands; the name holds its hash.
pub fn script_path() -> &'static str {
    &SCRIPT_PATH
}

/// Where the script of the dashboard stands; the name holds its hash.
pub fn dashboard_script_path() -> &'static str {
    &DASHBOARD_SCRIPT_PATH
}

/// All of them.
pub fn all() -> [Asset; 5] {
    let asset =
        |path: &str, content_type, bytes, max_age_s| Asset { path: path.to_owned(), content_type, bytes, max_age_s };
    [
        asset(stylesheet_path(), "text/css; charset=utf-8", STYLESHEET, NAMED_AGE_S),
        asset(script_path(), "text/javascript; charset=utf-8", SCRIPT, NAMED_AGE_S),
        asset(dashboard_script_path(), "text/javascript; charset=utf-8", DASHBOARD_SCRIPT, NAMED_AGE_S),
        asset(LOGO_PATH, "image/png", LOGO, PICTURE_AGE_S),
        asset(FAVICON_PATH, "image/x-icon", FAVICON, PICTURE_AGE_S),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logo_is_as_large_as_we_say() {
        // The size stands at a fixed place in a PNG.
        assert_eq!(LOGO[16..24], [LOGO_PX.to_be_bytes(), LOGO_PX.to_be_bytes()].concat());
        assert!(LOGO.len() <= 4096 && FAVICON.len() <= 4096);
        assert_eq!(FAVICON[..4], [0, 0, 1, 0]);
    }

    #[test]
    fn the_stylesheet_asks_for_nothing_else() {
        let css = std::str::from_utf8(STYLESHEET).unwrap();
        assert!(!css.contains("url(") && !css.contains("@import"));
    }
}

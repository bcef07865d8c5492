//! The files that pages, feeds and partner sites refer to: stylesheets, scripts and two pictures.

use std::sync::LazyLock;

/// Where the logo stands: at one address for ever, for readers keep it.
pub const LOGO_PATH: &str = "/logo.png";

/// The width and height of the logo in pixels: the most that RSS allows in width.
pub const LOGO_PX: u32 = 144;

/// Where the small icon stands.
pub const FAVICON_PATH: &str = "/favicon.ico";

/// Where the widget stands: at one address for ever, for partner pages name it.
pub const WIDGET_PATH: &str = "/widget.js";

/// How long the widget may be kept, in seconds: an hour, for its name does not change with it.
pub const WIDGET_AGE_S: u32 = 3_600;

/// How long stylesheet and script may be kept, in seconds: a year, for their names change with them.
pub const NAMED_AGE_S: u32 = 31_536_000;

/// How long the pictures may be kept, in seconds: a day.
pub const PICTURE_AGE_S: u32 = 86_400;

/// What a page may do: use our own stylesheet, script and pictures, nothing else (`Content-Security-Policy`).
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What the page of the API may do besides: ask us.
pub const DOCS_CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What a feed in the window of a browser may do: use its stylesheet.
pub const FEED_CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; frame-ancestors 'none'";

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
static EMBED_STYLESHEET: &[u8] = include_bytes!("../../templates/embed.css");
static FEED_STYLESHEET: &[u8] = include_bytes!("../../templates/feed.css");
static WIDGET: &[u8] = include_bytes!("../../templates/widget.js");
static DOCS_SCRIPT: &[u8] = include_bytes!("../../templates/docs.js");
static SCRIPT: &[u8] = include_bytes!("../../templates/harbinger.js");
static DASHBOARD_SCRIPT: &[u8] = include_bytes!("../../templates/admin.js");
static LOGO: &[u8] = include_bytes!("../../templates/logo.png");
static FAVICON: &[u8] = include_bytes!("../../templates/favicon.ico");

/// The line of the widget that says whether there is somebody to ask.
const WIDGET_IS_ANSWERED: &str = "const isAnswered = true;";

static WIDGET_OF_FILES: LazyLock<String> =
    LazyLock::new(|| String::from_utf8_lossy(WIDGET).replace(WIDGET_IS_ANSWERED, "const isAnswered = false;"));
static STYLESHEET_PATH: LazyLock<String> = LazyLock::new(|| named("harbinger", STYLESHEET, "css"));
static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| named("harbinger", SCRIPT, "js"));
static DASHBOARD_SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| named("admin", DASHBOARD_SCRIPT, "js"));
static EMBED_STYLESHEET_PATH: LazyLock<String> = LazyLock::new(|| named("embed", EMBED_STYLESHEET, "css"));
static FEED_STYLESHEET_PATH: LazyLock<String> = LazyLock::new(|| named("feed", FEED_STYLESHEET, "css"));
static DOCS_SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| named("docs", DOCS_SCRIPT, "js"));

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

/// Where the stylesheet of headline boxes stands; the name holds its hash.
pub fn embed_stylesheet_path() -> &'static str {
    &EMBED_STYLESHEET_PATH
}

/// Where the stylesheet of feeds in a browser stands; the name holds its hash.
pub fn feed_stylesheet_path() -> &'static str {
    &FEED_STYLESHEET_PATH
}

/// Where the script of the API's page stands; the name holds its hash.
pub fn docs_script_path() -> &'static str {
    &DOCS_SCRIPT_PATH
}

/// Those that stand among files: nothing of what only a service shows, and the widget that reads the feeds themselves.
pub fn of_files() -> Vec<Asset> {
    let is_shown = |asset: &Asset| ![dashboard_script_path(), docs_script_path()].contains(&asset.path.as_str());
    let widget = |asset: Asset| match asset.path == WIDGET_PATH {
        true => Asset { bytes: WIDGET_OF_FILES.as_bytes(), ..asset },
        false => asset,
    };
    all().into_iter().filter(is_shown).map(widget).collect()
}

/// All of them.
pub fn all() -> Vec<Asset> {
    let asset =
        |path: &str, content_type, bytes, max_age_s| Asset { path: path.to_owned(), content_type, bytes, max_age_s };
    vec![
        asset(stylesheet_path(), "text/css; charset=utf-8", STYLESHEET, NAMED_AGE_S),
        asset(script_path(), "text/javascript; charset=utf-8", SCRIPT, NAMED_AGE_S),
        asset(dashboard_script_path(), "text/javascript; charset=utf-8", DASHBOARD_SCRIPT, NAMED_AGE_S),
        asset(docs_script_path(), "text/javascript; charset=utf-8", DOCS_SCRIPT, NAMED_AGE_S),
        asset(embed_stylesheet_path(), "text/css; charset=utf-8", EMBED_STYLESHEET, NAMED_AGE_S),
        asset(feed_stylesheet_path(), "text/css; charset=utf-8", FEED_STYLESHEET, NAMED_AGE_S),
        asset(WIDGET_PATH, "text/javascript; charset=utf-8", WIDGET, WIDGET_AGE_S),
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
    fn the_widget_is_small_and_writes_no_markup() {
        assert!(WIDGET.len() < 4096, "{} bytes", WIDGET.len());
        let script = std::str::from_utf8(WIDGET).unwrap();
        for risky in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "cookie =", "Storage"] {
            assert!(!script.contains(risky), "{risky}");
        }
    }

    #[test]
    fn among_files_the_widget_reads_the_feeds_and_nothing_of_the_service_is_there() {
        let script = std::str::from_utf8(WIDGET).unwrap();
        assert_eq!(script.matches(WIDGET_IS_ANSWERED).count(), 1);
        assert!(WIDGET_OF_FILES.contains("const isAnswered = false;"));
        let paths: Vec<_> = of_files().into_iter().map(|asset| asset.path).collect();
        assert_eq!(paths.len(), all().len() - 2, "{paths:?}");
        assert!(!paths.iter().any(|path| path.contains("admin") || path.contains("docs")), "{paths:?}");
    }

    #[test]
    fn the_stylesheets_ask_for_nothing_else() {
        for css in [STYLESHEET, EMBED_STYLESHEET, FEED_STYLESHEET] {
            let css = std::str::from_utf8(css).unwrap();
            assert!(!css.contains("url(") && !css.contains("@import"));
        }
    }
}

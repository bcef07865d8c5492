//! A feed in the window of a browser: the same document, with a stylesheet named at its head and under the type that
//! browsers show rather than save. It stays a feed, also for a reader that was taken for a browser.

use url::Url;

use crate::publish::assets;
use crate::publish::document::Document;

/// The type browsers show.
const XML: &str = "application/xml; charset=utf-8";
/// The end of the XML declaration, behind which the stylesheet is named.
const DECLARATION_END: &[u8] = b"?>";

/// The document with its stylesheet.
pub fn styled(document: &Document, base_url: &Url) -> Document {
    let content = with_stylesheet(&document.identity, base_url);
    Document { policy: Some(assets::FEED_CONTENT_SECURITY_POLICY), ..document.rewritten(XML, content) }
}

/// A feed with its stylesheet. The address of that leaves out the host, so that it works under whatever name the service
/// was opened.
pub fn with_stylesheet(bytes: &[u8], base_url: &Url) -> Vec<u8> {
    let is_end = |at: &usize| bytes[*at..].starts_with(DECLARATION_END);
    let is_declared = bytes.starts_with(b"<?xml");
    let head = if is_declared { (0..bytes.len()).find(is_end).map_or(0, |at| at + DECLARATION_END.len()) } else { 0 };
    let root = base_url.path().trim_end_matches('/');
    let path = assets::feed_stylesheet_path();
    let named = format!("<?xml-stylesheet type=\"text/css\" href=\"{root}{path}\"?>");
    [&bytes[..head], named.as_bytes(), &bytes[head..]].concat()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn the_stylesheet_stands_behind_the_declaration_and_nothing_else_changes() {
        let check = |text: &str, before: &str, after: &str| {
            let document = Document::new("application/atom+xml", text.to_owned(), DateTime::UNIX_EPOCH, 60);
            let styled = styled(&document, &"https://feeds.example/news/".parse().unwrap());
            let path = assets::feed_stylesheet_path();
            let expected = format!("{before}<?xml-stylesheet type=\"text/css\" href=\"/news{path}\"?>{after}");
            assert_eq!(styled.identity, expected);
            assert_eq!(styled.content_type, "application/xml; charset=utf-8");
            assert_ne!(styled.etag, document.etag);
        };
        check("<?xml version=\"1.0\"?>\n<feed>?></feed>", "<?xml version=\"1.0\"?>", "\n<feed>?></feed>");
        check("<feed>?></feed>", "", "<feed>?></feed>");
    }
}

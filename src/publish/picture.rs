//! What the Media RSS extension says of a picture, for the formats that carry it (`media:content`).

/// The namespace of Media RSS, with its final slash.
pub const MEDIA: &str = "http://search.yahoo.com/mrss/";

/// The media type that the ending of a picture's address tells, or `None`: a guess would be worse than nothing.
pub fn media_type(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next()?;
    let (_, ending) = path.rsplit_once('/')?.1.rsplit_once('.')?;
    match ending.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        "avif" => Some("image/avif"),
        "bmp" => Some("image/bmp"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_the_path_tells_the_type() {
        let check = |url: &str, expected: Option<&str>| assert_eq!(media_type(url), expected, "{url}");
        check("https://example.com/a/1.JPG?x=1.png", Some("image/jpeg"));
        check("https://example.com/a.b/1.webp#x", Some("image/webp"));
        check("https://example.com/a.png/", None);
        check("https://example.com/a.png/picture", None);
        check("https://example.com/picture?name=a.png", None);
        check("https://example.com", None);
        check("", None);
    }
}

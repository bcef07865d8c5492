//! The real address of a picture, behind lazy loading and placeholders.

use dom_query::Element;
use url::Url;

use crate::ingest::extract::block::{Block, BlockKind, escape};
use crate::model::article::Image;
use crate::text::plain;

/// Where scripts keep the address until the picture comes into view.
const LAZY: &[&str] = &[
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-lazyload",
    "data-lazy",
    "data-actualsrc",
    "data-echo",
    "data-url",
    "data-original-src",
    "data-hi-res-src",
    "real_src",
    "zoomfile",
    "file",
    "original",
];
/// Parts of addresses that show nothing of the story.
const NO_PICTURE: &[&str] = &[
    "blank.",
    "spacer",
    "placeholder",
    "loading",
    "lazyload",
    "transparent",
    "/1x1",
    "pixel.gif",
    "grey.gif",
    "gray.gif",
    "erweima",
    "qrcode",
    "ewm.",
    "/icon",
    "icon_",
    "share_",
    "/emoji",
    "arrow",
];
/// Smaller pictures are ornaments, in pixels.
const ORNAMENT_PIXELS_MAX: u32 = 40;

/// The block of an `img`; `fallback` is what a surrounding `picture` offers.
pub fn block(element: &Element, fallback: Option<&str>, base: &Url) -> Option<Block> {
    let attribute = |name: &str| value(element, name);
    let size = |name: &str| attribute(name).and_then(|value| value.trim_end_matches("px").parse::<u32>().ok());
    let (width, height) = (size("width"), size("height"));
    if [width, height].into_iter().flatten().any(|pixels| pixels <= ORNAMENT_PIXELS_MAX) {
        return None;
    }
    let url = address(element, base).or_else(|| usable(fallback?, base))?;
    let alt = attribute("alt").map(plain::line).unwrap_or_default();
    let mut html = format!("<img src=\"{}\" alt=\"", url.replace('&', "&amp;"));
    escape(&alt, &mut html);
    html.push('"');
    for (name, size) in [("width", width), ("height", height)] {
        if let Some(pixels) = size {
            html.push_str(&format!(" {name}=\"{pixels}\""));
        }
    }
    html.push('>');
    let mut block = Block::new(BlockKind::Picture, html);
    block.images.push(Image { url, caption: None });
    Some(block)
}

/// The largest picture of a `srcset`.
pub fn largest(srcset: &str) -> Option<&str> {
    let size = |candidate: &&str| {
        let descriptor = candidate.split_whitespace().nth(1).unwrap_or("1x");
        descriptor.trim_end_matches(['w', 'x']).parse::<f32>().map_or(0, |size| (size * 100.0) as u64)
    };
    // Commas also occur in addresses; only those before white space part candidates.
    let candidates = srcset.split(", ").map(str::trim).map(|candidate| candidate.trim_end_matches(','));
    candidates.filter(|candidate| !candidate.is_empty()).max_by_key(size)?.split_whitespace().next()
}

fn address(element: &Element, base: &Url) -> Option<String> {
    let lazy = LAZY.iter().filter_map(|name| value(element, name));
    let sets = ["data-srcset", "srcset"].into_iter().filter_map(|name| largest(value(element, name)?));
    lazy.chain(value(element, "src")).chain(sets).find_map(|address| usable(address, base))
}

/// The absolute address, unless it is a placeholder.
fn usable(address: &str, base: &Url) -> Option<String> {
    let address = address.trim();
    if address.is_empty() || address.starts_with("data:") || address.starts_with('#') {
        return None;
    }
    let url = base.join(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let path = url.path().to_ascii_lowercase();
    let is_file = path.len() > 1 && !NO_PICTURE.iter().any(|part| path.contains(part));
    is_file.then(|| url.into())
}

fn value<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_candidate_of_a_set_wins() {
        let check = |set: &str, expected: Option<&str>| assert_eq!(largest(set), expected, "{set}");
        check("/a.jpg 320w, /b.jpg 1280w, /c.jpg 640w", Some("/b.jpg"));
        check("/a.jpg 1x, /b.jpg 2x", Some("/b.jpg"));
        check("/a,b.jpg", Some("/a,b.jpg"));
        check("", None);
    }

    #[test]
    fn placeholders_are_no_pictures() {
        let base = Url::parse("https://news.example/a/").unwrap();
        let check = |address: &str, expected: Option<&str>| {
            assert_eq!(usable(address, &base).as_deref(), expected, "{address}")
        };
        check("p/1.jpg", Some("https://news.example/a/p/1.jpg"));
        check("//img.example/图.jpg", Some("https://img.example/%E5%9B%BE.jpg"));
        check("/static/blank.gif", None);
        check("data:image/png;base64,AA", None);
        check("javascript:1", None);
    }
}

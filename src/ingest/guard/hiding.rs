//! How pages hide what people are not meant to see: inline styles, simple rules of the page's own style sheet, scripts
//! that fold an element away, and markup that makes it a point.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use dom_query::Element;
use memchr::{memchr_iter, memmem, memrchr};
use regex::Regex;

/// The most of the page's own style sheets that is read, in bytes.
const STYLE_BYTES_MAX: usize = 256 * 1024;
/// The most names that rules hide; a page has a dozen.
const NAMES_MAX: usize = 1_000;
/// A marquee of so many pixels or fewer is a point.
const POINT_PX_MAX: u32 = 3;

/// How a page hides something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hiding {
    /// It does not.
    Visible,
    /// By a rule for its kind or a script, as menus are until they unfold.
    Folded,
    /// By a style of its own that takes it off the page.
    Hidden,
    /// For good: far outside the window, or without size. Only machines are meant to read it.
    OutOfSight,
}

/// What a page's own style sheet and scripts hide, by class and id.
#[derive(Debug, Default)]
pub struct Rules {
    classes: HashMap<String, Hiding>,
    ids: HashMap<String, Hiding>,
}

impl Rules {
    /// Reads the rules of a page; selectors of more than one class or id are passed over.
    pub fn read(html: &str) -> Rules {
        let mut rules = Rules::default();
        let mut bytes = 0;
        for name in ["<style", "<STYLE"] {
            for at in memmem::find_iter(html.as_bytes(), name) {
                let sheet = &html[at..];
                let sheet = memmem::find(sheet.as_bytes(), b"</").map_or(sheet, |end| &sheet[..end]);
                bytes += sheet.len();
                if bytes > STYLE_BYTES_MAX {
                    break;
                }
                rules.read_sheet(sheet.split_once('>').map_or("", |(_, sheet)| sheet));
            }
        }
        for at in memmem::find_iter(html.as_bytes(), "getElementById").take(NAMES_MAX) {
            if let Some(found) = SCRIPTED.captures(&html[at..]) {
                rules.ids.insert(found[1].to_owned(), Hiding::Folded);
            }
        }
        rules
    }

    fn read_sheet(&mut self, sheet: &str) {
        let mut start = 0;
        for end in memchr_iter(b'}', sheet.as_bytes()).chain([sheet.len()]) {
            let rule = &sheet[std::mem::replace(&mut start, end + 1)..end];
            // What stands before the last brace but one is the beginning of a block such as `@media`.
            let Some(brace) = memrchr(b'{', rule.as_bytes()) else { continue };
            let (selectors, declarations) = (&rule[..brace], &rule[brace + 1..]);
            let hiding = match of_style(declarations) {
                Hiding::Visible => continue,
                Hiding::OutOfSight => Hiding::OutOfSight,
                Hiding::Folded | Hiding::Hidden => Hiding::Folded,
            };
            let selectors = selectors.rsplit(['{', ';', '/']).next().unwrap_or("");
            for selector in selectors.split(',').map(str::trim) {
                let names = match selector.split_once(['.', '#']) {
                    Some((tag, _)) if !tag.bytes().all(|byte| byte.is_ascii_alphanumeric()) => continue,
                    Some((tag, _)) if selector[tag.len()..].starts_with('.') => &mut self.classes,
                    Some(_) => &mut self.ids,
                    None => continue,
                };
                let name = &selector[selector.find(['.', '#']).map_or(0, |at| at + 1)..];
                let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
                if is_name && !name.is_empty() && names.len() < NAMES_MAX {
                    names.insert(name.to_owned(), hiding);
                }
            }
        }
    }

    /// How an element is hidden.
    pub fn of(&self, name: &str, element: &Element) -> Hiding {
        self.of_attributes(name, element.attrs.iter().map(|attribute| (&*attribute.name.local, &*attribute.value)))
    }

    /// How an element with this name and these attributes is hidden.
    pub fn of_attributes<'a>(&self, name: &str, attributes: impl Iterator<Item = (&'a str, &'a str)>) -> Hiding {
        let mut hiding = Hiding::Visible;
        let is_marquee = name == "marquee";
        for (attribute, value) in attributes {
            let found = match attribute {
                "hidden" => Hiding::Folded,
                "style" => of_style(value),
                "class" if !self.classes.is_empty() => {
                    let of_class = |class: &str| self.classes.get(class).copied();
                    value.split_ascii_whitespace().filter_map(of_class).next().unwrap_or(Hiding::Visible)
                }
                "id" if !self.ids.is_empty() => self.ids.get(value).copied().unwrap_or(Hiding::Visible),
                "height" | "width" if is_marquee => {
                    let pixels = value.trim().trim_end_matches("px").parse().unwrap_or(u32::MAX);
                    if pixels <= POINT_PX_MAX { Hiding::OutOfSight } else { Hiding::Visible }
                }
                _ => Hiding::Visible,
            };
            hiding = hiding.max(found);
        }
        hiding
    }
}

/// How declarations hide an element.
pub fn of_style(declarations: &str) -> Hiding {
    if !HIDES.is_match(declarations) {
        Hiding::Visible
    } else if OUT_OF_SIGHT.is_match(declarations) || is_box_without_size(declarations) {
        Hiding::OutOfSight
    } else if FOLDED.is_match(declarations) {
        Hiding::Hidden
    } else {
        Hiding::Visible
    }
}

fn is_box_without_size(declarations: &str) -> bool {
    SIZE.is_match(declarations) && OVERFLOW.is_match(declarations)
}

/// Words and signs of which every style that hides holds one; most hold none, and need no closer look.
static HIDES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let words = [
        "none",
        "hidden",
        "collapse",
        "opacity",
        "overflow",
        "font-size",
        "clip",
        "transform",
        "-0",
        "-1",
        "-2",
        "-3",
        "-4",
        "-5",
        "-6",
        "-7",
        "-8",
        "-9",
        "- ",
        "-\t",
        "-\n",
        "-\r",
        "-\u{b}",
        "-\u{c}",
        "-\u{85}",
        "-\u{a0}",
    ];
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words)
        .expect("constant words")
});
/// Styles that fold an element away until a script shows it.
static FOLDED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*(?:0?\.0[0-9]*|0)\s*(?:[^.0-9]|$)",
    )
    .expect("a constant expression")
});
/// Styles that put an element where nobody looks, or make its letters points.
static OUT_OF_SIGHT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:left|right|top|bottom|text-indent|margin(?:-left|-top|-right)?)\s*:\s*(?:0\s+)*-\s*(?:[0-9]{3,}|[2-9][0-9]\s*r?em)|",
        r"font-size\s*:\s*(?:0|1px|0?\.[0-2][0-9]*)\s*(?:[^.0-9]|$)|clip\s*:\s*rect\(\s*(?:[01](?:px)?[\s,]+){3}[01](?:px)?\s*\)|",
        r"clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0|polygon\(\s*0\s*0\s*\))|",
        r"transform\s*:\s*(?:scale[xy3d]*\(\s*0\s*[,)]|translate[xy3d]*\(\s*-[0-9]{3,})",
    ))
    .expect("a constant expression")
});
static SIZE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[\s;{]|max-)(?:height|width)\s*:\s*[01](?:px|em|%)?\s*(?:[^.0-9%a-z]|$)")
        .expect("a constant expression")
});
static OVERFLOW: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)overflow(?:-[xy])?\s*:\s*(?:hidden|clip)").expect("a constant expression"));
/// Scripts that fold an element away.
static SCRIPTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"^getElementById\(\s*["']([\w-]{1,60})["']\s*\)\.style\.(?:display\s*=\s*["']none|visibility\s*=\s*["']hidden)"#,
    )
    .expect("a constant expression")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_hide_are_known() {
        let check = |style: &str, expected: Hiding| assert_eq!(of_style(style), expected, "{style}");
        for style in [
            "position:absolute;left:-9999px",
            "POSITION: absolute; TOP: -999PX",
            "text-indent:-9999px",
            "text-indent: -99em",
            "margin-left:-5000px",
            "margin:0 0 0 -3000px",
            "right : -2000px; position: fixed",
            "font-size:0",
            "font-size:0px;line-height:0",
            "font-size: 1px",
            "height:0;overflow:hidden",
            "overflow:hidden;height:1px",
            "max-height:0px;overflow:hidden",
            "width:1px;height:1px;overflow:hidden;position:absolute",
            "position:absolute;clip:rect(0,0,0,0)",
            "clip: rect(0px 0px 0px 0px)",
            "clip-path:inset(100%)",
            "transform:scale(0)",
            "transform: translateX(-9999px)",
        ] {
            check(style, Hiding::OutOfSight);
        }
        for style in ["display:none", "DISPLAY : NONE !important", "visibility:hidden", "opacity:0", "opacity: 0.0;"] {
            check(style, Hiding::Hidden);
        }
        for style in [
            "",
            "color:#000",
            "margin-left:-15px",
            "left:-20px",
            "text-indent:-2em",
            "opacity:0.8",
            "opacity:.5",
            "font-size:10px",
            "font-size:0.9em",
            "font-size:1.2em",
            "height:100px;overflow:hidden",
            "height:0.5em;overflow:hidden",
            "line-height:1;overflow:hidden",
            "width:100%;overflow:hidden",
            "display:block",
            "z-index:-1000",
        ] {
            check(style, Hiding::Visible);
        }
    }

    #[test]
    fn simple_rules_of_the_pages_own_sheet_are_read() {
        let html = "<style type=text/css>/* c */ .a1 , div.b-2{ position:absolute;left:-9999px }
            @media screen { #c3{display:none} } .d .e{display:none} p{display:none} .f{color:red}</style>
            <script>document.getElementById('g7').style.display = 'none'</script>";
        let rules = Rules::read(html);
        let mut classes: Vec<_> = rules.classes.iter().map(|(name, hiding)| (name.as_str(), *hiding)).collect();
        classes.sort_by_key(|(name, _)| *name);
        assert_eq!(classes, [("a1", Hiding::OutOfSight), ("b-2", Hiding::OutOfSight)]);
        let mut ids: Vec<&str> = rules.ids.keys().map(String::as_str).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["c3", "g7"]);
    }

    proptest::proptest! {
        #[test]
        fn no_sheet_breaks_it(sheet in "[.#a-c{};,:@/ é0-9-]{0,80}") {
            Rules::read(&format!("<style>{sheet}</style>"));
        }
    }
}

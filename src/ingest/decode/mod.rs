//! From a page's bytes to text: which charset it is in, whatever it says.

use std::string::FromUtf8Error;
use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use memchr::memmem;
use regex::bytes::Regex;
use url::Url;

use crate::ingest::fetch::RawPage;

/// Where a page must say its charset, in bytes; browsers look at 1,024, real pages are untidier.
const META_BYTES_MAX: usize = 4096;

/// What the detector reads, in bytes, from the first character outside ASCII.
const DETECT_BYTES_MAX: usize = 64 * 1024;

/// Of this many characters one may be U+FFFD (0.5 %) before the declared charset is doubted.
const CHARS_PER_REPLACED: usize = 200;

/// Of this many characters outside ASCII one may be U+FFFD: on a page that is mostly markup few are many.
const FOREIGN_CHARS_PER_REPLACED: usize = 5;

/// The bytes looked at for UTF-16 that does not say so.
const UTF16_SAMPLE_BYTES: usize = 512;

/// A page as text.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its address.
    pub url: Url,
    /// The text, without a byte order mark.
    pub text: String,
    /// The charset it was read in, as the WHATWG calls it.
    pub charset: &'static str,
    /// Characters lost: how many U+FFFD the text has.
    pub replaced: usize,
}

/// Decodes a page: byte order mark, then UTF-8 if the whole body is, then the HTTP charset, then what the page
/// says in its first 4 KB, then what it looks like. A valid UTF-8 body is not copied.
pub fn text(raw: RawPage) -> Page {
    bytes(raw.url, raw.content_type.as_deref(), raw.body)
}

/// Decodes a body with its address and Content-Type, such as a file's.
pub fn bytes(url: Url, content_type: Option<&str>, body: Vec<u8>) -> Page {
    let body = match valid_utf8(body) {
        Ok(text) => {
            let replaced = if text.is_ascii() { 0 } else { count_replaced(&text) };
            return Page { url, text: without_codes(text), charset: UTF_8.name(), replaced };
        }
        Err(body) => body,
    };
    let encoding = declared(&body, content_type);
    let read = match encoding {
        Some(encoding) => Read::new(&body, encoding).or_better(&body),
        None => Read::new(&body, detected(&body)).or_utf8(&body),
    };
    Page { url, text: without_codes(read.text), charset: read.encoding.name(), replaced: read.replaced }
}

/// The text without the two control characters by which UTF-16 and ISO-2022-JP are known, so that it never looks like
/// either. No document may hold them (XML 1.0 §2.2).
fn without_codes(mut text: String) -> String {
    if memchr::memchr2(0, 0x1b, text.as_bytes()).is_some() {
        text.retain(|character| !matches!(character, '\0' | '\u{1b}'));
    }
    text
}

/// The body as it stands, if it can be nothing but UTF-8.
fn valid_utf8(body: Vec<u8>) -> Result<String, Vec<u8>> {
    if matches!(body.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Err(body);
    }
    // ISO-2022-JP and UTF-16 can be valid ASCII, but not without these.
    if body.is_ascii() && body[..body.len().min(UTF16_SAMPLE_BYTES)].iter().any(|byte| matches!(byte, 0 | 0x1b)) {
        return Err(body);
    }
    let mut text = match String::from_utf8(body) {
        Ok(text) => text,
        Err(error) => without_cut_end(error)?,
    };
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// A UTF-8 body that was cut within its last character, without that.
fn without_cut_end(error: FromUtf8Error) -> Result<String, Vec<u8>> {
    let (is_cut, valid) = (error.utf8_error().error_len().is_none(), error.utf8_error().valid_up_to());
    let mut body = error.into_bytes();
    if !is_cut || body[..valid].is_ascii() {
        return Err(body);
    }
    body.truncate(valid);
    String::from_utf8(body).map_err(|error| error.into_bytes())
}

/// A body read in one charset.
struct Read {
    text: String,
    encoding: &'static Encoding,
    replaced: usize,
}

impl Read {
    fn new(body: &[u8], encoding: &'static Encoding) -> Read {
        let body = Encoding::for_bom(body).map_or(body, |(_, bom_bytes)| &body[bom_bytes..]);
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length(body.len()).unwrap_or(body.len()));
        // Not the last piece as far as the decoder knows: a body cut within a character just ends before it.
        let _ = decoder.decode_to_string(body, &mut text, false);
        // The decoder asks for three times what it needs.
        text.shrink_to_fit();
        // Also those that were lost before, and are written in the charset.
        let replaced = count_replaced(&text);
        Read { text, encoding, replaced }
    }

    /// What the bytes look like instead, if the declared charset loses much and that loses less.
    fn or_better(self, body: &[u8]) -> Read {
        if !self.loses_much() {
            return self;
        }
        let detected = detected(body);
        if detected == self.encoding {
            return self;
        }
        let other = Read::new(body, detected);
        if other.replaced < self.replaced { other } else { self }
    }

    /// UTF-8 with a few broken bytes, which the detector takes for anything but UTF-8.
    fn or_utf8(self, body: &[u8]) -> Read {
        if body.is_ascii() {
            return self;
        }
        let utf8 = Read::new(body, UTF_8);
        if utf8.loses_much() { self } else { utf8 }
    }

    fn loses_much(&self) -> bool {
        if self.replaced == 0 {
            return false;
        }
        let foreign = self.text.chars().filter(|char| !char.is_ascii()).count();
        self.replaced * CHARS_PER_REPLACED > self.text.chars().count()
            || self.replaced * FOREIGN_CHARS_PER_REPLACED > foreign
    }
}

fn count_replaced(text: &str) -> usize {
    memmem::find_iter(text.as_bytes(), "\u{fffd}").count()
}

/// The charset a body declares: byte order mark, HTTP, then itself.
fn declared(body: &[u8], content_type: Option<&str>) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(body) {
        return Some(encoding);
    }
    if let Some(encoding) = looks_like_utf16(body) {
        return Some(encoding);
    }
    let http = content_type.and_then(charset_parameter).and_then(encoding_of);
    match http {
        // Servers send Latin-1 for everything when nobody set them up; a page that says otherwise knows better.
        Some(encoding) if encoding != WINDOWS_1252 => Some(encoding),
        http => said_by_page(body).or(http),
    }
}

/// A charset by its label; GB2312 and GBK mean GB18030, which contains both.
fn encoding_of(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    match encoding {
        _ if encoding == REPLACEMENT || encoding == X_USER_DEFINED => None,
        _ if encoding == GBK => Some(GB18030),
        _ => Some(encoding),
    }
}

fn charset_parameter(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset")?;
    let value = content_type[at + "charset".len()..].trim_start().strip_prefix('=')?;
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    value.split(['"', '\'', ';', ',', ' ', '\t', '>', '/']).next().filter(|value| !value.is_empty())
}

/// What `<meta charset>`, `<meta http-equiv>` or the XML declaration says; UTF-16 said in ASCII is not true.
fn said_by_page(body: &[u8]) -> Option<&'static Encoding> {
    static TAG: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i-u)<!--(?s:.*?)-->|<(?:meta[\s/]|\?xml\s)[^>]*").expect("a constant pattern"));
    static SAID: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i-u)[\s"';/](?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:.-]+)"#).expect("a constant pattern")
    });
    let head = &body[..body.len().min(META_BYTES_MAX)];
    let encoding = TAG
        .find_iter(head)
        .map(|tag| tag.as_bytes())
        .filter(|tag| !tag.starts_with(b"<!--"))
        .filter_map(|tag| SAID.captures(tag))
        .filter_map(|said| encoding_of(std::str::from_utf8(&said[1]).ok()?))
        .next()?;
    let is_utf16 = encoding == UTF_16LE || encoding == UTF_16BE;
    Some(if is_utf16 { UTF_8 } else { encoding })
}

/// UTF-16 without a mark shows by its markup: every second byte of it is zero.
fn looks_like_utf16(body: &[u8]) -> Option<&'static Encoding> {
    let sample = &body[..body.len().min(UTF16_SAMPLE_BYTES)];
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = sample.len() / 5;
    match (even > many, odd > many) {
        (false, true) if even * 8 < odd => Some(UTF_16LE),
        (true, false) if odd * 8 < even => Some(UTF_16BE),
        _ => None,
    }
}

/// What a body looks like. No top-level domain as a hint, which breaks Big5 under `.cn` and GBK under `.tw`, and
/// never the end of the body, which would count a cut character against its charset.
fn detected(body: &[u8]) -> &'static Encoding {
    let has_escape = body.is_ascii() && body.contains(&0x1b);
    let start = if has_escape { 0 } else { Encoding::ascii_valid_up_to(body).saturating_sub(2) };
    let sample = &body[start..body.len().min(start.saturating_add(DETECT_BYTES_MAX))];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, false);
    let encoding = detector.guess(None, Utf8Detection::Allow);
    match encoding {
        _ if encoding == GBK => GB18030,
        _ if encoding == WINDOWS_1252 && body.is_ascii() => UTF_8,
        _ => encoding,
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, EUC_JP, EUC_KR, ISO_2022_JP, KOI8_R, SHIFT_JIS, WINDOWS_1251};
    use proptest::prelude::*;

    use super::*;

    const CHINESE: &str = "冰雪大世界今日开园，来自各地的游客排起长队，市民志愿者为大家送上热茶和地图。";
    const TRADITIONAL: &str = "冰雪大世界今日開園，來自各地的遊客排起長隊，市民志工為大家送上熱茶和地圖。";
    const JAPANESE: &str = "氷の祭りがきょう開幕し、各地から来た人たちが長い列をつくりました。";
    const KOREAN: &str = "얼음 축제가 오늘 문을 열었고 여러 곳에서 온 손님들이 길게 줄을 섰습니다.";
    const RUSSIAN: &str = "Сегодня открылся ледовый городок, и гости из разных мест выстроились в очередь.";

    fn page(body: Vec<u8>, content_type: Option<&str>) -> Page {
        bytes(Url::parse("https://a.example/").unwrap(), content_type, body)
    }

    fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        let (bytes, _, has_unmappable) = encoding.encode(text);
        assert!(!has_unmappable, "{text}");
        bytes.into_owned()
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    fn check(body: Vec<u8>, content_type: Option<&str>, charset: &str, text: &str) {
        let page = page(body, content_type);
        assert_eq!((page.charset, page.text.as_str(), page.replaced), (charset, text, 0));
    }

    /// The same text declared by HTTP, by both kinds of meta, by an XML declaration, and not at all.
    fn check_declarations(encoding: &'static Encoding, label: &str, charset: &str, text: &str) {
        let plain = format!("<html><head><title>{text}</title></head><body><p>{text}</p></body></html>");
        check(encoded(encoding, &plain), Some(&format!("text/html;charset=\"{label}\"")), charset, &plain);
        for head in [
            format!("<meta charset={label}>"),
            format!("<META HTTP-EQUIV='Content-Type' content='text/html; charset={label}'/>"),
            format!("<?xml version=\"1.0\" encoding=\"{label}\"?>"),
            format!("<!-- <meta charset=utf-8> --><meta name=x><meta charset = '{label}' >"),
        ] {
            let said = format!("{head}{plain}");
            check(encoded(encoding, &said), Some("text/html"), charset, &said);
        }
        // The detector may name a sister charset, such as KOI8-U for KOI8-R; the text is the same.
        assert_eq!(page(encoded(encoding, &plain), None).text, plain);
    }

    #[test]
    fn each_charset_is_read_wherever_it_is_declared() {
        check_declarations(UTF_8, "utf-8", "UTF-8", CHINESE);
        check_declarations(GBK, "gb2312", "gb18030", CHINESE);
        check_declarations(GB18030, "GBK", "gb18030", CHINESE);
        check_declarations(BIG5, "big5", "Big5", TRADITIONAL);
        check_declarations(EUC_KR, "euc-kr", "EUC-KR", KOREAN);
        check_declarations(SHIFT_JIS, "shift_jis", "Shift_JIS", JAPANESE);
        check_declarations(EUC_JP, "euc-jp", "EUC-JP", JAPANESE);
        check_declarations(WINDOWS_1251, "windows-1251", "windows-1251", RUSSIAN);
        check_declarations(KOI8_R, "koi8-r", "KOI8-R", RUSSIAN);
        check_declarations(ISO_2022_JP, "iso-2022-jp", "ISO-2022-JP", JAPANESE);
    }

    #[test]
    fn gb2312_means_gb18030_with_its_four_byte_characters() {
        check(encoded(GB18030, "镕𠮷한"), Some("text/html; charset=gb2312"), "gb18030", "镕𠮷한");
    }

    #[test]
    fn utf16_is_read_in_both_orders_with_and_without_a_mark() {
        let html =
            format!("<html><head><title>{CHINESE}</title></head><body><p class=\"first\">{CHINESE}</p></body></html>");
        let marked = format!("\u{feff}{html}");
        for content_type in [None, Some("text/html; charset=utf-16")] {
            check(utf16(&marked, u16::to_le_bytes), content_type, "UTF-16LE", &html);
            check(utf16(&marked, u16::to_be_bytes), content_type, "UTF-16BE", &html);
            check(utf16(&html, u16::to_le_bytes), content_type, "UTF-16LE", &html);
            check(utf16(&html, u16::to_be_bytes), content_type, "UTF-16BE", &html);
        }
    }

    #[test]
    fn characters_lost_before_are_counted_in_every_charset_that_can_write_them() {
        let html = format!("<p class=\"first\">{}\u{fffd}</p>", CHINESE.repeat(10));
        let marked = utf16(&format!("\u{feff}{html}"), u16::to_le_bytes);
        for body in [html.clone().into_bytes(), marked, encoded(GB18030, &html)] {
            let page = page(body, Some("text/html; charset=gb18030"));
            assert_eq!((page.text.as_str(), page.replaced), (html.as_str(), 1), "{}", page.charset);
        }
    }

    #[test]
    fn text_never_looks_like_another_charset_when_it_is_read_again() {
        for bytes in [&b"\xfe\xff\0\0"[..], b"\xfe\xff\0\0\0a", "冰\0a\0b".as_bytes(), "冰\u{1b}$B0a".as_bytes()] {
            let text = page(bytes.to_vec(), None).text;
            assert_eq!(page(text.clone().into_bytes(), None).text, text, "{bytes:?}");
            assert!(!text.contains(['\0', '\u{1b}']), "{text:?}");
        }
    }

    #[test]
    fn what_the_bytes_are_beats_what_is_said_of_them() {
        let utf8 = format!("<meta charset=gbk>{CHINESE}");
        check(utf8.clone().into_bytes(), Some("text/html; charset=big5"), "UTF-8", &utf8);
        check(format!("\u{feff}{utf8}").into_bytes(), Some("text/html; charset=big5"), "UTF-8", &utf8);
        let gbk = format!("<meta charset=utf-8>{CHINESE}");
        check(encoded(GBK, &gbk), Some("text/html; charset=utf-8"), "gb18030", &gbk);
        let latin = format!("<meta charset=gb2312>{CHINESE}");
        check(encoded(GBK, &latin), Some("text/html; charset=ISO-8859-1"), "gb18030", &latin);
        check(b"<p>caf\xe9".to_vec(), Some("text/html; charset=ISO-8859-1"), "windows-1252", "<p>café");
        let false_label = format!("<meta charset=utf-16>{CHINESE}");
        check(false_label.clone().into_bytes(), None, "UTF-8", &false_label);
        check(
            b"<meta charset=gbk>plain".to_vec(),
            Some("text/html; charset=nonsense"),
            "UTF-8",
            "<meta charset=gbk>plain",
        );
    }

    #[test]
    fn a_body_cut_within_a_character_keeps_its_charset() {
        let check_cut = |encoding: &'static Encoding, charset: &str, text: &str| {
            let body = encoded(encoding, &format!("<title>{text}</title>{text}"));
            for cut in 1..=3 {
                let page = page(body[..body.len() - cut].to_vec(), None);
                assert_eq!((page.charset, page.replaced), (charset, 0), "{cut}");
                assert!(page.text.contains(text));
            }
        };
        check_cut(UTF_8, "UTF-8", CHINESE);
        check_cut(GBK, "gb18030", CHINESE);
        check_cut(BIG5, "Big5", TRADITIONAL);
        check_cut(EUC_KR, "EUC-KR", KOREAN);
    }

    #[test]
    fn a_few_broken_bytes_do_not_change_the_charset() {
        let mut body = CHINESE.repeat(20).into_bytes();
        body.insert(300, 0xff);
        for content_type in [None, Some("text/html; charset=utf-8")] {
            let page = page(body.clone(), content_type);
            assert_eq!((page.charset, page.replaced), ("UTF-8", 1));
        }
    }

    #[test]
    fn a_utf8_body_is_not_copied() {
        let body = CHINESE.as_bytes().to_vec();
        let before = body.as_ptr();
        assert_eq!(page(body, None).text.as_ptr(), before);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(body in proptest::collection::vec(any::<u8>(), 0..600), content_type in "(text/html; ?charset=.{0,12})?") {
            page(body, Some(&content_type));
        }

        #[test]
        fn no_markup_breaks_it(body in "(<meta charset=(gbk|big5|utf-16|x)>|<!--|-->|[\u{0}-\u{ff}]|世){0,60}") {
            page(encoded_lossily(&body), None);
        }
    }

    fn encoded_lossily(text: &str) -> Vec<u8> {
        GBK.encode(text).0.into_owned()
    }
}

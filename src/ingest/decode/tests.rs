//! Bytes in every charset that portals write, as they are and as they claim to be.

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
    check(b"<meta charset=gbk>plain".to_vec(), Some("text/html; charset=nonsense"), "UTF-8", "<meta charset=gbk>plain");
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

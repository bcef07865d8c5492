//! Bylines: who wrote, photographed and edited a story, and where it was taken from, in Chinese (both scripts),
//! English, Russian, Japanese and Korean.

mod label;
mod names;
mod prose;
mod shape;
mod words;

use label::Role;

/// The longest text read, in bytes: a header or a footer, not a page.
const TEXT_BYTES_MAX: usize = 8 * 1024;
/// The longest source name, in characters.
const SOURCE_CHARS_MAX: usize = 30;

/// What the bylines of a page say. Names stand as the page writes them, but without the ideographic space
/// that stretches names of two characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Byline {
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Who took the pictures.
    pub photographers: Vec<String>,
    /// The editor in charge.
    pub editor: Option<String>,
    /// Where the story was taken from.
    pub source: Option<String>,
}

impl Byline {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Byline::default()
    }

    /// Takes from another byline what this one does not have.
    pub fn fill(&mut self, other: Byline) {
        if self.authors.is_empty() {
            self.authors = other.authors;
        }
        if self.photographers.is_empty() {
            self.photographers = other.photographers;
        }
        self.editor = self.editor.take().or(other.editor);
        self.source = self.source.take().or(other.source);
    }
}

/// Reads the labels of a header or footer: `来源：… 记者 甲 乙 责任编辑：…`, `By Jane Doe`, `Автор: …`.
pub fn read(text: &str) -> Byline {
    let text = clipped(text);
    let mut byline = Byline::default();
    for line in text.lines() {
        read_line(line, &mut byline);
    }
    shape::read(text, &mut byline);
    byline
}

/// Reads what stands inside the prose of a first or last paragraph or a caption:
/// `本报讯（记者 甲）`, `新华社北京1月9日电（记者 甲 乙）`, `（甲摄）`, `本报记者 甲`.
pub fn in_prose(text: &str) -> Byline {
    lacking(text, &Byline::default())
}

/// The same, but only what is not known yet.
pub fn lacking(text: &str, known: &Byline) -> Byline {
    prose::read(clipped(text), known)
}

/// The names of a line or bracket that holds nothing but Chinese names, known by their surnames; else none.
pub fn signature(line: &str) -> Vec<String> {
    names::signature(line)
}

/// The names of the line below a headline, where one known surname vouches for the rest; else none.
pub fn names_line(line: &str) -> Vec<String> {
    names::line(line)
}

/// The names in a text that is known to be a byline, such as an author's element or a meta tag.
pub fn people(text: &str) -> Vec<String> {
    let byline = read(text);
    if byline.authors.is_empty() && !label::is_present(text) {
        names::people(clipped(text), true)
    } else {
        byline.authors
    }
}

/// How far a meta tag is believed that names a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Its name says that a person wrote the text: `dc.creator`.
    Named,
    /// Content systems fill it with names of sites and programs as well: `author`.
    Doubtful,
}

/// The persons in a meta tag; Chinese names without a known surname only from one that is trusted.
pub fn persons(text: &str, trust: Trust) -> Vec<String> {
    let is_person = |name: &String| {
        let is_han = name.starts_with(names::is_han);
        let is_spelt = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '’' | '·'));
        let is_known = trust == Trust::Named && name.chars().count() <= 4 || names::is_chinese_name(name);
        is_spelt && !names::is_organisation(name) && (!is_han || is_known || name.contains('·'))
    };
    let byline = read(text);
    let people = if byline.authors.is_empty() { names::people(clipped(text), false) } else { byline.authors };
    people.into_iter().filter(is_person).collect()
}

/// The pen name in a meta tag of people who publish themselves, if the page shows it as well.
pub fn pen_name(text: &str, shown: &str) -> Option<String> {
    const CHARS: std::ops::RangeInclusive<usize> = 2..=12;
    let name = text.trim();
    let is_name = CHARS.contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '·'))
        && !names::is_organisation(name)
        && names::people(name, true) == [name];
    let is_shown = || shown.lines().flat_map(str::split_whitespace).any(|word| word == name);
    (is_name && is_shown()).then(|| name.to_owned())
}

/// Whether a name given for a person's is that of an office, a site or a company.
pub fn is_organisation(name: &str) -> bool {
    names::is_organisation(name)
}

/// Whether a text is as long as a Chinese name, and none of an office.
pub fn is_short_han(text: &str) -> bool {
    (2..=4).contains(&text.chars().count())
        && text.chars().all(names::is_han)
        && names::people(text, false) == [text]
        && !names::is_organisation(text)
}

/// The name of a paragraph that holds two or three capitalised Cyrillic words and nothing else; else none.
pub fn cyrillic_signature(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_word = |word: &&str| {
        let mut letters = word.chars();
        letters.next().is_some_and(|c| c.is_uppercase() && matches!(c, '\u{400}'..='\u{4ff}'))
            && letters.all(|c| matches!(c, '\u{430}'..='\u{45f}' | '-' | '.'))
    };
    let is_name = (2..=3).contains(&words.len()) && words.iter().all(is_word) && !text.trim_end().ends_with('.');
    (is_name && !names::is_organisation(text)).then(|| words.join(" "))
}

/// Whether a line holds labels and their values and nothing else, so that it is no part of the story.
pub fn is_byline(line: &str) -> bool {
    let line = line.trim();
    let line = line.strip_prefix("【纠错】").or(line.strip_prefix("[纠错]")).unwrap_or(line);
    let line = line.trim_matches(|c: char| c.is_whitespace() || "（）()【】[]".contains(c));
    line.chars().count() <= 80 && !line.contains(['。', '！', '？']) && label::starts(line) && !read(line).is_empty()
}

fn read_line(line: &str, byline: &mut Byline) {
    let mut is_in_charge = false;
    for (role, value, is_certain) in label::split(line) {
        match role {
            Role::Author => add(&mut byline.authors, names::people(value, is_certain)),
            Role::Photographer => add(&mut byline.photographers, names::people(value, is_certain)),
            Role::AuthorAndPhotographer => {
                let people = names::people(value, is_certain);
                add(&mut byline.authors, people.clone());
                add(&mut byline.photographers, people);
            }
            Role::Editor | Role::EditorInCharge => {
                let people = names::people(value, is_certain);
                if !people.is_empty() && (byline.editor.is_none() || role == Role::EditorInCharge && !is_in_charge) {
                    byline.editor = Some(people.join("、"));
                    is_in_charge = role == Role::EditorInCharge;
                }
            }
            Role::Source if byline.source.is_none() => byline.source = source(value),
            Role::Source | Role::Other => {}
        }
    }
}

fn add(all: &mut Vec<String>, people: Vec<String>) {
    for person in people {
        if !all.contains(&person) {
            all.push(person);
        }
    }
}

/// What stands for a source where nobody knows it.
const NO_SOURCES: &[&str] =
    &["转载", "轉載", "转载文章", "网络", "網絡", "互联网", "本站", "本站原创", "原创", "未知", "不详", "网友"];

/// The name of a source: up to a date, a separator, or, after Han characters, a space.
fn source(value: &str) -> Option<String> {
    let value = value.trim().trim_start_matches(['《', '“', '"', '[', '【', ' ']);
    let end = value
        .find(['|', '\t', '》', '”', '"', '（', '(', '【', '[', ']', '】', '，', ',', '。', ';', '；'])
        .unwrap_or(value.len());
    let value = &value[..end];
    let digits = value.find(|c: char| c.is_ascii_digit()).filter(|at| value[*at..].len() >= 6 && *at > 0);
    let mut value = value[..digits.unwrap_or(value.len())].trim();
    if value.starts_with(names::is_han) {
        value = value.split_whitespace().next().unwrap_or("");
    } else if let Some((before, _)) = value.split_once("  ") {
        value = before;
    }
    let value = value.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：' | '-' | '—' | '/'));
    let count = value.chars().count();
    let is_known = !NO_SOURCES.contains(&value);
    (is_known && (2..=SOURCE_CHARS_MAX).contains(&count) && value.chars().any(char::is_alphabetic))
        .then(|| value.to_owned())
}

fn clipped(text: &str) -> &str {
    let end = (0..=text.len().min(TEXT_BYTES_MAX)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `expected` is authors / photographers / editor / source.
    fn check(byline: Byline, expected: &str) {
        let [editor, source] = [byline.editor, byline.source].map(Option::unwrap_or_default);
        let found = format!("{}/{}/{editor}/{source}", byline.authors.join("+"), byline.photographers.join("+"));
        assert_eq!(found, expected);
    }

    #[test]
    fn labels_of_chinese_pages_are_read() {
        check(read("2026-01-09 10:20 来源：松江晚报 作者：林知秋"), "林知秋///松江晚报");
        check(read("2026年1月9日08:19 [ 林秋 ] 来源：[松江晚报]"), "林秋///松江晚报");
        check(read("Produced By 江城网络 江城发布系统"), "///");
        check(read("来源：转载文章"), "///");
        check(read("稿源: 北方通讯社\n责任编辑：周 岚"), "//周岚/北方通讯社");
        check(read("文章来源：江城日报　记者 林知秋 何　山"), "林知秋+何山///江城日报");
        check(read("記者:馬知遠"), "馬知遠///");
        check(read("本报记者 林知秋 何山 文/图"), "林知秋+何山///");
        check(read("文/图 林知秋、何山"), "林知秋+何山/林知秋+何山//");
        check(read("编辑 周岚 校对 吴越"), "//周岚/");
        check(read("責任編輯：周嵐　來源：江城日報"), "//周嵐/江城日報");
        check(read("摄影：何山"), "/何山//");
        check(read("来源：新华网 | 2026年01月09日 10:20:30"), "///新华网");
        check(read("作者：zboy99"), "zboy99///");
        check(read("（记者 林知秋 通讯员 何山）"), "林知秋///");
        check(read("□本报记者 林　秋"), "林秋///");
        check(read("文｜慕容白 编辑｜习书瑶"), "慕容白//习书瑶/");
        check(read("文/本报记者 林知秋　图/何山"), "林知秋/何山//");
        check(read("采写/江城日报记者 林知秋 何山"), "林知秋+何山///");
        check(read("采写：林知秋"), "林知秋///");
        check(read("2026/01/09　江城日報　記者卓文彥報導"), "卓文彥///");
        check(read("江城郵報／記者溫若蘭／海濱報導"), "溫若蘭///");
        check(read("编辑：何山 责任编辑：周岚"), "//周岚/");
        check(read("责任编辑：周岚_JC01"), "//周岚/");
        check(read("由海边人张贴 @ 2005-06-14 03:25:55"), "海边人///");
        check(read("海边人 发表于 2005-06-14 03:25"), "海边人///");
        check(read("本报综合报道 记者节特别报道"), "///");
        check(read("新闻|图片|视频|文字|评论"), "///");
        check(read("图：江边的冰灯连成一片"), "///");
    }

    #[test]
    fn other_languages_are_read() {
        check(read("By Jane Doe and John Smith"), "Jane Doe+John Smith///");
        check(read("Автор: Иван Лесной"), "Иван Лесной///");
        check(read("Источник: Речной вестник"), "///Речной вестник");
        check(in_prose("홍가람 기자 hong@news.example"), "홍가람///");
        check(read("출처: 강변일보"), "///강변일보");
        check(read("Source: River Daily"), "///River Daily");
        check(read("By Meng Ruoxi in Riverside | River Daily | Updated: 2026-01-08 09:36"), "Meng Ruoxi///River Daily");
        check(read("River Daily | Updated: 2026-01-08 09:36"), "///River Daily");
        check(read("Submitted by Jane Doe on Tue, 01/06/2026"), "Jane Doe///");
        check(read("기사입력 2010-10-12 오후 3:40 / 반하늘 기자"), "반하늘///");
        check(read("Von Henrike Wüst und Jan Moor"), "Henrike Wüst+Jan Moor///");
        check(read("Von der Quelle bis zur Mündung"), "///");
        check(read("By Any Means Necessary"), "///");
        check(read("The coach was sacked by Riverside United on Monday"), "///");
        check(read("Posted on 6 January 2026 by Jane Doe"), "Jane Doe///");
        check(in_prose("（記者・久保田和）"), "久保田和///");
        check(in_prose("The map is checked. (River Wire/Song Qiao)"), "/Song Qiao//");
        check(in_prose("The team won (Home/Away)"), "///");
    }

    #[test]
    fn prose_names_its_reporters() {
        check(in_prose("本报讯（记者林知秋）昨日，江城初雪。"), "林知秋///");
        check(in_prose("北江社江城1月9日电（记者林知秋、何山）江城初雪。"), "林知秋+何山///北江社");
        check(in_prose("北江网江城1月9日电 (林知秋 何山)江城初雪。"), "林知秋+何山///");
        check(in_prose("本报讯 记者林知秋、何山报道：江城初雪。"), "林知秋+何山///");
        check(in_prose("攤商學手語。記者溫若蘭／攝影"), "/溫若蘭//");
        check(in_prose("北江社江城1月9日电（记者骆雨、向南）江城初雪。"), "骆雨+向南///北江社");
        check(in_prose("（记者向何山了解到）"), "///");
        check(in_prose("江上的冰灯。（何山摄）"), "/何山//");
        check(in_prose("江上的冰灯。本报记者 何山 摄"), "/何山//");
        check(in_prose("江边河畔·江城晚报记者林知秋/文受访者供图"), "林知秋///");
        check(in_prose("江城初雪，路面干净。（林知秋 何山 ）"), "林知秋+何山///");
        check(in_prose("江城初雪，路面干净。（见右图）"), "///");
        check(in_prose("整合 江城日报·融媒记者 林知秋"), "林知秋///");
        check(in_prose("记者从省文旅厅获悉，江城初雪。"), "///");
    }

    #[test]
    fn prose_is_no_byline() {
        check(read("记者从省文旅厅获悉，江城初雪。"), "///");
        check(read("据作者介绍，此书写了三年。"), "///");
        assert!(!is_byline("记者从省文旅厅获悉，江城初雪。"));
        assert!(is_byline("（责任编辑：周岚）"));
        assert!(is_byline("【纠错】 【责任编辑:周岚 】"));
        check(read("编辑：周岚 返回江城网，查看更多"), "//周岚/");
        assert!(is_byline("记者:林知秋"));
        assert_eq!(signature("林知秋、何山"), ["林知秋", "何山"]);
        assert!(signature("冰雪 大世界").is_empty());
        assert!(signature("关注").is_empty());
        assert_eq!(names_line("林知秋、风笑雪"), ["林知秋", "风笑雪"]);
        assert!(names_line("冰雪、早市").is_empty());
        assert_eq!(people("林知秋 何　山"), ["林知秋", "何山"]);
        assert_eq!(people("By Jane Doe"), ["Jane Doe"]);
        assert_eq!(persons("Jane Doe", Trust::Doubtful), ["Jane Doe"]);
        assert!(persons("Board! Team, 江城网络, River Press", Trust::Named).is_empty());
        assert!(persons("Redaktion Moorbote", Trust::Doubtful).is_empty());
        assert_eq!(persons("包一禾", Trust::Named), ["包一禾"]);
        assert!(persons("民政局", Trust::Named).is_empty());
        assert_eq!(pen_name("海边人", "首页\n海边人 关注").as_deref(), Some("海边人"));
        assert_eq!(pen_name("江城网", "首页\n江城网"), None);
        assert_eq!(cyrillic_signature("Анна Ветлугина").as_deref(), Some("Анна Ветлугина"));
        assert_eq!(cyrillic_signature("Читать далее"), None);
        check(read("作者:zboy99 阅读(1660)"), "zboy99///");
        assert_eq!(people("Jane Doe, River News, Senior Staff Writer"), ["Jane Doe"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[记者来源：编辑 摄（）By \\PC]{0,60}") {
            let _ = (read(&text), in_prose(&text), people(&text), is_byline(&text));
        }
    }
}

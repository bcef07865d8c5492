//! The words that announce a name.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

use crate::text::byline::names::{self, is_han};

/// What stands behind a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Author,
    Photographer,
    AuthorAndPhotographer,
    Editor,
    /// The one who answers for the page, where editors of several kinds are named.
    EditorInCharge,
    Source,
    /// A label that only ends the value before it.
    Other,
}

/// Longer labels stand before their own parts; those of `bare` also count without a colon, before a space.
const LABELS: [(Role, &str); 7] = [
    (
        Role::AuthorAndPhotographer,
        r"文\s?[/／、]?\s?[图圖摄攝](?:片)?|[图圖]\s?[/／]?\s?文|文[・、](?:写真|撮影)|text and photos? by",
    ),
    (
        Role::Other,
        r"校对|校對|责任校对|審核|审核|初审|复审|终审|监制|監製|值班\S{0,4}|发布时间|發佈時間|发稿时间|时间|時間|日期|字号|字體|字体|浏览次数|浏览|点击数|点击|阅读|閱讀|分享到|分享|评论|关键词|关键字|标签|打印|通讯员|通訊員|视频|制图|设计|翻译|译者|策划|统筹|主编|社长|電話|电话|邮箱|栏目|频道|原标题|作者单位|updated|published|(?:produced|powered|designed|developed|hosted|sponsored|presented) by",
    ),
    (
        Role::Source,
        r"(?:文章|信息|新闻|新聞|稿件|本文|内容|资料|消息)?(?:来源|來源)(?:于|自)?|稿源|出處|出处|转载自|source|источник|출처|出典",
    ),
    (Role::EditorInCharge, r"责任编辑|責任編輯|责编|責編"),
    (Role::Editor, r"网络编辑|本文编辑|文字编辑|编辑|編輯|編集|(?:web )?editor|редактор|편집"),
    (
        Role::Photographer,
        r"(?:记者|記者)?(?:摄影|攝影)(?:报道|記者|记者)?|供图|供圖|图片|[图圖摄攝]|photos?(?: by)?|фото|사진",
    ),
    (
        Role::Author,
        r"(?:[HAN]{0,6}?(?:本报|本報|本网|本網|见习|見習|实习|實習|首席|特约|特約|特派|全媒体|全媒體|融媒体|总台|央视|驻[HAN]{1,4})|[HAN·]{1,14}?(?:报|報|网|網|社|台|刊|视|新闻|新聞|传媒|客户端|点|號|号))?(?:记者|記者)|作者|撰文|撰稿人?|采写|楼主|发帖人|博主|文字|文|取材・文|聞き手|authors?|written by|submitted by|by|авторы?|текст|기자|글",
    ),
];

/// Labels that need no colon when a space follows.
const BARE: &str = r"(?:记者|記者|编辑|編輯|责编|責編|校对|校對|摄影|攝影|通讯员|通訊員|文\s?[/／]\s?[图圖]|[图圖]\s?[/／]\s?文|by|written by|submitted by|photos? by)$";

static LABEL: LazyLock<Regex> = LazyLock::new(|| names::expression(&pattern()));

/// The same where a text begins: over after a few characters of most texts.
static FIRST_LABEL: LazyLock<Regex> = LazyLock::new(|| names::expression(&format!("^(?:{})", pattern())));

thread_local! {
    /// What a search works in is the thread's own, and ends with it: copies share all but that.
    static OWN_LABEL: Regex = LABEL.clone();
    static OWN_FIRST_LABEL: Regex = FIRST_LABEL.clone();
}

fn pattern() -> String {
    let groups: Vec<_> = LABELS.iter().map(|(_, words)| format!("({words})")).collect();
    format!(
        r"(?i)(?:^|[\s　|｜/／（(【\[。；;，,:：\d□■◎●○◆◇★☆▌])(?:{})(\s*[:：]|[\s　]*[|｜丨／/・][\s　]*|[\s　]+|[(（]|$)",
        groups.join("|")
    )
}

/// Characters and words of which every label holds one, so that most lines need no closer look.
static CORES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let cores = [
        "者",
        "源",
        "编",
        "編",
        "责",
        "責",
        "摄",
        "攝",
        "图",
        "圖",
        "文",
        "撰",
        "采写",
        "楼主",
        "发帖",
        "博主",
        "供图",
        "聞き手",
        "出处",
        "出處",
        "出典",
        "自",
        "by",
        "author",
        "source",
        "editor",
        "photo",
        "автор",
        "текст",
        "источник",
        "редактор",
        "фото",
        "기자",
        "출처",
        "편집",
        "사진",
        "글",
        "Автор",
        "Текст",
        "Источник",
        "Редактор",
        "Фото",
    ];
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(cores).expect("constant words")
});

/// What parts a label from its value beside a colon.
const BARS: [char; 6] = ['|', '｜', '丨', '/', '／', '・'];

/// The labels of a line with their values, and whether a colon makes them certain.
pub fn split(line: &str) -> Vec<(Role, &str, bool)> {
    if !CORES.is_match(line) {
        return Vec::new();
    }
    let marks = OWN_LABEL.with(|label| marks(line, label));
    let ends: Vec<usize> = marks.iter().skip(1).map(|mark| mark.1).chain([line.len()]).collect();
    marks.iter().zip(ends).map(|(mark, end)| (mark.0, &line[mark.2..end.max(mark.2)], mark.3)).collect()
}

/// Each label's role, where it begins and ends, and whether it is certain.
fn marks(line: &str, label: &Regex) -> Vec<(Role, usize, usize, bool)> {
    let mut marks = Vec::new();
    for found in label.captures_iter(line) {
        let Some((role, word)) = (0..LABELS.len()).find_map(|index| Some((LABELS[index].0, found.get(index + 1)?)))
        else {
            continue;
        };
        let (Some(all), Some(end)) = (found.get(0), found.get(LABELS.len() + 1)) else { continue };
        let has_colon = end.as_str().trim_end().ends_with([':', '：']);
        // "图：" also begins captions.
        let is_certain = has_colon && !["图", "圖", "摄", "攝"].contains(&word.as_str());
        let is_count = role == Role::Other && end.as_str().ends_with(['(', '（']);
        // "文｜甲" and "图/乙" name people, "图片|视频" are places of a menu.
        let bar = |text: &str| text.contains(BARS);
        let is_barred = bar(end.as_str())
            && !all.as_str().starts_with(BARS)
            && word.as_str().starts_with(is_han)
            && !line[end.end()..].starts_with(BARS);
        let is_bare = !bar(end.as_str())
            && is_bare(word.as_str())
            && (!word.as_str().eq_ignore_ascii_case("by") || is_byline_place(&line[..word.start()]));
        if has_colon || is_count || is_barred || is_bare {
            marks.push((role, word.start(), end.end(), is_certain));
        }
    }
    marks
}

/// Whether any label stands in the text.
pub fn is_present(text: &str) -> bool {
    !split(text).is_empty()
}

/// Whether the text begins with a label.
pub fn starts(text: &str) -> bool {
    CORES.is_match(text) && OWN_FIRST_LABEL.with(|label| label.is_match(text)) && is_present(text)
}

/// Whether "by" can begin a byline behind this text: not in the middle of a sentence.
fn is_byline_place(before: &str) -> bool {
    static VERB: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:posted|published|written|reported|submitted|edited|created|analysis|opinion|review|compiled|story|words|text|reporting)\W*$")
            .expect("a constant expression")
    });
    let before = before.trim_end();
    !before.ends_with(char::is_alphabetic)
        || ["AM", "PM", "am", "pm", "ST", "DT", "GMT"].iter().any(|end| before.ends_with(end))
        || VERB.is_match(before)
}

fn is_bare(word: &str) -> bool {
    static END: LazyLock<Regex> = LazyLock::new(|| Regex::new(&format!("(?i){BARE}")).expect("a constant expression"));
    END.is_match(word.trim())
}

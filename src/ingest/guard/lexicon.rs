//! The words of injected spam, and how much of a text they cover.

use std::collections::HashSet;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::model::reason::Injection;
use crate::text::fold;

static SPAM: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("lexicon.txt")));

/// Han characters that hold sentences together; keyword lists have none.
const FUNCTION_CHARS: &str = "的了是在和与也就都而及着或之于对从这那有为以将被把我你他她它们";
const SENTENCE_ENDS: &[char] = &['。', '！', '？', '；', '!', '?'];

/// How a text looks to the lexicon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coverage {
    /// Characters inside words of the lexicon, of all word characters: 0 to 1.
    pub share: f64,
    /// Different strong words.
    pub strong: usize,
    /// Different weak words.
    pub weak: usize,
    /// Function characters, of what the words leave: 0 to 1.
    pub function_share: f64,
    /// Whether a sentence ends in it.
    pub has_sentence: bool,
}

impl Coverage {
    /// Why the text is injected, if it is.
    pub fn verdict(&self) -> Option<Injection> {
        let is_spam = self.share >= 0.45 && self.strong >= 2 && self.function_share < 0.04
            || self.share >= 0.55 && self.strong >= 1 && self.strong + self.weak >= 3 && !self.has_sentence
            || self.share >= 0.65 && self.weak >= 6;
        let percent = (self.share * 100.0).round() as usize;
        is_spam.then_some(Injection::Words { words: self.strong + self.weak, percent, is_hidden: false })
    }
}

/// How much of a text the lexicon covers; `None` where a look at the beginnings of its words, which is cheap,
/// shows that it cannot be enough for a verdict.
pub fn coverage(text: &str) -> Option<Coverage> {
    /// The least share of beginnings, two characters each, as one in so many characters.
    const SHARE: usize = 10;
    let hits = SPAM.quick.find_iter(text).count();
    (hits >= 2 && hits * 2 * SHARE >= text.chars().count()).then(|| SPAM.coverage(text))
}

/// Whether a text has words of the lexicon: one strong or two weak.
pub fn has_words(text: &str) -> bool {
    coverage(text).is_some_and(|coverage| coverage.strong >= 1 || coverage.weak >= 2)
}

struct Lexicon {
    words: AhoCorasick,
    strong_words: usize,
    /// The words as pages write them, without folding.
    quick: AhoCorasick,
}

impl Lexicon {
    fn parse(file: &str) -> Lexicon {
        let (mut strong, mut weak) = (Vec::new(), Vec::new());
        let mut is_strong = true;
        for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line {
                "[strong]" => is_strong = true,
                "[weak]" => is_strong = false,
                word if is_strong => strong.push(fold::fold(word)),
                word => weak.push(fold::fold(word)),
            }
        }
        let strong_words = strong.len();
        let all: Vec<String> = strong.into_iter().chain(weak).collect();
        // A quick look needs no whole words: the first two characters, in either script, tell where to look closer.
        let mut beginnings: Vec<String> = all.iter().map(|word| word.chars().take(2).collect()).collect();
        beginnings.extend(TRADITIONAL_BEGINNINGS.iter().map(|word| (*word).to_owned()));
        beginnings.sort();
        beginnings.dedup();
        let builder = |kind| {
            let mut builder = AhoCorasick::builder();
            builder.match_kind(kind).ascii_case_insensitive(true);
            builder
        };
        Lexicon {
            words: builder(MatchKind::LeftmostLongest).build(&all).expect("a small constant list"),
            strong_words,
            // Every text is asked; a table of all steps is the fastest, and this one is small.
            quick: builder(MatchKind::LeftmostFirst)
                .kind(Some(AhoCorasickKind::DFA))
                .build(&beginnings)
                .expect("a small constant list"),
        }
    }

    fn coverage(&self, text: &str) -> Coverage {
        let folded = fold::fold(text);
        let (mut strong, mut weak) = (HashSet::new(), HashSet::new());
        let mut covered = 0;
        let mut rest = String::with_capacity(folded.len());
        let mut end = 0;
        for found in self.words.find_iter(&folded) {
            let word = found.pattern().as_usize();
            if word < self.strong_words {
                strong.insert(word)
            } else {
                weak.insert(word)
            };
            covered += folded[found.range()].chars().count();
            rest.push_str(&folded[end..found.start()]);
            end = found.end();
        }
        rest.push_str(&folded[end..]);
        let total = folded.chars().count().max(1);
        let functions = rest.chars().filter(|c| FUNCTION_CHARS.contains(*c)).count();
        Coverage {
            share: covered as f64 / total as f64,
            strong: strong.len(),
            weak: weak.len(),
            function_share: functions as f64 / total as f64,
            has_sentence: text.contains(SENTENCE_ENDS),
        }
    }
}

/// Beginnings of the lexicon's words as Traditional pages write them, where they differ.
const TRADITIONAL_BEGINNINGS: &[&str] = &[
    "黃頻", "黃片", "黃色", "國產", "歐美", "亞洲", "歐洲", "日韓", "無碼", "有碼", "視頻", "高清", "免費", "線上",
    "在線", "網站", "電影", "觀看", "娛樂", "澳門", "賭場", "開戶", "註冊", "激情", "倫理", "亂倫", "熟婦", "少婦",
    "裸聊", "一區", "二區", "三區", "精品", "久久", "午夜", "福利", "成人",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, is_spam: bool) {
        assert_eq!(coverage(text).and_then(|coverage| coverage.verdict()).is_some(), is_spam, "{text}");
    }

    #[test]
    fn keyword_lists_are_spam_in_either_script() {
        check("免费成人视频在线观看,国产精品一区二区,日韩无码高清,午夜福利影院", true);
        check("免費成人視頻在線觀看，國產精品一區二區，日韓無碼高清", true);
        check("澳门新葡京,真人荷官,百家乐,注册送体验金,皇冠体育投注平台", true);
    }

    #[test]
    fn news_about_such_things_is_news() {
        check("警方在行动中捣毁一个网络赌博平台，抓获开设百家乐赌局的犯罪嫌疑人十二名，涉案资金已被冻结。", false);
        check("网信部门在专项行动中关闭了一批传播色情视频的网站，并对平台提出整改要求。", false);
        check("本届冰雪电影周期间，市民可以在线观看展映影片，部分场次免费。", false);
        check("中国首页 视频", false);
        check("国产大飞机首次降落亚洲最冷的机场，欧美日韩媒体均有报道。", false);
        check("", false);
    }
}

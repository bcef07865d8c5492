//! The words of injected spam, and how much of a text they cover.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::model::reason::Injection;
use crate::model::spam_words::SpamWords;
use crate::text::{fold, simplified};

static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::with(&SpamWords::default()));

/// Beginnings of words up to which a table of all steps is made: it takes up to 8 KB for each.
const TABLE_WORDS_MAX: usize = 1_000;
/// Han characters that hold sentences together; keyword lists have none.
const FUNCTION_CHARS: &str = "的了是在和与也就都而及着或之于对从这那有为以将被把我你他她它们";
/// A text with fewer words of the lexicon is never injected.
pub const WORDS_MIN: usize = 2;
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
    /// Function characters, of what the words leave: 0 to 1; 0 without any word.
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

/// The words, ready to be looked for. Made once; what it is made from is a data file, and what an operator adds.
#[derive(Debug)]
pub struct Lexicon {
    words: AhoCorasick,
    strong_words: usize,
    /// The beginnings of the words as pages write them, without folding.
    quick: AhoCorasick,
}

impl Lexicon {
    /// The words we know.
    pub fn shipped() -> &'static Lexicon {
        &SHIPPED
    }

    /// The words we know and those an operator adds.
    pub fn with(added: &SpamWords) -> Lexicon {
        let mut words = shipped_words();
        words.strong.extend(added.strong.iter().cloned());
        words.weak.extend(added.weak.iter().cloned());
        let fold = |words: &[String]| -> Vec<String> {
            words.iter().map(|word| fold::fold(word)).filter(|word| word.chars().count() >= 2).collect()
        };
        let strong = fold(&words.strong);
        let strong_words = strong.len();
        let all: Vec<String> = strong.into_iter().chain(fold(&words.weak)).collect();
        let builder = |kind| {
            let mut builder = AhoCorasick::builder();
            builder.match_kind(kind).ascii_case_insensitive(true);
            builder
        };
        let beginnings = beginnings(&all);
        // Every text is asked, and a table of all steps is the fastest.
        let kind = (beginnings.len() <= TABLE_WORDS_MAX).then_some(AhoCorasickKind::DFA);
        Lexicon {
            words: builder(MatchKind::LeftmostLongest).build(&all).expect("the settings limit the words"),
            strong_words,
            quick: builder(MatchKind::LeftmostFirst)
                .kind(kind)
                .build(beginnings)
                .expect("the settings limit the words"),
        }
    }

    /// Why a piece of text is injected; `None` for honest text.
    pub fn inspect(&self, text: &str) -> Option<Injection> {
        self.coverage(text)?.verdict()
    }

    /// Whether a text has words of the lexicon: one strong or two weak.
    pub fn has_words(&self, text: &str) -> bool {
        self.coverage(text).is_some_and(|coverage| coverage.strong >= 1 || coverage.weak >= 2)
    }

    /// How much of a text the lexicon covers; `None` where a look at the beginnings of its words, which is cheap,
    /// shows that it cannot be enough for a verdict.
    pub fn coverage(&self, text: &str) -> Option<Coverage> {
        let hits = self.beginnings(text).count();
        can_be_covered(hits, || text.chars().count()).then(|| self.full_coverage(text))
    }

    /// Where words of the lexicon may begin, in bytes: two of them at least are in every text that is injected.
    pub fn beginnings(&self, text: &str) -> impl Iterator<Item = usize> {
        self.quick.find_iter(text).map(|found| found.start())
    }

    fn full_coverage(&self, text: &str) -> Coverage {
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
        let is_function = |c: &char| !c.is_ascii() && FUNCTION_CHARS.contains(*c);
        // Where no word is found, nothing asks what else there is.
        let functions = if covered > 0 { rest.chars().filter(is_function).count() } else { 0 };
        Coverage {
            share: covered as f64 / total as f64,
            strong: strong.len(),
            weak: weak.len(),
            function_share: functions as f64 / total as f64,
            has_sentence: text.contains(SENTENCE_ENDS),
        }
    }
}

/// Whether so many beginnings of words can be enough for a verdict on a text of so many characters.
pub fn can_be_covered(beginnings: usize, chars: impl FnOnce() -> usize) -> bool {
    /// The least share of beginnings, two characters each, as one in so many characters.
    const SHARE: usize = 10;
    beginnings >= WORDS_MIN && beginnings * 2 * SHARE >= chars()
}

/// What the data file lists.
fn shipped_words() -> SpamWords {
    let mut words = SpamWords::default();
    let mut is_strong = true;
    let lines = include_str!("lexicon.txt").lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line {
            "[strong]" => is_strong = true,
            "[weak]" => is_strong = false,
            word if is_strong => words.strong.push(word.to_owned()),
            word => words.weak.push(word.to_owned()),
        }
    }
    words
}

/// The first two characters of each folded word, as pages write them in either script: they tell where to look closer.
fn beginnings(words: &[String]) -> BTreeSet<String> {
    let mut spellings: HashMap<char, Vec<char>> = HashMap::new();
    for c in '\u{3400}'..='\u{9fff}' {
        spellings.entry(simplified::merged(c)).or_default().push(c);
    }
    let spelled = |c: char| spellings.get(&c).cloned().unwrap_or_else(|| vec![c]);
    let mut beginnings = BTreeSet::new();
    for word in words {
        let mut chars = word.chars();
        if let (Some(first), Some(second)) = (chars.next(), chars.next()) {
            for one in spelled(first) {
                beginnings.extend(spelled(second).iter().map(|other| format!("{one}{other}")));
            }
        }
    }
    beginnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, is_spam: bool) {
        assert_eq!(Lexicon::shipped().inspect(text).is_some(), is_spam, "{text}");
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

    #[test]
    fn words_an_operator_adds_count_in_either_script() {
        let added =
            SpamWords { strong: vec!["雪国骰宝".into(), "冰湖轮盘".into()], weak: vec!["开奖".into()] };
        let lexicon = Lexicon::with(&added);
        for text in ["雪国骰宝,冰湖轮盘,今晚开奖", "雪國骰寶，冰湖輪盤，今晚開獎"] {
            assert!(lexicon.inspect(text).is_some(), "{text}");
            assert!(Lexicon::shipped().inspect(text).is_none(), "{text}");
        }
        assert!(lexicon.inspect("警方在冰湖轮盘案中抓获五人，被查处的还有雪国骰宝网站的经营者。").is_none());
    }
}

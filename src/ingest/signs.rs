//! Gathers what a page shows besides its article: spam, injected pieces, strange links, damage, its language.

use url::Url;

use crate::ingest::extract::ExtractedArticle;
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::removed::Removed;
use crate::model::article::CleanArticle;
use crate::model::portal::Portal;
use crate::model::reason::{Injection, Reason};
use crate::model::signs::Signs;
use crate::text::{address, fold, language};

/// Damaged places a thousand characters that count; a text with more is lost.
const DAMAGE_MAX: usize = 100;
/// What stands between a headline and what a site, or an intruder, puts behind it.
const TITLE_SEPARATORS: [char; 12] = ['-', '_', '|', '｜', '–', '—', '―', '【', '】', '>', '《', '》'];

/// What is counted before cleaning.
pub struct Raw {
    /// What the head of the page calls it.
    titles: Vec<String>,
    chars: usize,
    injected_chars: usize,
    text_chars: usize,
    damaged: usize,
}

/// Counts damage and spam, and takes the blocks out that strangers put between those of the story.
pub fn raw(extracted: &mut ExtractedArticle, lexicon: &Lexicon) -> Raw {
    let titles = extracted.page_titles.clone();
    let mut raw = Raw { titles, chars: 0, injected_chars: 0, text_chars: 0, damaged: 0 };
    raw.count_damage(&extracted.title);
    let removed = &mut extracted.removed;
    extracted.body.retain(|block| {
        let chars = raw.count_damage(&block.text);
        raw.text_chars += chars;
        let captions = || block.images.iter().filter_map(|image| lexicon.inspect(image.caption.as_deref()?)).next();
        let text = lexicon.inspect(&block.text);
        if text.is_some() {
            raw.injected_chars += chars;
        }
        let why = text.or_else(captions);
        let is_honest = why.is_none();
        removed.extend(why.map(|why| Removed::new(&block.text, why)));
        is_honest
    });
    raw
}

impl Raw {
    /// Returns how many characters the text has.
    fn count_damage(&mut self, text: &str) -> usize {
        let chars = text.chars().count();
        self.chars += chars;
        self.damaged += text.matches(char::REPLACEMENT_CHARACTER).count();
        // A converter's damage needs a bracket.
        if text.contains([')', '）', '>']) {
            let glosses = fold::strip_glosses(text);
            self.damaged += glosses.stripped + glosses.broken;
        }
        chars
    }

    fn damage(&self) -> u8 {
        let damage = (self.damaged * 1000).div_ceil(self.chars.max(1)).min(DAMAGE_MAX);
        u8::try_from(damage).unwrap_or(u8::MAX)
    }
}

/// The signs of a page. `url` is its address after redirects.
pub fn of(
    raw: &Raw,
    article: &CleanArticle,
    removed: &[Removed],
    portal: &Portal,
    url: &Url,
    lexicon: &Lexicon,
) -> Signs {
    let mut signs = Signs {
        language: primary(&language::of(&article.text, &article.language)),
        spam: spam(raw, article, lexicon),
        has_injected: removed.iter().any(|removed| matches!(removed.why, Reason::Injected(_))),
        damage: raw.damage(),
        ..Signs::default()
    };
    for link in article.html.links().filter_map(|link| Url::parse(link).ok()).filter(Url::has_host) {
        if !address::same_site(&link, url) && !address::is_of(portal, &link) {
            let key = address::key(&link);
            let site = key.split(['/', '?']).next().unwrap_or_default();
            *signs.foreign_links.entry(site.to_owned()).or_default() += 1;
        }
    }
    signs
}

/// Why a page is spam whatever the portal is like.
fn spam(raw: &Raw, article: &CleanArticle, lexicon: &Lexicon) -> Option<String> {
    if let Some(why) = spam_in_title(&article.title, lexicon) {
        return Some(format!("the headline reads like a list of spam words ({why})"));
    }
    // Intruders change what search engines show, and leave what people see as it was.
    if let Some(why) = raw.titles.iter().find_map(|title| spam_in_title(title, lexicon)) {
        return Some(format!("the page's title, as windows and search engines show it, reads like spam ({why})"));
    }
    let Raw { injected_chars, text_chars, .. } = raw;
    if injected_chars * 2 > *text_chars {
        return Some(format!("more than half of the text is spam: {injected_chars} of {text_chars} characters"));
    }
    let why = lexicon.inspect(&article.text)?;
    Some(format!("the text as a whole reads like a list of spam words ({why})"))
}

/// Whether a title, or a part of it between dashes, reads like spam.
fn spam_in_title(title: &str, lexicon: &Lexicon) -> Option<Injection> {
    let parts = title.split(TITLE_SEPARATORS).filter(|part| part.len() < title.len());
    std::iter::once(title).chain(parts).find_map(|part| lexicon.inspect(part))
}

/// The language of a BCP 47 tag, without script and region.
pub fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::decode;
    use crate::ingest::page;

    fn read(html: String) -> page::Reading {
        let url: Url = "https://news.example/a/1.html".parse().unwrap();
        let portal = Portal::unknown(url.clone()).unwrap();
        page::read(&decode::bytes(url, None, html.into_bytes()), &portal).unwrap()
    }

    fn signs(title: &str, body: &str) -> Signs {
        let html = format!(
            "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
        );
        read(html).signs
    }

    fn paragraphs(texts: &[&str]) -> String {
        texts.iter().map(|text| format!("<p>{text}</p>")).collect()
    }

    const STORY: [&str; 3] = [
        "江城今年的第一场雪在清晨落下，环卫工人在天亮之前清扫了主要街道，公交车按时发出了首班车。",
        "气象部门说，这场雪将在傍晚停止，夜间气温会降到零下二十摄氏度，市民出行应当注意防滑。",
        "冰雪乐园的负责人表示，新雪对正在修建的雪雕是一个好消息，园区将在周末按计划向游客开放。",
    ];

    #[test]
    fn an_honest_page_shows_nothing() {
        let signs = signs("江城迎来今冬第一场雪", &paragraphs(&STORY));
        assert_eq!(signs, Signs { language: "zh".into(), ..Signs::default() });
    }

    #[test]
    fn a_headline_of_spam_words_is_spam_also_behind_the_honest_one() {
        let check = |title: &str, is_spam: bool| {
            assert_eq!(signs(title, &paragraphs(&STORY)).spam.is_some(), is_spam, "{title}")
        };
        check("免费成人视频在线观看,国产精品一区二区,日韩无码高清", true);
        check("江城迎来今冬第一场雪并持续到傍晚时分-免费成人视频在线观看,国产精品一区二区", true);
        check("警方捣毁一个网络赌博平台—十二人被抓获", false);
    }

    #[test]
    fn a_title_that_only_search_engines_show_is_seen() {
        let check = |head: &str, is_spam: bool| {
            let html = format!(
                "<html><head>{head}</head><body><article><h1>江城迎来今冬第一场雪</h1>{}</article></body></html>",
                paragraphs(&STORY)
            );
            let signs = read(html).signs;
            assert_eq!(signs.spam.is_some(), is_spam, "{head}");
        };
        check("<title>江城迎来今冬第一场雪_澳门新葡京,真人荷官,百家乐注册送体验金_江城新闻网</title>", true);
        check("<title>【真人荷官百家乐】江城迎来今冬第一场雪</title>", true);
        check(
            "<title>江城迎来今冬第一场雪</title><meta property=og:title content=国产精品一区二区,日韩无码高清>",
            true,
        );
        check("<title>江城迎来今冬第一场雪_江城新闻网_黑土省门户网站_视频</title>", false);
        check("<title>江城迎来今冬第一场雪</title><meta name=keywords content=国产精品一区二区,日韩无码高清>", false);
    }

    #[test]
    fn spam_among_the_keywords_is_dropped() {
        let head = "<title>江城迎来今冬第一场雪</title><meta name=keywords content=国产精品一区二区,日韩无码高清>";
        let reading = read(format!(
            "<html><head>{head}</head><body><h1>江城迎来今冬第一场雪</h1>{}</body></html>",
            paragraphs(&STORY)
        ));
        assert!(reading.article.keywords.is_empty() && reading.signs.has_injected);
    }

    #[test]
    fn a_text_that_is_mostly_spam_is_spam() {
        let spam = "免费成人视频在线观看,国产精品一区二区,日韩无码高清,午夜福利影院,欧美日韩在线免费,真人棋牌注册送金";
        let mostly = signs("江城迎来今冬第一场雪", &paragraphs(&[STORY[0], spam, spam, spam]));
        assert!(mostly.spam.is_some_and(|why| why.contains("more than half")));
        let one = signs("江城迎来今冬第一场雪", &paragraphs(&[STORY[0], STORY[1], STORY[2], spam]));
        assert_eq!((one.spam, one.has_injected), (None, true));
    }

    #[test]
    fn links_to_others_are_counted_by_site() {
        let links = r#"<p>江城日报报道了这场雪，详情见<a href="https://www.one.example/a">一</a>、
            <a href="https://one.example/b?c">二</a>、<a href="http://two.example">三</a>和
            <a href="/a/2.html">四</a>、<a href="https://m.news.example/">五</a>，市民可以继续关注。</p>"#;
        let signs = signs("江城迎来今冬第一场雪", &(paragraphs(&STORY) + links));
        let expected = [("one.example".to_owned(), 2), ("two.example".to_owned(), 1)];
        assert_eq!(signs.foreign_links.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn damage_is_counted_a_thousand_characters() {
        let glossed = "江城發(fā)展關(guān)注經(jīng)濟、農(nóng)業(yè)、網(wǎng)絡與數(shù)字產(chǎn)業(yè)的進步，連續(xù)多年增長。";
        assert_eq!(signs("江城关注产业发展的进步", &paragraphs(&[glossed, glossed, glossed])).damage, 100);
        let torn = "江城今年的第一场\u{fffd}在清晨落下，环卫工人在天亮之前清扫了主要街道，公交车按时发出了首班车。";
        let damage = signs("江城迎来今冬第一场雪", &paragraphs(&[STORY[1], STORY[2], torn])).damage;
        assert!((5..10).contains(&damage), "{damage}");
    }
}

//! Lines of a page that are no part of the story: sharing, printing, rights, related stories.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::ingest::extract::{Block, BlockKind, Removed};
use crate::text::byline;

/// Longer blocks are prose, in characters.
const LINE_CHARS_MAX: usize = 120;
/// Shorter paragraphs may say the same twice, in bytes.
const REPEATED_BYTES_MIN: usize = 20;

/// Why, and the words that tell.
const LINES: [(&str, &str); 6] = [
    (
        "sharing",
        r"(?i)扫码|扫一扫|掃碼|掃一掃|二维码|二維碼|分享(?:到|至)|(?:关注|關注).{0,12}(?:公众号|公眾號|微信|微博|客户端)|微信(?:扫|公众号|号[:：])|^分享[:：]?$|^(?:share|tweet|print|email)(?: this.*| article)?$|share (?:this|on)|follow us|^поделиться|подписывайтесь|공유하기|シェアする|点赞$|^收藏$",
    ),
    (
        "rights",
        r"(?i)版权(?:所有|声明|归)|版權(?:所有|聲明)|未经.{0,16}(?:许可|授权|允许|同意)|未經.{0,16}(?:許可|授權|允許)|ICP[备備证證]|公网安备|公網安備|网安备|網安備|许可证(?:编号|号|[:：])|許可證(?:編號|號|[:：])|免责声明|免責聲明|all rights reserved|^copyright|^©|все права защищены|перепечатка.{0,40}(?:запрещ|разреш)|무단.{0,8}(?:전재|복제|배포)|無断転載|违法和不良信息举报|不代表.{0,6}(?:本网|本站).{0,4}(?:观点|立场)",
    ),
    (
        "navigation",
        r"(?i)^(?:\[|【)?(?:上一篇|下一篇|上一页|下一页|上页|下页|尾页|返回(?:首页|顶部|列表)|关闭(?:窗口|本页)?|打印(?:本页|本文)?|字(?:号|體|体)|我要(?:评论|纠错|投稿)|点击(?:查看|进入|下载)|查看更多|更多(?:新闻|精彩)?$|广告$)|^(?:previous|next|back to top|read more|advertisement|caption|close|image \d+ of /?\s?\d+|реклама|наверх)$|\[(?:打印|关闭|纠错)|【(?:打印|关闭|纠错|打印本页)|下载.{0,10}客户端",
    ),
    (
        "related",
        r"(?i)^[\[【(（■◆●>\s]*(?:相关(?:阅读|新闻|链接|报道|推荐|稿件|专题|文章)|相關(?:閱讀|新聞|鏈接|報道)|延伸(?:阅读|閱讀)|推荐阅读|热点推荐|热门(?:推荐|文章|新闻)|精彩推荐|猜你喜欢|往期(?:回顾|推荐)|更多新闻|related(?: (?:articles|stories|posts|news|coverage))?|read (?:also|next|more:)|see (?:also|more)|don.t miss|watch:|you may also like|читайте (?:также|ещё)|по теме|관련\s?기사|関連記事)",
    ),
    (
        "tools",
        r"^(?:来源|责任编辑|编辑|作者|时间|浏览|点击|评论)\s*[:：]?\s*$|^\(?\s*(?:完|END|end)\s*\)?$|^[_*=~\s-]+$",
    ),
    (
        "comments",
        r"(?i)^(?:网友评论|发表评论|最新评论|评论\s*[(（]?\d+|登录后评论|\d+ comments?|leave a (?:comment|reply)|комментарии)",
    ),
];

/// Drops such lines and lists of related stories; records each.
pub fn drop(blocks: &mut Vec<Block>, removed: &mut Vec<Removed>) {
    let count = blocks.len();
    let mut before = String::new();
    let mut is_related = false;
    let mut at = 0;
    blocks.retain(|block| {
        at += 1;
        let why = why(block, at == count).or_else(|| (is_related && is_listing(block)).then_some("related"));
        // Galleries repeat the captions of their pictures.
        let is_repeated = block.text.len() >= REPEATED_BYTES_MIN && block.text == before;
        let why = why.or_else(|| is_repeated.then_some("the same words again"));
        before.clone_from(&block.text);
        is_related = why == Some("related");
        removed.extend(why.map(|why| Removed::new(&block.text, format!("boilerplate: {why}"))));
        why.is_none()
    });
    // A list of links behind the text leads elsewhere.
    while blocks.len() > 1 && blocks.last().is_some_and(|block| block.kind == BlockKind::List && block.is_links()) {
        removed.extend(blocks.pop().map(|block| Removed::new(&block.text, "boilerplate: links behind the text")));
    }
}

fn why(block: &Block, is_last: bool) -> Option<&'static str> {
    static SET: LazyLock<RegexSet> =
        LazyLock::new(|| RegexSet::new(LINES.map(|(_, words)| words)).expect("constant expressions"));
    let text = block.text.trim();
    if matches!(block.kind, BlockKind::Picture | BlockKind::Media)
        || text.len() > 4 * LINE_CHARS_MAX
        || text.chars().count() > LINE_CHARS_MAX
    {
        return None;
    }
    if let Some(found) = SET.matches(text).iter().next() {
        let is_quoted = found < 2 && text.contains(['“', '「']);
        // A sentence of the story may speak of codes and rights; a line for the reader hardly ends like one.
        let is_story = found == 0 && text.ends_with('。') && text.chars().count() > 40 || is_quoted;
        return (!is_story).then_some(LINES[found].0);
    }
    let is_editor = is_last && EDITOR.is_match(text) && byline::is_byline(text);
    is_editor.then_some("the editor's line")
}

static EDITOR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("责任编辑|責任編輯|责编|責編|编辑[:：]").expect("a constant expression"));

/// Whether a block lists links, as related stories are.
fn is_listing(block: &Block) -> bool {
    block.is_links() || matches!(block.kind, BlockKind::Picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let mut block = Block::new(BlockKind::Paragraph, String::new());
        block.text = text.to_owned();
        assert_eq!(why(&block, false), expected, "{text}");
    }

    #[test]
    fn lines_for_the_reader_go_and_sentences_stay() {
        check("扫描二维码分享到手机", Some("sharing"));
        check("掃碼二維碼分享到手機", Some("sharing"));
        check("版权所有 江城日报报业集团 江ICP备00000000号", Some("rights"));
        check("【打印】【关闭】", Some("navigation"));
        check("相关阅读：", Some("related"));
        check("Read also:", Some("related"));
        check("Все права защищены", Some("rights"));
        check("市民只需在冰雪大世界入口处扫码，即可在手机上查看各个景点的排队时间，省去了在寒风中等候的辛苦。", None);
        check("版权产业的发展为江城带来新机遇", None);
        check("游客排起长队。", None);
    }
}

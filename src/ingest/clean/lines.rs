//! The words of lines that speak to the reader of a page instead of telling the story.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

// Word boundaries are ASCII ones (`(?-u:\b)`), which keep the search a state machine on any text.

/// Longer blocks are prose, in characters.
const LINE_CHARS_MAX: usize = 120;
/// The longest invitation to subscribe or follow, in characters.
const INVITATION_CHARS_MAX: usize = 350;

/// Why, the words a line begins with, and the words that may stand anywhere in it. The two are apart because a search
/// that may only begin at the first character is over after a few.
const LINES: [(&str, &str, &str); 6] = [
    (
        "sharing",
        r"(?i)^分享[:：]?$|^(?:share|tweet|print|email|teilen|drucken|partager|imprimer|compartir|condividi|compartilhar|delen|del|dela|udostępnij)(?: this.*| article)?$|^поделиться|^收藏$",
        r"(?i)扫码|扫一扫|掃碼|掃一掃|二维码|二維碼|分享(?:到|至)|(?:关注|關注).{0,12}(?:公众号|公眾號|微信|微博|客户端)|微信(?:扫|公众号|号[:：])|share (?:this|on|it with)|follow us|sharing is caring|подписывайтесь|공유하기|シェアする|点赞$",
    ),
    (
        "rights",
        r"(?i)^copyright|^©",
        r"(?i)版权(?:所有|声明|归)|版權(?:所有|聲明)|未经.{0,16}(?:许可|授权|允许|同意)|未經.{0,16}(?:許可|授權|允許)|ICP[備备证證]|公网安备|公網安備|网安备|網安備|许可证(?:编号|号|[:：])|許可證(?:編號|號|[:：])|免责声明|免責聲明|all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|tutti i diritti riservati|todos os direitos reservados|(?:is|are) subject to copyright|все права защищены|перепечатка.{0,40}(?:запрещ|разреш)|무단.{0,8}(?:전재|복제|배포)|無断転載|违法和不良信息举报|不代表.{0,6}(?:本网|本站).{0,4}(?:观点|立场)",
    ),
    (
        "navigation",
        r"(?i)^(?:\[|【)?(?:[上下]一[篇则則条條页頁章]|[上下]页|尾页|返回(?:首页|顶部|列表)|关闭(?:窗口|本页)?|打印(?:本页|本文)?|字(?:号|體|体)|我要(?:评论|纠错|投稿)|点击(?:查看|进入|下载)|查看更多|更多(?:新闻|精彩)?$|广告$)|^(?:previous|next|back to top|read more|advert(?:isement)?|anzeige|werbung|publicité|publicidad|pubblicità|publicidade|advertentie|reklama?|annons|annonse|mainos|continue reading(?: below)?|story continues below(?: \w+)?|article continues below(?: \w+)?|caption|close|enlarge image|view gallery|image \d+ of /?\s?\d+|loading content.*|реклама|наверх)$|^(?:click(?:ing)? here to (?:get|sub|sign|down|read|see|watch)|(?:.{0,40}\s)?by clicking here$)",
        r"(?i)this slideshow requires|\[(?:打印|关闭|纠错)|【(?:打印|关闭|纠错|打印本页)|下载.{0,10}客户端",
    ),
    (
        "related",
        r"(?i)^[\[【(（■◆●>\s]*(?:相关(?:阅读|新闻|链接|报道|推荐|稿件|专题|文章)|相關(?:閱讀|新聞|鏈接|報道)|延伸(?:阅读|閱讀)|推荐阅读|热点推荐|热门(?:推荐|文章|新闻)|精彩推荐|猜你喜欢|往期(?:回顾|推荐)|更多新闻|更多(?:内容|內容|报道|報道|推荐|推薦|阅读|閱讀|资讯|資訊)\s*[:：>》]*$|related(?: (?:articles|stories|posts|news|coverage|content|topics))?\s*:?$|related: |read (?:also|next|more:|more (?:on|about|from|at))|see (?:also|more)|also (?:on \S+|read:?|see:?)|more (?:from \S+|great \S+ stories|on this (?:topic|story)|stories:?)|most (?:read|popular|viewed)(?: stories)?$|top stories(?: in .*)?$|(?:popular|trending)(?: (?:now|this week|stories|articles|posts|on .*))?:?$|recommended(?: .{0,30})?:?$|further reading|editor.?s picks?|don.t miss|watch:|(?:you )?(?:may|might) also like|lesen sie (?:auch|mehr|hier)|mehr (?:zum thema|dazu|lesen)|auch interessant|das könnte sie|zum thema:?$|(?:à )?lire (?:aussi|également)|voir aussi|sur le même sujet|à lire sur|lee también|le puede interesar|te puede interesar|ver también|más noticias|más información|noticias relacionadas|leggi anche|leggi pure|ti potrebbe|potrebbe interessarti|leia (?:também|mais)|veja (?:também|mais)|saiba mais|lees ook|lees verder|meer over|läs (?:också|mer|även)|les også|læs også|lue (?:myös|lisää)|czytaj (?:także|też|więcej|również)|zobacz (?:także|też|również)|přečtěte si|čtěte také|mohlo by vás|citește și|vezi și|olvass? (?:el|tovább)|διαβάστε (?:επίσης|ακόμα)|читайте (?:также|ещё|еще)|по теме|материалы по теме|похожие (?:новости|статьи|записи)|самые популярные|관련\s?기사|関連記事)",
        NOTHING,
    ),
    (
        "tools",
        r"(?i)^(?:来源|责任编辑|编辑|作者|时间|浏览|点击|评论)\s*[:：]?\s*$|^\W*(?:完|全文完|本文完|END)\W*$|^[_*=~\s-]+$|^view author archive|^email the author|^follow on twitter|^order reprints|^print article$|^text size$|^tags?$|^tags?:|^via syndigate|^\W*(?:first )?(?:published|updated|posted|last (?:updated|modified))(?: on| at)?\s?[:|]?.{0,60}(?:19|20)\d\d.{0,60}$|^citation: .*retrieved|^(?:\W*(?:不?喜欢|不感兴趣|点?赞|阅读|閱讀|在看|收藏|转发|浏览|人气|热度)\W*(?:\d[\d.,]*\s*[万千wk]?\+?)?){2,}\W*$|^\W*(?:点?赞|阅读|閱讀|浏览|人气|热度)(?:量|数|次数)?\W*\d[\d.,]*\s*[万千wk]?\+?(?:次|人)?\W*$",
        NOTHING,
    ),
    (
        "comments",
        r"(?i)^(?:网友评论|发表评论|最新评论|评论\s*[(（]?\d+|登录后评论|\d* ?comments?$|post comment|leave a (?:comment|reply)|join the (?:conversation|discussion)|tell us what you think|kommentare?(?: \(\d+\))?$|kommentar schreiben|commentaires?$|comentarios?$|commenti?$|comentários?$|reacties$|комментарии|добавить отзыв|оставить комментарий)",
        NOTHING,
    ),
];
/// Matches no line.
const NOTHING: &str = r"[^\s\S]";

/// What these words are found with.
#[derive(Clone)]
struct Expressions {
    /// Which of the lines begins with its words.
    starts: RegexSet,
    /// Which of the lines holds its words.
    holds: RegexSet,
    /// Most lines hold none of these words, which is known sooner than which of them they hold.
    holds_any: Regex,
    /// Asks the reader to subscribe, to follow or to write.
    invitation: Regex,
    /// Who else worked on an agency's story.
    credits: Regex,
}

impl Expressions {
    fn compile() -> Expressions {
        let any = LINES.map(|(_, _, holds)| format!("(?:{holds})")).join("|");
        Expressions {
            starts: RegexSet::new(LINES.map(|(_, starts, _)| starts)).expect("constant expressions"),
            holds: RegexSet::new(LINES.map(|(_, _, holds)| holds)).expect("constant expressions"),
            holds_any: Regex::new(&any).expect("constant expressions"),
            invitation: Regex::new(concat!(
            r"(?i)(?-u:\b)(?:sign up (?:for|to) (?:our|the|my)(?-u:\b).{0,60}(?-u:\b)(?:newsletter|emails?|alerts?|briefing)|subscribe to (?:our|the|my)(?-u:\b).{0,60}|",
            r"(?:delivered|updates|news|headlines|stories|alerts|straight|right)(?-u:\b).{0,40}(?-u:\b)(?:to|in|into) your inbox|",
            r"(?:our|the) (?:free |daily |weekly )*newsletters?(?-u:\b).{0,20}$|delivered through your letterbox|meet your inbox|",
            r"zum newsletter|newsletter (?:abonnieren|bestellen|anmelden)|jetzt (?:abonnieren|anmelden)|abonnez-vous|inscrivez-vous à|",
            r"suscríbete|suscríbase|iscriviti alla|assine (?:a|o|nossa) newsletter|inscreva-se|meld je aan|prenumerera på|zapisz się)|",
            r"(?:^|[.!?] )(?:follow|like|join|find) (?:us|him|her|them|me|@\w+|(?:\S+ ){1,3}on (?:twitter|facebook|instagram))(?-u:\b)|",
            r"подпишитесь|подписаться на|folgen sie uns|suivez-nous|síguenos en|seguici su|siga-nos|volg ons|следите за|on twitter at \S|",
            r"^(?:write to|reach) .{0,60}(?:@|(?-u:\b)at(?-u:\b))|^have a tip\?|^like this (?:story|article)\?|^subscribe(?: (?:now|today|to|here)(?-u:\b)|$)|may earn an affiliate|contain affiliate"
        ))
        .expect("a constant expression"),
            credits: Regex::new(r"(?i)^\W*(?:(?:additional )?reporting by .|editing by .)|^.{0,100}(?-u:\b)contributed to this (?:report|story|article)(?-u:\b)")
        .expect("a constant expression"),
        }
    }
}

thread_local! {
    /// What a search works in is the thread's own, and ends with it: copies share all but that.
    static OWN: Expressions = {
        static COMPILED: LazyLock<Expressions> = LazyLock::new(Expressions::compile);
        COMPILED.clone()
    };
}

/// Whether a line is for the reader of the page; why.
pub fn why(text: &str) -> Option<&'static str> {
    OWN.with(|expressions| found(text, expressions))
}

fn found(text: &str, expressions: &Expressions) -> Option<&'static str> {
    let text = text.trim();
    if text.len() > 4 * INVITATION_CHARS_MAX {
        return None;
    }
    let chars = text.chars().count();
    if chars > LINE_CHARS_MAX {
        return (chars <= INVITATION_CHARS_MAX && is_invitation(text, expressions)).then_some("an invitation");
    }
    let starts = expressions.starts.matches(text).iter().next();
    let holds = expressions.holds_any.is_match(text).then(|| expressions.holds.matches(text).iter().next()).flatten();
    if let Some(found) = starts.into_iter().chain(holds).min() {
        let is_quoted = found < 2 && text.contains(['“', '「']);
        // A sentence of the story may speak of codes and rights; a line for the reader hardly ends like one.
        let is_story = found == 0 && text.ends_with('。') && chars > 40 || is_quoted;
        return (!is_story).then_some(LINES[found].0);
    }
    if text.contains(|c: char| c.is_ascii_alphabetic()) && expressions.credits.is_match(text) {
        return Some("the agency's credits");
    }
    is_invitation(text, expressions).then_some("an invitation")
}

/// Whether a text asks the reader to subscribe, to follow or to write.
fn is_invitation(text: &str, expressions: &Expressions) -> bool {
    // All of them are in Latin or Cyrillic letters.
    text.contains(|c: char| c.is_ascii_alphabetic() || matches!(c, '\u{400}'..='\u{4ff}'))
        && expressions.invitation.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(why(text), expected, "{text}");
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

    #[test]
    fn western_pages_ask_and_lead_on_in_their_languages() {
        check("Sign up for our free daily newsletter and never miss the ice report.", Some("an invitation"));
        check("Get the river news delivered to your inbox every morning.", Some("an invitation"));
        check("Follow Jane Doe on Twitter @janedoe.", Some("an invitation"));
        check("Lesen Sie auch: Eisfest am Fluss eröffnet", Some("related"));
        check("À lire aussi : la fête de la glace", Some("related"));
        check("Leia também", Some("related"));
        check("Reporting by Jane Doe; Editing by John Smith", Some("the agency's credits"));
        check("Residents can sign up for skating lessons at the town hall until Friday.", None);
        check("The newsletter of the skating club was first printed in 1921 and is still read.", None);
        check("Officials asked drivers to follow the signs to the river.", None);
        check("More than a thousand people came to the ice festival.", None);
        check("Popular music filled the square until midnight.", None);
    }
}

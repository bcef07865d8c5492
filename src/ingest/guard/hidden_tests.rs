//! Whole pages with blocks of links that are hidden in every way we know: nearly all must go, and the story must stay.

use crate::ingest::{decode, page};
use crate::model::portal::Portal;
use crate::model::reason::Reason;

const STORY: [&str; 4] = [
    "江城今年的第一场雪在清晨落下，环卫工人在天亮之前清扫了主要街道，公交车按时发出了首班车。",
    "气象部门说，这场雪将在傍晚停止，夜间气温会降到零下二十摄氏度，市民出行应当注意防滑。",
    "冰雪乐园的负责人表示，新雪对正在修建的雪雕是一个好消息，园区将在周末按计划向游客开放。",
    "北岸的老人说，他们从小在河面上滑冰，如今孙辈也在同一片冰面上学会了站立、滑行和转弯。",
];
/// Blocks as wholes: `{}` is where the links stand.
const BLOCKS: [&str; 22] = [
    r#"<div style="display:none">{}</div>"#,
    r#"<div style="DISPLAY: none;">{}</div>"#,
    r#"<div style="visibility:hidden">{}</div>"#,
    r#"<div style="opacity:0">{}</div>"#,
    r#"<div style="position:absolute;left:-9999px">{}</div>"#,
    r#"<div style="position:fixed; top:-1000px;">{}</div>"#,
    r#"<div style="text-indent:-9999px">{}</div>"#,
    r#"<div style="margin-left:-3000px">{}</div>"#,
    r#"<p style="font-size:0">{}</p>"#,
    r#"<span style="font-size:1px;color:#fff">{}</span>"#,
    r#"<div style="height:0;overflow:hidden">{}</div>"#,
    r#"<div style="width:1px;height:1px;overflow:hidden">{}</div>"#,
    r#"<div style="overflow:hidden;max-height:0px">{}</div>"#,
    r#"<div style="position:absolute;clip:rect(0,0,0,0)">{}</div>"#,
    r#"<div style="clip-path:inset(100%)">{}</div>"#,
    r#"<div style="transform:scale(0)">{}</div>"#,
    r#"<marquee width="1" height="1">{}</marquee>"#,
    r#"<marquee height=1px scrollamount=9999>{}</marquee>"#,
    r#"<style>.x1{position:absolute;left:-9999px}</style><div class="a x1">{}</div>"#,
    r#"<style>#x2 { text-indent: -9999px; }</style><ul id="x2">{}</ul>"#,
    r#"<style>.x3{display:none}</style><div class="x3">{}</div>"#,
    r#"<div id="x4">{}</div><script>document.getElementById("x4").style.display="none"</script>"#,
];
const SPAM: [&str; 8] = [
    "澳门新葡京官网",
    "真人荷官百家乐",
    "时时彩平台",
    "六合彩开奖",
    "成人视频在线",
    "国产精品免费",
    "老虎机游戏",
    "棋牌注册送金",
];
const NAMES: [&str; 8] =
    ["北江热线", "山水家园", "东岸商城", "青年之家", "一路同行", "每日鲜果", "云上茶舍", "蓝天装饰"];

fn links(words: &[&str], count: usize, seed: usize) -> String {
    let link = |at: usize| {
        let word = words[(seed + at) % words.len()];
        format!("<a href=\"http://www.{}{at}-{seed}.example/\">{word}</a> ", ["bet", "shop", "vip", "go"][at % 4])
    };
    (0..count).map(link).collect()
}

fn page_with(block: &str, place: usize) -> String {
    let mut parts: Vec<String> = STORY.iter().map(|text| format!("<p>{text}</p>")).collect();
    match place {
        0 => format!("<body>{block}<h1>江城迎来今冬第一场雪</h1><div>{}</div></body>", parts.concat()),
        1 => {
            parts.insert(2, block.to_owned());
            format!("<body><h1>江城迎来今冬第一场雪</h1><div>{}</div></body>", parts.concat())
        }
        _ => format!("<body><h1>江城迎来今冬第一场雪</h1><div>{}</div>{block}</body>", parts.concat()),
    }
}

/// Whether the block was found, and nothing of it published, and the story is whole.
fn is_found(html: &str) -> bool {
    let url: url::Url = "https://news.example/a/1.html".parse().unwrap();
    let portal = Portal::unknown(url.clone()).unwrap();
    let reading = page::read(&decode::bytes(url, None, html.as_bytes().to_vec()), &portal).unwrap();
    assert!(STORY.iter().all(|text| reading.article.text.contains(text)), "{html}");
    let is_injected = reading.removed.iter().any(|removed| matches!(removed.why, Reason::Injected(_)));
    is_injected && !reading.article.html.as_str().contains("-7.example")
}

fn recall(blocks: &[&str], words: &[&str], what: &str) {
    let (mut found, mut all, mut missed) = (0, 0, Vec::new());
    for block in blocks {
        for place in 0..3 {
            for count in [5, 8, 20] {
                let html = page_with(&block.replace("{}", &links(words, count, 7)), place);
                all += 1;
                if is_found(&html) {
                    found += 1;
                } else {
                    missed.push((block, place, count));
                }
            }
        }
    }
    println!("{what}: {found} of {all} found");
    assert!(found * 100 >= all * 97, "{found} of {all}: {missed:?}");
}

#[test]
fn hidden_links_with_words_of_spam_go() {
    recall(&BLOCKS, &SPAM, "with spam words");
}

#[test]
fn hidden_links_with_harmless_words_go_where_no_menu_hides_so() {
    // What a rule or a script folds away may be a menu, so the last two need words of spam.
    recall(&BLOCKS[..20], &NAMES, "with harmless words");
}

#[test]
fn menus_and_lists_of_friends_that_are_folded_away_stay_unflagged() {
    let menu = |hosts: &[&str]| -> String {
        hosts.iter().map(|host| format!("<a href=\"https://www.{host}/\">友情链接</a> ")).collect()
    };
    let friends = menu(&["people.com.cn", "xinhuanet.com", "city.gov.cn", "cctv.com", "gmw.cn", "school.edu.cn"]);
    let share = menu(&["facebook.com", "twitter.com", "weibo.com", "linkedin.com", "youtube.com"]);
    let sisters = menu(&["one.example", "two.example", "three.example", "four.example", "five.example"]);
    for block in [
        format!("<div style=\"display:none\">{friends}</div>"),
        format!("<div style=\"display:none\">{share}</div>"),
        format!("<style>.menu{{display:none}}</style><div class=menu>{sisters}</div>"),
        format!("<div>{sisters}</div>"),
    ] {
        assert!(!is_found(&page_with(&block, 2)), "{block}");
    }
}

//! Large invented pages, made by the thousand for benches and load tests.

use std::fmt::Write;

use crate::sample::article_page;
use crate::sample::sections::SECTIONS;
use crate::sample::words::{Dice, headline, paragraph, person};

const PARAGRAPHS_MIN: usize = 15;
const PARAGRAPHS_MORE: usize = 3;
const PHOTOS: usize = 3;
const MENU_LINKS: usize = 60;
const SCRIPT_LINES: usize = 40;

/// An article page of about `bytes` bytes, of which 5 to 8 KB are the text of the article and the rest is what
/// surrounds it on a portal. The same seed gives the same page, two seeds give two stories.
pub fn big_page(seed: u64, bytes: usize) -> String {
    let mut dice = Dice::new(seed);
    let title = headline(&mut dice);
    let body = body(seed, &mut dice);
    let section = &SECTIONS[dice.below(SECTIONS.len())];
    let day = 1 + seed % 15;
    let time = format!("2026-01-{day:02} {:02}:{:02}", dice.below(24), dice.below(60));
    let byline = format!(
        "<span class=\"time\">{time}</span>\n<span class=\"source\">来源：冰河日报</span>\n\
         <span class=\"author\">记者 {}</span>\n",
        person(&mut dice)
    );
    let credits = format!("<p class=\"editor\">责任编辑：{}</p>", person(&mut dice));
    let head = head(&title, seed, &mut dice);
    let menu = link_items(&mut dice, 0, MENU_LINKS);
    let number = seed.to_string();
    let mut values = vec![
        ("lang", "zh-CN"),
        ("title", title.as_str()),
        ("section", section.title),
        ("section_id", section.id),
        ("number", number.as_str()),
        ("meta", head.as_str()),
        ("nav", menu.as_str()),
        ("byline", byline.as_str()),
        ("body", body.as_str()),
        ("credits", credits.as_str()),
    ];
    let missing = bytes.saturating_sub(article_page::modern(&values).len());
    let related = link_items(&mut dice, missing * 2 / 3, 4);
    let ranking = link_items(&mut dice, missing / 3, 4);
    values.extend([("related", related.as_str()), ("ranking", ranking.as_str())]);
    article_page::modern(&values)
}

/// A list page with these links: address and title of each.
pub fn list_page(links: &[(String, String)]) -> String {
    let mut items = String::new();
    for (address, title) in links {
        // Writing to a string does not fail.
        let _ = writeln!(items, "<li><a href=\"{address}\">{title}</a><span>2026-01-15</span></li>");
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\"><title>滚动新闻-冰河新闻网</title></head>\n\
         <body>\n<div class=\"nav\"><a href=\"/\">首页</a></div>\n<h1>滚动新闻</h1>\n<ul class=\"list\">\n{items}</ul>\n\
         <div class=\"footer\">版权所有冰河日报报业集团</div>\n</body>\n</html>\n"
    )
}

fn body(seed: u64, dice: &mut Dice) -> String {
    let count = PARAGRAPHS_MIN + dice.below(PARAGRAPHS_MORE);
    let mut body = String::new();
    for index in 0..count {
        if index % 5 == 2 && index / 5 < PHOTOS {
            let _ = writeln!(
                body,
                "<figure><img class=\"lazy\" src=\"/images/blank.png\" data-src=\"/pic/{seed}_{index}.png\" alt=\"\">\
                 <figcaption>{}</figcaption></figure>",
                headline(dice)
            );
        }
        let _ = writeln!(body, "<p>{}</p>", paragraph(dice));
    }
    body
}

/// Meta tags, and scripts and styles such as portals carry on every page.
fn head(title: &str, seed: u64, dice: &mut Dice) -> String {
    let mut head = format!("<meta property=\"og:title\" content=\"{title}\">\n<script>\nvar page = {{id: {seed}}};\n");
    for index in 0..SCRIPT_LINES {
        let _ = writeln!(
            head,
            "page.slot{index} = function (box) {{ if (box.width > {}) {{ box.show({}); }} }};",
            dice.below(900),
            dice.below(90_000)
        );
    }
    head + "</script>\n<style>.article-body p{text-indent:2em;line-height:1.8}.sidebar li{height:24px}</style>\n"
}

/// List items with links until they take `bytes`, and at least `count` of them.
fn link_items(dice: &mut Dice, bytes: usize, count: usize) -> String {
    let mut items = String::new();
    let mut made = 0;
    while made < count || items.len() < bytes {
        let section = SECTIONS[dice.below(SECTIONS.len())].id;
        let _ = writeln!(
            items,
            "<li class=\"item\"><a href=\"/{section}/content/2026-01/{:02}/content_{}.html\" target=\"_blank\">{}</a></li>",
            1 + dice.below(15),
            400_000 + dice.below(90_000),
            headline(dice)
        );
        made += 1;
    }
    items
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_big_page_has_about_the_size_asked_for() {
        for (seed, bytes) in [(1, 60_000), (2, 100_000), (3, 150_000)] {
            let length = big_page(seed, bytes).len();
            assert!(length.abs_diff(bytes) < 2_000, "{length} bytes instead of {bytes}");
        }
    }

    #[test]
    fn the_text_of_a_big_page_has_five_to_eight_kilobytes() {
        for seed in 0..50 {
            let page = big_page(seed, 60_000);
            let text: usize = page.lines().filter(|line| line.starts_with("<p>")).map(str::len).sum();
            assert!((5_000..8_500).contains(&text), "seed {seed}: {text} bytes");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_page_and_two_seeds_share_little_text() {
        assert_eq!(big_page(7, 60_000), big_page(7, 60_000));
        let shingles = |seed| {
            let page = big_page(seed, 60_000);
            let text: Vec<char> = page.lines().filter(|line| line.starts_with("<p>")).flat_map(str::chars).collect();
            text.windows(5).map(|window| window.iter().collect::<String>()).collect::<HashSet<_>>()
        };
        let (one, other) = (shingles(7), shingles(8));
        let common = one.intersection(&other).count();
        assert!(common * 4 < one.union(&other).count(), "{common} shingles in common");
    }

    #[test]
    fn a_list_page_holds_its_links_in_order() {
        let page = list_page(&[("/a".to_owned(), "甲".to_owned()), ("/b".to_owned(), "乙".to_owned())]);
        assert!(page.find("<a href=\"/a\">甲</a>").unwrap() < page.find("<a href=\"/b\">乙</a>").unwrap());
    }
}

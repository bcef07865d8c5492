//! What becomes of a story's text on other pages: the edits that must not hide a copy, and bulletins of one form, which
//! look like copies and are none.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::sample::words::{Dice, headline, paragraph, person};
use crate::text::fold;

/// An edit of a text whose paragraphs are lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Traditional characters.
    Traditional,
    /// Traditional characters with the pinyin of some in brackets, as a converting mirror writes them.
    Glossed,
    /// Other punctuation, other spaces.
    Retyped,
    /// Numbers and names put right, and a note that says so.
    Corrected,
    /// One character in fifty lost or replaced.
    Damaged,
    /// One character in ten replaced at random; that this is found is not demanded.
    Scrambled,
    /// A lead and a disclaimer around it, a third as long as the story.
    Wrapped,
    /// Cut after three fifths.
    Cut,
    /// The paragraphs in another order.
    Reordered,
    /// The first half of a paragraph in the words of another hand.
    Rewritten,
}

impl Edit {
    /// Every edit.
    pub const ALL: [Edit; 10] = [
        Edit::Traditional,
        Edit::Glossed,
        Edit::Retyped,
        Edit::Corrected,
        Edit::Damaged,
        Edit::Scrambled,
        Edit::Wrapped,
        Edit::Cut,
        Edit::Reordered,
        Edit::Rewritten,
    ];

    /// The text as another page has it.
    pub fn of(self, text: &str, dice: &mut Dice) -> String {
        match self {
            Edit::Traditional => traditional(text),
            Edit::Glossed => glossed(&traditional(text)),
            Edit::Retyped => text.replace('，', ", ").replace('。', "． ").replace('“', "「").replace('”', "」"),
            Edit::Corrected => corrected(text, dice),
            Edit::Damaged => replaced(text, 50, dice),
            Edit::Scrambled => replaced(text, 10, dice),
            Edit::Wrapped => wrapped(text, dice),
            Edit::Cut => text.chars().take(text.chars().count() * 3 / 5).collect(),
            Edit::Reordered => {
                let mut paragraphs: Vec<&str> = text.lines().collect();
                let middle = paragraphs.len() / 2;
                paragraphs.rotate_left(middle);
                paragraphs.join("\n")
            }
            Edit::Rewritten => {
                let mut paragraphs: Vec<String> = text.lines().map(str::to_owned).collect();
                let at = dice.below(paragraphs.len());
                if let Some(old) = paragraphs.get_mut(at) {
                    let half = old.chars().count() / 2;
                    *old = paragraph(dice).chars().take(half).chain(old.chars().skip(half)).collect();
                }
                paragraphs.join("\n")
            }
        }
    }
}

/// A bulletin of the weather or of a lottery: the same form every day, other numbers.
pub fn bulletin(dice: &mut Dice) -> String {
    let number = |dice: &mut Dice, end: usize| 1 + dice.below(end);
    if dice.below(2) == 0 {
        let mut text = String::from("冰河气象台今天早晨六时发布全市天气预报，请市民留意最新消息，合理安排出行。");
        for district in ["江南区", "江北区", "望雪镇", "松台镇", "石桥镇"] {
            let (high, wind) = (number(dice, 30), number(dice, 7));
            text.push_str(&format!(
                "{district}白天多云，夜间转晴，最高气温零下{high}度，最低气温零下{}度，西北风{wind}级，相对湿度百分之{}。",
                high + number(dice, 12),
                number(dice, 90)
            ));
        }
        text
    } else {
        let mut drawn = || (0..7).map(|_| format!("{:02}", number(dice, 35))).collect::<Vec<_>>().join(" ");
        let (front, back) = (drawn(), drawn());
        format!(
            "冰河体育彩票第26{:03}期开奖公告。本期开奖号码为{front}，上一期开奖号码为{back}。本期全市销售额{}元，\
             一等奖{}注，每注奖金{}元；二等奖{}注，每注奖金{}元。兑奖期限为开奖之日起六十天，逾期作弃奖处理。",
            number(dice, 365),
            number(dice, 9_000_000),
            number(dice, 9),
            number(dice, 5_000_000),
            number(dice, 99),
            number(dice, 200_000)
        )
    }
}

/// What is written for a simplified character where Traditional ones are used; of several, any.
static TRADITIONAL: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let simplified = |c: char| fold::to_simplified(c.encode_utf8(&mut [0; 4])).chars().next();
    ('\u{4e00}'..='\u{9fff}')
        .filter_map(|c| simplified(c).filter(|other| *other != c).map(|other| (other, c)))
        .collect()
});

fn traditional(text: &str) -> String {
    text.chars().map(|c| TRADITIONAL.get(&c).copied().unwrap_or(c)).collect()
}

/// A gloss behind every fortieth character of a word.
fn glossed(text: &str) -> String {
    let mut glossed = String::new();
    for (at, c) in text.chars().enumerate() {
        glossed.push(c);
        if at % 40 == 7 && ('\u{4e00}'..='\u{9fff}').contains(&c) {
            glossed.push_str(["(guān)", "(huì)", "(yǔ)", "(jīng)"][at / 40 % 4]);
        }
    }
    glossed
}

fn corrected(text: &str, dice: &mut Dice) -> String {
    let mut corrected = String::new();
    for c in text.chars() {
        let is_wrong = c.is_ascii_digit() && dice.below(40) == 0;
        corrected.push(if is_wrong { ['一', '二', '三', '四', '五'][dice.below(5)] } else { c });
    }
    format!("{corrected}\n更正：此前报道中的部分数字有误，特此说明。记者{}", person(dice))
}

/// One character in so many is another one.
fn replaced(text: &str, one_in: usize, dice: &mut Dice) -> String {
    let other = |dice: &mut Dice| char::from_u32(0x4e00 + dice.below(0x5000) as u32).unwrap_or('□');
    text.chars().map(|c| if c != '\n' && dice.below(one_in) == 0 { other(dice) } else { c }).collect()
}

fn wrapped(text: &str, dice: &mut Dice) -> String {
    let length = text.chars().count() / 3;
    let mut around = format!("{}，本站转载如下，供读者参考。\n", headline(dice));
    while around.chars().count() < length {
        around.push_str(&paragraph(dice));
    }
    format!("{around}\n{text}\n本文版权归原作者所有，如有侵权请联系我们删除。本站对内容的真实性不作保证。")
}

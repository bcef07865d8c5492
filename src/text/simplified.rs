//! Traditional Chinese characters to Simplified ones.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

use crate::text::script::is_han;

/// The characters whose Simplified form depends on the word they stand in (乾坤 but 乾淨): those for which OpenCC's
/// phrase table disagrees with its character table.
const DEPENDS_ON_WORD: &str = "么乾俱吒噁彷徵於昇沈濛牴畫瞭薹藉衹覆鉅鍊鍾麼麽";

/// The block that the table covers: extension A and the unified ideographs, without the rare planes.
const TABLE_FIRST: char = '\u{3400}';
const TABLE_LAST: char = '\u{9fff}';

static OPENCC: LazyLock<OpenCC> =
    LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).expect("the t2s dictionary is compiled in"));

/// One Simplified character for each of the block: a look-up is fifty times as fast as OpenCC's phrase search,
/// and is right wherever the word does not matter.
static TABLE: LazyLock<Box<[char]>> = LazyLock::new(|| {
    let block: String = (TABLE_FIRST..=TABLE_LAST).flat_map(|c| [c, '\n']).collect();
    let converted = OPENCC.convert(&block);
    let mut table: Box<[char]> = (TABLE_FIRST..=TABLE_LAST).collect();
    for (entry, line) in table.iter_mut().zip(converted.lines()) {
        *entry = line.chars().next().unwrap_or(*entry);
    }
    table
});

/// The text in Simplified characters, word by word as OpenCC converts it; other scripts stay as they are.
pub fn text(text: &str) -> String {
    let mut simplified = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_han) {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| !is_han(c)).unwrap_or(from.len()));
        simplified.push_str(before);
        if run.chars().any(|c| c > TABLE_LAST || DEPENDS_ON_WORD.contains(c)) {
            simplified.push_str(&OPENCC.convert(run));
        } else {
            simplified.extend(run.chars().map(character));
        }
        rest = after;
    }
    simplified.push_str(rest);
    if simplified.contains('著') { aspect(&simplified) } else { simplified }
}

/// Words in which 著 is a word of its own: famous, to write, what was written.
const WRITTEN: [&str; 26] = [
    "著名", "著作", "著者", "著书", "著称", "著录", "著述", "著有", "著文", "著译", "名著", "显著", "卓著", "昭著",
    "巨著", "论著", "原著", "专著", "译著", "编著", "合著", "遗著", "土著", "新著", "所著", "拙著",
];

/// Elsewhere 著 is how Traditional texts of Taiwan write the verb's ending that the mainland writes 着, and OpenCC
/// leaves it.
fn aspect(text: &str) -> String {
    let is_written = |at: usize| {
        let before = text[..at].char_indices().next_back().map_or(at, |(start, _)| start);
        let after = at + '著'.len_utf8();
        let end = text[after..].chars().next().map_or(after, |next| after + next.len_utf8());
        WRITTEN.iter().any(|word| text[before..after] == **word || text[at..end] == **word)
    };
    text.char_indices().map(|(at, c)| if c == '著' && !is_written(at) { '着' } else { c }).collect()
}

/// The Simplified form of one character outside any word; itself if it is not Traditional.
pub fn character(c: char) -> char {
    match c {
        TABLE_FIRST..=TABLE_LAST => TABLE.get(c as usize - TABLE_FIRST as usize).copied().unwrap_or(c),
        '\u{20000}'.. => OPENCC.convert(c.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(c),
        _ => c,
    }
}

/// One character for all that converters exchange for each other, so that a text and its conversion fold alike.
///
/// Where the Simplified form depends on the word, both forms become one; OpenCC also leaves 著, which mainland
/// texts write 着.
pub fn merged(c: char) -> char {
    match character(c) {
        '著' => '着',
        '瞭' => '了',
        '链' => '炼',
        '麽' | '幺' => '么',
        '乾' => '干',
        '藉' => '借',
        '覆' => '复',
        '俱' => '具',
        '濛' => '蒙',
        '锺' => '钟',
        '咤' => '吒',
        '徵' => '征',
        '彷' => '仿',
        '於' => '于',
        '钜' => '巨',
        '沈' => '沉',
        '牴' => '抵',
        '昇' => '升',
        '划' => '画',
        '薹' => '苔',
        '衹' | '祇' => '只',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(text(input), expected);
        assert_eq!(OPENCC.convert(input), expected, "OpenCC itself");
    }

    #[test]
    fn the_verbs_ending_is_written_as_the_mainland_writes_it() {
        let check = |traditional: &str, expected: &str| assert_eq!(text(traditional), expected);
        check("象徵著光芒，看著窗外", "象征着光芒，看着窗外");
        check("著名作家的名著，成效顯著，著有小說", "著名作家的名著，成效显著，著有小说");
        check("著", "着");
    }

    #[test]
    fn words_decide_where_characters_cannot() {
        check("關注經濟發展,連接東西", "关注经济发展,连接东西");
        check("乾坤未變,衣服乾淨", "乾坤未变,衣服干净");
        check("據瞭解,拉鍊與鍊金術", "据了解,拉链与炼金术");
        check("Harbin 하얼빈 ハルビン", "Harbin 하얼빈 ハルビン");
        check("", "");
    }

    #[test]
    fn the_table_agrees_with_opencc_on_every_character() {
        for c in (TABLE_FIRST..=TABLE_LAST).step_by(7).chain("關發濱夢於著乾".chars()) {
            assert_eq!(OPENCC.convert(&c.to_string()), character(c).to_string());
        }
    }

    #[test]
    fn a_conversion_and_its_original_merge() {
        for (traditional, simplified) in
            [("看著", "看着"), ("乾坤", "乾坤"), ("瞭望", "瞭望"), ("瞭解", "了解"), ("計畫", "计划"), ("瀋陽", "沈阳")]
        {
            let merge = |text: &str| text.chars().map(merged).collect::<String>();
            assert_eq!(merge(traditional), merge(simplified));
        }
    }
}

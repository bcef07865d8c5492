//! Names of people in the value of a label.

/// The most names one label gives.
const NAMES_MAX: usize = 12;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 40;

/// Words that stand where a name is expected.
const NOT_NAMES: &[&str] = &[
    "摄",
    "攝",
    "摄影",
    "攝影",
    "报道",
    "報道",
    "通讯员",
    "通訊員",
    "记者",
    "記者",
    "本报记者",
    "本报",
    "编辑",
    "編輯",
    "综合",
    "整理",
    "未知",
    "佚名",
    "网络",
    "匿名",
    "不详",
    "来源",
    "來源",
    "文",
    "图",
    "圖",
    "文图",
    "实习生",
    "发自",
    "责编",
    "责任编辑",
    "校对",
    "供图",
    "原创",
    "转载",
    "admin",
    "administrator",
    "editor",
    "unknown",
    "author",
    "webmaster",
    "root",
    "staff",
    "null",
    "none",
    "undefined",
];

/// Tools of the page that stand beside a byline; what follows them is no name either.
const PAGE_TOOLS: &[&str] = &[
    "打印", "字号", "字號", "字体", "字體", "分享", "收藏", "评论", "評論", "点击", "點擊", "阅读", "閱讀", "浏览",
    "瀏覽", "纠错", "糾錯", "复制", "複製", "关闭", "關閉", "返回", "微信", "微博", "举报", "舉報", "推荐", "推薦",
    "投稿", "手机", "手機", "扫码",
];

/// Last words of what stands beside names in English bylines.
const NOT_LAST_NAMES: &[&str] = &[
    "team",
    "staff",
    "news",
    "media",
    "editor",
    "editors",
    "desk",
    "inc",
    "group",
    "press",
    "agency",
    "reporter",
    "online",
    "admin",
    "studio",
    "writer",
    "correspondent",
    "columnist",
    "business",
    "sports",
    "magazine",
    "bureau",
    "contributor",
    "photographer",
    "journalist",
];

/// Han characters, without kana.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// The names in a text. `is_certain`: a label with a colon or an element says that these are names, so that
/// pen names of any form are taken too.
pub fn people(text: &str, is_certain: bool) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    let text = text.trim_matches(|c: char| c.is_whitespace() || "（）()【】[]《》“”\"'：:-—_|｜".contains(c));
    let pieces =
        text.split(['、', '，', ',', '；', ';', '|', '｜', '/', '／', '&', '\n', '\t', '（', '(', '）', ')', '。']);
    for piece in pieces.flat_map(|piece| piece.split(" and ")).flat_map(|piece| piece.split(" и ")) {
        let is_more_to_come = add_piece(piece.trim(), is_certain, &mut people);
        if !is_more_to_come || people.len() >= NAMES_MAX {
            break;
        }
    }
    people.truncate(NAMES_MAX);
    people
}

/// The most common surnames, and some rarer ones, in both scripts.
const SURNAMES: &str = concat!(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鐘汪田任姜范",
    "方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶",
    "丛叢焦向柳邢路岳齐齊梅莫庄莊辛管祝左涂谷祁时時舒耿牟卜路詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵閔解强強柴华華车車冉房边邊"
);

/// Whether a word looks like a Chinese name.
pub fn is_chinese_name(name: &str) -> bool {
    (2..=3).contains(&name.chars().count()) && name.starts_with(|c| SURNAMES.contains(c)) && name.chars().all(is_han)
}

/// Words of pages that begin like names.
const NO_SIGNATURES: &[&str] = &[
    "关注", "关于", "关闭", "管理", "安全", "高清", "高考", "时尚", "时事", "时政", "时评", "时间", "金融", "文学",
    "文化", "文章", "文摘", "方法", "方案", "常识", "常用", "江湖", "江苏", "江西", "安徽", "温州", "成都", "华商",
    "华东", "华北", "华南", "华中", "游戏", "游客", "车市", "车险", "石油", "路况", "应用", "全部", "祝福", "解读",
    "谢谢", "顾问", "万象", "齐鲁", "鲁菜", "曲艺", "党建", "党政",
];

/// The names of a line that holds nothing else: all look like names, and one has a known surname.
pub fn line(line: &str) -> Vec<String> {
    let people = alone(line);
    let is_vouched = people.len() > 1 && people.iter().any(|name| is_chinese_name(name) && name.chars().count() == 3);
    if is_vouched { people } else { signature(line) }
}

/// The names of a line that holds nothing else, each with a known surname.
pub fn signature(line: &str) -> Vec<String> {
    let people = alone(line);
    let is_name = |name: &String| is_chinese_name(name) && !NO_SIGNATURES.contains(&name.as_str());
    if people.iter().all(is_name) { people } else { Vec::new() }
}

/// What may be the names of a line that holds nothing else.
fn alone(line: &str) -> Vec<String> {
    /// A line of names is short, in characters.
    const LINE_CHARS_MAX: usize = 24;
    let line = line.trim_matches(|c: char| c.is_whitespace() || "（）()【】[]".contains(c));
    let squeezed = |text: &str| text.chars().filter(|c| is_han(*c)).count();
    if line.chars().count() > LINE_CHARS_MAX || line.chars().any(|c| !is_han(c) && !c.is_whitespace() && c != '、') {
        return Vec::new();
    }
    let people = people(line, false);
    let is_all = people.iter().map(|name| squeezed(name)).sum::<usize>() == squeezed(line);
    if is_all { people } else { Vec::new() }
}

/// Takes the names of one piece; false once something else than a name stood there.
fn add_piece(piece: &str, is_certain: bool, people: &mut Vec<String>) -> bool {
    let is_first = people.is_empty();
    let mut push = |name: &str| {
        if !people.iter().any(|person| person == name) {
            people.push(name.to_owned());
        }
    };
    if piece.is_empty() {
        return true;
    }
    if !piece.starts_with(is_han) {
        let name = piece.strip_prefix("By ").or(piece.strip_prefix("by ")).unwrap_or(piece);
        let name = name.split(" ·").flat_map(|name| name.split("  ")).next().unwrap_or(name);
        let words: Vec<&str> = name.split_whitespace().take_while(|word| !word.contains('@')).collect();
        let is_name = is_person(&words) || is_certain && is_first && is_pen_name(&words);
        if is_name {
            push(&words.join(" "));
        }
        return is_name;
    }
    let mut words = piece.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let count = word.chars().count();
        // A space stretches names of two characters to the width of three.
        let joined =
            words.peek().filter(|next| count == 1 && is_han_name(next, 1..=2)).map(|next| format!("{word}{next}"));
        if let Some(name) = joined {
            words.next();
            push(&name);
        } else if NOT_NAMES.contains(&word) || PAGE_TOOLS.contains(&word) {
            // "甲 乙 摄": the names stood before it.
            return false;
        } else if is_han_name(word, 2..=4) || word.contains('·') && is_han_name(word, 3..=16) {
            push(word);
        } else {
            if is_certain && people.is_empty() && is_pen_name(&[word]) {
                people.push(word.to_owned());
            }
            return false;
        }
    }
    true
}

fn is_han_name(word: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&word.chars().count())
        && word.chars().all(|c| is_han(c) || matches!(c, '·' | '•' | '・'))
        && !NOT_NAMES.contains(&word)
        && !word.ends_with(['摄', '攝'])
        && !word.starts_with(['从', '在', '对', '向'])
}

/// One to five capitalised words, or two to four Hangul syllables.
fn is_person(words: &[&str]) -> bool {
    let is_hangul =
        |word: &str| word.chars().all(|c| ('가'..='힣').contains(&c)) && (2..=4).contains(&word.chars().count());
    let is_capitalised = |word: &str| {
        word.starts_with(char::is_uppercase)
            || matches!(
                word,
                "de" | "da" | "di" | "van" | "von" | "der" | "den" | "al" | "bin" | "la" | "le" | "el" | "dos" | "du"
            )
    };
    let has_digits = words.iter().any(|word| word.contains(|c: char| c.is_ascii_digit()));
    let is_desk = words.last().is_some_and(|word| NOT_LAST_NAMES.contains(&word.to_lowercase().as_str()));
    match words {
        _ if is_desk => false,
        [word] if is_hangul(word) => true,
        [first, ..] => {
            (2..=5).contains(&words.len())
                && !has_digits
                && first.starts_with(char::is_uppercase)
                && words.iter().all(|word| is_capitalised(word))
                && words.iter().map(|word| word.chars().count()).sum::<usize>() <= NAME_CHARS_MAX
        }
        [] => false,
    }
}

fn is_pen_name(words: &[&str]) -> bool {
    let count: usize = words.iter().map(|word| word.chars().count()).sum();
    (1..=4).contains(&words.len())
        && (2..=20).contains(&count)
        && words[0].starts_with(char::is_alphanumeric)
        && !words
            .iter()
            .any(|word| word.contains(['。', '！', '？', ':', '：', '=', '<', '>', '@']) || word.starts_with("http"))
        && !NOT_NAMES.contains(&words.join(" ").to_lowercase().as_str())
        && !words.iter().any(|word| PAGE_TOOLS.contains(word))
}

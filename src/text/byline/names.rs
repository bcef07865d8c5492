//! Names of people in the value of a label.

use std::sync::LazyLock;

use regex::Regex;

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
    "视频",
    "图片",
    "专题",
    "新闻",
    "首页",
    "更多",
    "删除",
    "回复",
    "引用",
    "发表",
    "投稿",
    "文字",
    "受访者",
    "资料图",
    "nama",
    "имя",
    "name",
    "nom",
    "nombre",
    "email",
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
    "投稿", "手机", "手機", "扫码", "查看", "上一", "下一", "责任",
];

/// Words that are no part of a person's name, wherever they stand.
const NEVER_IN_NAMES: &[&str] = &[
    "redaktion",
    "redaction",
    "rédaction",
    "redacción",
    "redazione",
    "redação",
    "редакция",
    "editorial",
    "newsroom",
    "staff",
    "team",
    "desk",
    "bureau",
    "inc",
    "llc",
    "gmbh",
    "ltd",
    "news",
    "reuters",
    "associated",
    "bloomberg",
    "means",
    "getty",
    "images",
    "the",
];

/// News agencies that stand where a person is expected.
const AGENCIES: &[&str] =
    &["ap", "afp", "pti", "ani", "ians", "dpa", "efe", "ansa", "tass", "xinhua", "upi", "yonhap", "kyodo", "тасс"];

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
    "bureau",
    "contributor",
    "photographer",
    "journalist",
    "weekly",
    "daily",
    "magazine",
    "insider",
    "editor-at-large",
    "reports",
    "company",
    "university",
];

/// Han characters, without kana.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// The names in a text. `is_certain`: a label with a colon or an element says that these are names, so that
/// pen names of any form are taken too.
pub fn people(text: &str, is_certain: bool) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    let is_edge = |c: char| c.is_whitespace() || "（）()【】[]《》“”\"'：:-—_|｜・".contains(c);
    let text = without_office(text.trim_matches(is_edge)).trim_matches(is_edge);
    let pieces = text.split([
        '、', '，', ',', '；', ';', '|', '｜', '/', '／', '&', '\n', '\t', '（', '(', '）', ')', '。', '_', '丨',
    ]);
    for piece in pieces.flat_map(|piece| ANDS.split(piece)) {
        let is_more_to_come = add_piece(piece.trim(), is_certain, &mut people);
        if !is_more_to_come || people.len() >= NAMES_MAX {
            break;
        }
    }
    people.truncate(NAMES_MAX);
    people
}

static ANDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(" (?:and|AND|und|et|y|и) ").expect("a constant expression"));

/// A value without the office that stands before its names: `本报记者 甲`, `江城日报全媒体记者甲`.
fn without_office(text: &str) -> &str {
    static OFFICE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[\p{Han}·\s]{0,14}?(?:记者|記者|特约撰稿人?|撰稿人|通讯员|实习生)[\s　/／:：・]*")
            .expect("a constant expression")
    });
    if !text.starts_with(is_han) {
        // Behind a bar stands the paper, or where the names were written.
        return text.split(['|', '｜']).next().unwrap_or(text);
    }
    OFFICE.find(text).map_or(text, |found| &text[found.end()..])
}

/// Surnames of two characters.
const LONG_SURNAMES: &[&str] = &[
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "慕容", "皇甫", "尉迟", "尉遲", "公孙", "公孫", "令狐",
    "司徒", "夏侯", "端木", "长孙", "長孫", "宇文", "轩辕", "軒轅", "闻人", "聞人", "澹台", "淳于", "申屠", "呼延",
];

/// The most common surnames, and some rarer ones, in both scripts.
const SURNAMES: &str = concat!(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鐘汪田任姜范",
    "方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶",
    "丛叢焦向柳邢路岳齐齊梅莫庄莊辛管祝左涂谷祁时時舒耿牟卜路詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵閔解强強柴华華车車冉房边邊",
    "卓宗仇阚闞佘丘娄婁佟晏瞿敖冼谌諶饶饒屠窦竇戚嵇裘缪繆仝岑鞠臧宓糜"
);

/// Whether a word looks like a Chinese name.
pub fn is_chinese_name(name: &str) -> bool {
    let count = name.chars().count();
    let is_long = (3..=4).contains(&count) && LONG_SURNAMES.iter().any(|surname| name.starts_with(surname));
    ((2..=3).contains(&count) && name.starts_with(|c| SURNAMES.contains(c)) || is_long) && name.chars().all(is_han)
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
        // What follows tells where or for whom: "Jane Doe in Riverside", "반하늘 기자".
        let is_behind = |word: &str| {
            word.contains('@')
                || matches!(word, "in" | "at" | "for" | "on" | "from" | "reports" | "기자" | "특파원" | "—" | "–" | "-")
        };
        let words: Vec<&str> = name.split_whitespace().take_while(|word| !is_behind(word)).collect();
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
        } else if NOT_NAMES.contains(&word) || PAGE_TOOLS.iter().any(|tool| word.starts_with(tool)) {
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
        && !["报道", "報導", "報道", "报导"].iter().any(|verb| word.ends_with(verb))
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
    let is_desk = words.last().is_some_and(|word| NOT_LAST_NAMES.contains(&word.to_lowercase().as_str()))
        || is_institution(words);
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

/// Whether words name a desk, an agency or a company.
fn is_institution(words: &[&str]) -> bool {
    let lower = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_agency = words.len() == 1 && AGENCIES.contains(&lower(words[0]).as_str());
    is_agency || words.iter().any(|word| NEVER_IN_NAMES.contains(&lower(word).as_str()))
}

/// Whether a name that a page gives for a person's is that of an office, a site or a company.
pub fn is_organisation(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "社",
        "网",
        "網",
        "报",
        "報",
        "台",
        "臺",
        "号",
        "號",
        "刊",
        "编辑部",
        "編輯部",
        "记者",
        "局",
        "院",
        "厅",
        "委",
        "办",
        "中心",
        "公司",
        "客户端",
        "频道",
        "新闻",
        "在线",
        "出版社",
        "大学",
        "学校",
        "学院",
        "集团",
        "协会",
        "部",
        "府",
        "站",
        "论坛",
        "博客",
    ];
    if name.starts_with(is_han) {
        return ENDS.iter().any(|end| name.ends_with(end));
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_desk = words.last().is_some_and(|word| NOT_LAST_NAMES.contains(&word.to_lowercase().as_str()));
    let is_no_name = NOT_NAMES.contains(&name.to_lowercase().as_str()) || name.contains(['*', '@', '/']);
    is_no_name || is_institution(&words) || words.len() > 1 && is_desk
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
        && !is_institution(words)
        && !(words.len() > 1 && words.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit())))
        && !words.iter().any(|word| PAGE_TOOLS.contains(word))
}

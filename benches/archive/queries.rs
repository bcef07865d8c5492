//! What readers ask an archive: words that nearly every article has, rare ones, and words that seldom meet.

/// How many articles match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Matches {
    /// More than are shown.
    Many,
    /// That depends on the size of the archive.
    Some,
    /// None.
    None,
}

/// The queries.
pub const ALL: [(&str, Matches); 40] = [
    // One character.
    ("社", Matches::Many),
    ("冰", Matches::Many),
    ("灯", Matches::Many),
    ("酆", Matches::Some),
    ("龘", Matches::None),
    // Two characters: a pair of neighbours is told by the index alone.
    ("社区", Matches::Many),
    ("锅炉", Matches::Many),
    ("冰场", Matches::Many),
    ("書屋", Matches::Many),
    ("织机", Matches::Many),
    ("臧砚", Matches::Some),
    ("冰河", Matches::Many),
    // Phrases are compared in the texts.
    ("供热公司", Matches::Many),
    ("返鄉青年", Matches::Many),
    ("提前完工", Matches::Many),
    ("三棵树", Matches::Many),
    ("\"图纸改了十一遍\"", Matches::Some),
    ("社区医生", Matches::Many),
    ("智能路灯", Matches::Some),
    ("便民供水管", Matches::Some),
    ("钟楼码头", Matches::Some),
    ("三棵树滑雪场", Matches::Some),
    ("仲澜川", Matches::Some),
    // Neighbours that are usual, and a phrase that is not there.
    ("公司供热", Matches::None),
    ("青年返乡", Matches::None),
    ("护林员采购冰场", Matches::Some),
    // Several words.
    ("社区 冰场", Matches::Many),
    ("供热 锅炉 社区", Matches::Some),
    ("图书馆 博物馆 实验室 剧团", Matches::Some),
    ("太阳能 浮标 渔港", Matches::Some),
    ("博物馆 育秧盘 \"太阳能苗圃\"", Matches::Some),
    ("酆 龘", Matches::None),
    ("雾凇 磨盘 灯塔 枣核 驿马", Matches::Some),
    ("冰河 日报", Matches::Many),
    // Numbers, and what other scripts write.
    ("2026", Matches::Some),
    ("4711", Matches::Some),
    ("4711户", Matches::Some),
    ("17亩", Matches::Some),
    ("harbin", Matches::None),
    ("12月29日", Matches::Some),
];

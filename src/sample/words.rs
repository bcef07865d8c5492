//! Invented newspaper sentences from a seed: enough different ones that two seeds never tell the same story.

/// A small, fast, reproducible source of choices (SplitMix64).
pub struct Dice {
    state: u64,
}

impl Dice {
    /// The same seed gives the same choices.
    pub fn new(seed: u64) -> Dice {
        Dice { state: seed.wrapping_mul(0x2545_F491_4F6C_DD1D) }
    }

    /// A number from 0 up to, and without, `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % (end.max(1) as u64)).expect("below a usize")
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }
}

/// A headline of 15 to 30 characters.
pub fn headline(dice: &mut Dice) -> String {
    let (place, who, does, what) = (place(dice), dice.pick(&WHO), dice.pick(&DOES), thing(dice));
    match dice.below(3) {
        0 => format!("{place}{who}{does}{what}"),
        1 => format!("{what}惠及{}户 {place}{who}{does}新办法", 100 + dice.below(9_000)),
        _ => format!("{place}：{who}{does}{what} {}", dice.pick(&OUTCOME)),
    }
}

/// A paragraph of four or five sentences.
pub fn paragraph(dice: &mut Dice) -> String {
    let count = 4 + dice.below(2);
    let mut text = String::new();
    for _ in 0..count {
        text.push_str(&sentence(dice));
    }
    text
}

/// An invented name.
pub fn person(dice: &mut Dice) -> String {
    let second = if dice.below(3) == 0 { "" } else { dice.pick(&GIVEN) };
    format!("{}{}{second}", dice.pick(&FAMILY), dice.pick(&GIVEN))
}

fn place(dice: &mut Dice) -> String {
    format!("{}{}", dice.pick(&PLACE_FIRST), dice.pick(&PLACE_LAST))
}

fn thing(dice: &mut Dice) -> String {
    format!("{}{}", dice.pick(&THING_FIRST), dice.pick(&THING_LAST))
}

fn sentence(dice: &mut Dice) -> String {
    let (place, who, thing) = (place(dice), dice.pick(&WHO), thing(dice));
    let number = 2 + dice.below(9_990);
    match dice.below(5) {
        0 => format!(
            "{}，{place}{who}{}{thing}，共涉及{number}{}。",
            dice.pick(&WHEN),
            dice.pick(&DOES),
            dice.pick(&UNIT)
        ),
        1 => format!("{}{}说：“{thing}{}，{}。”", who, person(dice), dice.pick(&OUTCOME), dice.pick(&REMARK)),
        2 => format!("在{place}，{thing}{}，比上年{}{}%。", dice.pick(&OUTCOME), dice.pick(&TREND), 1 + dice.below(60)),
        3 => format!(
            "据{who}介绍，{}以来，{place}已{}{number}{}，{}。",
            dice.pick(&WHEN),
            dice.pick(&DOES),
            dice.pick(&UNIT),
            dice.pick(&REMARK)
        ),
        _ => format!("{}正在{place}{}{thing}，{}。", person(dice), dice.pick(&DOES), dice.pick(&REMARK)),
    }
}

const WHEN: [&str; 24] = [
    "入冬",
    "元旦",
    "上周末",
    "去年十月",
    "1月2日",
    "1月5日",
    "1月9日",
    "1月12日",
    "今年",
    "昨天上午",
    "记者走访当天",
    "两个月前",
    "去年汛期",
    "新学期",
    "封江",
    "试运行",
    "前年夏天",
    "腊月",
    "12月29日",
    "清晨六时",
    "傍晚",
    "项目启动",
    "换届",
    "夜间",
];
const PLACE_FIRST: [&str; 32] = [
    "望雪",
    "松台",
    "河湾",
    "石桥",
    "杏花",
    "云岭",
    "柳泉",
    "白桦",
    "老道",
    "船厂",
    "枣核",
    "蓝莓",
    "东闸",
    "雾凇",
    "西坡",
    "青鸦",
    "双桨",
    "磨盘",
    "长堤",
    "钟楼",
    "榆林",
    "苇塘",
    "砂石",
    "驿马",
    "金沟",
    "灯塔",
    "碾子",
    "鹤湾",
    "三棵树",
    "靠山",
    "北窑",
    "旱河",
];
const PLACE_LAST: [&str; 20] = [
    "镇",
    "街道",
    "社区",
    "村",
    "小学",
    "码头",
    "工业园",
    "林场",
    "车站",
    "湿地",
    "水库",
    "早市",
    "乡",
    "小区",
    "医院",
    "渔港",
    "粮库",
    "滑雪场",
    "大桥",
    "农场",
];
const WHO: [&str; 36] = [
    "供热公司",
    "合作社",
    "返乡青年",
    "志愿者",
    "水务部门",
    "考古队",
    "老把式",
    "护林员",
    "消防站",
    "中学师生",
    "种植户",
    "渔民",
    "交警",
    "图书馆",
    "社区医生",
    "修桥工人",
    "驾驶员",
    "法官",
    "网格员",
    "商会",
    "气象台",
    "民宿店主",
    "实验室",
    "木匠",
    "博物馆",
    "外卖站点",
    "退休工人",
    "厨师",
    "运动队",
    "养老院",
    "铁路段",
    "电工班",
    "纺织厂",
    "剧团",
    "银行网点",
    "环卫队",
];
const DOES: [&str; 36] = [
    "推广", "改造", "登记", "检修", "试点", "清点", "修复", "引进", "公布", "更换", "调查", "扩建", "认领", "搬迁",
    "升级", "抢修", "评选", "加固", "测量", "募集", "培训", "接管", "展示", "编印", "采购", "开放", "整理", "复种",
    "验收", "租用", "设计", "巡查", "分发", "回收", "保护", "重建",
];
const THING_FIRST: [&str; 40] = [
    "低温",
    "社区",
    "老式",
    "移动",
    "冬季",
    "公共",
    "手工",
    "智能",
    "江边",
    "木质",
    "节能",
    "共享",
    "乡村",
    "夜间",
    "地下",
    "便民",
    "冷链",
    "儿童",
    "无障碍",
    "户外",
    "防滑",
    "简易",
    "太阳能",
    "声学",
    "百年",
    "双层",
    "折叠",
    "恒温",
    "应急",
    "临时",
    "家庭",
    "校园",
    "沿街",
    "跨江",
    "自助",
    "露天",
    "生态",
    "循环",
    "数字",
    "通用",
];
const THING_LAST: [&str; 40] = [
    "书屋",
    "供水管",
    "冰场",
    "门窗",
    "食堂",
    "菜窖",
    "浮标",
    "路灯",
    "泵站",
    "电梯",
    "校车",
    "暖棚",
    "船坞",
    "仓库",
    "台账",
    "站牌",
    "档案",
    "雪具",
    "锅炉",
    "步道",
    "展柜",
    "渔网",
    "苗圃",
    "诊室",
    "护栏",
    "货架",
    "阀门",
    "育秧盘",
    "桥墩",
    "公约",
    "剧本",
    "课程",
    "地图",
    "种子库",
    "零件",
    "热线",
    "花园",
    "水表",
    "观测点",
    "织机",
];
const OUTCOME: [&str; 24] = [
    "提前完工",
    "供不应求",
    "有了着落",
    "大为改观",
    "一次过关",
    "还在磨合",
    "已见成效",
    "逐步铺开",
    "重新开张",
    "不再漏水",
    "通过验收",
    "省下一半开支",
    "排起长队",
    "少跑三趟",
    "换了模样",
    "登上榜首",
    "获得好评",
    "仍需时日",
    "搬进新家",
    "全部上线",
    "进入尾声",
    "翻了一番",
    "留住了人",
    "转为常态",
];
const TREND: [&str; 8] = ["增加", "减少", "提高", "下降", "增长", "回落", "上升", "压缩"];
const UNIT: [&str; 16] =
    ["户", "人次", "公里", "吨", "台", "亩", "处", "件", "米", "本", "间", "份", "盏", "组", "班次", "立方米"];
const REMARK: [&str; 28] = [
    "难处在于没有先例",
    "账要一笔一笔算",
    "老人孩子最先受益",
    "明年打算再添一倍",
    "关键是有人管到底",
    "图纸改了十一遍",
    "钱花得明白",
    "靠的是邻里搭手",
    "当初没有人看好",
    "冬天一过就见分晓",
    "还要听听大家的意见",
    "下一步准备推到县里",
    "数据每天更新",
    "工期比预想的短",
    "谁用谁知道",
    "不能图快",
    "手艺不能断",
    "天再冷也得出门看看",
    "规矩写在墙上",
    "剩下的留给时间",
    "先把眼前的事做好",
    "这笔投入值得",
    "问题一个一个解决",
    "大伙心里有数",
    "材料都是本地的",
    "第一批名额已满",
    "费用由三方分担",
    "结果将张榜公布",
];
const FAMILY: [&str; 24] = [
    "沈", "邵", "岳", "祁", "柳", "纪", "段", "卓", "门", "施", "戚", "隋", "仲", "荆", "颜", "桑", "臧", "佟", "桂",
    "毕", "封", "酆", "郎", "瞿",
];
const GIVEN: [&str; 32] = [
    "川", "汀", "帆", "澈", "岚", "辰", "舒", "苇", "瑾", "砚", "望", "远", "维", "禾", "强", "丽", "洁", "知", "晚",
    "运", "微", "怀", "静", "福", "正", "田", "源", "松", "青", "越", "澜", "若",
];

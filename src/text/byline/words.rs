//! Words that are names, and words that stand where names are expected and are none.

/// Words that stand where a name is expected.
pub const NOT_NAMES: &[&str] = &[
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
pub const PAGE_TOOLS: &[&str] = &[
    "打印", "字号", "字號", "字体", "字體", "分享", "收藏", "评论", "評論", "点击", "點擊", "阅读", "閱讀", "浏览",
    "瀏覽", "纠错", "糾錯", "复制", "複製", "关闭", "關閉", "返回", "微信", "微博", "举报", "舉報", "推荐", "推薦",
    "投稿", "手机", "手機", "扫码", "查看", "上一", "下一", "责任",
];

/// Words that are no part of a person's name, wherever they stand.
pub const NEVER_IN_NAMES: &[&str] = &[
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
pub const AGENCIES: &[&str] =
    &["ap", "afp", "pti", "ani", "ians", "dpa", "efe", "ansa", "tass", "xinhua", "upi", "yonhap", "kyodo", "тасс"];

/// Last words of what stands beside names in English bylines.
pub const NOT_LAST_NAMES: &[&str] = &[
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

/// Words of pages that begin like names.
pub const NO_SIGNATURES: &[&str] = &[
    "关注", "关于", "关闭", "管理", "安全", "高清", "高考", "时尚", "时事", "时政", "时评", "时间", "金融", "文学",
    "文化", "文章", "文摘", "方法", "方案", "常识", "常用", "江湖", "江苏", "江西", "安徽", "温州", "成都", "华商",
    "华东", "华北", "华南", "华中", "游戏", "游客", "车市", "车险", "石油", "路况", "应用", "全部", "祝福", "解读",
    "谢谢", "顾问", "万象", "齐鲁", "鲁菜", "曲艺", "党建", "党政",
];

/// Surnames of two characters.
pub const LONG_SURNAMES: &[&str] = &[
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "慕容", "皇甫", "尉迟", "尉遲", "公孙", "公孫", "令狐",
    "司徒", "夏侯", "端木", "长孙", "長孫", "宇文", "轩辕", "軒轅", "闻人", "聞人", "澹台", "淳于", "申屠", "呼延",
];

/// The most common surnames, and some rarer ones, in both scripts.
pub const SURNAMES: &str = concat!(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鐘汪田任姜范",
    "方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶",
    "丛叢焦向柳邢路岳齐齊梅莫庄莊辛管祝左涂谷祁时時舒耿牟卜路詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵閔解强強柴华華车車冉房边邊",
    "卓宗仇阚闞佘丘娄婁佟晏瞿敖冼谌諶饶饒屠窦竇戚嵇裘缪繆仝岑鞠臧宓糜"
);

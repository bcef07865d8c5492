//! Our own words on pages, in each language. What portals wrote stays in theirs.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

use crate::publish::pages::language::Language;

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    /// The link past the head of the page.
    pub skip: &'static str,
    /// What the navigation at the top is called.
    pub navigation: &'static str,
    /// What the switch of languages is called.
    pub language: &'static str,
    /// The link to the front page.
    pub all_feeds: &'static str,
    /// What the field for words to look for is called.
    pub search: &'static str,
    /// What it is called on the front page.
    pub search_all: &'static str,
    /// The button beside it.
    pub find: &'static str,
    /// The link to the OPML.
    pub opml: &'static str,
    /// The link to the API's page.
    pub api: &'static str,
    /// A portal's own feed.
    pub whole_portal: &'static str,
    /// The end of every page.
    pub zone: &'static str,
    /// Before the name of the program.
    pub published_by: &'static str,
    /// The name of the front page.
    pub front_title: &'static str,
    /// A sentence about the front page for search engines.
    pub front_description: &'static str,
    /// The heading of the front page.
    pub front_heading: &'static str,
    /// What stands below it after the number of feeds.
    pub front_lead: &'static str,
    /// How one subscribes.
    pub how: &'static str,
    /// The steps of that.
    pub how_steps: [&'static str; 3],
    /// The heading of the events.
    pub events: &'static str,
    /// The heading of the feed of all portals.
    pub everything: &'static str,
    /// The name of that feed.
    pub all_portals: &'static str,
    /// The heading of the newest headlines.
    pub latest: &'static str,
    /// Before the time a portal was last read.
    pub last_read: &'static str,
    /// A portal that was not read yet.
    pub not_read: &'static str,
    /// No headline yet.
    pub nothing_read: &'static str,
    /// The heading of the addresses.
    pub subscribe: &'static str,
    /// What to do with them.
    pub subscribe_how: &'static str,
    /// The link that opens the reader of the system.
    pub open: &'static str,
    /// The button that copies an address.
    pub copy: &'static str,
    /// What the button says after that.
    pub copied: &'static str,
    /// Before the names of readers on the web.
    pub add_to: &'static str,
    /// The heading of the markup for other pages.
    pub embed: &'static str,
    /// What to do with it.
    pub embed_how: &'static str,
    /// The heading of a feed's entries.
    pub latest_articles: &'static str,
    /// A feed without entries.
    pub nothing: &'static str,
    /// No entry has the words looked for.
    pub nothing_found: &'static str,
    /// Names the links to newer and older articles.
    pub more_articles: &'static str,
    /// Leads to newer articles.
    pub newer: &'static str,
    /// Leads to older articles.
    pub older: &'static str,
    /// The heading of what an event is.
    pub about_event: &'static str,
    /// Before its days.
    pub dates: &'static str,
    /// Before its place.
    pub place: &'static str,
    /// Before its own page.
    pub website: &'static str,
    /// The heading of the sections its coverage comes from.
    pub coverage: &'static str,
    /// The heading of the languages it is written in.
    pub languages: &'static str,
}

static ENGLISH: Words = Words {
    skip: "Skip to the content",
    navigation: "Feeds",
    language: "Language",
    all_feeds: "All feeds",
    search: "Search this feed",
    search_all: "Search all articles",
    find: "Search",
    opml: "Feed list (OPML)",
    api: "API",
    whole_portal: "Whole portal",
    zone: "Times are those of the portal.",
    published_by: "Published by",
    front_title: "Harbinger: news feeds",
    front_description: "News portals as RSS, Atom and JSON feeds.",
    front_heading: "News, as it is published",
    front_lead: "By section, by portal and by event. Each story comes once, in three formats.",
    how: "How to subscribe",
    how_steps: [
        "Choose a feed and copy the address of its RSS, Atom or JSON. All three carry the same articles; if in doubt, take RSS.",
        "Paste it into your feed reader where it says “add feed” or “subscribe”.",
        "To take all feeds at once, import this list:",
    ],
    events: "Events",
    everything: "Everything",
    all_portals: "All portals together",
    latest: "Latest",
    last_read: "last read",
    not_read: "not read yet",
    nothing_read: "Nothing has been read yet. The first articles appear here after the first run.",
    subscribe: "Subscribe",
    subscribe_how: "Copy one of these addresses into your feed reader. All three carry the same articles; if in doubt, take RSS.",
    open: "Open in an app",
    copy: "Copy",
    copied: "Copied",
    add_to: "Or add it to",
    embed: "Show on your site",
    embed_how: "Put this into your page where the headlines should stand.",
    latest_articles: "Latest articles",
    nothing: "Nothing yet. Articles appear here once they are published.",
    nothing_found: "No article has all these words.",
    more_articles: "More articles",
    newer: "Newer articles",
    older: "Older articles",
    about_event: "The event",
    dates: "When",
    place: "Where",
    website: "Website",
    coverage: "Coverage from",
    languages: "In these languages",
};

static SIMPLIFIED: Words = Words {
    skip: "跳到正文",
    navigation: "订阅源",
    language: "语言",
    all_feeds: "全部订阅源",
    search: "在此订阅源中搜索",
    search_all: "搜索全部报道",
    find: "搜索",
    opml: "订阅列表（OPML）",
    api: "接口",
    whole_portal: "全站",
    zone: "时间均为各网站当地时间。",
    published_by: "发布：",
    front_title: "Harbinger：新闻订阅",
    front_description: "把新闻网站做成 RSS、Atom 和 JSON 订阅源。",
    front_heading: "新闻一发布，即刻送达",
    front_lead: "按栏目、按网站、按专题订阅。每篇报道只出现一次，三种格式任选。",
    how: "如何订阅",
    how_steps: [
        "选一个订阅源，复制它的 RSS、Atom 或 JSON 地址。三种格式内容相同，拿不准就选 RSS。",
        "在阅读器里点“添加订阅”，把地址粘贴进去。",
        "想一次订阅全部，请导入这份列表：",
    ],
    events: "专题",
    everything: "全部",
    all_portals: "所有网站合集",
    latest: "最新报道",
    last_read: "最近读取：",
    not_read: "尚未读取",
    nothing_read: "还没有读取任何内容。首次读取之后，报道会出现在这里。",
    subscribe: "订阅",
    subscribe_how: "把下面任意一个地址复制到阅读器。三种格式内容相同，拿不准就选 RSS。",
    open: "用应用打开",
    copy: "复制",
    copied: "已复制",
    add_to: "也可以加入",
    embed: "嵌入到您的网站",
    embed_how: "把下面的代码放到网页中想显示标题的位置。",
    latest_articles: "最新报道",
    nothing: "暂无内容。报道发布后会出现在这里。",
    nothing_found: "没有同时包含这些词的报道。",
    more_articles: "更多报道",
    newer: "较新的报道",
    older: "较早的报道",
    about_event: "专题简介",
    dates: "时间",
    place: "地点",
    website: "网站",
    coverage: "报道来源",
    languages: "报道语言",
};

static TRADITIONAL: Words = Words {
    skip: "跳到正文",
    navigation: "訂閱來源",
    language: "語言",
    all_feeds: "全部訂閱來源",
    search: "在此訂閱來源中搜尋",
    search_all: "搜尋全部報道",
    find: "搜尋",
    opml: "訂閱清單（OPML）",
    api: "介面",
    whole_portal: "全站",
    zone: "時間均為各網站當地時間。",
    published_by: "發布：",
    front_title: "Harbinger：新聞訂閱",
    front_description: "把新聞網站做成 RSS、Atom 和 JSON 訂閱來源。",
    front_heading: "新聞一發布，即刻送達",
    front_lead: "按欄目、按網站、按專題訂閱。每篇報道只出現一次，三種格式任選。",
    how: "如何訂閱",
    how_steps: [
        "選一個訂閱來源，複製它的 RSS、Atom 或 JSON 位址。三種格式內容相同，拿不準就選 RSS。",
        "在閱讀器裡點「新增訂閱」，把位址貼進去。",
        "想一次訂閱全部，請匯入這份清單：",
    ],
    events: "專題",
    everything: "全部",
    all_portals: "所有網站合集",
    latest: "最新報道",
    last_read: "最近讀取：",
    not_read: "尚未讀取",
    nothing_read: "還沒有讀取任何內容。首次讀取之後，報道會出現在這裡。",
    subscribe: "訂閱",
    subscribe_how: "把下面任意一個位址複製到閱讀器。三種格式內容相同，拿不準就選 RSS。",
    open: "用應用程式開啟",
    copy: "複製",
    copied: "已複製",
    add_to: "也可以加入",
    embed: "嵌入到您的網站",
    embed_how: "把下面的程式碼放到網頁中想顯示標題的位置。",
    latest_articles: "最新報道",
    nothing: "暫無內容。報道發布後會出現在這裡。",
    nothing_found: "沒有同時包含這些詞的報道。",
    more_articles: "更多報道",
    newer: "較新的報道",
    older: "較早的報道",
    about_event: "專題簡介",
    dates: "時間",
    place: "地點",
    website: "網站",
    coverage: "報道來源",
    languages: "報道語言",
};

impl Language {
    /// Its words.
    pub fn words(self) -> &'static Words {
        match self {
            Language::English => &ENGLISH,
            Language::Simplified => &SIMPLIFIED,
            Language::Traditional => &TRADITIONAL,
        }
    }

    /// How many feeds of how many portals there are.
    pub fn counted(self, feeds: usize, portals: usize) -> String {
        match self {
            Language::English => {
                let portals = format!("{portals} news portal{}", if portals == 1 { "" } else { "s" });
                format!("{feeds} feed{} of {portals}.", if feeds == 1 { "" } else { "s" })
            }
            Language::Simplified => format!("{portals} 个新闻网站，{feeds} 个订阅源。"),
            Language::Traditional => format!("{portals} 個新聞網站，{feeds} 個訂閱來源。"),
        }
    }

    /// How many articles there are.
    pub fn articles(self, count: u32) -> String {
        match (self, count) {
            (Language::English, 1) => "1 article".to_owned(),
            (Language::English, _) => format!("{count} articles"),
            (Language::Simplified | Language::Traditional, _) => format!("{count} 篇"),
        }
    }

    /// A time, as its readers write it.
    pub fn time(self, time: &DateTime<FixedOffset>) -> String {
        match self {
            Language::English => time.format("%-d %B %Y, %H:%M").to_string(),
            Language::Simplified | Language::Traditional => time.format("%Y年%-m月%-d日 %H:%M").to_string(),
        }
    }

    /// From one day to another; what both have in common stands once.
    pub fn days(self, first: NaiveDate, last: NaiveDate) -> String {
        let is_same_year = first.year() == last.year();
        let is_same_month = is_same_year && first.month() == last.month();
        if self == Language::English {
            let start = match (first == last, is_same_month, is_same_year) {
                (true, ..) => return last.format("%-d %B %Y").to_string(),
                (_, true, _) => first.format("%-d").to_string(),
                (.., true) => first.format("%-d %B").to_string(),
                _ => first.format("%-d %B %Y").to_string(),
            };
            let gap = if is_same_month { "–" } else { " – " };
            return format!("{start}{gap}{}", last.format("%-d %B %Y"));
        }
        let end = match (first == last, is_same_month, is_same_year) {
            (true, ..) => return first.format("%Y年%-m月%-d日").to_string(),
            (_, true, _) => last.format("%-d日"),
            (.., true) => last.format("%-m月%-d日"),
            _ => last.format("%Y年%-m月%-d日"),
        };
        format!("{}至{end}", first.format("%Y年%-m月%-d日"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_people_write_them() {
        let check = |first: &str, last: &str, english: &str, chinese: &str| {
            let (first, last) = (first.parse().unwrap(), last.parse().unwrap());
            assert_eq!(Language::English.days(first, last), english);
            assert_eq!(Language::Simplified.days(first, last), chinese);
        };
        check("2026-01-06", "2026-01-08", "6–8 January 2026", "2026年1月6日至8日");
        check("2026-01-30", "2026-02-02", "30 January – 2 February 2026", "2026年1月30日至2月2日");
        check("2025-12-30", "2026-01-02", "30 December 2025 – 2 January 2026", "2025年12月30日至2026年1月2日");
        check("2026-01-06", "2026-01-06", "6 January 2026", "2026年1月6日");
    }

    #[test]
    fn counts_are_grammatical() {
        assert_eq!(Language::English.counted(14, 1), "14 feeds of 1 news portal.");
        assert_eq!(Language::English.articles(1), "1 article");
        assert_eq!(Language::Traditional.counted(14, 2), "2 個新聞網站，14 個訂閱來源。");
    }
}

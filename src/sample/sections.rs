//! The ten columns of the sample portal and how each is delivered.

/// One column of the sample portal.
#[derive(Debug)]
pub struct Section {
    /// Part of its address.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
    /// The markup of its pages unless an article chooses another.
    pub markup: Markup,
    /// How its list writes links.
    pub links: LinkStyle,
    /// Where its articles are announced to machines, besides the list page at `/<id>/`.
    pub source: SourceKind,
    /// Its cron line, if it has one of its own.
    pub schedule: Option<&'static str>,
}

/// The three generations of markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Markup {
    /// Divisions, `figure`, meta tags; UTF-8.
    Modern,
    /// Tables; GBK labelled gb2312.
    Table,
    /// A daily newspaper's system: centred photo paragraphs, byline list after the body; UTF-8.
    Daily,
}

/// How a list writes its links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStyle {
    /// With scheme and host.
    Absolute,
    /// `//host/path`.
    ProtocolRelative,
    /// `/path`.
    Rooted,
    /// Relative to the list's own address, which may be given by `<base>`.
    Relative,
}

/// Which source of a section is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// The list page.
    List,
    /// The list page and those it continues on.
    PagedList,
    /// An RSS feed, encoded in GBK and labelled gb2312.
    Feed,
    /// A news sitemap.
    NewsSitemap,
}

const fn section(
    id: &'static str,
    title: &'static str,
    markup: Markup,
    links: LinkStyle,
    source: SourceKind,
    schedule: Option<&'static str>,
) -> Section {
    Section { id, title, markup, links, source, schedule }
}

/// The columns in the order of the menu.
pub static SECTIONS: [Section; 10] = [
    section("yw", "要闻", Markup::Daily, LinkStyle::Rooted, SourceKind::List, Some("0 */2 * * * *")),
    section("gngj", "国内国际", Markup::Modern, LinkStyle::Absolute, SourceKind::Feed, None),
    section("bdxw", "本地新闻", Markup::Daily, LinkStyle::Relative, SourceKind::PagedList, None),
    section("ms", "民生", Markup::Modern, LinkStyle::Rooted, SourceKind::List, None),
    section("jj", "经济", Markup::Table, LinkStyle::Absolute, SourceKind::List, None),
    section("wl", "文旅", Markup::Modern, LinkStyle::ProtocolRelative, SourceKind::List, None),
    section("jt", "教体", Markup::Daily, LinkStyle::Rooted, SourceKind::List, None),
    section("kj", "科技", Markup::Modern, LinkStyle::Absolute, SourceKind::NewsSitemap, None),
    section("sy", "声音", Markup::Daily, LinkStyle::Relative, SourceKind::List, Some("0 */10 * * * *")),
    section("fz", "法治", Markup::Table, LinkStyle::Rooted, SourceKind::List, None),
];

/// How many articles a list page of a [`SourceKind::PagedList`] section shows.
pub const PAGED_LIST_ENTRIES: usize = 5;

/// A link in the list of 民生 whose page is gone.
pub const DEAD_LINK: &str = "/ms/content/2026-01/04/content_300499.html";

/// A link in the list of 民生 that robots.txt forbids.
pub const FORBIDDEN_LINK: &str = "/print/content_300401.html";

//! Articles split over several pages: which addresses continue one, and how their bodies become one.
//! The pager beside a body says that there is more; the numbers in the addresses say what belongs together.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use regex::Regex;
use url::Url;

use crate::ingest::extract::ExtractedArticle;
use crate::ingest::extract::block::Block;
use crate::ingest::extract::series::{self, Later};
use crate::ingest::extract::survey::Survey;
use crate::ingest::removed::Removed;

/// The most pages of one article that are read beside its first: long reports have some ten, and whoever has more
/// could keep us busy for ever.
pub const PARTS_MAX: usize = 20;

/// How far from the body its pager may stand, in bytes of text.
const PAGER_BYTES_MAX: usize = 2_000;
/// The longest label of a pager's link, in bytes; pages may have their own headlines.
const LABEL_BYTES_MAX: usize = 120;

/// A link of the pager beside a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagerLink {
    /// Where it leads.
    pub url: Url,
    /// What its label says.
    pub says: Says,
}

/// What the label of a pager's link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// The number of a page.
    Number(usize),
    /// Onward, or to the last page.
    Onward,
    /// Back, or to the first page.
    Back,
}

/// The links of the pager beside the body at `body`, and of one that a script writes.
pub fn pager(survey: &Survey, html: &str, body: &Range<usize>, base: &Url) -> Vec<PagerLink> {
    let near = body.start.saturating_sub(PAGER_BYTES_MAX)..body.end + PAGER_BYTES_MAX;
    let link = |(href, label, at): (&str, &str, usize)| {
        let says = near.contains(&at).then(|| says(label.trim()))??;
        Some(PagerLink { url: base.join(href.trim()).ok()?, says })
    };
    let announced =
        survey.next.iter().filter_map(|href| Some(PagerLink { url: base.join(href.trim()).ok()?, says: Says::Onward }));
    let links = survey.labelled_links().filter_map(link).chain(announced).chain(scripted(html, base));
    links.filter(|link| link.url.host_str() == base.host_str() && link.url.fragment().is_none()).collect()
}

/// The pages that continue the one at `first`, in order, as the pager of any of them tells.
pub fn later(first: &Url, pager: &[PagerLink]) -> Vec<(usize, Url)> {
    let mut later: Vec<(usize, Url)> = Vec::new();
    for link in pager {
        let Some(Later { number, first }) = series::later(&link.url, first) else { continue };
        let is_meant = match link.says {
            Says::Number(label) => label > 1 && (label == number || first != Some(1) && label == number + 1),
            // Beside an address with a number of its own, the next number may be the next article.
            Says::Onward => first.is_none(),
            Says::Back => false,
        };
        if is_meant && !later.iter().any(|(other, _)| *other == number) {
            later.push((number, link.url.clone()));
        }
    }
    later.sort_by_key(|(number, _)| *number);
    later
}

/// The first page of the article that the page at `url` continues; `None` if that is no later page.
pub fn first(url: &Url, canonical: Option<&Url>, pager: &[PagerLink]) -> Option<Url> {
    let leads_back = |link: &&PagerLink| matches!(link.says, Says::Back | Says::Number(1));
    let mut back: Vec<&Url> =
        canonical.into_iter().chain(pager.iter().filter(leads_back).map(|link| &link.url)).collect();
    back.retain(|first| series::later(url, first).is_some());
    // Of the pages before, the first has the smallest number or none at all.
    back.into_iter().min_by_key(|url| series::number(url)).cloned()
}

/// Puts the body of a later page behind that of the first, without what both repeat, and takes the fields that only
/// the last page of a story has.
pub fn join(article: &mut ExtractedArticle, later: ExtractedArticle) {
    let ExtractedArticle { body, removed, warnings, .. } = later;
    let is_repeated = |block: &Block| {
        article
            .body
            .iter()
            .any(|other| other.kind == block.kind && other.text == block.text && other.images == block.images)
            || !block.text.is_empty() && block.text == article.title
    };
    let (repeated, new): (Vec<Block>, Vec<Block>) = body.into_iter().partition(is_repeated);
    article.removed.extend(removed);
    article.removed.extend(
        repeated
            .iter()
            .filter(|block| !block.text.is_empty())
            .map(|block| Removed::new(&block.text, "repeated on each page")),
    );
    article.body.extend(new);
    for warning in warnings {
        if !article.warnings.contains(&warning) {
            article.warnings.push(warning);
        }
    }
    if article.authors.is_empty() {
        article.authors = later.authors;
    }
    if article.photographers.is_empty() {
        article.photographers = later.photographers;
    }
    article.editor = article.editor.take().or(later.editor);
    article.source = article.source.take().or(later.source);
    article.published = article.published.or(later.published);
}

fn says(label: &str) -> Option<Says> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^[\[(（【<«‹\s]*(?:(?:page|pág(?:ina)?|seite|strona|страница|p)\.?\s*(\d{1,2})|(\d{1,2})\s*(?:[页頁]|ページ|페이지)?|第\s*(\d{1,2})\s*[页頁].*)[\])）】>»›\s]*$")
            .expect("a constant expression")
    });
    static ONWARD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)^\W*(?:下一?[页頁](?:[：:].*)?|后一[页頁]|後一頁|[尾末][页頁]|最后一页|最後一頁|余下全文|餘下全文|次へ|次のページ|다음(?:\s?페이지)?|next(?:\s+page)?|",
            r"continue(?:d)? (?:reading )?on (?:the )?next page|last(?:\s+page)?|(?:следующая|дальше|далее)(?:\s+страница)?|weiter|nächste(?:\s+seite)?|(?:page\s+)?suivante?|",
            r"(?:página\s+)?siguiente|próxima(?:\s+página)?|(?:pagina\s+)?successiva|avanti|volgende(?:\s+pagina)?|następna(?:\s+strona)?)\W*$"
        ))
        .expect("a constant expression")
    });
    static BACK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)^\W*(?:上一?[页頁](?:[：:].*)?|前一[页頁]|首[页頁]|第一页|第一頁|前へ|前のページ|이전(?:\s?페이지)?|prev(?:ious)?(?:\s+page)?|first(?:\s+page)?|",
            r"(?:предыдущая|назад)(?:\s+страница)?|zurück|vorherige(?:\s+seite)?|(?:page\s+)?précédente?|(?:página\s+)?anterior|(?:pagina\s+)?precedente|vorige(?:\s+pagina)?|poprzednia(?:\s+strona)?)\W*$"
        ))
        .expect("a constant expression")
    });
    if label.is_empty() || label.len() > LABEL_BYTES_MAX {
        return (label == ">" || label == "»").then_some(Says::Onward);
    }
    if let Some(found) = NUMBER.captures(label) {
        let number = found.iter().skip(1).flatten().next()?.as_str().parse().ok()?;
        return Some(Says::Number(number));
    }
    match label {
        ">" | "»" | "›" | ">>" => Some(Says::Onward),
        "<" | "«" | "‹" | "<<" => Some(Says::Back),
        _ if ONWARD.is_match(label) => Some(Says::Onward),
        _ if BACK.is_match(label) => Some(Says::Back),
        _ => None,
    }
}

/// The pager that many Chinese publishing systems let a script write: `createPageHTML(3, 0, "t20260109_1", "html")`,
/// where the pages are `t20260109_1.html`, `t20260109_1_1.html` and so on.
fn scripted(html: &str, base: &Url) -> Vec<PagerLink> {
    static CALL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"^createPageHTML\(\s*(\d{1,3})\s*,\s*\d{1,3}\s*,\s*["']([^"'/\\<>]{1,80})["']\s*,\s*["'](\w{1,5})["']"#,
        )
        .expect("a constant expression")
    });
    let calls = memmem::find_iter(html.as_bytes(), b"createPageHTML(");
    let Some(call) = calls.take(PARTS_MAX).find_map(|at| CALL.captures(html.get(at..)?)) else { return Vec::new() };
    let count: usize = call[1].parse().unwrap_or(0);
    let page = |index: usize| {
        let name = if index == 0 {
            format!("{}.{}", &call[2], &call[3])
        } else {
            format!("{}_{index}.{}", &call[2], &call[3])
        };
        Some(PagerLink { url: base.join(&name).ok()?, says: Says::Number(index + 1) })
    };
    (0..count.min(PARTS_MAX + 1)).filter_map(page).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_pagers_are_understood_and_other_links_are_not() {
        let check = |label: &str, expected: Option<Says>| assert_eq!(says(label), expected, "{label}");
        check("2", Some(Says::Number(2)));
        check("[3]", Some(Says::Number(3)));
        check("第2页：续航与充电", Some(Says::Number(2)));
        check("Page 4", Some(Says::Number(4)));
        check("下一页", Some(Says::Onward));
        check("下一頁 >>", Some(Says::Onward));
        check("Next page »", Some(Says::Onward));
        check("Следующая", Some(Says::Onward));
        check("上一页", Some(Says::Back));
        check("下一篇：江城明日有雪", None);
        check("2026", None);
        check("Next stop: the ice festival", None);
        check("", None);
    }

    fn links(links: &[(&str, Says)]) -> Vec<PagerLink> {
        links.iter().map(|(url, says)| PagerLink { url: Url::parse(url).unwrap(), says: *says }).collect()
    }

    #[test]
    fn a_pager_leads_onward_and_back() {
        let first_url = Url::parse("https://news.example/c/content_1.html").unwrap();
        let pager = links(&[
            ("https://news.example/c/content_1_3.html", Says::Number(3)),
            ("https://news.example/c/content_1_2.html", Says::Number(2)),
            ("https://news.example/c/content_1_2.html", Says::Onward),
            ("https://news.example/c/content_9.html", Says::Onward),
            ("https://news.example/c/content_1_7.html", Says::Number(2)),
        ]);
        let numbers: Vec<usize> = later(&first_url, &pager).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [2, 3]);
        assert_eq!(first(&first_url, None, &pager), None);

        let second = Url::parse("https://news.example/c/content_1_2.html").unwrap();
        let pager =
            links(&[(first_url.as_str(), Says::Back), ("https://news.example/c/content_1_3.html", Says::Onward)]);
        assert_eq!(first(&second, None, &pager), Some(first_url.clone()));
        assert_eq!(first(&second, Some(&first_url), &[]), Some(first_url));
        assert_eq!(first(&second, None, &[]), None);
    }

    #[test]
    fn a_scripted_pager_counts_from_zero() {
        let first = Url::parse("https://gov.example/xw/t20260109_77.html").unwrap();
        let html = "<script>function createPageHTML(a,b){}\ncreatePageHTML(3, 0, \"t20260109_77\", \"html\");</script>";
        let found = later(&first, &scripted(html, &first));
        let paths: Vec<&str> = found.iter().map(|(_, url)| url.path()).collect();
        assert_eq!(paths, ["/xw/t20260109_77_1.html", "/xw/t20260109_77_2.html"]);
    }
}

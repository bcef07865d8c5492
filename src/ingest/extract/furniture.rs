//! Elements whose names say that they are no part of the story: boxes that share, sell, sign up or lead elsewhere.

use dom_query::Element;

/// What an element is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sharing,
    Teaser,
    Sale,
    Byline,
    Comments,
    Tool,
}

impl Kind {
    /// Why it goes, in words.
    pub fn reason(self) -> &'static str {
        match self {
            Kind::Sharing => "sharing",
            Kind::Teaser => "leads to other stories",
            Kind::Sale => "advertising or subscription",
            Kind::Byline => "a byline or a portrait of the author",
            Kind::Comments => "comments",
            Kind::Tool => "a tool of the page",
        }
    }

    /// The longest such element, in characters: what is longer is named for something else.
    pub fn chars_max(self) -> usize {
        match self {
            Kind::Sharing | Kind::Tool => 300,
            Kind::Byline | Kind::Sale => 800,
            Kind::Teaser | Kind::Comments => 3_000,
        }
    }
}

/// Words of names, and the beginnings of words (with `*`).
const WORDS: &[(Kind, &[&str])] = &[
    (
        Kind::Sharing,
        &[
            "partage",
            "partager",
            "compartir",
            "condividi",
            "compartilhar",
            "compartilhe",
            "share",
            "shares",
            "sharing",
            "sharebar",
            "sharedaddy",
            "sharethis",
            "addthis",
            "addtoany",
            "bdshare*",
            "jiathis*",
            "fenxiang",
            "social",
            "socials",
            "socialmedia",
        ],
    ),
    (
        Kind::Teaser,
        &[
            "correlat*",
            "relacionad*",
            "verwandte*",
            "gerelateerd*",
            "relatert*",
            "relaterad*",
            "lireaussi",
            "saibamais",
            "leiamais",
            "leggianche",
            "weiterlesen",
            "related*",
            "recirc*",
            "recommended",
            "recommendations",
            "teaser*",
            "popular",
            "mostread",
            "mostpopular",
            "trending",
            "readmore",
            "seealso",
            "morestories",
            "outbrain*",
            "taboola*",
            "xiangguan",
            "rail",
        ],
    ),
    (
        Kind::Sale,
        &[
            "abonnement*",
            "abo",
            "publicite",
            "publicidad",
            "pubblicita",
            "publicidade",
            "anzeige*",
            "werbung",
            "reklam*",
            "advertentie*",
            "suscri*",
            "newsletter*",
            "signup",
            "singup",
            "subscribe*",
            "subscription*",
            "promo",
            "promos",
            "promotion",
            "cta",
            "upsell",
            "paywall",
            "advert",
            "advertisement",
            "advertising",
            "ads",
            "sponsored",
            "sponsor",
            "affiliate",
            "donate",
            "donation",
        ],
    ),
    (
        Kind::Byline,
        &[
            "autor",
            "autoren",
            "auteur",
            "autore",
            "autores",
            "byline*",
            "author",
            "authors",
            "authorbio",
            "bio",
            "dateline",
            "timestamp",
            "pubdate",
            "datemodified",
            "datepublished",
        ],
    ),
    (Kind::Comments, &["comments", "kommentare", "commentaires", "comentarios", "commenti", "disqus*", "respond"]),
    (
        Kind::Tool,
        &[
            "breadcrumb*",
            "tags",
            "taglist",
            "tagcloud",
            "copyright",
            "copyrights",
            "toolbar",
            "pagination",
            "pager",
            "pagebox",
            "pagenav",
            "pagebar",
            "paging",
            "fenye",
            "cookie*",
            "consent",
            "gdpr",
            "noscript",
        ],
    ),
];

/// Pairs of words.
const PAIRS: &[(Kind, &[&str; 2])] = &[
    (Kind::Teaser, &["read", "more"]),
    (Kind::Teaser, &["see", "also"]),
    (Kind::Teaser, &["more", "stories"]),
    (Kind::Teaser, &["most", "read"]),
    (Kind::Sale, &["sign", "up"]),
    (Kind::Tool, &["off", "screen"]),
    (Kind::Tool, &["visually", "hidden"]),
    (Kind::Tool, &["sr", "only"]),
    (Kind::Tool, &["screen", "reader"]),
];

/// What the class, id or property of an element says it is; `None` for most.
pub fn of(element: &Element) -> Option<Kind> {
    let names = element.attrs.iter().filter(|attribute| matches!(&*attribute.name.local, "class" | "id" | "itemprop"));
    names.into_iter().find_map(|attribute| of_name(&attribute.value))
}

/// Whether a class or id says that the element holds a caption or a photographer's name.
pub fn is_credit(names: &str) -> bool {
    const WORDS: &[&str] =
        &["caption", "captions", "credit", "credits", "figcaption", "photographer", "pictext", "tuzhu"];
    names.split_ascii_whitespace().flat_map(words).any(|word| WORDS.contains(&word.as_str()))
}

fn of_name(names: &str) -> Option<Kind> {
    names.split_ascii_whitespace().find_map(|name| {
        let mut before = String::new();
        words(name).find_map(|word| {
            let kind = kind(&before, &word);
            before = word;
            kind
        })
    })
}

fn kind(before: &str, word: &str) -> Option<Kind> {
    if matches!(before, "no" | "not" | "has" | "is" | "without" | "with") {
        return None;
    }
    let is_match = |known: &&str| known.strip_suffix('*').map_or(*known == word, |start| word.starts_with(start));
    let pair = PAIRS.iter().find(|(_, pair)| pair[0] == before && pair[1] == word).map(|(kind, _)| *kind);
    pair.or_else(|| WORDS.iter().find(|(_, known)| known.iter().any(is_match)).map(|(kind, _)| *kind))
}

/// The words of a name in lower case: `shareBar`, `share-bar` and `share_bar` have two.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut rest = name;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let mut was_lower = false;
        let end = rest.find(|c: char| {
            let is_end = !c.is_ascii_alphanumeric() || was_lower && c.is_ascii_uppercase();
            was_lower = c.is_ascii_lowercase();
            is_end
        });
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        (!word.is_empty()).then(|| word.to_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_furniture_from_the_story() {
        let check = |names: &str, expected: Option<Kind>| assert_eq!(of_name(names), expected, "{names}");
        check("article__share-bar wide", Some(Kind::Sharing));
        check("relatedContent alignNone", Some(Kind::Teaser));
        check("Read-More", Some(Kind::Teaser));
        check("story-newsletter-box", Some(Kind::Sale));
        check("content__header--no-promo", None);
        check("has-comments", None);
        check("article-body", None);
        check("shareholders", None);
        check("threadmore", None);
        assert!(is_credit("wp-caption-text") && is_credit("imageCredit"));
        assert!(!is_credit("captioned description"));
    }
}

//! A page read and held against its truth, field by field.

use harbinger::ingest::decode;
use harbinger::ingest::page::{self, Reading};
use harbinger::model::article::CleanArticle;

use super::score::{self, Score};
use super::truth::Truth;

/// What became of one page.
pub struct Verdict {
    /// What should have been read.
    pub truth: Truth,
    /// How much of the body was.
    pub score: Score,
    /// Each field the truth knows.
    pub fields: Vec<Field>,
    /// What a reader would get to see, all fields together.
    pub published: String,
    /// Why nothing was read.
    pub error: Option<String>,
}

/// One field of one page.
pub struct Field {
    /// Its name in the truth.
    pub name: &'static str,
    /// What the truth says.
    pub want: String,
    /// What was read.
    pub got: String,
    /// Whether that is the same.
    pub is_right: bool,
}

/// Reads a page and judges it.
pub fn on(truth: Truth) -> Verdict {
    let page = decode::bytes(truth.url.clone(), None, truth.page());
    let charset = page.charset;
    match page::read(&page, &truth.portal()) {
        Ok(Reading { article, .. }) => Verdict {
            score: score::text(&truth.text, &article.text),
            fields: fields(&truth, &article, charset),
            published: published(&article),
            error: article.text.trim().is_empty().then(|| "no text".to_owned()),
            truth,
        },
        Err(error) => Verdict {
            score: score::text(&truth.text, ""),
            fields: Vec::new(),
            published: String::new(),
            error: Some(error),
            truth,
        },
    }
}

fn fields(truth: &Truth, article: &CleanArticle, charset: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut judge = |name: &'static str, got: Option<&str>, normal: fn(&str) -> String| {
        if let Some(want) = truth.field(name) {
            let is_right = want.map(normal) == got.map(normal);
            let shown = |text: Option<&str>| text.unwrap_or("—").to_owned();
            fields.push(Field { name, want: shown(want), got: shown(got), is_right });
        }
    };
    let names = |names: &[String]| (!names.is_empty()).then(|| names.join(" "));
    judge("charset", Some(charset), str::to_lowercase);
    judge("language", Some(&article.language), str::to_lowercase);
    judge("title", Some(&article.title), line);
    judge("subtitle", article.subtitle.as_deref(), line);
    judge("author", names(&article.authors).as_deref(), score::fold);
    judge("photographer", names(&article.photographers).as_deref(), score::fold);
    judge("editor", article.editor.as_deref(), score::fold);
    judge("source", article.source.as_deref(), line);
    judge("section", article.section_label.as_deref(), line);
    for (name, got) in [("date", article.published), ("updated", article.updated)] {
        if let Some(want) = truth.time(name) {
            let shown = |time: Option<String>| time.unwrap_or("—".to_owned());
            fields.push(Field {
                name,
                want: shown(want.map(|time| time.to_rfc3339())),
                got: shown(got.map(|time| time.to_rfc3339())),
                is_right: want.map(|time| time.to_utc()) == got,
            });
        }
    }
    fields.extend(pictures(truth, article));
    fields
}

fn pictures(truth: &Truth, article: &CleanArticle) -> Vec<Field> {
    let Some(want) = truth.pictures() else { return Vec::new() };
    let field = |name, want: Vec<String>, got: Vec<String>| Field {
        name,
        is_right: want == got,
        want: want.join(" | "),
        got: got.join(" | "),
    };
    let caption = |caption: &Option<String>| caption.as_deref().map_or("—".to_owned(), line);
    let mut fields = vec![field(
        "images",
        want.iter().map(|picture| picture.url.clone()).collect(),
        article.images.iter().map(|image| image.url.clone()).collect(),
    )];
    if !want.is_empty() {
        fields.push(field(
            "captions",
            want.iter().map(|picture| caption(&picture.caption)).collect(),
            article.images.iter().map(|image| caption(&image.caption)).collect(),
        ));
    }
    fields
}

/// White space differs without meaning.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn published(article: &CleanArticle) -> String {
    let mut all = vec![article.title.as_str(), article.html.as_str(), &article.text];
    let single = [&article.subtitle, &article.summary, &article.editor, &article.source, &article.section_label];
    all.extend(single.into_iter().filter_map(Option::as_deref));
    all.extend(article.authors.iter().chain(&article.photographers).map(String::as_str));
    all.extend(article.images.iter().filter_map(|image| image.caption.as_deref()));
    all.join("\n")
}

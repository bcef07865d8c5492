//! The labelled pages: what a careful reader finds on each. Where a field is missing from a line of the truth it is
//! not scored; where it is null the page does not say it, and neither may we.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use harbinger::model::portal::Portal;
use serde_json::{Map, Value};
use url::Url;

/// What is true of one page.
pub struct Truth {
    /// The name of its file, without the ending.
    pub id: String,
    /// The address it came from.
    pub url: Url,
    /// The body, a block a line.
    pub text: String,
    /// BCP 47 tag of the text.
    pub language: String,
    fields: Map<String, Value>,
}

/// A picture and its caption.
pub struct Picture {
    /// Absolute address.
    pub url: String,
    /// What stands under it.
    pub caption: Option<String>,
}

/// The folder of the labelled pages.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages")
}

/// All lines of the truth, in the order of the file.
pub fn load() -> Vec<Truth> {
    let lines = fs::read_to_string(folder().join("truth.jsonl")).unwrap();
    lines.lines().map(|line| Truth::new(serde_json::from_str(line).unwrap())).collect()
}

impl Truth {
    fn new(fields: Map<String, Value>) -> Truth {
        let text = |name: &str| fields[name].as_str().unwrap_or_else(|| panic!("{name} is no text: {fields:?}"));
        Truth {
            id: text("id").to_owned(),
            url: text("url").parse().unwrap(),
            text: text("text").to_owned(),
            language: text("language").to_owned(),
            fields,
        }
    }

    /// The page as it came over the wire.
    pub fn page(&self) -> Vec<u8> {
        fs::read(folder().join(format!("{}.html", self.id))).unwrap()
    }

    /// A portal nobody configured beyond its language and its zone.
    pub fn portal(&self) -> Portal {
        let mut portal = Portal::unknown(self.url.join("/").unwrap()).unwrap();
        portal.language = self.field("portal_language").flatten().unwrap().to_owned();
        portal.timezone = self.field("timezone").flatten().unwrap().parse().unwrap();
        portal
    }

    /// A field of text: absent from the truth, absent from the page, or what the page says.
    pub fn field(&self, name: &str) -> Option<Option<&str>> {
        self.fields.get(name).map(Value::as_str)
    }

    /// A field that holds a time.
    pub fn time(&self, name: &str) -> Option<Option<DateTime<FixedOffset>>> {
        self.field(name).map(|time| time.map(|time| time.parse().unwrap_or_else(|_| panic!("{}: {time}", self.id))))
    }

    /// The pictures, if the truth knows them.
    pub fn pictures(&self) -> Option<Vec<Picture>> {
        let pictures = self.fields.get("images")?.as_array().unwrap();
        let text = |picture: &Value, name: &str| picture[name].as_str().map(str::to_owned);
        Some(
            pictures
                .iter()
                .map(|one| Picture { url: text(one, "url").unwrap(), caption: text(one, "caption") })
                .collect(),
        )
    }

    /// Words of the page that belong to no article.
    pub fn absent(&self) -> Vec<&str> {
        self.fields.get("absent").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

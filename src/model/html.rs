//! HTML that is safe in any reader.

/// An HTML fragment that passed the allow-list. There is no other way to make one from a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// What the store kept: it was safe when it went in.
    pub fn from_store(html: String) -> SafeHtml {
        SafeHtml(html)
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

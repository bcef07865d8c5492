//! Damage done by machines that copied a page: glosses behind characters, fragments of tags, another script.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::ingest::extract::Block;
use crate::ingest::removed::Removed;
use crate::model::reason::Reason;
use crate::text::fold;

/// So many glosses are a machine's; a human explains a rare character or two.
const MACHINE_GLOSSES_MIN: usize = 5;

/// Mends the fields of one article.
pub struct Mender {
    is_simplified_portal: bool,
    glosses: usize,
    broken: usize,
    fragments: usize,
}

impl Mender {
    /// A mender for a portal; one in Simplified characters gets machine-made Traditional copies back in Simplified.
    pub fn new(is_simplified_portal: bool) -> Mender {
        Mender { is_simplified_portal, glosses: 0, broken: 0, fragments: 0 }
    }

    /// Counts the damage of a text, before anything is mended.
    pub fn look(&mut self, text: &str) {
        // Both kinds of damage need a bracket.
        if text.contains([')', '）', '>']) {
            let found = fold::strip_glosses(text);
            self.glosses += found.stripped;
            self.broken += found.broken;
            self.fragments += FRAGMENT.find_iter(text).count();
        }
    }

    /// Whether the page is a machine's copy.
    pub fn is_machine_copy(&self) -> bool {
        self.glosses >= MACHINE_GLOSSES_MIN
    }

    /// The text without damage.
    pub fn mend(&self, text: &str) -> String {
        self.mended(text).into_owned()
    }

    /// The same for a block, its markup and captions.
    pub fn mend_block(&self, block: &mut Block) {
        block.text = self.mend(&block.text);
        // Addresses in markup are percent-encoded by now, so only what people read changes.
        block.html = self.mended(&block.html).into_owned();
        for image in &mut block.images {
            image.caption =
                image.caption.as_deref().map(|caption| self.mend(caption)).filter(|caption| !caption.is_empty());
        }
    }

    fn mended<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut mended = Cow::Borrowed(text);
        if self.fragments > 0 {
            // Markup holds the fragment escaped; unescaped it is known for what it was.
            mended = Cow::Owned(FRAGMENT_ESCAPED.replace_all(&mended, "$1>").into_owned());
        }
        if self.glosses + self.broken + self.fragments > 0 {
            mended = fold::strip_glosses(&mended).text.into_owned().into();
        }
        if self.fragments > 0 {
            mended = Cow::Owned(FRAGMENT.replace_all(&mended, "").into_owned());
        }
        if self.is_machine_copy() && self.is_simplified_portal {
            mended = Cow::Owned(fold::to_simplified(&mended));
        }
        mended
    }

    /// Says what was mended.
    pub fn report(&self, removed: &mut Vec<Removed>, warnings: &mut Vec<String>) {
        if self.glosses > 0 {
            removed.push(Removed::new(
                &format!("{} glosses in brackets", self.glosses),
                Reason::Damage("the pronunciation of characters, put behind them by a machine, as in 江(jiāng)"),
            ));
        }
        if self.fragments > 0 {
            let what = format!("torn markup, {}×", self.fragments);
            removed.push(Removed::new(&what, Reason::Damage("left in the text by a broken conversion")));
        }
        if self.broken + self.fragments > 0 {
            warnings.push("some characters were lost in a conversion before us; not all can be restored".to_owned());
        }
        if self.is_machine_copy() {
            warnings.push("the page is a machine's copy of another one".to_owned());
        }
    }
}

/// What is left of an end tag, and of the characters torn with it: `?!?/p>`.
static FRAGMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[?？!！\u{fffd}]*[?？\u{fffd}]\s*/\s*(?:p|div|span|strong|font|br|td|tr|li|b|a)\s*>")
        .expect("a constant expression")
});
/// The same in markup, without its last character.
static FRAGMENT_ESCAPED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"([?？\u{fffd}]\s*/\s*(?:p|div|span|strong|font|br|td|tr|li|b|a)\s*)&gt;")
        .expect("a constant expression")
});

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, is_simplified_portal: bool, expected: &str) {
        let mut mender = Mender::new(is_simplified_portal);
        mender.look(text);
        assert_eq!(mender.mend(text), expected);
    }

    #[test]
    fn glosses_and_fragments_go() {
        check("江城發(fā)展??/p>", true, "江城發展");
        check("關(guān)注經(jīng)濟、農(nóng)業(yè)、網(wǎng)絡、數(shù)字", true, "关注经济、农业、网络、数字");
        check("關(guān)注經(jīng)濟、農(nóng)業(yè)、網(wǎng)絡、數(shù)字", false, "關注經濟、農業、網絡、數字");
        check("Is it true?", true, "Is it true?");
        check("路径 a?/b>c", true, "路径 ac");
    }
}

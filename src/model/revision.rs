//! What an edit changed, in pieces that a person can read.

use serde::{Deserialize, Serialize};

/// What is shown of text that was kept, on each side of a change, in characters.
const CONTEXT_CHARS: usize = 40;
/// The most pieces of a body that are shown.
const PIECES_SHOWN_MAX: usize = 200;

/// What an edit changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Difference {
    /// The headline, where it changed.
    pub title: Option<Change<String>>,
    /// The names of the authors, where they changed.
    pub authors: Option<Change<Vec<String>>>,
    /// The body from its beginning to its end, where it changed.
    pub body: Vec<Piece>,
    /// Addresses of the pictures that came.
    pub images_added: Vec<String>,
    /// Addresses of the pictures that left.
    pub images_removed: Vec<String>,
    /// Whether the body changed and is too long to be kept.
    #[serde(default)]
    pub is_body_too_long: bool,
}

/// A field that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Change<T> {
    /// As it was.
    pub before: T,
    /// As it became.
    pub after: T,
}

/// A piece of a text of which there are two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Piece {
    /// What became of it.
    pub kind: PieceKind,
    /// The piece; a line break ends a paragraph.
    pub text: String,
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PieceKind {
    /// It is in both versions.
    Kept,
    /// It is in the older one alone.
    Removed,
    /// It is in the newer one alone.
    Added,
}

impl Difference {
    /// The same for a reader: of what was kept, only what stands beside a change.
    pub fn shown(mut self) -> Difference {
        let last = self.body.len().saturating_sub(1);
        for (at, piece) in self.body.iter_mut().enumerate().filter(|(_, piece)| piece.kind == PieceKind::Kept) {
            piece.text = shortened(&piece.text, at > 0, at < last);
        }
        self.body.truncate(PIECES_SHOWN_MAX);
        self
    }
}

/// The ends of a text that stand beside a change.
fn shortened(text: &str, is_after_change: bool, is_before_change: bool) -> String {
    let chars = text.chars().count();
    let context = CONTEXT_CHARS * (usize::from(is_after_change) + usize::from(is_before_change));
    if chars <= context + 1 {
        return text.to_owned();
    }
    let start: String = text.chars().take(if is_after_change { CONTEXT_CHARS } else { 0 }).collect();
    let end: String = text.chars().skip(if is_before_change { chars - CONTEXT_CHARS } else { chars }).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_that_was_kept_only_what_stands_beside_a_change_is_shown() {
        let piece = |kind, text: String| Piece { kind, text };
        let body = vec![
            piece(PieceKind::Kept, "一".repeat(500)),
            piece(PieceKind::Removed, "二".repeat(500)),
            piece(PieceKind::Kept, "三".repeat(500)),
            piece(PieceKind::Added, "四".to_owned()),
            piece(PieceKind::Kept, "五".repeat(41)),
        ];
        let shown = Difference { body, ..Difference::default() }.shown();
        let texts: Vec<&str> = shown.body.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(texts[0], format!("…{}", "一".repeat(40)));
        assert_eq!(texts[1].chars().count(), 500);
        assert_eq!(texts[2], format!("{}…{}", "三".repeat(40), "三".repeat(40)));
        assert_eq!(texts[4], "五".repeat(41));
    }
}

//! The languages our own words on pages are written in, and how one is chosen for a reader.

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English: for everybody who asks for none of the others.
    English,
    /// Chinese in simplified characters.
    Simplified,
    /// Chinese in traditional characters.
    Traditional,
}

/// A longer `Accept-Language` is cut here: no browser sends one.
const ACCEPT_LANGUAGE_BYTES_MAX: usize = 1024;

impl Language {
    /// All of them, in the order of the switch.
    pub const ALL: [Language; 3] = [Language::Simplified, Language::Traditional, Language::English];

    /// BCP 47 tag; the value of `?lang=`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Simplified => "zh-Hans",
            Language::Traditional => "zh-Hant",
        }
    }

    /// What it calls itself.
    pub fn name(self) -> &'static str {
        autonym(self.tag()).unwrap_or_else(|| self.tag())
    }

    /// The language whose words suit text with this BCP 47 tag; `None` if we do not write it.
    pub fn of_tag(tag: &str) -> Option<Language> {
        let mut subtags = tag.trim().split(['-', '_']).map(str::to_ascii_lowercase);
        match subtags.next()?.as_str() {
            "en" => Some(Language::English),
            "zh" | "yue" => {
                let is_traditional = |subtag: String| ["hant", "tw", "hk", "mo"].contains(&subtag.as_str());
                // `zh-Hans-HK` is written in simplified characters: the first subtag that tells decides.
                let mut telling =
                    subtags.filter(|subtag| ["hans", "hant", "tw", "hk", "mo"].contains(&subtag.as_str()));
                Some(if telling.next().is_some_and(is_traditional) {
                    Language::Traditional
                } else {
                    Language::Simplified
                })
            }
            _ => None,
        }
    }

    /// The language a reader likes best (`Accept-Language`, RFC 9110 §12.5.4) of those we write.
    pub fn accepted(field: Option<&str>) -> Language {
        let Some(field) = field else { return Language::English };
        let end = field.floor_char_boundary(ACCEPT_LANGUAGE_BYTES_MAX);
        let mut best: Option<(f32, Language)> = None;
        for range in field[..end].split(',') {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = match parameters.trim().strip_prefix("q=") {
                Some(weight) => weight.trim().parse().unwrap_or(0.0),
                None => 1.0,
            };
            // Of equal weights the first named counts.
            if let Some(language) = Language::of_tag(tag).filter(|_| weight > best.map_or(0.0, |(most, _)| most)) {
                best = Some((weight, language));
            }
        }
        best.map_or(Language::English, |(_, language)| language)
    }
}

/// What a language calls itself, by its BCP 47 tag; those in which portals of ours and of our partners write.
pub fn autonym(tag: &str) -> Option<&'static str> {
    let primary = tag.split('-').next().unwrap_or_default();
    Some(match primary {
        "zh" if tag.contains("Hant") => "繁體中文",
        "zh" => "简体中文",
        "ar" => "العربية",
        "cs" => "Čeština",
        "da" => "Dansk",
        "de" => "Deutsch",
        "el" => "Ελληνικά",
        "en" => "English",
        "es" => "Español",
        "fi" => "Suomi",
        "fr" => "Français",
        "he" => "עברית",
        "hr" => "Hrvatski",
        "hu" => "Magyar",
        "id" => "Bahasa Indonesia",
        "it" => "Italiano",
        "ja" => "日本語",
        "ko" => "한국어",
        "mn" => "Монгол",
        "nb" | "no" => "Norsk",
        "nl" => "Nederlands",
        "pl" => "Polski",
        "pt" => "Português",
        "ru" => "Русский",
        "sv" => "Svenska",
        "ta" => "தமிழ்",
        "th" => "ไทย",
        "tr" => "Türkçe",
        "uk" => "Українська",
        "vi" => "Tiếng Việt",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reader_gets_the_language_he_likes_best_of_those_we_write() {
        let check = |field: &str, expected| assert_eq!(Language::accepted(Some(field)), expected, "{field}");
        check("zh-CN,zh;q=0.9,en;q=0.8", Language::Simplified);
        check("zh-TW,zh;q=0.9,en-US;q=0.8", Language::Traditional);
        check("zh-Hans-HK", Language::Simplified);
        check("zh-hk", Language::Traditional);
        check("ru,en;q=0.4,zh;q=0.6", Language::Simplified);
        check("en, zh", Language::English);
        check("ru, ko;q=0.9", Language::English);
        check("zh;q=0", Language::English);
        check("zh;q=x, *", Language::English);
        check("", Language::English);
        assert_eq!(Language::accepted(None), Language::English);
        assert!(Language::ALL.iter().all(|language| Language::of_tag(language.tag()) == Some(*language)));
    }

    proptest! {
        #[test]
        fn any_field_is_read(field in ".*") {
            Language::accepted(Some(&field));
        }
    }
}

//! Fingerprints that tell copies of a text from other texts: MinHash over shingles of the folded text.
//!
//! Measured on Chinese news, this finds the lightly edited, wrapped and truncated copies that a hash of the whole text
//! and SimHash miss, and takes no two reports of one event for the same text.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use crate::text::fold::{Folded, TEXT_CHARS_MIN};
use crate::text::script::is_han;

/// Groups of minima; two texts are compared if in one group of both the first two are equal.
///
/// Texts that share half of their shingles share a pair in 999 of 1,000 cases, those that share 0.4 in 987; 42 groups
/// that must be equal in three minima take more places in the index, and find 996 and 938.
pub const BANDS: usize = 25;
/// Minima in a group: the two that are looked up, and the tags.
const BAND_MINIMA: usize = 2 + TAGS;
/// Minima of a group that tell which of many articles with one pair are likely copies.
const TAGS: usize = 3;
/// Bytes of a minimum without the number of its round.
const VALUE_BYTES: usize = 3;
/// Minima of a text.
const MINIMA: usize = 126;
/// Bits of a minimum below the number of its round.
const ROUND_SHIFT: u32 = 24;
/// Characters of a shingle in a text of Chinese, Japanese or Korean.
const SHINGLE_CHARS: usize = 5;
/// Words of a shingle in other texts.
const SHINGLE_WORDS: usize = 3;
/// A text with more than this share of Han characters, in percent, is shingled by characters.
const HAN_PERCENT: usize = 20;
/// Texts at least this similar are copies.
const SIMILARITY_MIN: f64 = 0.5;
/// So are texts of which one holds this share of the other …
const CONTAINMENT_MIN: f64 = 0.8;
/// … if they are at least this similar.
const CONTAINED_SIMILARITY_MIN: f64 = 0.3;
/// Bulletins (weather, stocks, lottery) are alike but for their numbers: texts with this many numbers each …
const NUMBERS_MIN: usize = 4;
/// … that share less than this share of the smaller set are not copies.
const NUMBERS_SHARED_MIN: f64 = 0.5;

/// The fingerprint of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    minima: [u32; MINIMA],
    /// Different shingles of the text.
    shingles: u32,
}

/// One group of minima as the index keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// What is looked up. Copies share it in several groups, other texts hardly ever do.
    pub pair: [u8; 2 * VALUE_BYTES],
    /// What stands with it, a byte of each further minimum.
    pub tags: [u8; TAGS],
}

impl Band {
    /// How many tags stand in another band too.
    pub fn shared_tags(&self, tags: &[u8]) -> usize {
        self.tags.iter().zip(tags).filter(|(a, b)| a == b).count()
    }
}

/// How alike two texts are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// Shared shingles as a part of all shingles of both.
    pub similarity: f64,
    /// Shared shingles as a part of the shorter text's.
    pub containment: f64,
}

impl Likeness {
    /// Whether one text is a copy of the other, whole, wrapped or cut.
    pub fn is_copy(self) -> bool {
        self.similarity >= SIMILARITY_MIN
            || self.containment >= CONTAINMENT_MIN && self.similarity >= CONTAINED_SIMILARITY_MIN
    }
}

impl Fingerprint {
    /// The fingerprint of a folded text; `None` where it is too short to tell stories apart.
    pub fn of(folded: &Folded) -> Option<Fingerprint> {
        folded.text.chars().nth(TEXT_CHARS_MIN - 1)?;
        let shingles = shingles(folded);
        Some(Fingerprint { minima: minima(&shingles), shingles: u32::try_from(shingles.len()).unwrap_or(u32::MAX) })
    }

    /// The groups, as migration 14 takes them from stored fingerprints.
    pub fn bands(&self) -> [Band; BANDS] {
        let mut bands = [Band { pair: [0; 2 * VALUE_BYTES], tags: [0; TAGS] }; BANDS];
        for (band, minima) in bands.iter_mut().zip(self.minima.chunks_exact(BAND_MINIMA)) {
            for (bytes, minimum) in band.pair.chunks_exact_mut(VALUE_BYTES).zip(minima) {
                bytes.copy_from_slice(&minimum.to_le_bytes()[..VALUE_BYTES]);
            }
            for (tag, minimum) in band.tags.iter_mut().zip(&minima[2..]) {
                *tag = minimum.to_le_bytes()[0];
            }
        }
        bands
    }

    /// How alike two texts are, from their fingerprints; off by a few hundredths.
    pub fn likeness(&self, other: &Fingerprint) -> Likeness {
        let equal = self.minima.iter().zip(&other.minima).filter(|(a, b)| a == b).count();
        let similarity = equal as f64 / MINIMA as f64;
        let (a, b) = (f64::from(self.shingles), f64::from(other.shingles));
        let shared = similarity * (a + b) / (1.0 + similarity);
        Likeness { similarity, containment: (shared / a.min(b).max(1.0)).min(1.0) }
    }

    /// The fingerprint as it is stored: the number of shingles, then the minima, little endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let values = std::iter::once(&self.shingles).chain(&self.minima);
        values.flat_map(|value| value.to_le_bytes()).collect()
    }

    /// A stored fingerprint; `None` if the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Fingerprint> {
        let mut values = bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let shingles = values.next()?;
        let minima: Vec<u32> = values.collect();
        Some(Fingerprint { minima: minima.try_into().ok()?, shingles })
    }
}

/// The minima of a set of shingles, in rounds (Dahlgaard, Knudsen, Thorup: Fast Similarity Sketching, 2017): in each
/// round a shingle competes in one place, and a later round's value never beats an earlier one's, so that what stands
/// there once every place is filled is what all rounds would leave. Long texts need one round or two; as many hashes
/// for each shingle as there are minima, which is the textbook's way, cost most of the work on a page.
fn minima(shingles: &HashSet<u64, Ready>) -> [u32; MINIMA] {
    let mut minima = [u32::MAX; MINIMA];
    if shingles.is_empty() {
        return minima;
    }
    for round in 0..2 * MINIMA {
        let key = mix(round as u64 + 1);
        for shingle in shingles {
            let hash = mix(shingle ^ key);
            // The first rounds throw the shingles over the places, the last ones fill each place in turn.
            let place = if round < MINIMA { (hash >> 32) as usize % MINIMA } else { round - MINIMA };
            let value = (round as u32) << ROUND_SHIFT | hash as u32 & ((1 << ROUND_SHIFT) - 1);
            minima[place] = value.min(minima[place]);
        }
        if !minima.contains(&u32::MAX) {
            break;
        }
    }
    minima
}

/// Whether the numbers of two texts say that they are different bulletins of one form.
pub fn are_different_bulletins(a: &Folded, b: &Folded) -> bool {
    let (a, b) = (numbers(a), numbers(b));
    let smaller = a.len().min(b.len());
    smaller >= NUMBERS_MIN && (a.intersection(&b).count() as f64) < NUMBERS_SHARED_MIN * smaller as f64
}

fn numbers(folded: &Folded) -> HashSet<&str> {
    words(folded).flat_map(|word| word.split(|c: char| !c.is_ascii_digit())).filter(|run| !run.is_empty()).collect()
}

/// The words of a folded text: what stands between its gaps.
fn words(folded: &Folded) -> impl Iterator<Item = &str> {
    let ends = folded.gaps.iter().map(|gap| gap.0).chain([folded.text.len()]);
    let mut start = 0;
    ends.map(move |end| {
        let word = folded.text.get(start..end).unwrap_or_default();
        start = end;
        word
    })
    .filter(|word| !word.is_empty())
}

fn shingles(folded: &Folded) -> HashSet<u64, Ready> {
    let characters: Vec<char> = folded.text.chars().collect();
    let han = characters.iter().filter(|c| is_han(**c)).count();
    if han * 100 > characters.len() * HAN_PERCENT {
        let stirred = |characters: &[char]| characters.iter().fold(0, |hash, c| mix(hash ^ u64::from(*c)));
        return characters.windows(SHINGLE_CHARS).map(stirred).collect();
    }
    let words: Vec<u64> = words(folded).map(hash).collect();
    words.windows(SHINGLE_WORDS).map(|words| words.iter().fold(0, |hash, word| mix(hash ^ word))).collect()
}

/// FNV-1a (64 bits), stirred: the same on every machine and in every release, as stored fingerprints must be.
fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    mix(text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

/// Shingles are hashes already.
type Ready = BuildHasherDefault<Taken>;

/// Takes a number for its own hash.
#[derive(Default)]
struct Taken(u64);

impl Hasher for Taken {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| mix(hash ^ u64::from(*byte)));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// The finaliser of SplitMix64: every bit of the input moves every bit of the output.
const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    const STORY: &str = "江城的早市搬进了新棚。天还没亮，卖豆腐的老秦已经把炉子点着，蒸汽顺着棚顶的缝往外冒。\
        他说，露天摆了二十年，冬天手指冻得伸不直，如今棚里有暖气，顾客愿意多站一会儿。棚子长一百二十米，\
        分四个区，蔬菜、熟食、干货和修补各占一段，摊位费半年内免收。早市管理员每天五点开门，九点清场。";

    fn likeness(a: &str, b: &str) -> Likeness {
        let of = |text: &str| Fingerprint::of(&fold::folded(text)).unwrap();
        of(a).likeness(&of(b))
    }

    #[test]
    fn copies_are_found_edited_wrapped_or_cut_and_in_either_script() {
        let check = |copy: &str| assert!(likeness(STORY, copy).is_copy(), "{:?}: {copy}", likeness(STORY, copy));
        check(STORY);
        check(&STORY.replace("老秦", "秦师傅").replace("二十年", "20年"));
        check(&format!("本报讯 记者日前从有关部门获悉，{STORY} 欢迎读者提供线索，联系电话见报眼。"));
        check(&STORY.chars().take(110).collect::<String>());
        check(
            "江城的早市搬進了新棚。天還沒亮，賣豆腐的老秦已經把爐子點著，蒸汽順著棚頂的縫往外冒。\
            他說，露天擺了二十年，冬天手指凍得伸不直，如今棚裡有暖氣，顧客願意多站一會兒。棚子長一百二十米，\
            分四個區，蔬菜、熟食、乾貨和修補各佔一段，攤位費半年內免收。早市管理員每天五點開門，九點清場。",
        );
    }

    #[test]
    fn two_reports_of_one_event_stay_two() {
        let other = "江城早市昨天搬家，新棚里亮着灯。记者清晨看到，四个区的摊主陆续到位，卖干货的先把麻袋码齐。\
            一位常来的老人说，以前下雪天不敢出门，现在走进来就不冷了。市场方面介绍，棚内设有暖气和热水，\
            半年内不收摊位费，此后按面积计算，价格会提前公布。附近居民担心停车，交警已在路口增设临时车位。";
        assert!(!likeness(STORY, other).is_copy(), "{:?}", likeness(STORY, other));
    }

    #[test]
    fn english_is_compared_by_words() {
        let story = "The morning market in Rivertown moved under a new roof on Tuesday. Traders who had stood in the \
            cold for twenty years found heating, running water and four marked areas for vegetables, cooked food, \
            dry goods and repairs. Rent is waived for half a year, the city said, and will be set by area later.";
        assert!(likeness(story, &story.replace("Tuesday", "Wednesday").to_uppercase()).is_copy());
        assert!(!likeness(story, &story.split(' ').rev().collect::<Vec<_>>().join(" ")).is_copy());
    }

    #[test]
    fn bulletins_of_one_form_are_told_apart_by_their_numbers() {
        let bulletin = |a: i32| {
            fold::folded(&format!("今日江城最高气温{}度，最低气温{}度，风力{}级，湿度{}", a, a - 9, a + 3, a + 40))
        };
        assert!(are_different_bulletins(&bulletin(1), &bulletin(20)));
        assert!(!are_different_bulletins(&bulletin(1), &bulletin(1)));
        assert!(!are_different_bulletins(&fold::folded("1 2 3"), &fold::folded("4 5 6")));
    }

    #[test]
    fn the_likeness_of_sets_of_any_size_is_told_truly() {
        let set = |from: u64, to: u64| minima(&(from..to).map(mix).collect());
        for size in [40, 200, 5_000] {
            for (shared, similarity) in [(size, 1.0), (size * 2 / 3, 0.5), (size * 2 / 11, 0.1), (0, 0.0)] {
                let pairs = 60;
                let equal: usize = (0..pairs)
                    .map(|pair| {
                        let start = pair * 1_000_000;
                        let (a, b) = (set(start, start + size), set(start + size - shared, start + 2 * size - shared));
                        a.iter().zip(b).filter(|(a, b)| *a == b).count()
                    })
                    .sum();
                let told = equal as f64 / (pairs as usize * MINIMA) as f64;
                assert!((told - similarity).abs() < 0.03, "{told} for {similarity} of {size}");
            }
        }
    }

    #[test]
    fn a_fingerprint_survives_the_store_and_short_texts_have_none() {
        let fingerprint = Fingerprint::of(&fold::folded(STORY)).unwrap();
        assert_eq!(Fingerprint::from_bytes(&fingerprint.to_bytes()), Some(fingerprint));
        assert_eq!(Fingerprint::from_bytes(&[0; 7]), None);
        assert_eq!(Fingerprint::of(&fold::folded("快讯：早市搬家。")), None);
    }
}

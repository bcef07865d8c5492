//! The labelled pages in `tests/pages`: invented articles in the markup of many portal systems, each with what a
//! careful reader finds on it. What we read of them may only get better.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic;
use std::sync::LazyLock;

use score::Means;
use verdict::Verdict;

mod score;
mod truth;
mod verdict;

/// F1 of the body by language, in thousandths: what is reached today, less a hair. These figures only go up.
const BODY_FLOORS: &[(&str, usize)] =
    &[("de", 933), ("en", 977), ("ja", 977), ("ko", 966), ("ru", 986), ("zh-Hans", 994), ("zh-Hant", 976)];
/// The share of pages on which a field is exact, in thousandths; the same holds for these.
const FIELD_FLOORS: &[(&str, usize)] = &[
    ("author", 980),
    ("captions", 800),
    ("charset", 1000),
    ("date", 980),
    ("editor", 980),
    ("images", 940),
    ("language", 1000),
    ("photographer", 980),
    ("section", 970),
    ("source", 1000),
    ("subtitle", 1000),
    ("title", 980),
    ("updated", 980),
];
/// Words that stand on a page, belong to no article and are published all the same. This list only gets shorter.
const KNOWN_LEAKS: &[(&str, &str)] = &[];

/// Every page, read once for all tests.
static VERDICTS: LazyLock<Vec<Verdict>> = LazyLock::new(|| {
    let judge = |truth: truth::Truth| {
        let id = truth.id.clone();
        panic::catch_unwind(|| verdict::on(truth)).unwrap_or_else(|_| panic!("reading {id} panicked"))
    };
    truth::load().into_iter().map(judge).collect()
});

#[test]
fn every_labelled_page_has_a_truth_and_gives_an_article() {
    let pages: BTreeSet<String> = std::fs::read_dir(truth::folder())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".html").map(str::to_owned))
        .collect();
    let ids: BTreeSet<String> = VERDICTS.iter().map(|verdict| verdict.truth.id.clone()).collect();
    assert_eq!(ids, pages);
    assert_eq!(ids.len(), VERDICTS.len(), "an id occurs twice");
    let errors: Vec<_> = VERDICTS.iter().filter_map(|verdict| verdict.error.as_deref()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn labelled_pages_are_read_at_least_as_well_as_before() {
    let (bodies, fields) = (bodies(), fields());
    // Past the capture of the test harness: the scores are of interest when all is well.
    let _ = std::io::stdout().write_all(table(&bodies, &fields).as_bytes());
    let mut sunk = Vec::new();
    for (language, floor) in BODY_FLOORS {
        let f1 = bodies.get(language).map_or(0.0, Means::f1);
        if f1 * 1000.0 < *floor as f64 {
            sunk.push(format!("body in {language}: {f1:.4}, was at least .{floor:03}"));
        }
    }
    for (name, floor) in FIELD_FLOORS {
        let (right, all) = fields.get(name).copied().unwrap_or_default();
        if right * 1000 < floor * all || all == 0 {
            sunk.push(format!("{name}: {right} of {all}, was at least .{floor:03}"));
        }
    }
    let misses = misses();
    println!("{misses}");
    assert!(sunk.is_empty(), "{}", sunk.join("\n"));
    assert_eq!(BODY_FLOORS.len(), bodies.len(), "each language has its floor");
    assert_eq!(FIELD_FLOORS.len(), fields.len(), "each field has its floor");
}

#[test]
fn what_belongs_to_no_article_is_not_published() {
    let leaks = VERDICTS.iter().flat_map(|verdict| {
        let words = verdict.truth.absent().into_iter();
        words.filter(|word| verdict.published.contains(word)).map(|word| (verdict.truth.id.as_str(), word))
    });
    let leaks: BTreeSet<(&str, &str)> = leaks.collect();
    let known: BTreeSet<(&str, &str)> = KNOWN_LEAKS.iter().copied().collect();
    let new: Vec<_> = leaks.difference(&known).collect();
    assert!(new.is_empty(), "published, and must not be: {new:#?}");
    let mended: Vec<_> = known.difference(&leaks).collect();
    println!("not published any more, take them off the list: {mended:#?}");
}

fn bodies() -> BTreeMap<&'static str, Means> {
    let mut bodies = BTreeMap::<_, Means>::new();
    for verdict in VERDICTS.iter() {
        bodies.entry(verdict.truth.language.as_str()).or_default().add(verdict.score);
    }
    bodies
}

/// On how many pages each field is right, and on how many it is known.
fn fields() -> BTreeMap<&'static str, (usize, usize)> {
    let mut fields = BTreeMap::new();
    for field in VERDICTS.iter().flat_map(|verdict| &verdict.fields) {
        let (right, all) = fields.entry(field.name).or_insert((0, 0));
        *right += usize::from(field.is_right);
        *all += 1;
    }
    fields
}

fn table(bodies: &BTreeMap<&str, Means>, fields: &BTreeMap<&str, (usize, usize)>) -> String {
    let mut table =
        format!("\nlabelled pages: {}\n  body          pages      P      R     F1  empty\n", VERDICTS.len());
    for (language, means) in bodies {
        let _ = writeln!(
            table,
            "  {language:<12} {:>6} {:>6.3} {:>6.3} {:>6.3} {:>6}",
            means.pages,
            means.precision(),
            means.recall(),
            means.f1(),
            means.empty()
        );
    }
    table.push_str("  field         exact\n");
    for (name, (right, all)) in fields {
        let _ = writeln!(table, "  {name:<12} {right:>3} of {all}");
    }
    table
}

/// Every page whose body or field is not as it should be.
fn misses() -> String {
    let mut misses = String::new();
    for verdict in VERDICTS.iter() {
        let (precision, recall) = (verdict.score.precision.unwrap_or(0.0), verdict.score.recall);
        if precision.min(recall) < 0.98 {
            let _ = writeln!(misses, "{}: body P {precision:.3} R {recall:.3}", verdict.truth.id);
        }
        for field in verdict.fields.iter().filter(|field| !field.is_right) {
            let _ = writeln!(
                misses,
                "{}: {}\n    want {}\n    got  {}",
                verdict.truth.id, field.name, field.want, field.got
            );
        }
    }
    misses
}

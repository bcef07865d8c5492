//! How well articles are read, and what that costs: any folder with a `truth.jsonl` (`id`, `url`, `text`, `title`,
//! `date`, `author`) and a page `ID.html` for each line of it; without a folder the labelled pages of the tests.
//!
//! `cargo bench --bench extraction -- [--check] [--predictions FILE] [DIR]...`
//!
//! The cost is CPU time, in turns with dom_smoothie alone on the same pages; what counts is the median of the rounds.
//! The learned way is timed in the same turns, on the pages whose template can be learned: each page stands for its
//! template, as if others of the same make had been read before it.

use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::Context;
use dom_smoothie::Readability;
use harbinger::ingest::{decode, page};
use harbinger::model::article::CleanArticle;
use harbinger::model::portal::Portal;
use harbinger::model::timezone::Timezone;
use regex::Regex;
use serde::{Deserialize, Serialize};
use url::Url;

use score::Means;

#[path = "../tests/suite/extraction/score.rs"]
mod score;

#[path = "extraction/learned.rs"]
mod learned;

#[path = "extraction/memory.rs"]
mod memory;

#[global_allocator]
static ALLOCATOR: memory::Counted = memory::Counted;

/// Rounds that are timed.
const ROUNDS: usize = 7;

/// One line of the truth. What it leaves empty is not scored.
#[derive(Deserialize)]
struct Truth {
    id: String,
    url: Option<String>,
    text: String,
    title: Option<String>,
    date: Option<String>,
    author: Option<String>,
    portal_language: Option<String>,
    timezone: Option<String>,
}

/// What was read of a page, in the form of the truth.
#[derive(Default, Serialize)]
struct Prediction {
    id: String,
    text: String,
    title: Option<String>,
    date: Option<String>,
    author: Option<String>,
}

/// A page, ready to be read.
struct Case {
    truth: Truth,
    body: Vec<u8>,
    url: Url,
    portal: Portal,
}

/// What one pass over a folder gave.
#[derive(Default)]
struct Outcome {
    predictions: Vec<Prediction>,
    panics: Vec<String>,
}

struct Arguments {
    folders: Vec<PathBuf>,
    is_check: bool,
    predictions: Option<PathBuf>,
}

fn main() -> anyhow::Result<ExitCode> {
    harbinger::memory::keep_little();
    let arguments = arguments()?;
    let mut predictions = arguments.predictions.as_ref().map(fs::File::create).transpose()?;
    let mut is_whole = true;
    for folder in &arguments.folders {
        let cases = cases(folder)?;
        let outcome = read_all(&cases);
        if let Some(file) = &mut predictions {
            for prediction in &outcome.predictions {
                writeln!(file, "{}", serde_json::to_string(prediction)?)?;
            }
        }
        println!("{}\n  {}", folder.display(), scores(&cases, &outcome.predictions));
        println!("  {}", memory::line(&cases));
        outcome.panics.iter().for_each(|id| println!("  panicked on {id}"));
        is_whole &= outcome.panics.is_empty() && outcome.predictions.iter().all(|one| !one.text.trim().is_empty());
        if !arguments.is_check {
            let learned = learned::cases(&cases);
            println!("  {}", learned::scores(&cases, &learned));
            println!("  {}", cost(&cases, &learned));
        }
    }
    Ok(if is_whole || !arguments.is_check { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn arguments() -> anyhow::Result<Arguments> {
    let mut arguments = Arguments { folders: Vec::new(), is_check: false, predictions: None };
    let mut given = std::env::args_os().skip(1);
    while let Some(argument) = given.next() {
        match argument.to_str() {
            // Cargo adds it for its own harness.
            Some("--bench") => {}
            Some("--check") => arguments.is_check = true,
            Some("--predictions") => {
                arguments.predictions = Some(given.next().context("--predictions needs a file")?.into());
            }
            Some(option) if option.starts_with("--") => {
                anyhow::bail!("unknown option {option}; there are --check and --predictions FILE")
            }
            _ => arguments.folders.push(argument.into()),
        }
    }
    if arguments.folders.is_empty() {
        arguments.folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages"));
    }
    Ok(arguments)
}

fn cases(folder: &Path) -> anyhow::Result<Vec<Case>> {
    let path = folder.join("truth.jsonl");
    let lines = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = lines.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| case(folder, line).with_context(|| format!("{}: {line:.60}", path.display()))).collect()
}

fn case(folder: &Path, line: &str) -> anyhow::Result<Case> {
    let truth: Truth = serde_json::from_str(line)?;
    let url: Option<Url> = truth.url.as_deref().and_then(|url| url.parse().ok());
    let url = url.map_or_else(|| "http://localhost/".parse(), Ok)?;
    let mut portal = Portal::unknown(url.clone()).map_err(anyhow::Error::msg)?;
    if let Some(language) = &truth.portal_language {
        portal.language.clone_from(language);
    }
    // Chinese pages mean the time of China and do not say so.
    let guess = if score::is_cjk(&truth.text) { "Asia/Shanghai".parse()? } else { Timezone::UTC };
    portal.timezone = truth.timezone.as_deref().map_or(Ok(guess), str::parse)?;
    let body = fs::read(folder.join(format!("{}.html", truth.id)))?;
    Ok(Case { truth, body, url, portal })
}

fn read_all(cases: &[Case]) -> Outcome {
    let mut outcome = Outcome::default();
    for case in cases {
        let reading = panic::catch_unwind(AssertUnwindSafe(|| {
            let page = decode::bytes(case.url.clone(), None, case.body.clone());
            page::read(&page, &case.portal).map(|reading| reading.article)
        }));
        let id = case.truth.id.clone();
        outcome.predictions.push(match reading {
            Ok(Ok(article)) => prediction(id, article, case.portal.timezone),
            Ok(Err(_)) => Prediction { id, ..Prediction::default() },
            Err(_) => {
                outcome.panics.push(id.clone());
                Prediction { id, ..Prediction::default() }
            }
        });
    }
    outcome
}

fn prediction(id: String, article: CleanArticle, timezone: Timezone) -> Prediction {
    Prediction {
        id,
        text: article.text,
        title: Some(article.title),
        date: article.published.map(|time| time.with_timezone(&timezone).to_rfc3339()),
        author: (!article.authors.is_empty()).then(|| article.authors.join(" ")),
    }
}

/// The means of the bodies, and on how many pages of those where the truth knows it each field is exact.
fn scores(cases: &[Case], predictions: &[Prediction]) -> String {
    let mut means = Means::default();
    let mut exact = [("title", 0, 0), ("date", 0, 0), ("author", 0, 0)];
    for (Case { truth, .. }, got) in cases.iter().zip(predictions) {
        means.add(score::text(&truth.text, &got.text));
        let fields = [
            (said(&truth.title), score::fold(said(&truth.title)) == score::fold(said(&got.title))),
            (said(&truth.date), day(said(&truth.date)) == day(said(&got.date))),
            (said(&truth.author), names(said(&truth.author)) == names(said(&got.author))),
        ];
        for ((_, right, all), (_, is_same)) in exact.iter_mut().zip(fields).filter(|(_, (want, _))| !want.is_empty()) {
            *all += 1;
            *right += usize::from(is_same);
        }
    }
    let exact = exact.map(|(name, right, all)| format!("{name} {right}/{all}")).join("  ");
    let (precision, recall, f1, empty) = (means.precision(), means.recall(), means.f1(), means.empty());
    format!("pages {}  P {precision:.3}  R {recall:.3}  F1 {f1:.3}  empty {empty}  {exact}", means.pages)
}

fn said(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or("")
}

/// Year, month and day, however many digits they are written with; what is no day stands as it is written.
fn day(time: &str) -> String {
    static DAY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:\D|$)").expect("a constant expression"));
    match DAY.captures(time) {
        Some(day) => format!("{}-{:0>2}-{:0>2}", &day[1], &day[2], &day[3]),
        None => time.to_owned(),
    }
}

/// The words of names in any order; separators differ from truth to truth.
fn names(text: &str) -> Vec<String> {
    static LABEL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)^(?:by|作者|记者|编辑)\s*[:：]?\s*").expect("a constant expression"));
    let text = LABEL.replace(text, "");
    let words = text.split([';', ',', '、', '/', ' ', '&']).map(score::fold).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.collect();
    words.sort();
    words.dedup();
    words
}

/// Pages a second of processor time for the whole work on a page, and how that compares with dom_smoothie alone.
fn cost(cases: &[Case], learned: &[learned::Learned]) -> String {
    let texts: Vec<String> =
        cases.iter().map(|case| decode::bytes(case.url.clone(), None, case.body.clone()).text).collect();
    let bytes: usize = cases.iter().map(|case| case.body.len()).sum();
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut by_template, mut gains, mut whole_gains) = (Vec::new(), Vec::new(), Vec::new());
    // The first round warms both up and is not counted.
    for round in 0..=ROUNDS {
        let our_s = our_turn(cases);
        let their_s = their_turn(cases, &texts);
        if round > 0 {
            ours.push(cases.len() as f64 / our_s);
            theirs.push(cases.len() as f64 / their_s);
            ratios.push(our_s / their_s);
        }
        let learned::Turn { learned_s, general_s, keys_s } = learned::turn(cases, learned);
        if round > 0 {
            by_template.push(learned.len() as f64 / (learned_s + keys_s));
            gains.push(general_s / learned_s);
            whole_gains.push((general_s + keys_s) / (learned_s + keys_s));
        }
    }
    format!(
        "{:.0} pages per core-second; dom_smoothie alone {:.0}; its CPU × {:.2} (median of {ROUNDS} rounds, pages of {} KB)\n  \
         {:.0} pages per core-second by learned templates with their keys, {:.2} times as many as the general way on \
         the same pages; {:.2} times without the keys, which are the same work",
        median(ours),
        median(theirs),
        median(ratios),
        bytes / cases.len().max(1) / 1000,
        median(by_template),
        median(whole_gains),
        median(gains),
    )
}

fn our_turn(cases: &[Case]) -> f64 {
    let bodies: Vec<Vec<u8>> = cases.iter().map(|case| case.body.clone()).collect();
    let start = cpu();
    for (case, body) in cases.iter().zip(bodies) {
        let page = decode::bytes(case.url.clone(), None, body);
        let _ = black_box(page::read(&page, &case.portal));
    }
    (cpu() - start).as_secs_f64()
}

fn their_turn(cases: &[Case], texts: &[String]) -> f64 {
    let start = cpu();
    for (case, text) in cases.iter().zip(texts) {
        let article = Readability::new(text.as_str(), Some(case.url.as_str()), None).and_then(|mut one| one.parse());
        let _ = black_box(article);
    }
    (cpu() - start).as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What this process has used of the processor, for itself and in the kernel.
#[expect(unsafe_code, reason = "the clock of the processor is a system call")]
fn cpu() -> Duration {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the struct is ours and large enough, and all zeros is a value of it.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let duration = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    duration(usage.ru_utime) + duration(usage.ru_stime)
}

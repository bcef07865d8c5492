//! What the benches share: arguments, helper processes, CPU clocks, and the table they print.
//!
//! Figures are compared with a reference measured in the same run, in turns; what counts is the median of the
//! ratios of neighbouring rounds, which a machine shared with others disturbs least.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::Context;

/// What a bench was called with.
pub struct Arguments {
    /// `--check`: a short run that shows that the bench works; only facts can fail it, never times.
    pub is_check: bool,
    /// What was given as a name of figures.
    pub only: String,
    role: Vec<String>,
}

impl Arguments {
    /// Whether a group of figures is wanted: all of them, or those whose names hold the text given.
    pub fn wants(&self, group: &str) -> bool {
        group.contains(&self.only)
    }

    /// `--role NAME …`: what this process is in a bench that needs several; empty for the bench itself.
    pub fn role(&self) -> Vec<&str> {
        self.role.iter().map(String::as_str).collect()
    }
}

/// Reads the arguments; what cargo adds for its own harness is passed over.
pub fn arguments() -> Arguments {
    let mut arguments = Arguments { is_check: false, only: String::new(), role: Vec::new() };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--check" => arguments.is_check = true,
            "--role" => arguments.role = given.by_ref().collect(),
            argument if argument.starts_with('-') => {}
            only => arguments.only = only.to_owned(),
        }
    }
    arguments
}

/// This program once more, as a server beside the bench; it ends when this is dropped.
pub struct Helper {
    child: Child,
    /// What it says once it is ready: its address.
    pub ready: String,
}

impl Helper {
    /// Starts it and waits until it is ready.
    pub fn start(role: &[&str]) -> anyhow::Result<Helper> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--role").args(role).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut ready = String::new();
        let stdout = child.stdout.take().context("the helper's output was not caught")?;
        BufReader::new(stdout).read_line(&mut ready)?;
        let helper = Helper { child, ready: ready.trim().to_owned() };
        anyhow::ensure!(!helper.ready.is_empty(), "the helper {role:?} did not start");
        Ok(helper)
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // It ends when its input does; if it does not, it is gone already.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Says that a helper is ready, and ends it together with the bench.
pub fn serve_until_dropped(address: &str) -> anyhow::Result<()> {
    println!("{address}");
    std::io::stdout().flush()?;
    std::thread::spawn(|| {
        // The end of the input, or an error: either way the bench is gone.
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    Ok(())
}

/// What a process has used of the processor so far, user and system time of all its threads, also of ended ones.
#[expect(unsafe_code, reason = "the standard library does not read CPU clocks")]
pub fn cpu(process: u32) -> anyhow::Result<Duration> {
    let mut clock = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let process = i32::try_from(process)?;
    // SAFETY: both calls only write to the variable they are given.
    let failed = unsafe {
        libc::clock_getcpuclockid(process, &raw mut clock) != 0 || libc::clock_gettime(clock, &raw mut time) != 0
    };
    anyhow::ensure!(!failed, "cannot read the CPU clock of process {process}");
    Ok(Duration::new(time.tv_sec.try_into()?, time.tv_nsec.try_into()?))
}

/// A line of `/proc/PID/status` about memory, in MB (10⁶ bytes).
pub fn memory_mb(process: u32, name: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib: f64 = line.context("no such line")?.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024.0 / 1e6)
}

/// The middle one of some numbers.
pub fn median(numbers: &[f64]) -> f64 {
    quantile(numbers, 0.5)
}

/// The number that this share of all lie below.
pub fn quantile(numbers: &[f64], share: f64) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN)
}

/// What a figure must reach.
#[derive(Clone, Copy)]
pub enum Demand {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Nothing: shown for scale.
    None,
}

impl Demand {
    fn verdict(self, value: f64) -> (String, &'static str) {
        let (text, is_met) = match self {
            Demand::AtLeast(least) => (format!("≥ {least}"), value >= least),
            Demand::AtMost(most) => (format!("≤ {most}"), value <= most),
            Demand::None => return ("–".to_owned(), ""),
        };
        (text, if is_met { "ok" } else { "MISSED" })
    }
}

/// Which of two measured numbers is the better one.
#[derive(Clone, Copy)]
pub enum Better {
    /// Such as requests a second.
    Higher,
    /// Such as CPU time a request.
    Lower,
}

/// The figures of a bench.
pub struct Table {
    rows: Vec<[String; 6]>,
    has_failed: bool,
}

impl Table {
    /// An empty table.
    pub fn new() -> Table {
        let heading = ["figure", "ours", "reference", "ratio (middle half)", "demanded", ""].map(str::to_owned);
        Table { rows: vec![heading], has_failed: false }
    }

    /// A figure measured in turns with its reference. The ratio is above 1 where ours is better.
    pub fn paired(&mut self, figure: &str, better: Better, ours: &[f64], reference: &[f64], demand: Demand) {
        let ratio = |(ours, reference): (&f64, &f64)| match better {
            Better::Higher => ours / reference,
            Better::Lower => reference / ours,
        };
        let ratios: Vec<f64> = ours.iter().zip(reference).map(ratio).collect();
        let (low, high) = (quantile(&ratios, 0.25), quantile(&ratios, 0.75));
        let (demanded, verdict) = demand.verdict(median(&ratios));
        let ratio = format!("{:.3} ({low:.2}–{high:.2})", median(&ratios));
        self.push([figure, &number(median(ours)), &number(median(reference)), &ratio, &demanded, verdict]);
    }

    /// A figure without a reference; the median counts.
    pub fn single(&mut self, figure: &str, measured: &[f64], demand: Demand) {
        let (demanded, verdict) = demand.verdict(median(measured));
        self.push([figure, &number(median(measured)), "–", "–", &demanded, verdict]);
    }

    /// Something that must hold however fast the machine is.
    pub fn fact(&mut self, figure: &str, value: f64, demand: Demand) {
        let (demanded, verdict) = demand.verdict(value);
        self.has_failed |= verdict == "MISSED";
        self.push([figure, &number(value), "–", "–", &demanded, verdict]);
    }

    /// Prints the table; only facts decide the exit status.
    pub fn finish(self) -> ExitCode {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: [usize; 6] = std::array::from_fn(width);
        for row in &self.rows {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            println!("{}", cells.collect::<Vec<_>>().join(" │ ").trim_end());
        }
        if self.has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    fn push(&mut self, row: [&str; 6]) {
        self.rows.push(row.map(str::to_owned));
    }
}

fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

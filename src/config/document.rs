//! One TOML file, read key by key so that every mistake in it is noted with its line.
//!
//! `serde` stops at the first mistake; here the tree of values is walked by hand instead.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::config::Problem;
use crate::config::file::FILE_BYTES_MAX;
use crate::config::nearest::nearest;

/// The most problems reported of one file; who has made more has made one of them many times.
const PROBLEMS_MAX: usize = 100;

/// Reads a file's bytes, hands its table to `read`, and returns every mistake in the order of the lines.
pub fn read<T>(file: &str, bytes: &[u8], read: impl FnOnce(&Table) -> Option<T>) -> (Option<T>, Vec<Problem>) {
    let unreadable = |line: Option<usize>, message: &str| {
        (None, vec![Problem { file: file.to_owned(), line, key: String::new(), message: message.to_owned() }])
    };
    if bytes.len() > FILE_BYTES_MAX {
        return unreadable(None, "larger than 1 MiB; expected a smaller file");
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
            return unreadable(Some(line), "not UTF-8; expected the file to be saved as UTF-8");
        }
    };
    let notes = Notes::new(file, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut found = None;
    if errors.is_empty() {
        found = read(&Table { notes: &notes, entries: root.get_ref(), path: String::new(), line: 1 });
    }
    for error in &errors {
        notes.syntax_error(error);
    }
    let mut problems = notes.problems.into_inner();
    problems.sort_by_key(|problem| problem.line);
    if !errors.is_empty() {
        // After the first mistake in a line the parser guesses.
        problems.dedup_by_key(|problem| problem.line);
    }
    problems.truncate(PROBLEMS_MAX);
    (found, problems)
}

/// The mistakes found so far.
struct Notes<'a> {
    file: &'a str,
    line_starts: Vec<usize>,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Notes<'a> {
    fn new(file: &'a str, text: &str) -> Notes<'a> {
        let after_breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1);
        Notes { file, line_starts: after_breaks.collect(), problems: RefCell::default() }
    }

    fn line(&self, span: Range<usize>) -> usize {
        self.line_starts.partition_point(|&start| start <= span.start) + 1
    }

    fn add(&self, line: usize, key: String, message: String) {
        let problem = Problem { file: self.file.to_owned(), line: Some(line), key, message };
        self.problems.borrow_mut().push(problem);
    }

    fn syntax_error(&self, error: &toml::de::Error) {
        let line = error.span().map_or(1, |span| self.line(span));
        let hint = match error.message() {
            "duplicate key" => "; expected each key and table once",
            message if message.contains("expected") => "",
            _ => "; expected TOML such as key = \"value\"",
        };
        self.add(line, String::new(), format!("{}{hint}", error.message().replace('\n', " ")));
    }
}

/// A table of the file, and where it stands.
pub struct Table<'a> {
    notes: &'a Notes<'a>,
    entries: &'a DeTable<'a>,
    path: String,
    line: usize,
}

impl<'a> Table<'a> {
    /// Notes every key that is not among `known`.
    pub fn only(&self, known: &[&str]) {
        for (key, _) in self.entries.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            let meant = match nearest(key.get_ref(), known.iter().copied()) {
                Some(meant) => format!("did you mean {meant}? "),
                None => String::new(),
            };
            let message = format!("unknown key; {meant}expected one of {}", known.join(", "));
            self.notes.add(self.notes.line(key.span()), self.path_of(key.get_ref()), message);
        }
    }

    /// Whether the key is there, whatever it holds.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The value of a key that may be left out.
    pub fn optional<T>(&self, key: &str, read: impl Fn(&DeValue) -> Result<T, String>) -> Option<T> {
        let value = self.entries.get(key)?;
        read(value.get_ref()).map_err(|message| self.problem(key, message)).ok()
    }

    /// The value of a key that may not; `example` is what to write there.
    pub fn required<T>(&self, key: &str, example: &str, read: impl Fn(&DeValue) -> Result<T, String>) -> Option<T> {
        if !self.has(key) {
            self.problem(key, format!("missing; expected {example}"));
        }
        self.optional(key, read)
    }

    /// The values of a list; empty if it is left out. Each that cannot be read is noted by its place.
    pub fn list<T>(&self, key: &str, read: impl Fn(&DeValue) -> Result<T, String>) -> Vec<T> {
        let Some(array) = self.array(key, "[\"…\", \"…\"]") else { return Vec::new() };
        let read = |(index, value): (usize, &Spanned<DeValue>)| {
            let key = format!("{}[{}]", self.path_of(key), index + 1);
            read(value.get_ref()).map_err(|message| self.notes.add(self.notes.line(value.span()), key, message)).ok()
        };
        array.iter().enumerate().filter_map(read).collect()
    }

    /// The table under a key.
    pub fn table(&self, key: &str) -> Option<Table<'a>> {
        let value = self.entries.get(key)?;
        match value.get_ref() {
            DeValue::Table(entries) => {
                let line = self.notes.line(value.span());
                Some(Table { notes: self.notes, entries, path: self.path_of(key), line })
            }
            other => {
                self.problem(key, format!("{}; expected a table: [{}]", found(other), self.path_of(key)));
                None
            }
        }
    }

    /// The tables of a list; `example` is one of them, as written.
    pub fn tables(&self, key: &str, example: &str) -> Vec<Table<'a>> {
        let Some(array) = self.array(key, example) else { return Vec::new() };
        let read = |(index, value): (usize, &'a Spanned<DeValue<'a>>)| {
            let path = format!("{}[{}]", self.path_of(key), index + 1);
            let line = self.notes.line(value.span());
            let DeValue::Table(entries) = value.get_ref() else {
                self.notes.add(line, path, format!("{}; expected a table such as {example}", found(value.get_ref())));
                return None;
            };
            Some(Table { notes: self.notes, entries, path, line })
        };
        array.iter().enumerate().filter_map(read).collect()
    }

    /// The tables of a list that must not be empty.
    pub fn some_tables(&self, key: &str, example: &str) -> Vec<Table<'a>> {
        self.note_empty(key, example);
        self.tables(key, example)
    }

    /// The values of a list that must not be empty.
    pub fn some<T>(&self, key: &str, example: &str, read: impl Fn(&DeValue) -> Result<T, String>) -> Vec<T> {
        self.note_empty(key, example);
        self.list(key, read)
    }

    fn note_empty(&self, key: &str, example: &str) {
        let is_empty = |value: &Spanned<DeValue>| value.get_ref().as_array().is_some_and(|array| array.is_empty());
        if self.entries.get(key).is_none_or(is_empty) {
            self.problem(key, format!("none; expected at least one, such as {example}"));
        }
    }

    /// Notes what is wrong with the table as a whole.
    pub fn problem_here(&self, message: impl Into<String>) {
        self.notes.add(self.line, self.path.clone(), message.into());
    }

    /// Notes what is wrong with a key: at its own line, or if it is left out at the table's.
    pub fn problem(&self, key: &str, message: impl Into<String>) {
        self.notes.add(self.line_of(key), self.path_of(key), message.into());
    }

    /// The line of a key's value, or of the table without it.
    pub fn line_of(&self, key: &str) -> usize {
        self.entries.get(key).map_or(self.line, |value| self.notes.line(value.span()))
    }

    /// Where a key stands, for the problems of other files: `feeds/example.toml:3`.
    pub fn place_of(&self, key: &str) -> String {
        format!("{}:{}", self.notes.file, self.line_of(key))
    }

    fn array(&self, key: &str, example: &str) -> Option<&'a DeArray<'a>> {
        match self.entries.get(key)?.get_ref() {
            DeValue::Array(array) => Some(array),
            other => {
                self.problem(key, format!("{}; expected a list such as {example}", found(other)));
                None
            }
        }
    }

    fn path_of(&self, key: &str) -> String {
        let is_bare = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let key = if is_bare && !key.is_empty() { key.to_owned() } else { quoted(key) };
        if self.path.is_empty() { key } else { format!("{}.{key}", self.path) }
    }
}

/// What a value is, for "found X, expected Y".
pub fn found(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "found text",
        DeValue::Integer(_) => "found a whole number",
        DeValue::Float(_) => "found a decimal number",
        DeValue::Boolean(_) => "found true or false",
        DeValue::Datetime(_) => "found a date or time",
        DeValue::Array(_) => "found a list",
        DeValue::Table(_) => "found a table",
    }
}

/// The text in quotes, on one line and cut where it is long.
pub fn quoted(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

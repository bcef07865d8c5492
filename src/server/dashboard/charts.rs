//! Charts of bars, drawn on the server: they need no script, and every figure also stands there as text.

use chrono::{DateTime, Days, Utc};

/// The height of the tallest bar, in the chart's own units.
const BAR_MAX: u64 = 100;
/// The width of a bar with its margins.
const BAR_WIDTH: usize = 40;

/// A chart of bars.
pub(super) struct Chart {
    /// Its name within the page.
    pub(super) id: String,
    /// What it shows.
    pub(super) title: String,
    /// Its bars, from left to right.
    pub(super) bars: Vec<Bar>,
}

/// A bar.
pub(super) struct Bar {
    /// What it stands for.
    pub(super) name: String,
    /// The same, short.
    pub(super) label: String,
    /// Its figure.
    pub(super) value: u64,
    /// From the left of the chart.
    pub(super) left: usize,
    /// From the top of the chart.
    pub(super) top: u64,
    /// Its height.
    pub(super) height: u64,
}

impl Chart {
    /// A chart of figures, each with its name and a short one.
    pub(super) fn new(id: &str, title: &str, figures: Vec<(String, String, u64)>) -> Chart {
        let most = figures.iter().map(|(.., value)| *value).max().unwrap_or(0).max(1);
        let bar = |(place, (name, label, value)): (usize, (String, String, u64))| {
            let height = value * BAR_MAX / most;
            Bar { name, label, value, left: place * BAR_WIDTH, top: BAR_MAX - height, height }
        };
        let bars = figures.into_iter().enumerate().map(bar).collect();
        Chart { id: id.to_owned(), title: title.to_owned(), bars }
    }

    /// A chart of the last days, also of those without a figure.
    pub(super) fn of_days(id: &str, title: &str, days: u64, figures: &[(String, i64)], now: DateTime<Utc>) -> Chart {
        let dates = (0..days).rev().map(|back| (now - Days::new(back)).format("%Y-%m-%d").to_string());
        let figure = |date: String| {
            let value = figures.iter().find(|(day, _)| *day == date).map_or(0, |(_, value)| *value);
            let label = date.get(5..).unwrap_or_default().to_owned();
            (date, label, u64::try_from(value).unwrap_or_default())
        };
        Chart::new(id, title, dates.map(figure).collect())
    }

    /// How wide it is.
    pub(super) fn width(&self) -> usize {
        self.bars.len().max(1) * BAR_WIDTH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_tall_as_their_share_of_the_tallest_and_empty_days_stand_there() {
        let now = "2026-01-08T12:00:00Z".parse().unwrap();
        let chart = Chart::of_days("a", "A", 3, &[("2026-01-06".to_owned(), 5), ("2026-01-08".to_owned(), 20)], now);
        let bars: Vec<_> = chart.bars.iter().map(|bar| (bar.label.as_str(), bar.value, bar.top, bar.height)).collect();
        assert_eq!(bars, [("01-06", 5, 75, 25), ("01-07", 0, 100, 0), ("01-08", 20, 0, 100)]);
        assert_eq!(chart.width(), 120);
    }
}

//! How things stand, for whoever watches: counts and sizes, at one moment.

/// How things stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// Articles that stand in a feed.
    pub articles: i64,
    /// Pages held back.
    pub quarantined: i64,
    /// Runs that wait.
    pub queued: i64,
    /// Runs at work.
    pub running: i64,
    /// The size of the database without its log, in bytes.
    pub database_bytes: i64,
    /// The sections, by portal and id.
    pub sections: Vec<SectionCondition>,
}

/// How a section stands, by its worst source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionCondition {
    /// The portal.
    pub portal: String,
    /// The section.
    pub section: String,
    /// When it was read last, in seconds since 1970; 0 if never.
    pub succeeded_s: i64,
    /// How often it failed since.
    pub failures: i64,
}

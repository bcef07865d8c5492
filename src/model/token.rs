//! Admin tokens: who may do what, and until when.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What the bearer of a token may do; each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Order runs and read what they did.
    Ingest,
    /// Decide what is published: quarantine, withdrawals, copies, events.
    Editor,
    /// Everything.
    Admin,
}

impl Role {
    /// The word in the API and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Ingest => "ingest",
            Role::Editor => "editor",
            Role::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Role, String> {
        let roles = [Role::Ingest, Role::Editor, Role::Admin];
        let found = roles.into_iter().find(|role| role.as_str() == text);
        found.ok_or_else(|| format!("“{text}” is no role; expected ingest, editor or admin"))
    }
}

/// A token as it is kept: its hash stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Token {
    /// Unique, for people.
    pub name: String,
    /// What it is good for.
    pub role: Role,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// It is not valid from then on; never ends without it.
    pub expires: Option<DateTime<Utc>>,
    /// When it was used last, to the minute.
    pub last_used: Option<DateTime<Utc>>,
    /// BLAKE3 of the token.
    #[serde(skip)]
    pub hash: [u8; 32],
}

impl Token {
    /// Whether it may still be used.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// Something that was ordered with a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Deed {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The name of the token; `the command line` for a command.
    pub token: String,
    /// The HTTP method; `CLI` for a command.
    pub method: String,
    /// The path, with its query; of a command, what was ordered.
    pub path: String,
    /// The status that was answered, or the exit status of a command.
    pub status: u16,
    /// The address of what was made, if anything.
    pub result: Option<String>,
}

//! Which ids are taken.

use std::collections::HashMap;

use crate::config::document::Table;

/// Where each id was given first.
#[derive(Default)]
pub struct Ids(HashMap<(&'static str, String), String>);

impl Ids {
    /// Notes that the id of this table is taken, or whose it is already.
    pub fn claim(&mut self, kind: &'static str, id: &str, table: &Table) {
        self.claim_under("id", kind, id, table);
    }

    /// The same of ids that this table had before.
    pub fn claim_aliases(&mut self, kind: &'static str, aliases: &[String], table: &Table) {
        for alias in aliases {
            self.claim_under("aliases", kind, alias, table);
        }
    }

    fn claim_under(&mut self, name: &str, kind: &'static str, id: &str, table: &Table) {
        let key = (kind, id.to_owned());
        match self.0.get(&key) {
            Some(place) => {
                table.problem(name, format!("\"{id}\" is also the id of the {kind} at {place}; expected another id"));
            }
            None => {
                self.0.insert(key, table.place_of(name));
            }
        }
    }
}

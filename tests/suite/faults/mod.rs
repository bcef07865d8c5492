//! What goes wrong around the program while it runs for years, one file a family. docs/faults.md has each case with
//! what is promised for it.

mod clocks;
mod connections;
mod databases;
mod disks;
mod evidence;
mod kills;
mod portals;
pub mod program;
pub mod site;
mod stored;
mod volume;

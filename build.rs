//! Tells cargo what the program embeds.

fn main() {
    for folder in ["migrations", "sample", "templates"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}

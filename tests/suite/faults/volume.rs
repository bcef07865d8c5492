//! A small file system of its own for a program's data, which can really be full. It is mounted where only this program
//! sees it, so nobody has to be root, and it is gone with the process that holds it.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What is written at once to fill it; the blocks of the file system are larger.
const FILLING: [u8; 512] = [0xff; 512];

pub struct Volume {
    holder: Child,
    /// Where it is mounted, as the program sees it.
    folder: PathBuf,
}

impl Volume {
    /// One of so many bytes over a folder. `None`, with a word on stderr, where this process may not mount anything.
    pub fn over(folder: &Path, bytes: u64) -> Option<Volume> {
        let script = format!("mount -t tmpfs -o size={bytes} tmpfs \"$0\" && echo mounted && exec cat");
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "/bin/sh", "-c", &script]).arg(folder);
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut said = String::new();
        let holder = started.ok().and_then(|mut holder| {
            BufReader::new(holder.stdout.take()?).read_line(&mut said).ok()?;
            Some(holder)
        });
        match holder {
            Some(holder) if said == "mounted\n" => Some(Volume { holder, folder: folder.to_owned() }),
            _ => {
                // What the macros print of a test that passes is not shown.
                let word = "this process may not mount a file system: the tests with a limit on the size of files alone \
                            hold what is promised for a full disk\n";
                let _ = std::io::stderr().write_all(word.as_bytes());
                None
            }
        }
    }

    /// Whatever begins a command that is to see it, up to the program's name.
    pub fn entry(&self) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--user", "--mount", "--preserve-credentials", "--target", &self.holder.id().to_string()]);
        command
    }

    /// The path of a file in it, as the test sees it.
    pub fn path(&self, name: &str) -> PathBuf {
        let seen = format!("/proc/{}/root{}", self.holder.id(), self.folder.display());
        Path::new(&seen).join(name)
    }

    /// Takes all the room there is.
    pub fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.path("filling")).unwrap();
        let error = std::iter::repeat_with(|| file.write_all(&FILLING)).find_map(Result::err).unwrap();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }

    /// Takes all the room there is but for so many bytes.
    pub fn fill_but(&self, bytes: u64) {
        self.fill();
        let file = File::options().write(true).open(self.path("filling")).unwrap();
        file.set_len(file.metadata().unwrap().len().saturating_sub(bytes)).unwrap();
    }

    /// Gives the room back.
    pub fn clear(&self) {
        std::fs::remove_file(self.path("filling")).unwrap();
    }

    /// Copies the database and its log to a folder that everybody sees.
    pub fn copy_out(&self, to: &Path) -> PathBuf {
        std::fs::create_dir_all(to).unwrap();
        for name in ["harbinger.db", "harbinger.db-wal"] {
            let _ = std::fs::remove_file(to.join(name));
            // There may be no log.
            let _ = std::fs::copy(self.path(name), to.join(name));
        }
        to.join("harbinger.db")
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

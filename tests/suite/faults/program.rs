//! The program itself in a folder of its own, with limits on what it may write, and killed when a test says so.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::faults::volume::Volume;
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process};

/// What the shell counts in where it limits files, in bytes.
const BLOCK: u64 = 512;

/// The token that `serve` knows.
pub const TOKEN: &str = "hbg_a-token-for-faults-and-nothing-else";

pub struct Program {
    pub folder: tempfile::TempDir,
    /// The file system of its data, if it has one of its own.
    volume: Option<Volume>,
}

/// A portal that nobody is, for what needs one and reads none.
const NOBODY: &str = "[portal]\nid = \"nobody\"\ntitle = \"Nobody\"\nhome = \"http://127.0.0.1:1/\"\nlanguage = \"en\"\n\
    timezone = \"UTC\"\nschedule = \"0 0 0 1 1 *\"\n[portal.fetch]\nallow_private_addresses = true\n\
    [[section]]\nid = \"a\"\ntitle = \"A\"\nsources = [{ list = \"http://127.0.0.1:1/a/\" }]\n";

/// What happens at a write that makes a file larger than allowed.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// There is none.
    None,
    /// Some of it is written, the rest fails: the disk is full.
    Full { blocks: u64 },
    /// Some of it is written, and the program is dead.
    Dead { blocks: u64 },
}

impl Program {
    pub fn with(files: &[(&str, String)]) -> Program {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("feeds")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join("feeds").join(name), text).unwrap();
        }
        Program { folder, volume: None }
    }

    /// One with a database to be filled, and nothing to read.
    pub fn alone() -> Program {
        let program = Program::with(&[("nobody.toml", NOBODY.to_owned())]);
        std::fs::create_dir(program.data()).unwrap();
        program
    }

    /// From now on its data are on a file system of so many bytes; `false` where that cannot be had.
    pub fn has_volume(&mut self, bytes: u64) -> bool {
        std::fs::create_dir_all(self.data()).unwrap();
        self.volume = Volume::over(&self.data(), bytes);
        self.volume.is_some()
    }

    /// The file system of its data.
    pub fn volume(&self) -> &Volume {
        self.volume.as_ref().unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub fn database(&self) -> PathBuf {
        self.path("data/harbinger.db")
    }

    fn command(&self, limit: Limit, arguments: &[&str]) -> Command {
        let script = match limit {
            Limit::None => "exec \"$@\"".to_owned(),
            // What is ignored stays ignored in the program.
            Limit::Full { blocks } => format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$@\""),
            Limit::Dead { blocks } => format!("ulimit -c 0; ulimit -f {blocks}; exec \"$@\""),
        };
        // Where a volume is entered, the folder has to be entered again.
        let script = format!("cd \"$0\" && {script}");
        let mut command = self.volume.as_ref().map_or_else(|| Command::new("env"), Volume::entry);
        command.args(["/bin/sh", "-c", &script]).arg(self.folder.path());
        command.arg(env!("CARGO_BIN_EXE_harbinger")).args(arguments);
        command.env_clear().env("HARBINGER_ADMIN_TOKEN", TOKEN).env("HARBINGER_ALLOW_PRIVATE_CALLBACKS", "true");
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, limit: Limit, arguments: &[&str]) -> Said {
        Said::of(&self.command(limit, arguments).output().unwrap())
    }

    /// Runs a command with more variables in its environment.
    pub fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        Said::of(&self.command(Limit::None, arguments).envs(variables.iter().copied()).output().unwrap())
    }

    /// Starts a command that nobody listens to.
    pub fn spawn(&self, limit: Limit, arguments: &[&str]) -> Child {
        self.command(limit, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// Serves with more variables in its environment.
    pub fn serve_with(&self, variables: &[(&str, &str)]) -> Server {
        let mut command = self.command(Limit::None, &["serve", "--listen", "127.0.0.1:0"]);
        command.envs(variables.iter().copied());
        Server::start(command)
    }

    /// Serves where it served before.
    pub fn serve_at(&self, base: &str) -> Server {
        Server::start(self.command(Limit::None, &["serve", "--listen", base.trim_start_matches("http://")]))
    }

    /// The same where writes that fail do not kill it; see [`Server::has_room_for`].
    pub fn serve_on_small_disk(&self) -> Server {
        let limit = Limit::Full { blocks: 4 * 1024 * 1024 };
        Server::start(self.command(limit, &["serve", "--listen", "127.0.0.1:0"]))
    }
}

/// What became of a command.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub signal: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    fn of(output: &Output) -> Said {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(!err.contains("panicked") && !err.contains("please report it"), "{err}");
        Said { code: output.status.code(), signal: output.status.signal(), out, err }
    }

    pub fn is_fine(&self) -> bool {
        self.code == Some(0)
    }
}

/// The program as a server; it ends with the test.
pub struct Server {
    child: Child,
    pub base: String,
    said: Option<std::thread::JoinHandle<String>>,
}

impl Server {
    fn start(mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut before = String::new();
        let base = lines.find_map(|line| {
            let line = line.unwrap();
            before.push_str(&line);
            Some(line.split_once("serving ")?.1.split([' ', '"']).next()?.trim_end_matches('/').to_owned())
        });
        let base = base.unwrap_or_else(|| panic!("it does not serve: {before}"));
        let said =
            std::thread::spawn(move || lines.map_while(Result::ok).fold(before, |said, line| said + &line + "\n"));
        Server { child, base, said: Some(said) }
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop and waits.
    pub fn stop(mut self) -> Option<i32> {
        kill_process(self.pid(), Signal::TERM).unwrap();
        self.child.wait().unwrap().code()
    }

    /// Tells it to stop, and what it said from beginning to end.
    pub fn stop_and_hear(mut self) -> String {
        let said = self.said.take().unwrap();
        assert_eq!(self.stop(), Some(0));
        said.join().unwrap()
    }

    /// From now on no file of it can grow beyond that; `None`: as far as it likes.
    pub fn has_room_for(&self, bytes: Option<u64>) {
        let most = 4 * 1024 * 1024 * BLOCK;
        let limit = rustix::process::getrlimit(Resource::Fsize);
        let limit = Rlimit { current: Some(bytes.unwrap_or(most)), maximum: limit.maximum };
        rustix::process::prlimit(Some(self.pid()), Resource::Fsize, limit).unwrap();
    }

    /// Status, fields and body of an answer.
    pub fn get(&self, path: &str) -> (u16, String, Vec<u8>) {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
    }

    /// Asks until the answer holds a text, for what is rendered behind the answers.
    pub fn get_with(&self, path: &str, text: &str) -> Vec<u8> {
        for _ in 0..10_000 {
            let (status, _, body) = self.get(path);
            assert_eq!(status, 200, "{path}");
            if String::from_utf8_lossy(&body).contains(text) {
                return body;
            }
        }
        panic!("{path} never has {text}");
    }

    pub fn post(&self, path: &str, kind: &str, body: &str) -> (u16, String, Vec<u8>) {
        let length = body.len();
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\
             Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }

    /// Orders a run and follows it to its end.
    pub fn ingest(&self) -> (u16, String) {
        let (status, fields, body) = self.post("/api/v1/admin/ingest", "application/json", "{}");
        let Some(place) = fields.lines().find_map(|line| line.strip_prefix("location: ")) else {
            return (status, String::from_utf8_lossy(&body).into_owned());
        };
        let events = self.ask(&format!(
            "GET {}/events HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\r\n",
            place.trim()
        ));
        (status, String::from_utf8_lossy(&events.2).into_owned())
    }

    pub fn connect(&self) -> std::net::TcpStream {
        std::net::TcpStream::connect(self.base.trim_start_matches("http://")).unwrap()
    }

    /// What it answers to these bytes; a connection that ends without an answer has status 0.
    pub fn ask(&self, request: &str) -> (u16, String, Vec<u8>) {
        let mut stream = self.connect();
        // It may refuse to read all of it.
        let _ = std::io::Write::write_all(&mut stream, request.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").map_or(bytes.len(), |end| end + 4);
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        (status, head, bytes.split_off(end))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Files in a folder that a program which was killed may have left behind.
pub fn left_behind(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(".harbinger-")).collect()
}

//! A portal byte for byte: it answers, and misbehaves, as a test says, and ends a program at a request if it is to.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use harbinger::sample::words::{self, Dice};
use rustix::process::{Pid, Signal, kill_process};

/// Requests are small; what is larger is cut off.
const REQUEST_BYTES_MAX: usize = 256 * 1024;

pub struct Site {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    asked: Mutex<Vec<Asked>>,
    kill: Mutex<Option<Kill>>,
}

/// A request as the portal saw it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    /// The first line and the fields, in lower case.
    pub head: String,
    pub body: Vec<u8>,
}

/// Whom to kill, and when.
#[derive(Debug, Clone, Copy)]
pub struct Kill {
    pub victim: Pid,
    /// How many requests pass before.
    pub after: usize,
    /// Whether the request is answered before the kill.
    pub is_answered: bool,
}

impl Site {
    /// A portal whose `handler` writes each answer itself.
    pub fn start(handler: impl Fn(&Asked, &mut TcpStream) + Send + Sync + 'static) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, state) = (listener.local_addr().unwrap(), Arc::new(State::default()));
        let (seen, handler) = (Arc::clone(&state), Arc::new(handler));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, handler) = (Arc::clone(&seen), Arc::clone(&handler));
                std::thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(asked) = request(&mut stream) else { return };
                    seen.asked.lock().unwrap().push(asked.clone());
                    let kill = seen.due();
                    if let Some(kill) = kill.filter(|kill| !kill.is_answered) {
                        // It may have ended by itself.
                        let _ = kill_process(kill.victim, Signal::KILL);
                        return;
                    }
                    handler(&asked, &mut stream);
                    if let Some(kill) = kill {
                        let _ = kill_process(kill.victim, Signal::KILL);
                    }
                });
            }
        });
        Site { address, state }
    }

    /// A portal of whole answers, without a robots.txt.
    pub fn answering(handler: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Site {
        Site::start(move |asked, stream| {
            let bytes = if asked.path == "/robots.txt" { answer("404 Not Found", "", b"") } else { handler(asked) };
            // Whom it answers may be gone.
            let _ = stream.write_all(&bytes);
        })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What was asked since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.state.asked.lock().unwrap())
    }

    pub fn kills(&self, kill: Option<Kill>) {
        *self.state.kill.lock().unwrap() = kill;
    }

    /// A file for the folder of feeds: a portal with one section for each of these ids, read from `/ID/`. Its timeout is
    /// long, for a machine at work on something else is slow.
    pub fn file(&self, id: &str, sections: &[&str]) -> String {
        let home = self.url("/");
        let mut text = format!(
            "[portal]\nid = \"{id}\"\ntitle = \"街道新闻\"\nhome = \"{home}\"\nlanguage = \"zh-Hans\"\n\
             timezone = \"Asia/Shanghai\"\nschedule = \"0 0 0 1 1 *\"\ncontent = \"full\"\n\
             article_url = '/content_\\d+\\.html$'\n\
             [portal.fetch]\ndelay_ms = 0\ntimeout_s = 60\nmax_page_mb = 1\nallow_private_addresses = true\n"
        );
        for section in sections {
            let list = self.url(&format!("/{section}/"));
            text.push_str(&format!(
                "[[section]]\nid = \"{section}\"\ntitle = \"{section}\"\nsources = [{{ list = \"{list}\" }}]\n"
            ));
        }
        text
    }
}

impl State {
    fn due(&self) -> Option<Kill> {
        let mut kill = self.kill.lock().unwrap();
        match kill.as_mut() {
            Some(Kill { after: 0, .. }) => kill.take(),
            Some(kill) => {
                kill.after -= 1;
                None
            }
            None => None,
        }
    }
}

fn request(stream: &mut TcpStream) -> Option<Asked> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let read = stream.read(&mut buffer).ok().filter(|&read| read > 0 && bytes.len() < REQUEST_BYTES_MAX)?;
        bytes.extend_from_slice(&buffer[..read]);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = bytes.split_off(end);
    while body.len() < length {
        let read = stream.read(&mut buffer).ok().filter(|&read| read > 0)?;
        body.extend_from_slice(&buffer[..read]);
    }
    let first = String::from_utf8_lossy(&bytes).lines().next()?.to_owned();
    let mut words = first.split(' ').map(str::to_owned);
    Some(Asked { method: words.next()?, path: words.next()?, head, body })
}

/// An answer with a right length on a connection that ends.
pub fn answer(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{fields}\r\n");
    [head.as_bytes(), body].concat()
}

pub fn html(body: &str) -> Vec<u8> {
    answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", body.as_bytes())
}

/// The page of an honest story; each number another one.
pub fn story(number: usize) -> String {
    let mut dice = Dice::new(70_000 + number as u64);
    let title = title(number);
    let body: String = (0..3).map(|_| format!("<p>{}</p>", words::paragraph(&mut dice))).collect();
    format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title}_街道新闻</title></head>\
         <body><h1>{title}</h1><div>2026-01-15 08:00</div><article>{body}</article></body></html>"
    )
}

pub fn title(number: usize) -> String {
    format!("街道第{number}号清雪队凌晨出动")
}

/// A list page of these stories of a section, the newest first.
pub fn list(section: &str, stories: impl DoubleEndedIterator<Item = usize>) -> String {
    let link = |number| format!("<li><a href=\"/{section}/content_{number}.html\">{}</a></li>", title(number));
    format!("<!DOCTYPE html><html><body><ul>{}</ul></body></html>", stories.rev().map(link).collect::<String>())
}

/// The number of the story at a path.
pub fn number(path: &str) -> Option<usize> {
    path.split_once("/content_")?.1.strip_suffix(".html")?.parse().ok()
}

/// A portal with one section, `news`, of as many stories as the counter says.
pub fn growing(stories: &Arc<Mutex<usize>>) -> Site {
    let stories = Arc::clone(stories);
    Site::answering(move |asked| match number(&asked.path) {
        Some(number) => html(&story(number)),
        None => html(&list("news", 1..*stories.lock().unwrap() + 1)),
    })
}

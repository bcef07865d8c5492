//! As little HTTP as a bench needs: one answer, taken apart.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use anyhow::Context;

/// One answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its fields, names in lower case, sorted; without those that differ from answer to answer.
    pub fields: Vec<(String, String)>,
    /// Its body as it was sent.
    pub body: Vec<u8>,
    /// What it took on the wire, in bytes.
    pub bytes: usize,
}

/// The text of a GET request; `fields` are whole lines, each with its line end.
pub fn request(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n{fields}\r\n")
}

/// Sends a request on a connection of its own and reads the answer, which must tell its length or have no body.
pub fn ask(address: SocketAddr, request: &str) -> anyhow::Result<Answer> {
    ask_on(&mut TcpStream::connect(address)?, request)
}

/// The same on a connection that is open.
pub fn ask_on(stream: &mut TcpStream, request: &str) -> anyhow::Result<Answer> {
    stream.write_all(request.as_bytes())?;
    answer_on(stream)
}

/// Reads the answer to a request that was sent.
pub fn answer_on(stream: &mut TcpStream) -> anyhow::Result<Answer> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 64 * 1024];
    loop {
        if let Some(answer) = whole(&bytes)? {
            return Ok(answer);
        }
        match stream.read(&mut buffer)? {
            0 => anyhow::bail!("the answer ended early"),
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// The answer, once all of it is there.
fn whole(bytes: &[u8]) -> anyhow::Result<Option<Answer>> {
    let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let body = &bytes[head + 4..];
    let head = std::str::from_utf8(&bytes[..head])?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status line")?.parse()?;
    let mut fields = Vec::new();
    let mut length = 0;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse()?,
            "date" => {}
            name => fields.push((name.to_owned(), value.to_owned())),
        }
    }
    fields.sort();
    Ok((body.len() >= length).then(|| Answer { status, fields, body: body.to_vec(), bytes: bytes.len() }))
}

//! nginx as a reference for files that lie ready, where it is installed.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// It answers by then.
const START_MAX: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(20);

/// One process of nginx; it ends when this is dropped.
pub struct Nginx {
    child: Child,
    /// Where it answers.
    pub address: SocketAddr,
    _folder: TempDir,
}

impl Nginx {
    /// Serves the files of a folder, those with `gzip` in the name as compressed; `None` where nginx is not installed.
    pub fn over(files: &Path) -> anyhow::Result<Option<Nginx>> {
        let folder = tempfile::tempdir()?;
        let place = folder.path().display();
        // The port is free again at once, and nobody else is likely to take it in between.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let settings = format!(
            "daemon off; master_process off; pid {place}/pid; error_log {place}/errors;
             events {{ worker_connections 512; }}
             http {{
               access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=100;
               default_type application/rss+xml; client_body_temp_path {place}/body; proxy_temp_path {place}/proxy;
               fastcgi_temp_path {place}/fastcgi; uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
               server {{ listen {address}; root {}; location ~ gzip {{ add_header Content-Encoding gzip; }} }}
             }}",
            files.display()
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, settings)?;
        let child = Command::new("nginx").arg("-c").arg(&file).stderr(Stdio::null()).spawn();
        let nginx = match child {
            Ok(child) => Nginx { child, address, _folder: folder },
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let begin = Instant::now();
        while TcpStream::connect(address).is_err() {
            anyhow::ensure!(begin.elapsed() < START_MAX, "nginx does not answer");
            std::thread::sleep(POLL);
        }
        Ok(Some(nginx))
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! A portal on loopback, in a process of its own: sections of large pages, compressed once, with validators.

use std::collections::HashMap;
use std::io::Write;

use actix_web::http::header;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;
use harbinger::config;
use harbinger::model::catalogue::Catalogue;
use harbinger::sample::bulk;
use url::Url;

use crate::measure::{self, Helper};

/// The name of the role.
pub const ROLE: &str = "portal";
/// The id of the portal.
pub const ID: &str = "bulk";
/// About the size of a page.
const PAGE_BYTES: usize = 60_000;

/// Selectors for all that stands on a page.
pub const SELECTORS: &str = "
[article]
title = \"h1.article-title\"
content = \".article-body\"
published = \".time\"
author = \".author\"
";

/// A running portal.
pub struct Portal {
    /// Its address, with the final slash.
    pub home: Url,
    sections: usize,
    _helper: Helper,
}

impl Portal {
    /// Starts a portal with so many sections of so many pages each.
    pub fn start(sections: usize, pages: usize) -> anyhow::Result<Portal> {
        let helper = Helper::start(&[ROLE, &sections.to_string(), &pages.to_string()])?;
        Ok(Portal { home: helper.ready.parse()?, sections, _helper: helper })
    }

    /// The file `feeds/bulk.toml` under which it is read. `list` is the name of each section's list: `list.html`, or
    /// `still.html`, which answers without validators.
    pub fn toml(&self, list: &str, rules: &str) -> String {
        let home = &self.home;
        let mut text = format!(
            "[portal]\nid = \"{ID}\"\ntitle = \"冰河新闻网\"\nhome = \"{home}\"\nlanguage = \"zh-Hans\"\n\
             timezone = \"Asia/Shanghai\"\nschedule = \"@yearly\"\ncontent = \"full\"\n\
             article_url = 'content_\\d+\\.html$'\n\
             [portal.fetch]\nconcurrency = 16\ndelay_ms = 0\nallow_private_addresses = true\n{rules}"
        );
        for section in 0..self.sections {
            text.push_str(&format!(
                "[[section]]\nid = \"s{section}\"\ntitle = \"第{section}版\"\n\
                 sources = [{{ list = \"{home}s{section}/{list}\" }}]\n"
            ));
        }
        text
    }

    /// The same with the bundled event, read as the program reads it.
    pub fn catalogue(&self, list: &str, rules: &str) -> anyhow::Result<Catalogue> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("bulk.toml"), self.toml(list, rules))?;
        std::fs::write(folder.path().join("event.toml"), EVENT)?;
        let (catalogue, problems) = config::catalogue(folder.path());
        anyhow::ensure!(problems.is_empty(), "{problems:?}");
        Ok(catalogue)
    }
}

/// The bundled event, whose rules every page is asked for.
pub const EVENT: &str = include_str!("../feeds/world-mayors-dialogue.toml");

/// An answer that lies ready.
struct Answer {
    etag: Option<String>,
    gzip: web::Bytes,
}

/// Plays the role until the bench ends; the arguments are those of [`Portal::start`].
pub async fn play(arguments: &[&str]) -> anyhow::Result<()> {
    let [sections, pages] = arguments else { anyhow::bail!("a portal needs its sections and pages") };
    let answers = web::Data::new(answers(sections.parse()?, pages.parse()?)?);
    let app = move || App::new().app_data(answers.clone()).default_service(web::to(answer));
    let server = HttpServer::new(app).workers(1).bind("127.0.0.1:0")?;
    let address = server.addrs().first().copied().context("no address was bound")?;
    let server = server.run();
    measure::serve_until_dropped(&format!("http://{address}/"))?;
    Ok(server.await?)
}

fn answers(sections: usize, pages: usize) -> anyhow::Result<HashMap<String, Answer>> {
    let mut answers = HashMap::new();
    for section in 0..sections {
        let mut links = Vec::new();
        for page in 0..pages {
            let seed = section * pages + page;
            let path = format!("/s{section}/content_{}.html", 100_000 + seed);
            links.push((path.clone(), format!("第{seed}号：冰河市公布新一年公共交通建设与服务计划")));
            answers.insert(path, ready(&bulk::big_page(seed as u64, PAGE_BYTES), true)?);
        }
        let list = bulk::list_page(&links);
        answers.insert(format!("/s{section}/list.html"), ready(&list, true)?);
        answers.insert(format!("/s{section}/still.html"), ready(&list, false)?);
    }
    Ok(answers)
}

fn ready(body: &str, has_etag: bool) -> anyhow::Result<Answer> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body.as_bytes())?;
    let etag = has_etag.then(|| format!("\"{}\"", &blake3::hash(body.as_bytes()).to_hex()[..16]));
    Ok(Answer { etag, gzip: encoder.finish()?.into() })
}

async fn answer(request: HttpRequest, answers: web::Data<HashMap<String, Answer>>) -> HttpResponse {
    let Some(answer) = answers.get(request.path()) else { return HttpResponse::NotFound().finish() };
    let mut response = HttpResponse::Ok();
    if let Some(etag) = &answer.etag {
        response.insert_header((header::ETAG, etag.as_str()));
        let known = request.headers().get(header::IF_NONE_MATCH);
        if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
            return response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
        }
    }
    response.insert_header((header::CONTENT_ENCODING, "gzip"));
    response.content_type("text/html; charset=utf-8").body(answer.gzip.clone())
}

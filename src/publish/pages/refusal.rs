//! The page for a person who asked for what there is not, or what cannot be had: what happened, and where to go on.

use askama::Template;
use url::Url;

use crate::model::addresses::Addresses;
use crate::model::feed::FeedKey;
use crate::model::part::Part;
use crate::publish::legal;
use crate::publish::pages::Frame;
use crate::publish::pages::language::Language;
use crate::publish::pages::look::Look;

/// The page that tells a person of an error. `detail` is what a program is told, in English; it is shown where our own
/// words cannot say as much. The switch of languages leads to the front page, for the address may be anything.
pub fn page(base_url: &Url, status: u16, detail: &str, look: Look) -> Result<String, askama::Error> {
    let (heading, lead) = told(status, look.language);
    let detail = (!matches!(status, 404 | 410 | 503)).then_some(detail);
    let frame = Frame::of(base_url, (&FeedKey::All, &Part::default()), Addresses::Queries, look);
    RefusalPage { frame, heading, lead, detail }.render().map(legal::document)
}

/// Heading and sentence for a status.
fn told(status: u16, language: Language) -> (&'static str, &'static str) {
    match (status, language) {
        (404, Language::English) => {
            ("There is nothing here", "The address may be mistyped or out of date. “All feeds” lists what there is.")
        }
        (404, Language::Simplified) => ("这里没有内容", "地址可能有误或已过期。“全部订阅源”列出了现有的全部内容。"),
        (404, Language::Traditional) => {
            ("這裡沒有內容", "位址可能有誤或已過期。「全部訂閱來源」列出了現有的全部內容。")
        }
        (410, Language::English) => ("No longer published", "What stood here was taken away for good."),
        (410, Language::Simplified) => ("已停止发布", "这里的内容已经永久移除。"),
        (410, Language::Traditional) => ("已停止發布", "這裡的內容已經永久移除。"),
        (503, Language::English) => ("Not available right now", "Try again in half a minute."),
        (503, Language::Simplified) => ("暂时无法访问", "请半分钟后再试。"),
        (503, Language::Traditional) => ("暫時無法存取", "請半分鐘後再試。"),
        (_, Language::English) => ("This cannot be answered", "The service says why:"),
        (_, Language::Simplified) => ("无法回应此请求", "服务给出的原因："),
        (_, Language::Traditional) => ("無法回應此請求", "服務給出的原因："),
    }
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    frame: Frame,
    heading: &'static str,
    lead: &'static str,
    detail: Option<&'a str>,
}

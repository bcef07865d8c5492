//! `GET /news-sitemap.xml`.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::publish::sitemap::PATH;
use crate::server::error::ApiError;
use crate::server::{State, answer, feeds};

/// Registers the path.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource(PATH).to(sitemap));
}

/// It lies on the shelf, but for the first reader after a start.
async fn sitemap(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    if state.publisher.ready(PATH).is_none() {
        let now = state.queue.clock().now();
        state.sitemap.refresh(now).await.map_err(|error| ApiError::Unavailable(error.to_string()))?;
    }
    let document = state.publisher.ready(PATH);
    let document = document.ok_or_else(|| ApiError::Unavailable("the news sitemap was not rendered".into()))?;
    Ok(feeds::answer(&request, &document, &state.publisher))
}

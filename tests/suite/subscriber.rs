//! A fake subscriber over HTTP: it confirms what it is asked, takes what it is sent, and misbehaves on order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::http::Method;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use tokio::sync::Notify;
use url::Url;

/// What a callback answers with.
#[derive(Debug, Clone)]
pub enum Reply {
    /// The challenge, or 200 for a delivery.
    Yes,
    /// A status, with the challenge if there is one.
    Status(u16),
    /// 200 with another text.
    Text(&'static str),
    /// A redirect to another callback of this subscriber.
    Redirect(&'static str),
    /// Nothing until [`Subscriber::release`].
    Later,
}

/// A request that came to a callback.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

#[derive(Default)]
struct State {
    replies: BTreeMap<(Ask, String), Reply>,
    asked: Vec<Received>,
    sent: Vec<Received>,
}

/// Whether a callback is asked or sent something.
type Ask = bool;

pub struct Subscriber {
    base: Url,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    arrived: Notify,
    released: Notify,
}

impl Subscriber {
    pub async fn start() -> Subscriber {
        let shared = Arc::new(Shared::default());
        let data = web::Data::from(Arc::clone(&shared));
        let app = move || App::new().app_data(data.clone()).default_service(web::to(answer));
        let server = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(0);
        let server = server.bind("127.0.0.1:0").unwrap();
        let base = Url::parse(&format!("http://{}/", server.addrs()[0])).unwrap();
        tokio::spawn(server.run());
        Subscriber { base, shared }
    }

    pub fn callback(&self, path: &str) -> String {
        self.base.join(path).unwrap().into()
    }

    /// How a callback answers when it is asked to confirm.
    pub fn when_asked(&self, path: &str, reply: Reply) {
        self.state().replies.insert((true, format!("/{path}")), reply);
    }

    /// How a callback answers when it is sent something.
    pub fn when_sent(&self, path: &str, reply: Reply) {
        self.state().replies.insert((false, format!("/{path}")), reply);
    }

    /// What callbacks were asked since the last time.
    pub fn asked(&self) -> Vec<Received> {
        std::mem::take(&mut self.state().asked)
    }

    /// What callbacks were sent since the last time.
    pub fn sent(&self) -> Vec<Received> {
        std::mem::take(&mut self.state().sent)
    }

    /// Waits until something was sent, and takes it.
    pub async fn next_sent(&self) -> Vec<Received> {
        self.next(Subscriber::sent).await
    }

    /// Waits until something was asked, and takes it.
    pub async fn next_asked(&self) -> Vec<Received> {
        self.next(Subscriber::asked).await
    }

    async fn next(&self, take: impl Fn(&Subscriber) -> Vec<Received>) -> Vec<Received> {
        loop {
            let arrived = self.shared.arrived.notified();
            let received = take(self);
            if !received.is_empty() {
                return received;
            }
            arrived.await;
        }
    }

    /// Answers those that wait.
    pub fn release(&self) {
        self.shared.released.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

async fn answer(request: HttpRequest, body: web::Bytes, shared: web::Data<Shared>) -> HttpResponse {
    let text = |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let received = Received {
        path: request.path().to_owned(),
        query: url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect(),
        headers: request.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: body.to_vec(),
    };
    let is_question = request.method() == Method::GET;
    let challenge = received.query.get("hub.challenge").cloned().unwrap_or_default();
    let released = shared.released.notified();
    let reply = {
        let mut state = shared.state.lock().unwrap();
        let reply = state.replies.get(&(is_question, received.path.clone())).cloned().unwrap_or(Reply::Yes);
        if is_question {
            state.asked.push(received)
        } else {
            state.sent.push(received)
        }
        reply
    };
    shared.arrived.notify_waiters();
    match reply {
        Reply::Yes => HttpResponse::Ok().body(challenge),
        Reply::Status(status) => HttpResponse::build(status.try_into().unwrap()).body(challenge),
        Reply::Text(text) => HttpResponse::Ok().body(text),
        Reply::Redirect(path) => {
            let location = format!("/{path}?{}", request.query_string());
            HttpResponse::TemporaryRedirect().insert_header(("Location", location)).finish()
        }
        Reply::Later => {
            released.await;
            HttpResponse::Ok().finish()
        }
    }
}

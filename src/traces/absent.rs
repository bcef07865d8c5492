//! A build without traces: whoever asks for them is told.

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Identity;

use crate::outside::Clients;

/// There are none.
pub enum Traces {}

/// Says so.
pub(super) fn start(_: &Clients) -> Result<Traces, String> {
    Err("this harbinger was built without the feature otel".to_owned())
}

impl Traces {
    /// Takes nothing.
    pub fn layer<S: Subscriber>(&self) -> impl Layer<S> + use<S> {
        match *self {}
        #[expect(unreachable_code, reason = "it says what is returned where nothing can be")]
        Identity::new()
    }

    /// Sends nothing.
    pub async fn finish(self) {
        match self {}
    }
}

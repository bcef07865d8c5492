//! The thread that renders feeds. Whatever rendering needs and gives back is memory of this one thread, which the next
//! feed uses again; spread over a pool of threads, each would keep its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use tokio::sync::oneshot;

use crate::background;
use crate::publish::PublishError;

type Job = Box<dyn FnOnce() + Send>;

/// The thread; it ends with this.
pub struct Renderer {
    jobs: mpsc::Sender<Job>,
}

impl Renderer {
    /// Starts the thread.
    pub fn start() -> std::io::Result<Renderer> {
        let (jobs, waiting) = mpsc::channel::<Job>();
        std::thread::Builder::new().name("renderer".into()).spawn(move || {
            background::give_way();
            for job in waiting {
                // A panic costs this feed its new copy, not all feeds theirs.
                let _ = catch_unwind(AssertUnwindSafe(job));
            }
        })?;
        Ok(Renderer { jobs })
    }

    /// Has work done on the thread, after what was ordered before, and does not wait for it.
    pub fn order(&self, work: impl FnOnce() + Send + 'static) {
        // The thread ends only with this.
        let _ = self.jobs.send(Box::new(work));
    }

    /// Does work on the thread, after what was ordered before.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PublishError> + Send + 'static,
    ) -> Result<T, PublishError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move || {
            // The caller may have gone away; the work is done all the same.
            let _ = reply.send(work());
        });
        self.jobs.send(job).map_err(|_| PublishError::Interrupted)?;
        answer.await.unwrap_or(Err(PublishError::Interrupted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_one_feed_and_not_the_others() {
        let renderer = Renderer::start().unwrap();
        let panics = renderer.run(|| -> Result<(), PublishError> { panic!("a mistake of ours") }).await;
        assert!(matches!(panics, Err(PublishError::Interrupted)));
        assert_eq!(renderer.run(|| Ok(7)).await.unwrap(), 7);
    }
}

//! Threads for work that no reader waits for. On a small machine they give way to the threads that answer.

use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinError;

/// How much less of a busy processor such a thread gets (`nice`): about a tenth of one that answers.
const NICE: i32 = 10;

/// How long a thread waits for more work. What it worked in ends with it.
const IDLE: Duration = Duration::from_secs(2);

/// Makes the calling thread give way to those that answer readers, for as long as it lives.
pub fn give_way() {
    // Elsewhere the call would slow the whole program down.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "a background thread keeps its priority");
    }
}

/// As many threads as there are processors, each ended when it has had nothing to do for two seconds.
pub struct Workers {
    handle: Handle,
    /// There until this is dropped.
    runtime: Option<Runtime>,
}

impl Workers {
    /// Workers that start when there is work.
    pub fn new() -> Workers {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut builder = Builder::new_current_thread();
        builder.max_blocking_threads(threads).thread_keep_alive(IDLE).thread_name("worker").on_thread_start(give_way);
        let runtime = builder.build().expect("without drivers it opens nothing, and threads start only with work");
        Workers { handle: runtime.handle().clone(), runtime: Some(runtime) }
    }

    /// Does work on one of the threads, after what waits already. The error says that it ended in a panic.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
        self.handle.spawn_blocking(work).await
    }
}

impl Default for Workers {
    fn default() -> Workers {
        Workers::new()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // To wait for the threads is forbidden where this is dropped on an async one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_one_piece_of_work_and_not_the_others() {
        let workers = Workers::new();
        assert!(workers.run(|| panic!("a mistake of ours")).await.is_err());
        assert_eq!(workers.run(|| 7).await.unwrap(), 7);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn its_threads_give_way_and_ours_do_not() {
        let nice = || rustix::process::getpriority_process(None).unwrap();
        let ours = nice();
        assert_eq!(Workers::new().run(nice).await.unwrap(), NICE.max(ours));
        assert_eq!(nice(), ours);
    }
}

//! Threads with stacks that are deep enough. A function polls its routes, its store and its providers as one future, and
//! on one machine one function runs inside another's call: without optimisation that is deeper than the two MiB that a
//! thread gets where nobody says otherwise, and a process whose stack overflows aborts.

use std::future::Future;
use std::{io, panic, thread};
use tokio::runtime::Builder;

/// The size of each thread's stack. Only what is touched takes memory.
pub const STACK_BYTES: usize = 32 * 1024 * 1024;

/// Does the work on a thread with such a stack.
pub fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let working = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work)?;
        Ok(working.join().unwrap_or_else(|cause| panic::resume_unwind(cause)))
    })
}

/// Waits for the future in a runtime with several threads, on this thread; what it spawns has such stacks.
pub fn wait_for<F: Future>(work: F) -> io::Result<F::Output> {
    Ok(Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build()?.block_on(work))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    /// Uses 64 KiB of the stack for each level, and a little more.
    fn sink(levels: u32) -> u32 {
        let frame = [1_u8; 64 * 1024];
        let one = u32::from(black_box(&frame)[0]);
        if levels == 0 { 0 } else { sink(levels - 1) + one }
    }

    #[test]
    fn work_is_deep_on_the_thread_that_waits_and_on_those_of_the_runtime() {
        // Some 21 MiB: more than tests get by the environment.
        let both =
            on_deep_stack(|| wait_for(async { (sink(340), tokio::spawn(async { sink(340) }).await.ok()) }));
        assert_eq!(both.unwrap().unwrap(), (340, Some(340)));
    }
}

//! Runs an invocation by the clock of its function until it is done, or is killed or put aside at one of its calls. What the
//! invocation does side by side stops with it: once it is interrupted none of its parts makes another call
//! (`Disorder::stand_still`).

use crate::trouble::disorder::{Disorder, Interrupt};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

pub type Invocation<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// `ahead`: by how many seconds its clock is.
pub async fn run<T>(invocation: &mut Invocation<T>, disorder: &Disorder, ahead: i64) -> Result<T, Interrupt> {
    poll_fn(|context| {
        let before = disorder.function_clock().set(ahead);
        let polled = invocation.as_mut().poll(context);
        disorder.function_clock().set(before);
        match polled {
            // It may end without the part that was interrupted: it returns the error of another one.
            Poll::Ready(done) => {
                if let Some(dropped) = disorder.take_interrupt() {
                    disorder.log(format!("{} too late: the invocation has ended", dropped.name()));
                }
                Poll::Ready(Ok(done))
            }
            Poll::Pending => disorder.take_interrupt().map_or(Poll::Pending, |why| Poll::Ready(Err(why))),
        }
    })
    .await
}

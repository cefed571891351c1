//! Runs an invocation until it is done, or is killed or put aside at one of its calls.

use crate::disorder::{Disorder, Interrupt};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

pub type Invocation<T> = Pin<Box<dyn Future<Output = T> + Send>>;

pub async fn run<T>(invocation: &mut Invocation<T>, disorder: &Disorder) -> Result<T, Interrupt> {
    poll_fn(|context| match invocation.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Ok(done)),
        Poll::Pending => disorder.take_interrupt().map_or(Poll::Pending, |why| Poll::Ready(Err(why))),
    })
    .await
}

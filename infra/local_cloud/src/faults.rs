//! What can go wrong on purpose: a closure that sees every call before and after it takes effect.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::wire::Service;

/// When the injector is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nothing has happened yet: a fault here leaves no effect, except `LoseResponse`.
    Before,
    /// The effect is durable: a fault here changes only what the caller hears.
    After,
}

/// The call an injector decides about.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    pub service: Service,
    pub operation: &'a str,
    pub principal: &'a str,
    /// ARN of the first resource the call touches.
    pub resource: &'a str,
    pub body: &'a [u8],
}

#[derive(Debug, Clone)]
pub enum Fault {
    /// Answer with this AWS error.
    Fail { status: u16, code: String, message: String },
    /// Answer with the service's own throttling error.
    Throttle,
    /// A transaction is cancelled for this reason, told of its first item: it loses against another one, or is throttled
    /// (other operations: ignored).
    TransactionCancelled(Cancellation),
    /// Do it, and let the connection break before the answer arrives.
    LoseResponse,
    /// The connection breaks, and what was asked is done when the cloud is told to (`LocalCloud::do_what_is_late`). Of
    /// what no service takes as JSON: ignored.
    DoneLater,
    /// Messages sent by this call become visible this much later (`Before` a send only).
    DelayVisibility(Duration),
    /// A batch does its first half only and names the rest as unprocessed (other operations: ignored).
    Unprocessed,
    /// What is read eventually consistently, of a table or an index, is as it was so long ago (other operations: ignored).
    Behind(Duration),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancellation {
    Conflict,
    Throttled,
}

type Injector = dyn Fn(Moment, &Call<'_>) -> Option<Fault> + Send + Sync;

/// What a caller waits for; for ever, if it is never done.
pub type Pause = Pin<Box<dyn Future<Output = ()> + Send>>;

type Gate = dyn Fn(Moment, &Call<'_>) -> Option<Pause> + Send + Sync;

/// The installed injector and gate; none by default.
#[derive(Default)]
pub struct Faults {
    injector: RwLock<Option<Arc<Injector>>>,
    gate: RwLock<Option<Arc<Gate>>>,
}

impl Faults {
    pub fn inject(&self, injector: impl Fn(Moment, &Call<'_>) -> Option<Fault> + Send + Sync + 'static) {
        *self.injector.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(injector));
    }

    /// Holds callers up before their call, or before they hear of its effect: one that is dropped there was killed at
    /// this very call. The bucket's calls pass by; the call's resource is not known here.
    pub fn hold_up(&self, gate: impl Fn(Moment, &Call<'_>) -> Option<Pause> + Send + Sync + 'static) {
        *self.gate.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(gate));
    }

    pub fn clear(&self) {
        *self.injector.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self.gate.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn ask(&self, moment: Moment, call: &Call<'_>) -> Option<Fault> {
        let injector = self.injector.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        injector(moment, call)
    }

    pub(crate) fn pause(&self, moment: Moment, call: &Call<'_>) -> Option<Pause> {
        let gate = self.gate.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        gate(moment, call)
    }
}

//! Deliberate faults: a closure sees every call before and after it takes effect and decides.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::wire::Service;

/// The moment at which the injector is asked.
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
    /// The call fails with this AWS error.
    Fail { status: u16, code: String, message: String },
    /// The call fails with the service's own throttling error.
    Throttle,
    /// A transaction is cancelled for this reason, which is reported for its first item: it conflicts with
    /// another one, or is throttled (other operations: ignored).
    TransactionCancelled(Cancellation),
    /// The call takes effect, and the connection breaks before the answer arrives.
    LoseResponse,
    /// The connection breaks, and the call takes effect when the cloud is told so
    /// (`LocalCloud::run_deferred_call`). Ignored for services without a JSON protocol.
    DoneLater,
    /// Messages sent by this call become visible this much later (`Before` a send only).
    DelayVisibility(Duration),
    /// A batch does its first half and names the rest as unprocessed (other operations: ignored).
    Unprocessed,
    /// An eventually consistent read of a table or an index sees the state of so long ago (other operations:
    /// ignored).
    Behind(Duration),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancellation {
    Conflict,
    Throttled,
}

type Injector = dyn Fn(Moment, &Call<'_>) -> Option<Fault> + Send + Sync;

/// A future that the caller waits for; for ever, if it never completes.
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

    /// Holds callers up before their call, or before they get its answer: a caller that is dropped there was
    /// killed at this very call. Calls to the bucket are not held up; the call's resource is not known here.
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

//! The mails a second of one sending function, by the number of accounts whose messages it finds in a batch. Calls take a
//! fixed time that passes in no time: a call waits until everything else waits, too, and the earliest is over next.

use crate::cost::{CALL_SECONDS, CONVERSATION_SECONDS};
use crate::report::{Bound, Report};
use crate::trial::{Provider, Trial, five_mails};
use anyhow::{Result, ensure};
use local_cloud::Moment;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

const ACCOUNTS: [usize; 3] = [1, 5, 10];
const MAILS: u64 = 450;

/// Time that passes only while everybody waits for it.
#[derive(Clone, Default)]
pub struct Delays(Arc<Mutex<Elapsed>>);

#[derive(Default)]
struct Elapsed {
    now: Duration,
    /// The times at which waits are over.
    ends: BTreeSet<Duration>,
    /// How long a conversation with the mail provider takes.
    conversation: Duration,
}

impl Delays {
    fn elapsed(&self) -> MutexGuard<'_, Elapsed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, lasts: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let delays = self.clone();
        let mut elapsed = self.elapsed();
        let end = elapsed.now + lasts;
        elapsed.ends.insert(end);
        Box::pin(poll_fn(move |_| if delays.elapsed().now < end { Poll::Pending } else { Poll::Ready(()) }))
    }

    pub async fn conversation(&self) {
        let lasts = self.elapsed().conversation;
        if !lasts.is_zero() {
            self.wait(lasts).await;
        }
    }

    /// Runs work to its end. Returns how long it took.
    async fn run<T>(&self, work: impl Future<Output = T>) -> (T, Duration) {
        let (mut work, began) = (pin!(work), self.elapsed().now);
        let done = poll_fn(|context| {
            loop {
                if let Poll::Ready(done) = work.as_mut().poll(context) {
                    return Poll::Ready(done);
                }
                let mut elapsed = self.elapsed();
                match elapsed.ends.pop_first() {
                    Some(next) => elapsed.now = next,
                    None => return Poll::Pending,
                }
            }
        });
        let done = done.await;
        (done, self.elapsed().now - began)
    }
}

/// The mails a second that a function sends by so many accounts.
struct Speed {
    accounts: usize,
    mails: f64,
    /// How many times as many as by one account.
    times: f64,
}

async fn measured() -> Result<Vec<Speed>> {
    let mut speeds: Vec<Speed> = Vec::new();
    for accounts in ACCOUNTS {
        let mut trial = Trial::open(Provider::Nothing).await?;
        trial.cities = 1;
        trial.add_mailboxes(accounts - 1).await?;
        trial.import("city", MAILS, false).await?;
        let campaign = trial.enrol("Five mails", five_mails()).await?;
        trial.launch(&campaign).await?;
        let delays = trial.delays.clone();
        delays.elapsed().conversation = Duration::from_secs_f64(CONVERSATION_SECONDS);
        let slow = delays.clone();
        trial.world.host.cloud().faults().hold_up(move |moment, call| {
            let is_ours = moment == Moment::Before && call.principal == "send_message";
            is_ours.then(|| slow.wait(Duration::from_secs_f64(CALL_SECONDS)))
        });
        let end = trial.later(16)?;
        let (done, lasted) = delays.run(trial.work_until(end)).await;
        done?;
        let sent = trial.taken();
        ensure!(sent == MAILS, "{sent} mails were sent on the first day");
        let mails = sent as f64 / lasted.as_secs_f64();
        let times = speeds.first().map_or(1.0, |alone| mails / alone.mails);
        speeds.push(Speed { accounts, mails, times });
    }
    Ok(speeds)
}

fn measure() -> Result<Vec<Speed>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measured())
}

pub fn run(report: &mut Report) -> Result<()> {
    for Speed { accounts, mails, times } in measure()? {
        report
            .figure(format!("accounts that send in turn: {accounts}: mails a second of one function"), mails);
        if accounts > 1 {
            report.bounded("  times as many as by one account", times, Bound::AtLeast(3.0));
        }
    }
    Ok(())
}

/// The same for `docs/COST.md`.
pub fn table() -> Result<String> {
    let mut text =
        "| accounts that send in turn | mails a second of one function | times as many |\n|---:|---:|---:|\n"
            .to_owned();
    for Speed { accounts, mails, times } in measure()? {
        writeln!(text, "| {accounts} | {mails:.1} | {times:.1} |")?;
    }
    Ok(text)
}

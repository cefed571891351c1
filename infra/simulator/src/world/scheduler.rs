//! Chooses what happens next: which source is polled, who acts, when time passes.

use crate::actions::edits::publish;
use crate::actions::meanwhile::{bar_lead, change_lead_meanwhile, stop_lead_meanwhile};
use crate::actions::settings_changes::tighten;
use crate::actions::user::User;
use crate::chance::Chance;
use crate::oracle::retry_waits;
use crate::profile::Seed;
use crate::trouble::disorder::{Aim, Interrupt};
use crate::trouble::kind::Kind;
use crate::world::installation::Installation;
use crate::world::invocation::{Invocation, run};
use anyhow::{Result, anyhow, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use local_host::{EventSource, Oddity};
use serde_json::Value;
use tokio::sync::oneshot;

/// A monitor that has nothing to look at is not waited for.
const IDLE_MONITOR: SignedDuration = SignedDuration::from_hours(4);
/// Polls of mailboxes in which nothing waits are not waited for, either, once nothing goes wrong any more.
const IDLE_POLLS: SignedDuration = SignedDuration::from_mins(30);
/// More than any instant of a sound run needs.
const MOST_STEPS_AN_INSTANT: usize = 20_000;
const STOPS_EVERY: u64 = 32;

/// An invocation that was put aside at one of its calls.
struct Frozen {
    source: usize,
    invocation: Invocation<Result<bool>>,
    thaw: oneshot::Sender<()>,
    at: Timestamp,
    /// The seconds by which its clock is ahead.
    ahead: i64,
    /// What it is about to claim.
    claim: Option<(String, String)>,
}

pub struct Scheduler<'a> {
    world: &'a Installation,
    chance: Chance,
    frozen: Vec<Frozen>,
    late: Vec<Option<Timestamp>>,
    pub steps: u64,
}

#[derive(Debug, Clone, Copy)]
enum Actor {
    Source(usize),
    People,
    User,
    Webhook,
    Thaw,
}

impl<'a> Scheduler<'a> {
    pub fn new(world: &'a Installation, seed: Seed) -> Self {
        let late = vec![None; world.world.host.sources()];
        Self { world, chance: Chance::of(seed, "scheduler"), frozen: Vec::new(), late, steps: 0 }
    }

    /// Lives until `end`, and as long as something that was put aside is not done.
    pub async fn live_until(&mut self, end: Timestamp, user: &mut User) -> Result<()> {
        let mut actors: Vec<Actor> = (0..self.world.world.host.sources()).map(Actor::Source).collect();
        actors.extend([Actor::People, Actor::User, Actor::Webhook, Actor::Thaw]);
        let mut at_this_instant = 0;
        let mut now = self.world.disorder.now();
        loop {
            self.chance.shuffle(&mut actors);
            let mut busy = false;
            for actor in &actors {
                if self.act(*actor, user).await? {
                    busy = true;
                    break;
                }
            }
            if self.world.disorder.now() != now {
                now = self.world.disorder.now();
                at_this_instant = 0;
            }
            if busy {
                at_this_instant += 1;
                ensure!(
                    at_this_instant < MOST_STEPS_AN_INSTANT,
                    "work keeps making work without time passing"
                );
                self.look()?;
                continue;
            }
            match self.next(user)?.filter(|next| *next <= end) {
                Some(next) => self.world.disorder.clock().advance_to(next),
                None => {
                    self.world.disorder.clock().advance_to(end);
                    return Ok(());
                }
            }
        }
    }

    fn look(&mut self) -> Result<()> {
        self.steps += 1;
        self.world.look();
        let (cloud, now) = (self.world.world.host.cloud(), self.world.disorder.now());
        self.world.with_oracle(|oracle| oracle.check_custody(cloud, now));
        if self.steps.is_multiple_of(STOPS_EVERY) {
            self.world.check_stops();
        }
        let denied = self.world.world.host.cloud().denied_permissions();
        ensure!(denied.is_empty(), "template.yaml does not grant what functions do: {denied:?}");
        match self.world.with_oracle(|oracle| oracle.violations().first().cloned()) {
            Some(violation) => bail!("{violation}"),
            None => Ok(()),
        }
    }

    async fn act(&mut self, actor: Actor, user: &mut User) -> Result<bool> {
        if self.world.disorder.take_deploy() {
            self.restart_functions().await?;
        }
        let now = self.world.disorder.now();
        match actor {
            Actor::Source(source) => self.poll(source).await,
            Actor::People => {
                let sandbox = &self.world.world.sandbox;
                if sandbox.next_due().is_none_or(|due| due > now) {
                    return Ok(false);
                }
                let done = sandbox.run_due(now, &self.world.webhooks).await;
                self.world.disorder.log(format!("people and providers do {done}"));
                Ok(done > 0)
            }
            Actor::User => user.act(self.world).await,
            Actor::Webhook => {
                let lands = self.world.late_writes.land(self.world.world.host.cloud(), now);
                Ok(lands || self.world.webhooks.hand_over().await || self.world.outside.land().await)
            }
            Actor::Thaw => self.thaw(now).await,
        }
    }

    /// Restarts all functions; the suspended ones die as well.
    async fn restart_functions(&mut self) -> Result<()> {
        let disorder = &self.world.disorder;
        let gone = std::mem::take(&mut self.frozen);
        gone.iter().filter_map(|frozen| frozen.claim.as_ref()).for_each(|claim| disorder.let_go(claim));
        let was_on = disorder.is_on();
        disorder.switch(false);
        self.world.world.host.restart_functions().await?;
        disorder.switch(was_on);
        disorder.log(format!("all functions begin anew, {} stood still", gone.len()));
        Ok(())
    }

    async fn poll(&mut self, source: usize) -> Result<bool> {
        let host = &self.world.world.host;
        let (function, kind) = host.source(source);
        let now = self.world.disorder.now();
        let name = || function.to_owned();
        let is_stream = matches!(kind, EventSource::Stream { .. });
        match kind {
            EventSource::Queue { queue, .. } => {
                let refused = |error| anyhow!("{error:?}");
                if host.cloud().queues().depth(queue).map_err(refused)?.visible == 0 {
                    return Ok(false);
                }
            }
            EventSource::Schedule { .. } if host.source_due(source).is_none_or(|due| due > now) => {
                return Ok(false);
            }
            // A shard has one reader at a time.
            EventSource::Stream { .. } if self.frozen.iter().any(|frozen| frozen.source == source) => {
                return Ok(false);
            }
            _ => {}
        }
        if self.late[source].is_some_and(|until| until > now) {
            return Ok(false);
        }
        let disorder = &self.world.disorder;
        let strikes = |kind| disorder.strikes(kind, name);
        let oddity = match kind {
            EventSource::Queue { queue, .. } => {
                if strikes(Kind::Poison) {
                    let refused = |error| anyhow!("{error:?}");
                    host.cloud().queues().send(queue, "{\"no\":\"message\"}").map_err(refused)?;
                }
                if strikes(Kind::PoisonAgain) {
                    let refused = |error| anyhow!("{error:?}");
                    let bodies = host.cloud().queues().bodies(queue).map_err(refused)?;
                    let which = disorder.draw(Kind::PoisonAgain, 0, 99).unsigned_abs() as usize;
                    if let Some(body) = bodies.get(which % bodies.len().max(1)) {
                        host.poison(body);
                    }
                }
                let sends_overlap = function == "send_message" && strikes(Kind::SendOverlaps);
                match () {
                    () if sends_overlap || strikes(Kind::MessageOverlaps) => {
                        let calls = disorder.draw(Kind::MessageOverlaps, -8, 12);
                        let aim = if calls < 0 { Aim::FreezeAtClaim } else { Aim::FreezeIn(calls) };
                        disorder.aim(Some(aim));
                        Oddity::Overlapping
                    }
                    () if strikes(Kind::MessageTwice) => Oddity::Twice,
                    () if strikes(Kind::MessageAgain) => Oddity::Unheard,
                    () if strikes(Kind::MessageDropped) => Oddity::Dropped,
                    () => Oddity::None,
                }
            }
            EventSource::Schedule { .. } => {
                if strikes(Kind::TickLate) {
                    let minutes = disorder.draw(Kind::TickLate, 1, 20);
                    self.late[source] = Some(now + SignedDuration::from_mins(minutes));
                    return Ok(true);
                }
                match () {
                    () if strikes(Kind::TickTwice) => Oddity::Twice,
                    () if strikes(Kind::TickSkipped) => Oddity::Dropped,
                    () => Oddity::None,
                }
            }
            _ => match () {
                () if strikes(Kind::StreamReplayed) => Oddity::Unheard,
                () if strikes(Kind::StreamSplit) => Oddity::Single,
                () if strikes(Kind::ShardSplit) => Oddity::ShardSplit,
                () if strikes(Kind::StreamDropped) => Oddity::Dropped,
                () => Oddity::None,
            },
        };
        if is_stream {
            // What is projected is forgotten.
            self.world.look();
        }
        let told = function.to_owned();
        let host = host.clone();
        let mut invocation: Invocation<Result<bool>> =
            Box::pin(async move { host.step_with_oddity(source, oddity).await });
        let ahead = disorder.clock_of(&told);
        let (tasks_given, looks_made) =
            self.world.with_oracle(|oracle| (oracle.tasks_given(), oracle.retry_waits.looks_made));
        disorder.allow_freezing(true);
        let ran = run(&mut invocation, disorder, ahead).await;
        disorder.allow_freezing(false);
        disorder.aim(None);
        match ran {
            Ok(done) => {
                let done = done?;
                if done {
                    disorder.log(format!("{told} {oddity:?}"));
                }
                if told == "due_steps" {
                    self.tighten_meanwhile().await?;
                }
                if told == "send_message" {
                    self.world.look();
                    if self.world.with_oracle(|oracle| oracle.tasks_given()) > tasks_given {
                        self.roll_out_meanwhile(&told, Kind::RolledOutAtTask).await;
                    }
                }
                // What was read and dropped is there still: others come first, or nothing ever would.
                Ok(done && !(is_stream && matches!(oddity, Oddity::Unheard | Oddity::Dropped)))
            }
            Err(Interrupt::Killed) => {
                disorder.log(format!("{told} is killed"));
                if told == "send_message" {
                    self.world.look();
                    self.world.with_oracle(|oracle| retry_waits::forget_looks(oracle, looks_made));
                    self.roll_out_meanwhile(&told, Kind::RolledOutMeanwhile).await;
                }
                Ok(true)
            }
            Err(Interrupt::Frozen(thaw)) => {
                let at = now + SignedDuration::from_secs(disorder.draw(Kind::Frozen, 1, 25));
                disorder.log(format!("{told} is frozen until {at}"));
                if let (Some((_, one_off)), EventSource::Queue { queue, .. }) =
                    (disorder.take_held_one_off(), kind)
                {
                    self.deliver_again(queue, one_off.trim_start_matches("M#"))?;
                }
                let claim = disorder.take_held_claim();
                if let Some(claim) = &claim {
                    disorder.hold_also(claim.clone());
                }
                self.frozen.push(Frozen { source, invocation, thaw, at, ahead, claim: claim.clone() });
                let number = claim.as_ref().and_then(|(partition, _)| self.number_of(partition));
                if let (Some((_, sort)), Some(number)) = (&claim, number)
                    && sort.starts_with("M#")
                {
                    bar_lead(self.world, number).await;
                } else if let Some((partition, _)) = claim
                    && disorder.strikes(Kind::StoppedAtClaim, || partition.clone())
                    && let Some(number) = number
                {
                    stop_lead_meanwhile(self.world, number).await;
                }
                if let Some(partition) = disorder.take_held_lead()
                    && let Some(number) = self.number_of(&partition)
                    && disorder.strikes(Kind::ChangedMeanwhile, || partition.clone())
                {
                    change_lead_meanwhile(self.world, number).await;
                }
                self.roll_out_meanwhile(&told, Kind::RolledOutMeanwhile).await;
                Ok(true)
            }
        }
    }

    /// What brings this letter, to another function.
    fn deliver_again(&self, queue: &str, one_off: &str) -> Result<()> {
        let refused = |error| anyhow!("{error:?}");
        let queues = self.world.world.host.cloud().queues();
        let bodies = queues.bodies(queue).map_err(refused)?;
        match bodies.iter().find(|body| body.contains(one_off)) {
            Some(body) => queues.send(queue, body).map(drop).map_err(refused),
            None => Ok(()),
        }
    }

    /// The number of the person whose lead lies in this partition.
    fn number_of(&self, partition: &str) -> Option<usize> {
        let lead = partition.rsplit('#').next().unwrap_or_default();
        self.world.with_roster(|roster| roster.number_of(lead))
    }

    /// Rolls out a version meanwhile: a function that broke off or is suspended may be at a lead's step, and a lead with a
    /// task waits for it.
    async fn roll_out_meanwhile(&self, function: &str, kind: Kind) {
        let disorder = &self.world.disorder;
        if function != "send_message" || !disorder.strikes(kind, || function.to_owned()) {
            return;
        }
        let people = ["now", "now", "next_step"][disorder.draw(kind, 0, 2) as usize];
        let ordered = publish(self.world, people).await;
        let told = ordered.map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
        disorder.log(format!("just now: a version, {people}: {told}"));
    }

    /// Slots of the coming minutes lie in the queue.
    async fn tighten_meanwhile(&self) -> Result<()> {
        let disorder = &self.world.disorder;
        let queues = self.world.world.host.cloud().queues();
        let mut senders = Vec::new();
        for queue in queues.names().iter().filter(|name| name.contains("SendQueue")) {
            let bodies = queues.bodies(queue).map_err(|error| anyhow!("{error:?}"))?;
            let slots = bodies.iter().filter_map(|body| serde_json::from_str::<Value>(body).ok());
            senders.extend(slots.filter_map(|body| Some(body["slot"]["sender"].as_str()?.to_owned())));
        }
        // Of those who use the same installation they know nothing.
        let mut ours = self.world.with_roster(|roster| roster.mailboxes.clone());
        let accounts = &self.world.accounts;
        ours.extend([accounts.sms_sender.clone(), accounts.whatsapp_sender.clone()]);
        senders.retain(|sender| ours.contains(sender));
        if let Some(sender) = senders.last()
            && disorder.strikes(Kind::LimitsTightened, || sender.clone())
        {
            let done = tighten(self.world, sender).await;
            let told = done.map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
            disorder.log(format!("just now: tighter limits: {told}"));
        }
        Ok(())
    }

    async fn thaw(&mut self, now: Timestamp) -> Result<bool> {
        let Some(at) = self.frozen.iter().position(|frozen| frozen.at <= now) else { return Ok(false) };
        let Frozen { source, mut invocation, thaw, ahead, claim, .. } = self.frozen.remove(at);
        if let Some(claim) = &claim {
            self.world.disorder.let_go(claim);
        }
        if thaw.send(()).is_err() {
            return Ok(true);
        }
        let ran = run(&mut invocation, &self.world.disorder, ahead).await;
        self.world.disorder.log(format!("{} goes on", self.world.world.host.source(source).0));
        ran.ok().transpose()?;
        Ok(true)
    }

    fn next(&self, user: &User) -> Result<Option<Timestamp>> {
        self.world.look();
        let host = &self.world.world.host;
        let now = self.world.disorder.now();
        let refused = |error| anyhow!("{error:?}");
        let mut queues = Vec::new();
        let mut times =
            vec![self.world.world.sandbox.next_due(), user.next(), self.world.webhooks.next_held()];
        times.extend([self.world.outside.landing.next(), self.world.late_writes.next()]);
        times.extend(self.frozen.iter().map(|frozen| Some(frozen.at)));
        for source in 0..host.sources() {
            let (function, kind) = host.source(source);
            let late = |due: Timestamp| self.late[source].map_or(due, |until| until.max(due));
            match kind {
                EventSource::Queue { queue, .. } => queues.push(queue.as_str()),
                EventSource::Schedule { .. } if function == "due_steps" => {
                    let is_idle =
                        !self.world.disorder.is_on() && self.world.world.sandbox.unread_letters().is_empty();
                    let wait = if is_idle { IDLE_POLLS } else { SignedDuration::ZERO };
                    let earliest = self.world.with_oracle(|oracle| oracle.earliest_hint(wait));
                    times.push(earliest.and_then(|at| host.next_due_tick(source, at)).map(late));
                }
                EventSource::Schedule { .. } if function == "monitor" => {
                    times.push(host.source_due(source).map(|due| late(due + IDLE_MONITOR)));
                }
                _ => times.push(host.source_due(source).map(late)),
            }
        }
        times.push(host.cloud().queues().next_visible_at(&queues).map_err(refused)?);
        Ok(times.into_iter().flatten().filter(|at| *at > now).min())
    }
}

//! Fakes of senders that are known by their folders alone: a line each.

use axum::Router;

use crate::config::RateLimit;
use crate::sandbox::Sandbox;
use crate::world::Text;

const FAKES: &[&dyn Fake] = &[
    #[cfg(test)]
    &crate::tests::newcomer::Newcomer,
];

pub(crate) trait Fake: Sync {
    /// As the provider's folder is called. Its routes are under it.
    fn name(&self) -> &'static str;

    fn routes(&self) -> Router<Sandbox>;

    /// What the real one takes at most, where it says so.
    fn limits(&self) -> &'static [RateLimit];

    /// Its own number, whose texts people answer; E.164. A fake of mail has none.
    fn number(&self) -> Option<&'static str>;

    /// The webhook's body about a text that it took.
    fn report(&self, text: &Text, status: &str, code: Option<u32>) -> String;

    /// The webhook's body about a text that somebody sends to its number.
    fn written(&self, sid: &str, from: &str, body: &str) -> String;

    /// The headers that a webhook is signed with. `now`: seconds since 1970.
    fn signed(&self, body: &str, now: i64) -> Vec<(&'static str, String)>;
}

pub(crate) fn routes() -> Router<Sandbox> {
    let nest = |all: Router<Sandbox>, fake: &&dyn Fake| all.nest(&format!("/{}", fake.name()), fake.routes());
    FAKES.iter().fold(Router::new(), nest)
}

#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static dyn Fake> {
    FAKES.iter().copied()
}

pub(crate) fn named(name: &str) -> Option<&'static dyn Fake> {
    FAKES.iter().copied().find(|fake| fake.name() == name)
}

pub(crate) fn of_number(number: &str) -> Option<&'static dyn Fake> {
    FAKES.iter().copied().find(|fake| fake.number() == Some(number))
}

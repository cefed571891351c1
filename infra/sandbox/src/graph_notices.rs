//! Graph's calls of an address that the app subscribes: the handshake before there is a subscription, and the notices of mail.
//! No other address than the app's is ever called.

use std::time::Duration;

use http::{Request, Response, header};
use mailbox_fakes::{Graph, Handshake, SentNotice};
use url::Url;

use crate::agenda::Action;
use crate::inbound::{Delivery, Via};
use crate::people;
use crate::sandbox::Sandbox;

/// How long Graph waits for its token.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The seconds until the next attempt at a notice: Graph gives it up within four hours.
pub(crate) const RETRIES: &[i64] = &[10, 60, 300, 900, 3_600, 7_200];
/// The seconds between a mail and its notice.
const NOTICE_AFTER: i64 = 2;

/// The call of the app's address that Graph makes before it answers a request, if it makes one.
pub(crate) fn handshake(
    sandbox: &Sandbox,
    graph: &Graph,
    request: &mailbox_fakes::Request,
) -> Option<Handshake> {
    let asked = graph.handshake_of(request)?;
    is_the_apps(sandbox, &asked.url).then_some(asked)
}

/// Makes that call. An app that does not answer in time has not sent the token back.
pub(crate) async fn shake_hands(sandbox: &Sandbox, asked: &Handshake) -> Option<Response<Vec<u8>>> {
    let request = Request::post(&asked.url).header(header::CONTENT_TYPE, "text/plain; charset=utf-8");
    let (app, request) = (sandbox.app()?, request.body(Vec::new()).ok()?);
    tokio::time::timeout(HANDSHAKE, app.call(request)).await.ok()
}

/// Puts the notices of a mailbox on the agenda.
pub(crate) fn post_notices(sandbox: &Sandbox, notices: Vec<SentNotice>) {
    let at = people::later(sandbox.now(), NOTICE_AFTER);
    for SentNotice { url, body } in notices.into_iter().filter(|notice| is_the_apps(sandbox, &notice.url)) {
        let delivery = Delivery::new(Via::Graph, String::new(), url, body.to_string());
        sandbox.world().agenda.add(at, Action::Deliver(delivery));
    }
}

fn is_the_apps(sandbox: &Sandbox, url: &str) -> bool {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    origin(url).is_some_and(|of| of.is_tuple() && Some(of) == origin(&sandbox.config().app_url))
}

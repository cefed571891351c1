//! The access patterns of what belongs to no workspace: ids, logins, and what the installation counts.

use super::{Doc, Samples};
use crate::key_hashes::digest;
use crate::keys::{self, preview_pages as pages};
use domain::contact::email_address::EmailAddress;
use domain::workspace::tracking_domain::DomainName;
use domain::{AccountId, LoginId, SessionId, derived_ulid};

pub(super) fn describe(doc: &mut Doc) {
    let Samples { workspace, at, .. } = &Samples::new();
    let id = derived_ulid(*at, &["id"]);
    let email = EmailAddress::parse("address@example.com").expect("an address");
    doc.section("The installation: ids and logins");
    let due = keys::due(*at, &["x"]);
    doc.samples.names.push((digest(&["x"])[..20].to_owned(), "{digest}"));
    doc.key("due hints: 25 and more in an item", due, "`DueStore::{put, due, delete, earliest}`");
    let login = LoginId::new(id);
    let identity = keys::identity("{digest}");
    doc.key("the login with this account at a provider", identity, "`LoginStore::by_identity`");
    doc.key("the login with this address", keys::sign_in(&email), "`LoginStore::by_email`, `UserStore::add`");
    doc.key(
        "a login: password, passkeys, authenticator app, accounts at providers, workspaces",
        keys::login(&login),
        "`LoginStore::{login, save_login}`",
    );
    let session = keys::session(&login, &SessionId::new(id));
    doc.key("the sessions of a login", session, "`LoginStore::{session, sessions, save_session}`");
    doc.key("the API key with this secret", keys::api_key_by_hash("{digest}"), "`ApiKeyStore::by_hash`");
    doc.key("the lead of a preview page", pages::preview_token("{token}"), "`PreviewStore::by_token`");
    let account = keys::account_by_id(&AccountId::new(id));
    doc.key("the workspace of an account", account, "`AccountStore::workspace_of`");
    let account = keys::account_by_external_id("twilio", "{account}", &AccountId::new(id));
    doc.key("… accounts by the provider's account id", account, "`AccountStore::by_external_id`");
    doc.key("a mark that the first user has signed up", keys::installation(), "`UserStore::sign_up`");
    doc.key("every workspace", keys::workspace_entry(workspace), "`WorkspaceStore::ids`");
    let domain = DomainName::parse("go.acme.com").expect("a domain");
    doc.samples.names.push((domain.as_str().to_owned(), "{domain}"));
    let claimed = "the workspace that has a tracking domain: unique";
    doc.key(claimed, keys::tracking_domain(&domain), "`WorkspaceStore::set_tracking_domain`");
    doc.key(
        "the first and the last two runs of a schedule",
        keys::schedules::runs("due_steps"),
        "`ScheduleStore::{note_run, runs}`",
    );
    doc.key(
        "the last run of due_steps that record_changes has seen",
        keys::schedules::recorded_tick(),
        "`ChangeLogStore::{note_recorded, progress}`",
    );
    doc.key(
        "a rate limit's window, a domain's mails of a day, a lead's latest message",
        keys::limit("x"),
        "`RateLimitStore::{take, give_back, take_key}`",
    );
    doc.key("a mark that an event was handled", keys::once("x"), "`RateLimitStore::first_time`");
    doc.key(
        "the answer to a repeated request",
        keys::answer("x"),
        "`RateLimitStore::{begin_request, store_answer}`",
    );
}

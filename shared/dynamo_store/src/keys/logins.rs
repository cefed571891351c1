//! Keys of logins, by id and by address, and of their sessions: they belong to the installation. The access log belongs to a
//! workspace.

use super::{Partition, System, SystemKey, Tenant, WorkspaceKey, of, system};
use domain::contact::email_address::EmailAddress;
use domain::{AccessRecordId, LoginId, SessionId, WorkspaceId};

pub(crate) fn sign_in(email: &EmailAddress) -> SystemKey {
    system(format!("SIGNIN#{email}")).at("SIGNIN")
}

pub(crate) fn identity(key: &str) -> SystemKey {
    system(format!("IDENTITY#{key}")).at("IDENTITY")
}

pub(crate) fn login(id: &LoginId) -> SystemKey {
    system(format!("LOGIN#{}", id.ulid_text())).at("LOGIN")
}

pub(crate) fn sessions(login: &LoginId) -> Partition<System> {
    system(format!("LOGIN#{}#SESSIONS", login.ulid_text()))
}

pub(crate) fn session(login: &LoginId, id: &SessionId) -> SystemKey {
    sessions(login).at(id.ulid_text())
}

pub(crate) fn access_records(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "ACCESS")
}

pub(crate) fn access_record(workspace: &WorkspaceId, id: &AccessRecordId) -> WorkspaceKey {
    access_records(workspace).at(id.ulid_text())
}

//! Every route of a group against those who may not call it, taken from the table that serves.

use crate::suite::Suite;
use domain::user::Role;
use http_api::RouteRow;

const ROLES: [Role; 5] = [Role::ReadOnly, Role::Rep, Role::Manager, Role::Admin, Role::Owner];

impl Suite {
    /// Strangers get 401, every role below the route's 403, wherever the route is not public. Leaves the owner signed in.
    pub async fn refuses_those_who_may_not(&mut self, rows: &[RouteRow]) {
        for row in rows {
            let Some(least) = row.access.least_role() else { continue };
            let path = filled(&row.path);
            self.sign_out();
            self.send(row.method.clone(), &path, None, &[]).await.expect(401);
            for role in ROLES.into_iter().filter(|role| *role < least) {
                self.sign_in(role);
                self.send(row.method.clone(), &path, None, &[]).await.expect(403);
            }
        }
        self.sign_in(Role::Owner);
    }
}

/// Nothing that exists stands where a path has a parameter.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

//! Calls every route of a group as callers who may not, by the route table that serves.

use crate::suite::Suite;
use domain::workspace::user::Role;
use http::Method;
use http_api::RouteRow;
use serde_json::{Value, json};

const ROLES: [Role; 5] = [Role::ReadOnly, Role::Rep, Role::Manager, Role::Admin, Role::Owner];

impl Suite {
    /// Every route that is not public answers 401 without a sign-in, and 403 to a role below its own. Leaves
    /// the owner signed in.
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

    /// The owner of another workspace gets 404 from every route whose path has one of these ids (`lead_id` →
    /// `lead_01…`). `bodies` has the request bodies by operation, for routes that refuse `{}`. Leaves this
    /// workspace's owner signed in.
    pub async fn hides_from_others(
        &mut self,
        rows: &[RouteRow],
        ids: &[(&str, &str)],
        bodies: &[(&str, Value)],
    ) {
        let other = self.other_workspace().await;
        self.sign_in_to(other, Role::Owner);
        let mut tried = 0;
        for row in rows.iter().filter(|row| row.access.least_role().is_some()) {
            let path = ids
                .iter()
                .fold(row.path.clone(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id));
            if path == row.path {
                continue;
            }
            let given = bodies.iter().find(|(operation, _)| *operation == row.operation);
            let body = given.map_or_else(|| json!({}), |(_, body)| body.clone());
            let body = (!matches!(row.method, Method::GET | Method::DELETE)).then_some(body);
            self.send(row.method.clone(), &filled(&path), body, &[]).await.expect(404);
            tried += 1;
        }
        assert!(tried > 0, "no route has any of these ids");
        self.sign_in(Role::Owner);
    }
}

/// Fills the parameters of a path with a value that does not exist.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

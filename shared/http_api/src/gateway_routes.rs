//! The routes that the template needs for one function's route table.
//!
//! A signed-in group is at most two routes, `ANY /api/leads` and `ANY /api/leads/{proxy+}`: API Gateway takes 300
//! routes, and each of them is a permission, which is one of a stack's 500 resources. The function's own
//! table decides about paths and methods in its group. Public routes keep a line each, so that API Gateway
//! can throttle each alone; so does a row that lies in another function's group. API Gateway takes the more
//! specific route first (`docs/adr/0062-routes-by-group.md`).

use crate::routes::RouteRow;

/// A route as API Gateway knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GatewayRoute {
    /// The name of its event in the template, in snake_case.
    pub name: String,
    /// `GET`, `HEAD` and so on, or `ANY`.
    pub method: String,
    pub path: String,
}

pub(crate) fn gateway_routes(groups: &[&str], rows: &[RouteRow]) -> Vec<GatewayRoute> {
    let whole = groups.iter().flat_map(|group| {
        let name = format!("any_{}", group.trim_start_matches("/api/").replace(['/', '-'], "_"));
        let of_group = || rows.iter().filter(|row| is_within(group, row));
        let route = |name: String, path: String| GatewayRoute { name, method: "ANY".to_owned(), path };
        // A new group has no rows yet.
        let is_new = of_group().next().is_none();
        let itself = is_new || of_group().any(|row| row.path == *group);
        let below = is_new || of_group().any(|row| row.path != *group);
        [
            itself.then(|| route(name.clone(), (*group).to_owned())),
            below.then(|| route(format!("{name}_proxy"), format!("{group}/{{proxy+}}"))),
        ]
    });
    let single = rows.iter().filter(|row| stands_alone(groups, row)).flat_map(|row| {
        row.methods().map(|method| {
            let name = match method == row.method {
                true => row.operation.clone(),
                false => format!("{}_{}", row.operation, method.as_str().to_lowercase()),
            };
            GatewayRoute { name, method: method.as_str().to_owned(), path: row.path.clone() }
        })
    });
    whole.flatten().chain(single).collect()
}

fn is_within(group: &str, row: &RouteRow) -> bool {
    row.path.strip_prefix(group).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn stands_alone(groups: &[&str], row: &RouteRow) -> bool {
    row.access.least_role().is_none() || !groups.iter().any(|group| is_within(group, row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Access;
    use http::Method;

    #[test]
    fn a_group_is_the_routes_that_it_has_rows_for_and_what_anybody_may_call_is_one_each() {
        let row = |method: Method, path: &str, operation: &str, access: Access| RouteRow {
            leads: crate::caller::LeadUse::AllLeads,
            method,
            path: path.to_owned(),
            operation: operation.to_owned(),
            access,
            scope: None,
            and_scope: None,
            other_ids: &[],
        };
        let rows = [
            row(Method::GET, "/api/auth/signup", "get_sign_up", Access::Public),
            row(Method::POST, "/api/auth/login", "log_in", Access::Public),
            row(Method::GET, "/api/auth/me", "get_me", Access::ReadOnly),
            row(Method::GET, "/api/deals", "list_deals", Access::ReadOnly),
            row(Method::GET, "/api/deals/{id}", "get_deal", Access::ReadOnly),
            row(Method::GET, "/api/tags", "list_tags", Access::ReadOnly),
            row(Method::GET, "/api/authors/{id}", "get_author", Access::Rep),
            row(Method::GET, "/health", "get_health", Access::Public),
        ];
        let routes = gateway_routes(&["/api/auth", "/api/deals", "/api/tags"], &rows);
        let lines: Vec<String> =
            routes.iter().map(|r| format!("{}: {} {}", r.name, r.method, r.path)).collect();
        assert_eq!(
            lines,
            [
                "any_auth_proxy: ANY /api/auth/{proxy+}",
                "any_deals: ANY /api/deals",
                "any_deals_proxy: ANY /api/deals/{proxy+}",
                "any_tags: ANY /api/tags",
                "get_sign_up: GET /api/auth/signup",
                "log_in: POST /api/auth/login",
                "get_author: GET /api/authors/{id}",
                "get_health: GET /health",
                "get_health_head: HEAD /health",
            ]
        );
    }
}

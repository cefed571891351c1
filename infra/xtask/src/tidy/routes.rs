//! Checks that each route's handler has a file of its own, and that file, function and operation have one
//! name.

use super::Finding;
use super::rust_source::is_test;
use crate::tree::Tree;
use http_api::RouteRow;
use std::collections::BTreeSet;

pub fn check(tree: &Tree, functions: &[(&str, Vec<RouteRow>)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut operations = BTreeSet::new();
    for (function, rows) in functions {
        for row in rows {
            let operation = &row.operation;
            let path = format!("functions/{function}/src/{operation}.rs");
            if !tree.text(&path).contains(&format!("fn {operation}(")) {
                findings.push(Finding::file(&path, format!("should hold the handler `{operation}`")));
            }
            if !operations.insert((row.method.as_str(), row.path.clone())) {
                findings.push(Finding::file(&path, format!("{} {} is taken", row.method, row.path)));
            }
        }
        let folder = format!("functions/{function}/src/");
        for (path, text) in tree.under(&folder, ".rs").filter(|(path, _)| !is_test(path)) {
            let handlers = text.matches("#[utoipa::path").count();
            if handlers > 1 {
                findings.push(Finding::file(path, format!("holds {handlers} actions: one a file")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_api::Access;

    fn row(operation: &str, method: http_api::axum::http::Method, path: &str) -> RouteRow {
        RouteRow {
            leads: http_api::LeadUse::AllLeads,
            method,
            path: path.to_owned(),
            operation: operation.to_owned(),
            access: Access::Rep,
            scope: None,
            and_scope: None,
            other_ids: &[],
        }
    }

    #[test]
    fn handler_without_its_own_file_is_found() {
        let tree = Tree::of(&[(
            "functions/leads/src/list_leads.rs",
            "#[utoipa::path(get, path = \"/api/leads\")]\npub async fn list_leads() {}\n#[utoipa::path(post)]\nasync fn create_lead() {}",
        )]);
        let get = http_api::axum::http::Method::GET;
        let post = http_api::axum::http::Method::POST;
        let rows = vec![row("list_leads", get, "/api/leads"), row("create_lead", post, "/api/leads")];
        let found: Vec<String> = check(&tree, &[("leads", rows)]).into_iter().map(|f| f.what).collect();
        assert_eq!(found, ["should hold the handler `create_lead`", "holds 2 actions: one a file"]);
    }
}

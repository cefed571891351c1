//! Checks that folders and template name the same functions, and that the template stays below the limits of
//! CloudFormation.

use super::Finding;
use crate::tree::Tree;
use std::collections::BTreeSet;

const FILE: &str = "template.yaml";
/// The most routes that the template may have. An HTTP API takes 300.
const ROUTES: usize = 120;
/// The most resources that it may come to. A stack takes 500.
const RESOURCES: usize = 300;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let template = tree.text(FILE);
    let deployed: BTreeSet<&str> = template
        .lines()
        .filter_map(|line| line.trim().strip_prefix("CodeUri: target/lambda/")?.strip_suffix('/'))
        .collect();
    let folders: BTreeSet<&str> = tree.folders("functions").into_iter().collect();
    let mut findings = Vec::new();
    for name in folders.difference(&deployed) {
        findings.push(Finding::file(FILE, format!("does not deploy functions/{name}")));
    }
    for name in deployed.difference(&folders) {
        findings.push(Finding::file(FILE, format!("deploys {name}, which has no folder")));
    }
    let blocks = blocks(template);
    for (id, kind, body) in &blocks {
        let name = snake_case(id);
        if *kind == "AWS::Serverless::Function"
            && !body.contains(&format!("target/lambda/{name}/\n      Handler: {name}\n"))
        {
            findings
                .push(Finding::file(FILE, format!("{id} has not its folder's name as CodeUri and Handler")));
        }
    }
    let (routes, resources) = (routes(template), resources(template));
    if routes > ROUTES {
        let what =
            format!("{routes} routes: more than {ROUTES} come near the limit of 300. Is a group missing?");
        findings.push(Finding::file(FILE, what));
    }
    if resources > RESOURCES {
        let what = format!("{resources} resources: more than {RESOURCES} come near the limit of 500");
        findings.push(Finding::file(FILE, what));
    }
    findings
}

/// Counts the routes of the HTTP API.
fn routes(template: &str) -> usize {
    template.matches(ROUTE).count()
}

/// Counts the resources that the stack has once SAM has transformed the template.
fn resources(template: &str) -> usize {
    blocks(template).iter().map(|(_, kind, body)| weight(kind, body)).sum()
}

/// The beginning of a route's line, in the template and in no text.
const ROUTE: &str = ": { Type: HttpApi, ";

/// The resources that SAM makes of one: a function has a role, a route a permission, a schedule a role.
fn weight(kind: &str, body: &str) -> usize {
    match kind {
        "AWS::Serverless::Function" => {
            let events = |kind: &str| body.matches(&format!("Type: {kind}\n")).count();
            let own = 2 + usize::from(body.contains("\n      EventInvokeConfig:"));
            own + routes(body) + events("SQS") + events("DynamoDB") + 2 * events("ScheduleV2")
        }
        "AWS::Serverless::HttpApi" => 2,
        _ => 1,
    }
}

/// The id, type and text of each resource.
fn blocks(template: &str) -> Vec<(&str, &str, &str)> {
    let resources = template.split("\nResources:\n").nth(1).unwrap_or_default();
    let resources = resources.split("\nOutputs:\n").next().unwrap_or_default();
    let heads: Vec<usize> = resources
        .lines()
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len() + 1;
            Some((start, line))
        })
        .filter(|(_, line)| {
            line.starts_with("  ") && !line[2..].starts_with([' ', '#']) && line.ends_with(':')
        })
        .map(|(start, _)| start)
        .collect();
    let ends = heads.iter().skip(1).copied().chain([resources.len()]);
    let cut = heads.iter().zip(ends).map(|(start, end)| &resources[*start..end]);
    cut.map(|block| {
        let id = block.trim_start().split(':').next().unwrap_or_default();
        let kind =
            block.split("\n    Type: ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or_default();
        (id, kind, block)
    })
    .collect()
}

fn snake_case(id: &str) -> String {
    let mut out = String::new();
    for c in id.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::root;

    const TEMPLATE: &str = "Globals: {}\n\nResources:\n  # Why.\n  SendMessage:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: target/lambda/send_message/\n      Handler: send_message\n      Events:\n        Send:\n          Type: SQS\n\n  Table:\n    Type: AWS::DynamoDB::Table\n\nOutputs:\n  Url: x\n";

    #[test]
    fn template_and_folders_must_name_the_same_functions() {
        let whole = Tree::of(&[(FILE, TEMPLATE), ("functions/send_message/Cargo.toml", "")]);
        assert_eq!(check(&whole), []);
        let other = Tree::of(&[(FILE, TEMPLATE), ("functions/leads/Cargo.toml", "")]);
        let found: Vec<String> = check(&other).into_iter().map(|f| f.what).collect();
        assert_eq!(found, ["does not deploy functions/leads", "deploys send_message, which has no folder"]);
    }

    #[test]
    fn resources_are_counted_like_sam_deploys_them() {
        let blocks = blocks(TEMPLATE);
        let ids: Vec<&str> = blocks.iter().map(|(id, ..)| *id).collect();
        assert_eq!(ids, ["SendMessage", "Table"]);
        assert_eq!(resources(TEMPLATE), 4);
    }

    #[test]
    fn a_route_is_a_permission() {
        let route = "        Any: { Type: HttpApi, Properties: { ApiId: !Ref HttpApi, Method: any, Path: \"/a\" } }\n";
        let template = TEMPLATE.replace("        Send:\n", &format!("{route}        Send:\n"));
        assert_eq!((routes(TEMPLATE), routes(&template)), (0, 1));
        assert_eq!(resources(&template), resources(TEMPLATE) + 1);
    }

    /// There is room for a hundred more groups before either limit is near.
    #[test]
    fn this_template_is_far_from_the_limits() {
        let text = std::fs::read_to_string(root().join(FILE)).unwrap();
        assert!(routes(&text) <= ROUTES && resources(&text) <= RESOURCES);
    }

    #[test]
    fn template_of_this_tree_is_counted_completely() {
        let text = std::fs::read_to_string(root().join(FILE)).unwrap();
        let ids = text.lines().filter(|line| line.starts_with("    Type: AWS::")).count();
        assert_eq!(blocks(&text).len(), ids);
        assert!(blocks(&text).iter().all(|(_, kind, _)| kind.starts_with("AWS::")));
    }
}

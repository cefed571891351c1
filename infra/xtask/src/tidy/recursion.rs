//! Functions that work page by page through queues must say so: Lambda counts the links of such a chain, and
//! drops the 17th as a runaway loop unless the function has `RecursiveLoop: Allow`.

use super::Finding;
use crate::tree::Tree;
use anyhow::Result;
use local_host::as_json;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const FILE: &str = "template.yaml";

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let template = as_json(tree.text(FILE))?;
    let none = Map::new();
    let resources = template.get("Resources").and_then(Value::as_object).unwrap_or(&none);
    let functions: BTreeMap<&str, Function> = resources
        .iter()
        .filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function")
        .map(|(id, resource)| (id.as_str(), Function::read(&resource["Properties"])))
        .collect();
    let everywhere = template.pointer("/Globals/Function/RecursiveLoop");
    let allows = |id: &str| {
        resources[id].pointer("/Properties/RecursiveLoop").or(everywhere).is_some_and(|word| word == "Allow")
    };
    let on_a_cycle = functions.keys().filter(|id| started_by(id, &functions).contains(**id));
    let missing = on_a_cycle.filter(|id| !allows(id)).map(|id| {
        let what = format!(
            "{id} sends to a queue that leads back to it, without RecursiveLoop: Allow: AWS drops the 17th message in a row"
        );
        Finding::file(FILE, what)
    });
    Ok(missing.collect())
}

/// The queues of a function, by the names of their resources.
struct Function {
    consumes: BTreeSet<String>,
    /// The queues that its policy lets it send to.
    sends: BTreeSet<String>,
}

impl Function {
    fn read(properties: &Value) -> Self {
        let (mut consumes, mut sends) = (BTreeSet::new(), BTreeSet::new());
        let events = properties["Events"].as_object().into_iter().flatten();
        for (_, event) in events.filter(|(_, event)| event["Type"] == "SQS") {
            resources(&event["Properties"]["Queue"], &mut consumes);
        }
        let policies = properties["Policies"].as_array().into_iter().flatten();
        let statements = policies.flat_map(|policy| policy["Statement"].as_array().into_iter().flatten());
        for statement in statements.filter(|statement| may_send(&statement["Action"])) {
            resources(&statement["Resource"], &mut sends);
        }
        Self { consumes, sends }
    }
}

fn may_send(action: &Value) -> bool {
    match action {
        Value::Array(actions) => actions.iter().any(may_send),
        one => matches!(one.as_str(), Some("sqs:SendMessage" | "sqs:*" | "*")),
    }
}

/// Every resource that is named somewhere within: `Queue.Arn`, `Queue`, `${Queue.Arn}`.
fn resources(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let text = text.trim_start_matches("${").trim_end_matches('}');
            into.insert(text.split('.').next().unwrap_or(text).to_owned());
        }
        Value::Array(all) => all.iter().for_each(|one| resources(one, into)),
        Value::Object(map) => map.values().for_each(|one| resources(one, into)),
        _ => {}
    }
}

/// The functions that a message of this function starts, directly or through others.
fn started_by<'a>(id: &str, functions: &BTreeMap<&'a str, Function>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![id];
    while let Some(sender) = waiting.pop() {
        for (name, other) in functions {
            if !other.consumes.is_disjoint(&functions[sender].sends) && found.insert(*name) {
                waiting.push(name);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::root;

    fn template(functions: &[(&str, &str, &str, &str)]) -> Tree {
        let mut text = "Resources:\n".to_owned();
        for (name, consumes, sends, more) in functions {
            text.push_str(&format!(
                "  {name}:\n    Type: AWS::Serverless::Function\n    Properties:\n{more}      Policies:\n        - Statement:\n            - Effect: Allow\n              Action: [sqs:ChangeMessageVisibility, sqs:SendMessage]\n              Resource:\n                - !GetAtt {sends}.Arn\n      Events:\n        Work:\n          Type: SQS\n          Properties:\n            Queue: !GetAtt {consumes}.Arn\n"
            ));
        }
        Tree::of(&[(FILE, &text)])
    }

    fn found(tree: &Tree) -> Vec<String> {
        let all = check(tree).unwrap().into_iter();
        all.map(|finding| finding.what.split(' ').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn function_that_sends_to_its_own_queue_must_allow_loops() {
        assert_eq!(found(&template(&[("Enrol", "Pages", "Pages", "")])), ["Enrol"]);
        let allowed = "      RecursiveLoop: Allow\n";
        assert_eq!(found(&template(&[("Enrol", "Pages", "Pages", allowed)])), [""; 0]);
        let forbidden = "      RecursiveLoop: Terminate\n";
        assert_eq!(found(&template(&[("Enrol", "Pages", "Pages", forbidden)])), ["Enrol"]);
    }

    #[test]
    fn functions_of_a_longer_cycle_must_allow_loops() {
        let beside = ("Import", "Files", "Pages", "");
        let cycle = [
            beside,
            ("Enrol", "Pages", "Mails", ""),
            ("Send", "Mails", "Answers", ""),
            ("Hear", "Answers", "Pages", ""),
        ];
        assert_eq!(found(&template(&cycle)), ["Enrol", "Hear", "Send"]);
        assert_eq!(found(&template(&cycle[..3])), [""; 0]);
    }

    #[test]
    fn template_without_its_loop_permissions_is_refused() {
        let text = std::fs::read_to_string(root().join(FILE)).unwrap();
        assert_eq!(found(&Tree::of(&[(FILE, &text)])), [""; 0]);
        let without = text.replace("      RecursiveLoop: Allow\n", "");
        let all = [
            "CampaignJobs",
            "FillColumns",
            "FoldChanges",
            "ImportLeads",
            "IngestEvent",
            "PersonalizeLead",
            "SendMessage",
        ];
        assert_eq!(found(&Tree::of(&[(FILE, &without)])), all);
    }
}

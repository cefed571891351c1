//! Checks that the template's definition of the master key is unchanged: a deploy with another one would
//! silently make a new key, which ends every session, breaks every link in sent mails and makes every stored
//! provider secret unreadable.

use super::Finding;
use crate::tree::Tree;
use anyhow::Result;
use local_host::as_json;
use serde_json::json;

const FILE: &str = "template.yaml";
const SECRET: &str = "StageSecret";

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let template = as_json(tree.text(FILE))?;
    let secret = &template["Resources"][SECRET];
    let held = json!({
        "Name": { "Fn::Sub": "${AWS::StackName}/stage" },
        "GenerateSecretString": {
            "SecretStringTemplate": "{}",
            "GenerateStringKey": "master_key",
            "PasswordLength": 64,
            "ExcludePunctuation": true,
        },
    });
    let mut findings = Vec::new();
    for (property, held) in held.as_object().into_iter().flatten() {
        if secret["Properties"][property] != *held {
            let what =
                format!("{SECRET}.{property} is not {held}: every installation would get a new master key");
            findings.push(Finding::file(FILE, what));
        }
    }
    for id in [SECRET, "Table", "Bucket"] {
        let policy = |name: &str| template["Resources"][id][name].as_str().unwrap_or("Delete").to_owned();
        let policies = (policy("DeletionPolicy"), policy("UpdateReplacePolicy"));
        if policies != ("RetainExceptOnCreate".to_owned(), "Retain".to_owned()) {
            findings.push(Finding::file(
                FILE,
                format!("{id} must be retained, except by a first deploy that fails"),
            ));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::root;

    fn found(change: impl Fn(String) -> String) -> Vec<String> {
        let text = std::fs::read_to_string(root().join(FILE)).unwrap();
        let changed = change(text.clone());
        let tree = Tree::of(&[(FILE, &changed)]);
        check(&tree).unwrap().into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn changed_secret_template_is_refused() {
        assert_eq!(found(|text| text), [""; 0]);
        for (from, to) in [
            ("SecretStringTemplate: \"{}\"", "SecretStringTemplate: '{\"a\":\"b\"}'"),
            ("PasswordLength: 64", "PasswordLength: 65"),
            ("        ExcludePunctuation: true\n", ""),
            ("Name: !Sub \"${AWS::StackName}/stage\"", "Name: leadflow"),
        ] {
            let found = found(|text| text.replace(from, to));
            assert!(matches!(&found[..], [one] if one.contains("new master key")), "{from}: {found:?}");
        }
    }

    #[test]
    fn retained_resources_do_not_block_a_first_deploy() {
        let found = found(|text| text.replace("RetainExceptOnCreate", "Retain"));
        assert_eq!(found.len(), 3, "{found:?}");
    }
}

//! The plan of what a workspace has happen by itself: trigger rules, auto-enrol, and the better variant alone.

use crate::chance::Chance;
use crate::profile::{Profile, Seed};
use serde_json::{Value, json};

/// What a workspace is set up with.
#[derive(Debug, Clone, Default)]
pub struct AutomationPlan {
    /// So many a day come into the second campaign by themselves.
    pub auto_enrol: Option<usize>,
    pub promotes: bool,
    pub rules: Vec<Value>,
}

pub fn occasions(seed: Seed) -> AutomationPlan {
    let mut chance = Chance::of(seed, "occasions");
    if seed.profile < Profile::TwoTenants {
        return AutomationPlan::default();
    }
    let auto_enrol = chance.per_mille(350).then(|| 1 + chance.below(3));
    let promotes = chance.per_mille(500);
    let notify = json!({ "do": "notify" });
    let task = |title: &str| json!({ "do": "create_task", "title": title });
    let mut rules = vec![
        json!({ "name": "Hot", "when": { "event": "turned_hot" }, "actions": [notify, task("Hot")] }),
        json!({ "name": "Answered", "when": { "event": "answered_positively" }, "actions": [task("Answered")] }),
    ];
    let mut actions = vec![notify, task("Opened")];
    if chance.per_mille(300) {
        actions.push(json!({ "do": "stop" }));
    }
    if auto_enrol.is_none() && chance.per_mille(400) {
        actions.push(json!({ "do": "enrol" }));
    }
    let opened = json!({ "event": "did", "what": "opened", "times": 1 });
    rules.push(json!({ "name": "Opened", "when": opened, "actions": actions }));
    rules.retain(|_| chance.per_mille(500));
    AutomationPlan { auto_enrol, promotes, rules }
}

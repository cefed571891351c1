//! What the operator hears of: every dead letter is counted by the monitor, and an alarm is on the monitor.

use crate::template::{Stack, TEMPLATE, as_json};
use application::queue_messages::Queue;
use local_cloud::names;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn resources() -> Value {
    as_json(TEMPLATE).unwrap()["Resources"].clone()
}

#[test]
fn monitor_counts_the_dead_letters_of_every_queue_and_may_do_nothing_else_with_them() {
    let stack = Stack::read(TEMPLATE, &[("PublicUrl", "https://a.example")]).unwrap();
    let monitor = stack.function("monitor").unwrap();
    let dead: BTreeSet<String> = stack.queues.iter().map(|(name, _)| name.clone()).collect();
    let dead: BTreeSet<String> = dead.into_iter().filter(|name| name.ends_with("DeadLetters")).collect();
    let told: BTreeSet<String> = Queue::ALL
        .map(|queue| {
            let url = &monitor.environment[&format!("{}_DEAD_LETTERS_URL", queue.as_str().to_uppercase())];
            url.rsplit('/').next().unwrap().to_owned()
        })
        .into();
    assert_eq!(told, dead, "a queue whose dead letters nobody counts");
    let mut granted = BTreeSet::new();
    for statement in &monitor.policy {
        let of_dead = statement.resources.iter().filter(|arn| arn.ends_with("DeadLetters"));
        for arn in of_dead {
            assert_eq!(statement.actions, ["sqs:GetQueueAttributes"], "{arn}");
            granted.insert(arn.clone());
        }
    }
    assert_eq!(granted, dead.iter().map(|name| names::queue_arn(name)).collect());
}

#[test]
fn monitor_that_fails_or_is_silent_sets_off_an_alarm() {
    let alarm = resources()["MonitorAlarm"]["Properties"].clone();
    assert_eq!((&alarm["Namespace"], &alarm["MetricName"]), (&json!("AWS/Lambda"), &json!("Errors")));
    assert_eq!(alarm["Dimensions"], json!([{ "Name": "FunctionName", "Value": { "Ref": "Monitor" } }]));
    assert_eq!((&alarm["Threshold"], &alarm["TreatMissingData"]), (&json!(0), &json!("breaching")));
    let schedule = &resources()["Monitor"]["Properties"]["Events"]["Every"]["Properties"];
    assert_eq!(schedule["ScheduleExpression"], "rate(15 minutes)");
    assert_eq!(alarm["Period"], 2 * 15 * 60, "a run that comes seconds late is no silence");
}

/// A failure of the monitor for dead letters must not hide that other functions fail: it counts in the same metric.
#[test]
fn failing_functions_set_off_an_alarm_that_the_monitor_alone_does_not() {
    let alarm = resources()["FunctionErrorsAlarm"]["Properties"].clone();
    assert_eq!((&alarm["MetricName"], alarm.get("Dimensions")), (&json!("Errors"), None));
    let hour = alarm["Period"].as_u64().unwrap() * alarm["EvaluationPeriods"].as_u64().unwrap();
    let runs = hour / (15 * 60);
    assert!(alarm["DatapointsToAlarm"].as_u64().unwrap() > runs + 1, "{runs} runs, and one that came late");
}

#[test]
fn every_alarm_and_the_budget_write_to_the_address_of_alarms() {
    let mut alarms = 0;
    for (id, resource) in resources().as_object().unwrap() {
        if resource["Type"] == "AWS::CloudWatch::Alarm" {
            let to = json!({ "Fn::If": ["HasAlarmEmail", [{ "Ref": "Alarms" }], []] });
            assert_eq!(resource["Properties"]["AlarmActions"], to, "{id}");
            alarms += 1;
        }
    }
    assert!(alarms > 0);
    let (template, budget) = (as_json(TEMPLATE).unwrap(), resources()["Budget"].clone());
    assert_eq!(budget["Condition"], "HasBudget");
    assert_eq!(template["Parameters"]["MonthlyBudget"]["Default"], 0, "nobody is given a budget unasked");
    assert_eq!(budget["Properties"]["Budget"]["BudgetLimit"]["Amount"], json!({ "Ref": "MonthlyBudget" }));
    for notice in budget["Properties"]["NotificationsWithSubscribers"].as_array().unwrap() {
        let to = json!([{ "SubscriptionType": "EMAIL", "Address": { "Ref": "AlarmEmail" } }]);
        assert_eq!(notice["Subscribers"], to);
    }
    let with = [("PublicUrl", "https://a.example"), ("MonthlyBudget", "50"), ("AlarmEmail", "ops@a.example")];
    Stack::read(TEMPLATE, &with).unwrap();
}

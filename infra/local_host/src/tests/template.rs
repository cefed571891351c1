//! The template and the code, compared both ways: whatever one of them names, the other has.

use crate::routing::Routing;
use crate::schedule::next_firing;
use crate::template::{EventSource, FunctionDefinition, Stack, TEMPLATE, as_json};
use application::ports::schedules::Schedule;
use application::queue_messages::Queue;
use application::sending::BEGINS_WITHIN;
use aws_platform::Config;
use bootstrap::{FUNCTIONS, all_routes, gateway_routes};
use jiff::Timestamp;
use local_cloud::names;
use providers::transport::LONGEST_DELIVERY;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn stack() -> Stack {
    Stack::read(TEMPLATE, &[("Stage", "local"), ("PublicUrl", "http://localhost:8787")]).unwrap()
}

/// The template as it is written, with tags as maps.
fn written() -> Value {
    as_json(TEMPLATE).unwrap()
}

fn pascal_case(word: &str) -> String {
    word.split('_').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

/// The routes of the template, as function, method and path.
fn deployed() -> BTreeSet<(String, String, String)> {
    let of = |function: &FunctionDefinition| {
        let line = |(method, path): (&str, &str)| (function.name.clone(), method.to_owned(), path.to_owned());
        function.routes().map(line).collect::<Vec<_>>()
    };
    stack().functions.iter().flat_map(of).collect()
}

#[test]
fn template_has_the_groups_and_public_routes_of_the_code_and_no_others() {
    let needed: BTreeSet<_> = gateway_routes()
        .into_iter()
        .flat_map(|(name, routes)| routes.into_iter().map(move |r| (name.to_owned(), r.method, r.path)))
        .collect();
    let deployed = deployed();
    let missing: Vec<_> = needed.difference(&deployed).collect();
    let left_over: Vec<_> = deployed.difference(&needed).collect();
    assert!(
        missing.is_empty() && left_over.is_empty(),
        "run `cargo xtask generate`: the template lacks {missing:?} and has left over {left_over:?}"
    );
}

/// A public route keeps a line of its own, so that it can be throttled alone; the others come by their group.
#[test]
fn every_row_of_the_route_tables_reaches_its_function_through_the_template() {
    let (mut routing, names) = (Routing::default(), stack().functions);
    for (number, function) in names.iter().enumerate() {
        function.routes().for_each(|(method, path)| routing.add(method, path, number).unwrap());
    }
    let mut alone = Vec::new();
    for (function, rows) in all_routes() {
        for row in rows {
            let path = row.path.replace(['{', '}', '+'], "");
            for method in row.methods() {
                let chosen = routing.choose(method.as_str(), &path).unwrap();
                assert_eq!(names[chosen.function].name, function, "{method} {path}");
                let own = chosen.key == format!("{method} {}", row.path);
                let public = row.access.least_role().is_none();
                assert!(
                    own || (!public && chosen.key.starts_with("ANY /api/")),
                    "{method} {path}: {}",
                    chosen.key
                );
                if own && !public {
                    alone.push(chosen.key);
                }
            }
        }
    }
    assert_eq!(alone, ["POST /api/leads/import"], "a function without its group needs a route for each row");
}

#[test]
fn paths_are_served_once() {
    let mut taken = BTreeMap::new();
    let rows = all_routes().into_iter().flat_map(|(function, rows)| {
        rows.into_iter().map(move |row| (function, row.method.to_string(), row.path))
    });
    let routes = gateway_routes().into_iter().flat_map(|(function, routes)| {
        routes.into_iter().filter(|r| r.method == "ANY").map(move |r| (function, r.method, r.path))
    });
    for (function, method, path) in rows.chain(routes) {
        let other = taken.insert((method.clone(), path.clone()), function);
        assert_eq!(other, None, "{method} {path} is also {function}'s");
    }
}

#[test]
fn functions_of_folders_template_and_registry_are_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
    let folders: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let deployed: BTreeSet<String> = stack().functions.iter().map(|f| f.name.clone()).collect();
    let linked: BTreeSet<String> = FUNCTIONS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(deployed, folders);
    assert_eq!(linked, folders);
    for function in &stack().functions {
        assert_eq!(function.logical_id, pascal_case(&function.name));
    }
}

/// A skipped record would be missing for good: in every counter, in the lead list, in the log.
#[test]
fn stream_records_are_retried_until_they_expire() {
    let streams =
        stack().functions.into_iter().flat_map(|function| function.sources).filter_map(
            |source| match source {
                EventSource::Stream { retries, .. } => Some(retries),
                _ => None,
            },
        );
    assert_eq!(streams.collect::<Vec<_>>(), [None, None]);
    for function in ["ProjectEvents", "RecordChanges"] {
        let properties = &written()["Resources"][function]["Properties"]["Events"]["Changes"]["Properties"];
        assert_eq!(properties["MaximumRetryAttempts"], json!(-1));
        assert_eq!(properties["MaximumRecordAgeInSeconds"], json!(null));
    }
}

#[test]
fn every_queue_has_one_consumer_dead_letters_and_a_long_enough_visibility() {
    let stack = stack();
    let queues: BTreeMap<&str, &Value> = stack.queues.iter().map(|(name, p)| (name.as_str(), p)).collect();
    let mut expected = BTreeSet::new();
    let sender = stack.functions.iter().find(|function| function.name == "send_message").unwrap();
    let latest = BEGINS_WITHIN.unsigned_abs() + LONGEST_DELIVERY;
    assert!(
        sender.timeout_seconds >= latest.as_secs() + 15,
        "a call that begins late is over, and written down, before its function is killed"
    );
    for queue in Queue::ALL {
        let word = pascal_case(queue.as_str());
        let place = |suffix: &str| {
            let found = queues.keys().find(|name| name.ends_with(&format!("-{word}{suffix}")));
            *found.unwrap_or_else(|| panic!("the template has no {word}{suffix}"))
        };
        let (name, dead) = (place("Queue"), place("DeadLetters"));
        expected.extend([name, dead]);
        let properties = queues[name];
        assert_eq!(properties["RedrivePolicy"]["deadLetterTargetArn"], json!(names::queue_arn(dead)));
        assert_eq!(properties["RedrivePolicy"]["maxReceiveCount"], json!(10), "{name}");
        for queue in [name, dead] {
            assert_eq!(queues[queue]["MessageRetentionPeriod"], json!(1_209_600), "{queue} keeps two weeks");
        }
        let consumers: Vec<_> = stack
            .functions
            .iter()
            .filter(|f| {
                f.sources.iter().any(|s| matches!(s, EventSource::Queue { queue, .. } if queue == name))
            })
            .collect();
        assert_eq!(consumers.len(), 1, "{name} has one consumer");
        let visible_after = properties["VisibilityTimeout"].as_u64().unwrap();
        assert!(
            visible_after >= 6 * consumers[0].timeout_seconds,
            "{name} shows a message again after {visible_after} s, while {} may still be at it",
            consumers[0].name
        );
        let own_url = format!("{}_QUEUE_URL", queue.as_str().to_uppercase());
        assert!(
            consumers[0].environment.contains_key(&own_url),
            "{} needs {own_url} to put a message off",
            consumers[0].name
        );
    }
    assert_eq!(
        queues.keys().copied().collect::<BTreeSet<_>>(),
        expected,
        "queues that the code does not know"
    );
}

#[test]
fn every_mapping_reports_single_failures_and_limits_concurrency() {
    let template = written();
    for (id, resource) in template["Resources"].as_object().unwrap() {
        for (event, definition) in resource["Properties"]["Events"].as_object().into_iter().flatten() {
            let properties = &definition["Properties"];
            let kind = definition["Type"].as_str().unwrap();
            if kind == "SQS" || kind == "DynamoDB" {
                assert_eq!(
                    properties["FunctionResponseTypes"],
                    json!(["ReportBatchItemFailures"]),
                    "{id}.{event}"
                );
            }
            if kind == "SQS" {
                let most = properties["ScalingConfig"]["MaximumConcurrency"]["Ref"].as_str();
                let parameter = &template["Parameters"][most.unwrap_or("none")];
                let bounds = (&parameter["MinValue"], &parameter["MaxValue"], &parameter["Default"]);
                assert_eq!(
                    bounds,
                    (&json!(2), &json!(1000), &json!(2)),
                    "{id}.{event}: a fresh account runs ten"
                );
            }
            if kind == "ScheduleV2" {
                assert_eq!(properties["OmitName"], json!(true), "{id}.{event}: two stacks would collide");
            }
        }
    }
}

#[test]
fn table_matches_the_stores_definition() {
    let stack = stack();
    let [(_, table)] = stack.tables.as_slice() else { panic!("there is one table") };
    let code = dynamo_store::definition();
    let keys = |partition: &str, sort: &str| json!([{ "AttributeName": partition, "KeyType": "HASH" }, { "AttributeName": sort, "KeyType": "RANGE" }]);
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(table["KeySchema"], keys(code.partition_key, code.sort_key));
    let [index] = table["GlobalSecondaryIndexes"].as_array().unwrap().as_slice() else { panic!("one index") };
    assert_eq!(index["IndexName"], code.index.name);
    assert_eq!(index["KeySchema"], keys(code.index.partition_key, code.index.sort_key));
    assert_eq!(
        index["Projection"],
        json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": code.index.carried })
    );
    let attributes: BTreeSet<_> = table["AttributeDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| {
            assert_eq!(a["AttributeType"], "S");
            a["AttributeName"].as_str().unwrap()
        })
        .collect();
    let named = [code.partition_key, code.sort_key, code.index.partition_key, code.index.sort_key];
    assert_eq!(attributes, BTreeSet::from(named));
    assert_eq!(table["StreamSpecification"]["StreamViewType"], code.stream_view);
    assert_eq!(
        table["TimeToLiveSpecification"],
        json!({ "AttributeName": code.ttl_attribute, "Enabled": true })
    );
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], json!(true));
}

#[test]
fn environment_variables_of_code_and_template_are_the_same() {
    let known = RefCell::new(BTreeSet::new());
    let stack = stack();
    let mut set = BTreeSet::new();
    for function in &stack.functions {
        let read = |name: &str| {
            known.borrow_mut().insert(name.to_owned());
            function.environment.get(name).cloned()
        };
        Config::read(&function.name, read).unwrap_or_else(|bad| panic!("{}: {bad}", function.name));
        set.extend(function.environment.keys().cloned());
    }
    let known = known.into_inner();
    let unread: Vec<_> = set.difference(&known).collect();
    assert!(unread.is_empty(), "the template sets what nobody reads: {unread:?}");
    // Lambda itself gives this one.
    set.insert("AWS_LAMBDA_FUNCTION_MEMORY_SIZE".to_owned());
    let unset: Vec<_> = known.difference(&set).collect();
    assert!(unset.is_empty(), "the code reads what no function is given: {unset:?}");
}

#[test]
fn pages_connect_to_the_function_push_and_only_who_tells_them_may_send() {
    let stack = stack();
    let api = stack.socket.as_ref().expect("the template has a WebSocket API");
    assert_eq!(stack.function("push").unwrap().logical_id, api.function);
    assert_eq!(api.routes.iter().map(String::as_str).collect::<Vec<_>>(), ["$connect", "$default"]);
    let (mut told, mut telling) = (Vec::new(), Vec::new());
    for function in &stack.functions {
        if let Some(url) = function.environment.get("PUSH_URL") {
            assert_eq!(*url, format!("ws://localhost:8787/{}", api.stage));
            told.push(function.name.as_str());
        }
        let permissions = function.policy.iter().flat_map(|statement| {
            let actions = statement.actions.iter();
            actions.flat_map(|action| statement.resources.iter().map(move |resource| (action, resource)))
        });
        for (_, resource) in permissions.filter(|(action, _)| action.starts_with("execute-api:")) {
            let methods = ["POST", "DELETE"].map(|method| names::connections_arn(&api.stage, method));
            assert!(methods.contains(resource), "{resource}");
            telling.push(function.name.as_str());
        }
    }
    told.sort_unstable();
    assert_eq!(told, ["notifications", "record_changes", "web"]);
    assert_eq!(telling, ["record_changes", "record_changes"]);
}

#[test]
fn queue_urls_and_send_permissions_match() {
    for function in &stack().functions {
        let addresses: BTreeSet<String> = function
            .environment
            .iter()
            .filter(|(name, _)| {
                name.ends_with("_URL") && !["PUBLIC_URL", "PUSH_URL"].contains(&name.as_str())
            })
            .map(|(_, url)| names::queue_arn(url.rsplit('/').next().unwrap()))
            .collect();
        let may = |action: &str| -> BTreeSet<String> {
            let statements =
                function.policy.iter().filter(|s| s.actions.iter().any(|a| a.starts_with(action)));
            statements.flat_map(|s| s.resources.clone()).collect()
        };
        let unknown: Vec<_> = may("sqs:SendMessage").difference(&addresses).cloned().collect();
        assert!(unknown.is_empty(), "{} may send where it has no address: {unknown:?}", function.name);
        let useless: Vec<_> = addresses.difference(&may("sqs:")).cloned().collect();
        assert!(useless.is_empty(), "{} has addresses it may do nothing with: {useless:?}", function.name);
    }
}

#[test]
fn every_log_group_has_a_retention() {
    let template = written();
    let resources = template["Resources"].as_object().unwrap();
    for (id, resource) in resources.iter().filter(|(_, r)| r["Type"] == "AWS::Serverless::Function") {
        let group = format!("{id}Logs");
        assert_eq!(resource["Properties"]["LoggingConfig"]["LogGroup"], json!({ "Ref": group }));
        let kept = &resources[&group]["Properties"]["RetentionInDays"];
        assert_eq!(*kept, json!({ "Ref": "LogRetentionDays" }), "{group}");
    }
}

/// A failed run is made up for by the schedule's next one; Lambda's own retries, up to six hours later, would
/// only be added to that.
#[test]
fn failed_schedule_is_not_retried_by_lambda() {
    for (id, resource) in written()["Resources"].as_object().unwrap() {
        let properties = &resource["Properties"];
        let mut events = properties["Events"].as_object().into_iter().flatten();
        if events.any(|(_, event)| event["Type"] == "ScheduleV2") {
            let wanted = json!({ "MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0 });
            assert_eq!(properties["EventInvokeConfig"], wanted, "{id}");
        }
    }
}

/// A schedule that is silent for twice its period is reported as broken.
#[test]
fn schedule_periods_match_the_self_check() {
    let mut periods = BTreeMap::new();
    for function in stack().functions {
        for source in &function.sources {
            let EventSource::Schedule { expression } = source else { continue };
            let first = next_firing(expression, Timestamp::UNIX_EPOCH).unwrap();
            let period = next_firing(expression, first).unwrap().duration_since(first);
            periods.insert(function.name.clone(), period);
        }
    }
    let known = Schedule::ALL.map(|schedule| (schedule.as_str().to_owned(), schedule.period()));
    assert_eq!(periods, BTreeMap::from(known));
}

#[test]
fn restored_table_is_used_by_every_function() {
    let table = names::table_arn("restored");
    let stream = names::stream_arn("restored", "2026-11-27");
    let parameters =
        [("PublicUrl", "https://a.example"), ("TableArn", &*table), ("TableStreamArn", &*stream)];
    let stack = Stack::read(TEMPLATE, &parameters).unwrap();
    let mut granted = 0;
    for function in &stack.functions {
        assert_eq!(function.environment["TABLE_NAME"], "restored", "{}", function.name);
        let resources = function.policy.iter().flat_map(|statement| &statement.resources);
        for arn in resources.filter(|arn| arn.starts_with("arn:aws:dynamodb:")) {
            assert!(
                *arn == table || *arn == format!("{table}/index/list"),
                "{} may use {arn}",
                function.name
            );
            granted += 1;
        }
        for source in &function.sources {
            if let EventSource::Stream { table, .. } = source {
                assert_eq!(table, "restored");
            }
        }
    }
    assert!(granted > 20);
    assert_eq!(stack.tables.len(), 1, "the former table stays");
    assert_ne!(stack.tables[0].0, "restored");
}

#[test]
fn existing_secret_is_used_by_every_function() {
    let stack =
        Stack::read(TEMPLATE, &[("PublicUrl", "https://a.example"), ("ExistingSecret", "before/stage")])
            .unwrap();
    assert!(stack.secrets.is_empty());
    for function in &stack.functions {
        assert_eq!(function.environment["SECRET_ID"], "before/stage");
        let secret = function.policy.iter().flat_map(|s| &s.resources).find(|arn| arn.contains(":secret:"));
        assert!(secret.unwrap().ends_with(":secret:before/stage-*"), "{secret:?}");
    }
}

#[test]
fn ses_permission_needs_a_system_sender_and_is_limited_to_it() {
    let with = |parameters: &[(&str, &str)]| Stack::read(TEMPLATE, parameters).unwrap();
    let by_ses = |stack: &Stack| {
        let grants = |policy: &[local_cloud::Statement]| {
            policy.iter().any(|statement| statement.actions.iter().any(|action| action.starts_with("ses:")))
        };
        let may = stack.functions.iter().filter(|function| grants(&function.policy));
        may.map(|function| function.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(by_ses(&stack()), Vec::<String>::new());
    let named = with(&[("Stage", "local"), ("SystemSender", "accounts@leadflow.example")]);
    assert_eq!(by_ses(&named), ["send_message"]);
    for name in ["auth", "monitor", "notifications", "ops", "send_message", "settings"] {
        assert_eq!(stack().function(name).unwrap().environment["SYSTEM_SENDER"], "none");
        let told = &named.function(name).unwrap().environment["SYSTEM_SENDER"];
        assert_eq!(told, "accounts@leadflow.example");
    }
    assert!(TEMPLATE.contains("ses:FromAddress: !Ref SystemSender"));
}

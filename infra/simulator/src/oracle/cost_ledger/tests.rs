//! The oracle's own arithmetic: what AWS's rules make of sizes and keys.

use super::*;
use serde_json::json;

#[test]
fn sizes_are_those_that_aws_bills() {
    for (number, size) in
        [("0", 1), ("42", 2), ("-42", 3), ("1000", 2), ("1.50", 3), ("123456", 4), ("0.05", 2)]
    {
        assert_eq!(number_size(number), size, "{number}");
    }
    let map = json!({ "M": { "ab": { "S": "xyz" } } });
    assert_eq!((value_size(&map), value_size(&json!({ "L": [map] }))), (3 + 2 + 1 + 3, 3 + 1 + 9));
    assert_eq!((kilobytes(0), kilobytes(1_024), kilobytes(1_025)), (1.0, 1.0, 2.0));
    assert_eq!((read_units(4_097, true), read_units(10, false)), (2.0, 0.5));
    assert_eq!(words(&[Some("W#01AB#L#01CD"), Some("N#01EF")]), "W#L/N");
    assert_eq!(words(&[None, Some("N#01EF")]), "N");
}

fn seen(operation: &str, body: &Value, change: Option<(Value, Option<Value>)>) -> Seen {
    let change = change.map(|(keys, new)| {
        let mut event = json!({ "dynamodb": { "Keys": keys } });
        if let Some(new) = new {
            event["dynamodb"]["NewImage"] = new;
        }
        local_cloud::StreamRecord { position: 1, event }
    });
    Seen {
        principal: "f".to_owned(),
        operation: operation.to_owned(),
        body: body.to_string().into_bytes(),
        halved: false,
        changes: change.into_iter().collect(),
    }
}

fn line(indexed: bool, words: &str) -> Line {
    ("f".to_owned(), indexed, words.to_owned())
}

#[test]
fn a_transaction_costs_twice_in_the_table_and_once_in_the_index() {
    let (key, item) = (
        json!({ "pk": { "S": "W" }, "sk": { "S": "A" } }),
        json!({ "pk": { "S": "W" }, "sk": { "S": "A" }, "lpk": { "S": "P" }, "lsk": { "S": "1" } }),
    );
    let mut cost_ledger = CostLedger::default();
    let put = json!({ "TransactItems": [{ "Put": { "Item": item } }] });
    cost_ledger.count(&seen("TransactWriteItems", &put, Some((key.clone(), Some(item)))));
    assert_eq!(cost_ledger.units[&line(false, "W/A")].written, 2.0);
    assert_eq!(cost_ledger.units[&line(true, "A")].written, 1.0);
    // Refused, or without effect: what is there is billed.
    cost_ledger.count(&seen("UpdateItem", &json!({ "Key": key }), None));
    assert_eq!(
        (cost_ledger.units[&line(false, "W/A")].written, cost_ledger.units[&line(true, "A")].written),
        (3.0, 1.0)
    );
    let query = json!({ "IndexName": "list", "KeyConditionExpression": "#p = :p", "ExpressionAttributeValues": { ":p": { "S": "P" } } });
    cost_ledger.count(&seen("Query", &query, None));
    assert_eq!(cost_ledger.units[&line(true, "P")].read, 0.5);
}

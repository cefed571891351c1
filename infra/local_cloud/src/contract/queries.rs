//! Query and scan: order, ranges, pages, filters.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Select};

use super::world::{Item, code, item, n, s, some};
use super::{Difference, Held, World, checks, same};

checks!(
    "dynamodb",
    a_partition_comes_in_the_order_of_its_bytes,
    ranges_and_prefixes_select,
    pages_follow_each_other_without_loss,
    a_limit_counts_before_the_filter,
    a_page_ends_at_one_megabyte,
    a_count_carries_no_items,
    a_projection_leaves_the_rest_out,
    a_scan_pages_over_everything,
);

fn query(world: &World, pk: &str) -> QueryFluentBuilder {
    let query = world.clients.dynamodb.query().table_name(&world.table);
    query.key_condition_expression("pk = :pk").expression_attribute_values(":pk", s(pk))
}

fn sort_keys(items: Option<Vec<Item>>) -> Vec<String> {
    let text = |item: &Item| item.get("sk").and_then(|sk| sk.as_s().ok()).cloned();
    items.unwrap_or_default().iter().filter_map(text).collect()
}

async fn a_partition_comes_in_the_order_of_its_bytes(world: &World) -> Held {
    for sk in ["b", "a#2", "a#10", "B", "ä", "a"] {
        world.put(item("order", sk, [])).await?;
    }
    let expected = ["B", "a", "a#10", "a#2", "b", "ä"];
    same!(sort_keys(query(world, "order").send().await?.items), expected);
    let backwards: Vec<&str> = expected.into_iter().rev().collect();
    same!(sort_keys(query(world, "order").scan_index_forward(false).send().await?.items), backwards);
    Ok(())
}

async fn ranges_and_prefixes_select(world: &World) -> Held {
    for sk in ["LEAD", "M#1", "M#2", "M#3", "N#1"] {
        world.put(item("range", sk, [])).await?;
    }
    let select = |condition: &str, values: Vec<(&str, &str)>| {
        let mut query = query(world, "range").key_condition_expression(format!("pk = :pk AND {condition}"));
        for (name, value) in values {
            query = query.expression_attribute_values(name, s(value));
        }
        query.send()
    };
    let prefix = select("begins_with(sk, :a)", vec![(":a", "M#")]).await?;
    same!(sort_keys(prefix.items), ["M#1", "M#2", "M#3"]);
    let between = select("sk BETWEEN :a AND :b", vec![(":a", "M#2"), (":b", "N#1")]).await?;
    same!(sort_keys(between.items), ["M#2", "M#3", "N#1"]);
    let below = select("sk < :a", vec![(":a", "M#2")]).await?;
    same!(sort_keys(below.items), ["LEAD", "M#1"]);
    Ok(())
}

async fn pages_follow_each_other_without_loss(world: &World) -> Held {
    for number in 0..7 {
        world.put(item("pages", &format!("{number}"), [])).await?;
    }
    let (mut seen, mut start): (Vec<String>, Option<Item>) = (Vec::new(), None);
    for _ in 0..10 {
        let page = query(world, "pages").limit(3).set_exclusive_start_key(start).send().await?;
        if page.count > 3 {
            return Err(Difference::new(format!("a page of {}", page.count)));
        }
        seen.extend(sort_keys(page.items));
        start = page.last_evaluated_key;
        if start.is_none() {
            break;
        }
    }
    same!(seen, ["0", "1", "2", "3", "4", "5", "6"]);
    Ok(())
}

async fn a_limit_counts_before_the_filter(world: &World) -> Held {
    for number in 0..4 {
        world.put(item("filter", &format!("{number}"), [("odd", n(number % 2))])).await?;
    }
    let filtered = query(world, "filter").limit(2).filter_expression("odd = :odd");
    let page = filtered.expression_attribute_values(":odd", n(1)).send().await?;
    same!((page.count, page.scanned_count), (1, 2));
    some(page.last_evaluated_key, "the last evaluated key")?;
    Ok(())
}

async fn a_page_ends_at_one_megabyte(world: &World) -> Held {
    for number in 0..4 {
        let body = [("body", s("x".repeat(300_000)))];
        world.put(item("megabyte", &format!("{number}"), body)).await?;
    }
    let page = query(world, "megabyte").send().await?;
    if page.count >= 4 || page.last_evaluated_key.is_none() {
        return Err(Difference::new(format!("a page of {} items of 300 kB", page.count)));
    }
    Ok(())
}

async fn a_count_carries_no_items(world: &World) -> Held {
    for number in 0..3 {
        world.put(item("count", &format!("{number}"), [])).await?;
    }
    let counted = query(world, "count").select(Select::Count).send().await?;
    same!((counted.count, counted.items.unwrap_or_default().len()), (3, 0));
    Ok(())
}

async fn a_projection_leaves_the_rest_out(world: &World) -> Held {
    let map = AttributeValue::M([("x".to_owned(), n(1)), ("y".to_owned(), n(2))].into());
    world.put(item("projection", "1", [("a", n(1)), ("map", map)])).await?;
    let projected = query(world, "projection").projection_expression("sk, #map.x");
    let found = projected.expression_attribute_names("#map", "map").send().await?.items.unwrap_or_default();
    let x = AttributeValue::M([("x".to_owned(), n(1))].into());
    same!(found, [Item::from([("sk".to_owned(), s("1")), ("map".to_owned(), x)])]);
    let without_key = world.clients.dynamodb.query().table_name(&world.table);
    let without_key = without_key.key_condition_expression("sk = :sk");
    let refused = without_key.expression_attribute_values(":sk", s("1")).send().await;
    same!(code(&refused), "ValidationException");
    Ok(())
}

async fn a_scan_pages_over_everything(world: &World) -> Held {
    for number in 0..5 {
        world.put(item(&format!("scan {number}"), "1", [("scanned", n(1))])).await?;
    }
    let (mut found, mut start): (usize, Option<Item>) = (0, None);
    loop {
        let scan = world.clients.dynamodb.scan().table_name(&world.table).limit(2);
        let scan = scan.filter_expression("attribute_exists(scanned)").set_exclusive_start_key(start);
        let page = scan.send().await?;
        found += page.items.unwrap_or_default().len();
        start = page.last_evaluated_key;
        if start.is_none() {
            break;
        }
    }
    same!(found, 5);
    Ok(())
}

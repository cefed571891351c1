//! The change of the table's index, as docs/OPERATIONS.md tells it: a second one beside the first, and the first removed once
//! nobody reads it.

use super::inbox::conversation;
use super::*;
use application::ports::conversations::ConversationStore;
use application::ports::leads::LeadStore;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, CreateGlobalSecondaryIndexAction, DeleteGlobalSecondaryIndexAction,
    GlobalSecondaryIndexUpdate, KeySchemaElement, KeyType, Projection, ProjectionType, ScalarAttributeType,
};
use std::collections::BTreeSet;

impl World {
    async fn update(&self, update: GlobalSecondaryIndexUpdate) {
        let attribute = |name: &str| {
            let definition = AttributeDefinition::builder().attribute_name(name);
            definition.attribute_type(ScalarAttributeType::S).build().unwrap()
        };
        let attributes = ["pk", "sk", "lpk", "lsk"].map(attribute).to_vec();
        let request = self.table.client.update_table().table_name("main");
        let request = request.set_attribute_definitions(Some(attributes));
        request.global_secondary_index_updates(update).send().await.unwrap();
    }

    /// Adds an index with the keys of the first, which carries one attribute more.
    async fn add_index(&self, name: &str) {
        let key = |name: &str, kind: KeyType| {
            KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
        };
        let projection = Projection::builder().projection_type(ProjectionType::Include);
        let projection = projection.non_key_attributes("sum").non_key_attributes("rev").build();
        let create = CreateGlobalSecondaryIndexAction::builder().index_name(name).projection(projection);
        let create = create.key_schema(key("lpk", KeyType::Hash)).key_schema(key("lsk", KeyType::Range));
        self.update(GlobalSecondaryIndexUpdate::builder().create(create.build().unwrap()).build()).await;
    }

    /// The entries of an index: their keys, and whether they have what lists read.
    async fn entries(&self, index: &str) -> BTreeSet<(String, String, bool)> {
        let found = self.table.client.scan().table_name("main").index_name(index).send().await.unwrap();
        let text = |item: &crate::item::Item, name: &str| item[name].as_s().unwrap().clone();
        let entry =
            |item: &crate::item::Item| (text(item, "lpk"), text(item, "pk"), item.contains_key("sum"));
        found.items().iter().map(entry).collect()
    }

    async fn write(&self, numbers: std::ops::Range<i64>) {
        for n in numbers {
            let made = event(EventKind::LeadCreated);
            LeadStore::create(&self.table, &lead(n), &made).await.unwrap();
            ConversationStore::save(&self.table, &conversation(n), &made).await.unwrap();
        }
    }
}

#[tokio::test]
async fn second_index_has_what_the_first_has_and_outlives_it() {
    let world = World::new();
    world.write(0..20).await;
    world.add_index("list2").await;
    assert_eq!(world.entries("list2").await, world.entries("list").await, "what was there is taken over");
    world.write(20..30).await;
    let erased = LeadStore::get(&world.table, &workspace(), &lead(3).id).await.unwrap();
    LeadStore::erase(&world.table, &workspace(), &erased.id, &event(EventKind::LeadErased)).await.unwrap();
    let both = world.entries("list").await;
    assert!(both.len() >= 50 && both.iter().any(|(.., sum)| *sum));
    assert_eq!(world.entries("list2").await, both, "what is written while both stand is in both");
    let remove = DeleteGlobalSecondaryIndexAction::builder().index_name("list").build().unwrap();
    world.update(GlobalSecondaryIndexUpdate::builder().delete(remove).build()).await;
    assert_eq!(world.entries("list2").await, both);
    world.write(30..31).await;
    assert_eq!(world.entries("list2").await.len(), both.len() + 2);
}

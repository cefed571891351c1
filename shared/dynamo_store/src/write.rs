//! Writing: one item under a condition, several as one transaction, many without conditions.

use crate::errors::{Cancelled, Refused, cancelled, classify, refused};
use crate::item::{Item, Stored, encode, number, text};
use crate::keys::Key;
use crate::table::Table;
use application::{StoreError, StoreResult};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, DeleteRequest, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update, WriteRequest,
};
use domain::event::Event;
use domain::mutant;
use std::collections::HashMap;

/// An expression with the attribute names and values that it refers to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expression {
    text: String,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Expression {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
    pub(crate) fn plus(mut self, more: &str) -> Self {
        self.text.push_str(more);
        self
    }
    pub(crate) fn name(mut self, placeholder: &str, attribute: &str) -> Self {
        self.names.insert(placeholder.to_owned(), attribute.to_owned());
        self
    }
    pub(crate) fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
        self
    }
}

/// The condition that there is no such item yet.
pub(crate) fn absent() -> Option<Expression> {
    Some(Expression::new("attribute_not_exists(pk)"))
}

pub(crate) fn present() -> Option<Expression> {
    Some(Expression::new("attribute_exists(pk)"))
}

/// The condition that the item is as it was read; absent for revision 0.
pub(crate) fn unchanged(rev: u64) -> Option<Expression> {
    match rev {
        0 => absent(),
        rev => Some(Expression::new("#rev = :rev").name("#rev", "rev").value(":rev", number(rev))),
    }
}

/// The condition that the item has no owner, or that `owner` owns it.
pub(crate) fn free_or(attribute: &str, owner: &str) -> Option<Expression> {
    let expression = Expression::new("attribute_not_exists(pk) OR #owner = :owner");
    Some(expression.name("#owner", attribute).value(":owner", text(owner)))
}

/// The condition that the item has no owner, or one of these.
pub(crate) fn free_or_of(attribute: &str, owners: &[&str]) -> Option<Expression> {
    let places: Vec<String> = (0..owners.len()).map(|nth| format!(":owner{nth}")).collect();
    let condition = format!("attribute_not_exists(pk) OR #owner IN ({})", places.join(", "));
    let expression = Expression::new(&condition).name("#owner", attribute);
    let named = places.iter().zip(owners);
    Some(named.fold(expression, |so_far, (place, owner)| so_far.value(place, text(*owner))))
}

#[derive(Debug, Clone)]
pub(crate) enum Write {
    Put { item: Item, condition: Option<Expression> },
    Delete { pk: String, sk: String, condition: Option<Expression> },
    Update { key: (String, String), change: Expression, condition: Option<Expression> },
}

pub(crate) fn put(item: Item, condition: Option<Expression>) -> Write {
    Write::Put { item, condition }
}

pub(crate) fn delete<S>(key: &Key<S>, condition: Option<Expression>) -> Write {
    Write::Delete { pk: key.pk().to_owned(), sk: key.sk().to_owned(), condition }
}

pub(crate) fn update<S>(key: &Key<S>, change: Expression, condition: Option<Expression>) -> Write {
    Write::Update { key: (key.pk().to_owned(), key.sk().to_owned()), change, condition }
}

/// Makes the write of the entity's next revision, under the condition that the stored one is as it was read.
pub(crate) fn saving<T: Stored>(entity: &T, event: Option<&Event>) -> StoreResult<Write> {
    let item = encode(entity, entity.rev() + 1, event)?;
    Ok(put(item, unchanged(entity.rev()).filter(|_| !mutant!("save_without_condition"))))
}

type Names = Option<HashMap<String, String>>;
type Values = Option<HashMap<String, AttributeValue>>;

fn parts(condition: Option<Expression>) -> (Option<String>, Names, Values) {
    let Some(Expression { text, names, values }) = condition else { return (None, None, None) };
    (Some(text), some(names), some(values))
}

fn some<V>(map: HashMap<String, V>) -> Option<HashMap<String, V>> {
    (!map.is_empty()).then_some(map)
}

/// Joins an update's two expressions, which share one set of placeholders.
fn joined(change: Expression, condition: Option<Expression>) -> (String, Option<String>, Names, Values) {
    let Expression { text, mut names, mut values } = change;
    let condition = condition.map(|condition| {
        names.extend(condition.names);
        values.extend(condition.values);
        condition.text
    });
    (text, condition, some(names), some(values))
}

fn once() -> aws_sdk_dynamodb::config::Builder {
    aws_sdk_dynamodb::Config::builder().retry_config(RetryConfig::disabled())
}

impl Table {
    /// Stores the entity's next revision and returns its number.
    pub(crate) async fn save_entity<T: Stored>(&self, entity: &T, event: Option<&Event>) -> StoreResult<u64> {
        self.write(saving(entity, event)?).await?;
        Ok(entity.rev() + 1)
    }

    /// Deletes the entity as it was read. The revision before has the event: nothing else says who deleted it. A deletion
    /// that breaks off in between leaves it, to be deleted again.
    pub(crate) async fn delete_entity<T: Stored>(&self, entity: &T, event: &Event) -> StoreResult<()> {
        let marked = self.save_entity(entity, Some(event)).await?;
        Ok(self.write(delete(&entity.key(), unchanged(marked))).await?)
    }

    pub(crate) async fn write(&self, write: Write) -> Result<(), Refused> {
        match write {
            Write::Put { item, condition } => {
                self.putting(item, condition).send().await.map_err(refused)?;
            }
            Write::Delete { pk, sk, condition } => {
                let (condition, names, values) = parts(condition);
                let request = self.client.delete_item().table_name(&*self.name);
                let request = request.key("pk", text(pk)).key("sk", text(sk));
                let request =
                    request.set_condition_expression(condition).set_expression_attribute_names(names);
                let request = request.set_expression_attribute_values(values);
                let on_failure = ReturnValuesOnConditionCheckFailure::AllOld;
                request.return_values_on_condition_check_failure(on_failure).send().await.map_err(refused)?;
            }
            Write::Update { key: (pk, sk), change, condition } => {
                self.change_at(pk, sk, change, condition, ReturnValue::None).await?;
            }
        }
        Ok(())
    }

    /// Updates an item and returns the new one, which costs nothing more.
    pub(crate) async fn change<S>(
        &self,
        key: &Key<S>,
        change: Expression,
        condition: Option<Expression>,
    ) -> Result<Item, Refused> {
        let (pk, sk) = (key.pk().to_owned(), key.sk().to_owned());
        self.change_at(pk, sk, change, condition, ReturnValue::AllNew).await
    }

    async fn change_at(
        &self,
        pk: String,
        sk: String,
        change: Expression,
        condition: Option<Expression>,
        answer: ReturnValue,
    ) -> Result<Item, Refused> {
        let answer = self.changing(pk, sk, change, condition).return_values(answer).send().await;
        Ok(answer.map_err(refused)?.attributes.unwrap_or_default())
    }

    /// Updates an item in a single attempt. If its condition refuses it, it has certainly not been made. A refusal
    /// after the SDK's own retry does not tell that: the attempt before may have been made, and its answer lost.
    pub(crate) async fn change_once<S>(
        &self,
        key: &Key<S>,
        change: Expression,
        condition: Option<Expression>,
    ) -> Result<(), Refused> {
        let request = self.changing(key.pk().to_owned(), key.sk().to_owned(), change, condition);
        request.customize().config_override(once()).send().await.map(drop).map_err(refused)
    }

    fn changing(
        &self,
        pk: String,
        sk: String,
        change: Expression,
        condition: Option<Expression>,
    ) -> UpdateItemFluentBuilder {
        let (change, condition, names, values) = joined(change, condition);
        let request = self.client.update_item().table_name(&*self.name);
        let request = request.key("pk", text(pk)).key("sk", text(sk)).update_expression(change);
        let request = request.set_condition_expression(condition).set_expression_attribute_names(names);
        let on_failure = ReturnValuesOnConditionCheckFailure::AllOld;
        let request = request.set_expression_attribute_values(values);
        request.return_values_on_condition_check_failure(on_failure)
    }

    /// Puts an item in a single attempt, for the reason that `change_once` gives.
    pub(crate) async fn put_once(&self, item: Item, condition: Option<Expression>) -> Result<(), Refused> {
        let request = self.putting(item, condition);
        request.customize().config_override(once()).send().await.map(drop).map_err(refused)
    }

    fn putting(&self, item: Item, condition: Option<Expression>) -> PutItemFluentBuilder {
        let (condition, names, values) = parts(condition);
        let request = self.client.put_item().table_name(&*self.name).set_item(Some(item));
        let request = request.set_condition_expression(condition).set_expression_attribute_names(names);
        let on_failure = ReturnValuesOnConditionCheckFailure::AllOld;
        let request = request.set_expression_attribute_values(values);
        request.return_values_on_condition_check_failure(on_failure)
    }

    /// Makes all writes or none.
    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<(), Cancelled> {
        let built: Result<Vec<_>, _> = writes.into_iter().map(|write| self.transacted(write)).collect();
        let built = built.map_err(Cancelled::Other)?;
        let sent = self.client.transact_write_items().set_transact_items(Some(built)).send().await;
        sent.map(drop).map_err(cancelled)
    }

    fn transacted(&self, write: Write) -> StoreResult<TransactWriteItem> {
        let broken = |error| StoreError::Unavailable(Box::new(error));
        let item = TransactWriteItem::builder();
        let item = match write {
            Write::Put { item: put, condition } => {
                let (condition, names, values) = parts(condition);
                let put = Put::builder().table_name(&*self.name).set_item(Some(put));
                let put = put.set_condition_expression(condition).set_expression_attribute_names(names);
                item.put(put.set_expression_attribute_values(values).build().map_err(broken)?)
            }
            Write::Delete { pk, sk, condition } => {
                let (condition, names, values) = parts(condition);
                let delete =
                    Delete::builder().table_name(&*self.name).key("pk", text(pk)).key("sk", text(sk));
                let delete = delete.set_condition_expression(condition).set_expression_attribute_names(names);
                item.delete(delete.set_expression_attribute_values(values).build().map_err(broken)?)
            }
            Write::Update { key: (pk, sk), change, condition } => {
                let (change, condition, names, values) = joined(change, condition);
                let update =
                    Update::builder().table_name(&*self.name).key("pk", text(pk)).key("sk", text(sk));
                let update = update.update_expression(change).set_condition_expression(condition);
                let update = update.set_expression_attribute_names(names);
                item.update(update.set_expression_attribute_values(values).build().map_err(broken)?)
            }
        };
        Ok(item.build())
    }

    /// Deletes without conditions, 25 a call.
    pub(crate) async fn delete_all<S>(&self, keys: &[Key<S>]) -> StoreResult<()> {
        let request = |key: &Key<S>| {
            let delete = DeleteRequest::builder().key("pk", text(key.pk())).key("sk", text(key.sk())).build();
            delete.map(|delete| WriteRequest::builder().delete_request(delete).build())
        };
        let requests: Result<Vec<_>, _> = keys.iter().map(request).collect();
        self.write_all(requests.map_err(|error| StoreError::Unavailable(Box::new(error)))?).await
    }

    async fn write_all(&self, requests: Vec<WriteRequest>) -> StoreResult<()> {
        for few in requests.chunks(25) {
            let mut open = few.to_vec();
            let mut tries = 0;
            while !open.is_empty() {
                tries += 1;
                if tries > 10 {
                    return Err(StoreError::Unavailable("a batch of writes was not finished".into()));
                }
                let call = self.client.batch_write_item().request_items(&*self.name, open);
                let mut answer = call.send().await.map_err(classify)?;
                let rest = answer.unprocessed_items.as_mut().and_then(|all| all.remove(&*self.name));
                open = rest.unwrap_or_default();
            }
        }
        Ok(())
    }
}

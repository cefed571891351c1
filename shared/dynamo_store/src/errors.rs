//! What an SDK error means to a caller of the store.

use application::StoreError;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::{
    delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError,
};

use crate::item::Item;

/// Why a single write did not happen.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Its condition did not hold; the item as it is stored, if there is one.
    Condition(Option<Item>),
    Other(StoreError),
}

/// Why a transaction did not happen.
#[derive(Debug)]
pub(crate) enum Cancelled {
    /// The conditions at these positions did not hold.
    Conditions(Vec<usize>),
    /// Another write was under way on one of the items: the same again may succeed.
    Contended,
    Other(StoreError),
}

impl From<Refused> for StoreError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Condition(_) => Self::Conflict,
            Refused::Other(error) => error,
        }
    }
}

impl From<Cancelled> for StoreError {
    fn from(cancelled: Cancelled) -> Self {
        match cancelled {
            Cancelled::Conditions(_) | Cancelled::Contended => Self::Conflict,
            Cancelled::Other(error) => error,
        }
    }
}

pub(crate) fn classify<E>(error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error.code() {
        Some("ConditionalCheckFailedException" | "TransactionConflictException") => StoreError::Conflict,
        _ => StoreError::Unavailable(Box::new(error)),
    }
}

/// An operation's error that may carry the item whose condition failed.
pub(crate) trait Conditional:
    ProvideErrorMetadata + std::error::Error + Send + Sync + 'static
{
    fn failed_on(&self) -> Option<Option<Item>>;
}

macro_rules! conditional {
    ($($error:ident),+) => { $(
        impl Conditional for $error {
            fn failed_on(&self) -> Option<Option<Item>> {
                match self {
                    Self::ConditionalCheckFailedException(failed) => Some(failed.item.clone()),
                    _ => None,
                }
            }
        }
    )+ };
}

conditional!(PutItemError, UpdateItemError, DeleteItemError);

pub(crate) fn refused<E: Conditional>(error: SdkError<E>) -> Refused {
    match error.as_service_error().and_then(Conditional::failed_on) {
        Some(old) => Refused::Condition(old),
        None => Refused::Other(classify(error)),
    }
}

pub(crate) fn cancelled(error: SdkError<TransactWriteItemsError>) -> Cancelled {
    let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error()
    else {
        return match classify(error) {
            StoreError::Conflict => Cancelled::Contended,
            other => Cancelled::Other(other),
        };
    };
    let codes: Vec<&str> = canceled.cancellation_reasons().iter().map(|r| r.code().unwrap_or("")).collect();
    let failed: Vec<usize> = (0..codes.len()).filter(|&at| codes[at] == "ConditionalCheckFailed").collect();
    if !failed.is_empty() {
        Cancelled::Conditions(failed)
    } else if codes.contains(&"TransactionConflict") {
        Cancelled::Contended
    } else {
        Cancelled::Other(StoreError::Unavailable(Box::new(error)))
    }
}

//! Translates SDK errors into store errors.

use application::StoreError;
use aws_sdk_dynamodb::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::{
    delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError,
};
use aws_smithy_runtime_api::client::interceptors::context::{Error, InterceptorContext};
use aws_smithy_types::retry::ErrorKind;

use crate::item::Item;

/// The reason why a single write did not happen.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The write's condition did not hold; the item as it is stored, if there is one.
    Condition(Option<Item>),
    Other(StoreError),
}

/// The reason why a transaction did not happen.
#[derive(Debug)]
pub(crate) enum Cancelled {
    /// The conditions at these positions did not hold.
    Conditions(Vec<usize>),
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
            Cancelled::Conditions(_) => Self::Conflict,
            Cancelled::Other(error) => error,
        }
    }
}

pub(crate) fn classify<E>(error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error.code() {
        Some("ConditionalCheckFailedException") => StoreError::Conflict,
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
    let codes = error.as_service_error().map(reasons).unwrap_or_default();
    let failed: Vec<usize> = (0..codes.len()).filter(|&at| codes[at] == "ConditionalCheckFailed").collect();
    match failed.is_empty() {
        false => Cancelled::Conditions(failed),
        true => Cancelled::Other(StoreError::Unavailable(Box::new(error))),
    }
}

/// Returns why a transaction was cancelled, a code for each of its writes.
fn reasons(error: &TransactWriteItemsError) -> Vec<&str> {
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or("")).collect()
        }
        _ => Vec::new(),
    }
}

/// Retries a write that met another transaction on one of its items. Nothing is known of the items then, so it is no
/// answer to any condition; the SDK alone would take it for a mistake of the caller.
#[derive(Debug)]
pub(crate) struct Contention;

impl ClassifyRetry for Contention {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        match error.as_operation_error().is_some_and(is_transaction_conflict) {
            true => RetryAction::retryable_error(ErrorKind::ThrottlingError),
            false => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "contention"
    }
}

fn is_transaction_conflict(error: &Error) -> bool {
    fn alone<E: Conditional>(error: &Error) -> bool {
        error.downcast_ref::<E>().is_some_and(|error| error.code() == Some("TransactionConflictException"))
    }
    let together = error.downcast_ref::<TransactWriteItemsError>().is_some_and(|error| {
        let codes = reasons(error);
        codes.contains(&"TransactionConflict") && !codes.contains(&"ConditionalCheckFailed")
    });
    together
        || alone::<PutItemError>(error)
        || alone::<UpdateItemError>(error)
        || alone::<DeleteItemError>(error)
}

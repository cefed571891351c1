//! SQS's errors, each with its older name for clients that still use it.

use crate::wire::ServiceError;

pub(super) fn no_such_queue() -> ServiceError {
    ServiceError::bad("QueueDoesNotExist", "The specified queue does not exist.")
        .query("AWS.SimpleQueueService.NonExistentQueue")
}

pub(super) fn name_exists(attribute: &str) -> ServiceError {
    ServiceError::bad(
        "QueueNameExists",
        format!("A queue already exists with the same name and a different value for attribute {attribute}"),
    )
    .query("QueueAlreadyExists")
}

pub(super) fn unsupported(message: &str) -> ServiceError {
    ServiceError::bad("UnsupportedOperation", message).query("AWS.SimpleQueueService.UnsupportedOperation")
}

pub(super) fn invalid_value(message: impl Into<String>) -> ServiceError {
    ServiceError::bad("InvalidParameterValueException", message).query("InvalidParameterValue")
}

pub(super) fn missing(parameter: &str) -> ServiceError {
    ServiceError::bad(
        "MissingRequiredParameterException",
        format!("The request must contain the parameter {parameter}."),
    )
    .query("MissingParameter")
}

pub(super) fn invalid_attribute_value(attribute: &str) -> ServiceError {
    ServiceError::bad("InvalidAttributeValue", format!("Invalid value for the parameter {attribute}."))
        .query("InvalidAttributeValue")
}

pub(super) fn invalid_attribute_name(attribute: &str) -> ServiceError {
    ServiceError::bad("InvalidAttributeName", format!("Unknown Attribute {attribute}."))
        .query("InvalidAttributeName")
}

pub(super) fn invalid_contents() -> ServiceError {
    ServiceError::bad("InvalidMessageContents", "Message body contains characters that are not allowed.")
        .query("InvalidMessageContents")
}

pub(super) fn invalid_receipt(handle: &str) -> ServiceError {
    ServiceError::bad(
        "ReceiptHandleIsInvalid",
        format!("The input receipt handle \"{handle}\" is not valid."),
    )
    .query("ReceiptHandleIsInvalid")
}

pub(super) fn not_in_flight() -> ServiceError {
    ServiceError::bad("MessageNotInflight", "The message referred to is not in flight.")
        .query("AWS.SimpleQueueService.MessageNotInflight")
}

pub(super) fn over_limit() -> ServiceError {
    ServiceError::new(403, "OverLimit", "120,000 messages of this queue are in flight.").query("OverLimit")
}

pub(super) fn purge_in_progress(queue: &str) -> ServiceError {
    ServiceError::new(
        403,
        "PurgeQueueInProgress",
        format!("Only one PurgeQueue operation on {queue} is allowed every 60 seconds."),
    )
    .query("AWS.SimpleQueueService.PurgeQueueInProgress")
}

pub(super) fn empty_batch() -> ServiceError {
    ServiceError::bad("EmptyBatchRequest", "There should be at least one entry in the request.")
        .query("AWS.SimpleQueueService.EmptyBatchRequest")
}

pub(super) fn too_many_entries(count: usize) -> ServiceError {
    ServiceError::bad(
        "TooManyEntriesInBatchRequest",
        format!("Maximum number of entries per request are 10. You have sent {count}."),
    )
    .query("AWS.SimpleQueueService.TooManyEntriesInBatchRequest")
}

pub(super) fn ids_not_distinct(id: &str) -> ServiceError {
    ServiceError::bad("BatchEntryIdsNotDistinct", format!("Id {id} repeated."))
        .query("AWS.SimpleQueueService.BatchEntryIdsNotDistinct")
}

pub(super) fn invalid_entry_id() -> ServiceError {
    ServiceError::bad(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most \
         80 letters long.",
    )
    .query("AWS.SimpleQueueService.InvalidBatchEntryId")
}

pub(super) fn batch_too_long(bytes: usize) -> ServiceError {
    ServiceError::bad(
        "BatchRequestTooLong",
        format!("Batch requests cannot be longer than 1048576 bytes. You have sent {bytes} bytes."),
    )
    .query("AWS.SimpleQueueService.BatchRequestTooLong")
}

pub(super) fn no_such_task_source(message: &str) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message).query("ResourceNotFoundException")
}

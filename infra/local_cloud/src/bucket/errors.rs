//! S3's errors: XML, with the key they are about.

use super::Target;
use crate::wire::{Reply, ServiceError};

pub(super) fn no_such_key() -> ServiceError {
    ServiceError::new(404, "NoSuchKey", "The specified key does not exist.")
}

pub(super) fn no_such_bucket() -> ServiceError {
    ServiceError::new(404, "NoSuchBucket", "The specified bucket does not exist")
}

pub(super) fn precondition_failed() -> ServiceError {
    ServiceError::new(
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
    )
}

pub(super) fn denied(code: &str, message: &str) -> ServiceError {
    ServiceError::new(403, code, message)
}

pub(super) fn reply(error: ServiceError, target: &Target) -> Reply {
    let (status, code) = match error.code.as_str() {
        "AccessDeniedException" => (403, "AccessDenied"),
        code => (error.status, code),
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message><BucketName>{}\
         </BucketName><Key>{}</Key></Error>",
        escape(code),
        escape(&error.message),
        escape(&target.bucket),
        escape(target.key.as_deref().unwrap_or_default()),
    );
    Reply { status, headers: vec![("content-type", "application/xml".to_owned())], body: body.into_bytes() }
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

//! ListObjectsV2: pages of keys under a prefix, folded at a delimiter.

use http::StatusCode;
use jiff::Timestamp;

use super::errors::escape;
use super::store::Store;
use super::{Answer, operation};
use crate::wire::ServiceError;

const PAGE: usize = 1_000;

pub(super) fn list(store: &Store, bucket: &str, query: &[(String, String)]) -> Result<Answer, ServiceError> {
    let asked = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let prefix = asked("prefix").unwrap_or_default();
    let delimiter = asked("delimiter").filter(|text| !text.is_empty());
    let max = asked("max-keys").and_then(|n| n.parse().ok()).unwrap_or(PAGE).min(PAGE);
    let mut after = match asked("continuation-token") {
        Some(token) => String::from_utf8(hex::decode(token).unwrap_or_default())
            .ok()
            .filter(|key| !key.is_empty())
            .ok_or_else(|| {
                ServiceError::bad("InvalidArgument", "The continuation token provided is incorrect")
            })?,
        None => asked("start-after").unwrap_or_default().to_owned(),
    };
    let encode_keys = asked("encoding-type") == Some("url");
    let written = |key: &str| match encode_keys {
        true => operation::encode(key, true),
        false => escape(key),
    };
    let (mut contents, mut folders) = (String::new(), Vec::<String>::new());
    let (mut count, mut truncated) = (0, false);
    'pages: loop {
        let page = store.keys_after(bucket, prefix, &after, PAGE + 1)?;
        let last_page = page.len() <= PAGE;
        for (key, head) in page {
            let folder = delimiter.and_then(|delimiter| {
                let end = key[prefix.len()..].find(delimiter)? + prefix.len() + delimiter.len();
                Some(key[..end].to_owned())
            });
            let known = folder.is_some() && folders.last() == folder.as_ref();
            if !known {
                if count == max {
                    truncated = true;
                    break 'pages;
                }
                count += 1;
                match folder {
                    Some(folder) => folders.push(folder),
                    None => contents.push_str(&format!(
                        "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size>\
                         <StorageClass>STANDARD</StorageClass></Contents>",
                        written(&key),
                        iso(head.modified_ms),
                        escape(&head.etag),
                        head.size
                    )),
                }
            }
            after = key;
        }
        if last_page {
            break;
        }
    }
    let folders: String = folders
        .iter()
        .map(|f| format!("<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", written(f)))
        .collect();
    let next = match truncated {
        true => format!("<NextContinuationToken>{}</NextContinuationToken>", hex::encode(&after)),
        false => String::new(),
    };
    let mut answer = Answer::new(StatusCode::OK).with("content-type", "application/xml");
    answer.body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{}</Name><Prefix>{}</Prefix>\
         <KeyCount>{count}</KeyCount><MaxKeys>{max}</MaxKeys><IsTruncated>{truncated}</IsTruncated>{next}\
         {contents}{folders}</ListBucketResult>",
        escape(bucket),
        written(prefix),
    )
    .into_bytes();
    Ok(answer)
}

fn iso(modified_ms: i64) -> String {
    let time = Timestamp::from_millisecond(modified_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{time:.3}")
}

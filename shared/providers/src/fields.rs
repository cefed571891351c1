//! The fields of a posted form, as `multipart/form-data` or URL-encoded. Their number and sizes are bounded.

use application::ports::provider_events::WebhookRequest;
use futures::{FutureExt, stream};
use multer::{Constraints, Multipart, SizeLimit};
use std::io;
use url::form_urlencoded;

/// No request is larger (Lambda), so no field is.
const LARGEST: u64 = 6 * 1024 * 1024;
const MOST_FIELDS: usize = 500;
const LONGEST_NAME: usize = 200;

pub(crate) struct Fields(Vec<(String, Vec<u8>)>);

impl Fields {
    /// Reads the form; nothing if the request holds none, or a broken one.
    pub fn of(request: &WebhookRequest) -> Option<Self> {
        let kind = request.header("content-type")?;
        if kind.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
            let fields = form_urlencoded::parse(&request.body).take(MOST_FIELDS);
            return Some(Self(
                fields.map(|(name, value)| (name.into_owned(), value.as_bytes().to_vec())).collect(),
            ));
        }
        let boundary = multer::parse_boundary(kind).ok()?;
        // All bytes are there, so nothing waits.
        read(&request.body, boundary).now_or_never()?.ok().map(Self)
    }

    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice());
        found.filter(|value| !value.is_empty())
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(name)?).ok()
    }
}

async fn read(body: &[u8], boundary: String) -> Result<Vec<(String, Vec<u8>)>, multer::Error> {
    let limits = SizeLimit::new().whole_stream(LARGEST).per_field(LARGEST);
    let whole = stream::once(async move { Ok::<_, io::Error>(body.to_vec()) });
    let constraints = Constraints::new().size_limit(limits);
    let mut form = Multipart::with_constraints(Box::pin(whole), boundary, constraints);
    let mut fields = Vec::new();
    while let Some(field) = form.next_field().await? {
        let name = field.name().filter(|name| name.len() <= LONGEST_NAME).map(str::to_owned);
        let value = field.bytes().await?;
        if let Some(name) = name.filter(|_| fields.len() < MOST_FIELDS) {
            fields.push((name, value.to_vec()));
        }
    }
    Ok(fields)
}

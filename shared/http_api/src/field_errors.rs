//! Collects what is wrong with a request, so that a caller learns of every bad field at once.

use crate::error::{ApiError, ApiResult, FieldError};
use serde::{Deserialize, Deserializer};
use std::fmt::Display;

#[derive(Debug, Default)]
pub struct FieldErrors {
    errors: Vec<FieldError>,
    /// The id of what has a value of the request already.
    existing_id: Option<String>,
}

impl FieldErrors {
    pub fn add(&mut self, field: impl Into<String>, detail: impl Into<String>) {
        self.errors.push(FieldError { field: field.into(), detail: detail.into() });
    }

    /// Keeps the id of what has a value of the request already, and which the caller sees.
    pub fn note_existing(&mut self, id: impl ToString) {
        self.existing_id.get_or_insert_with(|| id.to_string());
    }

    /// Returns the value, or keeps its error under this field's name.
    pub fn take<T, E: Display>(&mut self, field: &str, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, error.to_string());
                None
            }
        }
    }

    /// Trims a text; an empty one counts as absent.
    pub fn text(&mut self, field: &str, value: Option<String>, longest: usize) -> Option<String> {
        let value = value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())?;
        if value.chars().count() > longest {
            self.add(field, format!("is longer than {longest} characters"));
            return None;
        }
        Some(value)
    }

    /// Does what `text` does, and keeps an error also for an absent text, of which it returns the empty string.
    pub fn required(&mut self, field: &str, value: &str, longest: usize) -> String {
        if value.trim().is_empty() {
            self.add(field, "is required");
            return String::new();
        }
        self.text(field, Some(value.to_owned()), longest).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Returns a 422 with every bad field, if there is any.
    pub fn finish(self) -> ApiResult<()> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let error = ApiError::invalid_fields(self.errors);
        Err(match self.existing_id {
            Some(id) => error.existing(id),
            None => error,
        })
    }
}

/// Deserializes a field of a change where `null` clears and absence keeps: `#[serde(default, deserialize_with =
/// "http_api::given")] name: Option<Option<String>>`.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

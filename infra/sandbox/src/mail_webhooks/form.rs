//! A form in parts, as SendGrid posts received mail.

/// Writes a form in parts. A part is bytes as they are; the boundary stands in none of them.
pub(super) fn in_parts(boundary: &str, fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    format!("{}--{boundary}--\r\n", fields.iter().map(part).collect::<String>())
}

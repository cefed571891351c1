//! Renders texts with merge fields. Templates are user input, so the language is small and bounded: no loops,
//! no calls, and a lead's data is only ever a value in it.

use crate::message::mail_body::ends_within_link;
use crate::sequence::merge_fields::{MergeContext, is_known};
use minijinja::value::{Object, Value};
use minijinja::{
    AutoEscape, Environment, ErrorKind, UndefinedBehavior, escape_formatter, filters, tests as jinja_tests,
};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

pub const MAX_TEMPLATE_BYTES: usize = 32 * 1024;
pub const MAX_OUTPUT_BYTES: usize = 128 * 1024;
const FUEL: u64 = 20_000;
const NAME: &str = "text";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("the text is longer than {MAX_TEMPLATE_BYTES} bytes")]
    TooLong,
    #[error("line {line}: {detail}")]
    Syntax { line: usize, detail: String },
    #[error("line {line}: '{tag}' is not available here; only if, elif, else, endif and fields are")]
    NotAvailable { line: usize, tag: String },
    #[error("there is no field '{field}'")]
    UnknownField { field: String },
    /// The lead has no value for a field that the text needs.
    #[error("'{field}' has no value, and the text gives no default")]
    Missing { field: String },
    #[error("line {line}: {detail}")]
    Failed { line: usize, detail: String },
    #[error("the text takes too much work or becomes too long")]
    TooMuchWork,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaping {
    /// Plain text, for subjects, SMS and a mail's text part. A value within a link is percent-encoded.
    None,
    Html,
}

/// Compiles a template and checks its fields. An accepted template can fail only for a missing value.
pub fn check(template: &str) -> Result<BTreeSet<String>, TemplateError> {
    let fields = fields_used(template)?;
    match fields.iter().find(|field| !is_known(field)) {
        Some(field) => Err(TemplateError::UnknownField { field: field.clone() }),
        None => Ok(fields),
    }
}

/// The fields that a text names, such as `first_name` and `sender.name`.
pub fn fields_used(template: &str) -> Result<BTreeSet<String>, TemplateError> {
    Ok(CompiledTemplate::compile(template, Escaping::None)?.fields())
}

/// Renders a subject or body for one lead.
pub fn render(template: &str, context: &MergeContext, escaping: Escaping) -> Result<String, TemplateError> {
    CompiledTemplate::compile(template, escaping)?.render(&Arc::new(context.clone()))
}

/// A compiled text, to be rendered for many leads.
pub struct CompiledTemplate<'a> {
    source: &'a str,
    environment: Environment<'a>,
}

impl<'a> CompiledTemplate<'a> {
    pub fn compile(source: &'a str, escaping: Escaping) -> Result<Self, TemplateError> {
        Ok(Self { source, environment: environment(source, escaping)? })
    }

    pub fn fields(&self) -> BTreeSet<String> {
        let compiled = self.environment.get_template(NAME);
        compiled
            .map_or_else(|_| BTreeSet::new(), |text| text.undeclared_variables(true).into_iter().collect())
    }

    pub fn render(&self, context: &Arc<MergeContext>) -> Result<String, TemplateError> {
        let compiled = self.environment.get_template(NAME).map_err(|e| failed(&e, self.source))?;
        let missed = Arc::new(Mutex::new(None));
        let root = Group { name: String::new(), context: Arc::clone(context), missed: Arc::clone(&missed) };
        let mut output = Bounded(Vec::new());
        match compiled.render_captured_to(Value::from_object(root), &mut output) {
            Ok(_) => Ok(encode_in_links(&String::from_utf8_lossy(&output.0)).trim_end().to_owned()),
            Err(error) if error.kind() == ErrorKind::UndefinedError => {
                let field = missed.lock().unwrap_or_else(PoisonError::into_inner).take();
                let failure = || failed(&error, self.source);
                Err(field.map_or_else(failure, |field| TemplateError::Missing { field }))
            }
            Err(error) => Err(failed(&error, self.source)),
        }
    }
}

fn environment(template: &str, escaping: Escaping) -> Result<Environment<'_>, TemplateError> {
    if template.len() > MAX_TEMPLATE_BYTES {
        return Err(TemplateError::TooLong);
    }
    refuse_statements(template)?;
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(50);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    let auto_escape = match escaping {
        Escaping::None => AutoEscape::None,
        Escaping::Html => AutoEscape::Html,
    };
    environment.set_auto_escape_callback(move |_| auto_escape);
    if escaping == Escaping::None {
        environment.set_formatter(|out, state, value| {
            out.write_char(MARKS.0)?;
            escape_formatter(out, state, value)?;
            Ok(out.write_char(MARKS.1)?)
        });
    }
    // No filter makes a text longer than a constant times its input.
    environment.add_filter("default", filters::default);
    environment.add_filter("d", filters::default);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("title", filters::title);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("length", filters::length);
    environment.add_test("defined", jinja_tests::is_defined);
    environment.add_test("undefined", jinja_tests::is_undefined);
    environment.add_template(NAME, template).map_err(|e| failed(&e, template))?;
    Ok(environment)
}

/// The marks around each value in a text that is being rendered: code points that stand for no character.
const MARKS: (char, char) = ('\u{FDD0}', '\u{FDD1}');

/// Removes the marks around values, and percent-encodes those that stand within a link, so that a blank or an `&` in
/// a value does not end or change the link. A value that begins a link, or that names its host, stays as it is.
fn encode_in_links(marked: &str) -> String {
    let mut out = String::with_capacity(marked.len());
    let mut is_value = false;
    for part in marked.split_inclusive([MARKS.0, MARKS.1]) {
        let text = part.trim_end_matches([MARKS.0, MARKS.1]);
        let names_host =
            out.ends_with("://") && !text.contains(|c: char| c.is_whitespace() || "<>\"`".contains(c));
        if is_value && !names_host && ends_within_link(&out) {
            percent_encode(text, &mut out);
        } else {
            out.push_str(text);
        }
        is_value = part.ends_with(MARKS.0);
    }
    out
}

/// Writes a text as a part of a link, in which only letters, digits and `-_.~` stand for themselves.
pub fn percent_encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Refuses `for`, `set`, `with` and multiplication: without them no text grows faster than its template.
fn refuse_statements(template: &str) -> Result<(), TemplateError> {
    for (at, _) in template.match_indices("{%") {
        let inside = template[at + 2..].trim_start_matches(['-', '+']).trim_start();
        let tag: String = inside.chars().take_while(|c| c.is_alphanumeric() || *c == '_').take(40).collect();
        if !matches!(tag.as_str(), "if" | "elif" | "else" | "endif") {
            return Err(TemplateError::NotAvailable { line: line_of(template, at), tag });
        }
    }
    for (at, _) in template.match_indices("{{").chain(template.match_indices("{%")) {
        if let Some((sign, c)) = multiplication(&template[at..]) {
            let line = line_of(template, at + sign);
            return Err(TemplateError::NotAvailable { line, tag: c.to_string() });
        }
    }
    Ok(())
}

/// The position of a multiplication or a map in an expression, outside quoted texts.
fn multiplication(expression: &str) -> Option<(usize, char)> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in expression.char_indices().skip(2) {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            // A map in braces would hide where the expression ends.
            (None, '*' | '{') => return Some((at, c)),
            (None, '}') => return None,
            _ => {}
        }
    }
    None
}

fn line_of(template: &str, at: usize) -> usize {
    template[..at].matches('\n').count() + 1
}

fn failed(error: &minijinja::Error, template: &str) -> TemplateError {
    let line = error.line().unwrap_or_else(|| line_of(template, template.len())).max(1);
    let detail = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
    match error.kind() {
        ErrorKind::SyntaxError => TemplateError::Syntax { line, detail },
        ErrorKind::OutOfFuel | ErrorKind::WriteFailure => TemplateError::TooMuchWork,
        _ => TemplateError::Failed { line, detail },
    }
}

/// The root of the values, or a group such as `sender`. It remembers the field that was not found.
#[derive(Debug)]
struct Group {
    name: String,
    context: Arc<MergeContext>,
    missed: Arc<Mutex<Option<String>>>,
}

impl Object for Group {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let key = key.as_str()?;
        let name = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        if let Some(value) = self.context.get(&name) {
            return Some(Value::from(value));
        }
        if self.name.is_empty() && (key == "custom" || self.context.has_group(key)) {
            let (context, missed) = (Arc::clone(&self.context), Arc::clone(&self.missed));
            return Some(Value::from_object(Self { name, context, missed }));
        }
        *self.missed.lock().unwrap_or_else(PoisonError::into_inner) = Some(name);
        None
    }
}

struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT_BYTES {
            return Err(std::io::Error::other("the text becomes too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;

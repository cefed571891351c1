//! What is wrong with a column that is created or changed.

use crate::column::json_template::{self, CALLBACK_URL, check_names, is_pointer};
use crate::column::recipe::{
    AiOutput, HookWait, LookupSource, Recipe, WEBSITE, WaterfallStep, WebhookRecipe,
};
use crate::column::{LeadColumn, MOST_FRESH_DAYS, ai, formula};
use crate::sequence::merge_fields::is_of_lead;
use std::collections::BTreeSet;

/// The most providers of a waterfall, and the most headers of a webhook.
const MOST_PARTS: usize = 10;
const LONGEST_HEADER: usize = 2_000;
const LONGEST_URL: usize = 1_000;
/// Headers that the transport sets itself.
const OWN_HEADERS: [&str; 6] =
    ["host", "content-length", "transfer-encoding", "connection", "upgrade", "content-type"];

type Faults = Vec<(String, String)>;

impl LeadColumn {
    /// Returns each fault with the part of the request that has it. Circles are looked for by `order::ordered`.
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        if self.fresh_days > MOST_FRESH_DAYS {
            faults.push(("fresh_days".to_owned(), format!("are at most {MOST_FRESH_DAYS}")));
        }
        if let Some(Err(error)) = self.condition.as_deref().map(formula::check) {
            faults.push(("condition".to_owned(), error.to_string()));
        }
        let in_recipe = self.recipe.faults().into_iter();
        faults.extend(in_recipe.map(|(part, why)| (format!("recipe.{part}"), why)));
        faults
    }
}

impl Recipe {
    /// Returns each fault with the part of the recipe that has it.
    pub fn faults(&self) -> Faults {
        match self {
            Self::Formula { expression } => match formula::check(expression) {
                Ok(_) => Faults::new(),
                Err(error) => vec![("expression".to_owned(), error.to_string())],
            },
            Self::Lookup { from: LookupSource::Colleague { field } } if !is_of_lead(field) => {
                vec![("from.field".to_owned(), "is no field of a lead".to_owned())]
            }
            Self::Lookup { .. } => Faults::new(),
            Self::Ai { prompt, output, context } => ai_faults(prompt, output, context),
            Self::Enrichment { providers, .. } => provider_faults(providers),
            Self::Webhook(hook) => hook_faults(hook),
            Self::Actor { actor, input, answer } => {
                let mut faults = Faults::new();
                let is_name = |c: char| c.is_ascii_alphanumeric() || "~-_./".contains(c);
                if actor.is_empty() || actor.len() > 120 || !actor.chars().all(is_name) {
                    faults.push((
                        "actor".to_owned(),
                        "is a name such as apify~website-content-crawler".to_owned(),
                    ));
                }
                let names = json_template::names(input).and_then(|names| check_names(&names, &[]));
                if let Err(error) = names {
                    faults.push(("input".to_owned(), error.to_string()));
                }
                faults.extend(pointer_fault(answer));
                faults
            }
        }
    }
}

fn ai_faults(prompt: &str, output: &AiOutput, context: &[String]) -> Faults {
    let mut faults = Faults::new();
    if prompt.trim().is_empty() || prompt.chars().count() > ai::LONGEST_PROMPT {
        faults.push(("prompt".to_owned(), format!("has 1 to {} characters", ai::LONGEST_PROMPT)));
    }
    match ai::check(prompt) {
        Ok(names) if names.is_empty() && context.is_empty() => {
            let why = "names no field: the model would know nothing of the lead";
            faults.push(("prompt".to_owned(), why.to_owned()));
        }
        Ok(_) => {}
        Err(error) => faults.push(("prompt".to_owned(), error.to_string())),
    }
    if context.len() > 20 {
        faults.push(("context".to_owned(), "has at most 20 fields".to_owned()));
    }
    for name in context.iter().filter(|name| !is_of_lead(name)) {
        faults.push(("context".to_owned(), format!("names '{name}', which leads do not have")));
    }
    match output {
        AiOutput::Text { max_words } if !(1..=ai::MOST_WORDS).contains(max_words) => {
            faults.push(("output.max_words".to_owned(), format!("are 1 to {}", ai::MOST_WORDS)));
        }
        AiOutput::Choice { options } => {
            let folded: BTreeSet<String> =
                options.iter().map(|option| option.trim().to_lowercase()).collect();
            if options.len() < 2 || options.len() > ai::MOST_OPTIONS {
                faults.push(("output.options".to_owned(), format!("are 2 to {}", ai::MOST_OPTIONS)));
            } else if folded.len() < options.len() || folded.contains("") {
                faults.push(("output.options".to_owned(), "are different texts".to_owned()));
            }
        }
        _ => {}
    }
    faults
}

fn provider_faults(providers: &[WaterfallStep]) -> Faults {
    let mut faults = Faults::new();
    if providers.is_empty() || providers.len() > MOST_PARTS {
        faults.push(("providers".to_owned(), format!("are 1 to {MOST_PARTS}")));
    }
    for (at, step) in providers.iter().enumerate() {
        if providers[..at].iter().any(|earlier| earlier.provider == step.provider) {
            faults.push((format!("providers[{at}]"), "is there twice".to_owned()));
        }
        if step.min_confidence > 100 {
            faults.push((format!("providers[{at}].min_confidence"), "is 0 to 100".to_owned()));
        }
        if step.provider != WEBSITE && !is_word(&step.provider) {
            faults.push((format!("providers[{at}].provider"), "is a name such as hunter".to_owned()));
        }
    }
    faults
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 40
        && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
}

fn hook_faults(hook: &WebhookRecipe) -> Faults {
    let mut faults = Faults::new();
    if !hook.url.starts_with("https://") || hook.url.chars().count() > LONGEST_URL {
        faults.push(("url".to_owned(), "begins with https:// and has at most 1,000 characters".to_owned()));
    }
    let host = hook.url.trim_start_matches("https://").split(['/', '?']).next().unwrap_or_default();
    if host.contains("{{") || host.contains('@') {
        faults.push(("url".to_owned(), "names its host without merge fields".to_owned()));
    }
    let in_url = json_template::text_names(&hook.url).and_then(|names| check_names(&names, &[CALLBACK_URL]));
    if let Err(error) = in_url {
        faults.push(("url".to_owned(), error.to_string()));
    }
    if let Some(body) = &hook.body {
        let in_body = json_template::names(body).and_then(|names| check_names(&names, &[CALLBACK_URL]));
        if let Err(error) = in_body {
            faults.push(("body".to_owned(), error.to_string()));
        }
    }
    let tells =
        hook.url.contains(CALLBACK_URL) || hook.body.as_ref().is_some_and(|body| body.contains(CALLBACK_URL));
    if hook.wait == HookWait::Callback && !tells {
        faults.push(("wait".to_owned(), "needs {{ callback_url }} in the address or the body".to_owned()));
    }
    if hook.headers.len() > MOST_PARTS {
        faults.push(("headers".to_owned(), format!("are at most {MOST_PARTS}")));
    }
    for (at, header) in hook.headers.iter().enumerate() {
        let is_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if header.name.is_empty() || header.name.len() > 80 || !header.name.chars().all(is_token) {
            faults.push((format!("headers[{at}].name"), "has letters, digits and dashes".to_owned()));
        } else if OWN_HEADERS.contains(&header.name.to_ascii_lowercase().as_str()) {
            faults.push((format!("headers[{at}].name"), "is set by itself".to_owned()));
        }
        let value = header.value.as_deref().unwrap_or_default();
        if value.len() > LONGEST_HEADER || !value.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            faults.push((
                format!("headers[{at}].value"),
                "is plain text of at most 2,000 characters".to_owned(),
            ));
        }
        if header.value.is_none() && header.sealed.is_none() {
            faults.push((format!("headers[{at}].value"), "is required".to_owned()));
        }
    }
    faults.extend(pointer_fault(&hook.answer));
    faults
}

fn pointer_fault(pointer: &str) -> Option<(String, String)> {
    (!is_pointer(pointer)).then(|| ("answer".to_owned(), "is a JSON pointer such as /data/score".to_owned()))
}

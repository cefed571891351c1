//! Proposes an ICP and a sequence as a model would that takes a few words of what it is told.

use serde_json::{Value, json};

use super::rewriter::block;

/// Words of a description that say what line of business its customers are in.
const TRADES: [&str; 14] = [
    "dental",
    "clinic",
    "restaurant",
    "hotel",
    "salon",
    "roof",
    "plumb",
    "law",
    "account",
    "gym",
    "school",
    "garage",
    "software",
    "shop",
];

/// The proposed ICP; none if something else is asked.
pub(super) fn icp(prompt: &str) -> Option<Value> {
    let description: String = serde_json::from_str(block(prompt, "description")?).ok()?;
    let fields = block(prompt, "fields")?;
    let has = |name: &str| fields.lines().any(|row| row.contains(&format!("\"field\":\"{name}\"")));
    let lower = description.to_lowercase();
    let trade = TRADES.iter().find(|trade| lower.contains(*trade));
    let item = |field: &str, test: &str, value: &str, reason: String| json!({ "field": field, "test": test, "values": [value], "reason": reason });
    let mut rules = Vec::new();
    if let Some(trade) = trade.filter(|_| has("category")) {
        rules.push(item("category", "contains", trade, format!("It is sold to those in {trade} work.")));
    }
    if let Some(city) = place(&description).filter(|_| has("city")) {
        rules.push(item("city", "is", &city, format!("It is sold in {city}.")));
    }
    rules.push(item("email", "filled", "yes", "They are written to by e-mail.".to_owned()));
    let weight = |field: &str, test: &str, value: &str, points: u32, reason: &str| {
        let mut weight = item(field, test, value, reason.to_owned());
        weight["points"] = json!(points);
        weight
    };
    let weights = [
        weight("rating", "at_least", "4", 40, "Well-rated businesses care about their customers."),
        weight("reviews", "at_least", "25", 35, "Many reviews mean many customers."),
        weight("website", "filled", "yes", 25, "A website shows that they are found online."),
    ];
    let name = trade.map_or("Likely customers".to_owned(), |trade| format!("Good {trade} leads"));
    Some(json!({ "name": name, "rules": rules, "weights": weights, "threshold": 60 }))
}

/// The written sequence, in the words of the offer; none if something else is asked.
pub(super) fn sequence(schema: &Value, prompt: &str) -> Option<Value> {
    let asked: Value = serde_json::from_str(block(prompt, "offer")?).ok()?;
    let channels = schema.pointer("/properties/messages/items/properties/channel/enum")?.as_array()?;
    let offer = asked["offer"].as_str()?;
    let steps: usize =
        prompt.split_once(" messages, on these channels")?.0.rsplit(' ').next()?.parse().ok()?;
    let points: Vec<&str> =
        offer.split_inclusive(". ").map(str::trim).filter(|point| !point.is_empty()).collect();
    let message = |at: usize| {
        let channel = channels.get(at % channels.len())?;
        let point = points.get(at % points.len())?;
        let point = if point.ends_with(['.', '!', '?']) { (*point).to_owned() } else { format!("{point}.") };
        let is_mail = channel == "email";
        let greeting = "Hi {{ first_name | default(\"there\") }},";
        let text = match (at, is_mail) {
            (0, true) => format!("{greeting}\n\n{point}\n\nWould you like to hear more?"),
            (_, true) => format!("{greeting}\n\none more thing. {point}\n\nIs it of use to you?"),
            (_, false) => format!("{greeting} {point} Is it of use to you?").chars().take(290).collect(),
        };
        let subject = if at == 0 && is_mail { "A short question" } else { "" };
        let wait = if at == 0 { 0 } else { 3 };
        Some(json!({ "channel": channel, "wait_days": wait, "subject": subject, "text": text }))
    };
    let messages: Option<Vec<Value>> = (0..steps).map(message).collect();
    Some(json!({ "name": "Sequence from an offer", "messages": messages? }))
}

/// The capitalised word behind `in`.
fn place(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(" in ")?;
    let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
    word.starts_with(char::is_uppercase).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::icp;

    #[test]
    fn icp_is_proposed_from_trade_and_place() {
        let prompt = "<fields>\n{\"field\":\"category\"}\n{\"field\":\"city\"}\n</fields>\n<description>\n\"Reminders \
                      for dental practices in Leeds.\"\n</description>";
        let proposed = icp(prompt).unwrap();
        assert_eq!(proposed["rules"][0]["values"][0], "dental");
        assert_eq!(proposed["rules"][1]["values"][0], "Leeds");
    }
}

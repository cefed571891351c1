//! Look-ups in the public DNS, asked over HTTPS of a resolver that answers in JSON. They pass the same transport as calls
//! to providers, with its time limit and bounds. A name is asked for only if it could be one of a host, and an answer is
//! data of strangers: records of another type, long texts and more than a few records are left out.

use crate::transport::Http;
use crate::wire::get;
use http::StatusCode;
use http::header::{ACCEPT, HeaderValue};
use serde::Deserialize;
use std::time::Duration;

/// The resolver. Its operator learns the names that are asked for and nothing else.
const RESOLVER: &str = "https://cloudflare-dns.com/dns-query";
/// The time limit of one look-up.
const PATIENCE: Duration = Duration::from_secs(3);
const MOST_RECORDS: usize = 20;
const LONGEST_RECORD: usize = 300;
/// The response codes of DNS for an answer, and for a name that does not exist.
const NO_ERROR: u32 = 0;
const NO_SUCH_NAME: u32 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordType {
    A,
    Aaaa,
    Cname,
    Mx,
    Srv,
}

impl RecordType {
    fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Srv => "SRV",
        }
    }

    fn number(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Aaaa => 28,
            Self::Cname => 5,
            Self::Mx => 15,
            Self::Srv => 33,
        }
    }
}

/// The resolver was not reached or gave no answer about the name. It says nothing about whether there are records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the look-up of a name gave no answer")]
pub(crate) struct NoAnswer;

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Status")]
    status: u32,
    #[serde(rename = "Answer", default)]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "type")]
    number: u16,
    data: String,
}

/// Returns the data of a name's records of one type, as zone files write it. A name that does not exist has none.
pub(crate) async fn records(http: &dyn Http, name: &str, of: RecordType) -> Result<Vec<String>, NoAnswer> {
    if !is_name(name) {
        return Ok(Vec::new());
    }
    let mut request =
        get(&format!("{RESOLVER}?name={name}&type={}", of.name()), None).map_err(|_| NoAnswer)?;
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/dns-json"));
    let answered = tokio::time::timeout(PATIENCE, http.send(request)).await;
    let answered = answered.map_err(|_| NoAnswer)?.map_err(|_| NoAnswer)?;
    if answered.status() != StatusCode::OK {
        return Err(NoAnswer);
    }
    let told: Answer = serde_json::from_slice(answered.body()).map_err(|_| NoAnswer)?;
    if told.status != NO_ERROR && told.status != NO_SUCH_NAME {
        return Err(NoAnswer);
    }
    let fits = |record: &Record| record.number == of.number() && record.data.len() <= LONGEST_RECORD;
    Ok(told.records.into_iter().filter(fits).map(|record| record.data).take(MOST_RECORDS).collect())
}

/// Tells whether a text is a name that DNS could know, and so needs no escape in an address. A name whose last label begins
/// with a digit is none: web clients read `127.1` and `10.0x1` as addresses.
pub(crate) fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let is_number =
        text.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    text.len() <= 253 && text.contains('.') && !is_number && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{answering, no_http};

    async fn looked_up(name: &str, status: u16, body: &str) -> Result<Vec<String>, NoAnswer> {
        let (http, _) = answering(status, body);
        records(&http, name, RecordType::Mx).await
    }

    #[tokio::test]
    async fn records_of_the_asked_type_are_returned() {
        let body = r#"{"Status":0,"Answer":[{"name":"firm.example","type":5,"TTL":1,"data":"other.example."},
            {"name":"firm.example","type":15,"TTL":300,"data":"10 mx.firm.example."}]}"#;
        let (http, asked) = answering(200, body);
        let found = records(&http, "firm.example", RecordType::Mx).await.unwrap();
        assert_eq!(found, ["10 mx.firm.example."]);
        let asked = asked.lock().unwrap();
        assert_eq!(asked[0].uri(), "https://cloudflare-dns.com/dns-query?name=firm.example&type=MX");
        assert_eq!(asked[0].headers()[ACCEPT], "application/dns-json");
    }

    #[tokio::test]
    async fn name_that_does_not_exist_has_no_records_and_a_failing_resolver_says_nothing() {
        assert_eq!(looked_up("firm.example", 200, r#"{"Status":3}"#).await, Ok(Vec::new()));
        for (status, body) in [(200, r#"{"Status":2}"#), (503, ""), (200, "<html>"), (302, r#"{"Status":0}"#)]
        {
            assert_eq!(looked_up("firm.example", status, body).await, Err(NoAnswer), "{status} {body}");
        }
        assert_eq!(records(&no_http(), "firm.example", RecordType::Mx).await, Err(NoAnswer));
    }

    #[tokio::test]
    async fn answer_of_a_stranger_is_bounded() {
        let long = format!(r#"{{"type":15,"data":"10 {}"}}"#, "x".repeat(400));
        let many = vec![r#"{"type":15,"data":"10 mx.firm.example."}"#; 50].join(",");
        let body = format!(r#"{{"Status":0,"Answer":[{long},{many}]}}"#);
        assert_eq!(looked_up("firm.example", 200, &body).await.unwrap().len(), MOST_RECORDS);
    }

    #[tokio::test]
    async fn text_that_is_no_name_is_not_asked_for() {
        let long = format!("{}.example", "a".repeat(64));
        let numbers = ["127.1", "169.254.0xa9fe", "127.0.0.1"];
        let odd = ["", "localhost", "a..example", "firm.example&type=ANY", "fi rm.example", "./x", &long];
        for odd in numbers.into_iter().chain(odd) {
            let (http, asked) = answering(200, r#"{"Status":0}"#);
            assert_eq!(records(&http, odd, RecordType::Mx).await, Ok(Vec::new()), "{odd}");
            assert!(asked.lock().unwrap().is_empty(), "{odd}");
        }
    }
}

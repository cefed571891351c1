//! Answers that a calendar program makes: accepted, declined, tentative, another time proposed. Read from the calendar part
//! (RFC 5546), or from the subject where a mail has none.

use crate::calendar_lines::content_lines;
use crate::codes::codes;
use crate::lists::List;
use crate::mail::Mail;
use crate::said::Said;
use crate::{Kind, Rule, Understood};
use jiff::Timestamp;
use jiff::tz::TimeZone;

codes! {
    pub enum CalendarAnswer {
        Accepted = "accepted",
        Declined = "declined",
        Tentative = "tentative",
        /// Another time is proposed.
        Proposed = "proposed",
        /// An invitation of their own.
        Invited = "invited",
        Cancelled = "cancelled",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub answer: CalendarAnswer,
    /// The time of the meeting that was accepted, declined or invited to.
    pub time: Option<Timestamp>,
    /// The time that is proposed instead.
    pub proposed_time: Option<Timestamp>,
}

pub(crate) fn calendar(mail: &Mail, zone: &TimeZone) -> Option<Understood> {
    if let Some(found) =
        mail.part("text/calendar").or(mail.part("application/ics")).and_then(|part| in_part(&part.text, zone))
    {
        return Some(understood(found, Rule::CalendarPart, &mail.subject));
    }
    let text = mail.plain();
    if let Some(found) =
        text.trim_start().starts_with("BEGIN:VCALENDAR").then(|| in_part(&text, zone)).flatten()
    {
        return Some(understood(found, Rule::CalendarPart, &mail.subject));
    }
    let answer = in_subject(&mail.subject)?;
    // A person may write under such a subject; a calendar writes nothing, or when and where.
    let is_calendar = Said::read(&text).words.len() <= 3
        || text.contains("When:")
        || mail.header_has("content-class", "calendar");
    is_calendar.then(|| {
        understood(Calendar { answer, time: None, proposed_time: None }, Rule::CalendarSubject, &mail.subject)
    })
}

fn understood(calendar: Calendar, rule: Rule, sentence: &str) -> Understood {
    Understood { calendar: Some(calendar), ..Understood::new(Kind::Calendar, rule, sentence) }
}

fn in_subject(subject: &str) -> Option<CalendarAnswer> {
    let said = Said::read(subject);
    [
        (List::CalendarProposed, CalendarAnswer::Proposed),
        (List::CalendarAccepted, CalendarAnswer::Accepted),
        (List::CalendarDeclined, CalendarAnswer::Declined),
        (List::CalendarTentative, CalendarAnswer::Tentative),
    ]
    .into_iter()
    .find(|(list, _)| {
        said.hits(*list).any(|hit| {
            let end = said.words[hit.words.end - 1].end;
            hit.words.start == 0 && subject[end..].trim_start().starts_with([':', '：', ')'])
                || subject[..said.words[hit.words.start].start].ends_with('(')
                    && subject[end..].starts_with(')')
        })
    })
    .map(|(_, answer)| answer)
}

fn in_part(text: &str, zone: &TimeZone) -> Option<Calendar> {
    let lines = content_lines(text);
    let event = lines.iter().position(|line| line.is("BEGIN", "VEVENT")).unwrap_or(0);
    let find =
        |from: usize, name: &str| lines[from..].iter().find(|line| line.name.eq_ignore_ascii_case(name));
    let method = find(0, "METHOD")?.value.to_ascii_uppercase();
    let time = find(event, "DTSTART").and_then(|start| start.time(&lines, zone));
    let status = find(event, "ATTENDEE").and_then(|attendee| attendee.parameter("PARTSTAT"));
    let status = status.unwrap_or_default().to_ascii_uppercase();
    let answer = match (method.as_str(), status.as_str()) {
        ("REPLY", "ACCEPTED") => CalendarAnswer::Accepted,
        ("REPLY", "DECLINED") => CalendarAnswer::Declined,
        ("REPLY", _) => CalendarAnswer::Tentative,
        ("COUNTER", _) => CalendarAnswer::Proposed,
        ("REQUEST" | "PUBLISH", _) => CalendarAnswer::Invited,
        ("CANCEL", _) => CalendarAnswer::Cancelled,
        _ => return None,
    };
    let proposed = answer == CalendarAnswer::Proposed;
    Some(Calendar { answer, time: time.filter(|_| !proposed), proposed_time: time.filter(|_| proposed) })
}

//! The starter texts of every new workspace: a few templates, and one sequence made of them.

use domain::contact::channel::Channel;
use domain::sequence::step_kind::StepKind;
use domain::sequence::template::Template;
use domain::sequence::{Sequence, Step};
use domain::time::delay::{Delay, DelayUnit};
use domain::time::weekly_hours::SendingWindow;
use domain::{SequenceId, StepId, TemplateId, WorkspaceId};
use jiff::Timestamp;

pub struct StarterText {
    pub name: &'static str,
    pub category: &'static str,
    pub channel: StarterChannel,
    pub subject: &'static str,
    pub body: &'static str,
}

/// The channel of a starter text. WhatsApp is not among them: its texts are approved by WhatsApp, for each business.
#[derive(Clone, Copy)]
pub enum StarterChannel {
    Email,
    Sms,
}

impl From<StarterChannel> for Channel {
    fn from(channel: StarterChannel) -> Self {
        match channel {
            StarterChannel::Email => Self::Email,
            StarterChannel::Sms => Self::Sms,
        }
    }
}

impl StarterText {
    fn step(&self, template: Option<TemplateId>) -> StepKind {
        let (subject, body) = (self.subject.to_owned(), self.body.to_owned());
        match self.channel {
            StarterChannel::Email => StepKind::Email { subject, body, template, variants: Vec::new() },
            StarterChannel::Sms => StepKind::Sms { body, template, variants: Vec::new() },
        }
    }

    pub fn template(&self, id: TemplateId, workspace: &WorkspaceId, at: Timestamp) -> Template {
        Template {
            id,
            workspace: workspace.clone(),
            name: self.name.to_owned(),
            category: self.category.to_owned(),
            channel: self.channel.into(),
            subject: self.subject.to_owned(),
            body: self.body.to_owned(),
            favourite: false,
            created_at: at,
            updated_at: at,
            rev: 0,
        }
    }
}

pub const TEMPLATES: &[StarterText] = &[
    StarterText {
        name: "First contact with a preview",
        category: "First contact",
        channel: StarterChannel::Email,
        subject: "An idea for {{ company | default('your business') }}",
        body: "Hi {{ first_name | default('there') }},\n\n\
               {% if first_line is defined %}{{ first_line }}\n\n{% endif %}\
               I put together a short page that shows what we would do for {{ company | default('you') }}:\n\
               {{ preview_url }}\n\n\
               It takes a minute to read. If it is of interest, just answer this mail.\n\n\
               Best regards\n{{ sender.name | default('') }}",
    },
    StarterText {
        name: "Gentle reminder",
        category: "Follow-up",
        channel: StarterChannel::Email,
        subject: "",
        body: "Hi {{ first_name | default('there') }},\n\n\
               I know how full an inbox gets, so here is the page again: {{ preview_url }}\n\n\
               Is this something for you this quarter, or should I ask again later?\n\n\
               Best regards\n{{ sender.name | default('') }}",
    },
    StarterText {
        name: "Short text message",
        category: "Follow-up",
        channel: StarterChannel::Sms,
        subject: "",
        body: "Hi {{ first_name | default('there') }}, {{ sender.name | default('') }} here. I sent you a mail \
               with an idea: {{ preview_url }} Reply STOP to opt out.",
    },
    StarterText {
        name: "Last word",
        category: "Follow-up",
        channel: StarterChannel::Email,
        subject: "",
        body: "Hi {{ first_name | default('there') }},\n\n\
               I have not heard from you, so I take it that the time is not right and will not write again. \
               The page stays where it is: {{ preview_url }}\n\n\
               All the best\n{{ sender.name | default('') }}",
    },
    StarterText {
        name: "Question about a location",
        category: "First contact",
        channel: StarterChannel::Email,
        subject: "{{ category | default('Businesses') | capitalize }} in {{ city | default('your area') }}",
        body: "Hi {{ first_name | default('there') }},\n\n\
               {% if first_line is defined %}{{ first_line }}\n\n{% endif %}\
               We work with {{ category | default('businesses') | lower }} around {{ city | default('you') }} and \
               wondered: who looks after new customers at {{ company | default('your business') }}?\n\n\
               A one-line answer is plenty.\n\n\
               Best regards\n{{ sender.name | default('') }}",
    },
    StarterText {
        name: "Proposal of a call",
        category: "Meeting",
        channel: StarterChannel::Email,
        subject: "Fifteen minutes next week?",
        body: "Hi {{ first_name | default('there') }},\n\n\
               Thank you for your answer. Shall we go through it together? Fifteen minutes are enough.\n\
               {% if sender.booking_url is defined %}\nPick a time that suits you: {{ sender.booking_url }}\n{% endif %}\n\
               Best regards\n{{ sender.name | default('') }}",
    },
    StarterText {
        name: "Payment link",
        category: "Closing",
        channel: StarterChannel::Email,
        subject: "Everything to get started",
        body: "Hi {{ first_name | default('there') }},\n\n\
               As agreed, here is all you need to get started:\n\
               {{ sender.payment_url | default(preview_url) }}\n\n\
               Tell me if anything is unclear.\n\n\
               Best regards\n{{ sender.name | default('') }}",
    },
    StarterText {
        name: "Meeting reminder",
        category: "Meeting",
        channel: StarterChannel::Sms,
        subject: "",
        body: "Hi {{ first_name | default('there') }}, a short reminder of our call. Talk soon! \
               {{ sender.name | default('') }}",
    },
];

/// Makes the sequence: mail, two days, mail, four days, last mail, from the e-mails among the templates. A new
/// workspace has a mailbox before it has a number, and a step without an account to send from would keep the campaign
/// from being launched.
pub fn sequence(
    id: SequenceId,
    workspace: &WorkspaceId,
    templates: &[TemplateId],
    at: Timestamp,
) -> Sequence {
    let days = |amount| Delay { amount, unit: DelayUnit::WorkingDays };
    let delays = [Delay::NONE, days(2), days(4)];
    let mails =
        TEMPLATES.iter().enumerate().filter(|(_, text)| matches!(text.channel, StarterChannel::Email));
    let steps = mails.zip(delays).map(|((i, text), delay)| Step {
        id: StepId::derived(at, &[id.as_str(), &i.to_string()]),
        delay,
        not_before: None,
        not_after: None,
        kind: text.step(templates.get(i).cloned()),
    });
    Sequence {
        steps: steps.collect(),
        id,
        workspace: workspace.clone(),
        name: "Introduction in three e-mails".to_owned(),
        version: 1,
        window: SendingWindow::default(),
        archived: false,
        created_at: at,
        updated_at: at,
        rev: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::lead::Lead;
    use domain::sequence::merge_fields::MergeContext;
    use domain::sequence::render::{Escaping, check, render};
    use domain::workspace::Company;
    use domain::{LeadId, WorkspaceId};

    #[test]
    fn every_text_renders_for_a_lead_without_values() {
        let at = Timestamp::UNIX_EPOCH;
        let lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
        let context = MergeContext::from_lead(&lead, &Company::default())
            .with_links("https://p.test", "https://u.test");
        for text in TEMPLATES {
            for part in [text.subject, text.body] {
                assert!(check(part).is_ok(), "{}: {:?}", text.name, check(part));
                let rendered = render(part, &context, Escaping::None);
                assert!(rendered.is_ok(), "{}: {rendered:?}", text.name);
            }
        }
    }

    #[test]
    fn sequence_needs_no_account_but_a_mailbox() {
        let at = Timestamp::UNIX_EPOCH;
        let made = sequence(SequenceId::derived(at, &["s"]), &WorkspaceId::derived(at, &["w"]), &[], at);
        let channels: Vec<_> = made.steps.iter().map(|step| step.kind.channel()).collect();
        assert_eq!(channels, [Some(Channel::Email); 3]);
    }
}

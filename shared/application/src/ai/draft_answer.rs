//! Has a model draft the answer to a lead's message when it came. The draft waits for a user: nothing here sends.
//!
//! A message may be delivered twice, and the function may die at any point; the message still has one draft, and each
//! call to the model is booked once. The ids of reservations follow from the message. The draft is stored before its
//! call is booked: who dies in between finds the draft, and books it then. Who dies between the call and the draft leaves
//! the reservation open: it is booked in full, because the call may have been made, and the model is asked again.

use crate::ai::ask_model::NotAsked;
use crate::ai::reply_draft::{ANSWERS, ReplyPrompt, campaign_of, reply_prompt};
use crate::inbox::sender_choice::choose_sender;
use crate::lead::enrichment::field_ports::Asked;
use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::campaigns::CampaignStore;
use crate::ports::clock::Clock;
use crate::ports::conversations::ConversationStore;
use crate::ports::leads::{LeadFile, LeadStore};
use crate::ports::notifications::NotificationStore;
use crate::ports::prompts::{PromptStore, style_of};
use crate::ports::provider_calls::{CallError, OpenAccount, TextModel};
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::spend::SpendStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::users::UserStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::DraftAnswer;
use crate::retry;
use crate::spend::caps::Caps;
use crate::spend::paid_call::{CallToPay, OncePaid, book_answer, most_of_prompt, reserve_once};
use crate::workspace::account_answers::{note_refusal, note_works};
use crate::workspace::open_account::open_chat_model;
use domain::ai_prompt::WrittenWith;
use domain::campaign::Campaign;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::message::Message;
use domain::message::answer_draft::{AnswerDraft, AnswerDraftState, WhyNotDrafted};
use domain::message::conversation::{Conversation, end_of};
use domain::message::reply_draft::accept;
use domain::spend::{AiUse, ModelTokens, ModelUse, SpendLimit, SpendSettings, Usd};
use domain::workspace::Workspace;
use domain::workspace::account::{AccountKind, AccountSettings};
use domain::{MessageId, WorkspaceId};
use jiff::SignedDuration;
use std::sync::Arc;

/// The deliveries in which a model that gives no answer is asked; then the message has no draft.
const TRIES: u32 = 3;
/// The most calls for one message, over all deliveries.
const MOST_CALLS: u32 = 8;
/// The time after which a delivery that made a call is over for certain: longer than the function may run.
const CALL_LASTS_SECONDS: u32 = 90;
/// The most messages of a workspace, and of one lead, for which drafts are begun in a day.
const MOST_A_DAY: u32 = 500;
const MOST_A_DAY_FOR_LEAD: u32 = 10;
const DAY: SignedDuration = SignedDuration::from_hours(24);
const LONGEST_WAIT: i64 = 900;

crate::ports! {
    #[derive(Clone)]
    pub struct DraftAnswerPorts {
        pub clock: Arc<dyn Clock>,
        pub accounts: Arc<dyn AccountStore>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub caps: Caps = Caps::new,
        pub conversations: Arc<dyn ConversationStore>,
        pub leads: Arc<dyn LeadStore>,
        pub limits: Arc<dyn RateLimitStore>,
        pub model: Arc<dyn TextModel>,
        pub notifications: Arc<dyn NotificationStore>,
        pub prompts: Arc<dyn PromptStore>,
        pub spend: Arc<dyn SpendStore>,
        pub users: Arc<dyn UserStore>,
        pub vault: Arc<dyn Vault>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// What the model was asked and what came of it.
enum Composed {
    Draft(Box<AnswerDraft>),
    Later(Asked),
}

/// Drafts the answer. `delivery`: how often this message was taken from the queue, from one.
pub async fn draft_answer(
    ports: &DraftAnswerPorts,
    order: &DraftAnswer,
    delivery: u32,
) -> StoreResult<Asked> {
    let DraftAnswer { workspace, answered } = order;
    let workspace = ports.workspaces.get(workspace).await?;
    // What was drafted is paid for, whatever has become of the conversation since.
    let known = ports.conversations.answer_draft(&workspace.id, &answered.lead()).await?;
    if let Some(known) = known.filter(|known| known.message == *answered) {
        book(ports, &known).await?;
        return Ok(Asked::Settled);
    }
    if !workspace.ai_drafts_answers {
        return Ok(Asked::Settled);
    }
    let Some(conversation) = waiting(ports, &workspace.id, answered).await? else {
        return Ok(Asked::Settled);
    };
    // A program that answers each mail would spend the month's money.
    let buckets = [
        (format!("answers-drafted-{}", workspace.id), MOST_A_DAY),
        (format!("answers-drafted-{}-{}", workspace.id, conversation.lead), MOST_A_DAY_FOR_LEAD),
    ];
    for (bucket, most) in buckets {
        if ports.limits.take(&bucket, most, DAY, ports.clock.now()).await?.is_err() {
            tracing::info!(message.id = %answered, "as many answers were drafted today as may be");
            return Ok(Asked::Settled);
        }
    }
    match compose(ports, (&workspace, &conversation), answered, delivery).await? {
        Some(Composed::Draft(draft)) => {
            keep(ports, &draft).await?;
            book(ports, &draft).await?;
            Ok(Asked::Settled)
        }
        Some(Composed::Later(asked)) => Ok(asked),
        // The lead is gone.
        None => Ok(Asked::Settled),
    }
}

/// Returns the conversation whose last word the message is, if it asks for an answer.
async fn waiting(
    ports: &DraftAnswerPorts,
    workspace: &WorkspaceId,
    answered: &MessageId,
) -> StoreResult<Option<Conversation>> {
    let found = ports.conversations.get(workspace, &answered.lead()).await?;
    Ok(found.filter(|conversation| conversation.asks_for_answer_to(answered)))
}

async fn compose(
    ports: &DraftAnswerPorts,
    (workspace, conversation): (&Workspace, &Conversation),
    answered: &MessageId,
    delivery: u32,
) -> StoreResult<Option<Composed>> {
    let Some(file) = found(ports.leads.file(&workspace.id, &conversation.lead).await)? else {
        return Ok(None);
    };
    let draft = AnswerDraft {
        workspace: workspace.id.clone(),
        lead: conversation.lead.clone(),
        message: answered.clone(),
        text: String::new(),
        state: AnswerDraftState::NotMade { why: WhyNotDrafted::SwitchedOff },
        written_with: None,
        cost: Usd::ZERO,
        tokens: ModelTokens::default(),
        reservation: None,
        made_at: ports.clock.now(),
        asked_by: None,
        rev: 0,
    };
    let not = |draft: AnswerDraft, why| {
        let state = AnswerDraftState::NotMade { why };
        Ok(Some(Composed::Draft(Box::new(AnswerDraft { state, ..draft }))))
    };
    if !workspace.ai_enabled {
        return not(draft, WhyNotDrafted::SwitchedOff);
    }
    let campaign = match file.messages.iter().find(|message| message.id == *answered) {
        Some(answered) => campaign_of(&*ports.campaigns, &file, answered).await?,
        None => None,
    };
    if campaign.as_ref().is_some_and(|campaign| !campaign.writing.ai) {
        return not(draft, WhyNotDrafted::SwitchedOff);
    }
    let signer = signer(ports, workspace, &file, answered).await?;
    let style = style_of(&*ports.prompts, workspace, AiUse::ReplyDraft).await?;
    let how = (workspace, style.text.as_str(), signer.as_str());
    let asked = match reply_prompt(&file, answered, how, campaign.as_ref()) {
        Ok(asked) => asked,
        Err(why) => return not(draft, why_not(&why)),
    };
    let account = open_chat_model(&*ports.accounts, &*ports.vault, &workspace.id).await?;
    let Some(account) = account else { return not(draft, WhyNotDrafted::NoAccount) };
    let model = match &account.settings {
        AccountSettings::ChatModel { model, .. } => model.as_str(),
        _ => "",
    };
    let spending = ports.spend.settings(&workspace.id).await?;
    let own = campaign.as_ref().map(Campaign::spend_limit);
    let limits: Vec<_> = [spending.month(ports.clock.now())].into_iter().chain(own).collect();
    let with = style.written_by(model);
    ask(ports, (draft, &asked, with), (&account, model, &spending, limits), delivery).await.map(Some)
}

/// Asks the model, under the caps of the month and the campaign: until an answer is accepted, or as often as it may be asked.
async fn ask(
    ports: &DraftAnswerPorts,
    (mut draft, asked, with): (AnswerDraft, &ReplyPrompt, WrittenWith),
    (account, model, spending, limits): (&OpenAccount, &str, &SpendSettings, Vec<SpendLimit>),
    delivery: u32,
) -> StoreResult<Composed> {
    let not = |draft: AnswerDraft, why| {
        Ok(Composed::Draft(Box::new(AnswerDraft { state: AnswerDraftState::NotMade { why }, ..draft })))
    };
    let (workspace, now, message) = (draft.workspace.clone(), draft.made_at, draft.message.clone());
    let price = spending.prices.model(model);
    let prompt = &asked.prompt;
    let (mut nth, mut answers) = (0, 0);
    while nth < MOST_CALLS && answers < ANSWERS {
        let nth_call = nth.to_string();
        nth += 1;
        let call = CallToPay {
            workspace: &workspace,
            provider: AccountKind::ChatModel.as_str(),
            work: &["answer_draft", message.as_str(), &nth_call],
            limits: limits.clone(),
            most: most_of_prompt(price, &[&prompt.system, &prompt.user], prompt.max_tokens),
            model: Some((AiUse::ReplyDraft, model)),
        };
        let paid = match reserve_once(&ports.caps, call, now).await? {
            OncePaid::Reserved(paid) => paid,
            OncePaid::SettledAlready => continue,
            OncePaid::Refused => return not(draft, WhyNotDrafted::CapReached),
            // Another delivery of the same message may be at it.
            OncePaid::Open(_) if delivery <= 1 => {
                let why = "the model is being asked".to_owned();
                return Ok(Composed::Later(Asked::Again { after_seconds: CALL_LASTS_SECONDS, why }));
            }
            OncePaid::Open(paid) => {
                paid.lost(now).await?;
                continue;
            }
        };
        let answer = match ports.model.complete(account, prompt).await {
            Ok(answer) => answer,
            Err(error) => {
                paid.failed(&error, now).await?;
                return no_answer(ports, draft, (account, error), delivery).await;
            }
        };
        note_works(&*ports.accounts, account, now).await?;
        answers += 1;
        let tokens = answer.tokens();
        match accept(&answer.text, &asked.question) {
            Ok(text) => {
                (draft.cost, draft.tokens) = (paid.cost_of(price, tokens), tokens);
                draft.reservation = paid.reservation().map(str::to_owned);
                (draft.text, draft.state) = (text, AnswerDraftState::Waiting {});
                draft.written_with = Some(with);
                return Ok(Composed::Draft(Box::new(draft)));
            }
            // What the model said is not logged: it may be about a person.
            Err(_) => paid.written(price, tokens, false, now).await?,
        }
    }
    not(draft, WhyNotDrafted::TurnedDown)
}

/// Tries a model that failed again, unless that is pointless.
async fn no_answer(
    ports: &DraftAnswerPorts,
    draft: AnswerDraft,
    (account, error): (&OpenAccount, CallError),
    delivery: u32,
) -> StoreResult<Composed> {
    let wished = match &error {
        CallError::Account(detail) => {
            let stores = (&*ports.accounts, &*ports.notifications);
            note_refusal(stores, account, detail, draft.made_at).await?;
            None
        }
        CallError::Rejected(_) => None,
        CallError::RateLimited { after } => Some(after.map_or(0, |after| after.as_secs())),
        CallError::Unavailable(_) | CallError::Lost(_) => Some(0),
    };
    match wished {
        Some(wished) if delivery < TRIES => {
            let wait = (1_i64 << delivery).max(wished).min(LONGEST_WAIT);
            let after_seconds = u32::try_from(wait).unwrap_or(2);
            Ok(Composed::Later(Asked::Again { after_seconds, why: error.to_string() }))
        }
        _ => {
            let state = AnswerDraftState::NotMade { why: WhyNotDrafted::NoAnswer };
            Ok(Composed::Draft(Box::new(AnswerDraft { state, ..draft })))
        }
    }
}

/// Stores the draft, unless the lead has written again, was answered, or has a draft of this message by now.
async fn keep(ports: &DraftAnswerPorts, draft: &AnswerDraft) -> StoreResult<()> {
    let waits = draft.state == AnswerDraftState::Waiting {};
    let kind = if waits { EventKind::AnswerDrafted } else { EventKind::AnswerNotDrafted };
    let event = Event::system(kind, draft.made_at).because(draft.message.as_str());
    retry!(async {
        let found = waiting(ports, &draft.workspace, &draft.message).await?;
        let Some(mut conversation) = found.filter(|found| found.lead == draft.lead) else { return Ok(()) };
        let known = ports.conversations.answer_draft(&draft.workspace, &draft.lead).await?;
        if known.as_ref().is_some_and(|known| known.message == draft.message) {
            return Ok(());
        }
        conversation.draft = waits.then(|| end_of(&draft.message).to_owned());
        let next = AnswerDraft { rev: known.map_or(0, |known| known.rev), ..draft.clone() };
        ports.conversations.save_answer_draft(&next, &conversation, &event).await
    })
}

/// Books the call that the draft came of. It may have been booked before.
async fn book(ports: &DraftAnswerPorts, draft: &AnswerDraft) -> StoreResult<()> {
    let (Some(reservation), Some(written)) = (&draft.reservation, &draft.written_with) else { return Ok(()) };
    let paid = (AccountKind::ChatModel.as_str(), draft.cost);
    let model = ModelUse {
        ai_use: AiUse::ReplyDraft,
        model: written.model.clone(),
        tokens: draft.tokens,
        turned_down: 0,
    };
    book_answer(&*ports.spend, (&draft.workspace, reservation), paid, model, draft.made_at).await
}

/// Returns the name that signs the answer: a mail's is that of the mailbox that it leaves from, as the lead reads it above.
/// A text's is that of the lead's owner, else the workspace's sender.
async fn signer(
    ports: &DraftAnswerPorts,
    workspace: &Workspace,
    file: &LeadFile,
    answered: &MessageId,
) -> StoreResult<String> {
    let is_mail = |message: &Message| message.id == *answered && message.channel == Channel::Email;
    if file.messages.iter().any(is_mail) {
        let accounts = ports.accounts.list(&workspace.id).await?;
        let sender = choose_sender(&accounts, &file.messages, Channel::Email, None).ok();
        if let Some(name) = sender.and_then(|sender| sender.settings.sender_name()) {
            return Ok(name.to_owned());
        }
    }
    if let Some(owner) = &file.lead.owner
        && let Some(owner) = found(ports.users.get(&workspace.id, owner).await)?
    {
        return Ok(owner.name);
    }
    Ok(workspace.company.sender_name.clone())
}

fn why_not(why: &NotAsked) -> WhyNotDrafted {
    match why {
        NotAsked::SwitchedOff | NotAsked::OffForUser | NotAsked::SwitchedOffInCampaign(_) => {
            WhyNotDrafted::SwitchedOff
        }
        NotAsked::NoAccount => WhyNotDrafted::NoAccount,
        NotAsked::NoMoney | NotAsked::CampaignBudget(_) => WhyNotDrafted::CapReached,
        NotAsked::NoAnswer(_) => WhyNotDrafted::NoAnswer,
        NotAsked::SpeaksToModel(_) => WhyNotDrafted::SpeaksToModel,
        NotAsked::TurnedDown(_) => WhyNotDrafted::TurnedDown,
    }
}

//! A mail that an API does not hand out, told from a mailbox that does not answer.

use super::{ApiAccount, MailboxApi, Trouble};

/// Returns the trouble of a question about one mail if it is the mail's own: the mailbox answers another question just now.
/// `Err`: it is the mailbox's trouble.
pub(crate) async fn own_trouble(
    api: &dyn MailboxApi,
    call: ApiAccount<'_>,
    trouble: Trouble,
) -> Result<Trouble, Trouble> {
    if !trouble.may_be_of_one_mail() {
        return Err(trouble);
    }
    api.answers(call).await?;
    Ok(trouble)
}

/// Asks a question about one mail, and once more if it fails while the mailbox answers. `Ok(Err)`: the mail's own trouble,
/// twice.
pub(crate) async fn ask_twice<T>(
    api: &dyn MailboxApi,
    call: ApiAccount<'_>,
    questions: [impl Future<Output = Result<T, Trouble>> + Send; 2],
) -> Result<Result<T, Trouble>, Trouble> {
    let [first, again] = questions;
    match first.await {
        Ok(told) => return Ok(Ok(told)),
        Err(trouble) => drop(own_trouble(api, call, trouble).await?),
    }
    match again.await {
        Ok(told) => Ok(Ok(told)),
        Err(trouble) => own_trouble(api, call, trouble).await.map(Err),
    }
}

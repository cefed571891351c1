//! A user's own phone, which rings when they call a lead. Its owner proves that it is theirs: the app calls it, a voice reads
//! a code, and the user enters the code. Otherwise a user, or a thief with a user's session, could have any phone rung.

use crate::contact::phone_number::PhoneNumber;
use crate::workspace::user::User;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a code that was read can be entered.
pub const CODE_LIVES: SignedDuration = SignedDuration::from_mins(10);
/// After so many wrong entries a code is void: of 200,000 codes of six digits one is guessed by then.
pub const WRONG_ENTRIES: u8 = 5;
/// The most codes that are read to one user in `DAY`.
pub const CODES_A_DAY: u32 = 5;
/// The time between two codes: the call before is over by then, which rings for 20 seconds and lasts for at most 59.
pub const BETWEEN_CODES: SignedDuration = SignedDuration::from_secs(80);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What is known of whether the user's phone is theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneProof {
    /// The number whose code the user entered.
    pub proven: Option<PhoneNumber>,
    /// The code that was read last and is not entered yet.
    pub code: Option<ReadCode>,
    /// When codes were read within the last day, the oldest first.
    #[serde(default)]
    pub read_at: Vec<Timestamp>,
}

impl PhoneProof {
    /// Tells whether nothing is known.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A code that a voice read to this number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadCode {
    pub number: PhoneNumber,
    pub digest: String,
    /// The code is void from then on.
    pub expires_at: Timestamp,
    pub wrong_entries: u8,
}

impl ReadCode {
    fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at > now && self.wrong_entries < WRONG_ENTRIES
    }
}

/// The reason why no code is read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeNotRead {
    /// One was read just now.
    JustNow,
    /// A day's codes were read.
    Often,
}

/// What an entered code is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnteredCode {
    /// The number is the user's phone from now on.
    Right(PhoneNumber),
    Wrong,
    /// No code can be entered: none was read, it expired, or too many entries were wrong.
    NoneExpected,
}

impl User {
    /// Returns the user's own phone if they proved that it is theirs.
    pub fn proven_phone(&self) -> Option<&PhoneNumber> {
        self.phone.as_ref().filter(|phone| self.phone_proof.proven.as_ref() == Some(phone))
    }

    /// Expects the code with this digest, which is about to be read to the number, and returns when it expires. A code that
    /// was read before is void.
    pub fn expect_code(
        &mut self,
        number: PhoneNumber,
        digest: String,
        now: Timestamp,
    ) -> Result<Timestamp, CodeNotRead> {
        let proof = &mut self.phone_proof;
        proof.read_at.retain(|at| now.duration_since(*at) < DAY);
        if proof.read_at.last().is_some_and(|last| now.duration_since(*last) < BETWEEN_CODES) {
            return Err(CodeNotRead::JustNow);
        }
        if proof.read_at.len() >= CODES_A_DAY as usize {
            return Err(CodeNotRead::Often);
        }
        proof.read_at.push(now);
        let expires_at = now.checked_add(CODE_LIVES).unwrap_or(now);
        proof.code = Some(ReadCode { number, digest, expires_at, wrong_entries: 0 });
        Ok(expires_at)
    }

    /// Takes a code back that was not read: the one before, if it was known, counts again, and so does the day's number.
    /// Returns false where another code has taken its place.
    pub fn take_code_back(&mut self, digest: &str, before: Option<ReadCode>) -> bool {
        let proof = &mut self.phone_proof;
        if proof.code.as_ref().is_none_or(|code| code.digest != digest) {
            return false;
        }
        proof.code = before;
        proof.read_at.pop();
        true
    }

    /// Returns the code that can be entered now.
    pub fn expected_code(&self, now: Timestamp) -> Option<&ReadCode> {
        self.phone_proof.code.as_ref().filter(|code| code.is_live(now))
    }

    /// Takes the digest of the code that the user entered. The caller saves the user whatever the answer is: wrong entries
    /// are counted.
    pub fn enter_code(&mut self, digest: &str, now: Timestamp) -> EnteredCode {
        let Some(mut code) = self.phone_proof.code.take().filter(|code| code.is_live(now)) else {
            return EnteredCode::NoneExpected;
        };
        if code.digest != digest {
            code.wrong_entries += 1;
            self.phone_proof.code = Some(code);
            return EnteredCode::Wrong;
        }
        self.phone_proof.proven = Some(code.number.clone());
        self.phone = Some(code.number.clone());
        EnteredCode::Right(code.number)
    }

    /// Removes the user's phone. The codes that were read still count for the day.
    pub fn remove_phone(&mut self) {
        self.phone = None;
        self.phone_proof.proven = None;
        self.phone_proof.code = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::email_address::EmailAddress;
    use crate::ids::{LoginId, UserId, WorkspaceId};
    use crate::workspace::user::Role;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text, None).unwrap()
    }

    fn user() -> User {
        User {
            id: UserId::derived(at(0), &["maya"]),
            workspace: WorkspaceId::derived(at(0), &["northquay"]),
            login: LoginId::derived(at(0), &["maya"]),
            email: EmailAddress::parse("maya@northquay.example").unwrap(),
            name: "Maya".to_owned(),
            role: Role::Rep,
            created_at: at(0),
            disabled: false,
            ai_off: false,
            phone: None,
            phone_proof: PhoneProof::default(),
            offers_ended: 0,
            rev: 0,
        }
    }

    #[test]
    fn phone_is_proven_by_the_code_that_was_read_to_it() {
        let (mut user, phone) = (user(), number("+442079460958"));
        assert_eq!(user.enter_code("right", at(0)), EnteredCode::NoneExpected);
        user.expect_code(phone.clone(), "right".to_owned(), at(0)).unwrap();
        assert_eq!((user.phone.as_ref(), user.proven_phone()), (None, None), "it rings nobody before");
        assert_eq!(user.enter_code("wrong", at(1)), EnteredCode::Wrong);
        assert_eq!(user.enter_code("right", at(2)), EnteredCode::Right(phone.clone()));
        assert_eq!(user.proven_phone(), Some(&phone));
        assert_eq!(user.enter_code("right", at(3)), EnteredCode::NoneExpected, "a code is entered once");
    }

    #[test]
    fn code_is_void_after_ten_minutes_after_five_wrong_entries_and_after_the_next_one() {
        let phone = number("+442079460958");
        let expecting = || {
            let mut user = user();
            user.expect_code(phone.clone(), "right".to_owned(), at(0)).unwrap();
            user
        };
        assert_eq!(expecting().enter_code("right", at(599)), EnteredCode::Right(phone.clone()));
        assert_eq!(expecting().enter_code("right", at(600)), EnteredCode::NoneExpected);
        let mut guessed = expecting();
        for _ in 0..5 {
            assert_eq!(guessed.enter_code("wrong", at(1)), EnteredCode::Wrong);
        }
        assert_eq!(guessed.enter_code("right", at(2)), EnteredCode::NoneExpected);
        let mut again = expecting();
        again.expect_code(number("+442079460959"), "other".to_owned(), at(80)).unwrap();
        assert_eq!(again.enter_code("right", at(81)), EnteredCode::Wrong);
    }

    #[test]
    fn code_for_another_number_leaves_the_proven_one_until_it_is_entered() {
        let (mut user, old, new) = (user(), number("+442079460958"), number("+442079460959"));
        user.expect_code(old.clone(), "old".to_owned(), at(0)).unwrap();
        user.enter_code("old", at(1));
        user.expect_code(new.clone(), "new".to_owned(), at(80)).unwrap();
        assert_eq!(user.proven_phone(), Some(&old));
        user.enter_code("new", at(81));
        assert_eq!(user.proven_phone(), Some(&new));
        user.remove_phone();
        assert_eq!((user.phone.as_ref(), user.proven_phone()), (None, None));
    }

    #[test]
    fn code_that_was_not_read_leaves_the_one_before() {
        let (mut user, phone) = (user(), number("+442079460958"));
        user.expect_code(phone.clone(), "heard".to_owned(), at(0)).unwrap();
        for again in 1..10 {
            let before = user.phone_proof.code.clone();
            user.expect_code(phone.clone(), "refused".to_owned(), at(again * 50 + 50)).unwrap();
            assert!(!user.take_code_back("another", before.clone()));
            assert!(user.take_code_back("refused", before));
        }
        assert_eq!(user.enter_code("heard", at(599)), EnteredCode::Right(phone));
    }

    #[test]
    fn codes_are_read_five_times_a_day_and_80_seconds_apart() {
        let (mut user, phone) = (user(), number("+442079460958"));
        let mut read = |seconds| user.expect_code(phone.clone(), "code".to_owned(), at(seconds)).map(drop);
        assert_eq!(read(0), Ok(()));
        assert_eq!(read(79), Err(CodeNotRead::JustNow));
        for more in 1..5 {
            assert_eq!(read(more * 80), Ok(()));
        }
        assert_eq!(read(1_000), Err(CodeNotRead::Often));
        assert_eq!(read(24 * 3_600 - 1), Err(CodeNotRead::Often));
        assert_eq!(read(24 * 3_600), Ok(()));
        user.remove_phone();
        assert_eq!(
            user.expect_code(phone, "code".to_owned(), at(24 * 3_600 + 79)),
            Err(CodeNotRead::JustNow)
        );
    }
}

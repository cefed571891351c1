//! Reading what is new in a mailbox. Each poll opens the folders of a cursor one after the other and reports the headers
//! of the mails that have arrived since, oldest first, with a new cursor to store. `lib.rs` tells how that holds when
//! folders are numbered anew, renamed or deleted, and when a poll is repeated.

use crate::cursor::Anew;
use crate::folders::folders_in_role;
use crate::mailbox_failure::MailboxFailure;
use crate::session::Session;
use crate::{Cursor, Examined, Folder, FolderCursor, FolderName, FolderRole, HeaderBlock};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncRead, AsyncWrite};

/// A search finds at most as many mails as the folder has. In a larger folder it is asked for this many numbers.
const NUMBERS_AT_ONCE: u32 = 20_000;
/// The most searches of one folder in one poll.
const MOST_SEARCHES: usize = 20;
/// How long before the connection a mail may have arrived and still count as new: what a forwarding server dates back.
const EARLIER: SignedDuration = SignedDuration::from_hours(24);
const WATCHED_ROLES: [FolderRole; 2] = [FolderRole::Junk, FolderRole::Sent];
const MOST_FOLDERS_OF_A_ROLE: usize = 3;

/// A new mail. Folder, `uid_validity` and UID together are its key: a mail that is reported twice has the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    pub folder: FolderName,
    pub role: Option<FolderRole>,
    pub uid_validity: u32,
    pub headers: HeaderBlock,
}

/// What one poll has found.
#[derive(Debug)]
pub struct Poll {
    /// The new mails of each folder, oldest first.
    pub mails: Vec<NewMail>,
    /// The cursor for the next poll. It is stored after the mails are, so that none is lost in between.
    pub cursor: Cursor,
    /// True if more mails wait: another poll reads on at once.
    pub more: bool,
    /// The folders that could not be read now. Their place in the cursor stands.
    pub problems: Vec<FolderProblem>,
    /// New mails that the server lists but does not hand out: their headers are empty. The cursor is behind them, so that
    /// only a poll of the former cursor asks for them again.
    pub unreadable: Vec<NewMail>,
    /// Folders that the server has numbered anew. What arrived around the last poll may be reported twice.
    pub numbered_anew: Vec<FolderName>,
    /// Folders that were found again under a new name: the old one and the new one.
    pub renamed: Vec<(FolderName, FolderName)>,
}

#[derive(Debug)]
pub struct FolderProblem {
    pub folder: FolderName,
    pub failure: MailboxFailure,
}

impl Poll {
    /// Tells whether everything that had arrived by now is read: only then a next message may be sent.
    pub fn is_complete(&self) -> bool {
        !self.more && self.problems.is_empty()
    }
}

impl Cursor {
    /// Connects a mailbox: from now on, mails in the inbox, among junk and sent mail, and in the chosen folders are
    /// reported. What is in them already is not read.
    pub async fn start<S: AsyncRead + AsyncWrite + Unpin>(
        session: &mut Session<S>,
        chosen: &[FolderName],
        now: Timestamp,
    ) -> Result<Self, MailboxFailure> {
        let listed = session.folders().await?;
        let mut folders: Vec<FolderCursor> = Vec::new();
        for (name, role) in watched(&listed, chosen) {
            if folders.iter().any(|known| known.name == name) {
                continue;
            }
            let examined = match session.examine(&name).await {
                // The server has given it this role, not the user: polls will tell what is wrong with it.
                Err(failure) if is_watched(role) && failure.is_of_one_folder() => continue,
                other => other?,
            };
            let next_uid = next_uid(session, &examined).await?;
            let mut folder = FolderCursor::unread(name, role, now);
            (folder.uid_validity, folder.next_uid) = (examined.uid_validity, next_uid);
            folders.push(folder);
        }
        Ok(Self::new(now, folders))
    }
}

impl Cursor {
    /// Makes the place of a mailbox that is read from an earlier moment on: after a first attempt that failed, or where
    /// the former cursor is lost. The folders are searched by the day, and what arrived before the moment is left out.
    pub async fn start_earlier<S: AsyncRead + AsyncWrite + Unpin>(
        session: &mut Session<S>,
        since: Timestamp,
    ) -> Result<Self, MailboxFailure> {
        let listed = session.folders().await?;
        let mut folders: Vec<FolderCursor> = Vec::new();
        for (name, role) in watched(&listed, &[]) {
            if !folders.iter().any(|known| known.name == name) {
                folders.push(FolderCursor::unread(name, role, since));
            }
        }
        Ok(Self::new(since, folders))
    }

    /// Watches this one chosen folder, and no other, besides those of a role. What arrived in it since the day before is
    /// read.
    pub fn choose(&mut self, chosen: Option<&FolderName>, now: Timestamp) {
        self.folders.retain(|known| known.role.is_some() || Some(&known.name) == chosen);
        if let Some(name) = chosen.filter(|name| !self.folders.iter().any(|known| known.name == **name)) {
            let since = now.max(self.connected_at);
            self.folders.push(FolderCursor::unread(name.clone(), None, since));
        }
    }
}

fn watched(listed: &[Folder], chosen: &[FolderName]) -> Vec<(FolderName, Option<FolderRole>)> {
    let mut watched = vec![(FolderName::inbox(), Some(FolderRole::Inbox))];
    for role in WATCHED_ROLES {
        let folders = folders_in_role(listed, role).take(MOST_FOLDERS_OF_A_ROLE);
        watched.extend(folders.map(|folder| (folder.name.clone(), Some(role))));
    }
    watched.extend(chosen.iter().map(|name| (name.clone(), None)));
    watched
}

fn is_watched(role: Option<FolderRole>) -> bool {
    role.is_some_and(|role| WATCHED_ROLES.contains(&role))
}

/// Reads what is new since the cursor was made. It fails only if nothing at all could be read; what was read before a
/// failure is reported.
pub async fn poll<S: AsyncRead + AsyncWrite + Unpin>(
    session: &mut Session<S>,
    cursor: &Cursor,
    now: Timestamp,
) -> Result<Poll, MailboxFailure> {
    let mut polling = Polling { session, now, listed: None, poll: Poll::of(cursor.clone()) };
    if polling.session.headers_at_once() == 0 {
        return Err(MailboxFailure::TooMuch("a conversation"));
    }
    match polling.watch_new_folders().await {
        // The folders that are known can be read without a list.
        Err(failure) if !failure.is_of_one_folder() => return Err(failure),
        _ => {}
    }
    for place in 0..polling.poll.cursor.folders.len() {
        let FolderCursor { name: folder, role, .. } = polling.poll.cursor.folders[place].clone();
        let Err(failure) = polling.read(place).await else { continue };
        // Junk or sent mail that was removed, and has no successor, holds nothing that could be read.
        if is_watched(role) && matches!(failure, MailboxFailure::FolderNotFound(_)) {
            continue;
        }
        let ends = !failure.is_of_one_folder();
        if ends && place == 0 && polling.poll.mails.is_empty() {
            return Err(failure);
        }
        polling.poll.problems.push(FolderProblem { folder, failure });
        if ends {
            break;
        }
    }
    Ok(polling.poll)
}

impl Poll {
    fn of(cursor: Cursor) -> Self {
        Self {
            mails: Vec::new(),
            cursor,
            more: false,
            problems: Vec::new(),
            unreadable: Vec::new(),
            numbered_anew: Vec::new(),
            renamed: Vec::new(),
        }
    }
}

/// A poll that is under way.
struct Polling<'a, S> {
    session: &'a mut Session<S>,
    now: Timestamp,
    /// The mailbox's folders, once they had to be listed.
    listed: Option<Vec<Folder>>,
    poll: Poll,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Polling<'_, S> {
    /// Adds folders of a role that none had when the mailbox was connected: many servers make the one for junk with the
    /// first junk. All that arrived in them since the connection is read.
    async fn watch_new_folders(&mut self) -> Result<(), MailboxFailure> {
        for role in WATCHED_ROLES {
            if self.poll.cursor.folders.iter().any(|folder| folder.role == Some(role)) {
                continue;
            }
            let Some(name) = self.folder_in_role(role).await? else { continue };
            let connected_at = self.poll.cursor.connected_at;
            self.poll.cursor.folders.push(FolderCursor::unread(name, Some(role), connected_at));
        }
        Ok(())
    }

    async fn read(&mut self, place: usize) -> Result<(), MailboxFailure> {
        if self.poll.mails.len() >= self.session.connection.limits().mails {
            self.poll.more = true;
            return Ok(());
        }
        let examined = self.open(place).await?;
        let mut end = next_uid(self.session, &examined).await?;
        let folder = &self.poll.cursor.folders[place];
        if examined.uid_next.is_none() && examined.uid_validity == folder.uid_validity {
            end = end.max(folder.next_uid);
        }
        self.begin_anew_if_renumbered(place, &examined, end);
        for _ in 0..MOST_SEARCHES {
            let folder = &mut self.poll.cursor.folders[place];
            folder.anew = folder.anew.filter(|anew| folder.next_uid < anew.until_uid);
            let large = examined.mails > NUMBERS_AT_ONCE && folder.anew.is_none();
            let step = if large { NUMBERS_AT_ONCE } else { u32::MAX };
            if folder.next_uid >= end {
                folder.read_at = self.now;
                return Ok(());
            }
            let until = folder.anew.map_or(end, |anew| anew.until_uid.min(end));
            let last = folder.next_uid.saturating_add(step - 1).min(until - 1);
            let uids =
                self.session.search(folder.next_uid..=last, folder.anew.map(|anew| anew.since)).await?;
            if !self.fetch(place, &uids).await? {
                break;
            }
            self.poll.cursor.folders[place].next_uid = last.saturating_add(1);
        }
        self.poll.more = true;
        Ok(())
    }

    /// Opens a folder. One that has a role is looked for under a new name if the old one is gone.
    async fn open(&mut self, place: usize) -> Result<Examined, MailboxFailure> {
        let FolderCursor { name, role, .. } = self.poll.cursor.folders[place].clone();
        let (gone, role) = match (self.session.examine(&name).await, role) {
            (Err(gone @ MailboxFailure::FolderNotFound(_)), Some(role)) => (gone, role),
            (other, _) => return other,
        };
        let Some(new_name) = self.folder_in_role(role).await? else { return Err(gone) };
        let examined = self.session.examine(&new_name).await?;
        self.poll.cursor.folders[place].name = new_name.clone();
        self.poll.renamed.push((name, new_name));
        Ok(examined)
    }

    /// Returns a folder of this role that is not watched yet.
    async fn folder_in_role(&mut self, role: FolderRole) -> Result<Option<FolderName>, MailboxFailure> {
        if self.listed.is_none() {
            self.listed = Some(self.session.folders().await?);
        }
        let folders = self.listed.as_deref().unwrap_or_default();
        let watched =
            |folder: &&Folder| self.poll.cursor.folders.iter().any(|known| known.name == folder.name);
        Ok(folders_in_role(folders, role).find(|folder| !watched(folder)).map(|folder| folder.name.clone()))
    }

    /// Begins anew where the numbers of the cursor mean nothing any more: the server says so by another UIDVALIDITY, or
    /// it is about to give out numbers for the second time.
    fn begin_anew_if_renumbered(&mut self, place: usize, examined: &Examined, end: u32) {
        let folder = &mut self.poll.cursor.folders[place];
        if examined.uid_validity == folder.uid_validity && end >= folder.next_uid {
            return;
        }
        let is_new = folder.is_unread();
        let day = folder.read_at.to_zoned(TimeZone::UTC).date();
        let since = day.yesterday().unwrap_or(day);
        folder.anew = Some(Anew { since, until_uid: end });
        folder.uid_validity = examined.uid_validity;
        folder.next_uid = 1;
        if !is_new {
            self.poll.numbered_anew.push(folder.name.clone());
        }
    }

    /// Reads the headers of these mails, and returns false if the poll is full before their end.
    async fn fetch(&mut self, place: usize, uids: &[u32]) -> Result<bool, MailboxFailure> {
        let mut left = uids;
        while !left.is_empty() {
            let room = self.session.connection.limits().mails.saturating_sub(self.poll.mails.len());
            let (batch, rest) = left.split_at(room.min(self.session.headers_at_once()).min(left.len()));
            let Some(last) = batch.last() else { return Ok(false) };
            let blocks = self.session.fetch_headers(batch).await?;
            let folder = &mut self.poll.cursor.folders[place];
            folder.next_uid = last.saturating_add(1);
            let connected_at = self.poll.cursor.connected_at;
            let earliest = if folder.anew.is_some() {
                connected_at
            } else {
                connected_at.checked_sub(EARLIER).unwrap_or(connected_at)
            };
            let mail = |folder: &FolderCursor, headers: HeaderBlock| NewMail {
                folder: folder.name.clone(),
                role: folder.role,
                uid_validity: folder.uid_validity,
                headers,
            };
            let is_old =
                |headers: &HeaderBlock| headers.received_at.is_some_and(|received_at| received_at < earliest);
            let unreadable = blocks.unreadable.into_iter().filter(|headers| !is_old(headers));
            self.poll.unreadable.extend(unreadable.map(|headers| mail(folder, headers)));
            for headers in blocks.read {
                let identity = headers.message_id().map_or_else(|| headers.bytes.clone(), String::into_bytes);
                let is_known = !folder.digests.insert(&identity) && folder.anew.is_some();
                if !is_known && !is_old(&headers) {
                    self.poll.mails.push(mail(folder, headers));
                }
            }
            left = rest;
        }
        Ok(true)
    }
}

/// Returns the number that the next mail will get. Where the server does not tell, it is one more than the last.
async fn next_uid<S: AsyncRead + AsyncWrite + Unpin>(
    session: &mut Session<S>,
    examined: &Examined,
) -> Result<u32, MailboxFailure> {
    match examined.uid_next {
        Some(next) => Ok(next.max(1)),
        None if examined.mails == 0 => Ok(1),
        None => Ok(session.last_uid().await?.unwrap_or(0).saturating_add(1)),
    }
}

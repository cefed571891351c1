//! Events as they really arrive: in any order, more than once, and at a function that may die at any call.

mod announced;
mod away;
mod bounces;
mod broken_off;
mod by_hand;
mod chats;
mod companies;
mod moved;
mod own_mail;
mod payments;
mod replays;
mod ses;
mod understood;
mod unmatched;
mod uploaded;

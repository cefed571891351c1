//! Whole mails and texts.

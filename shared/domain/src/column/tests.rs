//! Columns are tested from their rules.

//! Conversations with servers: a real one, ordinary ones played by a script, and hostile ones.

mod dovecot;
mod hostile_server;
mod login_server;
mod odd_server;
mod real_server;
mod scripted;

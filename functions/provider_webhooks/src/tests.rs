//! What providers may rely on.

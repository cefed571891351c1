//! What a browser may rely on.

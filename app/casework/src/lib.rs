//! What the service does: use cases with their SQL, one module per noun.

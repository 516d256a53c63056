//! Stories about appeals, on both engines.

mod apart;
mod lodging;
mod staying;
mod tribunal;
mod walk;

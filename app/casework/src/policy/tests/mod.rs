//! Stories about the rules: loaded, exported, changed by two people, held by the database, explained later.

mod loading;
mod locks;

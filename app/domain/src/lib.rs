//! What the service knows: pure types and rules, no I/O, native and wasm.
//!
//! The rule engine reads from the inside out: [`num`] and [`value`] are what things are made of,
//! [`answers`] is what a household said, [`definitions`] is what a country's pack declares, [`expr`] is the language
//! they are written in. [`program`] compiles a pack; [`decide`] decides a household by it: `facts`, `score`,
//! `rules`, [`amount`], [`links`], [`verdict`], and [`needs`] for what is missing; [`receipt`] proves it afterwards.
//! `simulate`, native only, decides a whole registry by two packs, column by column.
//!
//! A country as data: [`pack`] reads it whole; [`area`], [`country`], [`services`], [`form`] and [`words`] are
//! what it holds beside the rules.
//!
//! The registry: [`ids`], [`reference`] and [`pin`] say which; [`name`], [`birth`], [`identifier`], [`phone`] and
//! [`household`] say who; [`registration`] and [`search`] read the counter's forms; [`role`] says who may; [`calendar`]
//! counts days; [`lifecycle`] holds the transition tables, with [`task`], [`clock`] and [`proposal`] beside it. `matching`,
//! native only, knows one person in two records.

// the rule engine
pub mod amount;
pub mod answers;
pub mod decide;
pub mod definitions;
pub mod expr;
mod facts;
pub mod fault;
pub mod links;
pub mod needs;
pub mod num;
pub mod program;
pub mod receipt;
mod rules;
mod score;
#[cfg(not(target_family = "wasm"))]
pub mod simulate;
pub mod value;
pub mod verdict;

// the pack and its questionnaire
pub mod area;
pub mod country;
pub mod form;
pub mod pack;
pub mod policy;
pub mod services;
pub mod words;

// the registry
pub mod appeal;
pub mod attachment;
pub mod birth;
#[cfg(not(target_family = "wasm"))]
pub mod budget;
pub mod calendar;
pub mod clock;
pub mod codes;
pub mod complaint;
pub mod digits;
pub mod employment;
pub mod household;
pub mod identifier;
pub mod ids;
pub mod life;
pub mod life_event;
pub mod lifecycle;
pub mod lists;
#[cfg(not(target_family = "wasm"))]
pub mod matching;
pub mod name;
pub mod notice;
pub mod phone;
pub mod pin;
pub mod proposal;
pub mod reference;
pub mod registration;
pub mod representative;
pub mod role;
pub mod search;
pub mod signature;
pub mod task;

// what people are told
pub mod letter;
pub mod track;

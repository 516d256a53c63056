//! A change as its pages read it: every document as the change would have it on its day, by what it says.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::definitions::{LinkDef, ParameterDef, ProgrammeDef};
use domain::fault::Fault;
use domain::ids::ChangeId;
use domain::pack::alone::{self, Alone};
use domain::pack::{Pack, Tried};
use domain::policy::document::{programme_file, programme_of, words_file};

use super::bundle::{files, in_force};
use super::changes::{Change, find, keeper};
use crate::error::Result;
use crate::packs::surveyed;
use crate::{Actor, Casework};

/// The documents of a change with everything around them.
#[derive(Debug, Clone)]
pub struct Drafted {
    /// The change.
    pub change: Change,
    /// The files of the pack that it would make.
    pub files: BTreeMap<String, String>,
    /// The pack in force.
    pub before: Arc<Pack>,
    /// The pack that it would make; while its rules do not compile, the one in force, for the names of things.
    pub pack: Arc<Pack>,
    /// Whether its rules compile.
    pub compiles: bool,
    /// Everything that is wrong with it, by file and line.
    pub faults: Vec<Fault>,
    /// What the examples tried of every comparison; empty while its rules do not compile.
    pub tried: Vec<Tried>,
}

impl Drafted {
    /// A programme as its file says; `None` where there is none, or its file says too little.
    pub fn programme(&self, id: &str) -> Option<ProgrammeDef> {
        match self.read(&programme_file(id)) {
            Some(Alone::Programme(programme)) => programme.map(|programme| *programme),
            _ => None,
        }
    }

    /// The ids of all programmes, by their files' names.
    pub fn programmes(&self) -> Vec<String> {
        self.files.keys().filter_map(|name| programme_of(name)).map(str::to_owned).collect()
    }

    /// The links between programmes.
    pub fn links(&self) -> Vec<LinkDef> {
        match self.read("links.toml") {
            Some(Alone::Links(links, _)) => links,
            _ => Vec::new(),
        }
    }

    /// The figures of the law.
    pub fn parameters(&self) -> Vec<ParameterDef> {
        match self.read("parameters.toml") {
            Some(Alone::Parameters(parameters)) => parameters,
            _ => Vec::new(),
        }
    }

    /// What people read in a language, by key.
    pub fn words(&self, language: &str) -> BTreeMap<String, String> {
        match self.read(&words_file(language)) {
            Some(Alone::Words(words)) => words,
            _ => BTreeMap::new(),
        }
    }

    fn read(&self, name: &str) -> Option<Alone> {
        Some(alone::read(name, self.files.get(name)?).0)
    }
}

/// A change with its documents. `NotFound` when there is none.
pub async fn drafted(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<Drafted> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let mut view = cw.db.read().await?;
    let change = find(&mut view, id).await?;
    let files = files(&mut view, &change).await?;
    drop(view);
    let before = in_force(cw).await?;
    let (survey, files) = surveyed(files).await?;
    let faults = survey.all_faults();
    let compiles = survey.pack.is_some();
    let pack = survey.pack.map_or_else(|| before.clone(), Arc::new);
    Ok(Drafted { change, files, before, pack, compiles, faults, tried: survey.tried })
}

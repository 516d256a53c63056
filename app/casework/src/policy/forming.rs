//! The questionnaire of an open change, edited by what it asks, together with the words in which it asks.
//!
//! An edit is looked at with everything else of the change before it is kept: what would turn the meaning of an id, what
//! would rest on a question or an option that nobody is asked any more, and what would ask about a later answer is refused
//! with its place, and nothing is changed. Words that are still missing are no reason: the gates tell of them.

use std::collections::{BTreeMap, BTreeSet};

use domain::fault::Fault;
use domain::ids::ChangeId;
use domain::pack::{Pack, alone};
use domain::policy::DocumentKind;
use domain::policy::document::{normalise, words_file};
use domain::policy::edit::{self, FormEdit};
use domain::policy::lasting::{self, FORM};

use super::bundle::{files, forms};
use super::changes::{find, keeper, open_at};
use super::editing::{Edited, put, text_in};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::packs::surveyed;
use crate::{Actor, Casework};

/// Words to set, by language: keys of the pack's words; `None` takes words out.
pub type FormWords = BTreeMap<String, Vec<(String, Option<String>)>>;

/// A change's questionnaire: the version of the change, and the pack as it would be; none while its rules do not compile.
#[derive(Debug)]
pub struct Draft {
    /// The form as the change has it.
    pub form: domain::form::Form,
    /// What people read, by language and key.
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// The whole pack, for a look at a page; none while its rules do not compile.
    pub pack: Option<Pack>,
    /// Ids of questions that are in force: they can be retired, and never change what they mean.
    pub in_force: BTreeSet<String>,
}

/// The questionnaire as a change has it, with its words in every language. `Invalid("form.faulty")` when its text cannot be
/// read at all: it is put right as a text.
pub async fn draft(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<Draft> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let mut view = cw.db.read().await?;
    let change = find(&mut view, id).await?;
    let files = files(&mut view, &change).await?;
    let held = forms(&mut view).await?;
    drop(view);
    let form = files.get(FORM).and_then(|text| lasting::read(text)).ok_or(Error::Invalid("form.faulty"))?;
    let mut words = BTreeMap::new();
    for (name, text) in &files {
        if let (Some(language), alone::Alone::Words(texts)) =
            (domain::policy::document::language_of(name), alone::read(name, text).0)
        {
            words.insert(language.to_owned(), texts);
        }
    }
    let in_force = held.last().into_iter().flat_map(|held| held.form.questions.iter());
    let in_force = in_force.map(|question| question.id.clone()).collect();
    let (survey, _) = surveyed(files).await?;
    Ok(Draft { form, words, pack: survey.pack, in_force })
}

/// Makes one edit of the form, or none, and sets words with it; all of it or nothing. The change's version after it: one more for each
/// document that reads differently now. `Conflict(Taken)` when nothing reads differently, `Stale` when the change moved.
pub async fn edit_form(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    edit: Option<FormEdit>,
    words: FormWords,
) -> Result<Edited> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let mut view = cw.db.read().await?;
    let change = open_at(&mut view, id, version).await?;
    let before = files(&mut view, &change).await?;
    let texts = match written(&mut view, id, edit.as_ref(), &words).await? {
        Ok(texts) => texts,
        Err(faults) => return Ok(Edited::Refused(faults)),
    };
    let refused = match texts.iter().find(|text| text.name == FORM) {
        Some(text) => lasting_faults(&mut view, edit.as_ref(), &text.after).await?,
        None => Vec::new(),
    };
    drop(view);
    if texts.is_empty() {
        return Err(Error::Conflict(Conflict::Taken));
    }
    if !refused.is_empty() {
        return Ok(Edited::Refused(refused));
    }
    let brought = brought(before, &texts).await?;
    if !brought.is_empty() {
        return Ok(Edited::Refused(brought));
    }
    let actor = actor.clone();
    cw.write(async move |tx| {
        open_at(tx, id, version).await?;
        let mut version = version;
        for text in &texts {
            // Another version came into force since it was looked at.
            if text_in(tx, id, &text.name).await? != text.before {
                return Err(Error::Stale);
            }
            version = put(tx, &actor, (id, version), (&text.name, text.kind), Some(&text.after)).await?;
        }
        Ok(Edited::Kept(version))
    })
    .await
}

/// A document that reads differently.
#[derive(Debug, Clone)]
struct Text {
    name: String,
    kind: DocumentKind,
    before: String,
    after: String,
}

/// The documents that an edit writes, where they read differently; or what is wrong with one of them by itself.
async fn written(
    tx: &mut Tx,
    id: ChangeId,
    edit: Option<&FormEdit>,
    words: &FormWords,
) -> Result<std::result::Result<Vec<Text>, Vec<Fault>>> {
    let mut texts = Vec::new();
    let mut take = |name: &str, before: String, after: std::result::Result<String, Vec<Fault>>| {
        let after = normalise(&after?);
        let faults = alone::read(name, &after).1;
        if !faults.is_empty() {
            return Err(faults);
        }
        if let (true, Some(kind)) = (after != before, DocumentKind::of(name)) {
            texts.push(Text { name: name.to_owned(), kind, before, after });
        }
        Ok(())
    };
    if let Some(edit) = edit {
        let before = text_in(tx, id, FORM).await?;
        let after = edit::form(FORM, &before, edit);
        if let Err(faults) = take(FORM, before, after) {
            return Ok(Err(faults));
        }
    }
    for (language, set) in words {
        let name = words_file(language);
        if DocumentKind::of(&name).is_none() {
            return Err(Error::Invalid("document.unknown"));
        }
        let before = text_in(tx, id, &name).await?;
        let after = edit::words(&name, &before, set);
        if let Err(faults) = take(&name, before, after) {
            return Ok(Err(faults));
        }
    }
    Ok(Ok(texts))
}

/// What an edit would do to ids that are or were in force.
async fn lasting_faults(tx: &mut Tx, edit: Option<&FormEdit>, after: &str) -> Result<Vec<Fault>> {
    let held = forms(tx).await?;
    let mut faults = lasting::read(after).map(|form| lasting::faults(&held, &form)).unwrap_or_default();
    if let Some(FormEdit::Add(new)) = edit {
        faults.extend(lasting::is_used(&held, &new.id));
    }
    Ok(faults)
}

/// What is wrong with the declarations and the rules that was not wrong before.
async fn brought(before: BTreeMap<String, String>, texts: &[Text]) -> Result<Vec<Fault>> {
    if texts.iter().all(|text| text.name != FORM) {
        return Ok(Vec::new());
    }
    let (survey, mut files) = surveyed(before).await?;
    let place = |fault: &Fault| (fault.file.clone(), fault.key.clone(), fault.message.clone());
    let known: BTreeSet<_> = survey.faults.iter().map(place).collect();
    files.extend(texts.iter().map(|text| (text.name.clone(), text.after.clone())));
    let (survey, _) = surveyed(files).await?;
    Ok(survey.faults.into_iter().filter(|fault| !known.contains(&place(fault))).collect())
}

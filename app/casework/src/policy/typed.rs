//! Typed edits of the documents of an open change: a part is given as what it says, and written into the text in its normal
//! form. Each is an edit like any other ([`super::edit`]), with the same refusals.
//!
//! One more: its writer in `domain::policy::edit`, and a line here.

use domain::definitions::{AmountDef, BudgetDef, ExampleDef, LinkDef, Literal, RuleNode};
use domain::ids::ChangeId;
use domain::policy::document::{programme_file, words_file};
use domain::policy::edit;
use time::Date;

use super::editing::{Edited, rewrite};
use crate::error::Result;
use crate::{Actor, Casework};

const LINKS: &str = "links.toml";
const FIGURES: &str = "parameters.toml";

/// Sets who is eligible for a programme.
pub async fn edit_programme(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    programme: &str,
    tree: RuleNode,
) -> Result<Edited> {
    let name = programme_file(programme);
    rewrite(cw, actor, id, version, &name.clone(), move |text| edit::eligible(&name, text, &tree)).await
}

/// Sets single values of a programme (`review_months`, `valid_until`, `legal_basis`, …); `None` takes one out.
pub async fn edit_fields(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    programme: &str,
    fields: Vec<(String, Option<Literal>)>,
) -> Result<Edited> {
    let name = programme_file(programme);
    rewrite(cw, actor, id, version, &name.clone(), move |text| edit::fields(&name, text, &fields)).await
}

/// Sets how much a programme gives; `None` for no amount.
pub async fn edit_amount(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    programme: &str,
    amount: Option<AmountDef>,
) -> Result<Edited> {
    let name = programme_file(programme);
    rewrite(cw, actor, id, version, &name.clone(), move |text| edit::amount(&name, text, amount.as_ref()))
        .await
}

/// Sets all that a programme has to give, by area and period.
pub async fn edit_budgets(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    programme: &str,
    budgets: Vec<BudgetDef>,
) -> Result<Edited> {
    let name = programme_file(programme);
    rewrite(cw, actor, id, version, &name.clone(), move |text| edit::budgets(&name, text, &budgets)).await
}

/// Adds a worked example to a programme, or writes the one of this name anew.
pub async fn edit_example(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    programme: &str,
    example: ExampleDef,
) -> Result<Edited> {
    let name = programme_file(programme);
    rewrite(cw, actor, id, version, &name.clone(), move |text| edit::example(&name, text, &example)).await
}

/// Takes a worked example out of a programme.
pub async fn remove_example(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    programme: &str,
    example: &str,
) -> Result<Edited> {
    let (name, example) = (programme_file(programme), example.to_owned());
    rewrite(cw, actor, id, version, &name.clone(), move |text| edit::remove_example(&name, text, &example))
        .await
}

/// Gives a figure of the law a value from a day on.
pub async fn edit_figure(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    parameter: &str,
    (from, value): (Date, Literal),
) -> Result<Edited> {
    let parameter = parameter.to_owned();
    let made = move |text: &str| edit::parameter_value(FIGURES, text, &parameter, from, &value);
    rewrite(cw, actor, id, version, FIGURES, made).await
}

/// Adds a link between programmes, or writes the one of this id anew.
pub async fn edit_link(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    link: LinkDef,
) -> Result<Edited> {
    rewrite(cw, actor, id, version, LINKS, move |text| edit::link(LINKS, text, &link)).await
}

/// Takes a link between programmes out.
pub async fn remove_link(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    link: &str,
) -> Result<Edited> {
    let link = link.to_owned();
    rewrite(cw, actor, id, version, LINKS, move |text| edit::remove_link(LINKS, text, &link)).await
}

/// Sets what people read in a language, by the keys of the pack's words; `None` takes words out.
pub async fn edit_words(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    language: &str,
    words: Vec<(String, Option<String>)>,
) -> Result<Edited> {
    let name = words_file(language);
    rewrite(cw, actor, id, version, &name.clone(), move |text| edit::words(&name, text, &words)).await
}

//! A page of a form that is still being written, with its controls as they will be, for nobody in particular.

use domain::answers::{Answered, Answers, MemberAnswers};
use domain::expr::Level;
use domain::form::page::PageRef;
use domain::form::raw::RawPage;
use domain::pack::Pack;
use leptos::prelude::*;
use time::Date;

use super::inputs::Asking;
use super::sheet::Part;
use crate::kit::{InsetText, Problems};
use crate::shell::Page;

/// Whoever a page of each member is shown for.
const SOMEBODY: &str = "somebody";

/// The controls of a page of the form, of a household of which nothing is known; `None` when it asks nothing.
pub fn preview(page: &Page, pack: &Pack, group: &str, today: Date) -> Option<AnyView> {
    let own = pack.form.group(group)?;
    let members = vec![MemberAnswers { id: SOMEBODY.into(), answers: Answered::new() }];
    let answers = Answers { household: Answered::new(), members };
    let situation = pack.situation(&answers, today);
    let member = (own.level == Level::Member).then(|| SOMEBODY.to_owned());
    let place = PageRef { group: group.to_owned(), member };
    let logic = pack.page_logic(&situation, &place, today)?;
    let hint = pack.words.find(page.lang.code(), &format!("group.{group}.hint")).map(str::to_owned);
    let each = (own.level == Level::Member).then(|| InsetText::new(page.t("assess-preview-member")));
    let part = Part {
        page: place,
        prefix: String::new(),
        name: None,
        age: None,
        logic,
        version: 0,
        raw: RawPage::new(),
    };
    let state = part.logic.check(&part.raw, |_| true);
    let problems = Problems::new();
    let asking = Asking {
        page,
        pack,
        form: &pack.form,
        part: &part,
        state: &state,
        problems: &problems,
        together: false,
        focus: false,
    };
    let controls = asking.write();
    let view = view! {
        {hint.map(|hint| view! { <p class="govuk-body">{hint}</p> })}
        {each}
        <div class="app-questions">{controls}</div>
    };
    Some(view.into_any())
}

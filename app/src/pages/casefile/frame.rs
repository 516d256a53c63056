//! What stands around every page of a file: whose it is, its parts, and that it can only be read where that is so.

use axum::response::{IntoResponse as _, Redirect, Response};
use casework::households::changes::Made;
use casework::households::file::{File, Member, file};
use casework::{Actor, Casework, Error};
use domain::ids::{HouseholdId, PersonId};
use domain::pack::Pack;
use domain::role::{Right, Scope};
use leptos::prelude::*;
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::kit::{
    Badge, Button, Content, IdentityBar, InsetText, Link, NotificationBanner, Problems, SubNavigation,
};
use crate::shell::{Failure, Page, address, render};

/// A part of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What is known, what runs, what comes next.
    Overview,
    /// Who lives there.
    Members,
    /// Papers that were handed in, and letters.
    Documents,
    /// Who may use what is written down.
    Consents,
    /// What was decided.
    Decisions,
    /// Appeals, and where complaints are.
    Objections,
    /// Where they were sent.
    Referrals,
    /// Plans for work.
    Plan,
    /// What was done, by whom.
    History,
}

impl Part {
    const ALL: [Self; 9] = [
        Self::Overview,
        Self::Members,
        Self::Documents,
        Self::Decisions,
        Self::Referrals,
        Self::Plan,
        Self::Objections,
        Self::Consents,
        Self::History,
    ];

    /// Key of its name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overview => "casefile-overview",
            Self::Members => "casefile-members",
            Self::Documents => "casefile-documents",
            Self::Objections => "casefile-objections",
            Self::Consents => "casefile-consents",
            Self::Decisions => "casefile-decisions",
            Self::Referrals => "casefile-referrals",
            Self::Plan => "casefile-plan",
            Self::History => "casefile-history",
        }
    }

    /// Where it is.
    pub fn address(self, household: HouseholdId) -> String {
        let file = format!("/households/{household}");
        match self {
            Self::Overview => file,
            Self::Members => format!("{file}/members"),
            Self::Documents => format!("{file}/documents"),
            Self::Objections => format!("{file}/objections"),
            Self::Consents => format!("{file}/consents"),
            Self::Decisions => format!("{file}/decisions"),
            Self::Referrals => format!("{file}/referrals"),
            Self::Plan => format!("{file}/plan"),
            Self::History => format!("{file}/history"),
        }
    }
}

/// A file being shown to somebody.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The page being made.
    pub page: &'a Page,
    /// The country.
    pub pack: &'a Pack,
    /// The file.
    pub file: &'a File,
    /// May the reader change it?
    pub may_edit: bool,
    /// How far the office's wall clock is from UTC.
    pub offset: UtcOffset,
}

impl<'a> Shown<'a> {
    /// A file for this reader.
    pub fn new(page: &'a Page, pack: &'a Pack, file: &'a File, actor: &Actor, casework: &Casework) -> Self {
        Self { page, pack, file, may_edit: may_edit(actor, file), offset: casework.clock.offset() }
    }

    /// Address of a page of this file.
    pub fn address(&self, rest: &str) -> String {
        format!("/households/{}/{rest}", self.file.id)
    }

    /// A day as the office's calendar has it.
    pub fn day(&self, at: OffsetDateTime) -> String {
        self.page.date(at.to_offset(self.offset).date())
    }

    /// A moment as the office's wall has it.
    pub fn moment(&self, at: OffsetDateTime) -> String {
        self.page.date_time(at.to_offset(self.offset))
    }

    /// Name of a member, also of one who left.
    pub fn person(&self, id: PersonId) -> Option<String> {
        self.file.members.iter().find(|member| member.id == id).map(name)
    }

    /// Name of a member, or "the household" for what is everybody's.
    pub fn whose(&self, id: Option<Uuid>) -> String {
        id.and_then(|id| self.person(PersonId::new(id))).unwrap_or_else(|| self.page.t("casefile-everybody"))
    }

    /// Words of the pack.
    pub fn of_pack(&self, key: &str) -> String {
        self.page.of_pack(self.pack, key)
    }

    /// An area with what it lies in, the smallest first.
    pub fn area(&self, code: &str) -> String {
        let lang = self.page.lang.code();
        let path = self.pack.areas.path(code);
        self.page.list(path.iter().rev().map(|area| self.pack.area_name(lang, &area.code)))
    }

    /// Address of a part, saying what was just done.
    pub fn after(&self, part: Part, done: &str) -> String {
        address(&part.address(self.file.id), &[("done", done)])
    }

    /// The response: the part inside the frame.
    pub fn render(&self, part: Part, content: impl FnOnce() -> AnyView) -> Response {
        self.render_as(part, &self.page.t(part.word()), content)
    }

    /// The response for a page below a part, with its own title.
    pub fn render_as(&self, part: Part, title: &str, content: impl FnOnce() -> AnyView) -> Response {
        let whole = format!("{title} – {}", self.file.reference);
        render(self.page, &whole, || {
            view! {
                {self.bar()}
                {self.parts(part)}
                {self.file.by_reason.then(|| InsetText::new(self.page.t("casefile-by-reason")))}
                {content()}
            }
            .into_any()
        })
    }

    fn bar(&self) -> IdentityBar {
        let page = self.page;
        let head = self.file.present().next().map(name).unwrap_or_default();
        let area = self.pack.area_name(page.lang.code(), &self.file.contact.area).to_owned();
        let office = self.of_pack(&format!("office.{}.name", self.file.office));
        let careful =
            self.file.contact.safe_contact.then(|| Badge::new(page.t("contact-safe-short")).colour("red"));
        IdentityBar::new(Content::view(view! {
            <strong><bdi>{head}</bdi></strong>
            " "
            <bdi class="app-reference">{self.file.reference.to_string()}</bdi>
            " · " {area} " · " {office} " " {careful}
        }))
    }

    fn parts(&self, current: Part) -> SubNavigation {
        let items = Part::ALL
            .into_iter()
            .map(|part| {
                Link::new(part.address(self.file.id), self.page.t(part.word())).current(part == current)
            })
            .collect();
        SubNavigation::new(self.page.t("casefile-parts"), items)
    }
}

/// On to the members when a life event is recorded, saying whether it holds or waits for a second person.
pub fn recorded(household: HouseholdId, made: Made, done: &str) -> Response {
    let done = if matches!(made, Made::Waits(_)) { "waits" } else { done };
    Redirect::to(&format!("/households/{household}/members?done={done}")).into_response()
}

/// A form about the file: its heading, its fields, the version it was filled in on, and the way back.
pub struct Form<'a> {
    /// Heading.
    pub title: &'a str,
    /// Where it is sent.
    pub action: String,
    /// Words on the button.
    pub button: String,
    /// Where one goes without saving.
    pub cancel: String,
    /// What is wrong.
    pub problems: &'a Problems,
}

impl Form<'_> {
    /// The form around its fields.
    pub fn around(self, shown: &Shown<'_>, fields: AnyView) -> AnyView {
        let page = shown.page;
        view! {
            {self.problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{self.title.to_owned()}</h1>
                    <form method="post" action=self.action novalidate>
                        <input type="hidden" name="version" value=shown.file.version.to_string()/>
                        {fields}
                        <div class="govuk-button-group">
                            {Button::new(self.button)}
                            <a class="govuk-link" href=self.cancel>{page.t("casefile-cancel")}</a>
                        </div>
                    </form>
                </div>
            </div>
        }
        .into_any()
    }
}

/// The version a form was filled in on; what is no number matches no version.
pub fn version(typed: &str) -> i64 {
    typed.trim().parse().unwrap_or(0)
}

/// What the use case gave, or the page that asks for a reason where another office keeps the file.
pub fn or_reason<T>(read: Result<T, Error>, actor: &Actor, id: HouseholdId) -> Result<T, Failure> {
    match read {
        Err(Error::Forbidden) if actor.may(Right::BreakGlass) => {
            Err(Failure::elsewhere(format!("/households/{id}/open")))
        }
        other => Ok(other?),
    }
}

/// The file for a page that shows a part of it.
pub async fn to_read(casework: &Casework, actor: &Actor, id: HouseholdId) -> Result<File, Failure> {
    or_reason(file(casework, actor, id).await, actor, id)
}

/// The file for a page that changes it; `Forbidden` for who may only read.
pub async fn to_change(casework: &Casework, actor: &Actor, id: HouseholdId) -> Result<File, Failure> {
    let file = to_read(casework, actor, id).await?;
    if may_edit(actor, &file) { Ok(file) } else { Err(Failure::forbidden()) }
}

/// May the actor change the file? The use case asks again.
pub fn may_edit(actor: &Actor, file: &File) -> bool {
    !file.by_reason && actor.may_in(Right::EditHousehold, &Scope::Office(file.office.clone()))
}

/// A member's name.
pub fn name(member: &Member) -> String {
    member.person.name.display()
}

/// What was just done, from `?done=`: the banner for it.
pub fn done(page: &Page, done: &str) -> Option<NotificationBanner> {
    let key = match done {
        "contact" => "casefile-done-contact",
        "member" => "casefile-done-member",
        "added" => "casefile-done-added",
        "left" => "casefile-done-left",
        "waits" => "casefile-done-waits",
        "moved" => "casefile-done-moved",
        "paper" => "documents-kept",
        "head" => "casefile-done-head",
        "split" => "casefile-done-split",
        "given" => "casefile-done-given",
        "withdrawn" => "casefile-done-withdrawn",
        _ => return None,
    };
    Some(NotificationBanner::success(page.t(key)))
}

//! A life event that waits for a second person: what the file says now beside what it would say, and what follows.

use casework::enrolments::Enrolment;
use casework::households::changes::{CHANGE, Change, Dated};
use casework::households::overview::{Overview, overview};
use casework::proposals::Proposal;
use casework::{Actor, Casework, Error};
use domain::household::Relation;
use domain::ids::PersonId;
use domain::pack::Pack;
use domain::proposal::ProposalState;
use leptos::prelude::*;
use std::sync::Arc;

use crate::kit::{Content, Table};
use crate::shell::{Failure, Page};

/// What the page needs.
pub struct Own {
    dated: Dated,
    whole: Overview,
    pack: Arc<Pack>,
}

impl Own {
    /// The life event of a proposal, where it is one that waits; none where the file cannot be read any more.
    pub async fn read(
        casework: &Casework,
        actor: &Actor,
        proposal: &Proposal,
    ) -> Result<Option<Self>, Failure> {
        if proposal.kind != CHANGE || proposal.state != ProposalState::Waiting {
            return Ok(None);
        }
        let whole = match overview(casework, actor, proposal.household_id).await {
            Err(Error::Forbidden | Error::NotFound) => return Ok(None),
            whole => whole?,
        };
        Ok(Some(Self { dated: proposal.payload()?, whole, pack: casework.pack()? }))
    }

    fn name(&self, id: PersonId) -> String {
        let found = self.whole.file.members.iter().find(|one| one.id == id);
        found.map(|one| one.person.name.display()).unwrap_or_default()
    }

    fn relation(&self, id: PersonId) -> Option<Relation> {
        self.whole.file.members.iter().find(|one| one.id == id).map(|one| one.person.relation)
    }
}

/// Now and then, side by side; at a narrow screen the table can be moved.
pub fn side_by_side(page: &Page, own: &Own) -> AnyView {
    let file = &own.whole.file;
    let head = ["life-event-field", "proposal-now", "proposal-then"].map(|key| page.t(key));
    let mut table = Table::new(page.t("life-event-table")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    let own_words = |text: String| Content::view(view! { <bdi>{text}</bdi> });
    let mut row = |what: String, now: String, then: String| {
        table = std::mem::take(&mut table).row([own_words(what), own_words(now), own_words(then)]);
    };
    let relation =
        |one: Option<Relation>| one.map(|one| page.t_of("relation", one.code())).unwrap_or_default();
    let mut ends: Vec<&Enrolment> = Vec::new();
    row(page.t("casefile-since"), String::new(), page.date(own.dated.on));
    match &own.dated.change {
        Change::Death { member, relations } => {
            row(own.name(*member), page.t("life-event-lives"), page.t_of("leaving", "died"));
            for (id, then) in relations {
                row(own.name(*id), relation(own.relation(*id)), relation(Some(*then)));
            }
            let is_last = file.present().all(|one| one.id == *member);
            let theirs = |one: &&Enrolment| {
                (one.person == Some(member.uuid()) || is_last) && (one.is_running() || one.is_waiting())
            };
            ends.extend(own.whole.enrolments.iter().filter(theirs));
        }
        Change::NewHead { relations } => {
            for (id, then) in relations {
                row(own.name(*id), relation(own.relation(*id)), relation(Some(*then)));
            }
        }
        Change::Moved { area, directions, office } => {
            let lang = page.lang.code();
            let place = |code: &str| own.pack.area_name(lang, code).to_owned();
            let of_office = |code: &str| page.of_pack(&own.pack, &format!("office.{code}.name"));
            row(page.t("contact-area"), place(&file.contact.area), place(area));
            let before = file.contact.directions.clone().unwrap_or_default();
            row(page.t("contact-directions"), before, directions.clone().unwrap_or_default());
            row(page.t("casefile-moved-office"), of_office(&file.office), of_office(office));
        }
        Change::Name { member, name, .. } => {
            row(page.t("life-event-written"), own.name(*member), name.display());
        }
    }
    let ends: Vec<String> = ends
        .iter()
        .map(|one| page.of_pack(&own.pack, &format!("programme.{}.name", one.programme)))
        .collect();
    let ends = (!ends.is_empty()).then(|| {
        let args = [("programmes", page.list(ends).into()), ("date", page.date(own.dated.on).into())];
        view! { <p class="govuk-body">{page.t_with("life-event-ends", &args)}</p> }
    });
    view! { {table} {ends} }.into_any()
}

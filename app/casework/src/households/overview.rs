//! A household's file with all that came of it: assessments, decisions, enrolments, referrals, clocks. For the pages of
//! the case file, which are open to whoever may read the file, by scope or by a reason given.
//!
//! To show one more thing that hangs on a household: its list here.

use domain::clock::ClockState;
use domain::ids::HouseholdId;

use super::file::{File, read_file, require_reader};
use crate::Casework;
use crate::actor::{Actor, Purpose};
use crate::assessments::{self, Assessment};
use crate::clocks::{self, Clock};
use crate::decisions::{self, Decision};
use crate::enrolments::{self, Enrolment};
use crate::error::Result;
use crate::journal::{self, Event};
use crate::referrals::{self, Referral};
use crate::tracking::answers;

/// Everything that hangs on a household, each list the newest first.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The file.
    pub file: File,
    /// Its assessments.
    pub assessments: Vec<Assessment>,
    /// Its decisions, replaced ones too.
    pub decisions: Vec<Decision>,
    /// Its enrolments, ended ones too.
    pub enrolments: Vec<Enrolment>,
    /// Its referrals, ended ones too.
    pub referrals: Vec<Referral>,
    /// Its clocks, the soonest due first.
    pub clocks: Vec<Clock>,
    /// Whether it answered from its own page what was asked.
    pub has_answered: bool,
}

impl Overview {
    /// The assessment that can still be filled in.
    pub fn open_assessment(&self) -> Option<&Assessment> {
        self.assessments.iter().find(|one| one.is_open())
    }

    /// The newest assessment that decisions rest on.
    pub fn decided_assessment(&self) -> Option<&Assessment> {
        self.assessments.iter().find(|one| one.is_decided())
    }

    /// The clocks that still matter: what they wait for has not happened. The soonest due first.
    pub fn live_clocks(&self) -> impl Iterator<Item = &Clock> {
        use ClockState as S;
        self.clocks.iter().filter(|clock| matches!(clock.state, S::Running | S::Paused | S::Breached))
    }
}

/// Opens the file and all that came of it. `Forbidden` as in [`file`](super::file::file); the opening is an entry of the
/// journal, told before anything is read.
pub async fn overview(cw: &Casework, actor: &Actor, id: HouseholdId) -> Result<Overview> {
    let cw = &cw.acting(actor);
    let reader = require_reader(&mut cw.db.read().await?, actor, id).await?;
    journal::record(cw, &reader, id, Event::new("file.opened")).await?;
    let mut tx = cw.db.read().await?;
    let file = read_file(&mut tx, &cw.keys, id).await?;
    Ok(Overview {
        file: File { by_reason: reader.purpose == Purpose::BreakGlass, ..file },
        assessments: assessments::of_household(&mut tx, id).await?,
        decisions: decisions::of_household(&mut tx, id).await?,
        enrolments: enrolments::of_household(&mut tx, id).await?,
        referrals: referrals::of_household(&mut tx, id).await?,
        clocks: clocks::of_household(&mut tx, id).await?,
        has_answered: answers::any(&mut tx, id).await?,
    })
}

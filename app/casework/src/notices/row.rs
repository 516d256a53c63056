//! A message as it is read, and its one way from state to state.

use domain::ids::HouseholdId;
use domain::lifecycle::{By, Guard};
use domain::notice::{Channel, Kind, NoticeEvent, NoticeState};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::Actor;
use crate::args;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::step::step;

/// A message.
#[derive(sqlx::FromRow)]
pub(super) struct NoticeRow {
    pub household_id: Uuid,
    pub notice_id: Uuid,
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    pub part: String,
    pub reference: String,
    pub on_date: Option<Date>,
    pub secret: Option<Vec<u8>>,
    pub office: String,
    pub language: String,
    pub channel: String,
    pub silent: bool,
    pub body: Option<Vec<u8>>,
    #[sqlx(try_from = "String")]
    pub state: NoticeState,
    pub made_at: OffsetDateTime,
    pub next_at: OffsetDateTime,
    pub expires_at: Option<OffsetDateTime>,
    pub tries: i64,
    pub rounds: i64,
    pub trouble: String,
    pub gateway_ref: String,
    pub sent_at: Option<OffsetDateTime>,
    pub delivered_at: Option<OffsetDateTime>,
    pub ended_at: Option<OffsetDateTime>,
    pub ended_by: Option<Uuid>,
    pub version: i64,
}

/// `SELECT` of a [`NoticeRow`] with this rest.
macro_rules! notice_query {
    ($rest:literal) => {
        concat!(
            "SELECT household_id, notice_id, kind, part, reference, on_date, secret, office, language, channel, silent, \
             body, state, made_at, next_at, expires_at, tries, rounds, trouble, gateway_ref, sent_at, delivered_at, \
             ended_at, ended_by, version FROM notice ",
            $rest
        )
    };
}
pub(super) use notice_query;

impl NoticeRow {
    /// Whose file it belongs to.
    pub fn household(&self) -> HouseholdId {
        self.household_id.into()
    }

    /// How it goes; `None` until its text is written.
    pub fn way(&self) -> Result<Option<Channel>> {
        match self.channel.as_str() {
            "" => Ok(None),
            code => code.parse().map(Some).map_err(Error::internal),
        }
    }

    /// What the gateway is told, so that it sends a message once that is handed over twice.
    pub fn key(&self) -> String {
        match self.rounds {
            0 => self.notice_id.to_string(),
            round => format!("{}-{round}", self.notice_id),
        }
    }

    /// Takes one step and keeps everything that may have changed with it. `Stale` when another server was faster.
    pub async fn step(&mut self, tx: &mut Tx, by: By, event: NoticeEvent, held: &[Guard]) -> Result<()> {
        self.state = step(self.state, event, by, held)?;
        self.keep(tx).await
    }

    /// Keeps what may have changed.
    pub async fn keep(&mut self, tx: &mut Tx) -> Result<()> {
        let is_over = matches!(
            self.state,
            NoticeState::GivenUp | NoticeState::Expired | NoticeState::HandedOver | NoticeState::Posted
        );
        if is_over && self.ended_at.is_none() {
            self.ended_at = Some(tx.now());
        }
        // A code that is gone, or of no use any more, is nobody's to read.
        let is_gone = is_over || matches!(self.state, NoticeState::Sent | NoticeState::Delivered);
        if self.kind.is_secret() && is_gone {
            (self.secret, self.body) = (None, None);
        }
        tx.run_one(
            "UPDATE notice SET secret = $1, office = $2, language = $3, channel = $4, silent = $5, body = $6, state = $7,
                    next_at = $8, tries = $9, rounds = $10, trouble = $11, gateway_ref = $12, sent_at = $13,
                    delivered_at = $14, ended_at = $15, ended_by = $16, version = version + 1
             WHERE household_id = $17 AND notice_id = $18 AND version = $19",
            args![
                self.secret.clone(),
                self.office.as_str(),
                self.language.as_str(),
                self.channel.as_str(),
                self.silent,
                self.body.clone(),
                self.state.code(),
                self.next_at,
                self.tries,
                self.rounds,
                self.trouble.as_str(),
                self.gateway_ref.as_str(),
                self.sent_at,
                self.delivered_at,
                self.ended_at,
                self.ended_by,
                self.household_id,
                self.notice_id,
                self.version,
            ],
        )
        .await?;
        self.version += 1;
        Ok(())
    }

    /// Tells it in the household's journal; who has no case has none.
    pub async fn tell(&self, tx: &mut Tx, actor: &Actor, event: Event) -> Result<()> {
        if self.household_id.is_nil() {
            return Ok(());
        }
        let event = event.id("notice", self.notice_id).code("kind", self.kind.code());
        journal::append(tx, actor, self.household_id, event).await
    }
}

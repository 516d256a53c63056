//! What who complained sees and does, with the code and the PIN: what happened, what is next and by when; answering what we
//! ask, adding to it, saying what they think of the answer, taking it back.
//!
//! Whatever is wrong, the answer is the same and takes as long, and tries are counted ([`crate::tracking::attempts`]). The
//! code and the PIN prove a complaint and no person: the actor is [`Actor::applicant`], who has no name.

use domain::complaint::{Category, ComplaintEvent, ComplaintState, Level, NoteKind, Outcome};
use domain::ids::{AttachmentId, ComplaintId};
use domain::lifecycle::{By, Guard, Lifecycle, Phrase};
use domain::pin::Pin;
use domain::reference::Reference;
use time::OffsetDateTime;
use uuid::Uuid;

use super::decide::replied;
use super::lodge::pin_hash;
use super::notes::{fit, write};
use super::shape::{Complaint, find, sealed_of};
use super::{Identity, Note, arrange, clock, let_rest, level, notes, rules, step, told};
use crate::attachments::{self, Attachment, File, Opened};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::tracking::{Limits, Token, VISIT, attempts};
use crate::{Actor, Casework, Keys, args, clocks, crypt};

/// What somebody gives to come in, as typed. Its `Debug` shows nothing.
#[derive(Clone, Default)]
pub struct Knock {
    /// The code.
    pub code: String,
    /// The PIN.
    pub pin: String,
    /// The network address it comes from.
    pub address: String,
}

impl std::fmt::Debug for Knock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Knock(…)")
    }
}

/// Lets in who gives code and PIN.
pub async fn enter(cw: &Casework, knock: &Knock, limits: Limits) -> Result<crate::tracking::Opened> {
    use crate::tracking::Opened as O;
    let cw = &cw.acting(&Actor::system());
    let (keys, knock) = (cw.keys.clone(), knock.clone());
    cw.write(async move |tx| {
        let code = Reference::parse(&knock.code).ok();
        let symbols = code.as_ref().map_or("", Reference::symbols);
        let tries = attempts::count(tx, &keys, symbols, &knock.address).await?;
        if !tries.allowed(limits) {
            return Ok(O::TooMany);
        }
        let kept: Option<(Uuid, Vec<u8>)> =
            tx.one("SELECT household_id, pin_hash FROM complaint WHERE symbols = $1", args![symbols]).await?;
        let (id, hash) = kept.unwrap_or((Uuid::nil(), vec![0; 32]));
        let id = ComplaintId::new(id);
        let typed = Pin::parse(&knock.pin);
        let pin = typed.clone().unwrap_or_else(|_| Pin::from_random([0; 8]));
        // Both are looked at before either counts, and in the same time wherever they differ.
        if !crypt::same(&pin_hash(&keys, id, &pin), &hash) | typed.is_err() {
            return Ok(O::Refused);
        }
        attempts::forgive(tx, &keys, symbols).await?;
        Ok(O::In(visit(tx, id).await?))
    })
    .await
}

/// Whether this address may write one more complaint in this hour.
pub async fn may_write(cw: &Casework, address: &str, limits: Limits) -> Result<bool> {
    let (keys, address) = (cw.keys.clone(), address.to_owned());
    let written = cw
        .acting(&Actor::system())
        .write(async move |tx| attempts::count_address(tx, &keys, "complaint.address", &address).await)
        .await?;
    Ok(written <= limits.address)
}

/// Begins a visit.
pub(super) async fn visit(tx: &mut Tx, id: ComplaintId) -> Result<Token> {
    let token = Token::new();
    tx.run(
        "INSERT INTO complaint_session (token_hash, household_id, opened_at, expires_at) VALUES ($1, $2, $3, $4)",
        args![token.hash(), id, tx.now(), tx.now() + VISIT],
    )
    .await?;
    Ok(token)
}

/// Ends a visit.
pub async fn leave(cw: &Casework, token: &Token) -> Result<()> {
    let hash = token.hash();
    cw.acting(&Actor::system())
        .write(async move |tx| {
            tx.run("DELETE FROM complaint_session WHERE token_hash = $1", args![hash]).await.map(drop)
        })
        .await
}

/// Removes visits that are over. Run now and then.
pub async fn sweep(cw: &Casework) -> Result<u64> {
    cw.acting(&Actor::system())
        .write(async move |tx| {
            tx.run("DELETE FROM complaint_session WHERE expires_at <= $1", args![tx.now()]).await
        })
        .await
}

/// The complaint of a visit; `Forbidden` when the visit is over or never was.
async fn of_visit(tx: &mut Tx, token: &Token) -> Result<Complaint> {
    let id: Option<Uuid> = tx
        .value(
            "SELECT household_id FROM complaint_session WHERE token_hash = $1 AND expires_at > $2",
            args![token.hash(), tx.now()],
        )
        .await?;
    find(tx, ComplaintId::new(id.ok_or(Error::Forbidden)?)).await?.ok_or(Error::Forbidden)
}

/// What is next, and whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// We say that we have it, by then.
    WeAcknowledge(OffsetDateTime),
    /// We answer, by then.
    WeAnswer(OffsetDateTime),
    /// It is late; it has gone to whoever is above, or is with the ombudsman.
    WeAreLate,
    /// They answer what we asked, by then.
    YouAnswer(OffsetDateTime),
    /// They may say what they think of the answer, by then.
    YouReply(OffsetDateTime),
    /// Nothing.
    Nothing,
}

/// What their page shows.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a form of the page is shown")]
pub struct Status {
    /// The code.
    pub code: Reference,
    /// What it is about.
    pub category: Category,
    /// What was told.
    pub what: String,
    /// When it came.
    pub received_at: OffsetDateTime,
    /// Where it stands.
    pub state: ComplaintState,
    /// The same in one of the phrases that the public is told.
    pub phrase: Phrase,
    /// Who answers it.
    pub level: Level,
    /// How often it went up.
    pub escalated: i64,
    /// The decision, once it is signed.
    pub outcome: Option<Outcome>,
    /// What is next.
    pub next: Next,
    /// What was said between them and us.
    pub notes: Vec<Note>,
    /// The files that they gave.
    pub files: Vec<Attachment>,
    /// Whether they gave no name.
    pub is_anonymous: bool,
    /// Whether they may say what they think of the answer, or that it be looked at again.
    pub may_reply: bool,
    /// Whether they may take it back.
    pub may_withdraw: bool,
    /// Whether they may add to it.
    pub may_add: bool,
}

/// Their page.
pub async fn status(cw: &Casework, token: &Token) -> Result<Status> {
    let (pack, rules) = rules(cw)?;
    let cw = &cw.acting(&Actor::system());
    let mut view = cw.db.read().await?;
    let one = of_visit(&mut view, token).await?;
    let (told, _, _) = sealed_of(&mut view, &cw.keys, one.id).await?;
    let mut notes = notes::of(&mut view, &cw.keys, &one).await?;
    notes.retain(|note| note.visible);
    let mut files = attachments::list(&mut view, &cw.keys, one.case(), &one.subject()).await?;
    files.retain(|file| file.is_theirs);
    let all = clocks::of_household(&mut view, one.case()).await?;
    let due = |kind: &str| {
        let live = all.iter().filter(|one| one.kind == kind && one.ended_at.is_none());
        live.map(|one| one.due_at).max()
    };
    let now = cw.now();
    let owed = |at: Option<OffsetDateTime>, next: fn(OffsetDateTime) -> Next| match at {
        Some(at) if at >= now => next(at),
        _ => Next::WeAreLate,
    };
    let next = match one.state {
        ComplaintState::Received => owed(due(clock::ACKNOWLEDGE), Next::WeAcknowledge),
        ComplaintState::AwaitingComplainant => due(clock::WAIT).map_or(Next::Nothing, Next::YouAnswer),
        ComplaintState::Resolved => one.reply_due_at.map_or(Next::Nothing, Next::YouReply),
        state if state.is_open() => owed(due(clock::ANSWER), Next::WeAnswer),
        _ => Next::Nothing,
    };
    let calendar = super::calendar(&pack, &one.office)?;
    let reopens = one.state == ComplaintState::Closed
        && one.closed_at.is_some_and(|closed| calendar.due_at(cw.here(closed), rules.reopen.term) >= now);
    let is_decided = matches!(one.state, ComplaintState::Resolved | ComplaintState::Closed);
    Ok(Status {
        code: one.code,
        category: one.category,
        what: told.what,
        received_at: one.received_at,
        state: one.state,
        phrase: one.state.phrase(),
        level: one.level,
        escalated: one.escalated,
        outcome: one.outcome.filter(|_| is_decided),
        next,
        notes,
        files,
        is_anonymous: one.identity == Identity::Anonymous,
        may_reply: one.state == ComplaintState::Resolved || reopens,
        may_withdraw: one.state.is_open(),
        may_add: one.state.is_open(),
    })
}

/// What they do.
#[derive(Debug, Clone)]
pub enum Doing {
    /// They say something, or answer what we asked, with files if they like.
    Say(String, Vec<File>),
    /// They are content with the answer, or are not and say why.
    Reply(bool, String),
    /// They take it back; why is for them to say or not.
    Withdraw(String),
}

/// Does it. `Invalid("note.missing")` without words where there must be some, `Conflict(State)` when it cannot be done now.
pub async fn act(cw: &Casework, token: &Token, doing: Doing) -> Result<()> {
    let (pack, rules) = rules(cw)?;
    let cw = &cw.acting(&Actor::system());
    let (keys, token) = (cw.keys.clone(), token.clone());
    cw.write(async move |tx| {
        let me = Actor::applicant();
        let mut one = of_visit(tx, &token).await?;
        match &doing {
            Doing::Say(words, files) => say(tx, &keys, &me, &pack, &mut one, (words, files)).await,
            Doing::Reply(is_content, words) => {
                let words = words.trim();
                replied(tx, &keys, &me, (&pack, &rules), &mut one, By::Applicant, (*is_content, words)).await
            }
            Doing::Withdraw(words) => {
                step(&mut one, ComplaintEvent::Withdraw, By::Applicant, &[Guard::ReasonGiven])?;
                if !words.trim().is_empty() {
                    write(tx, &keys, &me, &one, (NoteKind::Message, true), &fit(words)?).await?;
                }
                "withdrawn".clone_into(&mut one.ending);
                one.closed_at = Some(tx.now());
                let_rest(tx, &me, &one, "withdrawn").await?;
                told(tx, &me, &mut one, ComplaintEvent::Withdraw).await
            }
        }
    })
    .await
}

async fn say(
    tx: &mut Tx,
    keys: &Keys,
    me: &Actor,
    pack: &domain::pack::Pack,
    one: &mut Complaint,
    (words, files): (&str, &[File]),
) -> Result<()> {
    if !one.state.is_open() {
        return Err(Error::Conflict(Conflict::State));
    }
    // A file says something by itself.
    if !words.trim().is_empty() || files.is_empty() {
        write(tx, keys, me, one, (NoteKind::Message, true), &fit(words)?).await?;
    }
    let before = attachments::list(tx, keys, one.case(), &one.subject()).await?.len();
    for (at, file) in files.iter().enumerate() {
        let file = match one.identity {
            Identity::Anonymous => file.clone().nameless(before + at + 1),
            Identity::Identified | Identity::Confidential => file.clone(),
        };
        attachments::add(tx, keys, me, one.case(), &one.subject(), &file).await?;
    }
    if one.state != ComplaintState::AwaitingComplainant {
        return journal::append(tx, me, one.case(), Event::new("complaint.said")).await;
    }
    step(one, ComplaintEvent::Answer, By::Applicant, &[])?;
    level::go_on(tx, me, pack, one).await?;
    told(tx, me, one, ComplaintEvent::Answer).await?;
    arrange(tx, me, one).await
}

/// A file that they gave.
pub async fn open_file(cw: &Casework, token: &Token, file: AttachmentId) -> Result<Opened> {
    let cw = &cw.acting(&Actor::system());
    let (keys, token) = (cw.keys.clone(), token.clone());
    cw.write(async move |tx| {
        let one = of_visit(tx, &token).await?;
        let all = attachments::list(tx, &keys, one.case(), &one.subject()).await?;
        if !all.iter().any(|known| known.id == file && known.is_theirs) {
            return Err(Error::NotFound);
        }
        attachments::open(tx, &keys, &Actor::applicant(), one.case(), &one.subject(), file).await
    })
    .await
}

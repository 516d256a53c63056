//! The letters of an appeal, as they are printed and handed or sent: that it has come, that lateness was not forgiven, what the
//! officer found, the day of the hearing, what was decided with the reasons and the way further. In the household's language.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use casework::appeals::Appeal;
use casework::appeals::bundle::{self, Shown};
use domain::appeal::{Finding, IssueKind};
use domain::pack::Pack;
use domain::reference::Reference;
use leptos::prelude::*;

use super::{address, ids};
use crate::kit::{Content, Html};
use crate::pages::letter::words::Voice;
use crate::pages::letter::{Wanted, other_languages, spoken, track_address};
use crate::shell::{Answer, Failure, render};
use crate::state::{AppState, Asked, SignedIn};
use crate::words::Lang;

/// The letters that there can be, in the order in which they come.
const KINDS: [&str; 5] = ["acknowledgement", "lateness", "finding", "hearing", "outcome"];

/// Those that this appeal has by now.
pub(super) fn there(appeal: &Appeal) -> Vec<&'static str> {
    KINDS.into_iter().filter(|kind| is_there(appeal, kind)).collect()
}

fn is_there(appeal: &Appeal, kind: &str) -> bool {
    match kind {
        "acknowledgement" => true,
        "lateness" => appeal.condonation == "refused",
        "finding" => !appeal.reconsidered.is_empty(),
        "hearing" => appeal.hearing_at.is_some() && appeal.heard_at.is_none(),
        "outcome" => appeal.issued_at.is_some(),
        _ => false,
    }
}

/// `GET /appeals/{household}/{appeal}/letters/{letter}`
pub async fn get(
    State(state): State<AppState>,
    SignedIn { page, actor }: SignedIn,
    Path((household, appeal, kind)): Path<(String, String, String)>,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Answer {
    let (household, id) = ids(&household, &appeal)?;
    let shown = bundle::show(&state.casework, &actor, household, id).await?;
    let kind = KINDS.into_iter().find(|one| *one == kind).ok_or_else(Failure::not_found)?;
    if !is_there(shown.appeal(), kind) {
        return Err(Failure::not_found());
    }
    let own = Lang::parse(&shown.home.language).unwrap_or_default();
    let lang = wanted.language().unwrap_or(own);
    let track = track_address(&state, &headers);
    let voice = Voice { lang, currency: shown.pack.about.currency.clone() };
    let paper = Paper { shown: &shown, voice: &voice, track: spoken(&track), here: &state.casework };
    let title = page.t_of("appeal-letter", kind);
    let page = page.back(address(household, id));
    let languages = other_languages(&page.path, &page.t("letter-read-in"), lang);
    Ok(render(&page, &title, || {
        view! {
            <nav class="app-screen-only app-tools" aria-label=page.t("letter-tools")>
                {languages}
                <p class="govuk-hint">{page.t("letter-print-hint")}</p>
            </nav>
            {paper.write(kind)}
        }
        .into_any()
    }))
}

/// A letter being written.
pub(super) struct Paper<'a> {
    pub shown: &'a Shown,
    pub voice: &'a Voice,
    pub track: &'a str,
    pub here: &'a casework::Casework,
}

impl Paper<'_> {
    pub fn write(&self, kind: &str) -> Content {
        let Self { voice, .. } = self;
        let mut out = Html::new();
        out.tag("article")
            .class("app-letter")
            .attr("lang", voice.lang.code())
            .attr("dir", voice.lang.dir())
            .with(|out| {
                self.head(out, kind);
                self.body(out, kind);
                self.end(out);
            });
        Content::Html(out.finish())
    }

    fn pack(&self) -> &Pack {
        &self.shown.pack
    }

    fn of_pack(&self, key: &str) -> String {
        let words = &self.pack().words;
        let own = words.find(self.voice.lang.code(), key);
        own.or_else(|| words.find(&self.pack().about.default_language, key)).unwrap_or(key).to_owned()
    }

    fn day(&self, at: time::OffsetDateTime) -> String {
        self.voice.date(self.here.here(at).date())
    }

    fn head(&self, out: &mut Html, kind: &str) {
        let Self { shown, voice, .. } = self;
        let appeal = shown.appeal();
        let office = format!("office.{}", appeal.office);
        out.tag("div").class("app-letter__head").with(|out| {
            out.tag("div").with(|out| {
                out.tag("strong").text(&self.of_pack(&format!("{office}.name")));
                out.tag("div").text(&self.of_pack(&format!("{office}.address")));
            });
            out.tag("dl").class("app-letter__facts").with(|out| {
                let mut fact = |key: &str, value: &str, class: &str| {
                    out.tag("div").with(|out| {
                        out.tag("dt").text(&voice.t(key));
                        out.tag("dd").with(|out| out.tag("bdi").class(class).text(value));
                    });
                };
                fact("letter-reference", &Reference::written(&shown.home.reference), "app-reference");
                fact("letter-date", &voice.date(self.here.here(self.written(kind)).date()), "");
                fact("letter-to", &shown.home.addressee(), "");
            });
        });
        out.tag("h1").class("govuk-heading-l").text(&voice.t_of("appeal-paper-title", kind));
    }

    /// The day of the letter: when what it tells of happened.
    fn written(&self, kind: &str) -> time::OffsetDateTime {
        let appeal = self.shown.appeal();
        let at = match kind {
            "acknowledgement" => appeal.acknowledged_at,
            "finding" => appeal.reconsidered_at.or(appeal.forwarded_at),
            "outcome" => appeal.issued_at,
            _ => None,
        };
        at.unwrap_or_else(|| self.here.now())
    }

    fn say(out: &mut Html, text: &str) {
        out.tag("p").class("govuk-body").text(text);
    }

    fn body(&self, out: &mut Html, kind: &str) {
        let Self { shown, voice, .. } = self;
        let appeal = shown.appeal();
        let lodged = [("date", self.day(appeal.lodged_at).into())];
        Self::say(out, &voice.t_with("appeal-paper-lodged", &lodged));
        match kind {
            "acknowledgement" => {
                self.list(out, Paper::contested);
                Self::say(out, &voice.t("appeal-paper-looks"));
                self.by(out, "appeal_reconsider", "appeal-paper-by");
                if shown.seen.issues.iter().any(|issue| issue.stays) {
                    Self::say(out, &voice.t("appeal-paper-stays"));
                }
                Self::say(out, &voice.t("appeal-paper-silence"));
            }
            "lateness" => {
                Self::say(out, &voice.t("appeal-paper-late"));
                Self::say(out, &appeal.condonation_note);
                Self::say(out, &voice.t("appeal-paper-late-route"));
                self.by(out, "appeal_contest", "appeal-paper-route-by");
            }
            "finding" => {
                self.list(out, Paper::found);
                let is_revised = appeal.reconsidered == "revised";
                Self::say(
                    out,
                    &voice.t(if is_revised {
                        "appeal-paper-revised-route"
                    } else {
                        "appeal-paper-forwarded"
                    }),
                );
            }
            "hearing" => self.hearing(out),
            _ => self.outcome(out),
        }
    }

    /// A list with a line for each issue.
    fn list(&self, out: &mut Html, line: impl Fn(&Self, usize) -> Option<String>) {
        out.tag("ul").class("govuk-list govuk-list--bullet").with(|out| {
            for at in 0..self.shown.decisions.len() {
                if let Some(text) = line(self, at) {
                    out.tag("li").text(&text);
                }
            }
        });
    }

    fn name(&self, at: usize) -> Option<String> {
        let (issue, _, _) = self.shown.decisions.get(at)?;
        if issue.kind == IssueKind::Delay {
            return Some(self.voice.t("appeal-paper-delay"));
        }
        let programme = self.of_pack(&format!("programme.{}.name", issue.programme));
        let person = issue.person_id.and_then(|id| self.shown.home.name_of(&id.to_string()));
        Some(person.map_or_else(|| programme.clone(), |name| format!("{programme} – {name}")))
    }

    fn contested(&self, at: usize) -> Option<String> {
        let (issue, decision, _) = self.shown.decisions.get(at)?;
        let name = self.name(at)?;
        let Some(decision) = decision else { return Some(name) };
        let outcome = self.voice.t_of("outcome", decision.outcome.code());
        Some(format!("{name}: {outcome}, {}", self.day(issue.contested_at)))
    }

    fn found(&self, at: usize) -> Option<String> {
        let (issue, _, _) = self.shown.decisions.get(at)?;
        let name = self.name(at)?;
        let found = match issue.finding() {
            Some(Finding::Revised) => "revised",
            Some(Finding::Upheld) => "upheld",
            None => return Some(format!("{name}: {}", self.voice.t("appeal-paper-not-in-time"))),
        };
        let words = self.voice.t_of("appeal-found", found);
        Some(format!("{name}: {words}. {} {}", issue.finding_note, self.holds(at)).trim_end().to_owned())
    }

    /// What holds instead, and from when.
    fn holds(&self, at: usize) -> String {
        let Some((_, _, Some(new))) = self.shown.decisions.get(at) else { return String::new() };
        let outcome = self.voice.t_of("outcome", new.outcome.code());
        let amount =
            new.amount_minor.map(|minor| format!(" ({})", self.voice.money(minor))).unwrap_or_default();
        let from = new.body.overridden.as_ref().and_then(|own| own.from);
        let from = from.map(|day| self.voice.t_with("appeal-from", &[("date", self.voice.date(day).into())]));
        format!("{outcome}{amount}. {}", from.unwrap_or_default()).trim_end().to_owned()
    }

    fn hearing(&self, out: &mut Html) {
        let Self { shown, voice, .. } = self;
        let appeal = shown.appeal();
        let Some(at) = appeal.hearing_at else { return };
        let at = self.here.here(at);
        let time = crate::words::time_of_day(at.time());
        let when =
            voice.t_with("date-at-time", &[("date", voice.date(at.date()).into()), ("time", time.into())]);
        out.tag("p").class("govuk-body").with(|out| out.tag("strong").text(&when));
        Self::say(
            out,
            &format!("{}: {}", voice.t_of("appeal-how", &appeal.hearing_how), appeal.hearing_place),
        );
        self.list(out, Paper::contested);
        Self::say(out, &voice.t("appeal-paper-hearing"));
    }

    fn outcome(&self, out: &mut Html) {
        let Self { shown, voice, .. } = self;
        out.tag("ul").class("govuk-list govuk-list--bullet").with(|out| {
            for (at, (issue, _, _)) in shown.decisions.iter().enumerate() {
                let Some(name) = self.name(at) else { continue };
                let (words, why) = match issue.outcome() {
                    Some(outcome) => (voice.t_of("appeal-outcome-of", outcome.code()), &issue.outcome_note),
                    None => (voice.t_of("appeal-found", Finding::Revised.code()), &issue.finding_note),
                };
                out.tag("li").with(|out| {
                    out.tag("strong").text(&format!("{name}: {words}."));
                    out.text(" ").text(why).text(" ").text(&self.holds(at));
                });
            }
        });
        out.tag("h2").class("govuk-heading-m").text(&voice.t("appeal-paper-reasons"));
        Self::say(out, &shown.appeal().reasons);
        for note in shown.notes.iter().filter(|note| note.event == "correct") {
            Self::say(out, &format!("{}: {}", voice.t("appeal-paper-corrected"), note.body));
        }
        out.tag("h2").class("govuk-heading-m").text(&voice.t("appeal-paper-then"));
        Self::say(out, &voice.t("appeal-paper-further"));
        self.by(out, "appeal_implement", "appeal-paper-done-by");
        self.by(out, "appeal_further", "appeal-paper-route-by");
    }

    /// By when, while a clock of this kind runs.
    fn by(&self, out: &mut Html, kind: &str, key: &str) {
        let clock = self.shown.clocks.iter().find(|one| one.kind == kind && one.ended_at.is_none());
        if let Some(clock) = clock {
            Self::say(out, &self.voice.t_with(key, &[("date", self.day(clock.due_at).into())]));
        }
    }

    fn end(&self, out: &mut Html) {
        let voice = self.voice;
        out.tag("h2").class("govuk-heading-m").text(&voice.t("letter-questions"));
        Self::say(out, &voice.t("appeal-paper-free"));
        Self::say(out, &voice.t_with("appeal-paper-track", &[("address", self.track.into())]));
    }
}

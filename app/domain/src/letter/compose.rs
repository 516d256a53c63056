//! From the verdicts to the letter: what is said of each programme, filled from the pack's templates.

use std::collections::BTreeMap;

use time::Date;

use super::figures::{Figures, amount_lines, step_sentence};
use super::{
    AmountLines, Currency, Letter, Line, Missing, Objection, Office, OnList, Part, ReferralLines, Rules,
    Section, Sentence, Standing,
};
use crate::amount::Amount;
use crate::decide::{Decided, Known, Need, NeedKind, Origin, ProgrammeDecision, Reason};
use crate::definitions::{LeafDef, ProgrammeDef};
use crate::life::Note;
use crate::num::Num;
use crate::pack::Pack;
use crate::value::Truth;
use crate::verdict::{Effect, Verdict};

/// What a letter is written from.
#[derive(Clone, Debug)]
pub struct Matter<'a> {
    /// The pack it was decided under.
    pub pack: &'a Pack,
    /// The language it is written in.
    pub language: &'a str,
    /// What the rules said.
    pub decided: &'a Decided,
    /// What became of each programme's part, by programme and member.
    pub outcomes: &'a BTreeMap<(String, Option<String>), Told>,
    /// The names of the members, by the ids that decisions use.
    pub names: &'a BTreeMap<String, String>,
    /// The public reference, as it is printed.
    pub reference: String,
    /// The head's name.
    pub addressee: String,
    /// The office it comes from, by its code.
    pub office: &'a str,
    /// The day it is issued.
    pub issued_on: Date,
    /// The last day to appeal.
    pub appeal_until: Date,
    /// The day by which what is missing should come.
    pub bring_by: Option<Date>,
    /// The receipt's hash, in hex.
    pub receipt: &'a str,
}

/// What became of a programme's part beyond what the rules said.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The standing, where it is not the one of the verdict.
    pub standing: Option<Standing>,
    /// How much a person decided, in minor units, and for which period.
    pub amount: Option<(i64, String)>,
    /// Where the person is sent: the service, and the place if there is one.
    pub sent: Option<Sent>,
    /// Why a person decided otherwise than the rules.
    pub decided_by_person: Option<String>,
    /// The place on the list, if there is one; its area by its code.
    pub on_list: Option<OnList>,
    /// What is told of the award's life.
    pub life: Vec<Note>,
    /// Whether it was decided because of what happened after the award, and not by the rules of entry.
    pub after_entry: bool,
}

/// Where a person is sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The service's code.
    pub service: String,
    /// The place's code.
    pub place: Option<String>,
    /// Whether a consent is missing before anybody is told.
    pub awaits_consent: bool,
}

/// The standing that a verdict has by itself.
pub fn standing(verdict: Verdict) -> Standing {
    match verdict {
        Verdict::Yes => Standing::Award,
        Verdict::No => Standing::NotEligible,
        Verdict::Waiting => Standing::Waiting,
        Verdict::NeedsInformation => Standing::Needs,
        Verdict::Fault => Standing::BeingLookedAt,
    }
}

/// Writes the letter.
pub fn compose(matter: &Matter<'_>) -> Letter {
    let writer = Writer { matter, figures: Figures { pack: matter.pack, language: matter.language } };
    let mut sections: Vec<Section> = Vec::new();
    for decision in &matter.decided.programmes {
        let Some(def) = matter.pack.programme(&decision.programme) else { continue };
        let line = writer.line(def, decision);
        match sections.iter_mut().find(|section| section.programme == def.id) {
            Some(section) => section.lines.push(line),
            None => sections.push(writer.section(def, line)),
        }
    }
    for section in &mut sections {
        section.lines.sort_by_key(|line| line.standing);
        writer.finish(section);
    }
    sections.sort_by_key(|section| section.lines.iter().map(|line| line.standing).min());
    let about = &matter.pack.about;
    Letter {
        language: matter.language.to_owned(),
        reference: matter.reference.clone(),
        addressee: matter.addressee.clone(),
        office: office(matter.pack, matter.language, matter.office),
        issued_on: matter.issued_on,
        as_of: matter.decided.as_of,
        currency: Currency { code: about.currency.code.clone(), minor_digits: about.currency.minor_digits },
        missing: missing(matter.pack, matter.language, matter.names, matter.decided, &sections),
        together: writer.together(&sections),
        sections,
        objection: Objection {
            until: matter.appeal_until,
            days: u32::from(about.law.appeal.term.count()),
            source: about.law.appeal.source.clone(),
            bring_by: matter.bring_by,
        },
        rules: Rules {
            pack: format!("{} {}", about.id, about.version),
            receipt: matter.receipt.chars().take(12).collect(),
        },
    }
}

/// What the letter says of one part of the decisions; `None` for a programme that the pack does not have.
pub fn line(matter: &Matter<'_>, decision: &ProgrammeDecision) -> Option<Line> {
    let writer = Writer { matter, figures: Figures { pack: matter.pack, language: matter.language } };
    Some(writer.line(matter.pack.programme(&decision.programme)?, decision))
}

/// An office as papers name it; an office the pack does not have by its code.
pub fn office(pack: &Pack, language: &str, code: &str) -> Office {
    let words = |part: &str| pack.words.find(language, &format!("office.{code}.{part}")).map(str::to_owned);
    Office {
        name: words("name").unwrap_or_else(|| code.to_owned()),
        address: words("address"),
        opening: words("opening"),
        phone: pack.office(code).and_then(|office| office.phone.clone()),
    }
}

/// What a rule read or compared with, as people read it; nothing when it is not known, or is a plain yes or no.
pub fn figure(
    pack: &Pack,
    language: &str,
    known: &Known,
    fact: Option<&str>,
    leaf: Option<&LeafDef>,
) -> Option<Sentence> {
    Figures { pack, language }.known(known, fact, leaf).map(Sentence)
}

/// Everything that is missing, each thing of each person once, with the programmes that wait for it.
pub fn missing(
    pack: &Pack,
    language: &str,
    names: &BTreeMap<String, String>,
    decided: &Decided,
    sections: &[Section],
) -> Vec<Missing> {
    let mut all: Vec<Missing> = Vec::new();
    for decision in &decided.programmes {
        let section = sections.iter().find(|section| section.programme == decision.programme);
        let is_told =
            section.is_some_and(|section| section.lines.iter().any(|line| line.standing == Standing::Needs));
        for need in decision.needs.iter().filter(|_| is_told) {
            let what = need_words(pack, language, need);
            let person = need.member.as_ref().and_then(|id| names.get(id)).cloned();
            let programme = section.map(|section| section.name.clone()).unwrap_or_default();
            match all.iter_mut().find(|one| one.what == what && one.person == person) {
                Some(one) if one.programmes.contains(&programme) => {}
                Some(one) => one.programmes.push(programme),
                None => all.push(Missing { what, person, programmes: vec![programme] }),
            }
        }
    }
    all
}

/// What is missing, as a noun phrase of the pack's words.
pub fn need_words(pack: &Pack, language: &str, need: &Need) -> String {
    let key = match need.what {
        NeedKind::Document => format!("document.{}", need.id),
        NeedKind::Choice => format!("link.{}.question", need.id.trim_start_matches("choice_")),
        NeedKind::Question => format!("question.{}.short", need.id),
        NeedKind::Members => "question.relation.short".to_owned(),
    };
    pack.words.text(language, &key).to_owned()
}

struct Writer<'m> {
    matter: &'m Matter<'m>,
    figures: Figures<'m>,
}

impl Writer<'_> {
    fn words(&self, key: &str) -> Option<String> {
        self.matter.pack.words.find(self.matter.language, key).map(str::to_owned)
    }

    fn name_of(&self, programme: &str) -> String {
        let service = || self.words(&format!("service.{programme}.name"));
        self.words(&format!("programme.{programme}.name"))
            .or_else(service)
            .unwrap_or_else(|| programme.to_owned())
    }

    fn section(&self, def: &ProgrammeDef, line: Line) -> Section {
        let agency = self.matter.pack.agency(&def.agency);
        Section {
            programme: def.id.clone(),
            name: self.name_of(&def.id),
            about: self.words(&format!("programme.{}.about", def.id)),
            agency: self.words(&format!("agency.{}.name", def.agency)).unwrap_or_else(|| def.agency.clone()),
            agency_phone: agency.and_then(|agency| agency.phone.clone()),
            legal_basis: def.legal_basis.clone(),
            when: None,
            place: None,
            conditions: Vec::new(),
            lines: vec![line],
        }
    }

    /// When, where and on which conditions: only where somebody gets it or waits for it.
    fn finish(&self, section: &mut Section) {
        let has = |standing| section.lines.iter().any(|line| line.standing == standing);
        let given = has(Standing::Award);
        let waited_for = [Standing::Waiting, Standing::Offered, Standing::Held].into_iter().any(has);
        let key = format!("programme.{}", section.programme);
        if given {
            section.when = self.words(&format!("{key}.when"));
            section.place = self.words(&format!("{key}.where"));
        }
        if given || waited_for {
            let def = self.matter.pack.programme(&section.programme);
            let conditions = def.into_iter().flat_map(|def| &def.conditions);
            section.conditions =
                conditions.filter_map(|one| self.words(&format!("{key}.condition.{}", one.id))).collect();
        }
    }

    fn line(&self, def: &ProgrammeDef, decision: &ProgrammeDecision) -> Line {
        let key = (decision.programme.clone(), decision.member.clone());
        let told = self.matter.outcomes.get(&key).cloned().unwrap_or_default();
        let by_rules = standing(decision.verdict);
        let standing = told.standing.unwrap_or(by_rules);
        // Where a person decided otherwise, the rules' reasons speak against what is decided.
        let overridden = told.decided_by_person.is_some() || told.after_entry;
        let promised = matches!(
            standing,
            Standing::Award | Standing::Held | Standing::Suspended | Standing::Offered | Standing::Waiting
        );
        let by_person =
            told.amount.map(|(minor, period)| AmountLines { minor, period, times: None, steps: Vec::new() });
        let by_rules_amount = decision.amount.as_ref();
        Line {
            person: decision.member.as_ref().map(|id| self.matter.names.get(id).unwrap_or(id).clone()),
            standing,
            amount: by_person
                .or_else(|| by_rules_amount.map(|amount| self.amount(def, amount)))
                .filter(|_| promised),
            nothing_left: !overridden
                && decision.reasons.iter().any(|reason| reason.origin == Origin::Amount),
            reasons: if overridden { Vec::new() } else { self.reasons(def, decision, by_rules) },
            needs: decision.needs.iter().map(|need| self.need(need)).collect(),
            referral: told.sent.as_ref().map(|sent| self.referral(sent)),
            decided_by_person: told.decided_by_person,
            on_list: told.on_list.map(|on| OnList { area: on.area.map(|code| self.area(&code)), ..on }),
            life: told
                .life
                .into_iter()
                .map(|note| note.worded(|key| self.words(&format!("programme.{}.{key}", def.id))))
                .collect(),
        }
    }

    fn area(&self, code: &str) -> String {
        self.matter.pack.area_name(self.matter.language, code).to_owned()
    }

    fn need(&self, need: &Need) -> String {
        need_words(self.matter.pack, self.matter.language, need)
    }

    fn amount(&self, def: &ProgrammeDef, amount: &Amount) -> AmountLines {
        amount_lines(amount, self.matter.pack.about.currency.minor_digits, |step| {
            let template = self
                .words(&format!("programme.{}.step.{}", def.id, step.id))
                .or_else(|| self.words(&format!("link.{}", step.id)))
                .or_else(|| self.words(&format!("cap.{}", step.id)))?;
            Some(step_sentence(&template, step, &self.figures))
        })
    }

    /// The sentences the verdict rests on, each once.
    fn reasons(&self, def: &ProgrammeDef, decision: &ProgrammeDecision, standing: Standing) -> Vec<Sentence> {
        let (wanted, form) = match standing {
            Standing::Award | Standing::Held | Standing::Offered | Standing::Waiting => (Truth::True, "yes"),
            Standing::NotEligible => (Truth::False, "no"),
            Standing::Needs => (Truth::Unknown, "needs"),
            Standing::BeingLookedAt | Standing::NotTaken | Standing::Suspended | Standing::Ended => {
                return Vec::new();
            }
        };
        let mut sentences: Vec<Sentence> = Vec::new();
        for reason in decision.reasons.iter().filter(|reason| reason.decisive && reason.met == wanted) {
            let sentence = match reason.origin {
                Origin::Rule => self.rule(def, decision, reason, form),
                Origin::Link => self.link(&reason.leaf, None),
                Origin::Cap => self.cap(&reason.leaf),
                Origin::Amount => None,
            };
            sentences.extend(sentence.filter(|one| !one.is_empty() && !sentences.contains(one)));
        }
        sentences
    }

    fn rule(
        &self,
        def: &ProgrammeDef,
        decision: &ProgrammeDecision,
        reason: &Reason,
        form: &str,
    ) -> Option<Sentence> {
        let key = format!("programme.{}.reason.{}", def.id, reason.reason);
        let template = self.words(&format!("{key}.{form}"))?;
        let leaf = def.eligible.leaves().into_iter().find(|leaf| leaf.id == reason.leaf);
        Some(Sentence::fill(&template, |name| match name {
            "value" => self.figures.known(&reason.value, reason.fact.as_deref(), leaf),
            "limit" => self.figures.known(&reason.limit, reason.fact.as_deref(), leaf),
            "source" => reason.source.clone().map(|source| vec![Part::Apart(source)]),
            "what_to_do" => Some(vec![Part::Text(self.what_to_do(&key, decision))]),
            _ => None,
        }))
    }

    /// The pack's advice for this reason, else a list of what is missing.
    fn what_to_do(&self, key: &str, decision: &ProgrammeDecision) -> String {
        self.words(&format!("{key}.what_to_do")).unwrap_or_else(|| {
            let mut needs: Vec<String> = Vec::new();
            for need in &decision.needs {
                let words = self.need(need);
                if !needs.contains(&words) {
                    needs.push(words);
                }
            }
            needs.join(", ")
        })
    }

    fn link(&self, id: &str, amount: Option<Num>) -> Option<Sentence> {
        let template = self.words(&format!("link.{id}"))?;
        let def = self.matter.pack.definitions().links.iter().find(|link| link.id == id)?;
        Some(Sentence::fill(&template, |name| match name {
            "from" => Some(vec![Part::Text(self.name_of(&def.from))]),
            "to" => Some(vec![Part::Text(self.name_of(&def.to))]),
            "amount" => amount.map(|amount| vec![self.figures.money(amount)]),
            _ => None,
        }))
    }

    fn cap(&self, id: &str) -> Option<Sentence> {
        let template = self.words(&format!("cap.{id}"))?;
        let applied = self.matter.decided.household_cap.iter().find(|cap| cap.cap == id);
        Some(Sentence::fill(&template, |name| match name {
            "limit" => applied?.limit.map(|limit| vec![self.figures.money(limit)]),
            "amount" => {
                let cut = applied?.before.sub(applied?.after).ok()?;
                Some(vec![self.figures.money(cut)])
            }
            _ => None,
        }))
    }

    /// What programmes did to one another, each sentence once; what is a line's own reason is not said again.
    fn together(&self, sections: &[Section]) -> Vec<Sentence> {
        let is_said = |one: &Sentence| {
            sections.iter().flat_map(|section| &section.lines).any(|line| line.reasons.contains(one))
        };
        let mut sentences: Vec<Sentence> = Vec::new();
        for applied in &self.matter.decided.links_applied {
            let amount = match applied.effect {
                Effect::CountedAsIncome(amount) | Effect::Offset(amount) => Some(amount),
                Effect::Opened
                | Effect::Excluded
                | Effect::Boosted(_)
                | Effect::Referred
                | Effect::EndsWith => None,
                // These are the line's own reasons.
                Effect::RequirementMissing | Effect::RequirementWaiting | Effect::Undecided => continue,
            };
            let sentence = self.link(&applied.link, amount);
            sentences.extend(sentence.filter(|one| !sentences.contains(one) && !is_said(one)));
        }
        for cap in self.matter.decided.household_cap.iter().filter(|cap| !cap.cuts.is_empty()) {
            sentences.extend(self.cap(&cap.cap));
        }
        sentences
    }

    fn referral(&self, sent: &Sent) -> ReferralLines {
        let pack = self.matter.pack;
        let place = sent.place.as_deref().and_then(|code| pack.directory.place(code));
        let provider = place.and_then(|place| pack.directory.provider(&place.provider));
        let hours = |code: &str| self.words(&format!("place.{code}.hours"));
        let bring = place.into_iter().flat_map(|place| &place.documents);
        ReferralLines {
            service: self
                .words(&format!("service.{}.name", sent.service))
                .unwrap_or_else(|| sent.service.clone()),
            provider: provider.map(|provider| {
                let own = || provider.name.clone();
                self.words(&format!("provider.{}.name", provider.code))
                    .or_else(own)
                    .unwrap_or_else(|| provider.code.clone())
            }),
            address: place.and_then(|place| self.words(&format!("place.{}.address", place.code))),
            phone: provider.and_then(|provider| provider.phone.clone()),
            hours: place.and_then(|place| place.hours.clone().or_else(|| hours(&place.code))),
            awaits_consent: sent.awaits_consent,
            bring: bring.filter_map(|id| self.words(&format!("document.{id}"))).collect(),
        }
    }
}

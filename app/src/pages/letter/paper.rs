//! The letter as it is read: first the answers in a table, then every programme under its answer (yes, waiting, we need,
//! not decided, no) with reasons, figures and what to do, then what is missing, how to object, and where to ask.

use domain::country::Currency;
use domain::letter::{AmountLines, Letter, Line, Missing, ReferralLines, Section, Standing};

use super::words::{Voice, apart, lines, listed};
use crate::kit::{Cell, Content, Html, Row, SummaryList, Table};
use crate::words::{Arg, Lang};

/// The id of the list of what is missing, for links into the letter.
pub const MISSING: &str = "missing";

/// The letter; `address` is where the applicant's page is, as one types it.
pub fn paper(letter: &Letter, address: &str) -> Content {
    let lang = Lang::parse(&letter.language).unwrap_or_default();
    let currency =
        Currency { code: letter.currency.code.clone(), minor_digits: letter.currency.minor_digits };
    let writer = Writer { letter, voice: Voice { lang, currency }, address };
    let mut out = Html::new();
    out.tag("article").class("app-letter").attr("lang", lang.code()).attr("dir", lang.dir()).with(|out| {
        writer.head(out);
        writer.summary(out);
        for standing in Standing::ALL {
            writer.group(out, *standing);
        }
        writer.missing(out);
        writer.together(out);
        writer.objection(out);
        writer.questions(out);
    });
    Content::Html(out.finish())
}

/// Lines of one programme that say the same, for several people.
struct Block<'l> {
    line: &'l Line,
    people: Vec<&'l str>,
}

/// The lines of a section with this standing, the same ones together.
fn blocks(section: &Section, standing: Standing) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for line in section.lines.iter().filter(|line| line.standing == standing) {
        let same = blocks.iter_mut().find(|block| {
            let other = Line { person: line.person.clone(), ..block.line.clone() };
            other == *line
        });
        match same {
            Some(block) => block.people.extend(line.person.as_deref()),
            None => blocks.push(Block { line, people: line.person.as_deref().into_iter().collect() }),
        }
    }
    blocks
}

struct Writer<'l> {
    letter: &'l Letter,
    voice: Voice,
    address: &'l str,
}

impl Writer<'_> {
    fn heading(&self, out: &mut Html, key: &str) {
        out.tag("h2").class("govuk-heading-m").text(&self.voice.t(key));
    }

    fn body(out: &mut Html, text: &str) {
        out.tag("p").class("govuk-body").text(text);
    }

    fn head(&self, out: &mut Html) {
        let Self { letter, voice, .. } = self;
        out.tag("div").class("app-letter__head").with(|out| {
            out.tag("div").with(|out| {
                out.tag("strong").text(&letter.office.name);
                let office = &letter.office;
                for line in [&office.address, &office.opening].into_iter().flatten() {
                    out.tag("div").text(line);
                }
                if let Some(phone) = &office.phone {
                    out.tag("div").content(&apart(phone));
                }
            });
            out.tag("dl").class("app-letter__facts").with(|out| {
                let mut fact = |key: &str, value: &str, class: &str| {
                    out.tag("div").with(|out| {
                        out.tag("dt").text(&voice.t(key));
                        out.tag("dd").with(|out| out.tag("bdi").class(class).text(value));
                    });
                };
                fact("letter-reference", &letter.reference, "app-reference");
                fact("letter-date", &voice.date(letter.issued_on), "");
                fact("letter-to", &letter.addressee, "");
            });
        });
        out.tag("h1").class("govuk-heading-l").text(&voice.t("letter-title"));
        Self::body(out, &voice.t_with("letter-lead", &[("date", voice.date(letter.as_of).into())]));
    }

    /// Every programme with its answer, before the reasons.
    fn summary(&self, out: &mut Html) {
        let voice = &self.voice;
        let mut table = Table::new(voice.t("letter-summary"))
            .head([voice.t("letter-summary-programme"), voice.t("letter-summary-answer")])
            .row_heads();
        "govuk-table__caption--m".clone_into(&mut table.caption_classes);
        "app-letter__summary".clone_into(&mut table.classes);
        for standing in Standing::ALL {
            for section in &self.letter.sections {
                for block in blocks(section, *standing) {
                    let mut name = Html::new();
                    name.text(&section.name);
                    if !block.people.is_empty() {
                        name.tag("div").class("app-letter__for").with(|out| {
                            out.text(&voice.t("letter-for")).text(&voice.t("colon"));
                            out.text(&voice.names(&block.people));
                        });
                    }
                    let mut answer = Html::new();
                    answer.tag("strong").text(&voice.t_of("letter-answer", standing.code()));
                    if let Some(amount) = &block.line.amount {
                        answer.tag("div").text(&voice.amount(amount));
                    }
                    table = table.row([
                        Cell::new(Content::Html(name.finish())),
                        Cell::new(Content::Html(answer.finish())),
                    ]);
                }
            }
        }
        out.component(&table);
    }

    fn group(&self, out: &mut Html, standing: Standing) {
        let sections: Vec<&Section> = self
            .letter
            .sections
            .iter()
            .filter(|section| section.lines.iter().any(|line| line.standing == standing))
            .collect();
        if sections.is_empty() {
            return;
        }
        out.tag("section").class("app-letter__group").with(|out| {
            let code = standing.code();
            out.tag("h2").class("govuk-heading-m").text(&self.voice.t_of("letter-group", code));
            Self::body(out, &self.voice.t_of("letter-group", &format!("{code}-text")));
            for section in sections {
                self.programme(out, section, standing);
            }
        });
    }

    fn programme(&self, out: &mut Html, section: &Section, standing: Standing) {
        out.tag("div")
            .class("app-letter__programme")
            .class(&format!("app-letter__programme--{}", standing.code()))
            .with(|out| {
                out.tag("h3").class("govuk-heading-s").text(&section.name);
                let is_first = section.lines.iter().map(|line| line.standing).min() == Some(standing);
                if let Some(about) = section.about.as_deref().filter(|_| is_first) {
                    Self::body(out, about);
                }
                let blocks = blocks(section, standing);
                if standing == Standing::NotEligible {
                    self.refusal(out, section, &blocks);
                    return;
                }
                let final_place = blocks.len().saturating_sub(1);
                for (place, block) in blocks.iter().enumerate() {
                    let mut list = SummaryList {
                        classes: "govuk-summary-list--no-border app-letter__rows".into(),
                        ..SummaryList::default()
                    };
                    self.block(&mut list.rows, block);
                    if place == final_place {
                        self.programme_rows(&mut list.rows, section, standing);
                    }
                    out.component(&list);
                }
            });
    }

    /// A no needs no table: the reasons, then who decided by which law.
    fn refusal(&self, out: &mut Html, section: &Section, blocks: &[Block<'_>]) {
        let voice = &self.voice;
        for block in blocks {
            if !block.people.is_empty() {
                out.tag("p").class("govuk-body app-letter__whose").with(|out| {
                    out.text(&voice.t("letter-for")).text(&voice.t("colon"));
                    out.text(&voice.names(&block.people));
                });
            }
            out.tag("ul").class("govuk-list govuk-list--bullet app-letter__list").with(|out| {
                for reason in self.reasons(block.line) {
                    out.tag("li").content(&reason);
                }
                for said in block.line.life.iter().flat_map(|note| voice.life(note)) {
                    out.tag("li").text(&said);
                }
            });
        }
        out.tag("p").class("govuk-body-s").with(|out| {
            let colon = voice.t("colon");
            out.text(&voice.t("letter-agency-decides")).text(&colon).text(&self.agency(section)).text(". ");
            out.text(&voice.t("letter-law")).text(&colon).content(&apart(&section.legal_basis));
        });
    }

    /// Why, in sentences.
    fn reasons(&self, line: &Line) -> Vec<Content> {
        let voice = &self.voice;
        let mut reasons: Vec<Content> = line.reasons.iter().map(|reason| voice.sentence(reason)).collect();
        if line.nothing_left {
            reasons.push(voice.t("letter-nothing-left").into());
        }
        if let Some(reason) = &line.decided_by_person {
            let args = [("reason", reason.as_str().into())];
            reasons.push(voice.t_with("letter-by-person-text", &args).into());
        }
        reasons
    }

    /// Who gives or decides, with the number to call.
    fn agency(&self, section: &Section) -> String {
        match &section.agency_phone {
            Some(phone) => {
                let args: [(&'static str, Arg<'_>); 2] =
                    [("agency", section.agency.as_str().into()), ("phone", phone.as_str().into())];
                self.voice.t_with("letter-agency-phone", &args)
            }
            None => section.agency.clone(),
        }
    }

    fn row(&self, rows: &mut Vec<Row>, key: &str, value: impl Into<Content>) {
        let value = value.into();
        if !value.is_empty() {
            rows.push(Row { key: self.voice.t(key).into(), value, ..Row::default() });
        }
    }

    /// What is said of one or several people alike.
    fn block(&self, rows: &mut Vec<Row>, block: &Block<'_>) {
        let (voice, line) = (&self.voice, block.line);
        if !block.people.is_empty() {
            self.row(rows, "letter-for", voice.names(&block.people));
        }
        if let Some(amount) = &line.amount {
            let mut text = Html::new();
            text.tag("strong").text(&voice.amount(amount));
            self.row(rows, "letter-amount", Content::Html(text.finish()));
            self.row(rows, "letter-steps", self.steps(amount));
        }
        self.row(rows, "letter-why", listed(&self.reasons(line)));
        if let Some(on) = &line.on_list {
            let said: Vec<Content> = voice.on_list(on).iter().map(Content::from).collect();
            let key =
                if line.standing == Standing::Offered { "letter-list-offer" } else { "letter-list-place" };
            self.row(rows, key, lines(&said));
        }
        let told: Vec<Content> =
            line.life.iter().flat_map(|note| voice.life(note)).map(Content::from).collect();
        self.row(rows, "letter-life", lines(&told));
        if line.standing == Standing::Needs {
            let needs: Vec<Content> = line.needs.iter().map(Content::from).collect();
            self.row(rows, "letter-needs", listed(&needs));
        }
        if let Some(referral) = &line.referral {
            self.row(rows, "letter-referral", self.referral(referral));
        }
    }

    /// How an amount came about, where more than one thing happened to it.
    fn steps(&self, amount: &AmountLines) -> Content {
        let voice = &self.voice;
        let mut told: Vec<Content> = Vec::new();
        let mut before = 0;
        for step in &amount.steps {
            // A step that changed nothing says nothing.
            let change = step.minor - before;
            if change == 0 {
                continue;
            }
            let label = match &step.label {
                Some(label) => voice.sentence(label),
                None => voice.t_of("letter-step", &step.kind).into(),
            };
            let mut text = Html::new();
            text.content(&label).text(&voice.t("colon"));
            if told.is_empty() {
                text.tag("bdi").class("app-nowrap").text(&voice.money(step.minor));
            } else {
                let sign = if change > 0 { "+" } else { "" };
                let change = format!("{sign}{}", voice.money(change));
                let args = [("change", change.into()), ("amount", voice.money(step.minor).into())];
                text.text(&voice.t_with("letter-step-makes", &args));
            }
            told.push(Content::Html(text.finish()));
            before = step.minor;
        }
        if told.len() < 2 { Content::default() } else { listed(&told) }
    }

    fn referral(&self, referral: &ReferralLines) -> Content {
        let voice = &self.voice;
        let mut told: Vec<Content> = vec![Content::from(&referral.service)];
        match &referral.provider {
            None => told.push(voice.t("letter-referral-none").into()),
            Some(provider) => {
                told.push(provider.into());
                told.extend([&referral.address, &referral.hours].into_iter().flatten().map(Content::from));
                if let Some(phone) = &referral.phone {
                    told.push(
                        voice.t_with("letter-referral-phone", &[("phone", phone.as_str().into())]).into(),
                    );
                }
                if !referral.bring.is_empty() {
                    let papers: Vec<&str> = referral.bring.iter().map(String::as_str).collect();
                    let papers = voice.names(&papers);
                    told.push(voice.t_with("letter-referral-bring", &[("papers", papers.into())]).into());
                }
                let consent = if referral.awaits_consent {
                    voice.t("letter-referral-consent")
                } else {
                    voice.t("letter-referral-told")
                };
                told.push(consent.into());
            }
        }
        lines(&told)
    }

    /// What is said once for a programme.
    fn programme_rows(&self, rows: &mut Vec<Row>, section: &Section, standing: Standing) {
        let given = standing == Standing::Award;
        if given {
            self.row(rows, "letter-when", section.when.clone().unwrap_or_default());
            self.row(rows, "letter-where", section.place.clone().unwrap_or_default());
        }
        if given
            || matches!(
                standing,
                Standing::Held | Standing::Suspended | Standing::Offered | Standing::Waiting
            )
        {
            let conditions: Vec<Content> = section.conditions.iter().map(Content::from).collect();
            self.row(rows, "letter-conditions", listed(&conditions));
        }
        self.row(rows, if given { "letter-agency" } else { "letter-agency-decides" }, self.agency(section));
        self.row(rows, "letter-law", apart(&section.legal_basis));
    }

    fn missing(&self, out: &mut Html) {
        if self.letter.missing.is_empty() {
            return;
        }
        let voice = &self.voice;
        out.tag("section").attr("id", MISSING).with(|out| {
            self.heading(out, "letter-missing");
            match self.letter.objection.bring_by {
                Some(date) => {
                    let date = voice.date(date);
                    Self::body(out, &voice.t_with("letter-missing-by", &[("date", date.into())]));
                }
                None => Self::body(out, &voice.t("letter-missing-text")),
            }
            out.tag("ul").class("govuk-list govuk-list--bullet").with(|out| {
                for one in &self.letter.missing {
                    out.tag("li").with(|out| {
                        out.tag("strong").text(&whose(voice, one));
                        let programmes: Vec<&str> = one.programmes.iter().map(String::as_str).collect();
                        let programmes = voice.names(&programmes);
                        out.text(" – ");
                        out.text(
                            &voice.t_with("letter-missing-programmes", &[("programmes", programmes.into())]),
                        );
                    });
                }
            });
        });
    }

    fn together(&self, out: &mut Html) {
        if self.letter.together.is_empty() {
            return;
        }
        self.heading(out, "letter-together");
        out.tag("ul").class("govuk-list govuk-list--bullet").with(|out| {
            for sentence in &self.letter.together {
                out.tag("li").content(&self.voice.sentence(sentence));
            }
        });
    }

    fn objection(&self, out: &mut Html) {
        let (voice, objection) = (&self.voice, &self.letter.objection);
        out.tag("section").class("app-letter__object").with(|out| {
            self.heading(out, "letter-object");
            out.tag("p").class("govuk-body").with(|out| {
                let date = voice.date(objection.until);
                out.tag("strong").text(&voice.t_with("letter-object-until", &[("date", date.into())]));
                let days = [("days", objection.days.into()), ("source", objection.source.as_str().into())];
                out.text(" ").text(&voice.t_with("letter-object-days", &days));
            });
            Self::body(out, &voice.t("letter-object-how"));
            let last = format!("{} {}", voice.t("letter-object-who"), voice.t("letter-object-free"));
            Self::body(out, &last);
        });
    }

    fn questions(&self, out: &mut Html) {
        let (voice, letter) = (&self.voice, self.letter);
        self.heading(out, "letter-questions");
        let office = &letter.office;
        let mut ask = voice.t_with("letter-questions-office", &[("office", office.name.as_str().into())]);
        if let Some(phone) = &office.phone {
            ask.push(' ');
            ask.push_str(&voice.t_with("letter-questions-phone", &[("phone", phone.as_str().into())]));
        }
        Self::body(out, &ask);
        Self::body(out, &voice.t_with("letter-questions-track", &[("address", self.address.into())]));
        let rules: [(&'static str, Arg<'_>); 2] =
            [("pack", letter.rules.pack.as_str().into()), ("receipt", letter.rules.receipt.as_str().into())];
        out.tag("p").class("govuk-body-s").text(&voice.t_with("letter-rules", &rules));
    }
}

/// What is missing, and whose it is.
pub fn whose(voice: &Voice, missing: &Missing) -> String {
    match &missing.person {
        None => missing.what.clone(),
        Some(person) => {
            let args = [("what", missing.what.as_str().into()), ("person", person.as_str().into())];
            voice.t_with("letter-missing-for", &args)
        }
    }
}

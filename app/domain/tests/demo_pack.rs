//! The demo pack: it loads without a fault, and its form asks what its rules need.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what cannot fail in a test fails the test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::OnceLock,
};

use domain::{
    answers::{Answer, Answers, MemberAnswers},
    decide::NeedKind,
    form::{Kind, PageRef, Progress, Question, RawAnswer},
    num::Num,
    pack::Pack,
    value::{Truth, Value},
};
use time::{Date, Duration, macros::date};

const TODAY: Date = date!(2026 - 11 - 22);

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else if entry.path().extension().is_some_and(|extension| extension == "toml") {
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

fn pack() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| {
        let mut files = BTreeMap::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/packs/demo"), "", &mut files);
        Pack::load(&files).unwrap_or_else(|faults| {
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            panic!("{} faults\n{}", told.len(), told.join("\n"))
        })
    })
}

/// Numbers that look thrown, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }

    fn answer(&mut self, question: &Question) -> Value {
        let options: Vec<String> =
            pack().form.choices_of(question).map(|list| list.options.clone()).unwrap_or_default();
        match question.kind {
            Kind::Bool => Value::Bool(self.below(2) == 1),
            Kind::Integer | Kind::Decimal | Kind::Money => {
                Value::Num(Num::ratio(i64::try_from(self.below(8)).unwrap(), 1).unwrap())
            }
            Kind::Text => Value::Text("text".into()),
            Kind::Place => Value::Text(pack().areas.leaves().next().unwrap().code.clone()),
            Kind::Date => Value::Date(TODAY - Duration::days(i64::try_from(self.below(4000)).unwrap())),
            Kind::SelectOne => Value::Choice(options[self.below(options.len())].clone()),
            Kind::SelectMany => Value::Many(BTreeSet::from([options[self.below(options.len())].clone()])),
            Kind::Note | Kind::Calc => unreachable!("nobody answers these"),
        }
    }

    fn family(&mut self) -> Answers {
        let areas: Vec<&str> = pack().areas.leaves().map(|area| area.code.as_str()).collect();
        let area = areas[self.below(areas.len())].to_owned();
        let household = BTreeMap::from([("area".to_owned(), Answer::Value(Value::Text(area)))]);
        let members = (0..=self.below(7)).map(|at| {
            let days = if at == 0 { 6000 + self.below(25_000) } else { self.below(30_000) };
            let born = TODAY - Duration::days(i64::try_from(days).unwrap());
            let sex = ["male", "female"][self.below(2)];
            let relation = if at == 0 { "head" } else { ["spouse", "child", "parent"][self.below(3)] };
            let answers = [
                ("birth_date", Value::Date(born)),
                ("sex", Value::Choice(sex.into())),
                ("relation", Value::Choice(relation.into())),
            ];
            let answers = answers.map(|(id, value)| (id.to_owned(), Answer::Value(value))).into();
            MemberAnswers { id: format!("m{at}"), answers }
        });
        Answers { household, members: members.collect() }
    }
}

fn put(answers: &mut Answers, member: Option<&str>, question: &str, answer: Answer) {
    let answered = match member {
        None => &mut answers.household,
        Some(id) => &mut answers.members.iter_mut().find(|member| member.id == id).unwrap().answers,
    };
    answered.insert(question.to_owned(), answer);
}

/// What comes out as registered: setting and province follow from the area.
fn registered(mut answers: Answers) -> Answers {
    if let Some(Answer::Value(Value::Text(area))) = answers.household.get("area").cloned() {
        let setting = pack().areas.setting(&area).unwrap().id();
        let province = pack().areas.province(&area).unwrap();
        for (id, text) in [("setting", setting), ("province", province)] {
            answers.household.insert(id.into(), Answer::Value(Value::Choice(text.into())));
        }
    }
    answers
}

#[test]
fn it_has_no_fault() {
    let pack = pack();
    assert!(pack.definitions().programmes.len() >= 12);
    assert!(pack.form.questions.iter().filter(|question| question.is_asked()).count() >= 80);
    assert_eq!(pack.words.languages().collect::<Vec<_>>(), ["ar", "en", "fr"]);
}

#[test]
fn every_page_can_be_made_and_shows_what_the_form_asks() {
    let mut dice = Dice(1);
    for _ in 0..15 {
        let mut answers = registered(dice.family());
        let mut after: Option<PageRef> = None;
        loop {
            let situation = pack().situation(&answers, TODAY);
            let progress = Progress { form: &pack().form, situation: &situation, needed: None };
            let Some(page) = progress.next_page(after.as_ref()) else { break };
            let logic = pack().page_logic(&situation, &page, TODAY).unwrap();
            let group = pack().form.group(&page.group).unwrap();
            let typed =
                pack().form.questions_of(group).filter(|question| question.is_asked()).map(|question| {
                    (question.id.clone(), RawAnswer::from_answer(&Answer::Value(dice.answer(question))))
                });
            let state = logic.check(&typed.collect(), |code| pack().areas.is_leaf(code));
            for (id, answer) in state.answers {
                if let Some(answer) = answer {
                    put(&mut answers, page.member.as_deref(), &id, answer);
                }
            }
            let after_saving = pack().situation(&answers, TODAY);
            let asked = pack().form.questions_of(group);
            let asked = asked.filter(|question| after_saving.is_asked(&question.id, page.member.as_deref()));
            assert_eq!(
                state.shown,
                asked.map(|question| question.id.clone()).collect::<Vec<_>>(),
                "{page:?}"
            );
            after = Some(page);
        }
    }
}

#[test]
fn who_answered_everything_is_not_asked_for_more() {
    let mut dice = Dice(2);
    for round in 0..60 {
        let mut answers = registered(dice.family());
        loop {
            let situation = pack().situation(&answers, TODAY);
            let progress = Progress { form: &pack().form, situation: &situation, needed: None };
            let mut open = Vec::new();
            for page in progress.check_answers() {
                let unanswered = page.rows.iter().filter(|(_, answer)| answer.is_none());
                open.extend(unanswered.map(|(question, _)| (*question, page.page.member.clone())));
            }
            // What is certainly asked is answered first; that settles most of the rest.
            let certain = |(question, member): &&(&Question, Option<String>)| {
                situation.relevance(&question.id, member.as_deref()) == Truth::True
            };
            let now: Vec<_> = match open.iter().filter(certain).collect::<Vec<_>>() {
                certain if certain.is_empty() => open.iter().take(1).collect(),
                certain => certain,
            };
            if now.is_empty() {
                break;
            }
            for (question, member) in now {
                let answer = Answer::Value(dice.answer(question));
                put(&mut answers, member.as_deref(), &question.id, answer);
            }
        }
        let decided = pack().decide(&answers, TODAY);
        for programme in &decided.programmes {
            let missing: Vec<_> =
                programme.needs.iter().filter(|need| need.what == NeedKind::Question).collect();
            assert!(missing.is_empty(), "round {round}: {} still needs {missing:?}", programme.programme);
        }
        assert!(
            pack().open_questions(&answers, TODAY).keys().all(|id| id.starts_with("document_")),
            "round {round}"
        );
    }
}

#[test]
fn what_is_open_is_asked() {
    let mut dice = Dice(3);
    for _ in 0..10 {
        let mut answers = registered(dice.family());
        for _ in 0..40 {
            let situation = pack().situation(&answers, TODAY);
            let needs = pack().program.open_needs(&answers, TODAY);
            let question = |open: &&domain::decide::OpenNeed| open.need.what == NeedKind::Question;
            for open in needs.iter().filter(question) {
                let asked = situation.is_asked(&open.need.id, open.need.member.as_deref());
                assert!(asked, "{:?} need {:?}, which the form does not ask", open.programmes, open.need);
            }
            let Some(open) = needs.iter().find(question) else { break };
            let answer = Answer::Value(dice.answer(pack().form.question(&open.need.id).unwrap()));
            put(&mut answers, open.need.member.as_deref(), &open.need.id, answer);
        }
    }
}

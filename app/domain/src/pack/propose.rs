//! Proposes the worked example that a comparison lacks: an example that is there is changed in one answer, until the rules see
//! what is wanted. What the law expects of it is for a person to say; proposed is what the rules say.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};
use time::Date;

use super::{Lack, Pack, why::Reading};
use crate::{
    answers::Answers,
    definitions::{ExampleDef, InputDef, LeafDef, Level, LimitDef, Literal, ProgrammeDef, Type},
    fault::At,
    num::Num,
    value::Truth,
};

/// Most examples tried for one proposal.
const MOST: usize = 6000;
/// The oldest age that is tried.
const OLDEST: i64 = 100;
/// Most areas that are tried.
const AREAS: usize = 100;

impl Pack {
    /// An example that shows a comparison of a programme in the way that is lacking; `None` where changing one answer of an
    /// example that is there does not bring it about.
    pub fn propose(&self, programme: &str, leaf: &str, lack: Lack) -> Option<ExampleDef> {
        let def = self.programme(programme)?;
        let leaf = def.eligible.leaves().into_iter().find(|own| own.id == leaf)?;
        let inputs = self.read_by(leaf);
        let lone = json!({ "members": [{ "id": "a", "relation": "head", "sex": "female", "age": 30 }] });
        let bases = def.examples.iter().map(|example| (example.answers.clone(), example.as_of));
        let bases: Vec<(Json, Option<Date>)> = bases.chain([(lone, None)]).collect();
        let whole = bases.iter().map(|(answers, as_of)| (filled(answers, &inputs), *as_of));
        let bases: Vec<(Json, Option<Date>)> = bases.iter().cloned().chain(whole).collect();
        let mut tries = 0;
        for (answers, as_of) in &bases {
            let on = as_of.unwrap_or(def.valid_from);
            for changed in self.variants(answers, &inputs, leaf, lack, on) {
                tries += 1;
                if tries > MOST {
                    return None;
                }
                if let Some(expect) = self.shows(def, leaf, lack, &changed, on) {
                    let name = format!("{} {}", leaf.id, lack.code());
                    let name = free_name(def, &name.replace('_', " "));
                    return Some(ExampleDef {
                        name,
                        answers: changed,
                        as_of: *as_of,
                        expect,
                        at: At::default(),
                    });
                }
            }
        }
        None
    }

    /// What the rules say of an example, if it shows the comparison as it is wanted.
    fn shows(
        &self,
        def: &ProgrammeDef,
        leaf: &LeafDef,
        lack: Lack,
        answers: &Json,
        on: Date,
    ) -> Option<crate::definitions::Expected> {
        let read = Answers::from_json(&self.form, answers, on).ok()?;
        let outcome = self.program.example(&def.id, &read, on)?;
        let mut seen = outcome.leaves.iter().filter(|seen| seen.leaf == leaf.id);
        let is_shown = seen.any(|seen| match lack {
            Lack::Holds => seen.truth == Truth::True,
            Lack::Fails => seen.truth == Truth::False,
            Lack::Missing => seen.truth == Truth::Unknown,
            Lack::OnLimit => seen.on_limit,
        });
        is_shown.then_some(outcome.verdict)
    }

    /// The questions and registry inputs that a comparison reads, through whatever lies between.
    fn read_by(&self, leaf: &LeafDef) -> Vec<InputDef> {
        let definitions = self.definitions();
        let limit = match &leaf.limit {
            LimitDef::Fact(fact) => Some(fact.clone()),
            _ => None,
        };
        let names: BTreeSet<String> = std::iter::once(leaf.fact.clone()).chain(limit).collect();
        let names = Reading::new(definitions).closure(names);
        let implied = definitions.implied_inputs();
        let all = definitions.inputs.iter().chain(&implied);
        all.filter(|input| names.contains(&input.id) && input.calculation.is_none()).cloned().collect()
    }

    /// The example with one answer changed, in every way that may bring about what is wanted.
    fn variants(
        &self,
        answers: &Json,
        inputs: &[InputDef],
        leaf: &LeafDef,
        lack: Lack,
        on: Date,
    ) -> Vec<Json> {
        let members = answers.get("members").and_then(Json::as_array).map_or(0, Vec::len);
        let mut all = vec![answers.clone()];
        for input in inputs {
            let candidates = match lack {
                Lack::Missing => vec![Json::Null],
                _ => self.candidates(input, leaf, members, on),
            };
            for value in candidates {
                if input.level == Level::Household {
                    let mut changed = answers.clone();
                    set(household(&mut changed), &input.id, &value);
                    all.push(changed);
                    continue;
                }
                for member in 0..members {
                    let mut changed = answers.clone();
                    let person = changed
                        .get_mut("members")
                        .and_then(|members| members.get_mut(member))
                        .and_then(Json::as_object_mut);
                    match (person, input.id.as_str()) {
                        // Examples say the age where the register knows the birth date.
                        (Some(person), "birth_date") => {
                            person.remove("birth_date");
                            set(Some(person), "age", &value);
                        }
                        (person, id) => set(person, id, &value),
                    }
                    all.push(changed);
                }
            }
        }
        all
    }

    fn candidates(&self, input: &InputDef, leaf: &LeafDef, members: usize, on: Date) -> Vec<Json> {
        let limits = self.limits(leaf, on);
        if input.id == "birth_date" {
            return (0..=OLDEST).map(|age| json!(age)).collect();
        }
        match &input.ty {
            Type::Bool => vec![json!(true), json!(false)],
            Type::Choice(options) => options.iter().map(|option| json!(option)).collect(),
            Type::Many(options) => {
                std::iter::once(json!([])).chain(options.iter().map(|o| json!([o]))).collect()
            }
            Type::Num => numbers(&limits, members),
            Type::Date => {
                let of_limits = limits.iter().filter_map(|limit| match limit {
                    Literal::Date(day) => Some(*day),
                    _ => None,
                });
                let days = of_limits.chain([on]);
                let beside = days.flat_map(|day| [Some(day), day.previous_day(), day.next_day()]);
                beside.flatten().map(|day| json!(day.to_string())).collect()
            }
            Type::Text => {
                let of_limits = limits.iter().filter_map(|limit| match limit {
                    Literal::Text(text) => Some(text.clone()),
                    _ => None,
                });
                let areas = self.areas.all().map(|area| area.code.clone()).take(AREAS);
                of_limits.chain(areas).map(|text| json!(text)).collect()
            }
        }
    }

    /// What a comparison compares with on a day, where that is a value.
    fn limits(&self, leaf: &LeafDef, on: Date) -> Vec<Literal> {
        match &leaf.limit {
            LimitDef::Value(value) => vec![value.clone()],
            LimitDef::Values(values) => values.clone(),
            LimitDef::Param(id) => {
                let parameter = self.definitions().parameters.iter().find(|own| own.id == *id);
                let value = parameter.and_then(|own| own.values.iter().rev().find(|value| value.from <= on));
                value.map(|value| value.value.clone()).into_iter().collect()
            }
            LimitDef::Fact(_) => Vec::new(),
        }
    }
}

/// An example in which every household question that the comparison reads has an answer.
fn filled(answers: &Json, inputs: &[InputDef]) -> Json {
    let mut answers = answers.clone();
    for input in inputs.iter().filter(|input| input.level == Level::Household && input.asked) {
        let plain = match &input.ty {
            Type::Bool => Json::Bool(false),
            Type::Num => json!(0),
            Type::Choice(options) => json!(options.first()),
            Type::Many(_) => json!([]),
            Type::Date | Type::Text => continue,
        };
        if let Some(given) = household(&mut answers) {
            given.entry(&input.id).or_insert(plain);
        }
    }
    answers
}

/// Whole numbers around the limits: themselves, one beside, as much for each of several people, and small ones.
fn numbers(limits: &[Literal], members: usize) -> Vec<Json> {
    let mut all: BTreeSet<i64> = (0..=20).collect();
    let people = i64::try_from(members).unwrap_or(1).clamp(1, 20);
    for limit in limits {
        let Literal::Num(limit) = limit else { continue };
        for times in (1..=12).chain([people, 12 * people]) {
            let product = limit.mul(Num::from(times)).ok().and_then(Num::integer);
            for number in product.into_iter().flat_map(|number| [number - 1, number, number + 1]) {
                all.insert(number);
            }
        }
        if let Some(doubled) = limit.integer().and_then(|limit| limit.checked_mul(100)) {
            all.insert(doubled);
        }
    }
    all.into_iter().filter(|number| *number >= 0).map(|number| json!(number)).collect()
}

/// The household's answers; none where the example is no object.
fn household(answers: &mut Json) -> Option<&mut Map<String, Json>> {
    answers.as_object_mut()?.entry("answers").or_insert_with(|| json!({})).as_object_mut()
}

/// Gives an answer; nothing takes it away.
fn set(answers: Option<&mut Map<String, Json>>, id: &str, value: &Json) {
    let Some(answers) = answers else { return };
    if value.is_null() {
        answers.remove(id);
    } else {
        answers.insert(id.to_owned(), value.clone());
    }
}

/// A name that no example of the programme has.
fn free_name(def: &ProgrammeDef, wished: &str) -> String {
    let taken = |name: &str| def.examples.iter().any(|example| example.name == name);
    let numbered = (2..).map(|number| format!("{wished} {number}"));
    std::iter::once(wished.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::pack::Survey;
    use crate::policy::edit;

    fn demo() -> BTreeMap<String, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/packs/demo");
        let mut files = BTreeMap::new();
        for inner in ["", "programmes/", "words/"] {
            for entry in fs::read_dir(folder.join(inner)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|ending| ending == "toml") {
                    let name = format!("{inner}{}", path.file_name().unwrap().to_string_lossy());
                    files.insert(name, fs::read_to_string(&path).unwrap());
                }
            }
        }
        files
    }

    /// The child grant's examples are taken out but for the first; what is then lacking is proposed one by one.
    #[test]
    fn proposed_examples_try_what_was_not_tried() {
        let mut files = demo();
        let name = "programmes/child-grant.toml";
        let whole = Survey::of(&files).pack.unwrap();
        for example in whole.programme("child-grant").unwrap().examples.iter().skip(1) {
            let text = edit::remove_example(name, &files[name], &example.name).unwrap();
            files.insert(name.into(), text);
        }
        let lacks_of = |survey: &Survey| -> Vec<(String, Lack)> {
            let own = survey.tried.iter().filter(|tried| tried.programme == "child-grant");
            own.flat_map(|tried| tried.lacks().into_iter().map(|lack| (tried.leaf.clone(), lack))).collect()
        };
        let mut survey = Survey::of(&files);
        let mut rounds = 0;
        assert!(lacks_of(&survey).len() >= 4, "{:?}", lacks_of(&survey));
        while let Some((leaf, lack)) = lacks_of(&survey).first().cloned() {
            let example = survey.pack.as_ref().unwrap().propose("child-grant", &leaf, lack);
            let example = example.unwrap_or_else(|| panic!("{leaf} {lack:?}"));
            let text = edit::example(name, &files[name], &example).unwrap();
            files.insert(name.into(), text);
            survey = Survey::of(&files);
            rounds += 1;
            assert!(rounds < 12 && !lacks_of(&survey).contains(&(leaf, lack)));
        }
        assert_eq!(survey.all_faults(), []);
    }

    #[test]
    fn nothing_is_proposed_for_what_is_not_there() {
        let pack = Survey::of(&demo()).pack.unwrap();
        assert!(pack.propose("child-grant", "nothing", Lack::Holds).is_none());
        assert!(pack.propose("nothing", "low_income", Lack::Holds).is_none());
    }
}

//! The form is edited by what it asks; comments, order and everything else stay.

use super::{FormEdit, NewGroup, NewQuestion, form};
use crate::definitions::{Level, Literal};
use crate::form::{Form, Kind, Sensitivity};
use crate::policy::lasting::read;

const FORM: &str = r#"# The form.
id = "combined"

[[choices]]
id = "fuel"
options = ["wood", "gas", "dung"]

# --- the home
[[module]]
id = "home"
valid_months = 24

[[group]]
id = "house"
module = "home"

# Counted without the kitchen.
[[question]]
id = "rooms"
group = "house"
kind = "integer" # whole rooms
required = true

[[question]]
id = "fuel"
group = "house"
kind = "select_one"
choices = "fuel"

[[group]]
id = "people"
module = "home"
repeat = "members"

[[question]]
id = "sick"
group = "people"
kind = "bool"
"#;

fn name() -> &'static str {
    "form.toml"
}

fn made(text: &str, edit: &FormEdit) -> (String, Form) {
    let new = form(name(), text, edit).unwrap();
    let faults = crate::pack::alone::read(name(), &new).1;
    assert_eq!(faults, [], "{new}");
    let form = read(&new).unwrap();
    (new, form)
}

fn order(form: &Form) -> Vec<String> {
    let own = form.questions.iter().filter(|question| question.module == "home" || question.module == "food");
    own.map(|question| format!("{}.{}", question.group, question.id)).collect()
}

fn new(id: &str, after: Option<&str>) -> NewQuestion {
    NewQuestion {
        id: id.into(),
        group: "house".into(),
        new_group: None,
        after: after.map(str::to_owned),
        kind: Kind::Bool,
        choices: None,
        new_options: Vec::new(),
        required: true,
        dont_know: true,
        refused: false,
        relevant: Some("rooms > 1".into()),
        constraint: None,
        expression: None,
        unit: None,
        period: None,
        sensitivity: Sensitivity::Health,
    }
}

#[test]
fn a_question_is_added_where_it_is_asked() {
    let (text, form) = made(FORM, &FormEdit::Add(Box::new(new("shared", Some("rooms")))));
    assert_eq!(order(&form), ["house.rooms", "house.shared", "house.fuel", "people.sick"]);
    let added = "[[question]]\nid = \"shared\"\ngroup = \"house\"\nkind = \"bool\"\nrelevant = \"rooms > 1\"\nsensitivity = \"health\"\nrequired = true\nrefused = false\n";
    assert_eq!(text.replace(&format!("\n{added}"), ""), FORM, "nothing else moved");
    let (_, form) =
        made(FORM, &FormEdit::Add(Box::new(NewQuestion { relevant: None, ..new("first", None) })));
    assert_eq!(order(&form), ["house.first", "house.rooms", "house.fuel", "people.sick"]);
    let last = NewQuestion { group: "people".into(), relevant: None, ..new("last", Some("sick")) };
    let (_, form) = made(FORM, &FormEdit::Add(Box::new(last)));
    assert_eq!(order(&form), ["house.rooms", "house.fuel", "people.sick", "people.last"]);
}

#[test]
fn a_page_a_module_and_a_list_come_with_their_first_question() {
    let group = NewGroup {
        module: "food".into(),
        new_module: Some(Some(3)),
        level: Level::Member,
        relevant: Some("sick".into()),
    };
    let question = NewQuestion {
        group: "meals".into(),
        new_group: Some(group),
        kind: Kind::SelectMany,
        choices: Some("meal".into()),
        new_options: vec!["rice".into(), "none".into()],
        relevant: None,
        ..new("meals_eaten", None)
    };
    let (text, form) = made(FORM, &FormEdit::Add(Box::new(question.clone())));
    assert_eq!(order(&form).last().unwrap(), "meals.meals_eaten");
    assert_eq!(form.module("food").unwrap().valid_months, Some(3));
    assert_eq!(form.group("meals").unwrap().level, Level::Member);
    assert_eq!(form.choice_list("meal").unwrap().options, ["rice", "none"]);
    assert!(text.starts_with(FORM.split("# --- the home").next().unwrap()), "{text}");
    let again = super::form(name(), &text, &FormEdit::Add(Box::new(question))).unwrap_err();
    assert_eq!(again[0].key, "question.meals_eaten.id");
}

#[test]
fn a_question_moves_with_its_comment_retires_and_comes_back() {
    let to = |group: &str, after: Option<&str>| FormEdit::Move {
        id: "rooms".into(),
        group: group.into(),
        after: after.map(str::to_owned),
    };
    let (text, form) = made(FORM, &to("house", Some("fuel")));
    assert_eq!(order(&form), ["house.fuel", "house.rooms", "people.sick"]);
    assert!(text.contains("# Counted without the kitchen.\n[[question]]\nid = \"rooms\""), "{text}");
    assert!(text.contains("kind = \"integer\" # whole rooms"));
    let (text, _) = made(&text, &to("house", None));
    assert_eq!(text, FORM, "there and back");
    let (_, form) = made(FORM, &to("people", Some("sick")));
    assert_eq!(order(&form), ["house.fuel", "people.sick", "people.rooms"]);
    for (group, after) in [("house", Some("sick")), ("house", Some("rooms")), ("nowhere", None)] {
        assert!(super::form(name(), FORM, &to(group, after)).is_err(), "{group} {after:?}");
    }
    let retire = |retired| FormEdit::Retire { id: "fuel".into(), retired };
    let (text, form) = made(FORM, &retire(true));
    assert!(form.question("fuel").unwrap().retired);
    assert_eq!(made(&text, &retire(false)).0, FORM);
    let nothing = FormEdit::Retire { id: "nothing".into(), retired: true };
    assert_eq!(super::form(name(), FORM, &nothing).unwrap_err()[0].key, "question.nothing");
}

#[test]
fn a_question_is_asked_otherwise_and_never_means_something_else() {
    let set = |fields: &[(&str, Option<Literal>)]| FormEdit::Set {
        id: "rooms".into(),
        fields: fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
    };
    let constraint = Literal::Text("this <= 30".into());
    let (text, form) = made(FORM, &set(&[("required", None), ("constraint", Some(constraint))]));
    let rooms = form.question("rooms").unwrap();
    assert!(!rooms.required && rooms.constraint.is_some());
    assert!(text.contains("kind = \"integer\" # whole rooms\nconstraint = \"this <= 30\"\n"), "{text}");
    let unit = super::form(name(), FORM, &set(&[("unit", Some(Literal::Text("beds".into())))]));
    assert_eq!(unit.unwrap_err()[0].key, "question.rooms.unit");
    let longer = FormEdit::Validity { module: "home".into(), months: Some(36) };
    assert_eq!(made(FORM, &longer).1.module("home").unwrap().valid_months, Some(36));
}

#[test]
fn options_are_added_moved_retired_and_brought_back() {
    let list = |form: &Form| {
        let list = form.choice_list("fuel").unwrap().clone();
        (list.options.join(" "), list.retired.join(" "))
    };
    let offer = |option: &str, after: Option<&str>| FormEdit::Offer {
        list: "fuel".into(),
        option: option.into(),
        after: after.map(str::to_owned),
    };
    let retire = |option: &str| FormEdit::RetireOption { list: "fuel".into(), option: option.into() };
    let (text, form) = made(FORM, &offer("sun", Some("wood")));
    assert_eq!(list(&form), ("wood sun gas dung".into(), String::new()));
    assert!(text.contains("options = [\"wood\", \"sun\", \"gas\", \"dung\"]"), "{text}");
    let (text, form) = made(&text, &offer("dung", None));
    assert_eq!(list(&form).0, "dung wood sun gas");
    let (text, form) = made(&text, &retire("wood"));
    assert_eq!(list(&form), ("dung sun gas".into(), "wood".into()));
    assert!(text.contains("retired = [\"wood\"]"), "{text}");
    let (text, form) = made(&text, &offer("wood", Some("gas")));
    assert_eq!(list(&form), ("dung sun gas wood".into(), String::new()));
    assert!(!text.contains("retired"), "{text}");
    assert!(super::form(name(), FORM, &retire("coal")).is_err());
    assert!(super::form(name(), FORM, &offer("sun", Some("coal"))).is_err());
}

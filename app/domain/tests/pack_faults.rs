//! What is wrong with a pack is told with its file, its line, its key and what to do. A small complete pack
//! is spoilt in one place after the other.

#![expect(clippy::unwrap_used, reason = "what cannot fail in a test fails the test")]

mod small;

use domain::pack::Pack;
use small::{Files, small_pack};

fn faults(files: &Files) -> Vec<String> {
    Pack::load(files).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// One way to spoil the pack: in `file`, `from` becomes `to`; then the fault is at the line of `at` and
/// begins with `key`, and says `message`.
struct Spoilt {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    at: &'static str,
    key: &'static str,
    message: &'static str,
}

fn spoilt(
    file: &'static str,
    from: &'static str,
    to: &'static str,
    key: &'static str,
    message: &'static str,
) -> Spoilt {
    Spoilt { file, from, to, at: to, key, message }
}

/// The same where the fault is told at another line than that of the change.
fn spoilt_at(
    at: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    key: &'static str,
    message: &'static str,
) -> Spoilt {
    Spoilt { at, ..spoilt(file, from, to, key, message) }
}

fn check(cases: &[Spoilt]) {
    for Spoilt { file, from, to, at, key, message } in cases {
        let mut files = small_pack();
        let text = &files[*file];
        assert_eq!(text.matches(from).count(), 1, "{file} has '{from}' once");
        let text = text.replace(from, to);
        let last = at.lines().last().unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let line = lines.iter().rposition(|line| line.contains(last)).unwrap() + 1;
        files.insert((*file).into(), text);
        let faults = faults(&files);
        let start = format!("{file}:{line}: {key}: ");
        let told = faults.iter().any(|fault| fault.starts_with(&start) && fault.contains(message));
        assert!(told, "wanted “{start}…{message}…”, found {faults:#?}");
    }
}

#[test]
fn the_small_pack_has_no_fault() {
    assert_eq!(faults(&small_pack()), Vec::<String>::new());
}

#[test]
fn keys_and_types() {
    check(&[
        spoilt(
            "form.toml",
            "unit = \"rooms\"",
            "units = \"rooms\"",
            "question.rooms.units",
            "this key is not known here",
        ),
        spoilt(
            "pack.toml",
            "minor_digits = 2",
            "minor_digits = \"2\"",
            "currency.minor_digits",
            "a whole number, not a text",
        ),
        spoilt("pack.toml", "minor_digits = 2", "minor_digits = 9", "currency.minor_digits", "more than 3"),
        spoilt(
            "pack.toml",
            "valid_from = 2026-01-01",
            "valid_from = \"2026-01-01\"",
            "valid_from",
            "without quotes",
        ),
        spoilt(
            "pack.toml",
            "default_language = \"en\"",
            "default_language = \"de\"",
            "default_language",
            "not among the languages",
        ),
        spoilt("pack.toml", "reopen_days = {", "reopen = {", "law.reopen", "ends in _days or _working_days"),
        spoilt(
            "pack.toml",
            "reopen_days = {",
            "appeal_reconsidder_days = {",
            "law.appeal_reconsidder_days",
            "no term of appeals",
        ),
        spoilt_at(
            "[law]",
            "pack.toml",
            "appeal_days",
            "hearing_days",
            "law",
            "appeal_days (or appeal_working_days) is missing",
        ),
        spoilt_at(
            "[[office]]",
            "offices.toml",
            "area = \"P01\"\n",
            "",
            "office.OFF-01.area",
            "this key is missing",
        ),
        spoilt(
            "calendar.toml",
            "[\"saturday\", \"sunday\"]",
            "[\"saturday\", \"sonntag\"]",
            "calendar.national.weekend",
            "'sonntag' is not a day",
        ),
        spoilt("calendar.toml", "2026-12-25", "2026-01-01", "calendar.national.holidays", "there twice"),
        spoilt(
            "form.toml",
            "valid_months = 24",
            "valid_months = -1",
            "module.housing.valid_months",
            "use a number in between",
        ),
        spoilt(
            "form.toml",
            "kind = \"money\"",
            "kind = \"monney\"",
            "question.rent.kind",
            "'monney' is not one of: integer",
        ),
        spoilt(
            "form.toml",
            "options = [\"own\", \"rented\"]",
            "options = [\"own\", \"own\"]",
            "choices.tenure.options",
            "'own' is there twice",
        ),
        spoilt(
            "form.toml",
            "options = [\"own\", \"rented\"]",
            "options = [\"own\", \"rented\", \"refused\"]",
            "choices.tenure.options",
            "a state every question has",
        ),
        spoilt(
            "facts.toml",
            "round = { mode = \"half_up\", to = \"0.1\" }",
            "round = { mode = \"half_up\", to = \"0\" }",
            "fact.crowding.round.to",
            "above 0",
        ),
        spoilt(
            "parameters.toml",
            "value = 100",
            "value = true",
            "parameter.rent_line.values.1.value",
            "wants a number, not true or false",
        ),
        spoilt(
            "programmes/rent-help.toml",
            "benefit_type = 1",
            "benefit_type = 7",
            "benefit_type",
            "the DCI benefit types are",
        ),
        spoilt(
            "programmes/rent-help.toml",
            "expect = \"no\"",
            "expect = \"never\"",
            "example.no rent.expect",
            "is not one of: yes, no, needs",
        ),
    ]);
}

#[test]
fn a_text_that_is_not_toml() {
    let mut files = small_pack();
    files.insert("areas.toml".into(), "[[area]]\ncode = \"P01\nlevel = \"x\"\n".into());
    assert!(faults(&files).iter().any(|fault| fault.starts_with("areas.toml:2: this is not TOML: ")));
}

#[test]
fn files_that_are_missing_or_unknown() {
    let mut files = small_pack();
    files.remove("links.toml");
    files.insert("programs/x.toml".into(), String::new());
    files.insert("words/de.toml".into(), String::new());
    files.insert("README.md".into(), "A pack may explain itself.".into());
    let faults = faults(&files);
    assert!(
        faults.contains(&"links.toml:0: this file is missing: add it, even if it is empty".into()),
        "{faults:#?}"
    );
    assert!(faults.iter().any(|fault| fault.starts_with("programs/x.toml:0: a pack has no such file")));
    assert!(faults.iter().any(|fault| fault.starts_with("words/de.toml:0: 'de' is not among the languages")));
    assert!(!faults.iter().any(|fault| fault.contains("README")));
}

#[test]
fn names_and_references() {
    check(&[
        spoilt(
            "areas.toml",
            "code = \"P01-C2\"",
            "code = \"P01-C1\"",
            "area.P01-C1.code",
            "there is already an area 'P01-C1', see line 8",
        ),
        spoilt(
            "areas.toml",
            "parent = \"P01\"\nlevel = \"commune\"\nsetting = \"urban\"",
            "parent = \"P02\"\nlevel = \"commune\"\nsetting = \"urban\" # here",
            "area.P01-C1.parent",
            "there is no area 'P02'",
        )
        .at("parent = \"P02\""),
        spoilt_at(
            "code = \"P01\"",
            "areas.toml",
            "province = \"01\"",
            "province = \"01\"\nparent = \"P01-C1\"",
            "area.P01.parent",
            "lies inside itself",
        )
        .at("parent = \"P01-C1\""),
        spoilt(
            "offices.toml",
            "agency = \"msp\"",
            "agency = \"msq\"",
            "office.OFF-01.agency",
            "there is no agency 'msq': add it or name another. Did you mean 'msp'?",
        ),
        spoilt(
            "services.toml",
            "provider = \"PRV-1\"",
            "provider = \"PRV-2\"",
            "place.PLC-1.provider",
            "there is no provider 'PRV-2'",
        ),
        spoilt(
            "consent.toml",
            "agencies = [\"msp\"]",
            "agencies = [\"moh\"]",
            "consent.registration-1.agencies",
            "there is no agency 'moh'",
        ),
        spoilt(
            "form.toml",
            "choices = \"tenure\"",
            "choices = \"tenures\"",
            "question.tenure.choices",
            "there is no list of choices 'tenures'",
        ),
        spoilt(
            "form.toml",
            "id = \"rooms\"",
            "id = \"rent\" # again",
            "question.rent.id",
            "'rent' already is the question at form.toml:",
        ),
        spoilt(
            "form.toml",
            "id = \"rooms\"",
            "id = \"sex\"",
            "question.sex.id",
            "is answered by the register",
        ),
        spoilt("form.toml", "id = \"rooms\"", "id = \"Rooms\"", "question.Rooms.id", "cannot be a name"),
        spoilt(
            "facts.toml",
            "id = \"people\"",
            "id = \"rooms\"",
            "fact.rooms.id",
            "names are shared by questions, facts and scores",
        ),
        spoilt(
            "facts.toml",
            "id = \"people\"",
            "id = \"this\"",
            "fact.this.id",
            "a word of the expression language",
        ),
        spoilt(
            "scores.toml",
            "id = \"housing_score\"",
            "id = \"rent\"",
            "score.rent.id",
            "already is the question",
        ),
        spoilt(
            "programmes/rent-help.toml",
            "param = \"rent_line\"",
            "param = \"rent_lin\"",
            "eligible.all.high_rent.param",
            "Did you mean 'rent_line'?",
        ),
        spoilt(
            "programmes/rent-help.toml",
            "id = \"rent-help\"",
            "id = \"rent-aid\"",
            "id",
            "must be programmes/rent-aid.toml",
        ),
        spoilt(
            "programmes/workshop.toml",
            "service = \"training\"",
            "service = \"teaching\"",
            "service",
            "there is no service 'teaching'",
        ),
        spoilt(
            "programmes/workshop.toml",
            "documents = [\"lease\"]",
            "documents = [\"deed\"]",
            "documents",
            "there is no document 'deed'",
        ),
        spoilt(
            "packages.toml",
            "\"workshop\"]",
            "\"workshops\"]",
            "package.home.programmes",
            "there is no programme 'workshops'",
        ),
        spoilt(
            "links.toml",
            "to = \"workshop\"",
            "to = \"training\"",
            "link.help_opens_workshop.to",
            "there is no programme 'training'",
        ),
        spoilt(
            "links.toml",
            "reduce = [\"rent-help\"]",
            "reduce = [\"workshop\"]",
            "cap.all_help.reduce",
            "not among the programmes of the cap",
        ),
    ]);
}

impl Spoilt {
    fn at(self, at: &'static str) -> Spoilt {
        Spoilt { at, ..self }
    }
}

#[test]
fn forms_and_rules() {
    check(&[
        spoilt(
            "form.toml",
            "kind = \"integer\"",
            "kind = \"integer\"\nchoices = \"tenure\" # not here",
            "question.rooms.choices",
            "only a select question has choices",
        ),
        spoilt(
            "form.toml",
            "when_irrelevant = 0",
            "when_irrelevant = \"no\"",
            "question.rent.when_irrelevant",
            "must be a number",
        ),
        spoilt("form.toml", "this >= 0", "this >= 'a'", "question.rent.constraint", "at character"),
        spoilt(
            "form.toml",
            "tenure = 'rented'",
            "rooms > 1",
            "question.rent.relevant",
            "'rooms' is asked later",
        ),
        spoilt("form.toml", "tenure = 'rented'", "tenure = 'leased'", "question.rent.relevant", "leased"),
        spoilt(
            "facts.toml",
            "people / max(rooms, 1)",
            "peopel / max(rooms, 1)",
            "fact.crowding.expression",
            "at character 1",
        ),
        spoilt(
            "facts.toml",
            "people / max(rooms, 1)",
            "people / tenure",
            "fact.crowding.expression",
            "at character",
        ),
        spoilt(
            "programmes/rent-help.toml",
            "op = \">=\", param",
            "param",
            "eligible.all.high_rent.op",
            "say how the fact is compared",
        ),
        spoilt(
            "programmes/rent-help.toml",
            ", reason = \"high_rent\"",
            "",
            "eligible.all.high_rent.reason",
            "this key is missing",
        )
        .at("id = \"high_rent\""),
        spoilt(
            "programmes/rent-help.toml",
            "param = \"rent_line\"",
            "param = \"rent_line\", limit = 3",
            "eligible.all.high_rent.limit",
            "there are several limits",
        ),
    ]);
}

/// The faults of the pack with one change, as they are told.
fn told(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut files = small_pack();
    let text = &files[file];
    assert_eq!(text.matches(from).count(), 1, "{file} has '{from}' once");
    let text = text.replace(from, to);
    files.insert(file.into(), text);
    faults(&files)
}

#[test]
fn what_a_table_lacks_is_told_at_its_start() {
    let lacks = |file: &str, from: &str, start: &str| {
        let faults = told(file, from, "");
        assert!(faults.iter().any(|fault| fault.starts_with(start)), "{faults:#?}");
    };
    lacks(
        "areas.toml",
        "setting = \"rural\"\n",
        "areas.toml:14: area.P01-C2: households can live here, so it needs setting",
    );
    lacks(
        "programmes/workshop.toml",
        "service = \"training\"\n",
        "programmes/workshop.toml:1: an award of this kind is a referral",
    );
    lacks(
        "parameters.toml",
        "source = \"Order 1\"\n",
        "parameters.toml:1: parameter.rent_line: a figure needs its source",
    );
    lacks(
        "form.toml",
        "[[question]]\nid = \"rooms\"\ngroup = \"dwelling\"\nkind = \"integer\"\nrequired = true\nunit = \"rooms\"\n",
        "facts.toml",
    );
}

#[test]
fn words() {
    let en = |from: &str, to: &str, fault: &str| {
        let faults = told("words/en.toml", from, to);
        assert!(
            faults.iter().any(|told| told.starts_with("words/en.toml:") && told.contains(fault)),
            "{fault}: {faults:#?}"
        );
    };
    en("rooms = \"How many rooms?\"\n", "", "words/en.toml:0: question.rooms: these words are missing");
    en(
        "rooms = \"How many rooms?\"",
        "roms = \"How many rooms?\"",
        "question.roms: nothing in the pack reads these words: take them out. Did you mean 'question.rooms'?",
    );
    en("rooms = \"How many rooms?\"", "rooms = \"\"", "question.rooms: these words are empty");
    en("rooms = \"How many rooms?\"", "rooms = 3", "question.rooms: words must be a text");
    en(
        "rooms = \"How many rooms?\"",
        "rooms = \"How many {limit}?\"",
        "question.rooms: nothing fills {limit}: none can be used here",
    );
    en(
        "at least {limit}.",
        "at least {limits}.",
        "high_rent.yes: nothing fills {limits}: use {value}, {limit}",
    );
    en("at least {limit}.", "at least {limit.", "high_rent.yes: a { is not closed");
    en(
        "at least {limit}.",
        "at least {limit}. {what_to_do}",
        "is filled by programme.rent-help.reason.high_rent.what_to_do: add these words",
    );
    en("the rent. {what_to_do}", "the rent: {value}", "high_rent.needs: nothing fills {value}");
    en(
        "\"tenure.own\" = \"own home\"",
        "\"tenure.own\" = \"own home\"\n[choice.tenure]\nown = \"mine\"",
        "choice.tenure.own: these words are there twice",
    );
    let faults = told("programmes/workshop.toml", "source = \"Act 2, s. 1\"\n", "");
    assert!(
        faults.iter().any(|told| told.contains(
            "reason.rents.no: {source} cannot be filled: the rule 'rents' at programmes/workshop.toml:"
        )),
        "{faults:#?}"
    );
}

#[test]
fn bands_without_hole_or_overlap() {
    for (from, to) in [
        ("from = \"10\"", "from = \"11\""),
        ("from = \"10\"", "from = \"9\""),
        ("from = \"10\"", "above = \"10\""),
    ] {
        let faults = told("scores.toml", from, to);
        assert!(
            faults.iter().any(|fault| fault.starts_with("scores.toml:") && fault.contains("band")),
            "{to}: {faults:#?}"
        );
    }
    let faults = told("scores.toml", "{ from = \"2\", points", "{ from = \"3\", points");
    assert!(faults.iter().any(|fault| fault.starts_with("scores.toml:")), "{faults:#?}");
    let faults = told("scores.toml", "rented = \"0\"", "rent = \"0\"");
    assert!(faults.iter().any(|fault| fault.starts_with("scores.toml:")), "{faults:#?}");
}

#[test]
fn links_in_a_ring() {
    let ring =
        "[[link]]\nid = \"back\"\nkind = \"opens\"\nfrom = \"workshop\"\nto = \"rent-help\"\n\n[[cap]]";
    let faults = told("links.toml", "[[cap]]", ring);
    assert!(faults.iter().any(|fault| fault.starts_with("links.toml:")), "{faults:#?}");
}

#[test]
fn examples_are_run_and_must_try_every_rule() {
    let rent = |from: &str, to: &str, fault: &str| {
        let faults = told("programmes/rent-help.toml", from, to);
        assert!(
            faults.iter().any(|told| told.starts_with("programmes/rent-help.toml:") && told.contains(fault)),
            "{faults:#?}"
        );
    };
    rent(
        "rent = 150",
        "rent = 50",
        "example.high rent: the rules say no, the example expects yes: high_rent does not hold",
    );
    rent("rent = 150", "rents = 150", "example.high rent.answers.rents: the form has no question 'rents'");
    rent("rent = 100", "rent = 101", "eligible.high_rent: this rule has no example exactly at the limit");
    rent(
        "[[example]]\nname = \"not told\"\nexpect = \"needs\"\nanswers = { tenure = \"rented\" }\n",
        "",
        "this rule has no example in which the answer is missing",
    );
}

#[test]
fn a_budget_that_makes_no_sense_is_refused_with_its_place() {
    let faults_of = |budget: &str| {
        let mut files = small_pack();
        files.get_mut("programmes/rent-help.toml").unwrap().push_str(budget);
        faults(&files)
    };
    let year = "\n[[budget]]\nfrom = 2026-01-01\nuntil = 2026-12-31\n";
    assert_eq!(faults_of(&format!("{year}places = 10\nmoney = 5000\n")), Vec::<String>::new());
    for (budget, key, message) in [
        (format!("{year}money = -1\n"), "budget.1.money", "a budget is not below 0"),
        (format!("{year}places = -1\n"), "budget.1.places", "outside 0"),
        (year.to_owned(), "budget", "say what there is to give"),
        (format!("{year}places = 1\narea = \"P99\"\n"), "budget.1.area", "P99"),
        (format!("{year}places = 1\nplace = 1\n"), "budget.1.place", "this key is not known here"),
        (
            "\n[[budget]]\nfrom = 2026-12-31\nuntil = 2026-01-01\nplaces = 1\n".to_owned(),
            "budget.1.until",
            "ends before it begins",
        ),
        (
            format!("{year}places = 1\n\n[[budget]]\nfrom = 2026-12-31\nuntil = 2027-01-01\nplaces = 1\n"),
            "budget.2.from",
            "for the same area on some of these days",
        ),
    ] {
        let faults = faults_of(&budget);
        let told = |fault: &String| {
            fault.starts_with("programmes/rent-help.toml:") && fault.contains(key) && fault.contains(message)
        };
        assert!(faults.iter().any(told), "{budget}: {faults:#?}");
    }
}

#[test]
fn all_faults_are_told_at_once_and_nothing_is_told_twice() {
    let mut files = small_pack();
    for (file, from, to) in [
        ("form.toml", "kind = \"money\"", "kind = \"monney\""),
        ("offices.toml", "agency = \"msp\"", "agency = \"moh\""),
        ("links.toml", "kind = \"opens\"", "kind = \"open\""),
        ("words/fr.toml", "rooms = \"How many rooms?\"\n", ""),
    ] {
        let text = files[file].replace(from, to);
        files.insert(file.into(), text);
    }
    let faults = faults(&files);
    for file in ["form.toml", "offices.toml", "links.toml", "words/fr.toml"] {
        assert!(faults.iter().any(|fault| fault.starts_with(file)), "{file}: {faults:#?}");
    }
    let mut once = faults.clone();
    once.dedup();
    assert_eq!(once, faults);
}

#[test]
fn the_hash_is_of_what_the_pack_says() {
    let hash = |files: &Files| Pack::load(files).map(|pack| pack.hash().to_owned()).unwrap();
    let mut other = small_pack();
    let before = hash(&other);
    other.insert("README.md".into(), "Explained.".into());
    let text = other["areas.toml"].replace('\n', "\r\n");
    other.insert("areas.toml".into(), text);
    assert_eq!(hash(&other), before);
    let text = other["areas.toml"].replace("Town", "City");
    other.insert("areas.toml".into(), text);
    assert_ne!(hash(&other), before);
}

#[test]
fn a_limit_of_another_unit_is_refused() {
    let rent =
        "programmes/rent-help.toml:12: eligible.high_rent.param: 'rent' is in SML, but the limit is in ";
    for (unit, agrees) in [("SML", true), ("SML/month/person", true), ("years", false), ("month/SML", false)]
    {
        let faults = told("parameters.toml", "unit = \"SML/month\"", &format!("unit = \"{unit}\""));
        let said = faults.iter().any(|fault| *fault == format!("{rent}{unit}: compare the same"));
        assert_eq!(said, !agrees, "{unit}: {faults:#?}");
        assert_eq!(faults.is_empty(), agrees, "{faults:#?}");
    }
}

#[test]
fn a_programme_that_refers_has_no_budget() {
    let mut files = small_pack();
    let name =
        files.iter().find(|(name, text)| name.starts_with("programmes/") && text.contains("\nservice = "));
    let name = name.unwrap().0.clone();
    let text = files.get_mut(&name).unwrap();
    assert!(text.contains("kind = \"service\"") || text.contains("kind = \"employment\""), "{text}");
    text.push_str("\n[[budget]]\nfrom = 2026-01-01\nuntil = 2026-12-31\nplaces = 10\n");
    let line = text.lines().position(|line| line == "[[budget]]").unwrap() + 1;
    let faults = faults(&files);
    let told = format!("{name}:{line}: budget.1: this programme refers to a service");
    assert!(faults.iter().any(|fault| fault.starts_with(&told)), "{told}: {faults:?}");
}

#[test]
fn a_rule_on_a_retired_question_is_refused() {
    let retired = |question: &str| {
        let id = format!("id = \"{question}\"\ngroup");
        told("form.toml", &id, &format!("id = \"{question}\"\nretired = true\ngroup"))
    };
    let faults = retired("rent");
    assert!(
        faults
            .iter()
            .any(|fault| fault.starts_with("programmes/rent-help.toml:12: eligible.high_rent.fact: ")
                && fault.contains("'rent', which is retired")),
        "{faults:#?}"
    );
    // Through the fact `crowding`, which a step of the amount reads.
    let faults = retired("rooms");
    assert!(
        faults.iter().any(|fault| fault.starts_with("programmes/rent-help.toml:1: ")
            && fault.contains("'rooms', which is retired")),
        "{faults:#?}"
    );
}

//! Fields that registering and changing a household share, and the words for what is wrong with them.
//!
//! To add a field: its input here, its problem's words in `words/*/counter.ftl`.

use domain::birth::{Birth, BirthFault};
use domain::household::{ConsentHow, Relation, Sex};
use domain::identifier::{IdentifierFault, IdentifierKind};
use domain::name::NameFault;
use domain::pack::Pack;
use domain::registration::{ConsentForm, ContactForm, Errors, Field, MemberField, MemberForm, Problem};
use leptos::prelude::*;

use crate::kit::{Checkboxes, Choice, DateInput, DatePart, Input, Problems, Radios, Select, Textarea};
use crate::shell::Page;
use crate::words::Lang;

/// A birth as it is known, in words.
pub fn birth_words(page: &Page, birth: Birth) -> String {
    match birth {
        Birth::Date(date) => page.date(date),
        Birth::Year(year) => year.to_string(),
        Birth::Age { years, told_on } => page.t_with(
            "birth-age-told",
            &[("years", i64::from(years).into()), ("date", page.date(told_on).into())],
        ),
    }
}

/// What is wrong with a birth.
pub fn birth_fault(page: &Page, fault: BirthFault) -> String {
    page.t(match fault {
        BirthFault::Missing => "birth-missing",
        BirthFault::Incomplete => "birth-incomplete",
        BirthFault::NotADate => "birth-not-a-date",
        BirthFault::NotAnAge => "birth-not-an-age",
        BirthFault::BirthAndAge => "birth-and-age",
        BirthFault::InFuture => "birth-future",
        BirthFault::TooLongAgo => "birth-too-long-ago",
    })
}

/// What is wrong with an identifier.
pub fn identifier_fault(page: &Page, fault: IdentifierFault) -> String {
    page.t(match fault {
        IdentifierFault::Symbol => "identifier-symbol",
        IdentifierFault::Length => "identifier-length",
    })
}

/// Day, month, year (the year alone will do) and, beside them, the age. `prefix` stands before the names.
pub fn birth_fields(page: &Page, prefix: &str, typed: [&str; 4], error: Option<String>) -> AnyView {
    let [day, month, year, age] = typed;
    let part = |name: &str, key: &'static str, value: &str, width: &str| DatePart {
        name: name.to_owned(),
        id: Some(name.to_owned()),
        label: Some(page.t(key)),
        value: value.to_owned(),
        classes: width.to_owned(),
        autocomplete: "off".into(),
        ..DatePart::default()
    };
    let mut date = DateInput::new(format!("{prefix}birth"), page.t("birth-legend"))
        .hint(page.t("birth-hint"))
        .error(error);
    date.name_prefix = String::new();
    date.items = vec![
        part(&format!("{prefix}birth_day"), "kit-day", day, "govuk-input--width-2"),
        part(&format!("{prefix}birth_month"), "kit-month", month, "govuk-input--width-2"),
        part(&format!("{prefix}birth_year"), "kit-year", year, "govuk-input--width-4"),
    ];
    let age = Input::new(format!("{prefix}age"), page.t("birth-age"))
        .hint(page.t("birth-age-hint"))
        .value(age)
        .numeric()
        .width(3)
        .autocomplete("off");
    view! { {date} {age} }.into_any()
}

/// Area, directions, telephone, language, safe contact.
pub fn contact_fields(page: &Page, pack: &Pack, typed: &ContactForm, problems: &Problems) -> AnyView {
    let area = area_field(page, pack, &typed.area, problems);
    let languages = pack.about.languages.iter().map(|code| {
        (code.as_str(), Lang::parse(code).map_or_else(|| code.clone(), |lang| lang.own_name().to_owned()))
    });
    view! {
        {area}
        {Textarea::new("directions", page.t("contact-directions"))
            .hint(page.t("contact-directions-hint"))
            .rows(3)
            .value(&typed.directions)
            .error(problems.of("directions"))}
        {Input::new("phone", page.t("contact-phone"))
            .hint(page.t("contact-phone-hint"))
            .kind("tel")
            .autocomplete("off")
            .width(20)
            .value(&typed.phone)
            .error(problems.of("phone"))}
        {Radios::new("language", page.t("contact-language"))
            .inline()
            .items(languages)
            .value(typed.language.trim())
            .error(problems.of("language"))}
        {Checkboxes::new("safe_contact", page.t("contact-safe-legend"))
            .choice(Choice::new("yes", page.t("contact-safe")).hint(page.t("contact-safe-hint")))
            .values([typed.safe_contact.trim()])}
    }
    .into_any()
}

/// Where a household lives: an area with what it lies in, by name.
pub fn area_field(page: &Page, pack: &Pack, typed: &str, problems: &Problems) -> Select {
    let lang = page.lang.code();
    let area = Select::new("area", page.t("contact-area"))
        .hint(page.t("contact-area-hint"))
        .value(typed.trim())
        .error(problems.of("area"))
        .item("", page.t("choose"));
    let mut leaves: Vec<(String, &str)> = pack
        .areas
        .leaves()
        .map(|leaf| {
            let path = pack.areas.path(&leaf.code);
            let names: Vec<&str> = path.iter().rev().map(|area| pack.area_name(lang, &area.code)).collect();
            (names.join(", "), leaf.code.as_str())
        })
        .collect();
    leaves.sort();
    area.items(leaves.into_iter().map(|(name, code)| (code, name)))
}

/// One member: names, sex, birth, relation, identifiers. Inputs are named `member-{row}-…`.
pub fn member_fields(
    page: &Page,
    row: usize,
    typed: &MemberForm,
    relations: &[Relation],
    problems: &Problems,
) -> AnyView {
    let prefix = format!("member-{row}-");
    let named = |field: &str| format!("{prefix}{field}");
    let text = |field: &str, key: &'static str, value: &str| {
        Input::new(named(field), page.t(key))
            .value(value)
            .width(20)
            .autocomplete("off")
            .attribute("spellcheck", "false")
            .error(problems.of(&named(field)))
    };
    let sexes = Sex::ALL.iter().map(|sex| (sex.code(), page.t_of("sex", sex.code())));
    let relation: AnyView = match relations {
        [only] => view! { <input type="hidden" name=named("relation") value=only.code()/> }.into_any(),
        several => Radios::new(named("relation"), page.t("member-relation"))
            .small()
            .items(several.iter().map(|relation| (relation.code(), page.t_of("relation", relation.code()))))
            .value(typed.relation.trim())
            .error(problems.of(&named("relation")))
            .into_any(),
    };
    let identifier = |kind: IdentifierKind| {
        text(
            &format!("id_{kind}"),
            match kind {
                IdentifierKind::Uin => "identifier-uin",
                IdentifierKind::Brn => "identifier-brn",
                IdentifierKind::Mrn => "identifier-mrn",
                IdentifierKind::Drn => "identifier-drn",
            },
            typed.identifiers.get(&kind).map_or("", String::as_str),
        )
    };
    let birth = [&typed.birth_day, &typed.birth_month, &typed.birth_year, &typed.age].map(String::as_str);
    view! {
        {text("given", "member-given", &typed.given)}
        {text("family", "member-family", &typed.family)}
        {text("one_name", "member-one-name", &typed.one_name).hint(page.t("member-one-name-hint"))}
        {Radios::new(named("sex"), page.t("member-sex"))
            .inline()
            .items(sexes)
            .value(typed.sex.trim())
            .error(problems.of(&named("sex")))}
        {birth_fields(page, &prefix, birth, problems.of(&named("birth_day")))}
        {relation}
        {identifier(IdentifierKind::Uin).hint(page.t("identifier-hint"))}
        {identifier(IdentifierKind::Brn)}
    }
    .into_any()
}

/// The words that are read out, the agencies, who agrees and how.
pub fn consent_fields(
    page: &Page,
    pack: &Pack,
    typed: &ConsentForm,
    people: Vec<(String, String)>,
    problems: &Problems,
) -> AnyView {
    let lang = page.lang.code();
    let Some(consent) = pack.registration_consent() else { return ().into_any() };
    let consented = |part: &str| pack.words.text(lang, &format!("consent.{}.{part}", consent.id)).to_owned();
    let agencies = consent
        .agencies
        .iter()
        .map(|code| (code.as_str(), pack.words.text(lang, &format!("agency.{code}.name")).to_owned()));
    let ways = ConsentHow::AT_COUNTER.iter().map(|how| (how.code(), page.t_of("consent-how", how.code())));
    view! {
        <div class="govuk-inset-text">
            <h2 class="govuk-heading-s">{consented("title")}</h2>
            <p class="govuk-body">{consented("text")}</p>
        </div>
        <input type="hidden" name="consent_words" value=consent.id.clone()/>
        {Checkboxes::new("consent_agency", page.t("consent-agencies"))
            .hint(page.t("consent-agencies-hint"))
            .small()
            .items(agencies)
            .values(typed.agencies.iter().map(|code| code.trim()))
            .error(problems.of("consent_agency"))}
        {Radios::new("consent_by", page.t("consent-by"))
            .items(people)
            .value(typed.by.trim())
            .error(problems.of("consent_by"))}
        {Radios::new("consent_how", page.t("consent-how"))
            .items(ways)
            .value(typed.how.trim())
            .error(problems.of("consent_how"))}
    }
    .into_any()
}

/// What is wrong with a form, in words, by the inputs.
pub fn problems(page: &Page, errors: &Errors) -> Problems {
    let mut problems = Problems::new();
    for (field, problem) in errors.iter() {
        problems.add(field.input_name(), problem_words(page, *field, *problem));
    }
    problems
}

fn problem_words(page: &Page, field: Field, problem: Problem) -> String {
    let row = |row: usize| i64::try_from(row + 1).unwrap_or(i64::MAX);
    match problem {
        Problem::Missing => page.t(match field {
            Field::Area => "contact-area-missing",
            Field::Language => "contact-language-missing",
            Field::Members => "members-missing",
            Field::Member(_, MemberField::Sex) => "member-sex-missing",
            Field::Member(_, MemberField::Relation) => "member-relation-missing",
            Field::ConsentAgencies => "consent-agencies-missing",
            Field::ConsentBy => "consent-by-missing",
            Field::ConsentHow => "consent-how-missing",
            _ => "field-missing",
        }),
        Problem::TooLong(most) => page.t_with("field-too-long", &[("most", most.into())]),
        Problem::NotAChoice => page.t("field-not-a-choice"),
        Problem::Name(fault) => page.t(match fault {
            NameFault::Missing => "name-missing",
            NameFault::GivenMissing => "name-given-missing",
            NameFault::FamilyMissing => "name-family-missing",
            NameFault::BothForms => "name-both-forms",
            NameFault::TooLong => "name-too-long",
            NameFault::NoLetters => "name-no-letters",
        }),
        Problem::Birth(fault) => birth_fault(page, fault),
        Problem::Identifier(fault) => identifier_fault(page, fault),
        Problem::Phone => page.t("contact-phone-wrong"),
        Problem::NoHead => page.t("members-no-head"),
        Problem::HeadAlready(other) => page.t_with("member-head-already", &[("row", row(other).into())]),
        Problem::SameIdentifierAs(other) => {
            page.t_with("member-same-identifier", &[("row", row(other).into())])
        }
        Problem::SamePersonAs(other) => page.t_with("member-same-person", &[("row", row(other).into())]),
        Problem::TooMany(most) => page.t_with("members-too-many", &[("most", most.into())]),
        Problem::WordsChanged => page.t("consent-words-changed"),
    }
}
